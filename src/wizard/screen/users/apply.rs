//! A bulk write on its way: progress, "stop after this batch", then one result per user.

use std::sync::Arc;

use crate::{
    domain::{
        bill::{counted, size},
        card::{Card, CardId, Party},
        failure::Failure,
        phrase::{Noun, Phrase, phrase},
        protection::{Chosen, SeatOutcome, SeatResult},
        time::{Moment, in_words},
    },
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            results::{self, Results, is_good},
            said,
        },
        pending::{self, Arrival, Pending, Reply, Saved},
        screen::Scene,
        view::{Block, Count, Rows, RowsView, Tone},
    },
};

use super::{Dialog, DialogResult};

/// Which write it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Way {
    /// Turning on.
    #[default]
    On,
    /// Turning on what was confirmed before the program was stopped.
    Resumed,
    /// Turning off.
    Off,
}

/// A bulk write.
#[derive(Debug, Default)]
pub(super) struct Apply {
    way: Way,
    writing: Pending<Saved>,
    /// When it was sent.
    since: Moment,
    /// Bad news that broke it off; it can be sent again.
    broken: Option<Failure>,
    /// Every user whom it is for.
    users: Arc<Vec<Chosen>>,
    /// Results so far; once it is over, those that did not go well come first.
    results: Results,
    /// What became of how many, once it is over: half a million results are not counted for each key.
    tally: Vec<Count>,
    /// How many went well, once it is over.
    good: u32,
    /// The question whether to stop stands open.
    asks_to_stop: bool,
    /// It has been asked to stop.
    is_stopping: bool,
}

impl Apply {
    /// Begins a write for these users.
    pub(super) fn begin(cx: &mut UpdateCx<'_>, users: Vec<Chosen>, way: Way) -> Self {
        let results = Results::of(Vec::with_capacity(users.len()));
        let users = Arc::new(users);
        let mut apply = Self { way, results, users: Arc::clone(&users), ..Self::default() };
        apply.send(cx, users);
        apply
    }

    /// One that is over: its results, as the record has them.
    pub(super) fn shown(results: Vec<SeatResult>) -> Self {
        let users = Arc::new(results.iter().map(|result| result.user.clone()).collect());
        let mut apply = Self { users, results: Results::of(results), ..Self::default() };
        apply.count();
        apply
    }

    /// Puts the results in order and counts them.
    fn count(&mut self) {
        self.results.sort();
        self.tally = tally(self.results.all());
        self.good = size(self.results.all().iter().filter(|result| is_good(&result.outcome)).count());
    }

    fn send(&mut self, cx: &mut UpdateCx<'_>, users: Arc<Vec<Chosen>>) {
        let Some(run) = cx.run() else { return };
        (self.asks_to_stop, self.is_stopping, self.broken) = (false, false, None);
        self.since = cx.now;
        let write = if self.way == Way::Off {
            pending::turn_off(run, users)
        } else {
            // The record has to know whether this is All before it is carried out.
            cx.session.save_ticks(cx.calls);
            let people = &mut cx.session.roster.people;
            people.set_turning(people.rows_of(&users));
            pending::apply(run, users)
        };
        self.writing.start(cx.calls, write);
    }

    /// Users who have no result yet.
    fn left(&self) -> Vec<Chosen> {
        let done: std::collections::BTreeSet<_> = self.results.all().iter().map(|r| r.user.id).collect();
        self.users.iter().filter(|user| !done.contains(&user.id)).cloned().collect()
    }
}

impl Dialog for Apply {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            Given::Yes if self.asks_to_stop => {
                if let Some(call) = self.writing.call() {
                    cx.calls.stop_after_batch(call);
                }
                (self.asks_to_stop, self.is_stopping) = (false, true);
            }
            Given::Back | Given::No | Given::Do(Action::Stop) if self.writing.is_out() => {
                self.asks_to_stop = !self.asks_to_stop && !self.is_stopping;
            }
            _ if self.writing.is_out() => {}
            Given::Do(Action::Refresh) if self.broken.is_some() => {
                let left = self.left();
                self.send(cx, Arc::new(left));
            }
            Given::Back => return DialogResult::Close,
            Given::Do(Action::Finish) if self.broken.is_none() && self.way != Way::Off => {
                return DialogResult::Finish { is_asked: true };
            }
            _ => {}
        }
        DialogResult::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        if let Some(part) = self.writing.part(arrival) {
            if let Reply::Batch(results) = part {
                cx.session.roster.people.take_results(&results);
                self.results.extend(results);
            }
        } else if let Some(ended) = self.writing.take(arrival) {
            self.broken = ended.err();
            self.end(cx);
        }
        DialogResult::Stay
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        match &self.broken {
            _ if self.writing.is_out() => self.progress(cx.now),
            Some(failure) => self.broken_off(failure, cx),
            None => self.over(cx),
        }
    }

    fn card(&self, cx: ViewCx<'_>) -> Option<Card> {
        let off = size(self.users.len()).saturating_sub(self.good);
        // The record counts those of before the write too; results that are shown again may come before it is read.
        let protected = cx.session.roster.people.counts().protected.max(self.good);
        Some(match &self.broken {
            _ if self.writing.is_out() => Card::of(CardId::UsersWritten, &[]),
            Some(failure) => Card::of_failure(failure, Party::Microsoft, &[]),
            None if self.way == Way::Off => {
                Card::of(CardId::UsersOff, &[("count", &said::users_are(self.good))])
            }
            None if off > 0 => said::partly(cx, (protected, off), self.results.all(), None),
            None => said::card(cx, protected, CardId::UsersDone, &[("on", said::on(protected))]),
        })
    }
}

