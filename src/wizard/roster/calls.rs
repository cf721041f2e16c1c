//! The roster's own calls: the listing, what is on record, searches, and the saving of ticks and counts.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::{
        failure::Failure,
        run::RunRecord,
        time::Moment,
        user::UserPage,
        verdict::{ListNote, ListSummary},
    },
    wizard::{
        outbox::Outbox,
        pending::{self, Arrival, Reply, Saved},
        view::{Notice, Tone},
    },
};

use super::{Roster, people::People, shared::Shared};

/// Ticks are saved at most this long after a change (product.md section 9, *Users*).
const SAVE_AFTER: Duration = Duration::from_secs(1);

/// Ticks that could not be saved are tried again after this long. A guess.
const SAVE_AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Roster {
    /// Starts the listing and reads what is on record, once; later calls do nothing.
    pub(crate) fn start(&mut self, record: &RunRecord, now: Moment, calls: &mut Outbox) {
        if self.is_begun() {
            return;
        }
        let is_hosted = record.product.is_hosted();
        let tenant = record.organisation.as_ref().map(|o| o.tenant).filter(|_| !is_hosted);
        let impersonation = record.impersonation.clone().filter(|_| is_hosted).map(Box::new);
        if self.people.pages.is_empty() {
            self.people.restore(&record.draft);
            self.shared = Shared::among(record);
        }
        let of = (record.customer.id, record.product);
        self.listing.start(calls, pending::list_users(of, tenant, impersonation));
        self.since = now;
        // Behind the list: its first rows are awaited most.
        self.look_again(record, calls);
    }

    /// Lists again from the start. Ticks and the filter are kept.
    pub(crate) fn again(&mut self, record: &mut RunRecord, now: Moment, calls: &mut Outbox) {
        self.end_readers(calls);
        let draft = self.people.draft();
        let rule = self.people.facts().rule.clone();
        self.people = People::default();
        self.list.empty();
        self.people.change_facts(|facts| facts.rule = rule);
        self.notes.clear();
        (self.listed, self.read) = (None, None);
        // `start` takes the ticks from the record: the ones here are newer.
        record.draft = draft;
        self.start(record, now, calls);
    }

    /// Takes in the ticks of whoever has the run, and reads again what is on record; nothing where nothing was listed.
    pub(crate) fn follow(&mut self, record: &RunRecord, calls: &mut Outbox) {
        if self.is_begun() {
            self.people.restore(&record.draft);
            self.facts.start(calls, pending::load_protection(record.customer.id, record.product));
        }
    }

    /// Whether the listing has begun.
    const fn is_begun(&self) -> bool {
        self.listing.is_out() || self.listed.is_some()
    }

    /// Reads what is on record again.
    pub(crate) fn look_again(&mut self, record: &RunRecord, calls: &mut Outbox) {
        self.read = None;
        self.facts.start(calls, pending::load_protection(record.customer.id, record.product));
    }

    /// Saves the draft if it changed, and ends the listing.
    pub(crate) fn leave(&mut self, record: &mut RunRecord, calls: &mut Outbox) {
        self.save(record, calls);
        self.end_readers(calls);
        self.wake.cancel(calls);
    }

    /// Ticks have changed: they will be saved within a second.
    pub(crate) fn touched(&mut self, calls: &mut Outbox) {
        self.is_dirty = true;
        if !self.wake.is_out() && !self.saving.is_out() {
            self.wake.start(calls, pending::wake(SAVE_AFTER));
        }
    }

    /// Saves the ticks now, if they changed and the run is ours.
    pub(crate) fn save(&mut self, record: &mut RunRecord, calls: &mut Outbox) {
        if record.is_read_only || !self.is_dirty {
            return;
        }
        self.wake.cancel(calls);
        let draft = self.people.draft();
        record.draft = draft.clone();
        self.is_dirty = false;
        // An older save is seen through; writes are carried out in their order.
        self.saving.forget();
        self.saving.start(calls, pending::save_draft(record.id.clone(), draft));
    }

    /// Takes a reply if it belongs to the roster's own calls; out comes what is to be said about it.
    pub(crate) fn hear(
        &mut self,
        arrival: &mut Arrival,
        record: &mut RunRecord,
        calls: &mut Outbox,
    ) -> Option<Notice> {
        let bad = |failure: Failure| Notice::of(Tone::Bad, failure);
        if let Some(part) = self.listing.part(arrival) {
            self.listed_part(part, record, calls);
        } else if let Some(listed) = self.listing.take(arrival) {
            self.end_list(listed.map(|_| ()), record, calls);
        } else if let Some(facts) = self.facts.take(arrival) {
            self.read = Some(facts.map(|facts| self.people.know(*facts)));
            self.refresh();
            self.complete(record, calls);
        } else if let Some(found) = self.search_came(arrival) {
            return found.err().map(bad);
        } else if self.wake.take(arrival).is_some() {
            if !self.saving.is_out() {
                self.save(record, calls);
            }
        } else if let Some(sorted) = self.sorting.take(arrival) {
            return Some(match sorted {
                Ok(rows) => {
                    self.list.sort(&mut self.people, Some(rows.0));
                    Notice::new(Tone::Plain, "Sorted by name.")
                }
                Err(failure) => bad(failure),
            });
        } else if let Some(saved) = self.saving.take(arrival) {
            match saved {
                Ok(Saved) if self.is_dirty => self.touched(calls),
                Ok(Saved) => {}
                Err(failure) => {
                    self.is_dirty = true;
                    self.wake.start(calls, pending::wake(SAVE_AGAIN_AFTER));
                    return Some(bad(failure));
                }
            }
        } else if self.counting.take(arrival).is_some() && std::mem::take(&mut self.has_new_counts) {
            self.count(record, calls);
        }
        None
    }

    fn listed_part(&mut self, part: Reply, record: &RunRecord, calls: &mut Outbox) {
        match part {
            Reply::Page(page) => {
                // What was going on is over.
                self.notes.retain(ListNote::is_gap);
                self.arrive(calls, &page);
            }
            Reply::Kinds(kinds) => {
                self.record_changed(|people| people.learn(&kinds));
                self.has_new_counts = true;
            }
            Reply::Note(note) => {
                self.notes.retain(ListNote::is_gap);
                self.notes.push(note);
            }
            Reply::Whole(_) => self.end_list(Ok(()), record, calls),
            // No listing brings others.
            _ => {}
        }
    }

    /// A page of users: rows can be used while the rest still arrives.
    pub(super) fn arrive(&mut self, calls: &mut Outbox, page: &Arc<UserPage>) {
        if page.is_empty() {
            return;
        }
        let at = self.people.pages.count();
        self.people.add(page);
        self.shared.count(page);
        self.list.add(&mut self.people, at);
        // Pages that come while a filter is on get a search of their own.
        self.search(calls, at, None);
    }

    /// Nobody else will be listed.
    fn end_list(&mut self, how: Result<(), Failure>, record: &RunRecord, calls: &mut Outbox) {
        self.notes.retain(ListNote::is_gap);
        self.listed = Some(how);
        self.complete(record, calls);
    }

    /// Takes what a search has found, if it is one of ours; out comes how that went.
    fn search_came(&mut self, arrival: &mut Arrival) -> Option<Result<(), Failure>> {
        let at = self.searches.iter().position(|search| search.call() == Some(arrival.call()))?;
        let found = match self.searches.get(at)?.part(arrival) {
            Some(Reply::Hits(hits)) => Ok(hits),
            // No search brings other parts.
            Some(_) => Ok(Vec::new()),
            None => self.searches.swap_remove(at).take(arrival)?.map(|hits| hits.0),
        };
        self.is_torn |= found.is_err();
        self.list.take_hits(&mut self.people, found.as_deref().unwrap_or_default());
        if self.searches.is_empty() {
            self.list.searched(&mut self.people);
        }
        Some(found.map(|_| ()))
    }

    /// Where both halves are here, seats whose users were not listed become rows, and the list is counted.
    fn complete(&mut self, record: &RunRecord, calls: &mut Outbox) {
        if !self.is_whole() {
            return;
        }
        let first = self.people.pages.count();
        self.people.add_leavers();
        if first < self.people.pages.count() {
            self.list.add(&mut self.people, first);
            self.search(calls, first, None);
            if self.is_to_stand_by_name() {
                self.sorting.start(calls, pending::sort(self.people.pages.numbered()));
            }
        }
        self.refresh();
        self.count(record, calls);
    }

    /// Saves the counts of a complete list; *eligible* holds those who are on already, so that the board can say
    /// "184 of 231"; again whenever exclusions or kinds change them. One save at a time: the newest must be the last.
    pub(crate) fn count(&mut self, record: &RunRecord, calls: &mut Outbox) {
        if self.counting.is_out() {
            self.has_new_counts = true;
            return;
        }
        if record.is_read_only || !self.is_whole() {
            return;
        }
        self.has_new_counts = false;
        self.counting.start(calls, pending::save_list(record.id.clone(), self.summary(record)));
    }

    /// Saves what the outcome is computed from: the counts, where checks have changed them since, and the ticks without
    /// those that can't be applied (no longer eligible, no longer listed). What is not ticked on screen must not count as
    /// chosen.
    pub(crate) fn finish(&mut self, record: &mut RunRecord, calls: &mut Outbox) {
        self.is_dirty |= self.is_whole() && self.people.prune();
        if self.has_new_counts {
            self.count(record, calls);
        }
        self.save(record, calls);
    }

    /// What the complete list comes to.
    fn summary(&self, record: &RunRecord) -> ListSummary {
        let counts = self.people.counts();
        let gaps = self.notes.iter().filter(|note| note.is_gap()).map(|note| note.words().clone());
        // The seat of a listed user who is marked as left counts among those of leavers until a pass takes the mark off.
        let protected = counts.protected.saturating_sub(self.people.listed_leavers());
        let mut list = ListSummary {
            listed: counts.listed,
            eligible: counts.eligible.saturating_add(protected),
            unchecked: self.people.unchecked(),
            gaps: gaps.collect(),
            ..ListSummary::default()
        };
        // An address that an operator gave was meant to be protected, whatever it leads to.
        let is_any_kind = record.lists_given();
        list.keep_problems(self.people.problems(is_any_kind), self.people.first_problems(is_any_kind));
        list
    }

    fn end_readers(&mut self, calls: &mut Outbox) {
        self.listing.cancel(calls);
        self.facts.cancel(calls);
        self.sorting.cancel(calls);
        self.end_searches(calls);
    }
}
