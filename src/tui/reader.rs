//! The reading thread: bytes of the terminal and signals, both waited for in one place, without a wake-up while
//! idle.
//!
//! Started by [`super::Tui::start`], ended by dropping the [`Reader`]. What it hears goes to the front end as
//! [`Heard`], and the driver is woken. Signals that end the process restore the terminal here and at once; the
//! wizard then gets the time that the driver grants, and after [`LAST_WORD`] the signal's own action ends a process
//! that hangs. Nothing else is written here: this thread must never wait for the terminal.
//!
//! The process ends by itself with 128 plus the signal's number and does not die by the signal, which
//! remote-terminal.md section 8 would rather have: the exit codes are a promise (product.md section 9, *Records and
//! words*), a shell sees the same number, and SIGQUIT leaves no core file with a customer's names in it.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::net::UnixStream,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc::Sender},
    thread::JoinHandle,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::retry_on_intr,
    process::{Signal, getpid, kill_process},
};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    iterator::{
        backend::{Handle, SignalDelivery},
        exfiltrator::SignalOnly,
    },
};

use crate::{
    driver::front::Waker,
    wizard::answer::{Ending, Given},
};

use super::{
    Heard, MOST_AHEAD,
    guard::Guard,
    input::{Input, Parser, Press},
    keys::is_always_taken,
    output::{events, is_ours},
};

/// The signals that are heard, in the order in which they count where several came.
const SIGNALS: [i32; 7] = [SIGTERM, SIGHUP, SIGQUIT, SIGINT, SIGTSTP, SIGCONT, SIGWINCH];

/// Quiet after a change of size before it is drawn: a dragged window sends dozens (remote-terminal.md section 7).
const RESIZE_QUIET: Duration = Duration::from_millis(50);

/// How long the process may take to end by itself after it was told to: the driver grants a write 2 s, and leaving
/// takes a moment.
const LAST_WORD: Duration = Duration::from_secs(3);

/// How often a program in the background looks whether it is in the foreground again: `fg` tells a job that runs nothing.
/// A guess: what a person takes for at once. The only waking without a cause, and only there.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Name of the thread.
pub(crate) const THREAD: &str = "terminal";

/// Bytes taken as one read, so that key-ahead and pastes without brackets are seen as a whole.
const ONE_READ: usize = 1 << 16;

/// The thread's handle; dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Reader {
    /// The signals, whose end is the thread's.
    signals: Handle,
    /// The thread.
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Registers the signals and starts the thread.
    ///
    /// # Errors
    /// The system refuses a socket pair, a signal or a thread.
    pub(crate) fn start(
        tty: File,
        guard: Arc<Guard>,
        heard: Sender<Heard>,
        waker: Waker,
    ) -> io::Result<Self> {
        let (came, signalled) = UnixStream::pair()?;
        let delivery = SignalDelivery::with_pipe(came, signalled, SignalOnly, SIGNALS)?;
        let signals = delivery.handle();
        let ears = Ears {
            tty: Some(tty),
            is_away: false,
            signals: delivery,
            parser: Parser::default(),
            has_resized: false,
            is_ending: false,
            guard,
            heard,
            waker,
        };
        let thread =
            std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || ears.listen_safely())?;
        Ok(Self { signals, thread: Some(thread) })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.signals.close();
        // A panic there has been reported by the hook.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// The thread's own things.
struct Ears {
    /// The terminal's input; none once it is gone.
    tty: Option<File>,
    /// In the background: what is typed is for somebody else, and reading it would stop the process.
    is_away: bool,
    /// Those that came, and a stream that says so; it is closed when the handle is dropped.
    signals: SignalDelivery<UnixStream, SignalOnly>,
    /// What the bytes mean.
    parser: Parser,
    /// The size changed and the quiet after it is not over.
    has_resized: bool,
    /// The process was told to go.
    is_ending: bool,
    /// The guard.
    guard: Arc<Guard>,
    /// To the front end.
    heard: Sender<Heard>,
    /// Wakes the driver.
    waker: Waker,
}

