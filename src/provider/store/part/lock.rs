//! Who works on what: a lock for each run or pass. A record on a server has them in its sessions; one in a file has a file
//! for each in the `locks` folder beside it, locked by the system.
//!
//! Such a lock needs no heartbeat: it is gone with the process that held it, however that ended. The files are empty
//! and stay: removing one that another process is about to lock would let two hold the same run.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use super::super::{
    files::{make_folder, of_file, unlocked},
    postgres::{Hear, Session, SessionHold},
};
use crate::domain::{
    change::Change,
    failure::{Failure, FailureKind},
};

/// Looking whether a run is held takes its lock for a moment, so a refusal is believed only after a few tries.
const TRIES: u32 = 20;

/// Pause between two tries; all of them together are short to a person and long beside a look.
const PAUSE: Duration = Duration::from_millis(5);

/// How often the right to make a record is tried for: with the tries of each, 5 s in all, as long as a write waits.
const MAKING_TRIES: u32 = 50;

/// A lock that this process holds; dropping it lets go.
#[derive(Debug)]
pub(crate) enum Hold {
    /// Of a file: gone with the process.
    File(#[expect(dead_code, reason = "kept open: closing the file lets go of the lock")] File),
    /// Of a session of the server: gone with its connection.
    Session(SessionHold),
}

impl Hold {
    /// Whether it is still held: a session's is not, once its connection was lost.
    pub(crate) fn is_live(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Session(hold) => hold.is_live(),
        }
    }
}

/// Where the locks of a record are.
pub(crate) enum Locks {
    /// Beside its file.
    Files(LockFolder),
    /// In its database.
    Sessions(Session),
}

impl Locks {
    /// Takes the lock of that name; none when another process, or another store of this one, has it.
    ///
    /// # Errors
    /// `Record`, when the disk knows no locks, the file can't be made, or the server can't be asked.
    pub(crate) fn try_hold(&self, name: &str) -> Result<Option<Hold>, Failure> {
        match self {
            Self::Files(folder) => folder.try_hold(name),
            Self::Sessions(session) => Ok(session.try_hold(name)?.map(Hold::Session)),
        }
    }

    /// Has what others change told from now on; a file tells nothing.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked.
    pub(crate) fn hear(&self, hear: Hear) -> Result<(), Failure> {
        match self {
            Self::Files(_) => Ok(()),
            Self::Sessions(session) => session.hear(hear),
        }
    }

    /// Whether somebody holds each of these locks right now, in their order. A server is asked once.
    ///
    /// # Errors
    /// `Record`, when the disk knows no locks, or the server can't be asked.
    pub(crate) fn are_held(&self, names: &[String]) -> Result<Vec<bool>, Failure> {
        match self {
            Self::Files(folder) => names.iter().map(|name| folder.is_held(name)).collect(),
            Self::Sessions(session) => session.are_held(names),
        }
    }

    /// Has it told once the lock of that name, which somebody else holds now, is gone: a process that was killed tells nothing
    /// itself. A record in a file tells nothing at all.
    pub(crate) fn watch(&self, name: &str, change: &Change) {
        if let Self::Sessions(session) = self {
            session.watch(name, change.to_string());
        }
    }

    /// Whether somebody holds the lock of that name right now.
    ///
    /// # Errors
    /// `Record`, when the disk knows no locks, or the server can't be asked.
    pub(crate) fn is_held(&self, name: &str) -> Result<bool, Failure> {
        match self {
            Self::Files(folder) => folder.is_held(name),
            Self::Sessions(session) => session.is_held(name),
        }
    }
}

/// The `locks` folder of one record.
#[derive(Debug)]
pub(crate) struct LockFolder {
    folder: PathBuf,
    /// Name of the record's file, so that two records in one folder don't share locks.
    record: String,
}

impl LockFolder {
    /// The locks of the record in `file`; makes the folder.
    pub(crate) fn of(file: &Path) -> Result<Self, Failure> {
        let locks = Self::beside(file);
        make_folder(&locks.folder)?;
        Ok(locks)
    }

    /// The same to look at only: makes nothing.
    pub(crate) fn beside(file: &Path) -> Self {
        Self { folder: Self::folder_of(file), record: name_of(file) }
    }

    /// Where the locks of the record in `file` lie.
    pub(crate) fn folder_of(file: &Path) -> PathBuf {
        file.parent().unwrap_or_else(|| Path::new("")).join("locks")
    }

    /// Whether a run or a pass of the record in `file` was ever locked.
    pub(crate) fn is_used(file: &Path) -> bool {
        let begins = ["run", "sweep"].map(|what| format!("{}-{what}-", name_of(file)));
        fs::read_dir(Self::folder_of(file)).is_ok_and(|entries| {
            entries.flatten().any(|entry| {
                entry
                    .file_name()
                    .to_str()
                    .is_some_and(|name| begins.iter().any(|begin| name.starts_with(begin)))
            })
        })
    }

    /// Takes the right to make the record; waits for another process that is at it.
    ///
    /// # Errors
    /// `Record`, as [`LockFolder::try_hold`], and when the other process is at it for seconds.
    pub(crate) fn hold_making(&self) -> Result<Hold, Failure> {
        for _ in 0..MAKING_TRIES {
            if let Some(hold) = self.try_hold("making")? {
                return Ok(hold);
            }
        }
        Err(Failure::new(
            FailureKind::Record,
            "another program is making the record, and does not come to an end",
            "Wait a moment and try again. If it stays so, look for a stopped backup365 on this computer.",
        ))
    }

    /// Takes the lock of that name; none when another process, or another store of this one, has it.
    ///
    /// # Errors
    /// `Record`, when the disk knows no locks or the file can't be made.
    pub(crate) fn try_hold(&self, name: &str) -> Result<Option<Hold>, Failure> {
        let path = self.path(name);
        let mut options = fs::OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|e| of_file("open the lock", &path, &e))?;
        for attempt in 0..TRIES {
            if attempt > 0 {
                thread::sleep(PAUSE);
            }
            match file.try_lock() {
                Ok(()) => return Ok(Some(Hold::File(file))),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(unlocked(&path, &error)),
            }
        }
        Ok(None)
    }

    /// Whether somebody holds the lock of that name right now.
    ///
    /// # Errors
    /// `Record`, when the disk knows no locks.
    pub(crate) fn is_held(&self, name: &str) -> Result<bool, Failure> {
        let path = self.path(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(of_file("open the lock", &path, &error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(unlocked(&path, &error)),
        }
    }

    /// Names are made by this program: letters of runs, numbers of customers, words of products.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{}-{name}.lock", self.record))
    }
}

/// Name of a record's file, without its ending.
fn name_of(file: &Path) -> String {
    file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}
