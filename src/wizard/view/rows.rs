//! Lists as a front end may show them: rows by their index, cells by their columns, and what stands around them.

use crate::domain::{
    customer::Product,
    phrase::Phrase,
    protection::State,
    text::{Shown, Text},
    user::Kind,
};

use super::{super::answer::RowId, FieldView, Notice, Tone};

/// The rows of a list. `view()` never copies them: the front end asks for those that it shows.
#[derive(Debug)]
pub struct RowsView<'a> {
    /// The columns, most important first.
    pub columns: &'static [Column],
    /// The rows, in their order.
    pub rows: &'a dyn Rows,
    /// Counts around the rows, most important first.
    pub counts: Vec<Phrase>,
    /// Sorted by this column; none: in the order of arrival.
    pub sorted_by: Option<Column>,
    /// The search field above the rows, where the list has one.
    pub search: Option<FieldView<'a>>,
    /// The search is not over: what the rows show may not be all of it.
    pub is_searching: bool,
    /// A mail domain that most addresses share: written once, `@…` in the rows.
    pub domain: Option<Text>,
    /// Where the cursor is to begin.
    pub start: Option<RowId>,
    /// Said in the place of the rows when there are none.
    pub empty: Phrase,
}

impl<'a> RowsView<'a> {
    /// Rows alone: no counts, no order, no search.
    pub(crate) fn new(columns: &'static [Column], rows: &'a dyn Rows, empty: impl Into<Phrase>) -> Self {
        Self {
            columns,
            rows,
            counts: Vec::new(),
            sorted_by: None,
            search: None,
            is_searching: false,
            domain: None,
            start: None,
            empty: empty.into(),
        }
    }
}

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// A customer's, a product's or a user's name.
    Name,
    /// A user's mail address.
    Address,
    /// A user's sign-in name, where it is another than the address.
    SignIn,
    /// A user's kind.
    Kind,
    /// A user's state.
    State,
    /// A user's department.
    Department,
    /// A customer's domain.
    Domain,
    /// A customer's reference.
    Reference,
    /// How far a customer is.
    Progress,
    /// What the words of how far leave out.
    More,
    /// How a product is provisioned.
    Path,
    /// What is asked next.
    Next,
    /// What became of something.
    Result,
}

/// Random access to rows; cheap, and the same at ten rows and at half a million.
pub trait Rows: std::fmt::Debug {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at an index; none past the end.
    fn row(&self, at: usize) -> Option<Row<'_>>;

    /// What names the row at an index, whatever its place; none past the end.
    fn id(&self, at: usize) -> Option<RowId>;

    /// The index of a row, where it is shown.
    fn at(&self, id: &RowId) -> Option<usize>;

    /// Another number whenever rows came, went or changed places.
    fn generation(&self) -> u64;

    /// What tells a row from every other one, short: shown where two rows would look the same.
    fn tag(&self, _at: usize) -> Option<Text> {
        None
    }

    /// The product that a row is about: that of the run in a row of the customers, that of a row of the products.
    fn product(&self, _at: usize) -> Option<Product> {
        None
    }

    /// What is to be known about a row while it is looked at: why it can't be ticked, how far it is.
    fn remark(&self, _at: usize) -> Option<Notice> {
        None
    }

    /// All of a row: columns may have cut it.
    fn details(&self, _at: usize) -> Option<Phrase> {
        None
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The mark in front.
    pub mark: Mark,
    /// Its cells, by their columns; absent ones are empty.
    pub cells: Cells<'a>,
    /// Can't be chosen; mark and words say so.
    pub is_quiet: bool,
    /// Stands otherwise than when this operator last looked at it.
    pub is_news: bool,
    /// A user who is excluded, on or not.
    pub is_excluded: bool,
}

/// The cells of a row.
#[derive(Debug, Clone, Default)]
pub struct Cells<'a>([Option<(Column, Cell<'a>)>; 6]);

impl<'a> Cells<'a> {
    /// Adds a cell; a seventh is left out.
    #[must_use]
    pub fn with(mut self, column: Column, cell: Cell<'a>) -> Self {
        if let Some(free) = self.0.iter_mut().find(|cell| cell.is_none()) {
            *free = Some((column, cell));
        }
        self
    }

    /// The cell of a column.
    pub(crate) fn get(&self, column: Column) -> Option<&Cell<'a>> {
        self.0.iter().flatten().find(|(name, _)| *name == column).map(|(_, cell)| cell)
    }
}

/// One cell.
#[derive(Debug, Clone)]
pub enum Cell<'a> {
    /// Words.
    Words(Shown<'a>),
    /// Words made for this row.
    Made(Text),
    /// A user's kind.
    Kind(Kind),
    /// A user's state, with an addition ("left on 3 Nov", "excluded"), which may be empty.
    State(State, Text),
    /// Words with how grave they are.
    Toned(Tone, Text),
}

impl Cell<'_> {
    /// The cell in words.
    pub(crate) fn in_words(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Words(words) => words.as_str().into(),
            Self::Made(words) | Self::Toned(_, words) => words.as_str().into(),
            Self::Kind(kind) => kind.shown().into(),
            Self::State(state, more) if more.is_empty() => state.word().into(),
            Self::State(state, more) => format!("{}, {more}", state.word()).into(),
        }
    }
}

/// The mark in front of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// This list has no marks.
    None,
    /// `[ ]`
    Off,
    /// `[x]` ticked: will be turned on at Apply.
    Ticked,
    /// `[=]` on already; can't be ticked or unticked.
    On,
    /// `[-]` excluded; can't be ticked until the exclusion is lifted.
    Excluded,
    /// `[!]` has a problem; can't be ticked.
    Problem,
    /// Not eligible: can't be ticked as the kinds stand.
    Closed,
}
