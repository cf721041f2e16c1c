//! Rows made of words, for lists that are short enough to be built when they change.

use crate::{
    domain::{customer::Product, phrase::Phrase, text::Text},
    wizard::{
        answer::RowId,
        view::{Cell, Cells, Column, Mark, Notice, Row, Rows, Tone},
    },
};

/// One line of a table.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What names it.
    pub(crate) id: RowId,
    /// Its cells.
    pub(crate) cells: Vec<(Column, Tone, Text)>,
    /// Can't be chosen; shown with less weight.
    pub(crate) is_quiet: bool,
    /// It stands otherwise than when it was last looked at.
    pub(crate) is_news: bool,
    /// The product that it is about, where it is about one.
    pub(crate) product: Option<Product>,
    /// What is to be known while it is looked at.
    pub(crate) remark: Option<Phrase>,
    /// Everything that is known about it, also what no column shows; none where the row is all.
    pub(crate) details: Option<Phrase>,
}

impl Line {
    /// A line that is nothing but its cells.
    pub(crate) const fn new(id: RowId, cells: Vec<(Column, Tone, Text)>) -> Self {
        Self { id, cells, is_quiet: false, is_news: false, product: None, remark: None, details: None }
    }
}

/// Lines that a view borrows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    lines: Vec<Line>,
    generation: u64,
}

impl Table {
    /// Other lines in the place of those before.
    pub(crate) fn set(&mut self, lines: Vec<Line>) {
        self.lines = lines;
        self.generation += 1;
    }
}

impl Rows for Table {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let line = self.lines.get(at)?;
        let cells = line.cells.iter().fold(Cells::default(), |cells, (column, tone, words)| match tone {
            Tone::Plain => cells.with(*column, Cell::Words(words.shown())),
            tone => cells.with(*column, Cell::Toned(*tone, words.clone())),
        });
        Some(Row {
            mark: Mark::None,
            cells,
            is_quiet: line.is_quiet,
            is_news: line.is_news,
            is_excluded: false,
        })
    }

    fn id(&self, at: usize) -> Option<RowId> {
        Some(self.lines.get(at)?.id.clone())
    }

    fn at(&self, id: &RowId) -> Option<usize> {
        self.lines.iter().position(|line| line.id == *id)
    }

    fn generation(&self) -> u64 {
        self.generation
    }

    fn product(&self, at: usize) -> Option<Product> {
        self.lines.get(at)?.product
    }

    fn details(&self, at: usize) -> Option<Phrase> {
        self.lines.get(at)?.details.clone()
    }

    fn remark(&self, at: usize) -> Option<Notice> {
        Some(Notice::new(Tone::Plain, self.lines.get(at)?.remark.clone()?))
    }
}
