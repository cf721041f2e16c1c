//! Any `Retry-After`: what is waited for is never longer than a person is left without a word.

use std::time::Duration;

use super::{Headers, HttpError, Response, retry_after, wait};
use crate::domain::time::{Clock, Moment};

/// The first line is the value of `Retry-After`, the second one that of `Date`.
pub(crate) fn retry_after_any(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines().map(str::to_owned);
    let named = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), value));
    let headers = Headers(
        [named("retry-after", lines.next()), named("date", lines.next())].into_iter().flatten().collect(),
    );
    let clock = Clock::fixed(Moment::from_millis(1_795_424_400_000));
    let stated = retry_after(&headers, &clock);
    let outcome: Result<Response, HttpError> = Ok(Response {
        status: 429,
        headers,
        body: Vec::new(),
        request_id: String::new(),
        sent: super::Sent::default(),
    });
    let mut waits = wait::Waits::new(wait::FIRST);
    let mut total = Duration::ZERO;
    let mut repeats = 0;
    while let Some(wait) = waits.next(&outcome, &clock) {
        assert!(stated.is_none_or(|stated| stated == wait), "a stated wait is kept to");
        total += wait;
        repeats += 1;
        assert!(repeats <= 3 && total <= Duration::from_mins(3), "{repeats} repeats, {total:?}");
    }
    // What a screen makes of it.
    let until = clock.now().plus(stated.unwrap_or_default());
    assert!(until >= clock.now(), "time does not run backwards");
}
