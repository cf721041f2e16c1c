//! Runs: opening, taking and leaving them, and everything on record about one.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store, access, apply, customers,
    error::not_found,
    row::{ORGANISATION, chosen, maybe_moment, moment, organisation, parsed, product, text},
    vault::Vault,
    write::Write,
};
use crate::domain::{
    customer::Product,
    draft::Draft,
    failure::{Failure, FailureKind},
    id::{CustomerId, RUN_LETTERS, RunId, UserId},
    protection::Chosen,
    run::{RunDone, RunRecord},
    tenant::Organisation,
    text::Text,
    time::Moment,
};

/// A run's own row, without what hangs on it.
#[derive(Clone, Debug)]
pub(super) struct RunRow {
    pub(super) id: RunId,
    pub(super) customer: CustomerId,
    pub(super) product: Product,
    pub(super) opened: Moment,
    pub(super) by: Text,
    pub(super) touched: Moment,
    pub(super) parked: Option<Moment>,
    pub(super) finished: Option<Moment>,
    pub(super) link_shown: Option<Moment>,
    pub(super) proved: Option<Moment>,
    pub(super) enabled: Option<Moment>,
    pub(super) listed: u32,
    pub(super) eligible: u32,
    pub(super) organisation: Option<Organisation>,
}

/// The columns of [`RunRow`], in its order.
fn select(rest: &str) -> String {
    format!(
        "SELECT id, customer, product, opened, operator, touched, parked, finished, link_shown, proved, enabled,
                listed, eligible, {ORGANISATION} FROM run {rest}"
    )
}

/// One row of [`select`].
fn run_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: parsed(row, 0)?,
        customer: CustomerId(row.get(1)?),
        product: product(row, 2)?,
        opened: moment(row, 3)?,
        by: text(row, 4)?,
        touched: moment(row, 5)?,
        parked: maybe_moment(row, 6)?,
        finished: maybe_moment(row, 7)?,
        link_shown: maybe_moment(row, 8)?,
        proved: maybe_moment(row, 9)?,
        enabled: maybe_moment(row, 10)?,
        listed: row.get(11)?,
        eligible: row.get(12)?,
        organisation: organisation(row, 13)?,
    })
}

/// The row of a run.
pub(super) fn row(connection: &Connection, run: &RunId) -> Result<RunRow, Failure> {
    connection
        .prepare_cached(&select("WHERE id = ?1"))?
        .query_row([run.letters()], run_row)
        .optional()?
        .ok_or_else(|| not_found(Text::of(format_args!("there is no run {run}"))))
}

