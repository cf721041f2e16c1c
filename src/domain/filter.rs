//! The users' filter: exact, never by likeness, because no user may land on a bill by likeness.
//!
//! Every word must be a substring of the folded name, either of the two addresses, or department; `kind:shared`, `state:off` and
//! `licence:E3` narrow it further. [`Search`] is used off the drawing thread, page by page, and answers one bit per
//! row. Kinds may be learnt after a page was made and states change by the minute, so those two words are left to the
//! owner of the rows: [`Query::kinds`] and [`Query::states`] say which ones pass.

use std::ops::Range;

use memchr::memmem::Finder;
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

use super::{
    protection::State,
    text::Text,
    user::{Kind, UserPage},
};

/// States that the filter knows, in the order of help.
const STATES: [State; 8] = [
    State::Off,
    State::Scheduled,
    State::Stalled,
    State::TurningOn,
    State::Protected,
    State::Problem,
    State::Excluded,
    State::NotIncluded,
];

/// Fields per row in a page's block of text: name, address, sign-in name, department, problem. The last one is not
/// searched.
pub(in crate::domain) const FIELDS: usize = 5;

/// What was typed into the filter, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Folded words; each must be found in one of the fields.
    words: Vec<String>,
    /// Folded pieces of licence names; each must be found.
    licences: Vec<String>,
    kinds: Option<Vec<Kind>>,
    states: Option<Vec<State>>,
}

impl Query {
    /// Understands what was typed; never fails, a word that names nothing simply matches nothing.
    ///
    /// `kind:` and `state:` take the start of a word, so that rows do not vanish while it is being typed; two of one
    /// sort widen (`kind:room kind:shared`), because no user is of two kinds.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let mut query = Self::default();
        for word in fold(typed).split_whitespace() {
            match word.split_once(':') {
                Some(("kind" | "state" | "licence" | "license", "")) => {}
                Some(("kind", value)) => query.kinds.get_or_insert_default().extend(kinds_called(value)),
                Some(("state", value)) => query.states.get_or_insert_default().extend(states_called(value)),
                Some(("licence" | "license", value)) => query.licences.push(value.to_owned()),
                _ => query.words.push(word.to_owned()),
            }
        }
        query
    }

    /// Whether every row passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.needs_search() && self.kinds.is_none() && self.states.is_none()
    }

    /// Whether pages must be searched; false when kinds and states alone decide.
    #[must_use]
    pub fn needs_search(&self) -> bool {
        !self.words.is_empty() || !self.licences.is_empty()
    }

    /// Whether words and licences find no row that those of the other query do not find: then a search can stay within
    /// its hits.
    #[must_use]
    pub fn narrows(&self, other: &Self) -> bool {
        let holds = |mine: &[String], other: &[String]| {
            other.iter().all(|word| mine.iter().any(|longer| longer.contains(word.as_str())))
        };
        holds(&self.words, &other.words) && holds(&self.licences, &other.licences)
    }

    /// The kinds that pass; none: all of them. An empty list: a kind was named that does not exist.
    #[must_use]
    pub fn kinds(&self) -> Option<&[Kind]> {
        self.kinds.as_deref()
    }

    /// The states that pass; none: all of them. An empty list: a state was named that does not exist.
    #[must_use]
    pub fn states(&self) -> Option<&[State]> {
        self.states.as_deref()
    }

    /// What is wrong with the words, as a sentence.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        if self.kinds.as_ref().is_some_and(Vec::is_empty) {
            Some(
                "No such kind. Kinds: user, mailbox, shared, room, sign-in-off, not-checked-yet, on-premises, guest, no-mailbox.",
            )
        } else if self.states.as_ref().is_some_and(Vec::is_empty) {
            Some(
                "No such state. States: off, scheduled, waits-for-a-sweep, turning-on, protected, problem, excluded, not-included.",
            )
        } else {
            None
        }
    }
}

/// What a bare word could mean besides itself: a kind or a state, which it is also the word of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is counted.
    pub sort: Sort,
    /// As it is typed: `kind:shared`.
    pub term: String,
    /// All that was typed, with the term in the place of the word.
    pub typed: String,
}

