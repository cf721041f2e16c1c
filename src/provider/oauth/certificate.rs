//! Reads a certificate and its RSA key: PEM blocks in any order, an encrypted key among them (PKCS #8, RFC 5958), or a PFX
//! (PKCS #12, RFC 7292), as it is or in base64.
//!
//! Of a chain the certificate is taken that the key belongs to.

use aws_lc_rs::{
    digest,
    encoding::{AsDer as _, Pkcs8V1Der},
    signature::{KeyPair as _, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use p12_keystore::Pkcs12Archive;
use pkcs8::{EncryptedPrivateKeyInfoRef, pkcs5};
use x509_parser::{parse_x509_certificate, pem::Pem};
use zeroize::Zeroizing;

use crate::domain::{secret::Secret, text::Text, text_file, time::Moment};

/// What stands in a PEM file with a key that is encrypted in the older form, which has no more than MD5 in it.
const OLDER: &str = "Proc-Type: 4,ENCRYPTED";

/// A certificate and its key, ready to sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    /// PKCS #8.
    key: Secret<Vec<u8>>,
    /// The certificate's bytes (DER).
    der: Vec<u8>,
    ends: Moment,
}

/// Why a certificate can't be read: what it is in place of one, and what to do. Never anything of its content.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CertificateTrouble {
    /// Bytes of no form that is known.
    #[error("is no PEM file and no PFX")]
    NoForm,
    /// A single certificate or key in DER.
    #[error(
        "holds a certificate or a key in DER form. Write both as PEM into one file: openssl x509 -inform der, openssl pkey \
         -inform der"
    )]
    Der,
    /// A PFX in an encoding or with an encryption that is not known.
    #[error(
        "is a PFX in a form that this program does not read. Write it anew: openssl pkcs12 -in FILE -nodes -out FILE.pem"
    )]
    OtherPfx,
    /// There is no certificate in it.
    #[error("holds no certificate")]
    NoCertificate,
    /// A certificate in it makes no sense.
    #[error("holds a certificate that can't be read")]
    OddCertificate,
    /// There is no private key in it.
    #[error("holds no private key. Export it again with its private key")]
    NoKey,
    /// The key is of another kind than RSA.
    #[error("holds a private key that is no RSA key of 2,048 bits or more, and Microsoft takes no other")]
    NotRsa,
    /// The key belongs to none of the certificates.
    #[error("holds a private key that does not belong to the certificate beside it")]
    OtherKey,
    /// A password is wanted and none is named.
    #[error(
        "has a password, and no setting names it. Name it beside the certificate, as password_file or another way"
    )]
    NoPassword,
    /// The password is another one.
    #[error("does not open with the password that the settings name")]
    WrongPassword,
    /// A key that is encrypted in a way that is not known.
    #[error(
        "holds a private key that is encrypted in an older way, which this program does not read. Encrypt it anew: openssl \
         pkcs8 -topk8 -in KEY -out KEY.pem"
    )]
    OlderEncryption,
}

/// What was found before anything is chosen: keys (PKCS #8 or PKCS #1) and certificates, all DER.
#[derive(Default)]
struct Found {
    keys: Vec<Zeroizing<Vec<u8>>>,
    certificates: Vec<Vec<u8>>,
    /// A key that is of no kind of RSA by its name.
    has_other_key: bool,
}

impl Certificate {
    /// Reads it from the bytes of a file, of a variable or of what a command printed.
    ///
    /// # Errors
    /// What is wrong, to be said behind the name of the place.
    pub fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Self, CertificateTrouble> {
        if let Some(form) = asn1(bytes) {
            return match form {
                Asn1::Pfx => of_pfx(bytes, password)?.chosen(),
                Asn1::Other => Err(CertificateTrouble::Der),
            };
        }
        let text = text_file::decode(bytes).map_err(|_other_bytes| CertificateTrouble::NoForm)?;
        if !text.contains("-----BEGIN ") {
            let plain: String = text.split_whitespace().collect();
            let bytes = Zeroizing::new(STANDARD.decode(plain).unwrap_or_default());
            return match asn1(&bytes) {
                Some(Asn1::Pfx) => of_pfx(&bytes, password)?.chosen(),
                Some(Asn1::Other) => Err(CertificateTrouble::Der),
                None => Err(CertificateTrouble::NoForm),
            };
        }
        of_pem(&text, password)?.chosen()
    }

    /// The key, PKCS #8.
    pub(super) const fn key(&self) -> &Secret<Vec<u8>> {
        &self.key
    }

    /// The certificate's bytes (DER): the half that everybody may see.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The same as PEM, for a file that is uploaded at Microsoft. No key is in it.
    #[must_use]
    pub fn pem(&self) -> String {
        let encoded = STANDARD.encode(&self.der);
        let (mut lines, mut rest) = (vec!["-----BEGIN CERTIFICATE-----"], encoded.as_str());
        while let Some((line, more)) = rest.split_at_checked(64) {
            lines.push(line);
            rest = more;
        }
        lines.extend(
            [rest].into_iter().filter(|rest| !rest.is_empty()).chain(["-----END CERTIFICATE-----", ""]),
        );
        lines.join("\n")
    }

    /// The thumbprint (SHA-1) in hexadecimal, by which the Entra admin center shows a certificate.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der);
        hash.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"))
    }

    /// Whose it says it is (`CN=Backup365`); empty where that can't be read.
    #[must_use]
    pub fn subject(&self) -> Text {
        let parsed = parse_x509_certificate(&self.der);
        parsed.map(|(_, parsed)| Text::clean(&parsed.subject().to_string())).unwrap_or_default()
    }

    /// Until when it is good.
    #[must_use]
    pub const fn ends(&self) -> Moment {
        self.ends
    }
}

