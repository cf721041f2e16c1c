//! Whose organisation is it? What speaks against a tenant or a mail domain for a customer, and what a person accepts all
//! the same (product.md rule 18). Pure: the record says who else has it, Microsoft says whose a mail domain is.

use super::{
    failure::{Failure, FailureKind},
    flag::{DOMAIN_BELONGS_ELSEWHERE, Flag, SAME_ORGANISATION_AS, quoted},
    id::{CustomerId, TenantId},
    phrase::{WayOn, phrase},
    tenant::Organisation,
    tenant_input::{TenantInput, TenantInputError},
    text::{Text, possessive},
    time::Moment,
};

/// Another customer who has the same organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// Row in the store.
    pub id: CustomerId,
    /// The partner's own reference.
    pub reference: Text,
    /// The customer's name.
    pub name: Text,
    /// Whether the account is open.
    pub is_active: bool,
}

impl std::fmt::Display for Holder {
    /// "C-1001 Harbour Street Cafe".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let closed = if self.is_active { "" } else { " (closed)" };
        write!(f, "{} {}{closed}", self.reference, self.name)
    }
}

/// A mail domain of a customer that belongs to another organisation than the customer's tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DomainElsewhere {
    /// The domain, as on record.
    pub domain: Text,
    /// Whose it is; none: an organisation in another of Microsoft's clouds.
    pub owner: Option<TenantId>,
}

/// What speaks against a tenant, or against a mail domain of hosted Exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// Another customer has it.
    Shared(Holder),
    /// The customer's own mail domain is not of that organisation.
    Elsewhere(DomainElsewhere),
    /// Another customer has this mail domain, be it the whole one of which the customer has a part.
    SharedMail(Holder, Text),
}

impl Doubt {
    /// The doubt as a sentence without its full stop; `customer` is the name of the customer who is being set up.
    #[must_use]
    pub fn in_words(&self, customer: &Text) -> Text {
        match self {
            Self::Shared(other) => Text::of(format_args!("{other} has this organisation")),
            Self::SharedMail(other, domain) => Text::of(format_args!("{other} has the mail domain {domain}")),
            Self::Elsewhere(DomainElsewhere { domain, owner: Some(owner) }) => Text::of(format_args!(
                "{} domain {domain} belongs to another organisation (…{})",
                possessive(customer),
                owner.last_four()
            )),
            Self::Elsewhere(DomainElsewhere { domain, owner: None }) => Text::of(format_args!(
                "{} domain {domain} belongs to an organisation in another of Microsoft's clouds",
                possessive(customer)
            )),
        }
    }

    /// The kind of flag that accepts it.
    #[must_use]
    pub const fn flag_kind(&self) -> Flag {
        match self {
            Self::Shared(_) | Self::SharedMail(..) => SAME_ORGANISATION_AS,
            Self::Elsewhere(_) => DOMAIN_BELONGS_ELSEWHERE,
        }
    }

    /// The flag that accepts it, with its value; words with gaps stand in quotes.
    #[must_use]
    pub fn flag(&self) -> Text {
        match self {
            Self::Shared(other) | Self::SharedMail(other, _) => {
                given(SAME_ORGANISATION_AS, other.reference.as_str())
            }
            Self::Elsewhere(_) => Text::from(DOMAIN_BELONGS_ELSEWHERE.name),
        }
    }

    /// The same where several customers are given at once: the flag names both.
    #[must_use]
    pub fn flag_for(&self, customer: &Text) -> Text {
        match self {
            Self::Shared(other) | Self::SharedMail(other, _) => {
                given(SAME_ORGANISATION_AS, &format!("{customer}={}", other.reference))
            }
            Self::Elsewhere(_) => given(DOMAIN_BELONGS_ELSEWHERE, customer.as_str()),
        }
    }
}

/// A flag with its value.
fn given(flag: Flag, value: &str) -> Text {
    Text::of(format_args!("{} {}", flag.name, quoted(value)))
}

/// What a person accepts, whatever else may speak against a tenant: each party is named.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Accepts {
    /// References of the other customers.
    pub same_as: Vec<Text>,
    /// The mail domain that was shown, and whose it is.
    pub elsewhere: Option<DomainElsewhere>,
}

