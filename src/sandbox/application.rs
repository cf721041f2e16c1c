//! Confidential applications as tokens and consent see them: the world's own, and those that were registered through Graph.
//!
//! The world's own has its grants in events of the journal. One that was registered has an enterprise application in each
//! tenant that consented, and one assignment for each role: the objects that Graph shows there.

use std::{io, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    answer::{fresh, instant},
    graph::{self, Assignment},
    journal::{Event, Grant, State},
    platform::{Platform, object_id},
    role::{GRAPH, Role, known_roles},
    world::{PartnerApp, Tenant},
};

/// The set of applications of a tenant in the journal.
pub(super) const APPLICATIONS: &str = "applications";
/// The same for service principals that were made here.
pub(super) const PRINCIPALS: &str = "servicePrincipals";
/// The same for roles that were assigned to them.
pub(super) const ASSIGNMENTS: &str = "appRoleAssignments";
/// The same for what secrets come to: Graph never tells one again.
pub(super) const SECRETS: &str = "secrets";

/// One application.
#[derive(Clone, Debug)]
pub(super) struct Application {
    /// Application (client) id.
    pub(super) client_id: String,
    /// Its name.
    pub(super) app_name: String,
    /// Tenant in which it is registered.
    pub(super) tenant: String,
    /// Name of that organisation.
    pub(super) name: String,
    /// Its domain.
    pub(super) domain: String,
    /// Whether other tenants may consent to it.
    pub(super) is_multi_tenant: bool,
    /// Registered redirect addresses.
    pub(super) redirects: Vec<String>,
    /// Application roles of Graph that it asks every customer for.
    pub(super) permissions: Vec<String>,
    /// Certificates that may sign client assertions, DER.
    pub(super) certificates: Vec<Vec<u8>>,
    /// What its secrets come to ([`hash`]).
    secrets: Vec<String>,
    /// It came with the world.
    is_seeded: bool,
}

impl From<&PartnerApp> for Application {
    fn from(partner: &PartnerApp) -> Self {
        let der = |pem: &String| Some(x509_parser::pem::parse_x509_pem(pem.as_bytes()).ok()?.1.contents);
        Self {
            client_id: partner.client_id.clone(),
            app_name: partner.app_name.clone(),
            tenant: partner.tenant.clone(),
            name: partner.name.clone(),
            domain: partner.domain.clone(),
            is_multi_tenant: true,
            redirects: partner.redirects.clone(),
            permissions: partner.permissions.clone(),
            certificates: partner.certificates.iter().filter_map(der).collect(),
            secrets: vec![hash(&partner.secret)],
            is_seeded: true,
        }
    }
}

impl Application {
    /// One that was registered in a tenant, with what its secrets come to.
    fn registered(home: &Tenant, row: &Value, secrets: Vec<String>) -> Self {
        let rows = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let is_role = |access: &Value| of(access, "type") == "Role";
        let asked = rows(row.get("requiredResourceAccess"))
            .into_iter()
            .filter(|resource| of(resource, "resourceAppId").eq_ignore_ascii_case(GRAPH))
            .flat_map(|resource| rows(resource.get("resourceAccess")))
            .filter(is_role)
            .filter_map(|access| by_id(of(&access, "id")));
        let keys = rows(row.get("keyCredentials"));
        Self {
            client_id: of(row, "appId").to_owned(),
            app_name: of(row, "displayName").to_owned(),
            tenant: home.id.clone(),
            name: home.name.clone(),
            domain: home.domain.clone(),
            is_multi_tenant: of(row, "signInAudience") != "AzureADMyOrg",
            redirects: redirects(row, "web"),
            permissions: asked.map(|role| role.value.to_owned()).collect(),
            certificates: keys.iter().filter_map(|key| STANDARD.decode(of(key, "key")).ok()).collect(),
            secrets,
            is_seeded: false,
        }
    }

    /// Whether it may be used in a tenant.
    pub(super) fn may_be_in(&self, tenant: &Tenant) -> bool {
        self.is_multi_tenant || self.tenant == tenant.id
    }

