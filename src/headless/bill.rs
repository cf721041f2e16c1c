//! Bills: read, compared with what was allowed, confirmed by their number. Pure.

use crate::{
    domain::{
        bill::{counted, grouped},
        text::Text,
    },
    wizard::{answer::Given, ask::Shape, view::View},
};

use super::{
    answers::Answers,
    journey::{Journey, Next, end, missing_seats},
    page,
    report::{Bill, End},
};

/// Reads the bill of the page; none where there is none.
fn read(view: &View<'_>) -> Option<Bill> {
    let bill = &page::bill(view)?.bill;
    let mut turn_on: Vec<(Text, u32)> =
        bill.turn_on.iter().map(|(kind, count)| (Text::from(kind.plural()), *count)).collect();
    if bill.seats_missing() > 0 {
        turn_on.push((Text::from("of these, no seat is left for"), bill.seats_missing()));
    }
    let number = |label, count: u32| (label, Text::clean(&grouped(count)));
    let bought = bill.limit.map_or_else(|| "no limit on record".into(), grouped);
    let mut facts = vec![
        ("Already on", Text::clean(&counted(bill.already_on, "user", "users"))),
        number("Seats now", bill.seats_before),
        number("Seats after", bill.seats_after()),
        ("Seats bought", Text::clean(&bought)),
    ];
    facts.extend(page::facts(view).map(|fact| (fact.label, page::said(&fact.value))));
    let stay_off = bill.stay_off.iter().map(|(why, count)| (Text::from(why.words()), *count)).collect();
    Some(Bill { new_seats: bill.billed(), turn_on, stay_off, facts })
}

/// Takes the bill of the page in and compares it: how many new seats it has, or how the journey ends.
pub(super) fn compare(journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Result<u32, Next> {
    let Some(bill) = read(view) else {
        return Err(super::journey::fail_with(view, "The bill could not be made. Start again."));
    };
    let new = bill.new_seats;
    journey.bill = Some(bill);
    refused(answers, new).map_or(Ok(new), Err)
}

/// The answer that confirms a number where it is to be typed, and says yes where it is not.
pub(super) const fn confirm(view: &View<'_>, number: u32) -> Given {
    if matches!(view.ask.shape, Shape::Number(_)) { Given::Number(number) } else { Given::Yes }
}

/// Refuses a bill above what was allowed; a dry run ends with the bill.
fn refused(answers: &Answers, new: u32) -> Option<Next> {
    let seats = counted(new, "new seat", "new seats");
    match answers.max_seats {
        Some(most) if new > most => Some(end(
            End::Stopped,
            Text::of(format_args!(
                "It would be {seats}, and --max-seats allows at most {}. Nobody was turned on. Look at the bill; then start again with --max-seats {new}, or with fewer users.",
                grouped(most),
            )),
        )),
        None if new > 0 && !answers.is_dry_run => Some(missing_seats(new)),
        _ if let Err(left) = answers.allowance.set_aside(new) => Some(end(
            End::Stopped,
            Text::of(format_args!(
                "It would be {seats}, and of what --max-seats allows for the whole plan {} left. Nobody was turned on. Look at the bills; then start again with a higher --max-seats, or with fewer users.",
                counted(left, "is", "are")
            )),
        )),
        _ if answers.is_dry_run => {
            Some(end(End::Shown, Text::of(format_args!("It would be {seats}. Nothing was written."))))
        }
        _ => None,
    }
}

/// With Enable Auto on: refuses more seats at the next sweep than were allowed, for kinds that are included and for
/// exclusions that are lifted.
pub(super) fn refused_by_rule(answers: &Answers, of_kinds: u32, lifted: u32) -> Option<Next> {
    let new = of_kinds.saturating_add(lifted);
    let (with, unchanged) = match (of_kinds, lifted) {
        (0, _) => ("without these exclusions", "Nothing was changed."),
        (_, 0) => ("with these kinds", "The kinds were not changed."),
        _ => ("with these kinds and the exclusions that were lifted", "The kinds were not changed."),
    };
    let more = counted(new, "seat", "seats");
    match answers.max_seats {
        _ if new == 0 || answers.is_dry_run => None,
        None => Some(missing_seats(new)),
        Some(most) if new > most => Some(end(
            End::Stopped,
            Text::of(format_args!(
                "Enable Auto is on: {with} the next sweep would take {more} more, and --max-seats allows at most {}. {unchanged}",
                grouped(most)
            )),
        )),
        Some(_) => answers.allowance.set_aside(new).err().map(|left| {
            end(
                End::Stopped,
                Text::of(format_args!(
                    "Enable Auto is on: {with} the next sweep would take {more} more, and of what --max-seats allows for the whole plan {} left. {unchanged}",
                    counted(left, "is", "are")
                )),
            )
        }),
    }
}
