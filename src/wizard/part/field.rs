//! What stands in a field. The caret and how it is edited belong to the front end, which hands in the whole text.

use crate::{
    domain::{phrase::Phrase, secret::Secret, text::MAX_BYTES},
    wizard::{
        answer::{FieldId, Value},
        view::{FieldValue, FieldView},
    },
};

/// What stands in a field, as it was typed: ids and passwords are read from it.
#[derive(Clone)]
pub(crate) enum Field {
    /// Typed text.
    Plain(String),
    /// A secret.
    Masked(Secret<String>),
}

impl Default for Field {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({} bytes)", self.raw().len())
    }
}

impl Field {
    /// A field whose text is shown.
    pub(crate) fn plain(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }

    /// An empty field whose text is never shown.
    pub(crate) fn masked() -> Self {
        Self::Masked(Secret::new(String::new()))
    }

    /// What was typed; empty for a masked field, whose text leaves through [`Field::secret`] only.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Plain(raw) => raw,
            Self::Masked(_) => "",
        }
    }

    /// A copy of the secret; none for a plain field and for an empty one.
    pub(crate) fn secret(&self) -> Option<Secret<String>> {
        match self {
            Self::Masked(secret) if !secret.expose().is_empty() => Some(secret.clone()),
            _ => None,
        }
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.raw().is_empty()
    }

    /// Puts another text in.
    pub(crate) fn set(&mut self, text: &str) {
        *self = match self {
            Self::Plain(_) => Self::Plain(text.to_owned()),
            Self::Masked(_) => Self::Masked(Secret::new(text.to_owned())),
        };
    }

    /// Takes what stands in the field of the front end now; says whether that is another text. Control characters and what
    /// is longer than [`MAX_BYTES`] are not taken: nothing of it, so that nothing is ever cut until it fits.
    pub(crate) fn fill(&mut self, value: &Value) -> bool {
        let (Value::Text(text) | Value::Lines(text)) = value else {
            let Value::Secret(secret) = value else { return false };
            let fits = secret.expose().len() <= MAX_BYTES;
            return fits && self.take(secret.expose());
        };
        text.len() <= MAX_BYTES && self.take(text)
    }

    fn take(&mut self, text: &str) -> bool {
        let is_new = self.raw() != text && !text.chars().any(char::is_control);
        if is_new {
            self.set(text);
        }
        is_new
    }

    /// Shows it.
    pub(crate) fn view(
        &self,
        id: FieldId,
        label: &'static str,
        hint: impl Into<Phrase>,
        problem: Option<Phrase>,
    ) -> FieldView<'_> {
        let value = match self {
            Self::Plain(raw) => FieldValue::Plain(raw),
            Self::Masked(secret) => FieldValue::Masked { is_filled: !secret.expose().is_empty() },
        };
        FieldView { id, label, value, hint: hint.into(), problem, takes_lines: false }
    }

    fn raw(&self) -> &str {
        match self {
            Self::Plain(raw) => raw,
            Self::Masked(secret) => secret.expose(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_takes_whole_texts_only() {
        let mut field = Field::default();
        assert!(field.fill(&Value::Text("bakery.example".into())));
        assert!(!field.fill(&Value::Text("bakery.example".into())), "the same again");
        assert!(!field.fill(&Value::Text("x".repeat(MAX_BYTES + 1))) && field.text() == "bakery.example");
        assert!(!field.fill(&Value::Text("a\nb".into())), "a newline never submits");
        let mut secret = Field::masked();
        assert!(secret.fill(&Value::Secret(Secret::new("hush".to_owned()))));
        assert!(secret.text().is_empty() && secret.secret().is_some_and(|secret| secret.expose() == "hush"));
        assert_eq!(format!("{secret:?}"), "Field(4 bytes)");
    }
}
