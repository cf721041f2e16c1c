//! The invitation of a run: its two words, and whether it was withdrawn.

use super::{
    super::tx::{Tx, columns, values},
    By,
};
use crate::domain::{failure::Failure, id::RunId, invitation::Invitation, text::Text, time::Moment};

columns! { Invitation { words, made, by, withdrawn } }

/// The invitation of a run.
pub(crate) fn find(tx: &Tx<'_>, run: &RunId) -> Result<Option<Invitation>, Failure> {
    tx.one("SELECT words, made, operator, withdrawn FROM invitation WHERE run = ?1", values![run])
}

/// Keeps one in place of the last.
pub(crate) fn keep(tx: &Tx<'_>, run: &RunId, words: &Text, (operator, now): By<'_>) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO invitation (run, words, made, operator) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (run) DO UPDATE SET words = excluded.words, made = excluded.made,
             operator = excluded.operator, withdrawn = NULL",
        values![run, words, now, operator],
    )
}

/// Notes that nobody is to follow it any more.
pub(crate) fn withdraw(tx: &Tx<'_>, run: &RunId, now: Moment) -> Result<(), Failure> {
    tx.write("UPDATE invitation SET withdrawn = coalesce(withdrawn, ?2) WHERE run = ?1", values![run, now])
}
