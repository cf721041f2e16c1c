//! What a line means. Pure.

use crate::wizard::{
    answer::{Action, Given},
    ask::Spot,
};

use super::rows::Report;

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Answer this, one after the other; then do this.
    Give(Vec<Given>, Option<After>),
    /// Ask about another control of the form.
    Ask(Spot),
    /// Ask about what comes behind this control of the form.
    GoOn(Spot),
    /// Say this.
    Say(Vec<String>),
    /// Say this, then the prompt again.
    Aside(Vec<String>),
    /// Say the whole screen again.
    Again,
    /// Nothing yet: the line is a part of an answer.
    More,
}

/// What follows once the answers of a line have been taken, and what they started has come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum After {
    /// The page of the list that begins here is said.
    Page(usize),
    /// What became of rows is said.
    Report(Report),
    /// The walk goes on from this control, unless something is wrong with it.
    GoOn(Spot),
}

/// Answers once.
pub(crate) fn give(given: Given) -> Heard {
    Heard::Give(vec![given], None)
}

/// Does what can be done on the page.
pub(crate) fn press(action: Action) -> Heard {
    give(Given::Do(action))
}

/// Says one line.
pub(crate) fn say(words: impl Into<String>) -> Heard {
    Heard::Say(vec![words.into()])
}
