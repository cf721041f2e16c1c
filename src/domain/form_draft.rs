//! What was typed into a form and not saved yet, as plain data: kept in the record, so that no kill and no dropped line
//! loses it. Passwords are never in it; that one had been typed is.

use std::fmt;

/// Fields and choices by their names, with what stood in them. Empty: nothing was typed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FormDraft(pub Vec<(String, String)>);

/// The name under which it is kept that a password had been typed: it is asked again.
pub const SECRET: &str = "secret";

impl FormDraft {
    /// Whether nothing was typed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stood in a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for FormDraft {
    /// Typed text is shown as a count only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormDraft({} fields)", self.0.len())
    }
}
