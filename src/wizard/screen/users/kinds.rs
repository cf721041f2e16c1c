//! Which kinds are included besides user mailboxes: one choice per customer and product, shared by All and Auto.

use crate::{
    domain::{
        card::{Card, CardId},
        phrase::phrase,
        text::{Text, capital},
        user::{Kind, Kinds as Included},
    },
    wizard::{
        answer::{Action, FieldId, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            form::{Control, Form, NO_YES},
            wait::{self, Wait},
        },
        pending::{self, Arrival, Saved},
        screen::Scene,
        view::{Block, ChoiceView, Tone},
    },
};

use super::{Dialog, DialogResult};

/// The choice: a box for each kind that can be included.
#[derive(Debug)]
pub(super) struct Kinds {
    form: Form,
    saving: Wait<Saved>,
}

impl Kinds {
    /// Opens it with the choice on record, and how many users of each kind are listed.
    pub(super) fn open(cx: &UpdateCx<'_>) -> Self {
        let people = &cx.session.roster.people;
        let choice = |kind: Kind| {
            Control::Choice(ChoiceView {
                id: FieldId::Included(kind),
                label: Text::clean(&capital(kind.plural())),
                options: NO_YES,
                chosen: usize::from(people.facts().kinds.allows(kind)),
                note: phrase![people.count_of(kind), " listed"],
            })
        };
        let mut controls: Vec<Control> = Kind::INCLUDABLE.into_iter().map(choice).collect();
        controls.extend([Control::button("Save", Action::Save), Control::button("Back", Action::Back)]);
        Self { form: Form::new(controls), saving: Wait::default() }
    }

    /// What is chosen now.
    fn included(&self) -> Included {
        let is_chosen = |kind: &Kind| self.form.chosen(FieldId::Included(*kind)) == 1;
        Kind::INCLUDABLE.into_iter().filter(is_chosen).fold(Included::default(), Included::toggled)
    }
}

impl Dialog for Kinds {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            _ if self.saving.is_out() => {}
            Given::Back => return DialogResult::Close,
            Given::Fill(id, value) => {
                self.form.fill(id, &value);
            }
            Given::Submit if self.included() == cx.session.roster.people.facts().kinds => {
                return DialogResult::Close;
            }
            Given::Submit => {
                if let Some(run) = cx.run() {
                    self.saving.start(cx, pending::save_kinds(run, self.included()), wait::RECORD);
                }
            }
            _ => {}
        }
        DialogResult::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        let Some(Saved) = cx.brought(Tone::Bad, self.saving.take(arrival)) else { return DialogResult::Stay };
        cx.session.roster.record_changed(|people| people.change_facts(|facts| facts.kinds = self.included()));
        cx.session.count_users(cx.calls);
        cx.say(Tone::Good, "The included kinds are saved.");
        DialogResult::Close
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let words =
            "User mailboxes can always be turned on. Include other kinds here; All and Enable Auto follow.";
        let mut blocks = vec![Block::Para(words.into())];
        if cx.session.roster.people.facts().rule.is_some() {
            let words = "Enable Auto is on: kinds that you include are turned on and billed by the next sweep that runs.";
            blocks.push(Block::Strong(Tone::Warn, words.into()));
        }
        blocks.extend(self.form.blocks(|_| None, |_| !self.saving.is_out()));
        let scene = Scene::new(QuestionId::Kinds, Shape::Form, "Which kinds are included?", blocks)
            .offer(Action::Back)
            .waiting_for(cx.now, [self.saving.clock()]);
        Scene { focus: self.form.focus(), ..scene }
    }

    fn card(&self, _cx: ViewCx<'_>) -> Option<Card> {
        Some(Card::of(CardId::KindsAsked, &[]))
    }
}