impl Apply {
    fn end(&mut self, cx: &mut UpdateCx<'_>) {
        (self.asks_to_stop, self.is_stopping) = (false, false);
        self.count();
        let roster = &mut cx.session.roster;
        match self.way {
            Way::Off => {
                roster.turned_off();
                // Whoever is excluded or of a kind that is left out is eligible no more.
                cx.session.count_users(cx.calls);
            }
            Way::On | Way::Resumed => {
                // While it went on, some of them may have been listed.
                let rows = roster.people.rows_of(&self.users);
                roster.record_changed(|people| people.applied(&rows));
                roster.touched(cx.calls);
            }
        }
        if let Some(record) = cx.session.record.as_mut().filter(|_| self.way != Way::Off) {
            if self.broken.is_none() {
                record.unfinished.clear();
            }
            if self.way == Way::Resumed {
                // What was read while this write went on may be older than its last batch.
                cx.session.roster.look_again(record, cx.calls);
            }
        }
    }

    fn progress(&self, now: Moment) -> Scene<'_> {
        let heading = match self.way {
            Way::On => "Turning users on",
            Way::Resumed => "Completing what was confirmed before",
            Way::Off => "Turning users off",
        };
        let progress = Block::Progress { done: size(self.results.len()), total: size(self.users.len()) };
        // A write that is stuck brings no reply; an operator who can't see the screen is told all the same that it goes on.
        let next_change = Some(soon(now));
        if self.asks_to_stop {
            let words =
                "Stop after this batch? What is done stays done. The rest is left as it is: partly done.";
            let blocks = vec![progress, Block::Strong(Tone::Warn, words.into())];
            return Scene { next_change, ..Scene::confirm(QuestionId::StopApplying, false, heading, blocks) };
        }
        let words = if self.is_stopping {
            "Stopping after this batch."
        } else {
            "Each batch is written and read back before the next."
        };
        let elapsed = in_words(now.since(self.since));
        let blocks = vec![progress, Block::Para(format_args!("{words} {elapsed} so far.").into())];
        let scene = Scene::new(QuestionId::Applying, Shape::Watch, heading, blocks);
        Scene { is_waiting: true, next_change, ..scene.offer_if(!self.is_stopping, Action::Stop) }
    }

    fn over<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let (good, total) = (self.good, size(self.users.len()));
        let done = if self.way == Way::Off { "turned off" } else { "protected" };
        let heading: Phrase = match self.way {
            _ if good < total => phrase!["Partly done: ", good, " of ", total, " ", done],
            // Those of before the interruption are not among the results.
            Way::Resumed => format_args!("{} {done}", counted(good, "more user", "more users")).into(),
            Way::On | Way::Off => phrase![(good, Noun::User), " ", done],
        };
        let blocks = vec![Block::Counts(self.tally.clone()), self.list(cx)];
        let scene = Scene::new(QuestionId::Results, Shape::Read, heading, blocks);
        if self.way == Way::Off {
            scene.enter(Action::Back)
        } else {
            scene.enter(Action::Finish).offer(Action::Back)
        }
    }

    fn broken_off<'a>(&'a self, failure: &Failure, cx: ViewCx<'a>) -> Scene<'a> {
        let left = size(self.users.len().saturating_sub(self.results.len()));
        let words = phrase![
            (left, Noun::User),
            " had no answer. What is on record is safe; sending again changes nobody twice."
        ];
        let bad_news = Block::Failure(failure.clone());
        let blocks = vec![bad_news, Block::Para(words), Block::Counts(self.tally.clone()), self.list(cx)];
        Scene::new(QuestionId::BrokenOff, Shape::Read, "Broken off", blocks)
            .enter(Action::Refresh)
            .offer(Action::Back)
    }

    fn list<'a>(&'a self, cx: ViewCx<'a>) -> Block<'a> {
        let domain = cx.session.roster.shared_domain().cloned();
        let rows = RowsView::new(results::COLUMNS, &self.results, "No user has a result.");
        Block::Rows(RowsView { domain, ..rows })
    }
}

/// Results by what became of them; what did not happen is left out.
fn tally(results: &[SeatResult]) -> Vec<Count> {
    let of = |label, tone, pick: fn(&SeatOutcome) -> bool| {
        let count = size(results.iter().filter(|result| pick(&result.outcome)).count());
        Count::new(label, count, tone)
    };
    let mut counts = vec![
        of("turned on", Tone::Good, |outcome| *outcome == SeatOutcome::TurnedOn),
        of("protected already", Tone::Plain, |outcome| *outcome == SeatOutcome::AlreadyOn),
        of("turned off", Tone::Plain, |outcome| *outcome == SeatOutcome::TurnedOff),
        of("left off: excluded", Tone::Warn, |outcome| *outcome == SeatOutcome::Excluded),
        of("left off: no seat is left", Tone::Warn, |outcome| *outcome == SeatOutcome::NoSeat),
        of("failed", Tone::Bad, |outcome| matches!(outcome, SeatOutcome::Failed(_))),
        of("not tried: stopped before", Tone::Warn, |outcome| *outcome == SeatOutcome::Stopped),
    ];
    counts.retain(|count| count.count > 0);
    counts
}

/// When a running write is looked at again although nothing came of it: every five seconds of the clock, so that looking
/// more often puts nothing off.
fn soon(now: Moment) -> Moment {
    const EVERY: i64 = 5_000;
    let past = now.as_millis().rem_euclid(EVERY);
    Moment::from_millis(now.as_millis().saturating_sub(past).saturating_add(EVERY))
}
