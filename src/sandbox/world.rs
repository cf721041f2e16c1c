//! A world: the invented partner, its customers, and their tenants, read from a file of `assets/sandbox`.
//!
//! Read once at start. A world is checked whole before anything listens: ids parse, names are known, faults exist.

use std::{collections::HashSet, path::Path, sync::Arc};

use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::{
    cloud::{self, Cloud},
    exchange,
    fault::Faults,
    licence, role,
};
use crate::outside;

/// Largest world, bytes: a hundred times the largest that is built in.
const MAX_BYTES: u64 = 64 << 20;

/// Worlds that are built in: name and text.
const BUILT_IN: &[(&str, &str)] = &[
    ("standard", include_str!("../../assets/sandbox/standard.toml")),
    ("large", include_str!("../../assets/sandbox/large.toml")),
];

/// A whole world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    /// The partner and its application.
    pub(super) partner: PartnerApp,
    /// Tenants, in the file's order.
    #[serde(default, rename = "tenant", deserialize_with = "shared")]
    pub(super) tenants: Vec<Arc<Tenant>>,
    /// The partner's customer list.
    #[serde(default, rename = "customer")]
    pub(super) customers: Vec<Customer>,
    /// Exchange servers of hosters.
    #[serde(default)]
    pub(super) exchange: Vec<exchange::Server>,
    /// Hosts that nobody answers for.
    #[serde(default)]
    pub(super) dead: Vec<String>,
    /// The cloud that the sandbox plays.
    #[serde(skip, default = "cloud::global")]
    pub(super) home: &'static Cloud,
}

/// The partner's own tenant and its multi-tenant application.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartnerApp {
    /// Tenant id.
    pub(super) tenant: String,
    /// Organisation name.
    pub(super) name: String,
    /// Default domain.
    pub(super) domain: String,
    /// Application (client) id.
    pub(super) client_id: String,
    /// Its secret: invented, worth nothing outside the sandbox.
    pub(super) secret: String,
    /// Name on the consent page.
    pub(super) app_name: String,
    /// Application (client) id of the registration that operators sign in with.
    #[serde(default = "operators")]
    pub(super) operators: String,
    /// PEM certificates that may sign client assertions.
    #[serde(default)]
    pub(super) certificates: Vec<String>,
    /// Registered redirect addresses.
    #[serde(default)]
    pub(super) redirects: Vec<String>,
    /// Application roles that the registration asks every customer for.
    pub(super) permissions: Vec<String>,
    /// Roles granted in the partner's own tenant.
    #[serde(default)]
    pub(super) own_permissions: Vec<String>,
}

/// How this tenant's administrator behaves when the sandbox plays them.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Behaviour {
    /// Signs in and accepts.
    #[default]
    Accepts,
    /// Signs in as a person who may not consent the first time; another one, who may, accepts afterwards.
    NotAdminOnce,
    /// Presses Cancel the first time, accepts afterwards.
    CancelsOnce,
    /// Signs in with another organisation's account the first time, with the right one afterwards.
    ForeignOnce,
    /// Uses an old link that names no organisation, so that the grant lands in their other tenant; every time.
    WrongTenant,
    /// As `WrongTenant`, but only the first time.
    WrongTenantOnce,
}

/// What makes an organisation the partner's customer, by Microsoft.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Partnership {
    /// A delegated relationship, and a reseller's contract.
    #[default]
    Both,
    /// A delegated relationship alone.
    Delegated,
    /// A reseller's contract alone.
    Contract,
    /// Nothing.
    None,
}

