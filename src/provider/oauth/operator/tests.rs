//! Whom a token signs in, what an answer about a code means, and how a sign-in is kept.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;

const TENANT: &str = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684";
const CLIENT: &str = "5e0c9d27-8b14-4f6a-a3d1-72c6f0b94e18";
const ISSUER: &str = "https://login.microsoftonline.com/2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684/v2.0";
const OBJECT: &str = "d801ed3e-2988-47a0-b3d1-283f71265218";
const NOW: Moment = Moment::from_millis(1_795_424_400_000);

/// A token with these claims, signed by a key.
fn token(pair: &RsaKeyPair, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A key as it is served, for this issuer.
fn served(pair: &RsaKeyPair, issuer: &str) -> Value {
    let public = pair.public_key();
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({"keys": [{
        "kty": "RSA", "use": "sig", "kid": "k-1", "issuer": issuer,
        "n": part(public.modulus().big_endian_without_leading_zero()),
        "e": part(public.exponent().big_endian_without_leading_zero()),
    }]})
}

/// With one member changed; null takes it away.
fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

#[test]
fn only_a_token_that_fits_in_every_way_signs_somebody_in() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let keys = served(&pair, "https://login.microsoftonline.com/{tenantid}/v2.0");
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "k-1"});
    let seconds = NOW.as_millis() / 1_000;
    let good = json!({
        "iss": ISSUER, "aud": CLIENT, "tid": TENANT, "oid": OBJECT, "nonce": "n-1", "nbf": seconds, "iat": seconds,
        "exp": seconds + 3_600, "preferred_username": "mara@partner.example", "roles": ["User", "Admin"],
    });
    let (client_id, tenant) = (CLIENT.parse().unwrap(), TENANT.parse().unwrap());
    let expected =
        Expected { issuer: ISSUER, client_id, tenant, nonce: Some("n-1"), needs_role: true, now: NOW };
    let read = |claims: &Value| id_token::read(&token(&pair, &header, claims), &keys, &expected);
    let (who, until) = read(&good).unwrap();
    assert_eq!(
        (who.name.as_str(), who.is_admin, who.object.to_string().as_str()),
        ("mara@partner.example", true, OBJECT)
    );
    assert_eq!(until, NOW.plus(Duration::from_hours(1)));
    assert!(!read(&with(&good, "roles", json!(["User"]))).unwrap().0.is_admin);
    // The clocks differ a little.
    assert!(read(&with(&good, "exp", json!(seconds - 200))).is_ok());
    assert!(read(&with(&good, "nbf", json!(seconds + 200))).is_ok());
    for (name, value, why) in [
        ("iss", json!("https://sts.windows.net/x/"), Untrusted::Stranger),
        ("iss", Value::Null, Untrusted::Stranger),
        ("aud", json!(OBJECT), Untrusted::Stranger),
        ("tid", json!(OBJECT), Untrusted::OtherTenant),
        ("nonce", json!("n-2"), Untrusted::Nonce),
        ("nonce", Value::Null, Untrusted::Nonce),
        ("exp", json!(seconds - 301), Untrusted::Time),
        ("nbf", json!(seconds + 301), Untrusted::Time),
        ("oid", Value::Null, Untrusted::Shape),
        ("roles", json!(["admin", "Reader"]), Untrusted::NoRole("mara@partner.example".into())),
        ("roles", Value::Null, Untrusted::NoRole("mara@partner.example".into())),
    ] {
        assert_eq!(read(&with(&good, name, value.clone())).unwrap_err(), why, "{name} {value}");
    }
    let judged = |text: &str, keys: &Value| id_token::read(text, keys, &expected).unwrap_err();
    let whole = token(&pair, &header, &good);
    // Another key, a key of another issuer, another algorithm, none, and claims that were changed afterwards.
    let other = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    assert_eq!(judged(&token(&other, &header, &good), &keys), Untrusted::Signature);
    assert_eq!(judged(&whole, &served(&pair, "https://login.live.com")), Untrusted::Signature);
    assert_eq!(judged(&whole, &json!({"keys": []})), Untrusted::Signature);
    for algorithm in ["HS256", "PS256"] {
        let header = with(&header, "alg", json!(algorithm));
        assert_eq!(judged(&token(&pair, &header, &good), &keys), Untrusted::Signature, "{algorithm}");
    }
    assert_eq!(judged(&token(&pair, &with(&header, "alg", json!("none")), &good), &keys), Untrusted::Shape);
    let parts: Vec<&str> = whole.split('.').collect();
    let changed = URL_SAFE_NO_PAD.encode(with(&good, "oid", json!(TENANT)).to_string());
    assert_eq!(judged(&format!("{}.{changed}.{}", parts[0], parts[2]), &keys), Untrusted::Signature);
}

