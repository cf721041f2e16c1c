//! The rows of a list: heads, marks, the slice that fits, the whole lit row in one look.
//!
//! Asks the wizard for the rows that are seen and no others, so that a list of half a million costs what a list of ten
//! does. The columns are laid by hand, span by span: ratatui's table styles each cell five times over, which was a fifth of
//! what a key costs.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Margin, Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Widget,
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
    /// The number of that view.
    pub(crate) events: u64,
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

    /// Settles how wide the cells of the slice are. Costs nothing where the same slice of the same view was measured before:
    /// a key that only moves the cursor.
    pub(crate) fn measure(&self, list: &mut List) {
        let rows = (self.view.rows.generation(), self.view.rows.len().min(MEASURED.into()));
        let slice = (self.events, list.top, list.height);
        let is_new = list.measured.replace(rows) != Some(rows);
        if list.in_sight.replace(slice) == Some(slice) && !is_new {
            return;
        }
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
        let local = domain.and_then(|domain| words.strip_suffix(domain.as_str())?.strip_suffix('@'));
        let shared = local.map(|local| format!("{local}@{}", self.theme.sign(Sign::CUT)));
        shared.map_or(words, Cow::Owned)
    }

    /// What names a row, as far as its columns show it.
    fn look(&self, row: &Row<'_>, columns: &[(Column, u16)]) -> String {
        let naming = columns.iter().filter(|(column, _)| NAMING.contains(column));
        naming.fold(String::new(), |look, (column, wide)| {
            let words = row.cells.get(*column).map(|cell| self.words(cell, *column)).unwrap_or_default();
            look + &cut(&words, *wide, self.theme.use_unicode()) + "\n"
        })
    }

    fn header(&self, columns: &[(Column, u16)]) -> Laid {
        let heads = columns.iter().map(|(column, wide)| {
            let is_sorted = self.view.sorted_by == Some(*column);
            let sorted =
                if is_sorted { format!(" {}", self.theme.sign(Sign::SORTED)) } else { String::new() };
            let words = format!("{}{sorted}", head(*column));
            Span::raw(cut(&words, *wide, self.theme.use_unicode()).into_owned())
        });
        let style = self.theme.style(Role::Quiet);
        Laid { style, front: Span::default(), mark: Span::default(), cells: heads.collect() }
    }

    fn row(
        &self,
        row: &Row<'_>,
        (is_lit, is_in_range): (bool, bool),
        columns: &[(Column, u16)],
        has_marks: bool,
        tag: Option<&str>,
    ) -> Laid {
        // One look for the whole row: no cell keeps a colour of its own.
        let is_one = is_lit || row.is_quiet;
        let look = |role: Role| self.theme.style(if is_one { Role::Plain } else { role });
        let front = match (is_lit, is_in_range) {
            (_, true) => ":",
            (true, false) if self.is_marked && !self.is_lit => ">",
            _ if row.is_news => "*",
            _ => " ",
        };
        let (mark, mark_role) = mark(row.mark);
        let mark = Span::styled(if has_marks { mark } else { "" }, look(mark_role));
        // In ASCII a name may lose its letters: then the address in its place tells whose row it is.
        let has_address = columns.iter().any(|(column, _)| *column == Column::Address);
        let name = row.cells.get(Column::Name);
        let is_lost = !self.theme.use_unicode()
            && !has_address
            && row.cells.get(Column::Address).is_some()
            && name.is_some_and(|name| !name.in_words().is_ascii());
        let last_naming = columns.iter().rposition(|(column, _)| NAMING.contains(column));
        let cell = |(at, (column, wide)): (usize, &(Column, u16))| {
            let column = if is_lost && *column == Column::Name { Column::Address } else { *column };
            let Some(cell) = row.cells.get(column) else { return Span::default() };
            let (role, words) = match tag.filter(|_| last_naming == Some(at)) {
                // Over the end of what two rows have in common.
                Some(tag) => {
                    let room = wide.saturating_sub(width(tag)).saturating_sub(1);
                    let words = cut(&self.words(cell, column), room, self.theme.use_unicode()).into_owned();
                    (Role::Plain, format!("{words} {tag}"))
                }
                None => self.cell(cell, column, *wide),
            };
            Span::styled(words, look(role))
        };
        let role = if row.is_quiet && !is_lit { Role::Quiet } else { Role::Plain };
        Laid {
            style: self.theme.style(role),
            front: Span::styled(front, look(Role::Accent)),
            mark,
            cells: columns.iter().enumerate().map(cell).collect(),
        }
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
        let selected = self.theme.style(if self.is_lit { Role::Selected } else { Role::Strong });
        let mut left = area;
        self.header(&placed).render(&mut left, buf, gutter, &placed);
        for (at, (row, is_alike)) in (list.top..).zip(rows.iter().zip(alike(&looks))) {
            let is_in_range = range.is_some_and(|(first, last)| (first..=last).contains(&at));
            // Two rows must not look the same (remote-terminal.md section 3).
            let tag = if is_alike { self.view.rows.tag(at) } else { None };
            let tag = tag.as_ref().map(Text::as_str);
            let is_lit = cursor == Some(at);
            let line = Rect { height: left.height.min(1), ..left };
            self.row(row, (is_lit, is_in_range), &placed, has_marks, tag)
                .render(&mut left, buf, gutter, &placed);
            if is_lit {
                buf.set_style(line, selected);
            }
        }
        let line = cursor.and_then(|at| at.checked_sub(list.top)).filter(|line| *line < rows.len());
        let y = area.y.saturating_add(1).saturating_add(u16::try_from(line?).ok()?);
        Some(Position::new(area.x, y.min(area.bottom().saturating_sub(1))))
    }
}

/// A line of the list, cell by cell.
struct Laid {
    /// The look of all of it, below that of its spans.
    style: Style,
    front: Span<'static>,
    mark: Span<'static>,
    cells: Vec<Span<'static>>,
}

impl Laid {
    /// Draws it into the first line of what is left, and takes that away.
    fn render(&self, left: &mut Rect, buf: &mut Buffer, gutter: u16, columns: &[(Column, u16)]) {
        let line = Rect { height: left.height.min(1), ..*left };
        (left.y, left.height) = (left.y.saturating_add(line.height), left.height.saturating_sub(1));
        if self.style != Style::new() {
            buf.set_style(line, self.style);
        }
        let between = gap(line.width);
        let at =
            |x: u16, wide: u16| Rect { x: line.x.saturating_add(x), width: wide, ..line }.intersection(line);
        (&self.front).render(at(0, gutter.min(1)), buf);
        (&self.mark).render(at(1, gutter.saturating_sub(1)), buf);
        let mut x = gutter.saturating_add(1);
        for (cell, (_, wide)) in self.cells.iter().zip(columns) {
            cell.render(at(x, *wide), buf);
            x = x.saturating_add(*wide).saturating_add(between);
        }
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
