//! Finding customers: by parts of words as written; where that finds nobody, by likeness. Pure.
//!
//! Likeness is allowed here because a row only opens a customer whose name is then on every screen; nobody lands on a
//! bill by it.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

use crate::domain::{filter::fold, run::BoardRow};

/// Shortest search, in characters, for which likeness counts: one or two letters are alike to almost anything.
const MIN_FUZZY: usize = 3;

/// Indices of the rows to show. Without words: all but closed customers, in their order. With words: the rows that hold
/// every word as written, in their order; only where there is none, those that are alike, best first. Closed customers
/// are found too.
pub(super) fn search(rows: &[BoardRow], typed: &str) -> Vec<usize> {
    let typed = fold(typed.trim());
    if typed.is_empty() {
        return rows
            .iter()
            .enumerate()
            .filter(|(_, r)| r.customer.is_active || r.run.is_some())
            .map(|(at, _)| at)
            .collect();
    }
    let hay: Vec<String> = rows.iter().map(haystack).collect();
    let is_exact = |hay: &String| typed.split_whitespace().all(|word| hay.contains(word));
    let found: Vec<usize> = (0..rows.len()).filter(|at| hay.get(*at).is_some_and(is_exact)).collect();
    if found.is_empty() && typed.chars().count() >= MIN_FUZZY { alike(rows, &typed) } else { found }
}

/// What is searched in a row, folded.
fn haystack(row: &BoardRow) -> String {
    let run = row.run.as_ref().map(|run| fold(&run.id.to_string())).unwrap_or_default();
    format!("{} {run}", row.customer.folded())
}

/// Rows whose name, domain or reference is alike, best first.
fn alike(rows: &[BoardRow], typed: &str) -> Vec<usize> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut buffer = Vec::new();
    let mut hits: Vec<(u32, usize)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let customer = &row.customer;
        let of_parts = [&customer.name, &customer.domain, &customer.reference]
            .into_iter()
            .filter_map(|text| pattern.score(Utf32Str::new(text.as_str(), &mut buffer), &mut matcher));
        if let Some(best) = of_parts.max() {
            hits.push((best, at));
        }
    }
    hits.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
    hits.into_iter().map(|(_, at)| at).collect()
}
