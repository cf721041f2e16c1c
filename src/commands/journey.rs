//! One journey without a screen: the wizard, the loop and the headless front end, put together.

use std::sync::{Arc, mpsc};

use crate::{
    domain::time::Clock,
    driver::{
        self, Caller,
        front::{Stop, Waker},
    },
    headless::{Headless, answers::Answers, report::Report},
    wizard::Wizard,
};

/// A wizard that has not been started, and what carries out its calls.
pub struct Vehicle {
    /// The wizard.
    pub wizard: Wizard,
    /// What carries out its calls.
    pub calls: Box<dyn Caller + Send>,
}

impl std::fmt::Debug for Vehicle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vehicle").finish_non_exhaustive()
    }
}

/// Makes a vehicle whose calls wake this driver; several may be on their way at once, on threads of their own.
pub type Start = Arc<dyn Fn(Waker) -> Vehicle + Send + Sync>;

/// Makes one journey, on this thread, and says what it came to.
#[must_use]
pub fn travel(start: &Start, answers: Answers, stop: &Stop, clock: &Clock) -> Report {
    let (to_driver, woken) = mpsc::sync_channel(1);
    let waker = Waker::new(to_driver);
    stop.listen(waker.clone());
    let Vehicle { mut wizard, mut calls } = start(waker);
    let mut front = Headless::new(answers, stop.clone());
    let ended = driver::drive(&mut wizard, &mut front, calls.as_mut(), &woken, clock);
    front.report(ended)
}
