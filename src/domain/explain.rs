//! What a code or the words on a customer's screen mean: looked up offline, in a table that is part of the program. Pure.
//!
//! Used by the wizard's *explain* and by `backup365 explain`. Codes are exact first; a number that was misheard and words
//! in any order are found by likeness. The table is `assets/errors.toml`.

use std::{collections::BTreeSet, sync::OnceLock};

use serde::Deserialize;

use super::{phrase::Phrase, text::Text};

/// The table as it stands in the source.
const TABLE: &str = include_str!("../../assets/errors.toml");

/// How alike two words must be (Jaro-Winkler, 0 to 1): tried on the table, a slip of one letter passes and another word
/// of the same length does not.
const ALIKE: f64 = 0.9;

/// Share of the typed words that must be found in an entry, in percent. A guess: "need admin approval please" still hits.
const ENOUGH_PERCENT: usize = 60;

/// Words that say nothing about the trouble.
const EMPTY_WORDS: [&str; 22] = [
    "the", "and", "you", "your", "this", "that", "for", "with", "are", "was", "has", "have", "not", "can",
    "can't", "says", "error", "code", "message", "screen", "page", "please",
];

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The codes that mean this, as they are written without `AADSTS`.
    pub codes: Vec<Text>,
    /// What it is called.
    pub title: Text,
    /// What it means.
    pub means: Text,
    /// What to say to the customer.
    pub say: Text,
    /// What the operator does.
    pub next: Phrase,
    /// Words of title, page and meaning, folded, for the look-up.
    words: BTreeSet<String>,
    /// What stands on the page, folded, each as one phrase.
    phrases: Vec<String>,
}

impl Entry {
    /// Codes and title on one line.
    #[must_use]
    pub fn heading(&self) -> Text {
        let codes: Vec<&str> = self.codes.iter().map(Text::as_str).collect();
        if codes.is_empty() {
            self.title.clone()
        } else {
            Text::of(format_args!("{}: {}", codes.join(", "), self.title))
        }
    }
}

/// The shape of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    entry: Vec<Raw>,
}

/// The shape of a row in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    page: Vec<String>,
    title: String,
    means: String,
    say: String,
    next: String,
}

/// All entries, in the order of the file.
#[must_use]
pub fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    // The table is part of the program and a test reads it: an empty list can't be met outside of development.
    ENTRIES.get_or_init(|| {
        let rows = toml::from_str::<File>(TABLE).map(|file| file.entry).unwrap_or_default();
        rows.iter().map(entry).collect()
    })
}

/// What a look-up goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Codes that are in the table.
    Exact,
    /// No such code; these differ by one slip.
    Near,
    /// Words, best first.
    Words,
    /// Nothing is known by that.
    Nothing,
}

/// What a code, several codes, or words mean, best first; empty when nothing is known by that.
#[must_use]
pub fn look_up(query: &str) -> Vec<&'static Entry> {
    answer(query).1
}

/// As [`look_up`], and what it goes by.
#[must_use]
pub fn answer(query: &str) -> (Found, Vec<&'static Entry>) {
    let typed = words_of(query);
    let exact: Vec<&Entry> = typed.iter().filter_map(|word| by_code(word)).collect();
    if !exact.is_empty() {
        return (Found::Exact, unique(exact));
    }
    let misheard: Vec<&Entry> =
        typed.iter().filter(|word| is_number(word)).flat_map(|word| nearly(word)).collect();
    if !misheard.is_empty() {
        return (Found::Near, unique(misheard));
    }
    let found = by_words(query, &typed);
    (if found.is_empty() { Found::Nothing } else { Found::Words }, found)
}

/// Words that were typed one by one, as questions: several codes are one question each, anything else is one sentence.
#[must_use]
pub fn questions(words: &[String]) -> Vec<String> {
    let mut codes = words.iter().map(|word| words_of(word)).collect::<Vec<_>>();
    codes.retain(|parts| !parts.is_empty());
    if codes.iter().all(|parts| matches!(parts.as_slice(), [one] if is_number(one) || by_code(one).is_some()))
    {
        let mut questions: Vec<String> = words.iter().map(|word| word.trim().to_owned()).collect();
        questions.retain(|question| !question.is_empty());
        return questions;
    }
    vec![words.join(" ")]
}

