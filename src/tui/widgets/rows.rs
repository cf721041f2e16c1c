//! The rows of a list in ratatui's own table: heads, marks, the slice that fits, the whole lit row in one look.
//!
//! Asks the wizard for the rows that are seen and no others, so that a list of half a million costs what a list of ten
//! does.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Margin, Position, Rect},
    text::Line,
    widgets::{Cell as TableCell, HighlightSpacing, Row as TableRow, StatefulWidget, Table, TableState},
};

use crate::{
    domain::{protection::State as Protection, text::Text},
    tui::{
        state::List,
        theme::{Role, Sign, Theme},
        words::{cut, width, wrap},
    },
    wizard::view::{Cell, Column, Mark, Row, RowsView},
};

use super::{
    columns::{alike, columns, gap, head},
    flow::stacked,
};

/// Columns of the gutter and the mark in front of a row.
const MARK: u16 = 4;

/// Rows that are measured before they are seen, so that columns do not move while a list is scrolled. A guess.
const MEASURED: u16 = 200;

/// Columns of how far a customer is, with its sign.
const BRIEF: u16 = 20;

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
    /// The lit row is marked all the same: a panel stands above it, or Enter leads to it.
    pub(crate) is_marked: bool,
    /// Said in the place of the rows where there are none.
    pub(crate) empty: String,
}

impl RowsTable<'_, '_> {
    /// Settles which slice is seen in so many lines.
    pub(crate) fn settle(&self, list: &mut List, height: u16) {
        let shown = usize::from(height.saturating_sub(1));
        if let Some(at) = list.lit(self.view) {
            list.top = list.top.clamp(at.saturating_add(1).saturating_sub(shown.max(1)), at);
        }
        list.top = list.top.min(self.view.rows.len().saturating_sub(shown));
        list.height = u16::try_from(shown).unwrap_or(u16::MAX);
    }

    /// Settles how wide the cells of the slice are.
    pub(crate) fn measure(&self, list: &mut List) {
        let rows = (self.view.rows.generation(), self.view.rows.len().min(MEASURED.into()));
        let is_new = list.measured.replace(rows) != Some(rows);
        let ahead = self.in_sight(0, if is_new { MEASURED } else { 0 });
        for row in ahead.chain(self.in_sight(list.top, list.height)) {
            for column in self.view.columns {
                let Some(cell) = row.cells.get(*column) else { continue };
                let is_nameless = *column == Column::Name && is_nameless(&row);
                if !cell.in_words().is_empty() && !is_nameless {
                    let need = width(&self.cell(cell, *column, u16::MAX).1);
                    let mark = if self.view.sorted_by == Some(*column) { 2 } else { 0 };
                    let least = width(head(*column)).saturating_add(mark).max(of_state(cell, *column));
                    let known = list.needs.entry(*column).or_default();
                    *known = need.max(*known).max(least);
                }
            }
        }
    }

