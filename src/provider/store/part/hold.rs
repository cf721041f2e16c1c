//! Holds on runs: one store at a time works in a run. The lock says that somebody has it now; the row says who, and its
//! number, which grows with each taking, keeps a holder who has lost it from writing.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
};

use super::{
    super::{
        Store,
        postgres::Scope,
        table::{
            hold,
            run::{self, RunRow},
            takeover,
        },
    },
    lock::Hold,
    write::Write,
};
use crate::domain::{
    change::Change,
    consent::Consent,
    failure::{Failure, FailureKind},
    held_by::HeldBy,
    id::RunId,
    run::{OpenRun, RunRecord},
    text::Text,
    time::Moment,
};

/// How often a run is tried to be taken that others take and let go of meanwhile. A guess.
const TRIES: u32 = 3;

/// A hold of this store: dropping it lets go.
#[derive(Debug)]
pub(crate) struct Held {
    /// The number under which the run was taken.
    number: u32,
    lock: Hold,
}

impl Store {
    /// The runs that this store holds.
    pub(crate) fn holds(&self) -> MutexGuard<'_, BTreeMap<RunId, Held>> {
        self.0.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of this store's hold on a run; none: it has none. One whose connection was lost is locked again, where nobody
    /// else has taken it meanwhile; whether somebody did is for its number to say.
    pub(crate) fn number_of(&self, run: &RunId) -> Result<Option<u32>, Failure> {
        self.renewed(&mut self.holds(), run)
    }

    fn renewed(&self, holds: &mut BTreeMap<RunId, Held>, run: &RunId) -> Result<Option<u32>, Failure> {
        let Some(Held { number, lock }) = holds.get(run) else { return Ok(None) };
        let number = *number;
        if lock.is_live() {
            return Ok(Some(number));
        }
        drop(holds.remove(run));
        let Some(lock) = self.0.locks.try_hold(&self.lock_name(run, number))? else { return Ok(None) };
        holds.insert(run.clone(), Held { number, lock });
        Ok(Some(number))
    }

