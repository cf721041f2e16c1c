//! Programs, started without the secrets of this program's environment.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    io::{self, ErrorKind},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

use super::file::up_to;
use crate::domain::lock::lock;

/// How long a program may take to print a secret: a password manager may ask a person to touch a key. A guess, and the
/// worst wait that any step has.
pub const WITHIN: Duration = Duration::from_mins(1);

/// Between two looks whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Variables with a secret in them. One list for the process, as the environment is: whatever is started anywhere
/// would be given them, and taking them out of the environment itself is not safe beside other threads.
static SECRETS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Has no program that is started from now on see a variable.
pub fn hide(variable: &str) {
    lock(&SECRETS).insert(variable.to_owned());
}

/// A program to be started, without the secrets; the only way to one.
#[expect(clippy::disallowed_methods, reason = "the one place that makes commands")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    keep_secrets_from(&mut command);
    command
}

/// The same for a command that a crate made.
pub fn keep_secrets_from(command: &mut Command) {
    for variable in lock(&SECRETS).iter() {
        command.env_remove(variable);
    }
}

/// Runs a program without input to its end and takes what it prints, at most so many bytes; wiped when it is dropped. Its
/// complaints go where the command says.
///
/// # Errors
/// It can't be started, `FileTooLarge`, or `TimedOut`: it was ended then.
pub fn printed(
    command: &mut Command,
    most: u64,
    within: Duration,
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let answer = answer(&mut child, most, within);
    if answer.is_err() {
        // By its own id, whatever it started itself: those are for it to end.
        let _ended = child.kill();
        let _status = child.wait();
    }
    answer
}

fn answer(child: &mut Child, most: u64, within: Duration) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    let late =
        || io::Error::new(ErrorKind::TimedOut, format!("it did not end within {} s", within.as_secs()));
    let out = child.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
    let (to_reader, read) = mpsc::sync_channel(1);
    thread::Builder::new().name("backup365-words".into()).spawn(move || {
        // Nobody may be left to hear of it.
        let _late = to_reader.send(up_to(out, most).map(Zeroizing::new));
    })?;
    let words = match read.recv_timeout(within) {
        Ok(words) => words?,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Err(late()),
    };
    // It has closed its output: what is left is its end.
    let looks = within.as_millis() / LOOK.as_millis();
    for _ in 0..looks.max(1) {
        if let Some(status) = child.try_wait()? {
            return Ok((status, words));
        }
        thread::sleep(LOOK);
    }
    Err(late())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = command("sh");
        command.args(["-c", script]).env("PATH", "/usr/bin:/bin");
        command
    }

    #[test]
    fn what_is_printed_is_taken_with_the_code() {
        let (status, words) = printed(&mut sh("echo secret; exit 3"), 99, WITHIN).unwrap();
        assert_eq!((status.code(), words.as_slice()), (Some(3), &b"secret\n"[..]));
    }

    #[test]
    fn a_program_without_an_end_is_ended() {
        for script in ["exec sleep 300", "exec >&-; exec sleep 300"] {
            let mut child = sh(script).stdout(Stdio::piped()).spawn().unwrap();
            let late = answer(&mut child, 99, Duration::from_millis(200)).unwrap_err();
            assert_eq!(late.kind(), ErrorKind::TimedOut, "{script}");
            child.kill().unwrap();
            child.wait().unwrap();
            let late = printed(&mut sh(script), 99, Duration::from_millis(200)).unwrap_err();
            assert_eq!(late.kind(), ErrorKind::TimedOut, "{script}");
        }
        let large = printed(&mut sh("exec cat /dev/zero"), 9_999, WITHIN).unwrap_err();
        assert_eq!(large.kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_child_sees_no_variable_that_was_hidden() {
        hide("OUTSIDE_TEST_SECRET");
        let unseen =
            command("env").get_envs().any(|(name, value)| name == "OUTSIDE_TEST_SECRET" && value.is_none());
        assert!(unseen);
    }
}
