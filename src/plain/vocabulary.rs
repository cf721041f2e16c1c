//! The words to type: one table from an action to its words. Nothing else in the front end of lines knows how something is
//! asked for, and no sentence of the wizard is ever searched for keys.

use crate::wizard::answer::Action;

/// The words that ask for an action; the first one is said in help.
#[must_use]
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
        Action::Discover => &["find"],
        Action::EmptyList => &["empty"],
        Action::Authorise => &["authorise"],
        Action::Enable => &["enable"],
        Action::Copy => &["copy"],
        Action::PrintAlone => &["print"],
        Action::Open => &["open"],
        Action::WriteFile => &["file", "write"],
        Action::Rehearse => &["play"],
        Action::Clear => &["clear", "none"],
        Action::Kinds => &["kinds"],
        Action::Auto => &["auto"],
        Action::Sort => &["sort"],
        Action::Review => &["review", "done", "apply"],
        Action::Stop => &["stop"],
        Action::AcceptShorter => &["accept"],
        Action::Finish => &["finish"],
        Action::NextReceipt => &["receipt"],
        Action::Another => &["next", "another"],
    }
}

/// Whether a word asks for an action.
#[must_use]
pub(crate) fn means(word: &str, action: Action) -> bool {
    words(action).contains(&word)
}

/// Commands that every page knows: never numbered among its choices.
#[must_use]
pub(crate) const fn is_common(action: Action) -> bool {
    matches!(action, Action::Park | Action::Leave | Action::Copy)
}
