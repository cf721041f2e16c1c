//! The terminal's output: whole frames in one write, and nobody who is held for ever by a terminal that takes no bytes.
//!
//! A terminal stops taking bytes when its user presses Ctrl-S, or when a line stalls. Whoever writes then waits, and
//! whoever has urgent news for the writer nudges it: the frame is given up where it stands, and drawn anew later.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::{fs::OpenOptionsExt, net::UnixStream},
    },
    path::Path,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fstat},
    io::retry_on_intr,
    process::getpgrp,
    termios::{LocalModes, QueueSelector, tcflush, tcgetattr, tcgetpgrp, tcgetwinsize, ttyname},
};

use super::guard::Sent;

/// How long the last bytes wait for a terminal that takes none.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// The least time in which a person answers what they see; a guess.
const REACTION: Duration = Duration::from_millis(150);

/// Largest window drawn, columns and rows: a size that is nonsense (65535x65535 from a broken client) must not cost the
/// memory of four thousand million cells. A guess, several times the largest screens.
const MOST: (u16, u16) = (1_000, 500);

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

    /// Writes, in one write where the terminal takes it. A frame is given up when nudged; last words wait for
    /// [`PATIENCE`] at most.
    ///
    /// Late is what waited for the terminal, not what waited for a busy computer: there the frame was seen meanwhile.
    ///
    /// # Errors
    /// Nobody is there any more.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long the terminal took, which no replayed clock knows"
    )]
    pub(super) fn send(&mut self, bytes: &[u8], are_last: bool) -> io::Result<Sent> {
        let mut rest = bytes;
        // Once, and then no more: a terminal that takes a few bytes at a time is as good as one that takes none.
        let mut left = are_last.then_some(PATIENCE);
        let (mut may_wait, mut waited, began) = (!self.is_own, Duration::ZERO, Instant::now());
        while !rest.is_empty() {
            if std::mem::replace(&mut may_wait, !self.is_own) {
                let began = Instant::now();
                if !self.is_ready(left.as_mut())? {
                    return Ok(Sent::Cut);
                }
                waited += began.elapsed();
            }
            match self.line.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(trouble) if trouble.kind() == io::ErrorKind::Interrupted => {}
                Err(trouble) if trouble.kind() == io::ErrorKind::WouldBlock => may_wait = true,
                Err(trouble) => return Err(trouble),
            }
        }
        // A line that is shared waits within its writes.
        let waited = if self.is_own { waited } else { began.elapsed() };
        Ok(if waited > REACTION { Sent::Late } else { Sent::Whole })
    }

    /// Waits until the terminal takes bytes, for last words as long as is left; false: nudged, or too long.
    fn is_ready(&mut self, left: Option<&mut Duration>) -> io::Result<bool> {
        if let Some(left) = left {
            return Ok(!events(&self.line, PollFlags::OUT, std::mem::take(left))?.is_empty());
        }
        let mut fds = [PollFd::new(&self.nudged, PollFlags::IN), PollFd::new(&self.line, PollFlags::OUT)];
        retry_on_intr(|| poll(&mut fds, None))?;
        if fds.first().is_some_and(|fd| fd.revents().is_empty()) {
            return Ok(true);
        }
        // Every nudge so far.
        let mut bytes = [0; 64];
        while self.nudged.read(&mut bytes).is_ok_and(|count| count > 0) {}
        Ok(false)
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
        let closed = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        events(&self.line, PollFlags::OUT, Duration::ZERO).is_ok_and(|events| !events.intersects(closed))
    }

    /// Whether the terminal's modes are ours to change. In the background a change stops the process, and the shell has
    /// set its own modes already.
    pub(super) fn is_ours(&self) -> bool {
        is_ours(&self.line)
    }

    /// Columns and rows that the terminal reports, as far as anybody can see them; none where it does not know.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        // Not crossterm's: where the ioctl fails it starts a child process to ask.
        let size = tcgetwinsize(&self.line).ok()?;
        (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col.min(MOST.0), size.ws_row.min(MOST.1)))
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

/// What of these events is there, or comes in so long.
pub(super) fn events(file: &File, which: PollFlags, wait: Duration) -> io::Result<PollFlags> {
    let mut fds = [PollFd::new(file, which)];
    poll(&mut fds, Timespec::try_from(wait).ok().as_ref())?;
    Ok(fds.map(|fd| fd.revents()).into_iter().collect())
}

/// The terminal's two ends: standard input and output where they are terminals, else the controlling terminal.
///
/// # Errors
/// There is no terminal.
pub(crate) fn open() -> io::Result<(File, File)> {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let output = if stdout.is_terminal() { stdout.as_fd() } else { stderr.as_fd() };
    Ok((terminal(stdin.as_fd())?, terminal(output)?))
}

/// A terminal, else the controlling one.
fn terminal(stream: BorrowedFd<'_>) -> io::Result<File> {
    if stream.is_terminal() {
        return Ok(stream.try_clone_to_owned()?.into());
    }
    File::options().read(true).write(true).open("/dev/tty")
}

#[cfg(test)]
mod tests {
    use std::{io::pipe, os::fd::OwnedFd, thread};

    use rustix::io::ioctl_fionbio;

    use super::*;

    #[test]
    fn late_is_what_waited_for_the_terminal() {
        let (mut reader, writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        let (_nudge, nudged) = UnixStream::pair().unwrap();
        let mut output = Output { line: File::from(OwnedFd::from(writer)), is_own: true, nudged };
        assert_eq!(output.send(b"taken at once", false).unwrap(), Sent::Whole);

        // More than the pipe holds, and whoever reads it takes its time.
        let slow = thread::spawn(move || {
            thread::sleep(2 * REACTION);
            io::copy(&mut reader, &mut io::sink()).unwrap()
        });
        assert_eq!(output.send(&vec![b'x'; 200_000], false).unwrap(), Sent::Late);
        drop(output);
        assert_eq!(slow.join().unwrap(), 200_013);
    }
}
