//! The keys that open passwords of hosted customers: what a public one looks like, and what is to be done where this
//! computer's opens nothing. Passwords are encrypted in the provider; nothing here is secret.

use std::{fmt, str::FromStr};

use super::{
    bill::grouped,
    phrase::{Command, Phrase, phrase},
    text::Text,
};

/// How every public key begins, and how long it is (age's own recipients, X25519 in Bech32).
const BEGINS: &str = "age1";
const LENGTH: usize = 62;

/// The letters of Bech32.
const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// How a secret key begins, in any case.
const SECRET: &str = "age-secret-key-";

/// Readers that are named; more are counted.
const NAMED: usize = 3;

/// A public key: a password is encrypted for it. Well formed; whether its check sum is right, age says.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(Text);

/// The text is no public key. It is not repeated: it may be a secret one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAPublicKey {
    /// A secret key stands in its place.
    #[error("that is a secret key, which never leaves its file; give the public one, which begins with age1")]
    Secret,
    /// Something else.
    #[error("expected a public key: age1 and 58 letters and digits, as “backup365 keys list” shows it")]
    Other,
}

impl PublicKey {
    /// It, as it is typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its last four letters, by which two keys of one name are told apart.
    #[must_use]
    pub fn tail(&self) -> &str {
        self.as_str().get(LENGTH - 4..).unwrap_or_default()
    }
}

impl FromStr for PublicKey {
    type Err = NotAPublicKey;

    fn from_str(text: &str) -> Result<Self, NotAPublicKey> {
        let text = text.trim();
        if text.to_ascii_lowercase().starts_with(SECRET) {
            return Err(NotAPublicKey::Secret);
        }
        let data = text.strip_prefix(BEGINS).filter(|_| text.len() == LENGTH);
        match data {
            Some(data) if data.chars().all(|letter| LETTERS.contains(letter)) => Ok(Self(Text::clean(text))),
            _ => Err(NotAPublicKey::Other),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How this computer's key stands on record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Listing {
    /// It is not there.
    #[default]
    Unlisted,
    /// Passwords are encrypted for it.
    Listed,
    /// It was taken off.
    Removed,
}

/// This computer's own key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OwnKey {
    /// Its name on record, or the one that it would have.
    pub name: Text,
    /// The public half; none: there is no key file that can be read.
    pub key: Option<PublicKey>,
    /// Whether it is on record.
    pub listing: Listing,
}

/// What is missing where this computer's key does not open a password.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeyNeeded {
    /// This computer's key.
    pub own: OwnKey,
    /// Where somebody can be asked whose key opens it, by name; an earlier key of this very computer is not among them.
    pub readers: Vec<Text>,
}

impl KeyNeeded {
    /// What to run, and where; nothing where nobody could.
    #[must_use]
    pub fn advice(&self) -> Phrase {
        if self.readers.is_empty() {
            return Phrase::default();
        }
        let (name, there) = (self.own.name.clone(), readers(&self.readers));
        match (&self.own.key, self.own.listing) {
            (None, _) => phrase![
                "Here run: ",
                Command::KeysAddHere(name.clone()),
                "; then on ",
                there,
                " run: ",
                Command::KeysAdd(name, None),
                "."
            ],
            (Some(_), Listing::Listed) => {
                phrase!["On ", there, " run: ", Command::KeysAdd(name, None), "."]
            }
            (Some(key), _) => phrase!["On ", there, " run: ", Command::KeysAdd(name, Some(key.clone())), "."],
        }
    }
}

impl KeyNeeded {
    /// Why a saved password can't be read here, and what to do, as the access step says it.
    #[must_use]
    pub fn closed(&self) -> Phrase {
        let advice = self.advice();
        if advice.is_empty() {
            return "The key file is gone, so the saved password can't be read. Give it again. Seats and rules are kept."
                .into();
        }
        Phrase::from("The saved password is not encrypted for this computer's key.")
            .then(advice)
            .then("Or give it again. Seats and rules are kept.")
    }
}

/// Names of computers or operators, one of whom is to do something: "desk-1, desk-3 or desk-5".
#[must_use]
pub fn readers(names: &[Text]) -> Text {
    let words: Vec<&str> = names.iter().take(NAMED).map(Text::as_str).collect();
    let more = u32::try_from(names.len().saturating_sub(NAMED)).unwrap_or(u32::MAX);
    match words.split_last() {
        _ if more > 0 => Text::of(format_args!("{} or {} more", words.join(", "), grouped(more))),
        Some((last, before)) if !before.is_empty() => {
            Text::of(format_args!("{} or {last}", before.join(", ")))
        }
        _ => names.first().cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    #[test]
    fn a_public_key_is_told_from_anything_else_and_a_secret_one_is_not_repeated() {
        let key: PublicKey = format!(" {KEY}\n").parse().unwrap();
        assert_eq!((key.as_str(), key.tail()), (KEY, "ac8p"));
        for wrong in [
            "",
            "age1",
            "ge1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
            &KEY.to_uppercase(),
            &KEY.replace('q', "b"),
            "desk-2",
        ] {
            assert_eq!(wrong.parse::<PublicKey>(), Err(NotAPublicKey::Other), "{wrong}");
        }
        for secret in ["AGE-SECRET-KEY-1QQQ", "age-secret-key-1qqq"] {
            let error = secret.parse::<PublicKey>().unwrap_err();
            assert!(error == NotAPublicKey::Secret && !error.to_string().contains("1qqq"), "{error}");
        }
    }

    #[test]
    fn what_to_do_depends_on_how_far_this_computers_key_has_come() {
        let said = |key: Option<&str>, listing, readers: &[&'static str]| {
            let key = key.map(|key| key.parse().unwrap());
            let own = OwnKey { name: "desk-2".into(), key, listing };
            let readers = readers.iter().map(|name| Text::from(*name)).collect();
            KeyNeeded { own, readers }.advice().for_commands().to_string()
        };
        assert_eq!(
            said(Some(KEY), Listing::Unlisted, &["desk-1"]),
            format!("On desk-1 run: backup365 keys add desk-2 {KEY}")
        );
        assert_eq!(
            said(Some(KEY), Listing::Listed, &["desk-1", "ann", "bob"]),
            "On desk-1, ann or bob run: backup365 keys add desk-2"
        );
        assert_eq!(
            said(None, Listing::Unlisted, &["a", "b", "c", "d", "e"]),
            "Here run: “backup365 keys add desk-2 --this-computer”; then on a, b, c or 2 more run: backup365 keys add desk-2"
        );
        assert_eq!(said(None, Listing::Unlisted, &[]), "");
    }
}
