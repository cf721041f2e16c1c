//! What became of a transaction whose connection was lost while it was committed: the server is asked, by its number
//! (`pg_xact_status`, "System Information Functions" in its manual).

use std::thread;

use tokio_postgres::error::SqlState;

use super::{
    super::{tx::Entry, waiter::Unanswered},
    FATE_TRIES, PAUSE, Server, Unbegun,
    error::{in_doubt, reading, writing},
};
use crate::domain::failure::Failure;

/// Since when the server counts what it does: another moment after it was not shut down in order, or where another server
/// has come in its place, and the same as long as no number of a transaction can have been lost. (Whoever resets the counts
/// by hand changes it, too: then a fate is not learnt that could have been.)
pub(super) const SINCE: &str =
    "coalesce((SELECT extract(epoch FROM stats_reset)::text FROM pg_stat_bgwriter), '')";

/// What a transaction is known by.
pub(super) struct Trace<'t> {
    /// Its number.
    pub(super) number: &'t str,
    /// What it has added to the audit last, if anything.
    pub(super) entry: Option<Entry>,
    /// [`SINCE`], as its connection began.
    pub(super) since: &'t str,
}

impl Server {
    /// Waits until the server says what became of a transaction.
    ///
    /// # Errors
    /// `Record`: it was not kept; or, in other words, that this could not be learnt in time.
    pub(super) fn fate(&self, trace: &Trace<'_>, lost: &Unanswered) -> Result<(), Failure> {
        for _ in 0..FATE_TRIES {
            match self.begin_once(&asking(trace), reading) {
                Ok((_, Some(said))) if said == "committed" => return Ok(()),
                Ok((_, Some(said))) if said == "aborted" => return Err(writing(lost)),
                Ok((_, Some(said))) if said == "unknown" => break,
                // Nothing comes back: it has taken long enough.
                Err(Unbegun::Silent | Unbegun::Crowded | Unbegun::Refused(Unanswered::Silence(_))) => break,
                // The server came back from a crash without ever having had that number on its disk.
                Err(Unbegun::Refused(Unanswered::Told(error)))
                    if error.code() == Some(&SqlState::INVALID_PARAMETER_VALUE) =>
                {
                    return Err(writing(lost));
                }
                // In progress, or the server is not back yet.
                _ => thread::sleep(PAUSE),
            }
        }
        Err(in_doubt(self.address()))
    }
}

/// Asks what became of it. The server may not have noticed yet that nobody is there any more, and would keep it open (and
/// what it has locked) for a minute: it is ended first. After a crash a number that never came to the disk is given out
/// again, so "committed" needs a proof: the entry that it should have added to the audit, or, where it adds none, that there
/// was no crash. Where there was one, it is not known.
fn asking(Trace { number, entry, since }: &Trace<'_>) -> String {
    let (is_ours, otherwise) = entry.map_or_else(
        || (format!("{SINCE} = '{since}'"), "unknown"),
        |(id, hash)| {
            let hash = hash.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            (format!("EXISTS (SELECT 1 FROM audit WHERE id = {id} AND hash = '\\x{hash}')"), "aborted")
        },
    );
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE backend_xid = '{number}'::xid8::xid AND datname = current_database();
         SELECT CASE coalesce(pg_xact_status('{number}'::xid8), 'unknown')
                WHEN 'committed' THEN CASE WHEN {is_ours} THEN 'committed' ELSE '{otherwise}' END
                ELSE coalesce(pg_xact_status('{number}'::xid8), 'unknown') END"
    )
}
