//! Facts about the record as a whole, by name.

use super::super::tx::{Tx, values};
use crate::domain::{failure::Failure, text::Text};

/// The fact of that name; where there was none, `first` is from now on.
pub(crate) fn keep_first(tx: &Tx<'_>, name: &str, first: &str) -> Result<Text, Failure> {
    tx.execute(
        "INSERT INTO about (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        values![name, first],
    )?;
    tx.only("SELECT value FROM about WHERE name = ?1", values![name])
}

/// The fact of that name, if there is one.
pub(crate) fn find(tx: &Tx<'_>, name: &str) -> Result<Option<Text>, Failure> {
    tx.one("SELECT value FROM about WHERE name = ?1", values![name])
}

/// Keeps the fact of that name, whatever it was.
pub(crate) fn keep(tx: &Tx<'_>, name: &str, value: &str) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO about (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        values![name, value],
    )
}
