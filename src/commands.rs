//! Commands without a screen, one file each: data to stdout, everything else to stderr.

pub mod apply;
pub mod check;
pub mod completions;
pub mod consent;
pub mod customers;
pub mod doctor;
pub mod explain;
pub mod invitation;
pub mod journey;
pub mod keys;
pub mod login;
pub mod operators;
pub mod own_credential;
pub mod provision;
pub mod receipt;
pub mod record;
pub mod record_context;
pub mod settings;
pub mod setup;
pub mod status;
pub mod sweep;
mod table;
pub mod unanswered;

use std::io::{self, Write};

use crate::{
    domain::{failure::Failure, text::Text, time::Clock},
    exit::Exit,
    provider::Provider,
};

use unanswered::Unanswered;

/// Said where stdout takes nothing, for another reason than a closed pipe.
pub const UNWRITTEN: &str = "the answer could not be written to standard output";

/// Where words go, and how many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Out {
    /// Only data and bad news.
    pub is_quiet: bool,
    /// Every step too.
    pub is_verbose: bool,
    /// stderr is a terminal that can show progress bars.
    pub has_bars: bool,
}

impl Out {
    /// One line of data, to stdout.
    ///
    /// # Errors
    /// What stdout says, a broken pipe included: that ends the printing, not the program.
    pub fn say(self, line: &str) -> io::Result<()> {
        say(line)
    }

    /// JSON, to stdout, in lines for people to read too.
    ///
    /// # Errors
    /// As [`Out::say`].
    pub fn json(self, value: &serde_json::Value) -> io::Result<()> {
        self.say(&format!("{value:#}"))
    }

    /// Something to know, to stderr; not with `--quiet`.
    pub fn note(self, words: &str) {
        if !self.is_quiet {
            warn(words);
        }
    }

    /// Lines that stand below each other, like a table, made of clean words; to stderr, not with `--quiet`.
    pub fn block(self, lines: &str) {
        if !self.is_quiet {
            let _unheard = io::stderr().write_all(lines.as_bytes());
        }
    }

    /// A step, to stderr; with `--verbose` only.
    pub fn detail(self, words: &str) {
        if self.is_verbose {
            warn(words);
        }
    }
}

/// Bad news, to stderr, `--quiet` or not. Where stderr takes no bytes, the exit code has to do.
pub fn warn(words: &str) {
    let _unheard = writeln!(io::stderr(), "{}", Text::clean(words));
}

/// Says on stderr whether what was written down can be believed.
fn tell_whole(is_whole: bool, out: Out) {
    if is_whole {
        out.note("The history is whole: every entry fits the one before.");
    } else {
        warn(
            "The history is NOT whole: an entry was changed, removed or put in afterwards. Don't rely on it. Keep the \
             record as it is and tell your lead.",
        );
    }
}

/// Bad news in a line on stderr, and the exit code of something that failed.
fn failed(failure: &Failure) -> Exit {
    warn(failure.for_commands().as_str());
    exit_for(failure)
}

/// The exit code of bad news about the record and the world: an alarm is for a person to look at.
const fn exit_for(failure: &Failure) -> Exit {
    if failure.is_alarm { Exit::Attention } else { Exit::Failed }
}

/// Bad news as an error, for the caller to say.
fn error_of(failure: &Failure) -> anyhow::Error {
    if failure.is_alarm {
        return Unanswered::new(Exit::Attention, failure.for_commands().as_str()).into();
    }
    anyhow::anyhow!("{}", failure.for_commands())
}

/// The same as an error, for the top to say.
fn failing(failure: &Failure) -> Unanswered {
    Unanswered { exit: exit_for(failure), lines: vec![failure.for_commands()] }
}

/// What a command works with once the world is open.
#[derive(Debug, Clone)]
pub struct Context {
    /// Graph, Exchange and the store.
    pub provider: Provider,
    /// The time.
    pub clock: Clock,
    /// IANA name of the zone that this computer is in.
    pub zone: String,
    /// Everything is invented.
    pub is_sandbox: bool,
    /// Where words go.
    pub out: Out,
}

/// Writes one line of data to stdout; a closed pipe ends the program's interest, not the program.
///
/// # Errors
/// What stdout says, a broken pipe included: the caller stops printing and ends quietly.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A closed pipe is not an error.
///
/// # Errors
/// stdout can't be written for another reason.
fn quietly(result: io::Result<()>, exit: Exit) -> anyhow::Result<Exit> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::from(error).context(UNWRITTEN))
        }
        _ => Ok(exit),
    }
}
