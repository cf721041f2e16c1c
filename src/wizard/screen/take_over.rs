//! Screen: take a run over that somebody else has. Comes on above the run that is watched, and only where others share the
//! record: asks whoever has it, or, for an Admin, takes it for a reason.

use crate::{
    domain::{
        card::{Card, CardId},
        failure::Failure,
        held_by::{ANSWER_WITHIN, HeldBy, RunAnswer, reason},
        phrase::Phrase,
        run::RunRecord,
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, Given},
        ask::{QuestionId, Shape, Spot},
        context::{UpdateCx, ViewCx},
        part::{
            form::{Control, Form},
            wait::{self, Clock, Wait},
        },
        pending::{self, Arrival, Pending, Woken},
        screen::{Scene, Screen, kept, step::Step},
        view::{Block, Tone},
    },
};

/// Waiting for whoever has the run.
const ANSWER: wait::Kind = wait::Kind { what: "Waiting for an answer", usual: "10 s", worst: "1 min" };

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct TakeOver {
    form: Form,
    /// Asks, or takes back what was asked.
    asking: Wait<Box<RunRecord>>,
    /// What was asked, and the time for the answer.
    asked: Option<Clock>,
    until: Pending<Woken>,
    /// Takes it: from nobody, or from whoever has it.
    taking: Wait<Box<RunRecord>>,
    failure: Option<Failure>,
}

impl TakeOver {
    /// An Admin may give a reason and need not ask.
    pub(crate) fn new(is_admin: bool) -> Self {
        let mut controls =
            vec![Control::button("Ask for it", Action::Ask), Control::button("Back", Action::Back)];
        if is_admin {
            let hint = "only to take it over without asking; it goes into the history, with both names";
            controls.insert(1, Control::button("Take it over now", Action::TakeOver));
            controls.insert(0, Control::field(FieldId::Reason, "Reason", hint, ""));
        }
        let mut form = Form::new(controls);
        form.focus_on(Spot::Button(Action::Ask));
        Self { form, ..Self::default() }
    }

    fn ask(&mut self, cx: &mut UpdateCx<'_>) {
        if let Some(run) = cx.run().filter(|_| !self.is_busy()) {
            self.failure = None;
            self.asking.start(cx, pending::ask_for_run(run), wait::RECORD);
        }
    }

    /// Takes it without an answer.
    fn seize(&mut self, cx: &mut UpdateCx<'_>) {
        if !cx.setup.operator.is_admin {
            return cx.admin_only("An Admin takes a run over without asking.");
        }
        let (Some(run), false) = (cx.run(), self.taking.is_out() || self.asking.is_out()) else { return };
        match reason(self.form.text(FieldId::Reason)) {
            Ok(reason) => {
                self.failure = None;
                self.taking.start(cx, pending::seize_run(run, reason), wait::RUN);
            }
            Err(problem) => self.form.refuse(cx, FieldId::Reason, problem),
        }
    }

    /// What was asked is not waited for any more.
    fn stop_waiting(&mut self, cx: &mut UpdateCx<'_>) {
        self.asked = None;
        self.until.cancel(cx.calls);
    }

    /// What came of it, as the record says now.
    fn judge(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(record) = &cx.session.record else { return };
        let (run, name) = (record.id.clone(), holder(record));
        let answer = record.request.as_ref().and_then(|asked| asked.answer).filter(|_| self.asked.is_some());
        let words = match (&record.held_by, answer) {
            _ if self.taking.is_out() => return,
            (None, _) | (_, Some(RunAnswer::Yes)) => {
                return self.taking.start(cx, pending::load_run(run), wait::RUN);
            }
            (_, None) => return,
            (_, Some(RunAnswer::No)) => format!("{name} keeps this run."),
            (_, Some(RunAnswer::Nobody)) => {
                format!("{name} did not answer within a minute, and keeps this run.")
            }
            (_, Some(RunAnswer::Unattended)) => {
                let way = if cx.setup.operator.is_admin {
                    "give a reason, and take it over now"
                } else {
                    "have an Admin take it over"
                };
                format!(
                    "{name}'s run goes on by a command, with nobody at it to answer. Wait until it is done, or {way}."
                )
            }
        };
        self.stop_waiting(cx);
        cx.say(Tone::Warn, Text::clean(&words));
    }

