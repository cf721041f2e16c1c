//! Users who are never turned on.

use super::{
    super::tx::{Tx, columns, row, values},
    By, Key,
};
use crate::domain::{
    failure::Failure,
    id::UserId,
    protection::{Chosen, Excluded},
};

columns! { Excluded { id, name, address, at, by } }

/// Whether each of these users is excluded, in their order.
pub(crate) fn are_excluded<'u>(
    tx: &Tx<'_>,
    key: Key,
    users: impl IntoIterator<Item = &'u UserId>,
) -> Result<Vec<bool>, Failure> {
    are_excluded_each(tx, users.into_iter().map(|user| (key, user)))
}

/// The same of users of several products.
pub(crate) fn are_excluded_each<'u>(
    tx: &Tx<'_>,
    users: impl IntoIterator<Item = (Key, &'u UserId)>,
) -> Result<Vec<bool>, Failure> {
    let found: Vec<Option<i64>> = tx.one_of_each(
        r#"SELECT 1 FROM exclusion WHERE customer = ?1 AND product = ?2 AND "user" = ?3"#,
        users.into_iter().map(|((customer, product), user)| row![customer, product, user]),
    )?;
    Ok(found.iter().map(Option::is_some).collect())
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
    let added = tx.execute_each(
        r#"INSERT INTO exclusion (customer, product, "user", at, operator, name, address)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING"#,
        users.iter().map(|Chosen { id, name, address, .. }| {
            row![customer, product, id, now, operator, name, address]
        }),
    )?;
    Ok(changed(users, &added))
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
    tx.execute_each(
        r#"UPDATE exclusion SET name = ?4, address = ?5
            WHERE customer = ?1 AND product = ?2 AND "user" = ?3 AND name IS NULL"#,
        users.map(|user| row![customer, product, &user.id, &user.name, &user.address]),
    )
    .map(drop)
}

/// Lifts that; answers of whom.
pub(crate) fn lift<'u>(
    tx: &Tx<'_>,
    (customer, product): Key,
    users: &'u [Chosen],
) -> Result<Vec<&'u Chosen>, Failure> {
    let lifted = tx.execute_each(
        r#"DELETE FROM exclusion WHERE customer = ?1 AND product = ?2 AND "user" = ?3"#,
        users.iter().map(|user| row![customer, product, &user.id]),
    )?;
    Ok(changed(users, &lifted))
}

/// Those of the users for whom a row was changed.
fn changed<'u>(users: &'u [Chosen], rows: &[usize]) -> Vec<&'u Chosen> {
    users.iter().zip(rows).filter(|(_, rows)| **rows > 0).map(|(user, _)| user).collect()
}
