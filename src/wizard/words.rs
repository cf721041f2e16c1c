//! Shared sentences for failures and states, and the keys that every screen has; a screen's own words stay in its file.

use crate::domain::{customer::Progress, failure::Failure, text::Text, time::Moment};

use super::{
    event::Action,
    view::{Chord, Focus, Key},
};

/// Said when something is pasted outside a field.
pub(crate) const PASTE: &str = "Nothing was pasted. Press / first, then paste.";

/// Said when something is pasted where no field is.
pub(crate) const PASTE_NOWHERE: &str = "Nothing was pasted. There is no field on this screen.";

/// Said when a write is asked for in a run that another process holds.
pub(crate) const READ_ONLY: &str =
    "This run is open in another window. Here you can look, not change anything. Close it there first.";

/// A failure as one sentence for the line of state.
pub(crate) fn failure(failure: &Failure) -> Text {
    failure.in_words()
}

/// How far a customer is, in the words of the customer screen.
pub(crate) fn progress(progress: &Progress, now: Moment, here: &str) -> Text {
    progress.in_words(now, here)
}

/// A key without a count.
pub(crate) const fn key(chord: Chord, action: Action, label: &'static str, help: &'static str) -> Key {
    Key { chord, action, label, count: None, help }
}

/// The keys of a text field in a form or above a list.
pub(crate) fn field_keys() -> Vec<Key> {
    vec![
        key(Chord::Enter, Action::Submit, "leave field", "Leaves the field. What you typed stays."),
        key(Chord::Esc, Action::Back, "clear", "Clears the field. In an empty field: back."),
    ]
}

/// The keys of a search field above its rows.
pub(crate) fn search_keys() -> Vec<Key> {
    let rows = "Leaves the field for the rows. What you typed stays.";
    vec![
        key(Chord::Enter, Action::Submit, "to the rows", rows),
        key(Chord::Esc, Action::Back, "clear", "Clears the field. In an empty field: back."),
    ]
}

/// The keys that every screen has outside text fields.
pub(crate) fn common_keys(focus: Focus, has_run: bool) -> Vec<Key> {
    if focus == Focus::Field {
        let help = "All keys, what to say now, and the look-up of codes.";
        return vec![
            key(Chord::Ctrl('c'), Action::Leave, "leave", "Asks before leaving. The run is kept."),
            key(Chord::Ctrl('g'), Action::Help, "help", help),
        ];
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_customer_says_how_far_they_are() {
        let now = Moment::parse("2026-11-23T12:00:00Z").unwrap();
        let since = Moment::parse("2026-11-23T10:42:00Z").unwrap();
        for (at, words) in [
            (Progress::NotStarted, "not started"),
            (Progress::Open(Text::from("at access")), "at access"),
            (Progress::WaitingForConsent { since }, "waiting for consent since 10:42"),
            (Progress::Protected { on: 184, of: 231 }, "184 of 231 protected"),
            (Progress::Automatic { on: 9 }, "automatic, 9 protected"),
            (Progress::NeedsAttention(Text::from("no seats left")), "needs attention: no seats left"),
        ] {
            assert_eq!(progress(&at, now, "UTC").as_str(), words);
        }
    }
}
