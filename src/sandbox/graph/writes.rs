//! What a set-up writes: applications, service principals, and the roles that are assigned to them.
//!
//! Kept in the journal by tenant. Our own application's roles in a tenant are its consent: a role that is assigned here is
//! one that was granted, and the other way round.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Caller, Found, Refusal, credentials, operators,
    query::{Query, select},
    relations::{self, Assignment},
    tenant,
};
use crate::sandbox::{
    answer::{Ask, fresh, instant, value},
    application::{APPLICATIONS, ASSIGNMENTS, PRINCIPALS, SECRETS, hash, of, set},
    journal::{Event, Grant},
    partner_center::{CLOUD_APPLICATION, GLOBAL, PRIVILEGED},
    platform::{Consent, Platform, object_id},
    role::{Role, known_roles},
    sign_in::oid,
    world::Tenant,
};

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

/// Objects of a tenant, as they were put, that have spread.
pub(in crate::sandbox) fn objects(
    platform: &Platform,
    tenant: &Tenant,
    set: &str,
) -> Result<Vec<Value>, Refusal> {
    let mut found = platform
        .with_state(|state| state.objects.get(&self::set(tenant, set)).cloned().unwrap_or_default())?;
    found.retain(|row| platform.has_spread(tenant, of(row, "id")));
    Ok(found)
}

/// Puts an object.
fn put(platform: &Platform, tenant: &Tenant, set: &str, object: &Value) -> Result<(), Refusal> {
    let event = Event::Put { set: self::set(tenant, set), object: object.clone() };
    Ok(platform.record(event)?)
}

/// With its context, as one entity of a set.
pub(super) fn entity(caller: &Caller, set: &str, mut object: Value) -> Value {
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
    for row in known(platform, caller)? {
        let fits = wanted.iter().flatten().all(|(name, value)| of(&row, name).eq_ignore_ascii_case(value));
        if fits {
            rows.push(select(ask, "application", credentials::hide(row))?);
        }
    }
    Ok(Found::list(caller, APPLICATIONS, &rows.into(), 1))
}

/// An application by object id, or by application id as `applications(appId='…')` names it.
fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Value, Refusal> {
    let is_it = |row: &Value| of(row, "id") == id || of(row, "appId") == id;
    known(platform, caller)?.into_iter().find(is_it).ok_or_else(|| Refusal::missing(id))
}

/// Applications of the caller's tenant: those that were registered here, and the world's own, changed or not.
fn known(platform: &Platform, caller: &Caller) -> Result<Vec<Value>, Refusal> {
    let mut rows = objects(platform, tenant(caller)?, APPLICATIONS)?;
    let own = relations::own_application(platform, caller).into_iter();
    for own in own.chain(operators::application(platform, caller)) {
        if !rows.iter().any(|row| of(row, "appId") == of(&own, "appId")) {
            rows.push(own);
        }
    }
    Ok(rows)
}

/// Answers `GET /applications/{id}`.
pub(super) fn application(
    platform: &Platform,
    ask: &Ask,
    caller: &Caller,
    id: &str,
) -> Result<Found, Refusal> {
    relations::may_read(caller)?;
    let pairs = ask.pairs();
    let is_asked =
        value(&pairs, "$select").is_some_and(|it| it.split(',').any(|it| it.trim() == "keyCredentials"));
    let row = find(platform, caller, id)?;
    let row = select(ask, "application", if is_asked { row } else { credentials::hide(row) })?;
    Ok(Found::json(&entity(caller, APPLICATIONS, row), 1))
}

/// Answers `POST /applications`.
pub(super) fn register(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    if caller.faults.no_registering {
        return Err(Refusal::forbidden());
    }
    let given = body(ask)?;
    text(&given, "displayName")?;
    let mut object = json!({
        "id": fresh(), "appId": fresh(), "createdDateTime": instant(platform.now()), "deletedDateTime": null,
        "signInAudience": "AzureADMyOrg", "identifierUris": [], "keyCredentials": [], "passwordCredentials": [], "appRoles": [],
        "requiredResourceAccess": [], "isFallbackPublicClient": null, "web": {"redirectUris": []},
        "publicClient": {"redirectUris": []}, "spa": {"redirectUris": []},
    });
    merge(&mut object, given);
    credentials::check(&mut object, None)?;
    platform.made(of(&object, "id"));
    put(platform, tenant(caller)?, APPLICATIONS, &object)?;
    Ok(Found::json(&entity(caller, APPLICATIONS, credentials::hide(object)), 1).created())
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
    let before = find(platform, caller, id)?;
    let mut object = before.clone();
    merge(&mut object, body(ask)?);
    credentials::check(&mut object, Some(&before))?;
    let tenant = tenant(caller)?;
    put(platform, tenant, APPLICATIONS, &object)?;
    // Its enterprise application at home follows.
    for mut principal in objects(platform, tenant, PRINCIPALS)? {
        if of(&principal, "appId") == of(&object, "appId")
            && let Some(members) = principal.as_object_mut()
        {
            for name in ["appRoles", "signInAudience"] {
                members.insert(name.to_owned(), object.get(name).cloned().unwrap_or_default());
            }
            put(platform, tenant, PRINCIPALS, &principal)?;
        }
    }
    Ok(Found::nothing())
}

