//! Certificates in every form that is taken, and what is said of what is none.

use p12_keystore::{EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey, PrivateKeyChain};
use pkcs8::{
    der::{Encode as _, asn1::OctetStringRef},
    pkcs5::pbes2,
};

use super::*;

/// A password with letters beyond ASCII, which a PFX writes as UTF-16.
const PASSWORD: &str = "Grün 7 €";

/// A self-made RSA certificate and its key: DER, PKCS #8.
struct Made {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

fn made() -> Made {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let mut parameters = rcgen::CertificateParams::new(vec!["backup.example".to_owned()]).unwrap();
    parameters.not_after = rcgen::date_time_ymd(2027, 3, 31);
    let certificate = parameters.self_signed(&key).unwrap();
    Made { certificate: certificate.der().to_vec(), key: key.serialize_der() }
}

fn block(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The key under a password, as openssl encrypts it; quick, because nothing is to be kept from anybody.
fn encrypted(key: &[u8]) -> Vec<u8> {
    let scheme = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(1_000, &[7; 16], [9; 16]).unwrap();
    let data = scheme.encrypt(PASSWORD, key).unwrap();
    let data = OctetStringRef::new(&data).unwrap();
    pkcs8::EncryptedPrivateKeyInfo { encryption_algorithm: scheme.into(), encrypted_data: data }
        .to_der()
        .unwrap()
}

/// A PFX of a key with a chain of certificates.
fn pfx(key: &[u8], chain: &[&[u8]], algorithm: EncryptionAlgorithm) -> Vec<u8> {
    let chain = chain.iter().map(|der| p12_keystore::Certificate::from_der(der).unwrap());
    let key = PrivateKey::from_der(key).unwrap();
    let mut store = KeyStore::new();
    store.add_entry("x", KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("1", key, chain)));
    store
        .writer(PASSWORD)
        .encryption_algorithm(algorithm)
        .encryption_iterations(1_000)
        .mac_algorithm(MacAlgorithm::HmacSha1)
        .mac_iterations(1_000)
        .write()
        .unwrap()
}

fn secret(password: &str) -> Secret<String> {
    Secret::new(password.to_owned())
}

#[test]
fn every_form_gives_the_same_certificate() {
    let (own, above) = (made(), made());
    let plain = block("CERTIFICATE", &own.certificate) + &block("PRIVATE KEY", &own.key);
    let read = Certificate::read(plain.as_bytes(), None).unwrap();
    assert_eq!(read.ends().to_string(), "2027-03-31T00:00:00Z");
    let chain: [&[u8]; 2] = [&own.certificate, &above.certificate];
    let modern = pfx(&own.key, &chain, EncryptionAlgorithm::PbeWithHmacSha256AndAes256);
    for (name, bytes) in [
        (
            "an encrypted key in front",
            (block("ENCRYPTED PRIVATE KEY", &encrypted(&own.key)) + &block("CERTIFICATE", &own.certificate))
                .into_bytes(),
        ),
        ("a chain from above", (block("CERTIFICATE", &above.certificate) + &plain).into_bytes()),
        ("a PFX of today", modern.clone()),
        (
            "a PFX as Windows wrote it",
            pfx(&own.key, &chain, EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc),
        ),
        (
            "a PFX in base64",
            block("", &modern)
                .lines()
                .filter(|line| !line.contains('-'))
                .collect::<Vec<_>>()
                .join("\r\n")
                .into_bytes(),
        ),
        (
            "UTF-16",
            "\u{feff}".encode_utf16().chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        ),
    ] {
        assert_eq!(Certificate::read(&bytes, Some(&secret(PASSWORD))), Ok(read.clone()), "{name}");
    }
}

#[test]
fn what_is_wrong_is_called_what_it_is() {
    let (own, other) = (made(), made());
    let certificate = block("CERTIFICATE", &own.certificate);
    let key = block("PRIVATE KEY", &own.key);
    let locked = certificate.clone() + &block("ENCRYPTED PRIVATE KEY", &encrypted(&own.key));
    let older = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let modern = pfx(&own.key, &[&own.certificate], EncryptionAlgorithm::PbeWithHmacSha256AndAes256);
    let torn = modern[..modern.len() / 2].to_vec();
    let right = Some(secret(PASSWORD));
    let wrong = Some(secret("Gruen 7"));
    for (bytes, password, trouble) in [
        (b"".to_vec(), &None, CertificateTrouble::NoForm),
        (b"hello".to_vec(), &None, CertificateTrouble::NoForm),
        (b"\xe4\xff\x30".to_vec(), &None, CertificateTrouble::NoForm),
        (own.certificate.clone(), &None, CertificateTrouble::Der),
        (key.clone().into_bytes(), &None, CertificateTrouble::NoCertificate),
        (certificate.clone().into_bytes(), &None, CertificateTrouble::NoKey),
        (
            (certificate.clone() + &block("PRIVATE KEY", b"AAAA")).into_bytes(),
            &None,
            CertificateTrouble::NotRsa,
        ),
        (
            (certificate.clone() + &block("EC PRIVATE KEY", b"AAAA")).into_bytes(),
            &None,
            CertificateTrouble::NotRsa,
        ),
        ((block("CERTIFICATE", b"AAAA") + &key).into_bytes(), &None, CertificateTrouble::OddCertificate),
        (
            (certificate.clone() + &block("PRIVATE KEY", &other.key)).into_bytes(),
            &None,
            CertificateTrouble::OtherKey,
        ),
        ((certificate.clone() + older).into_bytes(), &right, CertificateTrouble::OlderEncryption),
        (
            (certificate.clone() + &block("ENCRYPTED PRIVATE KEY", b"AAAA")).into_bytes(),
            &right,
            CertificateTrouble::OlderEncryption,
        ),
        (locked.clone().into_bytes(), &None, CertificateTrouble::NoPassword),
        (locked.into_bytes(), &wrong, CertificateTrouble::WrongPassword),
        (modern.clone(), &None, CertificateTrouble::NoPassword),
        (modern, &wrong, CertificateTrouble::WrongPassword),
        (torn, &right, CertificateTrouble::OtherPfx),
        (
            pfx(&own.key, &[&other.certificate], EncryptionAlgorithm::PbeWithHmacSha256AndAes256),
            &right,
            CertificateTrouble::OtherKey,
        ),
    ] {
        assert_eq!(
            Certificate::read(&bytes, password.as_ref()).err(),
            Some(trouble),
            "{} bytes",
            bytes.len()
        );
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), mark in 0_usize..4) {
        let begin: [&[u8]; 4] = [b"", &[0x30, 0x82, 1, 0, 2, 1, 3], b"-----BEGIN CERTIFICATE-----\n", b"\xff\xfe"];
        drop(Certificate::read(&[begin[mark], &bytes].concat(), Some(&secret("x"))));
    }
}
