//! What a person did and nothing came of: a paste outside a field, lines that do not fit, keys that do nothing here. Each
//! is answered with a sentence, unless the screen has a better one.

use crate::domain::{
    bill::grouped,
    text::{MAX_BYTES, Text},
};

use super::{
    Wizard,
    event::{Action, Intent},
    view::{Focus, Tone, View},
    words,
};

impl Wizard {
    /// What an intent loses on the view that it meets, in words.
    pub(super) fn lost(&self, intent: &Intent) -> Option<Text> {
        match intent {
            Intent::Paste(text) => match self.view() {
                view if view.focus == Focus::Field => lost_in_field(text),
                view => Some(Text::from(outside(&view))),
            },
            Intent::Flood { bytes, most } => Some(Text::of(format_args!(
                "Nothing was pasted: it was {} bytes long, and at most {} are taken at once. Paste it in smaller parts.",
                count(*bytes),
                count(*most)
            ))),
            _ => None,
        }
    }

    /// Answers a key that is not offered: the screen may know why it is closed.
    pub(super) fn unknown(&mut self, c: char) {
        let is_screen = self.overlay.is_none() && self.view().overlay.is_none();
        if is_screen && let Some(action) = self.screen.tried(c) {
            let (mut cx, screen) = self.parts();
            let step = screen.intent(&mut cx, Intent::Act(action));
            self.follow(step);
        }
        if self.notice.is_none() {
            let view = self.view();
            let more = if view.keys.iter().any(|key| key.action == Action::Help) {
                "? shows all keys."
            } else {
                "The last line shows the keys."
            };
            let key = if c == ' ' { "Space".to_owned() } else { format!("The key {c}") };
            self.say(Tone::Plain, Text::of(format_args!("{key} does nothing here. {more}")));
        }
    }
}

/// What is said to a paste that meets no field.
fn outside(view: &View<'_>) -> &'static str {
    if view.keys.iter().any(|key| key.action == Action::Search) { words::PASTE } else { words::PASTE_NOWHERE }
}

/// What a field of one line does not take of a paste.
fn lost_in_field(text: &str) -> Option<Text> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let more = lines.count();
    if first.len() > MAX_BYTES {
        return Some(Text::of(format_args!(
            "The field takes {} characters at most: only the start was pasted. Esc clears it.",
            count(MAX_BYTES)
        )));
    }
    (more > 0).then(|| {
        Text::of(format_args!(
            "Only the first of {} lines was pasted: this field holds one line.",
            count(more.saturating_add(1))
        ))
    })
}

/// A number as people read it.
fn count(number: usize) -> String {
    grouped(u32::try_from(number).unwrap_or(u32::MAX))
}
