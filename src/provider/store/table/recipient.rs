//! The keys that passwords are encrypted for: whose they are, and since when.

use super::{
    super::tx::{Tx, columns, values},
    By,
};
use crate::domain::{failure::Failure, keys::PublicKey, text::Text, time::Moment};

/// A key on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RecipientRow {
    pub(crate) key: PublicKey,
    /// Of a computer or an operator; one key of each name is not removed.
    pub(crate) name: Text,
    pub(crate) added: Moment,
    pub(crate) added_by: Text,
    /// When it was removed.
    pub(crate) removed: Option<Moment>,
    pub(crate) removed_by: Option<Text>,
}

columns! { RecipientRow { key, name, added, added_by, removed, removed_by } }

/// All keys, removed ones too, by name.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<RecipientRow>, Failure> {
    tx.query(
        "SELECT key, name, added, added_by, removed, removed_by FROM recipient ORDER BY name, added, key",
        values![],
    )
}

/// One key.
pub(crate) fn find(tx: &Tx<'_>, key: &PublicKey) -> Result<Option<RecipientRow>, Failure> {
    tx.one(
        "SELECT key, name, added, added_by, removed, removed_by FROM recipient WHERE key = ?1",
        values![key],
    )
}

/// Puts a key on record, or a removed one back. One that is there already stays as it is.
pub(crate) fn enter(
    tx: &Tx<'_>,
    (name, key): (&Text, &PublicKey),
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO recipient (key, name, added, added_by) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, added = excluded.added, added_by = excluded.added_by,
                removed = NULL, removed_by = NULL
          WHERE recipient.removed IS NOT NULL",
        values![key, name, now, operator],
    )
}

/// Gives a key another name.
pub(crate) fn rename(tx: &Tx<'_>, key: &PublicKey, name: &Text) -> Result<(), Failure> {
    tx.write("UPDATE recipient SET name = ?2 WHERE key = ?1", values![key, name])
}

/// Takes a key off the record; its row stays.
pub(crate) fn remove(tx: &Tx<'_>, key: &PublicKey, (operator, now): By<'_>) -> Result<(), Failure> {
    tx.write(
        "UPDATE recipient SET removed = ?2, removed_by = ?3 WHERE key = ?1 AND removed IS NULL",
        values![key, now, operator],
    )
}
