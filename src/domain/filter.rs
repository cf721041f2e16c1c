//! The users' filter: exact, never by likeness, because nobody may land on a bill by likeness.
//!
//! Every word must be a substring of the folded name, address or department; `kind:shared`, `state:off` and
//! `licence:E3` narrow it further. [`search`] is called off the drawing thread, page by page, and answers one bit per
//! row. Kinds may be learnt after a page was made and states change by the minute, so those two words are left to the
//! owner of the rows: [`Query::kinds`] and [`Query::states`] say which ones pass.

use std::collections::HashMap;

use memchr::memmem::Finder;
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

use super::{
    protection::State,
    user::{Kind, UserPage},
};

/// States that the filter knows, in the order of help.
const STATES: [State; 6] =
    [State::Off, State::Scheduled, State::TurningOn, State::Protected, State::Problem, State::Excluded];

/// Fields per row in a page's block of text: name, address, department, problem. The last one is not searched.
const FIELDS: usize = 4;

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
    /// sort widen (`kind:room kind:shared`), because nobody is of two kinds.
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
            Some("No such kind. Kinds: user, shared, room, disabled, guest, no-mailbox, not-known.")
        } else if self.states.as_ref().is_some_and(Vec::is_empty) {
            Some("No such state. States: off, scheduled, turning-on, protected, problem, excluded.")
        } else {
            None
        }
    }
}

/// The kinds whose word begins so; spaces and hyphens do not count.
fn kinds_called(value: &str) -> Vec<Kind> {
    let value = squeezed(value);
    Kind::ALL.into_iter().filter(|kind| squeezed(kind.word()).starts_with(&value)).collect()
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

/// Folds text for comparing: NFKC, lower case, invisible characters removed.
#[must_use]
pub fn fold(raw: &str) -> String {
    if raw.is_ascii() {
        return raw.to_ascii_lowercase();
    }
    raw.nfkc().flat_map(char::to_lowercase).filter(|c| !is_invisible(*c)).collect()
}

/// Characters that nobody sees and nobody types, and the stand-in that [`super::text::Text::clean`] leaves in their
/// place: a hidden character must not hide a row (remote-terminal.md section 3).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{FFFD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{FE00}'..='\u{FE0F}'
    ) || (!c.is_ascii() && get_general_category(c) == GeneralCategory::Format)
}

/// Which rows of a page match the words and licences: one bit per row, lowest first; bits past the end are zero.
///
/// Costs one pass over the page's text per word. Kinds and states are not looked at (see the module).
#[must_use]
pub fn search(page: &UserPage, query: &Query) -> Box<[u64]> {
    let mut bits = full(page.len());
    if !query.words.is_empty() {
        let folded = Folded::of(page);
        for word in &query.words {
            let with = folded.rows_with(word, bits.len());
            for (bits, with) in bits.iter_mut().zip(with) {
                *bits &= with;
            }
        }
    }
    if !query.licences.is_empty() {
        keep_licensed(page, &query.licences, &mut bits);
    }
    bits
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

/// Drops the rows that do not hold every licence. A page has few different sets, so each is folded once.
fn keep_licensed(page: &UserPage, licences: &[String], bits: &mut [u64]) {
    let mut known: HashMap<&str, bool> = HashMap::new();
    for row in 0..page.len() {
        let Some(user) = page.row(row) else { continue };
        let holds = *known.entry(user.licences.as_str()).or_insert_with_key(|set| {
            let set = fold(set);
            licences.iter().all(|licence| set.contains(licence.as_str()))
        });
        if !holds && let Some(word) = bits.get_mut(row / 64) {
            *word &= !(1 << (row % 64));
        }
    }
}

/// A page's text, folded, with the ends of its fields.
struct Folded {
    text: String,
    ends: Vec<usize>,
}

impl Folded {
    fn of(page: &UserPage) -> Self {
        let (text, cuts) = page.block();
        let cuts = cuts.iter().map(|cut| usize::try_from(*cut).unwrap_or(usize::MAX));
        if text.is_ascii() {
            return Self { text: text.to_ascii_lowercase(), ends: cuts.collect() };
        }
        let mut folded = String::with_capacity(text.len());
        let mut ends = Vec::with_capacity(cuts.len());
        let mut from = 0;
        for to in cuts {
            let field = text.get(from..to).unwrap_or_default();
            if field.is_ascii() {
                folded.extend(field.chars().map(|c| c.to_ascii_lowercase()));
            } else {
                folded.push_str(&fold(field));
            }
            ends.push(folded.len());
            from = to;
        }
        Self { text: folded, ends }
    }

    /// The rows that have a word in one of the fields that are searched: one scan over the whole block; a hit that
    /// reaches over the end of a field is none.
    fn rows_with(&self, word: &str, words: usize) -> Box<[u64]> {
        let mut bits = vec![0_u64; words].into_boxed_slice();
        let finder = Finder::new(word.as_bytes());
        let block = self.text.as_bytes();
        let (mut from, mut field) = (0, 0);
        while let Some(found) = block.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + found;
            while self.ends.get(field).is_some_and(|end| *end <= at) {
                field += 1;
            }
            let Some(end) = self.ends.get(field) else { break };
            let row = field / FIELDS;
            if field % FIELDS == FIELDS - 1 || at + word.len() > *end {
                from = at + 1;
                continue;
            }
            if let Some(bits) = bits.get_mut(row / 64) {
                *bits |= 1 << (row % 64);
            }
            field = (row + 1) * FIELDS;
            let Some(next) = self.ends.get(field - 1) else { break };
            from = *next;
        }
        bits
    }
}

#[cfg(test)]
mod tests;
