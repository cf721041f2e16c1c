//! What becomes of a customer that Microsoft lists, by what is on record: nothing that was entered here is ever changed. Pure.

use std::collections::{HashMap, HashSet};

use super::{Licence, ListedCustomer, Partnership};
use crate::domain::{
    command_line,
    customer::{Customer, NewCustomer, Product},
    filter::fold,
    flag::quoted,
    id::TenantId,
    phrase::Correction,
    text::Text,
};

/// What becomes of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// It is put on record.
    New(Box<NewCustomer>),
    /// It is on record by its tenant ID, under this reference and this name, and stays as it is.
    Known(Text, Text),
    /// It may be one on record without a tenant ID, or can't be taken: why, and what to do.
    Left(Text),
}

/// What became of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Did {
    /// It was put on record.
    Added,
    /// It was there, and stays as it is.
    Known,
    /// It was left out: why, and what to do.
    Left(Text),
}

impl Did {
    /// The word in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Known => "known",
            Self::Left(_) => "left",
        }
    }
}

/// One that Microsoft lists, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// How it is listed.
    pub listed: Partnership,
    /// What became of it.
    pub did: Did,
    /// Its reference on record, where it has one.
    pub reference: Option<Text>,
    /// Its name on record, else Microsoft's.
    pub name: Text,
    /// What it bought of Microsoft; none: not known.
    pub licences: Option<Vec<Licence>>,
    /// What its licences suggest and the record lacks: Office 365.
    pub suggested: Option<Correction>,
}

/// The customers on record, to find out which of them is listed.
#[derive(Debug, Default)]
pub struct Known {
    tenants: HashMap<TenantId, Owner>,
    /// By folded name: those without a tenant ID.
    names: HashMap<String, Owner>,
    /// By folded domain.
    domains: HashMap<String, Owner>,
    /// Folded.
    references: HashSet<String>,
}

/// A customer on record.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Owner {
    reference: Text,
    name: Text,
    has_tenant: bool,
}

impl Known {
    /// Those of the record.
    #[must_use]
    pub fn of(on_record: &[Customer]) -> Self {
        let mut known = Self::default();
        for customer in on_record {
            known.add(&customer.into());
        }
        known
    }

    /// One more.
    pub fn add(&mut self, customer: &NewCustomer) {
        let NewCustomer { reference, name, domain, tenant, .. } = customer;
        let owner = Owner { reference: reference.clone(), name: name.clone(), has_tenant: tenant.is_some() };
        match tenant {
            Some(tenant) => drop(self.tenants.entry(*tenant).or_insert_with(|| owner.clone())),
            None => drop(self.names.entry(fold(name.as_str())).or_insert_with(|| owner.clone())),
        }
        self.references.insert(fold(reference.as_str()));
        self.domains.entry(fold(domain.as_str())).or_insert(owner);
    }

    /// Whether a customer has this tenant.
    #[must_use]
    pub fn has(&self, tenant: TenantId) -> bool {
        self.tenants.contains_key(&tenant)
    }

    /// What becomes of one that is listed, with the mail domain that Microsoft holds for it. With `as_new` it may have the name
    /// or the domain of one on record.
    #[must_use]
    pub fn place(&self, listed: &ListedCustomer, domain: Option<&Text>, as_new: bool) -> Place {
        if let Some(known) = self.tenants.get(&listed.tenant) {
            return Place::Known(known.reference.clone(), known.name.clone());
        }
        let Some(domain) = domain.or(listed.domain.as_ref()) else {
            return Place::Left("Microsoft does not say its mail domain: add it by hand".into());
        };
        if let Some(why) = self.alike(listed, domain).filter(|_| !as_new) {
            return Place::Left(why);
        }
        let new = new_customer(listed, domain);
        // Where the domain is taken for a reference, the tenant ID stands for it.
        let is_taken = self.references.contains(&fold(new.reference.as_str()));
        let reference = if is_taken { Text::of(format_args!("{}", listed.tenant)) } else { new.reference };
        Place::New(Box::new(NewCustomer { reference, ..new }))
    }

    /// Who on record may be the same customer, and what to do; likeness alone puts no tenant ID on record.
    fn alike(&self, listed: &ListedCustomer, domain: &Text) -> Option<Text> {
        let by_domain = self.domains.get(&fold(domain.as_str())).map(|owner| ("mail domain", owner));
        let by_name = || Some(("name", self.names.get(&fold(listed.name.as_str()))?));
        let (what, Owner { reference, name, has_tenant }) = by_domain.or_else(by_name)?;
        let (tenant, world) = (listed.tenant, command_line::world());
        Some(if *has_tenant {
            Text::of(format_args!(
                "{reference} ({name}) has this {what} and another tenant ID. Compare the two; if both are right, import with \
                 --as-new"
            ))
        } else {
            let quoted = quoted(reference.as_str());
            Text::of(format_args!(
                "{reference} ({name}) has this {what}. If it is the same customer: backup365 customers set {quoted} --tenant \
                 {tenant}{world}; if not, import with --as-new"
            ))
        })
    }
}

