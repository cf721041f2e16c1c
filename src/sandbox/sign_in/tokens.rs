//! Tokens of people: from an authorisation code, a device code or a refresh token.
//!
//! What comes out is an access token for Graph with the scopes that were asked for, and, where those ask for them, an id
//! token and a refresh token; or an error with its AADSTS number.

use std::{collections::HashMap, sync::PoisonError};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Code, device::Poll, registration, seal, unseal};
use crate::sandbox::{
    answer::{Ask, fresh, value},
    application::roles_of,
    partner_center,
    platform::{Platform, object_id},
    registration::{Registration, Scopes, public},
    role::GRAPH,
    token::{LIFE, Refusal, app_unknown, broken, lacking},
    world::{Account, Tenant},
};

/// Life of an authorisation code, milliseconds.
const CODE_LIFE: i64 = 600_000;
/// Life of a refresh token that nobody uses, milliseconds: 90 days.
const REFRESH_LIFE: i64 = 90 * 24 * 3_600_000;
/// The grants of devices: as RFC 8628 spells it, and as older libraries do.
const DEVICE_GRANTS: [&str; 2] = ["urn:ietf:params:oauth:grant-type:device_code", "device_code"];

/// What a refresh token holds.
#[derive(Serialize, Deserialize)]
struct Refresh {
    /// Application that it is for.
    client: String,
    /// Who signed in.
    account: String,
    /// Scopes, as they were first asked for.
    scope: String,
    /// When it was made, milliseconds since 1970 UTC.
    made: i64,
}

/// A person who signed in, and for what.
struct Signed<'a> {
    /// Application.
    registration: Registration,
    /// Organisation.
    tenant: &'a Tenant,
    /// The organisation that the tokens are for, where that is a customer's.
    guest_in: Option<&'a Tenant>,
    /// Person.
    account: &'a Account,
    /// Scopes, as they were asked for.
    scope: String,
    /// `nonce` of the request.
    nonce: Option<String>,
}

/// Object id of an account in its organisation.
pub(in crate::sandbox) fn oid(tenant: &Tenant, account: &Account) -> String {
    object_id(&tenant.id, &account.address)
}

/// Tokens for a grant of people; `None`: the grant is none of theirs.
pub(in crate::sandbox) fn grant(
    platform: &Platform,
    ask: &Ask,
    form: &[(String, String)],
    word: &str,
    kind: &str,
) -> Option<Result<Value, Refusal>> {
    let client = value(form, "client_id").unwrap_or_default();
    let found = match kind {
        "authorization_code" => by_code(platform, form, client, word),
        "refresh_token" => by_refresh(platform, form, client, word),
        kind if DEVICE_GRANTS.contains(&kind) => by_device(platform, form, client, word),
        _ => return None,
    };
    Some(found.and_then(|signed| answer(platform, ask, &signed, value(form, "client_info") == Some("1"))))
}

/// The application, which has no secret and may send none.
fn client(
    platform: &Platform,
    form: &[(String, String)],
    client: &str,
    word: &str,
) -> Result<Registration, Refusal> {
    if client.is_empty() {
        return Err(lacking("client_id"));
    }
    let found = registration(platform, client, word)?;
    if ["client_secret", "client_assertion"].iter().any(|name| value(form, name).is_some()) {
        let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        return Err((401, "invalid_client", 700_025, text.to_owned()));
    }
    Ok(found)
}

/// A grant that is not good.
fn invalid(code: u32, text: &str) -> Refusal {
    (400, "invalid_grant", code, text.to_owned())
}

