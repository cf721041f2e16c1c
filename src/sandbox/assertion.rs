//! Client assertions: a token signed with the application's certificate, in place of a secret.
//!
//! Read by the token endpoint. Both thumbprint headers and both signature kinds are accepted: `x5t#S256` with PS256 as
//! documented, `x5t` with RS256 as older libraries send it.

use aws_lc_rs::{
    digest,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::application::Application;

/// Clock difference that is forgiven, seconds.
const SKEW: i64 = 300;
/// Longest time from `nbf` to `exp`, seconds. A guess on the generous side: ten minutes are documented as the most to send.
const LONGEST: i64 = 24 * 3_600;

/// What an assertion is held against.
pub(super) struct Expected<'a> {
    /// The application.
    pub(super) application: &'a Application,
    /// Origin of the identity platform, as it was asked.
    pub(super) login: &'a str,
    /// The same under Microsoft's own name.
    pub(super) home: &'a str,
    /// Words that may stand for the tenant in the audience: as asked, and its id.
    pub(super) words: [&'a str; 2],
    /// Seconds since 1970 UTC.
    pub(super) now: i64,
}

/// A refusal: AADSTS number and text.
type Refusal = (u32, String);

/// Checks one assertion.
///
/// # Errors
/// The AADSTS number and its text.
pub(super) fn check(text: &str, expected: &Expected<'_>) -> Result<(), Refusal> {
    let malformed = || (50_027, "JWT token is invalid or malformed.".to_owned());
    let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    // Microsoft takes the padding that RFC 7515 leaves out.
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok();
    let json = |part: &str| bytes(part).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let (header, claims) = (json(header).ok_or_else(malformed)?, json(claims).ok_or_else(malformed)?);
    let signature = bytes(signature).ok_or_else(malformed)?;
    let key = key(&header, expected.application).ok_or_else(|| {
        let text =
            "Client assertion contains an invalid signature. [Reason - The key was not found.]".to_owned();
        (700_027, text)
    })?;
    let algorithm = match header.get("alg").and_then(Value::as_str) {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        _ => {
            return Err((50_027, "JWT token is invalid: the signing algorithm is not supported.".to_owned()));
        }
    };
    UnparsedPublicKey::new(algorithm, key).verify(signed.as_bytes(), &signature).map_err(|_why| {
        let text = "Client assertion contains an invalid signature. [Reason - The key was found, but use of the key to verify the \
                    signature failed.]";
        (700_027, text.to_owned())
    })?;
    claims_fit(&claims, expected)
}

/// Public key of the certificate that the header names, PKCS#1.
fn key(header: &Value, application: &Application) -> Option<Vec<u8>> {
    let wanted = |name: &str| header.get(name).and_then(Value::as_str).map(|text| text.trim_end_matches('='));
    let (strong, weak) = (wanted("x5t#S256"), wanted("x5t"));
    application.certificates.iter().find_map(|der| {
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(der));
        let old = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der));
        let named = strong.map_or_else(|| weak == Some(old.as_str()), |it| it == thumbprint);
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok().filter(|_| named)?;
        Some(certificate.public_key().subject_public_key.data.to_vec())
    })
}

/// Issuer, subject, audience and times.
fn claims_fit(claims: &Value, expected: &Expected<'_>) -> Result<(), Refusal> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let client = &expected.application.client_id;
    if !text("iss").eq_ignore_ascii_case(client) || !text("sub").eq_ignore_ascii_case(client) {
        return Err((
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.".to_owned(),
        ));
    }
    let mut bases = expected
        .words
        .iter()
        .flat_map(|word| [expected.login, expected.home].map(|login| format!("{login}/{word}")));
    let fits = bases.any(|base| {
        [format!("{base}/oauth2/v2.0/token"), format!("{base}/v2.0"), format!("{base}/oauth2/token")]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(text("aud")))
    });
    if !fits {
        return Err((700_023, "Client assertion audience claim does not match Realm issuer.".to_owned()));
    }
    // A NumericDate may have a fraction (RFC 7519 section 2).
    let time = |name: &str| {
        let number = claims.get(name)?.as_number()?.to_string();
        number.split('.').next()?.parse::<i64>().ok()
    };
    let expires =
        time("exp").ok_or_else(|| (50_027, "JWT token is invalid: there is no expiry.".to_owned()))?;
    let begins = time("nbf").or_else(|| time("iat")).unwrap_or(expected.now);
    let in_time =
        expires > expected.now - SKEW && begins < expected.now + SKEW && expires - begins <= LONGEST;
    in_time
        .then_some(())
        .ok_or_else(|| (700_024, "Client assertion is not within its valid time range.".to_owned()))
}

#[cfg(test)]
mod tests;
