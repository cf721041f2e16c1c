//! Passes of Enable Auto: each rule and each 20:00 once, by whoever claims it first, resumed when it was cut short.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store, customers,
    lock::Hold,
    row::{maybe_moment, maybe_text, moment, parsed, product, text},
    rules,
    seats::{self, Scope, Source},
    write::Write,
};
use crate::domain::{
    customer::Product,
    failure::{Failure, FailureKind},
    id::{Address, CustomerId, UserId},
    protection::{AutoRule, Chosen, Missing, SeatOutcome, SeatResult},
    run::SweeperStatus,
    text::Text,
    time::Moment,
};

/// How long after 20:00 a missing pass is overdue (product.md section 9: 30 minutes).
pub(super) const GRACE_MILLIS: i64 = 30 * 60 * 1_000;

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
    /// Users turned on, as the sweeper counted; the record keeps its own count, which includes an earlier half.
    pub turned_on: u32,
    /// Users marked as left.
    pub left: u32,
    /// It began later than it should have.
    pub is_late: bool,
    /// Why it turned nobody on; the customer needs attention until a pass without one.
    pub attention: Option<Text>,
}

/// A pass on record, for the history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SweepRecord {
    /// Whose users.
    pub customer: CustomerId,
    /// The customer's name.
    pub name: Text,
    /// Of which product.
    pub product: Product,
    /// The 20:00 that it worked for.
    pub due: Moment,
    /// When it began.
    pub started: Moment,
    /// When it ended; none: under way, or cut short.
    pub finished: Option<Moment>,
    /// On which computer.
    pub host: Text,
    /// Users turned on.
    pub turned_on: u32,
    /// Users marked as left.
    pub left: u32,
    /// It began later than it should have.
    pub is_late: bool,
    /// Why it turned nobody on.
    pub attention: Option<Text>,
}

/// The mailboxes that the passes of a hosted product have seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Roster {
    /// Seen by the last pass.
    pub known: Vec<Address>,
    /// Missed since some pass.
    pub missing: Vec<Missing>,
}

