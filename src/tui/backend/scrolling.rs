//! Rows that stand in the next frame as they stand in this one, only higher or lower: the terminal moves them by itself.
//!
//! Found by looking at the frames, so that nothing that draws has to say that it scrolled. Pure.

use std::ops::Range;

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Position,
};

use super::{is_blank, pen::Pen, row};

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

/// The move that explains the most rows, if one explains several.
///
/// Rows are compared in the columns that change at all: what stands still beside a list is no part of it.
///
/// `rows` are those that differ, from above. Cost: the square of them, and their cells once.
pub(super) fn find(shown: &Buffer, next: &Buffer, rows: &[u16]) -> Option<Shift> {
    if rows.len() < FEW {
        return None;
    }
    let changes = |x: &usize| rows.iter().any(|y| row(shown, *y).get(*x) != row(next, *y).get(*x));
    let width = usize::from(next.area.width);
    let columns = (0..width).find(changes)?..(0..width).rfind(changes)? + 1;
    let was = |y| row(shown, y).get(columns.clone()).unwrap_or_default();
    let is = |y| row(next, y).get(columns.clone()).unwrap_or_default();
    let full: Vec<(u16, u64)> =
        rows.iter().filter(|y| !was(**y).iter().all(is_blank)).map(|y| (*y, digest(was(*y)))).collect();
    let digests: Vec<u64> = rows.iter().map(|y| digest(is(*y))).collect();
    let mut best: Option<(usize, Shift)> = None;
    for by in 1..next.area.height {
        for is_down in [false, true] {
            let moved = |y: u16| if is_down { y.checked_add(by) } else { y.checked_sub(by) };
            let stands = |from: u16, was_digest: u64, to: u16| {
                let there = rows.binary_search(&to).ok().and_then(|at| digests.get(at));
                there == Some(&was_digest) && was(from) == is(to)
            };
            let now: Vec<u16> = full
                .iter()
                .filter_map(|(y, digest)| moved(*y).filter(|to| stands(*y, *digest, *to)))
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

/// A number made of a row's letters: rows with two of them differ. Each row is held against each other one, and most begin
/// alike.
fn digest(cells: &[Cell]) -> u64 {
    let letter = |cell: &Cell| cell.symbol().bytes().next().map_or(0, u64::from);
    cells.iter().fold(0, |digest: u64, cell| digest.wrapping_mul(31).wrapping_add(letter(cell)))
}

/// The most rows that lie close together: how many, the first and the last.
fn largest_group(rows: &[u16]) -> Option<(usize, (u16, u16))> {
    rows.chunk_by(|a, b| b - a <= GAP)
        .filter_map(|group| Some((group.len(), (*group.first()?, *group.last()?))))
        .max_by_key(|(count, _)| *count)
}

/// Has the terminal move the rows, and moves them in `shown` likewise.
///
/// Lines are deleted or inserted inside a scroll region: that is VT102 and passes every multiplexer, while SU and SD
/// are unknown to the Linux console.
pub(super) fn scroll(shown: &mut Buffer, shift: &Shift, pen: &mut Pen) {
    let Shift { rows, by, is_down } = shift;
    let what = if *is_down { 'L' } else { 'M' };
    let (first, last) = (rows.start + 1, rows.end);
    let count = if *by == 1 { String::new() } else { by.to_string() };
    pen.out
        .extend_from_slice(format!("\x1b[{first};{last}r\x1b[{first}H\x1b[{count}{what}\x1b[r").as_bytes());
    // Setting the region puts the cursor into the first cell.
    pen.cursor.place = Some(Position::ORIGIN);
    let width = usize::from(shown.area.width);
    let cells = usize::from(rows.start) * width..usize::from(rows.end) * width;
    let Some(cells) = shown.content.get_mut(cells) else { return };
    let gone = (usize::from(*by) * width).min(cells.len());
    if *is_down {
        cells.rotate_right(gone);
        cells.iter_mut().take(gone).for_each(Cell::reset);
    } else {
        cells.rotate_left(gone);
        cells.iter_mut().rev().take(gone).for_each(Cell::reset);
    }
}
