//! Why the program ends without having begun, and how that is said.

use std::{
    ffi::OsString,
    io::{self, Write},
};

use crate::{
    cli::{self, Cli},
    commands::{
        self, Out,
        unanswered::{PREFIX, Unanswered},
    },
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
    },
    exit::Exit,
};

/// Said to programs where the program met a fault of its own; people have been told more.
pub(super) const FAULT: &str = "the program met a fault of its own; stderr and the log say more";

/// Prints the object of a command without an answer, where the command line asked for JSON. Where stdout takes no
/// bytes, the exit code has to do.
pub(super) fn print(cli: &Cli, bad: &Unanswered) {
    if let Some(command) = &cli.with_json {
        let _unheard = Out::default().json(&bad.object(command));
    }
}

/// Help and version go to stdout with code 0, what is wrong with the arguments to stderr with code 2, heard or not.
pub(super) fn told(answer: &clap::Error, arguments: &[OsString]) -> Exit {
    if answer.use_stderr() {
        // Ours is the British spelling, everywhere.
        let mut words = answer.render().to_string().replace("unrecognized", "unrecognised");
        let lacks = answer.kind() == clap::error::ErrorKind::MissingRequiredArgument;
        if let Some(example) = lacks.then(|| cli::example(arguments)).flatten() {
            words = format!("{words}For example: {example}\n");
        }
        // It repeats what was typed, which may come from a file or a name.
        for line in words.lines() {
            let indent = " ".repeat(line.len() - line.trim_start_matches(' ').len());
            let _unheard = writeln!(io::stderr(), "{indent}{}", Text::clean(line));
        }
        return Exit::Usage;
    }
    match answer.print() {
        // A closed pipe is not an error: whoever asked has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("{}: {error}", commands::UNWRITTEN));
            Exit::Failed
        }
        _ => Exit::Done,
    }
}

/// Why the program did not start.
pub(super) struct Refusal {
    pub(super) bad: Unanswered,
    /// stdout takes nothing.
    pub(super) is_unwritten: bool,
}

impl Refusal {
    pub(super) fn usage(words: impl Into<String>) -> Self {
        Unanswered::new(Exit::Usage, &words.into()).into()
    }
}

impl From<Unanswered> for Refusal {
    fn from(bad: Unanswered) -> Self {
        Self { bad, is_unwritten: false }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        let is_unwritten = error.to_string() == commands::UNWRITTEN;
        let bad = error
            .downcast::<Unanswered>()
            .unwrap_or_else(|error| Unanswered::new(Exit::Failed, &format!("{error:#}")));
        Self { bad, is_unwritten }
    }
}

impl From<Failure> for Refusal {
    /// What kept the world from being opened. A world or a trouble that a flag names and that is not there is wrong
    /// usage, and so is a command that needs a record before there is one.
    fn from(failure: Failure) -> Self {
        let exit = match failure.kind {
            _ if failure.is_alarm => Exit::Attention,
            FailureKind::NotFound => Exit::Usage,
            _ => Exit::Failed,
        };
        Unanswered::new(exit, failure.for_commands().as_str()).into()
    }
}

/// One line on stderr; where stderr takes no bytes, the exit code has to do.
pub(super) fn complain(words: &str) {
    commands::warn(&format!("{PREFIX}{words}"));
}
