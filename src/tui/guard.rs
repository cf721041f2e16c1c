//! The terminal as one guard: entered once, left on return, error, panic and signal, always in the same order.
//!
//! Shared by the drawing thread, the reading thread (which hears signals) and the panic hook. Whoever leaves first
//! restores; the others find nothing to do. A terminal that is gone is never written to again
//! (remote-terminal.md section 8).
//!
//! Nothing here runs inside a signal's handler: handlers only wake the reading thread. That is why a mutex is allowed,
//! and why SIGKILL, SIGSEGV and SIGABRT leave the modes behind (few, and `reset` undoes them).

use std::{
    fs::File,
    io,
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::output::{Nudge, Output, PATIENCE};

/// Alternate screen, bracketed paste, default attributes. Nothing else is switched on, so nothing else can stay on.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[m";

/// What is undone before the alternate screen is left, in the order of remote-terminal.md section 8.
const RESTORE: &[u8] = b"\x1b[?2026l\x1b[?2004l\x1b[m\x1b[?25h";

/// Empties the alternate screen and leaves it. mosh 1.4 and screen as it is set usually have none: there the frame would
/// stay, and what is written next would stand in the middle of it (remote-terminal.md section 5). Everywhere else nobody
/// sees the emptied screen.
const MAIN_SCREEN: &[u8] = b"\x1b[H\x1b[2J\x1b[?1049l";

/// Steps in which a restore waits for the lock.
const STEP: Duration = Duration::from_millis(10);

/// What became of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Sent {
    /// The terminal has them all.
    Whole,
    /// It has them all, after a wait in which a person could answer what stood there before.
    Late,
    /// Given up somewhere in them: what stands on the screen is not known.
    Cut,
}

/// What the terminal shows. Those that are ours come before those that are not, and what is given back for good is never
/// taken again: a later phase stays where an earlier one is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Raw, and nothing written yet: the first frame brings the modes along, in the same write.
    Entered,
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
    out: Output,
    /// What the terminal shows.
    phase: Phase,
    /// The modes may not be on, and what stands there is not known: the next frame sets them again.
    is_torn: bool,
    /// The program is ending: a frame waits no longer than last words do.
    is_hurried: bool,
}

/// The guard.
#[derive(Debug)]
pub(crate) struct Guard {
    /// The terminal.
    inner: Mutex<Inner>,
    /// For a writer who waits for a terminal that takes no bytes.
    nudge: Nudge,
    /// Somebody wants the lock more than a writer does.
    is_wanted: AtomicBool,
}

impl Guard {
    /// Wraps the output; enters nothing yet.
    ///
    /// # Errors
    /// The system refuses a socket pair.
    pub(crate) fn new(out: File) -> io::Result<Self> {
        let (out, nudge) = Output::new(out)?;
        let inner = Mutex::new(Inner { out, phase: Phase::Left, is_torn: false, is_hurried: false });
        Ok(Self { inner, nudge, is_wanted: AtomicBool::new(false) })
    }

    /// Enters: raw mode now, alternate screen and bracketed paste with the next frame, whatever the modes are now: the
    /// process may have been stopped from outside. Does nothing where it was closed or is gone. Never waits for the
    /// terminal.
    ///
    /// # Errors
    /// The terminal refuses raw mode.
    pub(crate) fn enter(&self) -> io::Result<()> {
        let mut inner = self.lock();
        let then = match inner.phase {
            Phase::Entered | Phase::Closed | Phase::Gone => return Ok(()),
            Phase::Left => Phase::Entered,
            Phase::Shown | Phase::Alone => Phase::Shown,
        };
        // crossterm sets nothing where it set raw mode once already.
        crossterm::terminal::disable_raw_mode()?;
        crossterm::terminal::enable_raw_mode()?;
        (inner.phase, inner.is_torn) = (then, true);
        Ok(())
    }

    /// Restores, to come back later; says whether the view was shown.
    pub(crate) fn leave(&self) -> bool {
        self.restore(Phase::Left, "")
    }

    /// Restores for good.
    pub(crate) fn close(&self) {
        self.restore(Phase::Closed, "");
    }

    /// Restores for good and leaves words on the main screen.
    pub(crate) fn finish(&self, words: &str) {
        self.restore(Phase::Closed, words);
    }

    /// The terminal hung up: nothing is written any more.
    ///
    /// SIGHUP alone does not prove it: it can be sent by hand, or by a shell that ends on a terminal that stays. Where
    /// the terminal is still there every mode is undone, without last words (product.md section 8).
    pub(crate) fn gone(&self) {
        self.restore(Phase::Gone, "");
    }

    /// Whoever waits for the terminal to take a frame gives it up.
    pub(crate) fn nudge(&self) {
        self.nudge.nudge();
    }

    /// The program is ending: from now on no frame waits for the terminal longer than last words do.
    pub(crate) fn hurry(&self) {
        self.lock().is_hurried = true;
    }

    /// Columns and rows that the terminal reports; none where it does not know.
    pub(crate) fn size(&self) -> Option<(u16, u16)> {
        self.lock().out.size()
    }

    /// Whether the terminal is ours to enter: a process in the background is stopped for trying.
    pub(crate) fn is_ours(&self) -> bool {
        self.lock().out.is_ours()
    }

