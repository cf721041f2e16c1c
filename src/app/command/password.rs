//! Reads a password from where a flag says it is; never from the flag itself.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail, ensure};
use zeroize::Zeroizing;

use crate::{
    cli::provision::Hosted, commands::own_credential::OwnCredential, domain::secret::Secret,
    settings::split_command,
};

use super::super::environment;

/// Longest password taken, in bytes: the form takes no more.
const MOST: usize = 1_024;

/// Where a password is.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// In a file.
    File(PathBuf),
    /// In an open file descriptor.
    Descriptor(u32),
    /// In an environment variable.
    Environment(String),
    /// Printed by a command.
    Command(String),
    /// Printed by a program: itself and its arguments.
    Program(Vec<String>),
}

impl Source {
    /// What the flags name; none where none of them was given.
    pub(super) fn of(hosted: &Hosted) -> Option<Self> {
        let file = hosted.password_file.clone().map(Self::File);
        file.or_else(|| hosted.password_fd.map(Self::Descriptor))
            .or_else(|| hosted.password_env.clone().map(Self::Environment))
            .or_else(|| hosted.password_command.clone().map(Self::Command))
    }

    /// Why it is not read: it would be our own credential, which goes to Microsoft only.
    pub(super) fn is_ours(&self, own: &OwnCredential) -> Option<String> {
        let what = match self {
            Self::File(path) if own.is_file(path) => format!("--password-file: {}", path.display()),
            Self::Environment(name) if own.is_variable(name) => format!("--password-env: {name}"),
            _ => return None,
        };
        Some(format!(
            "{what} holds this program's own credential, which goes to Microsoft only. Name another one."
        ))
    }

    /// Reads it: one line, without its end.
    ///
    /// # Errors
    /// Says which source could not be read and why; never the value.
    pub(super) fn read(&self) -> anyhow::Result<Secret<String>> {
        match self {
            Self::File(path) => {
                of_file(path).with_context(|| format!("--password-file: {} can't be read", path.display()))
            }
            Self::Descriptor(number) => {
                of_descriptor(*number).with_context(|| format!("--password-fd: {number} can't be read"))
            }
            Self::Environment(name) => {
                let text = environment::text(name)
                    .with_context(|| format!("--password-env: the variable {name} is not set"))?;
                one_line(&Zeroizing::new(text))
                    .with_context(|| format!("--password-env: {name} can't be used"))
            }
            Self::Command(line) => {
                let words = split_command("--password-command", line).map_err(anyhow::Error::msg)?;
                of_program(&words)
            }
            Self::Program(words) => of_program(words),
        }
    }
}

fn of_file(path: &Path) -> anyhow::Result<Secret<String>> {
    from(std::fs::File::open(path)?)
}

/// A descriptor that the caller opened; the system's folder of them is the way there without a pointer.
fn of_descriptor(number: u32) -> anyhow::Result<Secret<String>> {
    match number {
        0 => from(std::io::stdin().lock()),
        number if cfg!(unix) => from(std::fs::File::open(format!("/dev/fd/{number}"))?),
        _ => bail!("this system hands no descriptors on; use another way"),
    }
}

/// Reads up to the longest password and its line end.
fn from(source: impl Read) -> anyhow::Result<Secret<String>> {
    let most = u64::try_from(MOST).unwrap_or(u64::MAX).saturating_add(3);
    // Room for all of it at once, so that it never grows and leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(MOST * 2));
    source.take(most).read_to_string(&mut text)?;
    one_line(&text)
}

fn of_program(words: &[String]) -> anyhow::Result<Secret<String>> {
    let Some((program, arguments)) = words.split_first() else { bail!("--password-command is empty") };
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("--password-command: {program} can't be started"))?;
    let printed = Zeroizing::new(output.stdout);
    ensure!(output.status.success(), "--password-command: {program} ended with {}", output.status);
    let text = std::str::from_utf8(&printed)
        .ok()
        .with_context(|| format!("--password-command: what {program} printed is not text"))?;
    one_line(text).with_context(|| format!("--password-command: {program} printed no password"))
}

/// A password is one line that is not empty and that the form takes.
fn one_line(text: &str) -> anyhow::Result<Secret<String>> {
    // Editors on Windows begin UTF-8 with a mark that nobody sees; tried as a part of it, it would lock the account.
    let value = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end_matches(['\r', '\n']);
    ensure!(!value.trim().is_empty(), "it is empty");
    ensure!(value.len() <= MOST, "it is longer than {MOST} bytes");
    ensure!(!value.chars().any(char::is_control), "it has more than one line, or control characters");
    Ok(Secret::new(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_one_line() {
        let read = |text: &str| from(text.as_bytes()).map(|secret| secret.expose().clone());
        assert_eq!(read("pass word \r\n").unwrap(), "pass word ");
        assert_eq!(read("\u{feff}secret\r\n").unwrap(), "secret", "the mark of an editor is no part of it");
        for text in ["", "\n", "  \n", "a\nb", "a\tb"] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert!(read(&"x".repeat(MOST)).is_ok());
        assert!(read(&"x".repeat(MOST + 1)).is_err());
    }
}
