//! Seat rows: what is true about who is protected, and the one place that turns a user on or off.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, params};

use super::{
    Store,
    row::{maybe_moment, moment, text, user},
    rules,
    write::Write,
};
use crate::domain::{
    customer::Product,
    failure::Failure,
    id::{CustomerId, RunId, UserId},
    protection::{Chosen, Protection, Seat, SeatOutcome, SeatResult},
    text::Text,
    user::{Kind, Kinds},
};

/// On whose word users are turned on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// An operator's, in a run.
    Run(&'a RunId),
    /// A rule's, in the pass with that row.
    Sweep(i64),
}

/// Where seats are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub(super) customer: CustomerId,
    pub(super) product: Product,
    pub(super) source: Source<'a>,
}

/// Seats of a customer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Used {
    /// Bought; none: no limit on record.
    pub(super) limit: Option<u32>,
    /// Active seats of the product in question.
    pub(super) here: u32,
    /// Active seats of the customer's other products.
    pub(super) elsewhere: u32,
}

/// How many seats a customer has and uses. Cost: two rows, whatever the number of seats.
pub(super) fn used(connection: &Connection, customer: CustomerId, product: Product) -> Result<Used, Failure> {
    let used = connection
        .prepare_cached(
            "SELECT c.seats, coalesce(sum(p.seats_on) FILTER (WHERE p.product = ?2), 0),
                    coalesce(sum(p.seats_on) FILTER (WHERE p.product <> ?2), 0)
               FROM customer c LEFT JOIN customer_product p ON p.customer = c.id WHERE c.id = ?1",
        )?
        .query_row(params![customer.0, product.word()], |row| {
            Ok(Used { limit: row.get(0)?, here: row.get(1)?, elsewhere: row.get(2)? })
        })?;
    Ok(used)
}

/// Turns users on, one outcome each, in their order. Someone who is on stays as they are; excluded ones, kinds that
/// can't be protected and users beyond the seats stay off.
pub(super) fn turn_on(
    write: &Write<'_>,
    scope: Scope<'_>,
    users: &[Chosen],
) -> Result<Vec<SeatOutcome>, Failure> {
    let used = used(&write.tx, scope.customer, scope.product)?;
    let mut free = used.limit.map(|limit| limit.saturating_sub(used.here.saturating_add(used.elsewhere)));
    let word = scope.product.word();
    let mut is_on = is_on(&write.tx)?;
    let mut excluded = write
        .tx
        .prepare_cached("SELECT 1 FROM exclusion WHERE customer = ?1 AND product = ?2 AND user = ?3")?;
    let mut insert = insert(&write.tx)?;
    let (run, sweep) = match scope.source {
        Source::Run(run) => (Some(run.letters()), None),
        Source::Sweep(sweep) => (None, Some(sweep)),
    };
    let mut outcomes = Vec::with_capacity(users.len());
    for user in users {
        let key = params![scope.customer.0, word, user.id.as_bytes()];
        outcomes.push(if is_on.exists(key)? {
            SeatOutcome::AlreadyOn
        } else if excluded.exists(key)? {
            SeatOutcome::Excluded
        } else if let Some(why) = never(user.kind) {
            SeatOutcome::Failed(why.into())
        } else if free == Some(0) {
            SeatOutcome::NoSeat
        } else {
            insert.execute(params![
                scope.customer.0,
                word,
                user.id.as_bytes(),
                user.address.as_str(),
                user.name.as_str(),
                user.kind.code(),
                write.now.as_millis(),
                write.operator().as_str(),
                run,
                sweep
            ])?;
            free = free.map(|free| free.saturating_sub(1));
            SeatOutcome::TurnedOn
        });
    }
    Ok(outcomes)
}

/// Asks whether a user's seat is active.
fn is_on<'t>(tx: &'t Transaction<'_>) -> Result<CachedStatement<'t>, Failure> {
    Ok(tx.prepare_cached(
        "SELECT 1 FROM seat WHERE customer = ?1 AND product = ?2 AND user = ?3 AND state = 'on'",
    )?)
}

/// Writes an active seat. `first_backup` is the workers' and stays.
fn insert<'t>(tx: &'t Transaction<'_>) -> Result<CachedStatement<'t>, Failure> {
    Ok(tx.prepare_cached(
        "INSERT INTO seat (customer, product, user, address, name, kind, state, since, operator, run, sweep)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'on', ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET address = excluded.address, name = excluded.name, kind = excluded.kind,
                state = 'on', since = excluded.since, operator = excluded.operator, run = excluded.run,
                sweep = excluded.sweep, left_on = NULL",
    )?)
}

/// Why a kind is never protected, whatever is included; the listing should not offer such users.
const fn never(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Guest => Some("guests can't be protected"),
        Kind::WithoutMailbox => Some("there is no mailbox to protect"),
        Kind::NotKnownYet => Some("it is not known yet what kind of mailbox this is"),
        Kind::User | Kind::Shared | Kind::Room | Kind::Disabled => None,
    }
}

