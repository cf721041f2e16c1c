//! Which customers are shown, and in what order: by parts of words as written; where that finds nobody, by likeness;
//! narrowed by how far they are and what they bought. And which can't be taken. Pure.
//!
//! Likeness is allowed here because a row only opens a customer whose name is then on every screen; nobody lands on a
//! bill by it.

use std::{borrow::Cow, cmp::Reverse};

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

use crate::{
    domain::{
        card::CardId,
        customer::{Customer, Product, Progress},
        filter::fold,
        run::{BoardRow, OpenRun, Seen},
        text::Text,
    },
    wizard::session::BoardOrder,
};

/// Shortest search, in characters, for which likeness counts: one or two letters are alike to almost anything.
const MIN_FUZZY: usize = 3;

/// A state of a row: its word, and whether a row of an active customer is in it.
type State = (&'static str, fn(&BoardRow, Option<&Seen>) -> bool);

/// What has changed, first among the states.
const CHANGED: State = ("changed", |row, seen| seen.is_some_and(|seen| seen.is_news(row)));

/// Of customers who are not active, the only one.
const CLOSED: &str = "closed";

/// What `state:` knows, in the order of its sentence and of the sort by state: what needs an operator first.
const STATES: [State; 13] = [
    CHANGED,
    ("attention", |row, _| row.progress.needs_attention()),
    ("refused", |row, _| matches!(row.progress, Progress::Refused(_) | Progress::Failed(_))),
    ("accepted", |row, _| matches!(row.progress, Progress::Accepted { .. })),
    ("waiting", |row, _| row.progress.is_awaited()),
    ("interrupted", |row, _| row.run.as_ref().is_some_and(|run| !run.is_parked && !run.is_held())),
    ("parked", |row, _| row.run.as_ref().is_some_and(|run| run.is_parked && !run.is_held())),
    ("elsewhere", |row, _| row.run.as_ref().is_some_and(OpenRun::is_held)),
    ("open", |row, _| row.run.is_some()),
    ("protected", |row, _| {
        matches!(row.progress, Progress::Protected { on: 1.., .. } | Progress::Automatic { on: 1.., .. })
    }),
    ("automatic", |row, _| matches!(row.progress, Progress::Automatic { .. })),
    ("not-started", |row, _| row.run.is_none() && row.progress == Progress::NotStarted),
    (CLOSED, |row, _| !row.customer.is_active),
];

/// What was typed, understood.
#[derive(Debug, Default)]
struct Query {
    words: Vec<String>,
    /// The states that pass; none: all of them. Empty: one was named that does not exist.
    states: Option<Vec<State>>,
    products: Option<Vec<Product>>,
}

impl Query {
    /// As the filter of the users: `state:` and `product:` take the start of a word, and two of one sort widen.
    fn parse(typed: &str) -> Self {
        let mut query = Self::default();
        for word in fold(typed).split_whitespace() {
            match word.split_once(':') {
                Some(("state" | "product", "")) => {}
                Some(("state", value)) => {
                    let called = STATES.into_iter().filter(|(word, _)| word.starts_with(value));
                    query.states.get_or_insert_default().extend(called);
                }
                Some(("product", value)) => {
                    let called = Product::ALL.into_iter().filter(|product| product.word().starts_with(value));
                    query.products.get_or_insert_default().extend(called);
                }
                _ => query.words.push(word.to_owned()),
            }
        }
        query
    }

    fn takes(&self, row: &BoardRow, seen: Option<&Seen>) -> bool {
        // With a product, the row tells of that one.
        let about = match &self.products {
            Some(products) => row.about(products),
            None => Some(Cow::Borrowed(row)),
        };
        let is_any = |row: &BoardRow, states: &[State]| states.iter().any(|state| is_in(row, seen, *state));
        about.is_some_and(|row| self.states.as_ref().is_none_or(|states| is_any(&row, states)))
    }
}

/// The products that are asked for; none: any.
pub(super) fn products(typed: &str) -> Option<Vec<Product>> {
    Query::parse(typed).products
}

/// Whether a row is in a state; it may be in several.
fn is_in(row: &BoardRow, seen: Option<&Seen>, (word, is_so): State) -> bool {
    (row.customer.is_active || word == CLOSED) && is_so(row, seen)
}

/// What is wrong with the words of a search, as a sentence.
pub(super) fn problem(typed: &str) -> Option<String> {
    let query = Query::parse(typed);
    if query.states.is_some_and(|states| states.is_empty()) {
        Some(format!("No such state. States: {}.", STATES.map(|(word, _)| word).join(", ")))
    } else if query.products.is_some_and(|products| products.is_empty()) {
        Some(format!("No such product. Products: {}.", Product::ALL.map(Product::word).join(", ")))
    } else {
        None
    }
}

/// The rows to show. Without words: all but closed customers. With words: the rows that hold every word as
/// written; only where there is none, those that are alike, best first. Closed customers are found too.
pub(super) fn search<'r>(
    rows: &'r [BoardRow],
    typed: &str,
    seen: Option<&Seen>,
    order: BoardOrder,
) -> Vec<&'r BoardRow> {
    let query = Query::parse(typed);
    let mut shown: Vec<&BoardRow> = rows.iter().filter(|row| query.takes(row, seen)).collect();
    if typed.trim().is_empty() {
        shown.retain(|row| row.customer.is_active || row.run.is_some());
    } else if !query.words.is_empty() {
        let is_exact = |row: &&BoardRow| {
            let hay = haystack(row);
            query.words.iter().all(|word| hay.contains(word))
        };
        let found: Vec<&BoardRow> = shown.iter().copied().filter(is_exact).collect();
        let words = query.words.join(" ");
        if found.is_empty() && words.chars().count() >= MIN_FUZZY {
            shown.retain(|row| query.words.iter().all(|word| is_near(&haystack(row), word)));
            return alike(shown, &words);
        }
        shown = found;
    }
    let name = |row: &&BoardRow| fold(row.customer.name.as_str());
    match order {
        BoardOrder::Runs => {}
        BoardOrder::Name => shown.sort_by_cached_key(name),
        BoardOrder::News => shown.sort_by_key(|row| !is_in(row, seen, CHANGED)),
        BoardOrder::State => shown.sort_by_cached_key(|row| {
            let state = STATES.iter().skip(1).position(|state| is_in(row, seen, *state));
            (state.unwrap_or(STATES.len()), name(row))
        }),
    }
    shown
}

