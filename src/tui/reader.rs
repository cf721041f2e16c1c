//! The reading thread: bytes of the terminal and signals, both waited for in one place, without a wake-up while
//! idle.
//!
//! Started by [`super::Tui::start`], ended by dropping the [`Reader`]. What it hears goes to the front end as
//! [`Heard`], and the driver is woken. Signals that end the process restore the terminal here and at once; the
//! wizard then gets the time that the driver grants, and after [`LAST_WORD`] the signal's own action ends a process
//! that hangs.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::net::UnixStream,
    sync::{Arc, mpsc::Sender},
    thread::JoinHandle,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Signal, getpid, kill_process},
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};

use crate::{driver::front::Waker, wizard::event::Ending};

use super::{
    input::{Input, Parser},
    terminal::Terminal,
};

/// Quiet after a change of size before it is drawn: a dragged window sends dozens (remote-terminal.md section 7).
const RESIZE_QUIET: Duration = Duration::from_millis(50);

/// How long to wait for the shell to continue us. An orphaned group is never stopped: then we go on by ourselves.
const STOP_WAIT: Duration = Duration::from_millis(100);

/// How long the process may take to end by itself after it was told to: the driver grants a write 2 s, and leaving
/// takes a moment.
const LAST_WORD: Duration = Duration::from_secs(5);

/// Bytes taken as one read, so that key-ahead and pastes without brackets are seen as a whole.
const ONE_READ: usize = 1 << 16;

/// What the reading thread tells.
#[derive(Debug)]
pub(crate) enum Heard {
    /// Keys and pastes of one read.
    Inputs(Vec<Input>),
    /// The size changed, or the process was continued: everything is drawn again.
    Redraw,
    /// SIGINT.
    Interrupted,
    /// The process must go.
    End(Ending),
}

/// The thread's handle; dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Closed on drop: the thread sees the end of the stream.
    stop: Option<UnixStream>,
    /// The thread.
    thread: Option<JoinHandle<()>>,
    /// Registered signals.
    signals: Vec<signal_hook::SigId>,
}

impl Reader {
    /// Registers the signals and starts the thread.
    ///
    /// # Errors
    /// The system refuses a socket pair, a signal or a thread.
    pub(crate) fn start(
        tty: File,
        terminal: Arc<Terminal>,
        heard: Sender<Heard>,
        waker: Waker,
    ) -> io::Result<Self> {
        let (stop, stopped) = UnixStream::pair()?;
        let mut reader = Self { stop: Some(stop), thread: None, signals: Vec::new() };
        let mut signals = Vec::new();
        for signal in [SIGTERM, SIGHUP, SIGQUIT, SIGINT, SIGTSTP, SIGCONT, SIGWINCH] {
            let (receiver, sender) = UnixStream::pair()?;
            receiver.set_nonblocking(true)?;
            reader.signals.push(signal_hook::low_level::pipe::register(signal, sender)?);
            signals.push((signal, receiver));
        }
        let ears = Ears {
            tty: Some(tty),
            stopped,
            signals,
            parser: Parser::default(),
            has_resized: false,
            ending: None,
            terminal,
            heard,
            waker,
        };
        let thread = std::thread::Builder::new().name("terminal".to_owned()).spawn(move || ears.listen())?;
        reader.thread = Some(thread);
        Ok(reader)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the hook.
            drop(thread.join());
        }
        for signal in self.signals.drain(..) {
            signal_hook::low_level::unregister(signal);
        }
    }
}

/// The thread's own things.
struct Ears {
    /// The terminal's input; none once it is gone.
    tty: Option<File>,
    /// Ends when the handle is dropped.
    stopped: UnixStream,
    /// One stream per signal: a byte for each time it came.
    signals: Vec<(i32, UnixStream)>,
    /// What the bytes mean.
    parser: Parser,
    /// The size changed and the quiet after it is not over.
    has_resized: bool,
    /// The signal that told the process to go.
    ending: Option<i32>,
    /// The guard.
    terminal: Arc<Terminal>,
    /// To the front end.
    heard: Sender<Heard>,
    /// Wakes the driver.
    waker: Waker,
}

