//! What is decided about a view, and what a view says, as words of a command line. Below the parts that answer questions.
//! Pure.

use std::ops::ControlFlow::{self, Break, Continue};

use crate::{
    domain::{bill::grouped, customer::Product, phrase::Phrase, text::Text},
    wizard::{
        answer::Given,
        view::{FactId, RowsView, View},
    },
};

/// Breaks off with the answer to give, or with none where something is awaited or the journey is over; goes on where a
/// step has nothing to do and the next one is up.
pub(super) type Decision<T = ()> = ControlFlow<Option<Given>, T>;

/// Answers.
pub(super) const fn give<T>(given: Given) -> Decision<T> {
    Break(Some(given))
}

/// The rows of the page; they are waited for.
pub(super) fn rows<'v, 'a>(view: &'v View<'a>) -> Decision<&'v RowsView<'a>> {
    view.page.rows().map_or(Break(None), Continue)
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
