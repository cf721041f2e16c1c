//! The words to type: one table from an action to its words, and help, which is made of it. Nothing else in the front end of
//! lines knows how something is asked for, and no sentence of the wizard is ever searched for keys.

use crate::{
    domain::{
        phrase::WayOn,
        speech::{sentence, signs},
    },
    wizard::{
        answer::Action,
        ask::{QuestionId, Shape},
        view::{Offer, View},
    },
};

use super::words::told;

/// What a list knows besides what can be done on its page.
const LIST: &str = include_str!("../../assets/help/list.txt");

/// What the search of the customers knows besides words.
const CUSTOMERS: &str = "The search of the customers also knows state:waiting (or parked, accepted, attention, changed), product:office365.";

/// What can be done to users by number.
const USERS: &str = include_str!("../../assets/help/users.txt");

/// What an Admin can do.
const ADMIN: &str = "turn off 3-5: turns protection off, and asks first.";

/// How every page is left, in a run and without one.
const WAYS_OUT: &str =
    "back: to the screen before. park: parks the run, for another customer. quit: leaves; the run is kept.";
const WAYS_OUT_OF_NO_RUN: &str = "back: to the screen before. quit: leaves.";

/// What every page knows.
const ALWAYS: &str = include_str!("../../assets/help/always.txt");

/// The words that ask for an action; the first one is said in help.
pub(crate) const fn words(action: Action) -> &'static [&'static str] {
    match action {
        Action::Continue => &["continue", "go on"],
        Action::Yes => &["yes", "y"],
        Action::No => &["no", "n"],
        Action::Save => &["save"],
        Action::Back => &["back", "b", "esc"],
        Action::Leave => &["quit", "leave", "exit", "q"],
        Action::Park => &["park", "p"],
        Action::Refresh => &["refresh", "r"],
        Action::Add => &["new", "add"],
        Action::Import => &["microsoft", "import"],
        Action::Consents => &["consent"],
        Action::Discover => &["find"],
        Action::EmptyList => &["empty"],
        Action::Authorise => &["authorise"],
        Action::OwnRight => &["own"],
        Action::Enable => &["enable"],
        Action::Copy => &["copy"],
        Action::PrintAlone => &["print"],
        Action::NextText => &["other"],
        Action::Open => &["open"],
        Action::WriteFile => &["file", "write"],
        Action::Rehearse => &["play"],
        Action::Clear => &["clear", "none"],
        Action::Kinds => &["kinds"],
        Action::Auto => &["auto"],
        Action::Ceiling => &["most"],
        Action::Sort => &["sort"],
        Action::Narrow => &["take"],
        Action::Review => &["review", "done", "apply"],
        Action::Stop => &["stop"],
        Action::AcceptShorter => &["accept"],
        Action::Finish => &["finish"],
        Action::TakeOver => &["take over", "over"],
        Action::Ask => &["ask"],
        Action::NextReceipt => &["receipt"],
        Action::Another => &["next", "another"],
    }
}

/// Whether a word asks for an action.
pub(crate) fn means(word: &str, action: Action) -> bool {
    words(action).contains(&word)
}

/// What the word in a way on asks for; none where it asks for nothing that a page must offer.
pub(crate) const fn asks_for(way: &WayOn) -> Option<Action> {
    Some(match way {
        WayOn::Again(_) => Action::Refresh,
        WayOn::Park(_) => Action::Park,
        WayOn::ShowLink => Action::Authorise,
        WayOn::OwnRight(_) => Action::OwnRight,
        WayOn::TakeOver(_) => Action::TakeOver,
        WayOn::HandOver | WayOn::PrintAlone(_) => Action::PrintAlone,
        WayOn::WriteFile => Action::WriteFile,
        WayOn::IncludeKinds => Action::Kinds,
        WayOn::Narrow => Action::Narrow,
        WayOn::RestoreTicks => Action::Clear,
        WayOn::Review => Action::Review,
        WayOn::AddCustomer => Action::Add,
        WayOn::FillIn => Action::Rehearse,
        WayOn::RestoreList => Action::EmptyList,
        _ => return None,
    })
}

/// Commands that every page knows: never numbered among its choices.
pub(crate) const fn is_common(action: Action) -> bool {
    matches!(action, Action::Park | Action::Leave | Action::Copy)
}

/// Help: every command that is open now, one line each.
pub(crate) fn help(view: &View<'_>) -> Vec<String> {
    let asked = if let Shape::Select(asked) = view.ask.shape { Some(asked) } else { None };
    let own = view.actions.iter().filter(|offer| !is_common(offer.action) && offer.action != Action::Back);
    let own = own.map(|offer| of_offer(offer, view)).collect::<Vec<_>>().join("\n");
    let is_parkable = view.offer(Action::Park).is_some();
    let parts = [
        (true, "Commands that are open now:"),
        (asked.is_some(), USERS),
        (asked.is_some_and(|asked| asked.may_turn_off), ADMIN),
        (true, own.as_str()),
        (view.ask.shape == Shape::Pick, "Enter alone: takes the row that the prompt names."),
        (view.page.rows().is_some(), LIST),
        (view.ask.id == QuestionId::Customer, CUSTOMERS),
        (true, if is_parkable { WAYS_OUT } else { WAYS_OUT_OF_NO_RUN }),
        (true, ALWAYS),
    ];
    let open = parts.iter().filter(|(is_open, _)| *is_open);
    open.flat_map(|(_, part)| part.lines()).map(str::to_owned).collect()
}

/// An offer as a command; where a number is the yes, that.
fn of_offer(offer: &Offer, view: &View<'_>) -> String {
    if let (Action::Yes, Shape::Number(asked)) = (offer.action, &view.ask.shape) {
        return format!("{} That is the yes; Enter alone is none. back changes nothing.", told(&asked.hint));
    }
    if offer.action == Action::NextReceipt {
        return "receipt: says it; once more: the one for the customer, then as JSON.".to_owned();
    }
    let word = words(offer.action).first().copied().unwrap_or_default();
    let enter = if offer.is_default { ", or Enter alone" } else { "" };
    sentence(&format!("{word}{enter}: {}", signs(offer.help)))
}
