//! Why there was no answer, sorted by what a person has to do about it.

use std::time::Duration;

use url::Url;

use super::{
    CONNECT, Call, Response, host,
    network::ProxyName,
    tls::{self, TlsTrouble},
    words,
};
use crate::domain::text::Text;

/// Why there was no answer of the server that was asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HttpError {
    /// The sandbox's table has no such origin; never repeated.
    #[error("{origin} is not part of the sandbox")]
    NotInSandbox {
        /// The origin asked for.
        origin: String,
    },
    /// A mapped origin must lead to this computer; never repeated.
    #[error("{origin} does not lead to this computer")]
    NotLoopback {
        /// Where it leads.
        origin: String,
    },
    /// The host's name is not known; a typing mistake, or no DNS here.
    #[error("the name {host} is not known")]
    UnknownName {
        /// The host asked for.
        host: String,
    },
    /// No connection; a retry may help.
    #[error("{host} can't be reached: {detail}")]
    Unreachable {
        /// The host asked for.
        host: String,
        /// What happened, in our words.
        detail: &'static str,
    },
    /// The connection ended before the whole answer was there; a retry may help.
    #[error("no whole answer came from {host}: {detail}")]
    CutOff {
        /// The host asked for.
        host: String,
        /// What happened, in our words.
        detail: &'static str,
    },
    /// No connection or no whole answer in time; a retry may help.
    #[error("{host} did not answer within {} s", after.as_secs())]
    TimedOut {
        /// The host asked for.
        host: String,
        /// How long was waited.
        after: Duration,
        /// Whether not even a connection came about.
        is_connect: bool,
    },
    /// The body is larger than the caller takes, unpacked; a retry does not help.
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge {
        /// The host asked for.
        host: String,
        /// The most that is taken, bytes.
        limit: usize,
    },
    /// The server's certificate or its TLS does not fit; a retry does not help.
    #[error("{host} offers no trustworthy connection: {trouble}")]
    Tls {
        /// The host asked for.
        host: String,
        /// What does not fit.
        trouble: Box<TlsTrouble>,
    },
    /// The proxy on the way does not lead there.
    #[error("{}", trouble.of(proxy, host))]
    Proxy {
        /// The host asked for.
        host: String,
        /// The proxy.
        proxy: Box<ProxyName>,
        /// What is wrong with it.
        trouble: Box<ProxyTrouble>,
    },
    /// Another answered in the server's place.
    #[error("{}", stranger.of(host))]
    Stranger {
        /// The host asked for.
        host: String,
        /// How it shows.
        stranger: Box<Stranger>,
    },
    /// A variable that names a proxy has a value that can't be used.
    #[error("{variable} does not hold the address of a proxy")]
    BadProxy {
        /// The variable; its value may hold a password.
        variable: &'static str,
    },
    /// There is no certificate authority that this computer trusts.
    #[error("this computer has no certificates to trust servers by{}", because(named))]
    NoRoots {
        /// The variables that say where they are; empty for the system's own.
        named: Text,
    },
    /// The request can't be made from this address, these headers, or this table; our fault.
    #[error("the request can't be made: {detail}")]
    Request {
        /// What is wrong.
        detail: String,
    },
}

/// What is wrong with a proxy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProxyTrouble {
    /// Its name is not known.
    UnknownName,
    /// No connection to it, in our words.
    Unreachable(&'static str),
    /// No connection through it in time.
    Late,
    /// Its own TLS does not fit.
    Tls(TlsTrouble),
    /// It wants a user name and a password, and has none or others.
    SignIn,
    /// It opens no way to the server.
    NoWay,
}

impl ProxyTrouble {
    /// Whether it may be over when it is tried again.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::UnknownName | Self::Unreachable(_) | Self::Late | Self::NoWay)
    }

    /// In words.
    fn of(&self, proxy: &ProxyName, host: &str) -> String {
        match self {
            Self::UnknownName => format!("the name of {proxy} is not known"),
            Self::Unreachable(detail) => format!("{proxy} can't be reached: {detail}"),
            Self::Late => format!("no connection to {host} through {proxy} came about in time"),
            Self::Tls(trouble) => format!("{proxy} offers no trustworthy connection: {trouble}"),
            Self::SignIn if proxy.has_sign_in => {
                format!("{proxy} does not accept the user name and password in its address")
            }
            Self::SignIn => format!("{proxy} wants a user name and a password"),
            Self::NoWay => format!("{proxy} opens no way to {host}"),
        }
    }
}

/// How it shows that something else answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stranger {
    /// A page for people came.
    Page {
        /// Its status.
        status: u16,
    },
    /// We are sent on, to this place.
    Redirect {
        /// Its status.
        status: u16,
        /// The place's host; may be empty.
        to: Text,
    },
    /// The network wants a sign-in (511, RFC 6585).
    NetworkSignIn,
    /// The access is barred (451, RFC 7725).
    Barred,
    /// A proxy that no variable names wants a sign-in (407).
    ProxySignIn,
}

