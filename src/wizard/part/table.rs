//! Rows made of words, for lists that are short enough to be built when they change.

use crate::{
    domain::{customer::Product, text::Text},
    wizard::view::{Cell, Mark, Row, Rows},
};

/// One line of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    /// Cells in the order of the layout.
    pub(crate) cells: Vec<Text>,
    /// Can't be chosen; shown with less weight.
    pub(crate) is_quiet: bool,
    /// The product that it is about, where it is about one.
    pub(crate) product: Option<Product>,
}

/// Lines that a view borrows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table(pub(crate) Vec<Line>);

impl Rows for Table {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let line = self.0.get(at)?;
        let mut cells: [Cell<'_>; 6] = Default::default();
        for (cell, words) in cells.iter_mut().zip(&line.cells) {
            *cell = Cell::Words(words.shown());
        }
        Some(Row { mark: Mark::None, cells, is_quiet: line.is_quiet })
    }

    fn product(&self, at: usize) -> Option<Product> {
        self.0.get(at)?.product
    }
}
