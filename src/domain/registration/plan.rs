//! What is to be registered at Microsoft, once per partner: one table for the words of setup, for the checks of doctor and
//! for what a program makes. Pure.
//!
//! Two registrations. Customers accept the first one; staff sign in by the second. Both have an enterprise application in
//! the partner's own organisation, in which a few things are granted that no customer is asked for.

use uuid::{Uuid, uuid};

use super::super::{permission::Permission, text::Text};

/// Shows the name of an organisation before its administrator has accepted. Assigned in the partner's own organisation
/// only; it is not among what customers accept.
pub const NAMES_OF_OTHERS: Uuid = uuid!("cac88765-0581-4025-9725-5ebc13f729ee");

/// Whose accounts a registration takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Those of the partner's own organisation.
    OwnOnly,
    /// Those of any organisation, and no personal ones.
    AnyOrganisation,
}

impl Audience {
    /// Graph's word for it (`signInAudience`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OwnOnly => "AzureADMyOrg",
            Self::AnyOrganisation => "AzureADMultipleOrgs",
        }
    }

    /// The choice as the Entra admin center has it. UNCONFIRMED: Microsoft changes these words now and then.
    #[must_use]
    pub const fn choice(self) -> &'static str {
        match self {
            Self::OwnOnly => "Accounts in this organizational directory only (single tenant)",
            Self::AnyOrganisation => "Accounts in any organizational directory (multitenant)",
        }
    }
}

/// Whose permission it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Resource {
    /// Microsoft Graph.
    Graph,
    /// Microsoft's Partner Center.
    PartnerCenter,
}

impl Resource {
    /// Its application ID, the same in every organisation.
    #[must_use]
    pub const fn app_id(self) -> Uuid {
        match self {
            Self::Graph => uuid!("00000003-0000-0000-c000-000000000000"),
            Self::PartnerCenter => uuid!("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"),
        }
    }

    /// Its name in the Entra admin center.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Graph => "Microsoft Graph",
            Self::PartnerCenter => "Microsoft Partner Center",
        }
    }
}

/// Which kind of permission it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// The application holds it by itself (an app role; Graph's word is `Role`).
    Application,
    /// The application holds it for whoever is signed in (Graph's word is `Scope`).
    Delegated,
}

impl Kind {
    /// Graph's word for it (`resourceAccess.type`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Application => "Role",
            Self::Delegated => "Scope",
        }
    }

    /// The heading under which the Entra admin center offers it.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Application => "Application permissions",
            Self::Delegated => "Delegated permissions",
        }
    }
}

/// One permission that a registration asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Whose permission it is.
    pub resource: Resource,
    /// Which kind.
    pub kind: Kind,
    /// Its name (`User.Read`).
    pub name: Text,
    /// Its GUID; one of an application and one of a person with the same name have two.
    pub id: Uuid,
    /// What it is for.
    pub why: Text,
}

/// A role of the registration's own, which its people get.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnRole {
    /// Its name and its value, which a sign-in carries.
    pub value: &'static str,
    /// Its GUID, ours.
    pub id: Uuid,
    /// What whoever has it may do.
    pub description: &'static str,
}

/// Whoever provisions and changes records.
pub const ADMIN: OwnRole = OwnRole {
    value: "Admin",
    id: uuid!("3d2f6a58-91c4-4e07-b6da-5f0c8e7124a9"),
    description: "May do everything in Backup365",
};

/// Whoever provisions.
pub const USER: OwnRole = OwnRole {
    value: "User",
    id: uuid!("a97c05e3-4b16-48fd-8c52-e1d63f90b784"),
    description: "May provision customers and look",
};

/// A registration as it is to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Its name; that of the first one is what customers read.
    pub name: &'static str,
    /// Whose accounts it takes.
    pub audience: Audience,
    /// It has a certificate: it signs in by itself.
    pub has_certificate: bool,
    /// People sign in with it without a secret, in a browser of their computer or by a code.
    pub is_public: bool,
    /// The page that a sign-in comes back to, as a redirect address of the kind *Mobile and desktop applications*.
    pub redirect: Option<&'static str>,
    /// What everybody who accepts it is asked for.
    pub asks: Vec<Asked>,
    /// What is granted in the partner's own organisation, and nowhere else asked for.
    pub at_home: Vec<Asked>,
    /// Its own roles.
    pub roles: &'static [OwnRole],
}

impl Plan {
    /// The registration that customers accept: what they are asked for is the permission table.
    #[must_use]
    pub fn customers(table: &[Permission]) -> Self {
        let asks = table.iter().map(|row| Asked {
            resource: Resource::Graph,
            kind: Kind::Application,
            name: row.value.clone(),
            id: row.role,
            why: row.reason.clone(),
        });
        Self {
            name: "Backup365",
            audience: Audience::AnyOrganisation,
            has_certificate: true,
            is_public: false,
            redirect: None,
            asks: asks.collect(),
            at_home: vec![Asked {
                resource: Resource::Graph,
                kind: Kind::Application,
                name: "CrossTenantInformation.ReadBasic.All".into(),
                id: NAMES_OF_OTHERS,
                why: "Show the name of a customer's organisation before it has accepted".into(),
            }],
            roles: &[],
        }
    }