    /// Whether a secret is one of its own.
    pub(super) fn knows(&self, secret: &str) -> bool {
        self.secrets.contains(&hash(secret))
    }

    /// Id of its enterprise application in a tenant, where that is there.
    pub(super) fn principal(&self, platform: &Platform, tenant: &Tenant) -> io::Result<Option<String>> {
        if self.is_seeded {
            return Ok(Some(object_id(&tenant.id, "service principal")));
        }
        let found = platform.with_state(|state| principal_in(state, tenant, &self.client_id))?;
        Ok(found.map(|row| of(&row, "id").to_owned()))
    }

    /// What a tenant granted it; none: it has no enterprise application there.
    pub(super) fn grant(&self, platform: &Platform, tenant: &Tenant) -> io::Result<Option<Grant>> {
        if self.is_seeded {
            return platform.grant(tenant);
        }
        platform.with_state(|state| {
            let principal = principal_in(state, tenant, &self.client_id)?;
            let principal = of(&principal, "id");
            let rows = objects_of(state, tenant, ASSIGNMENTS).iter();
            let mine = rows.filter(|row| of(row, "principalId") == principal);
            let (mut at, mut roles) = (0, Vec::new());
            for (row, role) in mine.filter_map(|row| Some((row, by_id(of(row, "appRoleId"))?))) {
                let made = of(row, "createdDateTime").parse::<Timestamp>();
                at = made.map_or(at, |made| at.max(made.as_millisecond()));
                roles.push(role.value.to_owned());
            }
            Some(Grant { at, roles })
        })
    }

    /// Notes that a tenant's administrator accepted these roles.
    ///
    /// # Errors
    /// The journal can't be read or written.
    pub(super) fn accept(&self, platform: &Platform, tenant: &Tenant, roles: &[String]) -> io::Result<()> {
        let (tenant_id, at) = (tenant.id.clone(), platform.now());
        if self.is_seeded {
            return platform.record(Event::Granted { tenant: tenant_id, at, roles: roles.to_vec() });
        }
        let there = platform.with_state(|state| principal_in(state, tenant, &self.client_id))?;
        let principal = match there {
            Some(row) => row,
            None => self.instate(platform, tenant, false)?,
        };
        let known = self.grant(platform, tenant)?.map(|grant| grant.roles).unwrap_or_default();
        for role in known_roles().filter(|role| roles.iter().any(|it| it == role.value)) {
            if known.iter().any(|it| it == role.value) {
                continue;
            }
            let principal = Assignment::of_principal(&principal);
            let object =
                graph::assignment(&tenant.id, principal, graph::of_graph(&tenant.id, role), &instant(at));
            platform.record(Event::Put { set: set(tenant, ASSIGNMENTS), object })?;
        }
        Ok(())
    }

    /// Makes its enterprise application in a tenant; whether nobody signs in there who was assigned nothing.
    ///
    /// # Errors
    /// The journal can't be read or written.
    pub(super) fn instate(
        &self,
        platform: &Platform,
        tenant: &Tenant,
        is_role_needed: bool,
    ) -> io::Result<Value> {
        let row = registered(platform, &self.client_id)?.map(|(_, row)| row).unwrap_or_default();
        let object = json!({
            "id": fresh(), "deletedDateTime": null, "appId": self.client_id, "displayName": self.app_name,
            "appDisplayName": self.app_name, "accountEnabled": true, "appOwnerOrganizationId": self.tenant,
            "servicePrincipalType": "Application", "appRoles": row.get("appRoles").cloned().unwrap_or(json!([])),
            "appRoleAssignmentRequired": is_role_needed, "signInAudience": row.get("signInAudience"),
        });
        platform.made(of(&object, "id"));
        platform.record(Event::Put { set: set(tenant, PRINCIPALS), object: object.clone() })?;
        Ok(object)
    }
}

