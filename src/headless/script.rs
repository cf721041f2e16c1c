//! From answers and a view to the next answer, or to the end of the journey. Pure: the time and the signals stay outside.
//!
//! It goes by the question's id; rules stay with the wizard. A part is gone through from its top at every view: what has
//! been done is stepped over (`Steps`), and the first thing that is still to be done is what is decided.

use std::ops::ControlFlow::{Break, Continue};

use crate::{
    domain::failure::{Failure, FailureKind},
    wizard::{
        answer::{Action, FieldId, Given, Mark},
        ask::QuestionId,
        view::View,
    },
};

use super::{
    decision::{Decision, Next, end, fail, fail_with, give, no_failure},
    journey::{Journey, Step},
    report::End,
};

/// Answers after which a journey goes round in circles: the longest one gives some fifty.
const MOST_ANSWERS: u32 = 400;

impl Journey {
    /// Decides what to do about a view.
    pub(super) fn next(&mut self, view: &View<'_>) -> Next {
        match self.decide(view) {
            Break(next) => next,
            Continue(()) => Next::Wait,
        }
    }

    fn decide(&mut self, view: &View<'_>) -> Decision {
        if view.bar.is_read_only {
            return held(view);
        }
        if self.leaving == Some(view.ask.id) {
            return Continue(());
        }
        self.leaving = None;
        let decision = self.answer(view);
        self.answered = self.answered.saturating_add(u32::from(matches!(decision, Break(Next::Do(_)))));
        if self.answered > MOST_ANSWERS { circle(view) } else { decision }
    }

    /// Answers the question of the view.
    fn answer(&mut self, view: &View<'_>) -> Decision {
        let id = view.ask.id;
        self.has_passed_access |= matches!(
            id,
            QuestionId::Organisation | QuestionId::Tenant | QuestionId::Settled | QuestionId::Impersonation
        );
        match id {
            QuestionId::Authorise => self.authorise(view),
            // No answer here ever opens these; Back closes what did.
            QuestionId::NewCustomer | QuestionId::OrganisationDenied | QuestionId::Leave => give(Given::Back),
            _ if view.ask.is_waiting => Continue(()),
            QuestionId::Customer => self.choose_customer(view),
            QuestionId::Product => self.choose_product(view),
            QuestionId::Organisation => self.confirm_organisation(view),
            QuestionId::Tenant => self.type_tenant(view),
            QuestionId::Settled => self.keep_tenant(view),
            QuestionId::Impersonation => self.fill_in_details(view),
            QuestionId::Users
            | QuestionId::Kinds
            | QuestionId::Review
            | QuestionId::Applying
            | QuestionId::StopApplying
            | QuestionId::BrokenOff
            | QuestionId::Results
            | QuestionId::NoSweeper
            | QuestionId::Ceiling
            | QuestionId::HighCeiling
            | QuestionId::Auto
            | QuestionId::UndoAuto
            | QuestionId::TurnOff
            | QuestionId::Unapplied => self.choose_users(view),
            QuestionId::Outcome => self.end_with_outcome(view),
        }
    }

    /// Everything was read back: the wizard knows how it ended.
    fn end_with_outcome(&mut self, view: &View<'_>) -> Decision {
        if !self.steps.has(Step::Mark(Mark::Untick)) {
            return self.begin_again(view);
        }
        if view.offer(Action::Another).is_some() {
            return give(Given::Do(Action::Leave));
        }
        no_failure(view)
    }

    /// Another process finished the run between the look at the customers and the taking up: its outcome is no answer to
    /// what is asked here. Once, from the customers on.
    fn begin_again(&mut self, view: &View<'_>) -> Decision {
        if !self.steps.first(Step::BeginAgain) {
            return fail_with(view, "Another backup365 finished this run meanwhile. Start again.");
        }
        self.steps.forget(&[Step::OpenCustomer, Step::OpenProduct, Step::Fill(FieldId::Search)]);
        give(Given::Do(Action::Another))
    }
}

/// The wizard and the answers don't fit together.
fn circle(view: &View<'_>) -> Decision {
    fail(
        view,
        Failure::new(
            FailureKind::Internal,
            "the wizard asks the same thing again and again",
            "Open the run in the wizard, and report this with the log file. The run is kept.",
        ),
    )
}

/// Another process holds the run.
fn held(view: &View<'_>) -> Decision {
    let run = view.bar.run.clone().unwrap_or_default();
    end(
        End::Held,
        format_args!(
            "Another process holds {run}, so nothing was changed. Wait until it is done, or close it there; then start again."
        ),
    )
}
