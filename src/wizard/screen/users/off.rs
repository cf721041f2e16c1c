//! Turning users off: Admin only, its own summary of what happens to kept data, and the count is always typed.

use crate::{
    domain::{bill::grouped, phrase::Noun, phrase::phrase, protection::Chosen, text::Text},
    wizard::{
        answer::{Action, Given},
        ask::QuestionId,
        context::ViewCx,
        roster::{Roster, Ticks},
        screen::Scene,
        view::{Block, Fact, FactId, Offer, Tone},
    },
};

use super::{DialogResult, confirm::Confirm};

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

    /// Handles an answer.
    pub(super) fn answer(&mut self, given: &Given) -> DialogResult {
        match given {
            Given::Back | Given::No => DialogResult::Close,
            // The count is typed for one user too.
            Given::Yes => {
                self.confirm.again(phrase!["Type ", self.count(), " to go on."]);
                DialogResult::Stay
            }
            given if self.confirm.accept(given, self.count()) => {
                DialogResult::TurnOff(std::mem::take(&mut self.users))
            }
            _ => DialogResult::Stay,
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.users.len()).unwrap_or(u32::MAX)
    }

    /// What it shows.
    pub(super) fn view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let people = cx.session.roster.people();
        let mut blocks = Vec::new();
        if let [only] = self.users.as_slice() {
            blocks.push(Block::Para(phrase![&only.name, " · ", &only.address]));
        }
        blocks.push(Block::Strong(
            Tone::Warn,
            "No new backups are made for them from now on. What is kept already stays until its retention ends; then it is deleted.".into(),
        ));
        if people.rule().is_some() {
            let words = "Enable Auto is on: the next sweep turns them on again. Exclude them first.";
            blocks.push(Block::Strong(Tone::Warn, words.into()));
        }
        let seats = people.seats_before();
        let fact =
            |label, count| Fact { id: FactId::Other, label, value: Text::clean(&grouped(count)).into() };
        blocks.push(Block::Facts(vec![
            fact("Seats now", seats),
            fact("Seats after", seats.saturating_sub(self.count())),
        ]));
        let hint = "Type the number of users.";
        let shape = self.confirm.typed("Users to turn off", hint, self.count());
        let heading = phrase!["Turn ", (self.count(), Noun::User), " off?"];
        Scene {
            stamp: self.confirm.stamp(),
            offers: vec![
                Offer::new(Action::Yes, "turn off", "Turns them off, once their number is typed.")
                    .by_default(),
                Offer::new(Action::Back, "back", "Back to the list. Nothing is changed."),
            ],
            ..Scene::new(QuestionId::TurnOff, shape, heading, blocks)
        }
    }
}
