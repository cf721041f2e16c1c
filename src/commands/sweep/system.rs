//! The system's own programs, started without a shell and found by the path.

use std::process::Stdio;

use crate::{
    domain::{failure::of_system, text::Text},
    outside::child,
};

/// What a program of the system answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// It ended with 0.
    pub(super) is_good: bool,
    /// What it printed.
    pub(super) out: String,
    /// What it complained of.
    pub(super) complaint: String,
}

/// Why it gave no answer, or a bad one, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble(pub(super) Text);

/// Runs a program to its end, without input.
///
/// # Errors
/// It can't be started.
pub(super) fn ask<S: AsRef<std::ffi::OsStr>>(program: &str, arguments: &[S]) -> Result<Answer, Trouble> {
    let started = child::command(program).args(arguments).stdin(Stdio::null()).output();
    let output = started.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Trouble(Text::of(format_args!("{program} is not installed here"))),
        _ => Trouble(Text::of(format_args!("{program} can't be started: {}", of_system(&error)))),
    })?;
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Answer {
        is_good: output.status.success(),
        out: words(&output.stdout),
        complaint: words(&output.stderr),
    })
}

/// As [`ask`], for a program that must end with 0.
///
/// # Errors
/// It can't be started, or complains.
pub(super) fn demand<S: AsRef<std::ffi::OsStr>>(program: &str, arguments: &[S]) -> Result<String, Trouble> {
    let answer = ask(program, arguments)?;
    if answer.is_good {
        return Ok(answer.out);
    }
    let said = answer.complaint.lines().chain(answer.out.lines()).find(|line| !line.trim().is_empty());
    Err(Trouble(Text::of(format_args!("{program}: {}", said.unwrap_or("it failed and said nothing")))))
}

/// `systemctl --user …`.
///
/// # Errors
/// As [`demand`].
pub(super) fn systemctl(arguments: &[&str]) -> Result<String, Trouble> {
    demand("systemctl", &[&["--user"], arguments].concat())
}
