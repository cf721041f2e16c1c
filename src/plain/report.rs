//! What became of the rows that a line was about: only the change, and why there was none where there was none. Pure.

use std::collections::BTreeMap;

use crate::{
    domain::bill::grouped,
    wizard::view::{Ask, Mark, View},
};

use super::{
    read::numbers::Range,
    rows::{PAGE, line, list, state},
    words::{capital, told},
};

/// Rows as they were before. The default is about no row: only the total is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Report {
    /// The list that they stand in.
    ask: Option<Ask>,
    /// The rows, from 1.
    ranges: Vec<Range>,
    /// The states of few rows, by index.
    before: BTreeMap<usize, Option<String>>,
    /// How many rows of each state there were, where they are many.
    tally: BTreeMap<String, u32>,
    /// Said of one row that did not change: the wizard's own reason stands in its line of state.
    is_one: bool,
}

impl Report {
    /// Looks at rows before anything is done to them.
    #[must_use]
    pub(crate) fn before(view: &View<'_>, ranges: &[Range]) -> Self {
        let size: usize = ranges
            .iter()
            .map(|range| range.end().saturating_sub(*range.start()).saturating_add(1))
            .fold(0, usize::saturating_add);
        let mut report = Self {
            ask: Some(view.ask),
            ranges: ranges.to_vec(),
            before: BTreeMap::new(),
            tally: BTreeMap::new(),
            is_one: size == 1,
        };
        if size <= PAGE {
            report.before = report.indices().map(|at| (at, state_at(view, at))).collect();
        } else {
            report.tally = report.counted(view);
        }
        report
    }

    fn indices(&self) -> impl Iterator<Item = usize> {
        self.ranges.iter().flat_map(|range| range.start().saturating_sub(1)..*range.end())
    }

    fn counted(&self, view: &View<'_>) -> BTreeMap<String, u32> {
        let mut tally = BTreeMap::new();
        for state in self.indices().filter_map(|at| state_at(view, at)) {
            let count: &mut u32 = tally.entry(state).or_default();
            *count = count.saturating_add(1);
        }
        tally
    }

    /// What is different now, one line for each of a few rows; counts where they are many.
    #[must_use]
    pub(crate) fn told(&self, view: &View<'_>) -> Vec<String> {
        let Some(rows) = list(view).filter(|_| self.ask.is_none_or(|ask| ask == view.ask)) else {
            return Vec::new();
        };
        if self.ranges.is_empty() {
            return vec![total(&told(rows.counts.as_str()))];
        }
        if self.before.is_empty() {
            return self.told_of_many(view);
        }
        let mut said: Vec<String> = Vec::new();
        let is_changed = self.before.iter().any(|(at, before)| state_at(view, *at) != *before);
        let mut kept: Vec<String> = Vec::new();
        for (at, before) in &self.before {
            if state_at(view, *at) == *before {
                let state = before.clone().unwrap_or_default();
                kept.push(format!("{}, {state}", at.saturating_add(1)));
            } else {
                said.extend(line(view.ask, rows, *at));
            }
        }
        let has_reason = self.is_one && view.notice.is_some();
        if !kept.is_empty() && !has_reason {
            said.push(format!("Not changed: {}.", kept.join("; ")));
        }
        if view.ask == Ask::Users && is_changed {
            said.push(total(&told(rows.counts.as_str())));
        }
        said
    }

    fn told_of_many(&self, view: &View<'_>) -> Vec<String> {
        let now = self.counted(view);
        let mut said = Vec::new();
        if now == self.tally {
            said.push("Nothing has changed.".to_owned());
        }
        let parts: Vec<String> =
            now.iter().map(|(state, count)| format!("{} {state}", grouped(*count))).collect();
        said.push(format!("These rows now: {}.", parts.join("; ")));
        if let Some(rows) = list(view).filter(|_| view.ask == Ask::Users) {
            said.push(total(&told(rows.counts.as_str())));
        }
        said
    }
}

/// The state of a row; a row that can't be ticked says so.
fn state_at(view: &View<'_>, at: usize) -> Option<String> {
    let row = list(view)?.rows.row(at)?;
    state(view.ask, &row)
}

/// Whether a row has this mark.
#[must_use]
pub(crate) fn has_mark(view: &View<'_>, at: usize, mark: Mark) -> bool {
    list(view).and_then(|rows| rows.rows.row(at)).is_some_and(|row| row.mark == mark)
}

/// The counts that a change is about: ticks and seats; the others stand in the answer to *list* and *total*.
#[must_use]
pub(crate) fn total(counts: &str) -> String {
    let parts: Vec<&str> = counts.split(", ").take(2).collect();
    format!("{}.", capital(&parts.join(", ")))
}
