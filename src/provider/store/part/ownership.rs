//! Whose organisation is it? The one question to the record, "who else has this tenant, or this mail domain?", and what was
//! accepted of its answer (product.md rule 18). Every use case that takes one in asks it in its own transaction.

use super::{
    super::{
        table::{
            accepted::{self, Both},
            customer,
            impersonation::{self, Held},
        },
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
        match accepted::sharing(tx, customer, other.id, Both::Organisation(tenant))? {
            Some((by, at)) => known.push(Accepted { doubt: Doubt::Shared(other), by, at }),
            None => open.push(Doubt::Shared(other)),
        }
    }
    Ok((open, known))
}

/// What speaks against mail domains of a customer: who else holds them; what was not accepted, and what was.
pub(crate) fn mail_doubts(
    tx: &Tx<'_>,
    customer: CustomerId,
    domains: &[Text],
    held: Held,
) -> Result<(Vec<Doubt>, Vec<Accepted>), Failure> {
    let (mut open, mut known) = (Vec::new(), Vec::new());
    for (other, domain) in impersonation::having(tx, domains, customer, held)? {
        let accepted = accepted::sharing(tx, customer, other.id, Both::Domain(&domain))?;
        let doubt = Doubt::SharedMail(other, domain);
        match accepted {
            Some((by, at)) => known.push(Accepted { doubt, by, at }),
            None => open.push(doubt),
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
    take(write, customer, Some(tenant), open, accepts)
}

/// The same of mail domains: of saved details against all that others hold, of the customer's own one against what others
/// have saved. Two customers whose own domains are alike need not be hosted by anybody.
pub(crate) fn settle_mail(
    write: &Write<'_>,
    customer: &Customer,
    domains: &[Text],
    held: Held,
    accepts: &Accepts,
) -> Result<Vec<Doubt>, Failure> {
    let (open, _known) = mail_doubts(write.tx, customer.id, domains, held)?;
    take(write, customer, None, open, accepts)
}

/// Keeps what is accepted where that is all; answers the rest.
fn take(
    write: &Write<'_>,
    customer: &Customer,
    tenant: Option<TenantId>,
    doubts: Vec<Doubt>,
    accepts: &Accepts,
) -> Result<Vec<Doubt>, Failure> {
    let (taken, open): (Vec<_>, Vec<_>) = doubts.into_iter().partition(|doubt| accepts.covers(doubt));
    if open.is_empty() {
        for doubt in &taken {
            keep(write, customer, tenant, doubt)?;
        }
    }
    Ok(open)
}

/// Keeps one doubt as accepted.
fn keep(
    write: &Write<'_>,
    customer: &Customer,
    tenant: Option<TenantId>,
    doubt: &Doubt,
) -> Result<(), Failure> {
    match (doubt, tenant) {
        (Doubt::SharedMail(other, domain), _) => {
            accepted::keep_sharing(write.tx, customer.id, other.id, Both::Domain(domain), write.by())?;
        }
        (Doubt::Shared(other), Some(tenant)) => {
            accepted::keep_sharing(write.tx, customer.id, other.id, Both::Organisation(tenant), write.by())?;
        }
        (Doubt::Elsewhere(found), Some(tenant)) => {
            accepted::keep_domain(write.tx, customer.id, tenant, found, write.by())?;
        }
        // Both speak against a tenant only.
        (Doubt::Shared(_) | Doubt::Elsewhere(_), None) => {}
    }
    let about =
        tenant.map_or_else(|| "the mail domains".to_owned(), |tenant| format!("the organisation {tenant}"));
    let words = doubt.in_words(&customer.name);
    write.note(customer.id, &Text::of(format_args!("accepted for {about}: {words}")))
}
