//! Say-it cards: what to say to the customer on the phone, what they see, and what may go wrong. The sentences are data
//! (`assets/cards.toml`); a card is chosen by its id and filled with the names of the call.
//!
//! A screen chooses by its state, and where something failed by the failure: [`Card::of_failure`]. What a code means and
//! what callers say stands once, in the table of *explain*; cards name its rows.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{
    customer::Product,
    explain::{self, Entry, Side},
    failure::{Failure, FailureKind},
    text::Text,
};

/// All cards, as they are written down.
const TABLE: &str = include_str!("../../assets/cards.toml");

/// Which card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardId {
    /// The customer is being found.
    Customers,
    /// The customer's account with us is closed.
    CustomerClosed,
    /// The customer has no product that can be backed up.
    CustomerWithoutProduct,
    /// The run was parked before anybody accepted.
    ParkedAsked,
    /// The run was parked because seats are missing.
    ParkedSeats,
    /// The run was parked while Microsoft spreads the consent.
    ParkedSpreading,
    /// The run was parked where the customer's hosting company has something to do.
    ParkedHosted,
    /// The run was parked where the customer's administrator has something to mend.
    ParkedRefused,
    /// The run was parked before the organisation was known.
    ParkedTenant,
    /// The run was parked at another step.
    Parked,
    /// A customer is being added.
    NewCustomer,
    /// The product is being chosen: `{products}`.
    Product,
    /// The only product of the customer stands there: `{products}`.
    ProductOnly,
    /// The tenant is asked for.
    TenantAsked,
    /// Microsoft is being asked about a tenant.
    TenantLookedUp,
    /// The organisation is known: `{organisation}`, `{four}`.
    TenantFound,
    /// The operator said that it is another organisation.
    TenantDenied,
    /// Something speaks against the organisation.
    TenantDoubted,
    /// Another customer has one of the mail domains.
    MailDomainDoubted,
    /// Microsoft knows no such organisation.
    TenantUnknown,
    /// The organisation can't be set up as it is: closed, or in another cloud.
    TenantRefused,
    /// The access of a hosted product is asked for.
    Impersonation,
    /// Consent is to be asked for: `{organisation}`.
    ConsentAsked,
    /// The link is out: `{organisation}`.
    ConsentWaiting,
    /// The link has been out for longer than usual: `{organisation}`.
    ConsentLate,
    /// The partner is about to accept for the customer.
    ConsentByPartner,
    /// Consent was given, and Microsoft spreads it.
    ConsentSpreading,
    /// The same, for longer than usual.
    ConsentSpreadingLong,
    /// Consent was given in another organisation: `{found}`, `{organisation}`.
    ConsentElsewhere,
    /// The customer must accept again: `{organisation}`.
    ConsentAgain,
    /// Microsoft keeps us out of the organisation.
    ConsentRefused,
    /// A security rule of the customer's side keeps out whom it is for.
    ConsentPolicy,
    /// Consent was proved.
    ConsentProved,
    /// The service account is being tried.
    HostedTried,
    /// The server does not answer.
    HostedNoAnswer,
    /// The server's certificate, or its TLS, is not right.
    HostedCertificate,
    /// The server is busy, or has a trouble that passes.
    HostedBusy,
    /// There is no Exchange under the server's name.
    HostedAddress,
    /// The mailboxes are in Microsoft's cloud.
    HostedOnline,
    /// The server refuses user name or password.
    HostedPassword,
    /// They were refused a moment ago, and are not tried again yet.
    HostedLocked,
    /// The server lets no program in this way.
    HostedSwitchedOff,
    /// The account may not open mailboxes of others.
    HostedImpersonation,
    /// A mailbox is not found.
    HostedMailbox,
    /// The server refuses us for another reason.
    HostedRefused,
    /// The access of a hosted product was proved.
    HostedProved,
    /// Something is wrong with our own registration, program or record.
    OurSide,
    /// We don't get through: network, proxy, a page that wants a sign-in.
    OurLine,
    /// Microsoft has trouble, or asks for a rest.
    MicrosoftBusy,
    /// Users are being listed.
    UsersListed,
    /// The same, for longer than usual.
    UsersSlow,
    /// The list is not believed: much shorter than the last one, or empty.
    UsersShort,
    /// Users are being chosen.
    UsersChosen,
    /// Kinds of mailboxes are being included.
    KindsAsked,
    /// There are fewer seats than users to be turned on: `{chosen}`, `{missing}`.
    SeatsMissing,
    /// What is about to be turned on stands there as a bill: `{count}`, `{seats}`.
    UsersBilled,
    /// The same, and seats are missing for others: `{count}`, `{seats}`, `{missing}`.
    UsersBilledSome,
    /// Enable Auto stands there as a bill: `{count}`, `{when}`, `{most}`.
    UsersBilledAutomatic,
    /// Nothing would run at 20:00: is Enable Auto switched on all the same?
    SweeperMissing,
    /// How many seats may Enable Auto use?
    SeatsAgreed,
    /// Enable Auto is to be switched off.
    AutomaticUndone,
    /// Users are ticked and not turned on, and the run is to be finished: `{count}`.
    UsersUnapplied,
    /// The run is to be finished, and nobody is turned on by it: `{on}`.
    UsersFinished,
    /// Users are to be turned off: `{count}`.
    UsersOffAsked,
    /// Users have been turned off: `{count}`.
    UsersOff,
    /// Enable Auto is on: `{next}`.
    UsersAutomatic,
    /// Enable Auto is on, and no sweep turns anybody on before our side is ready: `{on}`, `{waiting}`.
    Stalled,
    /// Enable Auto is on, and would need more seats than it may use: `{on}`, `{waiting}`, `{most}`.
    AboveSeats,
    /// Users are being turned on or off.
    UsersWritten,
    /// All who were to be turned on are protected: `{on}`.
    UsersDone,
    /// Some who were wanted are not protected: `{on}`, `{off}`.
    Partly,
    /// For some who were wanted there is no seat: `{on}`, `{off}`, `{missing}`.
    PartlyNoSeats,
    /// One mailbox that was wanted is not protected, and its row says why: `{on}`, `{reason}`.
    PartlyMailbox,
    /// It was stopped before all who were wanted had been turned on: `{on}`, `{off}`.
    PartlyStopped,
    /// The run is over: `{on}`.
    Outcome,
    /// The run is over, and nobody is protected.
    OutcomeNobody,
    /// The run is over, and Enable Auto is on: `{on}`, `{next}`.
    OutcomeAutomatic,
}

