//! Who is turned on: exclusions first, then kinds, then what is taken back (Enable Auto, users who are on), then ticks, All
//! or Enable Auto; the bill is confirmed by its number.

mod addresses;
mod auto;
mod kinds;
mod off;
mod rule;

use crate::{
    domain::text::Text,
    headless::{
        answers::{Answers, Users},
        look,
        report::{Bill, End, named},
    },
    wizard::{
        event::{Action, Intent},
        view::{Ask, Mark, View, column},
    },
};

use super::{Course, Next, authorise, bill, customer, end, fail, fail_with, missing};

/// How often a bill that changed meanwhile is looked at again.
const MOST_LOOKS: u32 = 5;

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    stage: Stage,
    /// Rows to exclude, last one first, then rows to tick.
    plan: addresses::Plan,
    /// The bill was confirmed here: the results are of this journey.
    has_applied: bool,
    /// How often the bill was looked at.
    looks: u32,
    auto: auto::Done,
    kinds: kinds::Done,
    off: off::Done,
    rule: rule::Done,
}

impl Done {
    /// How many ranges are still to be turned off: each has a question of its own that looks like the one before.
    pub(super) const fn ranges_left(&self) -> usize {
        self.off.ranges_left()
    }

    /// Whether nothing has been done about users: an outcome is somebody else's then.
    pub(super) fn is_untouched(&self) -> bool {
        self.stage == Stage::Fresh
    }
}

/// How far the choice is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Ticks of before are taken away.
    #[default]
    Fresh,
    /// Every address is looked up in the list.
    Looking,
    Lifting,
    Excluding,
    Kinds,
    /// The kinds are saved.
    KindsSaved,
    /// Enable Auto is switched off.
    Undoing,
    TurningOff,
    Choosing,
    Ticking,
    Reviewing,
    /// Enable Auto: opened until the wizard says that the rule is on.
    Ruling,
    Finishing,
}

/// The answer about users that is missing; the same for every way there.
pub(super) fn missing_answer(answers: &Answers) -> Option<Next> {
    if let Some(words) = answers.clash() {
        return Some(end(End::Wrong, Text::clean(&words)));
    }
    if let Some(missing) = off::missing_answer(answers) {
        return Some(missing);
    }
    match (&answers.users, answers.max_seats) {
        (None, _) if answers.takes_back() => None,
        (None, _) => Some(missing(
            "--users",
            "who shall be protected? all, auto or none, or --users-file with addresses.",
            "--users all",
        )),
        (Some(Users::None), _) | (_, Some(_)) => None,
        (Some(_), None) if answers.is_dry_run => None,
        (Some(_), None) => Some(missing(
            "--max-seats",
            "how many new seats may be billed at most? A dry run (--dry-run) says how many it would be.",
            "--max-seats 50",
        )),
    }
}

/// No write that bills without a limit.
pub(super) fn missing_seats(count: u32) -> Next {
    missing(
        "--max-seats",
        "how many new seats may be billed at most?",
        Text::of(format_args!("--max-seats {count}")),
    )
}

/// Decides what to do about the users, and about the panels above them.
pub(super) fn next(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if view.is_waiting {
        return Next::Wait;
    }
    match view.ask {
        Ask::Users => list(course, answers, view),
        Ask::Kinds => kinds::choose(course, answers, view),
        Ask::Review => review(course, answers, view),
        Ask::TurnOff => off::confirm(course, answers, view),
        Ask::Results | Ask::BrokenOff if course.users.off.is_sent() => off::results(course, view),
        Ask::UndoAuto if course.users.stage == Stage::Undoing => rule::confirm(course, view),
        Ask::BrokenOff => {
            fail_with(view, "Turning users on was broken off. Start again: nobody is turned on twice.")
        }
        Ask::Results if course.users.has_applied => Next::Do(Intent::Act(Action::Finish)),
        Ask::Results => {
            course.say("What was confirmed before and not finished is done now.");
            Next::Do(Intent::Back)
        }
        // Users for whom no seat is left stay ticked: the outcome says so.
        Ask::Unapplied => Next::Do(Intent::Act(Action::Finish)),
        _ => auto::next(course, answers, view),
    }
}

