//! Proof by certificate: a short-lived signed statement in place of a secret (reference, section 4.2).

use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use x509_parser::pem::Pem;

use crate::{
    domain::{secret::Secret, time::Moment},
    provider::error::Error,
};

/// How long a statement is good, seconds: the most that Microsoft's page advises is ten minutes.
const LIFE: i64 = 600;

/// What stands in a PEM file with an encrypted key: of PKCS #8 (RFC 7468 section 11), and of the older form.
const LOCKED: [&str; 2] = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"];

/// Signs statements with the application's key.
pub(super) struct Signer {
    key: EncodingKey,
    /// SHA-256 of the certificate, base64url.
    thumbprint: String,
    /// Until when the certificate is good.
    until: Moment,
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
    /// Reads certificate and RSA key from PEM blocks in any order.
    ///
    /// # Errors
    /// Says which block is missing or odd, never what is in it.
    pub(super) fn new(pem: &Secret<String>) -> Result<Self, Error> {
        let bad = |detail: &str| Error::Credential { detail: detail.to_owned() };
        let text = pem.expose();
        if LOCKED.iter().any(|mark| text.contains(mark)) {
            return Err(bad(
                "the private key is encrypted, and this program knows no password for it. Write it without \
                one: openssl pkey -in KEY -out PLAIN",
            ));
        }
        let blocks: Vec<Pem> = Pem::iter_from_buffer(text.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|_malformed| bad("the certificate file is no PEM file"))?;
        let key = blocks.iter().find(|block| block.label.ends_with("PRIVATE KEY"));
        let certificates: Vec<&Pem> = blocks.iter().filter(|block| block.label == "CERTIFICATE").collect();
        if certificates.is_empty() {
            return Err(bad("the certificate file holds no certificate"));
        }
        let key = key.ok_or_else(|| {
            bad("the certificate file holds no private key (PRIVATE KEY or RSA PRIVATE KEY)")
        })?;
        let pair = match key.label.as_str() {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&key.contents),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&key.contents),
            other => return Err(bad(&format!("the private key is no RSA key but an {other}"))),
        }
        .map_err(|_malformed| bad("the private key is no RSA key that Microsoft takes"))?;
        // Of a chain the one that the key belongs to; of one that was renewed for the same key the one that lasts longest.
        let mut own: Option<(i64, &Pem)> = None;
        for certificate in certificates {
            let parsed =
                certificate.parse_x509().map_err(|_malformed| bad("the certificate can't be read"))?;
            if parsed.public_key().subject_public_key.data.as_ref() == pair.public_key().as_ref() {
                let end = parsed.validity().not_after.timestamp();
                if own.is_none_or(|(before, _)| end > before) {
                    own = Some((end, certificate));
                }
            }
        }
        let (end, own) =
            own.ok_or_else(|| bad("the private key does not belong to the certificate beside it"))?;
        Ok(Self {
            key: EncodingKey::from_rsa_pem(lonely(key).as_bytes())
                .map_err(|_malformed| bad("the private key is no RSA key"))?,
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(&own.contents)),
            until: Moment::from_millis(end.saturating_mul(1_000)),
        })
    }

    /// Until when the certificate is good.
    pub(super) const fn until(&self) -> Moment {
        self.until
    }

    /// A statement for one token endpoint.
    ///
    /// # Errors
    /// A key that can't sign.
    pub(super) fn assertion(&self, endpoint: &str, client_id: &str, now: Moment) -> Result<String, Error> {
        let now = now.as_millis().div_euclid(1_000);
        let mut header = Header::new(Algorithm::PS256);
        header.x5t_s256 = Some(self.thumbprint.clone());
        let statement = Statement {
            aud: endpoint,
            iss: client_id,
            sub: client_id,
            jti: uuid::Uuid::new_v4().to_string(),
            nbf: now,
            iat: now,
            exp: now.saturating_add(LIFE),
        };
        jsonwebtoken::encode(&header, &statement, &self.key)
            .map_err(|_refused| Error::Credential { detail: String::from("the private key can't sign") })
    }
}

/// The key as a PEM file of its own: the signing crate takes the first block it meets.
fn lonely(block: &Pem) -> String {
    let mut text = format!("-----BEGIN {}-----\n", block.label);
    let encoded = STANDARD.encode(&block.contents);
    let mut rest = encoded.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str(rest);
    text.extend(["\n-----END ", &block.label, "-----\n"]);
    text
}
