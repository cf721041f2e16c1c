//! Finds typed parts of a view: blocks by what they are, fields and facts by their ids. Pure.

use crate::{
    domain::{bill::grouped, failure::Failure, phrase::Phrase, tenant::Check, text::Text},
    wizard::{
        answer::{Action, FieldId},
        view::{BillView, Block, Column, Fact, FactId, FieldValue, RowsView, Tone, View},
    },
};

/// Words as they stand on a command line.
pub(super) fn said(words: &Phrase) -> Text {
    words.for_commands()
}

/// The words in one cell of a row; empty where there is no such cell.
pub(super) fn cell(rows: &RowsView<'_>, at: usize, column: Column) -> Text {
    let row = rows.rows.row(at);
    let words = row.as_ref().and_then(|row| row.cells.get(column)).map(|cell| Text::clean(&cell.in_words()));
    words.unwrap_or_default()
}

/// The bad news on the page, or on the page below it.
pub(super) fn failure(view: &View<'_>) -> Option<Failure> {
    let below = view.below.iter().flat_map(|page| &page.blocks);
    view.page.blocks.iter().chain(below).find_map(|block| match block {
        Block::Failure(failure) => Some(failure.clone()),
        _ => None,
    })
}

/// Whether the button with this action can be pressed.
pub(super) fn is_open(view: &View<'_>, action: Action) -> bool {
    view.page.buttons().any(|button| button.action == action && button.is_open)
}

/// What stands in a field; empty for a secret, and where there is no such field.
pub(super) fn typed<'v>(view: &'v View<'_>, id: FieldId) -> &'v str {
    let value = view.page.fields().find(|field| field.id == id).map(|field| &field.value);
    if let Some(FieldValue::Plain(words)) = value { words } else { "" }
}

/// What is chosen of a few; none where there is no such choice.
pub(super) fn chosen(view: &View<'_>, id: FieldId) -> Option<usize> {
    view.page.choices().find(|choice| choice.id == id).map(|choice| choice.chosen)
}

/// What is wrong with a field, and which.
pub(super) fn problem(view: &View<'_>) -> Option<(FieldId, Text)> {
    view.page.fields().find_map(|field| Some((field.id, said(field.problem.as_ref()?))))
}

/// The link, alone.
pub(super) fn link(view: &View<'_>) -> Option<Text> {
    view.page.all(|block| if let Block::Link(link) = block { Some(link.clone()) } else { None }).next()
}

/// Every check on the page.
pub(super) fn checks(view: &View<'_>) -> Vec<Check> {
    let groups =
        view.page.all(|block| if let Block::Checks(group) = block { Some(&group.checks) } else { None });
    groups.flatten().cloned().collect()
}

/// The bill.
pub(super) fn bill<'v>(view: &'v View<'_>) -> Option<&'v BillView> {
    view.page.all(|block| if let Block::Bill(bill) = block { Some(bill) } else { None }).next()
}

/// Labels and values of the page.
pub(super) fn facts<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Fact> {
    view.page.all(|block| if let Block::Facts(facts) = block { Some(facts) } else { None }).flatten()
}

/// The value of a fact.
pub(super) fn fact(view: &View<'_>, id: FactId) -> Option<Text> {
    facts(view).find(|fact| fact.id == id).map(|fact| said(&fact.value))
}

/// The sentences of the page that must not be missed.
pub(super) fn strong(view: &View<'_>) -> Text {
    let words = view.page.all(|block| if let Block::Strong(_, words) = block { Some(words) } else { None });
    Text::clean(&words.map(|words| said(words).to_string()).collect::<Vec<_>>().join(" "))
}

/// All sentences of the page: those that must not be missed, then the others.
pub(super) fn sentences(view: &View<'_>) -> Text {
    let plain = view.page.all(|block| if let Block::Para(words) = block { Some(words) } else { None });
    let words = std::iter::once(strong(view)).chain(plain.map(said));
    Text::clean(&words.map(|words| words.to_string()).collect::<Vec<_>>().join(" "))
}

/// The line of state, where it warns or is bad news.
pub(super) fn warning(view: &View<'_>) -> Option<Text> {
    let notice = view.notice.as_ref().filter(|notice| matches!(notice.tone, Tone::Warn | Tone::Bad));
    notice.map(|notice| said(&notice.words))
}

/// How far the work of the page is, in words.
pub(super) fn progress(view: &View<'_>) -> Option<Text> {
    let (done, total) = view.page.progress()?;
    let heading = said(&view.page.heading);
    Some(Text::of(format_args!("{heading}: {} of {}.", grouped(done), grouped(total))))
}
