//! Users are turned off: all in one answer; the wizard's number is compared and typed, its results are read. Pure.

use std::ops::ControlFlow::Continue;

use crate::{
    domain::{bill::counted, text::Text},
    wizard::{
        answer::{Given, Mark},
        ask::{QuestionId, Shape},
        view::{Column, Mark as Shown, View},
    },
};

use super::super::{
    decision::{Decision, end, fail_with, give},
    journey::{Journey, Step},
    page,
    report::{End, NAMED, named},
    selection::number,
};

impl Journey {
    /// Turns off who was given; back in the list it says who was turned off, or why nobody was.
    pub(super) fn turn_off(&mut self, view: &View<'_>) -> Decision {
        self.mark(Mark::Off)?;
        let addresses = self.selection.addresses(Mark::Off);
        if addresses.is_empty() || !self.steps.first(Step::Read(Mark::Off)) {
            return Continue(());
        }
        if !self.steps.has(Step::ReadResults) {
            return fail_with(view, "Users could not be turned off. Start again.");
        }
        self.report.changes.turned_off.extend(addresses);
        Continue(())
    }

    /// The question: its number is compared with the list, then answered.
    pub(super) fn confirm_off(&mut self, view: &View<'_>) -> Decision {
        let number = number(self.selection.of(Mark::Off).len());
        let is_asked = matches!(&view.ask.shape, Shape::Number(asked) if asked.confirms == Some(number));
        if !is_asked || !self.steps.first(Step::Answer(view.ask.id)) {
            return fail_with(view, "The list has changed meanwhile. Nobody was turned off. Start again.");
        }
        // What becomes of what is kept, and of them at the next sweep.
        self.say(page::strong(view));
        if !self.answers.is_dry_run {
            let users = counted(number, "user", "users");
            self.say(format_args!("Turning {users} off: the number is confirmed."));
        }
        give(Given::Number(number))
    }

    /// One result per user: every one must be off.
    pub(super) fn read_off(&mut self, view: &View<'_>) -> Decision {
        let rows = view.page.rows().filter(|_| view.ask.id == QuestionId::Results);
        let len = rows.map_or(0, |rows| rows.rows.len());
        let mut bad = Vec::new();
        for (rows, at) in rows.iter().flat_map(|rows| (0..len).map(move |at| (rows, at))) {
            if rows.rows.row(at).is_none_or(|row| row.mark != Shown::Off) {
                let [name, result] =
                    [Column::Name, Column::Result].map(|column| page::cell(rows, at, column));
                bad.push(Text::of(format_args!("{name}: {result}")));
            }
        }
        if !bad.is_empty() {
            let users = counted(number(bad.len()), "user", "users");
            let names = named(&bad, NAMED);
            return end(End::Failed, format_args!("{users} could not be turned off: {names}."));
        }
        if len != self.selection.of(Mark::Off).len() {
            return fail_with(
                view,
                "Turning users off was broken off. Start again with those who are still on.",
            );
        }
        self.steps.first(Step::ReadResults);
        give(Given::Back)
    }
}
