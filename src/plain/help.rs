//! Every command that is open now, one line each. Pure.

use crate::{
    domain::speech::sentence,
    wizard::{
        answer::Action,
        ask::Shape,
        view::{Offer, View},
    },
};

use super::{
    vocabulary::{is_common, words},
    words::signs,
};

/// What a list knows besides what can be done on its page.
const LIST: &[&str] = &[
    "list: the first ten rows. more, less, page 3: other rows. total: all counts. details 4: all about one row.",
    "filter WORDS, or the words alone: only rows with these words. filter alone: all rows again.",
];

/// What can be done to users by number.
const USERS: &[&str] = &[
    "tick 3-9, 14: ticks these rows. untick 4: takes the tick away. Numbers alone turn their ticks round.",
    "all: ticks everyone that may be protected, and asks first. these: ticks whom the filter shows. invert: turns the \
     ticks of what is shown round.",
    "exclude 5: excludes from All and Enable Auto. include 5: lifts the exclusion.",
    "finish: finishes the run and shows its outcome.",
    "The filter of users also knows kind:shared, state:off, licence:E3.",
];

/// What an Admin can do.
const ADMIN: &str = "turn off 3-5: turns protection off, and asks first.";

/// What every page knows.
const ALWAYS: &[&str] = &[
    "say: what to say to the customer now. explain 90094: what a code or words mean.",
    "back: to the screen before. park: parks the run, for another customer. quit: leaves; the run is kept.",
    "again: says this screen once more. help: this list.",
    "In a field the same words are commands; = in front takes a word as text, clear empties the field.",
    "choices: the numbered choices once more. Ctrl-C leaves, too.",
];

/// The lines.
#[must_use]
pub(crate) fn help(view: &View<'_>) -> Vec<String> {
    let mut said = vec!["Commands that are open now:".to_owned()];
    if let Shape::Select(asked) = &view.ask.shape {
        said.extend(USERS.iter().map(|line| (*line).to_owned()));
        said.extend(asked.may_turn_off.then(|| ADMIN.to_owned()));
    }
    let own = view.actions.iter().filter(|offer| !is_common(offer.action) && offer.action != Action::Back);
    said.extend(own.map(line));
    if view.ask.shape == Shape::Pick {
        said.push("Enter alone: takes the row that the prompt names.".to_owned());
    }
    if view.page.rows().is_some() {
        said.extend(LIST.iter().map(|line| (*line).to_owned()));
    }
    said.extend(ALWAYS.iter().map(|line| (*line).to_owned()));
    said
}

/// An offer as a command.
fn line(offer: &Offer) -> String {
    let word = words(offer.action).first().copied().unwrap_or_default();
    let enter = if offer.is_default { ", or Enter alone" } else { "" };
    sentence(&format!("{word}{enter}: {}", signs(offer.help)))
}