fn list(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if authorise::goes_back(course, answers, view) {
        return course.go_back(view);
    }
    if let Some(missing) = missing_answer(answers) {
        return missing;
    }
    if let Some(failure) = look::failure(view) {
        return fail(view, failure);
    }
    // Every turn of this loop leaves a stage behind that has nothing to do.
    loop {
        if let Some(next) = act(course, answers, view) {
            return next;
        }
    }
}

/// Does one stage; none where it has nothing to do and the next one is up.
fn act(course: &mut Course, answers: &Answers, view: &View<'_>) -> Option<Next> {
    let go = |course: &mut Course, stage| {
        course.users.stage = stage;
        None
    };
    match course.users.stage {
        Stage::Fresh => {
            course.users.stage = Stage::Looking;
            Some(Next::Do(Intent::Act(Action::Clear)))
        }
        Stage::Looking => match addresses::plan(answers, view) {
            Ok(_) if off::is_refused(answers, view) => Some(off::refuse(course, view)),
            Ok(mut plan) => {
                course.users.off = off::Done::of(std::mem::take(&mut plan.turn_off), view);
                course.users.kinds = kinds::Done::of(addresses::billed_by_rule(&plan, view));
                course.users.plan = plan;
                match kinds::refused(course, answers, 0) {
                    Some(refused) => Some(refused),
                    None => go(course, Stage::Lifting),
                }
            }
            Err(next) => Some(next),
        },
        Stage::Lifting => match course.users.plan.lift.last().copied() {
            Some(at) => exclude(course, view, at, false),
            None => go(course, Stage::Excluding),
        },
        Stage::Excluding => match course.users.plan.exclude.last().copied() {
            Some(at) => exclude(course, view, at, true),
            None => go(course, Stage::Kinds),
        },
        Stage::Kinds => {
            course.users.stage = Stage::KindsSaved;
            let is_asked = !(answers.include.is_empty() && answers.leave_out.is_empty());
            is_asked.then_some(Next::Do(Intent::Act(Action::Kinds)))
        }
        Stage::KindsSaved => {
            kinds::saved(course);
            if !answers.is_dry_run {
                say_taken_back(course);
            }
            go(course, if answers.undo_auto { Stage::Undoing } else { Stage::TurningOff })
        }
        Stage::Undoing => rule::undo(course, answers, view).or_else(|| go(course, Stage::TurningOff)),
        Stage::TurningOff => off::turn(course, answers, view).or_else(|| go(course, Stage::Choosing)),
        Stage::Choosing => choose(course, answers),
        Stage::Ticking => {
            if let Some(at) = course.users.plan.tick.last().copied() {
                return tick(course, view, at);
            }
            course.users.stage = Stage::Reviewing;
            Some(Next::Do(Intent::Submit))
        }
        Stage::Reviewing => {
            // Back from a bill without a number: nothing is left to be turned on.
            course.users.looks += 1;
            if course.users.looks > MOST_LOOKS {
                return Some(fail_with(view, "The list changes all the time. Start again in a few minutes."));
            }
            Some(Next::Do(Intent::Submit))
        }
        Stage::Ruling if course.users.auto.is_on() => go(course, Stage::Finishing),
        Stage::Ruling => Some(auto::open(course, view)),
        Stage::Finishing => Some(Next::Do(Intent::Act(Action::Finish))),
    }
}