/// By authorisation code.
fn by_code<'a>(
    platform: &'a Platform,
    form: &[(String, String)],
    client_id: &str,
    word: &str,
) -> Result<Signed<'a>, Refusal> {
    let registration = client(platform, form, client_id, word)?;
    let code = value(form, "code").unwrap_or_default();
    let code = unseal::<Code>(platform, "code", code)
        .filter(|it| it.client == registration.client)
        .ok_or_else(|| invalid(70_000, "The provided value for the 'code' parameter is not valid."))?;
    if value(form, "redirect_uri") != Some(&code.wish.redirect) {
        let text =
            "The reply address does not match the reply address provided when requesting Authorization code.";
        return Err(invalid(500_112, text));
    }
    if platform.now().saturating_sub(code.made) > CODE_LIFE {
        return Err(invalid(70_008, "The provided authorization code or refresh token has expired."));
    }
    if let Some((challenge, is_hash)) = &code.wish.challenge {
        let verifier = value(form, "code_verifier").unwrap_or_default();
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        if *challenge != if *is_hash { hash } else { verifier.to_owned() } {
            let text =
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
            return Err(invalid(501_481, text));
        }
    }
    let spent = &platform.sign_ins.spent;
    if !spent.lock().unwrap_or_else(PoisonError::into_inner).insert(code.id) {
        let text = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh \
                    token.";
        return Err(invalid(54_005, text));
    }
    signed(platform, registration, &code.account, code.wish.scope, code.wish.nonce)
}

/// By device code.
fn by_device<'a>(
    platform: &'a Platform,
    form: &[(String, String)],
    client_id: &str,
    word: &str,
) -> Result<Signed<'a>, Refusal> {
    let registration = client(platform, form, client_id, word)?;
    // Older libraries call it `code`.
    let code = value(form, "device_code").or_else(|| value(form, "code")).unwrap_or_default();
    let slow = platform.faults(platform.world.tenant(word).map(AsRef::as_ref)).slow_down.unwrap_or_default();
    let refuse = |error, code, text: &str| Err((400, error, code, text.to_owned()));
    match platform.sign_ins.poll(code, &registration.client, slow, platform.now()) {
        Poll::Done(account, scope) => signed(platform, registration, &account, scope, None),
        Poll::Pending => refuse("authorization_pending", 70_016, words(70_016)),
        // Microsoft does not say that it sends this; RFC 8628 does.
        Poll::Slow => refuse("slow_down", 70_016, "The client polls too often. Poll more slowly."),
        Poll::Expired => refuse("expired_token", 70_020, words(70_020)),
        Poll::Declined => refuse("authorization_declined", 65_004, words(65_004)),
        Poll::Unknown => refuse("bad_verification_code", 70_018, words(70_018)),
        Poll::Refused(number) => Err(invalid(number, words(number))),
    }
}

/// By refresh token.
fn by_refresh<'a>(
    platform: &'a Platform,
    form: &[(String, String)],
    client_id: &str,
    word: &str,
) -> Result<Signed<'a>, Refusal> {
    let guest_in = guest_in(platform, client_id, word);
    let registration = match guest_in {
        Some(_) => public(platform, client_id).ok_or_else(|| app_unknown(client_id, word))?,
        None => client(platform, form, client_id, word)?,
    };
    let token = value(form, "refresh_token").unwrap_or_default();
    let token = unseal::<Refresh>(platform, "refresh", token)
        .filter(|it| it.client == registration.client)
        .ok_or_else(|| invalid(9_002_313, "Invalid request. Request is malformed or invalid."))?;
    if platform.now().saturating_sub(token.made) > REFRESH_LIFE {
        return Err(invalid(700_082, words(700_082)));
    }
    let scope = value(form, "scope").filter(|it| !it.is_empty()).map_or(token.scope, str::to_owned);
    let signed = signed(platform, registration, &token.account, scope, None)?;
    if let Some(tenant) = guest_in {
        let_in(platform, tenant, &signed)?;
    }
    Ok(Signed { guest_in, ..signed })
}

/// The customer's organisation that a token of the operators' application is asked for.
fn guest_in<'a>(platform: &'a Platform, client: &str, word: &str) -> Option<&'a Tenant> {
    let is_operators = public(platform, client).is_some_and(|found| found.has_roles);
    let tenant = platform.world.tenant(word).filter(|tenant| is_operators && !platform.world.is_own(tenant));
    tenant.map(AsRef::as_ref)
}

