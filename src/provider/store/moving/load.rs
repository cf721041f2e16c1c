//! Rows from one record into another, and what they come to: a sum of digests over each table, which is the same whatever
//! order a database gives rows in, and however it keeps truth.

use sha2::{Digest as _, Sha256};

use super::super::{
    database::Database,
    postgres::Scope,
    table::about,
    tx::{Row, TableShape, Tx, Value, values},
};
use crate::domain::failure::Failure;

/// Rows written in one transaction, and their bytes. Guesses: short beside a minute of patience for locks, long beside what
/// a transaction costs.
const ROWS: usize = if cfg!(test) { 3 } else { 5_000 };
const BYTES: usize = 4 << 20;

/// The table of facts about the record as a whole: it is filled when a copy is begun, because its mark is there.
const ABOUT: &str = "about";

/// The rows of a table, in whatever order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Sum {
    /// How many.
    pub(super) rows: u64,
    /// The sum of their SHA-256, in four parts.
    digest: [u64; 4],
}

impl Sum {
    /// Adds a row. Each value has its kind and its length in front, so that none can run into the next.
    fn add(&mut self, row: &[Value<'_>]) {
        let mut digest = Sha256::new();
        for value in row {
            match value {
                Value::Null => digest.update([0]),
                Value::Truth(is_true) => number(&mut digest, i64::from(*is_true)),
                Value::Number(value) => number(&mut digest, *value),
                Value::Words(words) => long(&mut digest, 2, words.as_bytes()),
                Value::Bytes(bytes) => long(&mut digest, 3, bytes),
            }
        }
        let digest: [u8; 32] = digest.finalize().into();
        for (sum, part) in self.digest.iter_mut().zip(digest.as_chunks().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
        self.rows += 1;
    }
}

fn number(digest: &mut Sha256, value: i64) {
    digest.update([1]);
    digest.update(value.to_be_bytes());
}

fn long(digest: &mut Sha256, kind: u8, bytes: &[u8]) {
    digest.update([kind]);
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}

/// A value that stays when its row is gone.
enum Kept {
    Null,
    Truth(bool),
    Number(i64),
    Words(String),
    Bytes(Vec<u8>),
}

impl Kept {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Truth(is_true) => Self::Truth(is_true),
            Value::Number(number) => Self::Number(number),
            Value::Words(words) => Self::Words(words.into_owned()),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Truth(is_true) => Value::Truth(*is_true),
            Self::Number(number) => Value::Number(*number),
            Self::Words(words) => Value::Words(words.into()),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }

    const fn bytes(&self) -> usize {
        match self {
            Self::Words(words) => words.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Null | Self::Truth(_) | Self::Number(_) => size_of::<Self>(),
        }
    }
}

/// Writes rows into a record, many at a time.
pub(super) struct Filler<'f> {
    into: &'f Database,
    /// Whose rows were taken and are not written yet.
    table: Option<&'f TableShape>,
    /// This program's version of the tables.
    version: usize,
    /// Rows that are there: those of the last run, then those of this one.
    written: u64,
    /// Rows that are still to be passed by, because they are there.
    known: u64,
    rows: Vec<Vec<Kept>>,
    bytes: usize,
}

impl<'f> Filler<'f> {
    /// Goes on behind `written` rows; they come in the same order each time, from a record that nobody changes.
    pub(super) const fn new(into: &'f Database, version: usize, written: u64) -> Self {
        Self { into, table: None, version, written, known: written, rows: Vec::new(), bytes: 0 }
    }

    /// Copies every table; answers what each comes to. `tell` is told how many rows were read so far.
    ///
    /// # Errors
    /// `Record`: one of the two can't be read or written. What was written stays, and can be gone on with.
    pub(super) fn copy(
        mut self,
        from: &Tx<'_>,
        tables: &'f [TableShape],
        tell: &mut dyn FnMut(u64),
    ) -> Result<Vec<Sum>, Failure> {
        let sums = read_through(from, tables, tell, |table, row| self.take(table, row))?;
        self.write()?;
        Ok(sums)
    }

    /// Takes a row; those of a table come one after another.
    fn take(&mut self, table: &'f TableShape, row: Vec<Value<'_>>) -> Result<(), Failure> {
        if table.name == ABOUT {
            return Ok(());
        }
        if self.known > 0 {
            self.known -= 1;
            return Ok(());
        }
        if self.table != Some(table) {
            self.write()?;
            self.table = Some(table);
        }
        let row: Vec<Kept> = row.into_iter().map(Kept::of).collect();
        self.bytes += row.iter().map(Kept::bytes).sum::<usize>();
        self.rows.push(row);
        if self.rows.len() >= ROWS || self.bytes >= BYTES { self.write() } else { Ok(()) }
    }

    /// Writes what was taken, and how far that is.
    fn write(&mut self) -> Result<(), Failure> {
        let Some(table) = self.table.filter(|_| !self.rows.is_empty()) else { return Ok(()) };
        let rows: Vec<Vec<Value<'_>>> =
            self.rows.iter().map(|row| row.iter().map(Kept::value).collect()).collect();
        let written = self.written + rows.len() as u64;
        self.into.write(Scope::Marked, |tx| {
            tx.fill(table, &rows)?;
            about::fill(tx, self.version, written)?;
            Ok(((), true))
        })?;
        (self.written, self.bytes) = (written, 0);
        self.rows.clear();
        Ok(())
    }
}

/// What every table comes to. `tell` is told how many rows were read so far.
pub(super) fn sums(
    tx: &Tx<'_>,
    tables: &[TableShape],
    tell: &mut dyn FnMut(u64),
) -> Result<Vec<Sum>, Failure> {
    read_through(tx, tables, tell, |_, _| Ok(()))
}

/// Reads every table row after row, as its key orders them, and gives each row on; answers what each table comes to.
fn read_through<'t>(
    tx: &Tx<'_>,
    tables: &'t [TableShape],
    tell: &mut dyn FnMut(u64),
    mut take: impl FnMut(&'t TableShape, Vec<Value<'_>>) -> Result<(), Failure>,
) -> Result<Vec<Sum>, Failure> {
    tx.be_patient();
    let mut read = 0;
    let mut of = |table: &'t TableShape| {
        let mut sum = Sum::default();
        tx.walk(&table.select(condition(table)), values![], |row: &Row<'_>| {
            let row = (0..table.columns.len()).map(|_| row.value()).collect::<Result<Vec<_>, _>>()?;
            sum.add(&row);
            read += 1;
            tell(read);
            take(table, row)?;
            Ok(true)
        })?;
        Ok(sum)
    };
    tables.iter().map(&mut of).collect()
}

/// How many rows there are.
pub(super) fn count(tx: &Tx<'_>, tables: &[TableShape]) -> Result<u64, Failure> {
    tx.be_patient();
    let mut rows = 0;
    for table in tables {
        let found: i64 = tx.only(&table.count(condition(table)), values![])?;
        rows += u64::try_from(found).unwrap_or(0);
    }
    Ok(rows)
}

/// Which rows go along: not the marks of a place.
fn condition(table: &TableShape) -> &'static str {
    if table.name == ABOUT { about::OF_RECORD } else { "1 = 1" }
}
