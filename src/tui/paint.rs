//! Two frames to the bytes that turn one into the other: differences only, in one piece, for one write.
//!
//! Pure. Used instead of ratatui's crossterm backend, which spends about 130 bytes on a moved cursor mark: here
//! moves are relative where that is shorter, colours are the 16 named ones as 30 to 37 and 90 to 97, blank tails are
//! erased instead of painted, and the place is set anew after text whose width terminals disagree about
//! (remote-terminal.md sections 2, 3 and 5). A continuation cell of a wide letter holds an empty symbol.
//!
//! Nothing here asks the terminal anything: a question costs a round trip, some terminals never answer, and a late
//! answer would have to be kept out of the fields.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

use super::words::grapheme_width;

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
    let mut pen = Pen { out, hand: *at, look: Look::PLAIN, is_loose: false };
    for y in 0..new.area.height {
        row(old, new, y, &mut pen);
    }
    pen.look(Look::PLAIN);
    if pen.is_loose {
        pen.hand.place = None;
    }
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

/// How far a terminal's cursor goes for a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Advance {
    /// One column, everywhere.
    Sure,
    /// One column, or two where a terminal is set to show letters of ambiguous width wide (Unicode's annex 11): the
    /// rest of the word may follow, the next column of a list must not.
    Loose,
    /// Terminals disagree.
    Unknown,
}

impl Advance {
    /// What is known about a symbol.
    fn of(symbol: &str) -> Self {
        let mut chars = symbol.chars();
        match (chars.next(), chars.next()) {
            (Some(' '..='~'), None) => Self::Sure,
            // Letters of names, the mark of a cut at the end of one, and the blocks of a QR code.
            (Some('À'..='ʯ' | 'Α'..='ԯ' | '…' | '█' | '▀' | '▄'), None) => Self::Loose,
            _ => Self::Unknown,
        }
    }
}

/// A cell that is not there.
static BLANK: Cell = Cell::EMPTY;

/// A cell of a frame; blank outside of it.
fn cell(buffer: &Buffer, x: u16, y: u16) -> &Cell {
    buffer.cell((x, y)).unwrap_or(&BLANK)
}

/// Writes the differences of one row, the shorter of two ways: cell by cell over what stands there, or on the row's
/// erased rest.
fn row(old: &Buffer, new: &Buffer, y: u16, pen: &mut Pen<'_>) {
    let Some(changed) = (0..new.area.width).find(|x| cell(old, *x, y) != cell(new, *x, y)) else { return };
    // A change in the second half of a wide letter is one of the whole letter.
    let first = (0..=changed).rev().find(|x| !cell(new, *x, y).symbol().is_empty()).unwrap_or(0);
    let before = (pen.out.len(), pen.hand, pen.look, pen.is_loose);
    cells(old, new, Row { y, erased_from: None }, pen);
    let over = pen.out.split_off(before.0);
    let after = (pen.hand, pen.look, pen.is_loose);
    (pen.hand, pen.look, pen.is_loose) = (before.1, before.2, before.3);
    pen.go(Place { x: first, y });
    pen.look(Look::PLAIN);
    pen.out.extend_from_slice(b"\x1b[K");
    cells(old, new, Row { y, erased_from: Some(first) }, pen);
    if pen.out.len() - before.0 >= over.len() {
        pen.out.truncate(before.0);
        pen.out.extend_from_slice(&over);
        (pen.hand, pen.look, pen.is_loose) = after;
    }
}

/// A row that is written.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Which one, from 0.
    y: u16,
    /// The column from which on nothing stands there any more.
    erased_from: Option<u16>,
}

/// Writes the cells of one row that differ.
fn cells(old: &Buffer, new: &Buffer, row: Row, pen: &mut Pen<'_>) {
    let (width, y) = (new.area.width, row.y);
    let is_last = y + 1 == new.area.height;
    let was = |x| if row.erased_from.is_some_and(|from| x >= from) { &BLANK } else { cell(old, x, y) };
    let is = |x| cell(new, x, y);
    let is_stale = |x| !is_blank(was(x));
    // The blank tail of the new row: erased in one go where the old row had something there.
    let tail = (0..width).rev().take_while(|x| is_blank(is(*x))).last().unwrap_or(width);
    let mut stale_until = 0_u16;
    let mut x = 0_u16;
    while x < width {
        let symbol = is(x).symbol();
        let wide = if symbol.is_empty() { 1 } else { grapheme_width(symbol).max(1) };
        // The last cell of the last row: whether it scrolls depends on a mode that we don't know. It is never written.
        let is_end = is_last && x.saturating_add(wide) >= width;
        if is_end && !(x..width - 1).any(is_stale) {
            return;
        }
        let changed = x < stale_until || (x..x.saturating_add(wide)).any(|i| was(i) != is(i));
        if !changed || symbol.is_empty() {
            x += 1;
            continue;
        }
        let is_tail = x >= tail && (tail..width).filter(|i| is_stale(*i)).count() > usize::from(ERASE_ABOVE);
        if is_end || is_tail {
            pen.go(Place { x, y });
            pen.look(Look::PLAIN);
            pen.out.extend_from_slice(b"\x1b[K");
            return;
        }
        // A word behind a gap is another column of a list.
        if pen.is_loose && symbol != " " && x >= 2 && is_blank(is(x - 1)) && is_blank(is(x - 2)) {
            pen.hand.place = None;
        }
        let look = Look::of(is(x));
        pen.approach(new, Place { x, y }, look);
        pen.look(look);
        pen.out.extend_from_slice(symbol.as_bytes());
        let advance = Advance::of(symbol);
        let touches = advance == Advance::Unknown || grapheme_width(was(x).symbol()) > 1;
        x += wide;
        pen.is_loose |= advance == Advance::Loose;
        pen.hand.place = (advance != Advance::Unknown && x < width).then_some(Place { x, y });
        // What stood here, or what stands here now, may have touched its neighbour: write that one again.
        if touches {
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
    /// Letters of ambiguous width were written since the last sure place: only their neighbour may follow unmoved.
    is_loose: bool,
}

impl Pen<'_> {
    /// Goes to a place where something of this look is written; over a few unchanged cells in the present look or in
    /// that one by writing them again.
    fn approach(&mut self, new: &Buffer, to: Place, look: Look) {
        if let Some(from) = self.hand.place
            && from.y == to.y
            && from.x < to.x
            && to.x - from.x <= if self.is_loose { 1 } else { REWRITE_UP_TO }
        {
            let between = (from.x..to.x).map(|x| cell(new, x, to.y));
            let are = |look| between.clone().all(|cell| Look::of(cell) == look);
            let is_plain = between.clone().all(|cell| cell.symbol().is_ascii() && cell.symbol() != "");
            if is_plain && (are(self.look) || are(look)) {
                if !are(self.look) {
                    self.look(look);
                }
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
        if from == Some(to) {
            return;
        }
        let from = from.filter(|_| !self.is_loose);
        self.hand.place = Some(to);
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
