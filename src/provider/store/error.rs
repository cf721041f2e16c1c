//! SQLite's and the file system's bad news as words: what happened to the record and what to do about it.

use std::{io, path::Path, time::Duration};

use rusqlite::ErrorCode;

use crate::domain::{
    failure::{Failure, FailureKind, of_system},
    text::Text,
};

impl From<rusqlite::Error> for Failure {
    /// Puts SQLite's error into words. Messages of SQLite name tables and columns, never values.
    fn from(error: rusqlite::Error) -> Self {
        let record = |what: &'static str, hint: &'static str| Self::new(FailureKind::Record, what, hint);
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => record(
                "the record is busy: another program is writing to it",
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
                "the disk is full: this change was not saved, everything before it was",
                "Free some space and try again.",
            ),
            Some(ErrorCode::CannotOpen) => record(
                "the record can't be opened",
                "Check that its folder exists and belongs to you.",
            ),
            Some(ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed) => record(
                "the disk did not answer as it should: this change was not saved",
                "Try again. If it comes back, check the disk and move the record to a good one.",
            ),
            Some(_) => Self::new(
                FailureKind::Internal,
                Text::of(format_args!("the record refused a change: {error}")),
                "Nothing was changed. Report this with the log file.",
            ),
            None => unreadable(&error),
        }
    }
}

/// A row that is there, but does not mean anything: damage, or another program's hand.
fn unreadable(error: &rusqlite::Error) -> Failure {
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("the record holds something unreadable: {error}")),
        "Leave the file as it is, put the last good copy in its place and start again.",
    )
}

/// Bad news of the file system about a file or folder of the record.
///
/// A retry helps once the cause in the words is gone.
pub(super) fn of_file(doing: &str, path: &Path, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Free some space and try again.",
        io::ErrorKind::ReadOnlyFilesystem => {
            "The disk is write-protected: choose another folder in the settings."
        }
        _ => "Check that the folder exists and belongs to you.",
    };
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("could not {doing} {}: {}", path.display(), of_system(error))),
        hint,
    )
}

/// The operator may not do this.
pub(super) fn admin_only(doing: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("{doing} is for an Admin")),
        "Ask an Admin of your company to do this.",
    )
}

/// Something that is not on record.
pub(super) fn not_found(what: Text) -> Failure {
    Failure::new(FailureKind::NotFound, what, "Check the number, or choose from the list.")
}
