//! Screen: outcome. Reads everything back, says what is proved, and writes the receipt.
//!
//! Entering closes the run (safe to repeat) and reads the record on a new connection; nothing here is told from memory.

use crate::{
    domain::{
        bill::{counted, grouped, size},
        card::{Card, CardId, Party},
        failure::Failure,
        phrase::{Phrase, phrase},
        protection::{SeatOutcome, SeatResult},
        receipt::{self, Form},
        run, sydney,
        text::Text,
        verdict::Verdict,
    },
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        event::Ended,
        part::{
            results::{self, Results},
            said, sweep,
            wait::{self, Wait},
        },
        pending::{self, Arrival},
        screen::{Scene, Screen, kept, step::Step},
        view::{Block, Count, Fact, FactId, Handout, HandoutId, Offer, Rows, RowsView, Tone},
        words,
    },
};

/// What has been read back.
#[derive(Debug)]
struct ReadBack {
    outcome: run::Outcome,
    verdict: Verdict,
    /// Users for whom not all went well.
    troubled: Results,
    /// The receipt in the form that is chosen, to be copied or written.
    text: String,
    lines: Vec<Text>,
}

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    reading: Wait<Box<run::Outcome>>,
    read: Option<Box<ReadBack>>,
    failure: Option<Failure>,
    form: Form,
}

impl Screen for Outcome {
    /// Nothing is interrupted once the outcome is known.
    fn finished(&self) -> Option<Ended> {
        self.read.as_ref().map(|read| Ended::Finished { is_partly: read.verdict.is_partly() })
    }

    /// Closes the run and reads it back.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        if !self.reading.is_out() && self.read.is_none() {
            self.ask(cx);
        }
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Back => return Step::Back,
            Given::Do(Action::Another) => return Step::Customers,
            Given::Do(Action::Refresh) if !self.reading.is_out() => self.ask(cx),
            Given::Do(Action::NextReceipt) => {
                self.form = self.form.next();
                self.write();
            }
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(outcome) = kept(&mut self.failure, self.reading.take(arrival)) {
            self.take(cx, *outcome);
        }
        Step::Stay
    }

    /// What was read back is read again when it comes on again.
    fn leave(&mut self, _cx: &mut UpdateCx<'_>) {
        // A write: it is seen through, and its answer is not waited for.
        self.reading.forget();
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let scene = match &self.read {
            Some(read) => self.read_view(read, cx),
            None => self.unread_view(),
        };
        scene.waiting_for(cx.now, [self.reading.clock()])
    }

    fn card(&self, cx: ViewCx<'_>) -> Card {
        let Some(read) = &self.read else {
            return self
                .failure
                .as_ref()
                .map_or_else(Card::default, |failure| Card::of_failure(failure, Party::Microsoft, &[]));
        };
        let ReadBack { outcome, verdict, .. } = read.as_ref();
        let (protected, off) = (verdict.protected, verdict.wanted_and_off());
        let id = match (&outcome.protection.rule, verdict.schedule.standstill) {
            (Some(_), _) if !outcome.run.customer.is_active => CardId::CustomerClosed,
            (Some(_), Some(why)) => return said::stalled(cx, protected, verdict.schedule, why),
            _ if verdict.is_partly() => {
                return said::partly(cx, (protected, off), &outcome.results, only_problem(outcome, cx));
            }
            // A list that was given is fixed: nobody new follows.
            (Some(_), None) if outcome.run.lists_given() => CardId::Outcome,
            (Some(_), None) => CardId::OutcomeAutomatic,
            (None, _) if protected == 0 => CardId::OutcomeNobody,
            (None, _) => CardId::Outcome,
        };
        let scheduled = match verdict.schedule.scheduled() {
            0 => String::new(),
            count => format!("{} turned on at the next sweep. ", said::users_are(count)),
        };
        let names =
            [("on", said::on(protected)), ("scheduled", scheduled), ("next", sweep::due(cx).to_string())];
        said::card(cx, protected, id, &names)
    }
}

