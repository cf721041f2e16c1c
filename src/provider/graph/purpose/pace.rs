//! When mailboxes of one organisation may be asked about: rests, and when they are too many.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    domain::{bill::counted, text::Text},
    provider::http::backoff,
};

/// Longest rest that is sat through: a server that asks for more is asked another time.
const LONGEST_REST: Duration = Duration::from_mins(15);

/// Longest rest of our own choosing, where the server states none.
const LONGEST_GUESS: Duration = Duration::from_mins(3);

/// Refusals in a row, without one mailbox between that was told, before the rest is left unchecked. A guess: it ends a
/// server that asks for no rest worth the name.
const MOST_IN_A_ROW: u32 = 60;

/// Rests in a row, added up, before the rest is left unchecked, whatever their number. A guess: somebody waits for the
/// list, and the next pass comes in a day.
const LONGEST_IN_A_ROW: Duration = Duration::from_mins(30);

/// First waits that a permission is given to arrive; 15 s with the client's own.
const SPREADING: u32 = 5;

/// The pace.
pub(super) struct Pace {
    first_wait: Duration,
    in_a_row: u32,
    /// How long it has rested in a row.
    rested: Duration,
    until: Option<Instant>,
}

impl Pace {
    /// No rest.
    pub(super) const fn new(first_wait: Duration) -> Self {
        Self { first_wait, in_a_row: 0, rested: Duration::ZERO, until: None }
    }

    /// Whether none may be sent now.
    pub(super) fn is_resting(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }

    /// Waits until the rest is over.
    pub(super) async fn rested(&self) {
        if let Some(until) = self.until {
            tokio::time::sleep_until(until).await;
        }
    }

    /// A request was answered without a 429, or a mailbox was told: whatever is refused beside it, this comes on.
    pub(super) const fn came_on(&mut self) {
        self.in_a_row = 0;
        self.rested = Duration::ZERO;
    }

    /// Parts of a request were answered 429; says why no more should be asked, where that is so.
    pub(super) fn was_throttled(&mut self, stated: Option<Duration>) -> Option<Text> {
        let wait =
            stated.unwrap_or_else(|| backoff(self.first_wait, LONGEST_GUESS, self.in_a_row, rand::random()));
        self.in_a_row += 1;
        if wait > LONGEST_REST {
            let minutes = u32::try_from(wait.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
            let minutes = counted(minutes, "minute", "minutes");
            return Some(Text::of(format_args!("Microsoft asks to wait {minutes}")));
        }
        self.rested = self.rested.saturating_add(wait);
        if self.in_a_row > MOST_IN_A_ROW || self.rested > LONGEST_IN_A_ROW {
            return Some(Text::from("Microsoft keeps asking to wait"));
        }
        self.rest(wait);
        None
    }

    /// Rests while a permission spreads, longer each time.
    pub(super) fn rest_for_spreading(&mut self, rounds: u32) {
        self.rest(backoff(self.first_wait.saturating_mul(SPREADING), LONGEST_GUESS, rounds, 0.0));
    }

    /// No request for this long; a longer rest that was asked for before stays.
    fn rest(&mut self, wait: Duration) {
        self.until = self.until.max(Some(Instant::now() + wait));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_that_nobody_sits_through_ends_the_asking_with_words() {
        let mut pace = Pace::new(Duration::from_secs(3));
        let words = pace.was_throttled(Some(Duration::from_mins(20))).unwrap();
        assert_eq!(words.as_str(), "Microsoft asks to wait 20 minutes");
        let mut pace = Pace::new(Duration::ZERO);
        let ended = (0..100).find_map(|_| pace.was_throttled(Some(Duration::ZERO)));
        assert_eq!(ended.unwrap().as_str(), "Microsoft keeps asking to wait");
    }

    #[test]
    fn rests_are_bounded_by_their_time_unless_it_comes_on() {
        let minutes = |count| Some(Duration::from_mins(count));
        let mut pace = Pace::new(Duration::from_secs(3));
        let rests = (1..100).find(|_| pace.was_throttled(minutes(10)).is_some());
        assert_eq!(rests, Some(4), "half an hour is sat through");
        let mut pace = Pace::new(Duration::from_secs(3));
        for _ in 0..100 {
            assert_eq!(pace.was_throttled(minutes(10)), None);
            pace.came_on();
        }
    }
}
