//! Who the listed users are and what is chosen of them: bitmaps by ordinal, and counts that are kept.
//!
//! Plain data without calls: pages, kinds, seats and exclusions go in, in any order; eligibility, ticks, bills and
//! states come out. Every change settles the counts with one pass over words of 64 rows (8,000 words at half a million
//! users, some microseconds).

mod bill;
mod counts;
mod states;

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{
    draft::Draft,
    id::UserId,
    protection::{Chosen, Protection, SeatOutcome, SeatResult},
    seats::{SeatRemark, Seats},
    sydney,
    text::Text,
    user::{Kind, User, UserPage},
    verdict::Schedule,
};

use super::{named::Named, pages::Pages, seats_ahead::SeatsAhead, ticks::Ticks};

pub(crate) use counts::Counts;

/// The users, by ordinal.
#[derive(Debug, Default)]
pub(crate) struct People {
    pub(super) pages: Pages,
    /// Rows that stand in the list: not a second row of the same user.
    live: Ticks,
    /// Rows that the filter shows; without one all that stand in the list.
    pub(super) shown: Ticks,
    /// Rows that come from the record only: a seat whose user is not listed any more.
    unlisted: Ticks,
    on: Ticks,
    excluded: Named,
    problem: Ticks,
    turning: Ticks,
    /// By [`Kind::code`].
    kinds: [Ticks; Kind::ALL.len()],
    /// What is on record has been read. Before that a row may be of a user who is on: nobody is eligible, and nobody is
    /// ticked, whatever a draft says.
    is_known: bool,
    /// All is on.
    all: bool,
    /// With All off the ticked users, with All on the unticked ones.
    exceptions: Named,
    /// Who holds a seat of another product.
    elsewhere: Named,
    /// Seats whose users have not been listed (yet).
    seats_ahead: SeatsAhead,
    /// What is said of seats, by ordinal.
    remarks: BTreeMap<u32, SeatRemark>,
    /// Rows with whose backup something is wrong, as a worker says.
    troubled: Ticks,
    /// What else is on record: rule, kinds and seats bought.
    facts: Protection<()>,
    /// Kept by `settle`.
    eligible: Ticks,
    /// Kept by `settle`.
    ticked: Ticks,
    /// Kept by `settle`: the one verdict on those whom the rule wants.
    schedule: Option<Schedule>,
    counts: Counts,
}

impl People {
    /// Takes a page in; a user who is there already stays one row. Settled by the list, once it has the page too.
    pub(super) fn add(&mut self, page: &Arc<UserPage>) {
        let start = self.pages.push(Arc::clone(page));
        for (ordinal, (id, kind)) in (start..).zip(page.ids().iter().zip(page.kinds())) {
            if !self.pages.enter(*id, ordinal) {
                continue;
            }
            self.live.put(ordinal, true);
            self.put_kind(ordinal, *kind);
            self.problem.put(ordinal, self.user(ordinal).is_some_and(|user| !user.problem.is_empty()));
            for named in [&mut self.exceptions, &mut self.excluded, &mut self.elsewhere] {
                named.enter(*id, ordinal);
            }
            if let Some(seat) = self.seats_ahead.take(*id) {
                self.seat(ordinal, seat);
            }
        }
    }

    /// The list is complete: seats whose users did not come become rows of their own. Settled as [`People::add`].
    pub(crate) fn add_leavers(&mut self) {
        for page in self.seats_ahead.pages() {
            self.add(&page);
            for ordinal in page.ids().iter().filter_map(|id| self.pages.find(*id)) {
                self.unlisted.put(ordinal, true);
            }
        }
    }

    /// Kinds that were not known have been learnt.
    pub(crate) fn learn(&mut self, kinds: &[(UserId, Kind)]) {
        for (id, kind) in kinds {
            if let Some(ordinal) = self.pages.find(*id) {
                self.put_kind(ordinal, *kind);
            }
        }
        self.settle();
    }

    /// What is true on record.
    pub(crate) fn know(&mut self, facts: Protection<Seats>) {
        self.is_known = true;
        self.on.clear();
        self.remarks.clear();
        self.troubled.clear();
        let mut facts = facts.with_seats(|seats| self.seats_ahead = SeatsAhead::of(seats));
        let exclusions = std::mem::take(&mut facts.exclusions);
        self.elsewhere = Named::of(std::mem::take(&mut facts.seated_elsewhere), &self.pages);
        self.facts = facts;
        for (ordinal, id) in self.seated() {
            if let Some(remark) = self.seats_ahead.take(id) {
                self.seat(ordinal, remark);
            }
        }
        self.exclude(exclusions);
    }

