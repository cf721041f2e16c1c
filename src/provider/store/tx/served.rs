//! A transaction on a connection of the pool.

use std::{
    cell::{Cell, RefCell},
    fmt,
};

use deadpool_postgres::Object;
use futures_util::{TryStreamExt as _, future::try_join_all, pin_mut};
use tokio_postgres::{Row, SimpleQueryMessage, Statement, binary_copy::BinaryCopyInWriter, types::Type};

use super::{
    super::waiter::Waiter,
    Value,
    each::{self, Insert, Update},
};
use crate::domain::failure::Failure;

/// First number of the lock behind which the audit is added to; the second is 0.
const LOCK_AUDIT: i32 = 365_003;

/// Puts an error of a statement into words.
pub(crate) type InWords = fn(&tokio_postgres::Error) -> Failure;

/// A transaction that was begun; what was not committed is undone on drop.
pub(crate) struct Served {
    client: Object,
    waiter: Waiter,
    in_words: InWords,
    /// Committed, or not there any more.
    is_over: bool,
    /// A statement was refused: the server answers a COMMIT without an error then, and keeps nothing.
    has_failed: Cell<bool>,
    /// The last entry of the audit that it wrote, by number and hash.
    entry: RefCell<Option<Entry>>,
}

/// An entry of the audit, by number and hash.
pub(crate) type Entry = (i64, [u8; 32]);

impl Served {
    /// Begins one by these statements; answers what the last of them said.
    ///
    /// # Errors
    /// Of the connection.
    pub(crate) fn begin(
        client: Object,
        waiter: Waiter,
        sql: &str,
        in_words: InWords,
    ) -> Result<(Self, Option<String>), tokio_postgres::Error> {
        let said = waiter.wait(client.simple_query(sql))?;
        let (has_failed, entry) = (Cell::default(), RefCell::default());
        Ok((Self { client, waiter, in_words, is_over: false, has_failed, entry }, last(&said)))
    }

    /// Whether a statement of it was refused.
    pub(crate) const fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    /// The entry that is on record if this transaction was kept.
    pub(crate) fn entry(&self) -> Option<Entry> {
        *self.entry.borrow()
    }

    /// Notes what it has added to the audit last: by that it is known again.
    pub(crate) fn has_added(&self, entry: Entry) {
        *self.entry.borrow_mut() = Some(entry);
    }

    /// What the server said, or its error in words.
    fn told<T>(&self, said: Result<T, tokio_postgres::Error>) -> Result<T, Failure> {
        said.map_err(|error| {
            self.has_failed.set(true);
            (self.in_words)(&error)
        })
    }

    /// Keeps what was written.
    pub(crate) fn commit(mut self) -> Result<(), tokio_postgres::Error> {
        self.is_over = true;
        self.waiter.wait(self.client.batch_execute("COMMIT"))
    }

    /// Asks on the same connection; answers the last column of the last row.
    pub(crate) fn ask(&self, sql: &str) -> Result<Option<String>, tokio_postgres::Error> {
        self.waiter.wait(self.client.simple_query(sql)).map(|said| last(&said))
    }

