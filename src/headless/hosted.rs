//! The details of hosted Exchange: filled into the form by the ids of its fields, then saved.

use std::ops::ControlFlow::Continue;

use crate::{
    domain::{
        answers::{Details, Password},
        flag::{self, Flag, quoted},
        hoster_lines,
        secret::Secret,
    },
    wizard::{
        answer::{Action, FieldId, Given, Value},
        view::{FactId, View},
    },
};

use super::{
    decision::{Decision, fact, give, strong, warning},
    journey::{Headless, Step},
    report::End,
};

/// Where a check ends for a hosted customer: behind it everything needs the password.
const UNTRIED: &str = "A check reads and sends no mailbox password: the sign-in, impersonation and the list of mailboxes were not tried, so the bill is not known. Nothing was written.";

/// Index of the list that is given among the ways to list mailboxes.
const GIVEN: usize = 0;

/// Index of the directory.
const DIRECTORY: usize = 1;

impl Headless {
    /// Fills the form in and saves it.
    pub(super) fn fill_in_details(&mut self, view: &View<'_>) -> Decision {
        match self.answers.details.clone() {
            None if self.answers.rehearse => {
                if self.steps.insert(Step::PlayDetails) {
                    self.say("The played customer is asked for the details of the mail server.");
                    return give(Given::Do(Action::Rehearse));
                }
                self.no_failure(view)?;
            }
            details => {
                let details = details.unwrap_or_default();
                self.fill_in(&details)?;
                self.find_server(&details, view)?;
                self.list_mailboxes(&details, view)?;
            }
        }
        if !self.answers.is_dry_run {
            self.say_once(Step::TellOutside, hoster_lines::TOLD);
        }
        self.settle(view, Given::Submit)?;
        self.refuse_details(view)
    }

    /// Fills in what was given for the fields.
    fn fill_in(&mut self, details: &Details) -> Decision {
        let text = |given: &Option<String>| given.clone().map(Value::Text);
        let domains = (!details.domains.is_empty()).then(|| Value::Text(details.domains.join(", ")));
        let is_directory = details.is_directory && details.mailboxes.is_none();
        let password = match &details.password {
            Some(Password::Read(secret)) => Some(Value::Secret(secret.clone())),
            // Kept in the copy of the record that a check works on, and never sent: what the record says to the rest is found.
            Some(Password::Unread) => Some(Value::Secret(Secret::new("unread".to_owned()))),
            None => None,
        };
        let given = [
            (FieldId::Sample, text(&details.mailbox)),
            (FieldId::Server, text(&details.server)),
            (FieldId::Account, text(&details.account)),
            (FieldId::Password, password),
            (FieldId::Domains, domains),
            (FieldId::Listing, is_directory.then_some(Value::Choice(DIRECTORY))),
        ];
        let mut given = given.into_iter().filter_map(|(id, value)| Some((id, value?)));
        given.try_for_each(|(id, value)| self.fill(id, value))
    }

    /// Without a server Autodiscover is asked, by the domain of the mailbox to try. What a person would have to look at
    /// before the password goes there has to be named here.
    fn find_server(&mut self, details: &Details, view: &View<'_>) -> Decision {
        if details.server.is_none() && view.page.typed(FieldId::Server).is_empty() {
            if view.page.typed(FieldId::Sample).is_empty() {
                return self.need_field(FieldId::Sample);
            }
            self.say_once(Step::TellSearch, "Looking for the mail server.");
            self.act(Action::Discover)?;
            self.no_failure(view)?;
            return self.refuse_details(view);
        }
        if let (None, Some(found)) = (&details.server, fact(view, FactId::FoundServer)) {
            let words = format_args!(
                "{found}. It gets no password before it is named: ask the hoster whether it is right."
            );
            return self.missing(flag::SERVER, words, quoted(view.page.typed(FieldId::Server)));
        }
        Continue(())
    }

    /// The list that was given replaces what was on record.
    fn list_mailboxes(&mut self, details: &Details, view: &View<'_>) -> Decision {
        let Some(list) = &details.mailboxes else { return Continue(()) };
        self.act(Action::EmptyList)?;
        self.fill(FieldId::Listing, Value::Choice(GIVEN))?;
        self.fill(FieldId::Mailboxes, Value::Lines(list.join("\n")))?;
        // Once the form was sent, a warning is about all of it.
        let is_sent = self.steps.contains(&Step::Answer(view.ask.id));
        warning(view).filter(|_| !is_sent).map_or(Continue(()), |words| self.refuse(flag::MAILBOXES, words))
    }

    /// The wizard did not take the form: names what it misses, or what can't be used.
    fn refuse_details(&mut self, view: &View<'_>) -> Decision {
        match view.page.problems().next() {
            Some((id, problem)) if self.steps.contains(&Step::Fill(id)) => {
                self.refuse(flag_of(id), problem.for_commands())
            }
            Some((id, _)) => {
                // A password is on record, and the page says why it can't be read.
                if id == FieldId::Password && view.page.strong().next().is_some() {
                    self.say(strong(view));
                }
                self.need_field(id)
            }
            None => self.fail_with(view, "The details could not be saved. Start again."),
        }
    }

    /// Ends before the password is needed.
    pub(super) fn leave_untried(&mut self) -> Decision {
        self.report.is_untried = true;
        self.end(End::Shown, UNTRIED)
    }

    /// Names the flag of a field that nothing was given for.
    fn need_field(&mut self, id: FieldId) -> Decision {
        let flag = flag_of(id);
        let domain = if self.domain.is_empty() { flag::DOMAIN } else { self.domain.as_str() };
        let example = flag.example.replace(flag::DOMAIN, domain);
        self.need(flag, example)
    }
}

/// The flag that fills a field in.
const fn flag_of(id: FieldId) -> Flag {
    match id {
        FieldId::Sample => flag::TRY_MAILBOX,
        FieldId::Server => flag::SERVER,
        FieldId::Account => flag::ACCOUNT,
        FieldId::Password => flag::PASSWORD_FILE,
        FieldId::Domains => flag::MAIL_DOMAIN,
        _ => flag::MAILBOXES,
    }
}
