//! Say-it cards: what to say to the customer on the phone, what they see, and what may go wrong. The sentences are data
//! (`assets/cards.toml`); a card is chosen by its id and filled with the names of the call.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::text::Text;

/// All cards, as they are written down.
const TABLE: &str = include_str!("../../assets/cards.toml");

/// Which card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardId {
    /// The customer is being found.
    Customers,
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
    /// The access of a hosted product is asked for.
    Impersonation,
    /// Consent is asked for: `{organisation}`.
    ConsentAsked,
    /// Consent was given, and Microsoft spreads it.
    ConsentSpreading,
    /// Consent was given in another organisation: `{found}`, `{organisation}`.
    ConsentElsewhere,
    /// Consent was proved.
    ConsentProved,
    /// The service account is being tried.
    HostedTried,
    /// The server refuses the service account.
    HostedRefused,
    /// The access of a hosted product was proved.
    HostedProved,
    /// Users are being listed.
    UsersListed,
    /// Users are being chosen.
    UsersChosen,
    /// Enable Auto is on: `{next}`.
    UsersAutomatic,
    /// Enable Auto is on, and no sweep turns anybody on.
    UsersStalled,
    /// Users are being turned on.
    UsersWritten,
    /// The run is over: `{on}`.
    Outcome,
    /// The run is over, and Enable Auto is on: `{on}`, `{next}`.
    OutcomeAutomatic,
    /// The run is over, Enable Auto is on, and no sweep turns anybody on: `{on}`.
    OutcomeStalled,
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
    branches: BTreeMap<String, Vec<(String, String)>>,
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
        let wrong = branches.into_iter().flatten();
        Self {
            say: fill(&written.say, names),
            sees: fill(&written.sees, names),
            wrong: wrong.map(|(sees, say)| (fill(sees, names), fill(say, names))).collect(),
        }
    }
}

/// A sentence with its names.
fn fill(words: &str, names: &[(&str, &str)]) -> Text {
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
        for branches in table.branches.keys() {
            assert!(table.cards.values().any(|card| card.branches.as_ref() == Some(branches)), "{branches}");
        }
    }

    #[test]
    fn names_are_filled_in_once() {
        let names = [("found", "Cafe {organisation}"), ("organisation", "Harbour {x")];
        let card = Card::of(CardId::ConsentElsewhere, &names);
        assert!(card.say.as_str().starts_with("You were signed in to Cafe {organisation}. "), "{}", card.say);
        assert!(card.say.as_str().ends_with(" and sign in to Harbour {x."), "{}", card.say);
        assert!(card.wrong[2].1.as_str().ends_with("Harbour {x."));
        assert_eq!(Card::of(CardId::Customers, &[]).wrong, []);
    }
}
