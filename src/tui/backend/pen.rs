//! The pen: bytes of one frame, with the terminal's cursor and attributes as they stand behind them.

use ratatui::{
    buffer::Cell,
    layout::{Position, Size},
    style::{Color, Modifier},
};

/// Unchanged plain cells that are written again because that is shorter than a move.
const REWRITE_UP_TO: u16 = 3;

/// The attributes that every terminal has; others are not written.
const ATTRIBUTES: Modifier = Modifier::BOLD.union(Modifier::UNDERLINED).union(Modifier::REVERSED);

/// The terminal's cursor as we know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TerminalCursor {
    /// Where it stands; none: not known for sure.
    pub(super) place: Option<Position>,
    /// Whether it can be seen.
    pub(super) is_visible: bool,
}

/// What SGR can say about a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellStyle {
    /// Foreground, as SGR's code.
    fg: u8,
    /// Background, as the code of a foreground.
    bg: u8,
    /// Bold, reverse, underline.
    attributes: Modifier,
}

impl CellStyle {
    /// Default attributes.
    pub(super) const PLAIN: Self =
        Self { fg: color_code(Color::Reset), bg: color_code(Color::Reset), attributes: Modifier::empty() };

    /// Whether a blank looks as it does in default attributes: a foreground and bold letters don't show in one.
    pub(super) const fn is_plain_in_blanks(self) -> bool {
        let shown = Modifier::UNDERLINED.union(Modifier::REVERSED);
        self.bg == Self::PLAIN.bg && !self.attributes.intersects(shown)
    }

    /// The style of a cell.
    pub(super) const fn of(cell: &Cell) -> Self {
        Self {
            fg: color_code(cell.fg),
            bg: color_code(cell.bg),
            attributes: cell.modifier.intersection(ATTRIBUTES),
        }
    }
}

/// Writes bytes, and knows where the terminal's cursor is and how it writes.
#[derive(Debug, Clone)]
pub(super) struct Pen {
    /// The bytes so far.
    pub(super) out: Vec<u8>,
    /// The terminal's columns and rows.
    pub(super) size: Size,
    /// The terminal's cursor.
    pub(super) cursor: TerminalCursor,
    /// The attributes that are on.
    pub(super) style: CellStyle,
    /// Letters of ambiguous width were written since the last sure place: only their neighbour may follow unmoved.
    pub(super) is_loose: bool,
}

impl Pen {
    /// A pen that has written nothing yet, in default attributes.
    pub(super) const fn new(size: Size, cursor: TerminalCursor) -> Self {
        Self { out: Vec::new(), size, cursor, style: CellStyle::PLAIN, is_loose: false }
    }

    /// Goes to a place where something of this style is written; over a few unchanged cells in the present style or in
    /// that one by writing them again.
    pub(super) fn approach<'a>(&mut self, row: impl Fn(u16) -> &'a Cell, to: Position, style: CellStyle) {
        if let Some(from) = self.cursor.place
            && from.y == to.y
            && from.x < to.x
            && to.x - from.x <= if self.is_loose { 1 } else { REWRITE_UP_TO }
        {
            let between: Vec<&Cell> = (from.x..to.x).map(row).collect();
            let are = |style| between.iter().all(|cell| looks_same(cell, style));
            let is_plain = between.iter().all(|cell| cell.symbol().is_ascii() && cell.symbol() != "");
            if is_plain && (are(self.style) || are(style)) {
                if !are(self.style) {
                    self.set_style(style);
                }
                for cell in between {
                    self.out.extend_from_slice(cell.symbol().as_bytes());
                }
                self.cursor.place = Some(to);
                return;
            }
        }
        self.go(to);
    }

    /// Goes to a place by the shortest way that is sure. Never by a line feed: what it does depends on modes that others
    /// may set.
    pub(super) fn go(&mut self, to: Position) {
        let from = self.cursor.place.replace(to);
        if from == Some(to) {
            return;
        }
        let absolute = match (to.x, to.y) {
            (0, 0) => "\x1b[H".to_owned(),
            (0, y) => format!("\x1b[{}H", y + 1),
            (x, y) => format!("\x1b[{};{}H", y + 1, x + 1),
        };
        let relative = from.filter(|_| !self.is_loose).map(|from| {
            let is_return = to.x == 0 && from.x > 0;
            let along = if is_return { "\r".to_owned() } else { steps(from.x, to.x, ['D', 'C']) };
            along + &steps(from.y, to.y, ['A', 'B'])
        });
        self.is_loose = false;
        let way = relative.filter(|way| way.len() < absolute.len()).unwrap_or(absolute);
        self.out.extend_from_slice(way.as_bytes());
    }

    /// Erases a row from a place on.
    pub(super) fn erase_from(&mut self, place: Position) {
        self.go(place);
        self.set_style(CellStyle::PLAIN);
        self.out.extend_from_slice(b"\x1b[K");
    }

    /// Switches attributes, if they differ.
    pub(super) fn set_style(&mut self, to: CellStyle) {
        if self.style == to {
            return;
        }
        let is_off = !self.style.attributes.difference(to.attributes).is_empty();
        let from = if is_off { CellStyle::PLAIN } else { self.style };
        let added = to.attributes.difference(from.attributes);
        let codes = [
            (is_off, 0),
            (added.contains(Modifier::BOLD), 1),
            (added.contains(Modifier::UNDERLINED), 4),
            (added.contains(Modifier::REVERSED), 7),
            (from.fg != to.fg, to.fg),
            (from.bg != to.bg, to.bg + 10),
        ];
        let codes = codes.iter().filter(|(is_needed, _)| *is_needed && to != CellStyle::PLAIN);
        let codes: Vec<String> = codes.map(|(_, code)| code.to_string()).collect();
        self.out.extend_from_slice(format!("\x1b[{}m", codes.join(";")).as_bytes());
        self.style = to;
    }
}

/// Whether a cell may be written in a style that is not its own.
pub(super) fn looks_same(cell: &Cell, style: CellStyle) -> bool {
    let own = CellStyle::of(cell);
    own == style || (cell.symbol() == " " && own.is_plain_in_blanks() && style.is_plain_in_blanks())
}

/// The shortest way from one column or row to another, by the last bytes of the sequences that go back and on.
fn steps(from: u16, to: u16, [back, on]: [char; 2]) -> String {
    let (count, way) = (from.abs_diff(to), if to < from { back } else { on });
    match count {
        0 => String::new(),
        1..=3 if way == 'D' => "\x08".repeat(usize::from(count)),
        1 => format!("\x1b[{way}"),
        _ => format!("\x1b[{count}{way}"),
    }
}

/// The SGR foreground code of one of the 16 named colours; anything else is the default colour.
pub(super) const fn color_code(color: Color) -> u8 {
    match color {
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        _ => 39,
    }
}
