//! Passes of Enable Auto: each rule and each 20:00 once, by whoever claims it first, resumed when it was cut short.

use super::{
    Scope, Store,
    part::{
        allowed,
        claim::{self, SweepClaim},
        lock::Hold,
        seating,
        write::Write,
    },
    table::{customer, enablement, product, rule, seat::Source, sweep, sweeper},
};
use crate::domain::{
    self,
    customer::Product,
    failure::{Failure, FailureKind},
    id::CustomerId,
    protection::{AutoRule, Chosen, SeatOutcome, SeatResult},
    text::Text,
    time::{Moment, TOLERANCE},
};

/// How a pass ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SweepSummary {
    /// Users turned on, as the sweeper counted; the record keeps its own count of the rows.
    pub turned_on: u32,
    /// Users missing now, as the sweeper counted; the record keeps its own count of those marked by this pass.
    pub left: u32,
    /// It began later than it should have.
    pub is_late: bool,
    /// Why it turned nobody on; the customer needs attention until a pass without one.
    pub attention: Option<Text>,
}

/// A place on a hoster's server among those that all sweepers share. Gone with the process.
#[derive(Debug)]
pub struct ServerPlace(#[expect(dead_code, reason = "kept: dropping it lets go of the place")] Option<Hold>);

impl Store {
    /// Takes one of so many places on a hoster's server, so that all sweepers of a record together ask no more of it than one
    /// may; none: others have all of them. A record in a file has the sweepers of one computer, usually one: nothing is
    /// bounded there. One whose connection was lost has lost its place, too, and is not told.
    ///
    /// # Errors
    /// `Record`, when the record's server can't be asked.
    pub fn place_on(&self, server: &str, places: usize) -> Result<Option<ServerPlace>, Failure> {
        if !self.is_shared() {
            return Ok(Some(ServerPlace(None)));
        }
        for place in 0..places {
            if let Some(hold) = self.0.locks.try_hold(&format!("server-{place}-{server}"))? {
                return Ok(Some(ServerPlace(Some(hold))));
            }
        }
        Ok(None)
    }

    /// Takes the pass of one rule for one 20:00. None: that 20:00 has not come, another sweeper has the pass, it is
    /// finished (or a later one is), or there is no rule that was made before it. A pass that was cut short is given
    /// out again.
    ///
    /// # Errors
    /// `Record`, when the record can't be used; a retry is safe.
    pub fn claim_sweep(
        &self,
        customer: CustomerId,
        product: Product,
        due: Moment,
    ) -> Result<Option<SweepClaim>, Failure> {
        // Nothing is turned on for a 20:00 that has not come.
        let now = self.0.options.clock.now();
        if due > now {
            return Ok(None);
        }
        let name = claim::lock_name((customer, product));
        let Some(hold) = self.0.locks.try_hold(&name)? else { return Ok(None) };
        let taken = self.write_in(Scope::Customer(customer), |write| {
            let Some(rule) = rule::find(write.tx, (customer, product))? else { return Ok(None) };
            if !domain::sweep::awaits(&rule, due, now) || !customer::one(write.tx, customer)?.is_active {
                return Ok(None);
            }
            let made = Some(domain::sweep::made_before(&rule, due, now)).filter(|made| *made != rule.made);
            let target = enablement::find(write.tx, (customer, product))?.map(|(target, _)| target);
            let begun = sweep::begin(write.tx, (customer, product), due, (write.host(), write.now))?;
            Ok(Some((begun, target, made)))
        })?;
        let key = (customer, product);
        Ok(taken.map(|((id, taken), target, made)| SweepClaim { key, due, id, taken, target, made, hold }))
    }

    /// Sets right when the rule of a pass was made, where a clock that was fast had written a moment ahead of now. Not part
    /// of the claim: only once Microsoft's answers say nothing against this clock is it known which of the two was wrong.
    ///
    /// # Errors
    /// `Conflict`, when another sweeper took the pass over. `Record`: a retry is safe.
    pub fn set_right(&self, claim: &SweepClaim) -> Result<(), Failure> {
        let Some(made) = claim.made else { return Ok(()) };
        self.write_in(Scope::Customer(claim.customer()), |write| {
            claim.is_ours(write)?;
            let Some(rule) = rule::find(write.tx, claim.key)?.filter(|rule| rule.made > made) else {
                return Ok(());
            };
            rule::set_made(write.tx, claim.key, made)?;
            let words = format_args!(
                "the clock was fast when Enable Auto was switched on: {} counts as {made}",
                rule.made
            );
            write.note(claim.customer(), &Text::of(words))
        })
    }

    /// Turns users on for a pass: one result per user, read back on a new connection after the commit. Repeating it
    /// turns nobody on twice.
    ///
    /// # Errors
    /// `Conflict`, when the rule was switched off, the organisation changed, or another sweeper took the pass over meanwhile; `Refused`, when the account was
    /// closed or the product is not enabled any more; `NoSeats`, when the batch would pass the rule's ceiling:
    /// nobody of the batch is turned on then. `Record`: a retry is safe.
    pub fn sweep_apply(&self, claim: &SweepClaim, users: &[Chosen]) -> Result<Vec<SeatResult>, Failure> {
        let outcomes = self.write_in(Scope::Customer(claim.customer()), |write| {
            let rule = claim.stands(write)?;
            let outcomes = seating::turn_on(write, claim.key, Source::Sweep(claim.id), users)?;
            let new: u32 = outcomes.iter().map(|outcome| u32::from(*outcome == SeatOutcome::TurnedOn)).sum();
            if new > 0 && product::used(write.tx, claim.key)?.here > rule.ceiling {
                return Err(Failure::new(
                    FailureKind::NoSeats,
                    Text::of(format_args!("Enable Auto would go beyond its limit of {} seats", rule.ceiling)),
                    "Look at who is new, then confirm Enable Auto again with a higher limit.",
                ));
            }
            sweep::add_turned_on(write.tx, claim.id, new)?;
            let on = users.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == SeatOutcome::TurnedOn);
            let on: Vec<&Chosen> = on.map(|(user, _)| user).collect();
            let (customer, product) = claim.key;
            let what = format!("Enable Auto for {} turns on", product.name());
            write.note_named(None, customer, &what, &on)?;
            Ok(outcomes)
        })?;
        self.read_back(claim.key, users, outcomes)
    }

    /// Ends a pass: its row, the rule and the sweeper's own row say so. Not repeatable, because it takes the claim;
    /// when it fails, the same pass can be claimed again and finds everybody on.
    ///
    /// # Errors
    /// `Conflict`, when another sweeper took the pass over. `Record`, when the record can't be written.
    pub fn finish_sweep(&self, claim: SweepClaim, summary: SweepSummary) -> Result<(), Failure> {
        // The record counts by itself, from what was written: a half that an earlier sweeper did is in it.
        let SweepSummary { turned_on: _, left: _, is_late, attention } = summary;
        let (key, due, id) = (claim.key, claim.due, claim.id);
        let ended = self.write_in(Scope::Customer(key.0), |write| {
            claim.is_ours(write)?;
            let why = attention.as_ref();
            let turned_on = sweep::end(write.tx, id, write.now, (is_late, why))?;
            rule::end_pass(write.tx, key, due, why)?;
            sweeper::end_pass(write.tx, write.host(), due, (write.now, write.now.plus(TOLERANCE)))?;
            let name = key.1.name();
            let words = match &attention {
                Some(why) => Text::of(format_args!("Enable Auto for {name} needs attention: {why}")),
                None => Text::of(format_args!("Enable Auto for {name} turned on {turned_on}")),
            };
            write.note(key.0, &words)
        });
        // Nobody else takes it before it is written.
        drop(claim);
        ended
    }
}

