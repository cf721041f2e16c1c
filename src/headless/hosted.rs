//! The details of hosted Exchange: filled into the form by the ids of its fields, then saved. Pure.

use std::ops::ControlFlow::Continue;

use crate::{
    domain::answers::Details,
    wizard::{
        answer::{Action, FieldId, Given, Value},
        view::View,
    },
};

use super::{
    decision::{Decision, end, fail_with, give, missing, no_failure},
    journey::{Journey, Step},
    page,
    report::End,
};

/// Index of the list that is given among the ways to list mailboxes.
const GIVEN: usize = 0;

/// Index of the directory.
const DIRECTORY: usize = 1;

impl Journey {
    /// Fills the form in and saves it.
    pub(super) fn fill_in_details(&mut self, view: &View<'_>) -> Decision {
        let details = self.answers.details.clone().unwrap_or_default();
        if self.answers.rehearse && self.answers.details.is_none() {
            if self.steps.first(Step::PlayDetails) {
                self.say("The played customer is asked for the details of the mail server.");
                return give(Given::Do(Action::Rehearse));
            }
            if self.steps.first(Step::ReadDetails) {
                no_failure(view)?;
            }
        } else {
            self.fill(&details)?;
            self.find_server(&details, view)?;
            self.list_mailboxes(&details, view)?;
        }
        self.steps.once(Step::Submit, Given::Submit)?;
        self.refuse_details(&details, view)
    }

    /// Fills in what was given for the fields.
    fn fill(&mut self, details: &Details) -> Decision {
        let domains = (!details.domains.is_empty()).then(|| details.domains.join(", "));
        for (id, given) in [
            (FieldId::Sample, &details.mailbox),
            (FieldId::Server, &details.server),
            (FieldId::Account, &details.account),
            (FieldId::Domains, &domains),
        ] {
            if let Some(given) = given {
                self.steps.fill(id, Value::Text(given.clone()))?;
            }
        }
        if let Some(password) = &details.password {
            self.steps.fill(FieldId::Password, Value::Secret(password.clone()))?;
        }
        if details.is_directory && details.mailboxes.is_none() {
            self.steps.fill(FieldId::Listing, Value::Choice(DIRECTORY))?;
        }
        Continue(())
    }

    /// Without a server Autodiscover is asked, by the domain of the mailbox to try.
    fn find_server(&mut self, details: &Details, view: &View<'_>) -> Decision {
        let is_known = details.server.is_some() || !page::typed(view, FieldId::Server).is_empty();
        if !is_known && !self.steps.has(Step::Do(Action::Discover)) {
            if page::typed(view, FieldId::Sample).is_empty() {
                return self.need_field(FieldId::Sample);
            }
            self.say("Looking for the mail server.");
            self.steps.act(Action::Discover)?;
        }
        if self.steps.has(Step::Do(Action::Discover)) && self.steps.first(Step::ReadServer) {
            no_failure(view)?;
            if !is_known {
                return self.refuse_details(details, view);
            }
        }
        Continue(())
    }

    /// The list that was given replaces what was on record.
    fn list_mailboxes(&mut self, details: &Details, view: &View<'_>) -> Decision {
        let Some(list) = &details.mailboxes else { return Continue(()) };
        self.steps.act(Action::EmptyList)?;
        self.steps.fill(FieldId::Listing, Value::Choice(GIVEN))?;
        self.steps.fill(FieldId::Mailboxes, Value::Lines(list.join("\n")))?;
        let is_unread = self.steps.first(Step::ReadMailboxes);
        match page::warning(view).filter(|_| is_unread) {
            Some(words) => end(End::Wrong, format_args!("--mailboxes can't be used. {words}")),
            None => Continue(()),
        }
    }

    /// The wizard did not take the form: names what it misses, or what can't be used.
    fn refuse_details(&self, details: &Details, view: &View<'_>) -> Decision {
        let Some((id, problem)) = page::problem(view) else {
            return fail_with(view, "The details could not be saved. Start again.");
        };
        let is_given = match id {
            FieldId::Sample => details.mailbox.is_some(),
            FieldId::Server => details.server.is_some(),
            FieldId::Account => details.account.is_some(),
            FieldId::Password => details.password.is_some(),
            FieldId::Domains => !details.domains.is_empty(),
            _ => details.mailboxes.is_some(),
        };
        if is_given {
            end(End::Wrong, format_args!("{} can't be used. {problem}", flag(id).0))
        } else {
            self.need_field(id)
        }
    }

    /// Names the flag of a field that nothing was given for.
    fn need_field(&self, id: FieldId) -> Decision {
        let (flag, value, what) = flag(id);
        let domain = if self.domain.is_empty() { "bakery.example" } else { self.domain.as_str() };
        missing(flag, what, value.replace("bakery.example", domain))
    }
}

/// The flag that fills a field in, an example of its value, and what it is for.
const fn flag(id: FieldId) -> (&'static str, &'static str, &'static str) {
    match id {
        FieldId::Sample => {
            ("--try-mailbox", "info@bakery.example", "one e-mail address of the customer, to be tried.")
        }
        FieldId::Server => {
            ("--server", "mail.hoster.example", "the mail server, or leave it out and it is looked for.")
        }
        FieldId::Account => {
            ("--account", "svc-backup@bakery.example", "the service account that may open the mailboxes.")
        }
        FieldId::Password => (
            "--password-file",
            "password.txt",
            "a file with the account's password (or --password-fd, --password-env, --password-command).",
        ),
        FieldId::Domains => ("--mail-domain", "bakery.example", "the customer's mail domain."),
        _ => (
            "--mailboxes",
            "mailboxes.txt",
            "a file with the addresses of the mailboxes, or --directory for the server's own list.",
        ),
    }
}
