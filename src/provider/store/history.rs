//! The passes on record: the history, who runs them, and whether one is missing.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    Store,
    row::{maybe_moment, maybe_text, moment, product, text},
};
use crate::domain::{
    customer::Product, failure::Failure, id::CustomerId, run::SweeperStatus, text::Text, time::Moment,
};

/// How long after 20:00 a missing pass is overdue (product.md section 9: 30 minutes).
const GRACE_MILLIS: i64 = 30 * 60 * 1_000;

/// A pass on record, for the history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SweepRecord {
    /// Whose users.
    pub customer: CustomerId,
    /// The customer's name.
    pub name: Text,
    /// Of which product.
    pub product: Product,
    /// The 20:00 that it worked for.
    pub due: Moment,
    /// When it began.
    pub started: Moment,
    /// When it ended; none: under way, or cut short.
    pub finished: Option<Moment>,
    /// On which computer.
    pub host: Text,
    /// Users turned on.
    pub turned_on: u32,
    /// Users marked as left.
    pub left: u32,
    /// It began later than it should have.
    pub is_late: bool,
    /// Why it turned nobody on.
    pub attention: Option<Text>,
}

impl Store {
    /// Who runs the passes, and whether the one of `last_2000`, the latest 20:00 that is not in the future, is overdue.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweeper_status(&self, last_2000: Moment) -> Result<SweeperStatus, Failure> {
        let now = self.0.options.clock.now();
        self.read(|tx| status(tx, last_2000, now))
    }

    /// Notes that a sweeper was installed on a computer.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn note_sweeper_installed(&self, host: &Text) -> Result<(), Failure> {
        self.write(|write| {
            write.tx.execute(
                "INSERT INTO sweeper (id, host, installed) VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET host = excluded.host, installed = excluded.installed",
                rusqlite::params![host.as_str(), write.now.as_millis()],
            )?;
            write.note_all(None, None, Text::of(format_args!("installed the sweeper on {host}")))
        })
    }

    /// Notes that the sweeper of a computer was taken away; one of another computer stays.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn note_sweeper_removed(&self, host: &Text) -> Result<(), Failure> {
        self.write(|write| {
            let gone = write.tx.execute("DELETE FROM sweeper WHERE host = ?1", [host.as_str()])?;
            if gone == 0 {
                return Ok(());
            }
            write.note_all(None, None, Text::of(format_args!("took the sweeper off {host}")))
        })
    }

    /// The passes on record, newest first.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweeps(&self, limit: u32) -> Result<Vec<SweepRecord>, Failure> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(&format!("{SWEEPS} {NEWEST} LIMIT ?1"))?;
            let rows = statement.query_map([limit], sweep_record)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Reads passes.
const SWEEPS: &str = "
    SELECT s.customer, c.name, s.product, s.due, s.started, s.finished, s.host, s.turned_on, s.gone, s.is_late,
           s.attention
      FROM sweep s JOIN customer c ON c.id = s.customer";

/// Newest first.
const NEWEST: &str = "ORDER BY s.due DESC, s.started DESC, s.id";

/// The passes of one customer, newest first.
pub(super) fn of(
    connection: &Connection,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<SweepRecord>, Failure> {
    let mut statement =
        connection.prepare_cached(&format!("{SWEEPS} WHERE s.customer = ?1 {NEWEST} LIMIT ?2"))?;
    let rows = statement.query_map(rusqlite::params![customer.0, limit], sweep_record)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One row of the history.
fn sweep_record(row: &Row<'_>) -> rusqlite::Result<SweepRecord> {
    Ok(SweepRecord {
        customer: CustomerId(row.get(0)?),
        name: text(row, 1)?,
        product: product(row, 2)?,
        due: moment(row, 3)?,
        started: moment(row, 4)?,
        finished: maybe_moment(row, 5)?,
        host: text(row, 6)?,
        turned_on: row.get(7)?,
        left: row.get(8)?,
        is_late: row.get(9)?,
        attention: maybe_text(row, 10)?,
    })
}

/// Who runs the passes, and whether one is overdue.
pub(super) fn status(
    connection: &Connection,
    last_2000: Moment,
    now: Moment,
) -> Result<SweeperStatus, Failure> {
    let (host, last_pass) = connection
        .prepare_cached("SELECT host, last_pass FROM sweeper")?
        .query_row([], |row| Ok((Some(text(row, 0)?), maybe_moment(row, 1)?)))
        .optional()?
        .unwrap_or_default();
    Ok(SweeperStatus { host, last_pass, is_overdue: waiting(connection, last_2000, now)? > 0 })
}

/// How many rules of open customers wait for a pass that is overdue.
pub(super) fn waiting(connection: &Connection, last_2000: Moment, now: Moment) -> Result<u32, Failure> {
    if now.as_millis() < last_2000.as_millis().saturating_add(GRACE_MILLIS) {
        return Ok(0);
    }
    let waiting = connection
        .prepare_cached(
            "SELECT count(*) FROM auto_rule r JOIN customer c ON c.id = r.customer
              WHERE c.is_active AND r.made < ?1 AND coalesce(r.last_pass < ?1, true)",
        )?
        .query_row([last_2000.as_millis()], |row| row.get(0))?;
    Ok(waiting)
}