/// The only mailbox that can't be turned on, by its name and the words of its row, where its list is still at hand.
fn only_problem(outcome: &run::Outcome, cx: ViewCx<'_>) -> Option<(Text, Text)> {
    let mut problems = cx.session.roster.people.first_problems(outcome.run.lists_given());
    let (name, address, problem) = problems.next().filter(|_| outcome.done.list.problems == 1)?;
    Some((if name.is_empty() { address } else { name }, problem))
}

impl Outcome {
    /// What was read back, and the receipt.
    fn read_view<'a>(&self, read: &'a ReadBack, cx: ViewCx<'_>) -> Scene<'a> {
        let mut blocks = proof(read, cx);
        if !read.troubled.is_empty() {
            let counts = vec![left_off(read.troubled.all())];
            let domain = read.outcome.run.organisation.as_ref().and_then(|found| found.domain.clone());
            let rows = RowsView::new(results::COLUMNS, &read.troubled, Phrase::default());
            blocks.push(Block::Rows(RowsView { counts, domain, ..rows }));
        }
        blocks.push(Block::Para(phrase!["Receipt ", self.form.name()]));
        blocks.push(Block::Lines(&read.lines));
        let next = words::offer(QuestionId::Outcome, Action::NextReceipt);
        let next = Offer { label: self.form.next().receipt(), ..next };
        let has_countdown = read.outcome.protection.rule.is_some();
        let file = self.form.file_name(&read.outcome);
        let receipt = Handout { id: HandoutId::Receipt, text: read.text.as_str().into(), file };
        let scene =
            Scene::new(QuestionId::Outcome, Shape::Read, read.verdict.headline(&read.outcome), blocks);
        Scene {
            next_change: has_countdown.then(|| sweep::next_minute(cx.now)),
            handouts: vec![receipt],
            ..scene.enter(Action::Another).with(next)
        }
    }

    /// Nothing has been read back yet.
    fn unread_view<'a>(&self) -> Scene<'a> {
        let block = self.failure.as_ref().map_or_else(
            || Block::Para("Reading everything back from the record.".into()),
            |failure| Block::Failure(failure.clone()),
        );
        let scene = Scene::new(QuestionId::Outcome, Shape::Read, "Outcome", vec![block]);
        if self.reading.is_out() { scene } else { scene.enter(Action::Refresh) }
    }

    fn ask(&mut self, cx: &mut UpdateCx<'_>) {
        self.failure = None;
        if let Some(run) = cx.run() {
            self.reading.start(cx, pending::finish_run(run), wait::READ_BACK);
        }
    }

    /// Puts the receipt into words, in the form that is chosen.
    fn write(&mut self) {
        let form = self.form;
        if let Some(read) = self.read.as_mut() {
            read.text = receipt::write(&read.outcome, form);
            read.lines = receipt::lines(&read.text);
        }
    }

    fn take(&mut self, cx: &mut UpdateCx<'_>, outcome: run::Outcome) {
        cx.session.record = Some(outcome.run.clone());
        let troubled = Results::of(receipt::troubles(&outcome).cloned().collect());
        let verdict = Verdict::of(&outcome);
        let read = ReadBack { outcome, verdict, troubled, text: String::new(), lines: Vec::new() };
        self.read = Some(Box::new(read));
        self.write();
    }
}

/// How many were not turned on, and why where that is the same for all of them.
fn left_off(troubled: &[SeatResult]) -> Phrase {
    let many = grouped(size(troubled.len()));
    if troubled.iter().all(|result| result.outcome == SeatOutcome::NoSeat) {
        format_args!("{many} off: no seat is left").into()
    } else {
        format_args!("{many} not turned on").into()
    }
}

