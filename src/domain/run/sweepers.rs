//! Which computers work the sweeps of a record: any number of them.

use std::time::Duration;

use crate::domain::{bill::counted, sydney, text::Text, time::Moment, verdict::Standstill};

/// A sweeper that has not been heard of for so long has stopped: it starts every evening. A guess: one evening may be lost to
/// an update, and after three somebody should look.
const SILENT_AFTER: Duration = Duration::from_hours(3 * 24);

/// A computer that sweeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sweeper {
    /// Its name.
    pub host: Text,
    /// When its timer was installed; none: something else starts it.
    pub installed: Option<Moment>,
    /// The 20:00 of the last pass that it finished. Older than the team's where the others have left it nothing to do.
    pub last_pass: Option<Moment>,
    /// When it last began or finished one, or was installed.
    pub heard: Moment,
}

impl Sweeper {
    /// Whether it has not been heard of for days.
    #[must_use]
    pub fn is_silent(&self, now: Moment) -> bool {
        now.since(self.heard) >= SILENT_AFTER
    }

    /// That it is silent, and since when: a sentence without its full stop.
    #[must_use]
    pub fn silence(&self, now: Moment) -> Option<Text> {
        self.is_silent(now).then(|| {
            let since = sydney::stamp_in_words(self.heard, sydney::ZONE);
            Text::of(format_args!("the sweeper on {} has not been heard of since {since}", self.host))
        })
    }
}

/// What works the next passes of Enable Auto.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SweeperStatus {
    /// The computers that sweep, the one with the newest pass first.
    pub sweepers: Vec<Sweeper>,
    /// Rule 17: a rule exists and the last 20:00 has no finished pass half an hour later, by whichever sweeper.
    pub is_overdue: bool,
    /// No pass at all was finished for the last 20:00 though rules wait for it: nothing can be promised for the next one.
    pub has_stopped: bool,
}

impl SweeperStatus {
    /// The computer with the newest pass; none: no sweeper is known.
    #[must_use]
    pub fn host(&self) -> Option<&Text> {
        self.sweepers.first().map(|sweeper| &sweeper.host)
    }

    /// The 20:00 of the last finished pass of them all.
    #[must_use]
    pub fn last_pass(&self) -> Option<Moment> {
        self.sweepers.iter().filter_map(|sweeper| sweeper.last_pass).max()
    }

    /// Who will work the next pass: the computer, or how many of them. Silent ones count only where all of them are; none:
    /// there is no sweeper.
    #[must_use]
    pub fn by(&self, now: Moment) -> Option<Text> {
        let heard: Vec<&Sweeper> = self.sweepers.iter().filter(|it| !it.is_silent(now)).collect();
        let some = if heard.is_empty() { self.sweepers.iter().collect() } else { heard };
        match some.as_slice() {
            [] => None,
            [one] => Some(one.host.clone()),
            several => {
                let count = u32::try_from(several.len()).unwrap_or(u32::MAX);
                Some(Text::clean(&counted(count, "sweeper", "sweepers")))
            }
        }
    }

    /// Those that have not been heard of for days, a sentence each, without its full stop.
    pub fn silences(&self, now: Moment) -> impl Iterator<Item = (&Sweeper, Text)> {
        self.sweepers.iter().filter_map(move |sweeper| Some((sweeper, sweeper.silence(now)?)))
    }

    /// Why there will be no pass at all; none: the next 20:00 has one.
    #[must_use]
    pub const fn standstill(&self) -> Option<Standstill> {
        match (self.sweepers.is_empty(), self.has_stopped) {
            (true, _) => Some(Standstill::NoSweeper),
            (false, true) => Some(Standstill::Overdue),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
impl SweeperStatus {
    /// One computer sweeps, and is heard of forever.
    pub(crate) fn on(host: &'static str) -> Self {
        Self { sweepers: vec![Sweeper::on(host)], ..Self::default() }
    }
}

#[cfg(test)]
impl Sweeper {
    /// A computer that has finished nothing yet, and is heard of forever.
    pub(crate) fn on(host: &'static str) -> Self {
        Self { host: host.into(), installed: None, last_pass: None, heard: Moment::from_millis(i64::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    #[test]
    fn one_is_named_and_several_are_counted_but_for_those_that_are_silent() {
        let now = Moment::from_millis(10 * 24 * 3_600_000);
        let silent = Sweeper { heard: Moment::from_millis(7 * 24 * 3_600_000), ..Sweeper::on("ops-3") };
        let by = |sweepers: &[Sweeper]| {
            let status = SweeperStatus { sweepers: sweepers.to_vec(), ..SweeperStatus::default() };
            status.by(now).map(|by| by.to_string())
        };
        let (one, two) = (Sweeper::on("ops-1"), Sweeper::on("ops-2"));
        assert_eq!(by(&[]), None);
        assert_eq!(by(slice::from_ref(&one)).as_deref(), Some("ops-1"));
        assert_eq!(by(&[one.clone(), two.clone()]).as_deref(), Some("2 sweepers"));
        assert_eq!(by(&[one, silent.clone()]).as_deref(), Some("ops-1"));
        assert_eq!(by(slice::from_ref(&silent)).as_deref(), Some("ops-3"), "better than nobody");
        assert_eq!(by(&[silent.clone(), silent.clone()]).as_deref(), Some("2 sweepers"));
        let just_heard = Sweeper { heard: Moment::from_millis(7 * 24 * 3_600_000 + 1), ..two };
        assert!(silent.is_silent(now) && !just_heard.is_silent(now));
    }

    #[test]
    fn the_newest_pass_is_the_teams() {
        let at = |millis| Some(Moment::from_millis(millis));
        let mut status = SweeperStatus::on("ops-1");
        status.sweepers.push(Sweeper { last_pass: at(7), ..Sweeper::on("ops-2") });
        status.sweepers.push(Sweeper { last_pass: at(5), ..Sweeper::on("ops-3") });
        assert_eq!((status.last_pass(), status.host().map(Text::as_str)), (at(7), Some("ops-1")));
    }
}
