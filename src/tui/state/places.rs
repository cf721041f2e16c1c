//! Where on a page the keyboard can be, and what a page has for it: fields and buttons.

use crate::wizard::{
    answer::Action,
    ask::{Shape, Spot},
    view::{Block, Button, FieldValue, FieldView, Page, View},
};

use super::Focus;

/// The field above the rows of a page.
pub(crate) fn search<'p, 'a>(page: &'p Page<'a>) -> Option<&'p FieldView<'a>> {
    page.rows()?.search.as_ref()
}

/// Whether anything stands in a field.
pub(crate) const fn is_filled(view: &FieldView<'_>) -> bool {
    match view.value {
        FieldValue::Plain(text) => !text.is_empty(),
        FieldValue::Masked { is_filled } => is_filled,
    }
}

/// Whether a search that is over has found one row, or there is only one: Enter chooses it.
pub(crate) fn has_only_hit(view: &View<'_>) -> bool {
    let rows = view.page.rows().filter(|_| view.ask.shape == Shape::Pick);
    rows.is_some_and(|rows| rows.rows.len() == 1 && !rows.is_searching)
}

/// The fields of a page, the search above its rows included.
pub(crate) fn fields<'p, 'a>(page: &'p Page<'a>) -> impl Iterator<Item = &'p FieldView<'a>> {
    page.blocks.iter().filter_map(|block| match block {
        Block::Field(field) => Some(field),
        Block::Rows(rows) => rows.search.as_ref(),
        _ => None,
    })
}

/// The buttons of a question that is answered with yes or no, where its page has none.
pub(crate) fn own_buttons(view: &View<'_>) -> Vec<Button> {
    if !matches!(view.ask.shape, Shape::Confirm { .. }) || view.page.buttons().next().is_some() {
        return Vec::new();
    }
    let button = |(action, usual)| {
        let label = view.offer(action).map_or(usual, |offer| offer.label);
        Button { label, action, is_open: true }
    };
    [(Action::Yes, "yes"), (Action::No, "no")].map(button).to_vec()
}

/// The controls of a page in the order of Tab, and whether the keyboard can be there: not on a closed button.
pub(crate) fn places(view: &View<'_>) -> Vec<(Focus, bool)> {
    let mut places = Vec::new();
    let button = |button: &Button| (Focus::Button(button.action), button.is_open);
    for block in &view.page.blocks {
        match block {
            Block::Field(field) => places.push((Focus::Field(field.id), true)),
            Block::Choice(choice) => places.push((Focus::Choice(choice.id), true)),
            Block::Buttons(buttons) => places.extend(buttons.iter().map(button)),
            Block::Rows(rows) => {
                places.extend(rows.search.as_ref().map(|search| (Focus::Field(search.id), true)));
                places.push((Focus::Rows, true));
            }
            Block::Lines(_) => places.push((Focus::Text, true)),
            _ => {}
        }
    }
    if matches!(view.ask.shape, Shape::Number(_)) {
        places.push((Focus::Number, true));
    }
    places.extend(own_buttons(view).iter().map(button));
    if !places.iter().any(|place| place.1) {
        places.push((Focus::Text, true));
    }
    places
}

/// Where the wizard wishes the keyboard to be.
pub(super) fn wished(view: &View<'_>, places: &[(Focus, bool)]) -> Focus {
    let spot = match view.ask.focus.spot {
        Spot::Field(id) => vec![Focus::Field(id), Focus::Choice(id)],
        Spot::Button(action) => vec![Focus::Button(action)],
        Spot::Page => Vec::new(),
    };
    let usual =
        [Focus::Number].into_iter().chain(view.default_offer().map(|offer| Focus::Button(offer.action)));
    // A receipt before the rows beside it: it is what is read there.
    let mut wishes = spot.into_iter().chain(usual).chain([Focus::Text, Focus::Rows]);
    let found = wishes.find(|wish| places.iter().any(|place| place.0 == *wish));
    found.or_else(|| places.first().map(|place| place.0)).unwrap_or_default()
}
