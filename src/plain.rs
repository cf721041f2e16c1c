//! Stand-in.

use std::io;

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Stop, Waker},
    wizard::{answer::Answer, effect::FrontEndTask, view::View},
};

/// What is decided before the first line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Why it is this front end ("--plain was given").
    pub why: &'static str,
    /// Characters outside ASCII may be written.
    pub use_unicode: bool,
    /// Columns where the terminal does not know its width (`COLUMNS`).
    pub columns: Option<u16>,
}

/// The plain front end.
#[derive(Debug)]
pub struct Plain;

impl Plain {
    /// Starts it.
    ///
    /// # Errors
    /// The thread can't be started.
    pub fn start(_waker: Waker, _stop: Stop, _options: Options) -> io::Result<Self> {
        Ok(Self)
    }

    /// The last words, after the wizard has ended.
    pub fn finish(self, _words: &str) {}
}

impl FrontEnd for Plain {
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
