//! Texts of a page that go elsewhere: to the customer, to a hoster, into a ticket.

use std::borrow::Cow;

use serde::Deserialize;

use crate::domain::text::Text;

/// A text that goes elsewhere, exact and whole: alone on the screen, to the terminal's clipboard, into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handout<'a> {
    /// What it is.
    pub id: HandoutId,
    /// The text, without anything around it; lines with a newline between them.
    pub text: Cow<'a, str>,
    /// The name of its file.
    pub file: Text,
}

impl Handout<'_> {
    /// The same, borrowed from nothing.
    #[must_use]
    pub(crate) fn into_owned(self) -> Handout<'static> {
        Handout { id: self.id, text: Cow::Owned(self.text.into_owned()), file: self.file }
    }
}

/// What a text is that goes elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandoutId {
    /// The consent link, for the customer's administrator.
    Link,
    /// The invitation to the customer's administrator; its file is a mail.
    Invitation,
    /// The lines that a hoster is to run.
    Hoster,
    /// What went wrong with its ids, for a ticket.
    Error,
    /// The receipt of a run.
    Receipt,
}

impl HandoutId {
    /// What it is called in a sentence.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Link => "the link",
            Self::Invitation => "the invitation",
            Self::Hoster => "the text for the hoster",
            Self::Error => "the error with its ids",
            Self::Receipt => "the receipt",
        }
    }
}
