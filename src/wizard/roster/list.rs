//! Which rows are shown and in which order, and the cursor, which belongs to a user and not to an index.
//!
//! Arrival order while the list streams in, by name on request once it is complete; a filter shows its hits as they
//! come. Indices are kept beside the ordinals, so that a view asks nothing that grows with the list.

use crate::{
    domain::{
        filter::{Query, Search},
        protection::State,
        user::Kind,
    },
    wizard::{
        event::{Move, PageHits},
        part::ticks::{Ticks, rows_of},
    },
};

use super::people::People;

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
    /// The user under the cursor, and where that row stands.
    cursor: Option<(u32, usize)>,
    /// The user at the other end of a range, and where that row stands.
    anchor: Option<(u32, usize)>,
}

impl List {
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
        let was_empty = self.rows().is_empty();
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
        if was_empty {
            self.reseat();
        }
    }

    /// Another filter. With `Query::needs_search` the rows stay until the first hits come.
    pub(super) fn ask(&mut self, people: &People, query: Query) {
        self.query = query;
        self.hits.clear();
        self.is_stale = self.query.needs_search();
        if !self.is_stale {
            self.rewind();
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
            if last.is_none() {
                self.reseat();
            }
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

    /// The page of the user under the cursor, if the question lets that user stay.
    pub(super) fn kept(&self, people: &People, query: &Query) -> Option<usize> {
        let ordinal = self.under_cursor()?;
        let (at, row) = people.pages.place(ordinal)?;
        let open = open_to(query, people, ordinal as usize / 64);
        let page = people.pages.all().get(at)?;
        let mut only = vec![0; row / 64];
        only.push(1 << (row % 64));
        let is_found = open >> (ordinal % 64) & 1 == 1
            && Search::of(query).page(page, Some(&only)).iter().any(|word| *word != 0);
        is_found.then_some(at)
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

    /// Moves the cursor.
    pub(super) fn step(&mut self, by: Move) {
        let mut cursor = crate::wizard::part::list::Cursor::default();
        let len = self.rows().len();
        cursor.put(self.cursor.map_or(0, |(_, at)| at));
        cursor.step(by, len);
        self.cursor = cursor.get(len).and_then(|at| Some((*self.rows().get(at)?, at)));
    }

    /// Index of the cursor; none when there is no row.
    pub(super) fn cursor(&self) -> Option<usize> {
        self.cursor.filter(|(row, at)| self.rows().get(*at) == Some(row)).map(|(_, at)| at)
    }

    /// The user under the cursor; none when there is no row.
    pub(super) fn under_cursor(&self) -> Option<u32> {
        self.cursor().and_then(|at| self.rows().get(at).copied())
    }

    /// Index of the other end of the range.
    pub(super) fn anchor(&self) -> Option<usize> {
        self.anchor.map(|(_, at)| at)
    }

    /// Starts a range at the cursor, or ends the one that is open; says whether one is open now.
    pub(super) fn mark(&mut self) -> bool {
        self.anchor = if self.anchor.is_some() { None } else { self.cursor };
        self.anchor.is_some()
    }

    /// Ends the range.
    pub(super) fn unmark(&mut self) {
        self.anchor = None;
    }

    /// The rows of the range, or the one under the cursor.
    pub(super) fn selected(&self) -> Ticks {
        let Some(at) = self.cursor() else { return Ticks::default() };
        let other = self.anchor().unwrap_or(at);
        self.rows().get(at.min(other)..=at.max(other)).unwrap_or_default().iter().copied().collect()
    }

    /// Puts the cursor on a user, where that row is shown.
    pub(super) fn go_to(&mut self, row: u32) {
        self.cursor = Some((row, self.cursor.map_or(0, |(_, at)| at)));
        self.reseat();
    }

    /// Drops the rows that answered the question before.
    fn freshen(&mut self) {
        if std::mem::take(&mut self.is_stale) {
            self.found = Some(Vec::new());
            self.shown.clear();
            self.anchor = None;
            self.rewind();
        }
    }

    /// Where the cursor's user will not be shown, the first row takes the cursor.
    fn rewind(&mut self) {
        self.cursor = self.cursor.map(|(row, _)| (row, 0));
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
        self.reseat();
    }

    /// Finds the cursor's and the anchor's user again. Where the cursor's user is not shown any more, the row that
    /// stands there now takes the cursor; where the anchor's is not, the range ends.
    fn reseat(&mut self) {
        let rows = self.rows();
        let find = |row: u32| {
            // In the order of arrival ordinals ascend.
            let at = match self.by_name {
                Some(_) => rows.iter().position(|r| *r == row),
                None => rows.binary_search(&row).ok(),
            };
            at.map(|at| (row, at))
        };
        let cursor = self.cursor.and_then(|(row, _)| find(row));
        let anchor = self.anchor.and_then(|(row, _)| find(row));
        self.anchor = anchor;
        if let Some(last) = self.rows().len().checked_sub(1) {
            let at = self.cursor.map_or(0, |(_, at)| at.min(last));
            self.cursor = cursor.or_else(|| Some((*self.rows().get(at)?, at)));
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
