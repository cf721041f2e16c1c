//! The roster's own calls: the listing, what is on record, searches, and the saving of ticks and counts.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::{failure::Failure, filter::Query, run::RunRecord, time::Moment, user::UserPage},
    wizard::{
        outbox::Outbox,
        pending::{self, Arrival, Part},
        view::{Notice, Tone},
        words,
    },
};

use super::{Fetch, Roster, list::List, people::People, shared::Shared};

/// Ticks are saved at most this long after a change (product.md section 9, *Users*).
const SAVE_AFTER: Duration = Duration::from_secs(1);

/// Ticks that could not be saved are tried again after this long. A guess.
const SAVE_AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Roster {
    /// Starts the listing and reads what is on record, once; later calls do nothing.
    pub(crate) fn start(&mut self, record: &RunRecord, now: Moment, calls: &mut Outbox) {
        if !self.listing.is_idle() {
            return;
        }
        let is_hosted = record.product.is_hosted();
        let tenant = record.organisation.as_ref().map(|o| o.tenant).filter(|_| !is_hosted);
        let impersonation = record.impersonation.clone().filter(|_| is_hosted).map(Box::new);
        if self.people.pages.all().is_empty() {
            self.people.restore(&record.draft);
            self.shared = Shared::among(record);
        }
        self.look_again(record, calls);
        self.listing.pending.start(calls, pending::list_users(tenant, impersonation));
        self.since = now;
    }

    /// Lists again from the start. Ticks and the filter are kept.
    pub(crate) fn again(&mut self, record: &mut RunRecord, now: Moment, calls: &mut Outbox) {
        self.end_readers(calls);
        let draft = self.people.draft();
        let rule = self.people.rule().cloned();
        self.people = People::default();
        self.list = List::behind(&self.list);
        self.people.set_rule(rule);
        self.notes.clear();
        (self.listing, self.facts) = (Fetch::default(), Fetch::default());
        let typed = std::mem::take(&mut self.typed);
        self.ask(calls, &typed);
        // `start` takes the ticks from the record: the ones here are newer.
        record.draft = draft;
        self.start(record, now, calls);
    }

    /// Reads what is on record again.
    pub(crate) fn look_again(&mut self, record: &RunRecord, calls: &mut Outbox) {
        self.facts.pending.start(calls, pending::load_protection(record.customer.id, record.product));
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
        if let Some(part) = self.listing.pending.part(arrival) {
            self.listed_part(part, calls);
        } else if let Some(listed) = self.listing.pending.take(arrival) {
            self.listing.ended = Some(listed.map(|_| ()));
            self.complete(calls);
            self.count(record, calls);
        } else if let Some(facts) = self.facts.pending.take(arrival) {
            self.facts.ended = Some(facts.map(|facts| self.people.know(*facts)));
            self.refresh();
            self.complete(calls);
            self.count(record, calls);
        } else if let Some(failure) = self.search_came(arrival) {
            return failure.map(|failure| Notice::new(Tone::Bad, words::failure(&failure)));
        } else if self.wake.take(arrival).is_some() {
            if !self.saving.is_out() {
                self.save(record, calls);
            }
        } else if let Some(sorted) = self.sorting.take(arrival) {
            return Some(match sorted {
                Ok(rows) => {
                    self.list.sorted(&self.people, rows.0);
                    Notice::new(Tone::Plain, "Sorted by name.")
                }
                Err(failure) => Notice::new(Tone::Bad, words::failure(&failure)),
            });
        } else if let Some(saved) = self.saving.take(arrival) {
            return self.saved(saved.err(), calls);
        } else if self.counting.take(arrival).is_some() && std::mem::take(&mut self.has_new_counts) {
            self.count(record, calls);
        }
        None
    }

    fn listed_part(&mut self, part: Part, calls: &mut Outbox) {
        match part {
            Part::Page(page) => self.arrive(calls, &page),
            Part::Kinds(kinds) => {
                self.people.learn(&kinds);
                self.refresh();
            }
            Part::Note(note) => self.notes.push(note),
            Part::Whole => {}
            // No listing brings these.
            Part::Hits(_) | Part::Batch(_) => {}
        }
    }

    /// A page of users: rows can be used while the rest still arrives.
    pub(super) fn arrive(&mut self, calls: &mut Outbox, page: &Arc<UserPage>) {
        if page.is_empty() {
            return;
        }
        let at = u32::try_from(self.people.pages.all().len()).unwrap_or(u32::MAX);
        self.people.add(page);
        self.shared.count(page);
        self.list.add(&self.people, at);
        self.search_later(calls, at);
        self.recount();
    }

    /// Pages that come while a filter is on get a search of their own.
    fn search_later(&mut self, calls: &mut Outbox, first: u32) {
        let query = Query::parse(&self.typed);
        let pages = self.people.pages.all().get(first as usize..).unwrap_or_default().to_vec();
        if query.needs_search() && !pages.is_empty() {
            self.search(calls, pending::search(self.typed.clone(), first, pages, None));
        }
    }

    /// Takes what a search has found; out comes whether it was one of ours, and what went wrong with it.
    #[expect(clippy::option_option, reason = "not ours, ours and well, ours and failed")]
    fn search_came(&mut self, arrival: &mut Arrival) -> Option<Option<Failure>> {
        let at = self.searches.iter().position(|search| search.call() == Some(arrival.call()))?;
        let search = self.searches.get_mut(at)?;
        let (found, failure) = match search.part(arrival) {
            Some(Part::Hits(hits)) => (hits, None),
            // No search brings other parts.
            Some(_) => (Vec::new(), None),
            None => {
                let ended = search.take(arrival)?;
                self.searches.swap_remove(at);
                match ended {
                    Ok(hits) => (hits.0, None),
                    Err(failure) => {
                        self.is_torn = true;
                        (Vec::new(), Some(failure))
                    }
                }
            }
        };
        self.list.take_hits(&self.people, &found);
        if self.searches.is_empty() {
            self.list.searched(&self.people);
        }
        self.recount();
        Some(failure)
    }

    /// Both halves are here: seats whose users were not listed become rows.
    fn complete(&mut self, calls: &mut Outbox) {
        if !(self.is_complete() && self.is_known()) {
            return;
        }
        let first = u32::try_from(self.people.pages.all().len()).unwrap_or(u32::MAX);
        self.people.add_leavers();
        for at in first..u32::try_from(self.people.pages.all().len()).unwrap_or(first) {
            self.list.add(&self.people, at);
        }
        if (first as usize) < self.people.pages.all().len() {
            self.search_later(calls, first);
            self.sort_again(calls);
        }
        self.refresh();
    }

    /// Saves the counts of a complete list; *eligible* holds those who are on already, so that the board can say
    /// "184 of 231"; again whenever exclusions or kinds change them. One save at a time: the newest must be the last.
    pub(crate) fn count(&mut self, record: &RunRecord, calls: &mut Outbox) {
        if self.counting.is_out() {
            self.has_new_counts = true;
            return;
        }
        if record.is_read_only || !(self.is_complete() && self.is_known()) {
            return;
        }
        let counts = self.people.counts();
        let eligible = counts.eligible.saturating_add(counts.protected);
        self.counting.start(calls, pending::save_counts(record.id.clone(), counts.listed, eligible));
    }

    fn saved(&mut self, failure: Option<Failure>, calls: &mut Outbox) -> Option<Notice> {
        let again = if failure.is_some() { SAVE_AGAIN_AFTER } else { SAVE_AFTER };
        self.is_dirty |= failure.is_some();
        if self.is_dirty && (failure.is_some() || !self.wake.is_out()) {
            self.wake.start(calls, pending::wake(again));
        }
        failure.map(|failure| Notice::new(Tone::Bad, words::failure(&failure)))
    }

    fn end_readers(&mut self, calls: &mut Outbox) {
        self.listing.pending.cancel(calls);
        self.facts.pending.cancel(calls);
        self.sorting.cancel(calls);
        for mut search in std::mem::take(&mut self.searches) {
            search.cancel(calls);
        }
    }
}