#[cfg(test)]
impl CardId {
    /// Those that failures bring along, where no code tells them.
    pub(crate) const BROUGHT_ALONG: [Self; 11] = [
        Self::OurLine,
        Self::OurSide,
        Self::UsersShort,
        Self::HostedNoAnswer,
        Self::HostedCertificate,
        Self::HostedBusy,
        Self::HostedAddress,
        Self::HostedOnline,
        Self::HostedPassword,
        Self::HostedLocked,
        Self::HostedSwitchedOff,
    ];

    /// All that are written down.
    pub(crate) fn all() -> Vec<Self> {
        CARDS.cards.keys().copied().collect()
    }
}

/// What is true of the call, where a branch is said only then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// Microsoft lists the users.
    Microsoft,
    /// A list of mailboxes was given.
    List,
    /// The hosting company's directory is searched.
    Searched,
    /// Seats are missing.
    NoSeat,
    /// Somebody is protected.
    Protected,
    /// Nobody is protected.
    Nobody,
}

/// With whom a call has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Party {
    /// Microsoft, about the customer's organisation.
    #[default]
    Microsoft,
    /// The customer's hosting company.
    Hoster,
}

impl Party {
    /// Who has the mailboxes of a product.
    #[must_use]
    pub const fn of(product: Product) -> Self {
        if product.is_hosted() { Self::Hoster } else { Self::Microsoft }
    }

    /// Who has the mailboxes of these products: Microsoft, unless all of them are hosted.
    #[must_use]
    pub fn of_all(products: &[Product]) -> Self {
        let is_hosted = !products.is_empty() && products.iter().all(|product| product.is_hosted());
        if is_hosted { Self::Hoster } else { Self::Microsoft }
    }
}

/// A card, filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// What to say to the customer.
    pub say: Text,
    /// What the customer sees.
    pub sees: Text,
    /// What they may see in its place, and what to say then.
    pub wrong: Vec<(Text, Text)>,
}

/// A card as it is written down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    say: String,
    sees: String,
    branches: Option<String>,
}

/// What the customer may say or see in its place: a row of the table of *explain*, by its key.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Branch {
    /// Whatever is true.
    Always(String),
    /// Where one of these is.
    Only { row: String, only: Vec<Case> },
}

impl Branch {
    /// Its row, where it is said now.
    fn row(&self, cases: &[Case]) -> Option<&str> {
        match self {
            Self::Always(row) => Some(row),
            Self::Only { row, only } => only.iter().any(|case| cases.contains(case)).then_some(row),
        }
    }
}

/// Why one mailbox stays off: words of its row, and what is said then about `{who}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    row: String,
    say: String,
}

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    branches: BTreeMap<String, Vec<Branch>>,
    reasons: Vec<Reason>,
    cards: BTreeMap<CardId, Written>,
}

/// The table, read once; a test reads it too, so that it is never found broken here.
static CARDS: LazyLock<Table> = LazyLock::new(|| toml::from_str(TABLE).unwrap_or_default());

