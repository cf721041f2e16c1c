//! Sentences and offers that several screens share; a screen's own words stay in its file.

use std::{collections::HashMap, sync::LazyLock};

use crate::domain::{
    bill::grouped,
    phrase::{Command, Phrase, WayOn, phrase},
    protection,
    text::{Text, capital},
};

use super::{
    answer::Action,
    ask::QuestionId,
    context::ViewCx,
    view::{Block, HandoutId, Offer},
};

/// By question, or by what is sent, and action: one or two words, and what help says.
type Offers<T> = HashMap<T, HashMap<Action, (String, String)>>;

/// What can be done at each question, as it is written down.
const TABLE: &str = include_str!("../../assets/offers.toml");

/// The table, read once; a test reads it too, so that it is never found broken here.
static OFFERS: LazyLock<Offers<QuestionId>> = LazyLock::new(|| toml::from_str(TABLE).unwrap_or_default());

/// The ways to send each text, as they are written down.
const SENDING: &str = include_str!("../../assets/handouts.toml");

/// The table, read once.
static WAYS: LazyLock<Offers<HandoutId>> = LazyLock::new(|| toml::from_str(SENDING).unwrap_or_default());

/// What is to be said of files and folders once the world is open: the first sentence, and the way to the others.
pub(crate) fn notes(notes: &[Text]) -> Option<Phrase> {
    let (first, rest) = notes.split_first()?;
    let first = Text::clean(&capital(first.as_str()));
    Some(match rest {
        [] => phrase![first],
        _ => phrase![first, " ", WayOn::Run(Command::Doctor, "see what else there is")],
    })
}

/// Who of so many is excluded, the first ones by name; none where nobody is.
pub(crate) fn excluded<'a>(count: u32, names: impl Iterator<Item = Text>) -> Option<Block<'a>> {
    /// Two lines of 80 columns; a guess.
    const NAMED: u32 = 6;
    first_of(count, NAMED, names).map(|who| Block::Para(format_args!("Excluded: {who}.").into()))
}

/// Who is meant by so many: all of a few by name and address, else the first two by name; none where nobody is.
pub(crate) fn first_named(count: u32, users: impl Iterator<Item = (Text, Text)>) -> Option<Text> {
    /// So many stand with their addresses. A guess: they fit on two lines of 80 columns.
    const WHOLE: u32 = 3;
    /// So many of more.
    const FIRST: u32 = 2;
    if count > WHOLE {
        return first_of(count, FIRST, users.map(|(name, _)| name));
    }
    // A hoster's mailbox may have its address for a name.
    let whole = |(name, address): (Text, Text)| {
        if name == address { name } else { Text::clean(&protection::named(&name, &address)) }
    };
    first_of(count, WHOLE, users.map(whole))
}

/// The first of so many, and how many there are besides; none where there is nobody.
fn first_of(count: u32, most: u32, who: impl Iterator<Item = Text>) -> Option<Text> {
    let first: Vec<Text> = who.zip(0..most.min(count)).map(|(who, _)| who).collect();
    let names = first.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
    let more = count.saturating_sub(most);
    let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
    (!first.is_empty()).then(|| Text::of(format_args!("{names}{more}")))
}

/// What can be done, in the words that the question has for it.
pub(crate) fn offer(question: QuestionId, action: Action) -> Offer {
    of(OFFERS.get(&question), action)
}

/// A way to send this text.
pub(crate) fn sending(text: HandoutId, way: Action) -> Offer {
    of(WAYS.get(&text), way)
}

fn of(offers: Option<&'static HashMap<Action, (String, String)>>, action: Action) -> Offer {
    let words = offers.and_then(|offers| offers.get(&action));
    let (label, help) = words.map_or(("", ""), |(label, help)| (label.as_str(), help.as_str()));
    Offer::new(action, label, help)
}

/// What can be done on every screen; a run that is not held here (`is_watching`) can be taken over and read again. Enter
/// reads it again where nobody tells what others do.
pub(crate) fn common_offers(cx: ViewCx<'_>, is_watching: bool) -> impl Iterator<Item = Offer> {
    let (record, is_shared) = (cx.session.record.as_ref(), cx.session.is_shared);
    let park = Offer::new(Action::Park, "park", "Park this run and go on with another customer.");
    let again = Offer::new(Action::Refresh, "read again", "Reads the run again, as it stands now.");
    let again = if is_shared { again } else { again.by_default() };
    let is_asked_for = is_shared && record.is_some_and(|record| record.held_by.is_some());
    let take_over = Offer::new(
        Action::TakeOver,
        if is_asked_for { "ask for it" } else { "take over" },
        "Takes the run over: at once when nobody has it any more, else by asking whoever has it.",
    );
    // At the customers and in setup there is no run.
    let leave = if record.is_some() { "Leave. The run is kept." } else { "Leave. What was saved is kept." };
    [
        // A run that is finished has nothing left to be parked.
        record.is_some_and(|record| record.finished.is_none() && !record.is_read_only).then_some(park),
        Some(Offer::new(Action::Back, "back", "Back to the screen before.")),
        Some(Offer::new(Action::Leave, "leave", leave)),
        is_watching.then_some(take_over),
        is_watching.then_some(again),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{customer::Progress, time::Moment, verdict::Standstill};

    #[test]
    fn every_offer_is_written_down_with_a_sentence_that_is_whole() {
        let table: Offers<QuestionId> = toml::from_str(TABLE).unwrap();
        let ways: Offers<HandoutId> = toml::from_str(SENDING).unwrap();
        for (action, (label, help)) in table.values().chain(ways.values()).flatten() {
            assert!(!label.is_empty() && label.len() < 20 && help.ends_with('.'), "{action:?}");
        }
    }

    #[test]
    fn every_customer_says_how_far_they_are() {
        let now = Moment::parse("2026-11-23T12:00:00Z").unwrap();
        let since = Moment::parse("2026-11-23T10:42:00Z").unwrap();
        for (at, words) in [
            (Progress::NotStarted, "not started"),
            (Progress::Open(Text::from("at access")), "at access"),
            (Progress::WaitingForConsent { since }, "waiting for consent since 10:42 UTC"),
            (Progress::Spreading { since }, "accepted 10:42 UTC, Microsoft is still spreading it"),
            (Progress::Accepted { at: since }, "accepted 10:42 UTC, go on"),
            (Progress::Refused(Text::from("the account is closed")), "refused: the account is closed"),
            (Progress::Protected { on: 184, of: 231, off: None }, "184 of 231 protected"),
            (Progress::Automatic { on: 9, standstill: None, off: None }, "automatic, 9 protected"),
            (
                Progress::Automatic { on: 9, standstill: Some(Standstill::NoSweeper), off: None },
                "automatic, 9 protected, but nothing will run at 20:00: no sweeper is installed",
            ),
            (Progress::NeedsAttention(Text::from("no seats left")), "needs attention: no seats left"),
        ] {
            assert_eq!(at.in_words(now, "UTC").as_str(), words);
        }
    }
}
