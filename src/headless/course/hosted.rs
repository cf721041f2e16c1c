//! The form of hosted Exchange: what was given is filled in, what the wizard then misses is named by its flag.

use crate::{
    domain::text::Text,
    headless::{
        answers::{Answers, Details},
        look,
        report::End,
    },
    wizard::{
        event::{Action, Edit, Intent},
        view::{Block, ChoiceView, View, field},
    },
};

use super::{Course, Next, end, fail, fail_with, missing};

/// Index of the directory among the ways to list mailboxes.
const DIRECTORY: usize = 1;

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    step: Step,
    /// The field in focus was emptied.
    is_emptied: bool,
    /// Characters of the password that were typed.
    typed: usize,
    /// The played customer was asked.
    has_played: bool,
}

/// What is to be done next, in the order of the form.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Step {
    #[default]
    Sample,
    Server,
    Discover,
    Discovered,
    Account,
    Password,
    Domains,
    Listing,
    EmptyList,
    List,
    Listed,
    Save,
    Saved,
}

impl Done {
    /// Characters of the password that were typed: the same intent again is no circle.
    pub(super) const fn typed(&self) -> usize {
        self.typed
    }

    const fn go(&mut self, step: Step) {
        self.step = step;
        self.is_emptied = false;
    }
}

/// Fills the form in and saves it.
pub(super) fn fill_in(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    course.access.is_passed = true;
    if view.is_waiting {
        return Next::Wait;
    }
    let nothing = Details::default();
    let details = answers.details.as_ref().unwrap_or(&nothing);
    if answers.rehearse && answers.details.is_none() {
        if !std::mem::replace(&mut course.hosted.has_played, true) {
            course.say("The played customer is asked for the details of the mail server.");
            return Next::Do(Intent::Act(Action::Rehearse));
        }
        if course.hosted.step == Step::Sample {
            if let Some(failure) = look::failure(view) {
                return fail(view, failure);
            }
            course.hosted.go(Step::Save);
        }
    }
    // Every turn of this loop leaves a step behind that has nothing to do.
    loop {
        if let Some(next) = act(course, details, view) {
            return next;
        }
    }
}

/// Does one step; none where it has nothing to do and the next one is up.
fn act(course: &mut Course, details: &Details, view: &View<'_>) -> Option<Next> {
    let done = &mut course.hosted;
    match done.step {
        Step::Sample => type_in(done, view, field::SAMPLE, details.mailbox.as_deref(), Step::Server),
        Step::Server => type_in(done, view, field::SERVER, details.server.as_deref(), Step::Discover),
        Step::Discover => discover(course, details, view),
        Step::Discovered => discovered(course, details, view),
        Step::Account => type_in(done, view, field::ACCOUNT, details.account.as_deref(), Step::Password),
        Step::Password => password(done, details, view),
        Step::Domains => {
            let domains = (!details.domains.is_empty()).then(|| details.domains.join(", "));
            type_in(done, view, field::DOMAINS, domains.as_deref(), Step::Listing)
        }
        Step::Listing => listing(done, details, view),
        Step::EmptyList => {
            done.go(Step::List);
            Some(Next::Do(Intent::Act(Action::Clear)))
        }
        Step::List => {
            done.go(Step::Listed);
            let all = details.mailboxes.as_ref().map(|list| list.join("\n")).unwrap_or_default();
            Some(Next::Do(Intent::Paste(all)))
        }
        Step::Listed => {
            done.go(Step::Save);
            let words = look::warning(view)?;
            Some(end(End::Wrong, Text::of(format_args!("--mailboxes can't be used. {words}"))))
        }
        Step::Save => {
            done.go(Step::Saved);
            Some(Next::Do(Intent::Act(Action::Save)))
        }
        Step::Saved => Some(refused(course, details, view)),
    }
}

/// Fills one field in, where something was given for it.
fn type_in(done: &mut Done, view: &View<'_>, name: &str, given: Option<&str>, then: Step) -> Option<Next> {
    let Some(given) = given else {
        done.go(then);
        return None;
    };
    if let Some(next) = reach(view, name) {
        return Some(next);
    }
    if !std::mem::replace(&mut done.is_emptied, true) {
        return Some(Next::Do(Intent::Edit(Edit::Clear)));
    }
    done.go(then);
    Some(Next::Do(Intent::Paste(given.to_owned())))
}

/// To the next control, until the keyboard is in this field.
fn reach(view: &View<'_>, name: &str) -> Option<Next> {
    let is_there = look::field(view, name).is_some_and(|field| field.is_focused);
    (!is_there).then_some(Next::Do(Intent::NextControl))
}

