//! Reads the program's own credential from where settings say it is; it is never kept.

use std::process::Stdio;

use anyhow::{Context, bail, ensure};
use zeroize::Zeroizing;

use crate::{
    domain::{secret::Secret, text::is_forbidden, text_file},
    outside::{
        NEVER,
        child::{self, WITHIN},
        file,
    },
    provider::oauth::Credential,
    settings::CredentialSource,
};

/// Most that a command may print, bytes: far above any secret.
const PRINTED_BYTES: u64 = 64 * 1_024;

/// Reads the credential.
///
/// # Errors
/// Says which source could not be read and why; never the value.
pub(super) fn read(source: &CredentialSource) -> anyhow::Result<Credential> {
    Ok(match source {
        CredentialSource::SecretFile(path) => {
            let text = file::secret(path)
                .with_context(|| format!("the secret file {} can't be read", path.display()))?;
            Credential::Secret(value(&text, &format!("the secret file {}", path.display()))?)
        }
        CredentialSource::SecretEnvironment(name) => {
            let text = super::environment::text(name)
                .map(Zeroizing::new)
                .with_context(|| format!("the environment variable {name} for the secret is not set"))?;
            Credential::Secret(value(&text, &format!("the environment variable {name} for the secret"))?)
        }
        CredentialSource::SecretCommand(words) => {
            let Some((program, arguments)) = words.split_first() else {
                bail!("app.secret_command is empty")
            };
            let mut command = child::command(program);
            // Its complaints would stand in the middle of the screen.
            let (status, printed) =
                child::printed(command.args(arguments).stderr(Stdio::null()), PRINTED_BYTES, WITHIN, NEVER)
                    .with_context(|| format!("the command {program} gave no secret"))?;
            ensure!(status.success(), "the command {program} for the secret ended with {status}");
            let text = text_file::decode(&printed)
                .map(|text| Zeroizing::new(text.into_owned()))
                .with_context(|| format!("what the command {program} printed is no secret"))?;
            Credential::Secret(value(&text, &format!("what the command {program} printed"))?)
        }
        CredentialSource::CertificateFile(path) => {
            let bytes = file::secret_bytes(path)
                .with_context(|| format!("the certificate file {} can't be read", path.display()))?;
            if let Some(kind) = other_form(&bytes) {
                bail!("the certificate file {} is {kind}", path.display());
            }
            let text = text_file::decode(&bytes)
                .with_context(|| format!("the certificate file {} is no PEM file", path.display()))?;
            Credential::Certificate { pem: Secret::new(text.into_owned()) }
        }
    })
}

/// A secret is one line without blanks at its ends: Microsoft makes it of plain letters, digits and signs, and a blank
/// or a character that nobody sees came there with the copying. Of several lines none is guessed at: the first may be the
/// secret's ID or its name, and Microsoft would only say that the secret is wrong.
fn value(text: &str, place: &str) -> anyhow::Result<Secret<String>> {
    let value = text.trim_matches(|c: char| c.is_whitespace() || (is_forbidden(c) && !c.is_control()));
    ensure!(!value.is_empty(), "{place} is empty");
    ensure!(
        !value.starts_with("-----BEGIN "),
        "{place} holds a certificate or a key, not a secret: name its file as app.certificate_file"
    );
    let lines = value.lines().filter(|line| !line.trim().is_empty()).count();
    ensure!(
        lines == 1,
        "{place} has {lines} lines, and a secret is one: leave the secret's value alone in it"
    );
    ensure!(!value.chars().any(char::is_control), "{place} has control characters, and a secret has none");
    Ok(Secret::new(value.to_owned()))
}

/// What a file is that holds a certificate in another form than PEM, and what to do: both are ASN.1, which begins with a
/// sequence (X.690); that of a PFX has the version 3 first (RFC 7292 section 4), that of a certificate another sequence.
fn other_form(bytes: &[u8]) -> Option<&'static str> {
    let ([0x30, 0x82, _, _, inner @ ..]
    | [0x30, 0x83, _, _, _, inner @ ..]
    | [0x30, 0x80 | 0x81, inner @ ..]) = bytes
    else {
        return None;
    };
    Some(match inner {
        [0x02, 0x01, 0x03, ..] => {
            "a PFX (PKCS #12). Write it as PEM without a password: openssl pkcs12 -in FILE -nodes -out FILE.pem"
        }
        _ => {
            "a certificate or key in DER form. Write both as PEM into one file: openssl x509 -inform der, openssl pkey \
             -inform der"
        }
    })
}

