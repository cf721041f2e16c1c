//! Two frames to the bytes that turn one into the other. Pure.

use std::ops::Range;

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Position,
};

use super::{
    is_blank,
    pen::{CellStyle, Pen, looks_same},
    row,
};
use crate::tui::words::grapheme_width;

/// A cell that a wide letter covers.
static HALF: Cell = Cell::new("");

/// A cell in which nothing stands.
static BLANK: Cell = Cell::EMPTY;

/// Blank cells up to which spaces are shorter than erasing to the end of the line.
const ERASE_ABOVE: u16 = 3;

/// Writes what turns these rows of `old` into those of `new` and puts the cursor at `cursor`; none: the cursor is hidden.
/// Both frames have one size. Gives the pen back as it stands then.
pub(super) fn differences(
    (old, new): (&Buffer, &Buffer),
    rows: impl IntoIterator<Item = u16>,
    mut pen: Pen,
    cursor: Option<Position>,
) -> Pen {
    for y in rows {
        line(&letters(old, y), &letters(new, y), y, &mut pen);
    }
    pen.set_style(CellStyle::PLAIN);
    if pen.is_loose {
        pen.cursor.place = None;
    }
    if let Some(place) = cursor {
        pen.go(place);
    }
    if std::mem::replace(&mut pen.cursor.is_visible, cursor.is_some()) != cursor.is_some() {
        pen.out.extend_from_slice(if cursor.is_some() { b"\x1b[?25h" } else { b"\x1b[?25l" });
    }
    pen
}

/// The cells of a row as a terminal has them: those that a wide letter covers hold nothing.
fn letters(buffer: &Buffer, y: u16) -> Vec<&Cell> {
    let mut covered = 0;
    let letter = |cell| {
        if covered > 0 {
            covered -= 1;
            return &HALF;
        }
        covered = width_of(cell) - 1;
        cell
    };
    row(buffer, y).iter().map(letter).collect()
}

/// A cell of a row; blank outside of it.
fn cell<'a>(row: &[&'a Cell], x: u16) -> &'a Cell {
    row.get(usize::from(x)).copied().unwrap_or(&BLANK)
}

/// The columns that a cell takes.
fn width_of(cell: &Cell) -> u16 {
    grapheme_width(cell.symbol()).max(1)
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
fn line(was: &[&Cell], is: &[&Cell], y: u16, pen: &mut Pen) {
    let Some(changed) = was.iter().zip(is).position(|(was, is)| was != is) else { return };
    // A change in the second half of a wide letter is one of the whole letter.
    let whole = is.iter().take(changed + 1).rposition(|cell| !cell.symbol().is_empty()).unwrap_or(0);
    let first = u16::try_from(whole).unwrap_or(u16::MAX);
    let mut erasing = pen.clone();
    cells(was, is, y, pen);
    // On the erased rest every letter is written again: where that alone is no shorter, there is nothing to try. The last
    // cell of a window is never written.
    let letters = is.iter().take(is.len().saturating_sub(1)).skip(whole).filter(|cell| !is_blank(cell));
    if pen.out.len() <= erasing.out.len() + letters.map(|cell| cell.symbol().len()).sum::<usize>() {
        return;
    }
    erasing.erase_from(Position { x: first, y });
    let kept: Vec<&Cell> = was.iter().copied().take(whole).collect();
    cells(&kept, is, y, &mut erasing);
    if erasing.out.len() < pen.out.len() {
        *pen = erasing;
    }
}

/// Writes the cells of one row that differ.
fn cells(was: &[&Cell], is: &[&Cell], y: u16, pen: &mut Pen) {
    let width = pen.size.width;
    let is_last = y + 1 == pen.size.height;
    let (was, is) = (|x| cell(was, x), |x| cell(is, x));
    let is_stale = |x| !is_blank(was(x));
    // The blank tail of the new row: erased in one go where the old row had something there.
    let tail = (0..width).rev().take_while(|x| is_blank(is(*x))).last().unwrap_or(width);
    let mut stale_until = 0_u16;
    let mut x = 0_u16;
    while x < width {
        let (symbol, wide) = (is(x).symbol(), width_of(is(x)));
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
            return pen.erase_from(Position { x, y });
        }
        // A word behind a gap is another column of a list.
        if pen.is_loose && symbol != " " && x >= 2 && is_blank(is(x - 1)) && is_blank(is(x - 2)) {
            pen.cursor.place = None;
        }
        let style = CellStyle::of(is(x));
        pen.approach(is, Position { x, y }, style);
        if !looks_same(is(x), pen.style) {
            pen.set_style(style);
        }
        let advance = Advance::of(symbol);
        let is_unsure = advance == Advance::Unknown;
        let alike = if is_unsure && wide == 1 { rule(was, is, x..width) } else { 1 };
        (0..alike).for_each(|_| pen.out.extend_from_slice(symbol.as_bytes()));
        x += wide.max(alike);
        pen.is_loose |= advance == Advance::Loose;
        pen.cursor.place = (!is_unsure && x < width).then_some(Position { x, y });
        // What stood here, or what stands here now, may have touched its neighbour: write that one again. A single letter
        // is two columns wide at most: over a blank it may be.
        let was_wide = width_of(was(x - 1)) > 1;
        let is_bounded = wide == 1 && symbol.chars().nth(1).is_none() && !was_wide;
        if (is_unsure || was_wide) && !(is_bounded && is_blank(is(x)) && is_blank(was(x))) {
            stale_until = x + 1;
        }
    }
}

/// How many cells of a rule may be written from the first of these columns on without a place for each.
///
/// A terminal may take each of them for two columns. Then they cover as many columns again, so that what stands there must
/// be written behind them, or be more of the rule, and must not lie beyond the edge.
fn rule<'a>(was: impl Fn(u16) -> &'a Cell, is: impl Fn(u16) -> &'a Cell, columns: Range<u16>) -> u16 {
    let symbol = is(columns.start);
    let alike = columns.clone().take_while(|x| is(*x) == symbol && was(*x) != symbol).count();
    let covered = columns.take_while(|x| is(*x) == symbol || is(*x) != was(*x)).count();
    u16::try_from(alike.min(covered / 2)).unwrap_or(u16::MAX).max(1)
}
