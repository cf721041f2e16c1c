//! Review before Apply: the difference as a bill, confirmed by number. Where All is on it waits for the list and for its
//! checks: whoever types the number of an earlier bill would leave off those who turn out to be users.

use crate::{
    domain::{
        bill::{Bill, StaysOff, counted, grouped},
        card::{Card, CardId},
        phrase::{Phrase, WayOn, phrase},
    },
    wizard::{
        answer::{Action, Given},
        ask::QuestionId,
        context::{UpdateCx, ViewCx},
        part::said,
        roster::{Roster, Ticks},
        screen::Scene,
        view::{BillView, Block, Offer, Tone},
    },
};

use super::{
    Dialog, DialogResult,
    apply::{Apply, Way},
    confirm::Confirm,
    list_again, scene,
};

/// The review.
#[derive(Debug, Default)]
pub(super) struct Review {
    /// What was shown; none while the list, or what is on record, is awaited.
    shown: Option<(Bill, Ticks)>,
    confirm: Confirm,
    /// The operator went on before the mailboxes were checked.
    is_early: bool,
}

impl Review {
    /// Opens it.
    pub(super) fn open(cx: &UpdateCx<'_>) -> Self {
        let mut review = Self::default();
        review.changed(cx);
        review
    }

    fn look(&mut self, cx: &UpdateCx<'_>) {
        let people = &cx.session.roster.people;
        self.shown = Some((people.bill(people.ticked()), people.ticked().clone()));
        // Another bill is another question.
        self.confirm.renew();
    }

    fn confirm(&mut self, cx: &mut UpdateCx<'_>, given: &Given) -> DialogResult {
        let Some((bill, ticked)) = self.shown.take() else { return DialogResult::Stay };
        self.look(cx);
        let is_same = self.shown.as_ref().is_some_and(|(now, rows)| {
            *rows == ticked
                && (&now.turn_on, now.seats_before, now.limit)
                    == (&bill.turn_on, bill.seats_before, bill.limit)
        });
        if !is_same {
            self.confirm.again("The list has changed meanwhile. Please look again.");
        } else if self.confirm.accept(given, bill.billed()) {
            let users = cx.session.roster.people.chosen(&ticked);
            return DialogResult::Next(Box::new(Apply::begin(cx, users, Way::On)));
        }
        DialogResult::Stay
    }
}