/// Refuses where the application was not let into the organisation with what is asked for, or the person has no role there.
fn let_in(platform: &Platform, tenant: &Tenant, signed: &Signed<'_>) -> Result<(), Refusal> {
    let granted = partner_center::scopes_in(platform, tenant, &signed.registration.client)?;
    let asked = Scopes::read(&signed.scope, &signed.registration);
    let fits =
        asked.is_none_or(|asked| !asked.is_of_center && asked.named.iter().all(|one| granted.contains(one)));
    if !fits {
        return Err(invalid(
            65_001,
            "The user or administrator has not consented to use the application with this scope.",
        ));
    }
    if partner_center::roles(platform, tenant, signed.account).is_empty() {
        return Err(invalid(
            50_020,
            "The user account does not exist in the tenant and can't access the application there.",
        ));
    }
    Ok(())
}

/// Who signed in, by address.
fn signed<'a>(
    platform: &'a Platform,
    registration: Registration,
    address: &str,
    scope: String,
    nonce: Option<String>,
) -> Result<Signed<'a>, Refusal> {
    let (tenant, account) = platform
        .world
        .account(address)
        .ok_or_else(|| invalid(50_034, "The user account does not exist in the directory."))?;
    if let Some(code) = platform.faults(Some(tenant)).token_error {
        return Err(invalid(code, words(code)));
    }
    Ok(Signed { registration, tenant, guest_in: None, account, scope, nonce })
}

/// The answer of the token endpoint.
fn answer(platform: &Platform, ask: &Ask, signed: &Signed<'_>, with_info: bool) -> Result<Value, Refusal> {
    let scopes = Scopes::read(&signed.scope, &signed.registration).ok_or_else(|| {
        let text = format!(
            "The provided value for the input parameter 'scope' is not valid. The scope {} is not valid.",
            signed.scope
        );
        (400, "invalid_scope", 70_011, text)
    })?;
    let faults = platform.faults(Some(signed.tenant));
    if let Some(scope) = scopes.named.iter().find(|scope| faults.without.contains(scope)) {
        return Err(invalid(65_001, &format!("{} (the scope {scope})", words(65_001))));
    }
    let home = faults.sign_in_tenant.as_deref().unwrap_or(&signed.tenant.id);
    let tid = signed.guest_in.map_or(home, |tenant| tenant.id.as_str());
    let oid = oid(signed.tenant, signed.account);
    let mut answer = HashMap::from([
        ("token_type", json!("Bearer")),
        ("scope", json!(scopes.told())),
        ("expires_in", json!(LIFE - 1)),
        ("ext_expires_in", json!(LIFE - 1)),
        ("access_token", json!(access(platform, signed, &scopes, tid, &oid)?)),
    ]);
    if scopes.has("offline_access") {
        let refresh = Refresh {
            client: signed.registration.client.clone(),
            account: signed.account.address.clone(),
            scope: signed.scope.clone(),
            made: platform.now(),
        };
        answer.insert("refresh_token", json!(seal(platform, "refresh", &refresh)));
    }
    if scopes.has("openid") {
        let issuer = format!("{}/{tid}/v2.0", ask.links.login);
        let mut claims = identity(platform, signed, &scopes, tid, &oid);
        claims.insert("iss".to_owned(), json!(issuer));
        let mut roles = if signed.registration.is_registered {
            let roles = roles_of(platform, &signed.registration.client, &oid).map_err(|why| broken(&why))?;
            roles.ok_or_else(|| invalid(50_105, words(50_105)))?
        } else {
            signed.account.app_roles.clone()
        };
        roles.retain(|role| !faults.without.contains(role));
        if signed.registration.has_roles && !roles.is_empty() {
            claims.insert("roles".to_owned(), json!(roles));
        }
        answer.insert("id_token", json!(sign(platform, &Value::from(claims))?));
    }
    if with_info {
        let info = URL_SAFE_NO_PAD.encode(json!({"uid": oid, "utid": tid}).to_string());
        answer.insert("client_info", json!(info));
    }
    Ok(json!(answer))
}