/// A kind or a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Users of a kind.
    Kind(Kind),
    /// Users in a state.
    State(State),
}

impl Offer {
    /// What the first word that names a kind or a state could mean, one or many of them ("guest", "guests"); a word that
    /// is only the start of one is that of a name still being typed.
    #[must_use]
    pub fn of(typed: &str) -> Option<Self> {
        let mut words: Vec<&str> = typed.split_whitespace().collect();
        let (at, sort) = words.iter().enumerate().find_map(|(at, word)| Some((at, sort_called(word)?)))?;
        let term = match sort {
            Sort::Kind(kind) => format!("kind:{}", kind.shown()),
            Sort::State(state) => format!("state:{}", state.word()),
        };
        let term = term.replace(' ', "-");
        *words.get_mut(at)? = &term;
        let typed = words.join(" ");
        Some(Self { sort, term, typed })
    }
}

/// The kind or the state of which this is the word.
fn sort_called(word: &str) -> Option<Sort> {
    let word = squeezed(&fold(word));
    let is_called = |name: &str| {
        let name = squeezed(name);
        word == name || word.strip_suffix('s') == Some(name.as_str())
    };
    let kind =
        Kind::ALL.into_iter().find(|kind| is_called(kind.word()) || is_called(kind.shown())).map(Sort::Kind);
    kind.or_else(|| STATES.into_iter().find(|state| is_called(state.word())).map(Sort::State))
}

/// The kinds whose word begins so; spaces and hyphens do not count.
fn kinds_called(value: &str) -> Vec<Kind> {
    let value = squeezed(value);
    let is_called =
        |kind: &Kind| [kind.word(), kind.shown()].iter().any(|word| squeezed(word).starts_with(&value));
    Kind::ALL.into_iter().filter(is_called).collect()
}

/// The states whose word begins so; `on` is what people say for *protected*.
fn states_called(value: &str) -> Vec<State> {
    let value = squeezed(value);
    if value == "on" {
        return vec![State::Protected];
    }
    STATES.into_iter().filter(|state| squeezed(state.word()).starts_with(&value)).collect()
}

/// A word without spaces and hyphens.
fn squeezed(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect()
}

/// Folds text for comparing: NFKC, lower case, invisible characters removed, every apostrophe the plain one: tablets type
/// another than directories hold.
#[must_use]
pub fn fold(raw: &str) -> String {
    if raw.is_ascii() {
        return raw.to_ascii_lowercase();
    }
    // Before NFKC, which takes the acute accent apart.
    raw.chars()
        .map(|c| if is_apostrophe(c) { '\'' } else { c })
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_invisible(*c))
        .collect()
}

/// Whether every one of these folded words stands somewhere in a folded text.
#[must_use]
pub fn has_words(text: &str, words: &str) -> bool {
    words.split_whitespace().all(|word| text.contains(word))
}

/// What is typed for an apostrophe: quotation marks, modifier letters, the prime, the acute accent.
const fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\u{2018}'
            | '\u{2019}'
            | '\u{201B}'
            | '\u{02B9}'
            | '\u{02BB}'
            | '\u{02BC}'
            | '\u{02BD}'
            | '\u{2032}'
            | '\u{2035}'
            | '\u{00B4}'
            | '\u{FF07}'
            | '\u{FF40}'
            | '\u{A78C}'
    )
}

/// Characters that nobody sees and nobody types, and the stand-in that [`super::text::Text::clean`] leaves in their
/// place: a hidden character must not hide a row (remote-terminal.md section 3).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{FFFD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{FE00}'..='\u{FE0F}'
    ) || (!c.is_ascii() && get_general_category(c) == GeneralCategory::Format)
}

/// One search through many pages: the words made ready once, and room that every page uses again.
#[derive(Debug)]
pub struct Search<'q> {
    query: &'q Query,
    finders: Vec<Finder<'q>>,
    /// The text that is being scanned, in lower case.
    room: Vec<u8>,
}

