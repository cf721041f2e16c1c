//! Stand-in.

use crate::wizard::{
    answer::Given,
    ask::{QuestionId, Shape},
    context::{UpdateCx, ViewCx},
    pending::Arrival,
    screen::{Scene, step::Step},
    view::Card,
};

/// Stand-in.
#[derive(Debug, Default)]
pub(crate) struct Impersonation;

impl Impersonation {
    /// For a run.
    pub(crate) fn new(_record: &crate::domain::run::RunRecord) -> Self {
        Self
    }

    /// Comes on.
    pub(crate) fn enter(&mut self, _cx: &mut UpdateCx<'_>) {}

    /// Goes off.
    pub(crate) fn leave(&mut self, _cx: &mut UpdateCx<'_>) {}

    /// Handles an answer.
    pub(crate) fn answer(&mut self, _cx: &mut UpdateCx<'_>, given: Given) -> Step {
        if given == Given::Back { Step::Back } else { Step::Stay }
    }

    /// Handles a reply.
    pub(crate) fn hear(&mut self, _cx: &mut UpdateCx<'_>, _arrival: &mut Arrival) -> Step {
        Step::Stay
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, _cx: ViewCx<'a>) -> Scene<'a> {
        Scene::new(QuestionId::Impersonation, Shape::Read, "…", Vec::new())
    }

    /// What to say.
    pub(crate) fn card() -> Card {
        Card::default()
    }
}