/// Types the password character by character: no copy of it is made that is not wiped.
fn password(done: &mut Done, details: &Details, view: &View<'_>) -> Option<Next> {
    let Some(password) = &details.password else {
        done.go(Step::Domains);
        return None;
    };
    if let Some(next) = reach(view, field::PASSWORD) {
        return Some(next);
    }
    if !std::mem::replace(&mut done.is_emptied, true) {
        return Some(Next::Do(Intent::Edit(Edit::Clear)));
    }
    let next = password.expose().chars().nth(done.typed);
    if next.is_some() {
        done.typed += 1;
    } else {
        done.go(Step::Domains);
    }
    next.map(|c| Next::Do(Intent::Insert(c)))
}

/// Without a server Autodiscover is asked, by the domain of the mailbox to try.
fn discover(course: &mut Course, details: &Details, view: &View<'_>) -> Option<Next> {
    let is_empty = |name| look::field(view, name).is_none_or(|field| look::typed(field).is_empty());
    if details.server.is_some() || !is_empty(field::SERVER) {
        course.hosted.go(Step::Account);
        return None;
    }
    if is_empty(field::SAMPLE) {
        return Some(missing_of(course, field::SAMPLE, &Text::from("one e-mail address of the customer.")));
    }
    course.hosted.go(Step::Discovered);
    course.say("Looking for the mail server.");
    Some(Next::Do(Intent::Act(Action::Discover)))
}

fn discovered(course: &mut Course, details: &Details, view: &View<'_>) -> Option<Next> {
    if let Some(failure) = look::failure(view) {
        return Some(fail(view, failure));
    }
    if look::field(view, field::SERVER).is_some_and(|field| !look::typed(field).is_empty()) {
        course.hosted.go(Step::Account);
        return None;
    }
    Some(refused(course, details, view))
}

/// Chooses where the list comes from.
fn listing(done: &mut Done, details: &Details, view: &View<'_>) -> Option<Next> {
    if details.mailboxes.is_some() {
        done.go(Step::EmptyList);
        // Into the list, wherever the keyboard is.
        return Some(Next::Do(Intent::Act(Action::Import)));
    }
    let Some(choice) = choice(view).filter(|choice| details.is_directory && choice.chosen != DIRECTORY)
    else {
        done.go(Step::Save);
        return None;
    };
    if choice.is_focused {
        Some(Next::Do(Intent::Act(Action::Tick)))
    } else {
        Some(Next::Do(Intent::NextControl))
    }
}

fn choice<'v>(view: &'v View<'_>) -> Option<&'v ChoiceView> {
    view.panel.blocks.iter().find_map(|block| match block {
        Block::Choice(choice) => Some(choice),
        _ => None,
    })
}

/// The wizard did not take the form: names what it misses, or what can't be used.
fn refused(course: &Course, details: &Details, view: &View<'_>) -> Next {
    let wrong = look::fields(view).find_map(|field| Some((field.label, field.problem.clone()?)));
    let Some((name, problem)) = wrong else {
        return fail_with(view, "The details could not be saved. Start again.");
    };
    let is_given = match name {
        field::SAMPLE => details.mailbox.is_some(),
        field::SERVER => details.server.is_some(),
        field::ACCOUNT => details.account.is_some(),
        field::PASSWORD => details.password.is_some(),
        field::DOMAINS => !details.domains.is_empty(),
        _ => details.mailboxes.is_some(),
    };
    if is_given {
        let (flag, _) = flag(course, name);
        end(End::Wrong, Text::of(format_args!("{flag} can't be used. {problem}")))
    } else {
        missing_of(course, name, &what(name))
    }
}

/// What a flag is for, behind its name.
fn what(name: &str) -> Text {
    Text::from(match name {
        field::SAMPLE => "one e-mail address of the customer, to be tried.",
        field::SERVER => "the mail server, or leave it out and it is looked for.",
        field::ACCOUNT => "the service account that may open the mailboxes.",
        field::PASSWORD => {
            "a file with the account's password (or --password-fd, --password-env, --password-command)."
        }
        field::DOMAINS => "the customer's mail domain.",
        _ => "a file with the addresses of the mailboxes, or --directory for the server's own list.",
    })
}

fn missing_of(course: &Course, name: &str, what: &Text) -> Next {
    let (flag, example) = flag(course, name);
    missing(flag, what.as_str(), Text::of(format_args!("{flag} {example}")))
}

/// The flag that fills a field in, and an example of its value.
fn flag(course: &Course, name: &str) -> (&'static str, String) {
    let domain = if course.domain.is_empty() { "bakery.example" } else { course.domain.as_str() };
    match name {
        field::SAMPLE => ("--try-mailbox", format!("info@{domain}")),
        field::SERVER => ("--server", "mail.hoster.example".into()),
        field::ACCOUNT => ("--account", format!("svc-backup@{domain}")),
        field::PASSWORD => ("--password-file", "password.txt".into()),
        field::DOMAINS => ("--mail-domain", domain.into()),
        _ => ("--mailboxes", "mailboxes.txt".into()),
    }
}