/// A customer as it is put on record: as an office would, open and with Office 365. Its mail domain stands for a reference, as
/// it does for those of Partner Center's own file.
#[must_use]
pub fn new_customer(listed: &ListedCustomer, domain: &Text) -> NewCustomer {
    NewCustomer {
        reference: domain.clone(),
        name: listed.name.clone(),
        domain: domain.clone(),
        is_active: true,
        products: vec![Product::Office365],
        tenant: Some(listed.tenant),
        is_managed: false,
        time_zone: None,
        seats: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{id::CustomerId, partner_list::Origin};

    fn tenant(number: u8) -> TenantId {
        format!("00000000-0000-4000-8000-{number:012}").parse().unwrap()
    }

    fn listed(number: u8, name: &str, domain: Option<&str>) -> ListedCustomer {
        ListedCustomer {
            tenant: tenant(number),
            name: Text::clean(name),
            domain: domain.map(Text::clean),
            origin: Origin::Both,
            ends: None,
        }
    }

    fn on_record(number: i64, name: &str, domain: &str, tenant: Option<TenantId>) -> Customer {
        Customer {
            id: CustomerId(number),
            reference: Text::of(format_args!("C-{number}")),
            name: Text::clean(name),
            domain: Text::clean(domain),
            is_active: true,
            products: Vec::new(),
            tenant,
            is_managed: false,
            time_zone: None,
            seats: None,
        }
    }

    #[test]
    fn one_is_known_by_its_tenant_id_alone_and_likeness_is_left_to_a_person() {
        let record = [
            on_record(1, "Bakery", "bakery.example", Some(tenant(1))),
            on_record(2, "Acme", "acme.example", None),
        ];
        let known = Known::of(&record);
        let place = |one: ListedCustomer, as_new| known.place(&one, None, as_new);
        assert!(matches!(place(listed(1, "Renamed", None), false), Place::Known(..)));
        for (one, part) in [
            (listed(3, "ACME", Some("other.example")), "C-2 (Acme) has this name"),
            (listed(3, "Else", Some("acme.example")), "customers set C-2 --tenant 00000000-"),
            (listed(3, "Else", Some("Bakery.example")), "another tenant ID"),
            (listed(3, "Else", None), "does not say its mail domain"),
        ] {
            let Place::Left(why) = place(one, false) else { panic!("{part}") };
            assert!(why.as_str().contains(part), "{why}");
        }
        // Two organisations may have one name.
        assert!(matches!(place(listed(3, "Bakery", Some("b.example")), false), Place::New(_)));
        let Place::New(new) = place(listed(3, "Acme", Some("acme.example")), true) else { panic!() };
        assert_eq!(
            (new.reference.as_str(), new.products.as_slice()),
            ("acme.example", &[Product::Office365][..])
        );
    }

    proptest! {
        /// Whatever is listed: who is on record keeps their place, and no two get one reference.
        #[test]
        fn nobody_on_record_is_written_over(
            rows in proptest::collection::vec((0_u8..6, 0_u8..4, proptest::option::of(0_u8..4)), 0..6),
            lists in proptest::collection::vec((0_u8..8, 0_u8..4, proptest::option::of(0_u8..5)), 0..12),
            as_new in any::<bool>(),
        ) {
            let record: Vec<Customer> = rows
                .iter()
                .enumerate()
                .map(|(at, (domain, name, owned))| {
                    let mut one = on_record(
                        i64::try_from(at).unwrap(),
                        &format!("N{name}"),
                        &format!("d{domain}.example"),
                        owned.map(tenant),
                    );
                    // Some were imported before, and have their domain for a reference.
                    if at % 2 == 0 {
                        one.reference = Text::of(format_args!("r{at}-{}", one.domain));
                    }
                    one
                })
                .collect();
            let mut known = Known::of(&record);
            let mut references: HashSet<String> =
                record.iter().map(|one| fold(one.reference.as_str())).collect();
            let mut seen = HashSet::new();
            for (number, name, domain) in lists.into_iter().filter(|(number, ..)| seen.insert(*number)) {
                let domain = domain.map(|domain| format!("d{domain}.example"));
                let one = listed(number, &format!("n{name}"), domain.as_deref());
                let is_on_record = record.iter().any(|it| it.tenant == Some(one.tenant));
                match known.place(&one, None, as_new) {
                    Place::New(new) => {
                        prop_assert!(!is_on_record);
                        prop_assert!(references.insert(fold(new.reference.as_str())), "{}", new.reference);
                        prop_assert_eq!(new.tenant, Some(one.tenant));
                        known.add(&new);
                    }
                    Place::Known(reference, _) => {
                        prop_assert!(is_on_record && references.contains(&fold(reference.as_str())));
                    }
                    Place::Left(_) => prop_assert!(!(is_on_record || as_new && domain.is_some())),
                }
            }
        }
    }
}
