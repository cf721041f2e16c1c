//! When to ask again: which outcomes are worth it, how often, and after how long (reference, section 10.4).

use std::time::Duration;

use super::{Call, Headers, HttpError, Response};
use crate::domain::time::{Clock, Moment};

/// First wait where the server states none; the SDKs' number.
pub(super) const FIRST: Duration = Duration::from_secs(3);

/// Longest single wait, and longest sum of waits: beyond it the person sees the countdown instead.
const MOST: Duration = Duration::from_mins(3);

/// Repeats after 429, 503, 504, and 509 (Graph's limit of bandwidth); the SDKs' default.
const REPEATS: u32 = 3;

/// Repeats after what may be a fault of the moment: 500, 502, a connection that did not open.
const FEW: u32 = 2;

/// Repeats after an answer that was cut off. A guess, for a bad line: where every second connection breaks, one call of
/// thirty still fails.
const MANY: u32 = 4;

/// Part of the first wait after which a broken connection is tried again. The server asked for no rest, and most often
/// the connection had only been kept for too long; three seconds would be felt for nothing.
const SOON: u32 = 10;

/// The waits of one call.
pub(super) struct Waits {
    first: Duration,
    taken: u32,
    total: Duration,
    /// Whether the one repeat of what is tried once more is taken.
    is_spent: bool,
}

/// How often an outcome may be tried again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    /// So often in all.
    Few(u32),
    /// Once more, however often there were others.
    Once,
}

impl Waits {
    /// No wait yet.
    pub(super) const fn new(first: Duration) -> Self {
        Self { first, taken: 0, total: Duration::ZERO, is_spent: false }
    }

    /// How many repeats there were.
    pub(super) const fn taken(&self) -> u32 {
        self.taken
    }

    /// How long the next attempt waits for the next byte: a read that hangs is most often a connection that died, and the
    /// second one, which has the whole deadline, comes before the first would have ended.
    pub(super) fn patience(&self, call: &Call) -> Duration {
        if call.is_safe_to_repeat && !self.is_spent { call.deadline / 2 } else { call.deadline }
    }

    /// How long to wait before the next attempt; none when it is not worth one, or would take too long.
    pub(super) fn next(&mut self, outcome: &Result<Response, HttpError>, clock: &Clock) -> Option<Duration> {
        let repeats = repeats(outcome);
        let is_over = match repeats {
            Repeats::Few(most) => self.taken >= most,
            Repeats::Once => self.is_spent,
        };
        if is_over {
            return None;
        }
        let stated = outcome.as_ref().ok().and_then(|answer| retry_after(&answer.headers, clock));
        let first = if is_line(outcome) { self.first / SOON } else { self.first };
        let wait = stated.unwrap_or_else(|| backoff(first, MOST, self.taken, rand::random()));
        let total = self.total.saturating_add(wait);
        if total > MOST {
            return None;
        }
        self.is_spent |= repeats == Repeats::Once;
        self.taken += 1;
        self.total = total;
        Some(wait)
    }
}

/// The first wait doubled per repeat that there was, up to the longest, with up to half as much again (`jitter`, 0 to 1)
/// so that clients do not march in step.
pub(in crate::provider) fn backoff(
    first: Duration,
    longest: Duration,
    repeats: u32,
    jitter: f64,
) -> Duration {
    let plain = first.saturating_mul(2_u32.saturating_pow(repeats)).min(longest);
    plain.saturating_add(plain.mul_f64(jitter.clamp(0.0, 1.0) / 2.0)).min(longest)
}

/// How often an outcome may be tried again.
///
/// Only calls that are safe to repeat come here, whatever their method: asking for a token is a POST, and so is a batch of
/// reads.
fn repeats(outcome: &Result<Response, HttpError>) -> Repeats {
    match outcome {
        Ok(answer) => match answer.status {
            429 | 503 | 504 | 509 => Repeats::Few(REPEATS),
            500 | 502 => Repeats::Few(FEW),
            // Taken back as soon as whoever else was at it has finished.
            408 | 409 | 412 | 423 | 425 => Repeats::Once,
            _ => Repeats::Few(0),
        },
        Err(HttpError::CutOff { .. }) => Repeats::Few(MANY),
        Err(
            HttpError::TimedOut { is_connect: true, .. }
            | HttpError::Unreachable { .. }
            | HttpError::UnknownName { .. },
        ) => Repeats::Few(FEW),
        Err(HttpError::Proxy { trouble, .. }) if trouble.may_pass() => Repeats::Few(FEW),
        Err(HttpError::TimedOut { .. }) => Repeats::Once,
        Err(_) => Repeats::Few(0),
    }
}

/// Whether it is the line that broke, and not the server that asks for a rest.
const fn is_line(outcome: &Result<Response, HttpError>) -> bool {
    matches!(
        outcome,
        Err(HttpError::CutOff { .. }
            | HttpError::Unreachable { .. }
            | HttpError::UnknownName { .. }
            | HttpError::Proxy { .. }
            | HttpError::TimedOut { is_connect: false, .. })
    )
}

