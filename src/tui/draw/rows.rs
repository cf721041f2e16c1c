//! The rows of a list: search field, counts, columns by width, marks, and the slice that fits.
//!
//! Asks the wizard for the rows that are shown and no others, so that a list of half a million costs what a list of
//! ten does. The cursor is a one-character mark, not a bar across the row: a cursor key then costs a few bytes.

use ratatui::layout::Rect;

use crate::{
    tui::{
        draw::{
            HINTS_FROM,
            block::{Room, field_line},
            canvas::Canvas,
            columns::{Needs, alike, columns},
        },
        paint::Place,
        theme::Role,
        words::{cut, grouped, wrap},
    },
    wizard::view::{Cell, Layout, Mark, Row, RowsView},
};

/// What the front end remembers about the rows between two frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scroll {
    /// Index of the first row that is shown.
    pub top: usize,
    /// Rows that fit.
    pub height: u16,
    /// Line of the screen on which the first row stands.
    pub y: u16,
    /// Which slice is shown is said elsewhere.
    pub is_told: bool,
    /// What the cells on screen needed so far.
    needs: Needs,
}

/// The cells that name a row.
const NAMING: [usize; 2] = [0, 1];

/// Most lines of counts; in a low window one.
const COUNT_LINES: usize = 3;

/// Lines above the rows.
pub(super) fn head_height(view: &RowsView<'_>, canvas: &Canvas<'_>, width: u16, scroll: Scroll) -> u16 {
    let counts = count_lines(view, canvas, width, scroll).len();
    u16::from(view.search.is_some()) + u16::try_from(counts).unwrap_or(0)
}

/// Which slice is shown; nothing when all rows are.
pub(super) fn slice_words(view: &RowsView<'_>, scroll: Scroll) -> Option<String> {
    let (len, shown) = (view.rows.len(), usize::from(scroll.height));
    let last = scroll.top.saturating_add(shown).min(len);
    (len > shown).then(|| format!("{}–{} of {}", grouped(scroll.top + 1), grouped(last), grouped(len)))
}

/// The counts in lines, broken between two of them; the slice in front where it is not said elsewhere.
fn count_lines(view: &RowsView<'_>, canvas: &Canvas<'_>, width: u16, scroll: Scroll) -> Vec<String> {
    let most = if canvas.cells.area.height < HINTS_FROM { 1 } else { COUNT_LINES };
    let slice = if scroll.is_told { None } else { slice_words(view, scroll) };
    let parts = view.counts.as_str().split(" · ").filter(|part| !part.is_empty());
    let mut lines: Vec<String> = Vec::new();
    for part in slice.as_deref().into_iter().chain(parts) {
        let is_open = lines.len() >= most
            || lines.last().is_some_and(|line| canvas.width(&format!("{line} · {part}")) <= width);
        match lines.last_mut().filter(|_| is_open) {
            Some(line) => *line = format!("{line} · {part}"),
            None => lines.push(part.to_owned()),
        }
    }
    lines
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
        let line = field_line(search, Room::of(area.width, canvas.options.use_unicode));
        canvas.line(Rect { y, height: 1, ..area }, 0, &line);
        cursor = line.cursor.map(|x| Place { x: area.x.saturating_add(x), y });
        y += 1;
    }
    let counts_at = y;
    let heads = u16::try_from(count_lines(view, canvas, area.width, *scroll).len()).unwrap_or(0);
    y = y.saturating_add(heads).min(end.saturating_sub(1)).max(y);
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
    for (y, line) in (counts_at..y).zip(count_lines(view, canvas, area.width, *scroll)) {
        canvas.put(area.x, y, area.width, &line, Role::Plain);
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
    for row in (scroll.top..len).take(shown).filter_map(|at| view.rows.row(at)) {
        if row.is_quiet && view.layout == Layout::Customers {
            continue; // why a customer can't go on is long, and must not cut the domains of the others
        }
        let is_nameless = is_nameless(view.layout, &row);
        for (at, (need, cell)) in scroll.needs.iter_mut().zip(&row.cells).enumerate() {
            if !(at == 0 && is_nameless) {
                *need = canvas.width(&words(cell)).max(*need);
            }
        }
    }
    let columns = columns(view.layout, area.width, if has_marks { 6 } else { 2 }, &scroll.needs);
    let alike = alike(&looks(canvas, view, scroll.top..scroll.top.saturating_add(shown).min(len), &columns));
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
        if alike.get(at - scroll.top).is_some_and(|is_alike| *is_alike) {
            tell_apart(canvas, Rect { y, height: 1, ..area }, view, at, &columns);
        }
        if is_here && view.is_focused {
            cursor = Some(Place { x: area.x, y });
        }
    }
    cursor
}

