//! The bill: read as it is shown, compared with what was allowed, its number typed.

use crate::{
    domain::{
        bill::{counted, grouped},
        text::Text,
    },
    headless::{
        answers::Answers,
        look,
        report::{Bill, End},
    },
    wizard::{
        event::{Edit, Intent},
        view::{Count, View},
    },
};

use super::{Next, end};

/// Reads the bill in front; none where there is no table with a total.
pub(super) fn read(view: &View<'_>) -> Option<Bill> {
    let mut tables = look::counts(view);
    let table = tables.next()?;
    let total = table.iter().find(|count| count.is_total)?;
    let lines = |counts: &[Count]| {
        let lines = counts.iter().filter(|count| !count.is_total);
        lines.map(|count| (count.label.clone(), count.count)).collect()
    };
    Some(Bill {
        new_seats: total.count,
        turn_on: lines(table),
        stay_off: tables.next().map(lines).unwrap_or_default(),
        facts: look::facts(view),
    })
}

/// Refuses a bill above what was allowed; a dry run ends with the bill.
pub(super) fn refused(answers: &Answers, bill: &Bill) -> Option<Next> {
    let seats = counted(bill.new_seats, "new seat", "new seats");
    match answers.max_seats {
        Some(most) if bill.new_seats > most => Some(end(
            End::Stopped,
            Text::of(format_args!(
                "It would be {seats}, and --max-seats allows at most {}. Nobody was turned on. Look at the bill; then start again with --max-seats {}, or with fewer users.",
                grouped(most),
                bill.new_seats
            )),
        )),
        None if bill.new_seats > 0 && !answers.is_dry_run => {
            Some(super::users::missing_seats(bill.new_seats))
        }
        _ if let Err(left) = answers.allowance.set_aside(bill.new_seats) => Some(end(
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

/// Types the number into the field in front, then confirms; without a field, confirms.
pub(super) fn confirm(view: &View<'_>, number: u32) -> Intent {
    let Some(field) = look::fields(view).next() else { return Intent::Submit };
    let typed = look::typed(field);
    if typed.is_empty() {
        Intent::Paste(number.to_string())
    } else if typed.as_str() == number.to_string() {
        Intent::Submit
    } else {
        Intent::Edit(Edit::Clear)
    }
}
