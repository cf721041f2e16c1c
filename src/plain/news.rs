//! What stands now against what was said: the one rule by which something is news. Pure.

use std::collections::HashMap;

use crate::{
    domain::speech::sentence,
    wizard::ask::{QuestionId, Spot},
};

use super::words::Line;

/// One thing that can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What it is; the same key says nothing new.
    pub(crate) key: String,
    /// How it is said.
    pub(crate) said: Vec<Line>,
}

impl Item {
    /// Words with a key of their own.
    pub(crate) fn new(key: String, words: String) -> Self {
        Self { key, said: vec![Line::Words(words)] }
    }

    /// A sentence that is its own key.
    pub(crate) fn sentence(words: &str) -> Self {
        let words = sentence(words);
        Self::new(words.clone(), words)
    }
}

/// A place where things are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    /// Whom it touches, the heading, and what every page warns of.
    Top,
    /// What stands on a page, the document too once it was asked for.
    Page(QuestionId),
    /// Ticks and seats.
    Counts,
    /// The line of state.
    State,
    /// So many numbered choices or boxes of a question.
    Choices(QuestionId, Spot, usize),
}

/// The keys of what was said last in each place.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<Slot, Vec<String>>);

impl Known {
    /// What of these items was not said in this place last, each once.
    pub(crate) fn news(&mut self, slot: Slot, items: impl IntoIterator<Item = Item>) -> Vec<Line> {
        let before = self.0.remove(&slot).unwrap_or_default();
        let mut keys: Vec<String> = Vec::new();
        let mut lines = Vec::new();
        for Item { key, said } in items {
            if keys.contains(&key) {
                continue;
            }
            if !before.contains(&key) {
                lines.extend(said);
            }
            keys.push(key);
        }
        self.0.insert(slot, keys);
        lines
    }

    /// Whether something was said in this place.
    pub(crate) fn has(&self, slot: Slot) -> bool {
        self.0.contains_key(&slot)
    }

    /// Everything in this place is news again.
    pub(crate) fn forget(&mut self, slot: Slot) {
        self.0.remove(&slot);
    }

    /// What was said in one place counts as said in another one.
    pub(crate) fn carry(&mut self, from: Slot, to: Slot) {
        let keys = self.0.get(&from).cloned().unwrap_or_default();
        self.0.insert(to, keys);
    }
}