impl<'q> Search<'q> {
    /// Makes a search ready.
    #[must_use]
    pub fn of(query: &'q Query) -> Self {
        let finders = query.words.iter().map(|word| Finder::new(word.as_bytes())).collect();
        Self { query, finders, room: Vec::new() }
    }

    /// Which rows of a page match the words and licences: one bit per row, lowest first; bits past the end are zero.
    /// Rows that are not `within` match nothing; none: all rows are looked at.
    ///
    /// Costs one pass over the page's text per word, or over the text of the rows within where they are few. Kinds
    /// and states are not looked at (see the module).
    pub fn page(&mut self, page: &UserPage, within: Option<&[u64]>) -> Box<[u64]> {
        let mut bits = full(page.len());
        if let Some(within) = within {
            keep(&mut bits, within.iter().copied().chain(std::iter::repeat(0)));
        }
        if !self.finders.is_empty() {
            let wanted: usize = bits.iter().map(|word| word.count_ones() as usize).sum();
            if wanted.saturating_mul(SPARSE) < page.len() {
                self.rows(page, &mut bits);
            } else {
                self.block(page, &mut bits);
            }
        }
        if !self.query.licences.is_empty() {
            keep_licensed(page, &self.query.licences, &mut bits);
        }
        bits
    }

    /// Scans the whole page.
    fn block(&mut self, page: &UserPage, bits: &mut [u64]) {
        let block = Block::of(page, 0..page.len(), &mut self.room);
        for finder in &self.finders {
            let mut with = vec![0_u64; bits.len()];
            block.rows_with(finder, |row| {
                if let Some(word) = with.get_mut(row / 64) {
                    *word |= 1 << (row % 64);
                }
            });
            keep(bits, with.into_iter());
        }
    }

    /// Scans the set rows, each by itself.
    fn rows(&mut self, page: &UserPage, bits: &mut [u64]) {
        for (at, word) in bits.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let row = at * 64 + bit as usize;
                let block = Block::of(page, row..row + 1, &mut self.room);
                let has_all = self.finders.iter().all(|finder| {
                    let mut is_found = false;
                    block.rows_with(finder, |_| is_found = true);
                    is_found
                });
                if !has_all {
                    *word &= !(1 << bit);
                }
            }
        }
    }
}

/// Rows are scanned one by one where fewer than one in so many is wanted. Measured: a row by itself costs some eight
/// times what it costs in the scan of its page.
const SPARSE: usize = 8;

/// Drops the bits that are not in the other set.
fn keep(bits: &mut [u64], others: impl Iterator<Item = u64>) {
    for (bits, other) in bits.iter_mut().zip(others) {
        *bits &= other;
    }
}

/// One set bit per row.
fn full(rows: usize) -> Box<[u64]> {
    (0..rows.div_ceil(64))
        .map(|word| match rows - word * 64 {
            left if left >= 64 => u64::MAX,
            left => (1_u64 << left) - 1,
        })
        .collect()
}

/// Drops the rows that do not hold every licence: a piece of its name, the words of which a hyphen may join. A page has
/// few different sets, so each is folded once.
fn keep_licensed(page: &UserPage, licences: &[String], bits: &mut [u64]) {
    let (of_rows, sets) = page.licences();
    let holds = |set: &Text| {
        let set = fold(set.as_str());
        let joined = set.replace(' ', "-");
        licences.iter().all(|licence| set.contains(licence.as_str()) || joined.contains(licence.as_str()))
    };
    let holding: Vec<bool> = sets.iter().map(holds).collect();
    for (rows, word) in of_rows.chunks(64).zip(bits) {
        let holders = rows.iter().enumerate().fold(0, |word, (bit, set)| {
            let is_in = holding.get(usize::from(*set)).copied().unwrap_or(false);
            word | u64::from(is_in) << bit
        });
        *word &= holders;
    }
}

/// The text of some rows in lower case, with the ends of its fields.
///
/// Lower case is the whole fold for nearly every name, and costs a copy. The other fields lie folded beside the page's
/// text; their places here are scanned too and not believed.
struct Block<'a> {
    /// The first row.
    first: usize,
    text: &'a [u8],
    /// Where the text begins in the page's block.
    start: usize,
    /// Ends of the fields in the page's block, [`FIELDS`] for each row of this block.
    ends: &'a [u32],
    folds: Folds<'a>,
    /// The folded fields of these rows, as indices into `folds`.
    folded: Range<usize>,
}

