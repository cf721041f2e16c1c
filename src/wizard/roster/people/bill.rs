//! What turning users on comes to, and who they are for the store.

use crate::domain::{
    bill::{Bill, StaysOff, size},
    protection::{AutoRule, Chosen, Protection},
    seats::SeatRemark,
    text::Text,
    user::{Kind, User},
    verdict::Schedule,
};

use super::{
    super::ticks::{self, Ticks},
    People,
};

impl People {
    /// Rows with a problem that are neither on nor excluded. Kinds that can never be protected count only where
    /// `is_any_kind`.
    pub(crate) fn problems(&self, is_any_kind: bool) -> u32 {
        self.count(|at| self.in_trouble(is_any_kind, at))
    }

    /// These by name, address and problem, in the order of arrival.
    pub(crate) fn first_problems(&self, is_any_kind: bool) -> impl Iterator<Item = (Text, Text, Text)> {
        let rows =
            (0..self.pages.words()).flat_map(move |at| ticks::rows_of(at, self.in_trouble(is_any_kind, at)));
        rows.filter_map(|row| self.user(row))
            .map(|user| (user.name.to_text(), user.address.to_text(), user.problem.to_text()))
    }

    /// Users of the list whose seats are marked as left all the same.
    pub(crate) fn listed_leavers(&self) -> u32 {
        let is_listed = |row: u32| self.live.has(row) && self.on.has(row) && !self.unlisted.has(row);
        let of_leavers = |(row, remark): &(&u32, &SeatRemark)| remark.left.is_some() && is_listed(**row);
        size(self.remarks.iter().filter(of_leavers).count())
    }

    /// 64 rows with a problem at once.
    fn in_trouble(&self, is_any_kind: bool, at: usize) -> u64 {
        let never = if is_any_kind { 0 } else { self.in_kinds(&[Kind::Guest, Kind::WithoutMailbox], at) };
        self.free(at) & self.problem.word(at) & !never
    }

    /// What turning these rows on means for the bill.
    pub(crate) fn bill(&self, chosen: &Ticks) -> Bill {
        let on = |at| chosen.word(at) & (self.eligible.word(at) | self.open(at));
        let off = |at| self.live.word(at) & !self.on.word(at) & !on(at);
        // A row that stays off counts once, by the first of these reasons that holds.
        let free = |at| off(at) & !self.excluded.rows.word(at);
        let closed = |at| free(at) & !self.problem.word(at) & !self.eligible.word(at);
        let of_kinds = |rows: &dyn Fn(usize) -> u64| {
            Kind::ALL.map(|kind| (kind, self.count(|at| rows(at) & self.in_kinds(&[kind], at))))
        };
        let kinds_off = of_kinds(&closed).map(|(kind, count)| (StaysOff::Kind(kind), count));
        let others_off = [
            (StaysOff::Excluded, self.count(|at| off(at) & self.excluded.rows.word(at))),
            (StaysOff::Problem, self.count(|at| free(at) & self.problem.word(at))),
            (StaysOff::NotChosen, self.count(|at| off(at) & self.eligible.word(at))),
        ];
        Bill {
            turn_on: of_kinds(&on).into_iter().filter(|(_, count)| *count > 0).collect(),
            already_on: self.counts.protected,
            stay_off: kinds_off.into_iter().chain(others_off).filter(|(_, count)| *count > 0).collect(),
            seats_before: self.seats_before(),
            limit: self.facts.limit,
            second: self.count(|at| on(at) & self.elsewhere.rows.word(at)),
        }
    }

    /// What the next pass makes of those whom the rule wants.
    pub(super) fn scheduled(&self) -> Option<Schedule> {
        let Protection::<()> { rule, used_elsewhere, limit, sweeper, .. } = &self.facts;
        let counts = self.counts();
        let free = limit.map(|limit| limit.saturating_sub(used_elsewhere.saturating_add(counts.seats)));
        let schedule =
            |rule: &AutoRule| Schedule::of(counts.eligible, rule.ceiling, counts.seats, free, sweeper);
        rule.as_ref().map(schedule)
    }

    /// Whom the next pass of Enable Auto turns on at most: whoever is eligible, and whoever is not checked yet, because the
    /// pass checks them first.
    pub(crate) fn expected(&self) -> Ticks {
        let mut rows = Ticks::default();
        for at in 0..self.pages.words() {
            rows.put_word(at, self.eligible.word(at) | self.open(at));
        }
        rows
    }

    /// 64 rows that are not checked yet, and that nothing else keeps off.
    pub(super) fn open(&self, at: usize) -> u64 {
        let known = if self.is_known { self.free(at) } else { 0 };
        known & self.in_kinds(&[Kind::NotKnownYet], at) & !self.problem.word(at) & !self.unlisted.word(at)
    }

    /// Rows as the store needs them.
    pub(crate) fn chosen(&self, rows: &Ticks) -> Vec<Chosen> {
        let chosen = |ordinal| {
            let User { id, address, name, .. } = self.pages.user(ordinal)?;
            Some(Chosen { id, address: address.to_text(), name: name.to_text(), kind: self.kind(ordinal) })
        };
        rows.rows().filter_map(chosen).collect()
    }
}