impl Dialog for Review {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            Given::Back | Given::No => DialogResult::Close,
            Given::Yes if self.shown.is_none() && being_checked(&cx.session.roster).is_some() => {
                self.is_early = true;
                self.changed(cx);
                DialogResult::Stay
            }
            Given::Do(Action::Refresh) => {
                list_again(cx);
                DialogResult::Close
            }
            Given::Yes | Given::Do(Action::Finish)
                if self.shown.as_ref().is_some_and(|(bill, _)| bill.billed() == 0) =>
            {
                DialogResult::Finish { is_asked: false }
            }
            Given::Yes | Given::Number(_) => self.confirm(cx, &given),
            _ => DialogResult::Stay,
        }
    }

    /// A review that waits goes on by itself. One that is shown stays as it is, and is compared when it is confirmed; one
    /// that lacks mailboxes for want of their check is made again once they have been checked.
    fn changed(&mut self, cx: &UpdateCx<'_>) {
        let roster = &cx.session.roster;
        let is_checked = being_checked(roster).is_none();
        let is_whole = roster.is_complete() && (is_checked || self.is_early);
        let is_ready = roster.is_known() && (!roster.people.is_all() || is_whole);
        if self.shown.is_none() && is_ready {
            self.look(cx);
        } else if self.shown.is_some() && self.is_early && is_checked {
            self.is_early = false;
            self.look(cx);
            self.confirm.again("The mailboxes have been checked meanwhile. Please look again.");
        }
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let Some((bill, rows)) = &self.shown else {
            let roster = &cx.session.roster;
            let unchecked = being_checked(roster).filter(|_| roster.is_whole());
            return unchecked.map_or_else(
                || scene::waiting(QuestionId::Review, cx).offer(Action::Back),
                |count| scene::unchecked(cx, count),
            );
        };
        let count = bill.billed();
        let nobody = (count == 0).then(|| Block::Strong(Tone::Warn, why_nobody(bill, cx)));
        let mut blocks = Vec::from_iter(nobody);
        if cx.session.roster.is_arriving() && count > 0 {
            let words = "Users are still arriving. Only those that are ticked now will be turned on.";
            blocks.push(Block::Para(words.into()));
        }
        if let Some(unchecked) = being_checked(&cx.session.roster) {
            let words = phrase![
                scene::still_checked(unchecked),
                " Wait, and they are counted in; this bill leaves them off."
            ];
            blocks.push(Block::Strong(Tone::Warn, words));
        }
        blocks.extend(scene::problems(bill, cx));
        blocks.extend(scene::kinds_untold(cx).map(|words| Block::Para(words.into())));
        blocks.push(Block::Bill(BillView { bill: bill.clone(), without_seat: without_seat(bill) }));
        blocks.extend(scene::turned_on(&cx.session.roster, bill, rows));
        blocks.extend(scene::excluded(&cx.session.roster, bill));
        let finishes = bill.staying_off(StaysOff::NotChosen) == 0 && bill.seats_missing() == 0;
        let scene = if count == 0 {
            Scene::confirm(QuestionId::Review, finishes, heading(bill), blocks)
        } else {
            let help = match count {
                1 => "Turns this user on now.",
                _ => "Turns these users on now, once their number is typed.",
            };
            let turn_on = Offer::new(Action::Yes, "turn on", help).by_default();
            Scene::new(QuestionId::Review, self.confirm.shape(count), heading(bill), blocks).with(turn_on)
        };
        self.confirm.asked(scene.offer(Action::Back))
    }

    fn card(&self, cx: ViewCx<'_>) -> Option<Card> {
        let (bill, _) = self.shown.as_ref()?;
        let protected = cx.session.roster.people.counts().protected;
        let (id, on) = match (bill.billed(), bill.seats_missing()) {
            (0, 0) => (CardId::UsersFinished, said::on(protected)),
            (0, missing) => return Some(said::seats_missing(cx, protected, bill.new_seats(), missing)),
            (_, 0) => (CardId::UsersBilled, String::new()),
            _ => (CardId::UsersBilledSome, String::new()),
        };
        let count = counted(bill.billed(), "user", "users");
        let seats = counted(bill.billed(), "new seat", "new seats");
        let missing = counted(bill.seats_missing(), "seat is", "seats are");
        let names = [("count", count), ("seats", seats), ("missing", missing), ("on", on)];
        Some(said::card(cx, protected, id, &names))
    }
}

/// How many mailboxes All would leave off because they are still being checked.
fn being_checked(roster: &Roster) -> Option<u32> {
    let people = &roster.people;
    roster.checking().filter(|_| people.is_all()).map(|_| people.unchecked()).filter(|count| *count > 0)
}

/// Who stays off for want of a seat, and what decides it.
fn without_seat(bill: &Bill) -> Phrase {
    let words = "Users for whom no seat is left stay off";
    match bill.billed() {
        0 => phrase![words, "."],
        first => phrase![
            words,
            ": the first ",
            first,
            " in the order of arrival get one. Untick or exclude others to choose who."
        ],
    }
}

/// Why the bill turns nobody on, and what does.
fn why_nobody(bill: &Bill, cx: ViewCx<'_>) -> Phrase {
    match bill.staying_off(StaysOff::NotChosen) {
        of if bill.seats_missing() > 0 || (of > 0 && bill.is_used_up()) => {
            let words = "Nobody will be turned on: no seat is left.";
            let missing = if bill.seats_missing() > 0 { bill.seats_missing() } else { of };
            Phrase::from(words).then(scene::order_seats(cx, bill, missing))
        }
        0 => "Nobody will be turned on: everyone who can be is protected already, or stays off for the reasons below.".into(),
        _ => phrase!["Nobody is ticked, so nobody will be turned on. ", WayOn::Back("to tick users")],
    }
}

fn heading(bill: &Bill) -> Phrase {
    match bill.billed() {
        0 if bill.already_on > 0 => "Finish without turning anybody else on?".into(),
        0 => "Finish without turning anybody on?".into(),
        count if bill.seats_missing() > 0 => {
            format_args!("Turn {} of {} users on?", grouped(count), grouped(bill.new_seats())).into()
        }
        1 => "Turn 1 user on?".into(),
        count => format_args!("Turn {} users on?", grouped(count)).into(),
    }
}
