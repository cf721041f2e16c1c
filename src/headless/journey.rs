//! From answers and a view to the next answer, or to the end of the journey. The time comes with the view, and the signals
//! stay outside.
//!
//! It goes by the question's id; rules stay with the wizard. A part is gone through from its top at every view: what has
//! been done is stepped over ([`Step`]), and the first thing that is still to be done is what is decided.

use std::{
    collections::HashSet,
    fmt::Display,
    ops::ControlFlow::{Break, Continue},
};

use crate::{
    domain::{
        answers::Answers,
        id::RunId,
        text::{Text, capital},
        time::Moment,
        user::Kind,
    },
    driver::front::Stop,
    wizard::{
        answer::{Action, FieldId, Given, Mark, Value},
        ask::QuestionId,
        view::{Standing, View},
    },
};

use super::{
    decision::{Decision, give, is_hosted, sentences},
    report::{End, Report},
    selection::Selection,
};

/// Answers after which a journey goes round in circles: the longest one gives some fifty.
const MOST_ANSWERS: u32 = 400;

/// Said then: the wizard and the answers don't fit together.
const CIRCLE: &str = "The wizard asks the same thing again and again. Open the run in the wizard, and report this with the log file. The run is kept.";

/// Hears what happens, line by line.
pub type Tell = Box<dyn FnMut(&Text) + Send>;

/// Hears which run it is, before anything is done in it.
pub type Note = Box<dyn FnMut(&RunId) + Send>;

/// What hears what happens on a journey.
#[derive(Default)]
pub struct Observers {
    /// Each step, and what is awaited every 30 s.
    pub tell: Option<Tell>,
    /// Which run it is, as soon as there is one; the journey goes on when that returns.
    pub note: Option<Note>,
    /// Every 30 s that the journey waits; none: `tell` hears what is awaited. For journeys of which many wait side by side.
    pub pause: Option<Box<dyn FnMut() + Send>>,
}

/// What is done once in a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// The played customer was asked for the details of the mail server.
    PlayDetails,
    /// It was told that the mail server is looked for.
    TellSearch,
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
    /// The mailboxes have been checked for long enough: what is not checked stays so.
    AwaitChecks,
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

/// The front end of one journey, and what has been done so far, whatever the question.
#[derive(Default)]
pub struct Headless {
    /// What was given beforehand.
    pub(super) answers: Answers,
    /// What signals ask.
    pub(super) stop: Stop,
    /// What hears what happens.
    pub observers: Observers,
    /// What has come out.
    pub(super) report: Report,
    /// How it ends is clear: the way out is taken.
    pub(super) is_closing: bool,
    /// What has been done, so that an answer that did not help is not given for ever.
    pub(super) steps: HashSet<Step>,
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
    /// Since when the checks of the mailboxes have been awaited.
    pub(super) checking_since: Option<Moment>,
    /// Since when the customer has been awaited.
    pub(super) waiting_since: Option<Moment>,
    /// How many of the changes were told.
    pub(super) changes_told: usize,
    /// When something was told last, or the journey began; none: just now.
    pub(super) told: Option<Moment>,
    /// Ctrl-C so often when the wizard ended: one more does not wait for writes.
    pub(super) over: Option<u32>,
}

impl Headless {
    /// Tells a line.
    pub(super) fn say(&mut self, words: impl Display) {
        self.told = None;
        if let Some(tell) = &mut self.observers.tell {
            tell(&Text::of(format_args!("{words}")));
        }
    }

    /// Tells a line, the first time that this step is done.
    pub(super) fn say_once(&mut self, step: Step, words: impl Display) {
        if self.steps.insert(step) {
            self.say(words);
        }
    }

    /// Gives an answer, the first time.
    pub(super) fn once(&mut self, step: Step, given: Given) -> Decision {
        if self.steps.insert(step) { give(given) } else { Continue(()) }
    }

