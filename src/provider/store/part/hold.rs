//! Holds on runs: one store at a time works in a run. The lock says that somebody has it now; the row says who, and its
//! number, which grows with each taking, keeps a holder who has lost it from writing.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
};

use super::{
    super::{
        Store,
        table::{hold, run::RunRow},
        tx::Tx,
    },
    lock::Hold,
    write::Write,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    held_by::HeldBy,
    id::RunId,
    run::{OpenRun, RunRecord},
    text::Text,
};

/// How often a run is tried to be taken that others take and let go of meanwhile. A guess.
const TRIES: u32 = 3;

/// A hold of this store: dropping it lets go.
#[derive(Debug)]
pub(crate) struct Held {
    /// The number under which the run was taken.
    number: u32,
    _lock: Hold,
}

impl Store {
    /// The runs that this store holds.
    pub(crate) fn holds(&self) -> MutexGuard<'_, BTreeMap<RunId, Held>> {
        self.0.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of this store's hold on a run; none: it has none.
    pub(crate) fn number_of(&self, run: &RunId) -> Option<u32> {
        self.holds().get(run).map(|held| held.number)
    }

    /// Takes a run's hold, and says on record who has it now; false when another store has it. `last` is who had it last, as
    /// it was read a moment ago.
    pub(crate) fn take(&self, run: &RunId, last: Option<&HeldBy>) -> Result<bool, Failure> {
        let mut last = last.map_or(0, |last| last.number);
        // Kept to the end: what else this process does with the run waits.
        let mut holds = self.holds();
        if holds.get(run).is_some_and(|held| held.number == last) {
            return Ok(true);
        }
        // Somebody has taken it from here since.
        holds.remove(run);
        let Some(lock) = self.0.locks.try_hold(&lock_name(run))? else { return Ok(false) };
        for _ in 0..TRIES {
            let by = |write: &Write<'_>| {
                hold::take(write.tx, run, last, (write.operator(), write.host(), write.now))
            };
            if let Some(number) = self.write(by)? {
                holds.insert(run.clone(), Held { number, _lock: lock });
                return Ok(true);
            }
            // Somebody has had it, and has let go of it, since it was read.
            last = self.read(|tx| hold::find(tx, run))?.map_or(0, |last| last.number);
        }
        Ok(false)
    }

    /// An open run, and who has it now, where that is another store; `last` is who had it last.
    pub(crate) fn open_run_of(&self, run: &RunRow, last: Option<&HeldBy>) -> Result<OpenRun, Failure> {
        Ok(run.as_open(self.held_elsewhere(&run.id, last, run)?))
    }

    /// Says of a run's record who has it now, where it is not held here: whoever had it last may have let go of it.
    pub(crate) fn judge_hold(&self, record: &mut RunRecord) -> Result<(), Failure> {
        if record.is_read_only && !self.0.locks.is_held(&lock_name(&record.id))? {
            record.held_by = None;
        } else if record.is_read_only {
            record.held_by.get_or_insert_with(|| HeldBy::somebody(record.touched));
        }
        Ok(())
    }

    /// Who has a run now, where that is another store.
    fn held_elsewhere(
        &self,
        run: &RunId,
        last: Option<&HeldBy>,
        row: &RunRow,
    ) -> Result<Option<HeldBy>, Failure> {
        if self.number_of(run).is_some_and(|ours| last.is_some_and(|last| last.number == ours)) {
            return Ok(None);
        }
        let is_held = self.0.locks.is_held(&lock_name(run))?;
        Ok(is_held.then(|| last.cloned().unwrap_or_else(|| HeldBy::somebody(row.touched))))
    }
}

/// Refuses a write of a run that is not held by this store under the number that is on record now.
pub(crate) fn demand(tx: &Tx<'_>, run: &RunId, ours: Option<u32>) -> Result<(), Failure> {
    let held_by = hold::find(tx, run)?;
    match (&held_by, ours) {
        (Some(held_by), Some(ours)) if held_by.number == ours => Ok(()),
        (Some(HeldBy { by, host, .. }), _) => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "nothing was changed: run {run} is not held here; {by} had it last, on {host}"
            )),
            "Open the run again: it says who has it now, and can be watched or taken over.",
        )),
        (None, _) => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("nothing was changed: run {run} is not held here")),
            "Open the run again.",
        )),
    }
}

/// The name of a run's lock.
fn lock_name(run: &RunId) -> String {
    format!("run-{}", run.letters())
}
