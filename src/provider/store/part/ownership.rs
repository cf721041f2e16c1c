//! Whose organisation is it? The one question to the record, "who else has this tenant?", and what was accepted of its
//! answer (product.md rule 18). Every use case that takes in a tenant asks it in its own transaction.

use super::{
    super::{
        table::{accepted, customer},
        tx::Tx,
    },
    write::Write,
};
use crate::domain::{
    customer::Customer,
    doubt::{Accepted, Accepts, DomainElsewhere, Doubt},
    failure::Failure,
    id::{CustomerId, TenantId},
    text::Text,
};

/// What speaks against a tenant for a customer: what was not accepted, and what was. The mail domain is Microsoft's to
/// know: `elsewhere` is what was heard there.
pub(crate) fn doubts(
    tx: &Tx<'_>,
    customer: CustomerId,
    tenant: TenantId,
    elsewhere: Option<DomainElsewhere>,
) -> Result<(Vec<Doubt>, Vec<Accepted>), Failure> {
    let (mut open, mut known) = (Vec::new(), Vec::new());
    if let Some(found) = elsewhere.map(Doubt::Elsewhere) {
        match accepted::domain_of(tx, customer, tenant)? {
            Some(before) if before.doubt == found => known.push(before),
            _ => open.push(found),
        }
    }
    for other in customer::having(tx, tenant, Some(customer))? {
        match accepted::sharing(tx, customer, other.id, tenant)? {
            Some((by, at)) => known.push(Accepted { doubt: Doubt::Shared(other), by, at }),
            None => open.push(Doubt::Shared(other)),
        }
    }
    Ok((open, known))
}

/// Keeps what is accepted of a customer's tenant, with a line in the audit; answers what speaks against the tenant all
/// the same. Where that is anything, nothing may be written.
pub(crate) fn settle(
    write: &Write<'_>,
    customer: &Customer,
    tenant: TenantId,
    accepts: &Accepts,
) -> Result<Vec<Doubt>, Failure> {
    // A domain that was changed meanwhile was not shown to anybody.
    let elsewhere = accepts.elsewhere.clone().filter(|found| found.domain == customer.domain);
    let (open, _known) = doubts(write.tx, customer.id, tenant, elsewhere)?;
    let (taken, open): (Vec<_>, Vec<_>) = open.into_iter().partition(|doubt| accepts.covers(doubt));
    if open.is_empty() {
        for doubt in &taken {
            keep(write, customer, tenant, doubt)?;
        }
    }
    Ok(open)
}

/// Keeps one doubt as accepted.
fn keep(write: &Write<'_>, customer: &Customer, tenant: TenantId, doubt: &Doubt) -> Result<(), Failure> {
    match doubt {
        Doubt::Shared(other) => {
            accepted::keep_sharing(write.tx, customer.id, other.id, tenant, write.by())?;
        }
        Doubt::Elsewhere(found) => {
            accepted::keep_domain(write.tx, customer.id, tenant, found, write.by())?;
        }
    }
    let words = doubt.in_words(&customer.name);
    write.note(customer.id, &Text::of(format_args!("accepted for the organisation {tenant}: {words}")))
}
