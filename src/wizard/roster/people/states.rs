//! Of which kind each row is and in which state: made of the bitmaps, 64 rows at once.

use crate::domain::{protection::State, user::Kind};

use super::{super::ticks::Ticks, People};

impl People {
    /// What a row is, as known now.
    pub(crate) fn kind(&self, ordinal: u32) -> Kind {
        let has = |kind: &Kind| self.of_kind(*kind).is_some_and(|rows| rows.has(ordinal));
        Kind::ALL.into_iter().find(has).unwrap_or(Kind::NotKnownYet)
    }

    /// How many listed users are of a kind.
    pub(crate) fn count_of(&self, kind: Kind) -> u32 {
        self.count(|at| self.in_kinds(&[kind], at) & self.live.word(at) & !self.unlisted.word(at))
    }

    /// How many rows are in a state.
    pub(crate) fn count_in(&self, state: State) -> u32 {
        self.count(|at| self.in_state(state, at))
    }

    /// The state of a row. Where [`People::is_known`] is false it says only what the list itself tells.
    pub(crate) fn state(&self, ordinal: u32) -> State {
        use State::{Excluded, NotIncluded, Problem, Protected, Scheduled, Stalled, TurningOn};
        let (word, bit) = (ordinal as usize / 64, ordinal % 64);
        let here = |state: &State| self.in_state(*state, word) >> bit & 1 == 1;
        let states = [Excluded, Protected, TurningOn, Problem, Scheduled, Stalled, NotIncluded];
        states.into_iter().find(here).unwrap_or(State::Off)
    }

    /// How many rows there are in words that are made of the bitmaps.
    pub(super) fn count(&self, word: impl Fn(usize) -> u64) -> u32 {
        (0..self.pages.words()).map(|at| word(at).count_ones()).sum()
    }

    /// 64 rows of some kinds at once.
    pub(in super::super) fn in_kinds(&self, kinds: &[Kind], word: usize) -> u64 {
        let rows = kinds.iter().filter_map(|kind| self.of_kind(*kind));
        rows.fold(0, |mask, rows| mask | rows.word(word))
    }

    /// 64 rows in a state at once: one state per row, but who is excluded and on is in both, and so is a protected user with
    /// whose backup there is a problem.
    pub(in super::super) fn in_state(&self, state: State, word: usize) -> u64 {
        let (on, excluded) = (self.on.word(word), self.excluded.rows.word(word));
        let free = self.free(word);
        let known = if self.is_known { u64::MAX } else { 0 };
        let turning = free & self.turning.word(word);
        let off = free & !turning & self.eligible.word(word);
        // All of them together: a pass that can't turn all on turns nobody on.
        let of_rule = |is_stalled| match self.schedule {
            Some(schedule) if schedule.standstill.is_some() == is_stalled => off,
            _ => 0,
        };
        let problem = free & !turning & self.problem.word(word);
        match state {
            State::Protected => self.live.word(word) & on,
            State::Excluded => self.live.word(word) & excluded,
            State::TurningOn => turning,
            State::Scheduled => of_rule(false),
            State::Stalled => of_rule(true),
            State::Problem => problem | (self.live.word(word) & on & self.troubled.word(word)),
            State::Off if self.schedule.is_some() => 0,
            State::Off => off,
            // Of those who are free only the kind keeps anybody from being eligible.
            State::NotIncluded => free & !turning & !problem & !self.eligible.word(word) & known,
        }
    }

    /// 64 rows that are off, and not excluded.
    pub(super) fn free(&self, word: usize) -> u64 {
        self.live.word(word) & !self.on.word(word) & !self.excluded.rows.word(word)
    }

    fn of_kind(&self, kind: Kind) -> Option<&Ticks> {
        self.kinds.get(usize::from(kind.code()))
    }
}
