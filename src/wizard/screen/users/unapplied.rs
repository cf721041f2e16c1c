//! Ticked users who have not been turned on are named before the run is finished.

use crate::{
    domain::{
        card::{Card, CardId},
        phrase::{Noun, phrase},
    },
    wizard::{
        answer::Given,
        ask::QuestionId,
        context::{UpdateCx, ViewCx},
        part::said,
        screen::Scene,
        view::{Block, Tone},
    },
};

use super::{Dialog, DialogResult};

/// Ticked users have not been turned on: finish all the same?
#[derive(Debug)]
pub(super) struct Unapplied;

impl Dialog for Unapplied {
    fn answer(&mut self, _cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            Given::Yes => DialogResult::Finish { is_asked: true },
            Given::Back | Given::No => DialogResult::Close,
            _ => DialogResult::Stay,
        }
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let ticked = cx.session.roster.counts().ticked;
        let words = phrase![
            (ticked, Noun::User),
            if ticked == 1 { " is ticked and has" } else { " are ticked and have" },
            " not been turned on. Finishing now makes the outcome partly done."
        ];
        let blocks = vec![Block::Strong(Tone::Warn, words)];
        let words = if ticked == 1 {
            "Finish without turning this user on?"
        } else {
            "Finish without turning them on?"
        };
        Scene::confirm(QuestionId::Unapplied, false, words, blocks)
    }

    fn card(&self, cx: ViewCx<'_>) -> Option<Card> {
        let count = said::users_are(cx.session.roster.counts().ticked);
        Some(Card::of(CardId::UsersUnapplied, &[("count", &count)]))
    }
}
