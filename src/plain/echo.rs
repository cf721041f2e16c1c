//! The terminal's echo: off while a secret is typed, and on again on every way out. Nothing else of the terminal is changed,
//! and nothing at all where the lines come from a pipe.

use std::sync::{Arc, Mutex};

#[cfg(unix)]
use rustix::{
    stdio::stdin,
    termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr},
};

use crate::{domain::lock::lock, driver::front::Waker};

/// What is known of the terminal.
#[derive(Debug, Default)]
struct State {
    /// The modes from before, while the echo is off.
    #[cfg(unix)]
    before: Option<Termios>,
    /// The process was stopped and goes on.
    was_stopped: bool,
}

/// The echo.
#[derive(Debug, Clone, Default)]
pub(crate) struct Echo(Arc<Mutex<State>>);

impl Echo {
    /// Looks after the echo from now on, also while the process is stopped by Ctrl-Z.
    ///
    /// # Errors
    /// The system hands no signals over, or starts no thread.
    pub(crate) fn start(waker: &Waker) -> std::io::Result<Self> {
        let echo = Self::default();
        #[cfg(unix)]
        if isatty(stdin()) {
            echo.follow_stops(waker.clone())?;
        }
        #[cfg(not(unix))]
        let _unused = waker;
        Ok(echo)
    }

    /// Switches the echo off for a secret, or on again.
    pub(crate) fn set(&self, is_secret: bool) {
        self.with(|state| if is_secret { state.hide() } else { _ = state.restore() });
    }

    /// Whether the process was stopped since this was asked last: what stood there has gone by.
    pub(crate) fn was_stopped(&self) -> bool {
        self.with(|state| std::mem::take(&mut state.was_stopped))
    }

    /// Ctrl-Z gives the terminal back as it was; `fg` comes back to the secret.
    #[cfg(unix)]
    fn follow_stops(&self, waker: Waker) -> std::io::Result<()> {
        use signal_hook::{consts::SIGTSTP, iterator::Signals, low_level::emulate_default_handler};
        let mut signals = Signals::new([SIGTSTP])?;
        let echo = self.clone();
        std::thread::Builder::new().name("backup365-stops".into()).spawn(move || {
            for signal in &mut signals {
                let was_hidden = echo.with(State::restore);
                drop(emulate_default_handler(signal));
                echo.with(|state| {
                    state.was_stopped = true;
                    if was_hidden {
                        state.hide();
                    }
                });
                waker.wake();
            }
        })?;
        Ok(())
    }

    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut lock(&self.0))
    }
}

impl State {
    /// Switches the echo off; the end of a line is echoed, so that the next words stand on a line of their own.
    fn hide(&mut self) {
        #[cfg(unix)]
        if self.before.is_none()
            && let Ok(before) = tcgetattr(stdin())
        {
            let mut hidden = before.clone();
            hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK);
            hidden.local_modes.insert(LocalModes::ECHONL);
            if tcsetattr(stdin(), OptionalActions::Now, &hidden).is_ok() {
                self.before = Some(before);
            }
        }
    }

    /// Whether the echo was off.
    fn restore(&mut self) -> bool {
        #[cfg(unix)]
        if let Some(before) = self.before.take() {
            // A terminal that is gone needs no echo.
            let _gone = tcsetattr(stdin(), OptionalActions::Now, &before);
            return true;
        }
        false
    }
}
