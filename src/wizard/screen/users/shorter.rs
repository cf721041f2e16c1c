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
        view::{Block, Tone},
    },
};

use super::{Dialog, DialogResult, confirm::Confirm, list_again};

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
}

impl Dialog for Shorter {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            _ if self.saving.is_out() => {}
            Given::Back | Given::No => return DialogResult::Close,
            // The number is typed for one user too.
            Given::Yes => self.confirm.again(phrase!["Type ", self.count, " to go on."]),
            given if self.confirm.accept(&given, self.count) => {
                if let Some(record) = &cx.session.record {
                    let accept = pending::accept_shorter(record.customer.id, self.count);
                    self.saving.start(cx, accept, wait::RECORD);
                }
            }
            _ => {}
        }
        DialogResult::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        let Some(Saved) = cx.brought(Tone::Bad, self.saving.take(arrival)) else { return DialogResult::Stay };
        list_again(cx);
        cx.say(Tone::Good, "Accepted. Listing again.");
        DialogResult::Close
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let failure = cx.session.roster.failure().cloned();
        let mut blocks: Vec<Block<'a>> = failure.map(Block::Failure).into_iter().collect();
        let words = "Ask the customer whether so few users are left. Whoever is not on the list is marked as gone by the next sweep that runs; nobody is turned off.";
        blocks.push(Block::Strong(Tone::Warn, words.into()));
        let hint = "Type the number of users.";
        let shape = if self.saving.is_out() {
            Shape::Read
        } else {
            self.confirm.typed("Users now", hint, self.count)
        };
        let heading = phrase!["Has the customer ", (self.count, Noun::User), " now?"];
        let scene = Scene::new(QuestionId::Shorter, shape, heading, blocks)
            .enter(Action::Yes)
            .offer(Action::Back)
            .waiting_for(cx.now, [self.saving.clock()]);
        Scene { stamp: self.confirm.stamp(), ..scene }
    }
}
