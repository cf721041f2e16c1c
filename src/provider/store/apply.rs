//! Apply and turning off: what was confirmed is written before the first seat, and completed whatever comes between.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Store,
    runs::RunRow,
    seats::{self, Scope, Source, outcome_words},
    sweeps,
    write::Write,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::{RunId, UserId},
    protection::{Chosen, SeatOutcome, SeatResult},
    run::ExclusionChange,
    text::Text,
};

/// The scope of a run's writes.
const fn scope(row: &RunRow) -> Scope<'_> {
    Scope { customer: row.customer, product: row.product, source: Source::Run(&row.id) }
}

/// Refuses a run that has not been enabled.
pub(super) fn demand_enabled(row: &RunRow) -> Result<(), Failure> {
    if row.enabled.is_some() {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("{} is not enabled yet, so nobody was turned on", row.product.name())),
        "Go back to the authorise step and press Enable.",
    ))
}

impl Store {
    /// Writes down who was confirmed, before the first seat. While an Apply is unfinished, more users join it.
    ///
    /// # Errors
    /// `Refused` before *Enable*; `Conflict` without the run's hold; `Record`: nothing was written, a retry is safe.
    pub fn begin_apply(&self, run: &RunId, users: &[Chosen]) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            demand_enabled(row)?;
            let is_new = write.tx.execute(
                "INSERT INTO apply (run, begun) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![run.letters(), write.now.as_millis()],
            )? > 0;
            choose(write, run, users.iter().map(|user| (user, None)))?;
            if is_new {
                let words = Text::of(format_args!("confirmed turning on {}", count(users.len())));
                write.note_run(row, words)?;
            }
            Ok(())
        })
    }

    /// Turns users on: one result per user, in their order, each read back on a new connection after the commit.
    /// Repeating it turns nobody on twice. One transaction per call.
    ///
    /// # Errors
    /// `Refused` before *Enable*; `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn apply_batch(&self, run: &RunId, users: &[Chosen]) -> Result<Vec<SeatResult>, Failure> {
        let (row, outcomes) = self.write_run(run, |write, row| {
            demand_enabled(row)?;
            let outcomes = seats::turn_on(write, scope(row), users)?;
            choose(write, run, users.iter().zip(outcomes.iter().map(Some)))?;
            Ok((row.clone(), outcomes))
        })?;
        self.read_back(scope(&row), users, outcomes)
    }

    /// Ends the Apply. Users who were not reached are kept as not tried; with none unfinished it changes nothing.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn end_apply(&self, run: &RunId, stopped: bool) -> Result<(), Failure> {
        self.write_run(run, |write, row| end(write, row, stopped))
    }

    /// Turns users off: Admin only, one result per user, each read back on a new connection after the commit.
    /// Somebody who is off already stays off.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn turn_off(&self, run: &RunId, users: &[Chosen]) -> Result<Vec<SeatResult>, Failure> {
        let (row, outcomes) = self.write_run(run, |write, row| {
            write.demand_admin("turning protection off")?;
            let outcomes = seats::turn_off(write, scope(row), users)?;
            let off = users.iter().zip(outcomes.iter().map(Some));
            let off = off.filter(|(_, outcome)| *outcome == Some(&SeatOutcome::TurnedOff));
            let turned = choose(write, run, off)?;
            if turned > 0 {
                // With Enable Auto on they are scheduled again, and the delta has no news of them.
                sweeps::forget_position(write, row.customer, row.product)?;
                write.note_run(row, Text::of(format_args!("turned off {}", count(turned))))?;
            }
            Ok((row.clone(), outcomes))
        })?;
        self.read_back(scope(&row), users, outcomes)
    }

    /// Excludes users or lifts that, and answers who is excluded now. Nobody is turned off by it.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn change_exclusions(&self, run: &RunId, change: &ExclusionChange) -> Result<Vec<UserId>, Failure> {
        let (customer, product) = self.write_run(run, |write, row| {
            let (word, mut changed) = (row.product.word(), 0);
            if change.exclude {
                let mut add = write.tx.prepare_cached(
                    "INSERT INTO exclusion (customer, product, user, at, operator) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO NOTHING",
                )?;
                for id in &change.users {
                    let (at, by) = (write.now.as_millis(), write.operator().as_str());
                    changed += add.execute(params![row.customer.0, word, id.as_bytes(), at, by])?;
                }
            } else {
                let mut lift = write.tx.prepare_cached(
                    "DELETE FROM exclusion WHERE customer = ?1 AND product = ?2 AND user = ?3",
                )?;
                for id in &change.users {
                    changed += lift.execute(params![row.customer.0, word, id.as_bytes()])?;
                }
                if changed > 0 {
                    sweeps::forget_position(write, row.customer, row.product)?;
                }
            }
            if changed > 0 {
                let what = if change.exclude { "excluded" } else { "lifted the exclusion of" };
                write.note_run(row, Text::of(format_args!("{what} {}", count(changed))))?;
            }
            Ok((row.customer, row.product))
        })?;
        self.read(|tx| seats::exclusions(tx, customer, product))
    }
}

