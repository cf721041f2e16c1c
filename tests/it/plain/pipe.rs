//! The wizard at the other end of two pipes: no terminal at all.

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::DEADLINE;
use crate::terminal::Home;

/// The program, its input, and what it has said.
pub(crate) struct Pipe {
    child: Child,
    input: Option<ChildStdin>,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    /// What was heard already, in bytes.
    heard: usize,
}

/// The program in a hermetic environment.
fn command(home: &Home, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.args(arguments).env_clear().current_dir(home.path());
    command.env("HOME", home.path()).env("LANG", "C.UTF-8").env("TZ", "Australia/Sydney");
    command
}

/// Runs the program to its end; what it wrote to stdout.
pub(super) fn run(home: &Home, arguments: &[&str]) -> String {
    String::from_utf8(command(home, arguments).output().unwrap().stdout).unwrap()
}

/// Feeds the program these lines at once; what it wrote, with the spaces of wrapping made even, and its exit code.
pub(super) fn fed(home: &Home, arguments: &[&str], lines: &str) -> (String, i32) {
    let mut child = command(home, arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    (said.split_whitespace().collect::<Vec<_>>().join(" "), output.status.code().unwrap())
}

impl Pipe {
    /// Starts it.
    pub(super) fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::start_in(home, arguments, &[])
    }

    /// The same with these variables.
    pub(crate) fn start_in(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = command(home, arguments);
        command.envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, mut output) = (child.stdin.take(), child.stdout.take().unwrap());
        let said = Arc::new(Mutex::new(String::new()));
        let into = Arc::clone(&said);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                into.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        Self { child, input, said, reader: Some(reader), heard: 0 }
    }

    /// Waits until these words have been said, after what was heard before.
    pub(crate) fn hears(&mut self, words: &str) -> &mut Self {
        let until = Instant::now() + DEADLINE;
        // Lines that are wrapped are one sentence.
        let wanted: Vec<&str> = words.split(' ').collect();
        loop {
            let said = self.said.lock().unwrap().clone();
            let rest = &said[self.heard..];
            let joined = rest.replace('\n', " ");
            if let Some(at) = joined.find(&wanted.join(" ")) {
                self.heard += at + words.len();
                return self;
            }
            assert!(Instant::now() < until, "never heard {words:?} in:\n{rest}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a line, or several.
    pub(crate) fn types(&mut self, lines: &str) -> &mut Self {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{lines}\n").as_bytes()).unwrap();
        input.flush().unwrap();
        self
    }

    /// Everything that has been said so far, with the spaces of wrapping made even.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Ends the input and says the exit code.
    pub(crate) fn ends(&mut self) -> i32 {
        self.input = None;
        let until = Instant::now() + DEADLINE;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code().unwrap();
            }
            assert!(Instant::now() < until, "it never ended: {}", self.said.lock().unwrap());
            thread::sleep(Duration::from_millis(10));
        };
        self.reader.take().unwrap().join().unwrap();
        let said = self.said.lock().unwrap();
        assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "no control character at all: {said}");
        code
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // A test that failed leaves no process behind; one that has ended already can't be killed again.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
