//! Which rows are shown and in which order.
//!
//! Arrival order while the list streams in, by name on request once it is complete; a filter shows its hits as they
//! come. A generation counts the changes: front ends keep their cursor on a user and look its row up again.

use crate::{
    domain::{filter::Query, protection::State, user::Kind},
    wizard::call::PageHits,
};

use super::{
    people::People,
    ticks::{Ticks, rows_of},
};

/// The rows that are shown.
#[derive(Debug, Default)]
pub(super) struct List {
    arrival: Vec<u32>,
    /// Sorted by name; none: in order of arrival.
    by_name: Option<Vec<u32>>,
    query: Query,
    /// What the searches found, page by page; kinds and states are not looked at yet.
    hits: Ticks,
    /// The hits that pass, in order; none: no filter.
    found: Option<Vec<u32>>,
    /// The same as a set.
    shown: Ticks,
    /// The rows still answer the question before: nothing has come for this one.
    is_stale: bool,
    /// Counts the changes of the rows.
    generation: u64,
}

impl List {
    /// An empty list in the place of this one; its generations go on.
    pub(super) fn behind(before: &Self) -> Self {
        Self { generation: before.generation + 1, ..Self::default() }
    }

    /// The rows, in their order.
    pub(super) fn rows(&self) -> &[u32] {
        match (&self.found, &self.by_name) {
            (Some(found), _) => found,
            (None, Some(sorted)) => sorted,
            (None, None) => &self.arrival,
        }
    }

    /// The rows as a set: what the filter shows, or all that stand in the list.
    pub(super) fn shown<'a>(&'a self, people: &'a People) -> &'a Ticks {
        if self.found.is_some() { &self.shown } else { people.live() }
    }

    /// Whether a filter is on.
    pub(super) fn is_filtered(&self) -> bool {
        !self.query.is_empty()
    }

