//! How far a text is scrolled, and where the cursor of a list is. Pure.

use std::collections::HashMap;

use crate::wizard::{
    answer::RowId,
    view::{Column, RowsView},
};

/// How far a text is scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scroll {
    /// Lines that are scrolled away.
    pub(crate) top: usize,
    /// Most lines that can be; set by drawing.
    pub(crate) most: usize,
    /// Lines that fit; set by drawing.
    pub(crate) page: usize,
    /// A person scrolled: the focus does not pull the text back.
    pub(crate) is_held: bool,
}

impl Scroll {
    /// Whether there is more below.
    pub(crate) const fn goes_on(&self) -> bool {
        self.top < self.most
    }

    /// Scrolls by lines; says whether anything moved.
    pub(crate) fn by(&mut self, lines: isize) -> bool {
        let top = self.top.saturating_add_signed(lines).min(self.most);
        self.is_held = true;
        std::mem::replace(&mut self.top, top) != top
    }
}

/// What is remembered of the rows of one question.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// The row that a person put the cursor on.
    lit: Option<RowId>,
    /// Its index as it was last known.
    at: usize,
    /// A person moved the cursor: it belongs to the row from then on.
    is_moved: bool,
    /// The rows as they were when `at` was looked up.
    seen: Option<(u64, bool)>,
    /// Where a range begins.
    pub(crate) anchor: Option<RowId>,
    /// Index of the first row in sight.
    pub(crate) top: usize,
    /// Rows in sight; set by drawing.
    pub(crate) height: u16,
    /// How wide each column's cells have been so far, in columns of the terminal: widths only grow, so that scrolling
    /// does not make the columns jump.
    pub(crate) needs: HashMap<Column, u16>,
    /// Which rows were measured ahead: as they were then, and how many.
    pub(crate) measured: Option<(u64, usize)>,
    /// Which rows were measured where they stand: of which view, the first one, and how many.
    pub(crate) in_sight: Option<(u64, usize, u16)>,
    /// The card has no room beside the work.
    pub(crate) is_card_hidden: bool,
    /// Users arrive, or Exchange is still asked what their mailboxes are.
    pub(super) is_arriving: bool,
}

impl List {
    /// Index of the row under the cursor.
    pub(crate) fn lit(&self, rows: &RowsView<'_>) -> Option<usize> {
        rows.rows.len().checked_sub(1).map(|last| self.at.min(last))
    }

    /// Indices of the first and the last row of the range, the cursor's included.
    pub(crate) fn range(&self, rows: &RowsView<'_>) -> Option<(usize, usize)> {
        let (lit, anchor) = (self.lit(rows)?, rows.rows.at(self.anchor.as_ref()?)?);
        Some((lit.min(anchor), lit.max(anchor)))
    }

    /// Puts the cursor on a row, as a person asked.
    pub(crate) fn put(&mut self, rows: &RowsView<'_>, at: usize) {
        self.at = at.min(rows.rows.len().saturating_sub(1));
        self.lit = rows.rows.id(self.at);
        self.is_moved = true;
    }

    /// Forgets where the cursor was: other words were searched for, best first.
    pub(crate) fn restart(&mut self) {
        (self.lit, self.at, self.top, self.is_moved, self.seen) = (None, 0, 0, false, None);
        self.needs.clear();
        self.measured = None;
    }

    /// Finds the lit row again among other rows. While a search is not finished, a row that is not among its hits is
    /// remembered: it may still come.
    pub(super) fn follow(&mut self, rows: &RowsView<'_>) {
        let seen = (rows.rows.generation(), rows.is_searching);
        if self.seen == Some(seen) {
            return;
        }
        self.seen = Some(seen);
        if !self.is_moved {
            self.lit.clone_from(&rows.start);
        }
        match self.lit.as_ref().and_then(|id| rows.rows.at(id)) {
            Some(at) => self.at = at,
            None if self.is_moved && rows.is_searching => {}
            None => {
                let last = rows.rows.len().saturating_sub(1);
                self.at = if self.is_moved { self.at.min(last) } else { 0 };
                self.lit = rows.rows.id(self.at);
            }
        }
        if !rows.is_searching && self.anchor.as_ref().is_some_and(|id| rows.rows.at(id).is_none()) {
            self.anchor = None;
        }
    }
}