impl Found {
    /// The pair that fits; of a certificate that was renewed for the same key the one that lasts longest.
    fn chosen(&self) -> Result<Certificate, CertificateTrouble> {
        if self.certificates.is_empty() {
            return Err(CertificateTrouble::NoCertificate);
        }
        if self.keys.is_empty() && !self.has_other_key {
            return Err(CertificateTrouble::NoKey);
        }
        let pairs: Vec<RsaKeyPair> = self
            .keys
            .iter()
            .filter_map(|key| RsaKeyPair::from_pkcs8(key).or_else(|_pkcs1| RsaKeyPair::from_der(key)).ok())
            .collect();
        if pairs.is_empty() {
            return Err(CertificateTrouble::NotRsa);
        }
        let mut own: Option<(Moment, &RsaKeyPair, &[u8])> = None;
        for der in &self.certificates {
            let (_, parsed) =
                parse_x509_certificate(der).map_err(|_malformed| CertificateTrouble::OddCertificate)?;
            let public = parsed.public_key().subject_public_key.data.as_ref();
            let Some(pair) = pairs.iter().find(|pair| pair.public_key().as_ref() == public) else { continue };
            let ends = Moment::from_millis(parsed.validity().not_after.timestamp().saturating_mul(1_000));
            if own.is_none_or(|(before, ..)| ends > before) {
                own = Some((ends, pair, der));
            }
        }
        let (ends, pair, der) = own.ok_or(CertificateTrouble::OtherKey)?;
        let key: Pkcs8V1Der<'_> = pair.as_der().map_err(|_unspecified| CertificateTrouble::NotRsa)?;
        Ok(Certificate { key: Secret::new(key.as_ref().to_vec()), der: der.to_vec(), ends })
    }
}

/// What ASN.1 (X.690) bytes are.
enum Asn1 {
    Pfx,
    Other,
}

/// Both forms begin with a sequence; that of a PFX has the version 3 first (RFC 7292 section 4), that of a certificate or a
/// key something else.
fn asn1(bytes: &[u8]) -> Option<Asn1> {
    let ([0x30, 0x82, _, _, inner @ ..]
    | [0x30, 0x83, _, _, _, inner @ ..]
    | [0x30, 0x80 | 0x81, inner @ ..]) = bytes
    else {
        return None;
    };
    Some(if matches!(inner, [0x02, 0x01, 0x03, ..]) { Asn1::Pfx } else { Asn1::Other })
}

/// Keys and certificates of PEM blocks.
fn of_pem(text: &str, password: Option<&Secret<String>>) -> Result<Found, CertificateTrouble> {
    if text.contains(OLDER) {
        return Err(CertificateTrouble::OlderEncryption);
    }
    let mut found = Found::default();
    for block in Pem::iter_from_buffer(text.as_bytes()) {
        let block = block.map_err(|_malformed| CertificateTrouble::NoForm)?;
        match block.label.as_str() {
            "CERTIFICATE" => found.certificates.push(block.contents),
            "PRIVATE KEY" | "RSA PRIVATE KEY" => found.keys.push(Zeroizing::new(block.contents)),
            "ENCRYPTED PRIVATE KEY" => found.keys.push(decrypted(&block.contents, password)?),
            other if other.ends_with("PRIVATE KEY") => found.has_other_key = true,
            _ => {}
        }
    }
    Ok(found)
}

/// A key that was encrypted with a password.
fn decrypted(
    der: &[u8],
    password: Option<&Secret<String>>,
) -> Result<Zeroizing<Vec<u8>>, CertificateTrouble> {
    let password = password.ok_or(CertificateTrouble::NoPassword)?;
    let key = EncryptedPrivateKeyInfoRef::try_from(der)
        .map_err(|_unknown_scheme| CertificateTrouble::OlderEncryption)?;
    let plain = key.decrypt(password.expose().as_bytes()).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(
            pkcs5::Error::UnsupportedAlgorithm { .. }
            | pkcs5::Error::NoPbes1CryptSupport
            | pkcs5::Error::AlgorithmParametersInvalid { .. },
        ) => CertificateTrouble::OlderEncryption,
        // One wrong password of 256 gives bytes that are no key.
        _ => CertificateTrouble::WrongPassword,
    })?;
    Ok(Zeroizing::new(plain.as_bytes().to_vec()))
}

/// Keys and certificates of a PFX.
fn of_pfx(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Found, CertificateTrouble> {
    let words = password.map_or("", |password| password.expose().as_str());
    let archive = Pkcs12Archive::from_pkcs12(bytes, words).map_err(|error| match error {
        p12_keystore::error::Error::MacError(_)
        | p12_keystore::error::Error::UnpadError
        | p12_keystore::error::Error::Pkcs5Error(_) => {
            if password.is_some() {
                CertificateTrouble::WrongPassword
            } else {
                CertificateTrouble::NoPassword
            }
        }
        _ => CertificateTrouble::OtherPfx,
    })?;
    Ok(Found {
        keys: archive.keys.iter().map(|bag| Zeroizing::new(bag.key.as_der().to_vec())).collect(),
        certificates: archive.certs.iter().map(|bag| bag.cert.as_der().to_vec()).collect(),
        has_other_key: false,
    })
}

#[cfg(test)]
mod tests;
