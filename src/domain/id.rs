//! Ids: parsing is the only way to make one, and a parsed one is safe to show and to send.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use unicode_general_category::{GeneralCategory, get_general_category};
use uuid::Uuid;

use super::text::Text;

/// A customer's row in the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CustomerId(pub i64);

/// One Microsoft 365 directory, named by its GUID.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Uuid);

impl TenantId {
    /// The last four characters of the GUID, as the bar shows them and the operator reads them aloud.
    #[must_use]
    pub fn last_four(self) -> Text {
        let text = self.0.hyphenated().to_string();
        Text::clean(text.get(text.len().saturating_sub(4)..).unwrap_or_default())
    }
}

impl FromStr for TenantId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let id = Uuid::try_parse(text.trim()).map_err(|_malformed| NotAnId("a GUID"))?;
        if id.is_nil() { Err(NotAnId("a tenant's GUID")) } else { Ok(Self(id)) }
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One record, named by a GUID that it was given when it was made: two records are never the same, a copy is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId(Uuid);

impl RecordId {
    /// Of a record that is made just now.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Uuid::new_v4())
    }
}

impl FromStr for RecordId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Uuid::try_parse(text.trim()).map(Self).map_err(|_malformed| NotAnId("a record's GUID"))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A user or mailbox: the Graph GUID, or the first 16 bytes of SHA-256 of the lower-case primary address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId([u8; 16]);

impl UserId {
    /// From the bytes that the store kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes that the store keeps.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id of a row that came without one, from its place in the list: it can be shown and never asked about.
    #[must_use]
    pub fn of_place(ordinal: u64) -> Self {
        Self(((u128::from(u64::MAX) << 64) | u128::from(ordinal)).to_be_bytes())
    }

    /// Whether the row came without an id.
    #[must_use]
    pub fn is_of_place(&self) -> bool {
        self.0.first_chunk() == Some(&[u8::MAX; 8])
    }

    /// The id of a hosted mailbox, which has no GUID that a client could see.
    #[must_use]
    pub fn from_address(address: &Address) -> Self {
        let digest = Sha256::digest(address.folded().as_bytes());
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        Self(bytes)
    }
}

impl FromStr for UserId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Uuid::try_parse(text).map(|id| Self(*id.as_bytes())).map_err(|_malformed| NotAnId("a user's GUID"))
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Uuid::from_bytes(self.0).hyphenated())
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An e-mail address or user principal name, as the directory spells it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Box<str>);

impl Address {
    /// Whether this is an address; white space around it is not looked at.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        let text = text.trim();
        text.len() <= 320
            && Text::is_clean(text)
            && text.split_once('@').is_some_and(|(local, domain)| is_local(local) && is_mail_domain(domain))
    }

    /// The address as spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in lower case, for comparing.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// What stands behind the `@`, in lower case.
    #[must_use]
    pub fn domain(&self) -> String {
        self.0.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default()
    }
}

impl FromStr for Address {
    type Err = NotAnId;

    /// Takes what a mailbox can be called, at most 320 bytes (RFC 3696 erratum 1690 names 254 for mail; a user principal
    /// name may be longer): letters, digits and the signs of RFC 5322's *atext* before one `@`, dots between them, and a
    /// domain of two names or more behind it. Letters of every script are taken (RFC 6531), quoted names are not: no
    /// directory makes them, and quotes belong to the text around an address.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if Self::is_one(text) { Ok(Self(text.trim().into())) } else { Err(NotAnId("an e-mail address")) }
    }
}

/// Whether this can stand before the `@`.
fn is_local(text: &str) -> bool {
    let is_of_a_name = |c: char| is_of_a_word(c) || "!#$%&'*+-/=?^_`{|}~".contains(c);
    text.split('.').all(|part| !part.is_empty() && part.chars().all(is_of_a_name))
}

