//! Users are turned off: all in one answer; the wizard's number is compared and typed, its results are read. Pure.

use crate::{
    domain::{bill::counted, text::Text},
    wizard::{
        answer::{Given, Mark, Which},
        ask::{QuestionId, Shape},
        view::{Column, Mark as Shown, View},
    },
};

use super::super::{
    answers::Answers,
    journey::{Journey, Next, end, fail_with},
    page,
    report::{End, named},
    selection::{self, Picked},
};

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The number was confirmed.
    is_sent: bool,
    /// Every result was good.
    is_good: bool,
    /// It was asked for although the operator may not: the wizard says why.
    is_refused: bool,
}

impl Done {
    /// Whether a confirmed number is on its way, or its results stand there.
    pub(super) const fn is_sent(&self) -> bool {
        self.is_sent && !self.is_good
    }
}

/// Asks all the same, and ends with what the wizard says.
pub(super) fn refuse(done: &mut Done, view: &View<'_>) -> Next {
    if !std::mem::replace(&mut done.is_refused, true) {
        return Next::Do(Given::Mark(Mark::Off, Which::Users(Vec::new())));
    }
    let words = page::warning(view).unwrap_or_default();
    end(End::Refused, Text::of(format_args!("{words} Nothing was changed.")))
}

/// The question: its number is compared with the list, then answered.
pub(super) fn confirm(
    done: &mut Done,
    journey: &mut Journey,
    answers: &Answers,
    off: &[Picked],
    view: &View<'_>,
) -> Next {
    let number = u32::try_from(off.len()).unwrap_or(u32::MAX);
    let is_asked = matches!(&view.ask.shape, Shape::Number(asked) if asked.confirms == Some(number));
    if done.is_sent || !is_asked {
        return fail_with(view, "The list has changed meanwhile. Nobody was turned off. Start again.");
    }
    done.is_sent = true;
    // What becomes of what is kept, and of them at the next sweep.
    journey.say(page::strong(view));
    if !answers.is_dry_run {
        let users = counted(number, "user", "users");
        journey.say(Text::of(format_args!("Turning {users} off: the number is confirmed.")));
    }
    Next::Do(Given::Number(number))
}

/// One result per user: every one must be off.
pub(super) fn results(done: &mut Done, wanted: usize, view: &View<'_>) -> Next {
    const BROKEN: &str = "Turning users off was broken off. Start again with those who are still on.";
    let rows = view.page.rows().filter(|_| view.ask.id == QuestionId::Results);
    let Some(rows) = rows else { return fail_with(view, BROKEN) };
    let bad: Vec<Text> = (0..rows.rows.len())
        .filter(|at| selection::mark(rows, *at) != Some(Shown::Off))
        .map(|at| {
            let [name, result] = [Column::Name, Column::Result].map(|column| page::cell(rows, at, column));
            Text::of(format_args!("{name}: {result}"))
        })
        .collect();
    if !bad.is_empty() {
        let users = counted(u32::try_from(bad.len()).unwrap_or(u32::MAX), "user", "users");
        let words = format_args!("{users} could not be turned off: {}.", named(&bad));
        return end(End::Failed, Text::of(words));
    }
    if rows.rows.len() != wanted {
        return fail_with(view, BROKEN);
    }
    done.is_good = true;
    Next::Do(Given::Back)
}

/// Back in the list: says who was turned off; bad news where nobody was.
pub(super) fn told(
    done: &Done,
    journey: &mut Journey,
    answers: &Answers,
    off: &[Picked],
    view: &View<'_>,
) -> Option<Next> {
    if off.is_empty() {
        return None;
    }
    if !done.is_good {
        return Some(fail_with(view, "Users could not be turned off. Start again."));
    }
    let addresses = selection::addresses(off);
    if !answers.is_dry_run {
        journey.say(Text::of(format_args!("Turned off: {}.", named(&addresses))));
    }
    journey.changes.turned_off.extend(addresses);
    None
}
