//! Reads a password from where a flag says it is; never from the flag itself.

use std::{path::PathBuf, process::Stdio};

use anyhow::{Context, bail, ensure};
use zeroize::Zeroizing;

use crate::{
    cli::provision::Hosted,
    commands::{journey, own_credential::OwnCredential},
    domain::{secret::Secret, text_file},
    driver::front::Stop,
    outside::{
        IsStopped,
        child::{self, WITHIN},
        file,
    },
    settings::split_command,
};

use super::super::environment;

/// Longest password taken, in bytes: the form takes no more.
const MOST: usize = 1_024;

/// Most that is read of a password's source, bytes: the longest one in UTF-16, and some to see that there is more.
const MOST_READ: u64 = 4_096;

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
    /// What the flags name; none where none of them was given. No child sees a variable that is named.
    pub(super) fn of(hosted: &Hosted) -> Option<Self> {
        if let Some(name) = &hosted.password_env {
            child::hide(name);
        }
        let file = hosted.password_file.clone().map(Self::File);
        file.or_else(|| hosted.password_fd.map(Self::Descriptor))
            .or_else(|| hosted.password_env.clone().map(Self::Environment))
            .or_else(|| hosted.password_command.clone().map(Self::Command))
    }

    /// Whether it stands in what is handed over on standard input.
    pub(super) const fn is_standard_input(&self) -> bool {
        matches!(self, Self::Descriptor(0))
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

    /// Reads it: one line, without its end; not to the end where the program is to go.
    ///
    /// # Errors
    /// Says which source could not be read and why; never the value.
    pub(super) fn read(&self, stop: &Stop) -> anyhow::Result<Secret<String>> {
        let is_stopped = || journey::stopped(stop).is_some();
        match self {
            Self::File(path) => {
                let read = file::secret_unless(path, &is_stopped)
                    .map_err(anyhow::Error::from)
                    .and_then(|text| one_line(&text));
                read.with_context(|| format!("--password-file: {} can't be read", path.display()))
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
                of_program(&words, &is_stopped)
            }
            Self::Program(words) => of_program(words, &is_stopped),
        }
    }
}

/// A descriptor that the caller opened; the system's folder of them is the way there without a pointer. Standard input
/// has no limit of time: whoever hands it over is at the other end.
fn of_descriptor(number: u32) -> anyhow::Result<Secret<String>> {
    match number {
        0 => {
            let bytes = Zeroizing::new(file::up_to(std::io::stdin().lock(), MOST_READ)?);
            one_line(&Zeroizing::new(text_file::decode(&bytes)?.into_owned()))
        }
        number if cfg!(unix) => one_line(&file::secret(format!("/dev/fd/{number}").as_ref())?),
        _ => bail!("this system hands no descriptors on; use another way"),
    }
}

fn of_program(words: &[String], is_stopped: IsStopped<'_>) -> anyhow::Result<Secret<String>> {
    let Some((program, arguments)) = words.split_first() else { bail!("--password-command is empty") };
    let mut command = child::command(program);
    let (status, printed) =
        child::printed(command.args(arguments).stderr(Stdio::inherit()), MOST_READ, WITHIN, is_stopped)
            .with_context(|| format!("--password-command: {program} gave no password"))?;
    ensure!(status.success(), "--password-command: {program} ended with {status}");
    let text = text_file::decode(&printed)
        .map(|text| Zeroizing::new(text.into_owned()))
        .with_context(|| format!("--password-command: what {program} printed is not text"))?;
    one_line(&text).with_context(|| format!("--password-command: {program} printed no password"))
}

/// A password is one line that is not empty and that the form takes.
fn one_line(text: &str) -> anyhow::Result<Secret<String>> {
    let value = text.trim_end_matches(['\r', '\n']);
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
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Source::File(path.clone()).read(&Stop::default()).map(|secret| secret.expose().clone())
        };
        assert_eq!(read(b"pass word \r\n").unwrap(), "pass word ");
        // Tried as a part of the password, the mark of an editor would lock the account.
        for bytes in [&b"\xef\xbb\xbfword\r\n"[..], b"\xff\xfew\0o\0r\0d\0\r\0\n\0", b"\xfe\xff\0w\0o\0r\0d"]
        {
            assert_eq!(read(bytes).unwrap(), "word", "{bytes:?}");
        }
        for text in ["", "\n", "  \n", "a\nb", "a\tb"] {
            assert!(read(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(read("x".repeat(MOST).as_bytes()).is_ok());
        assert!(read("x".repeat(MOST + 1).as_bytes()).is_err());
    }
}
