//! What was typed into forms and not saved yet.

use super::super::tx::{Columns, Row, Tx, Value, values};
use crate::domain::{failure::Failure, form_draft::FormDraft, id::RunId, text::Text};

/// Whose form it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'a> {
    /// The access step of a run.
    Run(&'a RunId),
    /// An operator who adds a customer.
    Operator(&'a Text),
}

impl Owner<'_> {
    fn key(self) -> String {
        match self {
            Self::Run(run) => format!("run:{}", run.letters()),
            Self::Operator(name) => format!("operator:{name}"),
        }
    }
}

/// What can't be read is nothing: it was typed once and can be typed again.
impl Columns for FormDraft {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let Value::Words(fields) = row.value()? else { return Err(row.unreadable()) };
        Ok(serde_json::from_str(&fields).map(Self).unwrap_or_default())
    }
}

/// What was typed; nothing kept: nothing.
pub(crate) fn find(tx: &Tx<'_>, owner: Owner<'_>) -> Result<FormDraft, Failure> {
    let key = owner.key();
    Ok(tx.one("SELECT fields FROM form WHERE owner = ?1", values![key.as_str()])?.unwrap_or_default())
}

/// Keeps what was typed in the place of what was before; an empty form leaves no row.
pub(crate) fn keep(tx: &Tx<'_>, owner: Owner<'_>, draft: &FormDraft) -> Result<(), Failure> {
    let key = owner.key();
    if draft.is_empty() {
        return tx.write("DELETE FROM form WHERE owner = ?1", values![key.as_str()]);
    }
    let fields = draft.0.iter().map(|(name, value)| [name.as_str(), value.as_str()]);
    let fields = fields.collect::<serde_json::Value>().to_string();
    tx.write(
        "INSERT INTO form (owner, fields) VALUES (?1, ?2)
         ON CONFLICT (owner) DO UPDATE SET fields = excluded.fields",
        values![key.as_str(), fields.as_str()],
    )
}