impl Store {
    /// Takes the pass of one rule for one 20:00. None: another sweeper has it, it is finished (or a later one is), or
    /// there is no rule that was made before that 20:00. A pass that was cut short is given out again.
    ///
    /// # Errors
    /// `Record`, when the record can't be used; a retry is safe.
    pub fn claim_sweep(
        &self,
        customer: CustomerId,
        product: Product,
        due: Moment,
    ) -> Result<Option<SweepClaim>, Failure> {
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

    /// The mailboxes that the passes have seen and missed.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweep_roster(&self, customer: CustomerId, product: Product) -> Result<Roster, Failure> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT address, missing FROM roster WHERE customer = ?1 AND product = ?2 ORDER BY address",
            )?;
            let mut rows = statement.query(params![customer.0, product.word()])?;
            let mut roster = Roster::default();
            while let Some(row) = rows.next()? {
                let address = parsed(row, 0)?;
                match maybe_moment(row, 1)? {
                    Some(since) => roster.missing.push(Missing { address, since }),
                    None => roster.known.push(address),
                }
            }
            Ok(roster)
        })
    }

    /// Keeps the roster in the place of the one before.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn save_roster(&self, claim: &SweepClaim, roster: &Roster) -> Result<(), Failure> {
        self.write(|write| {
            let (customer, word) = (claim.customer.0, claim.product.word());
            write.tx.execute(
                "DELETE FROM roster WHERE customer = ?1 AND product = ?2",
                params![customer, word],
            )?;
            let mut add = write.tx.prepare_cached(
                "INSERT INTO roster (customer, product, address, missing) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET missing = excluded.missing",
            )?;
            for missing in &roster.missing {
                add.execute(params![customer, word, missing.address.as_str(), missing.since.as_millis()])?;
            }
            for known in &roster.known {
                add.execute(params![customer, word, known.as_str(), None::<i64>])?;
            }
            Ok(())
        })
    }

    /// Where the next Graph delta query of a customer and product goes on; none: from the beginning.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn delta_link(&self, customer: CustomerId, product: Product) -> Result<Option<String>, Failure> {
        self.read(|tx| {
            let found = tx
                .query_row(
                    "SELECT link FROM delta WHERE customer = ?1 AND product = ?2",
                    params![customer.0, product.word()],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(found)
        })
    }

    /// Keeps where the next delta query goes on; none forgets it. Save it after the seats that it led to: a pass cut
    /// short between the two then sees the same changes again, which is safe.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn save_delta_link(
        &self,
        customer: CustomerId,
        product: Product,
        link: Option<&str>,
    ) -> Result<(), Failure> {
        self.write(|write| {
            match link {
                Some(link) => write.tx.execute(
                    "INSERT INTO delta (customer, product, link, saved) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET link = excluded.link, saved = excluded.saved",
                    params![customer.0, product.word(), link, write.now.as_millis()],
                )?,
                None => write.tx.execute(
                    "DELETE FROM delta WHERE customer = ?1 AND product = ?2",
                    params![customer.0, product.word()],
                )?,
            };
            Ok(())
        })
    }

    /// Ends a pass: its row, the rule and the sweeper's own row say so. Not repeatable, because it takes the claim;
    /// when it fails, the same pass can be claimed again and finds everybody on.
    ///
    /// # Errors
    /// `Record`, when the record can't be written.
    pub fn finish_sweep(&self, claim: SweepClaim, summary: SweepSummary) -> Result<(), Failure> {
        let attention = summary.attention.as_ref().map(Text::as_str);
        let key = (claim.customer.0, claim.product.word(), claim.due.as_millis());
        self.write(|write| {
            write.tx.execute(
                "UPDATE sweep SET finished = ?2, gone = max(gone, ?3), is_late = ?4, attention = ?5 WHERE id = ?1",
                params![claim.id, write.now.as_millis(), summary.left, summary.is_late, attention],
            )?;
            write.tx.execute(
                "UPDATE auto_rule SET last_pass = ?3, attention = ?4 WHERE customer = ?1 AND product = ?2",
                params![key.0, key.1, key.2, attention],
            )?;
            write.tx.execute(
                "INSERT INTO sweeper (id, host, last_pass) VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET host = excluded.host,
                        last_pass = max(coalesce(last_pass, excluded.last_pass), excluded.last_pass)",
                params![write.host().as_str(), key.2],
            )?;
            let turned_on: u32 =
                write.tx.query_row("SELECT turned_on FROM sweep WHERE id = ?1", [claim.id], |row| row.get(0))?;
            let name = claim.product.name();
            let words = match &summary.attention {
                Some(why) => Text::of(format_args!("Enable Auto for {name} needs attention: {why}")),
                None => Text::of(format_args!("Enable Auto for {name} turned on {turned_on}")),
            };
            write.note(claim.customer, words)
        })
    }

    /// Who runs the passes, and whether the one of `last_2000` is overdue: the latest 20:00 that is half an hour ago, so
    /// that a night that was missed does not look well while the next one has just begun.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweeper_status(&self, last_2000: Moment) -> Result<SweeperStatus, Failure> {
        let now = self.0.options.clock.now();
        self.read(|tx| status(tx, last_2000, now))
    }

    /// Notes that a sweeper was installed on a computer.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn note_sweeper_installed(&self, host: &Text) -> Result<(), Failure> {
        self.write(|write| {
            write.tx.execute(
                "INSERT INTO sweeper (id, host, installed) VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET host = excluded.host, installed = excluded.installed",
                params![host.as_str(), write.now.as_millis()],
            )?;
            write.note_all(None, None, Text::of(format_args!("installed the sweeper on {host}")))
        })
    }

    /// The passes on record, newest first.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweeps(&self, limit: u32) -> Result<Vec<SweepRecord>, Failure> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT s.customer, c.name, s.product, s.due, s.started, s.finished, s.host, s.turned_on, s.gone,
                        s.is_late, s.attention
                   FROM sweep s JOIN customer c ON c.id = s.customer ORDER BY s.due DESC, s.started DESC, s.id LIMIT ?1",
            )?;
            let rows = statement.query_map([limit], sweep_record)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// One row of the history.
fn sweep_record(row: &Row<'_>) -> rusqlite::Result<SweepRecord> {
    Ok(SweepRecord {
        customer: CustomerId(row.get(0)?),
        name: text(row, 1)?,
        product: product(row, 2)?,
        due: moment(row, 3)?,
        started: moment(row, 4)?,
        finished: maybe_moment(row, 5)?,
        host: text(row, 6)?,
        turned_on: row.get(7)?,
        left: row.get(8)?,
        is_late: row.get(9)?,
        attention: maybe_text(row, 10)?,
    })
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

/// Who runs the passes, and whether one is overdue.
pub(super) fn status(
    connection: &Connection,
    last_2000: Moment,
    now: Moment,
) -> Result<SweeperStatus, Failure> {
    let (host, last_pass) = connection
        .prepare_cached("SELECT host, last_pass FROM sweeper")?
        .query_row([], |row| Ok((Some(text(row, 0)?), maybe_moment(row, 1)?)))
        .optional()?
        .unwrap_or_default();
    Ok(SweeperStatus { host, last_pass, is_overdue: waiting(connection, last_2000, now)? > 0 })
}

/// How many rules of open customers wait for a pass that is overdue.
pub(super) fn waiting(connection: &Connection, last_2000: Moment, now: Moment) -> Result<u32, Failure> {
    if now.as_millis() < last_2000.as_millis().saturating_add(GRACE_MILLIS) {
        return Ok(0);
    }
    let waiting = connection
        .prepare_cached(
            "SELECT count(*) FROM auto_rule r JOIN customer c ON c.id = r.customer
              WHERE c.is_active AND r.made < ?1 AND coalesce(r.last_pass < ?1, true)",
        )?
        .query_row([last_2000.as_millis()], |row| row.get(0))?;
    Ok(waiting)
}
