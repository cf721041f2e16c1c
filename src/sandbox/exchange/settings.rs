//! The shape of an `[[exchange]]` table: what a world's file says about one hoster's Exchange servers.
//!
//! Read once when the sandbox starts. Every switch that the wire reference leaves open has a field in [`Habits`], so
//! that a test can try the client against either answer.

mod organisation;
mod trouble;

use serde::Deserialize;

pub use organisation::{Account, AccountState, Computed, Customer, Growth, Kind, Mailbox, When};
pub use trouble::{Autodiscover, Fault, FaultKind, Form, Redirect, RedirectKind};

/// One Exchange organisation, reached under one host name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Host name of the endpoint, without scheme and port.
    pub host: String,
    /// Sign-in schemes offered with a 401, in this order; `negotiate` can't be used.
    #[serde(default = "every_challenge")]
    pub challenges: Vec<Challenge>,
    /// One comma-separated `WWW-Authenticate` line instead of one line per scheme.
    #[serde(default)]
    pub folded_challenges: bool,
    /// What NTLM has to say about the TLS channel that it goes through.
    #[serde(default)]
    pub extended_protection: ExtendedProtection,
    /// What `ServerVersionInfo` says.
    #[serde(default)]
    pub version: Version,
    /// Values of `RequestServerVersion` that this server knows; empty: all that the 2017 schema lists.
    #[serde(default)]
    pub known_versions: Vec<String>,
    /// EWS is on; off answers 403.
    #[serde(default = "yes")]
    pub ews: bool,
    /// User-Agent prefixes that are let in; empty: all.
    #[serde(default)]
    pub allowed_agents: Vec<String>,
    /// User-Agent prefixes that are kept out.
    #[serde(default)]
    pub blocked_agents: Vec<String>,
    /// More calls than this at one time answer `ErrorExceededConnectionCount`; absent: no limit.
    #[serde(default)]
    pub most_at_once: Option<usize>,
    /// What no source settles.
    #[serde(default)]
    pub habits: Habits,
    /// How the endpoint can be found.
    #[serde(default)]
    pub autodiscover: Autodiscover,
    /// Service accounts that can sign in.
    #[serde(default)]
    pub accounts: Vec<Account>,
    /// The hosted customers of this organisation.
    #[serde(default)]
    pub customers: Vec<Customer>,
    /// Trouble on demand, in the order in which it is considered.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// A sign-in scheme in a 401.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Challenge {
    /// Kerberos or NTLM, negotiated; offered, never accepted.
    Negotiate,
    /// NTLM, in its three messages.
    Ntlm,
    /// User name and password.
    Basic,
}

/// Extended Protection of the endpoint. There is no TLS here, so that no binding to a channel can be right.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ExtendedProtection {
    /// No binding is looked at.
    Off,
    /// A binding that is sent must be right.
    #[default]
    Allow,
    /// A right one must be sent: everybody is refused.
    Require,
}

/// `ServerVersionInfo`: 15.0 is Exchange 2013, 15.1 is 2016, 15.2 is 2019, 15.20 is Exchange Online.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub build: u32,
    /// Fourth number.
    pub revision: u32,
    /// The schema generation, as text.
    pub name: String,
}

impl Default for Version {
    /// Exchange 2019, as in the wire reference.
    fn default() -> Self {
        Self { major: 15, minor: 2, build: 1544, revision: 9, name: "V2017_07_11".to_owned() }
    }
}

/// Switches for what the wire reference marks as not confirmed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Habits {
    /// Most rows in one page of `FindPeople`: 100 or 1,000 are reported.
    pub people_cap: usize,
    /// What `TotalNumberOfPeopleInView` counts.
    pub people_total: PeopleTotal,
    /// What an empty or absent query of the directory does.
    pub empty_query: EmptyQuery,
    /// What a query is compared with.
    pub matching: Matching,
    /// Prefixes in the answer to `FindPeople`.
    pub people_style: Style,
    /// The element inside `EmailAddresses`.
    pub address_element: AddressElement,
    /// Whose address book policy filters a search under impersonation.
    pub policy_follows: PolicyFollows,
    /// Whether a missing mailbox or a missing role is reported first.
    pub impersonation_order: ImpersonationOrder,
    /// Children out of schema order are a fault; otherwise only missing and unknown ones are.
    pub strict_order: bool,
    /// `SmtpAddress` is taken as connecting identifier.
    pub smtp_address: bool,
    /// A connection that signed in by NTLM stays signed in.
    pub connection_stays_in: bool,
}

impl Default for Habits {
    /// The stricter of two answers, wherever sources disagree.
    fn default() -> Self {
        Self {
            people_cap: 100,
            people_total: PeopleTotal::All,
            empty_query: EmptyQuery::Refuse,
            matching: Matching::Words,
            people_style: Style::Default,
            address_element: AddressElement::Address,
            policy_follows: PolicyFollows::Impersonated,
            impersonation_order: ImpersonationOrder::TargetFirst,
            strict_order: true,
            smtp_address: true,
            connection_stays_in: true,
        }
    }
}

/// What `TotalNumberOfPeopleInView` counts.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PeopleTotal {
    /// Every match.
    All,
    /// The rows of this page.
    Page,
}

/// What an empty query of the directory does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum EmptyQuery {
    /// `ErrorInvalidArgument`, as the documentation demands a query.
    Refuse,
    /// Everything in view, as one open client reports.
    Everything,
}

/// What a query is compared with.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// The beginning of any word of the name, or of any address; accents do not count.
    Words,
    /// The beginning of any word of the name only; accents count.
    Names,
    /// Any part of name or address; accents do not count.
    Substring,
}

/// How elements are named in an answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// `m:` and `t:`, as older operations answer.
    Prefixed,
    /// Default namespaces, as operations from 2013 on answer.
    Default,
}

/// The element inside `EmailAddresses`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum AddressElement {
    /// As in the schema and in captured traffic.
    Address,
    /// As in a sample of the documentation; not valid by the schema.
    EmailAddress,
}

/// Whose address book policy filters a search under impersonation.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PolicyFollows {
    /// The policy of the mailbox that is impersonated.
    Impersonated,
    /// The policy of the service account, its `address_book`.
    Account,
}

/// Which of two refusals comes first.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ImpersonationOrder {
    /// `ErrorNonExistentMailbox` before `ErrorImpersonationDenied`.
    TargetFirst,
    /// `ErrorImpersonationDenied` before `ErrorNonExistentMailbox`.
    RoleFirst,
}

/// All schemes, as a hoster that switched Basic on would offer them.
fn every_challenge() -> Vec<Challenge> {
    vec![Challenge::Negotiate, Challenge::Ntlm, Challenge::Basic]
}

/// A switch that is on unless the file says otherwise.
pub(super) fn yes() -> bool {
    true
}
