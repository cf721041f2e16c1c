//! A transaction on a connection of the pool.

use std::{
    cell::{Cell, RefCell},
    fmt,
    time::Duration,
};

use deadpool_postgres::Object;
use futures_util::{TryStreamExt as _, pin_mut, stream::FuturesOrdered};
use tokio_postgres::{
    Error, Row, SimpleQueryMessage, Statement, binary_copy::BinaryCopyInWriter, types::Type,
};

use super::{
    super::waiter::{Unanswered, Waiter, in_time},
    Value,
    each::{self, Insert, Update},
};
use crate::domain::failure::Failure;

/// First number of the lock behind which the audit is added to; the second is 0.
const LOCK_AUDIT: i32 = 365_003;

/// How long an answer is waited for where whole tables are read or changed: indexes of millions of rows are made in it.
const WHOLE_TABLES: Duration = Duration::from_mins(10);

/// Puts what came instead of an answer into words.
pub(crate) type InWords = fn(&Unanswered) -> Failure;

/// A transaction that was begun; what was not committed is undone on drop.
pub(crate) struct Served {
    /// None: the connection was thrown away.
    client: Option<Object>,
    waiter: Waiter,
    in_words: InWords,
    /// How long the next answer is waited for: each for itself, so that many of them may take longer.
    limit: Cell<Duration>,
    /// An answer did not come in that time; nothing more is asked.
    is_silent: Cell<bool>,
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
        (waiter, limit): (Waiter, Duration),
        sql: &str,
        in_words: InWords,
    ) -> Result<(Self, Option<String>), Unanswered> {
        let begun = Self {
            client: Some(client),
            waiter,
            in_words,
            limit: Cell::new(limit),
            is_silent: Cell::default(),
            is_over: false,
            has_failed: Cell::default(),
            entry: RefCell::default(),
        };
        let said = begun.ask(sql)?;
        Ok((begun, said))
    }

    /// Waits longer for each answer from now on: what follows is of whole tables.
    pub(crate) fn be_patient(&self) {
        self.limit.set(WHOLE_TABLES);
    }

    /// What the connection answers, each part of it in time.
    async fn heard<T>(&self, coming: impl Future<Output = Result<T, Error>>) -> Result<T, Unanswered> {
        let said = in_time(self.limit.get(), coming).await;
        self.is_silent.set(matches!(said, Err(Unanswered::Silence(_))));
        said
    }

    /// The connection, as long as it is of use.
    fn client(&self) -> Result<&Object, Unanswered> {
        let client = self.client.as_ref().filter(|_| !self.is_silent.get());
        client.ok_or_else(|| Unanswered::Silence(self.limit.get()))
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
    fn told<T>(&self, said: Result<T, Unanswered>) -> Result<T, Failure> {
        said.map_err(|error| {
            self.has_failed.set(true);
            (self.in_words)(&error)
        })
    }

    /// Keeps what was written.
    pub(crate) fn commit(mut self) -> Result<(), Unanswered> {
        self.is_over = true;
        self.waiter.wait(self.heard(self.client()?.batch_execute("COMMIT")))
    }

    /// Asks on the same connection; answers the last column of the last row.
    pub(crate) fn ask(&self, sql: &str) -> Result<Option<String>, Unanswered> {
        self.waiter.wait(self.heard(self.client()?.simple_query(sql))).map(|said| last(&said))
    }

    /// Statements one after another, as a migration has them.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), Failure> {
        let done = self.client().and_then(|client| self.waiter.wait(self.heard(client.batch_execute(sql))));
        self.told(done)
    }

    /// Waits until no other transaction adds to the audit; over with this one.
    pub(crate) fn stand_in_line(&self) -> Result<(), Failure> {
        self.batch(&format!("SELECT pg_advisory_xact_lock({LOCK_AUDIT}, 0)"))
    }

    /// Makes a statement ready; the connection remembers it.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement, Failure> {
        let sql = sql.replace('?', "$");
        let made = self.client().and_then(|client| self.waiter.wait(self.heard(client.prepare_cached(&sql))));
        self.told(made)
    }

    /// Writes; answers how many rows it changed.
    pub(crate) fn execute(&self, statement: &Statement, values: &[Value<'_>]) -> Result<usize, Failure> {
        let changed = self
            .client()
            .and_then(|client| self.waiter.wait(self.heard(client.execute_raw(statement, values))));
        self.told(changed).map(count)
    }

    /// Writes with each of these values, all of them sent before the first answer is waited for.
    pub(crate) fn execute_each<'v>(
        &self,
        statement: &Statement,
        rows: impl Iterator<Item = Vec<Value<'v>>>,
    ) -> Result<Vec<usize>, Failure> {
        let changed = self.client().and_then(|client| {
            self.waiter.wait(self.heard_each(rows.map(|values| client.execute_raw(statement, values))))
        });
        Ok(self.told(changed)?.into_iter().map(count).collect())
    }

    /// What each of them answers, in their order. All are sent before the first answer is waited for.
    async fn heard_each<T>(
        &self,
        each: impl Iterator<Item = impl Future<Output = Result<T, Error>>>,
    ) -> Result<Vec<T>, Unanswered> {
        let mut coming: FuturesOrdered<_> = each.collect();
        let mut answers = Vec::with_capacity(coming.len());
        while let Some(answer) = self.heard(coming.try_next()).await? {
            answers.push(answer);
        }
        Ok(answers)
    }

    /// Puts rows into a table, by the way that is made for many.
    pub(crate) fn fill(&self, table: &str, columns: &str, rows: &[Vec<Value<'_>>]) -> Result<(), Failure> {
        let known = self.prepare(&format!("SELECT {columns} FROM {table} LIMIT 0"))?;
        let types: Vec<Type> = known.columns().iter().map(|column| column.type_().clone()).collect();
        let copied = self.client().and_then(|client| {
            self.waiter.wait(self.heard(async {
                let sink = client.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY")).await?;
                let writer = BinaryCopyInWriter::new(sink, &types);
                pin_mut!(writer);
                for row in rows {
                    writer.as_mut().write_raw(row).await?;
                }
                writer.finish().await
            }))
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
                let written = self.client().and_then(|client| {
                    self.waiter.wait(self.heard(client.execute_raw(&many, each::lists(part))))
                });
                changed += self.told(written)?;
            }
        }
        Ok(count(changed))
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
            let found = self.client().and_then(|client| {
                self.waiter.wait(self.heard(async {
                    client.query_raw(&many, each::lists(part)).await?.try_collect::<Vec<Row>>().await
                }))
            });
            for row in self.told(found)? {
                let number = row.try_get(row.len().saturating_sub(1)).map_err(Unanswered::Told);
                let number: i64 = self.told(number)?;
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
        let client = self.told(self.client())?;
        self.waiter.wait(async {
            let rows = self.told(self.heard(client.query_raw(statement, values)).await)?;
            pin_mut!(rows);
            while let Some(row) = self.told(self.heard(rows.try_next()).await)? {
                if !read(&row)? {
                    break;
                }
            }
            Ok(())
        })
    }
}

/// A number of rows.
fn count(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
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
        if let Ok(client) = self.client()
            && !self.is_over
            && !client.is_closed()
        {
            let _undone_by_closing = self.waiter.wait(self.heard(client.batch_execute("ROLLBACK")));
        }
        if self.is_silent.get() {
            // Not for the pool: closed, which is what the server learns of it.
            drop(self.client.take().map(Object::take));
        }
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Served")
    }
}