impl Accepts {
    /// Exactly these doubts.
    #[must_use]
    pub fn these(doubts: &[Doubt]) -> Self {
        let mut accepts = Self::default();
        for doubt in doubts {
            match doubt {
                Doubt::Shared(other) | Doubt::SharedMail(other, _) => {
                    if !names(&accepts.same_as, &other.reference) {
                        accepts.same_as.push(other.reference.clone());
                    }
                }
                Doubt::Elsewhere(found) => accepts.elsewhere = Some(found.clone()),
            }
        }
        accepts
    }

    /// Whether a doubt is among them. References are the same whatever the case of their letters.
    #[must_use]
    pub fn covers(&self, doubt: &Doubt) -> bool {
        match doubt {
            Doubt::Shared(other) | Doubt::SharedMail(other, _) => names(&self.same_as, &other.reference),
            Doubt::Elsewhere(found) => self.elsewhere.as_ref() == Some(found),
        }
    }
}

/// Whether a customer is among these references.
fn names(references: &[Text], reference: &Text) -> bool {
    references.iter().any(|named| is_same_reference(named, reference))
}

/// References are the same whatever the case of their letters, as the record has it.
#[must_use]
pub fn is_same_reference(one: &Text, other: &Text) -> bool {
    one.as_str().trim().eq_ignore_ascii_case(other.as_str().trim())
}

/// What was accepted, as on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// What.
    pub doubt: Doubt,
    /// By whom.
    pub by: Text,
    /// When.
    pub at: Moment,
}

/// Whose a mail domain is, as Microsoft says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DomainOwner {
    /// No organisation has it: the customer's mail is elsewhere.
    Nobody,
    /// This tenant.
    Tenant(TenantId),
    /// An organisation in another of Microsoft's clouds.
    OtherCloud,
}

/// What speaks against a tenant by the customer's mail domain.
#[must_use]
pub fn elsewhere(tenant: TenantId, domain: &Text, owner: &DomainOwner) -> Option<DomainElsewhere> {
    let found = |owner| Some(DomainElsewhere { domain: domain.clone(), owner });
    match owner {
        DomainOwner::Tenant(owner) if *owner != tenant => found(Some(*owner)),
        DomainOwner::OtherCloud => found(None),
        DomainOwner::Tenant(_) | DomainOwner::Nobody => None,
    }
}

/// An organisation that was looked up for a customer, and how it stands to the record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The organisation.
    pub organisation: Organisation,
    /// It is the partner's own.
    pub is_partner: bool,
    /// What speaks against it and was not accepted.
    pub doubts: Vec<Doubt>,
    /// What speaks against it and was accepted.
    pub accepted: Vec<Accepted>,
    /// Why the customer's mail domain was not compared, as a sentence; none where it was.
    pub not_compared: Option<Text>,
}

impl Finding {
    /// An organisation against which nothing speaks.
    #[must_use]
    pub const fn of(organisation: Organisation) -> Self {
        Self { organisation, is_partner: false, doubts: Vec::new(), accepted: Vec::new(), not_compared: None }
    }

    /// Why it is no answer to what was asked; none where it is one.
    #[must_use]
    pub fn misfit(&self, asked: &TenantInput) -> Option<Failure> {
        let tenant = self.organisation.tenant;
        let (what, hint) = if matches!(asked, TenantInput::Guid(id) if *id != tenant) {
            let hint = phrase!["Nothing was saved. ", WayOn::Again("ask again")];
            ("Microsoft answered for another organisation", hint)
        } else if TenantInput::parse(&tenant.to_string()) == Err(TenantInputError::PrivateAccount) {
            let hint = "Ask for the organisation's own domain or tenant ID.".into();
            ("this is a private Microsoft address, not an organisation", hint)
        } else {
            return None;
        };
        Some(Failure::new(FailureKind::Refused, what, hint))
    }
}

/// What became of a write that takes in a tenant or mail domains.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Guarded<T> {
    /// It is on record.
    Kept(T),
    /// Nothing was written: this speaks against it and was not accepted.
    Doubted(Vec<Doubt>),
}

impl<T> Guarded<T> {
    /// What is on record.
    #[must_use]
    pub fn kept(self) -> Option<T> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::Doubted(_) => None,
        }
    }
}

/// Sentences of several doubts, one after another.
#[must_use]
pub fn sentences(doubts: &[Doubt], customer: &Text) -> Text {
    let all: Vec<String> = doubts.iter().map(|doubt| format!("{}.", doubt.in_words(customer))).collect();
    Text::clean(&all.join(" "))
}

