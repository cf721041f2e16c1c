//! Stand-in.

pub mod answers;
pub mod report;

use std::{fmt, io};

use crate::{
    domain::{id::RunId, text::Text, time::Moment},
    driver::front::{FrontEnd, Stop, Waker},
    wizard::{answer::Answer, effect::FrontEndTask, event::Ended, view::View},
};

use answers::Answers;
use report::Report;

/// Hears what happens, line by line.
pub type Tell = Box<dyn FnMut(&Text)>;

/// Hears every 30 s that the journey waits, in the place of a line.
pub type Pause = Box<dyn FnMut()>;

/// Hears which run it is, before anything is done in it.
pub type Note = Box<dyn FnMut(&RunId)>;

/// The front end of one journey.
pub struct Headless {
    report: Report,
}

impl fmt::Debug for Headless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headless").finish_non_exhaustive()
    }
}

impl Headless {
    /// Makes the front end of one journey.
    #[must_use]
    pub fn new(_answers: Answers, _stop: Stop) -> Self {
        Self { report: Report::default() }
    }

    /// Tells each step, and every 30 s what is awaited.
    #[must_use]
    pub fn telling(self, _tell: Tell) -> Self {
        self
    }

    /// Says which run it is as soon as there is one; the journey goes on when that returns.
    #[must_use]
    pub fn noting(self, _note: Note) -> Self {
        self
    }

    /// Says every 30 s that it waits, instead of telling a line: for journeys of which many wait side by side.
    #[must_use]
    pub fn pausing(self, _pause: Pause) -> Self {
        self
    }

    /// Wakes the driver when the time for the customer is over.
    #[must_use]
    pub fn waking(self, _waker: Waker) -> Self {
        self
    }

    /// What the journey came to; `ended` is what the driver said.
    #[must_use]
    pub fn report(self, _ended: Ended) -> Report {
        self.report
    }
}

impl FrontEnd for Headless {
    fn show(&mut self, _view: &View<'_>, _now: Moment) -> io::Result<()> {
        Ok(())
    }

    fn next(&mut self, _view: &View<'_>) -> io::Result<Option<Answer>> {
        Ok(None)
    }

    fn perform(&mut self, _task: &FrontEndTask, _view: &View<'_>) -> io::Result<()> {
        Ok(())
    }
}
