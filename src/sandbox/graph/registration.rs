//! The partner's own application, as its directory registers it.

use serde_json::{Value, json};

use super::{
    Caller, Found, ROOT, Refusal,
    query::select,
    relations::{app_id, may_read},
};
use crate::sandbox::{
    answer::{Ask, instant, value},
    platform::{Platform, object_id},
    role::{GRAPH, role},
};

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Days that the secret is good for, where no fault says otherwise: as long as the portal makes one usually.
const USUAL: i64 = 180;

/// Answers `/applications`: those of the caller's own directory, which is one in the partner's and none elsewhere.
pub(super) fn applications(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    may_read(caller)?;
    let pairs = ask.pairs();
    let wanted = value(&pairs, "$filter");
    let wanted = wanted
        .map(|filter| app_id(filter).ok_or_else(|| Refusal::bad(format!("Invalid filter clause: {filter}"))))
        .transpose()?;
    let is_own = caller.tenant.as_ref().is_some_and(|tenant| platform.world.is_own(tenant));
    let fits = |id: &str| wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(id));
    let mut rows = Vec::new();
    if is_own && fits(&platform.world.partner.client_id) {
        rows.push(select(ask, "application", application(platform, caller))?);
    }
    Ok(Found::json(&json!({"@odata.context": format!("{ROOT}/$metadata#applications"), "value": rows}), 1))
}

/// The registration.
fn application(platform: &Platform, caller: &Caller) -> Value {
    let (partner, now) = (&platform.world.partner, platform.now());
    let asked = partner.permissions.iter().filter(|value| !caller.faults.without.contains(value));
    let access: Vec<Value> =
        asked.filter_map(|value| role(value)).map(|role| json!({"id": role.id, "type": "Role"})).collect();
    let ends = match caller.faults.secret_ends.map(i64::try_from) {
        None => now + USUAL * DAY,
        Some(Ok(0)) => now - DAY,
        // A minute more, so that it is that many whole days for a while.
        Some(days) => now + days.unwrap_or(USUAL).saturating_mul(DAY) + 60_000,
    };
    let hint: String = partner.secret.chars().take(3).collect();
    let audience = if caller.faults.single_tenant { "AzureADMyOrg" } else { "AzureADMultipleOrgs" };
    json!({
        "id": object_id(&caller.tid, "application"), "deletedDateTime": null, "appId": partner.client_id,
        "displayName": partner.app_name, "signInAudience": audience, "publisherDomain": partner.domain,
        "createdDateTime": "2025-02-03T01:10:00Z",
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": access}],
        "passwordCredentials": [{
            "customKeyIdentifier": null, "displayName": "sandbox", "endDateTime": instant(ends), "hint": hint,
            "keyId": object_id(&caller.tid, "secret"), "secretText": null, "startDateTime": "2025-02-03T01:12:00Z",
        }],
        "keyCredentials": [],
        "web": {
            "homePageUrl": null, "logoutUrl": null, "redirectUris": partner.redirects,
            "implicitGrantSettings": {"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false},
        },
    })
}
