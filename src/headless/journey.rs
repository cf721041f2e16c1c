//! From answers and a view to the next answer, or to the end of the journey. Pure: the time and the signals stay outside.
//!
//! It goes by the question's id; rules stay with the wizard. A part is gone through from its top at every view: what has
//! been done is stepped over ([`Steps`]), and the first thing that is still to be done is what is decided.

use std::{fmt::Display, ops::ControlFlow::Continue};

use crate::{
    domain::{
        answers::Answers,
        text::{Text, capital},
        user::Kind,
    },
    wizard::{
        answer::{Action, FieldId, Given, Mark, Value},
        ask::QuestionId,
        view::View,
    },
};

use super::{
    decision::{Decision, Next, end, fail_with, give, is_hosted, need, no_failure},
    report::{End, Report},
    selection::Selection,
};

/// Answers after which a journey goes round in circles: the longest one gives some fifty.
const MOST_ANSWERS: u32 = 400;

/// Said then: the wizard and the answers don't fit together.
const CIRCLE: &str = "The wizard asks the same thing again and again. Open the run in the wizard, and report this with the log file. The run is kept.";

/// What to do where somebody else has the run.
pub(super) const HELD: &str = "Wait until it is done, or have it closed there; then start again.";

/// What is done once in a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The answer that settles a question was given.
    Answer(QuestionId),
    /// Back was asked for at this question: the wizard goes once its writes are through.
    Back(QuestionId),
    /// An action was asked for.
    Do(Action),
    /// A field was filled in.
    Fill(FieldId),
    /// A field was left, so that it is looked up.
    Settle(FieldId),
    /// Users were marked.
    Mark(Mark),
    /// What became of the marked users was read.
    Read(Mark),
    /// The run that was taken up had been finished by another process: begun again from the customers on.
    BeginAgain,
    /// The played customer was asked for the details of the mail server.
    PlayDetails,
    /// What the played customer gave was read.
    ReadDetails,
    /// What Autodiscover found was read.
    ReadServer,
    /// What became of the list of mailboxes was read.
    ReadMailboxes,
    /// The link was told.
    TellLink,
    /// What the played customer did was told.
    TellPlay,
    /// It was told that an address outside the customer's is tried, too.
    TellOutside,
    /// What may have been left in the organisation was to be taken out.
    TakeOut,
    /// It was told what is missing of the consent.
    TellMissing,
    /// It was told that the customer has accepted.
    TellSpreading,
    /// It was told that a grant landed at another customer.
    TellLanded,
    /// The addresses were looked up in the list.
    LookUp,
    /// Enable Auto is off.
    ReadUndo,
    /// Every result of turning off was good.
    ReadResults,
    /// The wizard says that Enable Auto is on.
    ReadRule,
    /// What every front end must say about the nightly sweep was told.
    Warn,
    /// Ticks that were not confirmed were taken away at the end.
    UntickAtEnd,
}

/// What has been done, so that an answer that did not help is not given for ever.
#[derive(Debug, Default)]
pub(super) struct Steps(Vec<Step>);

impl Steps {
    /// Whether a step was done.
    pub(super) fn has(&self, step: Step) -> bool {
        self.0.contains(&step)
    }

    /// Keeps a step as done; whether it was not before.
    pub(super) fn first(&mut self, step: Step) -> bool {
        let is_first = !self.has(step);
        if is_first {
            self.0.push(step);
        }
        is_first
    }

    /// Gives an answer, the first time.
    pub(super) fn once(&mut self, step: Step, given: Given) -> Decision {
        if self.first(step) { give(given) } else { Continue(()) }
    }

    /// Fills a field in, the first time.
    pub(super) fn fill(&mut self, id: FieldId, value: Value) -> Decision {
        self.once(Step::Fill(id), Given::Fill(id, value))
    }

    /// Asks for an action, the first time.
    pub(super) fn act(&mut self, action: Action) -> Decision {
        self.once(Step::Do(action), Given::Do(action))
    }
}

/// What has been done so far, whatever the question.
#[derive(Debug, Default)]
pub(super) struct Journey {
    /// What was given beforehand.
    pub(super) answers: Answers,
    /// What has come out.
    pub(super) report: Report,
    /// What is not done twice.
    pub(super) steps: Steps,
    /// Lines to tell, oldest first.
    pub(super) lines: Vec<Text>,
    /// The customer's mail domain, for examples.
    pub(super) domain: Text,
    /// The access step was gone through.
    pub(super) has_passed_access: bool,
    /// The users that were given, once they were looked up.
    pub(super) selection: Selection,
    /// The kinds that were filled in, and whether they are included then.
    pub(super) kinds: Vec<(Kind, bool)>,
    /// How often the bill or the panel of Enable Auto was opened.
    pub(super) looks: u32,
    /// Answers given so far.
    pub(super) answered: u32,
    /// The mailboxes have been checked for long enough: what is not checked stays so.
    pub(super) has_checked: bool,
    /// How many of the changes were told.
    pub(super) changes_told: usize,
}

impl Journey {
    /// Adds a line to tell.
    pub(super) fn say(&mut self, words: impl Display) {
        self.lines.push(Text::of(format_args!("{words}")));
    }

    /// Gives the answer that settles the question of the view, once.
    pub(super) fn settle(&mut self, view: &View<'_>, given: Given) -> Decision {
        self.steps.once(Step::Answer(view.ask.id), given)
    }