/// Turns users off, one outcome each. Their rows stay, so that the workers see it.
pub(super) fn turn_off(
    write: &Write<'_>,
    scope: Scope<'_>,
    users: &[Chosen],
) -> Result<Vec<SeatOutcome>, Failure> {
    let mut state = state(&write.tx)?;
    let mut off = write.tx.prepare_cached(
        "UPDATE seat SET state = 'off', since = ?4, operator = ?5, run = ?6, sweep = NULL
          WHERE customer = ?1 AND product = ?2 AND user = ?3",
    )?;
    let Source::Run(run) = scope.source else {
        // A pass never turns anyone off.
        return Ok(users.iter().map(|_| SeatOutcome::Failed("was not turned off".into())).collect());
    };
    let mut outcomes = Vec::with_capacity(users.len());
    for user in users {
        let key = params![scope.customer.0, scope.product.word(), user.id.as_bytes()];
        let found: Option<bool> = state.query_row(key, |row| row.get(0)).optional()?;
        outcomes.push(match found {
            None => SeatOutcome::Failed("was never on".into()),
            Some(false) => SeatOutcome::TurnedOff,
            Some(true) => {
                off.execute(params![
                    scope.customer.0,
                    scope.product.word(),
                    user.id.as_bytes(),
                    write.now.as_millis(),
                    write.operator().as_str(),
                    run.letters()
                ])?;
                SeatOutcome::TurnedOff
            }
        });
    }
    Ok(outcomes)
}

/// Asks whether a user's seat is active; no row: never was.
fn state<'t>(tx: &'t Transaction<'_>) -> Result<CachedStatement<'t>, Failure> {
    Ok(tx
        .prepare_cached("SELECT state = 'on' FROM seat WHERE customer = ?1 AND product = ?2 AND user = ?3")?)
}

/// Everything about the users of a customer and product.
pub(super) fn protection(
    connection: &Connection,
    customer: CustomerId,
    product: Product,
) -> Result<Protection, Failure> {
    let key = params![customer.0, product.word()];
    let used = used(connection, customer, product)?;
    let mut seats = Vec::with_capacity(usize::try_from(used.here).unwrap_or(0));
    let mut statement = connection.prepare_cached(
        "SELECT user, address, name, since, left_on, first_backup FROM seat
          WHERE customer = ?1 AND product = ?2 AND state = 'on'",
    )?;
    let mut rows = statement.query(key)?;
    while let Some(row) = rows.next()? {
        seats.push(Seat {
            id: user(row, 0)?,
            address: text(row, 1)?,
            name: text(row, 2)?,
            since: moment(row, 3)?,
            left: maybe_moment(row, 4)?,
            first_backup: maybe_moment(row, 5)?,
        });
    }
    Ok(Protection {
        seats,
        exclusions: exclusions(connection, customer, product)?,
        rule: rules::rule(connection, customer, product)?,
        kinds: kinds(connection, customer, product)?,
        limit: used.limit,
        used_elsewhere: used.elsewhere,
    })
}

/// Who is excluded, in the order of the ids.
pub(super) fn exclusions(
    connection: &Connection,
    customer: CustomerId,
    product: Product,
) -> Result<Vec<UserId>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT user FROM exclusion WHERE customer = ?1 AND product = ?2")?;
    let rows = statement.query_map(params![customer.0, product.word()], |row| user(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which kinds are included besides user mailboxes.
pub(super) fn kinds(
    connection: &Connection,
    customer: CustomerId,
    product: Product,
) -> Result<Kinds, Failure> {
    let bits: Option<u8> = connection
        .prepare_cached("SELECT kinds FROM customer_product WHERE customer = ?1 AND product = ?2")?
        .query_row(params![customer.0, product.word()], |row| row.get(0))
        .optional()?;
    Ok(Kinds::from_bits(bits.unwrap_or(0)))
}

impl Store {
    /// What is true about the users of a customer and product, read on a new connection. Cost: one row per seat.
    ///
    /// # Errors
    /// `NotFound` for no such customer; `Record`, when the record can't be read.
    pub fn protection(&self, customer: CustomerId, product: Product) -> Result<Protection, Failure> {
        self.read(|tx| {
            super::customers::one(tx, customer)?;
            protection(tx, customer, product)
        })
    }

    /// Compares what a committed write says of each user with the seat rows, read on a new connection: only what is
    /// read back counts.
    pub(super) fn read_back(
        &self,
        scope: Scope<'_>,
        users: &[Chosen],
        outcomes: Vec<SeatOutcome>,
    ) -> Result<Vec<SeatResult>, Failure> {
        self.read(|tx| {
            let mut state = state(tx)?;
            let mut results = Vec::with_capacity(users.len());
            for (user, said) in users.iter().zip(outcomes) {
                let key = params![scope.customer.0, scope.product.word(), user.id.as_bytes()];
                let is_on = state.query_row(key, |row| row.get(0)).optional()?.unwrap_or(false);
                let outcome = match said {
                    said if said.is_on() && !is_on => {
                        SeatOutcome::Failed("was written, but could not be read back".into())
                    }
                    SeatOutcome::TurnedOff if is_on => {
                        SeatOutcome::Failed("was turned off, but is on again".into())
                    }
                    said => said,
                };
                results.push(SeatResult { user: user.clone(), outcome });
            }
            Ok(results)
        })
    }
}

/// The word and the reason that are kept of an outcome.
pub(super) fn outcome_words(outcome: &SeatOutcome) -> (&'static str, Option<&Text>) {
    match outcome {
        SeatOutcome::TurnedOn => ("turned_on", None),
        SeatOutcome::AlreadyOn => ("already_on", None),
        SeatOutcome::TurnedOff => ("turned_off", None),
        SeatOutcome::Excluded => ("excluded", None),
        SeatOutcome::NoSeat => ("no_seat", None),
        SeatOutcome::Failed(why) => ("failed", Some(why)),
        SeatOutcome::Stopped => ("stopped", None),
    }
}
