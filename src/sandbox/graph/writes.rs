//! What a set-up writes: applications, service principals, and the roles that are assigned to them.
//!
//! Kept in the journal by tenant. Our own application's roles in a tenant are its consent: a role that is assigned here is
//! one that was granted, and the other way round.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Caller, Found, Refusal,
    query::{Query, select},
    relations, tenant,
};
use crate::sandbox::{
    answer::{Ask, fresh, instant, value},
    journal::{Event, Grant},
    partner_center::{CLOUD_APPLICATION, GLOBAL, PRIVILEGED},
    platform::{Consent, Platform, object_id},
    role::{ROLES, Role},
    world::Tenant,
};

/// Sets of objects that the journal keeps.
const APPLICATIONS: &str = "applications";
/// The same for service principals that were made here.
pub(super) const PRINCIPALS: &str = "servicePrincipals";
/// The same for roles that were assigned to them.
const ASSIGNMENTS: &str = "appRoleAssignments";
/// Life of a secret whose end is not said, milliseconds: two years.
const SECRET_LIFE: i64 = 2 * 365 * 24 * 3_600_000;

/// Refuses callers that lack the right; a person must also hold a directory role. Whether a Privileged Role Administrator
/// alone may add a service principal is UNCONFIRMED: here they may, unless the fault `no-instate` says otherwise.
fn may_write(caller: &Caller, right: &str) -> Result<(), Refusal> {
    let ranks: &[&str] = match right {
        "AppRoleAssignment.ReadWrite.All" => &[GLOBAL, PRIVILEGED],
        _ if caller.faults.no_instate => &[GLOBAL, CLOUD_APPLICATION],
        _ => &[GLOBAL, PRIVILEGED, CLOUD_APPLICATION],
    };
    let is_ranked = caller.person.is_none() || caller.ranks.iter().any(|rank| ranks.contains(&rank.as_str()));
    (is_ranked && caller.may(&[right])).then_some(()).ok_or_else(Refusal::forbidden)
}

/// The JSON object of a request's body.
fn body(ask: &Ask) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(&ask.body)
        .map_err(|_why| Refusal::new(400, "BadRequest", "Unable to read JSON request payload."))
}

/// A text of a body that may not be missing.
fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    let text = body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| Refusal::bad(format!("A value is required for property '{name}' of the resource.")))
}

/// Objects of a tenant, as they were put.
pub(in crate::sandbox) fn objects(
    platform: &Platform,
    tenant: &Tenant,
    set: &str,
) -> Result<Vec<Value>, Refusal> {
    Ok(platform.with_state(|state| {
        state.objects.get(&format!("{} {set}", tenant.id)).cloned().unwrap_or_default()
    })?)
}

/// Puts an object.
fn put(platform: &Platform, tenant: &Tenant, set: &str, object: &Value) -> Result<(), Refusal> {
    let event = Event::Put { set: format!("{} {set}", tenant.id), object: object.clone() };
    Ok(platform.record(event)?)
}

/// The text of a member.
fn of<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// With its context, as one entity of a set.
fn entity(caller: &Caller, set: &str, mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members
            .insert("@odata.context".to_owned(), json!(format!("{}/$metadata#{set}/$entity", caller.root)));
    }
    object
}

/// Answers `GET /applications`, whole or with `$filter` by `appId` or `displayName`.
pub(super) fn applications(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    if caller.faults.secret_ends.is_none() {
        relations::may_read(caller)?;
    }
    Query::of(ask, &["$select", "$filter", "$top"])?;
    let pairs = ask.pairs();
    let filter = value(&pairs, "$filter");
    let wanted = filter.map(|text| {
        let (name, quoted) = text.trim().split_once(" eq ")?;
        Some((
            name.trim().to_owned(),
            quoted.trim().strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"),
        ))
    });
    if wanted == Some(None) {
        return Err(Refusal::bad(format!("Invalid filter clause: {}", filter.unwrap_or_default())));
    }
    let mut rows = Vec::new();
    let own = relations::own_application(platform, caller);
    for row in objects(platform, tenant(caller)?, APPLICATIONS)?.into_iter().chain(own) {
        let fits = wanted.iter().flatten().all(|(name, value)| of(&row, name).eq_ignore_ascii_case(value));
        if fits {
            rows.push(select(ask, "application", row)?);
        }
    }
    let context = format!("{}/$metadata#applications", caller.root);
    Ok(Found::json(&json!({"@odata.context": context, "value": rows}), 1))
}

/// An application by object id, or by application id as `applications(appId='…')` names it.
fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Value, Refusal> {
    let found = objects(platform, tenant(caller)?, APPLICATIONS)?;
    let is_it = |row: &Value| of(row, "id") == id || of(row, "appId") == id;
    found.into_iter().find(is_it).ok_or_else(|| Refusal::missing(id))
}

