//! The roster's own calls: the listing, what is on record, searches, and the saving of ticks and counts.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::{protection::Protection, user::UserPage},
    wizard::{
        Cx,
        effect::{CallId, Request},
        event::Reply,
        outbox::Outbox,
        session::Routed,
        view::Tone,
        words,
    },
};

use super::{Phase, Roster, list::List, people::People};

/// Ticks are saved at most this long after a change (product.md section 9, *Users*).
const SAVE_AFTER: Duration = Duration::from_secs(1);

/// Ticks that could not be saved are tried again after this long. A guess.
const SAVE_AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Roster {
    /// Starts the listing and reads what is on record, once; later calls do nothing.
    pub(crate) fn start(cx: &mut Cx<'_>) {
        if !matches!(cx.session.roster.listing, Phase::Idle) {
            return;
        }
        let Some(record) = cx.session.record.as_ref() else { return };
        let is_hosted = record.product.is_hosted();
        let list = Request::ListUsers {
            tenant: record.organisation.as_ref().map(|o| o.tenant).filter(|_| !is_hosted),
            impersonation: record.impersonation.clone().filter(|_| is_hosted).map(Box::new),
        };
        let facts = Request::LoadProtection(record.customer.id, record.product);
        let roster = &mut cx.session.roster;
        if roster.people.pages.all().is_empty() {
            roster.people.restore(&record.draft);
        }
        roster.facts = Phase::Running(cx.calls.start(facts));
        roster.listing = Phase::Running(cx.calls.start(list));
        roster.since = cx.now;
    }

    /// Lists again from the start. Ticks, the filter and the cursor's user are kept.
    pub(crate) fn again(cx: &mut Cx<'_>) {
        let roster = &mut cx.session.roster;
        roster.end_readers(cx.calls);
        let draft = roster.people.draft();
        let rule = roster.people.rule().cloned();
        roster.wanted = roster.under_cursor().map(|(_, user)| user.id);
        roster.people = People::default();
        roster.list = List::default();
        roster.people.set_rule(rule);
        roster.notes.clear();
        (roster.listing, roster.facts) = (Phase::Idle, Phase::Idle);
        let typed = std::mem::take(&mut roster.typed);
        roster.ask(cx.calls, &typed);
        // `start` takes the ticks from the record: the ones here are newer.
        if let Some(record) = cx.session.record.as_mut() {
            record.draft = draft;
        }
        Self::start(cx);
    }

    /// Reads what is on record again.
    pub(crate) fn look_again(cx: &mut Cx<'_>) {
        let roster = &mut cx.session.roster;
        let Some(record) = cx.session.record.as_ref() else { return };
        if let Phase::Running(call) = roster.facts {
            cx.calls.cancel(call);
        }
        let facts = Request::LoadProtection(record.customer.id, record.product);
        roster.facts = Phase::Running(cx.calls.start(facts));
    }

    /// Saves the draft if it changed, and ends the listing.
    pub(crate) fn leave(cx: &mut Cx<'_>) {
        Self::save(cx);
        let roster = &mut cx.session.roster;
        roster.end_readers(cx.calls);
        cx.calls.cancel_taken(&mut roster.wake);
    }

    /// Ticks have changed: they will be saved within a second.
    pub(crate) fn touched(cx: &mut Cx<'_>) {
        let roster = &mut cx.session.roster;
        roster.is_dirty = true;
        if roster.wake.is_none() && roster.saving.is_none() {
            roster.wake = Some(cx.calls.start(Request::Wake(SAVE_AFTER)));
        }
    }

    /// Saves the ticks now, if they changed and no older save is out.
    pub(crate) fn save(cx: &mut Cx<'_>) {
        let roster = &mut cx.session.roster;
        let Some(record) = cx.session.record.as_mut().filter(|record| !record.is_read_only) else { return };
        if !roster.is_dirty {
            return;
        }
        cx.calls.cancel_taken(&mut roster.wake);
        let draft = roster.people.draft();
        record.draft = draft.clone();
        roster.is_dirty = false;
        roster.saving = Some(cx.calls.start(Request::SaveDraft(record.id.clone(), draft)));
    }

    /// Takes a reply if it belongs to the roster's own calls.
    pub(crate) fn reply(cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Routed {
        let roster = &mut cx.session.roster;
        if matches!(roster.listing, Phase::Running(mine) if mine == call) {
            Self::listed(cx, reply);
        } else if matches!(roster.facts, Phase::Running(mine) if mine == call) {
            roster.know(reply);
            roster.complete(cx.calls);
            Self::count(cx);
        } else if roster.searches.contains(&call) {
            roster.search_came(cx.calls, call, &reply);
            if let Reply::Failed(failure) = reply {
                cx.say(Tone::Bad, words::failure(&failure));
            }
        } else if roster.wake == Some(call) {
            roster.wake = None;
            if roster.saving.is_none() {
                Self::save(cx);
            }
        } else if roster.sorting == Some(call) {
            Self::sorted(cx, reply);
        } else if roster.saving == Some(call) {
            Self::saved(cx, &reply);
        } else if roster.counting == Some(call) {
            roster.counting = None;
            if std::mem::take(&mut roster.has_new_counts) {
                Self::count(cx);
            }
        } else {
            return Routed::NotMine(Box::new(reply));
        }
        Routed::Changed
    }

    fn listed(cx: &mut Cx<'_>, reply: Reply) {
        let roster = &mut cx.session.roster;
        match reply {
            Reply::Page(page) => roster.arrive(cx.calls, &page),
            Reply::Kinds(kinds) => {
                roster.people.learn(&kinds);
                roster.refresh();
            }
            Reply::Note(note) => roster.notes.push(note),
            Reply::Failed(failure) => roster.listing = Phase::Failed(failure),
            _ => {
                roster.listing = Phase::Done;
                roster.complete(cx.calls);
                Self::count(cx);
            }
        }
    }

    /// A page of users: rows can be used while the rest still arrives.
    pub(super) fn arrive(&mut self, calls: &mut Outbox, page: &Arc<UserPage>) {
        if page.is_empty() {
            return;
        }
        let at = u32::try_from(self.people.pages.all().len()).unwrap_or(u32::MAX);
        self.people.add(page);
        self.list.add(&self.people, at);
        if let Some(row) = self.wanted.and_then(|id| self.people.pages.find(id)) {
            self.wanted = None;
            self.list.go_to(row);
        }
        self.search_later(calls, at);
        self.recount();
    }

    /// Pages that come while a filter is on get a search of their own.
    fn search_later(&mut self, calls: &mut Outbox, first: u32) {
        let query = crate::domain::filter::Query::parse(&self.typed);
        let pages = self.people.pages.all().get(first as usize..).unwrap_or_default().to_vec();
        if query.needs_search() && !pages.is_empty() {
            let query = self.typed.clone();
            let search = Request::Search { query, first, pages, kept: None, within: None };
            self.searches.insert(calls.start(search));
        }
    }

    pub(super) fn search_came(&mut self, calls: &mut Outbox, call: CallId, reply: &Reply) {
        if let Reply::Hits(found) | Reply::Searched(found) = reply {
            self.list.take_hits(&self.people, found);
        }
        if !matches!(reply, Reply::Hits(_)) {
            self.searches.remove(&call);
            if let Reply::Failed(_) = reply {
                self.is_torn = true;
                calls.cancel(call);
            }
            if self.searches.is_empty() {
                self.list.searched(&self.people);
            }
        }
        self.recount();
    }

    /// The rows by name have come.
    fn sorted(cx: &mut Cx<'_>, reply: Reply) {
        let roster = &mut cx.session.roster;
        roster.sorting = None;
        match reply {
            Reply::Sorted(rows) => {
                roster.list.sorted(&roster.people, rows);
                cx.say(Tone::Plain, "Sorted by name.");
            }
            Reply::Failed(failure) => cx.say(Tone::Bad, words::failure(&failure)),
            _ => {}
        }
    }

    fn know(&mut self, reply: Reply) {
        match reply {
            Reply::Protection(facts) => {
                let facts: Protection = *facts;
                self.people.know(facts);
                self.facts = Phase::Done;
            }
            Reply::Failed(failure) => self.facts = Phase::Failed(failure),
            _ => self.facts = Phase::Done,
        }
        self.refresh();
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
    pub(crate) fn count(cx: &mut Cx<'_>) {
        let roster = &mut cx.session.roster;
        if roster.counting.is_some() {
            roster.has_new_counts = true;
            return;
        }
        let Some(record) = cx.session.record.as_ref().filter(|record| !record.is_read_only) else { return };
        if !(roster.is_complete() && roster.is_known()) {
            return;
        }
        let counts = roster.people.counts();
        roster.counting = Some(cx.calls.start(Request::SaveCounts {
            run: record.id.clone(),
            listed: counts.listed,
            eligible: counts.eligible.saturating_add(counts.protected),
        }));
    }

    fn saved(cx: &mut Cx<'_>, reply: &Reply) {
        let roster = &mut cx.session.roster;
        roster.saving = None;
        if let Reply::Failed(failure) = reply {
            roster.is_dirty = true;
            roster.wake = Some(cx.calls.start(Request::Wake(SAVE_AGAIN_AFTER)));
            let words = words::failure(failure);
            cx.say(Tone::Bad, words);
        } else if roster.is_dirty && roster.wake.is_none() {
            roster.wake = Some(cx.calls.start(Request::Wake(SAVE_AFTER)));
        }
    }

    fn end_readers(&mut self, calls: &mut Outbox) {
        for phase in [&mut self.listing, &mut self.facts] {
            if let Phase::Running(call) = *phase {
                calls.cancel(call);
                *phase = Phase::Idle;
            }
        }
        calls.cancel_taken(&mut self.sorting);
        for call in std::mem::take(&mut self.searches) {
            calls.cancel(call);
        }
    }
}
