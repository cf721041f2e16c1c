//! What is said without the wizard: the card, and what a code means. Pure.

use crate::domain::{
    card::{Card, Party, is_said},
    explain,
    speech::sentence,
};

use super::words::told;

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

/// What a code or words mean.
pub(crate) fn explain(code: &str, about: Party) -> Vec<String> {
    let found = explain::look_up(code, about);
    let mut said = Vec::new();
    for (at, entry) in found.iter().take(HITS).enumerate() {
        said.extend((at > 0).then(String::new));
        let next = format!("Next: {}", told(&entry.next));
        let parts =
            [entry.heading().to_string(), format!("Means: {}", entry.means), format!("Say: {}", entry.say)];
        said.extend(parts.iter().chain([&next]).map(|words| sentence(words)));
    }
    match found.len() {
        0 => said.push(NOTHING.to_owned()),
        len if len > HITS => said.push(format!("{} more are alike. Type more of it.", len - HITS)),
        _ => {}
    }
    said
}
