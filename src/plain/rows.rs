//! Rows of a list as lines: number first, then the state in words, then who it is. Pure.

use std::borrow::Cow;

use crate::{
    domain::{bill::grouped, protection::State, speech::sentence, user::Kind},
    wizard::{
        ask::Shape,
        view::{Cell, Column, Mark, Row, RowsView, Tone, View},
    },
};

use super::words::told;

/// Rows of one answer (remote-terminal.md section 12).
pub(crate) const PAGE: usize = 10;

/// The columns in the order of a line that is listened to; the state stands in front of them.
const ORDER: [Column; 10] = [
    Column::Name,
    Column::Address,
    Column::Domain,
    Column::Reference,
    Column::Kind,
    Column::Path,
    Column::Result,
    Column::Progress,
    Column::Next,
    Column::Department,
];

/// A number of rows as people read it.
#[must_use]
pub(crate) fn count(rows: usize) -> String {
    grouped(u32::try_from(rows).unwrap_or(u32::MAX))
}

/// One row in words; `at` is its index.
#[must_use]
pub(crate) fn line(view: &View<'_>, rows: &RowsView<'_>, at: usize) -> Option<String> {
    let row = rows.rows.row(at)?;
    let number = count(at.saturating_add(1));
    let state = state(&row);
    let head = if matches!(view.ask.shape, Shape::Pick | Shape::Select(_)) {
        state.map_or_else(|| format!("{number}: "), |state| format!("{number}, {state}: "))
    } else {
        let state = state.map(|state| format!("{state}: ")).unwrap_or_default();
        format!("Row {number} of {}: {state}", count(rows.rows.len()))
    };
    Some(sentence(&(head + &name(rows, &row))))
}

/// The state of a row in the words of the wizard; a tick comes first.
#[must_use]
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
    let columns = ORDER.into_iter().filter(|column| rows.columns.contains(column));
    // Most users are users.
    let cells = columns.filter_map(|column| row.cells.get(column));
    let cells = cells.filter(|cell| !matches!(cell, Cell::Kind(Kind::User)));
    let mut said: Vec<Cow<'_, str>> = cells.map(Cell::in_words).filter(|words| !words.is_empty()).collect();
    // An address that is the name once more is said once.
    said.dedup();
    said.join(", ")
}

/// The name in a row alone.
#[must_use]
pub(crate) fn short_name(rows: &RowsView<'_>, at: usize) -> Option<String> {
    Some(rows.rows.row(at)?.cells.get(Column::Name)?.in_words().into_owned())
}

/// Everything that is known about a row.
#[must_use]
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
#[must_use]
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