impl Card {
    /// The card with its names filled in, once each: a name in braces inside of a name stays as it is.
    #[must_use]
    pub fn of(id: CardId, names: &[(&str, &str)]) -> Self {
        Self::in_case(id, &[], names)
    }

    /// The same, with the branches that are said only where something is true. What the customer sees in its place comes
    /// first: that is also how it stands under *They see*.
    #[must_use]
    pub fn in_case(id: CardId, cases: &[Case], names: &[(&str, &str)]) -> Self {
        let Some(written) = CARDS.cards.get(&id) else { return Self::default() };
        let branches = written.branches.as_ref().and_then(|branches| CARDS.branches.get(branches));
        let rows = branches.into_iter().flatten().filter_map(|branch| branch.row(cases));
        let branches = rows.filter_map(explain::by_key).map(|entry| (entry.heard(), entry.say_with(names)));
        let mut wrong: Vec<(Text, Text)> = branches.collect();
        wrong.sort_by_key(|(heard, _)| is_said(heard));
        Self { say: fill(&written.say, names), sees: fill(&written.sees, names), wrong }
    }

    /// The card of a failure: where the table of *explain* knows its code, with the sentence that stands there.
    #[must_use]
    pub fn of_failure(failure: &Failure, party: Party, names: &[(&str, &str)]) -> Self {
        let card = Self::of(of_failure(failure, party), names);
        match entry(failure, party) {
            Some(entry) => {
                let (say, mut wrong) = (entry.say_with(names), card.wrong);
                // What the card itself says is no branch of it.
                wrong.retain(|(_, answer)| *answer != say);
                Self { say, wrong, ..card }
            }
            None => card,
        }
    }

    /// With what a customer reads on Microsoft's page about each of these permissions (name and reason), and what it is for.
    #[must_use]
    pub fn with_permissions(mut self, permissions: &[(Text, Text)]) -> Self {
        self.wrong.extend(permissions.iter().map(|(name, reason)| match explain::by_key(name.as_str()) {
            Some(entry) => (entry.heard(), entry.say.clone()),
            None => (Text::of(format_args!("“{name}”")), Text::of(format_args!("{reason}."))),
        }));
        self
    }
}

/// Whether a branch is what the customer says, in their own words, and not what they see.
#[must_use]
pub fn is_said(heard: &Text) -> bool {
    heard.as_str().starts_with('“')
}

/// What to say about a mailbox that stays off, where the words of its row are known.
#[must_use]
pub fn reason(row: &str, who: &str) -> Option<Text> {
    let reason = CARDS.reasons.iter().find(|reason| row.contains(&reason.row))?;
    Some(fill(&reason.say, &[("who", who)]))
}

/// Which card a failure has: the one that it brings along, else that of its code, else that of its kind.
#[must_use]
pub fn of_failure(failure: &Failure, party: Party) -> CardId {
    if let Some(card) = failure.card.or_else(|| entry(failure, party)?.card) {
        return card;
    }
    let is_hoster = party == Party::Hoster;
    match failure.kind {
        FailureKind::Refused if is_hoster => CardId::HostedRefused,
        FailureKind::Refused if failure.asks_consent => CardId::ConsentAgain,
        FailureKind::Refused => CardId::ConsentRefused,
        FailureKind::NotFound | FailureKind::Malformed if is_hoster => CardId::HostedAddress,
        FailureKind::NotFound => CardId::TenantUnknown,
        FailureKind::Unreachable if is_hoster && failure.code.is_none() => CardId::HostedNoAnswer,
        FailureKind::Unreachable | FailureKind::Throttled | FailureKind::Conflict if is_hoster => {
            CardId::HostedBusy
        }
        FailureKind::Throttled | FailureKind::Unreachable | FailureKind::Malformed => CardId::MicrosoftBusy,
        // Seats are counted by the screen, which says how many are missing: none of its failures is of that kind.
        FailureKind::NoSeats | FailureKind::Conflict | FailureKind::Record | FailureKind::Internal => {
            CardId::OurSide
        }
    }
}

/// What the table of *explain* knows about a failure's code; a status means another thing of a hosting company's server than
/// of Microsoft's. Nothing where the failure says itself what it is, or
/// that the customer must accept again, which is said of every code alike.
fn entry(failure: &Failure, party: Party) -> Option<&'static Entry> {
    let entry = explain::by_code(failure.code.as_ref()?.as_str())?;
    let is_other = party == Party::Microsoft && entry.side == Side::Hoster;
    (failure.card.is_none() && !failure.asks_consent && !is_other).then_some(entry)
}

/// A sentence with its names.
pub(super) fn fill(words: &str, names: &[(&str, &str)]) -> Text {
    let mut pieces = words.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        let value = names.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or(name, |(_, value)| *value));
        filled.push_str(rest);
    }
    Text::clean(&filled)
}

#[cfg(test)]
mod tests;
