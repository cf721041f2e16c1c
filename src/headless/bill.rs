//! Bills: read, compared with what was allowed, confirmed by their number. Pure.

use std::ops::ControlFlow::Continue;

use crate::{
    domain::{bill::counted, flag},
    wizard::{answer::Given, ask::Shape, view::View},
};

use super::{
    decision::{Decision, end, fail_with, give, need},
    journey::Journey,
    report::End,
};

impl Journey {
    /// Takes the bill of the page in and compares it: how many new seats it has, or how the journey ends.
    pub(super) fn compare_bill(&mut self, view: &View<'_>) -> Decision<u32> {
        let Some(shown) = view.page.bill() else {
            return fail_with(view, "The bill could not be made. Start again.");
        };
        let new = shown.bill.billed();
        self.report.bill = Some(shown.bill.clone());
        let facts = view.page.facts().map(|fact| (fact.label, fact.value.for_commands()));
        self.report.bill_facts = facts.collect();
        let seats = counted(new, "new seat", "new seats");
        if self.answers.max_seats.is_none() && new > 0 && !self.answers.is_dry_run {
            return need(flag::MAX_SEATS, new);
        }
        if let Some((limit, remedy)) = self.answers.seats_beyond(new) {
            let words = format_args!("It would be {seats}, and {limit}. Nobody was turned on. {remedy}");
            return end(End::Stopped, words);
        }
        if self.answers.is_dry_run {
            return end(End::Shown, format_args!("It would be {seats}. Nothing was written."));
        }
        Continue(new)
    }

    /// With Enable Auto on: refuses more seats at the next sweep than were allowed, for kinds that are included and for
    /// exclusions that are lifted.
    pub(super) fn compare_next_sweep(&self, of_kinds: u32, lifted: u32) -> Decision {
        let new = of_kinds.saturating_add(lifted);
        if new == 0 || self.answers.is_dry_run {
            return Continue(());
        }
        if self.answers.max_seats.is_none() {
            return need(flag::MAX_SEATS, new);
        }
        let Some((limit, _)) = self.answers.seats_beyond(new) else { return Continue(()) };
        let (with, unchanged) = match (of_kinds, lifted) {
            (0, _) => ("without these exclusions", "Nothing was changed."),
            (_, 0) => ("with these kinds", "The kinds were not changed."),
            _ => ("with these kinds and the exclusions that were lifted", "The kinds were not changed."),
        };
        let more = counted(new, "seat", "seats");
        end(
            End::Stopped,
            format_args!(
                "Enable Auto is on: {with} the next sweep would take {more} more, and {limit}. {unchanged}"
            ),
        )
    }
}

/// The answer that confirms a number where it is to be typed, and says yes where it is not.
pub(super) const fn confirm(view: &View<'_>, number: u32) -> Decision {
    give(if matches!(view.ask.shape, Shape::Number(_)) { Given::Number(number) } else { Given::Yes })
}
