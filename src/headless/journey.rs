//! What a journey has done so far, and the ways in which it ends. Below the parts that answer questions.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::{Text, capital},
    },
    wizard::{answer::Given, ask::QuestionId, view::View},
};

use super::{
    answers::{Answers, Users},
    page,
    report::{Bill, Changes, End},
};

/// What to do now.
#[derive(Debug)]
pub(super) enum Next {
    /// Answer this.
    Do(Given),
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

/// What has been done so far, whatever the question.
#[derive(Debug, Default)]
pub(super) struct Journey {
    /// Lines to tell, oldest first.
    pub(super) lines: Vec<Text>,
    /// The bill that was shown last.
    pub(super) bill: Option<Bill>,
    /// What was changed besides turning users on.
    pub(super) changes: Changes,
    /// The customer's mail domain, for examples.
    pub(super) domain: Text,
    /// The access step was gone through.
    pub(super) has_passed_access: bool,
    /// Back was asked for here: the wizard goes once its writes are through.
    pub(super) leaving: Option<QuestionId>,
}

impl Journey {
    /// Adds a line to tell.
    pub(super) fn say(&mut self, words: impl Into<Text>) {
        self.lines.push(words.into());
    }

    /// Back to the screen before.
    pub(super) const fn go_back(&mut self, view: &View<'_>) -> Next {
        self.leaving = Some(view.ask.id);
        Next::Do(Given::Back)
    }
}

/// Ends with words.
pub(super) fn end(end: End, words: impl Into<Text>) -> Next {
    Next::End(Box::new(Close { end, words: words.into(), failure: None }))
}

/// Ends with bad news.
pub(super) fn fail(view: &View<'_>, failure: Failure) -> Next {
    let is_refused = failure.kind == FailureKind::Refused && view.ask.id == QuestionId::Authorise;
    let end = if is_refused { End::Refused } else { End::Failed };
    Next::End(Box::new(Close { end, words: in_words(&failure), failure: Some(failure) }))
}

/// Ends with the bad news on the page, else with the line of state, else with these words.
pub(super) fn fail_with(view: &View<'_>, otherwise: &'static str) -> Next {
    match (page::failure(view), page::warning(view)) {
        (Some(failure), _) => fail(view, failure),
        (None, Some(words)) => end(End::Failed, words),
        (None, None) => end(End::Failed, otherwise),
    }
}

/// Bad news as sentences.
pub(super) fn in_words(failure: &Failure) -> Text {
    let what = capital(failure.what.as_str());
    let code = failure.code.as_ref().map_or_else(String::new, |code| format!(" ({code})"));
    Text::of(format_args!("{what}{code}. {}", failure.hint.for_commands()))
}

/// Names the flag that is missing.
pub(super) fn missing(flag: &'static str, what: &str, example: impl Into<Text>) -> Next {
    let example = example.into();
    let words = Text::of(format_args!("{flag} is missing: {what}"));
    end(End::Missing { flag, example }, words)
}

/// No write that bills without a limit.
pub(super) fn missing_seats(count: u32) -> Next {
    missing(
        "--max-seats",
        "how many new seats may be billed at most?",
        Text::of(format_args!("--max-seats {count}")),
    )
}

/// The answer about users that is missing; the same for every way there.
pub(super) fn missing_answer(answers: &Answers) -> Option<Next> {
    if let Some(words) = answers.clash() {
        return Some(end(End::Wrong, Text::clean(&words)));
    }
    // Nobody is turned off without a limit; a dry run needs none.
    if !answers.turn_off.is_empty() && answers.max_off.is_none() && !answers.is_dry_run {
        let example = Text::of(format_args!("--max-off {}", answers.turn_off.len()));
        return Some(missing("--max-off", "how many users may be turned off at most?", example));
    }
    match (&answers.users, answers.max_seats) {
        (None, _) if answers.takes_back() => None,
        (None, _) => Some(missing(
            "--users",
            "who shall be protected? all, auto or none, or --users-file with addresses.",
            "--users all",
        )),
        (Some(Users::None), _) | (_, Some(_)) => None,
        (Some(_), None) if answers.is_dry_run => None,
        (Some(_), None) => Some(missing(
            "--max-seats",
            "how many new seats may be billed at most? A dry run (--dry-run) says how many it would be.",
            "--max-seats 50",
        )),
    }
}