    /// Decides what to do about a view.
    pub(super) fn next(&mut self, view: &View<'_>) -> Next {
        if let Some(why) = view.must_accept.as_ref().filter(|_| view.ask.id != QuestionId::Authorise) {
            self.tell_again(view, why);
        }
        let decision = if view.bar.is_read_only {
            self.take_over(view)
        } else if self.answered >= MOST_ANSWERS {
            fail_with(view, CIRCLE)
        } else {
            self.answer(view)
        };
        self.tell_changes();
        let next = decision.break_value().unwrap_or(Next::Wait);
        self.answered += u32::from(matches!(next, Next::Do(_)));
        next
    }

    /// Answers the question of the view.
    fn answer(&mut self, view: &View<'_>) -> Decision {
        let id = view.ask.id;
        self.has_passed_access |= matches!(
            id,
            QuestionId::Organisation
                | QuestionId::Tenant
                | QuestionId::Doubted
                | QuestionId::Settled
                | QuestionId::Impersonation
        );
        match id {
            QuestionId::Authorise => self.authorise(view),
            QuestionId::OwnRight => self.accept(view),
            // An access that is enabled already leads here at once; the list would need the password.
            QuestionId::Users if is_hosted(view) && self.answers.is_unsigned => self.leave_untried(),
            // No answer here ever opens these; Back closes what did.
            QuestionId::NewCustomer
            | QuestionId::NewCustomerDoubted
            | QuestionId::Consents
            | QuestionId::ConsentOf
            | QuestionId::OrganisationDenied
            | QuestionId::Shorter
            | QuestionId::TakeOver
            | QuestionId::Leave
            // A set-up of the partner's own is never a journey.
            | QuestionId::Parts
            | QuestionId::OwnOrganisation
            | QuestionId::Certificate
            | QuestionId::RegisterCustomers
            | QuestionId::CustomersApplication
            | QuestionId::RegisterStaff
            | QuestionId::StaffApplication => give(Given::Back),
            _ if view.ask.is_waiting => Continue(()),
            QuestionId::Customer => self.choose_customer(view),
            QuestionId::Product => self.choose_product(view),
            QuestionId::Organisation => self.confirm_organisation(view),
            QuestionId::Tenant => self.type_tenant(view),
            QuestionId::Doubted => self.accept_doubts(view),
            QuestionId::Settled => self.keep_tenant(view),
            QuestionId::Impersonation => self.fill_in_details(view),
            QuestionId::Users => self.choose_users(view),
            QuestionId::Kinds => self.choose_kinds(view),
            QuestionId::Review => self.review(view),
            QuestionId::TurnOff => self.confirm_off(view),
            QuestionId::Results | QuestionId::BrokenOff if self.is_turning_off() => self.read_off(view),
            QuestionId::Results => self.leave_results(),
            QuestionId::BrokenOff => {
                fail_with(view, "Turning users on was broken off. Start again: nobody is turned on twice.")
            }
            // A batch that was asked to stop is not this front end's doing.
            QuestionId::StopApplying | QuestionId::HandOver => give(Given::No),
            // Checks were awaited for as long as the answers allow; users for whom no seat is left stay ticked: the
            // outcome says so.
            QuestionId::Unchecked | QuestionId::Unapplied => give(Given::Yes),
            QuestionId::UndoAuto => self.see_rule(view),
            QuestionId::NoSeats => self.stop_without_seats(view),
            QuestionId::NoSweeper => self.go_without_sweeper(view),
            QuestionId::Ceiling => self.give_ceiling(view),
            QuestionId::HighCeiling => self.keep_high_ceiling(view),
            QuestionId::Auto | QuestionId::Applying => self.confirm_rule(view),
            QuestionId::Outcome if !self.steps.has(Step::Mark(Mark::Untick)) => self.begin_again(view),
            // Everything was read back: the wizard knows how it ended.
            QuestionId::Outcome if view.offer(Action::Another).is_some() => give(Given::Do(Action::Leave)),
            QuestionId::Outcome => no_failure(view),
        }
    }

    /// Says that the customer must accept again, and the link with it.
    fn tell_again(&mut self, view: &View<'_>, why: &Text) {
        if self.steps.first(Step::TellMissing) {
            self.say(format_args!("The customer must accept again: {why}."));
            self.tell_link(view);
        }
    }

    /// Tells the link, once.
    pub(super) fn tell_link(&mut self, view: &View<'_>) {
        let Some(link) = &view.link else { return };
        self.report.link = Some(link.clone());
        if self.steps.first(Step::TellLink) {
            self.say("A Global Administrator of the customer opens it in a private window.");
            self.say(format_args!("Send this link to the customer: {link}"));
        }
    }

    /// Another process finished the run between the look at the customers and the taking up: its outcome is no answer to
    /// what is asked here. Once, from the customers on.
    fn begin_again(&mut self, view: &View<'_>) -> Decision {
        if !self.steps.first(Step::BeginAgain) {
            return fail_with(view, "Another backup365 finished this run meanwhile. Start again.");
        }
        self.steps.0.retain(|step| matches!(step, Step::BeginAgain | Step::Warn));
        give(Given::Do(Action::Another))
    }

    /// Tells what was changed and not told yet; nothing is in a dry run.
    fn tell_changes(&mut self) {
        let changes = self.report.changes.in_words();
        for change in changes.iter().skip(self.changes_told) {
            if !self.answers.is_dry_run {
                self.say(format_args!("{}.", capital(change)));
            }
        }
        self.changes_told = changes.len();
    }

    /// Ends where an answer about users is missing; the same for every way there.
    pub(super) fn need_users(&self) -> Decision {
        match (self.answers.clash(), self.answers.missing()) {
            (Some(words), _) => end(End::Wrong, words),
            (None, Some((flag, value))) => need(flag, value),
            (None, None) => Continue(()),
        }
    }
}
