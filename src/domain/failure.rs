//! Any call's bad news as plain data: what was tried, what happened, what to do next.

use std::time::Duration;

use super::text::Text;

/// What kind of bad news it is; decides which ways on are offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// The other side said no: rights, consent, wrong password.
    Refused,
    /// The thing asked for does not exist.
    NotFound,
    /// Too many requests; `retry_after` says when to come back.
    Throttled,
    /// No answer: name, network, TLS, time-out. A retry may help.
    Unreachable,
    /// An answer that makes no sense.
    Malformed,
    /// The customer's seats are used up.
    NoSeats,
    /// Somebody else holds or changed it.
    Conflict,
    /// The record on this computer: locked, full, read-only, damaged.
    Record,
    /// Our own fault.
    Internal,
}

/// Bad news for a person; errors for code stay below.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What kind of bad news.
    pub kind: FailureKind,
    /// What was tried and what happened, lower case start, no full stop.
    pub what: Text,
    /// What to do next, a sentence.
    pub hint: Text,
    /// The code that Microsoft or Exchange gave (`90002`, `ErrorImpersonateUserDenied`), for *explain*.
    pub code: Option<Text>,
    /// Ids that Microsoft's support asks for (request, correlation, trace).
    pub reference: Option<Text>,
    /// When a retry makes sense.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// Bad news with words and a hint.
    #[must_use]
    pub fn new(kind: FailureKind, what: impl Into<Text>, hint: impl Into<Text>) -> Self {
        Self { kind, what: what.into(), hint: hint.into(), code: None, reference: None, retry_after: None }
    }

    /// Adds the code that the other side gave.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(Text::clean(code));
        self
    }

    /// Adds the ids that support asks for.
    #[must_use]
    pub fn with_reference(mut self, reference: &str) -> Self {
        self.reference = Some(Text::clean(reference));
        self
    }

    /// Says when a retry makes sense.
    #[must_use]
    pub const fn retry_in(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}
