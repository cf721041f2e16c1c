//! A shell inside tmux, screen or mosh, each with a server of its own: how people work on a bad line.
//!
//! [`Inside::open`] starts the server and looks at it through a window; the program is then started in the shell as a
//! person does. Every server ends with the value that started it, also when a test fails.

use std::{
    fs,
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{DEADLINE, Home, TYPED, Terminal, process::Usage};
use crate::tools::program;

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_backup365");

/// What every program in there is given.
const ENVIRONMENT: [(&str, &str); 3] =
    [("LANG", "C.UTF-8"), ("TERM", "xterm-256color"), ("ENV", "prompt.sh")];

/// What stands between the program and the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// tmux, as it is without a settings file.
    Tmux,
    /// screen, with the system's settings.
    Screen,
    /// mosh, on loopback, without ssh.
    Mosh,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Tmux, Self::Screen, Self::Mosh];
    /// Those that a person can leave and come back to.
    pub(crate) const KEEPING: [Self; 2] = [Self::Tmux, Self::Screen];
}

/// A server with one shell.
pub(crate) struct Inside {
    /// What it is.
    pub(crate) kind: Kind,
    /// The home folder of everything in it; the sockets lie there, too.
    home: PathBuf,
    /// The process of the mosh server; tmux and screen are asked for theirs.
    mosh: Option<u32>,
}

impl Inside {
    /// Starts a server with a shell, in a window of (columns, rows); nothing, said aloud, where it is not installed.
    pub(crate) fn open(kind: Kind, home: &Home, (columns, rows): (u16, u16)) -> Option<(Self, Terminal)> {
        let window = |program: &str, arguments: &[&str], more: &[(&str, &str)]| {
            let environment: Vec<_> = ENVIRONMENT.iter().chain(more).copied().collect();
            Terminal::program(home, program, arguments, (columns, rows), &environment)
        };
        // What a shell reads at its start, named by ENV: dash takes no prompt from the environment.
        fs::write(home.path().join("prompt.sh"), "PS1='ready> '\n").unwrap();
        let mut inside = Self { kind, home: home.path().to_owned(), mosh: None };
        let mut terminal = match kind {
            Kind::Tmux => {
                program("tmux")?;
                let socket = inside.socket();
                window("tmux", &["-S", &socket, "-f", "/dev/null", "new-session", "sh"], &[])
            }
            Kind::Screen => {
                program("screen")?;
                let sockets = inside.sockets();
                fs::DirBuilder::new().mode(0o700).create(&sockets).unwrap();
                window("screen", &["-S", "inside", "sh"], &[("SCREENDIR", sockets.to_str().unwrap())])
            }
            Kind::Mosh => {
                let (_, _) = (program("mosh-server")?, program("mosh-client")?);
                let (server, port, key) = mosh(home);
                inside.mosh = Some(server);
                window("mosh-client", &["127.0.0.1", &port], &[("MOSH_KEY", &key)])
            }
        };
        terminal.sees(&["ready>"]);
        Some((inside, terminal))
    }

    /// Looks at the same shell through another window.
    pub(crate) fn attach(&self, home: &Home, size: (u16, u16)) -> Terminal {
        match self.kind {
            Kind::Tmux => {
                let socket = self.socket();
                Terminal::program(home, "tmux", &["-S", &socket, "attach-session"], size, &ENVIRONMENT)
            }
            Kind::Screen => {
                let sockets = self.sockets();
                let more = [("SCREENDIR", sockets.to_str().unwrap())];
                let environment: Vec<_> = ENVIRONMENT.iter().chain(&more).copied().collect();
                // -d as well: screen may not have noticed yet that a window was killed.
                Terminal::program(home, "screen", &["-d", "-r", "inside"], size, &environment)
            }
            Kind::Mosh => panic!("a mosh server has one window only"),
        }
    }

    /// The screen with its colours, as tmux gives it back.
    pub(crate) fn coloured(&self) -> String {
        let socket = self.socket();
        let said = run(Command::new("tmux").args(["-S", &socket, "capture-pane", "-e", "-p"]));
        String::from_utf8(said.stdout).unwrap()
    }

    /// What the multiplexer itself gives back of the screen, as a person who copies from it gets it.
    pub(crate) fn copied(&self) -> String {
        match self.kind {
            Kind::Tmux => {
                let socket = self.socket();
                let said = run(Command::new("tmux").args(["-S", &socket, "capture-pane", "-J", "-p"]));
                String::from_utf8(said.stdout).unwrap()
            }
            Kind::Screen => {
                let (file, until) = (self.home.join("hardcopy"), Instant::now() + DEADLINE);
                let mut command = Command::new("screen");
                command.env("SCREENDIR", self.sockets()).args(["-S", "inside", "-X", "hardcopy"]);
                run(command.arg(&file));
                while fs::read(&file).map_or(true, |bytes| bytes.is_empty()) {
                    assert!(Instant::now() < until, "screen wrote no hardcopy");
                    thread::sleep(Duration::from_millis(10));
                }
                fs::read_to_string(file).unwrap()
            }
            Kind::Mosh => panic!("mosh keeps no copy of the screen that can be asked for"),
        }
    }