/// The entry of a code, written with or without `AADSTS`, in any case.
fn by_code(word: &str) -> Option<&'static Entry> {
    let word = word.strip_prefix("aadsts").filter(|rest| !rest.is_empty()).unwrap_or(word);
    entries().iter().find(|entry| entry.codes.iter().any(|code| code.as_str().eq_ignore_ascii_case(word)))
}

/// Entries with a number that differs by one slip: a digit wrong, missing, doubled or swapped.
fn nearly(number: &str) -> Vec<&'static Entry> {
    let number = number.strip_prefix("aadsts").unwrap_or(number);
    let is_near = |code: &Text| {
        is_number(code.as_str())
            && code.as_str().len() >= 4
            && strsim::osa_distance(code.as_str(), number) == 1
    };
    entries().iter().filter(|entry| entry.codes.iter().any(is_near)).collect()
}

fn by_words(query: &str, typed: &[String]) -> Vec<&'static Entry> {
    let typed: Vec<&String> =
        typed.iter().filter(|word| word.len() > 2 && !EMPTY_WORDS.contains(&word.as_str())).collect();
    if typed.is_empty() {
        return Vec::new();
    }
    let folded = query.trim().to_lowercase();
    let mut scored: Vec<(usize, usize, &Entry)> = entries()
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let points: Vec<usize> = typed.iter().map(|word| likeness(word, entry)).collect();
            let found = points.iter().filter(|points| **points > 0).count();
            let is_enough = found * 100 >= typed.len() * ENOUGH_PERCENT;
            let is_phrase = entry
                .phrases
                .iter()
                .any(|phrase| phrase.contains(&folded) || folded.contains(phrase.as_str()));
            let score = points.iter().sum::<usize>() + if is_phrase { 10 * typed.len() } else { 0 };
            (is_enough || is_phrase).then_some((score, at, entry))
        })
        .collect();
    scored.sort_by_key(|(score, at, _)| (std::cmp::Reverse(*score), *at));
    scored.into_iter().map(|(_, _, entry)| entry).collect()
}

/// How well an entry knows a word: 3 as written, 2 as a beginning, 1 alike, 0 not at all.
fn likeness(word: &str, entry: &Entry) -> usize {
    if entry.words.contains(word)
        || entry.codes.iter().any(|code| code.as_str().to_lowercase().contains(word))
    {
        3
    } else if entry.words.iter().any(|known| known.starts_with(word)) {
        2
    } else {
        usize::from(entry.words.iter().any(|known| strsim::jaro_winkler(known, word) >= ALIKE))
    }
}

fn entry(raw: &Raw) -> Entry {
    let mut words: BTreeSet<String> = words_of(&raw.title).into_iter().collect();
    for text in raw.page.iter().chain([&raw.means]) {
        words.extend(words_of(text));
    }
    Entry {
        codes: raw.codes.iter().map(|code| Text::clean(code)).collect(),
        title: Text::clean(&raw.title),
        means: Text::clean(&raw.means),
        say: Text::clean(&raw.say),
        // The table is part of the program and is read once: its sentences live as long as that.
        next: Phrase::template(Box::leak(raw.next.clone().into_boxed_str())),
        words,
        phrases: raw.page.iter().map(|page| page.to_lowercase()).collect(),
    }
}

/// Words and numbers, folded.
fn words_of(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix("aadsts").unwrap_or(word);
    digits.len() >= 3 && digits.chars().all(|c| c.is_ascii_digit())
}

/// Each entry once, at its first place.
fn unique(found: Vec<&'static Entry>) -> Vec<&'static Entry> {
    let mut once: Vec<&'static Entry> = Vec::with_capacity(found.len());
    for entry in found {
        if !once.iter().any(|other| std::ptr::eq(*other, entry)) {
            once.push(entry);
        }
    }
    once
}

#[cfg(test)]
mod tests;
