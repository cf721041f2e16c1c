//! The users of the run: pages as they arrive, ticks and states by ordinal, counts kept and not recounted.
//!
//! Starts the listing and reads what is on record when the users screen first comes on; both go on while screens come
//! and go, and end on park, change of customer and leaving. Ticks are a draft, saved at most a second after a change.

mod ahead;
mod calls;
mod list;
mod pages;
mod people;
mod rows;

use std::collections::BTreeSet;

use crate::domain::{
    failure::Failure,
    filter::Query,
    id::UserId,
    protection::{AutoRule, SeatResult},
    text::Text,
    time::Moment,
    user::{Kinds, User},
};

use super::{
    effect::{CallId, Request},
    event::Move,
    outbox::Outbox,
    part::ticks::Ticks,
};

use list::List;
pub(crate) use people::{Counts, People};

/// Where a call of the roster stands.
#[derive(Debug, Default)]
enum Phase {
    /// Not asked for.
    #[default]
    Idle,
    /// Out.
    Running(CallId),
    /// Came back whole.
    Done,
    /// Came back with bad news.
    Failed(Failure),
}

/// The users of the run.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    people: People,
    list: List,
    listing: Phase,
    /// When the listing began.
    since: Moment,
    facts: Phase,
    /// Searches that are out for the present filter.
    searches: BTreeSet<CallId>,
    /// A search for the present filter failed: its hits are not whole.
    is_torn: bool,
    /// Sorts the rows by name.
    sorting: Option<CallId>,
    /// The present filter, as typed.
    typed: String,
    /// Ticks have changed since they were last saved.
    is_dirty: bool,
    /// Wakes the saving.
    wake: Option<CallId>,
    /// Saves the ticks.
    saving: Option<CallId>,
    /// Saves the counts.
    counting: Option<CallId>,
    /// The counts have changed since that save was sent.
    has_new_counts: bool,
    /// What there is to know about the listing.
    notes: Vec<Text>,
    /// The user who had the cursor before the list was asked for again.
    wanted: Option<UserId>,
    /// Ticked, but not shown by the filter.
    outside: u32,
    /// Eligible and shown: what *These* ticks.
    these: u32,
}

impl Roster {
    /// The users and what is known of them.
    pub(crate) const fn people(&self) -> &People {
        &self.people
    }

    /// The counts.
    pub(crate) fn counts(&self) -> Counts {
        self.people.counts()
    }

    /// Ticked users whom the filter does not show.
    pub(crate) const fn outside(&self) -> u32 {
        self.outside
    }

    /// Eligible users whom the filter shows.
    pub(crate) const fn these(&self) -> u32 {
        self.these
    }

    /// Whether every user has been listed.
    pub(crate) const fn is_complete(&self) -> bool {
        matches!(self.listing, Phase::Done)
    }

    /// Whether users still arrive.
    pub(crate) const fn is_arriving(&self) -> bool {
        matches!(self.listing, Phase::Running(_))
    }

    /// When the listing began, while users still arrive.
    pub(crate) fn arriving_since(&self) -> Option<Moment> {
        self.is_arriving().then_some(self.since)
    }

    /// Whether what is on record has been read: before that nobody knows who is on.
    pub(crate) const fn is_known(&self) -> bool {
        matches!(self.facts, Phase::Done)
    }