/// Answers `GET /applications/{id}`.
pub(super) fn application(
    platform: &Platform,
    ask: &Ask,
    caller: &Caller,
    id: &str,
) -> Result<Found, Refusal> {
    relations::may_read(caller)?;
    let row = select(ask, "application", find(platform, caller, id)?)?;
    Ok(Found::json(&entity(caller, APPLICATIONS, row), 1))
}

/// Answers `POST /applications`.
pub(super) fn register(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    let given = body(ask)?;
    text(&given, "displayName")?;
    let mut object = json!({
        "id": fresh(), "appId": fresh(), "createdDateTime": instant(platform.now()), "deletedDateTime": null,
        "signInAudience": "AzureADMyOrg", "identifierUris": [], "keyCredentials": [], "passwordCredentials": [], "appRoles": [],
        "requiredResourceAccess": [], "isFallbackPublicClient": null, "web": {"redirectUris": []},
        "publicClient": {"redirectUris": []}, "spa": {"redirectUris": []},
    });
    merge(&mut object, given);
    put(platform, tenant(caller)?, APPLICATIONS, &object)?;
    Ok(Found::json(&entity(caller, APPLICATIONS, object), 1).created())
}

/// Takes members over; those that Microsoft makes stay.
fn merge(object: &mut Value, given: Map<String, Value>) {
    if let Some(members) = object.as_object_mut() {
        let own = ["id", "appId", "createdDateTime", "deletedDateTime", "passwordCredentials"];
        members.extend(given.into_iter().filter(|(name, _)| !own.contains(&name.as_str())));
    }
}

/// Answers `PATCH /applications/{id}`.
pub(super) fn change(platform: &Platform, ask: &Ask, caller: &Caller, id: &str) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    let mut object = find(platform, caller, id)?;
    merge(&mut object, body(ask)?);
    put(platform, tenant(caller)?, APPLICATIONS, &object)?;
    Ok(Found::nothing())
}

/// Answers `DELETE /applications/{id}`.
pub(super) fn delete(platform: &Platform, caller: &Caller, id: &str) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    let id = of(&find(platform, caller, id)?, "id").to_owned();
    platform.record(Event::Dropped { set: format!("{} {APPLICATIONS}", tenant(caller)?.id), id })?;
    Ok(Found::nothing())
}

/// Answers `POST /applications/{id}/addPassword`: the secret is told once.
pub(super) fn add_password(
    platform: &Platform,
    ask: &Ask,
    caller: &Caller,
    id: &str,
) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    let mut object = find(platform, caller, id)?;
    let given = body(ask)?;
    let given = given.get("passwordCredential");
    let said = |name: &str| given.and_then(|it| it.get(name)).and_then(Value::as_str).map(str::to_owned);
    let now = platform.now();
    let secret = format!("sandbox~{}", Uuid::new_v4().simple());
    let mut made = json!({
        "@odata.context": format!("{}/$metadata#microsoft.graph.passwordCredential", caller.root), "customKeyIdentifier": null,
        "keyId": fresh(), "displayName": said("displayName"), "hint": secret.chars().take(3).collect::<String>(),
        "startDateTime": said("startDateTime").unwrap_or_else(|| instant(now)),
        "endDateTime": said("endDateTime").unwrap_or_else(|| instant(now + SECRET_LIFE)), "secretText": null,
    });
    if let Some(list) = object.get_mut("passwordCredentials").and_then(Value::as_array_mut) {
        let mut kept = made.clone();
        kept.as_object_mut().and_then(|it| it.remove("@odata.context"));
        list.push(kept);
    }
    put(platform, tenant(caller)?, APPLICATIONS, &object)?;
    if let Some(members) = made.as_object_mut() {
        members.insert("secretText".to_owned(), json!(secret));
    }
    Ok(Found::json(&made, 1))
}

