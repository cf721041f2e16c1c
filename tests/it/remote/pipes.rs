//! No escape byte where there is no terminal.
//!
//! The line mode comes later; until then the wizard says that it needs a terminal. Everything that runs without a screen is
//! read from pipes here: results on stdout, everything else on stderr, exit codes, and not one escape byte, whatever the
//! environment says about colour.

#[cfg(target_os = "linux")]
use std::fs::File;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::terminal::{Home, TYPED, Terminal};

/// The program with nothing but pipes around it; the environment asks for colour as loudly as it can.
fn piped(home: &Home, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.args(arguments).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("HOME", home.path()).env("TZ", "Australia/Sydney").env("LANG", "C.UTF-8");
    command.env("TERM", "xterm-256color").env("CLICOLOR_FORCE", "1").env("COLORTERM", "truecolor");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end; says exit code, stdout and stderr.
fn ran(home: &Home, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = piped(home, arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Somewhere that takes nothing: a device that is always full.
#[cfg(target_os = "linux")]
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn results_on_stdout_the_rest_on_stderr_and_no_escape_byte() {
    let home = Home::new();
    for (arguments, code, out, err) in [
        (&[][..], 2, "", "the wizard needs a terminal"),
        (&["--run", "B365-7KQ4"], 2, "", "the wizard needs a terminal"),
        (&["--help"], 0, "Usage: backup365", ""),
        (&["-h"], 0, "Usage: backup365", ""),
        (&["--color", "always", "--help"], 0, "Usage: backup365", ""),
        (&["help", "sweep"], 0, "--preview", ""),
        (&["sandbox", "--help"], 0, "--port", ""),
        (&["--version"], 0, "backup365 ", ""),
        (&["--nonsense"], 2, "", "--nonsense"),
        (&["--run", "nonsense"], 2, "", "B365-7KQ4"),
        (&["sandbox", "--port", "99999"], 2, "", "--port"),
        (&["sweep"], 2, "", "no settings name your application"),
        (&["--sandbox", "sweep"], 0, "Nothing is due.", ""),
        (&["--sandbox", "sweep", "--preview"], 0, "Enable Auto is on for no customer.", ""),
        (&["--sandbox", "sweep", "--status"], 0, "Next sweep: ", ""),
        (&["sandbox", "--reset"], 0, "The sandbox has forgotten every consent.", ""),
        (&["sandbox", "--world", "atlantis"], 1, "", "atlantis"),
    ] {
        let (was, stdout, stderr) = ran(&home, arguments);
        let said = format!("{arguments:?}: {was:?}\n{stdout}\n{stderr}");
        assert_eq!(was, Some(code), "{said}");
        assert!(stdout.contains(out) && stderr.contains(err), "{said}");
        assert_eq!((stdout.is_empty(), stderr.is_empty()), (out.is_empty(), err.is_empty()), "{said}");
        assert!(!said.contains('\x1b') && !said.contains('\u{9b}') && !said.contains('\r'), "{said:?}");
    }
}

#[test]
fn the_sandbox_in_a_pipe_is_lines() {
    let home = Home::new();
    let mut child = piped(&home, &["sandbox", "--port", "0"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    while said.iter().all(|line: &String| !line.contains("graph.microsoft.com is ")) {
        said.push(lines.next().expect("it says more").unwrap());
    }
    interrupt(&child);
    said.extend(lines.map(Result::unwrap));
    assert!(said[0].starts_with("SANDBOX on http://127.0.0.1:"), "{said:#?}");
    assert!(said.iter().all(|line| !line.contains('\x1b')), "{said:#?}");
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    assert_eq!((status.code(), stderr.len()), (Some(130), 0));
}

/// Sends what Ctrl-C sends.
fn interrupt(child: &Child) {
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), Signal::INT).unwrap();
}

#[test]
fn a_terminal_that_is_none_gets_lines() {
    for term in ["dumb", ""] {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, &[], 80, 24, &[("TERM", term)]);
        terminal.sees(&["line by line, because TERM is", "Which customer?", "Enter takes"]).keys("quit\n");
        assert_eq!(terminal.code(), 0);
        assert!(!terminal.bytes().contains(&0x1b), "{:?}", String::from_utf8_lossy(&terminal.bytes()));
        // What needs no screen works there, too.
        let mut terminal =
            Terminal::sized(&home, &["--sandbox", "sweep", "--status"], 80, 24, &[("TERM", term)]);
        assert_eq!(terminal.code(), 0);
        terminal.sees(&["Next sweep: "]);
        assert!(!terminal.bytes().contains(&0x1b));
    }
}

#[test]
fn one_end_on_a_terminal_is_not_enough() {
    for redirection in ["| cat", "</dev/null", ">/dev/null"] {
        let home = Home::new();
        let line = format!("{TYPED} {redirection}; echo done");
        let environment = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
        let mut terminal = Terminal::program(&home, "/bin/sh", &["-c", &line], (80, 24), &environment);
        terminal.sees(&["the wizard needs a terminal for its input and output", "done"]);
        assert_eq!(terminal.code(), 0);
        assert!(!terminal.bytes().contains(&0x1b), "{:?}", String::from_utf8_lossy(&terminal.bytes()));
    }
}

#[test]
fn a_closed_pipe_is_quiet() {
    let home = Home::new();
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["--sandbox", "sweep"], 0),
        (&["--sandbox", "sweep", "--status"], 0),
        (&["sandbox", "--reset"], 0),
    ] {
        let mut child = piped(&home, arguments).spawn().unwrap();
        drop(child.stdout.take());
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        assert_eq!(
            (status.code(), String::from_utf8(stderr).unwrap()),
            (Some(code), String::new()),
            "{arguments:?}"
        );
    }
    // Nobody hears why it did not start; the exit code says it all the same.
    for arguments in [&[][..], &["--nonsense"], &["sweep"]] {
        let mut child = piped(&home, arguments).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(2), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_is_lost_is_a_failure() {
    let home = Home::new();
    for arguments in [&["--help"][..], &["--sandbox", "sweep", "--status"], &["sandbox", "--reset"]] {
        let Output { status, stderr, .. } = piped(&home, arguments).stdout(full()).output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        assert_eq!(status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.contains("could not be written"), "{arguments:?}: {stderr}");
    }
    for arguments in [&[][..], &["--nonsense"], &["sweep"]] {
        let code = piped(&home, arguments).stderr(full()).status().unwrap().code();
        assert_eq!(code, Some(2), "{arguments:?}: the exit code needs no room");
    }
}
