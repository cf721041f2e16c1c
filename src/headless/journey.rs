//! What a journey has done so far: every part that answers questions reads it and adds to it.

use std::{fmt::Display, ops::ControlFlow::Continue};

use crate::{
    domain::{
        answers::{Answers, Users},
        text::Text,
        user::Kind,
    },
    wizard::{
        answer::{Action, FieldId, Given, Mark, Value},
        ask::QuestionId,
        view::View,
    },
};

use super::{
    decision::{Decision, end, give, missing},
    report::{End, Report},
    selection::Selection,
};

/// What is done once in a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The customer's row was opened.
    OpenCustomer,
    /// The product's row was opened.
    OpenProduct,
    /// The run that was taken up had been finished by another process: begun again from the customers on.
    BeginAgain,
    /// A field was filled in.
    Fill(FieldId),
    /// The tenant was looked up.
    Settle,
    /// The organisation on record was confirmed.
    ConfirmOrganisation,
    /// The form was saved.
    Submit,
    /// The played customer was asked for the details of the mail server.
    PlayDetails,
    /// What the played customer gave was read.
    ReadDetails,
    /// What Autodiscover found was read.
    ReadServer,
    /// What became of the list of mailboxes was read.
    ReadMailboxes,
    /// An action was asked for.
    Do(Action),
    /// The link was told.
    TellLink,
    /// What the played customer did was told.
    TellPlay,
    /// It was told that the customer has accepted.
    TellSpreading,
    /// The addresses were looked up in the list.
    LookUp,
    /// Users were marked.
    Mark(Mark),
    /// What became of the marked users was read.
    Read(Mark),
    /// What became of the kinds was read.
    ReadKinds,
    /// Yes was said to switching Enable Auto off.
    UndoAuto,
    /// Enable Auto is off.
    ReadUndo,
    /// The number of those who are turned off was confirmed.
    TurnOff,
    /// Every result of turning off was good.
    ReadResults,
    /// The bill was confirmed here: the results are of this journey.
    Apply,
    /// The number of Enable Auto was confirmed.
    MakeRule,
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

    /// Lets steps be done once more.
    pub(super) fn forget(&mut self, steps: &[Step]) {
        self.0.retain(|step| !steps.contains(step));
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
    /// Back was asked for here: the wizard goes once its writes are through.
    pub(super) leaving: Option<QuestionId>,
    /// The users that were given, once they were looked up.
    pub(super) selection: Selection,
    /// How many users the included kinds add to the next sweep.
    pub(super) of_kinds: u32,
    /// The kinds that were filled in, and whether they are included then.
    pub(super) kinds: Vec<(Kind, bool)>,
    /// How often the bill or the panel of Enable Auto was opened.
    pub(super) looks: u32,
    /// Answers given so far.
    pub(super) answered: u32,
}

impl Journey {
    /// Adds a line to tell.
    pub(super) fn say(&mut self, words: impl Display) {
        self.lines.push(Text::of(format_args!("{words}")));
    }

    /// Back to the screen before.
    pub(super) const fn go_back(&mut self, view: &View<'_>) -> Decision {
        self.leaving = Some(view.ask.id);
        give(Given::Back)
    }

    /// Ends where an answer about users is missing; the same for every way there.
    pub(super) fn need_users(&self) -> Decision {
        let answers = &self.answers;
        if let Some(words) = answers.clash() {
            return end(End::Wrong, words);
        }
        // Nobody is turned off without a limit; a dry run needs none.
        if !answers.turn_off.is_empty() && answers.max_off.is_none() && !answers.is_dry_run {
            let value = answers.turn_off.len();
            return missing("--max-off", "how many users may be turned off at most?", value);
        }
        match (&answers.users, answers.max_seats) {
            (None, _) if !answers.takes_back() => missing(
                "--users",
                "who shall be protected? all, auto or none, or --users-file with addresses.",
                "all",
            ),
            (Some(Users::All | Users::Auto | Users::These(_)), None) if !answers.is_dry_run => missing(
                "--max-seats",
                "how many new seats may be billed at most? A dry run (--dry-run) says how many it would be.",
                50,
            ),
            _ => Continue(()),
        }
    }
}
