//! Enable Auto: the sweeper, the ceiling, the number; and switching it off. Pure.

use std::ops::ControlFlow::Continue;

use crate::{
    domain::bill::grouped,
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        view::{FactId, View},
    },
};

use super::{
    super::{
        decision::{Decision, end, fail_with, give},
        journey::{Journey, Step},
        page,
        report::End,
    },
    confirm, has_rule,
};

const NOT_SWITCHED_ON: &str = "Enable Auto could not be switched on. Start again.";

impl Journey {
    /// Switches it off, once.
    pub(in crate::headless) fn undo_auto(&mut self, view: &View<'_>) -> Decision {
        if self.steps.has(Step::ReadUndo) {
            return Continue(());
        }
        if has_rule(view) {
            self.steps.act(Action::Auto)?;
            return fail_with(view, "Enable Auto could not be switched off. Start again.");
        }
        self.steps.first(Step::ReadUndo);
        self.report.changes.is_auto_undone = self.steps.has(Step::Do(Action::Auto));
        if !self.report.changes.is_auto_undone {
            self.say("Enable Auto is off already.");
        }
        Continue(())
    }

    /// Opens the panel: to make the rule, and once more to see that it is on; goes on once it is.
    pub(in crate::headless) fn turn_auto_on(&mut self, view: &View<'_>) -> Decision {
        if self.steps.has(Step::ReadRule) {
            return Continue(());
        }
        self.look_again(view, NOT_SWITCHED_ON)?;
        if self.steps.has(Step::Answer(QuestionId::Auto)) && page::warning(view).is_some() {
            return fail_with(view, NOT_SWITCHED_ON);
        }
        give(Given::Do(Action::Auto))
    }

    /// The rule is on: switched off where that was asked for, else left as it is.
    pub(in crate::headless) fn see_rule(&mut self, view: &View<'_>) -> Decision {
        if self.answers.undo_auto {
            // The wizard stays here and says why where the operator may not.
            self.settle(view, Given::Yes)?;
            return end(End::Refused, page::warning(view).unwrap_or_else(|| page::sentences(view)));
        }
        if self.answers.is_dry_run {
            let words = "Enable Auto is on already. Nothing would change, and nothing was written.";
            return end(End::Shown, words);
        }
        if self.steps.first(Step::ReadRule) && !self.steps.has(Step::Answer(QuestionId::Auto)) {
            self.say_rule_is_kept(view);
        }
        give(Given::Back)
    }

    /// Nothing runs at 20:00: goes on where that was said beforehand.
    pub(in crate::headless) fn go_without_sweeper(&self, view: &View<'_>) -> Decision {
        if self.answers.without_sweeper || self.answers.is_dry_run {
            return give(Given::Yes);
        }
        let words = page::sentences(view);
        let way = "Install one first (backup365 sweep --install), or start again with --without-sweeper.";
        end(End::Stopped, format_args!("{words} {way}"))
    }

    /// It was written down beforehand, so it is kept, and said.
    pub(in crate::headless) fn keep_high_ceiling(&mut self, view: &View<'_>) -> Decision {
        self.say(page::strong(view));
        give(Given::Yes)
    }

    /// A rule that is on already: what it allows, and that it was not changed.
    fn say_rule_is_kept(&mut self, view: &View<'_>) {
        let most = page::fact(view, FactId::Ceiling).unwrap_or_default();
        let other = self.answers.ceiling.filter(|wanted| grouped(*wanted) != most.as_str());
        let way = other.map_or_else(String::new, |wanted| {
            format!(" For --ceiling {wanted}, switch Enable Auto off in the wizard first.")
        });
        self.say(format_args!(
            "Enable Auto is on already, with at most {most} seats; the rule was left as it is.{way}"
        ));
    }

    /// The bill stands beside the ceiling: it is compared before anything is answered.
    pub(in crate::headless) fn give_ceiling(&mut self, view: &View<'_>) -> Decision {
        self.compare_bill(view)?;
        let Shape::Number(asked) = &view.ask.shape else { return fail_with(view, NOT_SWITCHED_ON) };
        if let Some(problem) = &asked.problem {
            let problem = problem.for_commands();
            let words = format_args!("--ceiling is too low. {problem} Enable Auto was not switched on.");
            return end(End::Stopped, words);
        }
        give(Given::Number(self.answers.ceiling.or(asked.proposed).unwrap_or_default()))
    }

    /// The number, then the rule is written. A list that changed meanwhile shows another bill.
    pub(in crate::headless) fn confirm_rule(&mut self, view: &View<'_>) -> Decision {
        let new = self.compare_bill(view)?;
        self.steps.first(Step::Answer(view.ask.id));
        self.say(format_args!("Switching Enable Auto on: {} at the next 20:00 in Sydney.", grouped(new)));
        confirm(view, new)
    }
}
