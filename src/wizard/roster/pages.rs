//! The pages as they came, and one index from id to row. Rows are numbered by *ordinal*: the pages lie one behind the
//! other, each beginning at a multiple of 64, so that a page's bits are whole words of every bitmap.

use std::sync::Arc;

use crate::domain::{
    id::UserId,
    user::{User, UserPage},
};

use super::ticks::{Ticks, rows_of};

/// An empty place of the index.
const FREE: u32 = u32::MAX;

/// Pages and index.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// In the order of arrival.
    kept: Vec<Arc<UserPage>>,
    /// First ordinal of each page.
    starts: Vec<u32>,
    /// First ordinal of the page to come.
    end: u32,
    /// Ordinals, found by hash of their id (open addressing, length a power of two, at most half full). Ids are not
    /// kept a second time: at half a million users the index is four bytes a place.
    index: Vec<u32>,
    /// Ordinals in the index.
    indexed: usize,
}

impl Pages {
    /// Takes a page in; returns the ordinal of its first row.
    pub(super) fn push(&mut self, page: Arc<UserPage>) -> u32 {
        let start = self.end;
        let rows = u32::try_from(page.len()).unwrap_or(0);
        self.end = start.saturating_add(rows.next_multiple_of(64));
        self.starts.push(start);
        self.kept.push(page);
        start
    }

    /// Enters a row into the index; false when its id is there already (the row is a duplicate).
    pub(super) fn enter(&mut self, id: UserId, ordinal: u32) -> bool {
        if (self.indexed + 1) * 2 > self.index.len() {
            self.grow();
        }
        let (place, found) = self.probe(id);
        if found.is_some() {
            return false;
        }
        if let Some(free) = self.index.get_mut(place) {
            *free = ordinal;
            self.indexed += 1;
        }
        true
    }

    /// The ordinal of an id.
    pub(super) fn find(&self, id: UserId) -> Option<u32> {
        self.probe(id).1
    }

    /// The row at an ordinal.
    pub(super) fn user(&self, ordinal: u32) -> Option<User<'_>> {
        let (page, row) = self.place(ordinal)?;
        self.kept.get(page)?.row(row)
    }

    /// The id at an ordinal.
    pub(super) fn id(&self, ordinal: u32) -> Option<UserId> {
        let (page, row) = self.place(ordinal)?;
        self.kept.get(page)?.ids().get(row).copied()
    }

    /// All pages, in the order of arrival.
    pub(super) fn all(&self) -> &[Arc<UserPage>] {
        &self.kept
    }

    /// First ordinal and number of rows of a page.
    pub(super) fn span(&self, page: u32) -> Option<(u32, usize)> {
        let at = usize::try_from(page).ok()?;
        Some((*self.starts.get(at)?, self.kept.get(at)?.len()))
    }

    /// How many words a bitmap over all rows has.
    pub(super) const fn words(&self) -> usize {
        self.end.div_ceil(64) as usize
    }

    /// Which page a row is of, and which row of it.
    pub(super) fn place(&self, ordinal: u32) -> Option<(usize, usize)> {
        let at = self.starts.partition_point(|start| *start <= ordinal).checked_sub(1)?;
        let row = ordinal.checked_sub(*self.starts.get(at)?)?;
        Some((at, row as usize))
    }

    /// The pages with the ordinals of their first rows.
    pub(super) fn numbered(&self) -> Vec<(u32, Arc<UserPage>)> {
        self.starts.iter().copied().zip(self.kept.iter().map(Arc::clone)).collect()
    }

    /// The ids of a set of rows, in the order of arrival.
    pub(super) fn ids_of<'a>(&'a self, rows: &'a Ticks) -> impl Iterator<Item = UserId> + 'a {
        self.starts.iter().zip(&self.kept).flat_map(move |(start, page)| {
            let first = *start as usize / 64;
            (0..page.len().div_ceil(64))
                .flat_map(move |at| rows_of(at, rows.word(first + at)))
                .filter_map(|row| page.ids().get(row as usize).copied())
        })
    }

    /// The place of an id in the index, or the free place where it would go.
    fn probe(&self, id: UserId) -> (usize, Option<u32>) {
        let Some(mask) = self.index.len().checked_sub(1) else { return (0, None) };
        let mut place = hash(id) & mask;
        loop {
            match self.index.get(place) {
                Some(&ordinal) if ordinal != FREE => {
                    if self.id(ordinal) == Some(id) {
                        return (place, Some(ordinal));
                    }
                    place = (place + 1) & mask;
                }
                _ => return (place, None),
            }
        }
    }

    fn grow(&mut self) {
        let bigger = vec![FREE; (self.index.len() * 2).max(1_024)];
        let old = std::mem::replace(&mut self.index, bigger);
        for ordinal in old.into_iter().filter(|ordinal| *ordinal != FREE) {
            let Some(id) = self.id(ordinal) else { continue };
            let (place, _) = self.probe(id);
            if let Some(free) = self.index.get_mut(place) {
                *free = ordinal;
            }
        }
    }
}

/// Mixes an id: both halves are multiplied into 128 bits and folded, so that every bit reaches the low ones. GUIDs are
/// random already, but nobody promises that: a directory may count them up in any of their bytes.
fn hash(id: UserId) -> usize {
    /// Odd constants without a pattern: the fractions of the golden ratio and of the square root of 2.
    const SEEDS: (u128, u128) = (0x9E37_79B9_7F4A_7C15, 0x6A09_E667_F3BC_C909);
    const LOW: u128 = u64::MAX as u128;
    let bits = u128::from_le_bytes(*id.as_bytes());
    let product = ((bits & LOW) ^ SEEDS.0).wrapping_mul((bits >> 64) ^ SEEDS.1);
    let folded = (product ^ (product >> 64)) & LOW;
    // A second round: where one half is constant, the first is a plain multiplication.
    let again = (folded ^ SEEDS.1).wrapping_mul(SEEDS.0);
    usize::try_from((again ^ (again >> 64)) & (LOW >> 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Ids that count up in one byte pair must not fall into the same places: the index would walk.
    #[test]
    fn ids_that_count_up_anywhere_are_spread() {
        for shift in (0..=112).step_by(8) {
            for fill in [0_u128, u128::MAX, 0x0123_4567_89AB_CDEF] {
                let places: BTreeSet<usize> = (0..4_096_u128)
                    .map(|n| hash(UserId::from_bytes((fill ^ (n << shift)).to_le_bytes())) & 0x1FFF)
                    .collect();
                // 4,096 balls into 8,192 places fill some 3,220 of them when they fall at random.
                assert!(places.len() > 2_800, "shift {shift}: {} places", places.len());
            }
        }
    }
}
