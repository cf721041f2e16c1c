//! What is known of an organisation's consent: one row per tenant.

use std::collections::BTreeMap;

use super::super::tx::{Tx, columns, values};
use crate::domain::{consent::Consent, failure::Failure, id::TenantId};

columns! { Consent { granted, proved, trouble } }

/// What is on record of a tenant.
pub(crate) fn find(tx: &Tx<'_>, tenant: TenantId) -> Result<Option<Consent>, Failure> {
    tx.one("SELECT since, proved, trouble FROM consent WHERE tenant = ?1", values![tenant])
}

/// What is on record of every tenant.
pub(crate) fn all(tx: &Tx<'_>) -> Result<BTreeMap<TenantId, Consent>, Failure> {
    tx.query("SELECT tenant, since, proved, trouble FROM consent", values![])
}

/// Keeps it.
pub(crate) fn keep(tx: &Tx<'_>, tenant: TenantId, consent: &Consent) -> Result<(), Failure> {
    let Consent { granted, proved, trouble } = consent;
    tx.write(
        "INSERT INTO consent (tenant, since, proved, trouble) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant) DO UPDATE SET since = excluded.since, proved = excluded.proved,
                trouble = excluded.trouble",
        values![tenant, *granted, *proved, trouble.as_ref()],
    )
}
