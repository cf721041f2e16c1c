//! Apply and turning off: what was confirmed is written before the first seat, and completed whatever comes between.

use super::{
    Store,
    part::{allowed, completion, seating, write::Write},
    table::{Key, apply, chosen, delta, draft, exclusion, product, rule, scheduled, seat::Source},
};
use crate::domain::{
    failure::Failure,
    id::{RunId, UserId},
    protection::{Chosen, SeatOutcome, SeatResult},
    run::ExclusionChange,
    text::Text,
    user::{Kind, Kinds},
};

impl Store {
    /// Writes down who was confirmed, before the first seat. While an Apply is unfinished, more users join it.
    ///
    /// # Errors
    /// `Refused` before *Enable* and for a closed account; `Conflict` for another organisation than the one on record, and
    /// without the run's hold; `Record`: nothing was written, a retry is safe.
    pub fn begin_apply(&self, run: &RunId, users: &[Chosen]) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            allowed::to_bill_in(write, row)?;
            let is_new = apply::begin(write.tx, run, draft::find(write.tx, run)?.all, write.now)?;
            choose(write, run, users.iter().map(|user| (user, None)))?;
            let confirmed: Vec<&Chosen> = users.iter().filter(|_| is_new).collect();
            write.note_users(row, "confirmed turning on", &confirmed)
        })
    }

    /// Turns users on: one result per user, in their order, each read back on a new connection after the commit.
    /// Repeating it turns nobody on twice. One transaction per call.
    ///
    /// # Errors
    /// As [`Store::begin_apply`]; `Record`: a retry is safe.
    pub fn apply_batch(&self, run: &RunId, users: &[Chosen]) -> Result<Vec<SeatResult>, Failure> {
        let (key, outcomes) = self.write_run(run, |write, row| {
            allowed::to_bill_in(write, row)?;
            let outcomes = seating::turn_on(write, row.key(), Source::Run(run), users)?;
            choose(write, run, users.iter().zip(outcomes.iter().map(Some)))?;
            Ok((row.key(), outcomes))
        })?;
        self.read_back(key, users, outcomes)
    }

    /// Ends the Apply. Users who were not reached are kept as not tried; with none unfinished it changes nothing.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn end_apply(&self, run: &RunId, stopped: bool) -> Result<(), Failure> {
        self.write_run(run, |write, row| completion::end(write, row, stopped))
    }

    /// Turns users off: Admin only, one result per user, each read back on a new connection after the commit.
    /// Somebody who is off already stays off.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn turn_off(&self, run: &RunId, users: &[Chosen]) -> Result<Vec<SeatResult>, Failure> {
        let (key, outcomes) = self.write_run(run, |write, row| {
            write.demand_admin("turning protection off")?;
            // Somebody who is off already stays off, and is not told of a second time.
            let new = seating::on(write, row.key(), users)?;
            let outcomes = seating::turn_off(write, row.key(), run, users)?;
            let is_off = |outcome: &SeatOutcome| *outcome == SeatOutcome::TurnedOff;
            let off = users.iter().zip(&outcomes).filter(|(_, outcome)| is_off(outcome));
            choose(write, run, off.map(|(user, _)| (user, Some(&SeatOutcome::TurnedOff))))?;
            if !new.is_empty() {
                // With Enable Auto on they are scheduled again, and the delta has no news of them.
                delta::forget(write.tx, row.key())?;
                schedule(write, row.key(), &new)?;
            }
            write.note_users(row, "turned off", &new)?;
            Ok((row.key(), outcomes))
        })?;
        self.read_back(key, users, outcomes)
    }

    /// Excludes users or lifts that, and answers who is excluded now. Nobody is turned off by it.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn change_exclusions(&self, run: &RunId, change: &ExclusionChange) -> Result<Vec<UserId>, Failure> {
        let key = self.write_run(run, |write, row| {
            let changed = if change.exclude {
                exclusion::add(write.tx, row.key(), &change.users, write.by())?
            } else {
                exclusion::lift(write.tx, row.key(), &change.users)?
            };
            if !changed.is_empty() && !change.exclude {
                delta::forget(write.tx, row.key())?;
                schedule(write, row.key(), &changed)?;
            }
            let what = if change.exclude { "excluded" } else { "lifted the exclusion of" };
            write.note_users(row, what, &changed)?;
            Ok(row.key())
        })?;
        self.read(|tx| exclusion::all(tx, key))
    }

    /// Saves which kinds are included for the run's customer and product; the audit says which.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`: nothing was written, a retry is safe.
    pub fn save_kinds(&self, run: &RunId, kinds: Kinds) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            // Users of a kind that is included from now on were looked at before.
            delta::forget(write.tx, row.key())?;
            product::keep_kinds(write.tx, row.key(), kinds)?;
            let included: Vec<&str> =
                Kind::INCLUDABLE.into_iter().filter(|kind| kinds.allows(*kind)).map(Kind::plural).collect();
            let included = if included.is_empty() { "nothing else".to_owned() } else { included.join(", ") };
            write.note_run(row, &Text::of(format_args!("included beside user mailboxes: {included}")))
        })
    }
}

/// With Enable Auto on, users who may be turned on again are: a list that lacks them does not prove that they are gone.
fn schedule(write: &Write<'_>, key: Key, users: &[&Chosen]) -> Result<(), Failure> {
    if rule::find(write.tx, key)?.is_none() {
        return Ok(());
    }
    scheduled::add(write.tx, key, users.iter().map(|user| (&user.id, &user.address)))
}

/// Keeps whom the run chose and what became of them; no outcome: still to be done.
fn choose<'a>(
    write: &Write<'_>,
    run: &'a RunId,
    users: impl Iterator<Item = (&'a Chosen, Option<&'a SeatOutcome>)>,
) -> Result<(), Failure> {
    chosen::keep(write.tx, run, users)
}
