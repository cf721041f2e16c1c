//! Who did what: rows that are only ever added, each carrying the hash of the one before.
//!
//! The chain shows a row that was changed, removed or put in afterwards. It guards against mistakes and single edits,
//! not against someone who can open the file and writes the whole chain anew.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};

use super::row::{moment, text};
use crate::domain::{
    failure::Failure,
    id::{CustomerId, RunId},
    run::AuditEntry,
    text::Text,
    time::Moment,
};

/// The `before` of the first row.
const START: [u8; 32] = [0; 32];

/// One row, whole, as it is hashed.
struct Entry<'a> {
    id: i64,
    at: i64,
    operator: &'a str,
    host: &'a str,
    run: Option<&'a str>,
    customer: Option<i64>,
    what: &'a str,
}

/// What a new row says.
pub(super) struct Note<'a> {
    /// When.
    pub(super) at: Moment,
    /// Who.
    pub(super) operator: &'a Text,
    /// On which computer.
    pub(super) host: &'a Text,
    /// In which run.
    pub(super) run: Option<&'a RunId>,
    /// For which customer.
    pub(super) customer: Option<CustomerId>,
    /// What, in words, without secrets.
    pub(super) what: Text,
}

/// Adds a row at the end of the chain, in the transaction of the thing that it tells.
pub(super) fn add(tx: &Transaction<'_>, note: &Note<'_>) -> Result<(), Failure> {
    let last = tx
        .prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?)))
        .optional()?;
    let (last, before) = last.unwrap_or((0, START));
    let entry = Entry {
        id: last + 1,
        at: note.at.as_millis(),
        operator: note.operator.as_str(),
        host: note.host.as_str(),
        run: note.run.map(RunId::letters),
        customer: note.customer.map(|c| c.0),
        what: note.what.as_str(),
    };
    let hash = entry.hash(&before);
    tx.prepare_cached(
        "INSERT INTO audit (id, at, operator, host, run, customer, what, before, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        entry.id,
        entry.at,
        entry.operator,
        entry.host,
        entry.run,
        entry.customer,
        entry.what,
        before,
        hash
    ])?;
    Ok(())
}

/// The rows of one run, oldest first.
pub(super) fn of_run(connection: &Connection, run: &RunId) -> Result<Vec<AuditEntry>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT at, operator, what, hash FROM audit WHERE run = ?1 ORDER BY id")?;
    let rows = statement.query_map([run.letters()], |row| {
        let hash: [u8; 32] = row.get(3)?;
        let [a, b, c, d, ..] = hash;
        Ok(AuditEntry {
            at: moment(row, 0)?,
            by: text(row, 1)?,
            what: text(row, 2)?,
            hash: Text::of(format_args!("{a:02x}{b:02x}{c:02x}{d:02x}")),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether every row of the whole audit is there and fits the one before. Cost: one hash per row on record.
pub(super) fn is_whole(connection: &Connection) -> Result<bool, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, operator, host, run, customer, what, before, hash FROM audit ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let (mut count, mut before) = (0_i64, START);
    while let Some(row) = rows.next()? {
        count += 1;
        let (entry, linked, hash) = read(row)?;
        if entry.id != count || linked != before || entry.hash(&before) != hash {
            return Ok(false);
        }
        before = hash;
    }
    // SQLite remembers the highest number ever given: rows cut off at the end are missed by nothing else.
    let given: Option<i64> = connection
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(given.unwrap_or(0) == count)
}

/// Reads one row for the check.
fn read<'r>(row: &'r Row<'_>) -> Result<(Entry<'r>, [u8; 32], [u8; 32]), Failure> {
    let words = |at: usize| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
    let entry = Entry {
        id: row.get(0)?,
        at: row.get(1)?,
        operator: words(2)?,
        host: words(3)?,
        run: row.get_ref(4)?.as_str_or_null().map_err(rusqlite::Error::from)?,
        customer: row.get(5)?,
        what: words(6)?,
    };
    Ok((entry, row.get(7)?, row.get(8)?))
}

impl Entry<'_> {
    /// SHA-256 over the hash before and every field, each with its length in front so that none can run into the next.
    fn hash(&self, before: &[u8; 32]) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut field = |bytes: Option<&[u8]>| match bytes {
            Some(bytes) => {
                digest.update([1]);
                digest.update((bytes.len() as u64).to_be_bytes());
                digest.update(bytes);
            }
            None => digest.update([0]),
        };
        field(Some(before));
        field(Some(&self.id.to_be_bytes()));
        field(Some(&self.at.to_be_bytes()));
        field(Some(self.operator.as_bytes()));
        field(Some(self.host.as_bytes()));
        field(self.run.map(str::as_bytes));
        field(self.customer.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        field(Some(self.what.as_bytes()));
        digest.finalize().into()
    }
}
