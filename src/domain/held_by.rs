//! Who has a run, and who asks for it. Pure.

use super::{sydney::clock_in_words, text::Text, time::Moment};

/// Who has a run, or had it last: one at a time works in it, the others watch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldBy {
    /// Grows by one each time the run is taken; a write with an older one is refused. From 1; 0: who it is is not on record
    /// yet.
    pub number: u32,
    /// The operator.
    pub by: Text,
    /// Their computer.
    pub host: Text,
    /// Since when.
    pub since: Moment,
}

impl HeldBy {
    /// Somebody who took it a moment ago and is not on record yet.
    #[must_use]
    pub fn somebody(since: Moment) -> Self {
        Self { number: 0, by: "Somebody".into(), host: "another computer".into(), since }
    }

    /// "ann has this run on desk-1 since 10:42 UTC", without a full stop; `here` is the zone by whose clocks times are told.
    #[must_use]
    pub fn has(&self, what: &str, now: Moment, here: &str) -> Text {
        let Self { by, host, since, .. } = self;
        Text::of(format_args!("{by} has {what} on {host} since {}", clock_in_words(*since, now, here)))
    }

    /// The same behind the name of a run: "open with ann on desk-1 since 10:42 UTC".
    #[must_use]
    pub fn open_with(&self, now: Moment, here: &str) -> Text {
        let Self { by, host, since, .. } = self;
        Text::of(format_args!("open with {by} on {host} since {}", clock_in_words(*since, now, here)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_run_is_said_with_place_and_time() {
        let [since, now] =
            ["2026-11-23T10:42:00Z", "2026-11-23T11:00:00Z"].map(|at| Moment::parse(at).unwrap());
        let ann = HeldBy { number: 3, by: "ann".into(), host: "desk-1".into(), since };
        assert_eq!(ann.has("this run", now, "UTC").as_str(), "ann has this run on desk-1 since 10:42 UTC");
        assert_eq!(ann.open_with(now, "UTC").as_str(), "open with ann on desk-1 since 10:42 UTC");
    }
}
