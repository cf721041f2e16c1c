//! What a code or the words on a customer's screen mean: looked up offline, in a table that is part of the program. Pure.
//!
//! Used by the wizard's *explain*, by `backup365 explain`, and by the words of a failure. A number is found by that number
//! only, anywhere in a pasted text: likeness of numbers is no likeness of meaning. Words are found in any order, by
//! likeness. The table is `assets/errors.toml`; what a permission is for, `assets/permissions.toml`. Rows that callers say
//! in their own words are also what the say-it cards answer.

use std::{collections::BTreeSet, sync::OnceLock};

use serde::Deserialize;

use super::{
    card::{self, CardId, Party},
    failure::{Failure, FailureKind},
    permission,
    phrase::{Phrase, Segment, WayOn},
    text::{self, Text},
};

use codes::{error_of_address, numbers_in};
pub use codes::{platform_number, questions};

mod codes;

/// The table as it stands in the source.
const TABLE: &str = include_str!("../../assets/errors.toml");

/// Said where nothing is found.
pub const NOTHING: &str =
    "Nothing is known by that. Try the number alone, or two or three words of the page's heading.";

/// How alike two words must be (Jaro-Winkler, 0 to 1): tried on the table, a slip of one letter passes and another word
/// of the same length does not.
const ALIKE: f64 = 0.9;

/// Share of the typed words that must be found in an entry, in percent. A guess: "need admin approval please" still hits.
const ENOUGH_PERCENT: usize = 60;

/// Points of a title or of words on a page that are typed whole: more than any likeness comes to. A guess.
const EXACT: usize = 1_000;

/// Words that say nothing about the trouble.
const EMPTY_WORDS: [&str; 38] = [
    "the", "and", "you", "your", "this", "that", "for", "with", "are", "was", "has", "have", "not", "can",
    "says", "error", "code", "message", "screen", "page", "please", "but", "they", "them", "their", "she",
    "her", "his", "our", "just", "now", "does", "don", "did", "what", "why", "there", "here",
];

/// The organisation, where no call says which.
const NO_NAMES: &[(&str, &str)] = &[("organisation", "your organisation")];

/// Digits that the platform's numbers have at least; shorter ones are statuses of HTTP, which stand in other texts too.
const LONG: usize = 5;

/// Digits that a number has at least.
const SHORT: usize = 3;

/// Whose matter a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The customer's: their people, their administrator, their subscription.
    Customer,
    /// The partner's own: registration, credential, computer.
    Ours,
    /// Microsoft's: it passes.
    Microsoft,
    /// The hosting company's.
    Hoster,
}

impl Side {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Ours => "ours",
            Self::Microsoft => "microsoft",
            Self::Hoster => "hoster",
        }
    }

    /// Who has something to do, for a person.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Customer => "the customer's",
            Self::Ours => "our own",
            Self::Microsoft => "Microsoft's",
            Self::Hoster => "the hosting company's",
        }
    }

    /// What kind of bad news a code of this side is, unless the table says another one.
    const fn kind(self) -> FailureKind {
        match self {
            Self::Customer | Self::Hoster => FailureKind::Refused,
            Self::Ours => FailureKind::Internal,
            Self::Microsoft => FailureKind::Unreachable,
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What say-it cards name it by, where it has no code.
    key: String,
    /// As it stands on a card, where that is not its title.
    heard: String,
    /// What to say, with names in braces.
    said: String,
    /// The card of a failure with this code, where it is not that of its kind.
    pub card: Option<CardId>,
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
    /// Whose matter it is.
    pub side: Side,
    /// What kind of bad news it is where it comes as the answer to a request of ours.
    pub kind: FailureKind,
    /// What happened then: lower case start, no full stop.
    pub happened: Text,
    /// What to do then; none: what always helps with this kind.
    pub hint: Option<Phrase>,
    /// The customer's administrator has to accept.
    pub asks_consent: bool,
    /// Words of title, page and meaning, folded, for the look-up.
    words: BTreeSet<String>,
    /// What stands on the page, folded, each as one phrase.
    phrases: Vec<String>,
}

impl Entry {
    /// What the customer says or reads out, for a card; their own words stand in quotation marks.
    #[must_use]
    pub fn heard(&self) -> Text {
        if self.heard.is_empty() { self.title.clone() } else { Text::clean(&self.heard) }
    }

    /// What to say to the customer, with the names of the call.
    #[must_use]
    pub fn say_with(&self, names: &[(&str, &str)]) -> Text {
        card::fill(&self.said, if names.is_empty() { NO_NAMES } else { names })
    }

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
    key: String,
    #[serde(default)]
    heard: String,
    #[serde(default)]
    card: Option<CardId>,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    page: Vec<String>,
    title: String,
    means: String,
    say: String,
    next: String,
    side: Side,
    #[serde(default)]
    kind: Option<RawKind>,
    #[serde(default)]
    happened: Option<String>,
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    asks_consent: bool,
}

/// A kind of bad news that a row names where it is not that of its side.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawKind {
    Refused,
    NotFound,
    Throttled,
}