    const fn is_busy(&self) -> bool {
        self.asking.is_out() || self.taking.is_out() || self.asked.is_some()
    }

    fn problem(&self, id: FieldId) -> Option<Phrase> {
        let is_judged = self.form.is_settled(id) && !self.form.text(id).is_empty();
        is_judged.then(|| reason(self.form.text(id)).err().map(Phrase::from)).flatten()
    }
}

impl Screen for TakeOver {
    fn keeps(&self) -> bool {
        true
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.asking.cancel(cx);
        self.taking.cancel(cx);
        self.stop_waiting(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Fill(id, value) => _ = self.form.fill(id, &value),
            Given::Settle(id) => self.form.settle(id),
            Given::Submit | Given::Do(Action::Ask) => self.ask(cx),
            Given::Do(Action::TakeOver) => self.seize(cx),
            Given::Back => {
                if let Some(run) = cx.run().filter(|_| self.asked.is_some()) {
                    self.asking.start(cx, pending::withdraw_request(run), wait::RECORD);
                }
                return Step::Back;
            }
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(record) = kept(&mut self.failure, self.taking.take(arrival)) {
            return Step::Open(record);
        }
        if let Some(record) = kept(&mut self.failure, self.asking.take(arrival)) {
            let is_asked = record.request.as_ref().is_some_and(|asked| asked.answer.is_none());
            cx.session.hear_of(*record);
            if is_asked && self.asked.is_none() {
                self.asked = Some(Clock::new(ANSWER, cx.now));
                self.until.start(cx.calls, pending::wake(ANSWER_WITHIN));
            }
            self.judge(cx);
        } else if self.until.take(arrival).is_some()
            && let Some(run) = cx.run()
        {
            self.asking.start(cx, pending::withdraw_request(run), wait::RECORD);
        }
        Step::Stay
    }

    fn session_changed(&mut self, cx: &mut UpdateCx<'_>) -> Step {
        self.judge(cx);
        Step::Stay
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        // The wizard never comes here without a run.
        let Some(record) = cx.session.record.as_ref() else { return Scene::default() };
        let name = holder(record);
        let who = record.held_by.as_ref().map_or_else(
            || "Nobody has this run now".into(),
            |held_by| held_by.has("this run", cx.now, cx.setup.here.as_str()),
        );
        let then = match self.asked {
            Some(_) => "; until they answer you are watching.",
            None => ", and has a minute to answer; then you go on at the same step.",
        };
        let words = format_args!("{who}. {name} is asked on their own screen{then}");
        let mut blocks = vec![Block::Para(words.into())];
        blocks.extend(self.failure.clone().map(Block::Failure));
        let is_open = |action| match action {
            Action::Ask => !self.is_busy(),
            Action::TakeOver => !self.taking.is_out() && !self.asking.is_out(),
            _ => true,
        };
        blocks.extend(self.form.blocks(|id| self.problem(id), is_open));
        let heading = format_args!("Take this run over from {name}?");
        let scene = Scene::new(QuestionId::TakeOver, Shape::Form, heading, blocks);
        let scene = Scene { focus: self.form.focus(), ..scene };
        scene.waiting_for(cx.now, [self.taking.clock(), self.asking.clock(), self.asked])
    }

    fn card(&self, _cx: ViewCx<'_>) -> Card {
        Card::of(CardId::Parked, &[])
    }
}

/// The name of whoever has a run.
fn holder(record: &RunRecord) -> Text {
    record.held_by.as_ref().map_or_else(|| "nobody".into(), |HeldBy { by, .. }| by.clone())
}
