//! Proof by certificate: a short-lived signed statement in place of a secret (reference, section 4.2).

use aws_lc_rs::digest;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::Certificate;
use crate::{domain::time::Moment, provider::error::Error};

/// How long a statement is good, seconds: the most that Microsoft's page advises is ten minutes.
const LIFE: i64 = 600;

/// How statements are signed, and how they name the certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Signature {
    /// PS256 and `x5t#S256`: what Microsoft documents.
    #[default]
    Ps256,
    /// RS256 and `x5t`: the older form. Whether Microsoft goes on taking it is UNCONFIRMED (reference, section 4.2).
    Rs256,
}

/// Signs statements with the application's key.
pub(super) struct Signer {
    key: EncodingKey,
    /// Algorithm and thumbprint.
    header: Header,
}

/// What a statement says.
#[derive(Serialize)]
struct Statement<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

impl Signer {
    /// Makes one of a certificate.
    ///
    /// # Errors
    /// A key that the signing crate does not take.
    pub(super) fn new(certificate: &Certificate, signature: Signature) -> Result<Self, Error> {
        let refused = |_refused| Error::Credential { detail: String::from("the private key is no RSA key") };
        let thumbprint = |by| URL_SAFE_NO_PAD.encode(digest::digest(by, certificate.der()));
        let header = match signature {
            Signature::Ps256 => {
                Header { x5t_s256: Some(thumbprint(&digest::SHA256)), ..Header::new(Algorithm::PS256) }
            }
            Signature::Rs256 => Header {
                x5t: Some(thumbprint(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
                ..Header::new(Algorithm::RS256)
            },
        };
        let key = EncodingKey::from_rsa_pem(pem(certificate.key().expose()).as_bytes()).map_err(refused)?;
        Ok(Self { key, header })
    }

    /// A statement for one token endpoint.
    ///
    /// # Errors
    /// A key that can't sign.
    pub(super) fn assertion(&self, endpoint: &str, client_id: &str, now: Moment) -> Result<String, Error> {
        let now = now.as_millis().div_euclid(1_000);
        let statement = Statement {
            aud: endpoint,
            iss: client_id,
            sub: client_id,
            jti: uuid::Uuid::new_v4().to_string(),
            nbf: now,
            iat: now,
            exp: now.saturating_add(LIFE),
        };
        jsonwebtoken::encode(&self.header, &statement, &self.key)
            .map_err(|_refused| Error::Credential { detail: String::from("the private key can't sign") })
    }
}

/// A key as PEM, which is the one form of PKCS #8 that the signing crate takes; wiped when it is dropped.
fn pem(pkcs8: &[u8]) -> zeroize::Zeroizing<String> {
    let encoded = zeroize::Zeroizing::new(STANDARD.encode(pkcs8));
    let mut text = zeroize::Zeroizing::new(String::from("-----BEGIN PRIVATE KEY-----\n"));
    let mut rest = encoded.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        text.extend([line, "\n"]);
        rest = more;
    }
    text.extend([rest, "\n-----END PRIVATE KEY-----\n"]);
    text
}
