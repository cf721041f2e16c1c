//! Partner Center's API, as far as a partner lets an application into a customer's organisation with it, and what that and a
//! delegated admin relationship come to there.
//!
//! `POST` and `DELETE /v1/customers/{tenant}/applicationconsents`, with a token of a person of the partner's who gave a
//! second factor. What is let in stands in the journal, by tenant. Bodies of refusals and which role Partner Center itself
//! asks for are UNCONFIRMED: here every role of a relationship suffices, and nothing of a body but its code is promised.

use serde_json::{Value, json};

use super::{
    answer::{Answer, Ask, fresh},
    graph::writes::objects,
    journal::Event,
    platform::{Platform, object_id},
    registration::public,
    role::GRAPH,
    token::Refusal,
    world::{Account, Partnership, Rank, Tenant},
};

/// Its host.
pub(super) const HOST: &str = "api.partnercenter.microsoft.com";
/// Its application id, which Microsoft publishes, and its one delegated scope.
pub(super) const RESOURCE: &str = "https://api.partnercenter.microsoft.com";
/// The scope of people.
pub(super) const SCOPE: &str = "user_impersonation";

/// What the journal keeps of it.
const CONSENTS: &str = "applicationConsents";

/// Templates of directory roles, which Microsoft publishes.
pub(super) const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
/// Privileged Role Administrator.
pub(super) const PRIVILEGED: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
/// Cloud Application Administrator.
pub(super) const CLOUD_APPLICATION: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";

/// A refusal: status, code, description.
type Refused = (u16, u32, &'static str);

/// Answers one request for its host.
pub(super) fn answer(platform: &Platform, ask: &Ask) -> Answer {
    let done = asked(platform, ask);
    let request = fresh();
    let answer = match done {
        Ok(Some(body)) => Answer::json(201, &body),
        Ok(None) => Answer::new(204, "text/plain", Vec::new()),
        Err((status, code, text)) if platform.faults(None).nested_code => {
            Answer::json(status, &json!({"error": {"code": code.to_string(), "message": text}}))
        }
        Err((status, code, text)) => Answer::json(
            status,
            &json!({"code": code, "description": text, "data": [], "source": "PartnerFD"}),
        ),
    };
    answer.with("ms-requestid", request).with("ms-correlationid", fresh())
}

/// What was asked for: a body, or nothing to say.
fn asked(platform: &Platform, ask: &Ask) -> Result<Option<Value>, Refused> {
    let segments = ask.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["v1", "customers", customer, "applicationconsents", rest @ ..] = parts.as_slice() else {
        return Err((404, 2000, "There is no such resource."));
    };
    let caller = caller(platform, ask)?;
    let customer = platform.world.tenant(customer).filter(|tenant| !platform.world.is_own(tenant));
    let tenant = customer.ok_or((404, 2002, "The customer was not found."))?;
    if let Some(status) = platform.faults(Some(tenant)).partner_center {
        return Err((status, 900_000, "The request was refused."));
    }
    if roles(platform, tenant, caller).is_empty() {
        return Err((403, 2003, "The caller has no access to this customer."));
    }
    match (ask.method.as_str(), rest) {
        ("POST", []) => let_in(platform, ask, tenant).map(Some),
        ("DELETE", [application]) => take_out(platform, tenant, application).map(|()| None),
        _ => Err((405, 2001, "The method is not allowed.")),
    }
}

/// Who asks: a person of the partner's, with a token for this host and a second factor.
fn caller<'a>(platform: &'a Platform, ask: &Ask) -> Result<&'a Account, Refused> {
    let refused = (401, 900_420, "The token is not valid.");
    let token = ask.header("authorization").strip_prefix("Bearer ").ok_or(refused)?;
    let claims = platform.keys.check(token).map_err(|_bad| refused)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_over = claims.get("exp").and_then(Value::as_i64).is_none_or(|end| end <= platform.now() / 1_000);
    if text("aud") != RESOURCE || text("tid") != platform.world.partner.tenant || is_over {
        return Err(refused);
    }
    let factors = claims.get("amr").and_then(Value::as_array);
    if !factors.is_some_and(|factors| factors.iter().any(|factor| factor == "mfa")) {
        return Err((401, 900_421, "Multifactor authentication is required."));
    }
    platform.world.account(text("upn")).map(|(_, account)| account).ok_or(refused)
}

