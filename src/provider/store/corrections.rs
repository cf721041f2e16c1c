//! Customers' records entered and set right, one by one or from a file: all of it or nothing, one audit entry per
//! customer.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Store,
    part::{entry::insert, ownership, write::Write},
    table::{
        customer, delta, enablement,
        form::{self, Owner},
        impersonation::{self, Held},
        listing, product, rule, run, scheduled,
    },
};
use crate::domain::{
    customer::{Customer, NewCustomer, Product},
    customer_record::{self, Change, Column},
    doubt::{Accepts, Doubt, Guarded, is_same_reference},
    failure::{Failure, FailureKind},
    form_draft::FormDraft,
    id::{CustomerId, TenantId},
    text::Text,
};

/// What became, or would become, of one customer of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// The reference is new.
    Added,
    /// The customer on record is different now.
    Changed(Vec<Change>),
    /// On record as it is in the file.
    Unchanged,
    /// Can't be taken as it is; nothing of the whole file was.
    Refused(Failure),
    /// Its tenant or its mail domain is another customer's too, and that was not accepted; nothing of the whole file was
    /// taken.
    Doubted(Vec<Doubt>),
}

/// Two customers of whom it is accepted that they have one organisation, by reference: the one of the file, the other.
pub type Sharing = (Text, Text);

impl Store {
    /// Adds a customer; what this operator typed into the form for it is forgotten with that. Repeating it is refused,
    /// because the reference is taken then: nothing is added twice. Where another customer has its tenant, or is hosted
    /// with its mail domain, and that is not among `accepts`, nothing is written.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin, and for an empty reference or name; `Conflict` for a reference on record.
    pub fn add_customer(&self, new: &NewCustomer, accepts: &Accepts) -> Result<Guarded<Customer>, Failure> {
        self.write_guarded(|write| {
            write.demand_admin("adding a customer")?;
            if new.reference.is_empty() || new.name.is_empty() {
                return Err(Failure::new(
                    FailureKind::Refused,
                    "a customer needs a reference and a name",
                    "Fill in both.",
                ));
            }
            if let Some(other) = customer::by_reference(write.tx, &new.reference)? {
                return Err(Failure::new(
                    FailureKind::Conflict,
                    Text::of(format_args!("the reference {} belongs to {}", other.reference, other.name)),
                    "Choose that customer from the list, or type another reference.",
                ));
            }
            let id = insert(write, new)?;
            form::keep(write.tx, Owner::Operator(write.operator()), &FormDraft::default())?;
            let added = customer::one(write.tx, id)?;
            let doubts = doubts(write, &added, Incoming { tenant: true, domain: true }, accepts)?;
            Ok((added, doubts))
        })
    }

    /// Puts the sandbox's customers on record: those whose reference is missing, whoever asks. Answers how many.
    ///
    /// # Errors
    /// `Record`, when the record can't be written; nothing was added then, and a retry is safe.
    pub fn seed_customers(&self, customers: &[NewCustomer]) -> Result<u32, Failure> {
        self.write(|write| {
            let mut added = 0;
            for new in customers {
                if customer::by_reference(write.tx, &new.reference)?.is_none() {
                    insert(write, new)?;
                    added += 1;
                }
            }
            Ok(added)
        })
    }

    /// Takes customers as they are in a file: new references are added, others corrected. `fill` gets the customers on
    /// record and answers the file's with what its empty cells keep; between that and the write nobody else's
    /// correction comes. A tenant that the file does not name stays on record: the wizard may have found it. Where one
    /// customer is refused, where one gets the tenant of another, or the mail domain with which another is hosted, and
    /// `sharing` does not name the two, or with `is_dry`, nothing at all is written and the answer says what would have
    /// been; one fate per customer, in their order. Repeating it changes nothing.
    ///
    /// Cost: a row read per customer on record, a row and an audit entry written per changed one, a look at who else has
    /// a tenant per one that comes in.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Record`, when the record can't be used; within, what `fill` says: nothing is
    /// written then.
    pub fn import_customers<E>(
        &self,
        sharing: &[Sharing],
        is_dry: bool,
        fill: impl FnOnce(&[Customer]) -> Result<Vec<NewCustomer>, E>,
    ) -> Result<Result<Vec<Fate>, E>, Failure> {
        self.write_if(|write| {
            write.demand_admin("importing customers")?;
            let known = customer::all(write.tx)?;
            let customers = match fill(&known) {
                Ok(customers) => customers,
                Err(problems) => return Ok((Err(problems), false)),
            };
            let on_record: BTreeMap<String, Customer> =
                known.into_iter().map(|customer| (key(&customer.reference), customer)).collect();
            let mut fates = Vec::with_capacity(customers.len());
            for new in &customers {
                fates.push(match on_record.get(&key(&new.reference)) {
                    None => insert(write, new).map(|_id| Fate::Added)?,
                    Some(old) => taken(write, old, new)?,
                });
            }
            // Once all are in: two may have exchanged their tenants, or the file may name one twice.
            doubt(write, &customers, sharing, &mut fates)?;
            let is_bad = |fate: &Fate| matches!(fate, Fate::Refused(_) | Fate::Doubted(_));
            let is_kept = !is_dry && !fates.iter().any(is_bad);
            Ok((Ok(fates), is_kept))
        })
    }

