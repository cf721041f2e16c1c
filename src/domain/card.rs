//! Say-it cards: what to say to the customer on the phone, what they see, and what may go wrong. The sentences are data
//! (`assets/cards.toml`); a card is chosen by its id and filled with the names of the call.
//!
//! A screen chooses by its state, and where something failed by the failure: [`Card::of_failure`]. What a code means and
//! what callers say stands once, in the table of *explain*; cards name its rows.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{
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
    /// The run was parked while Microsoft spreads the consent.
    ParkedSpreading,
    /// The run was parked at another step.
    Parked,
    /// A customer is being added.
    NewCustomer,
    /// The product is being chosen.
    Product,
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
    /// More users are ticked than there are seats.
    SeatsMissing,
    /// Enable Auto is on: `{next}`.
    UsersAutomatic,
    /// Enable Auto is on, and no sweep turns anybody on.
    UsersStalled,
    /// Users are being turned on.
    UsersWritten,
    /// The run is over: `{on}`.
    Outcome,
    /// The run is over, and some who were wanted are not protected: `{on}`.
    OutcomePartly,
    /// The run is over, and nobody is protected.
    OutcomeNobody,
    /// The run is over, and Enable Auto is on: `{on}`, `{next}`.
    OutcomeAutomatic,
    /// The run is over, Enable Auto is on, and no sweep turns anybody on: `{on}`.
    OutcomeStalled,
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

/// With whom a call has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Microsoft, about the customer's organisation.
    Microsoft,
    /// The customer's hosting company.
    Hoster,
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

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Rows of the table of *explain*, by their keys.
    branches: BTreeMap<String, Vec<String>>,
    cards: BTreeMap<CardId, Written>,
}

/// The table, read once; a test reads it too, so that it is never found broken here.
static CARDS: LazyLock<Table> = LazyLock::new(|| toml::from_str(TABLE).unwrap_or_default());

impl Card {
    /// The card with its names filled in, once each: a name in braces inside of a name stays as it is.
    #[must_use]
    pub fn of(id: CardId, names: &[(&str, &str)]) -> Self {
        let Some(written) = CARDS.cards.get(&id) else { return Self::default() };
        let branches = written.branches.as_ref().and_then(|branches| CARDS.branches.get(branches));
        let wrong = branches.into_iter().flatten().filter_map(|key| explain::by_key(key));
        Self {
            say: fill(&written.say, names),
            sees: fill(&written.sees, names),
            wrong: wrong.map(|entry| (entry.heard(), entry.say_with(names))).collect(),
        }
    }

