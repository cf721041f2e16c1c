//! The partner's customers as Microsoft lists them: delegated ones with their relationships, and resellers' contracts,
//! brought together by tenant ID (reference, section 8). Pure.

use std::collections::BTreeMap;

use super::{filter::fold, id::TenantId, text::Text, time::Moment};

/// What the names of relationships begin with that Microsoft made by itself, when it led an older kind of rights over.
const MADE_BY_MICROSOFT: &str = "MLT_";

/// A customer of the list of delegated customers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delegate {
    /// The organisation.
    pub tenant: TenantId,
    /// Its name.
    pub name: Text,
}

/// One delegated relationship. A customer may have many; one that waits for approval may be nobody's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Relationship {
    /// The organisation, and its name.
    pub customer: Option<Delegate>,
    /// Its own name.
    pub name: Text,
    /// Whether it is active now, by Microsoft.
    pub is_active: bool,
    /// When it ends.
    pub ends: Option<Moment>,
}

/// One reseller's contract. Name and domain are as on the day on which it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    /// The organisation, and its name.
    pub customer: Delegate,
    /// Its default domain.
    pub domain: Option<Text>,
}

/// Which of Microsoft's lists a customer stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Delegated customers.
    Delegated,
    /// Resellers' contracts.
    Contract,
    /// Both.
    Both,
}

impl Origin {
    /// The word in the store and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delegated => "delegated",
            Self::Contract => "contract",
            Self::Both => "both",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Delegated, Self::Contract, Self::Both].into_iter().find(|origin| origin.word() == word)
    }

    /// Of both lists, or of this one.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Delegated, Self::Delegated) => Self::Delegated,
            (Self::Contract, Self::Contract) => Self::Contract,
            _ => Self::Both,
        }
    }
}

/// A customer as Microsoft lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedCustomer {
    /// The organisation.
    pub tenant: TenantId,
    /// Its name; the tenant ID where there is none.
    pub name: Text,
    /// Its default domain, where a contract names one.
    pub domain: Option<Text>,
    /// Where it stands.
    pub origin: Origin,
    /// When the last of its active relationships ends.
    pub ends: Option<Moment>,
}

/// Brings the lists together, one customer for each tenant, by name. A relationship that is over, or that Microsoft made by
/// itself, lists nobody and tells no end.
#[must_use]
pub fn union(
    delegates: Vec<Delegate>,
    relationships: Vec<Relationship>,
    contracts: Vec<Contract>,
) -> Vec<ListedCustomer> {
    let mut all = BTreeMap::new();
    for delegate in delegates {
        take(&mut all, delegate, (None, Origin::Delegated, None));
    }
    let counts = |it: &Relationship| it.is_active && !it.name.as_str().starts_with(MADE_BY_MICROSOFT);
    for Relationship { customer, ends, .. } in relationships.into_iter().filter(counts) {
        if let Some(customer) = customer {
            take(&mut all, customer, (None, Origin::Delegated, ends));
        }
    }
    for Contract { customer, domain } in contracts {
        take(&mut all, customer, (domain, Origin::Contract, None));
    }
    let mut listed: Vec<ListedCustomer> = all.into_values().collect();
    listed.sort_by_cached_key(|customer| fold(customer.name.as_str()));
    listed
}

/// Takes one row in: the first name and the first domain count, and the latest end.
fn take(
    all: &mut BTreeMap<TenantId, ListedCustomer>,
    Delegate { tenant, name }: Delegate,
    (domain, origin, ends): (Option<Text>, Origin, Option<Moment>),
) {
    let known = all.entry(tenant).or_insert_with(|| ListedCustomer {
        tenant,
        name: if name.is_empty() { Text::of(format_args!("{tenant}")) } else { name },
        domain: None,
        origin,
        ends: None,
    });
    known.origin = known.origin.and(origin);
    known.domain = known.domain.take().or(domain);
    known.ends = known.ends.max(ends);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delegate(number: u32, name: &str) -> Delegate {
        let tenant = format!("00000000-0000-4000-8000-{number:012}").parse().unwrap();
        Delegate { tenant, name: Text::clean(name) }
    }

    fn relationship(customer: Option<Delegate>, name: &str, is_active: bool, ends: i64) -> Relationship {
        Relationship { customer, name: Text::clean(name), is_active, ends: Some(Moment::from_millis(ends)) }
    }

    #[test]
    fn the_lists_are_one_by_tenant_and_the_last_end_of_what_is_active_counts() {
        let bakery = || delegate(1, "Bakery");
        let listed = union(
            vec![bakery(), delegate(2, "")],
            vec![
                relationship(Some(bakery()), "Onboarding", true, 5),
                relationship(Some(bakery()), "Trial", true, 3),
                relationship(Some(bakery()), "Old", false, 9),
                relationship(Some(bakery()), "MLT_7", true, 8),
                relationship(None, "Not approved yet", true, 99),
                relationship(Some(delegate(4, "Over")), "Gone", false, 1),
            ],
            vec![
                Contract { customer: delegate(1, "Bakery of old"), domain: Some("bakery.example".into()) },
                Contract { customer: delegate(3, "acme"), domain: None },
            ],
        );
        let rows: Vec<_> = listed
            .iter()
            .map(|it| (it.name.as_str(), it.origin, it.ends.map(Moment::as_millis), it.domain.is_some()))
            .collect();
        assert_eq!(
            rows,
            [
                ("00000000-0000-4000-8000-000000000002", Origin::Delegated, None, false),
                ("acme", Origin::Contract, None, false),
                ("Bakery", Origin::Both, Some(5), true),
            ]
        );
    }
}
