//! The front end without questions: every answer was given beforehand, and what is missing is named.
//!
//! It answers the same views of the same wizard as the other front ends do. Trigger: the driver shows a view; out comes the
//! next answer, and at the end a [`Report`]. What to answer is decided in `journey` and in a part for each
//! question; here are the signals, what is told while something is awaited, and the way out.

mod access;
mod authorise;
mod customer;
mod decision;
mod ending;
mod hosted;
mod journey;
pub mod report;
mod selection;
mod users;

use std::{ops::ControlFlow::Break, time::Duration};

use crate::{
    domain::{
        answers::Answers,
        text::Text,
        time::{Moment, in_words},
    },
    driver::front::{FrontEnd, Stop},
    wizard::{
        answer::{Action, Answer, Given, Mark, Which},
        ask::QuestionId,
        effect::FrontEndTask,
        event::Ended,
        view::{Standing, Tone, View},
    },
};

use decision::{Decision, give, progress, warning};
use journey::Step;
pub use journey::{Headless, Note, Observers, Tell};
use report::{End, Report};

/// How often a wait is told.
const TOLD_EVERY: Duration = Duration::from_secs(30);

impl Headless {
    /// Makes the front end of one journey.
    pub(crate) fn new(answers: Answers, stop: Stop) -> Self {
        Self { answers, stop, ..Self::default() }
    }

    /// Whether it has come to where only the customer can go on.
    pub(crate) const fn awaits_customer(&self) -> bool {
        self.waiting_since.is_some()
    }

    /// What the journey came to; `ended` is what the driver said.
    pub(crate) fn report(self, ended: Ended) -> Report {
        let mut report = self.report;
        match ended {
            Ended::Told(why) => report.end = End::Told(why),
            Ended::Finished { is_partly } if !self.is_closing => report.end = End::Done { is_partly },
            _ => {}
        }
        let changes = report.changes.in_words().join("; ");
        report.words = match (&report.end, &report.run) {
            (End::Shown, _) if !changes.is_empty() => {
                Text::of(format_args!("What would change: {changes}. {}", report.words))
            }
            (End::Told(_) | End::Interrupted, None) => "Stopped. Nothing was begun.".into(),
            (End::Told(_) | End::Interrupted, Some(run)) => report::kept(run),
            _ => report.words,
        };
        report
    }

    /// Tells what is awaited, every 30 s.
    fn tell_wait(&mut self, view: &View<'_>) {
        let told = *self.told.get_or_insert(view.now);
        let is_due = view.now.since(told) >= TOLD_EVERY;
        let Some(words) = self.awaited(view).filter(|_| is_due) else { return };
        match &mut self.observers.pause {
            Some(pause) => pause(),
            None => self.say(words),
        }
        self.told = Some(view.now);
    }

    /// What is awaited, and for how long already.
    fn awaited(&self, view: &View<'_>) -> Option<Text> {
        if let (Some(since), QuestionId::Authorise) = (self.waiting_since, view.ask.id) {
            let (passed, wait) = (in_words(view.now.since(since)), in_words(self.answers.wait));
            // A hosted customer has no link, and a server that does not answer is nobody's turn.
            let is_customers = view.page.link().is_some() && view.failure().is_none();
            let what = match view.standing {
                Some(Standing::Spreading) => "Waiting for Microsoft",
                _ if is_customers => "Waiting for the customer",
                _ => "Asking again",
            };
            return Some(Text::of(format_args!("{what}: {passed}, at most {wait}.")));
        }
        progress(view).or_else(|| view.notice.as_ref().map(|notice| notice.words.for_commands()))
    }

    /// What is answered to a view, if anything.
    fn given(&mut self, view: &View<'_>) -> Option<Given> {
        if let Some(why) = self.stop.ending() {
            self.is_closing = true;
            return Some(Given::End(why));
        }
        if self.stop.interrupts() > 0 {
            (self.is_closing, self.report.end) = (true, End::Interrupted);
        }
        let given = if self.is_closing { None } else { self.decide(view) };
        if self.is_closing { self.leave(view).break_value().flatten() } else { given }
    }

    /// The way out, one intent at a time.
    fn leave(&mut self, view: &View<'_>) -> Decision {
        if self.report.failure.as_ref().is_some_and(|failure| failure.asks_consent) {
            self.tell_link(view);
        }
        let undoing = Step::Back(QuestionId::UndoAuto);
        let is_undoing = self.steps.contains(&undoing);
        match (&self.report.end, view.ask.id) {
            (_, QuestionId::Leave) => {}
            (End::Waiting, _) => {
                self.act(Action::Park)?;
                match warning(view) {
                    Some(words) => (self.report.end, self.report.words) = (End::Failed, words),
                    None if is_parked(view) => {}
                    None => return Break(None),
                }
            }
            // Ticks that were not confirmed are taken away.
            (End::Stopped | End::Missing { .. }, QuestionId::Review) => return give(Given::Back),
            (End::Stopped | End::Missing { .. }, QuestionId::Users) => {
                self.once(Step::UntickAtEnd, Given::Mark(Mark::Untick, Which::All))?;
            }
            // Taking Enable Auto back leaves no open run, whether it may be taken back or not.
            (End::Refused, QuestionId::UndoAuto) if !is_undoing => self.once(undoing, Given::Back)?,
            (End::Refused, _) if is_undoing && view.ask.is_waiting => return Break(None),
            (End::Refused, QuestionId::Users) if is_undoing => self.act(Action::Finish)?,
            _ => {}
        }
        give(Given::Leave)
    }
}

/// Whether the record says that the run is parked.
fn is_parked(view: &View<'_>) -> bool {
    let tone = view.notice.as_ref().map(|notice| notice.tone);
    let is_told = tone == Some(Tone::Good) || (tone != Some(Tone::Busy) && !view.ask.is_waiting);
    is_told && view.ask.id == QuestionId::Customer
}

impl FrontEnd for Headless {
    fn show(&mut self, view: &View<'_>, _now: Moment) -> std::io::Result<()> {
        self.report.observe(view);
        // What every front end must say.
        if let Some(warning) = view.bar.warning {
            self.say_once(Step::Warn, warning);
        }
        self.tell_wait(view);
        Ok(())
    }

    fn next(&mut self, view: &View<'_>) -> std::io::Result<Option<Answer>> {
        let to = view.ask.revision;
        if let Some(before) = self.over {
            let is_impatient = self.stop.interrupts() > before;
            return Ok(is_impatient.then_some(Answer { to, what: Given::Leave }));
        }
        self.report.observe(view);
        if let Some(run) = &self.report.run
            && let Some(mut note) = self.observers.note.take()
        {
            note(run);
        }
        Ok(self.given(view).map(|what| Answer { to, what }))
    }

    fn hurry(&mut self) {
        self.over = Some(self.stop.interrupts());
    }

    fn perform(&mut self, _task: &FrontEndTask, _view: &View<'_>) -> std::io::Result<()> {
        Ok(()) // nothing is ever asked for here: no clipboard, no link printed alone
    }
}

#[cfg(test)]
mod tests;
