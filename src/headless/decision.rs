//! What a view says, as words of a command line; what is decided about it; and the ways in which a journey ends. Below the
//! parts that answer questions. Pure.

use std::{
    fmt::Display,
    ops::ControlFlow::{self, Break, Continue},
};

use crate::{
    domain::{
        bill::grouped,
        customer::Product,
        failure::{Failure, FailureKind},
        flag::Flag,
        phrase::Phrase,
        text::Text,
    },
    wizard::{
        answer::Given,
        ask::QuestionId,
        view::{FactId, RowsView, View},
    },
};

use super::report::End;

/// What to do now.
#[derive(Debug)]
pub(super) enum Next {
    /// Answer this.
    Do(Given),
    /// Nothing: something is on its way.
    Wait,
    /// Nothing: the customer is awaited, for as long as the answers allow.
    AwaitCustomer,
    /// Nothing: the mailboxes are being checked, for as long as the answers allow.
    AwaitChecks,
    /// The journey is over.
    End(Box<Close>),
}

/// Breaks off with what to do now; goes on where a step has nothing to do and the next one is up.
pub(super) type Decision<T = ()> = ControlFlow<Next, T>;

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

impl Close {
    /// By bad news.
    pub(super) fn by(end: End, failure: Failure) -> Self {
        Self { end, words: failure.in_full(), failure: Some(failure) }
    }
}

/// Answers.
pub(super) const fn give<T>(given: Given) -> Decision<T> {
    Break(Next::Do(given))
}

/// Ends with words.
pub(super) fn end<T>(end: End, words: impl Display) -> Decision<T> {
    let words = Text::of(format_args!("{words}"));
    Break(Next::End(Box::new(Close { end, words, failure: None })))
}

/// Ends with bad news.
pub(super) fn fail<T>(view: &View<'_>, failure: Failure) -> Decision<T> {
    Break(Next::End(Box::new(Close::by(end_of(view.ask.id, &failure), failure))))
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

/// Ends with the bad news that the view shows, where there is some.
pub(super) fn no_failure(view: &View<'_>) -> Decision {
    view.failure().map_or(Continue(()), |failure| fail(view, failure.clone()))
}

/// Ends with the bad news that the view shows, else with the line of state, else with these words.
pub(super) fn fail_with<T>(view: &View<'_>, otherwise: &'static str) -> Decision<T> {
    match view.failure() {
        Some(failure) => fail(view, failure.clone()),
        None => end(End::Failed, warning(view).unwrap_or_else(|| otherwise.into())),
    }
}

/// Goes on where it is so; else ends as [`fail_with`] does.
pub(super) fn ensure(is_so: bool, view: &View<'_>, otherwise: &'static str) -> Decision {
    if is_so { Continue(()) } else { fail_with(view, otherwise) }
}

/// Names the flag that can't be used, and why.
pub(super) fn refuse<T>(flag: Flag, problem: impl Display) -> Decision<T> {
    end(End::Wrong, format_args!("{} can't be used. {problem}", flag.name))
}

/// Names the flag that is missing, with a value that it may have.
pub(super) fn need<T>(flag: Flag, value: impl Display) -> Decision<T> {
    missing(flag, flag.question, value)
}

/// The same, with more to say than what the flag answers.
pub(super) fn missing<T>(flag: Flag, what: impl Display, value: impl Display) -> Decision<T> {
    let flag = flag.name;
    let example = Text::of(format_args!("{flag} {value}"));
    end(End::Missing { flag, example }, format_args!("{flag} is missing: {what}"))
}

/// The rows of the page; they are waited for.
pub(super) fn rows<'v, 'a>(view: &'v View<'a>) -> Decision<&'v RowsView<'a>> {
    view.page.rows().map_or(Break(Next::Wait), Continue)
}

/// A name or an address as it is compared: however it is written, but whole.
pub(super) fn folded(words: &str) -> String {
    words.trim().to_lowercase()
}

/// The value of a fact.
pub(super) fn fact(view: &View<'_>, id: FactId) -> Option<Text> {
    view.page.facts().find(|fact| fact.id == id).map(|fact| fact.value.for_commands())
}

/// Whether the product of the run is hosted: mailboxes are reached with a password.
pub(super) fn is_hosted(view: &View<'_>) -> bool {
    view.bar.product.is_some_and(Product::is_hosted)
}

/// The sentences of the page that must not be missed.
pub(super) fn strong(view: &View<'_>) -> Text {
    joined(view.page.strong())
}

/// All sentences of the page: those that must not be missed, then the others.
pub(super) fn sentences(view: &View<'_>) -> Text {
    joined(view.page.strong().chain(view.page.paragraphs()))
}

fn joined<'v>(words: impl Iterator<Item = &'v Phrase>) -> Text {
    let words: Vec<String> = words.map(|words| words.for_commands().to_string()).collect();
    Text::clean(&words.join(" "))
}

/// The line of state, where it warns or is bad news.
pub(super) fn warning(view: &View<'_>) -> Option<Text> {
    view.warning().map(Phrase::for_commands)
}

/// How far the work of the page is, in words.
pub(super) fn progress(view: &View<'_>) -> Option<Text> {
    let (done, total) = view.page.progress()?;
    let heading = view.page.heading.for_commands();
    Some(Text::of(format_args!("{heading}: {} of {}.", grouped(done), grouped(total))))
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
