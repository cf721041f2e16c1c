//! Parts of the page that is asked about. Pure.

use crate::{
    domain::text::Text,
    wizard::{
        answer::Action,
        ask::Shape,
        view::{Block, Button, ChoiceView, FieldView, RowsView, View},
    },
};

/// The list on it.
#[must_use]
pub(crate) fn list<'v, 'a>(view: &'v View<'a>) -> Option<&'v RowsView<'a>> {
    view.page.blocks.iter().find_map(|block| match block {
        Block::Rows(rows) => Some(rows),
        _ => None,
    })
}

/// Whether the numbers of its rows are what is answered with.
#[must_use]
pub(crate) const fn is_numbered(view: &View<'_>) -> bool {
    matches!(view.ask.shape, Shape::Pick | Shape::Select(_))
}

/// Every field.
pub(crate) fn fields<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'v FieldView<'a>> {
    view.page.blocks.iter().filter_map(|block| match block {
        Block::Field(field) => Some(field),
        _ => None,
    })
}

/// Every choice.
pub(crate) fn choices<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v ChoiceView> {
    view.page.blocks.iter().filter_map(|block| match block {
        Block::Choice(choice) => Some(choice),
        _ => None,
    })
}

/// Every button, open or not.
pub(crate) fn buttons<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Button> {
    view.page.blocks.iter().flat_map(|block| match block {
        Block::Buttons(buttons) => buttons.as_slice(),
        _ => &[],
    })
}

/// The document on it: a receipt.
#[must_use]
pub(crate) fn document<'v>(view: &'v View<'_>) -> Option<&'v [Text]> {
    view.page.blocks.iter().find_map(|block| match block {
        Block::Lines(lines) => Some(*lines),
        _ => None,
    })
}

/// Whether a choice is a box: it says no or yes.
#[must_use]
pub(crate) fn is_box(choice: &ChoiceView) -> bool {
    choice.options == ["no", "yes"]
}

/// Whether it is a form of boxes alone: these are answered like rows, by their numbers, and not one after the other.
#[must_use]
pub(crate) fn is_of_boxes(view: &View<'_>) -> bool {
    view.ask.shape == Shape::Form
        && fields(view).next().is_none()
        && choices(view).next().is_some()
        && choices(view).all(is_box)
}

/// Whether something can be done now: an open button, or an offer whose button is not closed.
#[must_use]
pub(crate) fn can_do(view: &View<'_>, action: Action) -> bool {
    match buttons(view).find(|button| button.action == action) {
        Some(button) => button.is_open,
        None => view.offer(action).is_some(),
    }
}
