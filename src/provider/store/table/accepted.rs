//! What was accepted about the organisation or a mail domain of a customer, although something speaks against it.
//!
//! The schema's triggers take a row away once one of its two parties is another.

use super::{
    super::tx::{Tx, columns, values},
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

/// By whom and when it was accepted that two customers have one organisation, whichever of them came second.
pub(crate) fn sharing(
    tx: &Tx<'_>,
    customer: CustomerId,
    other: CustomerId,
    tenant: TenantId,
) -> Result<Option<(Text, Moment)>, Failure> {
    tx.one(
        "SELECT operator, at FROM shared_organisation
          WHERE tenant = ?3 AND ((customer = ?1 AND other = ?2) OR (customer = ?2 AND other = ?1))
          ORDER BY at",
        values![customer, other, tenant],
    )
}

/// Keeps that two customers have one organisation.
pub(crate) fn keep_sharing(
    tx: &Tx<'_>,
    customer: CustomerId,
    other: CustomerId,
    tenant: TenantId,
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO shared_organisation (customer, other, tenant, operator, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![customer, other, tenant, operator, now],
    )
}

/// By whom and when it was accepted that two customers have one mail domain, whichever of them came second.
pub(crate) fn sharing_mail(
    tx: &Tx<'_>,
    customer: CustomerId,
    other: CustomerId,
    domain: &Text,
) -> Result<Option<(Text, Moment)>, Failure> {
    tx.one(
        "SELECT operator, at FROM shared_domain
          WHERE domain = ?3 AND ((customer = ?1 AND other = ?2) OR (customer = ?2 AND other = ?1))
          ORDER BY at",
        values![customer, other, domain],
    )
}

/// Keeps that two customers have one mail domain.
pub(crate) fn keep_sharing_mail(
    tx: &Tx<'_>,
    customer: CustomerId,
    other: CustomerId,
    domain: &Text,
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO shared_domain (customer, other, domain, operator, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![customer, other, domain, operator, now],
    )
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