/// The rows of all runs that are not finished, newest on top.
pub(super) fn open(connection: &Connection) -> Result<Vec<RunRow>, Failure> {
    let mut statement = connection
        .prepare_cached(&select("WHERE finished IS NULL ORDER BY touched DESC, opened DESC, id"))?;
    let rows = statement.query_map([], run_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everything on record about a run.
pub(super) fn record(
    connection: &Connection,
    vault: &Vault,
    run: &RunId,
    is_read_only: bool,
) -> Result<RunRecord, Failure> {
    let row = row(connection, run)?;
    let (impersonation, is_key_lost) = if row.product.is_hosted() {
        access::impersonation(connection, vault, row.customer)?
    } else {
        (None, false)
    };
    Ok(RunRecord {
        customer: customers::one(connection, row.customer)?,
        is_read_only,
        impersonation,
        is_key_lost,
        draft: draft(connection, run)?,
        unfinished: unfinished(connection, run)?,
        id: row.id,
        product: row.product,
        opened: row.opened,
        by: row.by,
        touched: row.touched,
        parked: row.parked,
        finished: row.finished,
        organisation: row.organisation,
        link_shown: row.link_shown,
        proved: row.proved,
        enabled: row.enabled,
    })
}

/// The ticks of a run.
fn draft(connection: &Connection, run: &RunId) -> Result<Draft, Failure> {
    let found = connection
        .prepare_cached("SELECT is_all, exceptions FROM draft WHERE run = ?1")?
        .query_row([run.letters()], |row| {
            let (exceptions, _rest) = row.get_ref(1)?.as_blob()?.as_chunks::<16>();
            let mut exceptions: Vec<UserId> = exceptions.iter().copied().map(UserId::from_bytes).collect();
            // Sorted here, so that nobody has to sort half a million while a screen waits.
            exceptions.sort_unstable();
            Ok(Draft::new(row.get(0)?, exceptions))
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Users of a confirmed Apply that were not done yet, in the order in which they were confirmed. Only an open Apply has
/// any: without one, the rows of half a million who were done are not looked at.
fn unfinished(connection: &Connection, run: &RunId) -> Result<Vec<Chosen>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT user, address, name, kind FROM chosen
          WHERE run = ?1 AND outcome IS NULL
            AND EXISTS (SELECT 1 FROM apply WHERE run = ?1 AND ended IS NULL)
          ORDER BY id",
    )?;
    let rows = statement.query_map([run.letters()], |row| chosen(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a run has done so far, counted from the seats as they are now. Cost: a look at each user that it chose.
pub(super) fn done(connection: &Connection, row: &RunRow) -> Result<RunDone, Failure> {
    let counted = connection
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE c.outcome = 'turned_on' AND s.state = 'on' AND s.run = c.run),
                    count(*) FILTER (WHERE c.outcome IN ('excluded', 'no_seat', 'failed', 'stopped')
                                       AND s.state IS NOT 'on'),
                    count(*) FILTER (WHERE c.outcome = 'turned_off' AND s.state = 'off'),
                    EXISTS (SELECT 1 FROM auto_rule r WHERE r.run = ?1)
               FROM chosen c LEFT JOIN seat s ON s.customer = ?2 AND s.product = ?3 AND s.user = c.user
              WHERE c.run = ?1",
        )?
        .query_row(params![row.id.letters(), row.customer.0, row.product.word()], |counts| {
            Ok(RunDone {
                turned_on: counts.get(0)?,
                failed: counts.get(1)?,
                turned_off: counts.get(2)?,
                rule_made: counts.get(3)?,
                listed: row.listed,
                eligible: row.eligible,
            })
        })?;
    Ok(counted)
}

/// Half of the numbers of four letters out of sixteen.
pub(super) const HALF: u32 = 16_u32.pow(4) / 2;

/// A number that no run has: four letters, five once half of the four-letter ones are used.
fn fresh_number(connection: &Connection) -> Result<RunId, Failure> {
    let used: u32 =
        connection.query_row("SELECT count(*) FROM run WHERE length(id) = 4", [], |row| row.get(0))?;
    let letters: Vec<char> = RUN_LETTERS.chars().collect();
    let length = if used >= HALF { 5 } else { 4 };
    // At most half of the numbers are taken: 64 misses in a row do not happen.
    for _attempt in 0..64 {
        let word: String =
            (0..length).filter_map(|_| letters.get(rand::random_range(0..letters.len()))).collect();
        let Ok(id) = word.parse::<RunId>() else { continue };
        let is_taken: bool =
            connection
                .query_row("SELECT EXISTS (SELECT 1 FROM run WHERE id = ?1)", [&word], |row| row.get(0))?;
        if !is_taken {
            return Ok(id);
        }
    }
    Err(Failure::new(FailureKind::Internal, "no free run number was found", "Try again."))
}

/// The open run of a customer and product, or a new one.
fn find_or_make(write: &Write<'_>, customer: CustomerId, product: Product) -> Result<RunId, Failure> {
    let on_record = customers::one(&write.tx, customer)?;
    if !on_record.is_active {
        return Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("the account of {} is closed", on_record.name)),
            "Reopen the account first, or choose another customer.",
        ));
    }
    if !on_record.products.contains(&product) {
        return Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("{} does not have {}", on_record.name, product.name())),
            "Sell the product to the customer first, or choose another one.",
        ));
    }
    let found = write
        .tx
        .query_row(
            "SELECT id FROM run WHERE customer = ?1 AND product = ?2 AND finished IS NULL",
            params![customer.0, product.word()],
            |row| parsed(row, 0),
        )
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    let id = fresh_number(&write.tx)?;
    write.tx.execute(
        "INSERT INTO run (id, customer, product, opened, operator, touched) VALUES (?1, ?2, ?3, ?4, ?5, ?4)",
        params![id.letters(), customer.0, product.word(), write.now.as_millis(), write.operator().as_str()],
    )?;
    let words = Text::of(format_args!("opened the run for {}", product.name()));
    write.note_all(Some(&id), Some(customer), words)?;
    Ok(id)
}

