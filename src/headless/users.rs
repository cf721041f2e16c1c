//! The users: what is taken back, what is excluded and included, who is ticked; the bill; Enable Auto. Each is one answer
//! with all users in it, so that the record has one line of it, as from every front end. Pure.

mod auto;

use std::ops::ControlFlow::Continue;

use crate::{
    domain::{
        answers::Users,
        bill::counted,
        changes::{NAMED, named},
        flag,
        text::Text,
        user::Kind,
    },
    wizard::{
        answer::{Action, FieldId, Given, Mark, RowId, Value, Which},
        ask::{QuestionId, Shape},
        view::{Column, FactId, Mark as Shown, View},
    },
};

use super::{
    decision::{Decision, end, fail_with, give, need, no_failure, rows},
    journey::{Journey, Step},
    page,
    report::End,
    selection::{self, number},
};

/// How often a bill that changed meanwhile is looked at again.
const MOST_LOOKS: u32 = 5;

const BROKEN_OFF: &str = "Turning users off was broken off. Start again with those who are still on.";

impl Journey {
    /// The users: one thing after the other, each in one answer.
    pub(super) fn choose_users(&mut self, view: &View<'_>) -> Decision {
        self.return_to_access(view)?;
        self.need_users()?;
        no_failure(view)?;
        // Ticks of before are taken away.
        self.steps.once(Step::Mark(Mark::Untick), Given::Mark(Mark::Untick, Which::All))?;
        self.look_up(view)?;
        self.change_exclusions(view, Mark::Lift, "An exclusion could not be lifted. Start again.")?;
        self.change_exclusions(view, Mark::Exclude, "A user could not be excluded. Start again.")?;
        self.change_kinds()?;
        if self.answers.undo_auto {
            self.undo_auto(view)?;
        }
        self.turn_off(view)?;
        self.turn_on(view)?;
        give(Given::Do(Action::Finish))
    }

    /// Looks everything up before anything is changed.
    fn look_up(&mut self, view: &View<'_>) -> Decision {
        if self.steps.has(Step::LookUp) {
            return Continue(());
        }
        let selection = selection::select(&self.answers, view, has_rule(view))?;
        let may_turn_off = matches!(view.ask.shape, Shape::Select(asked) if asked.may_turn_off);
        if !self.answers.turn_off.is_empty() && !may_turn_off {
            // Asked all the same, before anything is changed: the wizard says why this operator may not.
            self.steps.once(Step::Mark(Mark::Off), Given::Mark(Mark::Off, Which::Users(Vec::new())))?;
            let words = page::warning(view).unwrap_or_default();
            return end(End::Refused, format_args!("{words} Nothing was changed."));
        }
        self.steps.first(Step::LookUp);
        if !selection.off_before.is_empty() {
            self.say(format_args!("Off already: {}.", named(&selection.off_before, NAMED)));
        }
        self.selection = selection;
        self.compare_next_sweep(0, self.selection.lifted_by_rule)
    }

    /// One answer for all users who are to be marked so; none where there is nobody.
    fn mark(&mut self, mark: Mark) -> Decision {
        let users = self.selection.of(mark);
        if users.is_empty() || !self.steps.first(Step::Mark(mark)) {
            return Continue(());
        }
        give(Given::Mark(mark, Which::Users(users.iter().map(|user| user.id).collect())))
    }

    /// Excludes users or lifts exclusions; all of them are changed then, and what was done is kept.
    fn change_exclusions(&mut self, view: &View<'_>, mark: Mark, otherwise: &'static str) -> Decision {
        self.mark(mark)?;
        if !self.steps.first(Step::Read(mark)) {
            return Continue(());
        }
        let rows = rows(view)?;
        let is_excluded = |user: &selection::Picked| {
            rows.rows.at(&RowId::User(user.id)).and_then(|at| rows.rows.row(at)).map(|row| row.is_excluded)
        };
        let users = self.selection.of(mark);
        if users.iter().any(|user| is_excluded(user) != Some(mark == Mark::Exclude)) {
            return fail_with(view, otherwise);
        }
        let changes = &mut self.report.changes;
        let list = if mark == Mark::Exclude { &mut changes.excluded } else { &mut changes.lifted };
        list.extend(self.selection.addresses(mark));
        Continue(())
    }

    /// Opens the kinds; afterwards keeps which were changed.
    fn change_kinds(&mut self) -> Decision {
        if !(self.answers.include.is_empty() && self.answers.leave_out.is_empty()) {
            self.steps.act(Action::Kinds)?;
        }
        if !self.steps.first(Step::ReadKinds) {
            return Continue(());
        }
        let changes = &mut self.report.changes;
        for (kind, is_included) in std::mem::take(&mut self.kinds) {
            if is_included { &mut changes.included } else { &mut changes.left_out }.push(kind);
        }
        Continue(())
    }

