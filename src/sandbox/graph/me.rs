//! The person who signed in: `/me`, and what `OpenID` Connect calls the user info.

use serde_json::json;

use super::{Caller, Found, Refusal, query::select};
use crate::sandbox::{
    answer::Ask,
    platform::{Platform, object_id},
    role::GRAPH,
    sign_in::oid,
    world::{Account, Tenant},
};

/// The person of the token and their organisation.
fn person<'a>(platform: &'a Platform, caller: &Caller) -> Result<(&'a Tenant, &'a Account), Refusal> {
    let found = caller.person.as_ref().and_then(|address| platform.world.account(address));
    let (tenant, account) = found.ok_or_else(|| {
        Refusal::new(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
    })?;
    Ok((tenant, account))
}

/// Answers `/me`.
pub(super) fn answer(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    let (tenant, account) = person(platform, caller)?;
    if !caller.may(&["User.Read", "User.Read.All"]) {
        return Err(Refusal::forbidden());
    }
    let (given, family) = account.name.split_once(' ').unwrap_or((&account.name, ""));
    let user = json!({
        "@odata.context": format!("{}/$metadata#users/$entity", caller.root), "id": oid(tenant, account),
        "businessPhones": [], "displayName": account.name, "givenName": given, "jobTitle": null, "mail": account.address,
        "mobilePhone": null, "officeLocation": null, "preferredLanguage": null, "surname": family,
        "userPrincipalName": account.address,
    });
    Ok(Found::json(&select(ask, "user", user)?, 1))
}

/// Answers `/oidc/userinfo`.
pub(super) fn userinfo(platform: &Platform, caller: &Caller) -> Result<Found, Refusal> {
    let (tenant, account) = person(platform, caller)?;
    let (given, family) = account.name.split_once(' ').unwrap_or((&account.name, ""));
    let info = json!({
        "sub": object_id(GRAPH, &oid(tenant, account)), "name": account.name, "given_name": given, "family_name": family,
        "email": account.address,
    });
    Ok(Found::json(&info, 1))
}
