//! What became of a transaction whose connection was lost while it was committed: the server is asked, by its number
//! (`pg_xact_status`, "System Information Functions" in its manual).

use std::thread;

use tokio_postgres::{Error, error::SqlState};

use super::{
    super::tx::Entry,
    FATE_TRIES, PAUSE, Server, Unbegun,
    error::{in_doubt, reading, writing},
};
use crate::domain::failure::Failure;

impl Server {
    /// Waits until the server says what became of the transaction with that number.
    ///
    /// # Errors
    /// `Record`: it was not kept; or, in other words, that this could not be learnt in time.
    pub(super) fn fate(
        &self,
        number: Option<&str>,
        entry: Option<Entry>,
        lost: &Error,
    ) -> Result<(), Failure> {
        let Some(number) = number else { return Err(writing(lost)) };
        for _ in 0..FATE_TRIES {
            match self.begin_once(&asking(number, entry), reading) {
                Ok((_, Some(said))) if said == "committed" => return Ok(()),
                Ok((_, Some(said))) if said == "aborted" => return Err(writing(lost)),
                Ok((_, Some(said))) if said == "unknown" => break,
                // A way on which nothing comes back: it has taken long enough.
                Err(Unbegun::Silent | Unbegun::Crowded) => break,
                // The server came back from a crash without ever having had that number on its disk.
                Err(Unbegun::Refused(error)) if error.code() == Some(&SqlState::INVALID_PARAMETER_VALUE) => {
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
/// again, so an entry that it should have added to the audit must be there.
fn asking(number: &str, entry: Option<Entry>) -> String {
    let is_there = entry.map_or_else(
        || "true".to_owned(),
        |(id, hash)| {
            let hash = hash.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            format!("EXISTS (SELECT 1 FROM audit WHERE id = {id} AND hash = '\\x{hash}')")
        },
    );
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE backend_xid = '{number}'::xid8::xid AND datname = current_database();
         SELECT CASE coalesce(pg_xact_status('{number}'::xid8), 'unknown')
                WHEN 'committed' THEN CASE WHEN {is_there} THEN 'committed' ELSE 'aborted' END
                ELSE coalesce(pg_xact_status('{number}'::xid8), 'unknown') END"
    )
}