/// Answers `DELETE /applications/{id}`.
pub(super) fn delete(platform: &Platform, caller: &Caller, id: &str) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    let id = of(&find(platform, caller, id)?, "id").to_owned();
    platform.record(Event::Dropped { set: set(tenant(caller)?, APPLICATIONS), id })?;
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
    let kept = json!({"id": made.get("keyId"), "appId": object.get("appId"), "hash": hash(&secret)});
    put(platform, tenant(caller)?, SECRETS, &kept)?;
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
        let found = platform.application(app)?.filter(|it| it.may_be_in(tenant));
        let found = found.ok_or_else(|| {
            let message = format!(
                "The appId '{app}' of the service principal does not reference a valid application object."
            );
            Refusal::new(400, "Request_BadRequest", message)
        })?;
        let is_role_needed = given.get("appRoleAssignmentRequired") == Some(&json!(true));
        let made = found.instate(platform, tenant, is_role_needed)?;
        return Ok(Found::json(&entity(caller, PRINCIPALS, made), 1).created());
    }
    let found = relations::present(platform, caller)?;
    let made = found.into_iter().find(|row| of(row, "appId").eq_ignore_ascii_case(app));
    Ok(Found::json(&entity(caller, PRINCIPALS, made.ok_or_else(Refusal::busy)?), 1).created())
}

/// Answers `PATCH /servicePrincipals/{id}`, for those that were made here and for what a set-up changes of one.
pub(super) fn change_principal(
    platform: &Platform,
    ask: &Ask,
    caller: &Caller,
    id: &str,
) -> Result<Found, Refusal> {
    may_write(caller, "Application.ReadWrite.All")?;
    let tenant = tenant(caller)?;
    let found = objects(platform, tenant, PRINCIPALS)?.into_iter().find(|row| of(row, "id") == id);
    let mut object = found.ok_or_else(|| Refusal::missing(id))?;
    let given = body(ask)?.into_iter().filter(|(name, _)| name == "appRoleAssignmentRequired");
    if let Some(members) = object.as_object_mut() {
        members.extend(given);
    }
    put(platform, tenant, PRINCIPALS, &object)?;
    Ok(Found::nothing())
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
    let wanted = text(&given, "appRoleId")?;
    let tenant = tenant(caller)?;
    let known = relations::present(platform, caller)?;
    let resource =
        known.iter().find(|row| of(row, "id") == resource).ok_or_else(|| Refusal::missing(resource))?;
    let roles = resource.get("appRoles").and_then(Value::as_array).into_iter().flatten();
    let role = roles.into_iter().find(|it| of(it, "id").eq_ignore_ascii_case(wanted)).ok_or_else(|| {
        let name = of(resource, "displayName");
        Refusal::bad(format!("Permission being assigned was not found on application '{name}'."))
    })?;
    let person = person(tenant, principal);
    let to = known.iter().find(|row| of(row, "id") == principal).map(Assignment::of_principal);
    let to =
        to.or_else(|| person.as_ref().map(|(id, name)| Assignment { principal: id, name, kind: "User" }));
    let to = to.ok_or_else(|| Refusal::missing(principal))?;
    let kind = if to.kind == "User" { "User" } else { "Application" };
    let allowed = role.get("allowedMemberTypes").and_then(Value::as_array).into_iter().flatten();
    if !allowed.into_iter().any(|it| it == kind) {
        return Err(Refusal::bad("Permission being assigned is not allowed for this kind of principal."));
    }
    let (role, of_resource) = (of(role, "id"), of(resource, "id"));
    let is_it = |row: &Value| of(row, "appRoleId") == role && of(row, "resourceId") == of_resource;
    let is_refused =
        |it: &Role| it.id == role && caller.faults.assign_error.iter().any(|one| one == it.value);
    if known_roles().any(is_refused) {
        return Err(Refusal::forbidden());
    }
    if relations::assigned(platform, caller, principal)?.iter().any(is_it) {
        return Err(Refusal::bad("Permission being assigned already exists on the object"));
    }
    let what = (of_resource.to_owned(), of(resource, "displayName").to_owned(), role.to_owned());
    let row = relations::assignment(&tenant.id, to, what, &instant(platform.now()));
    if principal == object_id(&tenant.id, "service principal") {
        let value = known_roles().find(|it| it.id == role).ok_or_else(Refusal::busy)?.value;
        grant(platform, tenant, |roles| roles.push(value.to_owned()))?;
    } else {
        put(platform, tenant, ASSIGNMENTS, &row)?;
    }
    Ok(Found::json(&entity(caller, ASSIGNMENTS, row), 1).created())
}

/// Object id and name of somebody who can sign in.
fn person(tenant: &Tenant, id: &str) -> Option<(String, String)> {
    let found = tenant.accounts.iter().find(|account| oid(tenant, account) == id)?;
    Some((id.to_owned(), found.name.clone()))
}

/// Answers `GET /servicePrincipals/{id}/appRoleAssignedTo`: who holds roles of it.
pub(super) fn assigned_to(platform: &Platform, caller: &Caller, id: &str) -> Result<Found, Refusal> {
    relations::may_read(caller)?;
    let known = relations::present(platform, caller)?;
    if !known.iter().any(|row| of(row, "id") == id) {
        return Err(Refusal::missing(id));
    }
    let mut rows = objects(platform, tenant(caller)?, ASSIGNMENTS)?;
    if id == object_id(&caller.tid, "Microsoft Graph") {
        rows.extend(relations::assigned(platform, caller, &object_id(&caller.tid, "service principal"))?);
    }
    rows.retain(|row| of(row, "resourceId") == id);
    Ok(Found::list(caller, ASSIGNMENTS, &rows.into(), 2))
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
    let role: Option<&Role> = known_roles().find(|role| role.id == of(row, "appRoleId"));
    if principal == object_id(&tenant.id, "service principal") {
        grant(platform, tenant, |roles| roles.retain(|value| role.is_none_or(|role| role.value != value)))?;
    } else {
        platform.record(Event::Dropped { set: set(tenant, ASSIGNMENTS), id: id.to_owned() })?;
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
