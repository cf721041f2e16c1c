//! What is said without the wizard: the card, and what a code means. Pure.

use crate::{
    domain::{
        card::{Card, Party, is_said},
        explain,
        phrase::{Phrase, Segment, WayOn},
        speech::{sentence, signs},
    },
    wizard::view::{Block, View},
};

use super::vocabulary::asks_for;

/// Entries that are said at once; more are no answer. A guess.
const HITS: usize = 3;

/// Said where nothing is found.
const NOTHING: &str =
    "Nothing is known by that. Try the number alone, or two or three words of the page's heading.";

/// The card: what to say now.
pub(crate) fn say(card: &Card) -> Vec<String> {
    let quoted = |words| format!("Say: “{words}”");
    let mut said = vec!["Say it.".to_owned(), quoted(&card.say)];
    if !card.sees.is_empty() {
        said.push(sentence(&format!("They should see: {}", card.sees)));
    }
    for (screen, answer) in &card.wrong {
        // What the customer says, or else what they see: their own words stand in quotation marks.
        let lead = if is_said(screen) { "If they say" } else { "If they see" };
        said.extend([String::new(), sentence(&format!("{lead}: {screen}")), quoted(answer)]);
    }
    said
}

/// Whether a number that was typed is a code of Microsoft's, and no row or choice.
pub(crate) fn is_code(number: &str) -> bool {
    number.len() > 3 && !explain::look_up(number, Party::default()).is_empty()
}

/// What is next, by the words of this page; where they are another page's, that is said first.
fn next(words: &Phrase, view: &View<'_>) -> String {
    let has_link = view.page.blocks.iter().any(|block| matches!(block, Block::Link(_)));
    let here = |way: &WayOn| match way {
        // It is shown already.
        WayOn::ShowLink if has_link => WayOn::HandOver,
        way => way.clone(),
    };
    let is_open = words.parts().iter().all(|part| match part {
        Segment::Do(way) => asks_for(&here(way)).is_none_or(|action| view.can_do(action)),
        _ => true,
    });
    let lead = match view.bar.run {
        _ if is_open => "Next",
        None => "Next, in the run",
        Some(_) => "Next, at the step Authorise",
    };
    sentence(&format!("{lead}: {}", words.spoken(|way| here(way).for_lines().into_owned().into(), signs)))
}

/// What a code or words mean.
pub(crate) fn explain(code: &str, view: &View<'_>) -> Vec<String> {
    let found = explain::look_up(code, view.bar.about);
    let mut said = Vec::new();
    for (at, entry) in found.iter().take(HITS).enumerate() {
        said.extend((at > 0).then(String::new));
        let parts =
            [entry.heading().to_string(), format!("Means: {}", entry.means), format!("Say: {}", entry.say)];
        said.extend(parts.iter().map(|words| sentence(words)));
        said.push(next(&entry.next, view));
    }
    match found.len() {
        0 => said.push(NOTHING.to_owned()),
        len if len > HITS => said.push(format!("{} more are alike. Type more of it.", len - HITS)),
        _ => {}
    }
    said
}
