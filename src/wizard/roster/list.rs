//! Which rows are shown and in which order.
//!
//! Arrival order while the list streams in, by name on request once it is complete; a filter shows its hits as they
//! come. A generation counts the changes: front ends keep their cursor on a user and look its row up again.

use std::ops::Range;

use crate::{domain::filter::Query, wizard::call::PageHits};

use super::{
    people::People,
    ticks::{Ticks, rows_of},
};

/// The rows that are shown. Which they are stands with the people too, as a set.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// In their order.
    rows: Vec<u32>,
    /// All rows sorted by name, whatever the filter shows; none: in order of arrival.
    by_name: Option<Vec<u32>>,
    query: Query,
    /// What the searches found, page by page; kinds and states are not looked at yet.
    hits: Ticks,
    /// The rows still answer the question before: nothing has come for this one.
    is_stale: bool,
    /// Counts the changes of the rows.
    generation: u64,
}

impl List {
    /// Nobody is listed any more. The filter stays, and generations go on.
    pub(super) fn empty(&mut self) {
        let query = std::mem::take(&mut self.query);
        *self = Self { query, generation: self.generation + 1, ..Self::default() };
    }

    /// The rows, in their order.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Whether a filter is on.
    pub(crate) fn is_filtered(&self) -> bool {
        !self.query.is_empty()
    }

    /// Whether pages must be searched for what it shows.
    pub(super) fn needs_search(&self) -> bool {
        self.query.needs_search()
    }

    /// What is wrong with the filter's words.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.query.problem()
    }

    /// Pages from this one on have come. What stands by name has them at its end until it is sorted again.
    pub(super) fn add(&mut self, people: &mut People, first: u32) {
        let Some(Range { start, .. }) = people.pages.words_of(first) else { return };
        if let Some(sorted) = self.by_name.as_mut() {
            let words = start..people.pages.words();
            sorted.extend(words.flat_map(|at| rows_of(at, people.live().word(at))));
        }
        self.refill(people, start);
    }

    /// Another filter. With `Query::needs_search` the rows stay until the first hits come.
    pub(super) fn ask(&mut self, people: &mut People, query: Query) {
        self.query = query;
        self.hits.clear();
        self.is_stale = self.needs_search();
        if !self.is_stale {
            self.refill(people, 0);
        }
    }

    /// Hits for some pages. They are shown at once, but in a list by name: there the first row may come last.
    pub(super) fn take_hits(&mut self, people: &mut People, found: &[PageHits]) {
        let mut first = None;
        for PageHits { page, bits } in found {
            let Some(words) = people.pages.words_of(*page) else { continue };
            first = first.into_iter().chain([words.start]).min();
            for (at, word) in words.zip(bits) {
                self.hits.put_word(at, *word);
            }
        }
        if let Some(first) = first.filter(|_| !self.is_by_name()) {
            // The rows that answered the question before go.
            let is_new = std::mem::take(&mut self.is_stale);
            self.refill(people, if is_new { 0 } else { first });
        }
    }

    /// Every page has been searched.
    pub(super) fn searched(&mut self, people: &mut People) {
        if std::mem::take(&mut self.is_stale) || self.is_by_name() {
            self.refill(people, 0);
        }
    }

    /// Where a search for this question may stay within, page by page: the hits of the question before, if they are
    /// whole and the new question is a narrower one.
    pub(super) fn within(&self, people: &People, query: &Query) -> Option<Box<[Box<[u64]>]>> {
        if self.is_stale || !self.needs_search() || !query.narrows(&self.query) {
            return None;
        }
        let pages = (0..people.pages.count()).filter_map(|page| people.pages.words_of(page));
        Some(pages.map(|words| words.map(|at| self.hits.word(at)).collect()).collect())
    }

    /// Kinds or states have changed: rows may come or go where the filter names them.
    pub(super) fn changed(&mut self, people: &mut People) {
        if self.query.kinds().is_some() || self.query.states().is_some() {
            self.refill(people, 0);
        }
    }

    /// Whether the rows stand by name.
    pub(crate) const fn is_by_name(&self) -> bool {
        self.by_name.is_some()
    }

    /// The rows by name, or back to the order of arrival.
    pub(super) fn sort(&mut self, people: &mut People, by_name: Option<Vec<u32>>) {
        self.by_name = by_name;
        self.refill(people, 0);
    }

    /// The number of the rows as they stand.
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// The index of a row, where it is shown.
    pub(super) fn at(&self, row: u32) -> Option<usize> {
        match self.by_name {
            Some(_) => self.rows.iter().position(|other| *other == row),
            // In the order of arrival ordinals ascend.
            None => self.rows.binary_search(&row).ok(),
        }
    }

    /// The rows from one index to another, both included, in either direction.
    pub(super) fn between(&self, from: usize, to: usize) -> Ticks {
        self.rows.get(from.min(to)..=from.max(to)).unwrap_or_default().iter().copied().collect()
    }

    /// 64 rows that pass the filter at once.
    fn passing(&self, people: &People, at: usize) -> u64 {
        let hits = if self.needs_search() { self.hits.word(at) } else { u64::MAX };
        let kinds = self.query.kinds().map_or(u64::MAX, |kinds| people.in_kinds(kinds, at));
        let states = self.query.states().map_or(u64::MAX, |states| {
            states.iter().fold(0, |mask, state| mask | people.in_state(*state, at))
        });
        people.live().word(at) & hits & kinds & states
    }

    /// The rows anew from a word on: of the users, their states or the order others are there than before.
    pub(super) fn refill(&mut self, people: &mut People, from: usize) {
        self.generation += 1;
        if !self.is_stale {
            // In the order of arrival ordinals ascend.
            self.rows.truncate(self.rows.partition_point(|row| (*row as usize) < from * 64));
            for at in from..people.pages.words() {
                let passing = self.passing(people, at);
                people.shown.put_word(at, passing);
                self.rows.extend(rows_of(at, passing));
            }
            if let Some(sorted) = &self.by_name {
                self.rows = sorted.iter().copied().filter(|row| people.shown.has(*row)).collect();
            }
        }
        people.settle();
    }
}
