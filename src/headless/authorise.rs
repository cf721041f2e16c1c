//! The proof of access: the link is told, the customer is awaited, *Enable* is pressed once every check is good.

use std::ops::ControlFlow::{Break, Continue};

use crate::{
    domain::{failure::FailureKind, tenant::CheckState},
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::QuestionId,
        view::{FactId, Standing, View},
    },
};

use super::{
    decision::{Decision, fact, give, is_hosted, sentences},
    journey::{Headless, Step},
    report::End,
};

/// Where a dry run ends without consent.
const NOT_LISTED: &str = "The customer has not accepted yet, so nobody can be listed: the bill is known after consent. No link was sent and nothing was written.";

/// Where a dry run ends while a consent spreads.
const SPREADING: &str = "The customer has accepted, and Microsoft is still spreading it, so nobody can be listed yet: the bill is known after that. Nothing was written.";

impl Headless {
    /// Decides what to do about the proof.
    pub(super) fn authorise(&mut self, view: &View<'_>) -> Decision {
        self.return_to_access(view)?;
        self.need_users()?;
        self.tell_play(view);
        self.tell_landed(view);
        if view.ask.is_waiting {
            return Continue(());
        }
        self.take_out(view)?;
        match view.standing.unwrap_or(Standing::Unknown) {
            Standing::Enabled => {
                self.say("Enabled. Listing the users.");
                give(Given::Do(Action::Continue))
            }
            Standing::Proved if self.steps.insert(Step::Do(Action::Enable)) => {
                self.say_proved(view);
                give(Given::Do(Action::Enable))
            }
            Standing::Proved => self.fail_with(view, "Enabling did not work. Start again."),
            Standing::WrongTenant => self.end(End::WrongTenant, sentences(view)),
            Standing::Failed | Standing::Unknown => self.wait_or_fail(view),
            standing @ (Standing::NotYet | Standing::Spreading) => self.send_link(view, standing),
        }
    }

    /// Tells what the played customer did, as the wizard says it; proves nothing.
    fn tell_play(&mut self, view: &View<'_>) {
        if self.steps.contains(&Step::Do(Action::Rehearse))
            && let Some(played) = fact(view, FactId::Played)
        {
            self.say_once(Step::TellPlay, format_args!("The customer was played: {played}"));
        }
    }

    /// Tells where a grant landed that did not come, with what is to be done about it.
    fn tell_landed(&mut self, view: &View<'_>) {
        if let Some(landed) = fact(view, FactId::Landed).filter(|_| self.steps.insert(Step::TellLanded)) {
            self.say(format_args!("Accepted elsewhere: {landed}"));
            self.say(sentences(view));
        }
    }

    /// Says that access is proved, and for which mailboxes it is not.
    fn say_proved(&mut self, view: &View<'_>) {
        let partly = view.page.checks().filter_map(|check| match &check.state {
            CheckState::Partly(which) if !check.detail.is_empty() => {
                Some(format!("{}: {}. {which}.", check.name, check.detail))
            }
            _ => None,
        });
        let partly: Vec<String> = partly.collect();
        if partly.is_empty() {
            self.say("Access is proved: every check is good.");
        } else {
            self.say("Access is proved, in part:");
            for words in &partly {
                self.say(words);
            }
        }
    }

    /// Bad news: what the customer can accept is awaited like the first time; the line's trouble may pass while there is
    /// time; what was refused does not.
    fn wait_or_fail(&mut self, view: &View<'_>) -> Decision {
        if let Some(failure) = view.failure().filter(|failure| failure.asks_consent) {
            self.say_once(Step::TellMissing, failure.in_full());
            return self.send_link(view, Standing::Failed);
        }
        let may_pass = view
            .failure()
            .is_some_and(|failure| matches!(failure.kind, FailureKind::Unreachable | FailureKind::Throttled));
        if may_pass && !self.answers.wait.is_zero() && !self.answers.is_dry_run {
            return self.await_customer(view);
        }
        self.no_failure(view)
    }

    /// The customer has not accepted, or it is not known everywhere yet.
    fn send_link(&mut self, view: &View<'_>, standing: Standing) -> Decision {
        if self.answers.is_dry_run {
            return match standing {
                _ if is_hosted(view) => self.leave_untried(),
                Standing::Spreading => self.end(End::Shown, SPREADING),
                _ => self.end(End::Shown, NOT_LISTED),
            };
        }
        if standing == Standing::Spreading {
            let words = "The customer has accepted. Microsoft is still spreading it; this is not an error.";
            self.say_once(Step::TellSpreading, words);
        } else if view.page.link().is_some() {
            match self.answers.agreed_by.clone() {
                Some(agreed) => self.begin_accepting(view, &agreed)?,
                None => self.tell_link(view),
            }
            if self.answers.rehearse {
                self.act(Action::Rehearse)?;
            }
        } else {
            // Hosted: there is no link, the account is tried again.
            self.act(Action::Authorise)?;
        }
        self.await_customer(view)
    }

    /// Goes to where the operator accepts for the customer, once; where that can't be, the journey ends with why.
    fn begin_accepting(&mut self, view: &View<'_>, agreed: &str) -> Decision {
        if self.steps.contains(&Step::Do(Action::OwnRight)) {
            return Continue(());
        }
        if view.offer(Action::OwnRight).is_some() {
            self.say(format_args!("Accepting for the customer with your own right. {agreed} agreed."));
            return self.act(Action::OwnRight);
        }
        match fact(view, FactId::OwnRight) {
            Some(why) => self.end(End::Refused, format_args!("You can't accept for this customer. {why}")),
            // It is being asked.
            None => Break(None),
        }
    }

    /// Takes out what may have been left in the organisation; a dry run only says so.
    fn take_out(&mut self, view: &View<'_>) -> Decision {
        let left = fact(view, FactId::LeftBehind).filter(|_| self.steps.insert(Step::TakeOut));
        let Some(left) = left else { return Continue(()) };
        self.say(format_args!("Left behind: {left}"));
        if self.answers.is_dry_run || view.offer(Action::OwnRight).is_none() {
            return Continue(());
        }
        give(Given::Do(Action::OwnRight))
    }

    /// Says who agreed, and has the steps done.
    pub(super) fn accept(&mut self, view: &View<'_>) -> Decision {
        if view.ask.is_waiting {
            return Continue(());
        }
        let asks_who = view.page.fields().any(|field| field.id == FieldId::Agreed);
        if asks_who {
            let agreed = self.answers.agreed_by.clone().unwrap_or_default();
            self.fill(FieldId::Agreed, Value::Text(agreed))?;
        }
        // Taking out is an answer of its own: accepting may follow it.
        let answer = if asks_who { Step::Answer(QuestionId::OwnRight) } else { Step::Do(Action::Save) };
        self.once(answer, Given::Submit)?;
        for check in view.page.checks() {
            self.say(format_args!("{}: {}.", check.name, check.state.word()));
        }
        self.fail_with(view, "Accepting for the customer did not work. Start again.")
    }
}
