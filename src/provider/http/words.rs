//! Why there was no answer, in words for people; what the libraries and the system say goes to the log.
//!
//! The libraries do not promise their texts, so these only pick between sentences: an unknown one gets the general one.

use std::{error::Error as _, io::ErrorKind};

/// Why no connection came about.
pub(super) fn unreachable(error: &reqwest::Error) -> &'static str {
    match io_kind(error) {
        Some(ErrorKind::ConnectionRefused) => "nothing answers there",
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => {
            "the connection was cut at once"
        }
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown) => {
            "there is no way there from this network"
        }
        Some(ErrorKind::TimedOut) => "nobody answered in time",
        Some(ErrorKind::PermissionDenied) => "this computer does not let the program out",
        _ => "the connection failed",
    }
}

/// Why an answer did not come whole.
pub(super) fn cut_off(error: &reqwest::Error) -> &'static str {
    let said = causes(error).to_lowercase();
    let is_nonsense =
        ["invalid", "unexpected", "too large", "version", "uri"].iter().any(|word| said.contains(word));
    // "Unexpected" also begins what is said of an end that came too early.
    if is_nonsense && !said.contains("eof") && !said.contains("end of file") {
        "what came is not what a web server sends"
    } else {
        "the connection ended too early"
    }
}

/// What does not fit in a certificate or in TLS.
pub(super) fn tls(error: &reqwest::Error) -> &'static str {
    let said = causes(error).to_lowercase();
    let has = |word: &str| said.contains(word);
    if has("expired") {
        "its certificate has run out"
    } else if has("not valid yet") || has("notvalidyet") {
        "its certificate is not valid yet, or this computer's clock is wrong"
    } else if has("not valid for") || has("notvalidforname") {
        "its certificate is for another name"
    } else if has("unknownissuer") || has("unknown issuer") || has("issuer") {
        "nobody whom this computer trusts has signed its certificate"
    } else if has("certificate") {
        "its certificate is not one that can be trusted"
    } else {
        "it does not speak the encryption that we need"
    }
}

/// The innermost cause, which is the one that tells a developer something.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words = cause.to_string();
        next = cause.source();
    }
    words
}

/// The kind of the innermost error of the system.
fn io_kind(error: &reqwest::Error) -> Option<ErrorKind> {
    let mut kind = None;
    let mut next = error.source();
    while let Some(cause) = next {
        kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind).or(kind);
        next = cause.source();
    }
    kind
}
