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
        view::{Block, Button, ChoiceView, Tone},
    },
};

use super::{Dialog, DialogResult};

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
}

impl Dialog for Kinds {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            _ if self.saving.is_out() => {}
            Given::Back => return DialogResult::Close,
            Given::Fill(FieldId::Included(kind), Value::Choice(at))
                if Kind::INCLUDABLE.contains(&kind) && self.included.allows(kind) != (at == 1) =>
            {
                self.included = self.included.toggled(kind);
            }
            Given::Submit if self.included == cx.session.roster.people().included() => {
                return DialogResult::Close;
            }
            Given::Submit => {
                if let Some(run) = cx.run() {
                    self.saving.start(cx, pending::save_kinds(run, self.included), wait::RECORD);
                }
            }
            _ => {}
        }
        DialogResult::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        let Some(Saved) = cx.brought(Tone::Bad, self.saving.take(arrival)) else { return DialogResult::Stay };
        let session = &mut *cx.session;
        session.roster.include(self.included);
        if let Some(record) = &session.record {
            session.roster.count(record, cx.calls);
        }
        cx.say(Tone::Good, "The included kinds are saved.");
        DialogResult::Close
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
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
        let scene = Scene::new(QuestionId::Kinds, Shape::Form, "Which kinds are included?", blocks)
            .offer(Action::Back)
            .waiting_for(cx.now, [self.saving.clock()]);
        Scene { focus: Focus { spot: first, count: 0 }, ..scene }
    }
}
