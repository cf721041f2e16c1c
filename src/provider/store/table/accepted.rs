//! What was accepted about the organisation or a mail domain of a customer, although something speaks against it.
//!
//! The schema's triggers take a row away once one of its two parties is another.

use super::{
    super::tx::{Tx, Value, columns, values},
    By,
};
use crate::domain::{
    doubt::{Accepted, DomainElsewhere, Doubt, Holder},
    failure::Failure,
    id::{CustomerId, TenantId},
    text::Text,
    time::Moment,
};

columns! {
    Holder { id, reference, name, is_active }
    DomainElsewhere { domain, owner }
}

/// What two customers may both have.
#[derive(Clone, Copy)]
pub(crate) enum Both<'a> {
    /// One organisation.
    Organisation(TenantId),
    /// One mail domain.
    Domain(&'a Text),
}

impl<'a> Both<'a> {
    /// The table that keeps it, its column there, and what stands in that.
    fn stored(self) -> (&'static str, &'static str, Value<'a>) {
        match self {
            Self::Organisation(tenant) => ("shared_organisation", "tenant", tenant.into()),
            Self::Domain(domain) => ("shared_domain", "domain", domain.into()),
        }
    }
}

/// By whom and when it was accepted that two customers both have it, whichever of them came second.
pub(crate) fn sharing(
    tx: &Tx<'_>,
    customer: CustomerId,
    other: CustomerId,
    both: Both<'_>,
) -> Result<Option<(Text, Moment)>, Failure> {
    let (table, column, value) = both.stored();
    let sql = format!(
        "SELECT operator, at FROM {table}
          WHERE {column} = ?3 AND ((customer = ?1 AND other = ?2) OR (customer = ?2 AND other = ?1))
          ORDER BY at"
    );
    tx.one(&sql, values![customer, other, value])
}

/// Keeps that two customers both have it.
pub(crate) fn keep_sharing(
    tx: &Tx<'_>,
    customer: CustomerId,
    other: CustomerId,
    both: Both<'_>,
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    let (table, column, value) = both.stored();
    let sql =
        format!("INSERT INTO {table} (customer, other, {column}, operator, at) VALUES (?1, ?2, ?3, ?4, ?5)");
    tx.write(&sql, values![customer, other, value, operator, now])
}

/// What was accepted of the customer's mail domain while the customer has this tenant.
pub(crate) fn domain_of(
    tx: &Tx<'_>,
    customer: CustomerId,
    tenant: TenantId,
) -> Result<Option<Accepted>, Failure> {
    let found: Option<(DomainElsewhere, (Text, Moment))> = tx.one(
        "SELECT domain, owner, operator, at FROM domain_elsewhere WHERE customer = ?1 AND tenant = ?2",
        values![customer, tenant],
    )?;
    Ok(found.map(|(found, (by, at))| Accepted { doubt: Doubt::Elsewhere(found), by, at }))
}

/// Keeps that a customer's mail domain belongs elsewhere, in the place of what was accepted before.
pub(crate) fn keep_domain(
    tx: &Tx<'_>,
    customer: CustomerId,
    tenant: TenantId,
    found: &DomainElsewhere,
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO domain_elsewhere (customer, tenant, domain, owner, operator, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (customer) DO UPDATE SET tenant = excluded.tenant, domain = excluded.domain,
                owner = excluded.owner, operator = excluded.operator, at = excluded.at",
        values![customer, tenant, &found.domain, found.owner, operator, now],
    )
}
