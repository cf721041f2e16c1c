//! The ways in which a journey ends: by words, by bad news, by a flag that is missing or can't be used. Each breaks off with no
//! answer; from then on the way out is taken.

use std::{
    fmt::Display,
    ops::ControlFlow::{Break, Continue},
};

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        flag::Flag,
        text::Text,
    },
    wizard::{ask::QuestionId, view::View},
};

use super::{
    decision::{Decision, warning},
    journey::Headless,
    report::End,
};

impl Headless {
    /// Ends with words: what happened and what to do next.
    pub(super) fn end<T>(&mut self, end: End, words: impl Display) -> Decision<T> {
        (self.report.end, self.report.words) = (end, Text::of(format_args!("{words}")));
        self.is_closing = true;
        Break(None)
    }

    /// Ends so by bad news.
    pub(super) fn end_by<T>(&mut self, end: End, failure: &Failure) -> Decision<T> {
        self.report.failure = Some(failure.clone());
        self.end(end, failure.in_full())
    }

    /// Ends with bad news.
    pub(super) fn fail<T>(&mut self, view: &View<'_>, failure: &Failure) -> Decision<T> {
        self.end_by(end_of(view.ask.id, failure), failure)
    }

    /// Ends with the bad news that the view shows, where there is some.
    pub(super) fn no_failure(&mut self, view: &View<'_>) -> Decision {
        view.failure().map_or(Continue(()), |failure| self.fail(view, failure))
    }

    /// Ends with the bad news that the view shows, else with the line of state, else with these words.
    pub(super) fn fail_with<T>(&mut self, view: &View<'_>, otherwise: &'static str) -> Decision<T> {
        match view.failure() {
            Some(failure) => self.fail(view, failure),
            None => self.end(End::Failed, warning(view).unwrap_or_else(|| otherwise.into())),
        }
    }

    /// Goes on where it is so; else ends as [`Headless::fail_with`] does.
    pub(super) fn ensure(&mut self, is_so: bool, view: &View<'_>, otherwise: &'static str) -> Decision {
        if is_so { Continue(()) } else { self.fail_with(view, otherwise) }
    }

    /// Names the flag that can't be used, and why.
    pub(super) fn refuse<T>(&mut self, flag: Flag, problem: impl Display) -> Decision<T> {
        self.end(End::Wrong, format_args!("{} can't be used. {problem}", flag.name))
    }

    /// Names the flag that is missing, with a value that it may have.
    pub(super) fn need<T>(&mut self, flag: Flag, value: impl Display) -> Decision<T> {
        self.missing(flag, flag.question, value)
    }

    /// The same, with more to say than what the flag answers.
    pub(super) fn missing<T>(&mut self, flag: Flag, what: impl Display, value: impl Display) -> Decision<T> {
        let flag = flag.name;
        let example = Text::of(format_args!("{flag} {value}"));
        self.end(End::Missing { flag, example }, format_args!("{flag} is missing: {what}"))
    }
}

/// How bad news ends a journey: an alarm is for a person to look at, and refused access has an end of its own wherever it
/// comes. What is typed into a form is refused as an answer, not as access. A sign-in that nobody has accepted (its code is
/// a number), or that lacks a permission, waits for the customer; a word is Graph's, which refuses one request.
fn end_of(asked: QuestionId, failure: &Failure) -> End {
    let is_graphs = |code: &Text| !code.as_str().bytes().all(|byte| byte.is_ascii_digit());
    match (failure.kind, asked) {
        _ if failure.is_alarm => End::Attention,
        _ if failure.asks_consent && !failure.code.as_ref().is_some_and(is_graphs) => End::Waiting,
        (FailureKind::Refused, QuestionId::Impersonation) => End::Failed,
        (FailureKind::Refused, _) => End::Refused,
        _ => End::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_and_what_is_an_alarm_have_ends_of_their_own() {
        for (kind, end) in [
            (FailureKind::Refused, End::Refused),
            (FailureKind::NotFound, End::Failed),
            (FailureKind::Throttled, End::Failed),
            (FailureKind::Unreachable, End::Failed),
            (FailureKind::Malformed, End::Failed),
            (FailureKind::Record, End::Failed),
            (FailureKind::Internal, End::Failed),
        ] {
            let failure = Failure::new(kind, "it went wrong", "Look.");
            for asked in [QuestionId::Authorise, QuestionId::Users, QuestionId::Customer] {
                assert_eq!(end_of(asked, &failure), end, "{kind:?} {asked:?}");
            }
            assert_eq!(end_of(QuestionId::Impersonation, &failure), End::Failed, "{kind:?}");
            assert_eq!(end_of(QuestionId::Users, &failure.alarming()), End::Attention, "{kind:?}");
        }
    }

    #[test]
    fn who_must_accept_is_waited_for_and_what_graph_refuses_is_refused() {
        let missing = crate::domain::consent::missing(&"Tasks.Read.All".into());
        let refused = Failure::new(FailureKind::Refused, "refused", "Look there.").asking_consent();
        for (failure, end) in [
            (missing, End::Waiting),
            (refused.clone().with_code("700016"), End::Waiting),
            (refused.with_code("Authorization_RequestDenied"), End::Refused),
        ] {
            assert_eq!(end_of(QuestionId::Users, &failure), end, "{failure:?}");
        }
    }
}