/// Whether this can stand behind the `@`. Windows domains may hold an underscore.
fn is_mail_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| is_of_a_word(c) || matches!(c, '-' | '_'))
    };
    text.contains('.') && text.split('.').all(is_label)
}

/// A letter, a digit, or what is written over and under letters.
fn is_of_a_word(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    c.is_alphanumeric()
        || (!c.is_ascii() && matches!(get_general_category(c), EnclosingMark | NonspacingMark | SpacingMark))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The letters of a run number: none of them sounds or looks like another (product.md section 9, *Flow*).
pub const RUN_LETTERS: &str = "FHKLMQRWXY234679";

/// A run's short number, `B365-7KQ4`: four letters, five once half of the four-letter ones are used.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(Box<str>);

impl RunId {
    /// The letters without the prefix, as the store keeps them.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunId {
    type Err = NotAnId;

    /// Takes `B365-7KQ4`, `b365 7kq4` or `7KQ4`.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let upper = text.trim().to_uppercase();
        let letters = upper.strip_prefix("B365").unwrap_or(&upper).trim_start_matches(['-', ' ']);
        let fits = matches!(letters.len(), 4 | 5) && letters.chars().all(|c| RUN_LETTERS.contains(c));
        if fits { Ok(Self(letters.into())) } else { Err(NotAnId("a run number like B365-7KQ4")) }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B365-{}", self.0)
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not what it should be; holds what was expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this is not {0}")]
pub struct NotAnId(pub &'static str);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_numbers_are_taken_as_people_say_them() {
        for text in ["B365-7KQ4", "b365 7kq4", "7kq4", " 7KQ4 "] {
            assert_eq!(text.parse::<RunId>().unwrap().to_string(), "B365-7KQ4");
        }
        for text in ["", "B365-", "7KQ", "7KQ0", "7KQ4FFF"] {
            assert!(text.parse::<RunId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_hosted_mailbox_keeps_its_id_whatever_the_case() {
        let one = UserId::from_address(&"Ana@Customer.example".parse().unwrap());
        let two = UserId::from_address(&"ana@customer.example".parse().unwrap());
        assert_eq!(one, two);
    }

    #[test]
    fn what_a_mailbox_can_be_called_is_an_address() {
        for text in [
            "mary.o'dwyer@odwyer.example",
            "c#sharp@bakery.example",
            "100%25@bakery.example",
            "ana+x@bakery.example",
            "_x_@bakery.example",
            "ana_other.example#EXT#@bakery.onmicrosoft.com",
            "nbrown@ad_2.bakery.local",
            "a|b@bakery.example",
            "jürgen@bäckerei.example",
            "山田@例え.example",
            "मीरा@उदाहरण.example",
            " ana@xn--bckerei-5wa.example ",
        ] {
            assert!(text.parse::<Address>().is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_part_of_an_address_and_what_stands_around_it_are_none() {
        for text in [
            "‘a@b.example’",
            "'a@b.example'",
            "\"a@b.example\"",
            "(a@b.example)",
            "mary.o’dwyer@odwyer.example",
            "a@b.example.",
            "a@b.example|c@d.example",
            "a@b@c.example",
            "SMTP:a@b.example",
            "mailto:a@b.example",
            "u001@odwye",
            "a.@b.example",
            ".a@b.example",
            "a..b@c.example",
            "a@b..example",
            "a@-b.example",
            "a@[192.0.2.1]",
            "a\u{200b}@b.example",
            "a@b.example\u{ad}",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn addresses_that_could_break_a_request_are_refused() {
        for text in ["", "a", "@b", "a@", "a b@c", "a\u{1b}@c", "<a@b>", "a@b,c@d"] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
        for text in [
            "",
            "a",
            "@b.example",
            "a@",
            "a b@c.example",
            "a\u{1b}@c.example",
            "<a@b.example>",
            "a@b.example,c",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
        assert_eq!("O'Neil@Bakery.example".parse::<Address>().unwrap().domain(), "bakery.example");
    }
}
