//! The users of the run: pages as they arrive, ticks and states by ordinal, counts kept and not recounted.
//!
//! Starts the listing and reads what is on record when the users screen first comes on; both go on while screens come
//! and go, and end on park, change of customer and leaving. Ticks are a draft, saved at most a second after a change.

mod calls;
mod list;
mod named;
mod pages;
mod people;
mod rows;
mod seats_ahead;
mod shared;
mod ticks;

use crate::domain::{
    failure::Failure,
    filter::{Offer, Query, Sort},
    id::UserId,
    protection::Protection,
    seats::Seats,
    text::Text,
    time::Moment,
    verdict::ListNote,
};

use super::{
    outbox::Outbox,
    pending::{self, Listed, Pending, Saved, Searched, Sorted, Woken},
};

use list::List;
pub(crate) use people::{Counts, People};
use shared::Shared;
pub(crate) use ticks::Ticks;

/// The users of the run.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    /// The users and what is known of them.
    pub(crate) people: People,
    /// Which of them are shown, and in which order.
    pub(crate) list: List,
    listing: Pending<Listed>,
    /// How the listing ended, once it has.
    listed: Option<Result<(), Failure>>,
    /// When the listing began.
    since: Moment,
    facts: Pending<Box<Protection<Seats>>>,
    /// How reading what is on record ended, once it has.
    read: Option<Result<(), Failure>>,
    /// Searches that are out for the present filter.
    searches: Vec<Pending<Searched>>,
    /// A search for the present filter failed: its hits are not whole.
    is_torn: bool,
    /// Sorts the rows by name.
    sorting: Pending<Sorted>,
    /// The present filter, as typed.
    typed: String,
    /// Ticks have changed since they were last saved.
    is_dirty: bool,
    /// Wakes the saving.
    wake: Pending<Woken>,
    /// Saves the ticks.
    saving: Pending<Saved>,
    /// Saves the counts.
    counting: Pending<Saved>,
    /// The counts have changed since that save was sent, or kinds have become known.
    has_new_counts: bool,
    /// What there is to know about the listing.
    notes: Vec<ListNote>,
    /// The customer's own domains among the addresses.
    shared: Shared,
}

impl Roster {
    /// The counts.
    pub(crate) fn counts(&self) -> Counts {
        self.people.counts()
    }

    /// Whether a seat is missing for somebody who is chosen, or for whoever is chosen next.
    pub(crate) fn is_short_of_seats(&self) -> bool {
        let (people, counts) = (&self.people, self.counts());
        let is_used_up = people.facts().limit.is_some_and(|limit| limit <= people.seats_before());
        people.lacks_seats() || is_used_up && counts.eligible > 0
    }

    /// Whether every user has been listed.
    pub(crate) const fn is_complete(&self) -> bool {
        matches!(self.listed, Some(Ok(())))
    }

    /// Whether users still arrive.
    pub(crate) const fn is_arriving(&self) -> bool {
        self.listing.is_out() && self.listed.is_none()
    }

    /// How many mailboxes are not checked yet while Exchange is still asked what they are; none once that has ended.
    pub(crate) fn checking(&self) -> Option<u32> {
        let is_checking = self.listing.is_out() && self.listed.is_some();
        is_checking.then(|| self.people.counts().unchecked)
    }

    /// When the listing began, while users still arrive or their mailboxes are checked.
    pub(crate) fn arriving_since(&self) -> Option<Moment> {
        self.listing.is_out().then_some(self.since)
    }

    /// Whether what is on record has been read: before that nobody knows who is on.
    pub(crate) const fn is_known(&self) -> bool {
        matches!(self.read, Some(Ok(())))
    }

    /// Whether both are here: the list, and what is on record.
    pub(crate) const fn is_whole(&self) -> bool {
        self.is_complete() && self.is_known()
    }

