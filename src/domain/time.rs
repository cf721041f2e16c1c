//! Moments, and the clock as a value: nothing below `runner/clock.rs` reads the time by itself.

use std::{fmt, sync::Arc, time::Duration};

/// Milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Moment(i64);

impl Moment {
    /// Makes a moment from milliseconds since 1970 UTC.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970 UTC.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment that lies `by` later; stops at the end of time.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment that lies `by` earlier; stops at the beginning of time.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whether this lies so far ahead that nothing can have happened then.
    #[must_use]
    pub fn is_ahead_of(self, now: Self, tolerance: Duration) -> bool {
        self > now.plus(tolerance)
    }

    /// Parses an RFC 3339 time as Graph writes it (`2026-03-04T09:20:11.0412Z`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC, to the second: for logs, JSON and the audit, not for screens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0.div_euclid(1_000)) {
            Ok(t) => write!(f, "{t}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// A duration as people say it: "7 s", "2 min 40 s", "1 h 5 min".
#[must_use]
pub fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// How far a clock may be off before it matters (product.md rule 21), where settings say nothing.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// Tells the time; made in `runner/clock.rs`, moved by tests and by `--clock` in the sandbox.
#[derive(Clone)]
pub struct Clock {
    tell: Arc<dyn Fn() -> Moment + Send + Sync>,
    tolerance: Duration,
}

impl Clock {
    /// Wraps a function that tells the time.
    pub fn new(tell: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self { tell: Arc::new(tell), tolerance: TOLERANCE }
    }

    /// The same clock with another tolerance.
    #[must_use]
    pub fn within(self, tolerance: Duration) -> Self {
        Self { tolerance, ..self }
    }

    /// How far it may be off before it matters.
    #[must_use]
    pub const fn tolerance(&self) -> Duration {
        self.tolerance
    }

    /// A clock that stands still, for tests.
    #[must_use]
    pub fn fixed(at: Moment) -> Self {
        Self::new(move || at)
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Moment {
        (self.tell)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (160, "2 min 40 s"),
            (3_600, "1 h"),
            (3_900, "1 h 5 min"),
        ] {
            assert_eq!(in_words(Duration::from_secs(seconds)), words);
        }
    }
}