    /// Why the list, or what is on record, did not come whole.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        match (&self.listing, &self.facts) {
            (Phase::Failed(failure), _) | (_, Phase::Failed(failure)) => Some(failure),
            _ => None,
        }
    }

    /// What there is to know about the listing.
    pub(crate) fn notes(&self) -> &[Text] {
        &self.notes
    }

    /// Whether a search is out.
    pub(crate) fn is_searching(&self) -> bool {
        !self.searches.is_empty()
    }

    /// Whether a filter is on.
    pub(crate) fn is_filtered(&self) -> bool {
        self.list.is_filtered()
    }

    /// What is wrong with the filter's words.
    pub(crate) fn filter_problem(&self) -> Option<&'static str> {
        self.list.problem()
    }

    /// Whether all ticks are on record, and no counts are on their way: the outcome is computed from both.
    pub(crate) const fn is_saved(&self) -> bool {
        !self.is_dirty && !self.is_saving()
    }

    /// Whether ticks or counts are being saved.
    pub(crate) const fn is_saving(&self) -> bool {
        self.saving.is_some() || self.counting.is_some()
    }

    /// Index of the row under the cursor.
    pub(crate) fn cursor(&self) -> Option<usize> {
        self.list.cursor()
    }

    /// Index of the other end of the range.
    pub(crate) fn anchor(&self) -> Option<usize> {
        self.list.anchor()
    }

    /// The user under the cursor.
    pub(crate) fn under_cursor(&self) -> Option<(u32, User<'_>)> {
        let row = self.list.under_cursor()?;
        Some((row, self.people.user(row)?))
    }

    /// The rows of the range, or the one under the cursor.
    pub(crate) fn selected(&self) -> Ticks {
        self.list.selected()
    }

    /// Moves the cursor.
    pub(crate) fn step(&mut self, by: Move) {
        self.wanted = None;
        self.list.step(by);
    }

    /// Starts or ends a range; says whether one is open now.
    pub(crate) fn mark(&mut self) -> bool {
        self.list.mark()
    }

    /// Ends the range; says whether one was open.
    pub(crate) fn unmark(&mut self) -> bool {
        let was_open = self.list.anchor().is_some();
        self.list.unmark();
        was_open
    }

    /// Sorts by name or back; says whether a sorting by name is under way now.
    pub(crate) fn sort(&mut self, calls: &mut Outbox) -> bool {
        let was_by_name = self.list.is_by_name() || self.sorting.is_some();
        calls.cancel_taken(&mut self.sorting);
        if was_by_name {
            self.list.unsort(&self.people);
        } else {
            self.sorting = Some(calls.start(Request::Sort(self.people.pages.numbered())));
        }
        !was_by_name
    }

    /// Rows have come: what stands by name, or will, is sorted again.
    fn sort_again(&mut self, calls: &mut Outbox) {
        if self.list.is_by_name() || self.sorting.is_some() {
            calls.cancel_taken(&mut self.sorting);
            self.sorting = Some(calls.start(Request::Sort(self.people.pages.numbered())));
        }
    }

    /// Another filter: the search before is dropped, another is started.
    pub(crate) fn ask(&mut self, calls: &mut Outbox, typed: &str) {
        typed.clone_into(&mut self.typed);
        let query = Query::parse(typed);
        let is_whole = self.searches.is_empty() && !self.is_torn;
        for call in std::mem::take(&mut self.searches) {
            calls.cancel(call);
        }
        self.is_torn = false;
        if query.needs_search() && !self.people.pages.all().is_empty() {
            self.searches.insert(calls.start(Request::Search {
                query: typed.to_owned(),
                first: 0,
                pages: self.people.pages.all().to_vec(),
                kept: self.list.kept(&self.people, &query),
                within: if is_whole { self.list.within(&self.people, &query) } else { None },
            }));
        }
        self.list.ask(&self.people, query);
        if self.searches.is_empty() {
            self.list.searched(&self.people);
        }
        self.recount();
    }

    /// Ticks the row or the range, or unticks it when every eligible row of it is ticked; says whether any row could
    /// be ticked or unticked.
    pub(crate) fn toggle(&mut self) -> bool {
        let rows = self.selected();
        let (eligible, ticked) = (self.people.eligible(), self.people.ticked());
        let words = 0..rows.len_words();
        let free = words.clone().any(|at| rows.word(at) & eligible.word(at) != 0);
        let is_open = words.into_iter().any(|at| rows.word(at) & eligible.word(at) & !ticked.word(at) != 0);
        if free {
            self.people.tick(&rows, is_open);
            self.recount();
        }
        free
    }

    /// Ticks everyone who may be protected, those who arrive later too.
    pub(crate) fn tick_all(&mut self) {
        self.people.tick_all();
        self.recount();
    }

    /// Ticks what is shown.
    pub(crate) fn tick_these(&mut self) {
        self.people.tick(&self.list.shown(&self.people).clone(), true);
        self.recount();
    }

    /// Unticks what is shown; everything without a filter.
    pub(crate) fn clear(&mut self) {
        if self.is_filtered() {
            self.people.tick(&self.list.shown(&self.people).clone(), false);
        } else {
            self.people.clear();
        }
        self.recount();
    }

    /// Turns the ticks of what is shown round.
    pub(crate) fn invert(&mut self) {
        self.people.invert(&self.list.shown(&self.people).clone());
        self.recount();
    }

    /// Forgets ticks that can't be applied (no longer eligible, no longer listed), once the list is complete; says
    /// whether there were any. What is not ticked on screen must not count as chosen.
    pub(crate) fn prune(&mut self) -> bool {
        self.is_complete() && self.is_known() && self.people.prune()
    }

    /// Takes up ticks from before.
    pub(crate) fn restore(&mut self, draft: &crate::domain::draft::Draft) {
        self.people.restore(draft);
        self.recount();
    }

    /// The included kinds are others now.
    pub(crate) fn include(&mut self, kinds: Kinds) {
        self.people.include(kinds);
        self.refresh();
    }

    /// Who is excluded now.
    pub(crate) fn exclude(&mut self, users: &[UserId]) {
        self.people.exclude(users);
        self.refresh();
    }

    /// The rule is on or off now.
    pub(crate) fn set_rule(&mut self, rule: Option<AutoRule>) {
        self.people.set_rule(rule);
        self.refresh();
    }

    /// These are being turned on.
    pub(crate) fn set_turning(&mut self, rows: Ticks) {
        self.people.set_turning(rows);
    }

    /// Takes in what became of users in a bulk write.
    pub(crate) fn take_results(&mut self, results: &[SeatResult], now: Moment) {
        self.people.take_results(results, now);
        self.recount();
    }

    /// An Apply of these rows is over.
    pub(crate) fn applied(&mut self, chosen: &Ticks) {
        self.people.set_turning(Ticks::default());
        self.people.applied(chosen);
        self.refresh();
    }

    /// Users have been turned off: rows that only stood there for their seat go.
    pub(crate) fn turned_off(&mut self) {
        self.list.shrunk(&self.people);
        self.recount();
    }

    /// States or kinds have changed.
    fn refresh(&mut self) {
        self.list.changed(&self.people);
        self.recount();
    }

    fn recount(&mut self) {
        let (outside, these) = if self.list.is_filtered() {
            let shown = self.list.shown(&self.people);
            let (ticked, eligible) = (self.people.ticked(), self.people.eligible());
            (0..ticked.len_words().max(eligible.len_words())).fold((0, 0), |(outside, these), at| {
                (
                    outside + (ticked.word(at) & !shown.word(at)).count_ones(),
                    these + (eligible.word(at) & shown.word(at)).count_ones(),
                )
            })
        } else {
            (0, self.people.counts().eligible)
        };
        self.outside = outside;
        self.these = these;
    }
}

#[cfg(test)]
mod tests;
