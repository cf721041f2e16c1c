//! What stands in a field. The caret and how it is edited belong to the front end, which hands in the whole text.

use crate::{
    domain::{phrase::Phrase, secret::Secret, text::MAX_BYTES},
    wizard::{
        answer::{FieldId, Value},
        view::{FieldValue, FieldView},
    },
};

/// What stands in a field, as it was typed: ids and passwords are read from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Field {
    /// Plain text too is wiped when it goes: one kind of text for both.
    typed: Secret<String>,
    is_masked: bool,
}

impl Field {
    /// A field whose text is shown.
    pub(crate) fn plain(text: &str) -> Self {
        Self { typed: Secret::new(text.to_owned()), is_masked: false }
    }

    /// An empty field whose text is never shown.
    pub(crate) fn masked() -> Self {
        Self { is_masked: true, ..Self::default() }
    }

    /// Whether its text is never shown.
    pub(crate) const fn is_masked(&self) -> bool {
        self.is_masked
    }

    /// What was typed; empty for a masked field, whose text leaves through [`Field::secret`] only.
    pub(crate) fn text(&self) -> &str {
        if self.is_masked { "" } else { self.typed.expose() }
    }

    /// A copy of the secret; none for a plain field and for an empty one.
    pub(crate) fn secret(&self) -> Option<Secret<String>> {
        (self.is_masked && !self.is_empty()).then(|| self.typed.clone())
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.typed.expose().is_empty()
    }

    /// Puts another text in.
    pub(crate) fn set(&mut self, text: &str) {
        self.typed = Secret::new(text.to_owned());
    }

    /// Takes what stands in the field of the front end now; says whether that is another text. Control characters and what
    /// is longer than [`MAX_BYTES`] are not taken: nothing of it, so that nothing is ever cut until it fits.
    pub(crate) fn fill(&mut self, value: &Value) -> bool {
        let text = match value {
            Value::Text(text) | Value::Lines(text) => text,
            Value::Secret(secret) => secret.expose(),
            Value::Choice(_) => return false,
        };
        let fits = text.len() <= MAX_BYTES && !text.chars().any(char::is_control);
        let is_new = fits && self.typed.expose() != text;
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
        let value = if self.is_masked {
            FieldValue::Masked { is_filled: !self.is_empty() }
        } else {
            FieldValue::Plain(self.text())
        };
        FieldView { id, label, value, hint: hint.into(), problem, entries: None }
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
        assert!(!format!("{secret:?}").contains("hush"), "{secret:?}");
    }
}
