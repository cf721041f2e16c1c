//! Seats: a row for every user who ever was on. The backup workers read them and write `first_backup`.

use std::collections::BTreeMap;

use super::{
    super::tx::{Tx, columns, values},
    By, Key,
};
use crate::domain::{
    failure::Failure,
    id::{CustomerId, RunId, UserId},
    protection::{Chosen, Seat},
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

/// Asks whether a user's seat is active; none: never was.
pub(crate) fn is_on(
    tx: &Tx<'_>,
    (customer, product): Key,
) -> Result<impl FnMut(&UserId) -> Result<Option<bool>, Failure>, Failure> {
    let mut ask =
        tx.prepare(r#"SELECT state = 'on' FROM seat WHERE customer = ?1 AND product = ?2 AND "user" = ?3"#)?;
    Ok(move |user: &UserId| ask.one(values![customer, product, user]))
}

/// Turns users on. `first_backup` is the workers' and stays.
pub(crate) fn turn_on<'t>(
    tx: &'t Tx<'_>,
    (customer, product): Key,
    source: Source<'t>,
    (operator, now): By<'t>,
) -> Result<impl FnMut(&Chosen) -> Result<(), Failure>, Failure> {
    let mut insert = tx.prepare(
        r#"INSERT INTO seat (customer, product, "user", address, name, kind, state, since, operator, run, sweep)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'on', ?7, ?8, ?9, ?10)
           ON CONFLICT (customer, product, "user") DO UPDATE SET address = excluded.address, name = excluded.name,
                  kind = excluded.kind, state = 'on', since = excluded.since, operator = excluded.operator,
                  run = excluded.run, sweep = excluded.sweep, left_on = NULL"#,
    )?;
    let (run, sweep) = match source {
        Source::Run(run) => (Some(run), None),
        Source::Sweep(sweep) => (None, Some(sweep)),
    };
    Ok(move |user: &Chosen| {
        let Chosen { id, address, name, kind } = user;
        insert.execute(values![customer, product, id, address, name, *kind, now, operator, run, sweep])?;
        Ok(())
    })
}

/// Turns users off on an operator's word. The rows stay, so that the workers see it.
pub(crate) fn turn_off<'t>(
    tx: &'t Tx<'_>,
    (customer, product): Key,
    run: &'t RunId,
    (operator, now): By<'t>,
) -> Result<impl FnMut(&UserId) -> Result<(), Failure>, Failure> {
    let mut off = tx.prepare(
        r#"UPDATE seat SET state = 'off', since = ?4, operator = ?5, run = ?6, sweep = NULL
            WHERE customer = ?1 AND product = ?2 AND "user" = ?3"#,
    )?;
    Ok(move |user: &UserId| {
        off.execute(values![customer, product, user, now, operator, run])?;
        Ok(())
    })
}

columns! { Seat { id, address, name, since, left, first_backup } }

/// All active seats; there are about `count`.
pub(crate) fn all_on(tx: &Tx<'_>, (customer, product): Key, count: u32) -> Result<Vec<Seat>, Failure> {
    let mut seats = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    tx.walk(
        r#"SELECT "user", address, name, since, left_on, first_backup FROM seat
            WHERE customer = ?1 AND product = ?2 AND state = 'on' ORDER BY "user""#,
        values![customer, product],
        |row| {
            seats.push(row.read()?);
            Ok(true)
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
        r#"SELECT "user", address, name, since, left_on, first_backup FROM seat
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
    tx.query(
        "SELECT s.customer, s.product, count(*), count(*) FILTER (WHERE s.left_on <= p.counted)
           FROM seat s JOIN customer_product p ON p.customer = s.customer AND p.product = s.product
          WHERE s.state = 'on' AND s.left_on IS NOT NULL AND (?1 IS NULL OR s.customer = ?1)
          GROUP BY s.customer, s.product",
        values![only],
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
    let mut mark = tx.prepare(
        r#"UPDATE seat SET left_on = ?4
            WHERE customer = ?1 AND product = ?2 AND "user" = ?3 AND state = 'on' AND left_on IS NULL"#,
    )?;
    let mut marked = 0;
    for (user, on) in users {
        marked += u32::from(mark.execute(values![key.0, key.1, user, *on])? > 0);
    }
    Ok(marked)
}

/// Takes that mark off.
pub(crate) fn unmark_left(tx: &Tx<'_>, (customer, product): Key, users: &[UserId]) -> Result<(), Failure> {
    let mut clear = tx.prepare(
        r#"UPDATE seat SET left_on = NULL
            WHERE customer = ?1 AND product = ?2 AND "user" = ?3 AND left_on IS NOT NULL"#,
    )?;
    for user in users {
        clear.execute(values![customer, product, user])?;
    }
    Ok(())
}