#[test]
fn an_answer_about_a_code_is_told_by_its_word_and_slow_down_ends_nothing() {
    let poll = |error: &str, codes: &[u64]| {
        let refusal = Refusal { error: error.into(), codes: codes.into(), ..Refusal::default() };
        words::poll(&Error::Platform(refusal), Purpose::Working)
    };
    for (error, codes, expected) in [
        ("authorization_pending", &[70_016][..], Poll::Pending),
        ("slow_down", &[70_016], Poll::SlowDown),
        ("slow_down", &[], Poll::SlowDown),
        ("expired_token", &[70_020], Poll::Lapsed),
        ("invalid_grant", &[70_019], Poll::Lapsed),
        ("bad_verification_code", &[], Poll::Lapsed),
        ("temporarily_unavailable", &[], Poll::NoAnswer),
        ("invalid_request", &[90_033], Poll::NoAnswer),
    ] {
        assert_eq!(poll(error, codes), expected, "{error} {codes:?}");
    }
    for (error, codes, is_by_rule, said) in [
        ("invalid_grant", &[53_003][..], true, "rule of your organisation"),
        ("authorization_declined", &[], false, "declined"),
        ("access_denied", &[65_004], false, "declined"),
        ("invalid_client", &[7_000_218], false, "without a secret"),
        ("invalid_grant", &[50_105], false, "may not use"),
        ("unauthorized_client", &[700_016], false, "no operators' application"),
        ("invalid_grant", &[], false, "refused"),
    ] {
        let Poll::Refused(refused) = poll(error, codes) else { panic!("{error} {codes:?}") };
        assert_eq!(refused.is_by_rule, is_by_rule, "{error} {codes:?}");
        assert!(refused.failure.what.as_str().contains(said), "{:?}", refused.failure);
    }
}

#[test]
fn a_session_is_kept_for_its_owner_alone_and_opened_by_its_key_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let file = SessionFile::new(at("data/sign-in.age"), at("config/identity.txt"));
    assert!(file.read().unwrap().is_none() && !file.forget().unwrap());
    let who = SignedIn {
        tenant: TENANT.parse().unwrap(),
        object: OBJECT.parse().unwrap(),
        name: "mara@partner.example".into(),
        is_admin: true,
    };
    let refresh = Some(Secret::new("0.refresh-token".to_owned()));
    let session =
        Session { who: who.clone(), until: NOW, client_id: CLIENT.parse().unwrap(), refresh, access: None };
    file.keep(&session).unwrap();
    let read = file.read().unwrap().unwrap();
    assert_eq!(
        (read.who, read.until, read.refresh.unwrap().expose().as_str()),
        (who, NOW, "0.refresh-token")
    );
    let kept = std::fs::read_to_string(at("data/sign-in.age")).unwrap();
    assert!(!kept.contains("refresh") && !kept.contains("mara"), "{kept}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(at("data/sign-in.age")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let other = SessionFile::new(at("data/sign-in.age"), at("config/other.txt"));
    let refused = other.read().unwrap_err().for_commands();
    assert!(refused.as_str().contains("backup365 login"), "{refused}");
    assert!(file.forget().unwrap() && file.read().unwrap().is_none());
}

#[test]
fn a_set_up_that_is_refused_leads_back_to_the_set_up_and_to_the_way_by_hand() {
    let said = |error: &str, number: u64| {
        let refusal = Refusal { error: error.into(), codes: vec![number], ..Refusal::default() };
        words::refused(&Error::Platform(refusal), Purpose::SettingUp).failure.for_commands()
    };
    for (error, number, happened) in [
        ("invalid_grant", 65_001, "your account may not let Microsoft Graph Command Line Tools do this"),
        ("access_denied", 90_094, "your account may not let Microsoft Graph Command Line Tools do this"),
        ("unauthorized_client", 7_000_112, "your organisation blocks Microsoft Graph Command Line Tools"),
        ("access_denied", 65_004, "the sign-in was declined"),
        ("invalid_grant", 50_020, "this account is of another organisation"),
    ] {
        let words = said(error, number);
        assert!(words.as_str().to_lowercase().contains(&happened.to_lowercase()), "{words}");
        assert!(
            words.as_str().contains("backup365 setup") && !words.as_str().contains("backup365 login"),
            "{words}"
        );
    }
    let scopes = Purpose::SettingUp.scopes("https://graph.microsoft.us");
    assert!(scopes.contains(&"https://graph.microsoft.us/Application.ReadWrite.All".to_owned()));
    assert!(!scopes.contains(&"offline_access".to_owned()), "nothing is kept that could be used again");
}