/// One Microsoft 365 directory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tenant {
    /// Tenant id, lower case.
    pub(super) id: String,
    /// Organisation name.
    pub(super) name: String,
    /// Default domain.
    pub(super) domain: String,
    /// Name under `onmicrosoft.com`.
    pub(super) initial: String,
    /// `tenant_region_scope`.
    #[serde(default = "oceania")]
    pub(super) region: String,
    /// `tenant_region_sub_scope`, governments only.
    #[serde(default)]
    pub(super) sub_region: Option<String>,
    /// `cloud_instance_name`; none: the cloud that the sandbox plays.
    #[serde(default)]
    pub(super) cloud: Option<String>,
    /// `countryLetterCode`.
    #[serde(default = "australia")]
    pub(super) country: String,
    /// Troubles of this tenant.
    #[serde(default)]
    pub(super) faults: Vec<String>,
    /// Number that the token endpoint answers with before consent: 700016 or 7000229.
    #[serde(default = "app_unknown")]
    pub(super) before_consent: u32,
    /// Whether consent was given before the world began.
    #[serde(default)]
    pub(super) granted: bool,
    /// What its administrator does.
    #[serde(default)]
    pub(super) customer: Behaviour,
    /// Account that `customer` signs in with when it should not.
    #[serde(default)]
    pub(super) other_account: Option<String>,
    /// Licences that its users have, in turn.
    #[serde(default = "business")]
    pub(super) skus: Vec<String>,
    /// Seats bought of each licence, beyond those used.
    #[serde(default)]
    pub(super) spare: u32,
    /// What makes it the partner's customer.
    #[serde(default)]
    pub(super) partnership: Partnership,
    /// Computed users.
    #[serde(default)]
    pub(super) crowd: Crowd,
    /// Users by name.
    #[serde(default, rename = "person")]
    pub(super) people: Vec<Listed>,
    /// Accounts that can sign in on the consent pages.
    #[serde(default, rename = "account")]
    pub(super) accounts: Vec<Account>,
}

/// How many computed users of each kind.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Crowd {
    /// User mailboxes.
    pub(super) users: u32,
    /// Shared mailboxes.
    pub(super) shared: u32,
    /// Rooms.
    pub(super) rooms: u32,
    /// Equipment.
    pub(super) equipment: u32,
    /// Guests.
    pub(super) guests: u32,
    /// Users with a mailbox whose sign-in is off.
    pub(super) disabled: u32,
    /// Users whose licence brings no mailbox.
    pub(super) unlicensed: u32,
    /// User mailboxes made per day, from the world's beginning on.
    pub(super) new_per_day: u32,
    /// So many of the shared mailboxes, rooms and things, the first of each, have a licence: they are large, on hold, or
    /// were a leaver's.
    pub(super) licensed: u32,
}

/// What kind of directory object a user is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A person with a mailbox.
    #[default]
    User,
    /// A shared mailbox.
    Shared,
    /// A room.
    Room,
    /// A thing that can be booked.
    Equipment,
    /// Somebody of another organisation.
    Guest,
    /// A person with a mailbox whose sign-in is off.
    Disabled,
    /// A person without a mailbox.
    Unlicensed,
    /// A person with a licence whose mailbox is still on the customer's own server.
    OnPremises,
}

/// A user that the file names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// Display name.
    pub(super) name: String,
    /// What stands before the @; for a guest the whole outside address.
    pub(super) address: String,
    /// Kind.
    #[serde(default)]
    pub(super) kind: Kind,
    /// Licence, if not the tenant's first.
    #[serde(default)]
    pub(super) sku: Option<String>,
    /// Department.
    #[serde(default)]
    pub(super) department: Option<String>,
    /// Hours after the world's beginning at which the user is made; negative: before it.
    #[serde(default = "a_year_before")]
    pub(super) created_hours: i64,
    /// Hours after the world's beginning at which the user is deleted.
    #[serde(default)]
    pub(super) leaves_hours: Option<i64>,
}

/// Somebody who can sign in on the consent pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// Sign-in name.
    pub(super) address: String,
    /// Display name.
    pub(super) name: String,
    /// Directory role.
    pub(super) role: Rank,
    /// Password: invented, shown on the page.
    #[serde(default = "password")]
    pub(super) password: String,
    /// Roles of the operators' registration that are assigned to them.
    #[serde(default)]
    pub(super) app_roles: Vec<String>,
}

/// Directory role of an account.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rank {
    /// Global Administrator: may consent.
    Global,
    /// Privileged Role Administrator: may consent.
    PrivilegedRole,
    /// Exchange Administrator: may not consent to Graph's application roles.
    Exchange,
    /// No role.
    User,
}

impl Rank {
    /// Whether the role suffices to consent to Microsoft Graph's application permissions.
    pub(super) fn may_consent(self) -> bool {
        matches!(self, Self::Global | Self::PrivilegedRole)
    }
}

