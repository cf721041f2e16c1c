//! The partner's customers as Microsoft lists them come on record: new ones are added, what is known of the others stays as it
//! was entered, and who is no longer listed is kept and noted.

use std::collections::{HashMap, HashSet};

use super::{
    Store,
    part::{entry::insert, write::Write},
    table::{consent, customer, partnership},
    tx::Tx,
};
use crate::domain::{
    customer::Customer,
    failure::Failure,
    id::{CustomerId, TenantId},
    partner_list::{Did, Known, ListedCustomer, Partnership, Place, Taken},
    text::Text,
    time::Moment,
};

/// How a list is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Taking {
    /// Every list was read, so that who is missing is listed no longer.
    pub is_whole: bool,
    /// A customer may have the name or the domain of one who is on record.
    pub as_new: bool,
    /// Write nothing.
    pub is_dry: bool,
}

/// Customers that are no longer listed: reference, name, and since when.
type Gone = Vec<(Text, Text, Moment)>;

impl Store {
    /// Takes the customers that Microsoft lists, with the mail domains that it holds; answers what became of each, and who on
    /// record is no longer listed. Repeating it changes nothing.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Record`: nothing was written, a retry is safe.
    pub fn take_listed(
        &self,
        listed: &[(ListedCustomer, Option<Text>)],
        taking: Taking,
    ) -> Result<(Vec<Taken>, Gone), Failure> {
        self.write_if(|write| {
            write.demand_admin("importing customers")?;
            let mut known = Known::of(&customer::all(write.tx)?);
            let mut taken = Vec::with_capacity(listed.len());
            for (one, domain) in listed {
                let place = known.place(one, domain.as_ref(), taking.as_new);
                let partnership = as_listed(write.tx, one, taking.is_whole)?;
                partnership::keep(write.tx, &partnership)?;
                let (did, reference, name) = match place {
                    Place::New(new) => {
                        insert(write, &new)?;
                        known.add(&new);
                        (Did::Added, Some(new.reference), new.name)
                    }
                    Place::Known(reference, name) => (Did::Known, Some(reference), name),
                    Place::Left(why) => (Did::Left(why), None, one.name.clone()),
                };
                let listed = partnership;
                taken.push(Taken { listed, did, reference, name, licences: None, suggested: None });
            }
            let gone = gone(write, listed, taking.is_whole)?;
            Ok(((taken, gone), !taking.is_dry))
        })
    }

    /// Refuses anyone but an Admin, before anything is asked elsewhere for nothing.
    ///
    /// # Errors
    /// `Refused`; `Record`.
    pub fn demand_admin(&self, doing: &str) -> Result<(), Failure> {
        self.write_if(|write| Ok((write.demand_admin(doing)?, false)))
    }

    /// The time by this record's clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.0.options.clock.now()
    }

    /// Those of these organisations that have accepted, as far as the last look told.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn accepted(&self, tenants: &[TenantId]) -> Result<Vec<TenantId>, Failure> {
        self.read(|tx| {
            let mut accepted = Vec::new();
            for tenant in tenants {
                let known = consent::find(tx, *tenant)?.unwrap_or_default();
                accepted.extend((known.granted.is_some() && known.trouble.is_none()).then_some(*tenant));
            }
            Ok(accepted)
        })
    }

    /// How Microsoft lists the customers on record, by customer.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn partnerships(&self) -> Result<HashMap<CustomerId, Partnership>, Failure> {
        self.read(|tx| {
            let by_tenant: HashMap<TenantId, Partnership> =
                partnership::all(tx)?.into_iter().map(|listed| (listed.tenant, listed)).collect();
            if by_tenant.is_empty() {
                return Ok(HashMap::new());
            }
            let customers = customer::all(tx)?;
            Ok(customers
                .into_iter()
                .filter_map(|customer| Some((customer.id, by_tenant.get(&customer.tenant?)?.clone())))
                .collect())
        })
    }
}

/// How one is to be kept. Where a list could not be read, what it told before stays.
fn as_listed(tx: &Tx<'_>, one: &ListedCustomer, is_whole: bool) -> Result<Partnership, Failure> {
    let ListedCustomer { tenant, name, origin, ends, .. } = one.clone();
    let before = if is_whole { None } else { partnership::find(tx, tenant)? };
    let (origin, ends) = match before {
        Some(before) => (before.origin, ends.or(before.ends)),
        None => (origin, ends),
    };
    Ok(Partnership { tenant, name, origin, ends, gone: None })
}

/// Who on record stands in no list any more. Where every list was read, that is noted once.
fn gone(
    write: &Write<'_>,
    listed: &[(ListedCustomer, Option<Text>)],
    is_whole: bool,
) -> Result<Gone, Failure> {
    let present: HashSet<TenantId> = listed.iter().map(|(one, _)| one.tenant).collect();
    let customers = customer::all(write.tx)?;
    let owners: HashMap<TenantId, &Customer> =
        customers.iter().filter_map(|customer| Some((customer.tenant?, customer))).collect();
    let mut gone = Vec::new();
    for before in partnership::all(write.tx)?.into_iter().filter(|it| !present.contains(&it.tenant)) {
        let owner = owners.get(&before.tenant).copied();
        let since = match before.gone {
            Some(since) => since,
            None if is_whole => {
                partnership::is_gone(write.tx, before.tenant, write.now)?;
                if let Some(owner) = owner {
                    write.note(owner.id, &"no longer listed by Microsoft".into())?;
                }
                write.now
            }
            None => continue,
        };
        gone.extend(owner.map(|owner| (owner.reference.clone(), owner.name.clone(), since)));
    }
    Ok(gone)
}