    /// Whether words stand alone on the main screen: keys wait for Enter, nothing is drawn.
    pub(crate) fn is_alone(&self) -> bool {
        self.lock().phase == Phase::Alone
    }

    /// Whether the full-screen view stands there, or may be drawn.
    pub(crate) fn is_shown(&self) -> bool {
        self.lock().is_shown()
    }

    /// Writes a frame, if the view may be drawn, and the modes before it where they may not be on, in one write.
    ///
    /// # Errors
    /// The terminal is gone; nothing is written to it any more.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<Sent> {
        // Somebody else wants the lock: a writer keeps off it for a moment, because a mutex is not fair.
        if self.is_wanted.load(Ordering::SeqCst) {
            std::thread::sleep(STEP);
            return Ok(Sent::Cut);
        }
        let mut inner = self.lock();
        if !inner.is_shown() {
            return Ok(Sent::Whole);
        }
        inner.phase = Phase::Shown;
        if std::mem::take(&mut inner.is_torn) {
            return inner.send(&[ENTER, bytes].concat(), false);
        }
        inner.send(bytes, false)
    }

    /// Leaves the full-screen view and writes words alone, from the first column, in one write and unwrapped. The
    /// terminal stays raw, so that Enter comes to the reading thread and nothing is echoed.
    ///
    /// # Errors
    /// As `write`.
    pub(crate) fn print_alone(&self, words: &str) -> io::Result<Sent> {
        let mut inner = self.lock();
        if !inner.is_shown() {
            return Ok(Sent::Cut);
        }
        // Raw as the terminal is, a newline alone would not lead to the first column.
        let words = words.trim_end().replace('\n', "\r\n");
        let words = format!("\r\n{words}\r\n\r\nPress Enter to go back.\r\n");
        let bytes = [b"\x1b[m\x1b[?25h", MAIN_SCREEN, words.as_bytes()].concat();
        inner.phase = Phase::Shown;
        let sent = inner.send(&bytes, false)?;
        if sent != Sent::Cut {
            inner.phase = Phase::Alone;
        }
        Ok(sent)
    }

    /// The one routine that restores.
    ///
    /// Says whether the full-screen view was shown.
    fn restore(&self, then: Phase, words: &str) -> bool {
        let Some(mut inner) = self.wants() else { return false };
        let was = inner.phase;
        inner.phase = was.max(then);
        if was < Phase::Left {
            inner.give_back(was);
        }
        if !words.is_empty() && inner.phase != Phase::Gone && inner.out.takes_us() {
            // Nobody is left to tell.
            drop(inner.send(words.as_bytes(), true));
        }
        was < Phase::Alone
    }

    /// The lock; a panic elsewhere does not make the terminal unusable.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock, for those that restore (signals and panics, maybe of the thread that holds it): a frame that the terminal
    /// does not take is given up for it, and nobody waits for ever.
    fn wants(&self) -> Option<MutexGuard<'_, Inner>> {
        self.is_wanted.store(true, Ordering::SeqCst);
        self.nudge.nudge();
        let mut waited = Duration::ZERO;
        let inner = loop {
            match self.inner.try_lock() {
                Ok(inner) => break Some(inner),
                Err(TryLockError::Poisoned(inner)) => break Some(inner.into_inner()),
                Err(TryLockError::WouldBlock) if waited >= PATIENCE => break None,
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(STEP);
                    waited += STEP;
                }
            }
        };
        self.is_wanted.store(false, Ordering::SeqCst);
        inner
    }
}

impl Inner {
    /// Whether the full-screen view stands there, or may be drawn.
    fn is_shown(&self) -> bool {
        self.phase < Phase::Alone
    }

    /// Writes a frame, or last words; an error means that nobody is there any more.
    fn send(&mut self, bytes: &[u8], are_last: bool) -> io::Result<Sent> {
        let sent = self.out.send(bytes, are_last || self.is_hurried);
        let sent = sent.inspect_err(|_| self.phase = Phase::Gone)?;
        self.is_torn |= sent == Sent::Cut;
        Ok(sent)
    }

    /// Undoes every mode, in the order of remote-terminal.md section 8.
    fn give_back(&mut self, was: Phase) {
        let is_there = self.phase != Phase::Gone || self.out.is_there();
        if was != Phase::Entered && is_there && self.out.takes_us() {
            let bytes = if was == Phase::Shown { [RESTORE, MAIN_SCREEN].concat() } else { RESTORE.to_vec() };
            let Ok(sent) = self.send(&bytes, true) else { return };
            if sent == Sent::Cut && self.out.is_ours() {
                // Stopped, with half a frame before us: nobody will miss the frame, and everybody the modes.
                self.out.discard();
                drop(self.send(&bytes, true));
            }
        }
        self.cook();
    }

    /// Gives the line its own modes back. Whoever leaves for good forgets what was typed for us; what is typed behind
    /// Ctrl-Z is for the shell, or for us again where nobody can stop us. No answer of the terminal's can be among it:
    /// it is asked nothing.
    fn cook(&self) {
        if self.out.is_ours() {
            // Nobody is left to tell when the terminal refuses its own modes back.
            drop(crossterm::terminal::disable_raw_mode());
            if self.phase != Phase::Left {
                self.out.forget_typed();
            }
        }
    }
}
