//! A line that meets a view and the question that was said, and the commands that every question knows. Pure.

use crate::{
    domain::text::Text,
    wizard::{answer::Action, view::View},
};

use super::{
    ask::{Heard, Question, press, say},
    card,
    memory::Memory,
    vocabulary::{help, means},
};

/// A line, and all that it is understood by. Never a secret.
#[derive(Debug)]
pub(crate) struct Hearing<'h, 'v> {
    /// The line without the spaces around it.
    pub(crate) line: &'h str,
    /// The same in small letters.
    pub(crate) lower: String,
    pub(crate) view: &'h View<'v>,
    pub(crate) question: &'h Question,
    pub(crate) memory: &'h mut Memory,
}

impl Hearing<'_, '_> {
    /// Whether the line asks for an action.
    pub(crate) fn means(&self, action: Action) -> bool {
        means(&self.lower, action)
    }

    /// A command that every question knows.
    pub(crate) fn common(&mut self) -> Option<Heard> {
        let ways_out = [Action::Back, Action::Park, Action::Leave];
        Some(match self.lower.as_str() {
            "help" | "?" => Heard::Aside(help(self.view)),
            "say" | "s" => Heard::Aside(card::say_on(self.view.card, &mut self.memory.rest_of_card)),
            "again" => Heard::Again,
            "explain" | "e" => card::explain_trouble(self.view).map_or_else(
                || {
                    self.memory.asks_code = true;
                    say("A code like 90094, or the words on the customer's screen. Enter alone goes back.")
                },
                Heard::Aside,
            ),
            lower => {
                if let Some(action) = ways_out.into_iter().find(|action| self.means(*action)) {
                    let nothing = self.view.nothing_to_park().filter(|_| action == Action::Park);
                    return Some(nothing.map_or_else(|| press(action), say));
                }
                let code = lower.strip_prefix("explain ").or_else(|| lower.strip_prefix("e "))?;
                Heard::Aside(card::explain(code, self.view))
            }
        })
    }

    /// A word for what is offered, or what an offer or a button is called.
    pub(crate) fn offered(&self) -> Option<Heard> {
        if matches!(self.lower.as_str(), "copy" | "clipboard" | "qr") {
            return Some(press(Action::Copy));
        }
        let offers = self.view.actions.iter().map(|offer| (offer.action, offer.label));
        let buttons = self.view.page.buttons().map(|button| (button.action, button.label));
        let known: Vec<(Action, &str)> = offers.chain(buttons).collect();
        let is_called = |label: &str| label.trim_end_matches([' ', '…']).to_lowercase() == self.lower;
        let by_word = known.iter().find(|(action, _)| self.means(*action));
        let (action, _) = by_word.or_else(|| known.iter().find(|(_, label)| is_called(label)))?;
        Some(if self.view.can_do(*action) {
            press(*action)
        } else {
            say("That is not open now. The word again says the screen again.")
        })
    }

    /// Either of them.
    pub(crate) fn command(&mut self) -> Option<Heard> {
        self.common().or_else(|| self.offered())
    }

    /// The question with all that stands in front of its prompt.
    pub(crate) fn question_again(&self) -> Heard {
        let Question { before, prompt, .. } = self.question;
        Heard::Say(before.iter().chain([prompt]).cloned().collect())
    }

    /// Says that the line was not understood.
    pub(crate) fn unknown(&self) -> Heard {
        let line = Text::clean(self.line);
        Heard::Say(vec![format!("“{line}” is no answer here."), self.question.prompt.clone()])
    }
}
