//! The terminal as one guard: entered once, left on return, error, panic and signal, always in the same order.
//!
//! Shared by the drawing thread, the reading thread (which hears signals) and the panic hook. Whoever leaves first
//! restores; the others find nothing to do. A terminal that is gone is never written to again
//! (remote-terminal.md section 8).

use std::{
    fs::File,
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};

/// Alternate screen, bracketed paste, default attributes. Nothing else is switched on, so nothing else can stay on.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[m";

/// What is undone before the alternate screen is left, in the order of remote-terminal.md section 8.
const RESTORE: &[u8] = b"\x1b[?2026l\x1b[?2004l\x1b[m\x1b[?25h";

/// Empties the alternate screen and leaves it. mosh 1.4 and screen as it is set usually have none: there the frame would
/// stay, and what is written next would stand in the middle of it (remote-terminal.md section 5). Everywhere else nobody
/// sees the emptied screen.
const MAIN_SCREEN: &[u8] = b"\x1b[H\x1b[2J\x1b[?1049l";

/// How long a restore waits for a frame that is being written, or for a terminal that takes no bytes (Ctrl-S).
const PATIENCE: Duration = Duration::from_millis(200);

/// Steps in which it waits.
const STEP: Duration = Duration::from_millis(10);

/// What the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The full-screen view.
    Shown,
    /// Words alone on the main screen, until Enter.
    Alone,
    /// Not ours: left for a while, or not entered yet.
    Left,
    /// Left for good.
    Closed,
    /// Hung up.
    Gone,
}

/// What the lock holds.
#[derive(Debug)]
struct Inner {
    /// Where bytes go.
    out: File,
    /// What the terminal shows.
    phase: Phase,
}

/// The guard.
#[derive(Debug)]
pub(crate) struct Terminal(Mutex<Inner>);

impl Terminal {
    /// Wraps the output; enters nothing yet.
    pub(crate) const fn new(out: File) -> Self {
        Self(Mutex::new(Inner { out, phase: Phase::Left }))
    }

    /// Enters: raw mode, alternate screen, bracketed paste. Does nothing where it was closed, is gone, or is shown.
    ///
    /// # Errors
    /// The terminal refuses raw mode or bytes.
    pub(crate) fn enter(&self) -> io::Result<()> {
        let mut inner = self.lock();
        match inner.phase {
            Phase::Shown | Phase::Closed | Phase::Gone => return Ok(()),
            Phase::Left => crossterm::terminal::enable_raw_mode()?,
            Phase::Alone => {}
        }
        inner.phase = Phase::Shown;
        inner.write(ENTER)
    }

    /// Enters again after somebody else may have changed every mode (the process was stopped from outside).
    ///
    /// # Errors
    /// As `enter`.
    pub(crate) fn enter_again(&self) -> io::Result<()> {
        self.leave();
        self.enter()
    }

    /// Restores, to come back later.
    pub(crate) fn leave(&self) {
        self.restore(Phase::Left);
    }

    /// Restores, to come back later; says whether the view was shown.
    pub(crate) fn leave_if_shown(&self) -> bool {
        self.restore(Phase::Left)
    }

    /// Restores for good.
    pub(crate) fn close(&self) {
        self.restore(Phase::Closed);
    }

    /// The terminal hung up: nothing is written any more.
    pub(crate) fn gone(&self) {
        if let Some(mut inner) = self.try_lock() {
            inner.phase = Phase::Gone;
        }
    }

    /// Whether the full-screen view stands there and may be drawn.
    pub(crate) fn is_shown(&self) -> bool {
        self.lock().phase == Phase::Shown
    }