/// Flags of several doubts, one after another.
#[must_use]
pub fn flags(doubts: &[Doubt]) -> Text {
    let mut all: Vec<String> = doubts.iter().map(|doubt| doubt.flag().as_str().to_owned()).collect();
    // One flag accepts all mail domains of one other customer.
    all.dedup();
    Text::clean(&all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77";
    const OTHER: &str = "7a36af4b-c51e-44e1-87f0-d8af3157c2ca";

    fn holder(reference: &str) -> Doubt {
        Doubt::Shared(Holder {
            id: CustomerId(1),
            reference: Text::clean(reference),
            name: "Harbour Street Cafe".into(),
            is_active: true,
        })
    }

    #[test]
    fn a_domain_speaks_against_a_tenant_only_where_another_organisation_has_it() {
        let (one, other) = (ONE.parse().unwrap(), OTHER.parse().unwrap());
        let domain = Text::from("kauribuilding.example");
        let found = |owner| Some(DomainElsewhere { domain: domain.clone(), owner });
        for (owner, doubt) in [
            (DomainOwner::Nobody, None),
            (DomainOwner::Tenant(one), None),
            (DomainOwner::Tenant(other), found(Some(other))),
            (DomainOwner::OtherCloud, found(None)),
        ] {
            assert_eq!(elsewhere(one, &domain, &owner), doubt, "{owner:?}");
        }
    }

    #[test]
    fn words_name_both_parties_and_the_flag_can_be_pasted() {
        let kauri = Text::from("Kauri");
        let domain =
            Doubt::Elsewhere(DomainElsewhere { domain: "k.example".into(), owner: OTHER.parse().ok() });
        assert_eq!(
            domain.in_words(&kauri).as_str(),
            "Kauri's domain k.example belongs to another organisation (…c2ca)"
        );
        assert!(domain.in_words(&"Kauri Supplies".into()).as_str().starts_with("Kauri Supplies' domain"));
        assert_eq!(
            holder("C-1001").in_words(&kauri).as_str(),
            "C-1001 Harbour Street Cafe has this organisation"
        );
        assert_eq!(
            flags(&[domain.clone(), holder("C-1001")]).as_str(),
            "--domain-belongs-elsewhere --same-organisation-as C-1001"
        );
        assert_eq!(holder("Old 'A' 1").flag().as_str(), r"--same-organisation-as 'Old '\''A'\'' 1'");
        let new = Text::from("C 77");
        assert_eq!(holder("C-1").flag_for(&new).as_str(), "--same-organisation-as 'C 77=C-1'");
        assert_eq!(domain.flag_for(&new).as_str(), "--domain-belongs-elsewhere 'C 77'");
    }

    #[test]
    fn all_mail_domains_of_another_customer_are_accepted_by_one_flag() {
        let Doubt::Shared(other) = holder("C-1014") else { unreachable!() };
        let mail = |domain: &'static str| Doubt::SharedMail(other.clone(), domain.into());
        let two = [mail("a.example"), mail("b.example")];
        assert_eq!(
            two[0].in_words(&"Kauri".into()).as_str(),
            "C-1014 Harbour Street Cafe has the mail domain a.example"
        );
        assert_eq!(flags(&two).as_str(), "--same-organisation-as C-1014");
        assert_eq!(Accepts::these(&two).same_as, [Text::from("C-1014")]);
    }

    #[test]
    fn what_is_accepted_is_accepted_for_the_named_party_alone() {
        let accepts = Accepts { same_as: vec!["c-1001".into()], ..Accepts::default() };
        assert!(accepts.covers(&holder("C-1001")));
        assert!(!accepts.covers(&holder("C-1002")));
        let found = DomainElsewhere { domain: "k.example".into(), owner: OTHER.parse().ok() };
        let moved = DomainElsewhere { owner: ONE.parse().ok(), ..found.clone() };
        assert!(!accepts.covers(&Doubt::Elsewhere(found.clone())));
        let accepts = Accepts::these(&[Doubt::Elsewhere(found.clone())]);
        assert!(accepts.covers(&Doubt::Elsewhere(found)));
        assert!(!accepts.covers(&Doubt::Elsewhere(moved)), "the owner changed");
    }
}
