//! SQLite's bad news as words: what happened to the record and what to do about it.

use std::{fs, path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, ffi};

use super::super::error::unreadable;
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// Another connection holds a lock, or no lock can be had at all: SQLite says the same of both.
const BUSY: &str = "the record is busy: another program is writing to it";

/// The disk takes no more.
const FULL: &str = "the disk is full: this change was not saved, everything before it was";

/// Reading or writing failed, for whatever reason.
const DISK: &str = "the disk did not answer as it should: this change was not saved";

/// The system refuses the lock itself.
const UNLOCKED: &str = "the record can't be locked: its folder takes no locks, as some network folders don't";

/// What helps against [`UNLOCKED`].
const ELSEWHERE: &str = "Name a folder on a disk of this computer as folders.data in the settings.";

/// SQLite's codes for a lock that the system refuses, and for one that can't be asked for.
const LOCK_CODES: [i32; 5] = [
    ffi::SQLITE_IOERR_LOCK,
    ffi::SQLITE_IOERR_RDLOCK,
    ffi::SQLITE_IOERR_UNLOCK,
    ffi::SQLITE_IOERR_CHECKRESERVEDLOCK,
    ffi::SQLITE_IOERR_SHMLOCK,
];

/// A disk with less room than this is full: SQLite asks for room by 32 KiB for what its processes share.
#[cfg(unix)]
const ROOM: u64 = 64 * 1_024;

impl From<rusqlite::Error> for Failure {
    /// Puts SQLite's error into words. Messages of SQLite name tables and columns, never values.
    fn from(error: rusqlite::Error) -> Self {
        let record = |what: &'static str, hint: &'static str| Self::new(FailureKind::Record, what, hint);
        let code = error.sqlite_error().map_or(0, |error| error.extended_code);
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => record(
                BUSY,
                "Wait a moment and try again. If it stays busy, look for a stopped backup365 on this computer.",
            )
            .retry_in(Duration::from_secs(5)),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => record(
                "the record is damaged",
                "Leave the file as it is, put the last good copy in its place and start again.",
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
                record(
                    "the record can't be written: it is read-only",
                    "Check that the file and its folder belong to you and that the disk is not write-protected.",
                )
            }
            Some(ErrorCode::DiskFull) => record(
                FULL,
                "Free some space and try again, or name a folder on another disk as folders.data in the settings.",
            ),
            Some(ErrorCode::CannotOpen) => record(
                "the record can't be opened",
                "Check that its folder exists and belongs to you.",
            ),
            Some(ErrorCode::FileLockingProtocolFailed) => record(UNLOCKED, ELSEWHERE),
            Some(ErrorCode::SystemIoFailure) if LOCK_CODES.contains(&code) => record(UNLOCKED, ELSEWHERE),
            Some(ErrorCode::SystemIoFailure) => record(
                DISK,
                "Try again. If it comes back, check the disk and your quota on it, or name a folder on another disk as \
                 folders.data in the settings.",
            ),
            Some(_) => Self::new(
                FailureKind::Internal,
                Text::of(format_args!("the record refused a change: {error}")),
                "Nothing was changed. Report this with the log file.",
            ),
            None => unreadable(error),
        }
    }
}

/// What was tried when the trouble came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    Open,
    Read,
    Write,
}

