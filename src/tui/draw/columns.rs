//! Which columns of a list are shown, and how wide: by what stands in them.
//!
//! Widths come from the rows that have been on screen so far and only ever grow, so that scrolling does not make the
//! columns jump. A column that may be missed goes before one that matters is cut.

use std::collections::HashMap;

use crate::wizard::view::Layout;

/// Lists of at least this width have two spaces between columns; a guess.
const WIDE: u16 = 70;

/// How much each cell of the rows on screen needed so far, in columns of the terminal.
pub(super) type Needs = [u16; 6];

/// One column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Column {
    /// Index into the row's cells.
    cell: usize,
    /// Columns of the terminal that it is given at least, if it needs them.
    least: u16,
    /// Columns beyond which more is of no use; the last column takes what is left.
    most: u16,
    /// Dropped later, and widened earlier, than columns with a higher number.
    rank: u8,
    /// Goes before another column is cut.
    is_extra: bool,
}

/// Shorthand for the tables below.
const fn column(cell: usize, least: u16, most: u16, rank: u8) -> Column {
    Column { cell, least, most, rank, is_extra: false }
}

/// A column that goes before another one is cut.
const fn extra(cell: usize, least: u16, most: u16, rank: u8) -> Column {
    Column { is_extra: true, ..column(cell, least, most, rank) }
}

/// Users: name, address, kind, state, department. The four first fit 60 columns.
const USERS: [Column; 5] = [
    column(0, 13, 28, 0),
    column(1, 17, 48, 1),
    column(2, 10, 13, 2),
    column(3, 10, 22, 3),
    extra(4, 10, 200, 4),
];

/// Customers: how far a customer is matters more than the domain (product.md section 4: each row says it).
const CUSTOMERS: [Column; 4] =
    [column(0, 16, 32, 0), column(1, 14, 32, 2), extra(2, 6, 12, 3), column(3, 18, 60, 1)];

/// Products: name, path, state; what is asked next only where all of it fits, it stands below the rows too.
const PRODUCTS: [Column; 4] =
    [column(0, 14, 24, 0), column(1, 16, 40, 1), column(2, 12, 60, 2), extra(3, 40, 200, 3)];

/// Name and meaning: what became of a user is cut last.
const PAIRS: [Column; 2] = [column(0, 14, 60, 1), column(1, 18, 44, 0)];

/// The columns of a layout, most of them in cells that may need nothing.
const fn table(layout: Layout) -> &'static [Column] {
    match layout {
        Layout::Users => &USERS,
        Layout::Customers => &CUSTOMERS,
        Layout::Products => &PRODUCTS,
        Layout::Pairs => &PAIRS,
    }
}

/// The columns that fit, with cell, place and width, left to right from `start`.
pub(super) fn columns(layout: Layout, width: u16, start: u16, needs: &Needs) -> Vec<(usize, u16, u16)> {
    let room = width.saturating_sub(start);
    let gap: u16 = if width < WIDE { 1 } else { 2 };
    let need = |column: &Column| needs.get(column.cell).copied().unwrap_or(0);
    let base = |column: &Column| need(column).min(column.least);
    let want = |column: &Column| need(column).min(column.most);
    let mut kept: Vec<Column> =
        table(layout).iter().copied().filter(|c| c.rank == 0 || need(c) > 0).collect();
    while kept.len() > 1 {
        let gaps = gap.saturating_mul(u16::try_from(kept.len() - 1).unwrap_or(0));
        let bases = kept.iter().map(base).fold(gaps, u16::saturating_add);
        let Some(worst) = kept.iter().copied().max_by_key(|c| c.rank) else { break };
        let others = kept.iter().filter(|c| **c != worst).map(want).fold(gaps, u16::saturating_add);
        let is_cutting = worst.is_extra && others.saturating_add(base(&worst)) > room;
        if bases <= room && !is_cutting {
            break;
        }
        kept.retain(|c| *c != worst);
    }
    let gaps = gap.saturating_mul(u16::try_from(kept.len().saturating_sub(1)).unwrap_or(0));
    let mut spare = room.saturating_sub(kept.iter().map(base).fold(gaps, u16::saturating_add));
    let mut wide: Vec<u16> = kept.iter().map(base).collect();
    let mut order: Vec<usize> = (0..kept.len()).collect();
    order.sort_by_key(|at| kept.get(*at).map(|c| c.rank));
    for at in order {
        if let (Some(column), Some(wide)) = (kept.get(at), wide.get_mut(at)) {
            let more = want(column).saturating_sub(*wide).min(spare);
            *wide += more;
            spare -= more;
        }
    }
    // Nothing stands behind the last column: it takes the rest.
    if let Some(last) = wide.last_mut() {
        *last = last.saturating_add(spare);
    }
    let mut x = start;
    let mut placed = Vec::with_capacity(kept.len());
    for (column, wide) in kept.iter().zip(wide) {
        placed.push((column.cell, x, wide));
        x = x.saturating_add(wide).saturating_add(gap);
    }
    placed
}

/// Which of these words stand there more than once.
pub(super) fn alike(words: &[String]) -> Vec<bool> {
    let mut counts: HashMap<&str, usize> = HashMap::with_capacity(words.len());
    for words in words {
        *counts.entry(words).or_default() += 1;
    }
    words.iter().map(|words| counts.get(words.as_str()).is_some_and(|count| *count > 1)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn widths_go_by_need_and_an_extra_column_goes_before_one_is_cut() {
        // Name, address, kind, state, department at 80 columns behind the marks.
        let at = |needs| columns(Layout::Users, 80, 6, &needs);
        assert_eq!(at([16, 40, 4, 3, 10, 0]), [(0, 6, 16), (1, 24, 40), (2, 66, 4), (3, 72, 8)]);
        assert_eq!(at([16, 30, 4, 3, 10, 0]).len(), 5, "all fit");
        assert_eq!(at([28, 90, 4, 3, 0, 0]), [(0, 6, 28), (1, 36, 33), (2, 71, 4), (3, 77, 3)]);
        assert_eq!(columns(Layout::Pairs, 80, 6, &[60, 32, 0, 0, 0, 0]), [(0, 6, 40), (1, 48, 32)]);
        let products = |width| columns(Layout::Products, width, 2, &[10, 34, 11, 32, 0, 0]).len();
        assert_eq!((products(80), products(100)), (3, 4), "what is next stands there whole or not at all");
    }

    #[test]
    fn what_stands_there_twice_is_found() {
        let words = ["ana", "ben", "ana", "", ""].map(str::to_owned);
        assert_eq!(alike(&words), [true, false, true, true, true]);
        assert!(alike(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn columns_stay_apart_and_inside(
            layout in prop::sample::select(vec![Layout::Users, Layout::Customers, Layout::Products, Layout::Pairs]),
            width in 0_u16..200,
            needs: [u16; 6],
        ) {
            let placed = columns(layout, width, 2, &needs);
            prop_assert!(!placed.is_empty());
            for pair in placed.windows(2) {
                prop_assert!(pair[0].1 + pair[0].2 < pair[1].1);
            }
            if placed.len() > 1 {
                let (_, x, wide) = placed[placed.len() - 1];
                prop_assert!(x + wide <= width);
            }
        }
    }
}
