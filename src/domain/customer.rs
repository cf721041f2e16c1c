//! Customers and what they bought.

use std::borrow::Cow;

use super::{
    bill::grouped,
    failure::{Failure, FailureKind},
    filter::fold,
    id::{Address, CustomerId, TenantId},
    sydney::clock_in_words,
    text::Text,
    time::Moment,
    verdict::{LeftOff, Standstill},
};

/// What is sold: decides the path through the wizard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Product {
    /// Office 365 in Microsoft's cloud: admin consent, Graph.
    Office365,
    /// Hosted Exchange: impersonation, EWS.
    MpExchange,
    /// Hosted Exchange sold as Business365: impersonation, EWS.
    Business365,
}

impl Product {
    /// All of them, in the order of the product screen.
    pub const ALL: [Self; 3] = [Self::Office365, Self::MpExchange, Self::Business365];

    /// The name on screens and in the receipt.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Office365 => "Office 365",
            Self::MpExchange => "MPexchange",
            Self::Business365 => "Business365",
        }
    }

    /// The word in files, flags and the store (product.md section 9, *Records and words*).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Office365 => "office365",
            Self::MpExchange => "mpexchange",
            Self::Business365 => "business365",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word().eq_ignore_ascii_case(word.trim()))
    }

    /// Whether users are reached over Exchange Web Services with impersonation.
    #[must_use]
    pub const fn is_hosted(self) -> bool {
        matches!(self, Self::MpExchange | Self::Business365)
    }
}

/// An organisation that buys from the operator's company: one record of the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Customer {
    /// Row in the store.
    pub id: CustomerId,
    /// The partner's own reference, unique.
    pub reference: Text,
    /// The customer's name.
    pub name: Text,
    /// Mail domain, as on record.
    pub domain: Text,
    /// Closed customers are hidden, found by search and refused with the reason.
    pub is_active: bool,
    /// What they bought; empty: they can't go on, and the row says why.
    pub products: Vec<Product>,
    /// The Microsoft 365 tenant on record.
    pub tenant: Option<TenantId>,
    /// Provisioned through Manage Protect; with a tenant on record this is path 1.
    pub is_managed: bool,
    /// Where the customer is, an IANA name ("Australia/Perth").
    pub time_zone: Option<Text>,
    /// Seats bought; none: "no limit on record".
    pub seats: Option<u32>,
}

impl Customer {
    /// What is searched for words: name, domain and reference, folded.
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&format!("{} {} {}", self.name, self.domain, self.reference))
    }
}

/// A customer as typed into the add form or read from a CSV line; becomes a [`Customer`] in the store.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewCustomer {
    /// The partner's own reference.
    pub reference: Text,
    /// The customer's name.
    pub name: Text,
    /// Mail domain.
    pub domain: Text,
    /// Whether the account is open.
    pub is_active: bool,
    /// What they bought.
    pub products: Vec<Product>,
    /// The tenant, where known.
    pub tenant: Option<TenantId>,
    /// Provisioned through Manage Protect.
    pub is_managed: bool,
    /// IANA name of the time zone.
    pub time_zone: Option<Text>,
    /// Seats bought.
    pub seats: Option<u32>,
}

impl From<&Customer> for NewCustomer {
    fn from(customer: &Customer) -> Self {
        Self {
            reference: customer.reference.clone(),
            name: customer.name.clone(),
            domain: customer.domain.clone(),
            is_active: customer.is_active,
            products: customer.products.clone(),
            tenant: customer.tenant,
            is_managed: customer.is_managed,
            time_zone: customer.time_zone.clone(),
            seats: customer.seats,
        }
    }
}

/// What kept a run from getting on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obstacle {
    /// In a word or two.
    pub brief: Text,
    /// What happened, a sentence without a full stop.
    pub why: Text,
}

impl Obstacle {
    /// What bad news means for the access of a run; none where it says nothing about that.
    #[must_use]
    pub fn of(failure: &Failure, product: Product) -> Option<Self> {
        let brief = match failure.kind {
            FailureKind::Refused => "refused",
            FailureKind::Unreachable | FailureKind::Malformed => "no answer",
            FailureKind::NotFound if product.is_hosted() => "not found",
            FailureKind::NotFound => "unknown ID",
            _ => return None,
        };
        Some(Self { brief: brief.into(), why: failure.what.clone() })
    }
}

