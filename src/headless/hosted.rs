//! The details of hosted Exchange: filled into the form by the ids of its fields, then saved. Pure.

use std::collections::VecDeque;

use crate::{
    domain::text::Text,
    wizard::{
        answer::{Action, FieldId, Given, Value},
        view::View,
    },
};

use super::{
    answers::{Answers, Details},
    journey::{Journey, Next, end, fail, fail_with, missing},
    page,
    report::End,
};

/// Index of the directory among the ways to list mailboxes; a list that is given is the other one.
const DIRECTORY: usize = 1;

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    step: Step,
    /// What is still to be filled in.
    left: VecDeque<Given>,
    /// The played customer was asked.
    has_played: bool,
}

/// What is to be done next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Step {
    #[default]
    Fill,
    Find,
    Found,
    List,
    Listed,
    Save,
    Saved,
}

/// Fills the form in and saves it.
pub(super) fn fill_in(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    if view.ask.is_waiting {
        return Next::Wait;
    }
    let nothing = Details::default();
    let details = answers.details.as_ref().unwrap_or(&nothing);
    if !std::mem::replace(&mut journey.has_passed_access, true) {
        done.left = filled(details);
    }
    if answers.rehearse && answers.details.is_none() {
        if !std::mem::replace(&mut done.has_played, true) {
            journey.say("The played customer is asked for the details of the mail server.");
            return Next::Do(Given::Do(Action::Rehearse));
        }
        if done.step == Step::Fill {
            if let Some(failure) = page::failure(view) {
                return fail(view, failure);
            }
            done.step = Step::Save;
        }
    }
    if let Some(given) = done.left.pop_front() {
        return Next::Do(given);
    }
    // Every turn of this loop leaves a step behind that has nothing to do.
    loop {
        if let Some(next) = act(done, journey, details, view) {
            return next;
        }
    }
}

/// What was given for the fields, each as one answer.
fn filled(details: &Details) -> VecDeque<Given> {
    let text = |id, given: Option<&String>| given.map(|given| Given::Fill(id, Value::Text(given.clone())));
    let domains = (!details.domains.is_empty()).then(|| details.domains.join(", "));
    let password =
        details.password.clone().map(|secret| Given::Fill(FieldId::Password, Value::Secret(secret)));
    let directory = details.is_directory.then_some(Given::Fill(FieldId::Listing, Value::Choice(DIRECTORY)));
    [
        text(FieldId::Sample, details.mailbox.as_ref()),
        text(FieldId::Server, details.server.as_ref()),
        text(FieldId::Account, details.account.as_ref()),
        password,
        text(FieldId::Domains, domains.as_ref()),
        directory.filter(|_| details.mailboxes.is_none()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Does one step; none where it has nothing to do and the next one is up.
fn act(done: &mut Done, journey: &mut Journey, details: &Details, view: &View<'_>) -> Option<Next> {
    match done.step {
        Step::Fill => {
            done.step = Step::Find;
            None
        }
        Step::Find => find(done, journey, details, view),
        Step::Found => {
            done.step = Step::List;
            match page::failure(view) {
                Some(failure) => Some(fail(view, failure)),
                None if page::typed(view, FieldId::Server).is_empty() => {
                    Some(refused(journey, details, view))
                }
                None => None,
            }
        }
        Step::List => {
            let Some(list) = &details.mailboxes else {
                done.step = Step::Save;
                return None;
            };
            done.step = Step::Listed;
            done.left.extend([
                Given::Fill(FieldId::Listing, Value::Choice(0)),
                Given::Fill(FieldId::Mailboxes, Value::Lines(list.join("\n"))),
            ]);
            // What was on record is replaced, not added to.
            Some(Next::Do(Given::Do(Action::EmptyList)))
        }
        Step::Listed => {
            done.step = Step::Save;
            let words = page::warning(view)?;
            Some(end(End::Wrong, Text::of(format_args!("--mailboxes can't be used. {words}"))))
        }
        Step::Save => {
            done.step = Step::Saved;
            Some(Next::Do(Given::Submit))
        }
        Step::Saved => Some(refused(journey, details, view)),
    }
}

/// Without a server Autodiscover is asked, by the domain of the mailbox to try.
fn find(done: &mut Done, journey: &mut Journey, details: &Details, view: &View<'_>) -> Option<Next> {
    if details.server.is_some() || !page::typed(view, FieldId::Server).is_empty() {
        done.step = Step::List;
        return None;
    }
    if page::typed(view, FieldId::Sample).is_empty() {
        return Some(missing_of(journey, FieldId::Sample));
    }
    done.step = Step::Found;
    journey.say("Looking for the mail server.");
    Some(Next::Do(Given::Do(Action::Discover)))
}

/// The wizard did not take the form: names what it misses, or what can't be used.
fn refused(journey: &Journey, details: &Details, view: &View<'_>) -> Next {
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
        let (flag, ..) = flag(journey, id);
        end(End::Wrong, Text::of(format_args!("{flag} can't be used. {problem}")))
    } else {
        missing_of(journey, id)
    }
}

fn missing_of(journey: &Journey, id: FieldId) -> Next {
    let (flag, example, what) = flag(journey, id);
    missing(flag, what, Text::of(format_args!("{flag} {example}")))
}

/// The flag that fills a field in, an example of its value, and what it is for.
fn flag(journey: &Journey, id: FieldId) -> (&'static str, String, &'static str) {
    let domain = if journey.domain.is_empty() { "bakery.example" } else { journey.domain.as_str() };
    match id {
        FieldId::Sample => {
            ("--try-mailbox", format!("info@{domain}"), "one e-mail address of the customer, to be tried.")
        }
        FieldId::Server => (
            "--server",
            "mail.hoster.example".into(),
            "the mail server, or leave it out and it is looked for.",
        ),
        FieldId::Account => {
            ("--account", format!("svc-backup@{domain}"), "the service account that may open the mailboxes.")
        }
        FieldId::Password => (
            "--password-file",
            "password.txt".into(),
            "a file with the account's password (or --password-fd, --password-env, --password-command).",
        ),
        FieldId::Domains => ("--mail-domain", domain.into(), "the customer's mail domain."),
        _ => (
            "--mailboxes",
            "mailboxes.txt".into(),
            "a file with the addresses of the mailboxes, or --directory for the server's own list.",
        ),
    }
}
