//! Enable Auto: nothing runs at 20:00, the ceiling, the number. A rule that is on stays as it is.

use crate::{
    domain::{bill::grouped, text::Text},
    headless::{answers::Answers, look, report::End},
    wizard::{
        event::{Action, Edit, Intent},
        view::{Ask, View, fact},
    },
};

use super::{
    super::{bill, end, fail_with},
    Course, MOST_LOOKS, Next,
};

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    ceiling: Ceiling,
    /// How often the panel was opened.
    opened: u32,
    /// The number was confirmed.
    has_confirmed: bool,
    /// The wizard says that the rule is on.
    is_on: bool,
}

impl Done {
    /// Whether the wizard says that the rule is on.
    pub(super) const fn is_on(&self) -> bool {
        self.is_on
    }
}

/// Opens the panel: to make the rule, and once more to see that it is on.
pub(super) fn open(course: &mut Course, view: &View<'_>) -> Next {
    let done = &mut course.users.auto;
    done.opened += 1;
    if done.opened > MOST_LOOKS || (done.has_confirmed && look::warning(view).is_some()) {
        return fail_with(view, "Enable Auto could not be switched on. Start again.");
    }
    done.ceiling = Ceiling::Proposed;
    Next::Do(Intent::Act(Action::Auto))
}

/// How far the field of the ceiling is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Ceiling {
    #[default]
    Proposed,
    Emptied,
    Typed,
    Sent,
}

/// Decides what to do about the panel.
pub(super) fn next(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    match view.ask {
        Ask::UndoAuto if answers.is_dry_run => {
            end(End::Shown, "Enable Auto is on already. Nothing would change, and nothing was written.")
        }
        Ask::UndoAuto => {
            if !course.users.auto.has_confirmed {
                course.say(left_alone(answers, view));
            }
            course.users.auto.is_on = true;
            Next::Do(Intent::Back)
        }
        Ask::NoSweeper if answers.without_sweeper || answers.is_dry_run => {
            Next::Do(Intent::Act(Action::Confirm))
        }
        Ask::NoSweeper => end(
            End::Stopped,
            Text::of(format_args!(
                "{} Install one first (backup365 sweep --install), or start again with --without-sweeper.",
                look::sentences(view)
            )),
        ),
        Ask::Ceiling => ceiling(course, answers, view),
        _ => number(course, answers, view),
    }
}

/// A rule that is on already: what it allows, and that it was not changed.
fn left_alone(answers: &Answers, view: &View<'_>) -> Text {
    let facts = look::facts(view);
    let most = facts.iter().find(|(label, _)| *label == fact::CEILING).map(|(_, words)| words.clone());
    let most = most.unwrap_or_default();
    match answers.ceiling {
        Some(wanted) if grouped(wanted) != most.as_str() => Text::of(format_args!(
            "Enable Auto is on already, with at most {most} seats; the rule was left as it is. For --ceiling {wanted}, switch Enable Auto off in the wizard first."
        )),
        _ => Text::of(format_args!(
            "Enable Auto is on already, with at most {most} seats; the rule was left as it is."
        )),
    }
}

/// The bill stands beside the ceiling: it is compared before anything is typed.
fn ceiling(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if let Some(shown) = bill::read(view) {
        course.bill = Some(shown.clone());
        if let Some(next) = bill::refused(answers, &shown) {
            return next;
        }
    }
    let done = &mut course.users.auto;
    let Some(wanted) = answers.ceiling.filter(|_| done.ceiling != Ceiling::Sent) else {
        if let Some(problem) = look::fields(view).find_map(|field| field.problem.clone()) {
            let words = format_args!("--ceiling is too low. {problem} Enable Auto was not switched on.");
            return end(End::Stopped, Text::of(words));
        }
        return Next::Do(Intent::Submit);
    };
    let (ceiling, intent) = match done.ceiling {
        Ceiling::Proposed => (Ceiling::Emptied, Intent::Edit(Edit::Clear)),
        Ceiling::Emptied => (Ceiling::Typed, Intent::Paste(wanted.to_string())),
        Ceiling::Typed | Ceiling::Sent => (Ceiling::Sent, Intent::Submit),
    };
    done.ceiling = ceiling;
    Next::Do(intent)
}

/// The number, then the rule is written. A list that changed meanwhile shows another bill.
fn number(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    let Some(shown) = bill::read(view) else {
        return fail_with(view, "The bill could not be made. Start again.");
    };
    course.bill = Some(shown.clone());
    if let Some(next) = bill::refused(answers, &shown) {
        return next;
    }
    let intent = bill::confirm(view, shown.new_seats);
    if intent == Intent::Submit {
        // A list that changed meanwhile asks for the ceiling again.
        course.users.auto.ceiling = Ceiling::Proposed;
        course.users.auto.has_confirmed = true;
        course.say(Text::of(format_args!(
            "Switching Enable Auto on: {} at the next 20:00 in Sydney.",
            grouped(shown.new_seats)
        )));
    }
    Next::Do(intent)
}