/// The wait that a server states: seconds, or a date in the form of HTTP (RFC 9110 section 10.2.3).
///
/// A date is measured against the answer's own `Date` where there is one, so a wrong clock here does not matter.
#[must_use]
pub fn retry_after(headers: &Headers, clock: &Clock) -> Option<Duration> {
    let value = headers.get("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let now = headers.get("date").and_then(http_date).unwrap_or_else(|| clock.now());
    Some(http_date(value)?.since(now))
}

/// Reads an HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`); the two obsolete forms are not sent by anyone we talk to.
pub(super) fn http_date(text: &str) -> Option<Moment> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    Some(Moment::from_millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{ProxyName, ProxyTrouble, TlsTrouble},
        *,
    };

    fn clock() -> Clock {
        Clock::fixed(Moment::parse("1994-11-06T08:49:00Z").unwrap())
    }

    fn headers(pairs: &[(&str, &str)]) -> Headers {
        Headers(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    fn answer(status: u16, wait: &str) -> Response {
        let headers = headers(&[("retry-after", wait)]);
        Response {
            status,
            headers,
            body: Vec::new(),
            request_id: String::new(),
            sent: crate::provider::http::Sent::default(),
        }
    }

    #[test]
    fn a_stated_wait_is_read_in_both_forms() {
        let seconds = |pairs: &[(&str, &str)]| retry_after(&headers(pairs), &clock()).map(|d| d.as_secs());
        assert_eq!(seconds(&[("retry-after", "10")]), Some(10));
        assert_eq!(seconds(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(37));
        let skewed =
            [("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "Sun, 06 Nov 1994 08:49:30 GMT")];
        assert_eq!(seconds(&skewed), Some(7));
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
        assert_eq!(seconds(&[("retry-after", "-1")]), None);
        assert_eq!(seconds(&[]), None);
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        let timed_out =
            |is_connect| Err(HttpError::TimedOut { host: "h".into(), after: Duration::ZERO, is_connect });
        let cut_off = || Err(HttpError::CutOff { host: "h".into(), detail: "" });
        let name = ProxyName { place: "p.example:80".into(), variable: "HTTPS_PROXY", has_sign_in: false };
        let name = Box::new(name);
        let proxy = |trouble| {
            Err::<Response, _>(HttpError::Proxy {
                host: "h".into(),
                proxy: name.clone(),
                trouble: Box::new(trouble),
            })
        };
        for (name, outcome, expected) in [
            ("throttled", Ok(answer(429, "")), 3),
            ("unavailable", Ok(answer(503, "")), 3),
            ("gateway", Ok(answer(504, "")), 3),
            ("broken", Ok(answer(500, "")), 2),
            ("broken gateway", Ok(answer(502, "")), 2),
            ("too much at once", Ok(answer(509, "")), 3),
            ("fine", Ok(answer(200, "")), 0),
            ("refused", Ok(answer(403, "")), 0),
            ("no connection in time", timed_out(true), 2),
            ("no answer in time", timed_out(false), 1),
            ("no token in time", timed_out(false), 1),
            ("in the way of another", Ok(answer(409, "")), 1),
            ("changed meanwhile", Ok(answer(412, "")), 1),
            ("locked", Ok(answer(423, "")), 1),
            ("cut off", cut_off(), 4),
            ("cut off while asking for a token", cut_off(), 4),
            ("nobody there", Err(HttpError::Unreachable { host: "h".into(), detail: "" }), 2),
            ("no name", Err(HttpError::UnknownName { host: "h".into() }), 2),
            ("no proxy", proxy(ProxyTrouble::Unreachable("")), 2),
            ("no way of the proxy", proxy(ProxyTrouble::NoWay), 2),
            ("refused by the proxy", proxy(ProxyTrouble::SignIn), 0),
            ("no trust", Err(HttpError::Tls { host: "h".into(), trouble: Box::new(TlsTrouble::NoTls) }), 0),
        ] {
            let mut waits = Waits::new(Duration::from_millis(1));
            let mut count = 0;
            while waits.next(&outcome, &clock()).is_some() {
                count += 1;
            }
            assert_eq!(count, expected, "{name}");
        }
    }

    #[test]
    fn waits_double_and_never_add_up_to_more_than_three_minutes() {
        assert_eq!(backoff(FIRST, MOST, 0, 0.0), FIRST);
        assert_eq!(backoff(FIRST, MOST, 0, 1.0), FIRST + FIRST / 2);
        assert_eq!(backoff(FIRST, MOST, 2, 0.0), FIRST * 4);
        assert_eq!(backoff(FIRST, MOST, 9, 1.0), MOST);
        let mut waits = Waits::new(FIRST);
        assert_eq!(waits.next(&Ok(answer(429, "100")), &clock()).unwrap().as_secs(), 100);
        assert_eq!(waits.next(&Ok(answer(429, "100")), &clock()), None);
        let mut waits = Waits::new(FIRST);
        assert_eq!(waits.next(&Ok(answer(429, "315")), &clock()), None);
    }

    #[test]
    fn a_broken_line_is_tried_again_soon_and_for_some_seconds_only() {
        let cut_off = Err(HttpError::CutOff { host: "h".into(), detail: "" });
        let mut waits = Waits::new(FIRST);
        let mut each = Vec::new();
        while let Some(wait) = waits.next(&cut_off, &clock()) {
            each.push(wait);
        }
        assert!(each[0] >= FIRST / 10 && each[0] <= FIRST / 10 * 3 / 2, "{each:?}");
        let total: Duration = each.iter().sum();
        assert!(total >= FIRST * 3 / 2 && total <= FIRST * 9 / 4, "{each:?}");
    }
}
