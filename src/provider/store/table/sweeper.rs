//! The sweepers of this record: one row for each computer.

use super::super::tx::{Tx, columns, values};
use crate::domain::{failure::Failure, run::Sweeper, text::Text, time::Moment};

columns! { Sweeper { host, installed, last_pass, heard } }

/// All of them, the one with the newest pass first.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<Sweeper>, Failure> {
    tx.query(
        "SELECT host, installed, last_pass, heard FROM sweeper ORDER BY coalesce(last_pass, 0) DESC, heard DESC, host",
        values![],
    )
}

/// Notes that it was installed on a computer.
pub(crate) fn install(tx: &Tx<'_>, host: &Text, now: Moment) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO sweeper (host, installed, heard) VALUES (?1, ?2, ?2)
         ON CONFLICT (host) DO UPDATE SET installed = excluded.installed, heard = excluded.heard",
        values![host, now],
    )
}

/// Forgets the one of a computer; false: there is none.
pub(crate) fn remove(tx: &Tx<'_>, host: &Text) -> Result<bool, Failure> {
    Ok(tx.execute("DELETE FROM sweeper WHERE host = ?1", values![host])? > 0)
}

/// Notes that the one of a computer is at work; false: there is none.
pub(crate) fn hear(tx: &Tx<'_>, host: &Text, now: Moment) -> Result<bool, Failure> {
    Ok(tx.execute("UPDATE sweeper SET heard = ?2 WHERE host = ?1", values![host, now])? > 0)
}

/// Notes that the one of a computer finished a pass. Whatever is in the future from `now_at_most` on, of whichever computer,
/// was written by a clock that was fast, and gives way.
pub(crate) fn end_pass(
    tx: &Tx<'_>,
    host: &Text,
    due: Moment,
    (now, now_at_most): (Moment, Moment),
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO sweeper (host, last_pass, heard) VALUES (?1, ?2, ?3)
         ON CONFLICT (host) DO UPDATE SET heard = excluded.heard,
                last_pass = CASE WHEN sweeper.last_pass > excluded.last_pass THEN sweeper.last_pass
                                 ELSE excluded.last_pass END",
        values![host, due, now],
    )?;
    tx.write("UPDATE sweeper SET last_pass = ?1 WHERE last_pass > ?2", values![due, now_at_most])?;
    tx.write("UPDATE sweeper SET heard = ?1 WHERE heard > ?2", values![now, now_at_most])
}
