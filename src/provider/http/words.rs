//! What keeps a request from its answer, in words that a person understands. The libraries' own go into the log.
//!
//! Triggered by every exchange that fails below HTTP. Nothing of it is for code: that asks the error's kind.

use std::{error::Error, io};

use super::{ProxyTrouble, Stranger};

/// What helps where a proxy's address can't be read.
pub const BAD_PROXY: &str = "Write it like http://proxy.example:8080, with http, https, socks5 or socks5h; signs in a user \
                             name or password, like @ : / #, are written as %40 %3A %2F %23. Or unset the variable.";

/// What helps where nobody is trusted.
pub const NO_ROOTS: &str = "Install the certificates of the authorities (the package is mostly called ca-certificates), or \
                            name a file that holds some with SSL_CERT_FILE.";

impl ProxyTrouble {
    /// What helps. The proxy is named in what happened, with its variable.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::UnknownName => {
                "Check the proxy's name in that variable for a typing mistake, then the network here."
            }
            Self::Unreachable(_) | Self::Late => {
                "Check the proxy's place in that variable, or ask whoever runs the proxy."
            }
            Self::Tls(_) => {
                "Ask whoever runs the proxy. If it speaks no TLS itself, its address begins with http://; if its \
                 certificate comes from an authority of your own, name the file of that one's with SSL_CERT_FILE."
            }
            Self::SignIn => {
                "Write both into the proxy's address in that variable, like http://USER:PASSWORD@proxy.example:8080 \
                 (signs like @ : / # as %40 %3A %2F %23), or ask whoever runs the proxy. Other ways to sign in to a proxy \
                 (NTLM, Kerberos) are not known here."
            }
            Self::NoWay => {
                "Ask whoever runs the proxy to let this computer through to it, port 443. What need not go through the \
                 proxy is named in NO_PROXY."
            }
        }
    }
}

impl Stranger {
    /// What helps.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Page { .. } | Self::Redirect { .. } | Self::NetworkSignIn => {
                "This network may want a sign-in first: open a web page in a browser on this computer. Else ask whoever \
                 runs it to let connections to this host through unopened."
            }
            Self::Barred => "Ask whoever runs this network to let connections to this host through.",
            Self::ProxySignIn => {
                "Ask whoever runs this network for the proxy, and name it in HTTPS_PROXY, like \
                 http://USER:PASSWORD@proxy.example:8080."
            }
        }
    }
}

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

/// The kind of the innermost error of the system.
fn kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

/// Everything that the libraries say, outermost first; no address among it.
pub(super) fn causes(error: &reqwest::Error) -> String {
    chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// An error and what caused it. What an error of the system was made from is looked into as well: asked for its source, it
/// steps over it, and the reason of a failed handshake lies just there.
pub(super) fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause| {
        let cause: &'e (dyn Error + 'static) = *cause;
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        }
    })
}
