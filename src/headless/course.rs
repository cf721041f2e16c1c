//! From answers and a view to the next intent, or to the end of the journey. Pure: the time and the signals stay outside.
//!
//! It answers by [`Ask`] and by what can be pressed; rules stay with the wizard. What it keeps is what it has done
//! already, so that an answer that did not help is not given for ever.

mod access;
mod authorise;
mod bill;
mod customer;
mod hosted;
mod users;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
    },
    wizard::{
        event::{Action, Intent},
        view::{Ask, View},
    },
};

use super::{
    answers::Answers,
    look,
    report::{Bill, Changes, End},
};

/// How often the same may be asked of the same view before it is a circle.
const MOST_REPEATS: u8 = 20;

/// What to do now.
#[derive(Debug)]
pub(super) enum Next {
    /// Ask the wizard for this.
    Do(Intent),
    /// Nothing: something is on its way.
    Wait,
    /// Nothing: the customer is awaited, for as long as the answers allow.
    AwaitCustomer,
    /// The journey is over.
    End(Box<Close>),
}

/// How a journey is over.
#[derive(Debug)]
pub(super) struct Close {
    /// How it ended.
    pub(super) end: End,
    /// What happened and what to do next.
    pub(super) words: Text,
    /// The bad news behind it.
    pub(super) failure: Option<Failure>,
}

/// What has been done so far.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// Lines to tell, oldest first.
    pub(super) lines: Vec<Text>,
    /// The bill that was shown last.
    pub(super) bill: Option<Bill>,
    /// What was changed besides turning users on.
    pub(super) changes: Changes,
    /// The customer's mail domain, for examples.
    domain: Text,
    customer: customer::Done,
    access: access::Done,
    hosted: hosted::Done,
    authorise: authorise::Done,
    users: users::Done,
    /// The run that was taken up had been finished by another process.
    has_begun_again: bool,
    /// Back was pressed here: the wizard goes once its writes are through.
    leaving: Option<Ask>,
    /// How often what was asked of which view.
    asked: HashMap<u64, u8>,
}

impl Course {
    /// Decides what to do about a view.
    pub(super) fn next(&mut self, answers: &Answers, view: &View<'_>) -> Next {
        if view.bar.is_read_only {
            return held(view);
        }
        if self.leaving == Some(view.ask) {
            return Next::Wait;
        }
        self.leaving = None;
        let next = match view.ask {
            Ask::Customer => customer::choose(self, answers, view),
            Ask::Product => customer::choose_product(self, answers, view),
            Ask::Organisation => access::confirm(self, answers, view),
            Ask::Tenant => access::type_tenant(self, answers, view),
            Ask::Settled => access::settled(self, answers, view),
            Ask::Impersonation => hosted::fill_in(self, answers, view),
            Ask::Authorise(standing) => authorise::authorise(self, answers, view, standing),
            Ask::Users
            | Ask::Kinds
            | Ask::Review
            | Ask::Applying
            | Ask::BrokenOff
            | Ask::Results
            | Ask::NoSweeper
            | Ask::Ceiling
            | Ask::Auto
            | Ask::UndoAuto
            | Ask::TurnOff
            | Ask::Unapplied => users::next(self, answers, view),
            Ask::Outcome if view.is_waiting => Next::Wait,
            Ask::Outcome if self.users.is_untouched() => self.begin_again(view),
            Ask::Outcome => outcome(view),
            // Nothing here ever opens these; Back closes whatever did.
            Ask::NewCustomer | Ask::Qr | Ask::Receipt | Ask::Help | Ask::Say | Ask::Explain | Ask::Leave => {
                Next::Do(Intent::Back)
            }
        };
        self.bounded(view, next)
    }

