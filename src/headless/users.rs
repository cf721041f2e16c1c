//! The users: what is taken back, what is excluded and included, who is ticked; the bill; Enable Auto. Each is one answer
//! with all users in it, so that the record has one line of it, as from every front end. Pure.

mod auto;
mod off;

use std::ops::ControlFlow::Continue;

use crate::{
    domain::{answers::Users, bill::counted, user::Kind},
    wizard::{
        answer::{Action, FieldId, Given, Mark, RowId, Value, Which},
        ask::{QuestionId, Shape},
        view::{FactId, View},
    },
};

use super::{
    bill,
    decision::{Decision, end, fail_with, give, no_failure, rows},
    journey::{Journey, Step},
    page,
    report::End,
    selection,
};

/// How often a bill that changed meanwhile is looked at again.
const MOST_LOOKS: u32 = 5;

impl Journey {
    /// Decides what to do about the users, and about the questions above them.
    pub(super) fn choose_users(&mut self, view: &View<'_>) -> Decision {
        let is_turning_off =
            self.steps.has(Step::Answer(QuestionId::TurnOff)) && !self.steps.has(Step::ReadResults);
        match view.ask.id {
            QuestionId::Users => self.list(view),
            QuestionId::Kinds => self.choose_kinds(view),
            QuestionId::Review => self.review(view),
            QuestionId::TurnOff => self.confirm_off(view),
            QuestionId::Results | QuestionId::BrokenOff if is_turning_off => self.read_off(view),
            QuestionId::UndoAuto if self.answers.undo_auto => {
                // The wizard stays here and says why where the operator may not.
                self.settle(view, Given::Yes)?;
                end(End::Refused, page::warning(view).unwrap_or_else(|| page::sentences(view)))
            }
            QuestionId::BrokenOff => {
                fail_with(view, "Turning users on was broken off. Start again: nobody is turned on twice.")
            }
            // A batch that was asked to stop is not this front end's doing.
            QuestionId::StopApplying => give(Given::No),
            QuestionId::Results if self.steps.has(Step::Answer(QuestionId::Review)) => {
                give(Given::Do(Action::Finish))
            }
            QuestionId::Results => {
                self.say("What was confirmed before and not finished is done now.");
                give(Given::Back)
            }
            // Users for whom no seat is left stay ticked: the outcome says so.
            QuestionId::Unapplied => give(Given::Yes),
            _ => self.make_rule(view),
        }
    }

    fn list(&mut self, view: &View<'_>) -> Decision {
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
        let has_rule = has_rule(view);
        let selection = selection::select(&self.answers, view, has_rule)?;
        let may_turn_off = matches!(view.ask.shape, Shape::Select(asked) if asked.may_turn_off);
        if !self.answers.turn_off.is_empty() && !may_turn_off {
            // Asked all the same, before anything is changed: the wizard says why this operator may not.
            self.steps.once(Step::Mark(Mark::Off), Given::Mark(Mark::Off, Which::Users(Vec::new())))?;
            let words = page::warning(view).unwrap_or_default();
            return end(End::Refused, format_args!("{words} Nothing was changed."));
        }
        self.steps.first(Step::LookUp);
        self.of_kinds = if has_rule { selection::closed_of(view, &self.answers.include) } else { 0 };
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
        let changed = if mark == Mark::Exclude { &mut changes.excluded } else { &mut changes.lifted };
        changed.extend(self.selection.addresses(mark));
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
    fn choose_kinds(&mut self, view: &View<'_>) -> Decision {
        if let Some(words) = page::warning(view) {
            return end(End::Failed, words);
        }
        if self.kinds.is_empty() && self.of_kinds > 0 {
            self.compare_next_sweep(self.of_kinds, self.selection.lifted_by_rule)?;
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

    /// The bill: compared, then confirmed by its number.
    fn review(&mut self, view: &View<'_>) -> Decision {
        let new = self.compare_bill(view)?;
        if new == 0 {
            self.say("Nobody is left to be turned on.");
            return give(Given::Yes);
        }
        self.steps.first(Step::Answer(view.ask.id));
        let users = counted(new, "user", "users");
        self.say(format_args!("Turning on {users}: the bill is confirmed."));
        bill::confirm(view, new)
    }
}

/// Whether Enable Auto is on: the page says when the next sweep is.
fn has_rule(view: &View<'_>) -> bool {
    page::fact(view, FactId::NextSweep).is_some()
}