    /// Gives the answer that settles the question of the view, once.
    pub(super) fn settle(&mut self, view: &View<'_>, given: Given) -> Decision {
        self.once(Step::Answer(view.ask.id), given)
    }

    /// Fills a field in, once.
    pub(super) fn fill(&mut self, id: FieldId, value: Value) -> Decision {
        self.once(Step::Fill(id), Given::Fill(id, value))
    }

    /// Asks for an action, once.
    pub(super) fn act(&mut self, action: Action) -> Decision {
        self.once(Step::Do(action), Given::Do(action))
    }

    /// Decides what to do about a view: the next answer, or none where something is awaited or the journey is over.
    pub(super) fn decide(&mut self, view: &View<'_>) -> Option<Given> {
        if let Some(why) = view.must_accept.as_ref().filter(|_| view.ask.id != QuestionId::Authorise)
            && self.steps.insert(Step::TellMissing)
        {
            self.say(format_args!("The customer must accept again: {why}."));
            self.tell_link(view);
        }
        let decision = if view.bar.is_read_only {
            self.take_over(view)
        } else if self.answered >= MOST_ANSWERS {
            self.fail_with(view, CIRCLE)
        } else {
            self.answer(view)
        };
        self.tell_changes();
        let given = decision.break_value().flatten();
        self.answered += u32::from(given.is_some());
        given
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
                self.fail_with(view, "Turning users on was broken off. Start again: nobody is turned on twice.")
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
            QuestionId::Outcome if !self.steps.contains(&Step::Mark(Mark::Untick)) => self.begin_again(view),
            // Everything was read back: the wizard knows how it ended.
            QuestionId::Outcome if view.offer(Action::Another).is_some() => give(Given::Do(Action::Leave)),
            QuestionId::Outcome => self.no_failure(view),
        }
    }

    /// Tells the link, once.
    pub(super) fn tell_link(&mut self, view: &View<'_>) {
        let Some(link) = &view.link else { return };
        self.report.link = Some(link.clone());
        if self.steps.insert(Step::TellLink) {
            self.say("A Global Administrator of the customer opens it in a private window.");
            self.say(format_args!("Send this link to the customer: {link}"));
        }
    }

    /// Another process finished the run between the look at the customers and the taking up: its outcome is no answer to
    /// what is asked here. Once, from the customers on.
    fn begin_again(&mut self, view: &View<'_>) -> Decision {
        let again = Step::Do(Action::Another);
        if !self.steps.insert(again) {
            return self.fail_with(view, "Another backup365 finished this run meanwhile. Start again.");
        }
        self.steps.retain(|step| *step == again || matches!(step, Step::Warn | Step::AwaitChecks));
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
    pub(super) fn need_users(&mut self) -> Decision {
        match (self.answers.clash(), self.answers.missing()) {
            (Some(words), _) => self.end(End::Wrong, words),
            (None, Some((flag, value))) => self.need(flag, value),
            (None, None) => Continue(()),
        }
    }

    /// The customer is awaited, until the time is over.
    pub(super) fn await_customer(&mut self, view: &View<'_>) -> Decision {
        let since = *self.waiting_since.get_or_insert(view.now);
        if view.now.since(since) < self.answers.wait {
            return Break(None);
        }
        let run = self.report.run.as_ref().map(ToString::to_string).unwrap_or_default();
        let parked = format!("{run} is parked. Send the link; then the same command goes on.");
        let words = match view.failure() {
            Some(failure) if failure.asks_consent => format!("{} {parked}", failure.in_full()),
            Some(failure) => return self.end_by(End::Failed, failure),
            None if view.standing == Some(Standing::Spreading) => {
                format!("{} {run} is parked; the same command goes on.", sentences(view))
            }
            None => format!("The customer has not accepted yet. {parked}"),
        };
        self.report.failure = view.failure().cloned();
        self.end(End::Waiting, words)
    }
}
