//! A transaction as tables and use cases know it: a statement and [`Value`]s go in, rows of them come out.
//!
//! This file and `sqlite/` are all that knows which database it is; `dialect.rs` says what statements keep to.

mod value;

use std::{cell::Cell, collections::BTreeSet, iter};

use rusqlite::{
    CachedStatement, ToSql, Transaction, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

pub(super) use self::value::{Column, Columns, Value, columns, values};
use super::error::unreadable;
use crate::domain::{
    change::Change,
    failure::{Failure, FailureKind},
};

/// A transaction: what it reads is of one moment, what it writes is kept by [`Tx::commit`] or not at all.
pub(crate) struct Tx<'c>(Transaction<'c>);

impl<'c> Tx<'c> {
    /// The transaction that was begun.
    pub(crate) const fn new(tx: Transaction<'c>) -> Self {
        Self(tx)
    }

    /// Keeps what was written.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        Ok(self.0.commit()?)
    }

    /// Sends what has changed to whoever shares the record, with the commit. A file is shared with nobody.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "a record on a server sends it")]
    pub(crate) const fn tell(&self, _changes: &BTreeSet<Change>) -> Result<(), Failure> {
        Ok(())
    }

    /// A statement that is executed often. The connection keeps it ready for the next time: the writer for as long as
    /// the store lives, a reader for its one read.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement<'_>, Failure> {
        Ok(Statement(self.0.prepare_cached(sql)?))
    }

    /// Writes; answers how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, Failure> {
        self.prepare(sql)?.execute(values)
    }

    /// Writes, whatever number of rows that changes.
    pub(crate) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<(), Failure> {
        self.execute(sql, values).map(drop)
    }

    /// The first row, where there is one.
    pub(crate) fn one<T: Columns>(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<T>, Failure> {
        self.prepare(sql)?.one(values)
    }

    /// The row of a statement that always answers with one: a count, or what was just written.
    pub(crate) fn only<T: Columns>(&self, sql: &str, values: &[Value<'_>]) -> Result<T, Failure> {
        self.one(sql, values)?.ok_or_else(|| {
            Failure::new(
                FailureKind::Internal,
                "the record gave no answer where there always is one",
                "Nothing was changed. Report this with the log file.",
            )
        })
    }

    /// All rows.
    pub(crate) fn query<T: Columns, C: FromIterator<T>>(
        &self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<C, Failure> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.0.query(params_from_iter(values))?;
        let next = || match rows.next() {
            Ok(row) => row.map(|row| T::read(&Row::new(row))),
            Err(error) => Some(Err(error.into())),
        };
        iter::from_fn(next).collect()
    }

    /// Row after row, until `read` answers false.
    pub(crate) fn walk(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.0.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if !read(&Row::new(row))? {
                break;
            }
        }
        Ok(())
    }
}

/// A statement that is ready to be executed again and again.
pub(crate) struct Statement<'t>(CachedStatement<'t>);

impl Statement<'_> {
    /// Writes; answers how many rows it changed.
    pub(crate) fn execute(&mut self, values: &[Value<'_>]) -> Result<usize, Failure> {
        Ok(self.0.execute(params_from_iter(values))?)
    }

    /// The first row, where there is one.
    pub(crate) fn one<T: Columns>(&mut self, values: &[Value<'_>]) -> Result<Option<T>, Failure> {
        let mut rows = self.0.query(params_from_iter(values))?;
        rows.next()?.map(|row| T::read(&Row::new(row))).transpose()
    }
}

/// A row, read column by column.
pub(crate) struct Row<'r> {
    row: &'r rusqlite::Row<'r>,
    /// The column that is read next, from 0.
    next: Cell<usize>,
}

impl<'r> Row<'r> {
    /// A row of which nothing was read.
    const fn new(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row, next: Cell::new(0) }
    }

    /// What the next column, or columns, mean.
    #[inline]
    pub(crate) fn read<T: Columns>(&self) -> Result<T, Failure> {
        T::read(self)
    }

    /// What stands in the next column.
    #[inline]
    pub(crate) fn value(&self) -> Result<Value<'r>, Failure> {
        let at = self.next.get();
        self.next.set(at + 1);
        Ok(match self.row.get_ref(at)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Number(number),
            ValueRef::Text(words) => {
                Value::Words(str::from_utf8(words).map_err(|_no_text| self.unreadable())?.into())
            }
            ValueRef::Blob(bytes) => Value::Bytes(bytes),
            ValueRef::Real(_) => return Err(self.unreadable()),
        })
    }

    /// The column that was read last holds something of no meaning.
    pub(crate) fn unreadable(&self) -> Failure {
        let at = self.next.get().saturating_sub(1);
        let name = self.row.as_ref().column_name(at).unwrap_or("unnamed");
        unreadable(format_args!("the column {name} has no value of this program"))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Truth(is_true) => ValueRef::Integer(i64::from(*is_true)),
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Words(words) => ValueRef::Text(words.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