impl Store {
    /// The customer's open run of that product, or a new one; held by this store unless another has it.
    ///
    /// # Errors
    /// `Refused` for a closed customer and a product that it does not have; `NotFound` for no such customer.
    pub fn open_run(&self, customer: CustomerId, product: Product) -> Result<RunRecord, Failure> {
        let id = self.write(|write| find_or_make(write, customer, product))?;
        self.load_run(&id)
    }

    /// Everything on record about a run. Takes its hold, takes it off the parked ones and ends an Apply of which only the
    /// end was missing, when nobody else has it; otherwise the run may be looked at only.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be used.
    pub fn load_run(&self, run: &RunId) -> Result<RunRecord, Failure> {
        // Looked at before there is a reason to write: nearly always there is none.
        let needs_write =
            self.read(|tx| Ok(row(tx, run)?.parked.is_some() || apply::is_only_unended(tx, run)?))?;
        let is_held = self.take(run)?;
        if is_held && needs_write {
            self.write_run(run, |write, row| {
                write.tx.execute("UPDATE run SET parked = NULL WHERE id = ?1", [run.letters()])?;
                apply::end_if_done(write, row)
            })?;
        }
        self.record(run)
    }

    /// Parks a run and lets go of it: it waits on the board for whoever takes it next.
    ///
    /// # Errors
    /// `Conflict`, when another store holds it.
    pub fn park_run(&self, run: &RunId) -> Result<(), Failure> {
        if !self.holds().contains_key(run) && self.read(|tx| row(tx, run))?.parked.is_some() {
            return Ok(());
        }
        self.write_run(run, |write, row| {
            write.tx.execute(
                "UPDATE run SET parked = coalesce(parked, ?2) WHERE id = ?1",
                params![run.letters(), write.now.as_millis()],
            )?;
            write.note_run(row, "parked the run".into())
        })?;
        self.leave_run(run)
    }

    /// Lets go of a run; one that is not held stays as it is.
    ///
    /// # Errors
    /// None today.
    pub fn leave_run(&self, run: &RunId) -> Result<(), Failure> {
        drop(self.holds().remove(run));
        Ok(())
    }

    /// Keeps the ticks.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`, when the record can't be written: a retry is safe.
    pub fn save_draft(&self, run: &RunId, draft: &Draft) -> Result<(), Failure> {
        let exceptions: Vec<u8> = draft.exceptions.iter().flat_map(|id| *id.as_bytes()).collect();
        self.write_run(run, |write, _| {
            write
                .tx
                .prepare_cached(
                    "INSERT INTO draft (run, is_all, exceptions) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET is_all = excluded.is_all, exceptions = excluded.exceptions",
                )?
                .execute(params![run.letters(), draft.all, exceptions])?;
            Ok(())
        })
    }

    /// Keeps the counts of a complete list: users listed, and users that could be protected, those who are protected
    /// already included ("184 of 231").
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`, when the record can't be written: a retry is safe.
    pub fn save_counts(&self, run: &RunId, listed: u32, eligible: u32) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            write.tx.execute(
                "UPDATE run SET listed = ?2, eligible = ?3 WHERE id = ?1",
                params![run.letters(), listed, eligible],
            )?;
            write.tx.execute(
                "UPDATE customer_product SET listed = ?3, eligible = ?4 WHERE customer = ?1 AND product = ?2",
                params![row.customer.0, row.product.word(), listed, eligible],
            )?;
            Ok(())
        })
    }

    /// The run as on record now, read on a new connection.
    pub(super) fn record(&self, run: &RunId) -> Result<RunRecord, Failure> {
        let is_read_only = !self.holds().contains_key(run);
        self.read(|tx| record(tx, &self.0.vault, run, is_read_only))
    }

    /// Whether another store holds a run now.
    pub(super) fn is_held_elsewhere(&self, run: &RunId) -> Result<bool, Failure> {
        if self.holds().contains_key(run) {
            return Ok(false);
        }
        self.0.locks.is_held(&lock_name(run))
    }

    /// Takes a run's hold; false when another store has it.
    fn take(&self, run: &RunId) -> Result<bool, Failure> {
        let mut holds = self.holds();
        if holds.contains_key(run) {
            return Ok(true);
        }
        let Some(hold) = self.0.locks.try_hold(&lock_name(run))? else { return Ok(false) };
        holds.insert(run.clone(), hold);
        Ok(true)
    }
}

/// The name of a run's lock.
fn lock_name(run: &RunId) -> String {
    format!("run-{}", run.letters())
}
