//! What Exchange said the mailboxes of a tenant are.

use super::super::tx::{Insert, Tx, columns, row, values};
use crate::domain::{
    checked::Checked,
    failure::Failure,
    id::{TenantId, UserId},
};

columns! { Checked { user, kind, facts, at } }

/// All answers of a tenant, in the order of the ids.
pub(crate) fn all(tx: &Tx<'_>, tenant: TenantId) -> Result<Vec<Checked>, Failure> {
    tx.query(
        r#"SELECT "user", kind, facts, asked FROM checked WHERE tenant = ?1 ORDER BY "user""#,
        values![tenant],
    )
}

/// The answers of some users, in the order in which they are asked for.
pub(crate) fn some(tx: &Tx<'_>, tenant: TenantId, users: &[UserId]) -> Result<Vec<Checked>, Failure> {
    let found: Vec<Option<Checked>> = tx.one_of_each(
        r#"SELECT "user", kind, facts, asked FROM checked WHERE tenant = ?1 AND "user" = ?2"#,
        users.iter().map(|user| row![tenant, user]),
    )?;
    Ok(found.into_iter().flatten().collect())
}

/// Keeps answers, each in the place of the one before.
pub(crate) fn keep(tx: &Tx<'_>, tenant: TenantId, answers: &[Checked]) -> Result<(), Failure> {
    tx.insert_each(
        &ANSWER,
        answers.iter().map(|Checked { user, kind, facts, at }| row![tenant, user, *kind, *facts, *at]),
    )
}

/// An answer, by tenant and user.
const ANSWER: Insert = Insert {
    into: r#"checked (tenant, "user", kind, facts, asked)"#,
    values: "?1, ?2, ?3, ?4, ?5",
    or: r#"ON CONFLICT (tenant, "user")
           DO UPDATE SET kind = excluded.kind, facts = excluded.facts, asked = excluded.asked"#,
    key: 2,
};
