//! PostgreSQL's bad news as words: what happened to the record and what to do about it, by the server's own code
//! ("PostgreSQL Error Codes", appendix A of its manual) or by what kept it from answering.

use std::{error::Error as _, fmt, io, time::Duration};

use rustls::CertificateError;
use tokio_postgres::{Error, error::SqlState};

use super::{super::waiter::Unanswered, Address};
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
    time::in_words,
};

/// What was tried when the trouble came: of a look nothing is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    Read,
    Write,
}

impl Tried {
    /// What came of it.
    const fn end(self) -> &'static str {
        match self {
            Self::Read => "the record could not be read",
            Self::Write => "this change was not saved, everything before it was",
        }
    }
}

/// Puts into words what came instead of the answer to a statement that reads.
pub(super) fn reading(unanswered: &Unanswered) -> Failure {
    of_statement(unanswered, Tried::Read)
}

/// The same of a statement of a change.
pub(super) fn writing(unanswered: &Unanswered) -> Failure {
    of_statement(unanswered, Tried::Write)
}

fn of_statement(unanswered: &Unanswered, tried: Tried) -> Failure {
    match unanswered {
        Unanswered::Told(error) => failure(error, tried),
        Unanswered::Silence(limit) => {
            let (limit, end) = (in_words(*limit), tried.end());
            tracing::warn!(%limit, "the record's server says nothing");
            let what = format_args!("the record's server has said nothing for {limit}: {end}");
            let hint = "Try again in a moment. If it stays so, tell whoever runs the server that it hangs.";
            Failure::new(FailureKind::Record, Text::of(what), hint).retry_in(Duration::from_secs(10))
        }
    }
}

/// Puts an error of a statement into words. Messages of the server may name values: they go to the log, never to a screen.
fn failure(error: &Error, tried: Tried) -> Failure {
    let record = |what: &'static str, hint: &'static str| {
        Failure::new(FailureKind::Record, Text::of(format_args!("{what}: {}", tried.end())), hint)
    };
    let lost = || {
        record("the record's server went away", "Try again in a moment: a new connection is made by itself.")
            .retry_in(Duration::from_secs(5))
    };
    let Some(code) = error.code() else {
        tracing::warn!(%error, cause = ?error.source().map(ToString::to_string), "the record's server");
        return lost();
    };
    tracing::warn!(code = code.code(), %error, "the record's server");
    match (code.code().get(..2).unwrap_or_default(), code) {
        (_, &SqlState::READ_ONLY_SQL_TRANSACTION) => record(
            "the record's server takes no changes now, it is read-only",
            "Ask whoever runs the server why. If this one is a standby, name the primary as record.url.",
        )
        .retry_in(Duration::from_secs(10)),
        (_, &SqlState::DISK_FULL) => record(
            "the disk of the record's server is full",
            "Ask whoever runs the server to make room, then try again.",
        ),
        (_, &SqlState::INSUFFICIENT_PRIVILEGE) => record(
            "the role in record.url has no right to this",
            "Ask whoever runs the server to have “backup365 record grant” run for it, then try again.",
        ),
        (_, &SqlState::LOCK_NOT_AVAILABLE | &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::QUERY_CANCELED) => {
            record(
                "the record is busy, another program is writing to it",
                "Wait a moment and try again. If it stays so, ask whoever runs the server which program it is (pg_locks).",
            )
            .retry_in(Duration::from_secs(5))
        }
        // It waited for us for too long, and has undone what was begun.
        ("57" | "08", _) | (_, &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT) => lost(),
        ("53", _) => record(
            "the record's server has no room for this now",
            "Wait a moment and try again. If it stays so, tell whoever runs the server.",
        )
        .retry_in(Duration::from_secs(10)),
        ("58", _) | (_, &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED) => record(
            "the record's server has trouble with its files",
            "Tell whoever runs the server at once, and leave the record alone until they have looked.",
        ),
        _ => Failure::new(
            FailureKind::Internal,
            Text::of(format_args!(
                "the record's server refused a statement (code {}): {}",
                code.code(),
                tried.end()
            )),
            "Report this with the log file.",
        ),
    }
}

/// A part of a change was refused, and what went on did not say so: the server keeps none of it then.
pub(super) fn undone() -> Failure {
    Failure::new(
        FailureKind::Internal,
        "the record's server refused a part of this change, so none of it was saved",
        "Try again. If it stays so, report this with the log file.",
    )
}

/// Whether waiting for a moment helps by itself: the server starts or stops, or has no connection to give.
pub(super) fn is_passing(error: &Error) -> bool {
    match error.code() {
        // The class of lost connections: a pooler says so of the one behind it.
        Some(code) if !is_of_pooler(error) && code.code().starts_with("08") => true,
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
    io_error(error).map(io::Error::kind)
}

/// The system's error, where it was the system.
fn io_error(error: &Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error);
        }
        source = error.source();
    }
    None
}

