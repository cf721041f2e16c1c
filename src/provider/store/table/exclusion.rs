//! Users who are never turned on.

use super::{
    super::tx::{Tx, columns, values},
    By, Key,
};
use crate::domain::{
    failure::Failure,
    id::UserId,
    protection::{Chosen, Excluded},
};

columns! { Excluded { id, name, address, at, by } }

/// Asks whether a user is excluded.
pub(crate) fn is_excluded(
    tx: &Tx<'_>,
    (customer, product): Key,
) -> Result<impl FnMut(&UserId) -> Result<bool, Failure>, Failure> {
    let mut ask =
        tx.prepare(r#"SELECT 1 FROM exclusion WHERE customer = ?1 AND product = ?2 AND "user" = ?3"#)?;
    Ok(move |user: &UserId| Ok(ask.one::<i64>(values![customer, product, user])?.is_some()))
}

/// Who is excluded, in the order of the ids.
pub(crate) fn all(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<UserId>, Failure> {
    tx.query(
        r#"SELECT "user" FROM exclusion WHERE customer = ?1 AND product = ?2 ORDER BY "user""#,
        values![customer, product],
    )
}

/// Who is excluded, by name.
pub(crate) fn by_name(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<Excluded>, Failure> {
    tx.query(
        r#"SELECT "user", name, address, at, operator FROM exclusion WHERE customer = ?1 AND product = ?2
            ORDER BY name COLLATE NOCASE NULLS FIRST, "user""#,
        values![customer, product],
    )
}

/// Excludes users; answers those who were not excluded before.
pub(crate) fn add<'u>(
    tx: &Tx<'_>,
    (customer, product): Key,
    users: &'u [Chosen],
    (operator, now): By<'_>,
) -> Result<Vec<&'u Chosen>, Failure> {
    let mut add = tx.prepare(
        r#"INSERT INTO exclusion (customer, product, "user", at, operator, name, address)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING"#,
    )?;
    let mut added = Vec::new();
    for user in users {
        let Chosen { id, name, address, .. } = user;
        if add.execute(values![customer, product, id, now, operator, name, address])? > 0 {
            added.push(user);
        }
    }
    Ok(added)
}

/// Names those of these users who are excluded and whose names are not on record.
pub(crate) fn name<'u>(
    tx: &Tx<'_>,
    (customer, product): Key,
    users: impl Iterator<Item = &'u Chosen>,
) -> Result<(), Failure> {
    let nameless: Option<i64> = tx.one(
        "SELECT 1 FROM exclusion WHERE customer = ?1 AND product = ?2 AND name IS NULL LIMIT 1",
        values![customer, product],
    )?;
    if nameless.is_none() {
        return Ok(());
    }
    let mut name = tx.prepare(
        r#"UPDATE exclusion SET name = ?4, address = ?5
            WHERE customer = ?1 AND product = ?2 AND "user" = ?3 AND name IS NULL"#,
    )?;
    for user in users {
        name.execute(values![customer, product, &user.id, &user.name, &user.address])?;
    }
    Ok(())
}

/// Lifts that; answers of whom.
pub(crate) fn lift<'u>(
    tx: &Tx<'_>,
    (customer, product): Key,
    users: &'u [Chosen],
) -> Result<Vec<&'u Chosen>, Failure> {
    let mut lift =
        tx.prepare(r#"DELETE FROM exclusion WHERE customer = ?1 AND product = ?2 AND "user" = ?3"#)?;
    let mut lifted = Vec::new();
    for user in users {
        if lift.execute(values![customer, product, &user.id])? > 0 {
            lifted.push(user);
        }
    }
    Ok(lifted)
}