    /// Why the list, or what is on record, did not come whole.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        [&self.listed, &self.read].into_iter().find_map(|ended| ended.as_ref()?.as_ref().err())
    }

    /// What there is to know about the listing.
    pub(crate) fn notes(&self) -> &[ListNote] {
        &self.notes
    }

    /// The customer's own mail domain that most addresses share.
    pub(crate) fn shared_domain(&self) -> Option<&Text> {
        self.shared.most()
    }

    /// Whether a search is out.
    pub(crate) fn is_searching(&self) -> bool {
        !self.searches.is_empty()
    }

    /// What a bare word of the filter could mean besides itself, where there are users of that kind or in that state, and
    /// how many it would show.
    pub(crate) fn filter_offer(&self) -> Option<(Offer, u32)> {
        let offer = Offer::of(&self.typed)?;
        let count = match offer.sort {
            Sort::Kind(kind) => self.people.count_of(kind),
            Sort::State(state) => self.people.count_in(state),
        };
        (count > 0).then_some((offer, count))
    }

    /// Whether all ticks are on record, and no counts are on their way: the outcome is computed from both.
    pub(crate) const fn is_saved(&self) -> bool {
        !self.is_dirty && !self.is_saving()
    }

    /// Whether ticks or counts are being saved.
    pub(crate) const fn is_saving(&self) -> bool {
        self.saving.is_out() || self.counting.is_out()
    }

    /// The rows from one user to another as they stand, both included; none when one of them is not shown.
    pub(crate) fn rows_between(&self, from: UserId, to: UserId) -> Option<Ticks> {
        let at = |id| self.list.at(self.people.pages.find(id)?);
        Some(self.list.between(at(from)?, at(to)?))
    }

    /// The rows that are shown.
    pub(crate) fn rows_shown(&self) -> Ticks {
        self.people.shown.clone()
    }

    /// What was typed into the filter.
    pub(crate) fn filter(&self) -> &str {
        &self.typed
    }

    /// Whether the rows stand by name, or will as soon as they are sorted.
    const fn is_to_stand_by_name(&self) -> bool {
        self.list.is_by_name() || self.sorting.is_out()
    }

    /// Sorts by name or back; says whether a sorting by name is under way now.
    pub(crate) fn sort(&mut self, calls: &mut Outbox) -> bool {
        let was_by_name = self.is_to_stand_by_name();
        self.sorting.cancel(calls);
        if was_by_name {
            self.list.sort(&mut self.people, None);
        } else {
            self.sorting.start(calls, pending::sort(self.people.pages.numbered()));
        }
        !was_by_name
    }

    /// Another filter: the search before is dropped, another is started.
    pub(crate) fn ask(&mut self, calls: &mut Outbox, typed: &str) {
        typed.clone_into(&mut self.typed);
        let query = Query::parse(typed);
        let is_whole = self.searches.is_empty() && !self.is_torn;
        let within = if is_whole { self.list.within(&self.people, &query) } else { None };
        self.end_searches(calls);
        self.list.ask(&mut self.people, query);
        self.search(calls, 0, within);
        if self.searches.is_empty() {
            self.list.searched(&mut self.people);
        }
    }

    /// Searches the pages from one on, where the filter needs that.
    fn search(&mut self, calls: &mut Outbox, first: u32, within: Option<Box<[Box<[u64]>]>>) {
        if self.list.needs_search() && first < self.people.pages.count() {
            let pages = self.people.pages.kept_from(first);
            let mut search = Pending::default();
            search.start(calls, pending::search(self.typed.clone(), first, pages, within));
            self.searches.push(search);
        }
    }

    /// Drops the searches that are out; what they would have found is not missed.
    fn end_searches(&mut self, calls: &mut Outbox) {
        self.searches.drain(..).for_each(|mut search| search.cancel(calls));
        self.is_torn = false;
    }

    /// Ticks rows, or unticks them when every one of them that can be ticked is ticked; says whether any could be.
    pub(crate) fn toggle(&mut self, rows: &Ticks) -> bool {
        let (eligible, ticked) = (self.people.eligible(), self.people.ticked());
        let is_open =
            (0..rows.len_words()).any(|at| rows.word(at) & eligible.word(at) & !ticked.word(at) != 0);
        self.tick(rows, is_open)
    }

    /// Ticks or unticks rows, the eligible ones of them; says whether there is one.
    pub(crate) fn tick(&mut self, rows: &Ticks, is_ticked: bool) -> bool {
        self.people.tick(rows, is_ticked);
        (0..rows.len_words()).any(|at| rows.word(at) & self.people.eligible().word(at) != 0)
    }

    /// Unticks what is shown; everything without a filter.
    pub(crate) fn clear(&mut self) {
        if self.list.is_filtered() {
            self.people.tick(&self.rows_shown(), false);
        } else {
            self.people.clear();
        }
    }

    /// What is on record has changed: a filter by it picks other rows.
    pub(crate) fn record_changed(&mut self, how: impl FnOnce(&mut People)) {
        how(&mut self.people);
        self.refresh();
    }

    /// Users have been turned off: rows that only stood there for their seat go.
    pub(crate) fn turned_off(&mut self) {
        self.list.refill(&mut self.people, 0);
    }

    /// States or kinds have changed.
    fn refresh(&mut self) {
        self.list.changed(&mut self.people);
    }
}

#[cfg(test)]
mod tests;
