//! The pen: bytes of one frame, with the terminal's cursor and attributes as they stand behind them.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Position,
    style::{Color, Modifier},
};

use super::cell;

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
pub(super) struct Pen<'a> {
    /// The bytes so far.
    pub(super) out: &'a mut Vec<u8>,
    /// The terminal's cursor.
    pub(super) cursor: TerminalCursor,
    /// The attributes that are on.
    pub(super) style: CellStyle,
    /// Letters of ambiguous width were written since the last sure place: only their neighbour may follow unmoved.
    pub(super) is_loose: bool,
}

impl Pen<'_> {
    /// Goes to a place where something of this style is written; over a few unchanged cells in the present style or in
    /// that one by writing them again.
    pub(super) fn approach(&mut self, new: &Buffer, to: Position, style: CellStyle) {
        if let Some(from) = self.cursor.place
            && from.y == to.y
            && from.x < to.x
            && to.x - from.x <= if self.is_loose { 1 } else { REWRITE_UP_TO }
        {
            let between = (from.x..to.x).map(|x| cell(new, x, to.y));
            let are = |style| between.clone().all(|cell| looks_same(cell, style));
            let is_plain = between.clone().all(|cell| cell.symbol().is_ascii() && cell.symbol() != "");
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

    /// Goes to a place by the shortest way that is sure.
    pub(super) fn go(&mut self, to: Position) {
        let from = self.cursor.place;
        if from == Some(to) {
            return;
        }
        let from = from.filter(|_| !self.is_loose);
        self.cursor.place = Some(to);
        self.is_loose = false;
        let mut way = format!("\x1b[{};{}H", to.y + 1, to.x + 1);
        if to.x == 0 {
            way = format!("\x1b[{}H", to.y + 1);
            if to.y == 0 {
                "\x1b[H".clone_into(&mut way);
            }
        }
        if let Some(from) = from {
            let along = along(from.x, to.x);
            let across = across(from.y, to.y);
            if along.len() + across.len() < way.len() {
                way = along + &across;
            }
        }
        self.out.extend_from_slice(way.as_bytes());
    }

    /// Switches attributes, if they differ.
    pub(super) fn set_style(&mut self, to: CellStyle) {
        if self.style == to {
            return;
        }
        let mut codes = Vec::new();
        let gone = self.style.attributes.difference(to.attributes);
        let from = if gone.is_empty() {
            self.style
        } else {
            codes.push(0);
            CellStyle::PLAIN
        };
        let added = to.attributes.difference(from.attributes);
        for (attribute, code) in [(Modifier::BOLD, 1), (Modifier::UNDERLINED, 4), (Modifier::REVERSED, 7)] {
            if added.contains(attribute) {
                codes.push(code);
            }
        }
        if from.fg != to.fg {
            codes.push(to.fg);
        }
        if from.bg != to.bg {
            codes.push(to.bg + 10);
        }
        self.style = to;
        if to == CellStyle::PLAIN {
            self.out.extend_from_slice(b"\x1b[m");
            return;
        }
        let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
        self.out.extend_from_slice(format!("\x1b[{}m", codes.join(";")).as_bytes());
    }
}

/// Whether a cell may be written in a style that is not its own.
pub(super) fn looks_same(cell: &Cell, style: CellStyle) -> bool {
    let own = CellStyle::of(cell);
    own == style || (cell.symbol() == " " && own.is_plain_in_blanks() && style.is_plain_in_blanks())
}

/// The shortest way from one column to another.
fn along(from: u16, to: u16) -> String {
    match to.cmp(&from) {
        std::cmp::Ordering::Equal => String::new(),
        _ if to == 0 => "\r".to_owned(),
        std::cmp::Ordering::Less if from - to <= 3 => "\x08".repeat(usize::from(from - to)),
        std::cmp::Ordering::Less => format!("\x1b[{}D", from - to),
        std::cmp::Ordering::Greater if to - from == 1 => "\x1b[C".to_owned(),
        std::cmp::Ordering::Greater => format!("\x1b[{}C", to - from),
    }
}

/// The shortest way from one row to another. Never a line feed: what it does depends on modes that others may set.
fn across(from: u16, to: u16) -> String {
    match to.cmp(&from) {
        std::cmp::Ordering::Equal => String::new(),
        std::cmp::Ordering::Less if from - to == 1 => "\x1b[A".to_owned(),
        std::cmp::Ordering::Less => format!("\x1b[{}A", from - to),
        std::cmp::Ordering::Greater if to - from == 1 => "\x1b[B".to_owned(),
        std::cmp::Ordering::Greater => format!("\x1b[{}B", to - from),
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
