//! Rows of a list as lines: number first, then the state in words, then who it is. Pure.

use crate::{
    domain::bill::grouped,
    wizard::view::{Ask, Block, Cell, FieldView, Mark, Panel, Row, RowsView, View},
};

use super::words::{sentence, told};

/// Rows of one answer (remote-terminal.md section 12).
pub(crate) const PAGE: usize = 10;

/// The panel that is asked about: the one above, where there is one.
#[must_use]
pub(crate) fn panel<'v, 'a>(view: &'v View<'a>) -> &'v Panel<'a> {
    view.overlay.as_ref().unwrap_or(&view.panel)
}

/// The list on it.
#[must_use]
pub(crate) fn list<'v, 'a>(view: &'v View<'a>) -> Option<&'v RowsView<'a>> {
    panel(view).blocks.iter().find_map(|block| match block {
        Block::Rows(rows) => Some(rows),
        _ => None,
    })
}

/// The search field of the list, while the keyboard types into it.
#[must_use]
pub(crate) fn open_search<'v, 'a>(view: &'v View<'a>) -> Option<&'v FieldView<'a>> {
    list(view).and_then(|rows| rows.search.as_ref()).filter(|search| search.is_focused)
}

/// Whether the numbers of the rows are what is answered with.
#[must_use]
pub(crate) const fn is_numbered(ask: Ask) -> bool {
    matches!(ask, Ask::Customer | Ask::Product | Ask::Users | Ask::Kinds)
}

/// One row in words; `at` is its index.
#[must_use]
pub(crate) fn line(ask: Ask, rows: &RowsView<'_>, at: usize) -> Option<String> {
    let row = rows.rows.row(at)?;
    let number = grouped(u32::try_from(at.saturating_add(1)).unwrap_or(u32::MAX));
    let head = match (is_numbered(ask), state(ask, &row)) {
        (true, Some(state)) => format!("{number}, {state}: "),
        (true, None) => format!("{number}: "),
        (false, _) => {
            let all = grouped(u32::try_from(rows.rows.len()).unwrap_or(u32::MAX));
            format!("Row {number} of {all}: ")
        }
    };
    Some(sentence(&format!("{head}{}", name(ask, &row))))
}

/// The state of a row in the words of the wizard; a tick comes first.
#[must_use]
pub(crate) fn state(ask: Ask, row: &Row<'_>) -> Option<String> {
    match (ask, row.mark) {
        (Ask::Kinds, Mark::Ticked) => Some("included".into()),
        (Ask::Kinds, _) => Some("left out".into()),
        (Ask::Users, mark) => {
            let [_, _, _, state, ..] = &row.cells;
            let state = words(state);
            Some(match mark {
                Mark::Ticked if state == "off" => "ticked".into(),
                Mark::Ticked => format!("ticked, {state}"),
                Mark::Closed => format!("{state}, can't be ticked"),
                _ => state,
            })
        }
        _ => None,
    }
}

/// Who or what a row is.
#[must_use]
pub(crate) fn name(ask: Ask, row: &Row<'_>) -> String {
    let mut said: Vec<String> = Vec::new();
    for (at, cell) in row.cells.iter().enumerate() {
        let words = words(cell);
        // The state stands in front; most users are users; an address that is the name once more is said once.
        let is_said = words.is_empty() || said.last().is_some_and(|last| *last == words);
        if !is_said && !(ask == Ask::Users && (at == 3 || (at == 2 && words == "user"))) {
            said.push(words);
        }
    }
    said.join(", ")
}

/// Who or what stands in a row, whatever becomes of it: the first two cells, and what tells apart those that read alike.
#[must_use]
pub(crate) fn identity(rows: &RowsView<'_>, at: usize) -> Option<String> {
    let row = rows.rows.row(at)?;
    let [one, two, ..] = &row.cells;
    let tag = rows.rows.tag(at).map(|tag| tag.to_string()).unwrap_or_default();
    Some([words(one), words(two), tag].join("|"))
}

/// The words of a cell.
fn words(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Words(words) => told(words.as_str()),
        Cell::Made(words) => told(words.as_str()),
        Cell::Kind(kind) => kind.word().to_owned(),
        Cell::State(state, "") => state.word().to_owned(),
        Cell::State(state, more) => format!("{}, {more}", state.word()),
    }
}

/// The rows of a page that begins at an index, with what tells apart those that read the same, and what follows them.
#[must_use]
pub(crate) fn page(ask: Ask, rows: &RowsView<'_>, top: usize) -> Vec<String> {
    let len = rows.rows.len();
    let end = top.saturating_add(PAGE).min(len);
    let names: Vec<String> =
        (top..end).filter_map(|at| rows.rows.row(at)).map(|row| name(ask, &row)).collect();
    let mut said: Vec<String> = Vec::new();
    for at in top..end {
        let Some(line) = line(ask, rows, at) else { break };
        let mine = names.get(at.saturating_sub(top));
        let is_alike = names.iter().filter(|other| Some(*other) == mine).count() > 1;
        said.push(match rows.rows.tag(at).filter(|_| is_alike) {
            Some(tag) => format!("{line} Id ends in {tag}."),
            None => line,
        });
    }
    if end < len {
        let rest = grouped(u32::try_from(len.saturating_sub(end)).unwrap_or(u32::MAX));
        said.push(format!("{rest} more: type more."));
    }
    said
}