/// What may be wrong with a credential that can be used, in words.
pub(super) fn doubt(credential: &Credential) -> Option<&'static str> {
    let Credential::Secret(secret) = credential else { return None };
    let secret = secret.expose();
    // Microsoft shows both in one table, and makes no value of this form; a value that was set by hand may have it.
    if uuid::Uuid::try_parse(secret).is_ok() {
        return Some(
            "the secret has the form of a secret's ID; what is wanted is its value, which Microsoft shows once, when the \
             secret is made",
        );
    }
    let is_quoted = ['"', '\''].iter().any(|quote| secret.starts_with(*quote) && secret.ends_with(*quote));
    let is_odd = !secret.is_ascii() || secret.contains(' ') || is_quoted;
    is_odd.then_some(
        "the secret has quotes around it, a blank in it, or a letter that is on no English keyboard, and Microsoft makes \
         none like that; what is wanted is its value alone",
    )
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn secret(source: &CredentialSource) -> Result<String, String> {
        match read(source) {
            Ok(Credential::Secret(secret)) => Ok(secret.expose().clone()),
            Ok(Credential::Certificate { pem }) => Ok(pem.expose().clone()),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    #[test]
    fn a_secret_is_read_as_any_editor_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.txt");
        let utf_16 = |unit: fn(u16) -> [u8; 2]| "\u{feff}abc~1\r\n".encode_utf16().flat_map(unit).collect();
        let written: [Vec<u8>; 6] = [
            b"abc~1".to_vec(),
            b"\xef\xbb\xbfabc~1\r\n".to_vec(),
            b" abc~1 \n\n".to_vec(),
            "\u{2060}abc~1\u{a0}\u{200b}\n".into(),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
        ];
        for bytes in written {
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(secret(&CredentialSource::SecretFile(path.clone())).unwrap(), "abc~1", "{bytes:?}");
            let certificate = secret(&CredentialSource::CertificateFile(path.clone())).unwrap();
            assert!(certificate.contains("abc~1"), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_secret_is_called_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.txt");
        for (text, words) in [
            ("", "is empty"),
            ("\n \n", "is empty"),
            ("name\nabc~1\n", "has 2 lines, and a secret is one"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n", "app.certificate_file"),
            ("a\tb", "control characters"),
        ] {
            std::fs::write(&path, text).unwrap();
            let said = secret(&CredentialSource::SecretFile(path.clone())).unwrap_err();
            assert!(said.contains(words) && said.contains("secret.txt") && !said.contains("abc~1"), "{said}");
        }
    }

    #[test]
    fn a_certificate_in_another_form_is_called_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("certificate");
        for (bytes, words) in [
            (&[0x30, 0x82, 0x0a, 0x2b, 0x02, 0x01, 0x03, 0x30, 0x82][..], "is a PFX (PKCS #12)"),
            (&[0x30, 0x80, 0x02, 0x01, 0x03, 0x30, 0x80], "is a PFX (PKCS #12)"),
            (&[0x30, 0x82, 0x03, 0x01, 0x30, 0x82, 0x01, 0xff], "in DER form"),
            (&[0xe4, 0xff, 0x30], "is no PEM file"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let said = secret(&CredentialSource::CertificateFile(path.clone())).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn a_command_prints_a_secret_or_is_told() {
        let sh = |script: &str| {
            secret(&CredentialSource::SecretCommand(["/bin/sh", "-c", script].map(str::to_owned).to_vec()))
        };
        assert_eq!(sh("echo abc~1").unwrap(), "abc~1");
        assert!(sh("exit 3").unwrap_err().contains("ended with exit status: 3"));
        assert!(sh("exec cat /dev/zero").unwrap_err().contains("it is larger than 64 KiB"));
        assert!(sh("echo one; echo two").unwrap_err().contains("has 2 lines"));
    }

    #[test]
    fn what_microsoft_makes_no_secret_of_is_doubted() {
        let of = |text: &str| doubt(&Credential::Secret(Secret::new(text.to_owned()))).is_some();
        assert!(of("7a36af4b-c51e-44e1-87f0-d8af3157c2ca"));
        for secret in ["\"abc~1\"", "“abc~1”", "'abc~1'", "abc ~1", "abc–1", "Value: abc~1"] {
            assert!(of(secret), "{secret}");
        }
        for secret in ["abc~1", "a+b/c=", "it's", "\"a"] {
            assert!(!of(secret), "{secret}");
        }
    }
}
