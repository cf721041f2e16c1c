//! A request and its answer, whose `Debug` shows no secret.

use std::{fmt, time::Duration};

use crate::domain::time::Clock;

use super::{Sent, retry_after};

/// Request method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes something, or asks with a body.
    Post,
    /// Changes something.
    Patch,
}

/// One request.
#[derive(Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The address as the protocol knows it, before any mapping.
    pub url: url::Url,
    /// Headers besides `Host`, `User-Agent` and `client-request-id`.
    pub headers: Vec<(&'static str, String)>,
    /// Content type and body.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// How long one attempt may take, from opening the connection to the last byte. Where it is safe to repeat, the first
    /// attempt is given up after half of it without a byte.
    pub deadline: Duration,
    /// Largest body taken, in bytes.
    pub max_body_bytes: usize,
    /// Whether sending it twice does no harm; only then is it repeated.
    pub is_safe_to_repeat: bool,
}

impl fmt::Debug for Call {
    /// Headers and body may hold secrets, and so may the query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}{}", self.method, self.url.origin().ascii_serialization(), self.url.path())
    }
}

/// Headers of an answer, names in lower case, in the order they came.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value under this lower-case name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All values under this lower-case name.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Headers {
    /// The names only: cookies and challenges are for their owner.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What came back, whatever its status.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Headers,
    /// The whole body.
    pub body: Vec<u8>,
    /// The `client-request-id` that we sent, for support.
    pub request_id: String,
    /// What of the request is secret: no id of the answer may hold it.
    pub sent: Sent,
}

impl fmt::Debug for Response {
    /// The body may be a token, or people's names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Response {
    /// Whether a page for people came back.
    #[must_use]
    pub fn is_page(&self) -> bool {
        let says = self.headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
        let start = self.body.get(..self.body.len().min(256)).unwrap_or_default();
        let start = String::from_utf8_lossy(start).to_lowercase();
        says.contains("html") || start.contains("<html") || start.contains("<!doctype html")
    }

    /// How long the server asks us to stay away, in seconds or as a date.
    #[must_use]
    pub fn retry_after(&self, clock: &Clock) -> Option<Duration> {
        retry_after(&self.headers, clock)
    }

    /// Whether a rest is all that it says: how long is stated then, and its body says no more.
    #[must_use]
    pub fn is_rest(&self, clock: &Clock) -> bool {
        matches!(self.status, 429 | 503 | 504) && self.retry_after(clock).is_some()
    }
}
