//! The built binary in a real pseudo-terminal: a person with a keyboard, and a screen that can be read.

mod bytes;
mod code;
mod fork;
mod grammar;
pub(crate) mod inside;
mod process;
mod record;
mod steps;
mod ways;

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

pub(crate) use bytes::LATE_REPLIES;
pub(crate) use record::Record;
pub(crate) use ways::{MAIN_SCREEN, RESTORED, Stalled};

/// The key Enter.
pub(crate) const ENTER: &str = "\r";
/// The key Esc.
pub(crate) const ESC: &str = "\x1b";
/// The key Tab.
pub(crate) const TAB: &str = "\t";
/// The arrow down.
pub(crate) const DOWN: &str = "\x1b[B";
/// The arrow to the right.
pub(crate) const RIGHT: &str = "\x1b[C";
/// The arrow to the left.
pub(crate) const LEFT: &str = "\x1b[D";
/// The key End.
pub(crate) const END: &str = "\x1b[F";
/// The key that shows the next page.
pub(crate) const PAGE_DOWN: &str = "\x1b[6~";
/// Ctrl-C.
pub(crate) const CTRL_C: &str = "\x03";

/// The program as a shell finds it: the environment of every window names it, so that no folder has to be quoted.
pub(crate) const TYPED: &str = r#""$PROGRAM""#;

/// How long any one condition may take; generous, because test machines are shared.
const DEADLINE: Duration = Duration::from_mins(1);

/// A home folder of its own, with everything that the program keeps.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Every file in it.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let (mut folders, mut files) = (vec![self.path().to_owned()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let into = if entry.file_type().unwrap().is_dir() { &mut folders } else { &mut files };
                into.push(entry.path());
            }
        }
        files
    }

    /// The store of the sandbox.
    pub(crate) fn store(&self) -> PathBuf {
        self.path().join(".local/share/backup365/sandbox/backup365.sqlite")
    }
}

/// The program on a terminal.
pub(crate) struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    bytes: Arc<Mutex<Vec<u8>>>,
    keyboard: Box<dyn Write + Send>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    reader: Option<JoinHandle<()>>,
    /// Tells the reader to let go of the window at the next bytes.
    is_closing: Arc<AtomicBool>,
}

