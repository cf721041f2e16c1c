//! A transaction as tables and use cases know it: a statement and [`Value`]s go in, rows of them come out.
//!
//! This file, `tx/`, `sqlite/` and `postgres/` are all that knows which database it is; `dialect.rs` says what statements
//! keep to. On SQLite a statement is a call into a library. On a server it is a way there and back, so what is done for each
//! of many users is handed over at once ([`Tx::execute_each`]), and by one statement where everybody may be meant
//! ([`Tx::insert_each`], [`Tx::update_each`], [`Tx::one_of_each`]).

mod carried;
mod each;
mod served;
mod value;
mod whole;

use std::{borrow::Cow, cell::Cell, collections::BTreeSet, iter};

use rusqlite::{
    Transaction, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

pub(super) use self::{
    each::{Insert, Update},
    served::{Entry, InWords, Served},
    value::{Column, Columns, Value, columns, row, values},
    whole::{Link, TableShape, quoted},
};
use super::error::unreadable;
use crate::domain::{
    change::Change,
    failure::{Failure, FailureKind},
};

/// A transaction: what it reads is of one moment on SQLite, and for a reader on PostgreSQL; what it writes is kept whole or
/// not at all.
pub(crate) struct Tx<'c>(Side<'c>);

/// Of which database.
enum Side<'c> {
    File(Transaction<'c>),
    Server(Box<Served>),
}

impl<'c> Tx<'c> {
    /// The transaction that was begun on SQLite.
    pub(super) const fn on_file(tx: Transaction<'c>) -> Self {
        Self(Side::File(tx))
    }

    /// The transaction that was begun on PostgreSQL.
    pub(super) fn on_server(tx: Served) -> Self {
        Self(Side::Server(Box::new(tx)))
    }

    /// Sends what has changed to whoever shares the record, with the commit. A file is shared with nobody.
    pub(crate) fn tell(&self, changes: &BTreeSet<Change>) -> Result<(), Failure> {
        if let (Side::Server(_), false) = (&self.0, changes.is_empty()) {
            let changes: Vec<String> = changes.iter().map(Change::to_string).collect();
            self.execute_each(
                "SELECT pg_notify('backup365', ?1)",
                changes.iter().map(|change| [Value::from(change)]),
            )?;
        }
        Ok(())
    }

