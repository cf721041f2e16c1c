//! Rows that stand in the next frame as they stand in this one, only higher or lower: the terminal moves them by itself.
//!
//! Found by looking at the frames, so that nothing that draws has to say that it scrolled. Pure.

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Position};

use super::{
    cell,
    pen::{TerminalCursor, color_code},
};

/// Rows that differ below which nothing is looked for: the row of the cursor, the one before, and a line of state.
const FEW: usize = 4;

/// Rows that move together below which a move is not worth its bytes.
const LEAST: usize = 2;

/// Rows between two that moved which did not: the row of the cursor and the one before.
const GAP: u16 = 3;

/// Rows that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shift {
    /// Where they stood and stand.
    pub(super) rows: Range<u16>,
    /// How many rows up, or down where that is said.
    pub(super) by: u16,
    /// They moved down.
    pub(super) is_down: bool,
}

/// The move that explains the most rows, if one explains several; only `rows` were drawn on.
///
/// Rows are compared in the columns that change at all: what stands still beside a list is no part of it.
///
/// Cost: the square of the rows that differ, and the cells once.
pub(super) fn find(shown: &Buffer, next: &Buffer, rows: &[u16]) -> Option<Shift> {
    let (width, height) = (next.area.width, next.area.height);
    let differs = |x, y| cell(shown, x, y) != cell(next, x, y);
    if rows.len() < FEW {
        return None;
    }
    let rows: Vec<u16> = rows.iter().copied().filter(|y| (0..width).any(|x| differs(x, *y))).collect();
    if rows.len() < FEW {
        return None;
    }
    let changes = |x: &u16| rows.iter().any(|y| differs(*x, *y));
    let columns = (0..width).find(changes)?..(0..width).rfind(changes)? + 1;
    let sum = |buffer: &Buffer, y: u16| fingerprint(buffer, y, columns.clone());
    let blank = fingerprint(&Buffer::default(), 0, columns.clone());
    let was: Vec<(u16, u64)> =
        rows.iter().map(|y| (*y, sum(shown, *y))).filter(|(_, row)| *row != blank).collect();
    let mut best: Option<(usize, Shift)> = None;
    let is: Vec<(u16, u64)> = rows.iter().map(|y| (*y, sum(next, *y))).collect();
    for by in 1..height {
        for is_down in [false, true] {
            let moved = |y: u16| if is_down { y.checked_add(by) } else { y.checked_sub(by) };
            let now: Vec<u16> = was
                .iter()
                .filter_map(|(y, row)| moved(*y).filter(|to| is.binary_search(&(*to, *row)).is_ok()))
                .collect();
            let Some((count, (first, last))) = largest_group(&now) else { continue };
            if count >= LEAST && best.as_ref().is_none_or(|(most, _)| count > *most) {
                let rows = if is_down { first - by..last + 1 } else { first..last + by + 1 };
                best = Some((count, Shift { rows, by, is_down }));
            }
        }
    }
    best.map(|(_, shift)| shift)
}

/// The most rows that lie close together: how many, the first and the last.
fn largest_group(rows: &[u16]) -> Option<(usize, (u16, u16))> {
    rows.chunk_by(|a, b| b - a <= GAP)
        .filter_map(|group| Some((group.len(), (*group.first()?, *group.last()?))))
        .max_by_key(|(count, _)| *count)
}

/// What stands in some columns of a row, as one number (FNV-1a). Two rows with one number cost bytes, never a wrong
/// frame: after the move the frames are compared cell by cell.
fn fingerprint(buffer: &Buffer, y: u16, columns: Range<u16>) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for x in columns {
        let cell = cell(buffer, x, y);
        cell.symbol().bytes().for_each(&mut add);
        let [low, high] = cell.modifier.bits().to_le_bytes();
        [low, high, color_code(cell.fg), color_code(cell.bg)].into_iter().for_each(&mut add);
    }
    sum
}

/// Has the terminal move the rows, and moves them in `shown` likewise.
///
/// Lines are deleted or inserted inside a scroll region: that is VT102 and passes every multiplexer, while SU and SD
/// are unknown to the Linux console.
pub(super) fn scroll(shown: &mut Buffer, shift: &Shift, at: &mut TerminalCursor, out: &mut Vec<u8>) {
    let Shift { rows, by, is_down } = shift;
    let what = if *is_down { 'L' } else { 'M' };
    let (first, last) = (rows.start + 1, rows.end);
    let count = if *by == 1 { String::new() } else { by.to_string() };
    out.extend_from_slice(format!("\x1b[{first};{last}r\x1b[{first}H\x1b[{count}{what}\x1b[r").as_bytes());
    // Setting the region puts the cursor into the first cell.
    at.place = Some(Position::ORIGIN);
    let copy = |to: u16, from: Option<u16>, shown: &mut Buffer| {
        for x in 0..shown.area.width {
            let cell = from.and_then(|from| shown.cell((x, from)).cloned()).unwrap_or_default();
            if let Some(there) = shown.cell_mut((x, to)) {
                *there = cell;
            }
        }
    };
    if *is_down {
        for to in rows.clone().rev() {
            copy(to, to.checked_sub(*by).filter(|from| rows.contains(from)), shown);
        }
    } else {
        for to in rows.clone() {
            copy(to, to.checked_add(*by).filter(|from| rows.contains(from)), shown);
        }
    }
}
