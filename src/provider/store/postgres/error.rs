//! PostgreSQL's bad news as words: what happened to the record and what to do about it, by the server's own code
//! ("PostgreSQL Error Codes", appendix A of its manual) or by what kept it from answering.

use std::{error::Error as _, fmt, io, time::Duration};

use tokio_postgres::{Error, error::SqlState};

use super::Address;
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// Why nothing was saved, where the connection is gone.
const LOST: &str = "the record's server went away: this change was not saved, everything before it was";

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        failure(&error)
    }
}

/// Puts an error of a statement into words. Messages of the server may name values: they go to the log, never to a screen.
pub(super) fn failure(error: &Error) -> Failure {
    let record = |what: &'static str, hint: &'static str| Failure::new(FailureKind::Record, what, hint);
    let Some(code) = error.code() else {
        tracing::warn!(%error, cause = ?error.source().map(ToString::to_string), "the record's server");
        return record(LOST, "Try again in a moment: a new connection is made by itself.")
            .retry_in(Duration::from_secs(5));
    };
    tracing::warn!(code = code.code(), %error, "the record's server");
    match (code.code().get(..2).unwrap_or_default(), code) {
        (_, &SqlState::READ_ONLY_SQL_TRANSACTION) => record(
            "the record's server takes no changes now: it is read-only, as a standby is",
            "Ask whoever runs the server which one is the primary, and name that as record.url.",
        )
        .retry_in(Duration::from_secs(10)),
        (_, &SqlState::DISK_FULL) => record(
            "the disk of the record's server is full: this change was not saved, everything before it was",
            "Ask whoever runs the server to make room, then try again.",
        ),
        (_, &SqlState::INSUFFICIENT_PRIVILEGE) => record(
            "the role with which the record is opened may not do this",
            "Ask whoever runs the server to have “backup365 record grant” run for it, then try again.",
        ),
        (_, &SqlState::LOCK_NOT_AVAILABLE | &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::QUERY_CANCELED) => {
            record("the record is busy: another program is writing to it", "Wait a moment and try again.")
                .retry_in(Duration::from_secs(5))
        }
        ("57" | "08", _) => record(LOST, "Try again in a moment: a new connection is made by itself.")
            .retry_in(Duration::from_secs(5)),
        ("53", _) => record(
            "the record's server has no room for this now",
            "Wait a moment and try again. If it stays so, tell whoever runs the server.",
        )
        .retry_in(Duration::from_secs(10)),
        _ => Failure::new(
            FailureKind::Internal,
            Text::of(format_args!("the record refused a change (code {})", code.code())),
            "Nothing was changed. Report this with the log file.",
        ),
    }
}

/// Whether waiting for a moment helps by itself: the server starts or stops, or has no connection to give.
pub(super) fn is_passing(error: &Error) -> bool {
    match error.code() {
        Some(code) => [
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
        ]
        .contains(code),
        None => error.is_closed() || io_kind(error).is_some_and(is_refusal),
    }
}

/// A server that restarts refuses for a moment.
fn is_refusal(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
    )
}

/// What the system said, where it was the system.
fn io_kind(error: &Error) -> Option<io::ErrorKind> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        source = error.source();
    }
    None
}

/// Why there is no connection to the record's server.
pub(super) fn connecting(address: &Address, error: &Error) -> Failure {
    let to = format!("no connection to the record at {address}");
    let record = |why: &str, hint: &'static str| {
        Failure::new(FailureKind::Record, Text::of(format_args!("{to}: {why}")), hint)
    };
    tracing::warn!(%error, cause = ?error.source().map(ToString::to_string), "the record's server");
    let Some(code) = error.code() else {
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        if cause.contains("certificate") || cause.contains("invalid peer") {
            return record(
                &format!("its certificate is not trusted ({cause})"),
                "Name the CA's certificate as sslrootcert in record.url, and the server by the name that its certificate \
                 has.",
            );
        }
        return match io_kind(error) {
            Some(io::ErrorKind::ConnectionRefused) => record(
                "nothing answers there",
                "Check that the server runs, and host and port in record.url. Trying again is safe.",
            ),
            Some(io::ErrorKind::NotFound) => record(
                "there is no such socket on this computer",
                "Check that the server runs, and the folder of its socket in record.url.",
            ),
            Some(io::ErrorKind::TimedOut) => record(
                "nothing answered in time",
                "Check the network or VPN of this computer, and host and port in record.url.",
            ),
            _ if cause.contains("lookup") || error.to_string().contains("lookup") => record(
                "its host name is not known",
                "Check the host in record.url, and the network or VPN of this computer.",
            ),
            _ if error.to_string().contains("TLS") => record(
                "the server speaks no TLS, and record.url demands it",
                "Ask whoever runs the server to switch TLS on. sslmode in record.url says what is demanded.",
            ),
            _ if error.to_string().contains("password missing") => record(
                "the server asks for a password, and none is named",
                "Name it as record.password in the settings, or in .pgpass.",
            ),
            _ => record(
                "the connection broke off",
                "Check the network or VPN of this computer. Trying again is safe.",
            ),
        };
    };
    match *code {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => record(
            "the server refuses the role or its password",
            "Check the role in record.url and its password (record.password in the settings, or .pgpass).",
        ),
        SqlState::INVALID_CATALOG_NAME => record(
            "the server has no such database",
            "Check the database's name in record.url, or have it made: createdb.",
        ),
        SqlState::INSUFFICIENT_PRIVILEGE => record(
            "the role may not use that database",
            "Ask whoever runs the server to have “backup365 record grant” run for it.",
        ),
        SqlState::TOO_MANY_CONNECTIONS => record(
            "the server has no connection left",
            "Wait a moment and try again. If it stays so, ask for more (max_connections).",
        )
        .retry_in(Duration::from_secs(10)),
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN => {
            record("the server is starting or stopping", "Wait a moment and try again.")
                .retry_in(Duration::from_secs(5))
        }
        _ => record(
            &format!("the server refused (code {})", code.code()),
            "Check record.url, and ask whoever runs the server what its log says.",
        ),
    }
}

/// Nothing was asked of the server yet.
pub(super) fn unreachable(address: &Address, why: &dyn fmt::Display) -> Failure {
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("no connection to the record at {address}: {why}")),
        "Try again. If it stays so, report this with the log file.",
    )
}

/// A change whose fate the server did not tell in time.
pub(super) fn in_doubt(address: &Address) -> Failure {
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!(
            "the record's server at {address} went away while this change was saved, and has not said yet whether it was"
        )),
        "Trying again is safe: what was saved is not done twice.",
    )
    .retry_in(Duration::from_secs(10))
}
