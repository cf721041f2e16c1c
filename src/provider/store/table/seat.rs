//! Seats: a row for every user who ever was on. The backup workers read them and write `first_backup`.

use std::collections::BTreeMap;

use super::{
    super::{
        error::unreadable,
        tx::{Insert, Tx, Update, columns, row, values},
    },
    By, Key, of_one,
};
use crate::domain::{
    failure::Failure,
    id::{CustomerId, RunId, UserId},
    protection::{Chosen, Seat, Trouble},
    seats::{SeatRemark, Seats},
    time::Moment,
};

/// On whose word users are turned on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// An operator's, in a run.
    Run(&'a RunId),
    /// A rule's, in the pass with that row.
    Sweep(i64),
}

/// Whether the seat of each user is active, in their order; none: never was.
pub(crate) fn are_on<'u>(
    tx: &Tx<'_>,
    key: Key,
    users: impl IntoIterator<Item = &'u UserId>,
) -> Result<Vec<Option<bool>>, Failure> {
    are_on_each(tx, users.into_iter().map(|user| (key, user)))
}

/// The same of users of several products.
pub(crate) fn are_on_each<'u>(
    tx: &Tx<'_>,
    users: impl IntoIterator<Item = (Key, &'u UserId)>,
) -> Result<Vec<Option<bool>>, Failure> {
    tx.one_of_each(
        r#"SELECT state = 'on' FROM seat WHERE customer = ?1 AND product = ?2 AND "user" = ?3"#,
        users.into_iter().map(|((customer, product), user)| row![customer, product, user]),
    )
}

/// Turns users on. `first_backup` is the workers' and stays; a problem was that of the time before.
pub(crate) fn turn_on(
    tx: &Tx<'_>,
    (customer, product): Key,
    source: Source<'_>,
    users: &[&Chosen],
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    let (run, sweep) = match source {
        Source::Run(run) => (Some(run), None),
        Source::Sweep(sweep) => (None, Some(sweep)),
    };
    tx.insert_each(
        &ON,
        users.iter().map(|Chosen { id, address, name, kind }| {
            row![customer, product, id, address, name, *kind, now, operator, run, sweep]
        }),
    )
}

/// A seat that is active from now on, by customer, product and user.
const ON: Insert = Insert {
    into: r#"seat (customer, product, "user", address, name, kind, state, since, operator, run, sweep)"#,
    values: "?1, ?2, ?3, ?4, ?5, ?6, 'on', ?7, ?8, ?9, ?10",
    or: r#"ON CONFLICT (customer, product, "user") DO UPDATE SET address = excluded.address, name = excluded.name,
                  kind = excluded.kind, state = 'on', since = excluded.since, operator = excluded.operator,
                  run = excluded.run, sweep = excluded.sweep, left_on = NULL, problem = NULL"#,
    key: 3,
};

