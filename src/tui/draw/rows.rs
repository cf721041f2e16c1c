//! The rows of a list: search field, counts, columns by width, marks, and the slice that fits.
//!
//! Asks the wizard for the rows that are shown and no others, so that a list of half a million costs what a list of
//! ten does. The cursor is a one-character mark, not a bar across the row: a cursor key then costs a few bytes.

use ratatui::layout::Rect;

use crate::{
    tui::{
        draw::{
            block::{Room, field_line},
            canvas::Canvas,
        },
        paint::Place,
        theme::Role,
        words::{grouped, wrap},
    },
    wizard::view::{Cell, Layout, Mark, Row, RowsView},
};

/// One column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Column {
    /// Index into the row's cells.
    cell: usize,
    /// Columns of the terminal that it needs at least.
    least: u16,
    /// Columns beyond which more is of no use; the last column takes what is left.
    most: u16,
    /// Dropped later than columns with a higher number.
    rank: u8,
}

/// Shorthand for the tables below.
const fn column(cell: usize, least: u16, most: u16, rank: u8) -> Column {
    Column { cell, least, most, rank }
}

/// Users: name, address, kind, state, department. The four first fit 60 columns.
const USERS: [Column; 5] = [
    column(0, 13, 28, 0),
    column(1, 17, 36, 1),
    column(2, 10, 13, 2),
    column(3, 10, 18, 3),
    column(4, 10, 200, 4),
];

/// Customers: how far a customer is matters more than the domain (product.md section 4: each row says it).
const CUSTOMERS: [Column; 4] =
    [column(0, 16, 32, 0), column(1, 14, 26, 2), column(2, 8, 12, 3), column(3, 18, 200, 1)];

/// Products: name, path, state, next.
const PRODUCTS: [Column; 4] =
    [column(0, 14, 24, 0), column(1, 16, 40, 1), column(2, 12, 24, 2), column(3, 14, 200, 3)];

/// Name and meaning.
const PAIRS: [Column; 2] = [column(0, 14, 32, 0), column(1, 18, 200, 1)];

/// What the front end remembers about the rows between two frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scroll {
    /// Index of the first row that is shown.
    pub top: usize,
    /// Rows that fit.
    pub height: u16,
    /// Line of the screen on which the first row stands.
    pub y: u16,
    /// Nothing stands beside the rows: their lines can be scrolled by the terminal itself.
    pub is_alone: bool,
}

/// Lines above the rows.
pub(super) fn head_height(view: &RowsView<'_>) -> u16 {
    u16::from(view.search.is_some()) + u16::from(has_counts(view))
}

/// Whether there is a line of counts.
fn has_counts(view: &RowsView<'_>) -> bool {
    !view.counts.is_empty() || view.rows.len() > 5
}

/// Draws the list into its area; says where the cursor stands if the list or its search field has the focus.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    view: &RowsView<'_>,
    scroll: &mut Scroll,
) -> Option<Place> {
    let mut y = area.y;
    let end = area.y.saturating_add(area.height);
    let mut cursor = None;
    if let Some(search) = &view.search
        && y < end
    {
        let line = field_line(search, Room { width: area.width, use_unicode: canvas.options.use_unicode });
        canvas.line(Rect { y, height: 1, ..area }, 0, &line);
        cursor = line.cursor.map(|x| Place { x: area.x.saturating_add(x), y });
        y += 1;
    }
    let counts_at = y;
    if has_counts(view) && y.saturating_add(1) < end {
        y += 1;
    }
    let height = end.saturating_sub(y);
    let len = view.rows.len();
    let shown = usize::from(height);
    if let Some(at) = view.cursor {
        if at < scroll.top {
            scroll.top = at;
        } else if at >= scroll.top.saturating_add(shown.max(1)) {
            scroll.top = at.saturating_add(1).saturating_sub(shown.max(1));
        }
    }
    scroll.top = scroll.top.min(len.saturating_sub(shown));
    scroll.height = height;
    scroll.y = y;
    scroll.is_alone = area.width == canvas.cells.area.width;
    if counts_at < y {
        counts(canvas, area, counts_at, view, *scroll);
    }
    if len == 0 {
        for (row, line) in (y..end).zip(wrap(view.empty.as_str(), area.width, canvas.options.use_unicode)) {
            canvas.put(area.x, row, area.width, &line, Role::Plain);
        }
        return cursor.or_else(|| (view.is_focused && y < end).then_some(Place { x: area.x, y }));
    }
    let has_marks = view.layout == Layout::Users
        || (scroll.top..len)
            .take(shown)
            .any(|at| view.rows.row(at).is_some_and(|row| row.mark != Mark::None));
    let columns = columns(view.layout, area.width, has_marks);
    let range = view.cursor.zip(view.anchor).map(|(a, b)| (a.min(b), a.max(b)));
    for (y, at) in (y..end).zip(scroll.top..len) {
        let Some(row) = view.rows.row(at) else { break };
        let is_here = view.cursor == Some(at);
        let is_in_range = range.is_some_and(|(from, to)| (from..=to).contains(&at));
        let mark = match (is_here, is_in_range) {
            (true, _) => ">",
            (false, true) => ":",
            (false, false) => " ",
        };
        canvas.put(area.x, y, 1, mark, Role::Plain);
        draw_row(canvas, Rect { y, height: 1, ..area }, &row, &columns, has_marks);
        if is_here && view.is_focused {
            cursor = Some(Place { x: area.x, y });
        }
    }
    cursor
}