impl Ears {
    /// Listens; without this thread no key and no signal would end the program, so a panic here ends it.
    fn listen_safely(self) {
        let (heard, waker) = (self.heard.clone(), self.waker.clone());
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.listen()))
            && heard.send(Heard::Panicked(panic)).is_ok()
        {
            waker.wake();
        }
    }

    /// Listens until the handle is dropped.
    fn listen(mut self) {
        loop {
            match self.wait() {
                // Deaf: better to go than to stay without keys and signals.
                Err(_) => return self.end(SIGTERM, Ending::Terminate),
                Ok(None) => self.silence(),
                Ok(Some(has_input)) => {
                    let came: Vec<i32> = self.signals.pending().collect();
                    if self.signals.handle().is_closed() {
                        return;
                    }
                    for signal in SIGNALS.into_iter().filter(|signal| came.contains(signal)) {
                        self.signal(signal);
                    }
                    if has_input {
                        self.read();
                        self.resized();
                    }
                }
            }
        }
    }

    /// Waits for whatever comes first, signals or bytes; says whether the terminal has bytes, or is gone. None: nothing
    /// came in time.
    fn wait(&self) -> io::Result<Option<bool>> {
        let timeout = match (self.is_ending, self.is_away, self.has_resized) {
            (true, ..) => None,
            (false, true, _) => Some(LOOK_AGAIN),
            (false, false, true) => Some(RESIZE_QUIET),
            (false, false, false) => self.parser.patience(),
        };
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let mut fds = vec![PollFd::new(self.signals.get_read(), PollFlags::IN)];
        let tty = self.tty.as_ref().filter(|_| !self.is_away);
        fds.extend(tty.map(|tty| PollFd::new(tty, PollFlags::IN)));
        let ready = retry_on_intr(|| poll(&mut fds, timeout.as_ref()))?;
        Ok((ready > 0).then(|| fds.get(1).is_some_and(|fd| !fd.revents().is_empty())))
    }

    /// Nothing came in time: a lone Esc is a key, a change of size is over.
    fn silence(&mut self) {
        if self.is_away {
            self.look();
            if !self.is_away {
                self.tell_urgently(Heard::ComesBack(go_on));
            }
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

    /// Acts on a signal.
    fn signal(&mut self, signal: i32) {
        match signal {
            SIGTERM => self.end(signal, Ending::Terminate),
            SIGHUP => self.end(signal, Ending::HangUp),
            SIGQUIT => self.end(signal, Ending::Quit),
            SIGINT => self.tell_urgently(Heard::Asked(Given::Leave)),
            // Stopping and coming back is the drawing thread's: it may have to wait for the terminal.
            SIGTSTP if !self.is_ending => self.tell_urgently(Heard::ComesBack(stop)),
            SIGCONT if !self.is_ending => {
                self.look();
                self.tell_urgently(Heard::ComesBack(go_on));
            }
            SIGWINCH => self.has_resized = true,
            _ => {}
        }
    }

    /// The process must go. A terminal that closes says so up to three times (its end of file, the kernel's SIGHUP
    /// and the shell's), and `timeout` sends SIGTERM twice: the first counts, and cuts nobody's last write off.
    fn end(&mut self, signal: i32, why: Ending) {
        let is_first = !std::mem::replace(&mut self.is_ending, true);
        if is_first {
            end_at_last(signal);
        }
        if why == Ending::HangUp {
            self.guard.gone();
        } else {
            self.guard.close();
        }
        // What is typed from here on is for the shell.
        self.tty = None;
        if is_first {
            self.tell(Heard::Asked(Given::End(why)));
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
        self.look();
        let Some(tty) = self.tty.as_mut().filter(|_| !self.is_away) else { return };
        let mut bytes = Vec::new();
        let mut piece = [0_u8; 4_096];
        let is_gone = loop {
            match tty.read(&mut piece) {
                Err(trouble) if trouble.kind() == io::ErrorKind::Interrupted => {}
                Err(trouble) if trouble.kind() == io::ErrorKind::WouldBlock => break false,
                Ok(0) | Err(_) => break true,
                Ok(count) => bytes.extend_from_slice(piece.get(..count).unwrap_or_default()),
            }
            if bytes.len() >= ONE_READ || !has_bytes(tty) {
                break false;
            }
        };
        let mut inputs = Vec::new();
        self.parser.feed_read(&bytes, &mut inputs);
        // Of a flood the front end keeps no more: one key above that tells it so, and the ways out.
        let mut room = MOST_AHEAD + 2;
        inputs.retain(|input| {
            room = room.saturating_sub(1);
            room > 0 || is_always_taken(input)
        });
        inputs.shrink_to_fit();
        self.tell_inputs(inputs);
        if is_gone {
            self.end(SIGHUP, Ending::HangUp);
        }
    }

    /// Sees whether we are in the background.
    fn look(&mut self) {
        self.is_away = self.tty.as_ref().is_some_and(|tty| !is_ours(tty));
    }

    /// Tells keys, if there are any.
    fn tell_inputs(&self, inputs: Vec<Input>) {
        // The keys that people press when a terminal stands still.
        let is_way_out = |input: &Input| matches!(input, Input::Key(Press::Ctrl('c' | 'z' | '\\')));
        if inputs.iter().any(is_way_out) {
            self.tell_urgently(Heard::Inputs(inputs));
        } else if !inputs.is_empty() {
            self.tell(Heard::Inputs(inputs));
        }
    }

    /// Tells, also a front end that waits for a terminal that takes no bytes. In this order: who is nudged finds the news.
    fn tell_urgently(&self, what: Heard) {
        self.tell(what);
        self.guard.nudge();
    }

    /// Tells the front end and wakes the driver.
    fn tell(&self, what: Heard) {
        // Nobody listens any more: the front end is being dropped.
        if self.heard.send(what).is_ok() {
            self.waker.wake();
        }
    }
}

/// Whether more bytes are there already.
fn has_bytes(tty: &File) -> bool {
    events(tty, PollFlags::IN, Duration::ZERO).is_ok_and(|events| events.contains(PollFlags::IN))
}

/// Ends a process that hangs: after [`LAST_WORD`] the signal has its own action.
fn end_at_last(signal: i32) {
    let last = move || {
        std::thread::sleep(LAST_WORD);
        // Nothing is left to do if even that fails.
        drop(signal_hook::low_level::emulate_default_handler(signal));
    };
    // No thread to be had: then it ends by itself, or by SIGKILL.
    drop(std::thread::Builder::new().name("last word".to_owned()).spawn(last));
}

/// Stops the whole group, as the shell expects of Ctrl-Z; our own part follows when the signal arrives.
pub(crate) fn suspend(guard: &Guard) {
    guard.leave();
    // Refused: then there is nothing to stop, and the next frame stands where it stood.
    let _refused = rustix::process::kill_current_process_group(Signal::TSTP);
}

/// Stops until the shell continues us, on the drawing thread, then enters again.
///
/// Our handler stands in the way of SIGTSTP's own action, and taking it away needs unsafe code. SIGTTOU stops just as
/// well, and is ignored just as well where nobody could continue us (a session leader, an orphaned group). A signal that
/// the main thread sends to its own process acts before the call returns: no time is guessed here.
///
/// Continued in the background, maybe only to be told to go, it enters nothing.
///
/// # Errors
/// The terminal refuses raw mode.
fn stop(guard: &Guard) -> io::Result<()> {
    guard.leave();
    let _refused = kill_process(getpid(), Signal::TTOU);
    go_on(guard)
}

/// Enters again after the process was continued. In the background it leaves the terminal alone and works on: a call
/// that touches it would stop the process right there, deaf to SIGTERM until somebody brings it to the foreground.
///
/// # Errors
/// The terminal refuses raw mode.
fn go_on(guard: &Guard) -> io::Result<()> {
    if guard.is_ours() {
        return guard.enter();
    }
    guard.leave();
    Ok(())
}