/// One row of the partner's customer list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    /// The partner's own reference.
    pub(super) reference: String,
    /// Name.
    pub(super) name: String,
    /// Main domain.
    #[serde(default)]
    pub(super) domain: Option<String>,
    /// Closed customers are not active.
    #[serde(default = "yes")]
    pub(super) active: bool,
    /// `office365`, `mpexchange`, `business365`.
    #[serde(default)]
    pub(super) products: Vec<String>,
    /// Tenant id on record.
    #[serde(default)]
    pub(super) tenant: Option<String>,
    /// Provisioned through Manage Protect.
    #[serde(default)]
    pub(super) managed: bool,
    /// IANA time zone.
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    /// Seats bought, if there is a limit.
    #[serde(default)]
    pub(super) seats: Option<u32>,
    /// What the customer says when they are asked for the details of their mail server.
    #[serde(default)]
    pub(super) tells: Option<super::Details>,
    /// For readers of the file: what this customer shows.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers of the file and for the tests"))]
    pub(super) shows: Option<String>,
}

/// Reads tenants, each to be held by whoever works with it.
fn shared<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<Arc<Tenant>>, D::Error> {
    Ok(Vec::<Tenant>::deserialize(from)?.into_iter().map(Arc::new).collect())
}

/// Default region.
fn oceania() -> String {
    "OC".to_owned()
}
/// Default country.
fn australia() -> String {
    "AU".to_owned()
}
/// Default answer before consent.
fn app_unknown() -> u32 {
    700_016
}
/// Default licence.
fn business() -> Vec<String> {
    vec!["O365_BUSINESS_PREMIUM".to_owned()]
}
/// Default age of a named user.
fn a_year_before() -> i64 {
    -24 * 365
}
/// Default id of the operators' registration.
fn operators() -> String {
    "5e0c9d27-8b14-4f6a-a3d1-72c6f0b94e18".to_owned()
}
/// Default password.
fn password() -> String {
    "sandbox".to_owned()
}
/// Default of `active`.
fn yes() -> bool {
    true
}

