//! Finds typed parts of a view: blocks by what they are, fields, choices, buttons and facts by their ids. For front ends
//! that answer without a person, and wherever one part of a page is asked for.

use crate::domain::{failure::Failure, phrase::Phrase, tenant::Check, text::Text};

use super::{
    super::answer::{Action, FieldId},
    BillView, Block, Column, Fact, FieldValue, Offer, Page, RowsView, Tone, View,
};

impl View<'_> {
    /// What Enter does, where no field, button or row takes it.
    pub(crate) fn default_offer(&self) -> Option<&Offer> {
        self.actions.iter().find(|offer| offer.is_default)
    }

    /// The bad news on the page, on the page below it, or in the line of state.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        let said = || self.notice.as_ref().filter(|notice| notice.tone == Tone::Bad)?.failure.as_deref();
        self.page.failure().or_else(|| self.below.as_ref()?.failure()).or_else(said)
    }

    /// The line of state, where it warns or is bad news.
    pub(crate) fn warning(&self) -> Option<&Phrase> {
        let notice = self.notice.as_ref().filter(|notice| matches!(notice.tone, Tone::Warn | Tone::Bad));
        notice.map(|notice| &notice.words)
    }
}

impl<'a> Page<'a> {
    /// The bad news on it.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.all(|block| if let Block::Failure(failure) = block { Some(failure) } else { None }).next()
    }

    /// The link, alone.
    pub(crate) fn link(&self) -> Option<&Text> {
        self.all(|block| if let Block::Link(link) = block { Some(link) } else { None }).next()
    }

    /// The bill.
    pub(crate) fn bill(&self) -> Option<&BillView> {
        self.all(|block| if let Block::Bill(bill) = block { Some(bill) } else { None }).next()
    }

    /// Every check.
    pub fn checks(&self) -> impl Iterator<Item = &Check> + use<'_, 'a> {
        self.all(|block| if let Block::Checks(group) = block { Some(&group.checks) } else { None }).flatten()
    }

    /// Labels and values.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> + use<'_, 'a> {
        self.all(|block| if let Block::Facts(facts) = block { Some(facts) } else { None }).flatten()
    }

    /// Paragraphs that must not be missed.
    pub fn strong(&self) -> impl Iterator<Item = &Phrase> + use<'_, 'a> {
        self.all(|block| if let Block::Strong(_, words) = block { Some(words) } else { None })
    }

    /// The other paragraphs.
    pub fn paragraphs(&self) -> impl Iterator<Item = &Phrase> + use<'_, 'a> {
        self.all(|block| if let Block::Para(words) = block { Some(words) } else { None })
    }

    /// Whether the button with this action can be pressed.
    pub(crate) fn is_open(&self, action: Action) -> bool {
        self.buttons().any(|button| button.action == action && button.is_open)
    }

    /// What stands in a field; empty for a secret, and where there is no such field.
    pub(crate) fn typed(&self, id: FieldId) -> &str {
        let value = self.fields().find(|field| field.id == id).map(|field| &field.value);
        if let Some(FieldValue::Plain(words)) = value { words } else { "" }
    }

    /// What is chosen of a few; none where there is no such choice.
    pub(crate) fn chosen(&self, id: FieldId) -> Option<usize> {
        self.choices().find(|choice| choice.id == id).map(|choice| choice.chosen)
    }

    /// What is wrong with a field, and which.
    pub(crate) fn problem(&self) -> Option<(FieldId, &Phrase)> {
        self.problems().next()
    }

    /// Every field with which something is wrong, and what.
    pub fn problems(&self) -> impl Iterator<Item = (FieldId, &Phrase)> {
        self.fields().filter_map(|field| Some((field.id, field.problem.as_ref()?)))
    }
}

impl RowsView<'_> {
    /// The words in one cell of a row; empty where there is no such cell.
    pub(crate) fn words(&self, at: usize, column: Column) -> Text {
        let row = self.rows.row(at);
        let cell = row.as_ref().and_then(|row| row.cells.get(column));
        cell.map(|cell| Text::clean(&cell.in_words())).unwrap_or_default()
    }
}
