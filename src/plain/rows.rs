//! Rows of a list as lines: number first, then the state in words, then who it is. Pure.

use std::borrow::Cow;

use crate::{
    domain::{bill::grouped, protection::State, speech::sentence, user::Kind},
    wizard::view::{Cell, Column, Mark, Row, RowsView, Tone, View},
};

use super::{page::is_numbered, words::told};

/// Rows of one answer (remote-terminal.md section 12).
pub(crate) const PAGE: usize = 10;

/// The place of a column in a line that is listened to; the state stands in front.
const fn place(column: Column) -> u8 {
    match column {
        Column::State => 0,
        Column::Name => 1,
        Column::Address => 2,
        Column::Domain => 3,
        Column::Reference => 4,
        Column::Kind => 5,
        Column::Path => 6,
        Column::Result => 7,
        Column::Progress => 8,
        Column::Next => 9,
        Column::Department => 10,
    }
}

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
    let head = match (is_numbered(view), state(&row)) {
        (true, Some(state)) => format!("{number}, {state}: "),
        (true, None) => format!("{number}: "),
        (false, state) => {
            let state = state.map(|state| format!("{state}: ")).unwrap_or_default();
            format!("Row {number} of {}: {state}", count(rows.rows.len()))
        }
    };
    Some(sentence(&format!("{head}{}", name(rows, &row))))
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

/// Who or what a row is.
#[must_use]
pub(crate) fn name(rows: &RowsView<'_>, row: &Row<'_>) -> String {
    let mut columns: Vec<Column> =
        rows.columns.iter().copied().filter(|column| *column != Column::State).collect();
    columns.sort_by_key(|column| place(*column));
    let mut said: Vec<Cow<'_, str>> = Vec::new();
    for cell in columns.into_iter().filter_map(|column| row.cells.get(column)) {
        let words = cell.in_words();
        // Most users are users; an address that is the name once more is said once.
        let is_said = words.is_empty() || said.last() == Some(&words);
        if !is_said && !matches!(cell, Cell::Kind(Kind::User)) {
            said.push(words);
        }
    }
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
    let details = rows.rows.details(at);
    let is_whole = details.is_some();
    let mut said: Vec<String> =
        details.map(|words| sentence(&told(&words))).or_else(|| line(view, rows, at)).into_iter().collect();
    // Of a row that was said whole, what is to be known was said with it.
    let remark = rows.rows.remark(at).filter(|remark| is_whole || remark.tone != Tone::Plain);
    said.extend(remark.map(|remark| sentence(&told(&remark.words))));
    said
}

/// The rows of a page that begins at an index, with what tells apart those that read the same, and what follows them.
#[must_use]
pub(crate) fn page(view: &View<'_>, rows: &RowsView<'_>, top: usize) -> Vec<String> {
    let len = rows.rows.len();
    let end = top.saturating_add(PAGE).min(len);
    let names: Vec<String> =
        (top..end).filter_map(|at| rows.rows.row(at)).map(|row| name(rows, &row)).collect();
    let mut said: Vec<String> = Vec::new();
    for at in top..end {
        let Some(mut words) = line(view, rows, at) else { break };
        let mine = names.get(at.saturating_sub(top));
        let is_alike = names.iter().filter(|other| Some(*other) == mine).count() > 1;
        if let Some(tag) = rows.rows.tag(at).filter(|_| is_alike) {
            words = format!("{words} Id ends in {tag}.");
        }
        if let Some(remark) = rows.rows.remark(at).filter(|remark| remark.tone != Tone::Plain) {
            words.push(' ');
            words.push_str(&sentence(&told(&remark.words)));
        }
        said.push(words);
    }
    if end < len {
        said.push(format!("{} more: type more.", count(len.saturating_sub(end))));
    }
    said
}
