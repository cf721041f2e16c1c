//! Every command that is open now, one line each. Pure.

use crate::{
    domain::speech::{sentence, signs},
    wizard::{
        answer::Action,
        ask::Shape,
        view::{Offer, View},
    },
};

use super::vocabulary::{is_common, words};

/// What a list knows besides what can be done on its page.
const LIST: &str = include_str!("../../assets/help/list.txt");

/// What can be done to users by number.
const USERS: &str = include_str!("../../assets/help/users.txt");

/// What an Admin can do.
const ADMIN: &str = "turn off 3-5: turns protection off, and asks first.";

/// What every page knows.
const ALWAYS: &str = include_str!("../../assets/help/always.txt");

/// The lines.
#[must_use]
pub(crate) fn help(view: &View<'_>) -> Vec<String> {
    let asked = if let Shape::Select(asked) = view.ask.shape { Some(asked) } else { None };
    let own = view.actions.iter().filter(|offer| !is_common(offer.action) && offer.action != Action::Back);
    let own = own.map(line).collect::<Vec<_>>().join("\n");
    let parts = [
        (true, "Commands that are open now:"),
        (asked.is_some(), USERS),
        (asked.is_some_and(|asked| asked.may_turn_off), ADMIN),
        (true, own.as_str()),
        (view.ask.shape == Shape::Pick, "Enter alone: takes the row that the prompt names."),
        (view.page.rows().is_some(), LIST),
        (true, ALWAYS),
    ];
    let open = parts.iter().filter(|(is_open, _)| *is_open);
    open.flat_map(|(_, part)| part.lines()).map(str::to_owned).collect()
}

/// An offer as a command.
fn line(offer: &Offer) -> String {
    let word = words(offer.action).first().copied().unwrap_or_default();
    let enter = if offer.is_default { ", or Enter alone" } else { "" };
    sentence(&format!("{word}{enter}: {}", signs(offer.help)))
}
