//! Kinds to include: ticked in the wizard's own panel, those on record stay.

use crate::{
    domain::user::Kind,
    headless::{answers::Answers, look},
    wizard::{
        event::{Action, Intent},
        view::{Mark, View},
    },
};

use super::{Course, Next, customer, fail_with};

/// Ticks what is to be included, then saves.
pub(super) fn choose(_course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if let Some(words) = look::warning(view) {
        return super::end(super::End::Failed, words);
    }
    let Some(rows) = look::rows(look::front(view)) else {
        return fail_with(view, "The kinds could not be read. Start again.");
    };
    let wants = |at: &usize| {
        let name = look::cell(rows, *at, 0);
        let kind = Kind::INCLUDABLE.into_iter().find(|kind| kind.plural() == name.as_str());
        kind.is_some_and(|kind| answers.include.contains(&kind)) && look::mark(rows, *at) == Some(Mark::Off)
    };
    match (0..rows.rows.len()).find(wants) {
        Some(at) => customer::step(rows, at).unwrap_or(Next::Do(Intent::Act(Action::Tick))),
        None => Next::Do(Intent::Submit),
    }
}
