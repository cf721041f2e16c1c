//! The users: what is taken back, what is excluded and included, who is ticked; the bill; Enable Auto. Each is one answer
//! with all users in it, so that the record has one line of it, as from every front end.

use std::{
    ops::ControlFlow::{Break, Continue},
    time::Duration,
};

use crate::{
    domain::{
        answers::Users,
        bill::{counted, grouped, size},
        changes::{NAMED, named},
        flag,
        phrase::Command,
        text::Text,
        time::in_words,
        user::Kind,
        verdict,
    },
    wizard::{
        answer::{Action, FieldId, Given, Mark, RowId, Value, Which},
        ask::{QuestionId, SelectAsked, Shape},
        view::{Column, FactId, Mark as Shown, View},
    },
};

use super::{
    decision::{Decision, fact, give, is_hosted, rows, sentences, strong, warning},
    journey::{Headless, Step},
    report::End,
    selection::{self, Picked},
};

/// How often a bill that changed meanwhile is looked at again.
const MOST_LOOKS: u32 = 5;

/// How long the checks of the mailboxes are awaited where the answers give no time to wait.
const CHECKS: Duration = Duration::from_mins(5);

const KINDLESS: &str = "This server does not tell kinds of mailboxes, so the choice of kinds makes no difference. Exclude mailboxes with --exclude.";

const NOT_SWITCHED_ON: &str = "Enable Auto could not be switched on. Start again.";

const BROKEN_OFF: &str = "Turning users off was broken off. Start again with those who are still on.";

impl Headless {
    /// The users: one thing after the other, each in one answer.
    pub(super) fn choose_users(&mut self, view: &View<'_>) -> Decision {
        self.return_to_access(view)?;
        self.need_users()?;
        self.no_failure(view)?;
        self.await_checks(view)?;
        // Ticks of before are taken away.
        self.once(Step::Mark(Mark::Untick), Given::Mark(Mark::Untick, Which::All))?;
        self.look_up(view)?;
        self.change(view, Mark::Lift, "An exclusion could not be lifted. Start again.")?;
        self.change(view, Mark::Exclude, "A user could not be excluded. Start again.")?;
        self.change_kinds(view)?;
        if self.answers.undo_auto {
            self.undo_auto(view)?;
        }
        self.change(view, Mark::Off, "Users could not be turned off. Start again.")?;
        self.turn_on(view)?;
        give(Given::Do(Action::Finish))
    }

    /// The checks of the mailboxes are awaited, until the time is over; then it goes on with what is known.
    fn await_checks(&mut self, view: &View<'_>) -> Decision {
        let Shape::Select(SelectAsked { checking: Some(unchecked), .. }) = view.ask.shape else {
            self.steps.insert(Step::AwaitChecks);
            return Continue(());
        };
        let since = *self.checking_since.get_or_insert(view.now);
        let wait = if self.answers.wait.is_zero() { CHECKS } else { self.answers.wait };
        if !self.steps.contains(&Step::AwaitChecks) && view.now.since(since) < wait {
            return Break(None);
        }
        let (wait, unchecked) = (in_words(wait), verdict::unchecked(unchecked));
        self.say_once(Step::AwaitChecks, format_args!("Not waited for longer than {wait}: {unchecked}."));
        Continue(())
    }

    /// Looks everything up before anything is changed.
    fn look_up(&mut self, view: &View<'_>) -> Decision {
        if self.steps.contains(&Step::LookUp) {
            return Continue(());
        }
        let selection = match selection::select(&self.answers, view, has_rule(view)) {
            Ok(selection) => selection,
            Err((end, words)) => return self.end(end, words),
        };
        let may_turn_off = matches!(view.ask.shape, Shape::Select(asked) if asked.may_turn_off);
        if !self.answers.turn_off.is_empty() && !may_turn_off {
            // Asked all the same, before anything is changed: the wizard says why this operator may not.
            self.once(Step::Mark(Mark::Off), Given::Mark(Mark::Off, Which::Users(Vec::new())))?;
            let words = warning(view).unwrap_or_default();
            return self.end(End::Refused, format_args!("{words} Nothing was changed."));
        }
        self.steps.insert(Step::LookUp);
        if !selection.off_before.is_empty() {
            self.say(format_args!("Off already: {}.", named(&selection.off_before, NAMED)));
        }
        self.selection = selection;
        self.compare_next_sweep(0, self.selection.lifted_by_rule)
    }

