//! Kinds to include: ticked in the wizard's own panel, those on record stay.

use crate::{
    domain::{
        bill::{counted, grouped},
        text::Text,
        user::Kind,
    },
    headless::{answers::Answers, look, report::End},
    wizard::{
        event::{Action, Intent},
        view::{Block, Cell, Mark, View, column},
    },
};

use super::{Course, Next, customer, end, fail_with, missing_seats};

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Whom the next sweep turns on because an exclusion was lifted.
    lifted: u32,
    /// Kinds that were ticked in the panel.
    included: Vec<Kind>,
    /// Kinds whose tick was taken away.
    left_out: Vec<Kind>,
}

impl Done {
    /// Nothing yet, but so many of whom the next sweep turns on because an exclusion is lifted.
    pub(super) fn of(lifted: u32) -> Self {
        Self { lifted, ..Self::default() }
    }
}

/// The panel was saved and is closed: what was pressed in it is true.
pub(super) fn saved(course: &mut Course) {
    let done = std::mem::take(&mut course.users.kinds);
    (course.changes.included, course.changes.left_out) = (done.included, done.left_out);
}

/// Ticks what is to be included and unticks what is to be left out, then saves.
pub(super) fn choose(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if let Some(words) = look::warning(view) {
        return end(End::Failed, words);
    }
    if let Some(refused) = billed(course, answers, view) {
        return refused;
    }
    let Some(rows) = look::rows(look::front(view)) else {
        return fail_with(view, "The kinds could not be read. Start again.");
    };
    let wanted = (0..rows.rows.len()).find_map(|at| {
        let name = look::cell(rows, at, column::NAME);
        let kind = Kind::INCLUDABLE.into_iter().find(|kind| kind.plural() == name.as_str())?;
        let wants = match look::mark(rows, at) {
            Some(Mark::Off) => &answers.include,
            _ => &answers.leave_out,
        };
        wants.contains(&kind).then_some((at, kind))
    });
    let Some((at, kind)) = wanted else { return Next::Do(Intent::Submit) };
    customer::step(rows, at).unwrap_or_else(|| {
        let done = &mut course.users.kinds;
        let pressed = if answers.include.contains(&kind) { &mut done.included } else { &mut done.left_out };
        pressed.push(kind);
        Next::Do(Intent::Act(Action::Tick))
    })
}

/// With Enable Auto on, including a kind bills at the next sweep: the limit counts here too. The wizard says so strongly.
fn billed(course: &Course, answers: &Answers, view: &View<'_>) -> Option<Next> {
    let is_ruled = look::front(view).blocks.iter().any(|block| matches!(block, Block::Strong(_)));
    let rows = look::rows(&view.panel).filter(|_| is_ruled)?;
    let is_new = |at: &usize| {
        let kind = rows.rows.row(*at).and_then(|row| match row.cells.get(column::KIND) {
            Some(Cell::Kind(kind)) => Some(*kind),
            _ => None,
        });
        kind.is_some_and(|kind| answers.include.contains(&kind))
            && look::mark(rows, *at) == Some(Mark::Closed)
    };
    let new = u32::try_from((0..rows.rows.len()).filter(is_new).count()).unwrap_or(u32::MAX);
    if new == 0 { None } else { refused(course, answers, new) }
}

/// With Enable Auto on: refuses more seats at the next sweep than were allowed, for kinds and for lifted exclusions.
pub(super) fn refused(course: &Course, answers: &Answers, of_kinds: u32) -> Option<Next> {
    let lifted = course.users.kinds.lifted;
    let new = of_kinds.saturating_add(lifted);
    let (with, unchanged) = match (of_kinds, lifted) {
        (0, _) => ("without these exclusions", "Nothing was changed."),
        (_, 0) => ("with these kinds", "The kinds were not changed."),
        _ => ("with these kinds and the exclusions that were lifted", "The kinds were not changed."),
    };
    match answers.max_seats {
        _ if new == 0 || answers.is_dry_run => None,
        None => Some(missing_seats(new)),
        Some(most) if new > most => Some(end(
            End::Stopped,
            Text::of(format_args!(
                "Enable Auto is on: {with} the next sweep would take {} more, and --max-seats allows at most {}. {unchanged}",
                counted(new, "seat", "seats"),
                grouped(most)
            )),
        )),
        Some(_) => answers.allowance.set_aside(new).err().map(|left| {
            end(
                End::Stopped,
                Text::of(format_args!(
                    "Enable Auto is on: {with} the next sweep would take {} more, and of what --max-seats allows for the whole plan {} left. {unchanged}",
                    counted(new, "seat", "seats"),
                    counted(left, "is", "are")
                )),
            )
        }),
    }
}