/// Excludes one row or lifts its exclusion, and goes on to the next one once the list says so.
fn exclude(course: &mut Course, view: &View<'_>, at: usize, wanted: bool) -> Option<Next> {
    let rows = look::rows(&view.panel)?;
    let (plan, changes) = (&mut course.users.plan, &mut course.changes);
    if addresses::is_excluded(rows, at) == wanted {
        let (left, done) = if wanted {
            (&mut plan.exclude, &mut changes.excluded)
        } else {
            (&mut plan.lift, &mut changes.lifted)
        };
        left.pop();
        plan.is_pressed = false;
        done.push(look::cell(rows, at, column::ADDRESS));
        if left.is_empty() {
            done.reverse(); // the last row came first
        }
        return None;
    }
    if plan.is_pressed {
        let words = if wanted {
            "A user could not be excluded. Start again."
        } else {
            "An exclusion could not be lifted. Start again."
        };
        return Some(fail_with(view, words));
    }
    Some(customer::step(rows, at).unwrap_or_else(|| {
        plan.is_pressed = true;
        Next::Do(Intent::Act(Action::Exclude))
    }))
}

/// Ticks one row, and goes on to the next one once the list says so.
fn tick(course: &mut Course, view: &View<'_>, at: usize) -> Option<Next> {
    let rows = look::rows(&view.panel)?;
    let plan = &mut course.users.plan;
    if look::mark(rows, at) != Some(Mark::Off) {
        plan.is_pressed = false;
        plan.tick.pop();
        return match look::mark(rows, at) {
            Some(Mark::Ticked | Mark::On) => None,
            _ => Some(fail_with(view, "The list has changed meanwhile. Nobody was turned on. Start again.")),
        };
    }
    if plan.is_pressed {
        return Some(fail_with(view, "A user could not be ticked. Start again."));
    }
    Some(customer::step(rows, at).unwrap_or_else(|| {
        plan.is_pressed = true;
        Next::Do(Intent::Act(Action::Tick))
    }))
}

/// Says which exclusions were lifted and which kinds are left out now.
fn say_taken_back(course: &mut Course) {
    let changes = &course.changes;
    let lifted = (!changes.lifted.is_empty())
        .then(|| Text::of(format_args!("Exclusion lifted: {}.", named(&changes.lifted))));
    let kinds: Vec<&str> = changes.left_out.iter().map(|kind| kind.plural()).collect();
    let left_out =
        (!kinds.is_empty()).then(|| Text::of(format_args!("Not included any more: {}.", kinds.join(", "))));
    course.lines.extend(lifted.into_iter().chain(left_out));
}

fn choose(course: &mut Course, answers: &Answers) -> Option<Next> {
    let (stage, next) = match answers.users {
        Some(Users::All) => (Stage::Reviewing, Some(Next::Do(Intent::Act(Action::All)))),
        Some(Users::Auto) => (Stage::Ruling, None),
        Some(Users::These(_)) => (Stage::Ticking, None),
        Some(Users::None) | None if answers.is_dry_run => {
            (Stage::Finishing, Some(end(End::Shown, "Nobody would be turned on, and nothing was written.")))
        }
        Some(Users::None) | None => (Stage::Finishing, None),
    };
    course.users.stage = stage;
    next
}

/// The bill: compared, then confirmed by its number.
fn review(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    let Some(shown) = bill::read(view) else {
        return fail_with(view, "The bill could not be made. Start again.");
    };
    course.bill = Some(shown.clone());
    if let Some(next) = bill::refused(answers, &shown) {
        return next;
    }
    if shown.new_seats == 0 {
        course.say("Nobody is left to be turned on.");
        return Next::Do(Intent::Act(Action::Finish));
    }
    let intent = bill::confirm(view, shown.new_seats);
    if intent == Intent::Submit {
        course.users.has_applied = true;
        course.say(confirmed(&shown));
    }
    Next::Do(intent)
}

/// What is confirmed, in words.
fn confirmed(bill: &Bill) -> Text {
    Text::of(format_args!(
        "Turning on {}: the bill is confirmed.",
        crate::domain::bill::counted(bill.new_seats, "user", "users")
    ))
}