    /// One answer for all users who are to be marked so; none where there is nobody.
    fn mark(&mut self, mark: Mark) -> Decision {
        let users = self.selection.of(mark);
        if users.is_empty() {
            return Continue(());
        }
        let ids = users.iter().map(|user| user.id).collect();
        self.once(Step::Mark(mark), Given::Mark(mark, Which::Users(ids)))
    }

    /// Excludes users, lifts exclusions or turns users off; all of them are changed then, and what was done is kept.
    fn change(&mut self, view: &View<'_>, mark: Mark, otherwise: &'static str) -> Decision {
        self.mark(mark)?;
        let users = self.selection.take(mark);
        if users.is_empty() {
            return Continue(());
        }
        let rows = rows(view)?.rows;
        let row = |user: &Picked| rows.at(&RowId::User(user.id)).and_then(|at| rows.row(at));
        let are_all = |is| users.iter().all(|user| row(user).is_some_and(|row| row.is_excluded == is));
        let changes = &mut self.report.changes;
        let (is_done, list) = match mark {
            Mark::Exclude => (are_all(true), &mut changes.excluded),
            Mark::Lift => (are_all(false), &mut changes.lifted),
            // One result for each has been read.
            _ => (self.steps.contains(&Step::ReadResults), &mut changes.turned_off),
        };
        if is_done {
            list.extend(users.into_iter().map(|user| user.address));
        }
        self.ensure(is_done, view, otherwise)
    }

    /// Opens the kinds; afterwards keeps which were changed.
    fn change_kinds(&mut self, view: &View<'_>) -> Decision {
        let names_kinds = !(self.answers.include.is_empty() && self.answers.leave_out.is_empty());
        if names_kinds && is_hosted(view) {
            // A plan may have one choice for customers of both sorts.
            self.say_once(Step::Do(Action::Kinds), KINDLESS);
        } else if names_kinds {
            self.act(Action::Kinds)?;
        }
        let changes = &mut self.report.changes;
        for (kind, is_included) in std::mem::take(&mut self.kinds) {
            if is_included { &mut changes.included } else { &mut changes.left_out }.push(kind);
        }
        Continue(())
    }

