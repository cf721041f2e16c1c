//! Two frames to the bytes that turn one into the other: differences only, in one piece, for one write.
//!
//! Pure. Used instead of ratatui's crossterm backend, which spends about 130 bytes on a moved cursor mark: here
//! moves are relative where that is shorter, colours are the 16 named ones as 30 to 37 and 90 to 97, blank tails are
//! erased instead of painted, and the place is set anew after text whose width terminals disagree about
//! (remote-terminal.md sections 2, 3 and 5). A continuation cell of a wide letter holds an empty symbol.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

use super::words::grapheme_width;

#[cfg(test)]
mod tests;

/// Frames above this many bytes are wrapped in synchronized output (remote-terminal.md section 5: about 1 KB).
const SYNCHRONIZE_ABOVE: usize = 1_024;

/// Unchanged plain cells that are written again because that is shorter than a move.
const REWRITE_UP_TO: u16 = 3;

/// Blank cells up to which spaces are shorter than erasing to the end of the line.
const ERASE_ABOVE: u16 = 3;

/// A place on the screen, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
}

/// Writes what turns `old` into `new` and puts the cursor at `cursor`; none: the cursor is hidden.
///
/// `at` is where the terminal's cursor stands and whether it can be seen, and is brought up to date. Frames of
/// different sizes, and the first one, want [`clear`] before and a blank `old`.
pub fn differences(old: &Buffer, new: &Buffer, at: &mut Hand, cursor: Option<Place>, out: &mut Vec<u8>) {
    let start = out.len();
    let mut pen = Pen { out, hand: *at, look: Look::PLAIN };
    for y in 0..new.area.height {
        row(old, new, y, &mut pen);
    }
    pen.look(Look::PLAIN);
    let changed = pen.out.len() > start;
    match cursor {
        Some(place) => {
            pen.go(place);
            if !pen.hand.is_visible {
                pen.out.extend_from_slice(b"\x1b[?25h");
                pen.hand.is_visible = true;
            }
        }
        None if pen.hand.is_visible => {
            pen.out.extend_from_slice(b"\x1b[?25l");
            pen.hand.is_visible = false;
        }
        None => {}
    }
    *at = pen.hand;
    if changed && out.len() - start > SYNCHRONIZE_ABOVE {
        out.splice(start..start, *b"\x1b[?2026h");
        out.extend_from_slice(b"\x1b[?2026l");
    }
}

/// Has the terminal move the lines from `y` on, `height` of them, up by `by` (down where it is negative), and moves
/// them in `old` likewise; does nothing where no line would stay.
///
/// Lines are deleted or inserted inside a scroll region: that is VT102 and passes every multiplexer, while SU and SD
/// are unknown to the Linux console.
pub fn scroll(old: &mut Buffer, y: u16, height: u16, by: i64, at: &mut Hand, out: &mut Vec<u8>) {
    let Ok(lines) = u16::try_from(by.unsigned_abs()) else { return };
    if lines == 0 || lines >= height || y.saturating_add(height) > old.area.height {
        return;
    }
    let what = if by > 0 { 'M' } else { 'L' };
    let (first, last) = (y + 1, y + height);
    let count = if lines == 1 { String::new() } else { lines.to_string() };
    out.extend_from_slice(format!("\x1b[{first};{last}r\x1b[{first}H\x1b[{count}{what}\x1b[r").as_bytes());
    // Setting the region puts the cursor into the first cell.
    at.place = Some(Place { x: 0, y: 0 });
    let copy = |to: u16, from: Option<u16>, old: &mut Buffer| {
        for x in 0..old.area.width {
            let cell = from.and_then(|from| old.cell((x, from)).cloned()).unwrap_or_default();
            if let Some(there) = old.cell_mut((x, to)) {
                *there = cell;
            }
        }
    };
    let end = y + height;
    if by > 0 {
        for to in y..end {
            copy(to, Some(to + lines).filter(|from| *from < end), old);
        }
    } else {
        for to in (y..end).rev() {
            copy(to, to.checked_sub(lines).filter(|from| *from >= y), old);
        }
    }
}

/// Erases the whole screen under default attributes; the cursor's place is then known.
pub fn clear(at: &mut Hand, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
    at.place = Some(Place { x: 0, y: 0 });
}

/// The terminal's cursor as we know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hand {
    /// Where it stands; none: not known for sure.
    pub place: Option<Place>,
    /// Whether it can be seen.
    pub is_visible: bool,
}

/// What SGR can say about a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    /// Foreground.
    fg: Color,
    /// Background.
    bg: Color,
    /// Bold, reverse, underline.
    attributes: Modifier,
}

impl Look {
    /// Default attributes.
    const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, attributes: Modifier::empty() };

    /// The look of a cell.
    const fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, attributes: cell.modifier }
    }
}

/// Whether a cell is what erasing leaves behind.
fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && Look::of(cell) == Look::PLAIN
}

/// Whether every terminal advances by exactly one column for it: ASCII, and Latin, Greek and Cyrillic letters.
fn is_plain(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => matches!(c, ' '..='~' | 'À'..='ʯ' | 'Α'..='ԯ' | '█' | '▀' | '▄' | '…'),
        _ => false,
    }
}

