//! What became of the rows that a line was about: only the change, and why there was none where there was none. Pure.

use std::collections::BTreeMap;

use crate::{
    domain::phrase::Phrase,
    wizard::{
        answer::RowId,
        view::{RowsView, Tone, View},
    },
};

use super::{
    rows::{PAGE, count, line, state},
    words::{told, told_first},
};

/// Rows as they were before. The default is about no row: only the total is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Report {
    rows: Vec<RowId>,
    /// Their states, in their order; none for a row that is not shown.
    before: Vec<Option<String>>,
    /// The change is written before it is shown.
    is_write: bool,
}

impl Report {
    /// Looks at rows before anything is done to them.
    #[must_use]
    pub(crate) fn before(view: &View<'_>, rows: Vec<RowId>, is_write: bool) -> Self {
        let before = states(view, &rows);
        Self { rows, before, is_write }
    }

    /// Whether it can be said: a write is waited for, unless its rows show it already or something was said to it. Other
    /// things may be on their way meanwhile.
    #[must_use]
    pub(crate) fn is_due(&self, view: &View<'_>) -> bool {
        let is_told =
            view.notice.as_ref().is_some_and(|notice| matches!(notice.tone, Tone::Warn | Tone::Bad));
        !self.is_write || !view.ask.is_waiting || is_told || states(view, &self.rows) != self.before
    }

    /// What is different now, one line for each of a few rows; counts where they are many.
    #[must_use]
    pub(crate) fn told(&self, view: &View<'_>) -> Vec<String> {
        let Some(rows) = view.page.rows() else { return Vec::new() };
        if self.rows.is_empty() {
            return vec![total(&rows.counts)];
        }
        let now = states(view, &self.rows);
        let (is_few, is_changed) = (self.rows.len() <= PAGE, now != self.before);
        let mut said = if is_few { self.each(view, rows, &now) } else { tallied(&now, is_changed) };
        let gone = now.iter().filter(|state| state.is_none()).count();
        if gone > 0 {
            said.push(format!("No longer shown by the filter: {}.", count(gone)));
        }
        if is_changed || !is_few {
            said.push(total(&rows.counts));
        }
        said
    }

    fn each(&self, view: &View<'_>, rows: &RowsView<'_>, now: &[Option<String>]) -> Vec<String> {
        let (mut said, mut kept) = (Vec::new(), Vec::new());
        for (row, (before, now)) in self.rows.iter().zip(self.before.iter().zip(now)) {
            let Some(at) = rows.rows.at(row) else { continue };
            if before == now {
                kept.push(format!("{}, {}", count(at.saturating_add(1)), now.as_deref().unwrap_or_default()));
            } else {
                said.extend(line(view, rows, at));
            }
        }
        // Of one row the wizard says itself why it did not change.
        let has_reason = self.rows.len() == 1 && view.notice.is_some();
        if !kept.is_empty() && !has_reason {
            said.push(format!("Not changed: {}.", kept.join("; ")));
        }
        said
    }
}

/// The states of rows, where they are shown.
fn states(view: &View<'_>, rows: &[RowId]) -> Vec<Option<String>> {
    let Some(shown) = view.page.rows().map(|rows| rows.rows) else { return vec![None; rows.len()] };
    rows.iter().map(|row| state(&shown.row(shown.at(row)?)?)).collect()
}

/// How many rows are in each state.
fn tallied(now: &[Option<String>], is_changed: bool) -> Vec<String> {
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for state in now.iter().flatten() {
        let rows = tally.entry(state).or_default();
        *rows = rows.saturating_add(1);
    }
    let parts: Vec<String> = tally.iter().map(|(state, rows)| format!("{} {state}", count(*rows))).collect();
    let same = (!is_changed).then(|| "Nothing has changed.".to_owned());
    same.into_iter().chain([format!("These rows now: {}.", parts.join("; "))]).collect()
}

/// All counts as a sentence.
#[must_use]
pub(crate) fn counts(counts: &[Phrase]) -> String {
    let Some((first, more)) = counts.split_first() else { return String::new() };
    let all: Vec<String> = [told_first(first)].into_iter().chain(more.iter().map(told)).collect();
    format!("{}.", all.join(", "))
}

/// The counts that a change is about: ticks and seats; the others stand in the answer to *list* and *total*.
#[must_use]
pub(crate) fn total(all: &[Phrase]) -> String {
    counts(all.get(..2).unwrap_or(all))
}