    /// The kinds: filled in by their ids, then saved.
    pub(super) fn choose_kinds(&mut self, view: &View<'_>) -> Decision {
        if let Some(words) = warning(view) {
            return self.end(End::Failed, words);
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

    /// Whether a confirmed number is on its way, or its results stand there.
    pub(super) fn is_turning_off(&self) -> bool {
        self.steps.contains(&Step::Answer(QuestionId::TurnOff)) && !self.steps.contains(&Step::ReadResults)
    }

    /// The question: its number is compared with the list, then answered.
    pub(super) fn confirm_off(&mut self, view: &View<'_>) -> Decision {
        let number = size(self.selection.of(Mark::Off).len());
        let is_asked = matches!(&view.ask.shape, Shape::Number(asked) if asked.confirms == Some(number));
        let is_first = is_asked && self.steps.insert(Step::Answer(view.ask.id));
        self.ensure(is_first, view, "The list has changed meanwhile. Nobody was turned off. Start again.")?;
        // What becomes of what is kept, and of them at the next sweep.
        self.say(strong(view));
        if !self.answers.is_dry_run {
            let users = counted(number, "user", "users");
            self.say(format_args!("Turning {users} off: the number is confirmed."));
        }
        give(Given::Number(number))
    }

    /// One result per user: every one must be off.
    pub(super) fn read_off(&mut self, view: &View<'_>) -> Decision {
        let rows = view.page.rows().filter(|_| view.ask.id == QuestionId::Results);
        let Some(rows) = rows else { return self.fail_with(view, BROKEN_OFF) };
        let is_on = |at: &usize| rows.rows.row(*at).is_none_or(|row| row.mark != Shown::Off);
        let said = |at, column| rows.words(at, column);
        let result = |at| Text::of(format_args!("{}: {}", said(at, Column::Name), said(at, Column::Result)));
        let bad: Vec<Text> = (0..rows.rows.len()).filter(is_on).map(result).collect();
        if !bad.is_empty() {
            let (users, bad) = (counted(size(bad.len()), "user", "users"), named(&bad, NAMED));
            return self.end(End::Failed, format_args!("{users} could not be turned off: {bad}."));
        }
        self.ensure(rows.rows.len() == self.selection.of(Mark::Off).len(), view, BROKEN_OFF)?;
        self.steps.insert(Step::ReadResults);
        give(Given::Back)
    }

    /// Turns on who was chosen, as far as the bill; goes on where that is nobody, or everybody is scheduled.
    fn turn_on(&mut self, view: &View<'_>) -> Decision {
        match self.answers.users {
            Some(Users::All) => {
                self.once(Step::Mark(Mark::Tick), Given::Mark(Mark::Tick, Which::All))?;
            }
            Some(Users::These(_)) => self.mark(Mark::Tick)?,
            Some(Users::Auto) => return self.turn_auto_on(view),
            Some(Users::None) | None if self.answers.is_dry_run => {
                return self.end(End::Shown, "Nobody would be turned on, and nothing was written.");
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
        self.ensure(self.looks <= MOST_LOOKS, view, otherwise)
    }

    /// Results of turning users on: to the end where they are of this journey.
    pub(super) fn leave_results(&mut self) -> Decision {
        if self.steps.contains(&Step::Answer(QuestionId::Review)) {
            return give(Given::Do(Action::Finish));
        }
        self.say("What was confirmed before is done.");
        give(Given::Back)
    }

    /// Takes the bill of the page in and compares it: how many new seats it has, or how the journey ends.
    pub(super) fn compare_bill(&mut self, view: &View<'_>) -> Decision<u32> {
        let Some(shown) = view.page.bill() else {
            return self.fail_with(view, "The bill could not be made. Start again.");
        };
        let new = shown.bill.billed();
        self.report.bill = Some(shown.bill.clone());
        let facts = view.page.facts().map(|fact| (fact.label, fact.value.for_commands()));
        self.report.bill_facts = facts.collect();
        if self.answers.max_seats.is_none() && new > 0 && !self.answers.is_dry_run {
            return self.need(flag::MAX_SEATS, new);
        }
        if let Some(words) = self.answers.bill_beyond(new) {
            return self.end(End::Stopped, words);
        }
        if self.answers.is_dry_run {
            let seats = counted(new, "new seat", "new seats");
            return self.end(End::Shown, format_args!("It would be {seats}. Nothing was written."));
        }
        Continue(new)
    }

    /// With Enable Auto on: refuses more seats at the next sweep than were allowed, for kinds that are included and for
    /// exclusions that are lifted.
    pub(super) fn compare_next_sweep(&mut self, of_kinds: u32, lifted: u32) -> Decision {
        let new = of_kinds.saturating_add(lifted);
        if new == 0 || self.answers.is_dry_run {
            return Continue(());
        }
        if self.answers.max_seats.is_none() {
            return self.need(flag::MAX_SEATS, new);
        }
        let beyond = self.answers.sweep_beyond(of_kinds, lifted);
        beyond.map_or(Continue(()), |words| self.end(End::Stopped, words))
    }

    /// The bill: compared, then confirmed by its number.
    pub(super) fn review(&mut self, view: &View<'_>) -> Decision {
        let new = self.compare_bill(view)?;
        if new == 0 {
            // Once: what could not be saved is tried again, and leads here again.
            let is_short = self.report.bill.as_ref().is_some_and(|bill| bill.seats_missing() > 0);
            let words = if is_short { strong(view) } else { "Nobody is left to be turned on.".into() };
            self.say_once(Step::Answer(view.ask.id), words);
            return give(Given::Yes);
        }
        self.steps.insert(Step::Answer(view.ask.id));
        let users = counted(new, "user", "users");
        self.say(format_args!("Turning on {users}: the bill is confirmed."));
        confirm(view, new)
    }

    /// Switches it off, once.
    fn undo_auto(&mut self, view: &View<'_>) -> Decision {
        if has_rule(view) && !self.steps.contains(&Step::ReadUndo) {
            self.act(Action::Auto)?;
            return self.fail_with(view, "Enable Auto could not be switched off. Start again.");
        }
        self.report.changes.is_auto_undone = self.steps.contains(&Step::Do(Action::Auto));
        if self.steps.insert(Step::ReadUndo) && !self.report.changes.is_auto_undone {
            self.say("Enable Auto is off already.");
        }
        Continue(())
    }

    /// Opens the panel: to make the rule, and once more to see that it is on; goes on once it is.
    fn turn_auto_on(&mut self, view: &View<'_>) -> Decision {
        if self.steps.contains(&Step::ReadRule) {
            return Continue(());
        }
        self.look_again(view, NOT_SWITCHED_ON)?;
        let is_refused = self.steps.contains(&Step::Answer(QuestionId::Auto)) && warning(view).is_some();
        self.ensure(!is_refused, view, NOT_SWITCHED_ON)?;
        give(Given::Do(Action::Auto))
    }

    /// The rule is on: switched off where that was asked for, else left as it is.
    pub(super) fn see_rule(&mut self, view: &View<'_>) -> Decision {
        if self.answers.undo_auto {
            // The wizard stays here and says why where the operator may not.
            self.settle(view, Given::Yes)?;
            return self.end(End::Refused, warning(view).unwrap_or_else(|| sentences(view)));
        }
        if self.answers.is_dry_run {
            let words = "Enable Auto is on already. Nothing would change, and nothing was written.";
            return self.end(End::Shown, words);
        }
        if self.steps.insert(Step::ReadRule) && !self.steps.contains(&Step::Answer(QuestionId::Auto)) {
            self.say_rule_is_kept(view);
        }
        give(Given::Back)
    }

    /// A bill that can't come true is a limit.
    pub(super) fn stop_without_seats(&mut self, view: &View<'_>) -> Decision {
        self.report.bill = view.page.bill().map(|shown| shown.bill.clone());
        self.end(End::Stopped, format_args!("Enable Auto was not switched on. {}", strong(view)))
    }

    /// Nothing runs at 20:00: goes on where that was said beforehand.
    pub(super) fn go_without_sweeper(&mut self, view: &View<'_>) -> Decision {
        if self.answers.without_sweeper || self.answers.is_dry_run {
            return give(Given::Yes);
        }
        let words = sentences(view);
        let install = Command::SweepInstall;
        let way = "or start again with --without-sweeper.";
        self.end(End::Stopped, format_args!("{words} Install one first with “{install}”, {way}"))
    }

    /// It was written down beforehand, so it is kept, and said.
    pub(super) fn keep_high_ceiling(&mut self, view: &View<'_>) -> Decision {
        self.say(strong(view));
        give(Given::Yes)
    }

    /// A rule that is on already: what it allows, and that it was not changed.
    fn say_rule_is_kept(&mut self, view: &View<'_>) {
        let most = fact(view, FactId::Ceiling).unwrap_or_default();
        let other = self.answers.ceiling.filter(|wanted| grouped(*wanted) != most.as_str());
        let way = other.map_or_else(String::new, |wanted| {
            format!(" For --ceiling {wanted}, switch Enable Auto off in the wizard first.")
        });
        self.say(format_args!(
            "Enable Auto is on already, with at most {most} seats; the rule was left as it is.{way}"
        ));
    }

    /// At most how many seats: what was given beforehand.
    pub(super) fn give_ceiling(&mut self, view: &View<'_>) -> Decision {
        let Shape::Number(asked) = &view.ask.shape else { return self.fail_with(view, NOT_SWITCHED_ON) };
        if let Some(problem) = &asked.problem {
            let problem = problem.for_commands();
            let words = format_args!("--ceiling is too low. {problem} Enable Auto was not switched on.");
            return self.end(End::Stopped, words);
        }
        give(Given::Number(self.answers.ceiling.or(asked.proposed).unwrap_or_default()))
    }

    /// The number, then the rule is written. A list that changed meanwhile shows another bill.
    pub(super) fn confirm_rule(&mut self, view: &View<'_>) -> Decision {
        let new = self.compare_bill(view)?;
        let most = fact(view, FactId::Ceiling).unwrap_or_default();
        if self.answers.ceiling.is_some_and(|wanted| grouped(wanted) != most.as_str()) {
            return give(Given::Do(Action::Ceiling));
        }
        self.steps.insert(Step::Answer(view.ask.id));
        let next = fact(view, FactId::NextSweep).unwrap_or_default();
        let (users, next) = (counted(new, "user", "users"), next.as_str().trim_end_matches('.'));
        self.say(format_args!("Switching Enable Auto on for {users}. Next sweep: {next}."));
        confirm(view, new)
    }
}

/// Whether Enable Auto is on: the page says when the next sweep is.
fn has_rule(view: &View<'_>) -> bool {
    fact(view, FactId::NextSweep).is_some()
}

/// The answer that confirms a number where it is to be typed, and says yes where it is not.
const fn confirm(view: &View<'_>, number: u32) -> Decision {
    give(if matches!(view.ask.shape, Shape::Number(_)) { Given::Number(number) } else { Given::Yes })
}