/// The proof: what was read back.
fn proof<'a>(read: &ReadBack, cx: ViewCx<'_>) -> Vec<Block<'a>> {
    let (outcome, verdict) = (&read.outcome, &read.verdict);
    let mut blocks = vec![Block::Para("Read back from the record just now.".into())];
    let excluded = size(outcome.protection.exclusions.len());
    let mut counts = vec![Count::new("protected", verdict.protected, Tone::Good)];
    counts.extend(
        [
            Count::new("turned on by this run", outcome.done.turned_on, Tone::Plain),
            Count::new("turned off by this run", outcome.done.turned_off, Tone::Plain),
            Count::new("scheduled: turned on at the next sweep", verdict.schedule.scheduled(), Tone::Busy),
            Count::new(
                "wait for a sweep, but none can turn them on yet",
                verdict.schedule.stalled(),
                Tone::Bad,
            ),
            Count::new("chosen, but neither protected nor scheduled", verdict.missed, Tone::Bad),
            Count::new("chosen, but not checked yet, so left off", verdict.unchecked, Tone::Bad),
            Count::new("eligible, but not chosen", verdict.not_chosen, Tone::Plain),
            Count::new("seats kept for users who have left", verdict.left, Tone::Plain),
            Count::new("excluded", excluded, Tone::Warn),
        ]
        .into_iter()
        .filter(|count| count.count > 0),
    );
    blocks.push(Block::Counts(counts));
    let names = outcome.excluded.iter();
    let names = names.map(|user| user.name.clone().unwrap_or_else(|| Text::clean(&user.named())));
    blocks.extend(words::excluded(excluded, names));
    blocks.push(Block::Facts(facts(outcome, verdict, cx)));
    blocks.extend(outcome.run.others.iter().map(|other| {
        let (name, product) = (&outcome.run.customer.name, other.product.name());
        let far = other.in_words(cx.now, cx.setup.here.as_str());
        Block::Para(phrase![name, " also has ", product, ": ", far, "."])
    }));
    blocks.extend(verdict.gaps.iter().map(|gap| Block::Strong(Tone::Warn, phrase!["The list: ", gap])));
    if !outcome.is_audit_whole {
        let words = "The history of who did what was changed afterwards. Tell your lead.";
        blocks.push(Block::Strong(Tone::Bad, words.into()));
    }
    let troubled = outcome.protection.seats.iter().filter(|seat| seat.problem.is_some()).count();
    if troubled > 0 {
        let users = counted(size(troubled), "user", "users");
        blocks.push(Block::Strong(Tone::Warn, format_args!("The backup of {users} has a problem.").into()));
    }
    if let Some(why) = outcome.protection.rule.as_ref().and_then(|rule| rule.attention.as_ref()) {
        blocks.push(Block::Strong(Tone::Warn, phrase!["Enable Auto needs attention: ", why]));
    }
    blocks
}

/// What happens next and when, and whether the history is whole.
fn facts(outcome: &run::Outcome, verdict: &Verdict, cx: ViewCx<'_>) -> Vec<Fact> {
    let by = outcome.protection.sweeper.by(outcome.read).filter(|_| outcome.run.customer.is_active);
    let sweep: Phrase = match (&outcome.protection.rule, verdict.schedule.standstill, by) {
        (None, ..) => "off: users who are made later stay off".into(),
        (Some(_), Some(why), _) => why.in_words(),
        (Some(_), None, Some(by)) => format_args!("{}, run by {by}", sweep::due(cx)).into(),
        (Some(_), None, None) => "no sweep works for a closed account".into(),
    };
    let label = if outcome.protection.rule.is_some() { "Next sweep" } else { "Enable Auto" };
    let audit = if outcome.is_audit_whole {
        "whole: no entry was changed afterwards"
    } else {
        "NOT whole: an entry was changed afterwards"
    };
    let means = (verdict.protected > 0).then(|| Fact::other("Protected means", receipt::PROTECTED_MEANS));
    let mut facts: Vec<Fact> = means.into_iter().collect();
    facts.extend([Fact::new(FactId::NextSweep, label, sweep), Fact::other("History", audit)]);
    if let Some(first) = outcome.protection.seats.iter().filter_map(|seat| seat.first_backup).min() {
        let zone = outcome.run.customer.time_zone.as_ref().unwrap_or(&cx.setup.here);
        facts.push(Fact::other("First backup on", sydney::stamp_in_words(first, zone.as_str())));
    }
    facts
}

#[cfg(test)]
mod tests;