    /// What is wrong with the filter's words.
    pub(super) fn problem(&self) -> Option<&'static str> {
        self.query.problem()
    }

    /// A page has come.
    pub(super) fn add(&mut self, people: &People, page: u32) {
        self.generation += 1;
        let Some((start, len)) = people.pages.span(page) else { return };
        let words = start as usize / 64..(start as usize + len).div_ceil(64);
        for at in words.clone() {
            self.arrival.extend(rows_of(at, people.live().word(at)));
            if let Some(sorted) = self.by_name.as_mut() {
                // Until they are sorted again.
                sorted.extend(rows_of(at, people.live().word(at)));
            }
        }
        if self.is_filtered() && !self.query.needs_search() {
            self.append(people, words);
        }
    }

    /// Another filter. With `Query::needs_search` the rows stay until the first hits come.
    pub(super) fn ask(&mut self, people: &People, query: Query) {
        self.query = query;
        self.hits.clear();
        self.is_stale = self.query.needs_search();
        if !self.is_stale {
            self.rebuild(people);
        }
    }

    /// Hits for some pages, in their order. They are shown at once, but in a list by name: there the first row may
    /// come last.
    pub(super) fn take_hits(&mut self, people: &People, found: &[PageHits]) {
        let mut words = Vec::with_capacity(found.len());
        for PageHits { page, bits } in found {
            let Some((start, len)) = people.pages.span(*page) else { continue };
            let range = start as usize / 64..(start as usize + len).div_ceil(64);
            for (at, word) in range.clone().zip(bits) {
                self.hits.put_word(at, *word);
            }
            words.push(range);
        }
        let Some(first) = words.first().map(|range| range.start) else { return };
        if self.by_name.is_some() {
            return;
        }
        self.freshen();
        let last = self.rows().last().map(|row| *row as usize / 64);
        if last.is_none_or(|last| last < first) && words.is_sorted_by_key(|range| range.start) {
            for range in words {
                self.append(people, range);
            }
            self.generation += 1;
        } else {
            self.rebuild(people);
        }
    }

    /// Every page has been searched.
    pub(super) fn searched(&mut self, people: &People) {
        self.freshen();
        if self.by_name.is_some() {
            self.rebuild(people);
        }
    }

    /// Where a search for this question may stay within, page by page: the hits of the question before, if they are
    /// whole and the new question is a narrower one.
    pub(super) fn within(&self, people: &People, query: &Query) -> Option<Box<[Box<[u64]>]>> {
        if self.is_stale || !self.query.needs_search() || !query.narrows(&self.query) {
            return None;
        }
        let pages = 0..u32::try_from(people.pages.all().len()).ok()?;
        Some(pages.filter_map(|page| people.pages.span(page)).map(|span| self.hits.span(span)).collect())
    }

    /// Kinds or states have changed: rows may come or go where the filter names them, or where seats were turned off.
    pub(super) fn changed(&mut self, people: &People) {
        if self.query.kinds().is_some() || self.query.states().is_some() {
            self.rebuild(people);
        }
    }

    /// Rows have left the list.
    pub(super) fn shrunk(&mut self, people: &People) {
        self.arrival.retain(|row| people.live().has(*row));
        if let Some(sorted) = self.by_name.as_mut() {
            sorted.retain(|row| people.live().has(*row));
        }
        self.rebuild(people);
    }

    /// Whether the rows stand by name.
    pub(super) const fn is_by_name(&self) -> bool {
        self.by_name.is_some()
    }

    /// Back to the order of arrival.
    pub(super) fn unsort(&mut self, people: &People) {
        self.by_name = None;
        self.rebuild(people);
    }

    /// The rows by name: duplicates among them are dropped.
    pub(super) fn sorted(&mut self, people: &People, mut rows: Vec<u32>) {
        rows.retain(|row| people.live().has(*row));
        self.by_name = Some(rows);
        self.rebuild(people);
    }

    /// The number of the rows as they stand.
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// The index of a row, where it is shown.
    pub(super) fn at(&self, row: u32) -> Option<usize> {
        let rows = self.rows();
        match self.by_name {
            Some(_) => rows.iter().position(|other| *other == row),
            // In the order of arrival ordinals ascend.
            None => rows.binary_search(&row).ok(),
        }
    }

    /// The rows from one index to another, both included, in either direction.
    pub(super) fn between(&self, from: usize, to: usize) -> Ticks {
        self.rows().get(from.min(to)..=from.max(to)).unwrap_or_default().iter().copied().collect()
    }

    /// Drops the rows that answered the question before.
    fn freshen(&mut self) {
        if std::mem::take(&mut self.is_stale) {
            self.found = Some(Vec::new());
            self.shown.clear();
            self.generation += 1;
        }
    }

    /// 64 rows that pass the filter at once.
    fn passing(&self, people: &People, at: usize) -> u64 {
        let hits = if self.query.needs_search() { self.hits.word(at) } else { u64::MAX };
        open_to(&self.query, people, at) & hits
    }

    /// Appends what passes of these words.
    fn append(&mut self, people: &People, words: std::ops::Range<usize>) {
        for at in words {
            let passing = self.passing(people, at);
            self.shown.put_word(at, passing);
            self.found.get_or_insert_default().extend(rows_of(at, passing));
        }
    }

    fn rebuild(&mut self, people: &People) {
        self.generation += 1;
        if self.is_stale {
            return;
        }
        self.found = None;
        self.shown.clear();
        if self.is_filtered() {
            self.append(people, 0..people.pages.words());
            if let Some(sorted) = &self.by_name {
                let shown = &self.shown;
                self.found = Some(sorted.iter().copied().filter(|row| shown.has(*row)).collect());
            }
        }
    }
}

/// 64 rows that kinds and states let through at once.
fn open_to(query: &Query, people: &People, at: usize) -> u64 {
    let kinds = query
        .kinds()
        .map_or(u64::MAX, |kinds| kinds.iter().fold(0, |mask, kind: &Kind| mask | people.in_kind(*kind, at)));
    let states = query.states().map_or(u64::MAX, |states| {
        states.iter().fold(0, |mask, state: &State| mask | people.in_state(*state, at))
    });
    people.live().word(at) & kinds & states
}
