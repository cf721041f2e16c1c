//! Turning users off: Admin only, its own summary of what happens to kept data, and the count is always typed.

use crate::{
    domain::{
        bill::{counted, grouped},
        protection::Chosen,
        text::Text,
    },
    wizard::{
        Cx, Look,
        event::{Action, Intent},
        view::{Block, Chord, Focus, Panel},
    },
};

use super::{Answer, Sheet, confirm::Confirm, key};

/// The question before users are turned off.
#[derive(Debug)]
pub(super) struct TurnOff {
    users: Vec<Chosen>,
    confirm: Confirm,
}

impl TurnOff {
    /// Asks about the users of the range, or the one under the cursor, who are on; none when there are none.
    pub(super) fn open(cx: &Cx<'_>) -> Option<Self> {
        let roster = &cx.session.roster;
        let on = roster.people().on();
        let rows = roster.selected().rows().filter(|row| on.has(*row)).collect();
        let users = roster.people().chosen(&rows);
        (!users.is_empty()).then(|| Self { users, confirm: Confirm::default() })
    }

    /// Handles what a person asks.
    pub(super) fn intent(&mut self, intent: &Intent) -> Answer {
        match intent {
            Intent::Back if self.confirm.clear() => Answer::Stay,
            Intent::Back => Answer::Close,
            Intent::Submit if self.confirm.accept(self.count()) => {
                Answer::TurnOff(std::mem::take(&mut self.users))
            }
            Intent::Submit => Answer::Stay,
            _ => {
                self.confirm.intent(intent);
                Answer::Stay
            }
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.users.len()).unwrap_or(u32::MAX)
    }

    /// What it shows.
    pub(super) fn view<'a>(&'a self, look: Look<'a>) -> Sheet<'a> {
        let seats = look.session.roster.people().seats_before();
        let mut blocks = Vec::new();
        if let [only] = self.users.as_slice() {
            blocks.push(Block::Para(Text::of(format_args!("{} · {}", only.name, only.address))));
        }
        blocks.push(Block::Strong(Text::from(
            "No new backups are made for them from now on. What is kept already stays until its retention ends; then it is deleted.",
        )));
        if look.session.roster.people().rule().is_some() {
            blocks.push(Block::Strong(Text::from(
                "Enable Auto is on: the next sweep turns them on again. Exclude them with x first.",
            )));
        }
        blocks.push(Block::Facts(vec![
            ("Seats now", Text::clean(&grouped(seats))),
            ("Seats after", Text::clean(&grouped(seats.saturating_sub(self.count())))),
        ]));
        blocks.push(self.confirm.block("Users to turn off", "Type the number of users, then Enter."));
        Sheet {
            panel: Panel {
                heading: Text::clean(&format!("Turn {} off?", counted(self.count(), "user", "users"))),
                blocks,
            },
            keys: vec![
                key(Chord::Enter, Action::TurnOff, "turn off", "Turns them off."),
                key(Chord::Esc, Action::Back, "back", "Back to the list. Nothing is changed."),
            ],
            focus: Focus::Field,
            next_change: None,
        }
    }
}
