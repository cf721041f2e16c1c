//! Which rows are shown and in which order, and the cursor, which belongs to a user and not to an index.
//!
//! Arrival order while the list streams in, by name on request once it is complete; a filter shows its hits as they
//! come. Indices are kept beside the ordinals, so that a view asks nothing that grows with the list.

use crate::{
    domain::{
        filter::{Query, fold},
        protection::State,
        user::Kind,
    },
    wizard::{
        event::Move,
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
    /// Hits came out of order; the order is mended when the search ends.
    is_mixed: bool,
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
        self.is_mixed = false;
        self.is_stale = self.query.needs_search();
        if !self.is_stale {
            self.rewind();
            self.rebuild(people);
        }
    }

    /// Hits for one page.
    pub(super) fn take_hits(&mut self, people: &People, page: u32, bits: &[u64]) {
        let Some((start, len)) = people.pages.span(page) else { return };
        self.freshen();
        let was_empty = self.rows().is_empty();
        let words = start as usize / 64..(start as usize + len).div_ceil(64);
        self.is_mixed |= self.rows().last().is_some_and(|last| *last > start);
        for (at, word) in words.clone().zip(bits) {
            self.hits.put_word(at, *word);
        }
        self.append(people, words);
        if was_empty {
            self.reseat();
        }
    }

    /// Every page has been searched.
    pub(super) fn searched(&mut self, people: &People) {
        self.freshen();
        if self.is_mixed || self.by_name.is_some() {
            self.is_mixed = false;
            self.rebuild(people);
        }
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

    /// Sorts by name, or back to the order of arrival; says which it is now.
    ///
    /// Cost: one fold per user and a sort of their first 16 bytes, once.
    pub(super) fn sort(&mut self, people: &People) -> bool {
        if self.by_name.take().is_none() {
            self.by_name = Some(by_name(people, &self.arrival));
        }
        self.rebuild(people);
        self.by_name.is_some()
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
        let kinds = self.query.kinds().map_or(u64::MAX, |kinds| {
            kinds.iter().fold(0, |mask, kind: &Kind| mask | people.in_kind(*kind, at))
        });
        let states = self.query.states().map_or(u64::MAX, |states| {
            states.iter().fold(0, |mask, state: &State| mask | people.in_state(*state, at))
        });
        let hits = if self.query.needs_search() { self.hits.word(at) } else { u64::MAX };
        people.live().word(at) & kinds & states & hits
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
        let find = |row: u32| self.rows().iter().position(|r| *r == row).map(|at| (row, at));
        let cursor = self.cursor.and_then(|(row, _)| find(row));
        let anchor = self.anchor.and_then(|(row, _)| find(row));
        self.anchor = anchor;
        if let Some(last) = self.rows().len().checked_sub(1) {
            let at = self.cursor.map_or(0, |(_, at)| at.min(last));
            self.cursor = cursor.or_else(|| Some((*self.rows().get(at)?, at)));
        }
    }
}

/// Rows by folded name; equal names stay in order of arrival.
fn by_name(people: &People, rows: &[u32]) -> Vec<u32> {
    let name = |row: u32| people.user(row).map(|user| fold(user.name.as_str())).unwrap_or_default();
    let mut keyed: Vec<(u128, u32)> = rows.iter().map(|row| (first_16(&name(*row)), *row)).collect();
    // Most names differ in their first 16 bytes; only those that do not are folded again.
    keyed.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then_with(|| name(*x).cmp(&name(*y)).then(x.cmp(y))));
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// The first 16 bytes as a number that sorts as they do.
fn first_16(name: &str) -> u128 {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    u128::from_be_bytes(bytes)
}
