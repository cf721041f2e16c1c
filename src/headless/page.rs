//! What a view says, as words of a command line. Pure.

use crate::{
    domain::{bill::grouped, phrase::Phrase, text::Text},
    wizard::view::{FactId, View},
};

/// A name or an address as it is compared: however it is written, but whole.
pub(super) fn folded(words: &str) -> String {
    words.trim().to_lowercase()
}

/// The value of a fact.
pub(super) fn fact(view: &View<'_>, id: FactId) -> Option<Text> {
    view.page.facts().find(|fact| fact.id == id).map(|fact| fact.value.for_commands())
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
