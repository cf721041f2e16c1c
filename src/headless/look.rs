//! Reads a view: what a person would see at one glance, as values. Pure.

use crate::{
    domain::{customer::Product, failure::Failure, tenant::Check, text::Text},
    wizard::{
        event::Action,
        view::{Block, Button, Cell, Count, FieldValue, FieldView, Mark, Panel, RowsView, Tone, View},
    },
};

/// The panel in front: the one above the screen where there is one.
pub(super) fn front<'v, 'a>(view: &'v View<'a>) -> &'v Panel<'a> {
    view.overlay.as_ref().unwrap_or(&view.panel)
}

/// The rows of a panel.
pub(super) fn rows<'v, 'a>(panel: &'v Panel<'a>) -> Option<&'v RowsView<'a>> {
    panel.blocks.iter().find_map(|block| match block {
        Block::Rows(rows) => Some(rows),
        _ => None,
    })
}

/// The words in one cell of a row; empty where there is no such cell.
pub(super) fn cell(rows: &RowsView<'_>, at: usize, column: usize) -> Text {
    let row = rows.rows.row(at);
    match row.as_ref().and_then(|row| row.cells.get(column)) {
        Some(Cell::Words(words)) => words.to_text(),
        Some(Cell::Made(words)) => words.clone(),
        Some(Cell::Kind(kind)) => Text::from(kind.word()),
        Some(Cell::State(state, _)) => Text::from(state.word()),
        Some(Cell::Empty) | None => Text::default(),
    }
}

/// The mark in front of a row.
pub(super) fn mark(rows: &RowsView<'_>, at: usize) -> Option<Mark> {
    rows.rows.row(at).map(|row| row.mark)
}

/// The product that a row is about.
pub(super) fn product(rows: &RowsView<'_>, at: usize) -> Option<Product> {
    rows.rows.product(at)
}

/// The bad news that stands in front, or on the screen below.
pub(super) fn failure(view: &View<'_>) -> Option<Failure> {
    let of = |panel: &Panel<'_>| {
        panel.blocks.iter().find_map(|block| match block {
            Block::Failure(failure) => Some(failure.clone()),
            _ => None,
        })
    };
    view.overlay.as_ref().and_then(of).or_else(|| of(&view.panel))
}

/// The button with this action.
pub(super) fn button<'v>(view: &'v View<'_>, action: Action) -> Option<&'v Button> {
    view.panel.blocks.iter().find_map(|block| match block {
        Block::Buttons(buttons) => buttons.iter().find(|button| button.action == action),
        _ => None,
    })
}

/// Whether the button with this action can be pressed.
pub(super) fn is_open(view: &View<'_>, action: Action) -> bool {
    button(view, action).is_some_and(|button| button.is_open)
}

/// The fields in front.
pub(super) fn fields<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'v FieldView<'a>> {
    front(view).blocks.iter().filter_map(|block| match block {
        Block::Field(field) => Some(field),
        _ => None,
    })
}

/// The field with this name.
pub(super) fn field<'v, 'a>(view: &'v View<'a>, label: &str) -> Option<&'v FieldView<'a>> {
    fields(view).find(|field| field.label == label)
}

/// What stands in a field; empty for a secret.
pub(super) fn typed(field: &FieldView<'_>) -> Text {
    match &field.value {
        FieldValue::Plain(words) => words.to_text(),
        FieldValue::Masked { .. } => Text::default(),
    }
}

/// The link, alone.
pub(super) fn link(view: &View<'_>) -> Option<Text> {
    view.panel.blocks.iter().find_map(|block| match block {
        Block::Link(link) => Some(link.clone()),
        _ => None,
    })
}

/// Every check on the screen, those in groups too.
pub(super) fn checks(view: &View<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for block in &view.panel.blocks {
        match block {
            Block::Checks(of) => checks.extend_from_slice(of),
            Block::Group(group) => checks.extend_from_slice(&group.checks),
            _ => {}
        }
    }
    checks
}

/// The tables of counts in front, in their order.
pub(super) fn counts<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v [Count]> {
    front(view).blocks.iter().filter_map(|block| match block {
        Block::Counts(counts) => Some(counts.as_slice()),
        _ => None,
    })
}

/// Labels and values in front.
pub(super) fn facts(view: &View<'_>) -> Vec<(&'static str, Text)> {
    let blocks = front(view).blocks.iter();
    let facts = blocks.filter_map(|block| match block {
        Block::Facts(facts) => Some(facts.clone()),
        _ => None,
    });
    facts.flatten().collect()
}

/// The sentences in front: those that must not be missed, then the others.
pub(super) fn sentences(view: &View<'_>) -> Text {
    let blocks = &front(view).blocks;
    let strong = blocks.iter().filter_map(|block| match block {
        Block::Strong(words) => Some(words.as_str()),
        _ => None,
    });
    let plain = blocks.iter().filter_map(|block| match block {
        Block::Para(words) => Some(words.as_str()),
        _ => None,
    });
    Text::clean(&strong.chain(plain).collect::<Vec<_>>().join(" "))
}

/// The line of state, where it warns or is bad news.
pub(super) fn warning(view: &View<'_>) -> Option<Text> {
    let notice = view.notice.as_ref().filter(|notice| matches!(notice.tone, Tone::Warn | Tone::Bad));
    notice.map(|notice| notice.words.clone())
}

/// How far the work in front is: done, and to do in all.
pub(super) fn progress(view: &View<'_>) -> Option<(u32, u32)> {
    front(view).blocks.iter().find_map(|block| match block {
        Block::Progress { done, total } => Some((*done, *total)),
        _ => None,
    })
}