/// Bad news about the record in this file, by its cause: SQLite says alike of a disk that is broken and of one that is full,
/// of a record that is busy and of a folder without locks, and never whether a change is lost or a look.
pub(super) fn placed(failure: Failure, file: &Path, tried: Tried) -> Failure {
    let folder = file.parent().unwrap_or_else(|| Path::new(""));
    let end = match tried {
        Tried::Open => "the record could not be opened",
        Tried::Read => "the record could not be read",
        Tried::Write => "this change was not saved, everything before it was",
    };
    let of = |what: Text, hint: Text| Failure { what, hint: hint.into(), ..failure.clone() };
    match failure.what.as_str() {
        BUSY if !takes_locks(folder) => {
            Failure { retry_after: None, ..of(UNLOCKED.into(), ELSEWHERE.into()) }
        }
        FULL => of(Text::of(format_args!("the disk is full: {end}")), room(folder)),
        DISK if is_full(folder) => of(Text::of(format_args!("the disk is full: {end}")), room(folder)),
        DISK => match limit(file) {
            Some(limit) => of(
                Text::of(format_args!(
                    "no file of this session may be larger than {limit} bytes (ulimit -f): {end}"
                )),
                "Raise the limit, then try again.".into(),
            ),
            None => Failure {
                what: Text::of(format_args!("the disk did not answer as it should: {end}")),
                ..failure
            },
        },
        _ => failure,
    }
}

/// What helps against a full disk.
fn room(folder: &Path) -> Text {
    Text::of(format_args!(
        "Free some space where {} lies and try again, or name a folder on another disk as folders.data in the settings.",
        folder.display()
    ))
}

/// Whether SQLite can lock a file in a folder: tried with one that nobody else knows, so that nobody else can hold it.
/// Where it can't even be made, it is not for want of locks.
fn takes_locks(folder: &Path) -> bool {
    let file = folder.join(format!("locks-{}", uuid::Uuid::new_v4().simple()));
    let locked = Connection::open(&file).and_then(|connection| {
        connection.busy_timeout(Duration::ZERO)?;
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT")
    });
    // Left behind it would do no harm: it is empty.
    let _gone = fs::remove_file(&file);
    locked.map_or_else(
        |error| {
            !matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::SystemIoFailure))
        },
        |()| true,
    )
}

/// Whether a folder's disk has no room left for this account.
fn is_full(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < ROOM)
    }
    #[cfg(not(unix))]
    {
        let _unknown = folder;
        false
    }
}

/// The largest size that the system lets a file of this process have, where the record or what stands beside it has come
/// near it.
fn limit(file: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Fsize).current?;
        let beside = |end: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(end);
            fs::metadata(name).map_or(0, |found| found.len())
        };
        let largest = ["", "-wal", "-shm", "-journal"].into_iter().map(beside).max().unwrap_or(0);
        (largest.saturating_add(ROOM) >= limit).then_some(limit)
    }
    #[cfg(not(unix))]
    {
        let _unknown = file;
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn of(code: i32) -> Failure {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into()
    }

    #[test]
    fn a_look_loses_no_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.sqlite");
        for (tried, end) in [
            (Tried::Open, "the record could not be opened"),
            (Tried::Read, "the record could not be read"),
            (Tried::Write, "this change was not saved, everything before it was"),
        ] {
            for (code, begin) in [
                (ffi::SQLITE_IOERR_READ, "the disk did not answer as it should: "),
                (ffi::SQLITE_IOERR_SHMSIZE, "the disk did not answer as it should: "),
                (ffi::SQLITE_FULL, "the disk is full: "),
            ] {
                let failure = placed(of(code), &file, tried);
                assert_eq!(failure.what.as_str(), format!("{begin}{end}"));
                assert!(failure.hint.for_commands().as_str().contains("folders.data"), "{:?}", failure.hint);
            }
        }
    }

    #[test]
    fn a_record_is_busy_where_its_folder_takes_locks() {
        let folder = tempfile::tempdir().unwrap();
        let failure = placed(of(ffi::SQLITE_BUSY), &folder.path().join("record.sqlite"), Tried::Open);
        assert_eq!((failure.what.as_str(), failure.retry_after.is_some()), (BUSY, true));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "what was tried is gone");
        for code in LOCK_CODES {
            let failure = of(code);
            assert_eq!(failure.what.as_str(), UNLOCKED);
            assert!(failure.hint.for_commands().as_str().contains("folders.data"));
        }
    }

    #[test]
    fn a_disk_without_room_is_full() {
        // A file system without any room for anybody.
        assert!(is_full(Path::new("/proc")) && !is_full(&std::env::temp_dir()));
    }
}