impl<'a> Block<'a> {
    fn of(page: &'a UserPage, rows: Range<usize>, room: &'a mut Vec<u8>) -> Self {
        let (text, ends, folds) = page.block();
        let start =
            (rows.start * FIELDS).checked_sub(1).and_then(|at| ends.get(at)).map_or(0, |end| size(*end));
        let ends = ends.get(rows.start * FIELDS..rows.end * FIELDS).unwrap_or_default();
        let end = ends.last().map_or(start, |end| size(*end));
        room.clear();
        room.extend_from_slice(text.as_bytes().get(start..end).unwrap_or_default());
        room.make_ascii_lowercase();
        let folded = folds.place(rows.start)..folds.place(rows.end);
        Self { first: rows.start, text: room, start, ends, folds, folded }
    }

    /// Tells the rows that have a word in one of the fields that are searched: one scan over the block; a hit that
    /// reaches over the end of a field is none. A row may be told twice.
    fn rows_with(&self, word: &Finder<'_>, mut tell: impl FnMut(usize)) {
        let mut rows = self.ends.chunks_exact(FIELDS).enumerate();
        let mut here = rows.next();
        let mut from = 0;
        while let Some(found) = self.text.get(from..).and_then(|rest| word.find(rest)) {
            let at = self.start + from + found;
            while let Some((_, [.., end])) = here
                && size(*end) <= at
            {
                here = rows.next();
            }
            let Some((row, ends @ [.., last])) = here else { break };
            let row = self.first + row;
            from = from + found + 1;
            if self.is_in_field(word, at, row, ends) {
                tell(row);
                from = size(*last) - self.start;
            }
        }
        for (place, text) in self.folded.clone().filter_map(|at| self.folds.get(at)) {
            if word.find(text.as_bytes()).is_some() {
                tell(place / FIELDS);
            }
        }
    }

    /// Whether a hit lies within one searched field, and that field is not folded elsewhere.
    fn is_in_field(&self, word: &Finder<'_>, at: usize, row: usize, ends: &[u32]) -> bool {
        let searched = ends.get(..FIELDS - 1).unwrap_or_default();
        let Some(field) = searched.iter().position(|end| at < size(*end)) else { return false };
        searched.get(field).is_some_and(|end| at + word.needle().len() <= size(*end))
            && !self.folds.has(row * FIELDS + field)
    }
}

/// Fields whose folded form is more than their lower case, by place in the page.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::domain) struct Folds<'a> {
    /// Places: row times [`FIELDS`] plus field, ascending.
    pub(in crate::domain) fields: &'a [u16],
    /// Ends in `text`, one per place.
    pub(in crate::domain) ends: &'a [u32],
    /// The folded fields, one behind the other.
    pub(in crate::domain) text: &'a str,
}

impl<'a> Folds<'a> {
    /// A folded field and its place.
    fn get(self, at: usize) -> Option<(usize, &'a str)> {
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| size(*end));
        let text = self.text.get(from..size(*self.ends.get(at)?))?;
        Some((usize::from(*self.fields.get(at)?), text))
    }

    /// Index of the first folded field of a row or of one behind it.
    fn place(self, row: usize) -> usize {
        self.fields.partition_point(|field| usize::from(*field) < row * FIELDS)
    }

    /// Whether the field at a place is folded here.
    fn has(self, place: usize) -> bool {
        !self.fields.is_empty()
            && u16::try_from(place).is_ok_and(|place| self.fields.binary_search(&place).is_ok())
    }

    /// The folded form of a field, where it is here.
    pub(in crate::domain) fn of(self, place: usize) -> Option<&'a str> {
        let at = self.fields.binary_search(&u16::try_from(place).ok()?).ok()?;
        self.get(at).map(|(_, text)| text)
    }
}

/// An offset as a length.
fn size(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