    /// The kinds: filled in by their ids, then saved.
    pub(super) fn choose_kinds(&mut self, view: &View<'_>) -> Decision {
        if let Some(words) = page::warning(view) {
            return end(End::Failed, words);
        }
        let included = self.selection.included_by_rule;
        if self.kinds.is_empty() && included > 0 {
            self.compare_next_sweep(included, self.selection.lifted_by_rule)?;
        }
        for kind in Kind::INCLUDABLE {
            let Some(chosen) = view.page.chosen(FieldId::Included(kind)) else { continue };
            let (list, is_included) =
                if chosen == 1 { (&self.answers.leave_out, false) } else { (&self.answers.include, true) };
            if list.contains(&kind) {
                self.kinds.push((kind, is_included));
                let value = Value::Choice(usize::from(is_included));
                return give(Given::Fill(FieldId::Included(kind), value));
            }
        }
        give(Given::Submit)
    }

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

    /// Whether a confirmed number is on its way, or its results stand there.
    pub(super) fn is_turning_off(&self) -> bool {
        self.steps.has(Step::Answer(QuestionId::TurnOff)) && !self.steps.has(Step::ReadResults)
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
        let Some(rows) = rows else { return fail_with(view, BROKEN_OFF) };
        let is_on = |at: &usize| rows.rows.row(*at).is_none_or(|row| row.mark != Shown::Off);
        let result = |at| {
            Text::of(format_args!("{}: {}", rows.words(at, Column::Name), rows.words(at, Column::Result)))
        };
        let bad: Vec<Text> = (0..rows.rows.len()).filter(is_on).map(result).collect();
        if !bad.is_empty() {
            let users = counted(number(bad.len()), "user", "users");
            return end(
                End::Failed,
                format_args!("{users} could not be turned off: {}.", named(&bad, NAMED)),
            );
        }
        if rows.rows.len() != self.selection.of(Mark::Off).len() {
            return fail_with(view, BROKEN_OFF);
        }
        self.steps.first(Step::ReadResults);
        give(Given::Back)
    }

    /// Turns on who was chosen, as far as the bill; goes on where that is nobody, or everybody is scheduled.
    fn turn_on(&mut self, view: &View<'_>) -> Decision {
        match self.answers.users {
            Some(Users::All) => {
                self.steps.once(Step::Mark(Mark::Tick), Given::Mark(Mark::Tick, Which::All))?;
            }
            Some(Users::These(_)) => self.mark(Mark::Tick)?,
            Some(Users::Auto) => return self.turn_auto_on(view),
            Some(Users::None) | None if self.answers.is_dry_run => {
                return end(End::Shown, "Nobody would be turned on, and nothing was written.");
            }
            Some(Users::None) | None => return Continue(()),
        }
        // Back from a bill without a number: nothing is left to be turned on.
        self.look_again(view, "The list changes all the time. Start again in a few minutes.")?;
        give(Given::Do(Action::Review))
    }

    /// Ends where the bill has been looked at too often.
    fn look_again(&mut self, view: &View<'_>, otherwise: &'static str) -> Decision {
        self.looks += 1;
        if self.looks > MOST_LOOKS { fail_with(view, otherwise) } else { Continue(()) }
    }

    /// Results of turning users on: to the end where they are of this journey.
    pub(super) fn leave_results(&mut self) -> Decision {
        if self.steps.has(Step::Answer(QuestionId::Review)) {
            return give(Given::Do(Action::Finish));
        }
        self.say("What was confirmed before is done.");
        give(Given::Back)
    }

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

    /// The bill: compared, then confirmed by its number.
    pub(super) fn review(&mut self, view: &View<'_>) -> Decision {
        let new = self.compare_bill(view)?;
        if new == 0 {
            self.say("Nobody is left to be turned on.");
            return give(Given::Yes);
        }
        self.steps.first(Step::Answer(view.ask.id));
        let users = counted(new, "user", "users");
        self.say(format_args!("Turning on {users}: the bill is confirmed."));
        confirm(view, new)
    }
}

/// Whether Enable Auto is on: the page says when the next sweep is.
fn has_rule(view: &View<'_>) -> bool {
    page::fact(view, FactId::NextSweep).is_some()
}

/// The answer that confirms a number where it is to be typed, and says yes where it is not.
pub(super) const fn confirm(view: &View<'_>, number: u32) -> Decision {
    give(if matches!(view.ask.shape, Shape::Number(_)) { Given::Number(number) } else { Given::Yes })
}
