//! What to say to the customer about users, from what stands on the screen: who is protected, who is not and why.

use crate::{
    domain::{
        bill::{counted, grouped, size},
        card::{self, Card, CardId, Case},
        customer::Listing,
        protection::{SeatOutcome, SeatResult},
        text::Text,
        verdict::{Schedule, Standstill},
    },
    wizard::context::ViewCx,
};

/// Users who are protected, as the beginning of a sentence.
pub(crate) fn on(count: u32) -> String {
    match count {
        0 => "Nobody is protected yet".to_owned(),
        _ => format!("{} protected now", counted(count, "user is", "users are")),
    }
}

/// Users, as the beginning of a sentence about them.
pub(crate) fn users_are(count: u32) -> String {
    counted(count, "user is", "users are")
}

/// A card about users, with the branches that are said of this run while so many are protected. Seats are missing where
/// the card is about that.
pub(crate) fn card(cx: ViewCx<'_>, protected: u32, id: CardId, names: &[(&str, String)]) -> Card {
    let record = cx.session.record.as_ref();
    let listed = match record.and_then(|record| record.impersonation.as_ref()).map(|details| &details.listing)
    {
        _ if record.is_none_or(|record| !record.product.is_hosted()) => Case::Microsoft,
        Some(Listing::Given(_)) => Case::List,
        Some(Listing::Directory) | None => Case::Searched,
    };
    let seats = (id == CardId::PartlyNoSeats).then_some(Case::NoSeat);
    let protected = if protected > 0 { Case::Protected } else { Case::Nobody };
    let cases: Vec<Case> = [listed, protected].into_iter().chain(seats).collect();
    let names: Vec<(&str, &str)> = names.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Card::in_case(id, &cases, &names)
}

/// Users are chosen, and so many seats are missing for them.
pub(crate) fn seats_missing(cx: ViewCx<'_>, protected: u32, chosen: u32, missing: u32) -> Card {
    let names = [("chosen", users_are(chosen)), ("missing", counted(missing, "seat is", "seats are"))];
    card(cx, protected, CardId::SeatsMissing, &names)
}

/// Enable Auto is on, and for this reason no sweep turns anybody on.
pub(crate) fn stalled(cx: ViewCx<'_>, protected: u32, schedule: Schedule, why: Standstill) -> Card {
    let waiting = match schedule.stalled() {
        0 => "New users are".to_owned(),
        count => users_are(count),
    };
    let (id, most) = match why {
        Standstill::NoSeats(missing) => return seats_missing(cx, protected, schedule.stalled(), missing),
        Standstill::AboveCeiling(most) => (CardId::AboveSeats, most),
        Standstill::NoSweeper | Standstill::Overdue => (CardId::Stalled, 0),
    };
    let names = [("on", on(protected)), ("waiting", waiting), ("most", counted(most, "seat", "seats"))];
    card(cx, protected, id, &names)
}

/// Some who were meant to be protected are not: so many, by these results; a mailbox that can't be turned on, by its name
/// and the words of its row, where there is one alone.
pub(crate) fn partly(
    cx: ViewCx<'_>,
    (protected, off): (u32, u32),
    results: &[SeatResult],
    mailbox: Option<(Text, Text)>,
) -> Card {
    let is_all = |wanted: fn(&SeatOutcome) -> bool| {
        off > 0 && size(results.iter().filter(|result| wanted(&result.outcome)).count()) == off
    };
    let failed = results.iter().find_map(|result| match &result.outcome {
        SeatOutcome::Failed(why) => Some((result.user.name.clone(), why.clone())),
        _ => None,
    });
    let only = failed.or(mailbox).filter(|_| off == 1);
    let reason = only.and_then(|(who, row)| card::reason(row.as_str(), who.as_str()));
    let id = match reason {
        Some(_) => CardId::PartlyMailbox,
        None if is_all(|outcome| *outcome == SeatOutcome::NoSeat) => CardId::PartlyNoSeats,
        None if is_all(|outcome| *outcome == SeatOutcome::Stopped) => CardId::PartlyStopped,
        None => CardId::Partly,
    };
    let names = [
        ("on", on(protected)),
        ("off", counted(off, "is", "are")),
        ("missing", grouped(off)),
        ("reason", reason.unwrap_or_default().to_string()),
    ];
    card(cx, protected, id, &names)
}
