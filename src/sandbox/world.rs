//! A world: the invented partner, its customers, and their tenants, read from a file of `assets/sandbox`.
//!
//! Read once at start. A world is checked whole before anything listens: ids parse, names are known, faults exist.

mod tenant;

use std::{collections::HashSet, path::Path, sync::Arc};

use serde::{Deserialize, Deserializer};
use uuid::Uuid;

pub(super) use self::tenant::{Account, Behaviour, Crowd, Kind, Listed, Partnership, Rank, Tenant};
use self::tenant::{app_unknown, australia, business, oceania, password};
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

/// Default id of the operators' registration.
fn operators() -> String {
    "5e0c9d27-8b14-4f6a-a3d1-72c6f0b94e18".to_owned()
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
