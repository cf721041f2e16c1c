//! What a partner needs before the first customer: the own organisation, a certificate, and two registrations at Microsoft.
//! How much of it is there, what a person gives for each part, and what is written into the settings. Pure.

pub mod by_hand;

use std::fmt;

use uuid::Uuid;

use super::{
    cloud::Cloud, id::TenantId, registration::plan::Plan, tenant::Check, tenant_input::TenantInput,
    text::Text, time::Moment,
};

/// A part of it, in the order in which they are needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// The partner's own organisation.
    Organisation,
    /// What proves that this program is the application: a certificate.
    Credential,
    /// The application that customers accept.
    Customers,
    /// The application by which the partner's staff sign in.
    Staff,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Organisation, Self::Credential, Self::Customers, Self::Staff];

    /// What it is called, as the beginning of a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organisation => "Your own organisation",
            Self::Credential => "Certificate",
            Self::Customers => "Application for customers",
            Self::Staff => "Application for your staff",
        }
    }
}

/// What proves that this program is the application, as it lies on this computer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// What it is and where it lies, in words.
    pub words: Text,
    /// What is uploaded at Microsoft; none for what is no certificate, or can't be read.
    pub upload: Option<Upload>,
}

/// The half of a certificate that everybody may see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// Its file; none where it is in no file of its own.
    pub file: Option<Text>,
    /// The same as PEM: no key is in it.
    pub pem: String,
    /// Whose it says it is.
    pub subject: Text,
    /// Its thumbprint (SHA-1, hexadecimal), by which the Entra admin center shows it.
    pub thumbprint: Text,
    /// Until when it is good.
    pub ends: Moment,
}

/// How much is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Groundwork {
    /// The settings file that is written.
    pub file: Text,
    /// The cloud of Microsoft's.
    pub cloud: Cloud,
    /// The partner's own organisation.
    pub tenant: Option<TenantId>,
    /// The credential.
    pub credential: Option<Held>,
    /// Application (client) ID of the one that customers accept.
    pub customers: Option<Uuid>,
    /// The same of the one by which staff sign in.
    pub staff: Option<Uuid>,
    /// The first one as it is to be.
    pub for_customers: Plan,
    /// The second one as it is to be.
    pub for_staff: Plan,
}

impl Groundwork {
    /// Whether a part is there.
    #[must_use]
    pub const fn has(&self, part: Part) -> bool {
        match part {
            Part::Organisation => self.tenant.is_some(),
            Part::Credential => self.credential.is_some(),
            Part::Customers => self.customers.is_some(),
            Part::Staff => self.staff.is_some(),
        }
    }

    /// The first part that is missing; none where all are there.
    #[must_use]
    pub fn missing(&self) -> Option<Part> {
        Part::ALL.into_iter().find(|part| !self.has(*part))
    }

    /// The part that is needed before this one, and is not there.
    #[must_use]
    pub fn needed_for(&self, part: Part) -> Option<Part> {
        let needs: &[Part] = match part {
            Part::Organisation => &[],
            Part::Credential | Part::Staff => &[Part::Organisation],
            Part::Customers => &[Part::Organisation, Part::Credential],
        };
        needs.iter().copied().find(|part| !self.has(*part))
    }

    /// How a part stands, in words; none where it is missing.
    #[must_use]
    pub fn in_words(&self, part: Part) -> Option<Text> {
        match part {
            Part::Organisation => self.tenant.map(|tenant| Text::of(format_args!("tenant ID {tenant}"))),
            Part::Credential => self.credential.as_ref().map(|held| held.words.clone()),
            Part::Customers => self.customers.map(application),
            Part::Staff => self.staff.map(application),
        }
    }

    /// The registration of a part as it is to be.
    #[must_use]
    pub const fn plan(&self, part: Part) -> Option<&Plan> {
        match part {
            Part::Customers => Some(&self.for_customers),
            Part::Staff => Some(&self.for_staff),
            Part::Organisation | Part::Credential => None,
        }
    }
}

/// An application by its ID.
fn application(id: Uuid) -> Text {
    Text::of(format_args!("application ID {}", id.hyphenated()))
}

/// What a person gives for a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Given {
    /// The own organisation, by tenant ID or domain.
    Organisation(TenantInput),
    /// The application that customers accept.
    Customers(Uuid),
    /// The application by which staff sign in.
    Staff(Uuid),
}

/// What came of proving it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proven {
    /// What was looked at.
    pub checks: Vec<Check>,
    /// What is to be written into the settings; nothing where it can't be.
    pub entries: Vec<Entry>,
}

/// A line of the settings file. Nothing secret ever stands in one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its table.
    pub table: &'static str,
    /// Its key in that.
    pub key: &'static str,
    /// Its value, a text.
    pub value: Text,
}

impl Entry {
    /// A line.
    #[must_use]
    pub fn new(table: &'static str, key: &'static str, value: impl fmt::Display) -> Self {
        Self { table, key, value: Text::of(format_args!("{value}")) }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} = \"{}\"", self.table, self.key, self.value)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::permission;

    /// Of which nothing is there.
    pub(crate) fn bare() -> Groundwork {
        Groundwork {
            file: "/home/kim/.config/backup365/settings.toml".into(),
            cloud: Cloud::Global,
            tenant: None,
            credential: None,
            customers: None,
            staff: None,
            for_customers: Plan::customers(&permission::PermissionSet::usual().unwrap().rows),
            for_staff: Plan::operators(false),
        }
    }

    /// A certificate that was made here.
    pub(crate) fn held() -> Held {
        Held {
            words: "a certificate, good until 30 Nov 2028".into(),
            upload: Some(Upload {
                file: Some("/home/kim/.config/backup365/certificate.cer".into()),
                pem: "-----BEGIN CERTIFICATE-----".into(),
                subject: "CN=Backup365".into(),
                thumbprint: "A1B2".into(),
                ends: Moment::parse("2028-11-30T00:00:00Z").unwrap(),
            }),
        }
    }

    #[test]
    fn the_first_part_that_is_missing_comes_next_and_none_before_what_it_needs() {
        let mut ground = bare();
        assert_eq!(ground.missing(), Some(Part::Organisation));
        assert_eq!(ground.needed_for(Part::Customers), Some(Part::Organisation));
        ground.tenant = Some("2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684".parse().unwrap());
        assert_eq!(ground.missing(), Some(Part::Credential));
        assert_eq!(ground.needed_for(Part::Customers), Some(Part::Credential));
        assert_eq!(ground.needed_for(Part::Staff), None);
        ground.credential = Some(held());
        (ground.customers, ground.staff) = (Some(Uuid::max()), Some(Uuid::max()));
        assert_eq!(ground.missing(), None);
        assert!(Part::ALL.into_iter().all(|part| ground.in_words(part).is_some()));
    }

    #[test]
    fn an_entry_is_a_line_of_the_file() {
        assert_eq!(
            Entry::new("app", "client_id", Uuid::nil()).to_string(),
            "app.client_id = \"00000000-0000-0000-0000-000000000000\""
        );
    }
}