impl Platform {
    /// The application of an id: the world's own, or one that was registered and has spread.
    ///
    /// # Errors
    /// The journal can't be read.
    pub(super) fn application(&self, client: &str) -> io::Result<Option<Application>> {
        let seeded = client.eq_ignore_ascii_case(&self.world.partner.client_id);
        let seeded = seeded.then(|| Application::from(&self.world.partner));
        if seeded.is_some() && self.faults(None).unregistered {
            return Ok(None);
        }
        let Some((home, row)) = registered(self, client)? else { return Ok(seeded) };
        let secrets = self.with_state(|state| {
            let rows = objects_of(state, &home, SECRETS).iter();
            let mine = rows.filter(|it| of(it, "appId") == of(&row, "appId"));
            mine.map(|it| of(it, "hash").to_owned()).collect()
        })?;
        let mut found = Application::registered(&home, &row, secrets);
        // The world's own, changed through Graph.
        if let Some(seeded) = seeded {
            found.secrets.extend(seeded.secrets);
            found.certificates.extend(seeded.certificates);
            found.is_seeded = true;
        }
        Ok(Some(found))
    }
}

/// An application that was registered and has spread, with the tenant in which it is.
///
/// # Errors
/// The journal can't be read.
pub(super) fn registered(platform: &Platform, client: &str) -> io::Result<Option<(Arc<Tenant>, Value)>> {
    let found = platform.with_state(|state| {
        platform.world.tenants.iter().find_map(|tenant| {
            let mut rows = objects_of(state, tenant, APPLICATIONS).iter();
            let row = rows.find(|row| of(row, "appId").eq_ignore_ascii_case(client))?;
            Some((Arc::clone(tenant), row.clone()))
        })
    })?;
    Ok(found.filter(|(home, row)| platform.has_spread(home, of(row, "id"))))
}

/// Redirect addresses of one kind (`web`, `publicClient`).
pub(super) fn redirects(row: &Value, kind: &str) -> Vec<String> {
    let list = row.get(kind).and_then(|it| it.get("redirectUris")).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Values of the roles of a registered application that are assigned to a person in its own tenant; none where it takes
/// nobody without one, and this person has none.
///
/// # Errors
/// The journal can't be read.
pub(super) fn roles_of(platform: &Platform, client: &str, person: &str) -> io::Result<Option<Vec<String>>> {
    let Some((home, _)) = registered(platform, client)? else { return Ok(Some(Vec::new())) };
    platform.with_state(|state| {
        let Some(principal) = principal_in(state, &home, client) else { return Some(Vec::new()) };
        let roles = principal.get("appRoles").and_then(Value::as_array).cloned().unwrap_or_default();
        let mine = objects_of(state, &home, ASSIGNMENTS)
            .iter()
            .filter(|row| of(row, "principalId") == person && of(row, "resourceId") == of(&principal, "id"));
        let value = |row: &Value| roles.iter().find(|role| of(role, "id") == of(row, "appRoleId"));
        let found: Vec<String> = mine.filter_map(|row| Some(of(value(row)?, "value").to_owned())).collect();
        let is_needed = principal.get("appRoleAssignmentRequired") == Some(&json!(true));
        Some(found).filter(|found| !is_needed || !found.is_empty())
    })
}

/// What a secret comes to.
pub(super) fn hash(secret: &str) -> String {
    STANDARD.encode(Sha256::digest(secret))
}

/// Name of a set of a tenant.
pub(super) fn set(tenant: &Tenant, set: &str) -> String {
    format!("{} {set}", tenant.id)
}

/// The text of a member.
pub(super) fn of<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A set of a tenant.
fn objects_of<'a>(state: &'a State, tenant: &Tenant, name: &str) -> &'a [Value] {
    state.objects.get(&set(tenant, name)).map(Vec::as_slice).unwrap_or_default()
}

/// The enterprise application of a registered one in a tenant.
fn principal_in(state: &State, tenant: &Tenant, client: &str) -> Option<Value> {
    let mut rows = objects_of(state, tenant, PRINCIPALS).iter();
    rows.find(|row| of(row, "appId").eq_ignore_ascii_case(client)).cloned()
}

/// A role of Graph by its id.
fn by_id(id: &str) -> Option<&'static Role> {
    known_roles().find(|role| role.id.eq_ignore_ascii_case(id))
}