    /// Rows that may have one of the seats that have just come: of seats and rows the fewer are looked at, for half a million
    /// seats may come while the first rows are shown.
    fn seated(&self) -> Vec<(u32, UserId)> {
        let seats = self.seats_ahead.ids();
        if seats.len() < self.counts.listed as usize {
            return seats.iter().filter_map(|id| Some((self.pages.find(*id)?, *id))).collect();
        }
        self.live.rows().filter_map(|row| Some((row, self.pages.id(row)?))).collect()
    }

    /// Whether what is on record has been read.
    pub(crate) const fn is_known(&self) -> bool {
        self.is_known
    }

    /// Who is excluded now. Excluding unticks: lifting the exclusion must not put anyone on a bill.
    pub(crate) fn exclude(&mut self, users: Vec<UserId>) {
        self.excluded = Named::of(users, &self.pages);
        if !self.all {
            self.exceptions.rows.remove(&self.excluded.rows);
            self.excluded.ids_ahead().for_each(|id| _ = self.exceptions.take(id));
        }
        self.settle();
    }

    /// Something else that is on record has changed: included kinds, the rule, what runs the next pass.
    pub(crate) fn change_facts(&mut self, how: impl FnOnce(&mut Protection<()>)) {
        how(&mut self.facts);
        self.settle();
    }

    /// Takes up ticks that were saved.
    pub(crate) fn restore(&mut self, draft: &Draft) {
        self.all = draft.all;
        self.exceptions = Named::of(draft.exceptions.to_vec(), &self.pages);
        if draft.exceptions.is_empty() {
            self.settle_all_ticks();
        } else {
            (0..self.pages.words()).for_each(|at| self.settle_ticks(at));
        }
    }

    /// The ticks, to be saved.
    pub(crate) fn draft(&self) -> Draft {
        let named = &self.exceptions;
        let mut exceptions = Vec::with_capacity(named.rows.count() + named.ahead());
        exceptions.extend(self.pages.ids_of(&named.rows).chain(named.ids_ahead()));
        Draft { all: self.all, exceptions: exceptions.into() }
    }

    /// Whether nobody is ticked, of those who arrive later either.
    pub(crate) fn is_unticked(&self) -> bool {
        !self.all && self.exceptions.ahead() == 0 && self.exceptions.rows.is_empty()
    }

    /// Ticks everyone, those who arrive later too.
    pub(crate) fn tick_all(&mut self) {
        self.restore(&Draft::new(true, []));
    }

    /// Ticks or unticks the eligible ones of these rows.
    pub(crate) fn tick(&mut self, rows: &Ticks, is_ticked: bool) {
        let is_exception = is_ticked != self.all;
        self.change(rows, |now, mask| if is_exception { now | mask } else { now & !mask });
    }

    /// Turns the ticks of the eligible ones of these rows round.
    pub(crate) fn invert(&mut self, rows: &Ticks) {
        self.change(rows, |now, mask| now ^ mask);
    }

    /// Unticks everyone.
    pub(crate) fn clear(&mut self) {
        self.restore(&Draft::default());
    }

    /// With All off, forgets exceptions that are not eligible or not listed; says whether there were any.
    pub(crate) fn prune(&mut self) -> bool {
        if self.all {
            return false;
        }
        let before = std::mem::replace(&mut self.exceptions, self.ticked.clone().into());
        before.rows != self.ticked || before.ahead() > 0
    }

    /// Changes the exceptions among the eligible ones of these rows: as they are now, and which they are.
    fn change(&mut self, rows: &Ticks, with: impl Fn(u64, u64) -> u64) {
        for at in 0..rows.len_words() {
            let mask = rows.word(at) & self.eligible.word(at);
            if mask != 0 {
                self.exceptions.rows.put_word(at, with(self.exceptions.rows.word(at), mask));
                self.settle_ticks(at);
            }
        }
    }

    /// These are being turned on.
    pub(crate) fn set_turning(&mut self, rows: Ticks) {
        self.turning = rows;
    }

    /// Takes in what became of users in a bulk write.
    pub(crate) fn take_results(&mut self, results: &[SeatResult]) {
        for SeatResult { user, outcome } in results {
            let found = self.pages.find(user.id);
            if let Some(ordinal) = found {
                self.turning.put(ordinal, false);
            }
            match (outcome, found) {
                (outcome, Some(ordinal)) if outcome.is_on() => self.on.put(ordinal, true),
                (outcome, None) if outcome.is_on() => {
                    let Chosen { id, address, name, .. } = user.clone();
                    self.seats_ahead.put(id, [address, name]);
                    self.exceptions.take(id);
                }
                (SeatOutcome::TurnedOff, None) => drop(self.seats_ahead.take(user.id)),
                (SeatOutcome::TurnedOff, Some(ordinal)) => {
                    self.on.put(ordinal, false);
                    self.remarks.remove(&ordinal);
                    self.troubled.put(ordinal, false);
                    if self.unlisted.has(ordinal) {
                        self.live.put(ordinal, false);
                    }
                }
                _ => {}
            }
        }
        self.settle();
    }

