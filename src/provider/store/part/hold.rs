//! Holds on runs: one store at a time works on a run.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
};

use super::{
    super::{Store, table::run::RunRow},
    lock::Hold,
};
use crate::domain::{failure::Failure, id::RunId, run::OpenRun};

impl Store {
    /// The runs that this store holds.
    pub(crate) fn holds(&self) -> MutexGuard<'_, BTreeMap<RunId, Hold>> {
        self.0.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a run's hold; false when another store has it.
    pub(crate) fn take(&self, run: &RunId) -> Result<bool, Failure> {
        let mut holds = self.holds();
        if holds.contains_key(run) {
            return Ok(true);
        }
        let Some(hold) = self.0.locks.try_hold(&lock_name(run))? else { return Ok(false) };
        holds.insert(run.clone(), hold);
        Ok(true)
    }

    /// Whether this store holds a run now. One whose connection was lost is taken again, if nobody else has it meanwhile.
    pub(crate) fn is_holding(&self, run: &RunId) -> Result<bool, Failure> {
        let mut holds = self.holds();
        match holds.get(run).map(Hold::is_live) {
            Some(true) => return Ok(true),
            Some(false) => drop(holds.remove(run)),
            None => return Ok(false),
        }
        drop(holds);
        self.take(run)
    }

    /// An open run, and whether another store holds it now.
    pub(crate) fn open_run_of(&self, run: &RunRow) -> Result<OpenRun, Failure> {
        Ok(run.as_open(self.is_held_elsewhere(&run.id)?))
    }

    /// Whether another store holds a run now.
    fn is_held_elsewhere(&self, run: &RunId) -> Result<bool, Failure> {
        if self.holds().contains_key(run) {
            return Ok(false);
        }
        self.0.locks.is_held(&lock_name(run))
    }
}

/// The name of a run's lock.
pub(crate) fn lock_name(run: &RunId) -> String {
    format!("run-{}", run.letters())
}
