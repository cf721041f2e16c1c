//! A run changes hands: it is watched, asked for, handed over, or taken over by an Admin.

use super::{
    Place, Store,
    part::{
        lock::{LockFolder, Locks},
        still_ours::demand,
    },
    postgres::Scope,
    table::{
        customer, hold,
        run::{self, RunRow},
        takeover,
    },
};
use crate::domain::{
    change::Change,
    failure::{Failure, FailureKind},
    held_by::{ANSWER_WITHIN, HeldBy, HeldRun, RunAnswer, RunRequest, at_desk},
    id::RunId,
    run::RunRecord,
    text::Text,
    time::{Moment, TOLERANCE},
};

impl Store {
    /// Everything on record about a run. Takes no hold, and changes nothing: it says who has it, and who asks for it.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be read.
    pub fn look_at_run(&self, run: &RunId) -> Result<RunRecord, Failure> {
        self.record(run)
    }

    /// Runs that somebody has open now in the record at this place, of which this store may be a copy. Changes nothing.
    ///
    /// # Errors
    /// `Record`, when the record can't be read, or its locks can't be looked at.
    pub fn held_runs(&self, place: &Place) -> Result<Vec<HeldRun>, Failure> {
        let beside = match place {
            Place::File(file) => Some(Locks::Files(LockFolder::beside(file))),
            Place::Server(_) => None,
        };
        let locks = beside.as_ref().unwrap_or(&self.0.locks);
        let known = self.read(hold::of_open)?;
        let mut held = Vec::new();
        for (run, held_by) in known {
            if locks.is_held(&self.lock_name(&run, held_by.number))? {
                held.push((run, held_by));
            }
        }
        self.read(|tx| {
            let named = |(run, held_by): (RunId, HeldBy)| {
                let customer = customer::one(tx, run::one(tx, &run)?.customer)?.name;
                Ok(HeldRun { run, customer, held_by })
            };
            held.into_iter().map(named).collect()
        })
    }

    /// Asks whoever has a run to hand it over, and reads the run. Nobody is asked where nobody has it, or where it is held
    /// here. Repeated it asks once more.
    ///
    /// # Errors
    /// `Conflict`, while somebody else asks for it; `Record`: a retry is safe.
    pub fn ask_for_run(&self, run: &RunId) -> Result<RunRecord, Failure> {
        let record = self.record(run)?;
        let Some(held_by) = record.held_by.as_ref().filter(|_| record.is_read_only) else {
            return Ok(record);
        };
        self.write_in(Scope::Run(run), |write| {
            let (by, host) = (write.operator().clone(), write.host().clone());
            if let Some(other) = takeover::find(write.tx, run)?
                && is_open(&other, held_by, write.now)
                && (&other.by, &other.host) != (&by, &host)
            {
                return Err(asked_already(&other));
            }
            let number = held_by.number;
            let asked = RunRequest { number, by, host, at: write.now, answer: None, answered: None };
            takeover::ask(write.tx, run, &asked)?;
            write.tell(Change::Request(run.clone()));
            Ok(())
        })?;
        self.record(run)
    }

    /// Answers a request for a run that is held here, and reads the run. Handed over it is let go of, and kept for a moment
    /// for whoever asked for it.
    ///
    /// # Errors
    /// `Conflict`, when it is not asked for any more, or not held here: then nothing was changed. `Record`: a retry is safe.
    pub fn answer_request(
        &self,
        run: &RunId,
        asked: &RunRequest,
        answer: RunAnswer,
    ) -> Result<RunRecord, Failure> {
        let is_handed_over = answer == RunAnswer::Yes;
        let ours = self.number_of(run)?;
        self.write_in(Scope::Run(run), |write| {
            demand(write.tx, run, ours)?;
            if !takeover::answer(write.tx, run, asked, (answer, write.now))? {
                return Err(not_asked_any_more(asked));
            }
            if is_handed_over {
                let row = run::one(write.tx, run)?;
                write.note_run(
                    &row,
                    &Text::of(format_args!("handed the run over to {}", at_desk(&asked.by, &asked.host))),
                )?;
            }
            write.tell(Change::Request(run.clone()));
            Ok(())
        })?;
        if is_handed_over {
            self.leave_run(run)?;
        }
        self.record(run)
    }

    /// Takes back what was asked from here, where it is not answered yet, and reads the run.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn withdraw_request(&self, run: &RunId) -> Result<RunRecord, Failure> {
        self.write_in(Scope::Run(run), |write| {
            let ours = takeover::find(write.tx, run)?
                .filter(|asked| (&asked.by, &asked.host) == (write.operator(), write.host()));
            if let Some(asked) = ours
                && takeover::answer(write.tx, run, &asked, (RunAnswer::Nobody, write.now))?
            {
                write.tell(Change::Request(run.clone()));
            }
            Ok(())
        })?;
        self.record(run)
    }

    /// Takes a run from whoever has it, without an answer, and takes it up. Their next write is refused.
    ///
    /// # Errors
    /// `Refused` for a User, and where the record is a file: nobody takes the lock of a process that lives. `Record`.
    pub fn seize_run(&self, run: &RunId, reason: &Text) -> Result<RunRecord, Failure> {
        if !self.is_shared() {
            return Err(Failure::new(
                FailureKind::Refused,
                "a run can be taken from somebody only where the record is on a server",
                "Have the run left or parked there; then it can be taken.",
            ));
        }
        self.force(run, |write, last: Option<&HeldBy>, row: &RunRow| {
            write.demand_admin("taking a run over from somebody")?;
            let from = last.map_or_else(|| "nobody".into(), |last| at_desk(&last.by, &last.host));
            write.note_run(row, &Text::of(format_args!("took the run over from {from}: {reason}")))
        })?;
        self.load_run(run)
    }
}

/// Whether a request still waits for an answer of whoever has the run: the clocks of two computers are told apart by as much
/// as is borne elsewhere.
fn is_open(asked: &RunRequest, held_by: &HeldBy, now: Moment) -> bool {
    asked.answer.is_none() && asked.number == held_by.number && now < asked.at.plus(ANSWER_WITHIN + TOLERANCE)
}

fn asked_already(other: &RunRequest) -> Failure {
    Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!("{} asks for this run already", at_desk(&other.by, &other.host))),
        "Wait a minute: by then it has been answered.",
    )
}

fn not_asked_any_more(asked: &RunRequest) -> Failure {
    Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!(
            "{} does not wait for the run any more, so it stays",
            at_desk(&asked.by, &asked.host)
        )),
        "Go on with it.",
    )
}