/// What stands in the columns that name a row, as far as it is not cut away.
fn looks(
    canvas: &Canvas<'_>,
    view: &RowsView<'_>,
    rows: std::ops::Range<usize>,
    columns: &[(usize, u16, u16)],
) -> Vec<String> {
    let unicode = canvas.options.use_unicode;
    let look = |row: Row<'_>| {
        let naming = columns.iter().filter(|(cell, ..)| NAMING.contains(cell));
        let cells = naming.filter_map(|(cell, _, wide)| Some((row.cells.get(*cell)?, *wide)));
        cells.fold(String::new(), |look, (cell, wide)| look + &cut(&words(cell), wide, unicode) + "\n")
    };
    rows.map(|at| view.rows.row(at).map(look).unwrap_or_default()).collect()
}

/// Two rows must not look the same (remote-terminal.md section 3): where what names them was cut to the same words, the
/// row's tag stands over the end of them.
fn tell_apart(
    canvas: &mut Canvas<'_>,
    area: Rect,
    view: &RowsView<'_>,
    at: usize,
    columns: &[(usize, u16, u16)],
) {
    let (Some(tag), Some((_, x, wide))) =
        (view.rows.tag(at), columns.iter().rfind(|(cell, ..)| NAMING.contains(cell)))
    else {
        return;
    };
    let tag = format!(" {tag}");
    let wide = (*wide).min(area.width.saturating_sub(*x));
    let start = area.x.saturating_add(*x).saturating_add(wide.saturating_sub(canvas.width(&tag)));
    // Half a wide letter would stay in front.
    if let Some(cell) = canvas.cells.cell_mut((start, area.y))
        && cell.symbol().is_empty()
        && let Some(letter) = canvas.cells.cell_mut((start.saturating_sub(1), area.y))
    {
        letter.reset();
    }
    canvas.put(start, area.y, wide, &tag, Role::Plain);
}

/// Whether a user's name is the address once more: then it needs no room of its own.
fn is_nameless(layout: Layout, row: &Row<'_>) -> bool {
    let [name, address, ..] = &row.cells;
    layout == Layout::Users && words(name) == words(address)
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
        let mark = match row.mark {
            Mark::None | Mark::Closed => "   ",
            Mark::Off => "[ ]",
            Mark::Ticked => "[x]",
            Mark::On => "[=]",
            Mark::Excluded => "[-]",
            Mark::Problem => "[!]",
        };
        canvas.put(area.x.saturating_add(2), area.y, area.width.saturating_sub(2), mark, Role::Plain);
    }
    // In ASCII a name may lose its letters: then the address beside it, or in its place, tells who it is.
    let is_lost = !canvas.options.use_unicode
        && !columns.iter().any(|(cell, ..)| *cell == 1)
        && row.cells.first().is_some_and(|cell| !words(cell).is_ascii())
        && row.cells.get(1).is_some_and(|cell| !matches!(cell, Cell::Empty));
    for (cell, x, wide) in columns {
        let from = if is_lost && *cell == 0 { 1 } else { *cell };
        let Some(cell) = row.cells.get(from) else { continue };
        let room = (*wide).min(area.width.saturating_sub(*x));
        // Who can't be chosen must be read like everybody else: mark and words tell them apart, no colour does.
        canvas.put(area.x.saturating_add(*x), area.y, room, &words(cell), Role::Plain);
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