/// Answers `POST /servicePrincipals`.
pub(super) fn instate(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    let given = body(ask)?;
    let app = text(&given, "appId")?;
    let tenant = tenant(caller)?;
    if relations::present(platform, caller)?.iter().any(|row| of(row, "appId").eq_ignore_ascii_case(app)) {
        let message = format!(
            "The service principal cannot be created, updated, or restored because the service principal name {app} is already in use."
        );
        return Err(Refusal::new(409, "Request_MultipleObjectsWithSameKeyValue", message));
    }
    if app.eq_ignore_ascii_case(&platform.world.partner.client_id) {
        platform.record(Event::Granted {
            tenant: tenant.id.clone(),
            at: platform.now(),
            roles: Vec::new(),
        })?;
    } else {
        let known = objects(platform, tenant, APPLICATIONS)?;
        let known = known.iter().find(|row| of(row, "appId").eq_ignore_ascii_case(app)).ok_or_else(|| {
            let message = format!(
                "The appId '{app}' of the service principal does not reference a valid application object."
            );
            Refusal::new(400, "Request_BadRequest", message)
        })?;
        let name = of(known, "displayName");
        let object = json!({
            "id": fresh(), "deletedDateTime": null, "appId": of(known, "appId"), "displayName": name, "appDisplayName": name,
            "accountEnabled": true, "appOwnerOrganizationId": tenant.id, "servicePrincipalType": "Application",
            "appRoles": known.get("appRoles"), "appRoleAssignmentRequired": false,
            "signInAudience": of(known, "signInAudience"),
        });
        put(platform, tenant, PRINCIPALS, &object)?;
    }
    let found = relations::present(platform, caller)?;
    let made = found.into_iter().find(|row| of(row, "appId").eq_ignore_ascii_case(app));
    Ok(Found::json(&entity(caller, PRINCIPALS, made.ok_or_else(Refusal::busy)?), 1).created())
}

/// Roles that were assigned to a service principal that was made here.
pub(super) fn assigned(platform: &Platform, caller: &Caller, principal: &str) -> Result<Vec<Value>, Refusal> {
    let mut rows = objects(platform, tenant(caller)?, ASSIGNMENTS)?;
    rows.retain(|row| of(row, "principalId") == principal);
    Ok(rows)
}

/// Answers `POST /servicePrincipals/{id}/appRoleAssignments` and `…/appRoleAssignedTo`.
pub(super) fn assign(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    may_write(caller, "AppRoleAssignment.ReadWrite.All")?;
    let given = body(ask)?;
    let (principal, resource) = (text(&given, "principalId")?, text(&given, "resourceId")?);
    let tenant = tenant(caller)?;
    let known = relations::present(platform, caller)?;
    let known =
        known.iter().find(|row| of(row, "id") == principal).ok_or_else(|| Refusal::missing(principal))?;
    if resource != object_id(&tenant.id, "Microsoft Graph") {
        return Err(Refusal::missing(resource));
    }
    let role = text(&given, "appRoleId")?;
    let role = ROLES.iter().find(|it| it.id.eq_ignore_ascii_case(role)).ok_or_else(|| {
        Refusal::bad("Permission being assigned was not found on application 'Microsoft Graph'.")
    })?;
    if caller.faults.assign_error.contains(&role.value.to_owned()) {
        return Err(Refusal::forbidden());
    }
    let there = relations::assigned(platform, caller, principal)?;
    if there.iter().any(|row| of(row, "appRoleId") == role.id) {
        return Err(Refusal::bad("Permission being assigned already exists on the object"));
    }
    let row =
        relations::assignment(caller, role, (principal, of(known, "displayName")), &instant(platform.now()));
    if principal == object_id(&tenant.id, "service principal") {
        grant(platform, tenant, |roles| roles.push(role.value.to_owned()))?;
    } else {
        put(platform, tenant, ASSIGNMENTS, &row)?;
    }
    Ok(Found::json(&entity(caller, ASSIGNMENTS, row), 1).created())
}

/// Answers `DELETE /servicePrincipals/{id}/appRoleAssignments/{id}`.
pub(super) fn withdraw(
    platform: &Platform,
    caller: &Caller,
    principal: &str,
    id: &str,
) -> Result<Found, Refusal> {
    may_write(caller, "AppRoleAssignment.ReadWrite.All")?;
    let tenant = tenant(caller)?;
    let there = relations::assigned(platform, caller, principal)?;
    let row = there.iter().find(|row| of(row, "id") == id).ok_or_else(|| Refusal::missing(id))?;
    let role: Option<&Role> = ROLES.iter().find(|role| role.id == of(row, "appRoleId"));
    if principal == object_id(&tenant.id, "service principal") {
        grant(platform, tenant, |roles| roles.retain(|value| role.is_none_or(|role| role.value != value)))?;
    } else {
        let set = format!("{} {ASSIGNMENTS}", tenant.id);
        platform.record(Event::Dropped { set, id: id.to_owned() })?;
    }
    Ok(Found::nothing())
}

/// Changes what our own application was granted.
fn grant(platform: &Platform, tenant: &Tenant, change: impl FnOnce(&mut Vec<String>)) -> Result<(), Refusal> {
    if platform.consent(tenant)? == Consent::Missing {
        return Err(Refusal::forbidden());
    }
    let Grant { mut roles, .. } = platform.grant(tenant)?.unwrap_or(Grant { at: 0, roles: Vec::new() });
    change(&mut roles);
    Ok(platform.record(Event::Granted { tenant: tenant.id.clone(), at: platform.now(), roles })?)
}
