//! The outcome of a run: everything read back, as of one moment, on a connection of its own.

use super::{
    Store,
    part::{completion, record},
    table::{
        apply, audit, chosen, exclusion, product,
        run::{self, Step},
    },
};
use crate::domain::{
    failure::Failure,
    id::RunId,
    run::Outcome,
    text::Text,
    verdict::{is_for_turning_on, wants_everybody},
};

impl Store {
    /// Marks a run as finished, the first time, and reads the outcome back. A run with an Apply that has not ended
    /// stays open, so that it is completed at resume: `finished` is none in the outcome then.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn finish_run(&self, run: &RunId) -> Result<Outcome, Failure> {
        // Whoever watches a run that was finished by its holder reads the outcome, and changes nothing.
        if self.number_of(run)?.is_none() && self.read(|tx| run::one(tx, run))?.finished.is_some() {
            return self.outcome(run);
        }
        let ours = self.number_of(run)?;
        self.write_run(run, |write, row| {
            completion::end_if_done(write, row)?;
            if row.finished.is_some() || apply::is_open(write.tx, run)? {
                return Ok(());
            }
            run::reach(write.tx, run, Step::Finished, write.now)?;
            let record = record::of_run(write.tx, &self.0, run, (ours, write.now))?;
            let results = chosen::results(write.tx, run, row.key())?;
            let wants_all = wants_everybody(&record, &results);
            // A run that chose nobody takes nothing back of what an earlier one wanted.
            if wants_all || results.iter().any(|result| is_for_turning_on(&result.outcome)) {
                product::keep_wants_all(write.tx, row.key(), wants_all)?;
            }
            write.note_run(row, &"finished the run".into())
        })?;
        self.outcome(run)
    }

    /// What is true about a run now, read on a new connection.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be read.
    pub fn outcome(&self, run: &RunId) -> Result<Outcome, Failure> {
        let ours = self.number_of(run)?;
        let now = self.0.options.clock.now();
        let mut outcome = self.read(|tx| {
            let row = run::one(tx, run)?;
            let audit = audit::of_run(tx, run)?;
            // A run that is on record was opened, and the audit of every run begins with that.
            let is_begun = audit.first().is_some_and(|first| first.what.as_str().starts_with(audit::OPENED));
            let results = chosen::results(tx, run, row.key())?;
            Ok(Outcome {
                read: now,
                protection: record::protection(tx, row.key(), now)?,
                excluded: exclusion::by_name(tx, row.key())?,
                // A run that chose nobody takes nothing back of what an earlier one wanted.
                earlier: if results.iter().any(|result| is_for_turning_on(&result.outcome)) {
                    Vec::new()
                } else {
                    chosen::earlier(tx, run, row.key())?
                },
                results,
                is_audit_whole: is_begun && audit::is_whole(tx)?,
                audit,
                place: Text::of(format_args!("{}", self.0.options.place)),
                done: record::done(tx, &row)?,
                run: record::of_run(tx, &self.0, run, (ours, now))?,
            })
        })?;
        self.judge_hold(&mut outcome.run)?;
        Ok(outcome)
    }
}
