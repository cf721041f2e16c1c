//! Microsoft Graph v1.0 as its documents describe it.
//!
//! Every request for the host of Graph arrives here. The token that was really presented decides: signature, audience,
//! time, tenant, roles. Then one table of paths; what comes out carries the headers that Graph sends.

mod batch;
mod credentials;
mod holders;
mod me;
mod operators;
mod partner;
mod query;
mod relations;
mod users;
pub(super) mod writes;

use std::{io, sync::Arc};

use serde_json::{Value, json};

use super::{
    answer::{Answer, Ask, Cut, fresh, instant},
    fault::Faults,
    platform::{Consent, Loss, Platform},
    world::Tenant,
};

pub(super) use relations::{Assignment, assignment, of_graph};

/// Who asks: what the token says and what the tenant's state makes of it.
struct Caller {
    /// Root of every address in an answer.
    root: String,
    /// Tenant id of the token.
    tid: String,
    /// The tenant.
    tenant: Option<Arc<Tenant>>,
    /// Roles that work at this moment; of a person the scopes.
    roles: Vec<String>,
    /// Address of the person who signed in; none: an application asks.
    person: Option<String>,
    /// Templates of the directory roles that the person has there.
    ranks: Vec<String>,
    /// The tenant's faults.
    faults: Faults,
}

impl Caller {
    /// Whether one of the roles is there.
    fn may(&self, any: &[&str]) -> bool {
        self.roles.iter().any(|role| any.contains(&role.as_str()))
    }
}