impl Stranger {
    /// The status that it came with.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Page { status } | Self::Redirect { status, .. } => *status,
            Self::NetworkSignIn => 511,
            Self::Barred => 451,
            Self::ProxySignIn => 407,
        }
    }

    /// In words.
    fn of(&self, host: &str) -> String {
        match self {
            Self::Page { .. } => format!("a web page answered in place of {host}"),
            Self::Redirect { to, .. } if to.is_empty() => {
                format!("something in place of {host} sends us on, and {host} itself never does")
            }
            Self::Redirect { to, .. } => {
                format!("something in place of {host} sends us on to {to}, and {host} itself never does")
            }
            Self::NetworkSignIn => {
                format!("this network wants a sign-in before it lets us through to {host}")
            }
            Self::Barred => format!("the way to {host} is barred by law or by this network"),
            Self::ProxySignIn => format!("a proxy on the way to {host} wants a user name and a password"),
        }
    }
}

/// The variables, as the end of a sentence.
fn because(named: &Text) -> String {
    if named.is_empty() { String::new() } else { format!(": there are none where {named} says") }
}

/// Sorts the reasons for no answer. The address is dropped first: its query may hold a secret.
pub(super) fn no_answer(call: &Call, error: reqwest::Error, proxy: Option<Box<ProxyName>>) -> HttpError {
    let error = error.without_url();
    let host = host(call);
    if error.is_timeout() {
        let is_connect = error.is_connect();
        return match proxy.filter(|_| is_connect) {
            Some(proxy) => HttpError::Proxy { host, proxy, trouble: Box::new(ProxyTrouble::Late) },
            None => HttpError::TimedOut { host, after: CONNECT.min(call.deadline), is_connect },
        };
    }
    if error.is_builder() {
        return HttpError::Request { detail: words::unmade(&error) };
    }
    if !error.is_connect() {
        return cut_off(call, &error);
    }
    let said = words::causes(&error);
    if let Some(proxy) = proxy {
        tracing::info!(said, "no connection through a proxy");
        if let Some(trouble) = of_proxy(call, &error, &said) {
            return HttpError::Proxy { host, proxy, trouble: Box::new(trouble) };
        }
    }
    if error.is_dns() {
        return HttpError::UnknownName { host };
    }
    match tls::trouble(&error) {
        Some(trouble) => {
            tracing::warn!(said, "no trustworthy connection");
            HttpError::Tls { host, trouble: Box::new(trouble) }
        }
        None => HttpError::Unreachable { host, detail: words::unopened(&error) },
    }
}

/// What is wrong with the proxy, where it is the proxy: behind an open tunnel it is the server. The library tells by words
/// only (hyper-util's `TunnelError` and `SocksError`).
fn of_proxy(call: &Call, error: &reqwest::Error, said: &str) -> Option<ProxyTrouble> {
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    // A plain request goes to the proxy itself, without a tunnel.
    let is_plain = call.url.scheme() == "http" && !says(&["SOCKS error"]);
    if says(&["error resolving for socks proxy"]) {
        return None;
    }
    if says(&["proxy authorization required", "user/pass authentication", "credentials not accepted"]) {
        return Some(ProxyTrouble::SignIn);
    }
    if is_plain || says(&["failed to create underlying connection"]) {
        return Some(match tls::trouble(error) {
            Some(trouble) => ProxyTrouble::Tls(trouble),
            None if error.is_dns() => ProxyTrouble::UnknownName,
            None => ProxyTrouble::Unreachable(words::unopened(error)),
        });
    }
    says(&["tunnel error", "SOCKS error"]).then_some(ProxyTrouble::NoWay)
}

/// What stands between us and the server, by an answer that is never the server's own.
pub(super) fn in_between(call: &Call, status: u16, proxy: Option<Box<ProxyName>>) -> Option<HttpError> {
    let host = host(call);
    let stranger = match (status, proxy) {
        (407, Some(proxy)) => {
            return Some(HttpError::Proxy { host, proxy, trouble: Box::new(ProxyTrouble::SignIn) });
        }
        (407, None) => Stranger::ProxySignIn,
        (451, _) => Stranger::Barred,
        (511, _) => Stranger::NetworkSignIn,
        _ => return None,
    };
    Some(HttpError::Stranger { host, stranger: Box::new(stranger) })
}

/// What shows that an answer is not that of a server which answers programs only. Microsoft's own gateways answer with a
/// page when they are in trouble, or make nothing of an address (reference, section 1.4).
pub(super) fn stranger(answer: &Response) -> Option<Stranger> {
    let status = answer.status;
    match status {
        300..=399 => {
            let to = answer.headers.get("location").and_then(|to| Url::parse(to).ok());
            let to = to.as_ref().and_then(Url::host_str).map(Text::clean).unwrap_or_default();
            Some(Stranger::Redirect { status, to })
        }
        200..=299 | 401 | 403 if answer.is_page() && !begins_as_json(&answer.body) => {
            Some(Stranger::Page { status })
        }
        _ => None,
    }
}

/// Whether a body is meant for programs, whatever its head says of it.
fn begins_as_json(body: &[u8]) -> bool {
    matches!(body.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'['))
}

/// The connection ended between request and last byte.
pub(super) fn cut_off(call: &Call, error: &reqwest::Error) -> HttpError {
    HttpError::CutOff { host: host(call), detail: words::broken(error) }
}
