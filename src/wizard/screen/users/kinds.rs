//! Which kinds are included besides user mailboxes: one choice per customer and product, shared by All and Auto.

use crate::{
    domain::{
        phrase::{Noun, phrase},
        text::{Text, capital},
        user::{Kind, Kinds as Included},
    },
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::{Focus, QuestionId, Shape, Spot},
        context::{UpdateCx, ViewCx},
        part::{
            form::NO_YES,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Saved},
        screen::Scene,
        view::{Block, Button, ChoiceView, Offer, Tone},
        words,
    },
};

use super::DialogResult;

/// The choice.
#[derive(Debug)]
pub(super) struct Kinds {
    included: Included,
    /// Listed users of each includable kind.
    counts: [u32; Kind::INCLUDABLE.len()],
    saving: Wait<Saved>,
}

impl Kinds {
    /// Opens it with the choice on record.
    pub(super) fn open(cx: &UpdateCx<'_>) -> Self {
        let people = cx.session.roster.people();
        Self {
            included: people.included(),
            counts: Kind::INCLUDABLE.map(|kind| people.count_of(kind)),
            saving: Wait::default(),
        }
    }

    /// Handles an answer.
    pub(super) fn answer(&mut self, cx: &mut UpdateCx<'_>, given: &Given) -> DialogResult {
        match given {
            _ if self.saving.is_out() => {}
            Given::Back => return DialogResult::Close,
            Given::Fill(FieldId::Included(kind), Value::Choice(at))
                if Kind::INCLUDABLE.contains(kind) && self.included.allows(*kind) != (*at == 1) =>
            {
                self.included = self.included.toggled(*kind);
            }
            Given::Submit if self.included == cx.session.roster.people().included() => {
                return DialogResult::Close;
            }
            Given::Submit => {
                if let Some(record) = &cx.session.record {
                    let save = pending::save_kinds(record.id.clone(), self.included);
                    self.saving.start(cx, save, wait::RECORD);
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
            Some(Err(failure)) => {
                cx.say(Tone::Bad, words::failure(&failure));
                DialogResult::Stay
            }
            Some(Ok(Saved)) => {
                let session = &mut *cx.session;
                session.roster.include(self.included);
                if let Some(record) = &session.record {
                    session.roster.count(record, cx.calls);
                }
                cx.say(Tone::Good, "The included kinds are saved.");
                DialogResult::Close
            }
        }
    }

    /// What it shows.
    pub(super) fn view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let words =
            "User mailboxes can always be turned on. Include other kinds here; All and Enable Auto follow.";
        let mut blocks = vec![Block::Para(words.into())];
        if cx.session.roster.people().rule().is_some() {
            let words =
                "Enable Auto is on: kinds that you include are turned on at the next sweep and billed.";
            blocks.push(Block::Strong(Tone::Warn, words.into()));
        }
        let choices = Kind::INCLUDABLE.into_iter().zip(self.counts).map(|(kind, count)| {
            Block::Choice(ChoiceView {
                id: FieldId::Included(kind),
                label: Text::clean(&capital(kind.plural())),
                options: NO_YES,
                chosen: usize::from(self.included.allows(kind)),
                note: phrase![(count, Noun::User), " listed"],
            })
        });
        blocks.extend(choices);
        let button = |label, action| Button { label, action, is_open: !self.saving.is_out() };
        blocks.push(Block::Buttons(vec![button("Save", Action::Save), button("Back", Action::Back)]));
        let first = Kind::INCLUDABLE.first().map_or(Spot::Page, |kind| Spot::Field(FieldId::Included(*kind)));
        Scene {
            is_waiting: self.saving.is_out(),
            notice: self.saving.notice(cx.now),
            next_change: self.saving.next_change(cx.now),
            focus: Focus { spot: first, count: 0 },
            offers: vec![Offer::new(Action::Back, "back", "Back to the list. Nothing is changed.")],
            ..Scene::new(QuestionId::Kinds, Shape::Form, "Which kinds are included?", blocks)
        }
    }
}
