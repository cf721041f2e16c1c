//! From answers and a view to the next answer, or to the end of the journey. Pure: the time and the signals stay outside.
//!
//! It goes by the question's id; rules stay with the wizard. What it keeps is what it has done already, so that an answer
//! that did not help is not given for ever.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
    },
    wizard::{
        answer::{Action, Given},
        ask::QuestionId,
        view::View,
    },
};

use super::{
    access,
    answers::Answers,
    authorise, customer, hosted,
    journey::{Journey, Next, end, fail, fail_with},
    page,
    report::End,
    users,
};

/// Answers after which a journey goes round in circles: the longest one gives some fifty.
const MOST_ANSWERS: u32 = 400;

/// What has been done so far.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// What every part keeps and tells.
    pub(super) journey: Journey,
    customer: customer::Done,
    access: access::Done,
    hosted: hosted::Done,
    authorise: authorise::Done,
    users: users::Done,
    /// The run that was taken up had been finished by another process.
    has_begun_again: bool,
    /// Answers given so far.
    answered: u32,
}

impl Script {
    /// Decides what to do about a view.
    pub(super) fn next(&mut self, answers: &Answers, view: &View<'_>) -> Next {
        if view.bar.is_read_only {
            return held(view);
        }
        if self.journey.leaving == Some(view.ask.id) {
            return Next::Wait;
        }
        self.journey.leaving = None;
        let next = self.decide(answers, view);
        self.answered = self.answered.saturating_add(u32::from(matches!(next, Next::Do(_))));
        if self.answered > MOST_ANSWERS { circle(view) } else { next }
    }

    fn decide(&mut self, answers: &Answers, view: &View<'_>) -> Next {
        let journey = &mut self.journey;
        match view.ask.id {
            QuestionId::Customer => customer::choose(&mut self.customer, journey, answers, view),
            QuestionId::Product => customer::choose_product(&mut self.customer, answers, view),
            QuestionId::Organisation => access::confirm(&mut self.access, journey, answers, view),
            QuestionId::Tenant => access::type_tenant(&mut self.access, journey, answers, view),
            QuestionId::Settled => access::settled(journey, answers, view),
            QuestionId::Impersonation => hosted::fill_in(&mut self.hosted, journey, answers, view),
            QuestionId::Authorise => authorise::authorise(&mut self.authorise, journey, answers, view),
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
            | QuestionId::Unapplied => users::next(&mut self.users, journey, answers, view),
            QuestionId::Outcome if view.ask.is_waiting => Next::Wait,
            QuestionId::Outcome if self.users.is_untouched() => self.begin_again(view),
            QuestionId::Outcome => outcome(view),
            // No answer here ever opens these; Back closes what did.
            QuestionId::NewCustomer | QuestionId::OrganisationDenied | QuestionId::Leave => {
                Next::Do(Given::Back)
            }
        }
    }

    /// Another process finished the run between the look at the customers and the taking up: its outcome is no answer to
    /// what is asked here. Once, from the customers on.
    fn begin_again(&mut self, view: &View<'_>) -> Next {
        if std::mem::replace(&mut self.has_begun_again, true) {
            return fail_with(view, "Another backup365 finished this run meanwhile. Start again.");
        }
        self.customer = customer::Done::default();
        Next::Do(Given::Do(Action::Another))
    }
}

/// Everything was read back: the wizard knows how it ended.
fn outcome(view: &View<'_>) -> Next {
    if view.offer(Action::Another).is_some() {
        return Next::Do(Given::Do(Action::Leave));
    }
    match page::failure(view) {
        Some(failure) => fail(view, failure),
        None => Next::Wait,
    }
}

/// The wizard and the answers don't fit together.
fn circle(view: &View<'_>) -> Next {
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
fn held(view: &View<'_>) -> Next {
    let run = view.bar.run.clone().unwrap_or_default();
    end(
        End::Held,
        Text::of(format_args!(
            "Another process holds {run}, so nothing was changed. Wait until it is done, or close it there; then start again."
        )),
    )
}