    /// Corrects one customer: `correct` gets the record as it is and answers how it should be. Repeating it changes
    /// nothing. Where another customer has the tenant that it comes to, or is hosted with the mail domain, and that is not
    /// among `accepts`, nothing is written.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `NotFound`; `Conflict` for a reference that belongs to another customer, for
    /// a product with work on record that would be taken off, and for another tenant while users of the present one are
    /// protected or Enable Auto is on; and what `correct` says.
    pub fn correct_customer(
        &self,
        id: CustomerId,
        accepts: &Accepts,
        correct: impl FnOnce(&Customer) -> Result<NewCustomer, Failure>,
    ) -> Result<Guarded<(Customer, Vec<Change>)>, Failure> {
        self.write_guarded(|write| {
            write.demand_admin("changing a customer's record")?;
            let old = customer::one(write.tx, id)?;
            let changes = change(write, &old, &correct(&old)?)?;
            let new = customer::one(write.tx, id)?;
            let doubts = doubts(write, &new, Incoming::by(&changes), accepts)?;
            Ok(((new, changes), doubts))
        })
    }

    /// Writes, unless something speaks against a tenant that came in: then nothing was written.
    fn write_guarded<T>(
        &self,
        work: impl FnOnce(&Write<'_>) -> Result<(T, Vec<Doubt>), Failure>,
    ) -> Result<Guarded<T>, Failure> {
        self.write_if(|write| {
            let (made, doubts) = work(write)?;
            let is_kept = doubts.is_empty();
            Ok((if is_kept { Guarded::Kept(made) } else { Guarded::Doubted(doubts) }, is_kept))
        })
    }
}

/// What of a customer came in just now; what is taken off speaks against nobody.
#[derive(Clone, Copy)]
struct Incoming {
    /// Its tenant.
    tenant: bool,
    /// Its own mail domain.
    domain: bool,
}

impl Incoming {
    /// With these changes.
    fn by(changes: &[Change]) -> Self {
        let has = |column| changes.iter().any(|change| change.column == column && !change.to.is_empty());
        Self { tenant: has(Column::Tenant), domain: has(Column::Domain) }
    }