/// A seat, by customer, product and user.
const SEAT: Update =
    Update { table: "seat", set: "", whose: r#"customer = ?1 AND product = ?2 AND "user" = ?3"#, key: 3 };

/// Turns users off on an operator's word. The rows stay, so that the workers see it.
pub(crate) fn turn_off(
    tx: &Tx<'_>,
    (customer, product): Key,
    run: &RunId,
    users: &[&Chosen],
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    let off = Update { set: "state = 'off', since = ?4, operator = ?5, run = ?6, sweep = NULL", ..SEAT };
    tx.update_each(&off, users.iter().map(|user| row![customer, product, &user.id, now, operator, run]))
        .map(drop)
}

columns! {
    Seat { id, address, name, since, left, first_backup, problem }
    Trouble { user, address, name, words, at, by }
}

/// All active seats; there are about `count`.
pub(crate) fn all_on(tx: &Tx<'_>, (customer, product): Key, count: u32) -> Result<Vec<Seat>, Failure> {
    let mut seats = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    tx.walk(
        r#"SELECT "user", address, name, since, left_on, first_backup, problem FROM seat
            WHERE customer = ?1 AND product = ?2 AND state = 'on' ORDER BY "user""#,
        values![customer, product],
        |row| {
            seats.push(row.read()?);
            Ok(true)
        },
    )?;
    Ok(seats)
}

/// The same, packed.
pub(crate) fn all_packed(tx: &Tx<'_>, (customer, product): Key, count: u32) -> Result<Seats, Failure> {
    let mut seats = Seats::with_room(usize::try_from(count).unwrap_or(0));
    tx.walk(
        r#"SELECT "user", address, name, left_on, problem FROM seat
            WHERE customer = ?1 AND product = ?2 AND state = 'on' ORDER BY "user""#,
        values![customer, product],
        |row| {
            let id = row.read()?;
            let words = [row.words()?, row.words()?];
            let (left, problem) = (row.read()?, row.read()?);
            let is_next = seats.push(id, words.each_ref().map(AsRef::as_ref), SeatRemark { left, problem });
            if is_next { Ok(true) } else { Err(unreadable("seats are not in the order of their users")) }
        },
    )?;
    Ok(seats)
}

/// Who holds an active seat and has not left, by id.
pub(crate) fn present(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<UserId>, Failure> {
    tx.query(
        r#"SELECT "user" FROM seat
            WHERE customer = ?1 AND product = ?2 AND state = 'on' AND left_on IS NULL ORDER BY "user""#,
        values![customer, product],
    )
}

/// Who holds an active seat of another product of the customer.
pub(crate) fn elsewhere(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<UserId>, Failure> {
    tx.query(
        r#"SELECT DISTINCT "user" FROM seat WHERE customer = ?1 AND product <> ?2 AND state = 'on' ORDER BY "user""#,
        values![customer, product],
    )
}

/// Active seats of users who have left, by name.
pub(crate) fn left(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<Seat>, Failure> {
    tx.query(
        r#"SELECT "user", address, name, since, left_on, first_backup, problem FROM seat
            WHERE customer = ?1 AND product = ?2 AND state = 'on' AND left_on IS NOT NULL
            ORDER BY name COLLATE NOCASE, "user""#,
        values![customer, product],
    )
}

/// How many active seats of users who have left every customer and product has, and how many of them had left before the
/// last list was counted: those are not among its users. With `only`, of that customer.
pub(crate) fn count_left(
    tx: &Tx<'_>,
    only: Option<CustomerId>,
) -> Result<BTreeMap<Key, (u32, u32)>, Failure> {
    let (is_asked, values) = of_one("s.customer", only);
    tx.query(
        &format!(
            "SELECT s.customer, s.product, count(*), count(*) FILTER (WHERE s.left_on <= p.counted)
               FROM seat s JOIN customer_product p ON p.customer = s.customer AND p.product = s.product
              WHERE s.state = 'on' AND s.left_on IS NOT NULL AND {is_asked}
              GROUP BY s.customer, s.product"
        ),
        &values,
    )
}

/// Active seats with whose backup the workers have a problem, by name.
pub(crate) fn troubles(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<Trouble>, Failure> {
    tx.query(
        r#"SELECT "user", address, name, problem, reported, reporter FROM seat
            WHERE customer = ?1 AND product = ?2 AND state = 'on' AND problem IS NOT NULL
            ORDER BY name COLLATE NOCASE, "user""#,
        values![customer, product],
    )
}

/// How many of them every customer and product has. With `only`, of that customer.
pub(crate) fn count_troubles(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<BTreeMap<Key, u32>, Failure> {
    let (is_asked, values) = of_one("customer", only);
    tx.query(
        &format!(
            "SELECT customer, product, count(*) FROM seat
              WHERE state = 'on' AND problem IS NOT NULL AND {is_asked} GROUP BY customer, product"
        ),
        &values,
    )
}

/// How many active seats have a first backup. Cost: looks at every seat.
pub(crate) fn count_backed_up(tx: &Tx<'_>, (customer, product): Key) -> Result<u32, Failure> {
    tx.only(
        "SELECT count(first_backup) FROM seat WHERE customer = ?1 AND product = ?2 AND state = 'on'",
        values![customer, product],
    )
}

/// Marks active seats whose users have left, with the day; the first one counts. Answers how many.
pub(crate) fn mark_left(tx: &Tx<'_>, key: Key, users: &[(UserId, Moment)]) -> Result<u32, Failure> {
    let left = Update {
        set: "left_on = ?4",
        whose: r#"customer = ?1 AND product = ?2 AND "user" = ?3 AND state = 'on' AND left_on IS NULL"#,
        ..SEAT
    };
    let marked = tx.update_each(&left, users.iter().map(|(user, on)| row![key.0, key.1, user, *on]))?;
    Ok(u32::try_from(marked).unwrap_or(u32::MAX))
}

/// Takes that mark off.
pub(crate) fn unmark_left(tx: &Tx<'_>, (customer, product): Key, users: &[UserId]) -> Result<(), Failure> {
    let back = Update {
        set: "left_on = NULL",
        whose: r#"customer = ?1 AND product = ?2 AND "user" = ?3 AND left_on IS NOT NULL"#,
        ..SEAT
    };
    tx.update_each(&back, users.iter().map(|user| row![customer, product, user])).map(drop)
}
