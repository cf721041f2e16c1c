//! The rows of a list in ratatui's own table: heads, marks, the slice that fits, the whole lit row in one look.
//!
//! Asks the wizard for the rows that are seen and no others, so that a list of half a million costs what a list of ten
//! does.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Position, Rect},
    text::{Line, Span},
    widgets::{Cell as TableCell, HighlightSpacing, Row as TableRow, StatefulWidget, Table, TableState},
};

use crate::{
    domain::protection::State as Protection,
    tui::{
        state::List,
        theme::{Role, Theme},
        words::{cut, width, wrap},
    },
    wizard::view::{Cell, Column, Mark, Row, RowsView, Tone},
};

use super::{
    columns::{alike, columns, gap, head},
    panel::stacked,
};

/// Columns of the gutter and the mark in front of a row.
const MARK: u16 = 4;

/// The columns that name a row.
const NAMING: [Column; 3] = [Column::Name, Column::Address, Column::Domain];

/// The rows of a page.
#[derive(Debug)]
pub(crate) struct RowsTable<'v, 'a> {
    /// What is shown.
    pub(crate) view: &'v RowsView<'a>,
    /// Colours and signs.
    pub(crate) theme: Theme,
    /// The rows have the keyboard, or Enter in the field above would choose the lit one.
    pub(crate) is_lit: bool,
    /// Said in the place of the rows where there are none.
    pub(crate) empty: String,
}

impl RowsTable<'_, '_> {
    /// Settles which slice is seen in so many lines, and how wide its cells are.
    pub(crate) fn settle(&self, list: &mut List, height: u16) {
        let shown = usize::from(height.saturating_sub(1));
        let len = self.view.rows.len();
        if let Some(at) = list.lit(self.view) {
            if at < list.top {
                list.top = at;
            } else if at >= list.top.saturating_add(shown.max(1)) {
                list.top = at.saturating_add(1).saturating_sub(shown.max(1));
            }
        }
        list.top = list.top.min(len.saturating_sub(shown));
        list.height = u16::try_from(shown).unwrap_or(u16::MAX);
        for row in (list.top..len).take(shown).filter_map(|at| self.view.rows.row(at)) {
            for column in self.view.columns {
                let Some(cell) = row.cells.get(*column) else { continue };
                let is_nameless = *column == Column::Name && is_nameless(&row);
                // Why a row can't be chosen is long, and must not cut the columns of the others.
                let is_long = row.is_quiet && *column == Column::Progress;
                let need = self.width(cell, *column);
                if need > 0 && !is_nameless && !is_long {
                    let mark = if self.view.sorted_by == Some(*column) { 2 } else { 0 };
                    let least = width(head(*column)).saturating_add(mark);
                    let known = list.needs.entry(*column).or_insert(least);
                    *known = need.max(*known).max(least);
                }
            }
        }
    }

    fn width(&self, cell: &Cell<'_>, column: Column) -> u16 {
        let sign = if toned(cell) { 2 } else { 0 };
        let words = self.words(cell, column);
        if words.is_empty() { 0 } else { width(&self.theme.fit(&words)).saturating_add(sign) }
    }

    /// The words of a cell; the domain that most addresses share is left out.
    fn words<'c>(&self, cell: &'c Cell<'_>, column: Column) -> Cow<'c, str> {
        let words = cell.in_words();
        let domain = self.view.domain.as_ref().filter(|_| column == Column::Address);
        let shared = domain
            .and_then(|domain| words.strip_suffix(domain.as_str())?.strip_suffix('@').map(str::to_owned));
        match shared {
            Some(local) => Cow::Owned(format!("{local}@{}", self.theme.glyphs().cut)),
            None => words,
        }
    }

    /// Whether any row in sight has a mark, or could have.
    fn has_marks(&self, list: &List) -> bool {
        let shown = usize::from(list.height);
        (list.top..self.view.rows.len())
            .take(shown)
            .any(|at| self.view.rows.row(at).is_some_and(|row| row.mark != Mark::None))
    }

