//! What one line has the wizard do, step by step: each step looks at the view as the one before has left it.

use std::collections::VecDeque;

use crate::wizard::{
    event::{Action, Edit, Intent, Move},
    view::{Ask, Block, View},
};

use super::{
    ask::{buttons, fields, focused_choice, focused_field},
    report::Report,
    rows::{list, open_search, panel},
};

/// Controls of a form that are walked past at most; a bound on a walk, above any form's length.
const WALK: usize = 40;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Asks the wizard for this.
    Do(Intent),
    /// Asks for what a key does.
    Key(Action),
    /// Puts the cursor on the row with this index.
    Row(usize),
    /// Walks to the control with this label: so many steps at most.
    Reach(&'static str, usize),
    /// Back to the field with this label if something is wrong with it.
    Correct(&'static str, usize),
    /// Changes the choice until this option is chosen.
    Option(usize),
    /// Out of the search field, with its text kept.
    LeaveSearch,
    /// Waits until nothing is on its way.
    Settle,
    /// Waits until the search is over.
    Searched,
    /// Waits until the view has been said.
    Said,
    /// Ends the plan unless *explain* has found something.
    IfFound,
    /// Says the page of the list that begins here.
    List(usize),
    /// Says what became of rows.
    Report(Box<Report>),
}

/// What a plan wants now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// An intent.
    Intent(Intent),
    /// Something to be said; the plan goes on at once.
    Say(Vec<String>),
    /// A page of the list to be said.
    Page(usize),
    /// The view to be said.
    Show,
    /// Time, until a call comes back.
    Time,
    /// Nothing: it is done.
    Nothing,
}

/// The steps that are left.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    steps: VecDeque<Step>,
}

impl Plan {
    /// Takes up the steps of a line.
    pub(crate) fn take(&mut self, steps: Vec<Step>) {
        self.steps = steps.into();
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub(crate) fn is_done(&self) -> bool {
        self.steps.is_empty()
    }

    /// Gives the rest up.
    pub(crate) fn clear(&mut self) {
        self.steps.clear();
    }

    /// The view has been said.
    pub(crate) fn said(&mut self) {
        if self.steps.front() == Some(&Step::Said) {
            self.steps.pop_front();
        }
    }

    /// The next thing that is wanted on this view.
    pub(crate) fn next(&mut self, view: &View<'_>) -> Wants {
        while let Some(step) = self.steps.pop_front() {
            match step {
                Step::Do(intent) => return Wants::Intent(intent),
                Step::Key(action) => return Wants::Intent(as_key(action)),
                Step::LeaveSearch if open_search(view).is_none() => {}
                Step::LeaveSearch => return Wants::Intent(Intent::NextControl),
                Step::Row(at) => {
                    if let Some(intent) = to_row(view, at) {
                        return Wants::Intent(intent);
                    }
                }
                Step::Reach(label, left) => {
                    if left > 0 && !is_focused(view, label) {
                        self.steps.push_front(Step::Reach(label, left - 1));
                        return Wants::Intent(Intent::NextControl);
                    }
                }
                Step::Correct(label, left) => {
                    let is_wrong = fields(view)
                        .any(|field| field.label == label && field.problem.is_some() && !field.is_focused);
                    if left > 0 && is_wrong {
                        self.steps.push_front(Step::Correct(label, left - 1));
                        return Wants::Intent(Intent::PreviousControl);
                    }
                }
                Step::Option(at) => {
                    if let Some(by) = to_option(view, at) {
                        self.steps.push_front(Step::Option(at));
                        return Wants::Intent(Intent::Move(Move::By(by)));
                    }
                }
                Step::Settle if view.is_waiting => return self.waits(Step::Settle),
                Step::Searched if list(view).is_some_and(|rows| rows.is_searching) => {
                    return self.waits(Step::Searched);
                }
                Step::Said => {
                    self.steps.push_front(Step::Said);
                    return Wants::Show;
                }
                Step::IfFound => {
                    let has_found = panel(view).blocks.iter().any(|block| matches!(block, Block::Strong(_)));
                    if view.ask != Ask::Explain || !has_found {
                        self.steps.clear();
                    }
                }
                Step::Settle | Step::Searched => {}
                Step::List(at) => return Wants::Page(at),
                Step::Report(report) => return Wants::Say(report.told(view)),
            }
        }
        Wants::Nothing
    }

    fn waits(&mut self, step: Step) -> Wants {
        self.steps.push_front(step);
        Wants::Time
    }
}

/// As the key of the full screen does it.
fn as_key(action: Action) -> Intent {
    match action {
        Action::Submit => Intent::Submit,
        Action::Back => Intent::Back,
        action => Intent::Act(action),
    }
}

fn to_row(view: &View<'_>, at: usize) -> Option<Intent> {
    let here = list(view)?.cursor?;
    let (at, here) = (i64::try_from(at).ok()?, i64::try_from(here).ok()?);
    (at != here).then_some(Intent::Move(Move::By(at - here)))
}

fn to_option(view: &View<'_>, at: usize) -> Option<i64> {
    let choice = focused_choice(view)?;
    match choice.chosen.cmp(&at.min(choice.options.len().saturating_sub(1))) {
        std::cmp::Ordering::Less => Some(1),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(-1),
    }
}

/// Whether the keyboard acts on the field or choice with this label.
fn is_focused(view: &View<'_>, label: &str) -> bool {
    focused_field(view).is_some_and(|field| field.label == label)
        || focused_choice(view).is_some_and(|choice| choice.label == label)
}

/// The answer to a field, and back to it if it is wrong. An empty answer keeps what stands there.
#[must_use]
pub(crate) fn answer(label: &'static str, text: &str) -> Vec<Step> {
    // What was left empty is asked for at Save: a server, say, may still be found.
    if text.is_empty() {
        return vec![Step::Do(Intent::Submit)];
    }
    vec![
        Step::Do(Intent::Edit(Edit::Clear)),
        Step::Do(Intent::Paste(text.to_owned())),
        Step::Do(Intent::Submit),
        Step::Correct(label, WALK),
    ]
}

/// To a control of a form.
#[must_use]
pub(crate) const fn reach(label: &'static str) -> Step {
    Step::Reach(label, WALK)
}

/// Puts words into the search of a list and leaves it; then says the first page.
#[must_use]
pub(crate) fn search(words: &str) -> Vec<Step> {
    let mut steps = vec![Step::Key(Action::Search), Step::Do(Intent::Edit(Edit::Clear))];
    if !words.is_empty() {
        steps.push(Step::Do(Intent::Paste(words.to_owned())));
    }
    steps.extend([Step::LeaveSearch, Step::Searched, Step::List(0)]);
    steps
}

/// Whether a button with this action can be pressed.
#[must_use]
pub(crate) fn is_pressable(view: &View<'_>, action: Action) -> bool {
    buttons(view).any(|button| button.action == action && button.is_open)
}
