//! Rows of a list as lines: number first, then the state in words, then who it is; and what became of the rows that a line
//! was about: only the change, and why there was none where there was none. Pure.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    domain::{bill, phrase::Phrase, protection::State, speech::sentence, user::Kind},
    wizard::{
        answer::{self, RowId},
        ask::Shape,
        view::{Cell, Column, Mark, Row, RowsView, Tone, View},
    },
};

use super::words::{told, told_first};

/// Rows of one answer (remote-terminal.md section 12).
pub(crate) const PAGE: usize = 10;

/// A number of rows as people read it.
pub(crate) fn count(rows: usize) -> String {
    bill::grouped(bill::size(rows))
}

/// One row in words; `at` is its index.
pub(crate) fn line(view: &View<'_>, rows: &RowsView<'_>, at: usize) -> Option<String> {
    let row = rows.rows.row(at)?;
    let number = count(at.saturating_add(1));
    let state = if row.is_news { Some("changed".to_owned()) } else { state(&row) };
    let head = if matches!(view.ask.shape, Shape::Pick | Shape::Select(_)) {
        state.map_or_else(|| format!("{number}: "), |state| format!("{number}, {state}: "))
    } else {
        let state = state.map(|state| format!("{state}: ")).unwrap_or_default();
        format!("Row {number} of {}: {state}", count(rows.rows.len()))
    };
    Some(sentence(&(head + &name(rows, &row))))
}

/// The state of a row in the words of the wizard; a tick comes first.
pub(crate) fn state(row: &Row<'_>) -> Option<String> {
    let cell = row.cells.get(Column::State)?;
    let is_off = matches!(cell, Cell::State(State::Off, more) if more.is_empty());
    let words = cell.in_words();
    Some(match row.mark {
        Mark::Ticked if is_off => "ticked".into(),
        Mark::Ticked => format!("ticked, {words}"),
        Mark::Closed => format!("{words}, can't be ticked"),
        _ => words.into_owned(),
    })
}

/// The person or the thing that a row is about.
fn name(rows: &RowsView<'_>, row: &Row<'_>) -> String {
    // The state stands in front of them all; how far it is comes behind who it is.
    let is_late =
        |column: &Column| matches!(column, Column::Result | Column::Progress | Column::More | Column::Next);
    let mut columns: Vec<Column> =
        rows.columns.iter().copied().filter(|column| *column != Column::State).collect();
    columns.sort_by_key(is_late);
    // Most users are users.
    let cells = columns.into_iter().filter_map(|column| row.cells.get(column));
    let cells = cells.filter(|cell| !matches!(cell, Cell::Kind(Kind::User | Kind::Mailbox)));
    let mut said: Vec<Cow<'_, str>> = cells.map(Cell::in_words).filter(|words| !words.is_empty()).collect();
    // An address that is the name once more is said once.
    said.dedup();
    said.join(", ")
}

/// Everything that is known about a row.
pub(crate) fn details(view: &View<'_>, rows: &RowsView<'_>, at: usize) -> Vec<String> {
    match rows.rows.details(at) {
        Some(words) => {
            let remark = rows.rows.remark(at).map(|remark| remark.words);
            [words].iter().chain(&remark).map(|words| sentence(&told(words))).collect()
        }
        None => line(view, rows, at).into_iter().chain(warning(rows, at)).collect(),
    }
}

/// What is to be known about a row although nothing was asked.
fn warning(rows: &RowsView<'_>, at: usize) -> Option<String> {
    let remark = rows.rows.remark(at).filter(|remark| remark.tone != Tone::Plain)?;
    Some(sentence(&told(&remark.words)))
}

/// The rows of a page that begins at an index, with what tells apart those that read the same, and what follows them.
pub(crate) fn page(view: &View<'_>, rows: &RowsView<'_>, top: usize) -> Vec<String> {
    let len = rows.rows.len();
    let end = top.saturating_add(PAGE).min(len);
    let names: Vec<_> =
        (top..end).map(|at| rows.rows.row(at).map(|row| name(rows, &row)).unwrap_or_default()).collect();
    let whole = |(at, mine): (usize, &String)| {
        let is_alike = names.iter().filter(|other| *other == mine).count() > 1;
        let tag = rows.rows.tag(at).filter(|_| is_alike).map(|tag| format!("Id ends in {tag}."));
        let parts = [line(view, rows, at), tag, warning(rows, at)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let mut said: Vec<String> = (top..end).zip(&names).map(whole).collect();
    if end < len {
        said.push(format!("{} more: type more.", count(len.saturating_sub(end))));
    }
    said
}

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
    pub(crate) fn before(view: &View<'_>, rows: Vec<RowId>, mark: answer::Mark) -> Self {
        let before = states(view, &rows);
        Self { rows, before, is_write: matches!(mark, answer::Mark::Exclude | answer::Mark::Lift) }
    }

    /// Whether it can be said: a write is waited for, unless its rows show it already or something was said to it. Other
    /// things may be on their way meanwhile.
    pub(crate) fn is_due(&self, view: &View<'_>) -> bool {
        let is_told = view.warning().is_some();
        !self.is_write || !view.ask.is_waiting || is_told || states(view, &self.rows) != self.before
    }

    /// What is different now, one line for each of a few rows; counts where they are many.
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
        *tally.entry(state).or_default() += 1;
    }
    let parts: Vec<String> = tally.iter().map(|(state, rows)| format!("{} {state}", count(*rows))).collect();
    let same = (!is_changed).then(|| "Nothing has changed.".to_owned());
    same.into_iter().chain([format!("These rows now: {}.", parts.join("; "))]).collect()
}

/// All counts as a sentence.
pub(crate) fn counts(counts: &[Phrase]) -> String {
    let Some((first, more)) = counts.split_first() else { return String::new() };
    let all: Vec<String> = [told_first(first)].into_iter().chain(more.iter().map(told)).collect();
    format!("{}.", all.join(", "))
}

/// The counts that a change is about: ticks and seats; the others stand in the answer to *list* and *total*.
pub(crate) fn total(all: &[Phrase]) -> String {
    counts(all.get(..2).unwrap_or(all))
}
