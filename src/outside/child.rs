//! Programs, started without the secrets of this program's environment.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    io::{self, ErrorKind},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{IsStopped, LOOK, file::up_to, received, stopped};
use crate::domain::lock::lock;

/// How long a program may take to print a secret: a password manager may ask a person to touch a key. A guess, and the
/// worst wait that any step has.
pub const WITHIN: Duration = Duration::from_mins(1);

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

/// What a program printed, and how it ended.
type Printed = (ExitStatus, Zeroizing<Vec<u8>>);

/// Runs a program without input to its end and takes what it prints, at most so many bytes; wiped when it is dropped. Its
/// complaints go where the command says.
///
/// # Errors
/// It can't be started, `FileTooLarge`, `TimedOut`, or `Interrupted`: it was ended then, with what it started.
pub fn printed(
    command: &mut Command,
    most: u64,
    within: Duration,
    is_stopped: IsStopped<'_>,
) -> io::Result<Printed> {
    let group = Group::of(command);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let answer = answer(&mut child, most, within, is_stopped);
    if answer.is_err() {
        group.end(&child);
        let _ended = child.kill();
        let _status = child.wait();
    }
    answer
}

/// Whom a program shares the terminal with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// Us: a password manager may ask its person on the terminal, which a group in the background can't.
    Ours,
    /// Nobody: there is no terminal, and it has a group of its own, with all that it starts.
    Own,
}

#[cfg(unix)]
impl Group {
    /// Settles it for a program that is to be started.
    fn of(command: &mut Command) -> Self {
        use std::os::unix::process::CommandExt as _;
        if std::fs::File::open("/dev/tty").is_ok() {
            return Self::Ours;
        }
        command.process_group(0);
        Self::Own
    }

    /// Ends what the program started.
    fn end(self, child: &Child) {
        use rustix::process::{Pid, Signal, kill_process, kill_process_group};
        if self == Self::Own {
            let _ended = kill_process_group(Pid::from_child(child), Signal::KILL);
            return;
        }
        let pids = descendants(child.id()).into_iter().filter_map(|id| Pid::from_raw(id.try_into().ok()?));
        for pid in pids {
            let _ended = kill_process(pid, Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
impl Group {
    fn of(_command: &mut Command) -> Self {
        Self::Ours
    }

    fn end(self, _child: &Child) {}
}

/// The processes that a process has started, and those that they have, as Linux tells; none elsewhere.
#[cfg(unix)]
fn descendants(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut at = 0;
    while let Some(parent) = found.get(at) {
        let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        let children: Vec<String> = threads
            .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
            .collect();
        found.extend(
            children.iter().flat_map(|ids| ids.split_whitespace()).filter_map(|id| id.parse::<u32>().ok()),
        );
        at += 1;
    }
    found.split_off(1)
}

fn answer(child: &mut Child, most: u64, within: Duration, is_stopped: IsStopped<'_>) -> io::Result<Printed> {
    let late =
        || io::Error::new(ErrorKind::TimedOut, format!("it did not end within {} s", within.as_secs()));
    let out = child.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
    let (to_reader, read) = mpsc::sync_channel(1);
    thread::Builder::new().name("backup365-words".into()).spawn(move || {
        // Nobody may be left to hear of it.
        let _late = to_reader.send(up_to(out, most).map(Zeroizing::new));
    })?;
    let words = received(&read, within, is_stopped)
        .map_err(|error| if error.kind() == ErrorKind::TimedOut { late() } else { error })??;
    // It has closed its output: what is left is its end.
    let looks = within.as_millis() / LOOK.as_millis();
    for _ in 0..looks.max(1) {
        if let Some(status) = child.try_wait()? {
            return Ok((status, words));
        }
        if is_stopped() {
            return Err(stopped());
        }
        thread::sleep(LOOK);
    }
    Err(late())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::outside::NEVER;

    fn sh(script: &str) -> Command {
        let mut command = command("sh");
        command.args(["-c", script]).env("PATH", "/usr/bin:/bin");
        command
    }

    #[test]
    fn what_is_printed_is_taken_with_the_code() {
        let (status, words) = printed(&mut sh("echo secret; exit 3"), 99, WITHIN, NEVER).unwrap();
        assert_eq!((status.code(), words.as_slice()), (Some(3), &b"secret\n"[..]));
    }

    #[test]
    fn a_program_without_an_end_is_ended() {
        for script in ["exec sleep 300", "exec >&-; exec sleep 300"] {
            let mut child = sh(script).stdout(Stdio::piped()).spawn().unwrap();
            let late = answer(&mut child, 99, Duration::from_millis(200), NEVER).unwrap_err();
            assert_eq!(late.kind(), ErrorKind::TimedOut, "{script}");
            child.kill().unwrap();
            child.wait().unwrap();
            let late = printed(&mut sh(script), 99, Duration::from_millis(200), NEVER).unwrap_err();
            assert_eq!(late.kind(), ErrorKind::TimedOut, "{script}");
        }
        let large = printed(&mut sh("exec cat /dev/zero"), 9_999, WITHIN, NEVER).unwrap_err();
        assert_eq!(large.kind(), ErrorKind::FileTooLarge);
    }

    /// Waits until something is so.
    fn until(is_so: impl Fn() -> bool) {
        let came = (0..6_000).any(|_look| {
            thread::sleep(LOOK);
            is_so()
        });
        assert!(came, "it never came to be");
    }

    /// Whether a process is there, and not only its number.
    fn is_running(id: u32) -> bool {
        std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_program_started_is_ended_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let ids = folder.path().join("ids");
        // One that it waits for, and one below that.
        let script = format!("sh -c 'sleep 300 & echo $! >>{0}; wait' & echo $! >>{0}; wait", ids.display());
        let read = || std::fs::read_to_string(&ids).unwrap_or_default();
        let ids = || read().lines().map(|id| id.parse().unwrap()).collect::<Vec<u32>>();
        let stopped = printed(&mut sh(&script), 99, WITHIN, &|| ids().len() == 2).unwrap_err();
        assert_eq!(stopped.kind(), ErrorKind::Interrupted);
        for group in [Group::Own, Group::Ours] {
            let mut command = sh("sleep 300 & sh -c 'sleep 300 & wait' & wait");
            if group == Group::Own {
                std::os::unix::process::CommandExt::process_group(&mut command, 0);
            }
            let mut child = command.spawn().unwrap();
            until(|| descendants(child.id()).len() >= 3);
            let started = descendants(child.id());
            group.end(&child);
            child.kill().unwrap();
            child.wait().unwrap();
            until(|| !started.iter().any(|id| is_running(*id)));
        }
        until(|| !ids().into_iter().any(is_running));
    }

    #[test]
    fn a_child_sees_no_variable_that_was_hidden() {
        hide("OUTSIDE_TEST_SECRET");
        let unseen =
            command("env").get_envs().any(|(name, value)| name == "OUTSIDE_TEST_SECRET" && value.is_none());
        assert!(unseen);
    }
}
