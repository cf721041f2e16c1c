//! The built binary in a real pseudo-terminal: a person with a keyboard, and a screen that can be read.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

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
        let pair = native_pty_system()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_backup365"));
        command.args(arguments);
        command.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/bin:/bin"),
            ("TZ", "Australia/Sydney"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(
            NonZeroU16::new(rows).unwrap(),
            NonZeroU16::new(columns).unwrap(),
            0,
        )));
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to_screen, to_bytes) = (Arc::clone(&screen), Arc::clone(&bytes));
        thread::spawn(move || {
            let mut buffer = [0_u8; 8_192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                to_screen.lock().unwrap().process(&buffer[..read]);
                to_bytes.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { screen, bytes, keyboard, master: Some(pair.master), child }
    }

    /// What the screen shows, row by row.
    pub(crate) fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
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
        self.waits(&format!("{words:?}"), |text| words.iter().all(|word| text.contains(word)))
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
            // Lines that the window wraps are one sentence to a reader.
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if is_so(&text) || is_so(&joined) {
                return self;
            }
            assert!(Instant::now() < until, "never saw {what}; the screen shows:\n{text}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills the program where it is.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Closes the window.
    pub(crate) fn hang_up(&mut self) {
        self.keyboard = Box::new(std::io::sink());
        self.master = None;
    }

    /// The process id.
    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits for the end and says the exit code.
    pub(crate) fn code(&mut self) -> u32 {
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < until, "the program never ended; the screen shows:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves no process behind; one that has ended already can't be killed again.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = self.child.kill();
            let _status = self.child.wait();
        }
    }
}
