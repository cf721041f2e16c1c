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
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<RowId>,
    /// The states of few rows, in their order; of many, how many rows of each state there were.
    before: Vec<Option<String>>,
    tally: BTreeMap<String, usize>,
    /// The change is written before it is shown.
    is_write: bool,
}

impl Report {
    /// Looks at rows before anything is done to them.
    #[must_use]
    pub(crate) fn before(view: &View<'_>, rows: Vec<RowId>, is_write: bool) -> Self {
        let mut report = Self { rows, is_write, ..Self::default() };
        if report.is_about_few() {
            report.before = report.states(view);
        } else {
            report.tally = report.counted(view);
        }
        report
    }

    const fn is_about_few(&self) -> bool {
        self.rows.len() <= PAGE
    }

    fn states(&self, view: &View<'_>) -> Vec<Option<String>> {
        self.rows.iter().map(|row| view.page.rows().and_then(|rows| state_of(rows, row))).collect()
    }

    fn counted(&self, view: &View<'_>) -> BTreeMap<String, usize> {
        let mut tally = BTreeMap::new();
        for state in self.states(view).into_iter().flatten() {
            let count: &mut usize = tally.entry(state).or_default();
            *count = count.saturating_add(1);
        }
        tally
    }

    /// Whether it can be said: a write is waited for, unless its rows show it already or something was said to it. Other
    /// things may be on their way meanwhile.
    #[must_use]
    pub(crate) fn is_due(&self, view: &View<'_>) -> bool {
        let is_told =
            view.notice.as_ref().is_some_and(|notice| matches!(notice.tone, Tone::Warn | Tone::Bad));
        let has_changed = || {
            if self.is_about_few() {
                self.states(view) != self.before
            } else {
                self.counted(view) != self.tally
            }
        };
        !self.is_write || !view.ask.is_waiting || is_told || has_changed()
    }

    /// What is different now, one line for each of a few rows; counts where they are many.
    #[must_use]
    pub(crate) fn told(&self, view: &View<'_>) -> Vec<String> {
        let Some(rows) = view.page.rows() else { return Vec::new() };
        let total = || total(&rows.counts);
        if self.rows.is_empty() {
            return vec![total()];
        }
        let mut said: Vec<String> = Vec::new();
        let gone = self.rows.iter().filter(|row| rows.rows.at(row).is_none()).count();
        let is_changed = if self.is_about_few() {
            self.told_of_few(view, rows, &mut said)
        } else {
            self.told_of_many(view, &mut said)
        };
        if gone > 0 {
            said.push(format!("No longer shown by the filter: {}.", count(gone)));
        }
        if is_changed || !self.is_about_few() {
            said.push(total());
        }
        said
    }

    fn told_of_few(&self, view: &View<'_>, rows: &RowsView<'_>, said: &mut Vec<String>) -> bool {
        let mut kept: Vec<String> = Vec::new();
        let now = self.states(view);
        for (row, (before, now)) in self.rows.iter().zip(self.before.iter().zip(&now)) {
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
        now != self.before
    }

    fn told_of_many(&self, view: &View<'_>, said: &mut Vec<String>) -> bool {
        let now = self.counted(view);
        let is_changed = now != self.tally;
        if !is_changed {
            said.push("Nothing has changed.".to_owned());
        }
        let parts: Vec<String> =
            now.iter().map(|(state, rows)| format!("{} {state}", count(*rows))).collect();
        said.push(format!("These rows now: {}.", parts.join("; ")));
        is_changed
    }
}

/// The state of a row, where it is shown.
fn state_of(rows: &RowsView<'_>, row: &RowId) -> Option<String> {
    state(&rows.rows.row(rows.rows.at(row)?)?)
}

/// All counts as a sentence.
#[must_use]
pub(crate) fn counts(counts: &[Phrase]) -> String {
    let mut parts = counts.iter();
    let first = parts.next().map(told_first);
    let all: Vec<String> = first.into_iter().chain(parts.map(told)).collect();
    if all.is_empty() { String::new() } else { format!("{}.", all.join(", ")) }
}

/// The counts that a change is about: ticks and seats; the others stand in the answer to *list* and *total*.
#[must_use]
pub(crate) fn total(all: &[Phrase]) -> String {
    counts(all.get(..2).unwrap_or(all))
}