/// The line of counts, and which slice is shown when not all rows fit.
fn counts(canvas: &mut Canvas<'_>, area: Rect, y: u16, view: &RowsView<'_>, scroll: Scroll) {
    let len = view.rows.len();
    let shown = usize::from(scroll.height);
    let mut words = String::new();
    if len > shown {
        let last = scroll.top.saturating_add(shown).min(len);
        words = format!("{}–{} of {}", grouped(scroll.top + 1), grouped(last), grouped(len));
    }
    if !view.counts.is_empty() {
        if !words.is_empty() {
            words.push_str(" · ");
        }
        words.push_str(view.counts.as_str());
    }
    canvas.put(area.x, y, area.width, &words, Role::Plain);
}

/// The columns that fit, with their places: least important ones are dropped first, room to spare goes from the
/// left to the right, the last column takes the rest.
fn columns(layout: Layout, width: u16, has_marks: bool) -> Vec<(usize, u16, u16)> {
    let all: &[Column] = match layout {
        Layout::Users => &USERS,
        Layout::Customers => &CUSTOMERS,
        Layout::Products => &PRODUCTS,
        Layout::Pairs => &PAIRS,
    };
    let start: u16 = if has_marks { 6 } else { 2 };
    let room = width.saturating_sub(start);
    let mut kept: Vec<Column> = all.to_vec();
    let need = |kept: &[Column]| {
        let gaps = u16::try_from(kept.len().saturating_sub(1)).unwrap_or(0);
        kept.iter().map(|c| c.least).fold(gaps, u16::saturating_add)
    };
    while kept.len() > 1 && need(&kept) > room {
        if let Some(worst) = kept.iter().map(|c| c.rank).max() {
            kept.retain(|c| c.rank != worst);
        }
    }
    let mut spare = room.saturating_sub(need(&kept));
    let mut x = start;
    let last = kept.len().saturating_sub(1);
    let mut placed = Vec::with_capacity(kept.len());
    for (at, column) in kept.iter().enumerate() {
        // Name and whatever stands beside it share what is left; the others get what these can't use.
        let rest = if at == 0 { 2 } else { 1 };
        let extra = (column.most - column.least).min(spare.div_ceil(rest));
        let wide = if at == last { width.saturating_sub(x) } else { column.least + extra };
        spare = spare.saturating_sub(extra);
        placed.push((column.cell, x, wide));
        x = x.saturating_add(wide).saturating_add(1);
    }
    placed
}

/// One row.
fn draw_row(
    canvas: &mut Canvas<'_>,
    area: Rect,
    row: &Row<'_>,
    columns: &[(usize, u16, u16)],
    has_marks: bool,
) {
    if has_marks {
        let (mark, role) = match row.mark {
            Mark::None | Mark::Closed => ("   ", Role::Plain),
            Mark::Off => ("[ ]", Role::Plain),
            Mark::Ticked => ("[x]", Role::Plain),
            Mark::On => ("[=]", Role::Plain),
            Mark::Excluded => ("[-]", Role::Plain),
            Mark::Problem => ("[!]", Role::Warn),
        };
        canvas.put(area.x.saturating_add(2), area.y, area.width.saturating_sub(2), mark, role);
    }
    let role = if row.is_quiet { Role::Quiet } else { Role::Plain };
    // In ASCII a name may lose its letters: then the address beside it, or in its place, tells who it is.
    let is_lost = !canvas.options.use_unicode
        && !columns.iter().any(|(cell, ..)| *cell == 1)
        && row.cells.first().is_some_and(|cell| !words(cell).is_ascii())
        && row.cells.get(1).is_some_and(|cell| !matches!(cell, Cell::Empty));
    for (cell, x, wide) in columns {
        let from = if is_lost && *cell == 0 { 1 } else { *cell };
        let Some(cell) = row.cells.get(from) else { continue };
        let room = (*wide).min(area.width.saturating_sub(*x));
        canvas.put(area.x.saturating_add(*x), area.y, room, &words(cell), role);
    }
}

/// The words of a cell.
fn words<'a>(cell: &'a Cell<'_>) -> std::borrow::Cow<'a, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Words(shown) => shown.as_str().into(),
        Cell::Made(text) => text.as_str().into(),
        Cell::Kind(kind) => kind.word().into(),
        Cell::State(state, "") => state.word().into(),
        Cell::State(state, more) => format!("{}, {more}", state.word()).into(),
    }
}