/// Ends the run's Apply, if one is open.
fn end(write: &Write<'_>, row: &RunRow, stopped: bool) -> Result<(), Failure> {
    let run = row.id.letters();
    let apply: Option<i64> = write
        .tx
        .query_row("SELECT id FROM apply WHERE run = ?1 AND ended IS NULL", [run], |row| row.get(0))
        .optional()?;
    let Some(apply) = apply else { return Ok(()) };
    let missed = write
        .tx
        .execute("UPDATE chosen SET outcome = 'stopped' WHERE run = ?1 AND outcome IS NULL", [run])?;
    write.tx.execute(
        "UPDATE apply SET ended = ?2, is_stopped = ?3 WHERE id = ?1",
        params![apply, write.now.as_millis(), stopped],
    )?;
    write.note_run(row, ended_words(write, row, missed)?)
}

/// Whether the run has an Apply that is open although everybody in it has an outcome: its process ended between the last
/// batch and the end. Nobody is left to be turned on, so nothing else would ever end it.
pub(super) fn is_only_unended(connection: &Connection, run: &RunId) -> Result<bool, Failure> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM apply WHERE run = ?1 AND ended IS NULL)
                AND NOT EXISTS (SELECT 1 FROM chosen WHERE run = ?1 AND outcome IS NULL)",
        )?
        .query_row([run.letters()], |row| row.get(0))?)
}

/// Ends such an Apply.
pub(super) fn end_if_done(write: &Write<'_>, row: &RunRow) -> Result<(), Failure> {
    if is_only_unended(&write.tx, &row.id)? { end(write, row, false) } else { Ok(()) }
}

/// Keeps whom the run chose and what became of them; no outcome: still to be done. Answers how many were kept.
fn choose<'a>(
    write: &Write<'_>,
    run: &RunId,
    users: impl Iterator<Item = (&'a Chosen, Option<&'a SeatOutcome>)>,
) -> Result<usize, Failure> {
    // A user who is on because of this run stays "turned on" however often the batch is repeated.
    let mut keep = write.tx.prepare_cached(
        "INSERT INTO chosen (run, user, address, name, kind, outcome, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET detail = excluded.detail, address = excluded.address, name = excluded.name,
                kind = excluded.kind,
                outcome = CASE WHEN excluded.outcome = 'already_on' AND EXISTS (
                    SELECT 1 FROM run r JOIN seat s USING (customer, product)
                     WHERE r.id = ?1 AND s.user = ?2 AND s.state = 'on' AND s.run = ?1)
                  THEN 'turned_on' ELSE excluded.outcome END",
    )?;
    let mut kept = 0;
    for (user, outcome) in users {
        kept += 1;
        let (word, detail) = outcome.map(outcome_words).unzip();
        keep.execute(params![
            run.letters(),
            user.id.as_bytes(),
            user.address.as_str(),
            user.name.as_str(),
            user.kind.code(),
            word,
            detail.flatten().map(Text::as_str)
        ])?;
    }
    Ok(kept)
}

/// The audit's words at the end of an Apply, counted from the rows.
fn ended_words(write: &Write<'_>, row: &RunRow, missed: usize) -> Result<Text, Failure> {
    let turned_on: u32 = write.tx.query_row(
        "SELECT count(*) FROM chosen c JOIN seat s ON s.customer = ?2 AND s.product = ?3 AND s.user = c.user
          WHERE c.run = ?1 AND s.run = ?1 AND s.state = 'on'",
        params![row.id.letters(), row.customer.0, row.product.word()],
        |row| row.get(0),
    )?;
    let words = if missed == 0 {
        Text::of(format_args!("finished turning on: {} in this run", count(turned_on)))
    } else {
        Text::of(format_args!(
            "stopped turning on: {} in this run, {} not tried",
            count(turned_on),
            count(missed)
        ))
    };
    Ok(words)
}

/// "1 user", "12 users".
fn count(users: impl TryInto<u64>) -> String {
    match users.try_into().unwrap_or(u64::MAX) {
        1 => "1 user".to_owned(),
        users => format!("{users} users"),
    }
}
