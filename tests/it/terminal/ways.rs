//! Ways out of the program, and what a shell finds afterwards: the line's modes, the screen's modes, the exit code.

use std::{fs, io::Write, num::NonZeroU16, sync::OnceLock, thread, time::Duration};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use super::{Arc, AtomicBool, Home, Instant, Mutex, Ordering, Terminal};

/// How long an ending may take. Two seconds are the promise; the rest is slack for a test machine that is shared. One
/// that was ended by force after three seconds is told by its exit code.
const GRACE: Duration = Duration::from_secs(15);

/// What undoes every mode, in the one order.
pub(crate) const RESTORED: &str = "\x1b[?2026l\x1b[?2004l\x1b[m\x1b[?25h";

/// Leaves the alternate screen.
pub(crate) const MAIN_SCREEN: &str = "\x1b[H\x1b[2J\x1b[?1049l";

/// Every flag and control character of a line that nobody has touched.
fn untouched() -> &'static str {
    static MODES: OnceLock<String> = OnceLock::new();
    MODES.get_or_init(|| {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        line(pair.master.as_ref())
    })
}

/// Every flag and control character of a line.
fn line(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

/// Waits for the end: the exit code as a shell sees it.
fn ended(child: &mut (dyn Child + Send + Sync)) -> u32 {
    let until = Instant::now() + GRACE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.signal(), None, "ended by force");
            return status.exit_code();
        }
        assert!(Instant::now() < until, "still there {GRACE:?} after it was told to go");
        thread::sleep(Duration::from_millis(5));
    }
}

impl Terminal {
    /// Every flag and control character of the line.
    pub(crate) fn line(&self) -> String {
        line(self.master.as_ref().unwrap().as_ref())
    }

    /// Whether the terminal shows what is typed.
    pub(crate) fn echoes(&self) -> bool {
        self.line().split(|c: char| !c.is_ascii_alphanumeric()).any(|flag| flag == "ECHO")
    }

    /// Waits for the end, not longer than an ending may take, and says the exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        let code = ended(self.child.as_mut());
        if self.master.is_some() {
            self.drained();
        }
        code
    }

    /// Sends a signal to a program that may be gone already.
    pub(crate) fn tries(&self, signal: Signal) {
        let process = i32::try_from(self.process()).unwrap();
        // Nobody has waited for it yet, so that the number is still its own.
        let _gone = kill_process(Pid::from_raw(process).unwrap(), signal);
    }

    /// Everything is as a shell left it, mode by mode, and nothing was drawn after that.
    pub(crate) fn is_as_before(&self, what: &str) {
        assert_eq!(self.line(), untouched(), "{what}: flags of the line");
        assert_eq!(
            self.modes(),
            (false, false, false),
            "{what}: alternate screen, hidden cursor, marked pastes"
        );
        let bytes = String::from_utf8_lossy(&self.bytes()).into_owned();
        let (_, after) = bytes.rsplit_once(RESTORED).unwrap_or_else(|| panic!("{what}: nothing was undone"));
        let after = after.strip_prefix(MAIN_SCREEN).unwrap_or(after);
        assert!(!after.contains('\x1b'), "{what}: after the end came {after:?}");
    }

    /// Waits until the line is raw, and the screen is ours again.
    pub(crate) fn comes_back(&mut self) -> &mut Self {
        let until = Instant::now() + super::DEADLINE;
        while self.is_untouched() || !self.modes().0 || !self.modes().2 {
            assert!(Instant::now() < until, "it never came back:\n{}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
        self
    }

    /// Whether the line is as nobody has touched it.
    pub(crate) fn is_untouched(&self) -> bool {
        self.line() == untouched()
    }
}

/// The program on a terminal that may stop taking bytes, as one does on which Ctrl-S was pressed.
pub(crate) struct Stalled {
    bytes: Arc<Mutex<Vec<u8>>>,
    is_held: Arc<AtomicBool>,
    keyboard: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl Stalled {
    /// Starts the program in a large window, so that a few frames fill what the system keeps.
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 60, cols: 200, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_backup365"));
        command.args(arguments);
        command.env_clear();
        for (name, value) in [("PATH", "/usr/bin:/bin"), ("TERM", "xterm"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let is_held = Arc::new(AtomicBool::new(false));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to_bytes, waits) = (Arc::clone(&bytes), Arc::clone(&is_held));
        thread::spawn(move || {
            let mut buffer = [0_u8; 8_192];
            loop {
                while waits.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(5));
                }
                let Ok(read @ 1..) = reader.read(&mut buffer) else { return };
                to_bytes.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { bytes, is_held, keyboard, master: pair.master, child }
    }

    /// Everything that was taken from the program.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    /// Waits until what was taken contains these words.
    pub(crate) fn sees(&self, word: &str) {
        let until = Instant::now() + super::DEADLINE;
        while !self.text().contains(word) {
            assert!(Instant::now() < until, "never saw {word:?} in {} bytes", self.text().len());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the window shows these words, however few of their cells were drawn.
    pub(crate) fn shows(&self, words: &str) {
        let until = Instant::now() + super::DEADLINE;
        loop {
            let mut window =
                vt100::Parser::new(NonZeroU16::new(60).unwrap(), NonZeroU16::new(200).unwrap(), 0);
            window.process(&self.bytes.lock().unwrap());
            if window.screen().contents().contains(words) {
                return;
            }
            assert!(Instant::now() < until, "never showed {words:?}:\n{}", window.screen().contents());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Types.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// The number of the process.
    fn process(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap()).unwrap()
    }

    /// Stops taking bytes and has the program draw until it waits in the middle of a frame.
    pub(crate) fn stalls(&mut self) {
        self.is_held.store(true, Ordering::SeqCst);
        // A frame is drawn for each Ctrl-L. Four of this size fill what the system keeps; the number is a bound for
        // systems that do not tell where a thread waits.
        for _ in 0..600 {
            if self.waits_to_draw() {
                return;
            }
            self.keys("\x0c");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the main thread waits for two things: the terminal and a nudge. An idle one waits for news alone.
    fn waits_to_draw(&self) -> bool {
        let place = format!("/proc/{}/wchan", self.child.process_id().unwrap());
        fs::read_to_string(place).is_ok_and(|call| call.contains("poll"))
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.process(), signal).unwrap();
    }

    /// Waits for the end, and then for all bytes; says the exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        ended(self.child.as_mut())
    }

    /// Takes bytes again.
    pub(crate) fn flows(&self) {
        self.is_held.store(false, Ordering::SeqCst);
    }

    /// The line is as before, and once the terminal goes on the screen is, too.
    pub(crate) fn is_as_before(&self, what: &str) {
        assert_eq!(line(self.master.as_ref()), untouched(), "{what}: flags of the line");
        self.flows();
        self.sees(&format!("{RESTORED}{MAIN_SCREEN}"));
        let text = self.text();
        let (_, after) = text.rsplit_once(MAIN_SCREEN).unwrap();
        assert!(!after.contains('\x1b'), "{what}: after the end came {after:?}");
    }
}

impl Drop for Stalled {
    fn drop(&mut self) {
        self.flows();
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::KILL);
            let _status = self.child.wait();
        }
    }
}
