//! Users who are never turned on.

use super::{
    super::tx::{Tx, columns, values},
    By, Key,
};
use crate::domain::{failure::Failure, id::UserId, protection::Chosen, text::Text, time::Moment};

/// Somebody who is excluded. Name and address are known where the user was ever chosen or on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excluded {
    /// Who.
    pub id: UserId,
    /// Name.
    pub name: Option<Text>,
    /// Address.
    pub address: Option<Text>,
    /// Since when.
    pub at: Moment,
    /// By whom.
    pub by: Text,
}

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

/// Who is excluded, by name where it is known. Cost: a few rows per run of the customer for each of them.
pub(crate) fn by_name(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<Excluded>, Failure> {
    tx.query(
        "SELECT e.user, coalesce(s.name, c.name), coalesce(s.address, c.address), e.at, e.operator
           FROM exclusion e
           LEFT JOIN seat s ON s.customer = e.customer AND s.product = e.product AND s.user = e.user
           LEFT JOIN chosen c ON c.id = (SELECT max(k.id) FROM run r CROSS JOIN chosen k
                      WHERE r.customer = e.customer AND r.product = e.product AND k.run = r.id AND k.user = e.user)
          WHERE e.customer = ?1 AND e.product = ?2
          ORDER BY coalesce(s.name, c.name) COLLATE NOCASE NULLS FIRST, e.user",
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
        r#"INSERT INTO exclusion (customer, product, "user", at, operator) VALUES (?1, ?2, ?3, ?4, ?5)
           ON CONFLICT DO NOTHING"#,
    )?;
    let mut added = Vec::new();
    for user in users {
        if add.execute(values![customer, product, &user.id, now, operator])? > 0 {
            added.push(user);
        }
    }
    Ok(added)
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
