//! The front end without questions: every answer was given beforehand, and what is missing is named.
//!
//! It answers the same views of the same wizard as the other front ends do. Trigger: the driver shows a view; out comes the
//! next answer, and at the end a [`Report`]. What to answer is decided in `script`, which is pure; here are the time, the
//! signals, and the way out.

mod access;
pub mod answers;
mod authorise;
mod bill;
mod customer;
mod hosted;
mod journey;
mod page;
pub mod report;
mod script;
mod selection;
mod users;

use std::{fmt, time::Duration};

use crate::{
    domain::{
        id::RunId,
        text::Text,
        time::{Moment, in_words},
    },
    driver::front::{FrontEnd, Stop, Waker},
    wizard::{
        answer::{Action, Answer, Given, Mark, Which},
        ask::QuestionId,
        effect::FrontEndTask,
        event::Ended,
        view::{Tone, View},
    },
};

use answers::Answers;
use journey::{Close, Next};
use report::{End, Report};
use script::Script;

/// How often a wait is told.
const TOLD_EVERY: Duration = Duration::from_secs(30);

/// Hears what happens, line by line.
pub type Tell = Box<dyn FnMut(&Text)>;

/// Hears every 30 s that the journey waits, in the place of a line.
pub type Pause = Box<dyn FnMut()>;

/// Hears which run it is, before anything is done in it.
pub type Note = Box<dyn FnMut(&RunId)>;

/// How the journey ends, once that is clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// Not yet.
    No,
    /// The run is parked, then the wizard is left.
    Park {
        /// Parking was asked for.
        is_asked: bool,
    },
    /// Ticks that were not confirmed are taken away, then the wizard is left.
    Untick {
        /// That was asked for.
        is_asked: bool,
    },
    /// The wizard is left; the run is kept.
    Leave,
}

/// The front end of one journey.
pub struct Headless {
    answers: Answers,
    stop: Stop,
    tell: Tell,
    /// Until it has heard.
    note: Option<Note>,
    pause: Option<Pause>,
    waker: Option<Waker>,
    script: Script,
    report: Report,
    closing: Closing,
    /// The moment of the last view.
    now: Moment,
    /// Since when the customer has been awaited.
    waiting_since: Option<Moment>,
    /// When something was told last.
    told: Moment,
    /// What rule 17 makes every front end say.
    warned: bool,
    /// Ctrl-C so often when the wizard ended: one more does not wait for writes.
    over: Option<u32>,
}

impl fmt::Debug for Headless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headless").field("closing", &self.closing).finish_non_exhaustive()
    }
}

impl Headless {
    /// Makes the front end of one journey.
    #[must_use]
    pub fn new(answers: Answers, stop: Stop) -> Self {
        Self {
            answers,
            stop,
            tell: Box::new(|_| ()),
            note: None,
            pause: None,
            waker: None,
            script: Script::default(),
            report: Report::default(),
            closing: Closing::No,
            now: Moment::default(),
            waiting_since: None,
            told: Moment::default(),
            warned: false,
            over: None,
        }
    }

    /// Tells each step, and every 30 s what is awaited.
    #[must_use]
    pub fn telling(mut self, tell: Tell) -> Self {
        self.tell = tell;
        self
    }

    /// Says which run it is as soon as there is one; the journey goes on when that returns.
    #[must_use]
    pub fn noting(mut self, note: Note) -> Self {
        self.note = Some(note);
        self
    }

    /// Says every 30 s that it waits, instead of telling a line: for journeys of which many wait side by side.
    #[must_use]
    pub fn pausing(mut self, pause: Pause) -> Self {
        self.pause = Some(pause);
        self
    }

    /// Wakes the driver when the time for the customer is over.
    #[must_use]
    pub fn waking(mut self, waker: Waker) -> Self {
        self.waker = Some(waker);
        self
    }

    /// What the journey came to; `ended` is what the driver said.
    #[must_use]
    pub fn report(mut self, ended: Ended) -> Report {
        match ended {
            Ended::Told(why) => self.report.end = End::Told(why),
            Ended::Finished { is_partly } if self.closing == Closing::No => {
                self.report.end = End::Done { is_partly }
            }
            _ => {}
        }
        self.report.bill = self.script.journey.bill.take();
        self.report.changes = std::mem::take(&mut self.script.journey.changes);
        if self.report.end == End::Shown
            && let Some(would) = self.report.changes.would()
        {
            self.report.words = Text::of(format_args!("{would} {}", self.report.words));
        }
        if matches!(self.report.end, End::Told(_) | End::Interrupted) {
            self.report.words = self.report.run.as_ref().map_or_else(
                || Text::from("Stopped. Nothing was begun."),
                |run| Text::of(format_args!("Stopped. {run} is kept; the same command goes on with it.")),
            );
        }
        self.report
    }

    fn say(&mut self, words: &Text) {
        self.told = self.now;
        (self.tell)(words);
    }

    /// Tells what is awaited.
    fn wait_on(&mut self, words: &Text) {
        match &mut self.pause {
            Some(pause) => {
                self.told = self.now;
                pause();
            }
            None => self.say(words),
        }
    }

    /// Whether the customer has had as long as the answers allow.
    fn is_time_over(&self) -> bool {
        self.waiting_since.is_some_and(|since| self.now.since(since) >= self.answers.wait)
    }

