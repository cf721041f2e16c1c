//! The end of an Apply.

use super::{
    super::{
        table::{apply, audit, chosen, run::RunRow},
        tx::Tx,
    },
    write::Write,
};
use crate::domain::{failure::Failure, id::RunId, text::Text};

/// Begin the entries of the audit about the end of an Apply.
const FINISHED: &str = "finished turning on: ";
const STOPPED: &str = "stopped turning on: ";

/// Whether the end of an Apply is the last thing that happened in a run: its results stand there.
pub(crate) fn is_the_last(tx: &Tx<'_>, run: &RunId) -> Result<bool, Failure> {
    let last = audit::last_of_run(tx, run)?;
    Ok(last.is_some_and(|what| [FINISHED, STOPPED].iter().any(|begins| what.as_str().starts_with(begins))))
}

/// Ends the run's Apply, if one is open; users who were not reached are kept as not tried.
pub(crate) fn end(write: &Write<'_>, row: &RunRow, is_stopped: bool) -> Result<(), Failure> {
    if !apply::end(write.tx, &row.id, is_stopped, write.now)? {
        return Ok(());
    }
    let missed = chosen::stop(write.tx, &row.id)?;
    let turned_on = count(chosen::count_on(write.tx, &row.id, row.key())?);
    let words = if missed == 0 {
        Text::of(format_args!("{FINISHED}{turned_on} in this run"))
    } else {
        Text::of(format_args!("{STOPPED}{turned_on} in this run, {} not tried", count(missed)))
    };
    write.note_run(row, &words)
}

/// Whether the run has an Apply that is open although everybody in it has an outcome: its process ended between the last
/// batch and the end. Nobody is left to be turned on, so nothing else would ever end it.
pub(crate) fn is_only_unended(tx: &Tx<'_>, run: &RunId) -> Result<bool, Failure> {
    Ok(apply::is_open(tx, run)? && !chosen::is_any_left(tx, run)?)
}

/// Ends such an Apply.
pub(crate) fn end_if_done(write: &Write<'_>, row: &RunRow) -> Result<(), Failure> {
    if is_only_unended(write.tx, &row.id)? { end(write, row, false) } else { Ok(()) }
}

/// "1 user", "12 users".
pub(crate) fn count(users: impl TryInto<u64>) -> String {
    match users.try_into().unwrap_or(u64::MAX) {
        1 => "1 user".to_owned(),
        users => format!("{users} users"),
    }
}
