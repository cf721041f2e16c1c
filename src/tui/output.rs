//! The terminal's output: whole frames in one write, and nobody who is held for ever by a terminal that takes no bytes.
//!
//! A terminal stops taking bytes when its user presses Ctrl-S, or when a line stalls. Whoever writes then waits, and
//! whoever has urgent news for the writer nudges it: the frame is given up where it stands, and drawn anew later.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::unix::{fs::OpenOptionsExt, net::UnixStream},
    path::Path,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fstat},
    process::getpgrp,
    termios::{LocalModes, QueueSelector, tcflush, tcgetattr, tcgetpgrp, tcgetwinsize, ttyname},
};

/// How long the last bytes wait for a terminal that takes none.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// Largest window drawn, columns and rows: a size that is nonsense (65535x65535 from a broken client) must not cost the
/// memory of four thousand million cells. A guess, several times the largest screens.
const MOST: (u16, u16) = (1_000, 500);

/// What became of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Sent {
    /// The terminal has them all.
    Whole,
    /// Given up somewhere in them: what stands on the screen is not known.
    Cut,
}

/// Tells a writer that there is something more urgent.
#[derive(Debug)]
pub(super) struct Nudge(UnixStream);

impl Nudge {
    /// Nudges; a writer that does not wait just now gives up its next wait once, and draws anew.
    pub(super) fn nudge(&self) {
        // Full: it has been nudged often enough.
        let _full = (&self.0).write(&[0]);
    }
}

/// The output.
#[derive(Debug)]
pub(super) struct Output {
    /// Where bytes go.
    line: File,
    /// Opened once more for us alone, so that a write never waits by itself. Else a frame may: then the time that the
    /// reading thread grants an ending is what ends it.
    is_own: bool,
    /// Readable once someone has nudged.
    nudged: UnixStream,
}

impl Output {
    /// Wraps the output.
    ///
    /// # Errors
    /// The system refuses a socket pair.
    pub(super) fn new(shared: File) -> io::Result<(Self, Nudge)> {
        let (nudge, nudged) = UnixStream::pair()?;
        nudge.set_nonblocking(true)?;
        nudged.set_nonblocking(true)?;
        // Not to wait is a property that the shell's own handle would share: that one is left as it is.
        let own = own(&shared);
        let is_own = own.is_some();
        Ok((Self { line: own.unwrap_or(shared), is_own, nudged }, Nudge(nudge)))
    }

    /// Writes a frame, in one write where the terminal takes it; gives up when nudged.
    ///
    /// # Errors
    /// Nobody is there any more.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<Sent> {
        self.write(bytes, Self::is_ready)
    }

    /// Writes last words: waits for [`PATIENCE`] at most.
    ///
    /// # Errors
    /// As `send`.
    pub(super) fn send_soon(&mut self, bytes: &[u8]) -> io::Result<Sent> {
        let mut left = PATIENCE;
        self.write(bytes, |output| {
            let mut fds = [PollFd::new(&output.line, PollFlags::OUT)];
            // Once, and then no more: a terminal that takes a few bytes at a time is as good as one that takes none.
            let wait = std::mem::take(&mut left);
            Ok(poll(&mut fds, Some(&timespec(wait)))? > 0)
        })
    }

    /// Writes; asks `may_go_on` whenever the terminal takes nothing, or might not.
    fn write(
        &mut self,
        bytes: &[u8],
        mut may_go_on: impl FnMut(&mut Self) -> io::Result<bool>,
    ) -> io::Result<Sent> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if !self.is_own && !may_go_on(self)? {
                return Ok(Sent::Cut);
            }
            match self.line.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(trouble) if trouble.kind() == io::ErrorKind::Interrupted => {}
                Err(trouble) if trouble.kind() == io::ErrorKind::WouldBlock => {
                    if !may_go_on(self)? {
                        return Ok(Sent::Cut);
                    }
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(Sent::Whole)
    }

    /// Waits until the terminal takes bytes; false: nudged.
    fn is_ready(&mut self) -> io::Result<bool> {
        let mut fds = [PollFd::new(&self.nudged, PollFlags::IN), PollFd::new(&self.line, PollFlags::OUT)];
        match poll(&mut fds, None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(true),
            Err(trouble) => return Err(trouble.into()),
        }
        if fds.first().is_some_and(|fd| fd.revents().is_empty()) {
            return Ok(true);
        }
        self.calm();
        Ok(false)
    }

    /// Takes every nudge so far.
    fn calm(&mut self) {
        let mut bytes = [0; 64];
        while self.nudged.read(&mut bytes).is_ok_and(|count| count > 0) {}
    }

    /// Throws away what was written and not yet taken.
    pub(super) fn discard(&self) {
        let _refused = tcflush(&self.line, QueueSelector::OFlush);
    }

    /// Throws away what was typed and not yet read: it was meant for us, not for the shell.
    pub(super) fn forget_typed(&self) {
        let _refused = tcflush(&self.line, QueueSelector::IFlush);
    }

    /// Whether somebody is still at the other end.
    pub(super) fn is_there(&self) -> bool {
        let mut fds = [PollFd::new(&self.line, PollFlags::OUT)];
        let closed = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        poll(&mut fds, Some(&timespec(Duration::ZERO))).is_ok()
            && fds.first().is_some_and(|fd| !fd.revents().intersects(closed))
    }

    /// Whether the terminal's modes are ours to change. In the background a change stops the process, and the shell has
    /// set its own modes already.
    pub(super) fn is_ours(&self) -> bool {
        is_ours(&self.line)
    }

    /// Whether bytes can be written without being stopped for it.
    pub(super) fn takes_us(&self) -> bool {
        self.is_ours()
            || tcgetattr(&self.line).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::TOSTOP))
    }
}

/// Whether we are in the foreground of this terminal.
pub(super) fn is_ours(line: &File) -> bool {
    // Not our controlling terminal: nobody controls jobs there.
    tcgetpgrp(line).map_or(true, |group| group == getpgrp())
}

/// The same terminal, opened once more for us alone.
fn own(shared: &File) -> Option<File> {
    let open = |path: &Path| {
        let flags = OFlags::NONBLOCK.union(OFlags::NOCTTY).bits().cast_signed();
        File::options().write(true).custom_flags(flags).open(path).ok()
    };
    let device = |file: &File| fstat(file).ok().map(|about| about.st_rdev);
    let by_name = || {
        let name = ttyname(shared, Vec::new()).ok()?;
        open(Path::new(name.to_str().ok()?)).filter(|found| device(found) == device(shared))
    };
    // After `su` the name belongs to someone else, and in a container it may not exist; this one always does.
    by_name().or_else(|| tcgetpgrp(shared).ok().and_then(|_| open(Path::new("/dev/tty"))))
}

/// A duration as the system wants it.
pub(super) fn timespec(wait: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(wait.subsec_nanos()),
    }
}

/// The terminal's two ends: standard input and output where they are terminals, else the controlling terminal.
///
/// # Errors
/// There is no terminal.
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

/// Columns and rows that the terminal reports, as far as anybody can see them; none where it does not know.
pub(crate) fn size(out: &File) -> Option<(u16, u16)> {
    // Not crossterm's: where the ioctl fails it starts a child process to ask.
    let size = tcgetwinsize(out).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col.min(MOST.0), size.ws_row.min(MOST.1)))
}