impl World {
    /// A built-in world by name, or a file by path.
    ///
    /// # Errors
    /// A sentence: no such world, or what is wrong with it.
    pub(super) fn load(name: &str) -> Result<Self, String> {
        let text = match BUILT_IN.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => (*text).to_owned(),
            None => outside::file::text(Path::new(name), MAX_BYTES).map_err(|why| {
                let known: Vec<_> = BUILT_IN.iter().map(|(known, _)| *known).collect();
                format!(
                    "there is no world \"{name}\": no file of that name ({why}); built in are {}",
                    known.join(", ")
                )
            })?,
        };
        let mut world: Self =
            toml::from_str(&text).map_err(|why| format!("the world \"{name}\" can't be read: {why}"))?;
        world.check().map_err(|why| format!("the world \"{name}\" is wrong: {why}"))?;
        let own = world.partner.directory();
        world.tenants.push(Arc::new(own));
        Ok(world)
    }

    /// Whether a tenant is the partner's own: the application lives there, and a token comes before any consent.
    pub(super) fn is_own(&self, tenant: &Tenant) -> bool {
        tenant.id == self.partner.tenant
    }

    /// The cloud that a tenant lives in, where nothing of it is switched; of others than the sandbox's own only the discovery
    /// is there.
    pub(super) fn cloud_of(&self, tenant: &Tenant) -> &'static Cloud {
        let Some(instance) = tenant.cloud.as_deref() else { return self.home };
        let mut of_name = cloud::CLOUDS.iter().filter(|cloud| cloud.instance == instance);
        let by_scope = of_name.clone().find(|cloud| cloud.sub_region == tenant.sub_region.as_deref());
        by_scope.or_else(|| of_name.next()).unwrap_or(self.home)
    }

    /// Everything that the types can't say.
    fn check(&self) -> Result<(), String> {
        let mut seen = HashSet::new();
        let own = std::iter::once((&self.partner.tenant, &self.partner.domain, &self.partner.domain));
        for (id, domain, initial) in
            own.chain(self.tenants.iter().map(|it| (&it.id, &it.domain, &it.initial)))
        {
            let parsed = Uuid::parse_str(id).map_err(|_why| format!("\"{id}\" is no tenant id"))?;
            if parsed.to_string() != *id {
                return Err(format!("the tenant id {id} must be in lower case with hyphens"));
            }
            for name in HashSet::from([id, domain, initial]) {
                if !seen.insert(name.to_lowercase()) {
                    return Err(format!("{name} is there twice"));
                }
            }
        }
        for value in self.partner.permissions.iter().chain(&self.partner.own_permissions) {
            role::role(value).ok_or_else(|| format!("there is no role \"{value}\""))?;
        }
        for tenant in &self.tenants {
            Faults::parse(&tenant.faults).map_err(|why| format!("{}: {why}", tenant.name))?;
            let named = tenant.people.iter().filter_map(|person| person.sku.as_ref());
            for part in tenant.skus.iter().chain(named) {
                licence::sku(part)
                    .ok_or_else(|| format!("{}: there is no licence \"{part}\"", tenant.name))?;
            }
            if tenant.skus.is_empty() {
                return Err(format!("{}: at least one licence is needed", tenant.name));
            }
        }
        Ok(())
    }

    /// A tenant by id, default domain or initial domain, in any case.
    pub(super) fn tenant(&self, name: &str) -> Option<&Arc<Tenant>> {
        self.tenants
            .iter()
            .find(|it| [&it.id, &it.domain, &it.initial].iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// An account and its home tenant.
    pub(super) fn account(&self, address: &str) -> Option<(&Arc<Tenant>, &Account)> {
        self.tenants.iter().find_map(|tenant| {
            let account = tenant.accounts.iter().find(|it| it.address.eq_ignore_ascii_case(address))?;
            Some((tenant, account))
        })
    }
}

impl PartnerApp {
    /// The partner's own directory: a few people, one of whom may consent. Partners set themselves up first.
    fn directory(&self) -> Tenant {
        Tenant {
            id: self.tenant.clone(),
            name: self.name.clone(),
            domain: self.domain.clone(),
            initial: self.domain.clone(),
            region: oceania(),
            sub_region: None,
            cloud: None,
            country: australia(),
            faults: Vec::new(),
            before_consent: app_unknown(),
            granted: false,
            customer: Behaviour::Accepts,
            other_account: None,
            skus: business(),
            spare: 0,
            partnership: Partnership::None,
            crowd: Crowd { users: 6, ..Crowd::default() },
            people: Vec::new(),
            accounts: self.people(),
        }
    }

    /// Who may consent, and the operators: one of each kind of account, and one who was given no role.
    fn people(&self) -> Vec<Account> {
        let person = |local: &str, name: &str, role, app_roles: &[&str]| Account {
            address: format!("{local}@{}", self.domain),
            name: name.to_owned(),
            role,
            password: password(),
            app_roles: app_roles.iter().map(|it| (*it).to_owned()).collect(),
        };
        vec![
            person("admin", "Robin Hale", Rank::Global, &[]),
            person("mara.quill", "Mara Quill", Rank::User, &["Admin"]),
            person("theo.banks", "Theo Banks", Rank::User, &["User"]),
            person("ines.roth", "Ines Roth", Rank::User, &[]),
        ]
    }
}

impl Crowd {
    /// Computed users that are there from the beginning.
    pub(super) fn size(&self) -> u32 {
        [self.users, self.shared, self.rooms, self.equipment, self.guests, self.disabled, self.unlicensed]
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_worlds_are_sound() {
        for (name, _) in BUILT_IN {
            World::load(name).unwrap_or_else(|why| panic!("{why}"));
        }
    }

    #[test]
    fn every_tenant_on_record_exists_or_is_meant_to_be_unknown() {
        let world = World::load("standard").unwrap();
        for customer in &world.customers {
            if let Some(tenant) = &customer.tenant {
                assert!(
                    world.tenant(tenant).is_some() || customer.shows.as_deref() == Some("tenant unknown"),
                    "{}",
                    customer.name
                );
            }
            if let Some(zone) = &customer.time_zone {
                assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
            }
        }
    }

    #[test]
    fn accounts_that_are_to_be_played_exist() {
        let world = World::load("standard").unwrap();
        for tenant in &world.tenants {
            if let Some(other) = &tenant.other_account {
                assert!(world.account(other).is_some(), "{other}");
            }
        }
    }

    #[test]
    fn an_unknown_world_names_the_known_ones() {
        assert!(World::load("standrad").unwrap_err().contains("built in are standard, large"));
    }
}
