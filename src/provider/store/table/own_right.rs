//! What was done with the partner's own right: one row per tenant, the last time it was done.

use super::{
    super::tx::{Tx, columns, values},
    By,
};
use crate::domain::{failure::Failure, id::TenantId, own_right::OwnRight, text::Text, time::Moment};

columns! { OwnRight { relationship, agreed, by, begun, cleared } }

/// What is on record of a tenant.
pub(crate) fn find(tx: &Tx<'_>, tenant: TenantId) -> Result<Option<OwnRight>, Failure> {
    tx.one(
        "SELECT relationship, agreed, operator, begun, cleared FROM own_right WHERE tenant = ?1",
        values![tenant],
    )
}

/// Keeps that it was begun, in place of the last time.
pub(crate) fn begin(
    tx: &Tx<'_>,
    tenant: TenantId,
    (relationship, agreed): (&Text, &Text),
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO own_right (tenant, relationship, agreed, operator, begun) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant) DO UPDATE SET relationship = excluded.relationship, agreed = excluded.agreed,
             operator = excluded.operator, begun = excluded.begun, cleared = NULL",
        values![tenant, relationship, agreed, operator, now],
    )
}

/// Keeps that the operators' application is out of the organisation.
pub(crate) fn clear(tx: &Tx<'_>, tenant: TenantId, now: Moment) -> Result<(), Failure> {
    tx.write("UPDATE own_right SET cleared = ?2 WHERE tenant = ?1", values![tenant, now])
}
