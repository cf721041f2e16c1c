//! The pages as they came, and one index from id to row. Rows are numbered by *ordinal*: the pages lie one behind the
//! other, each beginning at a multiple of 64, so that a page's bits are whole words of every bitmap.

use std::{hash::BuildHasher, ops::Range, sync::Arc};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::domain::{
    id::UserId,
    user::{User, UserPage},
};

use super::ticks::{Ticks, rows_of};

/// Pages and index.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// In the order of arrival, with the ordinals of their first rows.
    kept: Vec<(u32, Arc<UserPage>)>,
    /// First ordinal of the page to come.
    end: u32,
    /// Ordinals, found by the hash of their ids. Ids are not kept a second time: at half a million users the index is
    /// five bytes a place.
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Pages {
    /// Takes a page in; returns the ordinal of its first row.
    pub(super) fn push(&mut self, page: Arc<UserPage>) -> u32 {
        let start = self.end;
        let rows = u32::try_from(page.len()).unwrap_or(0);
        self.end = start.saturating_add(rows.next_multiple_of(64));
        self.kept.push((start, page));
        start
    }

    /// Enters a row into the index; false when its id is there already (the row is a duplicate).
    pub(super) fn enter(&mut self, id: UserId, ordinal: u32) -> bool {
        if self.find(id).is_some() {
            return false;
        }
        let mut index = std::mem::take(&mut self.index);
        index.insert_unique(self.hash(Some(id)), ordinal, |ordinal| self.hash(self.id(*ordinal)));
        self.index = index;
        true
    }

    /// The ordinal of an id.
    pub(super) fn find(&self, id: UserId) -> Option<u32> {
        self.index.find(self.hash(Some(id)), |ordinal| self.id(*ordinal) == Some(id)).copied()
    }

    fn hash(&self, id: Option<UserId>) -> u64 {
        self.hasher.hash_one(id)
    }

    /// The row at an ordinal.
    pub(super) fn user(&self, ordinal: u32) -> Option<User<'_>> {
        let (page, row) = self.place(ordinal)?;
        page.row(row)
    }

    /// The id at an ordinal.
    pub(super) fn id(&self, ordinal: u32) -> Option<UserId> {
        let (page, row) = self.place(ordinal)?;
        page.ids().get(row).copied()
    }

    /// The pages from one on, in the order of arrival.
    pub(super) fn kept_from(&self, first: u32) -> Vec<Arc<UserPage>> {
        self.kept.iter().skip(first as usize).map(|(_, page)| Arc::clone(page)).collect()
    }

    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many pages there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.kept.len()).unwrap_or(u32::MAX)
    }

    /// Which words of every bitmap are a page's.
    pub(super) fn words_of(&self, page: u32) -> Option<Range<usize>> {
        let (start, page) = self.kept.get(page as usize)?;
        let first = *start as usize / 64;
        Some(first..first + page.len().div_ceil(64))
    }

    /// How many words a bitmap over all rows has.
    pub(super) const fn words(&self) -> usize {
        self.end.div_ceil(64) as usize
    }

    /// The page that a row is of, and which row of it.
    fn place(&self, ordinal: u32) -> Option<(&UserPage, usize)> {
        let at = self.kept.partition_point(|(start, _)| *start <= ordinal).checked_sub(1)?;
        let (start, page) = self.kept.get(at)?;
        Some((page, ordinal.checked_sub(*start)? as usize))
    }

    /// The pages with the ordinals of their first rows.
    pub(super) fn numbered(&self) -> Vec<(u32, Arc<UserPage>)> {
        self.kept.clone()
    }

    /// The ids of a set of rows, in the order of arrival.
    pub(super) fn ids_of<'a>(&'a self, rows: &'a Ticks) -> impl Iterator<Item = UserId> + 'a {
        let holding = self.kept.iter().take_while(|(start, _)| (*start as usize / 64) < rows.len_words());
        holding.flat_map(move |(start, page)| {
            let first = *start as usize / 64;
            (0..page.len().div_ceil(64))
                .flat_map(move |at| rows_of(at, rows.word(first + at)))
                .filter_map(|row| page.ids().get(row as usize).copied())
        })
    }
}
