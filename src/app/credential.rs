//! Reads the program's own credential from where settings say it is; it is never kept.

mod source;
mod standing;

use anyhow::{Context as _, ensure};

use crate::{
    domain::{
        credential::CredentialFacts,
        secret::Secret,
        text::{Text, is_forbidden},
        text_file,
    },
    provider::oauth::{Certificate, Credential, Signature},
    settings::{CertificateSignature, CredentialSettings, CredentialSource, PartnerApp, Source},
};

pub(super) use source::Keyring;
pub(super) use standing::{facts, standing};

/// What settings name: one credential, or two while one is replaced.
pub(super) struct Credentials {
    pub(super) first: Credential,
    pub(super) next: Option<Credential>,
    /// What may be wrong with them, a sentence each without its full stop.
    pub(super) doubts: Vec<Text>,
    /// What is known of each.
    pub(super) facts: Vec<CredentialFacts>,
}

/// Reads what settings name. One that can't be read does not keep the other one from being used.
///
/// # Errors
/// Says which source could not be read and why; never the value.
pub(super) fn read(app: &PartnerApp, keyring: Keyring<'_>) -> anyhow::Result<Credentials> {
    let signature = match app.signature {
        CertificateSignature::Ps256 => Signature::Ps256,
        CertificateSignature::Rs256 => Signature::Rs256,
    };
    let first = read_one(&app.credential, signature, keyring);
    let next = app.next.as_ref().map(|next| read_one(next, signature, keyring)).transpose();
    let mut doubts = Vec::new();
    let (of_first, of_next) = (Some(&app.credential), app.next.as_ref());
    let (first, next, settings) = match (first, next) {
        (Ok(first), Ok(next)) => (first, next, [of_first, of_next]),
        (Ok(first), Err(error)) => {
            doubts.push(Text::of(format_args!("of the credential that takes over: {error:#}")));
            (first, None, [of_first, None])
        }
        (Err(error), Ok(Some(next))) => {
            doubts.push(Text::of(format_args!("{error:#}; so the credential that takes over is in use")));
            (next, None, [of_next, None])
        }
        (Err(error), _) => return Err(error),
    };
    let both = || [Some(&first), next.as_ref()].into_iter();
    doubts.extend(both().flatten().filter_map(doubt).map(Text::from));
    let facts = both().zip(settings).filter_map(|(credential, settings)| Some(facts(credential?, settings)));
    let facts = facts.collect();
    Ok(Credentials { first, next, doubts, facts })
}

/// Reads one.
pub(super) fn read_one(
    settings: &CredentialSettings,
    signature: Signature,
    keyring: Keyring<'_>,
) -> anyhow::Result<Credential> {
    match &settings.source {
        CredentialSource::Secret(source) => {
            let (bytes, place) = source::bytes(source, "secret", keyring)?;
            let text = text_file::decode(&bytes).with_context(|| format!("{place} is no secret"))?;
            let text = zeroize::Zeroizing::new(text.into_owned());
            Ok(Credential::Secret(value(&text, &place)?))
        }
        CredentialSource::Certificate(source) => {
            let password = settings.password.as_ref().map(|source| password(source, keyring));
            let password = password.transpose()?;
            let (bytes, place) = source::bytes(source, "certificate", keyring)?;
            let certificate = Certificate::read(&bytes, password.as_ref())
                .map_err(|trouble| anyhow::anyhow!("{place} {trouble}"))?;
            Ok(Credential::Certificate { certificate, signature })
        }
    }
}

/// Reads a password.
///
/// # Errors
/// As [`read`].
pub(super) fn password(source: &Source, keyring: Keyring<'_>) -> anyhow::Result<Secret<String>> {
    let (bytes, place) = source::bytes(source, "password", keyring)?;
    let text = text_file::decode(&bytes).with_context(|| format!("{place} is no password"))?;
    line(&text, &place)
}

/// A password is one line, and blanks are a part of it.
fn line(text: &str, place: &str) -> anyhow::Result<Secret<String>> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    ensure!(!line.contains(['\r', '\n']), "{place} has several lines, and a password is one");
    Ok(Secret::new(line.to_owned()))
}