/// A cell that is not there.
static BLANK: Cell = Cell::EMPTY;

/// A cell of a frame; blank outside of it.
fn cell(buffer: &Buffer, x: u16, y: u16) -> &Cell {
    buffer.cell((x, y)).unwrap_or(&BLANK)
}

/// Writes the differences of one row.
fn row(old: &Buffer, new: &Buffer, y: u16, pen: &mut Pen<'_>) {
    let width = new.area.width;
    let is_last = y + 1 == new.area.height;
    let cell = |buffer, x| cell(buffer, x, y);
    if (0..width).all(|x| cell(old, x) == cell(new, x)) {
        return;
    }
    // The blank tail of the new row: erased in one go where the old row had something there.
    let tail = (0..width).rev().take_while(|x| is_blank(cell(new, *x))).last().unwrap_or(width);
    let mut stale_until = 0_u16;
    let mut x = 0_u16;
    while x < width {
        let (was, is) = (cell(old, x), cell(new, x));
        let symbol = is.symbol();
        if is_last && x + 1 == width && !is_blank(is) {
            // The last cell of the last row: whether it scrolls depends on a mode that we don't know.
            return;
        }
        let wide = if symbol.is_empty() { 1 } else { grapheme_width(symbol).max(1) };
        let changed = x < stale_until || (x..x.saturating_add(wide)).any(|i| cell(old, i) != cell(new, i));
        if !changed || symbol.is_empty() {
            x += 1;
            continue;
        }
        if x >= tail && (tail..width).filter(|i| !is_blank(cell(old, *i))).count() > usize::from(ERASE_ABOVE)
        {
            pen.go(Place { x, y });
            pen.look(Look::PLAIN);
            pen.out.extend_from_slice(b"\x1b[K");
            return;
        }
        pen.approach(new, Place { x, y });
        pen.look(Look::of(is));
        pen.out.extend_from_slice(symbol.as_bytes());
        x += wide;
        let is_sure = is_plain(symbol) && x < width;
        pen.hand.place = is_sure.then_some(Place { x, y });
        // What stood here, or what stands here now, may have touched its neighbour: write that one again.
        if !is_plain(symbol) || grapheme_width(was.symbol()) > 1 {
            stale_until = x + 1;
        }
    }
}

/// Writes bytes, and knows where the terminal's cursor is and how it writes.
struct Pen<'a> {
    /// The bytes so far.
    out: &'a mut Vec<u8>,
    /// The terminal's cursor.
    hand: Hand,
    /// The attributes that are on.
    look: Look,
}

impl Pen<'_> {
    /// Goes to a place; over a few unchanged cells in the same look by writing them again.
    fn approach(&mut self, new: &Buffer, to: Place) {
        if let Some(from) = self.hand.place
            && from.y == to.y
            && from.x < to.x
            && to.x - from.x <= REWRITE_UP_TO
        {
            let between = (from.x..to.x).filter_map(|x| new.cell((x, to.y)));
            if between.clone().all(|c| Look::of(c) == self.look && c.symbol().is_ascii() && c.symbol() != "")
            {
                for cell in between {
                    self.out.extend_from_slice(cell.symbol().as_bytes());
                }
                self.hand.place = Some(to);
                return;
            }
        }
        self.go(to);
    }

    /// Goes to a place by the shortest way that is sure.
    fn go(&mut self, to: Place) {
        let from = self.hand.place;
        self.hand.place = Some(to);
        let mut way = format!("\x1b[{};{}H", to.y + 1, to.x + 1);
        if to.x == 0 {
            way = format!("\x1b[{}H", to.y + 1);
            if to.y == 0 {
                "\x1b[H".clone_into(&mut way);
            }
        }
        if let Some(from) = from {
            if from == to {
                return;
            }
            let along = along(from.x, to.x);
            let across = across(from.y, to.y);
            if along.len() + across.len() < way.len() {
                way = along + &across;
            }
        }
        self.out.extend_from_slice(way.as_bytes());
    }

    /// Switches attributes, if they differ.
    fn look(&mut self, to: Look) {
        if self.look == to {
            return;
        }
        let mut codes = Vec::new();
        let gone = self.look.attributes.difference(to.attributes);
        let from = if gone.is_empty() {
            self.look
        } else {
            codes.push(0);
            Look::PLAIN
        };
        let added = to.attributes.difference(from.attributes);
        for (attribute, code) in [(Modifier::BOLD, 1), (Modifier::UNDERLINED, 4), (Modifier::REVERSED, 7)] {
            if added.contains(attribute) {
                codes.push(code);
            }
        }
        if from.fg != to.fg {
            codes.push(color_code(to.fg));
        }
        if from.bg != to.bg {
            codes.push(color_code(to.bg) + 10);
        }
        self.look = to;
        if to == Look::PLAIN {
            self.out.extend_from_slice(b"\x1b[m");
            return;
        }
        let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
        self.out.extend_from_slice(format!("\x1b[{}m", codes.join(";")).as_bytes());
    }
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
const fn color_code(color: Color) -> u8 {
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
