//! What was typed without looking, and is therefore no command. Pure.

use crate::{
    tui::{
        input::{Input, Press},
        state::{self, Focus, Panel, State},
    },
    wizard::view::{Tone, View},
};

use super::table::find;

/// Letters from which on what is typed is a word and no commands.
const WORD: usize = 2;

/// Whether input is no command, because it was typed without looking: before the screen could be seen, or at once behind
/// letters of a word that began in a field, that were dropped, or that were none of this screen's keys. Its number is said
/// and its letters are not: they may be a password's.
pub(crate) fn is_early(
    input: &Input,
    (is_stale, is_at_once): (bool, bool),
    view: &View<'_>,
    state: &mut State,
) -> bool {
    if !is_at_once {
        state.word = state::Word::default();
    }
    // The field of a panel is looked at, whatever changes on the page behind it.
    let is_stale = is_stale && state.panel != Some(Panel::Explain);
    let word = state.word;
    let letters = word.strangers.saturating_add(word.lost);
    let (keys, is_part) = match input {
        Input::Key(Press::Enter) => (1, word.is_text || word.lost > 0 || letters >= WORD),
        // A key that is held down is no word, and one without a meaning here says so.
        Input::Key(press @ Press::Char(letter)) => {
            let is_known = state.focus == Focus::Number || "jkgG".contains(*letter);
            let is_known = is_known || find(*press, view).is_some();
            (1, is_known && word.last != Some(*press) && (word.is_text || letters >= WORD))
        }
        Input::Typed(text) => (text.chars().count(), false),
        Input::Key(Press::Backspace) | Input::Paste(_) | Input::Flood(_) => (1, false),
        Input::Key(_) => return is_stale,
    };
    if !is_stale && (!is_part || state.keyboard().is_text()) {
        return false;
    }
    state.word.last = if let Input::Key(press) = input { Some(*press) } else { None };
    state.word.lost = word.lost.saturating_add(keys);
    let lost = state.word.lost;
    let keys = if lost == 1 { "1 key" } else { &format!("{lost} keys") };
    state.say(Tone::Warn, format_args!("Typed too early, so it was not taken: {keys}."));
    true
}
