//! The front end without questions: every answer was given beforehand, and what is missing is named.
//!
//! It answers the same views of the same wizard as the other front ends do. Trigger: the driver shows a view; out comes the
//! next answer, and at the end a [`Report`]. What to answer is decided in `journey`, which is pure; here are the time, the
//! signals, and the way out.

mod access;
mod authorise;
mod customer;
mod decision;
mod held;
mod hosted;
mod journey;
pub mod report;
mod selection;
mod users;

use std::time::Duration;

use crate::{
    domain::{
        answers::Answers,
        id::RunId,
        text::Text,
        time::{Moment, in_words},
        verdict,
    },
    driver::front::{FrontEnd, Stop, Waker},
    wizard::{
        answer::{Action, Answer, Given, Mark, Which},
        ask::{QuestionId, SelectAsked, Shape},
        effect::FrontEndTask,
        event::Ended,
        view::{Standing, Tone, View},
    },
};

use decision::{Close, Next, progress, sentences, warning};
use journey::{Journey, Step};
use report::{End, Report};

/// How often a wait is told.
const TOLD_EVERY: Duration = Duration::from_secs(30);

/// How long the checks of the mailboxes are awaited where the answers give no time to wait.
const CHECKS: Duration = Duration::from_mins(5);

/// Hears what happens, line by line.
pub type Tell = Box<dyn FnMut(&Text) + Send>;

/// Hears which run it is, before anything is done in it.
pub type Note = Box<dyn FnMut(&RunId) + Send>;

/// What hears what happens on a journey.
#[derive(Default)]
pub struct Observers {
    /// Each step, and what is awaited every 30 s.
    pub tell: Option<Tell>,
    /// Which run it is, as soon as there is one; the journey goes on when that returns.
    pub note: Option<Note>,
    /// Every 30 s that the journey waits; none: `tell` hears what is awaited. For journeys of which many wait side by side.
    pub pause: Option<Box<dyn FnMut() + Send>>,
}

/// How the journey ends, once that is clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Closing {
    /// Not yet.
    #[default]
    No,
    /// The run is parked, then the wizard is left.
    Park,
    /// Ticks that were not confirmed are taken away, then the wizard is left.
    Untick,
    /// The run is finished with what it is, then the wizard is left.
    Finish,
    /// The wizard is left; the run is kept.
    Leave,
}

/// The front end of one journey.
#[derive(Default)]
pub struct Headless {
    journey: Journey,
    stop: Stop,
    /// What hears what happens.
    pub observers: Observers,
    /// Wakes the driver when the time for the customer is over.
    pub waker: Option<Waker>,
    closing: Closing,
    /// The moment of the last view.
    now: Moment,
    /// Since when the customer has been awaited.
    waiting_since: Option<Moment>,
    /// Since when the checks of the mailboxes have been awaited.
    checking_since: Option<Moment>,
    /// When something was told last, or the journey began.
    told: Option<Moment>,
    /// Ctrl-C so often when the wizard ended: one more does not wait for writes.
    over: Option<u32>,
}

impl Headless {
    /// Makes the front end of one journey.
    pub(crate) fn new(answers: Answers, stop: Stop) -> Self {
        Self { journey: Journey { answers, ..Journey::default() }, stop, ..Self::default() }
    }

    /// Whether it has come to where only the customer can go on.
    pub(crate) const fn awaits_customer(&self) -> bool {
        self.waiting_since.is_some()
    }

