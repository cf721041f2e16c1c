//! What is known of an organisation's consent: one row per tenant.

use std::collections::BTreeMap;

use super::super::tx::{Tx, columns, values};
use crate::domain::{
    consent::Consent,
    doubt::Holder,
    failure::Failure,
    id::{Address, CustomerId, TenantId},
};

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

/// The administrator who opens the link of a tenant.
pub(crate) fn administrator(tx: &Tx<'_>, tenant: TenantId) -> Result<Option<Address>, Failure> {
    let found: Option<Option<Address>> =
        tx.one("SELECT administrator FROM consent WHERE tenant = ?1", values![tenant])?;
    Ok(found.flatten())
}

/// Keeps who that is.
pub(crate) fn keep_administrator(
    tx: &Tx<'_>,
    tenant: TenantId,
    administrator: &Address,
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO consent (tenant, administrator) VALUES (?1, ?2)
         ON CONFLICT (tenant) DO UPDATE SET administrator = excluded.administrator",
        values![tenant, administrator],
    )
}

/// Organisations of other customers of whose consent nothing is proved on record, and whose administrators have no link of
/// ours: a grant that is found there was meant for somebody else. Those looked at last come first, `most` at most.
pub(crate) fn not_awaited(
    tx: &Tx<'_>,
    (customer, tenant): (CustomerId, TenantId),
    most: u32,
) -> Result<Vec<(Holder, TenantId)>, Failure> {
    tx.query(
        "SELECT c.id, c.reference, c.name, c.is_active, t.tenant
           FROM customer c
           JOIN (SELECT id AS customer, tenant FROM customer
                 UNION SELECT customer, tenant FROM run WHERE finished IS NULL) t ON t.customer = c.id
           LEFT JOIN consent k ON k.tenant = t.tenant
          WHERE c.id <> ?1 AND t.tenant <> ?2 AND k.proved IS NULL
            AND NOT EXISTS (SELECT 1 FROM run WHERE tenant = t.tenant AND link_shown IS NOT NULL)
          ORDER BY (SELECT max(touched) FROM run WHERE customer = c.id) DESC, c.id DESC LIMIT ?3",
        values![customer, tenant, most],
    )
}