impl Terminal {
    /// Starts the program in a window of 80x24.
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::sized(home, arguments, 80, 24, &[])
    }

    /// Starts the program in a window of any size, with more of an environment.
    pub(crate) fn sized(
        home: &Home,
        arguments: &[&str],
        columns: u16,
        rows: u16,
        environment: &[(&str, &str)],
    ) -> Self {
        let program = env!("CARGO_BIN_EXE_backup365");
        let usual = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
        let environment: Vec<_> = usual.iter().chain(environment).copied().collect();
        Self::program(home, program, arguments, (columns, rows), &environment)
    }

    /// Starts any program in a window of (columns, rows), 0 allowed, with just this environment and what every program
    /// here needs: a path, a home, a time zone, where the program under test lies. A name that comes twice has its last value.
    pub(crate) fn program(
        home: &Home,
        program: &str,
        arguments: &[&str],
        (columns, rows): (u16, u16),
        environment: &[(&str, &str)],
    ) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("TZ", "Australia/Sydney");
        command.env("HOME", home.path());
        command.env("PROGRAM", env!("CARGO_BIN_EXE_backup365"));
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(rows), cells(columns), 0)));
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to_screen, to_bytes) = (Arc::clone(&screen), Arc::clone(&bytes));
        let is_closing = Arc::new(AtomicBool::new(false));
        let closes = Arc::clone(&is_closing);
        let reader = thread::spawn(move || {
            let mut buffer = [0_u8; 8_192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                // In this order: whoever has seen something on the screen finds its bytes.
                to_bytes.lock().unwrap().extend_from_slice(&buffer[..read]);
                to_screen.lock().unwrap().process(&buffer[..read]);
                if closes.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        let (master, reader) = (Some(pair.master), Some(reader));
        Self { screen, bytes, keyboard, master, child, reader, is_closing }
    }

    /// What the screen shows, row by row. What is reversed (the lit row, the focused button) and the edge of the focused
    /// field are written as `>`, so that a test can see where the keyboard is.
    pub(crate) fn text(&self) -> String {
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        let (rows, columns) = screen.size();
        (0..rows.get()).map(|y| line(screen, y, columns.get())).collect::<Vec<_>>().join("\n")
    }

    /// What the window shows, cell by cell.
    pub(crate) fn screen(&self) -> vt100::Screen {
        self.screen.lock().unwrap().screen().clone()
    }

    /// Everything that was ever written to the terminal.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }

    /// Types keys, all in one write.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
        self
    }

    /// Waits until the screen shows all of these; prints the screen when it never does.
    pub(crate) fn sees(&mut self, words: &[&str]) -> &mut Self {
        self.waits(&format!("{words:?}"), |text| {
            let above = dialog(text);
            words.iter().all(|word| text.contains(word) || above.contains(word))
        })
    }

    /// Waits until the screen does not show this any more.
    pub(crate) fn loses(&mut self, word: &str) -> &mut Self {
        self.waits(&format!("no {word:?}"), |text| !text.contains(word))
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn waits(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> &mut Self {
        let until = Instant::now() + DEADLINE;
        loop {
            let text = self.text();
            if is_so(&text) || is_so(&sentence(&text)) {
                return self;
            }
            assert!(Instant::now() < until, "never saw {what}; the screen shows:\n{text}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Pastes, as a terminal does in bracketed mode, and waits until the screen shows these.
    pub(crate) fn pastes(&mut self, text: &str, words: &[&str]) -> &mut Self {
        self.keys(&format!("\x1b[200~{text}\x1b[201~")).sees(words);
        // Enter does not count before 100 ms of quiet after a paste, and no screen tells when they are over. Nobody is
        // as fast as this test, so it waits as long as a person at least would.
        thread::sleep(Duration::from_millis(500));
        self
    }

    /// Whether the window shows the alternate screen, hides the cursor, marks pastes.
    pub(crate) fn modes(&self) -> (bool, bool, bool) {
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        (screen.alternate_screen(), screen.hide_cursor(), screen.bracketed_paste())
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
    }

    /// Kills the program where it is, with no chance to tidy up.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }

    /// Closes the window: every handle on its side goes, the reader's after the bytes that this key brings.
    pub(crate) fn hang_up(&mut self, key: &str) {
        self.is_closing.store(true, Ordering::SeqCst);
        self.keys(key);
        self.drained();
        self.keyboard = Box::new(std::io::sink());
        self.master = None;
    }

    /// Waits until nothing more can come from the program.
    fn drained(&mut self) {
        let until = Instant::now() + DEADLINE;
        let Some(reader) = self.reader.take() else { return };
        while !reader.is_finished() {
            assert!(Instant::now() < until, "the window never fell silent; it shows:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
        reader.join().unwrap();
    }

    /// Waits for the end and says the exit code.
    pub(crate) fn code(&mut self) -> u32 {
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                if self.master.is_some() {
                    self.drained();
                }
                return status.exit_code();
            }
            assert!(Instant::now() < until, "the program never ended; the screen shows:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Lines that the window wraps are one sentence to a reader, who reads neither the border of a panel nor the edge of bad
/// news.
fn sentence(text: &str) -> String {
    let words = |line: &'_ str| {
        let line = line.trim().trim_start_matches(['│', '|']).trim_end_matches(['│', '|', '█']).trim();
        line.trim_start_matches("> ").split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    text.lines().flat_map(words).collect::<Vec<_>>().join(" ")
}

/// What a panel above the page says, without the page to its left and right.
fn dialog(text: &str) -> String {
    let inside = |line: &'_ str| {
        let pieces: Vec<&str> = line.split('│').collect();
        let longest = pieces.iter().max_by_key(|piece| piece.chars().count());
        longest.filter(|_| pieces.len() > 4).map(|piece| piece.trim().to_owned())
    };
    text.lines().filter_map(inside).collect::<Vec<_>>().join(" ")
}

/// A row of the screen, without the blanks behind it.
fn line(screen: &vt100::Screen, y: u16, columns: u16) -> String {
    let is_reversed = |x: u16| screen.cell(y, x).is_some_and(vt100::Cell::inverse);
    // From border to border, a card may stand beside it; a button begins further in.
    let is_lit = columns > 12 && (1..12).all(is_reversed);
    let mut out = String::new();
    let mut covered = false;
    for x in 0..columns {
        if std::mem::take(&mut covered) {
            continue;
        }
        let Some(cell) = screen.cell(y, x) else { break };
        covered = cell.is_wide();
        let is_button = matches!(cell.contents(), "‹" | "<") && cell.inverse() && !is_lit;
        if is_button && out.ends_with(' ') {
            out.pop();
            out.push('>');
        }
        out.push_str(match cell.contents() {
            "" => " ",
            "┃" => ">",
            letters => letters,
        });
    }
    let line = out.trim_end();
    if !is_lit {
        return line.to_owned();
    }
    let border =
        if line.starts_with(['│', '|']) { line.chars().next().map_or(0, char::len_utf8) } else { 0 };
    let (border, rest) = line.split_at(border);
    format!("{border}> {}", rest.trim_start_matches([' ', '>']))
}

/// Cells of a window's side as the screen that the tests read takes them: at least one.
fn cells(side: u16) -> NonZeroU16 {
    NonZeroU16::new(side).unwrap_or(NonZeroU16::MIN)
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves no process behind; one that has ended already can't be killed again.
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::KILL);
            let _status = self.child.wait();
        }
    }
}
