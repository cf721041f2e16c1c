//! What a front end is to the driver.

use crate::{
    domain::time::Moment,
    wizard::{
        answer::{Answer, Ending},
        effect::FrontEndTask,
        view::View,
    },
};

/// A front end: shows views, hands in answers, performs what only it can do.
///
/// The driver calls `show` after every change and `next` until it returns nothing more for now.
pub trait FrontEnd {
    /// Shows the view; draws only what differs from what stands there.
    ///
    /// # Errors
    /// The terminal is gone or can't be written to; the driver then ends the run as after a hang-up.
    fn show(&mut self, view: &View<'_>, now: Moment) -> std::io::Result<()>;

    /// The next answer, if one has been given, to the question that was shown when it was given. Never blocks.
    ///
    /// # Errors
    /// The terminal is gone or can't be read; the driver then ends the run as after a hang-up.
    fn next(&mut self, view: &View<'_>) -> std::io::Result<Option<Answer>>;

    /// The wizard has ended, and writes are still seen through: what is shown from now on must not wait for anybody.
    fn hurry(&mut self) {}

    /// Does what only a front end can do, and says in words what became of it.
    ///
    /// # Errors
    /// As `show`.
    fn perform(&mut self, task: &FrontEndTask, view: &View<'_>) -> std::io::Result<()>;
}

/// What signals ask of front ends that leave the terminal as it is: several may listen to one.
#[derive(Clone, Debug, Default)]
pub struct Stop(std::sync::Arc<std::sync::Mutex<Asked>>);

/// What signals have asked so far.
#[derive(Debug, Default)]
struct Asked {
    interrupts: u32,
    ending: Option<Ending>,
    listeners: Vec<Waker>,
}

impl Stop {
    /// Wakes this driver too whenever something is asked.
    pub fn listen(&self, waker: Waker) {
        self.with(|asked| asked.listeners.push(waker));
    }

    /// Ctrl-C was pressed once more.
    pub fn interrupt(&self) {
        self.with(|asked| asked.interrupts = asked.interrupts.saturating_add(1));
        self.wake();
    }

    /// The process is told to go.
    pub fn end(&self, why: Ending) {
        self.with(|asked| asked.ending = asked.ending.or(Some(why)));
        self.wake();
    }

    /// How often Ctrl-C was pressed.
    pub(crate) fn interrupts(&self) -> u32 {
        self.with(|asked| asked.interrupts)
    }

    /// Why the process must go, if it must.
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.with(|asked| asked.ending)
    }

    fn wake(&self) {
        self.with(|asked| asked.listeners.iter().for_each(Waker::wake));
    }

    fn with<T>(&self, what: impl FnOnce(&mut Asked) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// Wakes the driver: front ends call it from their reading thread when input has arrived.
#[derive(Clone)]
pub struct Waker(std::sync::Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// Wraps the sending half of the driver's wake-up channel (capacity 1).
    pub(crate) fn new(to_driver: std::sync::mpsc::SyncSender<()>) -> Self {
        Self::also(to_driver, || {})
    }

    /// The same, and `also` is called each time: it must not wait.
    pub fn also(to_driver: std::sync::mpsc::SyncSender<()>, also: impl Fn() + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(move || {
            let _full_or_gone = to_driver.try_send(());
            also();
        }))
    }

    /// Wakes the driver; does nothing when it is awake already or gone.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl std::fmt::Debug for Waker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waker")
    }
}
