//! The outcome of a run: everything read back, as of one moment, on a connection of its own.

use rusqlite::{Connection, Row, params};

use super::{
    Store, apply, audit, history,
    row::{chosen, maybe_text},
    runs::{self, RunRow},
    seats,
};
use crate::domain::{
    failure::Failure,
    id::RunId,
    protection::{SeatOutcome, SeatResult},
    run::Outcome,
    text::Text,
    time::Moment,
};

/// What is true of a user whom the run chose.
struct Truth {
    /// What the run's last write said; none: still to be done.
    said: Option<Text>,
    /// Why it could not be.
    detail: Option<Text>,
    /// The seat is active now.
    is_on: bool,
    /// It is active because of this run.
    is_ours: bool,
}

impl Truth {
    /// What is true now, in the words of an outcome.
    fn outcome(self) -> SeatOutcome {
        match (self.is_on, self.is_ours, self.said.as_ref().map(Text::as_str)) {
            (true, true, _) => SeatOutcome::TurnedOn,
            (true, false, _) => SeatOutcome::AlreadyOn,
            (false, _, Some("turned_on" | "already_on" | "turned_off")) => SeatOutcome::TurnedOff,
            (false, _, Some("excluded")) => SeatOutcome::Excluded,
            (false, _, Some("no_seat")) => SeatOutcome::NoSeat,
            (false, _, Some("failed")) => SeatOutcome::Failed(self.detail.unwrap_or_default()),
            (false, _, _) => SeatOutcome::Stopped,
        }
    }
}

/// Users that the run chose, in the order in which they were chosen first.
fn results(connection: &Connection, run: &RunRow) -> Result<Vec<SeatResult>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT c.user, c.address, c.name, c.kind, c.outcome, c.detail, s.state IS 'on', s.run IS c.run
           FROM chosen c LEFT JOIN seat s ON s.customer = ?2 AND s.product = ?3 AND s.user = c.user
          WHERE c.run = ?1 ORDER BY c.id",
    )?;
    let read = |row: &Row<'_>| {
        let truth = Truth {
            said: maybe_text(row, 4)?,
            detail: maybe_text(row, 5)?,
            is_on: row.get(6)?,
            is_ours: row.get(7)?,
        };
        Ok(SeatResult { user: chosen(row, 0)?, outcome: truth.outcome() })
    };
    let rows = statement.query_map(params![run.id.letters(), run.customer.0, run.product.word()], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// Marks a run as finished, the first time, and reads the outcome back. A run with an Apply that has not ended
    /// stays open, so that it is completed at resume: `finished` is none in the outcome then.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn finish_run(&self, run: &RunId) -> Result<Outcome, Failure> {
        self.write_run(run, |write, row| {
            apply::end_if_done(write, row)?;
            let is_done: bool = write.tx.query_row(
                "SELECT NOT EXISTS (SELECT 1 FROM apply WHERE run = ?1 AND ended IS NULL)",
                [run.letters()],
                |row| row.get(0),
            )?;
            if row.finished.is_some() || !is_done {
                return Ok(());
            }
            write.tx.execute(
                "UPDATE run SET finished = ?2 WHERE id = ?1",
                params![run.letters(), write.now.as_millis()],
            )?;
            write.note_run(row, "finished the run".into())
        })?;
        self.outcome(run)
    }

    /// What is true about a run now, read on a new connection. `sweeper.is_overdue` is always false here: it depends on
    /// the last 20:00, which [`Store::sweeper_status`] is told.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be read.
    pub fn outcome(&self, run: &RunId) -> Result<Outcome, Failure> {
        let is_read_only = !self.holds().contains_key(run);
        self.read(|tx| {
            let row = runs::row(tx, run)?;
            Ok(Outcome {
                protection: seats::protection(tx, row.customer, row.product)?,
                results: results(tx, &row)?,
                audit: audit::of_run(tx, run)?,
                is_audit_whole: audit::is_whole(tx)?,
                sweeper: history::status(tx, Moment::from_millis(i64::MAX), self.0.options.clock.now())?,
                done: runs::done(tx, &row)?,
                run: runs::record(tx, &self.0.vault, run, is_read_only)?,
            })
        })
    }
}
