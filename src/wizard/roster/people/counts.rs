//! What the screen counts: kept with every change, and not recounted for a view.

use crate::domain::{bill::size, user::Kind};

use super::{super::ticks::Ticks, People};

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
    /// Exchange has not said yet what their mailboxes are.
    pub(crate) unchecked: u32,
    /// On: an active seat.
    pub(crate) protected: u32,
    /// Active seats of this product, those of users who are not listed included.
    pub(crate) seats: u32,
}

impl People {
    /// The counts.
    pub(crate) const fn counts(&self) -> Counts {
        self.counts
    }

    /// Brings eligibility, ticks and counts up to date.
    pub(in super::super) fn settle(&mut self) {
        let may = |kind: &Kind| self.is_known && self.facts.kinds.allows(*kind);
        let allowed: Vec<Kind> = Kind::ALL.into_iter().filter(may).collect();
        let mut counts = Counts { seats: size(self.seats_ahead.len()), ..Counts::default() };
        for at in 0..self.pages.words() {
            let (live, on, shown) = (self.live.word(at), self.on.word(at), self.shown.word(at));
            let listed = live & !self.unlisted.word(at);
            let eligible = listed & self.free(at) & !self.problem.word(at) & self.in_kinds(&allowed, at);
            let ticked = eligible & self.meant(at);
            self.eligible.put_word(at, eligible);
            self.ticked.put_word(at, ticked);
            counts.listed += ones(listed);
            counts.eligible += ones(eligible);
            counts.these += ones(eligible & shown);
            counts.ticked += ones(ticked);
            counts.outside += ones(ticked & !shown);
            counts.excluded += ones(live & self.excluded.rows.word(at));
            counts.unchecked += ones(listed & self.in_kinds(&[Kind::NotKnownYet], at));
            counts.protected += ones(listed & on);
            counts.seats += ones(live & on);
        }
        self.counts = counts;
        self.schedule = self.scheduled();
    }

    /// Brings ticks and their counts up to date in 64 rows, where nothing else has changed: a key that ticks one user of half
    /// a million must not count the others.
    pub(super) fn settle_ticks(&mut self, at: usize) {
        let (before, shown) = (self.ticked.word(at), self.shown.word(at));
        let ticked = self.eligible.word(at) & self.meant(at);
        self.ticked.put_word(at, ticked);
        let counts = &mut self.counts;
        counts.ticked = counts.ticked + ones(ticked) - ones(before);
        counts.outside = counts.outside + ones(ticked & !shown) - ones(before & !shown);
    }

    /// The same in all rows, where nobody is excepted: everybody who may be is ticked, or nobody.
    pub(super) fn settle_all_ticks(&mut self) {
        self.ticked = if self.all { self.eligible.clone() } else { Ticks::default() };
        let counts = &mut self.counts;
        (counts.ticked, counts.outside) =
            if self.all { (counts.eligible, counts.eligible - counts.these) } else { (0, 0) };
    }

    /// 64 rows that are ticked as far as they may be.
    fn meant(&self, at: usize) -> u64 {
        let exceptions = self.exceptions.rows.word(at);
        if self.all { !exceptions } else { exceptions }
    }
}

/// How many rows are in a word: nearly all words are of nobody, and counting takes longer than looking.
const fn ones(word: u64) -> u32 {
    if word == 0 { 0 } else { word.count_ones() }
}
