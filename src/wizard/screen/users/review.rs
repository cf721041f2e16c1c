//! Review before Apply: the difference as a bill, confirmed by number. Waits for the list where All is on.

use crate::{
    domain::{
        bill::{Bill, grouped},
        protection::Chosen,
        text::Text,
    },
    wizard::{
        Cx, Look,
        event::{Action, Intent},
        part::ticks::Ticks,
        view::{Block, Chord, Focus, Panel},
    },
};

use super::{
    Answer, Sheet,
    confirm::{self, Confirm},
    key,
};

/// The review.
#[derive(Debug)]
pub(super) struct Review {
    /// What was shown; none while the list, or what is on record, is awaited.
    shown: Option<(Bill, Ticks)>,
    confirm: Confirm,
}

impl Review {
    /// Opens it.
    pub(super) fn open(cx: &Cx<'_>) -> Self {
        let mut review = Self { shown: None, confirm: Confirm::default() };
        review.changed(cx);
        review
    }

    /// Something has changed below: a review that waits goes on by itself. One that is shown stays as it is, and is
    /// compared when it is confirmed.
    pub(super) fn changed(&mut self, cx: &Cx<'_>) {
        let roster = &cx.session.roster;
        let is_ready = roster.is_known() && (!roster.people().is_all() || roster.is_complete());
        if self.shown.is_none() && is_ready {
            self.look(cx);
        }
    }

    fn look(&mut self, cx: &Cx<'_>) {
        let people = cx.session.roster.people();
        self.shown = Some((people.bill(people.ticked()), people.ticked().clone()));
    }

    /// Handles what a person asks.
    pub(super) fn intent(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Answer {
        match intent {
            Intent::Back if self.confirm.clear() => Answer::Stay,
            Intent::Back => Answer::Close,
            Intent::Act(Action::Refresh) => Answer::Again,
            Intent::Act(Action::Finish) if self.count() == Some(0) => Answer::Finish,
            Intent::Submit => self.submit(cx),
            _ => {
                if self.count().is_some_and(Confirm::is_typed) {
                    self.confirm.intent(intent);
                }
                Answer::Stay
            }
        }
    }

    fn submit(&mut self, cx: &mut Cx<'_>) -> Answer {
        let Some((bill, ticked)) = self.shown.take() else { return Answer::Stay };
        self.look(cx);
        let count = bill.billed();
        let is_same = self.shown.as_ref().is_some_and(|(now, rows)| {
            *rows == ticked
                && (&now.turn_on, now.seats_before, now.limit)
                    == (&bill.turn_on, bill.seats_before, bill.limit)
        });
        if !is_same {
            self.confirm.again("The list has changed meanwhile. Please look again.");
            return Answer::Stay;
        }
        match count {
            0 => Answer::Close,
            count if !Confirm::is_typed(count) || self.confirm.accept(count) => {
                let users: Vec<Chosen> = cx.session.roster.people().chosen(&ticked);
                Answer::Apply(users)
            }
            _ => Answer::Stay,
        }
    }

    fn count(&self) -> Option<u32> {
        self.shown.as_ref().map(|(bill, _)| bill.billed())
    }

    /// Whether the list, or what is on record, is awaited.
    pub(super) const fn is_waiting(&self) -> bool {
        self.shown.is_none()
    }

    /// What it shows.
    pub(super) fn view<'a>(&'a self, look: Look<'a>) -> Sheet<'a> {
        let back = key(Chord::Esc, Action::Back, "back", "Back to the list. Nothing is changed.");
        let Some((bill, _)) = &self.shown else { return waiting(look) };
        let count = bill.billed();
        let mut blocks = Vec::new();
        if count == 0 {
            let why = if bill.seats_missing() > 0 {
                "Nothing will be turned on: no seat is left. Order seats, then come back."
            } else {
                "Nothing will be turned on: no user is ticked that is off."
            };
            blocks.push(Block::Strong(Text::from(why)));
        }
        if look.session.roster.is_arriving() && count > 0 {
            blocks.push(Block::Para(Text::from(
                "Users are still arriving. Only those that are ticked now will be turned on.",
            )));
        }
        blocks.extend(confirm::table(bill, "Users for whom no seat is left stay off."));
        let (focus, keys) = match count {
            0 => {
                let finish =
                    key(Chord::Char('f'), Action::Finish, "finish", "Finish the run and show its outcome.");
                (Focus::Reading, vec![finish, back])
            }
            1 => {
                blocks.extend(self.confirm.problem());
                let apply = key(Chord::Enter, Action::Apply, "turn on", "Turns this user on now.");
                (Focus::Reading, vec![apply, back])
            }
            _ => {
                blocks.push(
                    self.confirm
                        .block("New seats", "Type the number of new seats from the table, then Enter."),
                );
                let apply = key(Chord::Enter, Action::Apply, "turn on", "Turns these users on now.");
                (Focus::Field, vec![apply, back])
            }
        };
        let heading = match count {
            0 => Text::from("Nothing to turn on"),
            count if bill.seats_missing() > 0 => {
                Text::of(format_args!("Turn {} of {} users on?", grouped(count), grouped(bill.new_seats())))
            }
            1 => Text::from("Turn 1 user on?"),
            count => Text::of(format_args!("Turn {} users on?", grouped(count))),
        };
        Sheet { panel: Panel { heading, blocks }, keys, focus, next_change: None }
    }
}

/// What is awaited before the bill can be shown.
pub(super) fn waiting(look: Look<'_>) -> Sheet<'_> {
    let roster = &look.session.roster;
    let mut blocks = Vec::new();
    let mut keys = Vec::new();
    if let Some(failure) = roster.failure() {
        blocks.push(Block::Failure(failure.clone()));
        blocks.push(Block::Para(Text::from(
            "The list did not come whole, so nobody can say what everyone would cost. List again, or tick single users.",
        )));
        keys.push(key(
            Chord::Char('r'),
            Action::Refresh,
            "list again",
            "Lists the users again from the start.",
        ));
    } else if roster.is_known() {
        blocks.push(Block::Para(Text::from(
            "Waiting for the end of the list. The table comes by itself. Esc goes back; the list goes on.",
        )));
        blocks.push(Block::Para(super::scene::listing(look)));
    } else {
        blocks.push(Block::Para(Text::from("Reading who is on already. The table comes by itself.")));
    }
    keys.push(key(Chord::Esc, Action::Back, "back", "Back to the list. Nothing is changed."));
    let heading = Text::from("What will be turned on");
    Sheet { panel: Panel { heading, blocks }, keys, focus: Focus::Reading, next_change: None }
}
