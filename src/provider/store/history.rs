//! The passes on record: the history, who runs them, and whether one is missing.

use super::{
    Scope, Store,
    part::standing,
    table::{
        sweep::{self, SweepRecord},
        sweeper,
    },
};
use crate::domain::{failure::Failure, run::SweeperStatus, text::Text, time::Moment};

impl Store {
    /// Who runs the passes, and whether the one of `last_2000`, the latest 20:00 that is not in the future, is overdue.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweeper_status(&self, last_2000: Moment) -> Result<SweeperStatus, Failure> {
        let now = self.0.options.clock.now();
        self.read(|tx| standing::sweeper(tx, last_2000, now))
    }

    /// Notes that a sweeper was installed on a computer.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn note_sweeper_installed(&self, host: &Text) -> Result<(), Failure> {
        self.write(|write| {
            sweeper::install(write.tx, host, write.now)?;
            write.note_all(None, None, &format!("installed the sweeper on {host}"))
        })
    }

    /// Notes that the sweeper of a computer was taken away, those of others stay; false: none was known there.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn note_sweeper_removed(&self, host: &Text) -> Result<bool, Failure> {
        self.write_if(|write| {
            let is_gone = sweeper::remove(write.tx, host)?;
            if is_gone {
                write.note_all(None, None, &format!("took the sweeper off {host}"))?;
            }
            Ok((is_gone, is_gone))
        })
    }

    /// Notes that the sweeper of this computer is at work, whether or not anything is left for it to do. A computer that is
    /// not known to sweep is known only once it has finished a pass.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn note_sweeper_heard(&self) -> Result<(), Failure> {
        self.write_if_in(Scope::Nothing, |write| Ok(((), sweeper::hear(write.tx, write.host(), write.now)?)))
    }

    /// The passes on record, newest first.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweeps(&self, limit: u32) -> Result<Vec<SweepRecord>, Failure> {
        self.read(|tx| sweep::newest(tx, limit))
    }
}