/// How far a customer is; the store computes it for the customer screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Nothing on record.
    NotStarted,
    /// A run is open at some step: the words say where.
    Open(Text),
    /// The link is out, the customer has not accepted yet.
    WaitingForConsent {
        /// Since when the link has been out.
        since: Moment,
    },
    /// Accepted, and Microsoft is still spreading it.
    Spreading {
        /// When it was accepted.
        since: Moment,
    },
    /// Accepted, and every check was good: an operator may go on.
    Accepted {
        /// When.
        at: Moment,
    },
    /// The link is out, and what was answered will not become a consent by itself: the words say what.
    Refused(Text),
    /// A run is parked, and access did not work when it was.
    Failed(Obstacle),
    /// Enabled, with this many of the listed, eligible users protected (as last counted).
    Protected {
        /// Users who are protected.
        on: u32,
        /// Users that could be protected, as last listed.
        of: u32,
        /// Why users who were wanted are off, where there are any.
        off: Option<LeftOff>,
    },
    /// Enable Auto is on, with this many protected.
    Automatic {
        /// Users who are protected.
        on: u32,
        /// Why there will be no pass.
        standstill: Option<Standstill>,
        /// Why users who were wanted and whom no sweep will turn on are off, where there are any.
        off: Option<LeftOff>,
    },
    /// Something must be looked at: the words say what.
    NeedsAttention(Text),
}

impl Progress {
    /// In words; `here` is the zone by whose clocks times are told.
    #[must_use]
    pub fn in_words(&self, now: Moment, here: &str) -> Text {
        match self {
            Self::NotStarted => Text::from("not started"),
            Self::Open(step) => step.clone(),
            Self::WaitingForConsent { since } => {
                Text::of(format_args!("waiting for consent since {}", clock_in_words(*since, now, here)))
            }
            Self::Spreading { since } => Text::of(format_args!(
                "accepted {}, Microsoft is still spreading it",
                clock_in_words(*since, now, here)
            )),
            Self::Accepted { at } => {
                Text::of(format_args!("accepted {}, go on", clock_in_words(*at, now, here)))
            }
            Self::Refused(why) => Text::of(format_args!("refused: {why}")),
            Self::Failed(Obstacle { brief, why }) => Text::of(format_args!("{brief}: {why}")),
            Self::Protected { on, of, off } => {
                let why = off.map(|off| format!(", {}", off.words())).unwrap_or_default();
                Text::of(format_args!("{} of {} protected{why}", grouped(*on), grouped(*of)))
            }
            Self::Automatic { on, standstill, off } => {
                let but = standstill.map(|why| format!(", but {}", why.words())).unwrap_or_default();
                let why = off.map(|off| format!(", {}", off.words())).unwrap_or_default();
                Text::of(format_args!("automatic, {} protected{but}{why}", grouped(*on)))
            }
            Self::NeedsAttention(why) => Text::of(format_args!("needs attention: {why}")),
        }
    }

