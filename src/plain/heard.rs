//! What a line means, and the commands that every question knows. Pure.

use crate::{
    domain::text::Text,
    wizard::{
        answer::{Action, Given},
        ask::Spot,
        view::View,
    },
};

use super::{
    ask::{Question, given},
    card,
    help::help,
    memory::Memory,
    page::can_do,
    report::Report,
    vocabulary::means,
};

/// Actions that have a word and no way here.
const NO_CLIPBOARD: &str =
    "Line by line there is no clipboard and no picture. Type print for the link alone, or file.";

/// What a line means.
#[derive(Debug)]
pub(crate) enum Heard {
    /// Answer this, one after the other; then do this.
    Give(Vec<Given>, After),
    /// Ask about another control of the form.
    Ask(Spot),
    /// Ask about what comes behind this control of the form.
    GoOn(Spot),
    /// Say this.
    Say(Vec<String>),
    /// Say this, then the prompt again.
    Aside(Vec<String>),
    /// Say the document on the page.
    Document,
    /// Say the whole screen again.
    Again,
    /// Nothing yet: the line is a part of an answer.
    More,
}

/// What follows once the answers of a line have been taken, and what they started has come back.
#[derive(Debug)]
pub(crate) enum After {
    /// Nothing.
    Nothing,
    /// The page of the list that begins here is said.
    Page(usize),
    /// What became of rows is said.
    Report(Report),
    /// The walk goes on from this control, unless something is wrong with it.
    GoOn(Spot),
}

/// Answers once.
pub(crate) fn give(given: Given) -> Heard {
    Heard::Give(vec![given], After::Nothing)
}

/// Says one line.
pub(crate) fn say(words: impl Into<String>) -> Heard {
    Heard::Say(vec![words.into()])
}

/// Commands that every question knows.
pub(crate) fn common(line: &str, view: &View<'_>, memory: &mut Memory) -> Option<Heard> {
    let lower = line.to_lowercase();
    let is = |action| means(&lower, action);
    Some(match lower.as_str() {
        "help" | "?" => Heard::Aside(help(view)),
        "say" | "s" => Heard::Aside(card::say(&view.card)),
        "again" => Heard::Again,
        "explain" | "e" => {
            memory.asks_code = true;
            say("A code like 90094, or the words on the customer's screen. Enter alone goes back.")
        }
        _ if is(Action::Back) => give(Given::Back),
        _ if is(Action::Park) && view.bar.run.is_none() => {
            say("No run is open, so there is nothing to park.")
        }
        _ if is(Action::Park) => give(Given::Do(Action::Park)),
        _ if is(Action::Leave) => give(Given::Do(Action::Leave)),
        _ => {
            let code = lower.strip_prefix("explain ").or_else(|| lower.strip_prefix("e "))?;
            Heard::Aside(card::explain(code))
        }
    })
}

/// A word for what is offered, or what an offer or a button is called.
pub(crate) fn word(lower: &str, view: &View<'_>, memory: &mut Memory) -> Option<Heard> {
    if matches!(lower, "copy" | "clipboard" | "qr") {
        return Some(say(NO_CLIPBOARD));
    }
    let offered = view.actions.iter().map(|offer| (offer.action, offer.label));
    let pressed = view.page.buttons().map(|button| (button.action, button.label));
    let known: Vec<(Action, &str)> = offered.chain(pressed).collect();
    let by_word = known.iter().find(|(action, _)| means(lower, *action));
    let by_label = || known.iter().find(|(_, label)| signs_of(label).to_lowercase() == lower);
    let (action, _) = by_word.or_else(by_label)?;
    if !can_do(view, *action) {
        return Some(say("That is not open now. The word again says the screen again."));
    }
    Some(do_it(given(*action), memory))
}

/// The label of an offer or a button without its signs.
fn signs_of(label: &str) -> &str {
    label.trim_end_matches([' ', '…'])
}

/// What an answer has to be heard with: the next document only once the first has been said.
pub(crate) fn do_it(given: Given, memory: &mut Memory) -> Heard {
    match given {
        Given::Do(Action::NextReceipt) if !memory.knows_document => Heard::Document,
        Given::Do(Action::Copy) => say(NO_CLIPBOARD),
        given => give(given),
    }
}

/// Says that a line was not understood.
pub(crate) fn unknown(line: &str, question: &Question) -> Heard {
    let line = Text::clean(line);
    Heard::Say(vec![format!("“{line}” is no answer here."), question.prompt.clone()])
}
