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

use super::{Next, customer, end, fail_with, missing_seats};

/// Ticks what is to be included, then saves.
pub(super) fn choose(answers: &Answers, view: &View<'_>) -> Next {
    if let Some(words) = look::warning(view) {
        return end(End::Failed, words);
    }
    if let Some(refused) = billed(answers, view) {
        return refused;
    }
    let Some(rows) = look::rows(look::front(view)) else {
        return fail_with(view, "The kinds could not be read. Start again.");
    };
    let wants = |at: &usize| {
        let name = look::cell(rows, *at, column::NAME);
        let kind = Kind::INCLUDABLE.into_iter().find(|kind| kind.plural() == name.as_str());
        kind.is_some_and(|kind| answers.include.contains(&kind)) && look::mark(rows, *at) == Some(Mark::Off)
    };
    match (0..rows.rows.len()).find(wants) {
        Some(at) => customer::step(rows, at).unwrap_or(Next::Do(Intent::Act(Action::Tick))),
        None => Next::Do(Intent::Submit),
    }
}

/// With Enable Auto on, including a kind bills at the next sweep: the limit counts here too. The wizard says so strongly.
fn billed(answers: &Answers, view: &View<'_>) -> Option<Next> {
    let is_ruled = look::front(view).blocks.iter().any(|block| matches!(block, Block::Strong(_)));
    let rows = look::rows(&view.panel).filter(|_| is_ruled && !answers.is_dry_run)?;
    let is_new = |at: &usize| {
        let kind = rows.rows.row(*at).and_then(|row| match row.cells.get(column::KIND) {
            Some(Cell::Kind(kind)) => Some(*kind),
            _ => None,
        });
        kind.is_some_and(|kind| answers.include.contains(&kind))
            && look::mark(rows, *at) == Some(Mark::Closed)
    };
    let new = u32::try_from((0..rows.rows.len()).filter(is_new).count()).unwrap_or(u32::MAX);
    match answers.max_seats {
        _ if new == 0 => None,
        None => Some(missing_seats(new)),
        Some(most) if new > most => Some(end(
            End::Stopped,
            Text::of(format_args!(
                "Enable Auto is on: with these kinds the next sweep would take {} more, and --max-seats allows at most {}. The kinds were not changed.",
                counted(new, "seat", "seats"),
                grouped(most)
            )),
        )),
        Some(_) => answers.allowance.set_aside(new).err().map(|left| {
            end(
                End::Stopped,
                Text::of(format_args!(
                    "Enable Auto is on: with these kinds the next sweep would take {} more, and of what --max-seats allows for the whole plan {} left. The kinds were not changed.",
                    counted(new, "seat", "seats"),
                    counted(left, "is", "are")
                )),
            )
        }),
    }
}