    /// Takes a run's hold from whoever has it, by a write that says who may and puts it on record.
    pub(crate) fn force(
        &self,
        run: &RunId,
        note: impl Fn(&Write<'_>, Option<&HeldBy>, &RunRow) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut holds = self.holds();
        for _ in 0..TRIES {
            let last = self.read(|tx| hold::find(tx, run))?;
            let number = last.as_ref().map_or(0, |last| last.number);
            let Some(lock) = self.0.locks.try_hold(&self.lock_name(run, number.saturating_add(1)))? else {
                continue;
            };
            let taken = self.write_in(Scope::Run(run), |write| {
                let taken = hold::take(write.tx, run, number, (write.operator(), write.host(), write.now))?;
                if taken.is_some() {
                    note(write, last.as_ref(), &run::one(write.tx, run)?)?;
                    write.tell(Change::Request(run.clone()));
                }
                Ok(taken)
            })?;
            if let Some(number) = taken {
                holds.insert(run.clone(), Held { number, lock });
                return Ok(());
            }
        }
        Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("somebody else takes run {run} over just now, so nothing was changed")),
            "Open the run again: it says who has it.",
        ))
    }

    /// Takes a run's hold, and says on record who has it now; false when another store has it. `last` is who had it last, as
    /// it was read a moment ago.
    pub(crate) fn take(&self, run: &RunId, last: Option<&HeldBy>) -> Result<bool, Failure> {
        let mut last = last.map_or(0, |last| last.number);
        // Kept to the end: what else this process does with the run waits.
        let mut holds = self.holds();
        if self.renewed(&mut holds, run)?.is_some_and(|number| number == last) {
            return Ok(true);
        }
        // Somebody has taken it from here since.
        holds.remove(run);
        for _ in 0..TRIES {
            // In this order: it is let go of after it is on record for whom it is kept.
            if self.is_shared()
                && (self.0.locks.is_held(&self.lock_name(run, last))?
                    || self.is_kept_for_another(run, last)?)
            {
                return Ok(false);
            }
            let name = self.lock_name(run, last.saturating_add(1));
            let Some(lock) = self.0.locks.try_hold(&name)? else { return Ok(false) };
            let by = |write: &Write<'_>| {
                write.tell(Change::Request(run.clone()));
                hold::take(write.tx, run, last, (write.operator(), write.host(), write.now))
            };
            if let Some(number) = self.write_in(Scope::Run(run), by)? {
                holds.insert(run.clone(), Held { number, lock });
                return Ok(true);
            }
            // Somebody has had it, and has let go of it, since it was read.
            last = self.read(|tx| hold::find(tx, run))?.map_or(0, |last| last.number);
        }
        Ok(false)
    }

    /// Whether whoever had the run last, under this number, has handed it over to somebody else, who has not taken it yet.
    fn is_kept_for_another(&self, run: &RunId, last: u32) -> Result<bool, Failure> {
        let asked = self.read(|tx| takeover::find(tx, run))?;
        let here = (&self.0.operator.name, &self.0.options.host);
        Ok(asked.is_some_and(|asked| {
            asked.number == last
                && asked.keeps(self.0.options.clock.now())
                && (&asked.by, &asked.host) != here
        }))
    }

    /// Open runs, in their order, and who has each of them now, where that is another store; `last` is who had them last.
    pub(crate) fn open_runs(
        &self,
        runs: &[(RunRow, Consent)],
        last: &BTreeMap<RunId, HeldBy>,
    ) -> Result<Vec<OpenRun>, Failure> {
        let mut others = Vec::new();
        for (row, _) in runs {
            let last = last.get(&row.id);
            if self.number_of(&row.id)?.is_none_or(|ours| last.is_none_or(|last| last.number != ours)) {
                others.push((row, last));
            }
        }
        let name = |(row, last): &(&RunRow, Option<&HeldBy>)| self.lock_name(&row.id, number(*last));
        let names: Vec<String> = others.iter().map(name).collect();
        let are_held = self.0.locks.are_held(&names)?;
        let mut held: BTreeMap<&RunId, HeldBy> = BTreeMap::new();
        let asked = others.into_iter().zip(&names).zip(are_held);
        for (((row, last), name), _) in asked.filter(|(_, is_held)| *is_held) {
            self.0.locks.watch(name, &Change::Request(row.id.clone()));
            held.insert(&row.id, holder(last.cloned(), row.touched));
        }
        Ok(runs.iter().map(|(row, _)| row.as_open(held.remove(&row.id))).collect())
    }

    /// Says of a run's record who has it now, where it is not held here: whoever had it last may have let go of it.
    pub(crate) fn judge_hold(&self, record: &mut RunRecord) -> Result<(), Failure> {
        if record.is_read_only {
            let last = record.held_by.take();
            let number = last.as_ref().map_or(0, |last| last.number);
            // Taken over by somebody else: what was held here is nobody's any more.
            self.holds().retain(|run, held| *run != record.id || held.number >= number);
            record.held_by = self.live(&record.id, last, record.touched)?;
        }
        Ok(())
    }

    /// Who had a run last, where the lock says that they still have it. Whoever shares the record hears when it is gone.
    pub(crate) fn live(
        &self,
        run: &RunId,
        last: Option<HeldBy>,
        touched: Moment,
    ) -> Result<Option<HeldBy>, Failure> {
        let name = self.lock_name(run, number(last.as_ref()));
        let is_held = self.0.locks.is_held(&name)?;
        if is_held {
            self.0.locks.watch(&name, &Change::Request(run.clone()));
        }
        Ok(is_held.then(|| holder(last, touched)))
    }

    /// The name of the lock of a run's hold. On a server each number has its own: a run can be taken from somebody whose
    /// session still lives. A file has one for all.
    pub(crate) fn lock_name(&self, run: &RunId, number: u32) -> String {
        if self.is_shared() {
            format!("run-{}-{number}", run.letters())
        } else {
            format!("run-{}", run.letters())
        }
    }
}

/// The number under which a run was taken last; 0: nobody ever took it.
fn number(last: Option<&HeldBy>) -> u32 {
    last.map_or(0, |last| last.number)
}

/// Who has a run that is locked; a lock without a row is of somebody who is about to write theirs.
fn holder(last: Option<HeldBy>, touched: Moment) -> HeldBy {
    last.unwrap_or_else(|| HeldBy::somebody(touched))
}
