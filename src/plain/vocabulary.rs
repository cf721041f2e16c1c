//! The words to type: one table from a way on to its sentence, one from an action to its words. Nothing else in the front
//! end of lines knows how something is asked for, and no sentence of the wizard is ever searched for keys.

use std::borrow::Cow;

use crate::{
    domain::phrase::{Command, WayOn},
    wizard::answer::Action,
};

/// A way on as a sentence for a person who types words and Enter.
#[must_use]
pub(crate) fn way(way: &WayOn) -> Cow<'static, str> {
    match way {
        WayOn::Again(purpose) => format!("Type refresh to {purpose}.").into(),
        WayOn::Back("") => "The word back goes back.".into(),
        WayOn::Back(purpose) => format!("The word back goes back {purpose}.").into(),
        WayOn::Park("") => "The word park parks the run.".into(),
        WayOn::Park(purpose) => format!("The word park parks the run {purpose}.").into(),
        WayOn::Continue(purpose) => format!("Press Enter to {purpose}.").into(),
        WayOn::Leave => "Type quit to leave.".into(),
        WayOn::ShowLink => "Type authorise for the link.".into(),
        WayOn::HandOver => "The words print and file hand the link over once more.".into(),
        WayOn::PrintLink => "Type print for the link alone.".into(),
        WayOn::WriteFile => "Type file to write it into a file.".into(),
        WayOn::Explain => "Type explain and the code.".into(),
        WayOn::Lift => "Type include and the number to lift the exclusion.".into(),
        WayOn::IncludeKinds => "Type kinds to include them.".into(),
        WayOn::Exclude => "Type exclude and the numbers to exclude users.".into(),
        WayOn::Filter => "Type the words to look for.".into(),
        WayOn::ClearFilter => "The word filter alone shows everybody again.".into(),
        WayOn::RestoreTicks => "The word clear brings the ticks back.".into(),
        WayOn::Review => "Type review to turn them on.".into(),
        WayOn::TurnOff => "An Admin types turn off and the number to turn it off.".into(),
        WayOn::AddCustomer => "An Admin types new to add one.".into(),
        WayOn::FillIn => "Type play to fill them in.".into(),
        WayOn::OurSide => format!("Tell your lead: {} says how to mend it.", Command::OUR_SIDE).into(),
        WayOn::Run(command, "") => format!("Run {command}.").into(),
        WayOn::Run(command, purpose) => format!("Run {command} to {purpose}.").into(),
    }
}

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