    /// What is awaited, and for how long already.
    fn awaited(&self, view: &View<'_>) -> Option<Text> {
        if let (Some(since), QuestionId::Authorise) = (self.waiting_since, view.ask.id) {
            return Some(Text::of(format_args!(
                "Waiting for the customer: {} of {}.",
                in_words(self.now.since(since)),
                in_words(self.answers.wait)
            )));
        }
        page::progress(view).or_else(|| view.notice.as_ref().map(|notice| page::said(&notice.words)))
    }

    /// The journey is over: parks, or leaves.
    fn close(&mut self, close: Close, view: &View<'_>) -> Option<Given> {
        let Close { end, words, failure } = close;
        self.closing = match end {
            End::Waiting => Closing::Park { is_asked: false },
            End::Stopped | End::Missing { .. }
                if matches!(view.ask.id, QuestionId::Review | QuestionId::Users) =>
            {
                Closing::Untick { is_asked: false }
            }
            _ => Closing::Leave,
        };
        (self.report.end, self.report.words, self.report.failure) = (end, words, failure);
        self.leave(view)
    }

    /// The way out, one intent at a time.
    fn leave(&mut self, view: &View<'_>) -> Option<Given> {
        match self.closing {
            Closing::No => None,
            Closing::Leave => Some(Given::Leave),
            Closing::Untick { .. } if view.ask.id == QuestionId::Review => Some(Given::Back),
            Closing::Untick { is_asked: false } if view.ask.id == QuestionId::Users => {
                self.closing = Closing::Untick { is_asked: true };
                Some(Given::Mark(Mark::Untick, Which::All))
            }
            Closing::Untick { .. } => Some(self.go()),
            Closing::Park { is_asked: false } => {
                self.closing = Closing::Park { is_asked: true };
                Some(Given::Do(Action::Park))
            }
            Closing::Park { is_asked: true } => self.parked(view),
        }
    }

    /// Waits until the record says that the run is parked.
    fn parked(&mut self, view: &View<'_>) -> Option<Given> {
        let tone = view.notice.as_ref().map(|notice| notice.tone);
        match tone {
            Some(Tone::Bad | Tone::Warn) => {
                self.report.end = End::Failed;
                self.report.words =
                    view.notice.as_ref().map(|notice| page::said(&notice.words)).unwrap_or_default();
                Some(self.go())
            }
            Some(Tone::Good) if view.ask.id == QuestionId::Customer => Some(self.go()),
            None | Some(Tone::Plain) if view.ask.id == QuestionId::Customer && !view.ask.is_waiting => {
                Some(self.go())
            }
            _ => None,
        }
    }

    /// Leaves now.
    const fn go(&mut self) -> Given {
        self.closing = Closing::Leave;
        Given::Leave
    }

    /// The customer is awaited, until the time is over.
    fn await_customer(&mut self, view: &View<'_>) -> Option<Given> {
        self.waiting_since.get_or_insert(self.now);
        if !self.is_time_over() {
            return None;
        }
        let words = self.report.run.as_ref().map_or_else(Text::default, |run| {
            Text::of(format_args!(
                "The customer has not accepted yet. {run} is parked. Send the link; then the same command goes on."
            ))
        });
        let close = match page::failure(view) {
            Some(failure) => {
                Close { end: End::Failed, words: journey::in_words(&failure), failure: Some(failure) }
            }
            None => Close { end: End::Waiting, words, failure: None },
        };
        self.close(close, view)
    }

    /// What signals have asked.
    fn signalled(&mut self) -> Option<Given> {
        if let Some(why) = self.stop.ending() {
            self.closing = Closing::Leave;
            return Some(Given::End(why));
        }
        if self.stop.interrupts() > 0 && self.report.end != End::Interrupted {
            self.report.end = End::Interrupted;
            self.closing = Closing::Leave;
        }
        None
    }

    /// What is answered to a view, if anything.
    fn decide(&mut self, view: &View<'_>) -> Option<Given> {
        if let Some(given) = self.signalled() {
            return Some(given);
        }
        if self.closing != Closing::No {
            return self.leave(view);
        }
        let next = self.script.next(&self.answers, view);
        for line in std::mem::take(&mut self.script.journey.lines) {
            self.say(&line);
        }
        match next {
            Next::Do(given) => Some(given),
            Next::Wait => None,
            Next::AwaitCustomer => self.await_customer(view),
            Next::End(close) => self.close(*close, view),
        }
    }

    /// Tells what every front end must say, once.
    fn warn(&mut self, view: &View<'_>) {
        if let Some(warning) = view.bar.warning.filter(|_| !self.warned) {
            self.warned = true;
            self.say(&warning.to_text());
        }
    }
}

impl FrontEnd for Headless {
    fn show(&mut self, view: &View<'_>, now: Moment) -> std::io::Result<()> {
        let is_first = self.now == Moment::default();
        self.now = now;
        if is_first {
            self.told = now;
        }
        self.report.observe(view);
        self.warn(view);
        if now.since(self.told) >= TOLD_EVERY
            && let Some(words) = self.awaited(view)
        {
            self.wait_on(&words);
        }
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
        self.report.observe(view);
        if let Some(run) = &self.report.run
            && let Some(mut note) = self.note.take()
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
