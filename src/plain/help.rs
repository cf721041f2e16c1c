//! Every command that is open now, one line each. Pure.

use crate::wizard::{
    event::Action,
    view::{Ask, Chord, Key, View},
};

use super::{
    ask::SCREEN_ONLY,
    read::WORDS,
    rows::list,
    words::{sentence, told},
};

/// What a list knows besides its keys.
const LIST: &[&str] = &[
    "list: the first ten rows. more, less, page 3: other rows. total: all counts.",
    "filter WORDS, or the words alone: only rows with these words. filter alone: all rows again.",
    "The filter of users also knows kind:shared, state:off, licence:E3.",
];

/// What can be done to users by number.
const USERS: &[&str] = &[
    "tick 3-9, 14: ticks these rows. untick 4: takes the tick away. Numbers alone turn their ticks round.",
    "exclude 5: excludes from All and Enable Auto. include 5: lifts the exclusion.",
    "details 4: all about one row. turn off 3-5: turns protection off, and asks first.",
];

/// What every screen knows.
const ALWAYS: &[&str] = &[
    "say: what to say to the customer now. explain 90094: what a code or words mean.",
    "back: to the screen before. park: parks the run, for another customer. quit: leaves; the run is kept.",
    "again: says this screen once more. help: this list.",
    "In a field the same words are commands; = in front takes a word as text, clear empties the field.",
    "choices: the numbered choices once more. Ctrl-C leaves, too.",
];

/// Keys that other lines speak of.
const SPOKEN_OF: [Action; 14] = [
    Action::Say,
    Action::Explain,
    Action::Help,
    Action::Back,
    Action::Park,
    Action::Leave,
    Action::Search,
    Action::Tick,
    Action::Range,
    Action::Exclude,
    Action::Details,
    Action::TurnOff,
    Action::Copy,
    Action::Qr,
];

/// The lines.
#[must_use]
pub(crate) fn help(view: &View<'_>) -> Vec<String> {
    let mut said = vec!["Commands that are open now:".to_owned()];
    if view.ask == Ask::Users {
        said.extend(USERS.iter().map(|line| (*line).to_owned()));
    }
    let mut words: Vec<&str> = Vec::new();
    for key in &view.keys {
        let word = word(view, key);
        let is_known = !word.is_empty() && words.contains(&word);
        words.push(word);
        let is_spoken_of =
            SPOKEN_OF.contains(&key.action) && (view.ask == Ask::Users || key.action != Action::Back);
        if !is_known && !is_spoken_of && !SCREEN_ONLY.contains(&key.action) {
            said.push(line(key, word));
        }
    }
    if list(view).is_some() {
        said.extend(LIST.iter().map(|line| (*line).to_owned()));
    }
    said.extend(ALWAYS.iter().map(|line| (*line).to_owned()));
    said
}

/// The word for a key; none where only its label is one.
fn word(view: &View<'_>, key: &Key) -> &'static str {
    // What Enter does is a word of its own on one screen only.
    if key.action == Action::Submit && !matches!(view.ask, Ask::Authorise(_)) {
        return "";
    }
    WORDS.iter().find(|(_, action)| *action == key.action).map_or("", |(word, _)| *word)
}

/// A key as a command.
fn line(key: &Key, word: &str) -> String {
    let label = told(key.label);
    let word = if word.is_empty() { label.as_str() } else { word };
    let words = match key.chord {
        Chord::Char(c) => format!("{word}, or {c}"),
        Chord::Enter if key.action == Action::Submit && word == label => "Enter alone".to_owned(),
        Chord::Enter => format!("{word}, or Enter alone"),
        _ => word.to_owned(),
    };
    sentence(&format!("{words}: {}", told(key.help)))
}