    /// Writes a frame, if the view is shown.
    ///
    /// # Errors
    /// The terminal is gone; nothing is written to it any more.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.lock();
        if inner.phase != Phase::Shown {
            return Ok(());
        }
        inner.write(bytes)
    }

    /// Leaves the full-screen view and writes words alone, from the first column, in one write and unwrapped. The
    /// terminal stays raw, so that Enter comes to the reading thread and nothing is echoed.
    ///
    /// # Errors
    /// As `write`.
    pub(crate) fn print_alone(&self, words: &str) -> io::Result<()> {
        let mut inner = self.lock();
        if inner.phase != Phase::Shown {
            return Ok(());
        }
        inner.phase = Phase::Alone;
        let mut bytes = b"\x1b[m\x1b[?25h".to_vec();
        bytes.extend_from_slice(MAIN_SCREEN);
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(words.as_bytes());
        bytes.extend_from_slice(b"\r\n\r\nPress Enter to go back.\r\n");
        inner.write(&bytes)
    }

    /// The one routine that restores.
    ///
    /// Says whether the full-screen view was shown.
    fn restore(&self, then: Phase) -> bool {
        let Some(mut inner) = self.try_lock() else { return false };
        let was = inner.phase;
        match was {
            Phase::Gone | Phase::Closed => return false,
            Phase::Left => {
                inner.phase = then;
                return false;
            }
            Phase::Shown | Phase::Alone => inner.phase = then,
        }
        if takes_bytes(&inner.out) {
            let mut bytes = RESTORE.to_vec();
            if was == Phase::Shown {
                bytes.extend_from_slice(MAIN_SCREEN);
            }
            if inner.write(&bytes).is_err() {
                return false;
            }
        }
        // Nobody is left to tell when the terminal refuses its own modes back.
        drop(crossterm::terminal::disable_raw_mode());
        #[cfg(unix)]
        let _ = rustix::termios::tcflush(&inner.out, rustix::termios::QueueSelector::IFlush);
        was == Phase::Shown
    }

    /// The lock; a panic elsewhere does not make the terminal unusable.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock, for those that must not wait for ever: signals and panics, maybe of the thread that holds it.
    fn try_lock(&self) -> Option<MutexGuard<'_, Inner>> {
        let mut waited = Duration::ZERO;
        loop {
            match self.0.try_lock() {
                Ok(inner) => return Some(inner),
                Err(TryLockError::Poisoned(inner)) => return Some(inner.into_inner()),
                Err(TryLockError::WouldBlock) if waited >= PATIENCE => return None,
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(STEP);
                    waited += STEP;
                }
            }
        }
    }
}

impl Inner {
    /// Writes everything; an error means that nobody is there any more.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes).inspect_err(|_| self.phase = Phase::Gone)
    }
}

/// Whether the terminal takes bytes now; one that is stopped with Ctrl-S must not hold a restore for ever.
#[cfg(unix)]
fn takes_bytes(out: &File) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let patience = Timespec { tv_sec: 0, tv_nsec: i64::from(PATIENCE.subsec_nanos()) };
    let mut fds = [PollFd::new(out, PollFlags::OUT)];
    poll(&mut fds, Some(&patience)).is_ok_and(|ready| ready > 0)
}

/// Whether the terminal takes bytes now.
#[cfg(not(unix))]
const fn takes_bytes(_: &File) -> bool {
    true
}

/// The terminal's two ends: standard input and output where they are terminals, else the controlling terminal.
///
/// # Errors
/// There is no terminal.
#[cfg(unix)]
pub(crate) fn open() -> io::Result<(File, File)> {
    use std::{io::IsTerminal, os::fd::AsFd};

    let controlling = || File::options().read(true).write(true).open("/dev/tty");
    let stdin = io::stdin();
    let input =
        if stdin.is_terminal() { File::from(stdin.as_fd().try_clone_to_owned()?) } else { controlling()? };
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let output = if stdout.is_terminal() {
        File::from(stdout.as_fd().try_clone_to_owned()?)
    } else if stderr.is_terminal() {
        File::from(stderr.as_fd().try_clone_to_owned()?)
    } else {
        controlling()?
    };
    Ok((input, output))
}

/// The console's two ends.
///
/// # Errors
/// There is no console.
#[cfg(not(unix))]
pub(crate) fn open() -> io::Result<(File, File)> {
    Ok((
        File::options().read(true).write(true).open("CONIN$")?,
        File::options().read(true).write(true).open("CONOUT$")?,
    ))
}

/// Columns and rows that the terminal reports; none where it does not know.
#[cfg(unix)]
pub(crate) fn size(out: &File) -> Option<(u16, u16)> {
    // Not crossterm's: where the ioctl fails it starts a child process to ask.
    let size = rustix::termios::tcgetwinsize(out).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// Columns and rows that the console reports; none where it does not know.
#[cfg(not(unix))]
pub(crate) fn size(_: &File) -> Option<(u16, u16)> {
    crossterm::terminal::size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0)
}
