//! Turning users off: Admin only, its own summary of what happens to kept data, and the count is always typed.

use crate::{
    domain::{
        bill::counted,
        card::{Card, CardId},
        phrase::{Noun, phrase},
        protection::Chosen,
    },
    wizard::{
        answer::{Action, Given},
        ask::QuestionId,
        context::{UpdateCx, ViewCx},
        roster::{Roster, Ticks},
        screen::Scene,
        view::{Block, Fact, Tone},
    },
};

use super::{
    Dialog, DialogResult,
    apply::{Apply, Way},
    confirm::Confirm,
};

/// The question before users are turned off.
#[derive(Debug)]
pub(super) struct TurnOff {
    users: Vec<Chosen>,
    confirm: Confirm,
}

impl TurnOff {
    /// Asks about those of these rows who are on; none when there are none.
    pub(super) fn open(roster: &Roster, rows: &Ticks) -> Option<Self> {
        let on = roster.people().on();
        let rows = rows.rows().filter(|row| on.has(*row)).collect();
        let users = roster.people().chosen(&rows);
        (!users.is_empty()).then(|| Self { users, confirm: Confirm::default() })
    }

    fn count(&self) -> u32 {
        u32::try_from(self.users.len()).unwrap_or(u32::MAX)
    }
}

impl Dialog for TurnOff {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            Given::Back | Given::No => DialogResult::Close,
            // The count is typed for one user too.
            Given::Yes => {
                self.confirm.again(phrase!["Type ", self.count(), " to go on."]);
                DialogResult::Stay
            }
            given if self.confirm.accept(&given, self.count()) => {
                let users = std::mem::take(&mut self.users);
                DialogResult::Next(Box::new(Apply::begin(cx, users, Way::Off)))
            }
            _ => DialogResult::Stay,
        }
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let people = cx.session.roster.people();
        let mut blocks = Vec::new();
        if let [only] = self.users.as_slice() {
            blocks.push(Block::Para(phrase![&only.name, " · ", &only.address]));
        }
        let words = "No new backups are made for them from now on. What is kept already stays until its retention ends; then it is deleted.";
        blocks.push(Block::Strong(Tone::Warn, words.into()));
        if people.rule().is_some() {
            let words =
                "Enable Auto is on: the next sweep that runs turns them on again. Exclude them first.";
            blocks.push(Block::Strong(Tone::Warn, words.into()));
        }
        let seats = people.seats_before();
        let after = seats.saturating_sub(self.count());
        blocks.push(Block::Facts(vec![Fact::other("Seats now", seats), Fact::other("Seats after", after)]));
        let hint = "Type the number of users.";
        let shape = self.confirm.typed("Users to turn off", hint, self.count());
        let heading = phrase!["Turn ", (self.count(), Noun::User), " off?"];
        let scene = Scene::new(QuestionId::TurnOff, shape, heading, blocks);
        Scene { stamp: self.confirm.stamp(), ..scene.enter(Action::Yes).offer(Action::Back) }
    }

    fn card(&self, _cx: ViewCx<'_>) -> Option<Card> {
        let count = counted(self.count(), "user", "users");
        Some(Card::of(CardId::UsersOffAsked, &[("count", &count)]))
    }
}