    /// In as few words as tell it from the others; of several ways, the fullest that takes at most `room` characters.
    #[must_use]
    pub fn in_brief(&self, room: usize) -> Cow<'_, str> {
        match self {
            Self::NotStarted => "not started".into(),
            Self::Open(step) => match step.as_str() {
                "choose users" => "users".into(),
                "ready to enable" => "enable".into(),
                step => step.into(),
            },
            Self::WaitingForConsent { .. } => "waiting".into(),
            Self::Spreading { .. } => "spreading".into(),
            Self::Accepted { .. } => "accepted, go on".into(),
            Self::Refused(_) => if room < "refused, look".len() { "refused" } else { "refused, look" }.into(),
            Self::Protected { on, of, off } => {
                let (on, of) = (grouped(*on), grouped(*of));
                let far = format!("{on} of {of}");
                let ways = if let Some(off) = off.map(|off| grouped(off.users)) {
                    [format!("{far}, {off} left off"), format!("{far}, {off} off"), format!("{off} left off")]
                } else {
                    [format!("{far} protected"), far, format!("{on} protected")]
                };
                let fits = |words: &&String| words.chars().count() <= room;
                let [.., shortest] = &ways;
                ways.iter().find(fits).unwrap_or(shortest).clone().into()
            }
            Self::Automatic { standstill: Some(why), .. } => why.in_brief().into(),
            Self::Automatic { off: Some(off), .. } => format!("{} left off", grouped(off.users)).into(),
            Self::Automatic { on, .. } => format!("automatic, {}", grouped(*on)).into(),
            Self::Failed(obstacle) => obstacle.brief.as_str().into(),
            Self::NeedsAttention(_) => "needs attention".into(),
        }
    }

    /// What the words in brief leave out; may be empty.
    #[must_use]
    pub fn more(&self, now: Moment, here: &str) -> Text {
        match self {
            Self::WaitingForConsent { since } => {
                Text::of(format_args!("since {}", clock_in_words(*since, now, here)))
            }
            Self::Spreading { since: at } | Self::Accepted { at } => {
                Text::of(format_args!("accepted {}", clock_in_words(*at, now, here)))
            }
            // The list says in brief what is missing.
            Self::Automatic { standstill: Some(Standstill::NoSweeper), .. } => {
                "nothing will run at 20:00".into()
            }
            Self::Automatic { standstill: Some(why), .. } => why.words(),
            Self::Automatic { off: Some(off), .. } | Self::Protected { off: Some(off), .. } => off.words(),
            Self::NeedsAttention(why) | Self::Refused(why) | Self::Failed(Obstacle { why, .. }) => {
                why.clone()
            }
            Self::NotStarted | Self::Open(_) | Self::Protected { .. } | Self::Automatic { .. } => {
                Text::default()
            }
        }
    }

    /// Whether an operator must look at it.
    #[must_use]
    pub const fn needs_attention(&self) -> bool {
        matches!(
            self,
            Self::NeedsAttention(_)
                | Self::Refused(_)
                | Self::Failed(_)
                | Self::Protected { off: Some(_), .. }
                | Self::Automatic { standstill: Some(_), .. }
                | Self::Automatic { off: Some(_), .. }
        )
    }

    /// Its place among the products of a customer, the worst first: the row of the customer tells the first one's.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::NotStarted => 2,
            worse if worse.needs_attention() => 0,
            _ => 1,
        }
    }

    /// Whether Microsoft is still asked: a consent is not there, or not everywhere yet.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        matches!(self, Self::WaitingForConsent { .. } | Self::Spreading { .. } | Self::Refused(_))
    }

    /// What to tell the customer on the phone while a run stands there; may be empty.
    #[must_use]
    pub const fn call_back(&self) -> &'static str {
        match self {
            Self::WaitingForConsent { .. } => {
                "If they call: nobody has accepted yet, and the link still works."
            }
            Self::Spreading { .. } => "If they call: Microsoft has it, they need do nothing.",
            Self::Accepted { .. } => "Call back now.",
            Self::NeedsAttention(_) | Self::Refused(_) | Self::Failed(_) => {
                "Look at it before you call back."
            }
            _ => "",
        }
    }
}

/// An account to impersonate with, and how the customer's mailboxes are found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Impersonation {
    /// EWS address, https (`https://mail.hoster.example/EWS/Exchange.asmx`).
    pub server: Text,
    /// Account that may impersonate, `user@domain` or `DOMAIN\user`.
    pub account: Text,
    /// Its password: encrypted at rest, never shown.
    pub password: super::secret::Secret<String>,
    /// One mailbox of the customer to try.
    pub sample: Address,
    /// The customer's mail domains, lower case; every other address is filtered out.
    pub domains: Vec<Text>,
    /// Where the list of mailboxes comes from.
    pub listing: Listing,
}

/// Where the list of a hosted customer's mailboxes comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Listing {
    /// A pasted or imported list: authoritative.
    Given(Vec<Address>),
    /// A directory search: people hidden from the address list are missing.
    Directory,
}
