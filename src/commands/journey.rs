//! One journey without a screen: the wizard, the loop and the headless front end, put together.

use std::sync::{Arc, mpsc};

use crate::{
    domain::{answers::Answers, time::Clock},
    driver::{
        self, Caller,
        front::{Stop, Waker},
    },
    exit::Exit,
    headless::{
        Headless, Observers,
        report::{End, Report},
    },
    wizard::{Wizard, answer::Ending, event::Ended},
};

/// A wizard that has not been started, and what carries out its calls.
pub struct WizardRun {
    /// The wizard.
    pub wizard: Wizard,
    /// What carries out its calls.
    pub calls: Box<dyn Caller + Send>,
}

impl std::fmt::Debug for WizardRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WizardRun").finish_non_exhaustive()
    }
}

/// Makes a wizard whose calls wake this driver, for the customer who is called so; several may be on their way at once, on
/// threads of their own.
pub type NewWizardRun = Arc<dyn Fn(Waker, &str) -> WizardRun + Send + Sync>;

/// Makes one journey, on this thread, and says what it came to.
#[must_use]
pub fn travel(
    start: &NewWizardRun,
    answers: Answers,
    stop: &Stop,
    clock: &Clock,
    observers: Observers,
) -> Report {
    let mut journey = Journey::new(start, answers, stop, observers, || {});
    loop {
        if let Some(ended) = journey.go_on(clock) {
            return journey.report(ended);
        }
        // The journey has a waker itself: somebody is always there to wake it.
        let _is_woken = journey.woken.recv().is_ok();
    }
}

/// A journey under way, gone on with as far as it can whenever something has woken it.
pub struct Journey {
    wizard: Wizard,
    calls: Box<dyn Caller + Send>,
    front: Headless,
    woken: mpsc::Receiver<()>,
    is_begun: bool,
}

impl std::fmt::Debug for Journey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journey").field("is_begun", &self.is_begun).finish_non_exhaustive()
    }
}

impl Journey {
    /// A journey that has not begun; `wake` is called whenever it is to be gone on with.
    #[must_use]
    pub fn new(
        start: &NewWizardRun,
        answers: Answers,
        stop: &Stop,
        observers: Observers,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (to_driver, woken) = mpsc::sync_channel(1);
        let waker = Waker::also(to_driver, wake);
        stop.listen(waker.clone());
        let WizardRun { wizard, calls } = start(waker, &answers.customer);
        let mut front = Headless::new(answers, stop.clone());
        front.observers = observers;
        Self { wizard, calls, front, woken, is_begun: false }
    }

    /// Goes on until it waits; says how it ended, once it has.
    pub fn go_on(&mut self, clock: &Clock) -> Option<Ended> {
        let Self { wizard, calls, front, woken, is_begun } = self;
        if !std::mem::replace(is_begun, true) {
            driver::begin(wizard, front, calls.as_mut(), clock);
        }
        driver::go_on(wizard, front, calls.as_mut(), woken, clock)
    }

    /// Whether nothing is left to do until the customer has accepted.
    #[must_use]
    pub const fn awaits_customer(&self) -> bool {
        self.front.awaits_customer()
    }

    /// What it came to.
    #[must_use]
    pub fn report(self, ended: Ended) -> Report {
        self.front.report(ended)
    }
}

/// The exit code of whoever was asked to stop before there was a journey; none where nobody asked.
#[must_use]
pub fn stopped(stop: &Stop) -> Option<Exit> {
    let told = stop.ending().map(|why| exit_of(&End::Told(why)));
    told.or_else(|| (stop.interrupts() > 0).then_some(Exit::Interrupted))
}

/// The exit code of a journey (product.md section 9, *Records and words*).
#[must_use]
pub const fn exit_of(end: &End) -> Exit {
    match end {
        End::Done { is_partly: false } | End::Shown => Exit::Done,
        End::Done { is_partly: true } => Exit::Partly,
        End::Waiting => Exit::Waiting,
        End::Missing { .. } | End::Wrong => Exit::Usage,
        End::WrongTenant | End::Refused => Exit::Refused,
        End::Stopped => Exit::Stopped,
        End::Held => Exit::Held,
        End::Attention => Exit::Attention,
        End::Failed => Exit::Failed,
        End::Interrupted => Exit::Interrupted,
        End::Told(Ending::HangUp) => Exit::HangUp,
        End::Told(Ending::Quit) => Exit::Quit,
        End::Told(Ending::Terminate) => Exit::Terminated,
    }
}