    /// The rows that are seen.
    fn in_sight(&self, top: usize, height: u16) -> impl Iterator<Item = Row<'_>> {
        let seen = (top..self.view.rows.len()).take(usize::from(height));
        seen.filter_map(|at| self.view.rows.row(at))
    }

    /// The words of a cell; the domain that most addresses share is left out.
    fn words<'c>(&self, cell: &'c Cell<'_>, column: Column) -> Cow<'c, str> {
        let words = cell.in_words();
        let domain = self.view.domain.as_ref().filter(|_| column == Column::Address);
        let shared = domain
            .and_then(|domain| words.strip_suffix(domain.as_str())?.strip_suffix('@').map(str::to_owned));
        match shared {
            Some(local) => Cow::Owned(format!("{local}@{}", self.theme.sign(Sign::CUT))),
            None => words,
        }
    }

    /// What names a row, as far as its columns show it.
    fn look(&self, row: &Row<'_>, columns: &[(Column, u16)]) -> String {
        let naming = columns.iter().filter(|(column, _)| NAMING.contains(column));
        naming.fold(String::new(), |look, (column, wide)| {
            let words = row.cells.get(*column).map(|cell| self.words(cell, *column)).unwrap_or_default();
            look + &cut(&words, *wide, self.theme.use_unicode()) + "\n"
        })
    }

    fn header(&self, columns: &[(Column, u16)]) -> TableRow<'static> {
        let heads = columns.iter().map(|(column, wide)| {
            let is_sorted = self.view.sorted_by == Some(*column);
            let sorted =
                if is_sorted { format!(" {}", self.theme.sign(Sign::SORTED)) } else { String::new() };
            let words = format!("{}{sorted}", head(*column));
            TableCell::from(cut(&words, *wide, self.theme.use_unicode()).into_owned())
        });
        TableRow::new([TableCell::default()].into_iter().chain(heads)).style(self.theme.style(Role::Quiet))
    }

    fn row(
        &self,
        row: &Row<'_>,
        (is_lit, is_in_range): (bool, bool),
        columns: &[(Column, u16)],
        has_marks: bool,
        tag: Option<&str>,
    ) -> TableRow<'static> {
        // One look for the whole row: no cell keeps a colour of its own.
        let is_one = is_lit || row.is_quiet;
        let span = |role: Role, words: &str| self.theme.span(if is_one { Role::Plain } else { role }, words);
        let front = match (is_lit, is_in_range) {
            (_, true) => ":",
            (true, false) if self.is_marked && !self.is_lit => ">",
            _ if row.is_news => "*",
            _ => " ",
        };
        let (mark, mark_role) = mark(row.mark);
        let mark = span(mark_role, if has_marks { mark } else { "" });
        let mut cells = vec![TableCell::from(Line::from(vec![span(Role::Accent, front), mark]))];
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
            let Some(cell) = row.cells.get(column) else {
                cells.push(TableCell::default());
                continue;
            };
            let (role, words) = match tag.filter(|_| last_naming == Some(at)) {
                // Over the end of what two rows have in common.
                Some(tag) => {
                    let room = wide.saturating_sub(width(tag)).saturating_sub(1);
                    let words = cut(&self.words(cell, column), room, self.theme.use_unicode()).into_owned();
                    (Role::Plain, format!("{words} {tag}"))
                }
                None => self.cell(cell, column, *wide),
            };
            cells.push(span(role, &words).into());
        }
        let role = if row.is_quiet && !is_lit { Role::Quiet } else { Role::Plain };
        TableRow::new(cells).style(self.theme.style(role))
    }

    /// A cell in its role, behind its sign where it has one.
    fn cell(&self, cell: &Cell<'_>, column: Column, wide: u16) -> (Role, String) {
        let (sign, role) = match cell {
            Cell::Toned(tone, _) => self.theme.tone(*tone),
            Cell::State(state, _) => ("", state_role(*state)),
            _ => ("", Role::Plain),
        };
        let words = self.words(cell, column);
        let unicode = self.theme.use_unicode();
        match sign {
            "" => (role, cut(&words, wide, unicode).into_owned()),
            _ => (role, format!("{sign} {}", cut(&words, wide.saturating_sub(2), unicode))),
        }
    }

    /// Draws the rows; says where the hardware cursor stands.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer, list: &mut List) -> Option<Position> {
        self.settle(list, area.height);
        self.measure(list);
        if self.view.rows.is_empty() {
            // The gutter of the rows, and the air in front of a border: words touch neither.
            let area = area.inner(Margin::new(1, 0));
            let lines = wrap(&self.empty, area.width, self.theme.use_unicode());
            stacked(lines.into_iter().map(Line::from), area, buf);
            return Some(area.as_position());
        }
        let rows: Vec<Row<'_>> = self.in_sight(list.top, list.height).collect();
        let has_marks = rows.iter().any(|row| row.mark != Mark::None);
        let gutter = if has_marks { MARK } else { 1 };
        // The space behind the gutter, and the air in front of a border.
        let room = area.width.saturating_sub(gutter.saturating_add(2));
        let placed = columns(self.view.columns, room, &list.needs);
        let looks: Vec<String> = rows.iter().map(|row| self.look(row, &placed)).collect();
        let (cursor, range) = (list.lit(self.view), list.range(self.view));
        let lines = (list.top..).zip(rows.iter().zip(alike(&looks))).map(|(at, (row, is_alike))| {
            let is_in_range = range.is_some_and(|(first, last)| (first..=last).contains(&at));
            // Two rows must not look the same (remote-terminal.md section 3).
            let tag = self.view.rows.tag(at).filter(|_| is_alike);
            let tag = tag.as_ref().map(Text::as_str);
            self.row(row, (cursor == Some(at), is_in_range), &placed, has_marks, tag)
        });
        let rightmost = placed.len().saturating_sub(1);
        let between = gap(area.width) - 1;
        let widths = placed.iter().enumerate().map(|(at, (_, wide))| {
            Constraint::Length(if at == rightmost { *wide } else { wide.saturating_add(between) })
        });
        let selected = self.theme.style(if self.is_lit { Role::Selected } else { Role::Strong });
        let table = Table::new(lines, [Constraint::Length(gutter)].into_iter().chain(widths))
            .header(self.header(&placed))
            .column_spacing(1)
            .highlight_spacing(HighlightSpacing::Never)
            .row_highlight_style(selected);
        let line = cursor.and_then(|at| at.checked_sub(list.top)).filter(|line| *line < rows.len());
        StatefulWidget::render(table, area, buf, &mut TableState::new().with_selected(line));
        let y = area.y.saturating_add(1).saturating_add(u16::try_from(line?).ok()?);
        Some(Position::new(area.x, y.min(area.bottom().saturating_sub(1))))
    }
}

/// Whether a user's name is the address once more: then it needs no room of its own.
fn is_nameless(row: &Row<'_>) -> bool {
    match (row.cells.get(Column::Name), row.cells.get(Column::Address)) {
        (Some(name), Some(address)) => name.in_words() == address.in_words(),
        _ => false,
    }
}

/// The mark in front of a row, and its role.
const fn mark(mark: Mark) -> (&'static str, Role) {
    match mark {
        Mark::None | Mark::Closed => ("   ", Role::Plain),
        Mark::Off => ("[ ]", Role::Plain),
        Mark::Ticked => ("[x]", Role::Accent),
        Mark::On => ("[=]", Role::Good),
        Mark::Excluded => ("[-]", Role::Warn),
        Mark::Problem => ("[!]", Role::Bad),
    }
}

/// The room for any state where one stands: the first row that is in a longer one shall not make the columns jump.
fn of_state(cell: &Cell<'_>, column: Column) -> u16 {
    match (cell, column) {
        (Cell::State(..), _) => width(Protection::NotIncluded.word()),
        (_, Column::Progress) => BRIEF,
        _ => 0,
    }
}

/// The role of a state, which stands there in words.
const fn state_role(state: Protection) -> Role {
    match state {
        Protection::Off | Protection::NotIncluded => Role::Plain,
        Protection::Scheduled | Protection::Stalled | Protection::TurningOn => Role::Waiting,
        Protection::Protected => Role::Good,
        Protection::Problem => Role::Bad,
        Protection::Excluded => Role::Warn,
    }
}
