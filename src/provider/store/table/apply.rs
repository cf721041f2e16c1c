//! Confirmed Applies: one that has no end is to be completed.

use std::collections::BTreeSet;

use super::super::tx::{Tx, values};
use crate::domain::{failure::Failure, id::RunId, time::Moment};

/// Begins one, unless the run has one that has not ended; true when it is new. `is_all`: everybody was chosen.
pub(crate) fn begin(tx: &Tx<'_>, run: &RunId, is_all: bool, now: Moment) -> Result<bool, Failure> {
    let added = tx.execute(
        "INSERT INTO apply (run, begun, is_all) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        values![run, now, is_all],
    )?;
    Ok(added > 0)
}

/// Ends the one of a run that is open; false: there is none.
pub(crate) fn end(tx: &Tx<'_>, run: &RunId, is_stopped: bool, now: Moment) -> Result<bool, Failure> {
    let ended = tx.execute(
        "UPDATE apply SET ended = ?2, is_stopped = ?3 WHERE run = ?1 AND ended IS NULL",
        values![run, now, is_stopped],
    )?;
    Ok(ended > 0)
}

/// Whether a run has one with which everybody was chosen.
pub(crate) fn is_any_of_all(tx: &Tx<'_>, run: &RunId) -> Result<bool, Failure> {
    tx.only("SELECT EXISTS (SELECT 1 FROM apply WHERE run = ?1 AND is_all)", values![run])
}

/// Whether a run has one that has not ended.
pub(crate) fn is_open(tx: &Tx<'_>, run: &RunId) -> Result<bool, Failure> {
    tx.only("SELECT EXISTS (SELECT 1 FROM apply WHERE run = ?1 AND ended IS NULL)", values![run])
}

/// The runs that have one.
pub(crate) fn open(tx: &Tx<'_>) -> Result<BTreeSet<RunId>, Failure> {
    tx.query("SELECT run FROM apply WHERE ended IS NULL", values![])
}