    /// Statements one after another, as a migration has them.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), Failure> {
        self.told(self.waiter.wait(self.client.batch_execute(sql)))
    }

    /// Waits until no other transaction adds to the audit; over with this one.
    pub(crate) fn stand_in_line(&self) -> Result<(), Failure> {
        self.batch(&format!("SELECT pg_advisory_xact_lock({LOCK_AUDIT}, 0)"))
    }

    /// Makes a statement ready; the connection remembers it.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement, Failure> {
        self.told(self.waiter.wait(self.client.prepare_cached(&sql.replace('?', "$"))))
    }

    /// Writes; answers how many rows it changed.
    pub(crate) fn execute(&self, statement: &Statement, values: &[Value<'_>]) -> Result<usize, Failure> {
        let changed = self.told(self.waiter.wait(self.client.execute_raw(statement, values)))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// Writes with each of these values, all of them sent before the first answer is waited for.
    pub(crate) fn execute_each<'v>(
        &self,
        statement: &Statement,
        rows: impl Iterator<Item = Vec<Value<'v>>>,
    ) -> Result<Vec<usize>, Failure> {
        let each = rows.map(|values| self.client.execute_raw(statement, values));
        let changed = self.told(self.waiter.wait(try_join_all(each)))?;
        Ok(changed.into_iter().map(|rows| usize::try_from(rows).unwrap_or(usize::MAX)).collect())
    }

    /// Puts rows into a table, by the way that is made for many.
    pub(crate) fn fill(&self, table: &str, columns: &str, rows: &[Vec<Value<'_>>]) -> Result<(), Failure> {
        let known = self.prepare(&format!("SELECT {columns} FROM {table} LIMIT 0"))?;
        let types: Vec<Type> = known.columns().iter().map(|column| column.type_().clone()).collect();
        let copied = self.waiter.wait(async {
            let sink = self.client.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY")).await?;
            let writer = BinaryCopyInWriter::new(sink, &types);
            pin_mut!(writer);
            for row in rows {
                writer.as_mut().write_raw(row).await?;
            }
            writer.finish().await
        });
        self.told(copied).map(drop)
    }

    /// Puts rows in, as [`Insert`] says.
    pub(crate) fn insert_each<'v, const N: usize>(
        &self,
        insert: &Insert,
        rows: impl Iterator<Item = [Value<'v>; N]>,
    ) -> Result<(), Failure> {
        self.by_parts(&insert.one(), |types| insert.many(types), insert.key, rows).map(drop)
    }

    /// Changes rows, as [`Update`] says; answers how many.
    pub(crate) fn update_each<'v, const N: usize>(
        &self,
        update: &Update,
        rows: impl Iterator<Item = [Value<'v>; N]>,
    ) -> Result<usize, Failure> {
        self.by_parts(&update.one(), |types| update.many(types), update.key, rows)
    }

    /// Writes with many rows at once; answers how many it changed.
    fn by_parts<'v, const N: usize>(
        &self,
        one: &str,
        many: impl Fn(&[Type]) -> String,
        key: usize,
        rows: impl Iterator<Item = [Value<'v>; N]>,
    ) -> Result<usize, Failure> {
        let (mut rows, mut changed) = (rows.fuse().peekable(), 0_u64);
        while rows.peek().is_some() {
            // The server says of what types the values of one are.
            let many = self.prepare(&many(self.prepare(one)?.params()))?;
            for part in each::parts(rows.by_ref().take(each::AT_ONCE).collect(), key) {
                changed += self.told(self.waiter.wait(self.client.execute_raw(&many, each::lists(part))))?;
            }
        }
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// The first row of a query for the values of each row.
    pub(crate) fn first_of_each<'v, const N: usize>(
        &self,
        sql: &str,
        rows: impl Iterator<Item = [Value<'v>; N]>,
    ) -> Result<Vec<Option<Row>>, Failure> {
        let mut rows = rows.fuse().peekable();
        let mut all = Vec::new();
        while rows.peek().is_some() {
            let one = self.prepare(sql)?;
            let many = self.prepare(&each::first_of_each(sql, one.params()))?;
            let part: Vec<_> = rows.by_ref().take(each::AT_ONCE).collect();
            let first = all.len();
            all.resize_with(first + part.len(), || None);
            let found: Vec<Row> = self.told(self.waiter.wait(async {
                self.client.query_raw(&many, each::lists(part)).await?.try_collect().await
            }))?;
            for row in found {
                let number: i64 = self.told(row.try_get(row.len().saturating_sub(1)))?;
                let at = usize::try_from(number).unwrap_or(0).saturating_sub(1);
                if let Some(place) = all.get_mut(first + at) {
                    *place = Some(row);
                }
            }
        }
        Ok(all)
    }

    /// Row after row, until `read` answers false.
    pub(crate) fn walk(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        self.waiter.wait(async {
            let rows = self.told(self.client.query_raw(statement, values).await)?;
            pin_mut!(rows);
            while let Some(row) = self.told(rows.try_next().await)? {
                if !read(&row)? {
                    break;
                }
            }
            Ok(())
        })
    }
}

/// The last column of the last row.
fn last(said: &[SimpleQueryMessage]) -> Option<String> {
    said.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(row.len().saturating_sub(1)).map(str::to_owned),
        _ => None,
    })
}

impl Drop for Served {
    fn drop(&mut self) {
        // A connection that is gone has undone it already.
        if !self.is_over && !self.client.is_closed() {
            let _undone_by_closing = self.waiter.wait(self.client.batch_execute("ROLLBACK"));
        }
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Served")
    }
}
