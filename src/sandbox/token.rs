//! The token endpoint: application tokens by secret or by certificate. Those of people are made by `sign_in`.
//!
//! `POST /{tenant}/oauth2/v2.0/token` with `grant_type=client_credentials`. What comes out is a signed access token for
//! Graph with the roles that the tenant's administrator granted, or an error with its AADSTS number. The checks go in this
//! order: form, tenant, application, credential, scope, consent.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    answer::{Answer, Ask, Mark, fresh, value},
    application::Application,
    assertion,
    discovery::{ANYBODY, unknown_tenant},
    platform::{Consent, Platform},
    sign_in,
    world::Tenant,
};

/// Life of an access token, seconds: the usual lower end of 60 to 90 minutes.
pub(super) const LIFE: i64 = 3_600;
/// Scope of every application permission of Graph.
const SCOPE: &str = "/.default";

/// A refusal: HTTP status, `error`, AADSTS number, text.
pub(super) type Refusal = (u16, &'static str, u32, String);

/// Answers one token request.
pub(super) fn answer(platform: &Platform, ask: &Ask, word: &str) -> Answer {
    let mark = Mark::of(ask, platform.now());
    match grant(platform, ask, word) {
        Ok(tokens) => Answer::json(200, &tokens)
            .with("cache-control", "no-store, no-cache")
            .with("x-ms-request-id", mark.trace),
        Err((status, error, code, text)) => mark.error(status, error, code, &text),
    }
}

/// The members of the answer, or why not.
fn grant(platform: &Platform, ask: &Ask, word: &str) -> Result<Value, Refusal> {
    let form = ask.form().filter(|_| ask.method == "POST").ok_or_else(|| {
        let text = "The endpoint only accepts POST requests with a form body.".to_owned();
        (400, "invalid_request", 900_561, text)
    })?;
    let field =
        |name: &'static str| value(&form, name).filter(|text| !text.is_empty()).ok_or_else(|| lacking(name));
    // People may sign in where no tenant is named.
    if let Some(done) =
        value(&form, "grant_type").and_then(|kind| sign_in::grant(platform, ask, &form, word, kind))
    {
        return done;
    }
    let tenant = tenant(platform, word)?;
    let kind = field("grant_type")?;
    if kind != "client_credentials" {
        return Err((
            400,
            "unsupported_grant_type",
            70_003,
            format!("The app requested an unsupported grant type '{kind}'."),
        ));
    }
    if let Some(code) = platform.world.tenant(&tenant).and_then(|it| platform.faults(Some(it)).token_error) {
        return Err(forced(code, &tenant));
    }
    let (application, by_certificate) = client(platform, ask, &form, word, &tenant)?;
    let client = &application.client_id;
    let scope = field("scope")?;
    let graph = format!("https://{}", platform.world.home.graph);
    if scope != format!("{graph}{SCOPE}") && scope != format!("{client}{SCOPE}") {
        let text = format!(
            "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        return Err((400, "invalid_scope", 70_011, text));
    }
    let roles = roles(platform, &tenant, &application)?;
    let token = sign(platform, &tenant, &application, by_certificate, roles.as_deref())?;
    Ok(
        json!({"token_type": "Bearer", "expires_in": LIFE - 1, "ext_expires_in": LIFE - 1, "access_token": token}),
    )
}

/// Tenant id behind the path word.
fn tenant(platform: &Platform, word: &str) -> Result<String, Refusal> {
    if ANYBODY.contains(&word.to_lowercase().as_str()) {
        let text = format!(
            "The grant type is not supported over the /{word} endpoint. Please use a tenant-specific endpoint."
        );
        return Err((400, "invalid_request", 9_001_023, text));
    }
    Ok(known(platform, word)?.id.clone())
}

/// The tenant of a path word, where it lives in this cloud.
pub(super) fn known<'a>(platform: &'a Platform, word: &str) -> Result<&'a Tenant, Refusal> {
    let tenant = platform.world.tenant(word).ok_or_else(|| {
        let (error, code, text) = unknown_tenant(word);
        (400, error, code, text)
    })?;
    match platform.abroad(word) {
        None => Ok(tenant),
        Some(cloud) => {
            let cloud = cloud.instance;
            let text =
                format!("Tenant '{word}' request is being redirected to the National Cloud '{cloud}'.");
            Err((400, "invalid_request", 90_038, text))
        }
    }
}

/// A parameter is missing.
pub(super) fn lacking(name: &str) -> Refusal {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    (400, "invalid_request", 900_144, text)
}

/// The client that proves itself, and whether by certificate.
fn client(
    platform: &Platform,
    ask: &Ask,
    form: &[(String, String)],
    word: &str,
    tenant: &str,
) -> Result<(Application, bool), Refusal> {
    let basic = basic(ask);
    let named =
        value(form, "client_id").map(str::to_owned).or_else(|| basic.as_ref().map(|(id, _)| id.clone()));
    let client = named.ok_or_else(|| lacking("client_id"))?;
    let found = platform.application(&client).map_err(|why| broken(&why))?;
    let is_here = |it: &Application| platform.world.tenant(tenant).is_some_and(|tenant| it.may_be_in(tenant));
    let application = found.filter(is_here).ok_or_else(|| app_unknown(&client, tenant))?;
    if let Some(text) = value(form, "client_assertion") {
        let kind = value(form, "client_assertion_type").unwrap_or_default();
        if kind != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
            let text =
                "The provided value for the input parameter 'client_assertion_type' is not valid.".to_owned();
            return Err((400, "invalid_request", 90_014, text));
        }
        assertion::check(
            text,
            &assertion::Expected {
                application: &application,
                login: &ask.links.login,
                home: &format!("https://{}", platform.world.home.login),
                words: [word, tenant],
                now: platform.now() / 1_000,
            },
        )
        .map_err(|(code, text)| (401, "invalid_client", code, text))?;
        return Ok((application, true));
    }
    let secret = value(form, "client_secret").map(str::to_owned).or_else(|| basic.map(|(_, secret)| secret));
    match secret {
        Some(secret) if application.knows(&secret) => Ok((application, false)),
        Some(_) => {
            let text = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the \
                 client secret ID, for a secret added to app '{}'.",
                application.client_id
            );
            Err((401, "invalid_client", 7_000_215, text))
        }
        None => {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.".to_owned();
            Err((401, "invalid_client", 7_000_218, text))
        }
    }
}