impl From<RawKind> for FailureKind {
    fn from(kind: RawKind) -> Self {
        match kind {
            RawKind::Refused => Self::Refused,
            RawKind::NotFound => Self::NotFound,
            RawKind::Throttled => Self::Throttled,
        }
    }
}

/// All entries, in the order of the file.
#[must_use]
pub fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    // The table is part of the program and a test reads it: an empty list can't be met outside of development.
    ENTRIES.get_or_init(|| {
        let rows = toml::from_str::<File>(TABLE).map(|file| file.entry).unwrap_or_default();
        let permissions = toml::from_str::<Permissions>(permission::TABLE).map(|file| file.permission);
        let permissions = permissions.unwrap_or_default();
        rows.iter().map(entry).chain(permissions.iter().map(|row| entry(&row.as_row()))).collect()
    })
}

/// What *explain* reads of the table of permissions.
#[derive(Deserialize)]
struct Permissions {
    permission: Vec<RawPermission>,
}

/// What *explain* reads of one permission.
#[derive(Deserialize)]
struct RawPermission {
    value: String,
    page: String,
    reason: String,
    say: String,
}

impl RawPermission {
    /// As a row of the table: a question that callers ask.
    fn as_row(&self) -> Raw {
        Raw {
            key: self.value.clone(),
            heard: format!("“{}”", self.page),
            card: None,
            codes: Vec::new(),
            page: vec![self.page.clone(), self.value.clone()],
            title: format!("What {} is for", self.value),
            means: format!("{}. Microsoft's page calls it “{}”.", self.reason, self.page),
            say: self.say.clone(),
            next: "Nothing to do here.".to_owned(),
            side: Side::Customer,
            kind: None,
            happened: None,
            hint: None,
            asks_consent: false,
        }
    }
}

/// What a look-up goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Codes that are in the table.
    Exact,
    /// Words, best first.
    Words,
    /// Nothing is known by that.
    Nothing,
}

/// What a code, several codes, or words mean, best first; empty when nothing is known by that.
#[must_use]
pub fn look_up(query: &str, about: Party) -> Vec<&'static Entry> {
    answer(query, about).1
}

/// What is looked up about bad news: its code; without one the name of what the table says to the same card, else its own
/// words.
#[must_use]
pub fn question(failure: &Failure) -> Text {
    let of_card = |card: CardId| entries().iter().find(|entry| entry.card == Some(card));
    let named = || Some(of_card(failure.card?)?.title.clone());
    failure.code.clone().or_else(named).unwrap_or_else(|| failure.what.clone())
}

/// As [`look_up`], and what it goes by. A number with Microsoft's label that is not in the table is not known, whatever
/// words stand around it.
#[must_use]
pub fn answer(query: &str, about: Party) -> (Found, Vec<&'static Entry>) {
    let told = error_of_address(query);
    let query = told.as_deref().unwrap_or(query);
    let numbers = numbers_in(query);
    let known: Vec<&Entry> = numbers.iter().filter_map(|number| by_code(&number.digits)).collect();
    if !known.is_empty() {
        return (Found::Exact, unique(known));
    }
    let typed: Vec<String> = words_of(query).into_iter().filter(|word| !is_number(word)).collect();
    if numbers.iter().any(|number| number.is_labelled) || typed.is_empty() {
        return (Found::Nothing, Vec::new());
    }
    let exact: Vec<&Entry> = typed.iter().filter_map(|word| by_code(word)).collect();
    if !exact.is_empty() {
        return (Found::Exact, unique(exact));
    }
    let found = by_words(query, &typed, about);
    (if found.is_empty() { Found::Nothing } else { Found::Words }, found)
}

/// The entry of a code, written with or without `AADSTS`, in any case.
#[must_use]
pub fn by_code(word: &str) -> Option<&'static Entry> {
    let word = word.strip_prefix("aadsts").filter(|rest| !rest.is_empty()).unwrap_or(word);
    entries().iter().find(|entry| entry.codes.iter().any(|code| code.as_str().eq_ignore_ascii_case(word)))
}

