//! Who has a run, or had it last: a row each, with a number that grows.

use super::super::tx::{Tx, columns, values};
use crate::domain::{failure::Failure, held_by::HeldBy, id::RunId, text::Text, time::Moment};

columns! { HeldBy { number, by, host, since } }

/// Who has a run, or had it last; none: nobody ever took it.
pub(crate) fn find(tx: &Tx<'_>, run: &RunId) -> Result<Option<HeldBy>, Failure> {
    tx.one("SELECT number, operator, host, since FROM hold WHERE run = ?1", values![run])
}

/// The same of every run that is not finished.
pub(crate) fn of_open(tx: &Tx<'_>) -> Result<Vec<(RunId, HeldBy)>, Failure> {
    tx.query(
        "SELECT h.run, h.number, h.operator, h.host, h.since FROM hold h JOIN run r ON r.id = h.run
          WHERE r.finished IS NULL",
        values![],
    )
}

/// Takes a run for this operator, where its number is still `last` (0: nobody ever took it); the number that it has then.
pub(crate) fn take(
    tx: &Tx<'_>,
    run: &RunId,
    last: u32,
    (by, host, now): (&Text, &Text, Moment),
) -> Result<Option<u32>, Failure> {
    tx.one(
        "INSERT INTO hold (run, number, operator, host, since) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (run) DO UPDATE SET number = excluded.number, operator = excluded.operator,
            host = excluded.host, since = excluded.since WHERE hold.number = ?6
         RETURNING number",
        values![run, last.saturating_add(1), by, host, now, last],
    )
}
