//! Passes of Enable Auto: each rule and each 20:00 once, by whoever claims it first, resumed when it was cut short.

use rusqlite::params;

use super::{
    Store, customers,
    lock::Hold,
    rules,
    seats::{self, Scope, Source},
    write::Write,
};
use crate::domain::{
    customer::Product,
    failure::{Failure, FailureKind},
    id::{CustomerId, UserId},
    protection::{AutoRule, Chosen, SeatOutcome, SeatResult},
    text::Text,
    time::Moment,
};

/// The right to work one pass: nobody else has it while this lives. Gone with the process.
#[derive(Debug)]
pub struct SweepClaim {
    customer: CustomerId,
    product: Product,
    due: Moment,
    /// The pass's row.
    id: i64,
    /// Held until the claim is dropped.
    _hold: Hold,
}

impl SweepClaim {
    /// Whose users.
    #[must_use]
    pub const fn customer(&self) -> CustomerId {
        self.customer
    }

    /// Of which product.
    #[must_use]
    pub const fn product(&self) -> Product {
        self.product
    }

    /// The 20:00 that it works for.
    #[must_use]
    pub const fn due(&self) -> Moment {
        self.due
    }
}

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

impl Store {
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
        if due > self.0.options.clock.now() {
            return Ok(None);
        }
        let name = format!("sweep-{}-{}", customer.0, product.word());
        let Some(hold) = self.0.locks.try_hold(&name)? else { return Ok(None) };
        let id = self.write(|write| {
            let Some(rule) = rules::rule(&write.tx, customer, product)? else { return Ok(None) };
            if rule.made >= due
                || rule.last_pass >= Some(due)
                || !customers::one(&write.tx, customer)?.is_active
            {
                return Ok(None);
            }
            write.tx.execute(
                "INSERT INTO sweep (customer, product, due, started, host) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET host = excluded.host",
                params![
                    customer.0,
                    product.word(),
                    due.as_millis(),
                    write.now.as_millis(),
                    write.host().as_str()
                ],
            )?;
            let id: i64 = write.tx.query_row(
                "SELECT id FROM sweep WHERE customer = ?1 AND product = ?2 AND due = ?3",
                params![customer.0, product.word(), due.as_millis()],
                |row| row.get(0),
            )?;
            Ok(Some(id))
        })?;
        Ok(id.map(|id| SweepClaim { customer, product, due, id, _hold: hold }))
    }

    /// Turns users on for a pass: one result per user, read back on a new connection after the commit. Repeating it
    /// turns nobody on twice.
    ///
    /// # Errors
    /// `Conflict`, when the rule was switched off meanwhile; `NoSeats`, when the batch would pass the rule's ceiling:
    /// nobody of the batch is turned on then. `Record`: a retry is safe.
    pub fn sweep_apply(&self, claim: &SweepClaim, users: &[Chosen]) -> Result<Vec<SeatResult>, Failure> {
        let scope =
            Scope { customer: claim.customer, product: claim.product, source: Source::Sweep(claim.id) };
        let outcomes = self.write(|write| {
            let rule = standing_rule(write, claim)?;
            let outcomes = seats::turn_on(write, scope, users)?;
            let new: u32 = outcomes.iter().map(|outcome| u32::from(*outcome == SeatOutcome::TurnedOn)).sum();
            if new > 0 && seats::used(&write.tx, claim.customer, claim.product)?.here > rule.ceiling {
                return Err(Failure::new(
                    FailureKind::NoSeats,
                    Text::of(format_args!("Enable Auto would go beyond its limit of {} seats", rule.ceiling)),
                    "Look at who is new, then confirm Enable Auto again with a higher limit.",
                ));
            }
            write
                .tx
                .prepare_cached("UPDATE sweep SET turned_on = turned_on + ?2 WHERE id = ?1")?
                .execute(params![claim.id, new])?;
            Ok(outcomes)
        })?;
        self.read_back(scope, users, outcomes)
    }

    /// Marks seats whose users have left the directory, with the day; the first one counts. Nobody is turned off.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn sweep_left(&self, claim: &SweepClaim, users: &[(UserId, Moment)]) -> Result<(), Failure> {
        self.write(|write| {
            let mut mark = write.tx.prepare_cached(
                "UPDATE seat SET left_on = ?4
                  WHERE customer = ?1 AND product = ?2 AND user = ?3 AND state = 'on' AND left_on IS NULL",
            )?;
            let mut marked = 0_u32;
            for (user, on) in users {
                let changed = mark.execute(params![
                    claim.customer.0,
                    claim.product.word(),
                    user.as_bytes(),
                    on.as_millis()
                ])?;
                marked += u32::from(changed > 0);
            }
            write.tx.execute("UPDATE sweep SET gone = gone + ?2 WHERE id = ?1", params![claim.id, marked])?;
            Ok(())
        })
    }

    /// Takes the mark off seats whose users are back in the directory.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn sweep_returned(&self, claim: &SweepClaim, users: &[UserId]) -> Result<(), Failure> {
        self.write(|write| {
            let mut clear = write.tx.prepare_cached(
                "UPDATE seat SET left_on = NULL
                  WHERE customer = ?1 AND product = ?2 AND user = ?3 AND left_on IS NOT NULL",
            )?;
            for user in users {
                clear.execute(params![claim.customer.0, claim.product.word(), user.as_bytes()])?;
            }
            Ok(())
        })
    }

    /// Ends a pass: its row, the rule and the sweeper's own row say so. Not repeatable, because it takes the claim;
    /// when it fails, the same pass can be claimed again and finds everybody on.
    ///
    /// # Errors
    /// `Record`, when the record can't be written.
    pub fn finish_sweep(&self, claim: SweepClaim, summary: SweepSummary) -> Result<(), Failure> {
        let SweepClaim { customer, product, due, id, _hold } = claim;
        // The record counts by itself, from what was written: a half that an earlier sweeper did is in it.
        let SweepSummary { turned_on: _, left: _, is_late, attention } = summary;
        let why = attention.as_ref().map(Text::as_str);
        self.write(|write| {
            write.tx.execute(
                "UPDATE sweep SET finished = ?2, is_late = ?3, attention = ?4 WHERE id = ?1",
                params![id, write.now.as_millis(), is_late, why],
            )?;
            // A rule that was switched off and on again meanwhile is another rule, and had no pass yet.
            write.tx.execute(
                "UPDATE auto_rule SET last_pass = ?3, attention = ?4
                  WHERE customer = ?1 AND product = ?2 AND made < ?3",
                params![customer.0, product.word(), due.as_millis(), why],
            )?;
            write.tx.execute(
                "INSERT INTO sweeper (id, host, last_pass) VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET host = excluded.host,
                        last_pass = max(coalesce(last_pass, excluded.last_pass), excluded.last_pass)",
                params![write.host().as_str(), due.as_millis()],
            )?;
            let turned_on: u32 =
                write.tx.query_row("SELECT turned_on FROM sweep WHERE id = ?1", [id], |row| row.get(0))?;
            let name = product.name();
            let words = match &attention {
                Some(why) => Text::of(format_args!("Enable Auto for {name} needs attention: {why}")),
                None => Text::of(format_args!("Enable Auto for {name} turned on {turned_on}")),
            };
            write.note(customer, words)
        })
    }
}

/// Forgets where the delta query goes on: what was decided about users that it has no news of holds no longer, so the
/// next pass looks at everybody.
pub(super) fn forget_position(
    write: &Write<'_>,
    customer: CustomerId,
    product: Product,
) -> Result<(), Failure> {
    write
        .tx
        .prepare_cached("DELETE FROM delta WHERE customer = ?1 AND product = ?2")?
        .execute(params![customer.0, product.word()])?;
    Ok(())
}

/// The rule that a claimed pass works for, if it still stands.
fn standing_rule(write: &Write<'_>, claim: &SweepClaim) -> Result<AutoRule, Failure> {
    rules::rule(&write.tx, claim.customer, claim.product)?.filter(|rule| rule.made < claim.due).ok_or_else(
        || {
            Failure::new(
                FailureKind::Conflict,
                "Enable Auto was switched off while its pass was under way",
                "Nobody else is turned on. Whoever is on stays on.",
            )
        },
    )
}