/// What a wait brought.
#[derive(Default)]
struct Ready {
    /// The handle was dropped.
    is_stopped: bool,
    /// The terminal has bytes, or is gone.
    has_input: bool,
    /// Nothing came in time.
    is_silent: bool,
}

impl Ears {
    /// Listens until the handle is dropped.
    fn listen(mut self) {
        loop {
            let Ok(ready) = self.wait() else { return };
            if ready.is_stopped {
                return;
            }
            if ready.is_silent {
                self.silence();
            }
            for signal in self.pending() {
                self.signal(signal);
            }
            if ready.has_input {
                self.read();
                self.resized();
            }
        }
    }

    /// Waits for whatever comes first.
    fn wait(&self) -> io::Result<Ready> {
        let timeout = match (self.ending, self.has_resized) {
            (Some(_), _) => Some(LAST_WORD),
            (None, true) => Some(RESIZE_QUIET),
            (None, false) => self.parser.patience(),
        };
        let timeout = timeout.map(timespec);
        let mut fds = vec![PollFd::new(&self.stopped, PollFlags::IN)];
        fds.extend(self.signals.iter().map(|(_, stream)| PollFd::new(stream, PollFlags::IN)));
        fds.extend(self.tty.as_ref().map(|tty| PollFd::new(tty, PollFlags::IN)));
        let has_tty = self.tty.is_some();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(0) => return Ok(Ready { is_silent: true, ..Ready::default() }),
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(Ready::default()),
            Err(trouble) => return Err(trouble.into()),
        }
        let is_ready = |fd: Option<&PollFd<'_>>| fd.is_some_and(|fd| !fd.revents().is_empty());
        Ok(Ready {
            is_stopped: is_ready(fds.first()),
            has_input: has_tty && is_ready(fds.last()),
            is_silent: false,
        })
    }

    /// Nothing came in time: a lone Esc is a key, a change of size is over, a process that hangs ends.
    fn silence(&mut self) {
        if let Some(signal) = self.ending {
            // Nothing is left to do if even that fails.
            drop(signal_hook::low_level::emulate_default_handler(signal));
            return;
        }
        if self.has_resized {
            self.resized();
            if self.parser.patience().is_none_or(|patience| patience > RESIZE_QUIET) {
                return;
            }
        }
        let mut inputs = Vec::new();
        self.parser.silence(&mut inputs);
        self.tell_inputs(inputs);
    }

    /// Signals that came, each once.
    fn pending(&self) -> Vec<i32> {
        self.signals.iter().filter(|(_, stream)| came(stream)).map(|(signal, _)| *signal).collect()
    }

    /// Acts on a signal.
    fn signal(&mut self, signal: i32) {
        match signal {
            SIGTERM => self.end(signal, Ending::Terminate),
            SIGHUP => self.end(signal, Ending::HangUp),
            SIGQUIT => self.end(signal, Ending::Quit),
            SIGINT => self.tell(Heard::Interrupted),
            SIGTSTP => self.stop(),
            SIGCONT => self.go_on(),
            SIGWINCH => self.has_resized = true,
            _ => {}
        }
    }

    /// The process must go. A terminal that closes says so up to three times (its end of file, the kernel's SIGHUP
    /// and the shell's): the first counts.
    fn end(&mut self, signal: i32, why: Ending) {
        if why == Ending::HangUp {
            self.terminal.gone();
        } else {
            self.terminal.close();
        }
        // What is typed from here on is for the shell.
        self.tty = None;
        if self.ending.is_none() {
            self.ending = Some(signal);
            self.tell(Heard::End(why));
        }
    }

    /// Stops until the shell continues us.
    ///
    /// Our handler stands in the way of SIGTSTP's own action, and taking it away needs unsafe code. SIGTTOU stops
    /// just as well, and is ignored just as well where nobody could continue us (an orphaned group).
    fn stop(&mut self) {
        if self.ending.is_some() {
            return;
        }
        self.terminal.leave();
        if kill_process(getpid(), Signal::TTOU).is_ok()
            && let Some((_, continued)) = self.signals.iter().find(|(signal, _)| *signal == SIGCONT)
        {
            let mut fds = [PollFd::new(continued, PollFlags::IN)];
            // Silence and a signal mean the same here: go on.
            let _ = poll(&mut fds, Some(&timespec(STOP_WAIT)));
        }
        self.take_continue();
        self.go_on();
    }

    /// Takes a SIGCONT that is about to be answered.
    fn take_continue(&self) {
        for (_, stream) in self.signals.iter().filter(|(signal, _)| *signal == SIGCONT) {
            came(stream);
        }
    }

    /// Sets every mode again and has everything drawn again.
    fn go_on(&mut self) {
        if self.ending.is_some() {
            return;
        }
        if self.terminal.enter_again().is_err() {
            self.end(SIGHUP, Ending::HangUp);
        } else {
            self.tell(Heard::Redraw);
        }
    }

    /// A change of size is over.
    fn resized(&mut self) {
        if std::mem::take(&mut self.has_resized) {
            self.tell(Heard::Redraw);
        }
    }

    /// Takes what the terminal has; end of file and errors mean that it is gone.
    fn read(&mut self) {
        let Some(tty) = &mut self.tty else { return };
        let mut bytes = Vec::new();
        let mut piece = [0_u8; 4_096];
        let mut is_gone = false;
        loop {
            match tty.read(&mut piece) {
                Ok(0) => is_gone = true,
                Ok(count) => bytes.extend_from_slice(piece.get(..count).unwrap_or_default()),
                Err(trouble) if trouble.kind() == io::ErrorKind::Interrupted => {}
                Err(trouble) if trouble.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => is_gone = true,
            }
            if is_gone || bytes.len() >= ONE_READ || !has_bytes(tty) {
                break;
            }
        }
        let mut inputs = Vec::new();
        self.parser.feed_read(&bytes, &mut inputs);
        self.tell_inputs(inputs);
        if is_gone {
            self.end(SIGHUP, Ending::HangUp);
        }
    }

    /// Tells keys, if there are any.
    fn tell_inputs(&self, inputs: Vec<Input>) {
        if !inputs.is_empty() {
            self.tell(Heard::Inputs(inputs));
        }
    }

    /// Tells the front end and wakes the driver.
    fn tell(&self, what: Heard) {
        // Nobody listens any more: the front end is being dropped.
        if self.heard.send(what).is_ok() {
            self.waker.wake();
        }
    }
}

/// Whether a signal came; takes all of its bytes.
fn came(stream: &UnixStream) -> bool {
    let mut bytes = [0_u8; 64];
    let mut stream = stream;
    stream.read(&mut bytes).is_ok_and(|count| count > 0)
}

/// Whether more bytes are there already.
fn has_bytes(tty: &File) -> bool {
    let mut fds = [PollFd::new(&tty, PollFlags::IN)];
    poll(&mut fds, Some(&timespec(Duration::ZERO))).is_ok_and(|ready| ready > 0)
        && fds.first().is_some_and(|fd| fd.revents().contains(PollFlags::IN))
}

/// A duration as the system wants it.
fn timespec(wait: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(wait.subsec_nanos()),
    }
}

/// Stops the whole group, as the shell expects of Ctrl-Z; our own part follows when the signal arrives.
pub(crate) fn suspend(terminal: &Terminal) {
    terminal.leave();
    // Refused: then there is nothing to stop, and the next frame stands where it stood.
    let _ = rustix::process::kill_current_process_group(Signal::TSTP);
}