    /// The card of a failure: where the table of *explain* knows its code, with the sentence that stands there.
    #[must_use]
    pub fn of_failure(failure: &Failure, party: Party, names: &[(&str, &str)]) -> Self {
        let card = Self::of(of_failure(failure, party), names);
        match entry(failure, party) {
            Some(entry) => Self { say: entry.say_with(names), ..card },
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
        FailureKind::NoSeats => CardId::SeatsMissing,
        FailureKind::Conflict | FailureKind::Record | FailureKind::Internal => CardId::OurSide,
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
mod tests {
    use super::*;

    /// The last id; with it the table is as long as the ids are many.
    const LAST: CardId = CardId::OutcomeStalled;

    #[test]
    fn every_card_is_written_down_with_sentences_that_are_whole() {
        let table: Table = toml::from_str(TABLE).unwrap();
        assert_eq!(table.cards.len(), LAST as usize + 1);
        for (id, written) in &table.cards {
            assert!(written.say.ends_with(['.', '?']) && written.sees.ends_with('.'), "{id:?}");
            if let Some(branches) = &written.branches {
                assert!(!table.branches[branches].is_empty(), "{id:?}");
            }
        }
        for (name, keys) in &table.branches {
            assert!(table.cards.values().any(|card| card.branches.as_ref() == Some(name)), "{name}");
            for key in keys {
                let entry = explain::by_key(key).unwrap_or_else(|| panic!("{name}: {key}"));
                assert!(!entry.heard().as_str().ends_with('.'), "{key}: {}", entry.heard());
                assert!(!entry.say_with(&[("organisation", "Org")]).as_str().contains(['{', '}']), "{key}");
            }
        }
    }

    #[test]
    fn names_are_filled_in_once() {
        let names = [("found", "Cafe {organisation}"), ("organisation", "Harbour {x")];
        let card = Card::of(CardId::ConsentElsewhere, &names);
        assert!(card.say.as_str().starts_with("You were signed in to Cafe {organisation}. "), "{}", card.say);
        assert!(card.say.as_str().ends_with(" and sign in to Harbour {x."), "{}", card.say);
        assert!(card.wrong.iter().any(|(_, say)| say.as_str().ends_with("administrator of Harbour {x.")));
        assert_eq!(Card::of(CardId::Customers, &[]).wrong, []);
    }

    #[test]
    fn a_failure_says_what_its_code_means_to_whom_it_is_about() {
        let failure = |kind, code: Option<&str>| {
            let failure = Failure::new(kind, "it failed", "Wait.");
            code.map_or_else(|| failure.clone(), |code| failure.clone().with_code(code))
        };
        for (failure, party, id, say) in [
            (
                failure(FailureKind::NotFound, Some("90002")),
                Party::Microsoft,
                CardId::TenantUnknown,
                "That ID isn't known to Microsoft.",
            ),
            (
                failure(FailureKind::Refused, Some("5000224")),
                Party::Microsoft,
                CardId::TenantRefused,
                "Your Microsoft 365 looks closed.",
            ),
            (
                failure(FailureKind::Refused, Some("53003")),
                Party::Microsoft,
                CardId::ConsentPolicy,
                "A security rule of your organisation",
            ),
            (
                failure(FailureKind::Internal, Some("7000222")),
                Party::Microsoft,
                CardId::OurSide,
                "That's on our side",
            ),
            (
                failure(FailureKind::Unreachable, Some("503")),
                Party::Microsoft,
                CardId::MicrosoftBusy,
                "The service is busy.",
            ),
            // Of a hosting company's server it would mean the account.
            (
                failure(FailureKind::Refused, Some("401")),
                Party::Microsoft,
                CardId::ConsentRefused,
                "Microsoft keeps us out",
            ),
            (
                failure(FailureKind::Refused, Some("401")),
                Party::Hoster,
                CardId::HostedPassword,
                "The server does not accept the service account.",
            ),
            (
                failure(FailureKind::Refused, Some("ErrorImpersonateUserDenied")),
                Party::Hoster,
                CardId::HostedImpersonation,
                "Our service account may not open this mailbox.",
            ),
            (
                failure(FailureKind::Unreachable, None),
                Party::Hoster,
                CardId::HostedNoAnswer,
                "Your mail server does not answer",
            ),
            (
                failure(FailureKind::Unreachable, None).with_card(CardId::OurLine),
                Party::Hoster,
                CardId::OurLine,
                "I can't get through from here",
            ),
        ] {
            assert_eq!(of_failure(&failure, party), id, "{failure:?}");
            let said = Card::of_failure(&failure, party, &[]).say;
            assert!(said.as_str().starts_with(say), "{id:?}: {said}");
        }
    }

    #[test]
    fn each_permission_is_asked_about_by_the_words_of_microsofts_page() {
        let permissions = [("Mail.ReadWrite", "Back up"), ("Notes.Read.All", "Back up notes")];
        let permissions = permissions.map(|(name, reason)| (Text::from(name), Text::from(reason)));
        let card = Card::default().with_permissions(&permissions);
        assert_eq!(card.wrong[0].0.as_str(), "“Read and write mail in all mailboxes”");
        assert!(card.wrong[0].1.as_str().contains("put it back"), "{}", card.wrong[0].1);
        assert_eq!(card.wrong[1], ("“Notes.Read.All”".into(), "Back up notes.".into()));
    }
}
