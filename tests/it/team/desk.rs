//! One of a team, at a computer of their own: a home, the computer's name, and a role on the record's server.

use std::{
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::{
    terminal::{Home, Terminal},
    tools::left_out,
};

/// Somebody's computer.
pub(super) struct Desk {
    pub(super) home: Home,
    /// The computer's name, as the program learns it.
    pub(super) host: String,
    url: String,
    world: String,
}

impl Desk {
    pub(super) fn new(host: &str, url: String, world: &str) -> Self {
        let host = if own_name("probe").is_some() { host.to_owned() } else { this_host() };
        Self { home: Home::new(), host, url, world: world.to_owned() }
    }

    /// The program in a window of (columns, rows), in the sandbox at that time.
    pub(super) fn opens(&self, clock: &str, arguments: &[&str], size: (u16, u16)) -> Terminal {
        let line = self.line(clock, arguments);
        let words: Vec<&str> = line.iter().map(String::as_str).collect();
        let (program, words) = words.split_first().unwrap();
        let environment =
            [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("BACKUP365_RECORD_URL", self.url.as_str())];
        Terminal::program(&self.home, program, words, size, &environment)
    }

    /// Runs the program to its end, which must be that; all that it said.
    pub(super) fn does(&self, code: i32, clock: &str, arguments: &[&str]) -> String {
        let line = self.line(clock, arguments);
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]).env_clear().stdin(Stdio::null()).current_dir(self.home.path());
        command.envs([
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("TZ", "Australia/Sydney"),
        ]);
        command.env("HOME", self.home.path()).env("BACKUP365_RECORD_URL", &self.url);
        let output = command.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    /// What is run, and its words.
    fn line(&self, clock: &str, arguments: &[&str]) -> Vec<String> {
        let mut line = own_name(&self.host).unwrap_or_default();
        let program = env!("CARGO_BIN_EXE_backup365");
        line.extend([program, "--sandbox", "--world", &self.world, "--clock", clock].map(str::to_owned));
        line.extend(arguments.iter().map(|word| (*word).to_owned()));
        line
    }
}

/// What runs a program on a computer of another name: what stands behind it is the program. None, said aloud, where this
/// account may not: then all have the name of this one.
fn own_name(host: &str) -> Option<Vec<String>> {
    static WAY: OnceLock<Option<&[&str]>> = OnceLock::new();
    const WAYS: [&[&str]; 2] =
        [&["unshare", "--uts"], &["unshare", "--user", "--map-current-user", "--keep-caps", "--uts"]];
    let line = |way: &[&str], host: &str| -> Vec<String> {
        let named = ["sh", "-c", r#"hostname "$0" && exec "$@""#, host];
        way.iter().copied().chain(named).map(str::to_owned).collect()
    };
    let works = |way: &&&[&str]| {
        let line = line(way, "probe");
        let tried = Command::new(&line[0]).args(&line[1..]).arg("true").stderr(Stdio::null()).status();
        tried.is_ok_and(|ended| ended.success())
    };
    let way = WAY.get_or_init(|| {
        let found = WAYS.iter().find(works).copied();
        if found.is_none() {
            left_out("the right to give a program another computer's name (unshare)");
        }
        found
    });
    way.map(|way| line(way, host))
}

fn this_host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
