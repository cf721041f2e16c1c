//! Who may work here.

use super::super::tx::{Tx, columns, values};
use crate::domain::{failure::Failure, run::Operator, text::Text, time::Moment};

/// Adds an operator who is not on record; the first one ever is Admin, later ones are User.
pub(crate) fn enter(tx: &Tx<'_>, name: &Text, now: Moment) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO operator (name, is_admin, since)
         SELECT ?1, NOT EXISTS (SELECT 1 FROM operator), ?2 WHERE true ON CONFLICT DO NOTHING",
        values![name, now],
    )
}

/// Whether an operator is Admin; none: not on record.
pub(crate) fn is_admin(tx: &Tx<'_>, name: &Text) -> Result<Option<bool>, Failure> {
    tx.one("SELECT is_admin FROM operator WHERE name = ?1", values![name])
}

columns! { Operator { name, is_admin } }

/// All operators, by name.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<Operator>, Failure> {
    tx.query("SELECT name, is_admin FROM operator ORDER BY name", values![])
}

/// How many are Admin.
pub(crate) fn admins(tx: &Tx<'_>) -> Result<u32, Failure> {
    tx.only("SELECT count(*) FROM operator WHERE is_admin", values![])
}

/// Makes an operator Admin or User.
pub(crate) fn set_admin(tx: &Tx<'_>, name: &Text, is_admin: bool) -> Result<(), Failure> {
    tx.write("UPDATE operator SET is_admin = ?2 WHERE name = ?1", values![name, is_admin])
}