    /// With a line of a file.
    fn with(fate: &Fate) -> Self {
        match fate {
            Fate::Added => Self { tenant: true, domain: true },
            Fate::Changed(changes) => Self::by(changes),
            Fate::Unchanged | Fate::Refused(_) | Fate::Doubted(_) => Self { tenant: false, domain: false },
        }
    }
}

/// What speaks against what came in of a customer, and is not accepted: who else has its tenant, and who is hosted with its
/// own mail domain.
fn doubts(
    write: &Write<'_>,
    customer: &Customer,
    incoming: Incoming,
    accepts: &Accepts,
) -> Result<Vec<Doubt>, Failure> {
    let mut open = Vec::new();
    if let Some(tenant) = customer.tenant.filter(|_| incoming.tenant) {
        open = ownership::settle(write, customer, tenant, accepts)?;
    }
    if incoming.domain {
        let own = std::slice::from_ref(&customer.domain);
        open.extend(ownership::settle_mail(write, customer, own, Held::Hosted, accepts)?);
    }
    Ok(open)
}

/// Says of each customer of a file whose tenant or mail domain came in with it what speaks against that, whichever of two
/// is named first. Of two in one file that have one tenant, the later one is told.
fn doubt(
    write: &Write<'_>,
    customers: &[NewCustomer],
    sharing: &[Sharing],
    fates: &mut [Fate],
) -> Result<(), Failure> {
    // Nearly no line has a domain of these: the others need no look through all details.
    let hosted = impersonation::hosted(write.tx)?;
    let is_hosted = |new: &NewCustomer| {
        let domain = new.domain.as_str().to_ascii_lowercase();
        let mut whole = std::iter::successors(Some(domain.as_str()), |part| Some(part.split_once('.')?.1));
        whole.any(|part| hosted.contains(part))
    };
    let incoming: Vec<Incoming> = fates
        .iter()
        .zip(customers)
        .map(|(fate, new)| {
            let Incoming { tenant, domain } = Incoming::with(fate);
            Incoming { tenant: tenant && new.tenant.is_some(), domain: domain && is_hosted(new) }
        })
        .collect();
    // Lines whose tenant comes in, and was not looked at yet.
    let mut later: BTreeSet<String> = incoming
        .iter()
        .zip(customers)
        .filter(|(incoming, _)| incoming.tenant)
        .map(|(_, new)| key(&new.reference))
        .collect();
    for ((fate, new), incoming) in fates.iter_mut().zip(customers).zip(incoming) {
        later.remove(&key(&new.reference));
        if !incoming.tenant && !incoming.domain {
            continue;
        }
        let Some(customer) = customer::by_reference(write.tx, &new.reference)? else { continue };
        let same_as: Vec<Text> = sharing
            .iter()
            .flat_map(|(one, other)| [(one, other), (other, one)])
            .filter(|(one, _)| is_same_reference(one, &new.reference))
            .map(|(_, other)| other.clone())
            .collect();
        let mut open = doubts(write, &customer, incoming, &Accepts { same_as, elsewhere: None })?;
        open.retain(|doubt| !matches!(doubt, Doubt::Shared(other) if later.contains(&key(&other.reference))));
        if !open.is_empty() {
            *fate = Fate::Doubted(open);
        }
    }
    Ok(())
}

/// References are the same whatever the case of their letters, as the table has it.
fn key(reference: &Text) -> String {
    reference.as_str().to_ascii_lowercase()
}

/// Takes a customer of a file whose reference is on record.
fn taken(write: &Write<'_>, old: &Customer, new: &NewCustomer) -> Result<Fate, Failure> {
    let new = NewCustomer { reference: old.reference.clone(), ..new.clone() };
    match change(write, old, &new) {
        Ok(changes) if changes.is_empty() => Ok(Fate::Unchanged),
        Ok(changes) => Ok(Fate::Changed(changes)),
        Err(failure) if failure.kind == FailureKind::Conflict => Ok(Fate::Refused(failure)),
        Err(failure) => Err(failure),
    }
}

/// Makes the record of a customer what it should be; answers what is different.
fn change(write: &Write<'_>, old: &Customer, new: &NewCustomer) -> Result<Vec<Change>, Failure> {
    let changes = customer_record::changes(&NewCustomer::from(old), new);
    if changes.is_empty() {
        return Ok(changes);
    }
    if key(&old.reference) != key(&new.reference)
        && let Some(other) = customer::by_reference(write.tx, &new.reference)?
    {
        return Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("the reference {} belongs to {}", other.reference, other.name)),
            "Choose another one.",
        ));
    }
    if old.tenant != new.tenant {
        forget_tenant(write, old.id, new.tenant)?;
    }
    for product in old.products.iter().filter(|product| !new.products.contains(product)) {
        take_off(write, old, *product)?;
    }
    product::add(write.tx, old.id, &new.products)?;
    customer::change(write.tx, old.id, new)?;
    let words: Vec<String> = changes.iter().map(ToString::to_string).collect();
    write
        .note(old.id, &Text::of(format_args!("changed customer {}: {}", old.reference, words.join("; "))))?;
    Ok(changes)
}

/// Takes back everything that was proved for a tenant other than `tenant`; none: for any.
fn forget_tenant(write: &Write<'_>, id: CustomerId, tenant: Option<TenantId>) -> Result<(), Failure> {
    let office = (id, Product::Office365);
    let enabled = enablement::organisation_of(write.tx, office)?;
    if enabled.is_some_and(|enabled| Some(enabled.tenant) != tenant) {
        if product::used(write.tx, office)?.here > 0 || rule::find(write.tx, office)?.is_some() {
            return Err(Failure::new(
                FailureKind::Conflict,
                "users of the organisation on record are protected, or Enable Auto is on for it",
                "Turn Enable Auto and these users off first, then change the organisation.",
            ));
        }
        enablement::forget(write.tx, office)?;
        delta::forget(write.tx, office)?;
        listing::forget(write.tx, office)?;
        product::forget_list(write.tx, office)?;
        scheduled::forget(write.tx, office)?;
    }
    run::forget_others(write.tx, office, tenant)
}

/// Takes a product off a customer. One that was ever begun stays: its runs, seats and passes hang on it.
fn take_off(write: &Write<'_>, customer: &Customer, product: Product) -> Result<(), Failure> {
    if let Some(run) = run::last_of(write.tx, (customer.id, product))? {
        return Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "{} has a run for {} on record ({run}), so the product can't be taken off",
                customer.name,
                product.name()
            )),
            "Leave the product in the record. To end the protection, turn its users off in the wizard.",
        ));
    }
    product::remove(write.tx, (customer.id, product))
}
