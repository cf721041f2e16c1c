//! The operators' registration in the partner's own tenant, as Graph shows it: the application and its enterprise application.
//! People sign in by it as they always do, whatever the fault `operators-odd` shows here.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Caller;
use crate::sandbox::{
    platform::{Platform, object_id},
    role::{GRAPH, known_scopes},
    world::{PartnerApp, Tenant},
};

/// Scopes that say who somebody is: name and id.
const OPENID: [(&str, &str); 3] = [
    ("openid", "37f7f235-527c-4136-accd-4a02d197296e"),
    ("profile", "14dad69e-099b-42c9-810b-d002981feec1"),
    ("offline_access", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182"),
];

/// Scopes of Graph beside them.
const ASKED: [&str; 3] = ["User.Read", "DelegatedAdminRelationship.Read.All", "Directory.Read.All"];

/// When both were made.
const MADE: &str = "2026-02-11T01:20:00Z";

/// Whether it is shown to the caller, and is odd by one of these words.
fn is_odd(caller: &Caller, word: &str) -> bool {
    caller.faults.operators_odd.as_deref() == Some(word)
}

/// Its own roles.
fn roles(caller: &Caller) -> Vec<Value> {
    let all = [("Admin", "no-admin-role"), ("User", "no-user-role")].into_iter();
    let there = all.filter(|(_, without)| !is_odd(caller, without));
    there
        .map(|(value, _)| {
            json!({
                "allowedMemberTypes": ["User"], "description": value, "displayName": value, "id": object_id(&caller.tid, value),
                "isEnabled": true, "origin": "Application", "value": value,
            })
        })
        .collect()
}

/// Whose accounts it takes.
fn audience(caller: &Caller) -> &'static str {
    if is_odd(caller, "multi-tenant") { "AzureADMultipleOrgs" } else { "AzureADMyOrg" }
}

/// Its name: another one than that under which a set-up looks for what it has made before.
fn name(partner: &PartnerApp) -> String {
    format!("{} staff", partner.name)
}

/// The application; none outside the partner's own tenant.
pub(super) fn application(platform: &Platform, caller: &Caller) -> Option<Value> {
    let is_here =
        |tenant: &&Arc<Tenant>| platform.world.is_own(tenant) && !platform.faults(None).unregistered;
    caller.tenant.as_ref().filter(is_here)?;
    if is_odd(caller, "missing") {
        return None;
    }
    let partner = &platform.world.partner;
    let of_graph = known_scopes().filter(|(name, _)| ASKED.contains(name));
    let asked = OPENID.iter().chain(of_graph).filter(|(name, _)| match *name {
        "openid" => !is_odd(caller, "no-openid"),
        "DelegatedAdminRelationship.Read.All" => !is_odd(caller, "no-relationships"),
        _ => true,
    });
    let asked: Vec<Value> = asked.map(|(_, id)| json!({"id": id, "type": "Scope"})).collect();
    let redirects: &[&str] = if is_odd(caller, "no-redirect") { &[] } else { &["http://localhost"] };
    let secret = json!({
        "customKeyIdentifier": null, "displayName": "by mistake", "endDateTime": "2099-12-31T00:00:00Z", "hint": "abc",
        "keyId": object_id(&caller.tid, "operators' secret"), "secretText": null, "startDateTime": MADE,
    });
    Some(json!({
        "id": object_id(&caller.tid, "operators' application"), "deletedDateTime": null, "appId": partner.operators,
        "displayName": name(partner), "signInAudience": audience(caller), "createdDateTime": MADE,
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": asked}], "appRoles": roles(caller),
        "web": {"homePageUrl": null, "logoutUrl": null, "redirectUris": []}, "publicClient": {"redirectUris": redirects},
        "spa": {"redirectUris": []}, "identifierUris": [], "keyCredentials": [],
        "isFallbackPublicClient": !is_odd(caller, "no-codes"),
        "passwordCredentials": if is_odd(caller, "secret") { vec![secret] } else { Vec::new() },
    }))
}

/// Its enterprise application; none outside the partner's own tenant.
pub(super) fn principal(platform: &Platform, caller: &Caller) -> Option<Value> {
    let is_here =
        |tenant: &&Arc<Tenant>| platform.world.is_own(tenant) && !platform.faults(None).unregistered;
    caller.tenant.as_ref().filter(is_here)?;
    let partner = &platform.world.partner;
    let name = name(partner);
    (!is_odd(caller, "no-enterprise-application")).then(|| {
        json!({
            "id": object_id(&caller.tid, "operators' service principal"), "deletedDateTime": null, "appId": partner.operators,
            "displayName": name, "appDisplayName": name, "accountEnabled": true, "appOwnerOrganizationId": partner.tenant,
            "servicePrincipalType": "Application", "appRoles": roles(caller), "appRoleAssignmentRequired": true,
            "signInAudience": audience(caller),
        })
    })
}
