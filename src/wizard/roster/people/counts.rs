//! What the screen counts: kept with every change, and not recounted for a view.

use crate::domain::user::Kind;

use super::People;

/// Counts on the screen; all of listed users unless said otherwise. Kept and not recounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Users listed; each once.
    pub(crate) listed: u32,
    /// Kind included, not excluded, no problem, not on.
    pub(crate) eligible: u32,
    /// Eligible and shown: what *These* ticks.
    pub(crate) these: u32,
    /// Eligible and ticked: turned on at Apply.
    pub(crate) ticked: u32,
    /// Ticked, but not shown by the filter.
    pub(crate) outside: u32,
    /// Excluded.
    pub(crate) excluded: u32,
    /// On: an active seat.
    pub(crate) protected: u32,
    /// Active seats of this product, those of users who are not listed included.
    pub(crate) seats: u32,
}

impl People {
    /// The counts.
    pub(crate) fn counts(&self) -> Counts {
        let ahead = u32::try_from(self.seats_ahead.len()).unwrap_or(u32::MAX);
        Counts { seats: self.counts.seats.saturating_add(ahead), ..self.counts }
    }

    /// Brings eligibility, ticks and counts up to date.
    pub(in super::super) fn settle(&mut self) {
        let may = |kind: &Kind| self.is_known && self.facts.kinds.allows(*kind);
        let allowed: Vec<Kind> = Kind::ALL.into_iter().filter(may).collect();
        let mut counts = Counts::default();
        for at in 0..self.pages.words() {
            let (live, on, excluded) = (self.live.word(at), self.on.word(at), self.excluded.word(at));
            let (shown, listed) = (self.shown.word(at), live & !self.unlisted.word(at));
            let free = listed & !on & !excluded & !self.problem.word(at);
            let eligible = free & self.in_kinds(&allowed, at);
            let exceptions = self.exceptions.word(at);
            let ticked = eligible & if self.all { !exceptions } else { exceptions };
            self.eligible.put_word(at, eligible);
            self.ticked.put_word(at, ticked);
            counts.listed += listed.count_ones();
            counts.eligible += eligible.count_ones();
            counts.these += (eligible & shown).count_ones();
            counts.ticked += ticked.count_ones();
            counts.outside += (ticked & !shown).count_ones();
            counts.excluded += (live & excluded).count_ones();
            counts.protected += (listed & on).count_ones();
            counts.seats += (live & on).count_ones();
        }
        self.counts = counts;
        self.schedule = self.scheduled();
    }
}