    /// SQLite's transaction, to end it; none on PostgreSQL.
    pub(super) fn into_file(self) -> Option<Transaction<'c>> {
        if let Side::File(tx) = self.0 { Some(tx) } else { None }
    }

    /// PostgreSQL's transaction, to end it; none on SQLite.
    pub(super) fn into_server(self) -> Option<Served> {
        if let Side::Server(tx) = self.0 { Some(*tx) } else { None }
    }

    /// Writes; answers how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, Failure> {
        match &self.0 {
            Side::File(tx) => Ok(tx.prepare_cached(sql)?.execute(params_from_iter(values))?),
            Side::Server(tx) => tx.execute(&tx.prepare(sql)?, values),
        }
    }

    /// Writes with the values of each row, in their order; answers how many rows each of them changed.
    pub(crate) fn execute_each<'v, const N: usize>(
        &self,
        sql: &str,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<Vec<usize>, Failure> {
        match &self.0 {
            Side::File(tx) => {
                let mut statement = tx.prepare_cached(sql)?;
                rows.into_iter().map(|row| Ok(statement.execute(params_from_iter(&row))?)).collect()
            }
            Side::Server(tx) => tx.execute_each(&tx.prepare(sql)?, rows.into_iter().map(Vec::from)),
        }
    }

    /// Puts rows in, in their order; on a server many of them by one statement.
    pub(crate) fn insert_each<'v, const N: usize>(
        &self,
        insert: &Insert,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), Failure> {
        match &self.0 {
            Side::File(tx) => {
                let mut statement = tx.prepare_cached(&insert.one())?;
                rows.into_iter()
                    .try_for_each(|row| Ok(statement.execute(params_from_iter(&row)).map(drop)?))
            }
            Side::Server(tx) => tx.insert_each(insert, rows.into_iter()),
        }
    }

    /// Changes rows, on a server many of them by one statement; answers how many.
    pub(crate) fn update_each<'v, const N: usize>(
        &self,
        update: &Update,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<usize, Failure> {
        match &self.0 {
            Side::File(tx) => {
                let mut statement = tx.prepare_cached(&update.one())?;
                rows.into_iter().try_fold(0, |sum, row| Ok(sum + statement.execute(params_from_iter(&row))?))
            }
            Side::Server(tx) => tx.update_each(update, rows.into_iter()),
        }
    }

    /// Writes, whatever number of rows that changes.
    pub(crate) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<(), Failure> {
        self.execute(sql, values).map(drop)
    }

    /// The first row, where there is one.
    pub(crate) fn one<T: Columns>(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<T>, Failure> {
        let mut found = None;
        self.walk(sql, values, |row| {
            found = Some(row.read()?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// The first row for the values of each of `rows`, in their order, where there is one.
    pub(crate) fn one_of_each<'v, T: Columns, const N: usize>(
        &self,
        sql: &str,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<Vec<Option<T>>, Failure> {
        match &self.0 {
            Side::File(tx) => {
                let mut statement = tx.prepare_cached(sql)?;
                let one = |row: [Value<'v>; N]| {
                    let mut found = statement.query(params_from_iter(&row))?;
                    found.next()?.map(|row| T::read(&Row::new(Found::File(row)))).transpose()
                };
                rows.into_iter().map(one).collect()
            }
            Side::Server(tx) => {
                let found = tx.first_of_each(sql, rows.into_iter())?;
                let read = |row: Option<tokio_postgres::Row>| {
                    row.map(|row| T::read(&Row::new(Found::Server(&row)))).transpose()
                };
                found.into_iter().map(read).collect()
            }
        }
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
        match &self.0 {
            Side::File(tx) => {
                let mut statement = tx.prepare_cached(sql)?;
                let mut rows = statement.query(params_from_iter(values))?;
                let next = || match rows.next() {
                    Ok(row) => row.map(|row| T::read(&Row::new(Found::File(row)))),
                    Err(error) => Some(Err(error.into())),
                };
                iter::from_fn(next).collect()
            }
            Side::Server(_) => {
                let mut all = Vec::new();
                self.walk(sql, values, |row| {
                    all.push(row.read()?);
                    Ok(true)
                })?;
                Ok(all.into_iter().collect())
            }
        }
    }

    /// Row after row, until `read` answers false.
    pub(crate) fn walk(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        match &self.0 {
            Side::File(tx) => {
                let mut statement = tx.prepare_cached(sql)?;
                let mut rows = statement.query(params_from_iter(values))?;
                while let Some(row) = rows.next()? {
                    if !read(&Row::new(Found::File(row)))? {
                        break;
                    }
                }
                Ok(())
            }
            Side::Server(tx) => tx.walk(&tx.prepare(sql)?, values, |row| read(&Row::new(Found::Server(row)))),
        }
    }

    /// Statements of PostgreSQL one after another, as a migration has them.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), Failure> {
        match &self.0 {
            Side::File(tx) => Ok(tx.execute_batch(sql)?),
            Side::Server(tx) => tx.batch(sql),
        }
    }

    /// Waits longer for each answer of a server from now on: what follows is of whole tables. A file has no such limit.
    pub(crate) fn be_patient(&self) {
        if let Side::Server(tx) = &self.0 {
            tx.be_patient();
        }
    }

    /// Waits until this transaction is the only one that adds to the audit; over with the transaction. SQLite has one writer
    /// at a time anyway.
    pub(crate) fn stand_in_line(&self) -> Result<(), Failure> {
        match &self.0 {
            Side::File(_) => Ok(()),
            Side::Server(tx) => tx.stand_in_line(),
        }
    }

    /// Says which entry the transaction has added to the audit last, by number and hash: a server is asked for it, where the
    /// connection is lost while the transaction is committed.
    pub(crate) fn has_added(&self, entry: i64, hash: [u8; 32]) {
        if let Side::Server(tx) = &self.0 {
            tx.has_added((entry, hash));
        }
    }
}

/// A row, read column by column.
pub(crate) struct Row<'r> {
    row: Found<'r>,
    /// The column that is read next, from 0.
    next: Cell<usize>,
}

/// A row as its database gives it.
#[derive(Clone, Copy)]
enum Found<'r> {
    File(&'r rusqlite::Row<'r>),
    Server(&'r tokio_postgres::Row),
}

impl<'r> Row<'r> {
    /// A row of which nothing was read.
    const fn new(row: Found<'r>) -> Self {
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
        match self.row {
            Found::File(row) => Ok(match row.get_ref(at)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Number(number),
                ValueRef::Text(words) => {
                    Value::Words(str::from_utf8(words).map_err(|_no_text| self.unreadable())?.into())
                }
                ValueRef::Blob(bytes) => Value::Bytes(bytes),
                ValueRef::Real(_) => return Err(self.unreadable()),
            }),
            Found::Server(row) => row.try_get(at).map_err(|_of_another_type| self.unreadable()),
        }
    }

    /// The words of the next column, as they stand there.
    #[inline]
    pub(crate) fn words(&self) -> Result<Cow<'r, str>, Failure> {
        if let Value::Words(words) = self.value()? { Ok(words) } else { Err(self.unreadable()) }
    }

    /// The column that was read last holds something of no meaning.
    pub(crate) fn unreadable(&self) -> Failure {
        let at = self.next.get().saturating_sub(1);
        let name = match self.row {
            Found::File(row) => row.as_ref().column_name(at).ok(),
            Found::Server(row) => row.columns().get(at).map(tokio_postgres::Column::name),
        };
        unreadable(format_args!("the column {} has no value of this program", name.unwrap_or("unnamed")))
    }
}

impl rusqlite::ToSql for Value<'_> {
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
