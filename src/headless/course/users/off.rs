//! Users are turned off: range by range, as the wizard asks; its number is read, compared and typed, its results are read.
//!
//! A range may hold rows between its ends that are off: the wizard leaves them alone.

use crate::{
    domain::{bill::counted, text::Text},
    headless::{
        answers::Answers,
        look,
        report::{End, named},
    },
    wizard::{
        event::{Action, Intent},
        view::{Ask, Block, Mark, View},
    },
};

use super::{
    super::{bill, customer, end, fail_with, missing},
    Course, Next,
};

/// How far the range in work is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// To the first row.
    #[default]
    First,
    /// The range is open; to the last row.
    Last,
    /// The question was asked for.
    Asked,
    /// The number was confirmed.
    Sent,
    /// The results were good.
    Good,
}

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Rows with their addresses, range by range; the one in work is the last.
    ranges: Vec<Vec<(usize, Text)>>,
    step: Step,
    /// What it means for them was told.
    is_told: bool,
    /// The key was pressed although it is not open: the wizard says why.
    is_refused: bool,
}

impl Done {
    /// Rows to turn off, last one first, as ranges between which somebody else is on.
    pub(super) fn of(off: Vec<usize>, view: &View<'_>) -> Self {
        let Some(rows) = look::rows(&view.panel) else { return Self::default() };
        let mut ranges: Vec<Vec<(usize, Text)>> = Vec::new();
        let mut before = None;
        for at in off.into_iter().rev() {
            let is_on = |at| look::mark(rows, at) == Some(Mark::On);
            let row = (at, look::cell(rows, at, 1));
            match (ranges.last_mut(), before) {
                (Some(range), Some(before)) if !(before + 1..at).any(is_on) => range.push(row),
                _ => ranges.push(vec![row]),
            }
            before = Some(at);
        }
        Self { ranges, ..Self::default() }
    }

    /// How many ranges are left.
    pub(super) const fn ranges_left(&self) -> usize {
        self.ranges.len()
    }

    /// Whether a confirmed number is on its way, or its results stand there.
    pub(super) const fn is_sent(&self) -> bool {
        matches!(self.step, Step::Sent)
    }
}

/// Nobody is turned off without a limit; a dry run needs none.
pub(super) fn missing_answer(answers: &Answers) -> Option<Next> {
    if answers.turn_off.is_empty() || answers.max_off.is_some() || answers.is_dry_run {
        return None;
    }
    let example = Text::of(format_args!("--max-off {}", answers.turn_off.len()));
    Some(missing("--max-off", "how many users may be turned off at most?", example))
}

/// Whether the wizard does not let this operator turn anybody off: asked before anything is changed.
pub(super) fn is_refused(answers: &Answers, view: &View<'_>) -> bool {
    !answers.turn_off.is_empty() && !view.keys.iter().any(|key| key.action == Action::TurnOff)
}

/// Presses the key all the same, and ends with what the wizard says.
pub(super) fn refuse(course: &mut Course, view: &View<'_>) -> Next {
    if !std::mem::replace(&mut course.users.off.is_refused, true) {
        return Next::Do(Intent::Act(Action::TurnOff));
    }
    let words = look::warning(view).unwrap_or_default();
    end(End::Refused, Text::of(format_args!("{words} Nothing was changed.")))
}

/// Marks the range in work and asks for it; none once everybody is off.
pub(super) fn turn(course: &mut Course, answers: &Answers, view: &View<'_>) -> Option<Next> {
    let rows = look::rows(&view.panel)?;
    let done = &mut course.users.off;
    let ((first, _), (last, _)) =
        done.ranges.last().and_then(|range| Some((range.first()?, range.last()?)))?;
    let (first, last) = (*first, *last);
    match done.step {
        Step::First | Step::Last if !is_as_planned(done, view) => Some(changed(course, view)),
        Step::First => Some(customer::step(rows, first).unwrap_or_else(|| {
            done.step = if first == last { Step::Asked } else { Step::Last };
            Next::Do(Intent::Act(if first == last { Action::TurnOff } else { Action::Range }))
        })),
        Step::Last => Some(customer::step(rows, last).unwrap_or_else(|| {
            done.step = Step::Asked;
            Next::Do(Intent::Act(Action::TurnOff))
        })),
        Step::Asked | Step::Sent => Some(fail_with(view, "Users could not be turned off. Start again.")),
        Step::Good => {
            done.step = Step::First;
            let off: Vec<Text> =
                done.ranges.pop().unwrap_or_default().into_iter().map(|(_, address)| address).collect();
            if !answers.is_dry_run {
                course.say(Text::of(format_args!("Turned off: {}.", named(&off))));
            }
            // The last range came first.
            course.changes.turned_off.splice(0..0, off);
            turn(course, answers, view)
        }
    }
}