/// Why TLS came to nothing, where it did: what happened, and what to do.
fn of_tls(error: &Error) -> Option<(&'static str, &'static str)> {
    let cause = io_error(error)?.get_ref()?.downcast_ref::<rustls::Error>()?;
    let rustls::Error::InvalidCertificate(fault) = cause else {
        return Some((
            "it and this program agree on no TLS",
            "Ask whoever runs the server to take TLS 1.2 or 1.3, and what its log says.",
        ));
    };
    Some(match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "its certificate has expired",
            "Ask whoever runs the server to renew it. Check the clock of this computer, too.",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            "its certificate is not valid yet",
            "Check the clock of this computer. If it is right, ask whoever runs the server to renew the certificate.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "its certificate is for another host",
            "Name the server in record.url as its certificate does. If that is its name, this may be another server.",
        ),
        CertificateError::Other(_) => (
            "its certificate is its own, and not the one that is trusted here",
            "Ask whoever runs the server for that certificate, and name its file as sslrootcert in record.url.",
        ),
        CertificateError::UnknownIssuer => (
            "its certificate is signed by a CA that is not trusted here",
            "Ask whoever runs the server for the CA's certificate, and name its file as sslrootcert in record.url.",
        ),
        _ => (
            "its certificate is not valid",
            "Ask whoever runs the server to make a new one, and what its log says.",
        ),
    })
}

/// Why there is no connection to the record's server.
pub(super) fn connecting(address: &Address, error: &Error) -> Failure {
    tracing::warn!(%error, cause = ?error.source().map(ToString::to_string), "the record's server");
    match error.code() {
        Some(_) if is_of_pooler(error) => shares_sessions(),
        Some(code) => refused(address, code),
        None => unconnected(address, error),
    }
}

/// Whether a pooler says that it takes no transactions (`pool_mode = statement` of pgbouncer).
pub(super) fn is_of_pooler(error: &Error) -> bool {
    error.as_db_error().is_some_and(|error| error.message().contains("statement pooling mode"))
}

/// Each transaction may have another session.
pub(super) fn shares_sessions() -> Failure {
    Failure::new(
        FailureKind::Record,
        "the record's server is reached through a pooler that shares sessions, and holds on runs would be lost in it",
        "Name the database's own address as record.url, or set the pooler to pool_mode = session.",
    )
}

/// "no connection to the record at …", why, and what to do.
fn no_connection(address: &Address, why: &str, hint: &'static str) -> Failure {
    let what = Text::of(format_args!("no connection to the record at {address}: {why}"));
    Failure::new(FailureKind::Record, what, hint)
}

/// When it makes sense to try again to connect, by itself or by hand, where the way or the server may be back by then.
const SOON: Duration = Duration::from_secs(10);

/// The server did not come to say anything.
fn unconnected(address: &Address, error: &Error) -> Failure {
    if let Some((why, hint)) = of_tls(error) {
        return no_connection(address, why, hint);
    }
    let said = error.to_string();
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    let (may_pass, why, hint) = match io_kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => (
            true,
            "nothing answers there",
            "Check that the server runs, and host and port in record.url. Trying again is safe.",
        ),
        Some(io::ErrorKind::NotFound) => (
            true,
            "there is no such socket on this computer",
            "Check that the server runs, and the folder of its socket in record.url.",
        ),
        Some(io::ErrorKind::TimedOut) => return silent(address),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => (
            true,
            "no network leads there",
            "Check the network or VPN of this computer, and the host in record.url.",
        ),
        _ if cause.contains("lookup") || said.contains("lookup") => (
            true,
            "its host name is not known",
            "Check the host in record.url, and the network or VPN of this computer.",
        ),
        _ if cause.contains("does not support TLS") => (
            false,
            "the server speaks no TLS, and record.url demands it",
            "Ask whoever runs the server to switch TLS on. sslmode in record.url says what is demanded.",
        ),
        _ if said.contains("password missing") || cause.contains("password missing") => (
            false,
            "the server asks for a password, and none is named",
            "Name a file that holds it as record.password_file in the settings, or write it into ~/.pgpass.",
        ),
        _ => (
            true,
            "the connection broke off",
            "Check the network or VPN of this computer. Trying again is safe.",
        ),
    };
    Failure { retry_after: may_pass.then_some(SOON), ..no_connection(address, why, hint) }
}

/// Nothing was said in the time that a connection may take.
pub(super) fn silent(address: &Address) -> Failure {
    no_connection(
        address,
        "nothing answered in time",
        "Check the network or VPN of this computer, and host and port in record.url. Trying again is safe.",
    )
    .retry_in(SOON)
}

/// All connections that this program may have are at work, and none came free.
pub(super) fn crowded(address: &Address) -> Failure {
    no_connection(
        address,
        "all that this program has are still waiting for the server",
        "Wait a moment and try again. If it stays so, tell whoever runs the server.",
    )
    .retry_in(Duration::from_secs(10))
}

/// The server said no.
fn refused(address: &Address, code: &SqlState) -> Failure {
    let record = |why: &str, hint: &'static str| no_connection(address, why, hint);
    match *code {
        SqlState::INVALID_PASSWORD => record(
            "the server refuses the role or its password",
            "Check the role in record.url and its password, which stands in the file of record.password_file or in ~/.pgpass.",
        ),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => record(
            "the server does not let this role in from this computer",
            "Check the role in record.url. If the server wants TLS, add sslmode=require there. Otherwise ask whoever runs it \
             for a line in its pg_hba.conf.",
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
            "Wait a moment and try again. If it stays so, ask whoever runs the server for more (max_connections).",
        )
        .retry_in(Duration::from_secs(10)),
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN => {
            record("the server is starting or stopping", "Wait a moment and try again.")
                .retry_in(Duration::from_secs(5))
        }
        _ if code.code().starts_with("08") => record(
            "the pooler before the server has no connection to it",
            "Wait a moment and try again. If it stays so, ask whoever runs the pooler what its log says.",
        )
        .retry_in(Duration::from_secs(10)),
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
            "the record's server at {address} went away while this change was saved, and does not say whether it was"
        )),
        "Trying again is safe: what was saved is not done twice.",
    )
    .retry_in(Duration::from_secs(10))
}