impl SweepClaim {
    /// Refuses where another sweeper has taken the pass since: a lock can be lost with the line to the record, and this
    /// process does not know it.
    ///
    /// # Errors
    /// `Conflict`.
    fn is_ours(&self, write: &Write<'_>) -> Result<(), Failure> {
        if sweep::taken(write.tx, self.id, write.now.plus(TOLERANCE))? == Some(self.taken) {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Conflict,
            "another sweeper has taken this sweep over",
            "Nothing needs to be done: it goes on there.",
        ))
    }

    /// The rule that the pass works for, if the pass is still ours and the rule stands for what it has looked at.
    ///
    /// # Errors
    /// As [`Store::sweep_apply`].
    pub(super) fn stands(&self, write: &Write<'_>) -> Result<AutoRule, Failure> {
        self.is_ours(write)?;
        let rule = rule::find(write.tx, self.key)?.filter(|rule| rule.made < self.due).ok_or_else(|| {
            Failure::new(
                FailureKind::Conflict,
                "Enable Auto was switched off while its sweep was under way",
                "Nobody else is turned on. Whoever is protected stays protected.",
            )
        })?;
        if self.target.as_ref() != Some(&allowed::to_bill(write, self.key)?) {
            return Err(Failure::new(
                FailureKind::Conflict,
                "what is enabled was changed while the sweep was under way",
                "Nobody else is turned on. The next sweep works with what is on record now.",
            ));
        }
        Ok(rule)
    }
}
