//! The only place that reads the time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::time::{Clock, Moment};

/// This computer's time.
#[must_use]
pub fn system() -> Clock {
    Clock::new(read)
}

/// A clock that starts at `start` and runs on from there: how tests and trainees reach 20:00 in the sandbox.
#[must_use]
pub fn starting_at(start: Moment) -> Clock {
    let began = read();
    Clock::new(move || start.plus(read().since(began)))
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
fn read() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
