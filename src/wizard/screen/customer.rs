//! Screen: customer.

use crate::{
    domain::text::Text,
    wizard::{
        Cx, Look,
        effect::CallId,
        event::{Intent, Reply},
        screen::Scene,
        step::Step,
        view::{Card, Focus, Panel},
    },
};

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Customer {}

impl Customer {
    /// Comes on.
    pub(crate) fn enter(&mut self, _cx: &mut Cx<'_>) {}

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, _cx: &mut Cx<'_>, intent: Intent) -> Step {
        if intent == Intent::Back { Step::Back } else { Step::Stay }
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, _cx: &mut Cx<'_>, _call: CallId, _reply: Reply) -> Step {
        Step::Stay
    }

    /// Something of the run has changed below it.
    pub(crate) fn session_changed(&mut self, _cx: &mut Cx<'_>) -> Step {
        Step::Stay
    }

    /// Goes off.
    pub(crate) fn leave(&mut self, _cx: &mut Cx<'_>) {}

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, _look: Look<'a>) -> Scene<'a> {
        Scene {
            panel: Panel { heading: Text::from("Customer"), blocks: Vec::new() },
            overlay: None,
            notice: None,
            keys: Vec::new(),
            focus: Focus::Reading,
            next_change: None,
        }
    }

    /// What to say.
    pub(crate) fn card(&self, _look: Look<'_>) -> Card {
        Card::default()
    }
}