/// Signs claims.
fn sign(platform: &Platform, claims: &Value) -> Result<String, Refusal> {
    platform.keys.sign(claims).ok_or_else(|| broken(&"the token can't be signed"))
}

/// Claims of an id token but issuer and roles.
fn identity(
    platform: &Platform,
    signed: &Signed<'_>,
    scopes: &Scopes,
    tid: &str,
    oid: &str,
) -> Map<String, Value> {
    let now = platform.now() / 1_000;
    let client = &signed.registration.client;
    let mut claims = Map::new();
    let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    say("aud", json!(client));
    say("iat", json!(now));
    say("nbf", json!(now));
    say("exp", json!(now + LIFE));
    // Another one at each application, always the same at one.
    say("sub", json!(object_id(client, oid)));
    say("tid", json!(tid));
    say("uti", json!(fresh()));
    say("ver", json!("2.0"));
    if scopes.has("profile") {
        say("name", json!(signed.account.name));
        say("oid", json!(oid));
        say("preferred_username", json!(signed.account.address));
    }
    if scopes.has("email") {
        say("email", json!(signed.account.address));
    }
    if let Some(nonce) = &signed.nonce {
        say("nonce", json!(nonce));
    }
    claims
}

/// A v1.0 access token for Graph.
fn access(
    platform: &Platform,
    signed: &Signed<'_>,
    scopes: &Scopes,
    tid: &str,
    oid: &str,
) -> Result<String, Refusal> {
    let now = platform.now() / 1_000;
    let registration = &signed.registration;
    let account = signed.account;
    let at = signed.guest_in.unwrap_or(signed.tenant);
    let wids = partner_center::roles(platform, at, account);
    let is_strong = !platform.faults(Some(signed.tenant)).no_mfa;
    let amr: &[&str] = if is_strong { &["pwd", "mfa"] } else { &["pwd"] };
    let audience = if scopes.is_of_center { partner_center::RESOURCE } else { GRAPH };
    let shown = scopes.openid.iter().filter(|it| *it != "offline_access");
    let scope = scopes.named.iter().chain(shown).map(String::as_str).collect::<Vec<_>>().join(" ");
    let claims = json!({
        "aud": audience, "iss": format!("https://sts.windows.net/{tid}/"), "iat": now, "nbf": now, "exp": now + LIFE,
        "acct": 0, "acr": "1", "amr": amr, "app_displayname": registration.name, "appid": registration.client,
        "appidacr": "0", "idtyp": "user", "name": account.name, "oid": oid, "scp": scope,
        "sub": object_id(audience, oid), "tid": tid, "unique_name": account.address, "upn": account.address,
        "uti": fresh(), "ver": "1.0", "wids": wids,
    });
    sign(platform, &claims)
}

/// What Microsoft says about a number, in words near to its own.
pub(super) fn words(code: u32) -> &'static str {
    match code {
        50_057 => "The user account is disabled.",
        90_094 => "The grant requires admin permission.",
        50_076 => {
            "Due to a configuration change made by your administrator, or because you moved to a new location, you must use \
                   multi-factor authentication to access the application."
        }
        50_105 => {
            "Your administrator has configured the application to block users unless they are specifically granted access to \
                   the application."
        }
        50_173 => {
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have \
                   changed or reset their password."
        }
        53_000 => "Device is not in required device state: the device must be compliant.",
        53_003 => {
            "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."
        }
        65_004 => "User declined to consent to access the app.",
        70_016 => "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        70_018 => "Invalid verification code: the device_code is not recognised.",
        70_020 => {
            "The provided value for the input parameter 'device_code' is not valid. This device code has expired."
        }
        70_043 => {
            "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."
        }
        700_082 => "The refresh token has expired due to inactivity.",
        _ => "The sign-in was refused.",
    }
}