    /// The registration by which the partner's own staff sign in. `may_consent`: they may consent for a customer by their
    /// own right, so that it must be known in the customer's organisation for a moment; people of the partner's alone sign
    /// in with it all the same, because it is asked at the partner's own address.
    #[must_use]
    pub fn operators(may_consent: bool) -> Self {
        let mut asks: Vec<Asked> = SCOPES.iter().map(Scope::asked).collect();
        if may_consent {
            asks.extend(CONSENTING.iter().map(Scope::asked));
        }
        Self {
            name: "Backup365 operators",
            audience: if may_consent { Audience::AnyOrganisation } else { Audience::OwnOnly },
            has_certificate: false,
            is_public: true,
            redirect: Some("http://localhost"),
            asks,
            at_home: Vec::new(),
            roles: &[ADMIN, USER],
        }
    }
}

/// One line of the delegated permissions.
struct Scope {
    resource: Resource,
    name: &'static str,
    id: Uuid,
    why: &'static str,
}

impl Scope {
    fn asked(&self) -> Asked {
        let Self { resource, name, id, why } = *self;
        Asked { resource, kind: Kind::Delegated, name: name.into(), id, why: why.into() }
    }
}

/// A delegated permission of Graph.
const fn of_graph(name: &'static str, id: Uuid, why: &'static str) -> Scope {
    Scope { resource: Resource::Graph, name, id, why }
}

/// What the sign-in of staff needs, and the customers from Microsoft (reference, section 7.7.2).
const SCOPES: [Scope; 6] = [
    of_graph("openid", uuid!("37f7f235-527c-4136-accd-4a02d197296e"), "Sign your staff in"),
    of_graph("profile", uuid!("14dad69e-099b-42c9-810b-d002981feec1"), "Know who is signed in"),
    of_graph("offline_access", uuid!("7427e0e9-2fba-42fe-b0c0-848c9e6a8182"), "Keep them signed in"),
    of_graph(
        "User.Read",
        uuid!("e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
        "Read the profile of whoever signs in",
    ),
    of_graph(
        "DelegatedAdminRelationship.Read.All",
        uuid!("0c0064ea-477b-4130-82a5-4c2cc4ff68aa"),
        "List your customers by their relationships with you",
    ),
    of_graph(
        "Directory.Read.All",
        uuid!("06da0dbc-49e2-44d2-8312-53f166ab848a"),
        "List your customers by their contracts",
    ),
];

/// What consent by the partner's own right needs besides (reference, sections 7.7 and 15).
const CONSENTING: [Scope; 3] = [
    of_graph(
        "Application.ReadWrite.All",
        uuid!("bdfbf15f-ee85-4955-8675-146e8e5296b5"),
        "Make the enterprise application at a customer who agreed",
    ),
    of_graph(
        "AppRoleAssignment.ReadWrite.All",
        uuid!("84bccea3-f856-4a8a-967b-dbe0a3d53a64"),
        "Assign the permissions there",
    ),
    Scope {
        resource: Resource::PartnerCenter,
        name: "user_impersonation",
        id: uuid!("1cebfa2a-fb4d-419e-b5f9-839b4383e05a"),
        why: "Put the operators' application in there, and take it away again",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::permission;

    #[test]
    fn customers_are_asked_for_the_table_and_for_nothing_else() {
        let table = permission::with_extra(&[]).unwrap();
        let plan = Plan::customers(&table);
        assert_eq!(plan.asks.len(), table.len());
        assert!(plan.asks.iter().all(|asked| asked.kind == Kind::Application && asked.id != NAMES_OF_OTHERS));
        assert!(plan.at_home.iter().all(|asked| !plan.asks.contains(asked)));
        assert!(plan.has_certificate && !plan.is_public && plan.redirect.is_none());
        assert_eq!(plan.audience.word(), "AzureADMultipleOrgs");
    }

    #[test]
    fn staff_of_the_partner_alone_unless_they_may_consent() {
        let (plain, more) = (Plan::operators(false), Plan::operators(true));
        assert_eq!((plain.audience, more.audience), (Audience::OwnOnly, Audience::AnyOrganisation));
        assert!(more.asks.starts_with(&plain.asks) && more.asks.len() == plain.asks.len() + 3);
        assert!(
            plain
                .asks
                .iter()
                .all(|asked| asked.resource == Resource::Graph && !asked.name.as_str().contains("Write"))
        );
        for plan in [plain, more] {
            assert!(
                plan.is_public
                    && !plan.has_certificate
                    && plan.asks.iter().all(|a| a.kind == Kind::Delegated)
            );
            let ids: BTreeSet<Uuid> =
                plan.asks.iter().map(|asked| asked.id).chain(plan.roles.iter().map(|role| role.id)).collect();
            assert_eq!(ids.len(), plan.asks.len() + 2);
        }
    }
}