    /// The process of the wizard in there, if it lives.
    pub(crate) fn wizard(&self) -> Option<u32> {
        let home = format!("HOME={}", self.home.display());
        fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
            let process = entry.file_name().to_str()?.parse().ok()?;
            let command = fs::read(entry.path().join("cmdline")).ok()?;
            let environment = fs::read(entry.path().join("environ")).ok()?;
            let is_ours = environment.split(|byte| *byte == 0).any(|variable| variable == home.as_bytes());
            (is_ours && command.starts_with(PROGRAM.as_bytes())).then_some(process)
        })
    }

    /// What the wizard in there has used so far.
    pub(crate) fn usage(&self) -> Usage {
        self.wizard().and_then(Usage::of).unwrap()
    }

    /// Kills the server where it is, with no chance to tidy up; says whether there was one.
    pub(crate) fn kill(&self) -> bool {
        let name = match self.kind {
            Kind::Tmux => "tmux",
            Kind::Screen => "screen",
            Kind::Mosh => "mosh",
        };
        // The number of a server that has ended may be somebody else's by now.
        let is_it = |process: &u32| {
            fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|comm| comm.starts_with(name))
        };
        self.server().filter(is_it).is_some_and(kill)
    }

    /// The server's process; none before it has begun and after it has ended.
    fn server(&self) -> Option<u32> {
        match self.kind {
            Kind::Tmux => {
                let mut command = Command::new("tmux");
                command.args(["-S", &self.socket(), "display-message", "-p", "#{pid}"]);
                String::from_utf8(command.output().ok()?.stdout).ok()?.trim().parse().ok()
            }
            Kind::Screen => {
                // The socket is named after the process and the session.
                let name = fs::read_dir(self.sockets()).ok()?.next()?.ok()?.file_name();
                name.to_str()?.split_once('.')?.0.parse().ok()
            }
            Kind::Mosh => self.mosh,
        }
    }

    /// tmux' own socket.
    fn socket(&self) -> String {
        self.home.join("tmux").to_str().unwrap().to_owned()
    }

    /// The folder of screen's own sockets.
    fn sockets(&self) -> PathBuf {
        self.home.join("screens")
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.kill();
        // The hang-up ends the wizard by itself; one that does not hear it must not outlive the test.
        if let Some(wizard) = self.wizard() {
            kill(wizard);
        }
    }
}

impl Terminal {
    /// Starts the program at the prompt of the shell, with more of an environment (`NAME=value`); its exit code will
    /// stand there afterwards.
    pub(crate) fn runs(&mut self, environment: &str) -> &mut Self {
        self.keys(&format!("{environment} {TYPED}; echo \"code $?\"\r"))
    }

    /// Starts the program below a shell that outlives a hang-up and then writes the exit code into a file. Not at the
    /// prompt itself: a shell with jobs stops at a terminal that is gone.
    pub(crate) fn runs_watched(&mut self) -> &mut Self {
        self.keys(&format!("sh -c 'trap : HUP; {TYPED}; echo $? >code'\r"))
    }

    /// The prompt can be used: what is typed is echoed and carried out.
    pub(crate) fn answers(&mut self) -> &mut Self {
        self.keys("echo $((6*7))\r").sees(&["echo $((6*7)) 42 ready>"])
    }

    /// Waits until these bytes have been sent to the window.
    pub(crate) fn was_sent(&self, bytes: &str) {
        let until = Instant::now() + DEADLINE;
        while !self.bytes().windows(bytes.len()).any(|window| window == bytes.as_bytes()) {
            assert!(Instant::now() < until, "{bytes:?} never came; the screen shows:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills what shows the window, with no chance to tidy up; what runs behind it stays. Keep the window until nobody
    /// reads its keys any more: dropping it types a newline.
    pub(crate) fn loses_client(&mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }
}

/// Starts a mosh server with a shell; says its process, its port and its key.
fn mosh(home: &Home) -> (u32, String, String) {
    let mut command = Command::new("mosh-server");
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("TZ", "Australia/Sydney");
    command.env("HOME", home.path()).env("PROGRAM", PROGRAM).envs(ENVIRONMENT).current_dir(home.path());
    // A server that nobody looks at any more, in seconds: ends by itself when a test was killed.
    command.env("MOSH_SERVER_NETWORK_TMOUT", "300");
    let said = run(command.args(["new", "-i", "127.0.0.1", "--", "sh"]));
    let (out, err) = (String::from_utf8(said.stdout).unwrap(), String::from_utf8(said.stderr).unwrap());
    let mut words = out.lines().find_map(|line| line.strip_prefix("MOSH CONNECT ")).unwrap().split(' ');
    let server = err.split_once("pid = ").unwrap().1.split(']').next().unwrap().parse().unwrap();
    (server, words.next().unwrap().to_owned(), words.next().unwrap().trim().to_owned())
}

/// Runs a command to its end.
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

/// Kills a process; one that has ended already can't be killed again.
fn kill(process: u32) -> bool {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    process.is_some_and(|process| kill_process(process, Signal::KILL).is_ok())
}
