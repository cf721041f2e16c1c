//! What is said without the wizard: the card, and what a code means. Pure.

use crate::domain::{card::Card, explain, speech::sentence, text::Text};

use super::words::told;

/// Entries that are said at once; more are no answer. A guess.
const HITS: usize = 3;

/// The card: what to say now.
#[must_use]
pub(crate) fn say(card: &Card) -> Vec<String> {
    let mut said = vec!["Say it.".to_owned(), format!("Say: “{}”", card.say)];
    if !card.sees.is_empty() {
        said.push(sentence(&format!("They should see: {}", card.sees)));
    }
    for (screen, answer) in &card.wrong {
        said.extend([String::new(), sentence(&format!("{}: {screen}", heard_or_seen(screen)))]);
        said.push(format!("Say: “{answer}”"));
    }
    said
}

/// What the customer reads out, or asks: questions stand in quotation marks.
fn heard_or_seen(words: &Text) -> &'static str {
    if words.as_str().starts_with('“') { "If they ask" } else { "If they see" }
}

/// What a code or words mean.
#[must_use]
pub(crate) fn explain(code: &str) -> Vec<String> {
    let found = explain::look_up(code);
    let mut said = Vec::new();
    for entry in found.iter().take(HITS) {
        said.push(sentence(entry.heading().as_str()));
        said.push(sentence(&format!("Means: {}", entry.means)));
        said.push(sentence(&format!("Say: {}", entry.say)));
        said.push(sentence(&format!("Next: {}", told(&entry.next))));
    }
    match found.len().saturating_sub(HITS) {
        0 if found.is_empty() => said.push(
            "Nothing is known by that. Try the number alone, or two or three words of the page's heading."
                .into(),
        ),
        0 => {}
        more => said.push(format!("{more} more are alike. Type more of it.")),
    }
    said
}
