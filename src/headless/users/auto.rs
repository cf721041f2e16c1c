//! Enable Auto: the sweeper, the ceiling, the number. Pure.

use crate::{
    domain::{bill::grouped, text::Text},
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        view::{FactId, View},
    },
};

use super::{
    super::{
        answers::Answers,
        bill,
        journey::{Journey, Next, end, fail_with},
        page,
        report::End,
    },
    MOST_LOOKS,
};

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// How often the panel was opened.
    opened: u32,
    /// The ceiling was given.
    has_ceiling: bool,
    rule: Rule,
}

/// How far the rule is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Nothing has been confirmed here.
    #[default]
    Untouched,
    /// The number was confirmed.
    Confirmed,
    /// The wizard says that it is on.
    On,
}

impl Done {
    /// Whether the wizard says that the rule is on.
    pub(super) fn is_on(&self) -> bool {
        self.rule == Rule::On
    }
}

/// Opens the panel: to make the rule, and once more to see that it is on.
pub(super) fn open(done: &mut Done, view: &View<'_>) -> Next {
    done.opened += 1;
    done.has_ceiling = false;
    if done.opened > MOST_LOOKS || (done.rule == Rule::Confirmed && page::warning(view).is_some()) {
        return fail_with(view, "Enable Auto could not be switched on. Start again.");
    }
    Next::Do(Given::Do(Action::Auto))
}

/// Decides what to do about the panel.
pub(super) fn next(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    match view.ask.id {
        QuestionId::UndoAuto if answers.is_dry_run => {
            end(End::Shown, "Enable Auto is on already. Nothing would change, and nothing was written.")
        }
        QuestionId::UndoAuto => {
            if done.rule == Rule::Untouched {
                journey.say(left_alone(answers, view));
            }
            done.rule = Rule::On;
            Next::Do(Given::Back)
        }
        QuestionId::NoSweeper if answers.without_sweeper || answers.is_dry_run => Next::Do(Given::Yes),
        QuestionId::NoSweeper => end(
            End::Stopped,
            Text::of(format_args!(
                "{} Install one first (backup365 sweep --install), or start again with --without-sweeper.",
                page::sentences(view)
            )),
        ),
        QuestionId::Ceiling => ceiling(done, journey, answers, view),
        // It was written down beforehand, so it is kept, and said.
        QuestionId::HighCeiling => {
            journey.say(page::strong(view));
            Next::Do(Given::Yes)
        }
        _ => number(done, journey, answers, view),
    }
}

/// A rule that is on already: what it allows, and that it was not changed.
fn left_alone(answers: &Answers, view: &View<'_>) -> Text {
    let most = page::fact(view, FactId::Ceiling).unwrap_or_default();
    let on =
        format_args!("Enable Auto is on already, with at most {most} seats; the rule was left as it is.");
    match answers.ceiling {
        Some(wanted) if grouped(wanted) != most.as_str() => {
            Text::of(format_args!("{on} For --ceiling {wanted}, switch Enable Auto off in the wizard first."))
        }
        _ => Text::of(on),
    }
}

/// The bill stands beside the ceiling: it is compared before anything is answered.
fn ceiling(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    if let Err(next) = bill::compare(journey, answers, view) {
        return next;
    }
    let Shape::Number(asked) = &view.ask.shape else {
        return fail_with(view, "Enable Auto could not be switched on. Start again.");
    };
    if let Some(problem) = asked.problem.as_ref().filter(|_| done.has_ceiling) {
        let problem = page::said(problem);
        let words = format_args!("--ceiling is too low. {problem} Enable Auto was not switched on.");
        return end(End::Stopped, Text::of(words));
    }
    done.has_ceiling = true;
    let most = answers.ceiling.or(asked.proposed).unwrap_or_default();
    Next::Do(Given::Number(most))
}

/// The number, then the rule is written. A list that changed meanwhile shows another bill.
fn number(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    let new = match bill::compare(journey, answers, view) {
        Ok(new) => new,
        Err(next) => return next,
    };
    // A list that changed meanwhile asks for the ceiling again.
    done.has_ceiling = false;
    done.rule = Rule::Confirmed;
    journey.say(Text::of(format_args!(
        "Switching Enable Auto on: {} at the next 20:00 in Sydney.",
        grouped(new)
    )));
    Next::Do(bill::confirm(view, new))
}
