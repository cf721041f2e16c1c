//! By how much the clocks of servers differ from this computer's, by the `Date` of their last answers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use crate::domain::{lock::lock, time::Moment};

/// A clock that went by this much more or less than time did was set since, or the computer slept: what was seen before
/// says nothing about it any more. A guess; the small steps of a time service stay below.
const SET: Duration = Duration::from_mins(1);

/// What was seen of a host's last answer.
#[derive(Clone, Copy, Debug)]
struct Gap {
    millis: i64,
    /// By this computer's clock.
    at: Moment,
    /// By time itself.
    seen: Instant,
}

/// The gaps of all hosts; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps(Arc<Mutex<BTreeMap<String, Gap>>>);

impl Gaps {
    /// Notes the `Date` of an answer that came now.
    pub(super) fn note(&self, host: String, date: Moment, now: Moment) {
        let millis = date.as_millis().saturating_sub(now.as_millis());
        lock(&self.0).insert(host, Gap { millis, at: now, seen: Instant::now() });
    }

    /// Milliseconds by which a host's clock is ahead of this computer's; none before an answer, and once this computer's was
    /// set: a gap is never held against a clock that it was not seen of.
    pub(super) fn of(&self, host: &str, now: Moment) -> Option<i64> {
        let gap = lock(&self.0).get(host).copied()?;
        let passed = i64::try_from(gap.seen.elapsed().as_millis()).unwrap_or(i64::MAX);
        let by_clock = now.as_millis().saturating_sub(gap.at.as_millis());
        let moved = by_clock.saturating_sub(passed).unsigned_abs();
        (Duration::from_millis(moved) <= SET).then_some(gap.millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_forgotten_once_the_clock_was_set_and_replaced_by_the_next_answer() {
        let (gaps, hour) = (Gaps::default(), Duration::from_hours(1));
        let (date, fast) = (Moment::from_millis(0), Moment::from_millis(0).plus(hour));
        assert_eq!(gaps.of("a", fast), None);
        gaps.note("a".into(), date, fast);
        assert_eq!(gaps.of("a", fast), Some(-3_600_000));
        assert_eq!(gaps.of("a", fast.plus(Duration::from_secs(20))), Some(-3_600_000));
        assert_eq!(gaps.of("a", date), None, "set right meanwhile");
        assert_eq!(gaps.of("a", fast.plus(hour)), None, "set again");
        gaps.note("a".into(), date, date);
        assert_eq!(gaps.of("a", date), Some(0));
    }
}
