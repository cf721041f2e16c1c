//! The partner's customers as Microsoft lists them: delegated ones with their relationships, and resellers' contracts,
//! brought together by tenant ID (reference, section 8). Pure.

mod merge;

use std::{collections::BTreeMap, time::Duration};

pub use merge::{Did, Known, Place, Taken, new_customer};

use super::{
    bill::grouped, credential::AHEAD, failure::Failure, filter::fold, id::TenantId, sydney::day_in_words,
    text::Text, time::Moment,
};

/// A day.
const DAY: Duration = Duration::from_hours(24);

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

/// How Microsoft lists an organisation, as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partnership {
    /// The organisation.
    pub tenant: TenantId,
    /// Its name, by Microsoft.
    pub name: Text,
    /// Where it stands, or stood last.
    pub origin: Origin,
    /// When the last of its active relationships ends.
    pub ends: Option<Moment>,
    /// Since when it stands in no list any more.
    pub gone: Option<Moment>,
}

impl Partnership {
    /// What an operator should know of it now, a sentence without its full stop; none: nothing.
    #[must_use]
    pub fn warning(&self, now: Moment) -> Option<Text> {
        if let Some(gone) = self.gone {
            return Some(Text::of(format_args!(
                "no longer listed by Microsoft since {}",
                day_in_words(gone)
            )));
        }
        let ends = self.ends?;
        if ends <= now {
            return Some(Text::of(format_args!(
                "its delegated relationship ended on {}",
                day_in_words(ends)
            )));
        }
        let left = ends.since(now);
        (left <= AHEAD).then(|| {
            let days = left.as_secs() / DAY.as_secs();
            let when = match days {
                0 => "in less than a day".to_owned(),
                1 => "in a day".to_owned(),
                days => format!("in {days} days"),
            };
            Text::of(format_args!("its delegated relationship ends on {}, {when}", day_in_words(ends)))
        })
    }

    /// How it stands, where there is nothing to warn of.
    #[must_use]
    pub fn in_words(&self, now: Moment) -> Text {
        if let Some(warning) = self.warning(now) {
            return warning;
        }
        let origin = match self.origin {
            Origin::Delegated => "listed as a delegated customer",
            Origin::Contract => "listed with a reseller's contract",
            Origin::Both => "listed as a delegated customer, with a reseller's contract",
        };
        let ends = self.ends.map(|ends| format!("; the relationship ends on {}", day_in_words(ends)));
        Text::of(format_args!("{origin}{}", ends.unwrap_or_default()))
    }
}

/// One licence that an organisation has bought, by its public name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Licence {
    /// The name; Microsoft's short one where the table does not know it.
    pub name: Text,
    /// How many.
    pub bought: u32,
    /// It brings a mailbox, so that Office 365 can be backed up.
    pub has_mailbox: bool,
}

/// What came of bringing the partner's customers in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// What became of each customer that is listed, by name.
    pub taken: Vec<Taken>,
    /// Customers on record that are no longer listed: reference, name, and since when.
    pub gone: Vec<(Text, Text, Moment)>,
    /// Why one of the lists could not be read.
    pub missing: Option<Failure>,
    /// As of when.
    pub at: Moment,
}

impl Imported {
    /// How many it became of, in words without a full stop.
    #[must_use]
    pub fn sums(&self) -> Text {
        let words = |count: usize| grouped(u32::try_from(count).unwrap_or(u32::MAX));
        let count = |is: fn(&Did) -> bool| words(self.taken.iter().filter(|taken| is(&taken.did)).count());
        Text::of(format_args!(
            "{} added, {} on record already, {} left out, {} no longer listed",
            count(|did| *did == Did::Added),
            count(|did| *did == Did::Known),
            count(|did| matches!(did, Did::Left(_))),
            words(self.gone.len())
        ))
    }
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

    #[test]
    fn an_end_is_told_thirty_days_before() {
        let day = |day: i64| Moment::from_millis(1_795_424_400_000 + day * 24 * 3_600_000);
        let listed = |ends, gone| Partnership {
            tenant: delegate(1, "").tenant,
            name: "Bakery".into(),
            origin: Origin::Both,
            ends,
            gone,
        };
        let said = |ends, gone| listed(Some(day(ends)), gone).warning(day(0)).map(|words| words.to_string());
        assert_eq!(said(31, None), None);
        assert!(said(30, None).unwrap().ends_with("in 30 days"));
        assert!(said(1, None).unwrap().ends_with("in a day"));
        assert!(said(0, None).unwrap().starts_with("its delegated relationship ended on"));
        assert!(said(400, Some(day(-3))).unwrap().starts_with("no longer listed by Microsoft since"));
        assert_eq!(listed(None, None).warning(day(0)), None);
    }

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
