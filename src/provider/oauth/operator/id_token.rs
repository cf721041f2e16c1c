//! Whether an ID token is Microsoft's own, for us, for this sign-in and still good; and who it says it is (reference,
//! section 6.3).

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::{
    id::TenantId,
    sign_in::SignedIn,
    text::Text,
    time::{Moment, TOLERANCE},
};

/// The application roles that make an operator, as the registration names their values.
const ADMIN: &str = "Admin";
const USER: &str = "User";

/// What a token must fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// The one who issues it, with the tenant in it.
    pub(super) issuer: &'a str,
    /// Our registration.
    pub(super) client_id: Uuid,
    /// The partner's own tenant.
    pub(super) tenant: TenantId,
    /// What was sent for this sign-in; none where the way has no place for one.
    pub(super) nonce: Option<&'a str>,
    /// The account must hold a role.
    pub(super) needs_role: bool,
    /// The time.
    pub(super) now: Moment,
}

/// Why nobody is signed in by a token.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Untrusted {
    /// It is no token, or says too little.
    #[error("the ID token can't be read")]
    Shape,
    /// No served key that is for this issuer has signed it.
    #[error("the ID token is not signed by a key that Microsoft serves")]
    Signature,
    /// It is somebody else's, or for another application.
    #[error("the ID token is not from Microsoft for this application")]
    Stranger,
    /// An account of another organisation.
    #[error("the ID token is of another organisation")]
    OtherTenant,
    /// It answers another sign-in.
    #[error("the ID token belongs to another sign-in")]
    Nonce,
    /// It is good no more, or not yet.
    #[error("the ID token is out of date")]
    Time,
    /// The account has neither role; its name.
    #[error("{0} has no role")]
    NoRole(Text),
}

/// Who signed in, and until when the token says so.
///
/// # Errors
/// The first thing that does not fit; the signature comes before everything that the token says.
pub(super) fn read(
    token: &str,
    keys: &Value,
    expected: &Expected<'_>,
) -> Result<(SignedIn, Moment), Untrusted> {
    let claims = signed(token, keys, expected)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let tenant: TenantId =
        text("tid").and_then(|tenant| tenant.parse().ok()).ok_or(Untrusted::OtherTenant)?;
    if tenant != expected.tenant {
        return Err(Untrusted::OtherTenant);
    }
    if expected.nonce.is_some_and(|nonce| text("nonce") != Some(nonce)) {
        return Err(Untrusted::Nonce);
    }
    let until = moment(&claims, "exp").ok_or(Untrusted::Shape)?;
    let not_before = moment(&claims, "nbf").or_else(|| moment(&claims, "iat"));
    let is_early = not_before.is_some_and(|from| from.is_ahead_of(expected.now, TOLERANCE));
    if is_early || expected.now >= until.plus(TOLERANCE) {
        return Err(Untrusted::Time);
    }
    let object = text("oid").and_then(|id| Uuid::try_parse(id).ok()).ok_or(Untrusted::Shape)?;
    let name = text("preferred_username").or_else(|| text("name")).map(Text::clean);
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| Text::of(format_args!("{object}")));
    let has = |role: &str| {
        let roles = claims.get("roles").and_then(Value::as_array);
        roles.is_some_and(|roles| roles.iter().any(|one| one.as_str() == Some(role)))
    };
    let is_admin = has(ADMIN);
    if expected.needs_role && !is_admin && !has(USER) {
        return Err(Untrusted::NoRole(name));
    }
    Ok((SignedIn { tenant, object, name, is_admin }, until))
}

/// What a token says, once a served key vouches for it, and issuer and audience fit.
fn signed(token: &str, keys: &Value, expected: &Expected<'_>) -> Result<Value, Untrusted> {
    let header = jsonwebtoken::decode_header(token).map_err(|_malformed| Untrusted::Shape)?;
    let kid = header.kid.ok_or(Untrusted::Signature)?;
    let key = key(keys, &kid, expected).ok_or(Untrusted::Signature)?;
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&[expected.client_id.hyphenated()]);
    rules.set_issuer(&[expected.issuer]);
    rules.set_required_spec_claims(&["aud", "iss", "exp"]);
    // By our own clock, which the crate does not know.
    (rules.validate_exp, rules.validate_nbf) = (false, false);
    let read = jsonwebtoken::decode::<Value>(token, &key, &rules);
    read.map(|token| token.claims).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::InvalidIssuer
        | jsonwebtoken::errors::ErrorKind::InvalidAudience
        | jsonwebtoken::errors::ErrorKind::MissingRequiredClaim(_) => Untrusted::Stranger,
        _ => Untrusted::Signature,
    })
}

/// The served RSA key of this id, where it is for this issuer: among the keys of all tenants stand those of the consumers'
/// tenant, each with its own issuer (reference, section 6.3).
fn key(keys: &Value, kid: &str, expected: &Expected<'_>) -> Option<DecodingKey> {
    let all = keys.get("keys").and_then(Value::as_array)?;
    let is_ours = |key: &&Value| {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let issuer = text("issuer").map(|text| text.replace("{tenantid}", &expected.tenant.to_string()));
        text("kid") == Some(kid)
            && text("kty") == Some("RSA")
            && text("use").is_none_or(|purpose| purpose == "sig")
            && issuer.is_none_or(|issuer| issuer == expected.issuer)
    };
    let key = all.iter().find(is_ours)?;
    let part = |name: &str| key.get(name).and_then(Value::as_str);
    DecodingKey::from_rsa_components(part("n")?, part("e")?).ok()
}

/// A moment in seconds, whole or not.
fn moment(claims: &Value, name: &str) -> Option<Moment> {
    let value = claims.get(name)?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float keeps to the range")]
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
    Some(Moment::from_millis(seconds.saturating_mul(1_000)))
}
