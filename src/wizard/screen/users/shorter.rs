//! A list that came short (product.md rule 20): an Admin says that so few users are left, by typing their number.

use crate::{
    domain::phrase::{Noun, phrase},
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::wait::{self, Wait},
        pending::{self, Arrival, Saved},
        screen::Scene,
        view::{Block, Offer, Tone},
        words,
    },
};

use super::{DialogResult, confirm::Confirm};

/// The question before a shorter list is taken for the truth.
#[derive(Debug)]
pub(super) struct Shorter {
    count: u32,
    confirm: Confirm,
    saving: Wait<Saved>,
}

impl Shorter {
    /// Asks about the list that came short; none when none did.
    pub(super) fn open(cx: &UpdateCx<'_>) -> Option<Self> {
        let count = cx.session.roster.failure()?.acceptable()?;
        Some(Self { count, confirm: Confirm::default(), saving: Wait::default() })
    }

    /// Handles an answer.
    pub(super) fn answer(&mut self, cx: &mut UpdateCx<'_>, given: &Given) -> DialogResult {
        match given {
            _ if self.saving.is_out() => {}
            Given::Back | Given::No => return DialogResult::Close,
            // The number is typed for one user too.
            Given::Yes => self.confirm.again(phrase!["Type ", self.count, " to go on."]),
            given if self.confirm.accept(given, self.count) => {
                if let Some(record) = &cx.session.record {
                    let accept = pending::accept_shorter(record.customer.id, self.count);
                    self.saving.start(cx, accept, wait::RECORD);
                }
            }
            _ => {}
        }
        DialogResult::Stay
    }

    /// Handles a reply.
    pub(super) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        match self.saving.take(arrival) {
            None => DialogResult::Stay,
            Some(Ok(Saved)) => {
                cx.say(Tone::Good, "Accepted. Listing again.");
                DialogResult::Again
            }
            Some(Err(failure)) => {
                cx.say(Tone::Bad, words::failure(&failure));
                DialogResult::Close
            }
        }
    }

    /// What it shows.
    pub(super) fn view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let mut blocks: Vec<Block<'a>> = cx
            .session
            .roster
            .failure()
            .map(|failure| Block::Para(words::failure(failure)))
            .into_iter()
            .collect();
        blocks.push(Block::Strong(
            Tone::Warn,
            "Ask the customer whether so few users are left. Whoever is not on the list is marked as gone by the next sweep; nobody is turned off.".into(),
        ));
        let hint = "Type the number of users.";
        let shape = if self.saving.is_out() {
            Shape::Read
        } else {
            self.confirm.typed("Users now", hint, self.count)
        };
        let heading = phrase!["Has the customer ", (self.count, Noun::User), " now?"];
        Scene {
            stamp: self.confirm.stamp(),
            is_waiting: self.saving.is_out(),
            notice: self.saving.notice(cx.now),
            next_change: self.saving.next_change(cx.now),
            offers: vec![
                Offer::new(Action::Yes, "accept", "Takes the list for the truth, once its number is typed.")
                    .by_default(),
                Offer::new(Action::Back, "back", "Back to the list. Nothing is changed."),
            ],
            ..Scene::new(QuestionId::Shorter, shape, heading, blocks)
        }
    }
}