    /// What names a row, as far as its columns show it.
    fn look(&self, row: &Row<'_>, columns: &[(Column, u16)]) -> String {
        let naming = columns.iter().filter(|(column, _)| NAMING.contains(column));
        naming.fold(String::new(), |look, (column, wide)| {
            let words = row.cells.get(*column).map(|cell| self.words(cell, *column)).unwrap_or_default();
            look + &cut(&words, *wide, self.theme.use_unicode()) + "\n"
        })
    }

    fn header(&self, columns: &[(Column, u16)], gutter: u16) -> TableRow<'static> {
        let quiet = self.theme.style(Role::Quiet);
        let heads = columns.iter().map(|(column, wide)| {
            let sorted = if self.view.sorted_by == Some(*column) {
                format!(" {}", self.theme.glyphs().sorted)
            } else {
                String::new()
            };
            TableCell::from(
                cut(&format!("{}{sorted}", head(*column)), *wide, self.theme.use_unicode()).into_owned(),
            )
        });
        let first = (gutter > 0).then(|| TableCell::from(""));
        TableRow::new(first.into_iter().chain(heads)).style(quiet)
    }

    fn row(
        &self,
        row: &Row<'_>,
        at: (bool, bool),
        columns: &[(Column, u16)],
        gutter: u16,
        tag: Option<&str>,
    ) -> TableRow<'static> {
        let (is_lit, is_in_range) = at;
        // One look for the whole row: no cell keeps a colour of its own.
        let is_one = is_lit || row.is_quiet;
        let role = |role: Role| if is_one { Role::Plain } else { role };
        let mut cells = Vec::with_capacity(columns.len() + 1);
        if gutter > 0 {
            let front = match (is_lit, is_in_range) {
                (_, true) => ":",
                (true, false) if !self.is_lit => ">",
                _ => " ",
            };
            let mark = if gutter >= MARK { mark(row.mark) } else { "" };
            cells.push(TableCell::from(Line::from(vec![
                self.theme.span(role(Role::Accent), front),
                self.theme.span(role(Role::of_mark(row.mark)), mark),
            ])));
        }
        // In ASCII a name may lose its letters: then the address in its place tells whose row it is.
        let has_address = columns.iter().any(|(column, _)| *column == Column::Address);
        let name = row.cells.get(Column::Name);
        let is_lost = !self.theme.use_unicode()
            && !has_address
            && row.cells.get(Column::Address).is_some()
            && name.is_some_and(|name| !name.in_words().is_ascii());
        let last_naming = columns.iter().rposition(|(column, _)| NAMING.contains(column));
        for (at, (column, wide)) in columns.iter().enumerate() {
            let column = if is_lost && *column == Column::Name { Column::Address } else { *column };
            let tag = tag.filter(|_| last_naming == Some(at));
            let spans =
                row.cells.get(column).map(|cell| self.cell(cell, column, *wide, tag)).unwrap_or_default();
            let spans = spans.into_iter().map(|(as_role, words)| self.theme.span(role(as_role), &words));
            cells.push(TableCell::from(Line::from(spans.collect::<Vec<Span<'static>>>())));
        }
        let style = if row.is_quiet && !is_lit {
            self.theme.style(Role::Quiet)
        } else {
            self.theme.style(Role::Plain)
        };
        TableRow::new(cells).style(style)
    }

    /// A cell in its roles; `tag` stands over the end of what two rows have in common.
    fn cell(&self, cell: &Cell<'_>, column: Column, wide: u16, tag: Option<&str>) -> Vec<(Role, String)> {
        let unicode = self.theme.use_unicode();
        let words = self.words(cell, column);
        if let Some(tag) = tag {
            let room = wide.saturating_sub(width(tag)).saturating_sub(1);
            return vec![(Role::Plain, format!("{} {tag}", cut(&words, room, unicode)))];
        }
        let (sign, role) = match cell {
            Cell::Toned(tone, _) => (self.theme.sign(*tone), Role::of(*tone)),
            Cell::State(state, _) => ("", state_role(*state)),
            _ => ("", Role::Plain),
        };
        if sign.is_empty() {
            return vec![(role, cut(&words, wide, unicode).into_owned())];
        }
        vec![(role, format!("{sign} {}", cut(&words, wide.saturating_sub(2), unicode)))]
    }

    /// Draws the rows; says where the hardware cursor stands.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer, list: &mut List) -> Option<Position> {
        self.settle(list, area.height);
        let len = self.view.rows.len();
        if len == 0 {
            // The gutter of the rows, and the air in front of a border: words touch neither.
            let area = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(2), ..area };
            let lines = wrap(&self.empty, area.width, self.theme.use_unicode());
            stacked(lines.into_iter().map(Line::from), area, buf);
            return Some(Position::new(area.x, area.y));
        }
        let gutter = if self.has_marks(list) { MARK } else { 1 };
        let between = gap(area.width);
        // The space behind the gutter, and the air in front of a border.
        let room = area.width.saturating_sub(gutter.saturating_add(2));
        let placed = columns(self.view.columns, room, &list.needs);
        let shown = usize::from(list.height);
        let rows: Vec<Row<'_>> =
            (list.top..len).take(shown).filter_map(|at| self.view.rows.row(at)).collect();
        let looks: Vec<String> = rows.iter().map(|row| self.look(row, &placed)).collect();
        let alike = alike(&looks);
        let cursor = list.lit(self.view);
        let range = list.range(self.view);
        let lines = rows.iter().zip(alike).enumerate().map(|(line, (row, is_alike))| {
            let at = list.top.saturating_add(line);
            let is_in_range = range.is_some_and(|(first, last)| (first..=last).contains(&at));
            // Two rows must not look the same (remote-terminal.md section 3).
            let tag = if is_alike { self.view.rows.tag(at).map(|tag| tag.to_string()) } else { None };
            self.row(row, (cursor == Some(at), is_in_range), &placed, gutter, tag.as_deref())
        });
        let rightmost = placed.len().saturating_sub(1);
        let widths = placed.iter().enumerate().map(|(at, (_, wide))| {
            Constraint::Length(if at == rightmost { *wide } else { wide.saturating_add(between - 1) })
        });
        let widths = [Constraint::Length(gutter)].into_iter().chain(widths);
        let selected = self.theme.style(if self.is_lit { Role::Selected } else { Role::Strong });
        let table = Table::new(lines, widths)
            .header(self.header(&placed, gutter))
            .column_spacing(1)
            .highlight_spacing(HighlightSpacing::Never)
            .row_highlight_style(selected);
        let line = cursor.and_then(|at| at.checked_sub(list.top)).filter(|line| *line < shown);
        let mut state = TableState::new().with_selected(line);
        StatefulWidget::render(table, area, buf, &mut state);
        let y = area.y.saturating_add(1).saturating_add(u16::try_from(line?).ok()?);
        Some(Position::new(area.x, y.min(area.bottom().saturating_sub(1))))
    }
}

/// Whether a sign stands in front of the words.
const fn toned(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Toned(tone, _) if !matches!(tone, Tone::Plain))
}

/// Whether a user's name is the address once more: then it needs no room of its own.
fn is_nameless(row: &Row<'_>) -> bool {
    match (row.cells.get(Column::Name), row.cells.get(Column::Address)) {
        (Some(name), Some(address)) => name.in_words() == address.in_words(),
        _ => false,
    }
}

/// The mark in front of a row.
const fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::None | Mark::Closed => "   ",
        Mark::Off => "[ ]",
        Mark::Ticked => "[x]",
        Mark::On => "[=]",
        Mark::Excluded => "[-]",
        Mark::Problem => "[!]",
    }
}

/// The role of a state, which stands there in words.
const fn state_role(state: Protection) -> Role {
    match state {
        Protection::Off => Role::Plain,
        Protection::Scheduled | Protection::TurningOn => Role::Waiting,
        Protection::Protected => Role::Good,
        Protection::Problem => Role::Bad,
        Protection::Excluded => Role::Warn,
    }
}