/// Whether the rows of the range are who they were, all of them on, and nobody else between them.
fn is_as_planned(done: &Done, view: &View<'_>) -> bool {
    let (Some(rows), Some(range)) = (look::rows(&view.panel), done.ranges.last()) else { return false };
    let (Some((first, _)), Some((last, _))) = (range.first(), range.last()) else { return false };
    let on = (*first..=*last).filter(|at| look::mark(rows, *at) == Some(Mark::On)).count();
    let is_same = |(at, address): &(usize, Text)| {
        look::mark(rows, *at) == Some(Mark::On) && look::cell(rows, *at, 1) == *address
    };
    on == range.len() && range.iter().all(is_same)
}

/// The list is another one than the addresses were looked up in.
fn changed(course: &Course, view: &View<'_>) -> Next {
    match course.changes.turned_off.len() {
        0 => fail_with(view, "The list has changed meanwhile. Nobody was turned off. Start again."),
        _ => fail_with(view, "The list has changed meanwhile. Start again with those who are still on."),
    }
}

/// The question: its number is read and compared with the range, then typed.
pub(super) fn confirm(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    let done = &mut course.users.off;
    if done.step != Step::Asked {
        return Next::Do(Intent::Back);
    }
    let wanted = done.ranges.last().and_then(|range| u32::try_from(range.len()).ok());
    let Some(number) = number(view).filter(|number| Some(*number) == wanted) else {
        return changed(course, view);
    };
    let intent = bill::confirm(view, number);
    if intent == Intent::Submit {
        done.step = Step::Sent;
        if !std::mem::replace(&mut done.is_told, true) {
            course.say(meaning(view));
        }
        if !answers.is_dry_run {
            let users = counted(number, "user", "users");
            course.say(Text::of(format_args!("Turning {users} off: the number is confirmed.")));
        }
    }
    Next::Do(intent)
}

/// How many the wizard is about to turn off: seats now, less seats after.
fn number(view: &View<'_>) -> Option<u32> {
    let facts = look::facts(view);
    let seats = |label: &str| {
        let (_, words) = facts.iter().find(|(known, _)| *known == label)?;
        words.as_str().replace(',', "").parse::<u32>().ok()
    };
    seats("Seats now")?.checked_sub(seats("Seats after")?)
}

/// What the wizard says strongly: what becomes of what is kept, and of them at the next sweep.
fn meaning(view: &View<'_>) -> Text {
    let strong = look::front(view).blocks.iter().filter_map(|block| match block {
        Block::Strong(words) => Some(words.as_str()),
        _ => None,
    });
    Text::clean(&strong.collect::<Vec<_>>().join(" "))
}

/// One result per user: every one must be off.
pub(super) fn results(course: &mut Course, view: &View<'_>) -> Next {
    const BROKEN: &str = "Turning users off was broken off. Start again with those who are still on.";
    let rows = look::rows(look::front(view));
    let Some(rows) = rows.filter(|_| view.ask == Ask::Results) else { return fail_with(view, BROKEN) };
    let bad: Vec<Text> = (0..rows.rows.len())
        .filter(|at| look::mark(rows, *at) != Some(Mark::Off))
        .map(|at| Text::of(format_args!("{}: {}", look::cell(rows, at, 0), look::cell(rows, at, 1))))
        .collect();
    let done = &mut course.users.off;
    if !bad.is_empty() {
        return end(
            End::Failed,
            Text::of(format_args!("{} could not be turned off: {}.", counted_bad(bad.len()), named(&bad))),
        );
    }
    if Some(rows.rows.len()) != done.ranges.last().map(Vec::len) {
        return fail_with(view, BROKEN);
    }
    done.step = Step::Good;
    Next::Do(Intent::Submit)
}

fn counted_bad(len: usize) -> String {
    counted(u32::try_from(len).unwrap_or(u32::MAX), "user", "users")
}
