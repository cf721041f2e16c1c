//! The sweeper of this record: one row at most.

use super::super::tx::{Tx, values};
use crate::domain::{failure::Failure, text::Text, time::Moment};

/// On which computer it runs, and the 20:00 of the last finished pass.
pub(crate) fn find(tx: &Tx<'_>) -> Result<Option<(Text, Option<Moment>)>, Failure> {
    tx.one("SELECT host, last_pass FROM sweeper", values![])
}

/// Notes that it was installed on a computer.
pub(crate) fn install(tx: &Tx<'_>, host: &Text, now: Moment) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO sweeper (id, host, installed) VALUES (1, ?1, ?2)
         ON CONFLICT (id) DO UPDATE SET host = excluded.host, installed = excluded.installed",
        values![host, now],
    )
}

/// Forgets the one of a computer; false: it runs elsewhere, or there is none.
pub(crate) fn remove(tx: &Tx<'_>, host: &Text) -> Result<bool, Failure> {
    Ok(tx.execute("DELETE FROM sweeper WHERE host = ?1", values![host])? > 0)
}

/// Notes that it finished a pass. One in what is the future from `now_at_most` on was made by a clock that was fast, and
/// gives way.
pub(crate) fn end_pass(tx: &Tx<'_>, host: &Text, due: Moment, now_at_most: Moment) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO sweeper (id, host, last_pass) VALUES (1, ?1, ?2)
         ON CONFLICT (id) DO UPDATE SET host = excluded.host,
                last_pass = CASE WHEN sweeper.last_pass > excluded.last_pass AND sweeper.last_pass <= ?3
                                 THEN sweeper.last_pass ELSE excluded.last_pass END",
        values![host, due, now_at_most],
    )
}
