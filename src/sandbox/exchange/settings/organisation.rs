//! Accounts, customers and mailboxes of a server, as a world's file states them.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::yes;

/// A service account of the hoster.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// User name, as `user@domain` or `DOMAIN\user`; letter case does not count.
    pub name: String,
    /// The same account under other spellings.
    #[serde(default)]
    pub also: Vec<String>,
    /// Password; invented, like everything here.
    pub password: String,
    /// Marks of the customers whose mailboxes it may open; `*` is all of them, empty means no role at all.
    #[serde(default)]
    pub impersonates: Vec<String>,
    /// The role works from this moment on; absent: always.
    #[serde(default)]
    pub role_from: Option<When>,
    /// The account's own mailbox; absent: it has none.
    #[serde(default)]
    pub mailbox: Option<String>,
    /// Mark of the customer whose address book it sees; absent: no policy, so the whole organisation.
    #[serde(default)]
    pub address_book: Option<String>,
    /// Whether it can sign in.
    #[serde(default)]
    pub state: AccountState,
}

/// Whether an account can sign in.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// It can.
    #[default]
    Active,
    /// 401 with a page that says so.
    Locked,
    /// Fault `ErrorAccountDisabled`.
    Disabled,
    /// Fault `ErrorPasswordExpired`.
    PasswordExpired,
    /// Fault `ErrorPasswordChangeRequired`.
    PasswordChangeRequired,
}

/// One hosted customer.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The mark that the hoster puts on the customer's recipients, such as `CUST0042`.
    pub mark: String,
    /// Name of the company.
    pub name: String,
    /// Accepted mail domains; Autodiscover answers for each under `autodiscover.<domain>`.
    pub domains: Vec<String>,
    /// Its users see its own address book only; off: the whole organisation.
    #[serde(default = "yes")]
    pub address_book_policy: bool,
    /// The organisation is being removed: fault `ErrorOrganizationAccessBlocked`.
    #[serde(default)]
    pub blocked: bool,
    /// EWS is on for this customer's mailboxes; off answers 403.
    #[serde(default = "yes")]
    pub ews: bool,
    /// Entries stated one by one.
    #[serde(default)]
    pub mailboxes: Vec<Mailbox>,
    /// Mailboxes made up by number.
    #[serde(default)]
    pub computed: Option<Computed>,
}

/// One entry of the address book.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// Display name.
    pub name: String,
    /// Primary address.
    pub address: String,
    /// Further addresses.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// Job title, where the directory holds one.
    #[serde(default)]
    pub title: Option<String>,
    /// In no address list.
    #[serde(default)]
    pub hidden: bool,
    /// Does not carry the customer's mark: impersonation is refused for this one.
    #[serde(default)]
    pub unmarked: bool,
    /// Response code of every folder call, such as `ErrorMailboxMoveInProgress`; `403`: EWS is off for it, and every call
    /// answers that.
    #[serde(default)]
    pub trouble: Option<String>,
    /// The trouble is over from this moment on; absent: never.
    #[serde(default)]
    pub trouble_until: Option<When>,
    /// Exists from this moment on; absent: always did.
    #[serde(default)]
    pub appears: Option<When>,
    /// Gone from this moment on; absent: never.
    #[serde(default)]
    pub leaves: Option<When>,
}

/// What an entry of the address book is.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's mailbox.
    #[default]
    User,
    /// A person's mailbox whose directory account is disabled; impersonation still works.
    Disabled,
    /// A shared mailbox.
    Shared,
    /// A room.
    Room,
    /// Equipment.
    Equipment,
    /// A mail contact: an address elsewhere.
    Contact,
    /// A directory account without a mailbox here.
    MailUser,
    /// A distribution list.
    List,
}

impl Kind {
    /// Whether there is a mailbox behind the entry.
    #[must_use]
    pub fn has_mailbox(self) -> bool {
        matches!(self, Self::User | Self::Disabled | Self::Shared | Self::Room | Self::Equipment)
    }
}

/// Mailboxes that are made up from a seed and a number when somebody asks.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Computed {
    /// How many there are at the start.
    pub count: u32,
    /// Same seed, same names.
    #[serde(default)]
    pub seed: u64,
    /// Mail domain; absent: the customer's first.
    #[serde(default)]
    pub domain: Option<String>,
    /// Each one whose number divides by this is hidden from the address lists; 0: none.
    #[serde(default)]
    pub hidden_every: u32,
    /// Each one whose number divides by this lacks the customer's mark; 0: none.
    #[serde(default)]
    pub unmarked_every: u32,
    /// New ones that come with time.
    #[serde(default)]
    pub growth: Option<Growth>,
}

/// One more mailbox at regular times.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// The first new one appears then.
    pub from: When,
    /// Seconds from one to the next, 1 or more.
    pub every: u32,
    /// No more than this.
    pub most: u32,
}

/// A moment on the sandbox's clock.
///
/// In a file: a number of seconds after the sandbox started, or a text such as `2026-11-23T09:30:00Z` or
/// `2026-11-23T19:30[Australia/Sydney]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Milliseconds after the start.
    AfterStart(i64),
    /// Milliseconds since 1970 UTC.
    At(i64),
}

impl When {
    /// The moment in milliseconds since 1970 UTC, for a sandbox that started at `started`.
    #[must_use]
    pub fn moment(self, started: i64) -> i64 {
        match self {
            Self::AfterStart(milliseconds) => started.saturating_add(milliseconds),
            Self::At(moment) => moment,
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

/// Reads a [`When`].
struct Reader;

impl Visitor<'_> for Reader {
    type Value = When;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("seconds after the start, or a date and time with a zone")
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<When, E> {
        Ok(When::AfterStart(seconds.saturating_mul(1000)))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<When, E> {
        Ok(When::AfterStart(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<When, E> {
        let stamp = text.parse::<jiff::Timestamp>();
        let stamp = stamp.or_else(|_| text.parse::<jiff::ZonedDateTime>().map(|zoned| zoned.timestamp()));
        stamp.map(|stamp| When::At(stamp.as_millisecond())).map_err(E::custom)
    }
}