/// A refusal: status, code, message, and further headers.
#[derive(Debug)]
pub(super) struct Refusal {
    /// HTTP status.
    status: u16,
    /// `error.code`.
    code: &'static str,
    /// `error.message`.
    message: String,
    /// Headers beside the usual ones.
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal without further headers.
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new() }
    }

    /// One more header.
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The role is not there.
    fn forbidden() -> Self {
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    /// The request is wrong.
    fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    /// The object is not there.
    fn missing(what: &str) -> Self {
        let message = format!(
            "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(404, "Request_ResourceNotFound", message)
    }

    /// Too many requests; `seconds` until the next may come.
    fn throttled(seconds: u64) -> Self {
        Self::new(429, "TooManyRequests", "Too many requests. Please wait and try again.")
            .with("retry-after", seconds.to_string())
    }

    /// The service is busy.
    fn busy() -> Self {
        Self::new(503, "serviceNotAvailable", "The service is temporarily unavailable. Please try again.")
    }
}

impl From<io::Error> for Refusal {
    fn from(why: io::Error) -> Self {
        Self::new(503, "serviceNotAvailable", format!("The sandbox can't read its journal: {why}"))
    }
}

/// A good answer: status, body, resource units, and whether it breaks off.
struct Found {
    /// HTTP status.
    status: u16,
    /// JSON.
    body: Vec<u8>,
    /// Resource units that the call costs.
    units: u32,
    /// The answer breaks off.
    cut: bool,
}

impl Found {
    /// JSON that costs `units`.
    fn json(value: &Value, units: u32) -> Self {
        Self { status: 200, body: value.to_string().into_bytes(), units, cut: false }
    }

    /// A collection with its context.
    fn list(caller: &Caller, context: &str, rows: &Value, units: u32) -> Self {
        let context = format!("{}/$metadata#{context}", caller.root);
        Self::json(&json!({"@odata.context": context, "value": rows}), units)
    }

    /// 204: done, and nothing to say.
    fn nothing() -> Self {
        Self { status: 204, body: Vec::new(), units: 1, cut: false }
    }

    /// 201: made.
    fn created(mut self) -> Self {
        self.status = 201;
        self
    }
}

/// Answers one request for Graph.
pub(super) async fn answer(platform: &Platform, ask: &Ask) -> Answer {
    let caller = caller(platform, ask);
    let tenant = caller.as_ref().ok().and_then(|caller| caller.tenant.clone());
    let loss = platform.line_to(tenant.as_deref()).await;
    let found = match caller {
        Ok(_) if loss == Some(Loss::Request) => Err(Refusal::bad("The line broke.")),
        Ok(caller) => route(platform, ask, &caller).await,
        Err(refusal) => Err(refusal),
    };
    dress(platform, ask, found).lost(loss)
}

/// Puts the headers on.
fn dress(platform: &Platform, ask: &Ask, found: Result<Found, Refusal>) -> Answer {
    let request = fresh();
    let client = Some(ask.header("client-request-id"))
        .filter(|id| !id.is_empty())
        .map_or_else(|| request.clone(), str::to_owned);
    let answer = match found {
        Ok(Found { status, body, units, cut }) => {
            let kind = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
            let answer = Answer::new(status, kind, body)
                .with("x-ms-resource-unit", units.to_string())
                .with("odata-version", "4.0");
            if cut { answer.cut(Cut::Halfway) } else { answer }
        }
        Err(refusal) => {
            let body = refusal_body(platform, &refusal, &request, &client);
            let kind = "application/json";
            let mut answer = Answer::new(refusal.status, kind, body.to_string().into_bytes());
            answer.headers.extend(refusal.headers);
            answer
        }
    };
    let diagnostic = json!({"ServerInfo": {
        "DataCenter": "Sandbox", "Slice": "E", "Ring": "1", "ScaleUnit": "000", "RoleInstance": "SANDBOX00000000",
    }});
    answer
        .with("request-id", request)
        .with("client-request-id", client)
        .with("x-ms-ags-diagnostic", diagnostic.to_string())
        .with("cache-control", "no-cache")
        .with("strict-transport-security", "max-age=31536000")
}

/// The body of a refusal.
fn refusal_body(platform: &Platform, refusal: &Refusal, request: &str, client: &str) -> Value {
    json!({"error": {
        "code": refusal.code, "message": refusal.message,
        "innerError": {
            "date": instant(platform.now()).trim_end_matches('Z'), "request-id": request, "client-request-id": client,
        },
    }})
}

/// Reads the token.
fn caller(platform: &Platform, ask: &Ask) -> Result<Caller, Refusal> {
    let refuse = |message: &str| {
        Refusal::new(401, "InvalidAuthenticationToken", message)
            .with("www-authenticate", "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"")
    };
    let token = ask
        .header("authorization")
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or_else(|| refuse("Access token is empty."))?;
    let claims = platform
        .keys
        .check(token)
        .map_err(|_why| refuse("CompactToken validation failed with reason code: 80049217."))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let time = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
    let now = platform.now() / 1_000;
    let host = text("aud").strip_prefix("https://");
    if host != Some(platform.world.home.graph) && text("aud") != super::role::GRAPH {
        return Err(refuse("Access token validation failure. Invalid audience."));
    }
    if time("exp") <= now {
        return Err(refuse("Lifetime validation failed, the token is expired."));
    }
    if time("nbf") > now + 300 {
        return Err(refuse("Lifetime validation failed, the token is not yet valid."));
    }
    let tid = text("tid").to_owned();
    let person = Some(text("upn")).filter(|upn| !upn.is_empty()).map(str::to_owned);
    let mut roles: Vec<String> = match (&person, claims.get("roles").and_then(Value::as_array)) {
        (Some(_), _) => text("scp").split_whitespace().map(str::to_owned).collect(),
        (None, Some(list)) => list.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect(),
        (None, None) => Vec::new(),
    };
    let ranks = claims.get("wids").and_then(Value::as_array).into_iter().flatten();
    let ranks = ranks.filter_map(|rank| rank.as_str().map(str::to_owned)).collect();
    let tenant = platform.world.tenant(&tid).map(Arc::clone);
    match &tenant {
        None => return Err(refuse("Access token validation failure. The tenant is not known here.")),
        Some(tenant) if person.is_some() || platform.world.is_own(tenant) => {}
        // Old tokens live on after the grant was taken back; a fresh grant takes its time.
        Some(tenant) => {
            let application = platform.application(text("appid"))?;
            let consent = application.map(|it| platform.consent_to(tenant, &it)).transpose()?;
            if matches!(consent, Some(Consent::Recorded | Consent::Spreading(_))) {
                roles.clear();
            }
        }
    }
    let faults = platform.faults(tenant.as_deref());
    Ok(Caller { root: format!("{}/v1.0", ask.links.graph), tid, tenant, roles, person, ranks, faults })
}

/// The table of paths.
async fn route(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    let segments = ask.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let Some((version, rest)) = parts.split_first() else { return Err(no_segment("")) };
    if let ["oidc", "userinfo"] = parts.as_slice() {
        return me::userinfo(platform, caller);
    }
    if *version != "v1.0" {
        return Err(Refusal::bad(format!("Invalid version: {version}.")));
    }
    if let ("POST", ["$batch"]) = (ask.method.as_str(), rest) {
        return batch::answer(platform, ask, caller).await;
    }
    if ask.method != "GET" {
        return write(platform, ask, caller, rest);
    }
    match rest {
        ["applications"] => writes::applications(platform, ask, caller),
        ["applications", id] => writes::application(platform, ask, caller, id),
        ["me"] => me::answer(platform, ask, caller),
        ["organization"] => relations::organization(platform, ask, caller),
        ["subscribedSkus"] => relations::skus(platform, ask, caller),
        ["servicePrincipals"] => relations::principals(platform, ask, caller),
        ["servicePrincipals", id] => relations::principal(platform, ask, caller, id),
        ["servicePrincipals", id, "appRoleAssignments"] => relations::assignments(platform, caller, id),
        ["servicePrincipals", id, "appRoleAssignedTo"] => writes::assigned_to(platform, caller, id),
        ["users"] => users::list(platform, ask, caller),
        ["users", "delta" | "delta()" | "microsoft.graph.delta" | "microsoft.graph.delta()"] => {
            users::delta(platform, ask, caller)
        }
        ["users", id] => users::one(platform, ask, caller, id),
        ["users", id, "mailboxSettings"] => users::mailbox(platform, ask, caller, id).await,
        ["contracts"] => partner::contracts(platform, ask, caller),
        ["tenantRelationships", "delegatedAdminCustomers"] => partner::customers(platform, ask, caller),
        ["tenantRelationships", "delegatedAdminRelationships"] => {
            partner::relationships(platform, ask, caller)
        }
        ["tenantRelationships", "delegatedAdminRelationships", id, "accessAssignments"] => {
            holders::assignments(platform, caller, id)
        }
        ["tenantRelationships", call] => relations::tenant_information(platform, caller, call),
        [other, ..] => Err(no_segment(other)),
        [] => Err(no_segment("")),
    }
}

/// The table of paths that are written to.
fn write(platform: &Platform, ask: &Ask, caller: &Caller, rest: &[&str]) -> Result<Found, Refusal> {
    match (ask.method.as_str(), rest) {
        ("POST", ["me", "checkMemberGroups"]) => holders::member_groups(platform, ask, caller),
        ("POST", ["applications"]) => writes::register(platform, ask, caller),
        ("PATCH", ["applications", id]) => writes::change(platform, ask, caller, id),
        ("DELETE", ["applications", id]) => writes::delete(platform, caller, id),
        ("POST", ["applications", id, "addPassword"]) => writes::add_password(platform, ask, caller, id),
        ("POST", ["servicePrincipals"]) => writes::instate(platform, ask, caller),
        ("PATCH", ["servicePrincipals", id]) => writes::change_principal(platform, ask, caller, id),
        ("POST", ["servicePrincipals", _, "appRoleAssignments" | "appRoleAssignedTo"]) => {
            writes::assign(platform, ask, caller)
        }
        ("DELETE", ["servicePrincipals", id, "appRoleAssignments", assignment]) => {
            writes::withdraw(platform, caller, id, assignment)
        }
        _ => Err(Refusal::new(405, "Request_BadRequest", "The sandbox answers GET only on this path.")),
    }
}

/// No such path.
fn no_segment(segment: &str) -> Refusal {
    Refusal::new(400, "BadRequest", format!("Resource not found for the segment '{segment}'."))
}

/// The caller's tenant.
fn tenant(caller: &Caller) -> Result<&Arc<Tenant>, Refusal> {
    caller.tenant.as_ref().ok_or_else(Refusal::forbidden)
}
