//! Assertions as a library would make them, and as it should not.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair},
};
use serde_json::json;

use super::*;
use crate::sandbox::world::PartnerApp;

/// Seconds since 1970 UTC.
const NOW: i64 = 1_795_406_400;
/// The same as a number that may have a fraction.
const AS_FRACTION: f64 = 1_795_406_400.0;
/// Tenant of the audience.
const TENANT: &str = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77";

/// A partner with one certificate, and its key.
struct Rig {
    /// The application.
    application: Application,
    /// Its private key.
    pair: RsaKeyPair,
    /// The certificate, DER.
    certificate: Vec<u8>,
}

impl Rig {
    /// A fresh certificate.
    fn new() -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let certificate = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        let partner = json!({
            "tenant": "p", "name": "P", "domain": "p.example", "client_id": "app-1", "secret": "s", "app_name": "B",
            "permissions": [], "certificates": [pem(certificate.der())],
        });
        Self {
            application: Application::from(&serde_json::from_value::<PartnerApp>(partner).unwrap()),
            pair: RsaKeyPair::from_pkcs8(&key.serialize_der()).unwrap(),
            certificate: certificate.der().to_vec(),
        }
    }

    /// A signed assertion.
    fn sign(&self, header: &Value, claims: &Value, encoding: &'static dyn RsaEncoding) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The documented header.
    fn header(&self) -> Value {
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(Sha256::digest(&self.certificate))})
    }

    /// The header that older libraries send.
    fn older(&self) -> Value {
        let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.certificate);
        json!({"alg": "RS256", "typ": "JWT", "x5t": URL_SAFE_NO_PAD.encode(thumbprint)})
    }

    /// What comes of it: the number, or none.
    fn answer(&self, assertion: &str) -> Option<u32> {
        check(
            assertion,
            &Expected {
                application: &self.application,
                login: "https://login.microsoftonline.com",
                home: "https://login.microsoftonline.com",
                words: [TENANT, "a.example"],
                now: NOW,
            },
        )
        .err()
        .map(|it| it.0)
    }
}

/// A certificate as PEM.
fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

/// Good claims.
fn claims() -> Value {
    json!({
        "aud": format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"), "iss": "app-1", "sub": "app-1",
        "jti": "1", "nbf": NOW, "iat": NOW, "exp": NOW + 600,
    })
}

#[test]
fn both_kinds_are_taken() {
    let rig = Rig::new();
    assert_eq!(rig.answer(&rig.sign(&rig.header(), &claims(), &RSA_PSS_SHA256)), None);
    assert_eq!(rig.answer(&rig.sign(&rig.older(), &claims(), &RSA_PKCS1_SHA256)), None);
    // A moment with a fraction, as libraries in Python and Node send it.
    let mut fraction = claims();
    (fraction["exp"], fraction["nbf"]) = (json!(AS_FRACTION + 600.5), json!(AS_FRACTION - 0.25));
    assert_eq!(rig.answer(&rig.sign(&rig.header(), &fraction, &RSA_PSS_SHA256)), None);
    fraction["exp"] = json!(AS_FRACTION - 600.5);
    assert_eq!(rig.answer(&rig.sign(&rig.header(), &fraction, &RSA_PSS_SHA256)), Some(700_024));
    // Base64 with padding.
    let padded = |value: &Value| base64::engine::general_purpose::URL_SAFE.encode(value.to_string());
    let signed = format!("{}.{}", padded(&rig.header()), padded(&claims()));
    let mut signature = vec![0; rig.pair.public_modulus_len()];
    rig.pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    let signature = base64::engine::general_purpose::URL_SAFE.encode(signature);
    assert!(signed.contains('=') && signature.ends_with('='), "{signed}.{signature}");
    assert_eq!(rig.answer(&format!("{signed}.{signature}")), None);
}

#[test]
fn each_flaw_has_its_number() {
    let rig = Rig::new();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        rig.sign(&rig.header(), &claims, &RSA_PSS_SHA256)
    };
    let good = rig.sign(&rig.header(), &claims(), &RSA_PSS_SHA256);
    let changed = good.replacen('.', ".A", 1);
    let (signed, _) = good.rsplit_once('.').unwrap();
    for (name, assertion, code) in [
        ("rubbish", "rubbish".to_owned(), 50_027),
        ("changed", changed, 50_027),
        ("another signature", format!("{signed}.AAAA"), 700_027),
        ("the other padding", rig.sign(&rig.header(), &claims(), &RSA_PKCS1_SHA256), 700_027),
        (
            "a thumbprint of nobody",
            rig.sign(
                &json!({"alg": "RS256", "x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"}),
                &claims(),
                &RSA_PKCS1_SHA256,
            ),
            700_027,
        ),
        (
            "the older thumbprint, and the key of another",
            Rig::new().sign(&rig.older(), &claims(), &RSA_PKCS1_SHA256),
            700_027,
        ),
        ("another certificate", Rig::new().sign(&Rig::new().header(), &claims(), &RSA_PSS_SHA256), 700_027),
        ("audience", with("aud", json!("https://login.microsoftonline.us/x/oauth2/v2.0/token")), 700_023),
        ("issuer", with("iss", json!("other")), 700_021),
        ("expired", with("exp", json!(NOW - 600)), 700_024),
        ("no expiry", with("exp", Value::Null), 50_027),
        ("not yet", with("nbf", json!(NOW + 900)), 700_024),
    ] {
        assert_eq!(rig.answer(&assertion), Some(code), "{name}");
    }
}