/// The entry that a card names: by its key, or by its code.
#[must_use]
pub fn by_key(key: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| !key.is_empty() && entry.key == key).or_else(|| by_code(key))
}

/// Bad news whose code is in the table says the way to it, as part of what to do next.
#[must_use]
pub fn with_way(mut failure: Failure) -> Failure {
    let is_known = failure.code.as_ref().is_some_and(|code| by_code(code.as_str()).is_some());
    if is_known && !failure.hint.parts().contains(&Segment::Do(WayOn::Explain)) {
        failure.hint = failure.hint.before_lines(WayOn::Explain);
    }
    failure
}

fn by_words(query: &str, typed: &[String], about: Party) -> Vec<&'static Entry> {
    let typed: Vec<&String> =
        typed.iter().filter(|word| word.len() > 2 && !EMPTY_WORDS.contains(&word.as_str())).collect();
    if typed.is_empty() {
        return Vec::new();
    }
    let folded = folded(query);
    // What callers say in their own words comes before what a code means, where both fit alike.
    let mut scored: Vec<(usize, bool, usize, &Entry)> = entries()
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let points: Vec<usize> = typed.iter().map(|word| likeness(word, entry)).collect();
            let found = points.iter().filter(|points| **points > 0).count();
            let is_enough = found * 100 >= typed.len() * ENOUGH_PERCENT;
            let of_phrase = entry.phrases.iter().map(|phrase| phrase_points(phrase, &folded, typed.len()));
            let of_phrase = of_phrase.max().unwrap_or(0);
            let is_exact = folded == self::folded(entry.title.as_str()) || entry.phrases.contains(&folded);
            let is_theirs = about == Party::Hoster && entry.side == Side::Hoster;
            let score = points.iter().sum::<usize>() + of_phrase + if is_exact { EXACT } else { 0 };
            let (score, is_phrase) = (if is_theirs { score * 2 } else { score }, of_phrase > 0 || is_exact);
            (is_enough || is_phrase).then_some((score, entry.key.is_empty(), at, entry))
        })
        .collect();
    scored.sort_by_key(|(score, is_code, at, _)| (std::cmp::Reverse(*score), *is_code, *at));
    scored.into_iter().map(|(.., entry)| entry).collect()
}

/// How well what was typed fits a phrase: a part of it counts most, and the phrase inside of more words by its length.
fn phrase_points(phrase: &str, folded: &str, typed: usize) -> usize {
    if phrase.contains(folded) {
        10 * typed
    } else if folded.contains(phrase) {
        4 * phrase.split_whitespace().count()
    } else {
        0
    }
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
    for text in raw.page.iter().chain([&raw.means, &raw.heard]) {
        words.extend(words_of(text));
    }
    let say = card::fill(&raw.say, NO_NAMES);
    Entry {
        key: raw.key.clone(),
        heard: raw.heard.clone(),
        said: raw.say.clone(),
        card: raw.card,
        codes: raw.codes.iter().map(|code| Text::clean(code)).collect(),
        title: Text::clean(&raw.title),
        means: Text::clean(&raw.means),
        say: say.clone(),
        next: template(&raw.next),
        side: raw.side,
        asks_consent: raw.asks_consent,
        kind: raw.kind.map_or_else(|| raw.side.kind(), FailureKind::from),
        happened: raw.happened.as_ref().map_or_else(|| small(&raw.title), |happened| Text::clean(happened)),
        hint: match (&raw.hint, raw.side) {
            (Some(hint), _) => Some(template(hint)),
            (None, Side::Customer | Side::Hoster) => {
                Some(Phrase::of(vec![Segment::Said("Say to the customer: "), Segment::Name(say)]))
            }
            (None, Side::Ours | Side::Microsoft) => None,
        },
        words,
        phrases: raw.page.iter().map(|page| folded(page)).collect(),
    }
}

/// A sentence with ways on. The table is part of the program and is read once: its sentences live as long as that.
fn template(words: &str) -> Phrase {
    Phrase::template(Box::leak(words.to_owned().into_boxed_str()))
}

/// A title inside a sentence: with a small letter, but for a name.
fn small(title: &str) -> Text {
    let is_name = title.starts_with("Microsoft") || title.starts_with("Exchange");
    if is_name { Text::clean(title) } else { Text::clean(&text::small(title)) }
}

/// A sentence without its punctuation, in small letters, with a space at either end: no word is found inside of another.
fn folded(text: &str) -> String {
    format!(" {} ", words_of(text).join(" "))
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
