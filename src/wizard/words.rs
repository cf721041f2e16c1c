//! Shared sentences for failures and states, and the keys that every screen has; a screen's own words stay in its file.

use crate::domain::{failure::Failure, text::Text};

use super::{
    event::Action,
    view::{Chord, Focus, Key},
};

/// A failure as one sentence for the line of state.
pub(crate) fn failure(failure: &Failure) -> Text {
    Text::of(format_args!("{}. {}", failure.what, failure.hint))
}

/// The keys that every screen has outside text fields.
pub(crate) fn common_keys(focus: Focus, has_run: bool) -> Vec<Key> {
    if focus == Focus::Field {
        return Vec::new();
    }
    let key = |chord, action, label, help| Key { chord, action, label, count: None, help };
    let mut keys = vec![
        key(
            Chord::Char('s'),
            Action::Say,
            "say",
            "What to say to the customer now, and what they should be seeing.",
        ),
        key(
            Chord::Char('e'),
            Action::Explain,
            "explain",
            "Look up a code or the words that the customer reads out.",
        ),
        key(Chord::Char('b'), Action::Back, "back", "Back to the screen before. Esc does the same."),
    ];
    if has_run {
        keys.push(key(
            Chord::Char('p'),
            Action::Park,
            "park",
            "Park this run and go on with another customer.",
        ));
    }
    keys.push(key(Chord::Char('q'), Action::Leave, "leave", "Leave. The run is kept."));
    keys.push(key(Chord::Char('?'), Action::Help, "help", "All keys of this screen."));
    keys
}