/// A secret is one line without blanks at its ends: Microsoft makes it of plain letters, digits and signs, and a blank
/// or a character that nobody sees came there with the copying. Of several lines none is guessed at: the first may be the
/// secret's ID or its name, and Microsoft would only say that the secret is wrong.
fn value(text: &str, place: &str) -> anyhow::Result<Secret<String>> {
    let value = text.trim_matches(|c: char| c.is_whitespace() || (is_forbidden(c) && !c.is_control()));
    ensure!(!value.is_empty(), "{place} is empty");
    ensure!(
        !value.starts_with("-----BEGIN "),
        "{place} holds a certificate or a key, not a secret: name its file as certificate_file"
    );
    let lines = value.lines().filter(|line| !line.trim().is_empty()).count();
    ensure!(
        lines == 1,
        "{place} has {lines} lines, and a secret is one: leave the secret's value alone in it"
    );
    ensure!(!value.chars().any(char::is_control), "{place} has control characters, and a secret has none");
    Ok(Secret::new(value.to_owned()))
}

/// What may be wrong with a credential that can be used, in words.
fn doubt(credential: &Credential) -> Option<&'static str> {
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

    /// No keyring.
    fn none(name: &str) -> anyhow::Result<zeroize::Zeroizing<Vec<u8>>> {
        anyhow::bail!("no {name}")
    }

    fn secret(source: Source) -> Result<String, String> {
        let settings = CredentialSettings::of(CredentialSource::Secret(source));
        match read_one(&settings, Signature::Ps256, &none) {
            Ok(Credential::Secret(secret)) => Ok(secret.expose().clone()),
            Ok(Credential::Certificate { .. }) => Err("a certificate".to_owned()),
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
            assert_eq!(secret(Source::File(path.clone())).unwrap(), "abc~1", "{bytes:?}");
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
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n", "certificate_file"),
            ("a\tb", "control characters"),
        ] {
            std::fs::write(&path, text).unwrap();
            let said = secret(Source::File(path.clone())).unwrap_err();
            assert!(said.contains(words) && said.contains("secret.txt") && !said.contains("abc~1"), "{said}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_called_so_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("certificate");
        std::fs::write(&path, b"\xe4\xff\x30").unwrap();
        let settings = CredentialSettings::of(CredentialSource::Certificate(Source::File(path)));
        let said = format!("{:#}", read_one(&settings, Signature::Ps256, &none).unwrap_err());
        assert!(said.contains("/certificate is no PEM file and no PFX"), "{said}");
    }

    #[test]
    fn the_one_that_can_be_read_is_used() {
        let place =
            |name: &str| CredentialSettings::of(CredentialSource::Secret(Source::Keyring(name.into())));
        let keyring = |name: &str| match name {
            "good" => Ok(zeroize::Zeroizing::new(b"abc~1".to_vec())),
            "other" => Ok(zeroize::Zeroizing::new(b"def~2".to_vec())),
            name => none(name),
        };
        let app = |first: &str, next: Option<&str>| PartnerApp {
            client_id: uuid::Uuid::nil(),
            tenant: "7a36af4b-c51e-44e1-87f0-d8af3157c2ca".parse().unwrap(),
            credential: place(first),
            next: next.map(place),
            signature: CertificateSignature::Ps256,
        };
        let of = |credential: &Credential| match credential {
            Credential::Secret(secret) => secret.expose().clone(),
            Credential::Certificate { .. } => String::new(),
        };
        for (first, next, used, beside, doubts) in [
            ("good", None, "abc~1", None, 0),
            ("good", Some("other"), "abc~1", Some("def~2"), 0),
            ("good", Some("bad"), "abc~1", None, 1),
            ("bad", Some("other"), "def~2", None, 1),
        ] {
            let read = read(&app(first, next), &keyring).unwrap();
            assert_eq!((of(&read.first).as_str(), read.doubts.len()), (used, doubts), "{first} {next:?}");
            assert_eq!(read.next.as_ref().map(of).as_deref(), beside, "{first} {next:?}");
        }
        let said = format!("{:#}", read(&app("bad", Some("worse")), &keyring).err().unwrap());
        assert!(said.contains("no bad"), "{said}");
    }

    #[test]
    fn a_password_keeps_its_blanks() {
        for (text, word) in [(" a b \n", " a b "), ("x\r\n", "x"), ("", "")] {
            assert_eq!(line(text, "p").unwrap().expose(), word);
        }
        assert!(line("a\nb\n", "the file").unwrap_err().to_string().contains("the file has several lines"));
    }

    #[test]
    fn a_command_prints_a_secret_or_is_told() {
        let sh =
            |script: &str| secret(Source::Command(["/bin/sh", "-c", script].map(str::to_owned).to_vec()));
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
