//! What keeps a request from its answer, in words that a person understands. The libraries' own go into the log.
//!
//! Triggered by every exchange that fails below HTTP. Nothing of it is for code: that asks the error's kind.

use std::{error::Error, io};

/// The request could not even be put together.
pub(super) fn unmade(error: &reqwest::Error) -> String {
    tracing::warn!(causes = causes(error), "a request can't be made");
    String::from("the address or a part of what is sent has a form that can't be sent")
}

/// No connection came about.
pub(super) fn unopened(error: &reqwest::Error) -> &'static str {
    tracing::info!(causes = causes(error), "no connection");
    match kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => "nobody answers there",
        Some(io::ErrorKind::TimedOut) => "nobody answered in time",
        Some(
            io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable,
        ) => "no way leads there from this network",
        Some(io::ErrorKind::PermissionDenied) => "this computer does not let us",
        _ => "the connection broke while it was opened",
    }
}

/// A connection ended before the whole answer was there.
pub(super) fn broken(error: &reqwest::Error) -> &'static str {
    tracing::info!(causes = causes(error), "the connection broke");
    match kind(error) {
        Some(io::ErrorKind::TimedOut) => "the line fell silent",
        _ if is_nonsense(error) => "what came is not what a web server sends",
        _ => "the connection broke",
    }
}

/// Whether the answer can't be read as HTTP at all. The library tells by words only.
fn is_nonsense(error: &reqwest::Error) -> bool {
    let said = chain(error).last().map(ToString::to_string).unwrap_or_default().to_lowercase();
    // "Unexpected" also begins what is said of an end that came too early.
    ["invalid", "unexpected", "too large", "version", "uri"].iter().any(|word| said.contains(word))
        && !said.contains("eof")
        && !said.contains("end of file")
}

/// The other side's certificate or its TLS. The library tells apart by words only, and these are the ones that matter.
pub(super) fn mistrust(error: &reqwest::Error) -> &'static str {
    let causes = causes(error).to_lowercase();
    tracing::warn!(causes, "no trustworthy connection");
    let says = |words: &[&str]| words.iter().any(|word| causes.contains(word));
    if says(&["expired", "notvalidyet", "not valid yet"]) {
        "its certificate has run out, or the clock of this computer is wrong"
    } else if says(&["notvalidforname", "not valid for name", "certnotvalidforname"]) {
        "its certificate is for another name"
    } else if says(&["unknownissuer", "unknown issuer", "untrusted", "self-signed", "self signed"]) {
        "its certificate comes from nobody whom this computer trusts"
    } else if says(&["certificate"]) {
        "its certificate can't be trusted"
    } else {
        "what answers does not speak TLS as it should"
    }
}

/// The kind of the innermost error of the system.
fn kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

/// Everything that the libraries say, outermost first; no address among it.
fn causes(error: &reqwest::Error) -> String {
    chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// An error and what caused it.
fn chain<'e>(error: &'e reqwest::Error) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let first: &'e (dyn Error + 'static) = error;
    std::iter::successors(Some(first), |cause| (**cause).source())
}
