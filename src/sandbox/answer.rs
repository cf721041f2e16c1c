//! A request as the parts of the sandbox see it, and the answer that they give.
//!
//! Made by the server for each HTTP request; an [`Answer`] goes back to it and becomes the HTTP response.

use axum::http::HeaderMap;
use jiff::Timestamp;
use maud::Markup;
use serde_json::Value;
use uuid::Uuid;

use super::{cloud::Cloud, platform::Loss};

/// One HTTP request, taken apart.
pub(super) struct Ask {
    /// `GET`, `POST` …
    pub(super) method: String,
    /// Path, percent-decoded by segment users, never decoded here.
    pub(super) path: String,
    /// Query string as it came, without the question mark.
    pub(super) query: String,
    /// Request headers.
    pub(super) headers: HeaderMap,
    /// Whole body.
    pub(super) body: Vec<u8>,
    /// Where links lead.
    pub(super) links: Links,
}

/// Origins of what the sandbox plays, as links and issuers name them: whoever asked by an address of the sandbox's own
/// stays there.
#[derive(Clone)]
pub(super) struct Links {
    /// The identity platform.
    pub(super) login: String,
    /// Graph.
    pub(super) graph: String,
    /// Whether both are an address of the sandbox's own.
    pub(super) is_own: bool,
}

impl Links {
    /// Microsoft's own hosts, of one of its clouds.
    pub(super) fn of(cloud: &Cloud) -> Self {
        let origin = |host: &str| format!("https://{host}");
        Self { login: origin(cloud.login), graph: origin(cloud.graph), is_own: false }
    }

    /// An address of the sandbox's own, as an origin.
    pub(super) fn own(origin: &str) -> Self {
        Self { login: origin.to_owned(), graph: origin.to_owned(), is_own: true }
    }
}

impl Ask {
    /// A header as text; empty where it is missing or no text.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The query's pairs, decoded.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The body's pairs, where the body is a form.
    pub(super) fn form(&self) -> Option<Vec<(String, String)>> {
        self.header("content-type")
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
            .then(|| url::form_urlencoded::parse(&self.body).into_owned().collect())
    }

    /// Path segments, percent-decoded, empty ones dropped.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect()
    }
}

/// The first value of a name.
pub(super) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Where a connection ends before its answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Not one byte is sent.
    AtOnce,
    /// About half of the body is sent.
    Halfway,
}

/// One HTTP answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// HTTP status.
    pub(super) status: u16,
    /// Headers beside `Content-Length` and `Date`.
    pub(super) headers: Vec<(&'static str, String)>,
    /// Whole body.
    pub(super) body: Vec<u8>,
    /// Whether the connection breaks.
    pub(super) cut: Option<Cut>,
}

impl Answer {
    /// An answer with a type and a body.
    pub(super) fn new(status: u16, kind: &str, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body, cut: None }
    }

    /// JSON as the identity platform sends it.
    pub(super) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", value.to_string().into_bytes())
    }

    /// A page for people. Nothing of it may be kept by the browser, run as a script or shown in a frame.
    pub(super) fn page(status: u16, page: Markup) -> Self {
        Self::new(status, "text/html; charset=utf-8", page.into_string().into_bytes())
            .with("cache-control", "no-store")
            .with(
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
            )
            .with("referrer-policy", "no-referrer")
    }

    /// `302 Found`.
    pub(super) fn redirect(location: &str) -> Self {
        Self::new(302, "text/html; charset=utf-8", Vec::new()).with("location", location)
    }

    /// One more header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The connection breaks.
    pub(super) fn cut(mut self, cut: Cut) -> Self {
        self.cut = Some(cut);
        self
    }

    /// The connection breaks where it is lost; an answer that breaks by itself stays as it is.
    pub(super) fn lost(mut self, loss: Option<Loss>) -> Self {
        self.cut = self.cut.or(loss.map(Loss::cut));
        self
    }
}

/// A moment as the identity platform writes it: `2026-03-04 09:15:27Z`. Input: milliseconds since 1970 UTC.
pub(super) fn stamp(now: i64) -> String {
    moment(now).strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A moment as Graph writes it: `2026-03-04T09:15:27Z`. Input: milliseconds since 1970 UTC.
pub(super) fn instant(now: i64) -> String {
    moment(now).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Milliseconds since 1970 UTC; what lies outside the calendar is 1970.
fn moment(now: i64) -> Timestamp {
    Timestamp::from_millisecond(now).unwrap_or_default()
}

/// A fresh random id as text.
pub(super) fn fresh() -> String {
    Uuid::new_v4().to_string()
}

/// The ids and time that every error of the identity platform carries.
pub(super) struct Mark {
    /// `Trace ID`, made for this answer.
    pub(super) trace: String,
    /// `Correlation ID`: the request's `client-request-id`, or fresh.
    pub(super) correlation: String,
    /// `Timestamp`.
    pub(super) timestamp: String,
}

impl Mark {
    /// Marks an answer to `ask` at `now`, milliseconds since 1970 UTC.
    pub(super) fn of(ask: &Ask, now: i64) -> Self {
        let correlation =
            Uuid::parse_str(ask.header("client-request-id")).map_or_else(|_| fresh(), |id| id.to_string());
        Self { trace: fresh(), correlation, timestamp: stamp(now) }
    }

    /// `AADSTS<code>: <text>` with its three lines.
    pub(super) fn describe(&self, code: u32, text: &str) -> String {
        format!(
            "AADSTS{code}: {text}\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
            self.trace, self.correlation, self.timestamp
        )
    }

    /// The JSON error of the token and discovery endpoints.
    pub(super) fn error(&self, status: u16, error: &str, code: u32, text: &str) -> Answer {
        Answer::json(
            status,
            &serde_json::json!({
                "error": error,
                "error_description": self.describe(code, text),
                "error_codes": [code],
                "timestamp": self.timestamp,
                "trace_id": self.trace,
                "correlation_id": self.correlation,
                "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
            }),
        )
        .with("cache-control", "no-store, no-cache")
        .with("x-ms-request-id", self.trace.clone())
    }
}