/// Id and secret of an `Authorization: Basic` header, both form-decoded (RFC 6749, 2.3.1).
fn basic(ask: &Ask) -> Option<(String, String)> {
    let (scheme, text) = ask.header("authorization").split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(text.trim()).ok())??;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    Some((decode(id), decode(secret)))
}

/// The application is not in the tenant.
pub(super) fn app_unknown(client: &str, tenant: &str) -> Refusal {
    let text = format!(
        "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the application has \
         not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your \
         authentication request to the wrong tenant."
    );
    (400, "unauthorized_client", 700_016, text)
}

/// Roles to put into the token: `None` where a token without roles is due.
fn roles(
    platform: &Platform,
    tenant: &str,
    application: &Application,
) -> Result<Option<Vec<String>>, Refusal> {
    let client = &application.client_id;
    let Some(known) = platform.world.tenant(tenant) else { return Err(app_unknown(client, tenant)) };
    let consent = platform.consent_to(known, application).map_err(|why| broken(&why))?;
    let is_seeded = client.eq_ignore_ascii_case(&platform.world.partner.client_id);
    if is_seeded && platform.world.is_own(known) {
        let mut roles = platform.world.partner.own_permissions.clone();
        if let Consent::Spreading(more) | Consent::Working(more) = consent {
            roles.extend(more);
        }
        let lacking = platform.faults(Some(known)).without;
        roles.retain(|role| !lacking.contains(role));
        return Ok(Some(roles).filter(|roles| !roles.is_empty()));
    }
    match consent {
        Consent::Missing if known.before_consent == 7_000_229 || application.tenant == known.id => {
            let text = format!(
                "The client application {client} is missing service principal in the tenant {tenant}."
            );
            Err((401, "invalid_client", 7_000_229, text))
        }
        Consent::Missing => Err(app_unknown(client, tenant)),
        Consent::Recorded => Ok(None),
        Consent::Spreading(roles) | Consent::Working(roles) => {
            Ok(Some(roles).filter(|roles| !roles.is_empty()))
        }
    }
}

/// The sandbox itself fails.
pub(super) fn broken(why: &dyn std::fmt::Display) -> Refusal {
    (
        503,
        "temporarily_unavailable",
        90_033,
        format!("A transient error has occurred. Please try again. ({why})"),
    )
}

/// The refusal that a world or a flag asks for.
fn forced(code: u32, tenant: &str) -> Refusal {
    let (status, error, text) = match code {
        5_000_224 => (
            400,
            "invalid_request",
            "We are sorry, this resource is not available. If you are seeing this message by mistake, please contact Microsoft support.",
        ),
        7_000_112 => (400, "unauthorized_client", "Application is disabled."),
        7_000_215 => (401, "invalid_client", "Invalid client secret provided."),
        7_000_222 => (401, "invalid_client", "The provided client secret keys are expired."),
        700_027 => (401, "invalid_client", "Client assertion contains an invalid signature."),
        53_003 => (400, "invalid_grant", "Access has been blocked by Conditional Access policies."),
        50_196 => (
            400,
            "invalid_grant",
            "The server terminated an operation because it encountered a client request loop.",
        ),
        90_033 => (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
        _ => (400, "invalid_request", "The request was refused."),
    };
    (status, error, code, format!("{text} Tenant: {tenant}."))
}

/// A v1.0 access token for Graph.
fn sign(
    platform: &Platform,
    tenant: &str,
    application: &Application,
    by_certificate: bool,
    roles: Option<&[String]>,
) -> Result<String, Refusal> {
    let now = platform.now() / 1_000;
    let known = platform.world.tenant(tenant);
    let principal = known.map(|tenant| application.principal(platform, tenant)).transpose();
    let principal = principal.map_err(|why| broken(&why))?.flatten().unwrap_or_else(fresh);
    let mut claims = json!({
        "aud": format!("https://{}", platform.world.home.graph), "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now, "nbf": now, "exp": now + LIFE,
        "app_displayname": application.app_name, "appid": application.client_id,
        "appidacr": if by_certificate { "2" } else { "1" }, "idp": format!("https://sts.windows.net/{tenant}/"),
        "idtyp": "app", "oid": principal, "sub": principal, "tid": tenant, "uti": fresh(), "ver": "1.0",
    });
    if let (Some(roles), Some(members)) = (roles, claims.as_object_mut()) {
        members.insert("roles".to_owned(), Value::from(roles));
    }
    platform.keys.sign(&claims).ok_or_else(|| broken(&"the token can't be signed"))
}
