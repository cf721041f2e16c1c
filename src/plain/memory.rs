//! What is remembered between lines: which rows were said, and answers that take several lines. Pure.

use std::collections::BTreeMap;

use crate::{
    domain::row_ranges::{Range, indices},
    wizard::{
        answer::RowId,
        view::{Column, RowsView},
    },
};

use super::rows::PAGE;

/// What is remembered.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Index of the first row of the page that was said last; none before any was.
    pub(crate) top: Option<usize>,
    /// *All* was asked for, and is to be confirmed.
    pub(crate) confirms_all: bool,
    /// What of a long card is not said yet.
    pub(crate) rest_of_card: Vec<String>,
    /// A code or words are to be explained.
    pub(crate) asks_code: bool,
    /// The document on the page has been said: the word for it asks for the next one.
    pub(crate) knows_document: bool,
    /// What the rows were sorted by last.
    pub(crate) sorted_by: Option<Column>,
    /// The rows that were said, by index: a number means the row that was said, not the one that stands there now.
    pub(super) said: BTreeMap<usize, RowId>,
    /// Lines of a list that is being typed.
    pub(crate) collected: String,
}

impl Memory {
    /// The page of the list that begins here is said.
    pub(crate) fn says(&mut self, rows: &RowsView<'_>, top: usize) {
        self.top = Some(top);
        // In another order or under another filter, what was said before is no list any more.
        if !self.stands(rows) {
            self.said.clear();
        }
        let end = top.saturating_add(PAGE).min(rows.rows.len());
        self.said.extend((top..end).filter_map(|at| Some((at, rows.rows.id(at)?))));
    }

    /// Whether every row that was said stands where it was.
    fn stands(&self, rows: &RowsView<'_>) -> bool {
        self.said.iter().all(|(at, id)| rows.rows.id(*at).as_ref() == Some(id))
    }

    /// The rows that numbers mean: those that were said, as long as each is still on the list. Rows that were never said
    /// are those that stand there now, as long as nothing has moved since; none where that is not so.
    pub(crate) fn meant(&self, rows: &RowsView<'_>, ranges: &[Range]) -> Option<Vec<RowId>> {
        let stands = self.stands(rows);
        indices(ranges)
            .map(|at| match self.said.get(&at) {
                Some(id) => rows.rows.at(id).map(|_| id.clone()),
                None if stands => rows.rows.id(at),
                None => None,
            })
            .collect()
    }
}