/// What is searched in a row, folded.
fn haystack(row: &BoardRow) -> String {
    let run = row.run.as_ref().map(|run| fold(&run.id.to_string())).unwrap_or_default();
    format!("{} {run}", row.customer.folded())
}

/// Whether the letters of a word stand in their order in one word of a row, the first one at its start, or are the first
/// letters of its words. Letters from anywhere are in every long name: `yes` would be Coral Bay Dive Tours.
fn is_near(hay: &str, word: &str) -> bool {
    let is_inside = |part: &str| {
        let mut letters = part.chars();
        part.chars().next() == word.chars().next() && word.chars().all(|wanted| letters.any(|c| c == wanted))
    };
    let parts = || hay.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let firsts: String = parts().filter_map(|part| part.chars().next()).collect();
    parts().any(is_inside) || firsts.contains(word)
}

/// Of these rows those whose name, domain or reference is alike, best first.
fn alike<'r>(rows: Vec<&'r BoardRow>, typed: &str) -> Vec<&'r BoardRow> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut buffer = Vec::new();
    let mut score = |text: &Text| pattern.score(Utf32Str::new(text.as_str(), &mut buffer), &mut matcher);
    let mut best = |Customer { name, domain, reference, .. }: &Customer| {
        [name, domain, reference].into_iter().filter_map(&mut score).max()
    };
    let hits = rows.into_iter().filter_map(|row| Some((best(&row.customer)?, row)));
    let mut hits: Vec<(u32, &BoardRow)> = hits.collect();
    hits.sort_by_key(|(score, _)| Reverse(*score));
    hits.into_iter().map(|(_, row)| row).collect()
}

/// Why a row can't be taken, as what to say to the customer. A run that was begun goes on.
pub(super) fn refusal(row: &BoardRow) -> Option<CardId> {
    match &row.run {
        _ if !row.customer.is_active => Some(CardId::CustomerClosed),
        None if row.customer.products.is_empty() => Some(CardId::CustomerWithoutProduct),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
