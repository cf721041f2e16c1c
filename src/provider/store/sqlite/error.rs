//! SQLite's bad news as words: what happened to the record and what to do about it.

use std::time::Duration;

use rusqlite::ErrorCode;

use super::super::error::unreadable;
use crate::domain::{
    failure::{Failure, FailureKind},
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
            None => unreadable(error),
        }
    }
}
