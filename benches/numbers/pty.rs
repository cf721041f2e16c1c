//! A program in a pseudo-terminal of 80x24: keys in, bytes out, each piece of output with the time it was read.

use std::{
    io::{Read, Write},
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// Rows of the window.
pub(crate) const ROWS: u16 = 24;

/// A screen that says nothing for this long has said everything: long beside what a key takes, short enough for
/// hundreds of keys.
const QUIET: Duration = Duration::from_millis(50);

/// The longest that a key which works through the whole list may take before anything comes back.
const LONG: Duration = Duration::from_secs(3);

/// Nothing takes longer than this; then the group of measurements ends and says so.
const DEADLINE: Duration = Duration::from_mins(1);

/// A program in a window of its own.
pub(crate) struct Program {
    output: Receiver<(Instant, Vec<u8>)>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    screen: vt100::Parser,
    before: Modes,
    /// When it was started.
    pub(crate) started: Instant,
    /// Bytes that the program wrote so far.
    pub(crate) bytes: usize,
    /// Pieces in which they were read; a program that writes once is read once.
    pub(crate) pieces: usize,
}

/// What a key cost.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) bytes: usize,
    /// From the key to the last byte of the answer.
    pub(crate) last_byte: Duration,
}

/// Everything that a program may change about a terminal and ought to put back.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Modes {
    /// Input, output, control and local flags and the control characters, as the system tells them.
    line: [String; 5],
    /// Modes of the screen, in the order of [`SCREEN_MODES`].
    screen: [bool; 5],
}

/// Modes of the screen that the bytes switch.
const SCREEN_MODES: [&str; 5] =
    ["alternate screen", "hidden cursor", "bracketed paste", "mouse reports", "application keys"];

impl Modes {
    /// Whether the line has the same modes.
    pub(crate) fn has_line_of(&self, other: &Self) -> bool {
        self.line == other.line
    }

    /// What differs from `before`, in words; nothing: all is as it was.
    pub(crate) fn left_on(&self, before: &Self) -> Vec<&'static str> {
        let line = (self.line != before.line).then_some("raw mode");
        let differs = self.screen.iter().zip(&before.screen).map(|(is, was)| is != was);
        line.into_iter()
            .chain(SCREEN_MODES.into_iter().zip(differs).filter_map(|(name, it)| it.then_some(name)))
            .collect()
    }
}

impl Program {
    /// Starts a program with a clean environment; why it can't be started, in words.
    pub(crate) fn start<S: AsRef<str>>(home: &Path, words: &[S]) -> Result<Self, String> {
        let size = PtySize { rows: ROWS, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).map_err(|e| format!("{e:#}"))?;
        let mut command = CommandBuilder::new(words[0].as_ref());
        command.args(words[1..].iter().map(AsRef::as_ref));
        command.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("TZ", "Australia/Sydney"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", home);
        command.cwd(home);
        let mut reader = pair.master.try_clone_reader().map_err(|e| format!("{e:#}"))?;
        let keyboard = pair.master.take_writer().map_err(|e| format!("{e:#}"))?;
        let screen = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
        let before = modes(&*pair.master, screen.screen());
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).map_err(|e| format!("{e:#}"))?;
        drop(pair.slave);
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = vec![0_u8; 65_536];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send((Instant::now(), buffer[..read].to_vec())).is_err() {
                    break;
                }
            }
        });
        let master = pair.master;
        Ok(Self { output, keyboard, child, master, screen, before, started, bytes: 0, pieces: 0 })
    }

    /// Takes the next piece of output; when it came.
    pub(crate) fn piece(&mut self, patience: Duration) -> Option<Instant> {
        match self.output.recv_timeout(patience) {
            Ok((at, bytes)) => {
                self.bytes += bytes.len();
                self.pieces += 1;
                self.screen.process(&bytes);
                Some(at)
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                // The window is closed: nothing more comes, and nobody may spin on it.
                thread::sleep(patience.min(QUIET));
                None
            }
        }
    }

    /// Takes output until nothing has come for a while.
    pub(crate) fn settle(&mut self, since: Instant) -> Cost {
        let bytes = self.bytes;
        let mut last_byte = Duration::ZERO;
        while let Some(at) = self.piece(QUIET) {
            last_byte = at.duration_since(since);
        }
        Cost { bytes: self.bytes - bytes, last_byte }
    }

    /// Writes keys in one piece, arrows as the program asked for them; when that was.
    pub(crate) fn write(&mut self, keys: &str) -> Instant {
        // A terminal in this mode sends SS3: dialog takes the other form for Esc, and ends.
        let is_asked = self.screen.screen().application_cursor();
        let keys = match keys {
            "\x1b[A" if is_asked => "\x1bOA",
            "\x1b[B" if is_asked => "\x1bOB",
            keys => keys,
        };
        let at = Instant::now();
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
        at
    }

    /// Writes keys in one piece and takes what comes back.
    pub(crate) fn press(&mut self, keys: &str) -> Cost {
        let at = self.write(keys);
        self.settle(at)
    }

    /// Writes keys in one piece, waits until something comes back, however long that takes, and takes it all.
    pub(crate) fn press_and_wait(&mut self, keys: &str) -> Cost {
        let (bytes, at) = (self.bytes, self.write(keys));
        let first = self.piece(LONG).map(|when| when.duration_since(at));
        let rest = self.settle(at);
        Cost { bytes: self.bytes - bytes, last_byte: rest.last_byte.max(first.unwrap_or_default()) }
    }

    /// Takes output until the screen is as it should be; when the piece came that made it so.
    pub(crate) fn until(&mut self, what: &str, mut is_so: impl FnMut(&vt100::Screen) -> bool) -> Instant {
        let began = Instant::now();
        let mut at = began;
        while !is_so(self.screen.screen()) {
            assert!(began.elapsed() < DEADLINE, "never saw {what}:\n{}", self.text());
            at = self.piece(QUIET).unwrap_or(at);
        }
        at
    }

    /// Takes output until the screen shows these words; the time since the start.
    pub(crate) fn sees(&mut self, words: &str) -> Duration {
        self.until(words, |screen| screen.contents().contains(words)).duration_since(self.started)
    }

    /// What the screen shows.
    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// The screen.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// The state of the terminal before the program was started.
    pub(crate) fn modes_before(&self) -> Modes {
        self.before.clone()
    }

    /// The state of the terminal now.
    pub(crate) fn modes(&self) -> Modes {
        modes(&*self.master, self.screen.screen())
    }

    /// The program's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Whether the program has ended by then.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> bool {
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if began.elapsed() > patience {
                return false;
            }
            self.piece(Duration::from_millis(5));
        }
        true
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = self.child.kill();
            let _status = self.child.wait();
        }
    }
}

/// The state of a terminal: what the system tells of the line, and what the bytes switched on the screen.
fn modes(master: &dyn MasterPty, screen: &vt100::Screen) -> Modes {
    let line = master.get_termios().unwrap();
    Modes {
        line: [
            format!("{:?}", line.input_flags),
            format!("{:?}", line.output_flags),
            format!("{:?}", line.control_flags),
            format!("{:?}", line.local_flags),
            format!("{:?}", line.control_chars),
        ],
        screen: [
            screen.alternate_screen(),
            screen.hide_cursor(),
            screen.bracketed_paste(),
            screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None,
            screen.application_cursor() || screen.application_keypad(),
        ],
    }
}
