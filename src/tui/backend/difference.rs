//! Two frames to the bytes that turn one into the other. Pure.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Position,
};

use super::{
    BLANK, cell, grapheme_width, is_blank,
    pen::{CellStyle, Pen, TerminalCursor, looks_same},
};

/// Blank cells up to which spaces are shorter than erasing to the end of the line.
const ERASE_ABOVE: u16 = 3;

/// Writes what turns `old` into `new` and puts the cursor at `cursor`; none: the cursor is hidden.
///
/// `at` is where the terminal's cursor stands and whether it can be seen, and is brought up to date. Both frames have one
/// size.
pub(super) fn differences(
    old: &Buffer,
    new: &Buffer,
    at: &mut TerminalCursor,
    cursor: Option<Position>,
    out: &mut Vec<u8>,
) {
    let mut pen = Pen { out, cursor: *at, style: CellStyle::PLAIN, is_loose: false };
    for y in 0..new.area.height {
        row(old, new, y, &mut pen);
    }
    pen.set_style(CellStyle::PLAIN);
    if pen.is_loose {
        pen.cursor.place = None;
    }
    match cursor {
        Some(place) => {
            pen.go(place);
            if !pen.cursor.is_visible {
                pen.out.extend_from_slice(b"\x1b[?25h");
                pen.cursor.is_visible = true;
            }
        }
        None if pen.cursor.is_visible => {
            pen.out.extend_from_slice(b"\x1b[?25l");
            pen.cursor.is_visible = false;
        }
        None => {}
    }
    *at = pen.cursor;
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

/// Writes the differences of one row, the shorter of two ways: cell by cell over what stands there, or on the row's
/// erased rest.
fn row(old: &Buffer, new: &Buffer, y: u16, pen: &mut Pen<'_>) {
    let Some(changed) = (0..new.area.width).find(|x| cell(old, *x, y) != cell(new, *x, y)) else { return };
    // A change in the second half of a wide letter is one of the whole letter.
    let first = (0..=changed).rev().find(|x| !cell(new, *x, y).symbol().is_empty()).unwrap_or(0);
    let before = (pen.out.len(), pen.cursor, pen.style, pen.is_loose);
    cells(old, new, Row { y, erased_from: None }, pen);
    let over = pen.out.split_off(before.0);
    let after = (pen.cursor, pen.style, pen.is_loose);
    (pen.cursor, pen.style, pen.is_loose) = (before.1, before.2, before.3);
    pen.go(Position { x: first, y });
    pen.set_style(CellStyle::PLAIN);
    pen.out.extend_from_slice(b"\x1b[K");
    cells(old, new, Row { y, erased_from: Some(first) }, pen);
    if pen.out.len() - before.0 >= over.len() {
        pen.out.truncate(before.0);
        pen.out.extend_from_slice(&over);
        (pen.cursor, pen.style, pen.is_loose) = after;
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
            pen.go(Position { x, y });
            pen.set_style(CellStyle::PLAIN);
            pen.out.extend_from_slice(b"\x1b[K");
            return;
        }
        // A word behind a gap is another column of a list.
        if pen.is_loose && symbol != " " && x >= 2 && is_blank(is(x - 1)) && is_blank(is(x - 2)) {
            pen.cursor.place = None;
        }
        let style = CellStyle::of(is(x));
        pen.approach(new, Position { x, y }, style);
        if !looks_same(is(x), pen.style) {
            pen.set_style(style);
        }
        let advance = Advance::of(symbol);
        let alike =
            if advance == Advance::Unknown && wide == 1 { rule(new, was, Position { x, y }) } else { 1 };
        (0..alike).for_each(|_| pen.out.extend_from_slice(symbol.as_bytes()));
        x += wide.max(alike);
        let touches = advance == Advance::Unknown || grapheme_width(was(x - 1).symbol()) > 1;
        pen.is_loose |= advance == Advance::Loose;
        pen.cursor.place = (advance != Advance::Unknown && x < width).then_some(Position { x, y });
        // What stood here, or what stands here now, may have touched its neighbour: write that one again. A single letter
        // is two columns wide at most: over a blank it may be.
        let is_bounded =
            wide == 1 && symbol.chars().nth(1).is_none() && grapheme_width(was(x - 1).symbol()) <= 1;
        if touches && !(is_bounded && is_blank(is(x)) && is_blank(was(x))) {
            stale_until = x + 1;
        }
    }
}

/// How many cells of a rule may be written from here on without a place for each.
///
/// A terminal may take each of them for two columns. Then they cover as many columns again, so that what stands there must
/// be written behind them, or be more of the rule, and must not lie beyond the edge.
fn rule<'b>(new: &'b Buffer, was: impl Fn(u16) -> &'b Cell, from: Position) -> u16 {
    let is = |x: u16| cell(new, x, from.y);
    let symbol = is(from.x);
    let alike = (from.x..new.area.width).take_while(|x| is(*x) == symbol && was(*x) != symbol).count();
    let covered = (from.x..new.area.width).take_while(|x| is(*x) == symbol || is(*x) != was(*x)).count();
    u16::try_from(alike.min(covered / 2)).unwrap_or(u16::MAX).max(1)
}