    /// Another process finished the run between the look at the customers and the taking up: its outcome is no answer to
    /// what is asked here. Once, from the customers on.
    fn begin_again(&mut self, view: &View<'_>) -> Next {
        if std::mem::replace(&mut self.has_begun_again, true) {
            return fail_with(view, "Another backup365 finished this run meanwhile. Start again.");
        }
        self.customer = customer::Done::default();
        self.asked.clear();
        Next::Do(Intent::Act(Action::Another))
    }

    /// Back to the screen before.
    fn go_back(&mut self, view: &View<'_>) -> Next {
        self.leaving = Some(view.ask);
        Next::Do(Intent::Back)
    }

    /// Adds a line to tell.
    fn say(&mut self, words: impl Into<Text>) {
        self.lines.push(words.into());
    }

    /// Ends a journey that goes round in circles: the wizard and the answers don't fit together.
    fn bounded(&mut self, view: &View<'_>, next: Next) -> Next {
        let Next::Do(intent) = &next else { return next };
        let mut hasher = DefaultHasher::new();
        let cursor = look::rows(look::front(view)).and_then(|rows| rows.cursor);
        (view.ask, cursor, self.hosted.typed(), self.users.ranges_left(), format!("{intent:?}"))
            .hash(&mut hasher);
        let times = self.asked.entry(hasher.finish()).or_default();
        *times = times.saturating_add(1);
        if *times <= MOST_REPEATS {
            return next;
        }
        fail(
            view,
            Failure::new(
                FailureKind::Internal,
                "the wizard asks the same thing again and again",
                "Open the run in the wizard, and report this with the log file. The run is kept.",
            ),
        )
    }
}

/// Everything was read back: the wizard knows how it ended.
fn outcome(view: &View<'_>) -> Next {
    if view.keys.iter().any(|key| key.action == Action::Another) {
        return Next::Do(Intent::Act(Action::Leave));
    }
    match look::failure(view) {
        Some(failure) => fail(view, failure),
        None => Next::Wait,
    }
}

/// Ends with words.
fn end(end: End, words: impl Into<Text>) -> Next {
    Next::End(Box::new(Close { end, words: words.into(), failure: None }))
}

/// Ends with bad news.
fn fail(view: &View<'_>, failure: Failure) -> Next {
    let refused = failure.kind == FailureKind::Refused && matches!(view.ask, Ask::Authorise(_));
    let end = if refused { End::Refused } else { End::Failed };
    Next::End(Box::new(Close { end, words: in_words(&failure), failure: Some(failure) }))
}

/// Ends with the bad news on the screen, else with the line of state, else with these words.
fn fail_with(view: &View<'_>, otherwise: &'static str) -> Next {
    match (look::failure(view), look::warning(view)) {
        (Some(failure), _) => fail(view, failure),
        (None, Some(words)) => end(End::Failed, words),
        (None, None) => end(End::Failed, otherwise),
    }
}

/// Bad news as sentences.
pub(super) fn in_words(failure: &Failure) -> Text {
    let what = failure.what.as_str();
    let mut letters = what.chars();
    // A server's name stays as it is written.
    let is_name = what.split(' ').next().is_some_and(|word| word.contains('.'));
    let first = letters.next().unwrap_or_default();
    let first = if is_name { first.to_string() } else { first.to_uppercase().to_string() };
    let code = failure.code.as_ref().map_or_else(String::new, |code| format!(" ({code})"));
    Text::of(format_args!("{first}{}{code}. {}", letters.as_str(), failure.hint))
}

/// Names the flag that is missing.
fn missing(flag: &'static str, what: &str, example: impl Into<Text>) -> Next {
    let example = example.into();
    let words = Text::of(format_args!("{flag} is missing: {what}"));
    end(End::Missing { flag, example }, words)
}

/// Another process holds the run.
fn held(view: &View<'_>) -> Next {
    let run = view.bar.run.clone().unwrap_or_default();
    end(
        End::Held,
        Text::of(format_args!(
            "Another process holds {run}, so nothing was changed. Wait until it is done, or close it there; then start again."
        )),
    )
}