    /// An Apply of these rows is over: All was for once, and who is on needs no tick; who is not on stays ticked. While
    /// kinds of mailboxes are not known, All goes on: whoever turns out to be a user was chosen.
    pub(crate) fn applied(&mut self, chosen: &Ticks) {
        self.turning.clear();
        if self.all && self.unchecked() == 0 {
            self.exceptions = chosen.clone().into();
            self.all = false;
        }
        self.exceptions.rows.remove(&self.on);
        self.settle();
    }

    /// How many users are off because the kind of their mailboxes is not known.
    pub(crate) fn unchecked(&self) -> u32 {
        self.count(|at| self.open(at) & !self.eligible.word(at))
    }

    /// The rows of those of these users who are listed.
    pub(crate) fn rows_of(&self, users: &[Chosen]) -> Ticks {
        users.iter().filter_map(|user| self.pages.find(user.id)).collect()
    }

    /// The row of a user who is listed.
    pub(crate) fn row_of(&self, user: UserId) -> Option<u32> {
        self.pages.find(user)
    }

    /// What else is on record. Seats and exclusions are not in it: they are kept by row.
    pub(crate) const fn facts(&self) -> &Protection<()> {
        &self.facts
    }

    /// Seats in use now, over all products.
    pub(crate) fn seats_before(&self) -> u32 {
        self.counts().seats.saturating_add(self.facts.used_elsewhere)
    }

    /// Whether more users are ticked than there are seats left.
    pub(crate) fn lacks_seats(&self) -> bool {
        let after = self.seats_before().saturating_add(self.counts().ticked);
        self.counts().ticked > 0 && self.facts.limit.is_some_and(|limit| after > limit)
    }

    /// What the next pass makes of those whom Enable Auto wants; none without a rule.
    pub(crate) const fn schedule(&self) -> Option<Schedule> {
        self.schedule
    }

    /// Whether All is on.
    pub(crate) const fn is_all(&self) -> bool {
        self.all
    }

    /// Rows that are ticked and eligible.
    pub(crate) const fn ticked(&self) -> &Ticks {
        &self.ticked
    }

    /// Rows that may be turned on.
    pub(crate) const fn eligible(&self) -> &Ticks {
        &self.eligible
    }

    /// Rows that stand in the list.
    pub(crate) const fn live(&self) -> &Ticks {
        &self.live
    }

    /// Rows that are on.
    pub(crate) const fn on(&self) -> &Ticks {
        &self.on
    }

    /// Rows that are excluded.
    pub(crate) const fn excluded(&self) -> &Ticks {
        &self.excluded.rows
    }

    /// The user at an ordinal.
    pub(crate) fn user(&self, ordinal: u32) -> Option<User<'_>> {
        self.pages.user(ordinal)
    }

    /// Why a seat stays although its user has gone ("left on 3 Nov 2026").
    pub(crate) fn left(&self, ordinal: u32) -> Option<Text> {
        let left = self.remarks.get(&ordinal).and_then(|remark| remark.left);
        match left {
            Some(left) => Some(Text::of(format_args!("left on {}", sydney::day_in_words(left)))),
            None if self.on.has(ordinal) && self.unlisted.has(ordinal) => {
                Some("not in the list any more".into())
            }
            None => None,
        }
    }

    /// What a worker says is wrong with the backup of a protected user.
    pub(crate) fn trouble(&self, ordinal: u32) -> Option<&Text> {
        self.remarks.get(&ordinal)?.problem.as_ref()
    }

    fn put_kind(&mut self, ordinal: u32, is: Kind) {
        for kind in Kind::ALL {
            if let Some(rows) = self.kinds.get_mut(usize::from(kind.code())) {
                rows.put(ordinal, kind == is);
            }
        }
    }

    fn seat(&mut self, ordinal: u32, remark: SeatRemark) {
        self.on.put(ordinal, true);
        if remark != SeatRemark::default() {
            self.troubled.put(ordinal, remark.problem.is_some());
            self.remarks.insert(ordinal, remark);
        }
    }
}

#[cfg(test)]
mod tests;