    /// What the journey came to; `ended` is what the driver said.
    pub(crate) fn report(self, ended: Ended) -> Report {
        let mut report = self.journey.report;
        match ended {
            Ended::Told(why) => report.end = End::Told(why),
            Ended::Finished { is_partly } if self.closing == Closing::No => {
                report.end = End::Done { is_partly };
            }
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

    fn say(&mut self, words: &Text) {
        self.told = Some(self.now);
        if let Some(tell) = &mut self.observers.tell {
            tell(words);
        }
    }

    /// Tells what is awaited, every 30 s.
    fn tell_wait(&mut self, view: &View<'_>) {
        let told = *self.told.get_or_insert(self.now);
        let is_due = self.now.since(told) >= TOLD_EVERY;
        let Some(words) = self.awaited(view).filter(|_| is_due) else { return };
        self.told = Some(self.now);
        if let Some(pause) = &mut self.observers.pause {
            pause();
        } else {
            self.say(&words);
        }
    }

    /// What is awaited, and for how long already.
    fn awaited(&self, view: &View<'_>) -> Option<Text> {
        if let (Some(since), QuestionId::Authorise) = (self.waiting_since, view.ask.id) {
            let (passed, wait) = (in_words(self.now.since(since)), in_words(self.journey.answers.wait));
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

    /// Whether the customer has had as long as the answers allow.
    fn is_time_over(&self) -> bool {
        self.waiting_since.is_some_and(|since| self.now.since(since) >= self.journey.answers.wait)
    }

    /// The journey is over: parks, or leaves.
    fn close(&mut self, close: Close, view: &View<'_>) -> Option<Given> {
        if close.failure.as_ref().is_some_and(|failure| failure.asks_consent) {
            self.journey.tell_link(view);
            for line in std::mem::take(&mut self.journey.lines) {
                self.say(&line);
            }
        }
        let has_ticks = matches!(view.ask.id, QuestionId::Review | QuestionId::Users);
        self.closing = match close.end {
            End::Waiting => Closing::Park,
            End::Stopped | End::Missing { .. } if has_ticks => Closing::Untick,
            // Taking Enable Auto back leaves no open run, whether it may be taken back or not.
            End::Refused if view.ask.id == QuestionId::UndoAuto => Closing::Finish,
            _ => Closing::Leave,
        };
        let report = &mut self.journey.report;
        (report.end, report.words, report.failure) = (close.end, close.words, close.failure);
        self.leave(view)
    }

    /// The way out, one intent at a time.
    fn leave(&mut self, view: &View<'_>) -> Option<Given> {
        let (closing, steps) = (self.closing, &mut self.journey.steps);
        match closing {
            Closing::Untick if view.ask.id == QuestionId::Review => return Some(Given::Back),
            Closing::Untick if view.ask.id == QuestionId::Users && steps.first(Step::UntickAtEnd) => {
                return Some(Given::Mark(Mark::Untick, Which::All));
            }
            Closing::Finish if view.ask.is_waiting => return None,
            Closing::Finish if view.ask.id == QuestionId::UndoAuto => return Some(Given::Back),
            Closing::Finish if view.ask.id == QuestionId::Users && steps.first(Step::Do(Action::Finish)) => {
                return Some(Given::Do(Action::Finish));
            }
            Closing::Park if steps.first(Step::Do(Action::Park)) => return Some(Given::Do(Action::Park)),
            Closing::Park => match warning(view) {
                Some(words) => {
                    (self.journey.report.end, self.journey.report.words) = (End::Failed, words);
                }
                None if is_parked(view) => {}
                None => return None,
            },
            _ => {}
        }
        self.closing = Closing::Leave;
        Some(Given::Leave)
    }

    /// The customer is awaited, until the time is over.
    fn await_customer(&mut self, view: &View<'_>) -> Option<Given> {
        self.waiting_since.get_or_insert(self.now);
        if !self.is_time_over() {
            return None;
        }
        let run = self.journey.report.run.as_ref().map(ToString::to_string).unwrap_or_default();
        let parked = format!("{run} is parked. Send the link; then the same command goes on.");
        let (words, failure) = match view.failure() {
            Some(failure) if failure.asks_consent => {
                (format!("{} {parked}", failure.in_full()), Some(failure.clone()))
            }
            Some(failure) => return self.close(Close::by(End::Failed, failure.clone()), view),
            None if view.standing == Some(Standing::Spreading) => {
                (format!("{} {run} is parked; the same command goes on.", sentences(view)), None)
            }
            None => (format!("The customer has not accepted yet. {parked}"), None),
        };
        self.close(Close { end: End::Waiting, words: Text::clean(&words), failure }, view)
    }

    /// The checks are awaited, until the time is over; then it goes on with what is known.
    fn await_checks(&mut self, view: &View<'_>) -> Option<Given> {
        let since = *self.checking_since.get_or_insert(self.now);
        let wait = self.journey.answers.wait;
        let wait = if wait.is_zero() { CHECKS } else { wait };
        if self.now.since(since) < wait {
            return None;
        }
        if let Shape::Select(SelectAsked { checking: Some(unchecked), .. }) = view.ask.shape {
            let words = verdict::unchecked(unchecked);
            self.say(&Text::of(format_args!("Not waited for longer than {}: {words}.", in_words(wait))));
        }
        self.journey.has_checked = true;
        self.decide(view)
    }

    /// What is answered to a view, if anything.
    fn decide(&mut self, view: &View<'_>) -> Option<Given> {
        if let Some(why) = self.stop.ending() {
            self.closing = Closing::Leave;
            return Some(Given::End(why));
        }
        if self.stop.interrupts() > 0 {
            self.closing = Closing::Leave;
            self.journey.report.end = End::Interrupted;
        }
        if self.closing != Closing::No {
            return self.leave(view);
        }
        let next = self.journey.next(view);
        for line in std::mem::take(&mut self.journey.lines) {
            self.say(&line);
        }
        match next {
            Next::Do(given) => Some(given),
            Next::Wait => None,
            Next::AwaitCustomer => self.await_customer(view),
            Next::AwaitChecks => self.await_checks(view),
            Next::End(close) => self.close(*close, view),
        }
    }
}

/// Whether the record says that the run is parked.
fn is_parked(view: &View<'_>) -> bool {
    let is_told = match view.notice.as_ref().map(|notice| notice.tone) {
        Some(Tone::Good) => true,
        Some(Tone::Busy) => false,
        _ => !view.ask.is_waiting,
    };
    is_told && view.ask.id == QuestionId::Customer
}

impl FrontEnd for Headless {
    fn show(&mut self, view: &View<'_>, now: Moment) -> std::io::Result<()> {
        self.now = now;
        self.journey.report.observe(view);
        // What every front end must say.
        if let Some(warning) = view.bar.warning
            && self.journey.steps.first(Step::Warn)
        {
            self.say(&warning.to_text());
        }
        self.tell_wait(view);
        // Once: a round that is out ends by itself, and is looked at then.
        if self.closing == Closing::No
            && self.is_time_over()
            && let Some(waker) = self.waker.take()
        {
            waker.wake();
        }
        Ok(())
    }

    fn next(&mut self, view: &View<'_>) -> std::io::Result<Option<Answer>> {
        let to = view.ask.revision;
        if let Some(before) = self.over {
            let is_impatient = self.stop.interrupts() > before;
            return Ok(is_impatient.then_some(Answer { to, what: Given::Leave }));
        }
        self.journey.report.observe(view);
        if let Some(run) = &self.journey.report.run
            && let Some(mut note) = self.observers.note.take()
        {
            note(run);
        }
        Ok(self.decide(view).map(|what| Answer { to, what }))
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