/// Lets an application in with delegated scopes of Graph.
fn let_in(platform: &Platform, ask: &Ask, tenant: &Tenant) -> Result<Value, Refused> {
    let malformed = (400, 2004, "The application consent is not valid.");
    let body: Value = serde_json::from_slice(&ask.body).map_err(|_bad| malformed)?;
    let client = body.get("applicationId").and_then(Value::as_str).ok_or(malformed)?;
    let registration = public(platform, client).filter(|it| it.has_roles).ok_or(malformed)?;
    let grants = body.get("applicationGrants").and_then(Value::as_array).ok_or(malformed)?;
    let mut scopes = Vec::new();
    for grant in grants {
        if grant.get("enterpriseApplicationId").and_then(Value::as_str) != Some(GRAPH) {
            return Err(malformed);
        }
        let named = grant.get("scope").and_then(Value::as_str).ok_or(malformed)?;
        for scope in named.split(',').map(str::trim) {
            let known = registration.scopes.iter().find(|it| **it == scope).ok_or(malformed)?;
            scopes.push(*known);
        }
    }
    if found(platform, tenant, client).is_some() {
        return Err((409, 2005, "Permission entry already exists."));
    }
    let object = json!({"id": registration.client, "scopes": scopes, "at": platform.now()});
    keep(platform, Event::Put { set: set(tenant), object })?;
    Ok(json!({"applicationId": client, "applicationGrants": grants, "displayName": registration.name}))
}

/// Takes an application out.
fn take_out(platform: &Platform, tenant: &Tenant, client: &str) -> Result<(), Refused> {
    if found(platform, tenant, client).is_none() {
        return Err((404, 2006, "The application consent was not found."));
    }
    if platform.faults(Some(tenant)).stays_in {
        return Ok(());
    }
    keep(platform, Event::Dropped { set: set(tenant), id: client.to_lowercase() })
}

/// Writes it into the journal.
fn keep(platform: &Platform, event: Event) -> Result<(), Refused> {
    platform.record(event).map_err(|_why| (500, 1000, "The request could not be carried out."))
}

/// The name of the journal's set.
fn set(tenant: &Tenant) -> String {
    format!("{} {CONSENTS}", tenant.id)
}

/// What was let in of an application.
fn found(platform: &Platform, tenant: &Tenant, client: &str) -> Option<Value> {
    let all = objects(platform, tenant, CONSENTS).ok()?;
    let is_it =
        |row: &Value| row.get("id").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(client));
    all.into_iter().find(is_it)
}

/// The scopes of Graph that an application of the partner's has in a customer's organisation.
///
/// # Errors
/// 65001: it is not in there, or not known to be everywhere yet.
pub(super) fn scopes_in(platform: &Platform, tenant: &Tenant, client: &str) -> Result<Vec<String>, Refusal> {
    let refused = || {
        let text = format!(
            "The user or administrator has not consented to use the application with ID '{client}'. Send an interactive \
             authorization request for this user and resource."
        );
        (400, "invalid_grant", 65_001, text)
    };
    let consent = found(platform, tenant, client).ok_or_else(refused)?;
    let spreading = platform.faults(Some(tenant)).let_in_spreading.unwrap_or_default();
    let at = consent.get("at").and_then(Value::as_i64).unwrap_or_default();
    let age = u128::try_from(platform.now().saturating_sub(at)).unwrap_or(u128::MAX);
    if age < spreading.as_millis() {
        return Err(refused());
    }
    let scopes = consent.get("scopes").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The roles that a person of the partner's holds in an organisation: their own at home, elsewhere by the relationship.
pub(super) fn roles(platform: &Platform, tenant: &Tenant, account: &Account) -> Vec<&'static str> {
    if tenant.accounts.iter().any(|own| own.address == account.address) {
        return match account.role {
            Rank::Global => vec![GLOBAL],
            Rank::PrivilegedRole => vec![PRIVILEGED],
            Rank::Exchange | Rank::User => Vec::new(),
        };
    }
    relationship(platform, tenant).into_iter().filter(|_| is_member(account)).collect()
}

/// The role that the relationship with a customer gives beside lesser ones; none: there is no relationship that is active.
pub(super) fn relationship(platform: &Platform, tenant: &Tenant) -> Option<&'static str> {
    let faults = platform.faults(Some(tenant));
    if faults.no_delegation || !matches!(tenant.partnership, Partnership::Both | Partnership::Delegated) {
        return None;
    }
    Some(match faults.admin_role.as_deref() {
        Some("privileged") => PRIVILEGED,
        Some("cloud-application") => CLOUD_APPLICATION,
        _ => GLOBAL,
    })
}

/// The group of the partner's that holds the relationships' roles, by object id.
pub(super) fn group(platform: &Platform) -> String {
    object_id(&platform.world.partner.tenant, "relationships' group")
}

/// Whether somebody is in it: the operators who are Admins.
pub(super) fn is_member(account: &Account) -> bool {
    account.app_roles.iter().any(|role| role == "Admin")
}
