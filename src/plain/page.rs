//! Parts of the page that is asked about. Pure.

use crate::wizard::{
    answer::Action,
    ask::Shape,
    view::{ChoiceView, View},
};

/// Whether the numbers of its rows are what is answered with.
#[must_use]
pub(crate) const fn is_numbered(view: &View<'_>) -> bool {
    matches!(view.ask.shape, Shape::Pick | Shape::Select(_))
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
        && view.page.fields().next().is_none()
        && view.page.choices().next().is_some()
        && view.page.choices().all(is_box)
}

/// Whether something can be done now: an open button, or an offer whose button is not closed.
#[must_use]
pub(crate) fn can_do(view: &View<'_>, action: Action) -> bool {
    match view.page.buttons().find(|button| button.action == action) {
        Some(button) => button.is_open,
        None => view.offer(action).is_some(),
    }
}
