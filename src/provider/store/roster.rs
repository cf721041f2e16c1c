//! What the passes remember of a directory: how many users it had, mailboxes seen and missed, whom they still owe, and
//! where the next delta query goes on.

use super::{
    Scope, Store,
    part::{claim::SweepClaim, list_target::ListTarget, record},
    table::{
        Key, delta, exclusion,
        listing::{self, ListRecord},
        product, roster, rule, scheduled, seat, sweep,
    },
    tx::Tx,
};
use crate::domain::{
    bill::grouped,
    customer::Product,
    failure::{Failure, FailureKind},
    id::{Address, CustomerId, UserId},
    protection::{Chosen, Missing, Protection},
    sweep as sweep_rules,
    text::Text,
    time::Moment,
    verdict::ListSummary,
};

/// What a pass has found out, and what the next one starts from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Whether what it saw is believed.
    pub belief: Belief,
    /// What was listed comes to. Of a pass only what it could not see and whom it could not protect are kept.
    pub list: ListSummary,
    /// Where the next delta query goes on; none: the one on record stays.
    pub position: Option<String>,
    /// The mailboxes of a hosted product; none: the ones on record stay.
    pub roster: Option<Roster>,
    /// Users who are left to a later pass.
    pub waiting: Vec<(UserId, Text)>,
    /// Users who are gone, and since when.
    pub left: Vec<(UserId, Moment)>,
    /// Users who are there, though they were marked as gone.
    pub back: Vec<UserId>,
}

/// Whether what a pass saw is believed (product.md rule 20).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Belief {
    /// A whole list of so many users is.
    Whole(u32),
    /// A round of changes is.
    Changes {
        /// Users on record who are gone by it.
        gone: u32,
    },
    /// It is not.
    Doubted {
        /// So many users an Admin may accept.
        acceptable: Option<u32>,
    },
}

/// What a whole list of users is held against: ids alone, for half a million names would be read for nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldAgainst {
    /// The last list.
    pub list: ListRecord,
    /// Who is protected and has not left.
    pub present: Vec<UserId>,
    /// Whom Enable Auto still owes.
    pub scheduled: Vec<UserId>,
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
    /// The mailboxes that the passes have seen and missed.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweep_roster(&self, customer: CustomerId, product: Product) -> Result<Roster, Failure> {
        self.read(|tx| {
            let mut roster = Roster::default();
            for (address, missing) in roster::all(tx, (customer, product))? {
                match missing {
                    Some(since) => roster.missing.push(Missing { address, since }),
                    None => roster.known.push(address),
                }
            }
            Ok(roster)
        })
    }

    /// Where the next Graph delta query of a customer and product goes on; none: from the beginning.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn delta_link(&self, customer: CustomerId, product: Product) -> Result<Option<String>, Failure> {
        self.read(|tx| delta::find(tx, (customer, product)))
    }

    /// What the next list of users is held against.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn list_record(&self, customer: CustomerId, product: Product) -> Result<ListRecord, Failure> {
        self.read(|tx| listing::find(tx, (customer, product)))
    }

    /// What a whole list of users is held against, of one moment.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn held_against(&self, customer: CustomerId, product: Product) -> Result<HeldAgainst, Failure> {
        let key = (customer, product);
        self.read(|tx| {
            Ok(HeldAgainst {
                list: listing::find(tx, key)?,
                present: seat::present(tx, key)?,
                scheduled: scheduled::all(tx, key)?.into_iter().map(|(user, _)| user).collect(),
            })
        })
    }

    /// Users whom Enable Auto was told to turn on, and their addresses, as far as they are neither on nor excluded.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn scheduled(&self, customer: CustomerId, product: Product) -> Result<Vec<(UserId, Text)>, Failure> {
        self.read(|tx| scheduled::all(tx, (customer, product)))
    }

    /// Keeps what a pass has found out, all of it or nothing; after the seats that it led to, so that a pass that was
    /// cut short before this sees the same again. Where the next pass starts is kept only if `before`, by which the
    /// pass decided, is still what is on record: whoever changed kinds, exclusions or seats meanwhile came too early
    /// for having it forgotten.
    ///
    /// # Errors
    /// `Conflict`, when the rule was switched off or what is enabled changed meanwhile: nothing was kept, for it is about
    /// another organisation. `Record`: a retry is safe.
    pub fn keep_pass(&self, claim: &SweepClaim, before: &Protection, kept: &Kept) -> Result<(), Failure> {
        let key = claim.key;
        self.write_in(Scope::Customer(key.0), |write| {
            let tx = write.tx;
            claim.stands(write)?;
            let now = record::protection(tx, key, write.now)?;
            // Whoever was promised meanwhile is not what this pass has looked for.
            let is_outdated = sweep_rules::is_outdated(before, &now);
            let is_as_promised = !is_outdated && before.rule == now.rule;
            sweep::add_left(tx, claim.id, seat::mark_left(tx, key, &kept.left)?)?;
            seat::unmark_left(tx, key, &kept.back)?;
            match kept.belief {
                Belief::Whole(listed) => {
                    listing::believe(tx, key, listed)?;
                    product::keep_gaps(tx, key, &kept.list)?;
                }
                Belief::Changes { gone } => listing::shrink(tx, key, gone)?,
                Belief::Doubted { acceptable } => listing::doubt(tx, key, acceptable)?,
            }
            match kept.belief {
                Belief::Whole(_) | Belief::Changes { .. } if is_as_promised => scheduled::forget(tx, key)?,
                _ => scheduled::settle(tx, key)?,
            }
            scheduled::add(tx, key, kept.waiting.iter().map(|(user, address)| (user, address)))?;
            if let Some(roster) = &kept.roster {
                replace(tx, key, roster)?;
            }
            match &kept.position {
                Some(_) if is_outdated => delta::forget(tx, key),
                Some(position) => delta::keep(tx, key, (position, write.now)),
                None => Ok(()),
            }
        })
    }

    /// Keeps what a look at a product's users outside a pass has found out: what the list comes to and when, who has left,
    /// and the names of those who are excluded. `kept.position` is a pass's and stays. `users`: everybody listed; `gone`:
    /// whoever is marked as left by it, for the audit.
    ///
    /// # Errors
    /// `Conflict`, when something else is enabled by now: nothing was kept. `Record`: a retry is safe.
    pub fn keep_listing(
        &self,
        of: &ListTarget,
        kept: &Kept,
        (users, gone): (&[Chosen], &[Chosen]),
    ) -> Result<(), Failure> {
        self.write(|write| {
            let tx = write.tx;
            let key = of.demand(tx)?;
            seat::mark_left(tx, key, &kept.left)?;
            seat::unmark_left(tx, key, &kept.back)?;
            exclusion::name(tx, key, users.iter())?;
            write.note_named(
                None,
                key.0,
                "found that they left the organisation:",
                &gone.iter().collect::<Vec<_>>(),
            )?;
            if let Some(roster) = &kept.roster {
                replace(tx, key, roster)?;
            }
            if let Belief::Doubted { acceptable } = kept.belief {
                return listing::doubt(tx, key, acceptable);
            }
            listing::count(tx, key, kept.list.listed)?;
            product::keep_list(tx, key, &kept.list, write.now)
        })
    }

    /// Keeps why a product's users could not be looked at again; the numbers stay those of the last list.
    ///
    /// # Errors
    /// As [`Store::keep_listing`].
    pub fn keep_trouble(&self, of: &ListTarget, why: &Text) -> Result<(), Failure> {
        self.write(|write| product::keep_trouble(write.tx, of.demand(write.tx)?, why, write.now))
    }

    /// Notes that an operator's list came short; `acceptable` is how many users it had, where an Admin may accept that.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn note_short(
        &self,
        customer: CustomerId,
        product: Product,
        acceptable: Option<u32>,
    ) -> Result<(), Failure> {
        self.write_in(Scope::Customer(customer), |write| {
            listing::doubt(write.tx, (customer, product), acceptable)
        })
    }

    /// Has the next pass take a list of so many users for the truth, once. `count` is what the last list had: the
    /// products of which that came short. What needed attention is answered by that.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Conflict`, when no list of so many users came short; `Record`: a retry is
    /// safe.
    pub fn accept_shorter(&self, customer: CustomerId, count: u32) -> Result<Vec<Product>, Failure> {
        self.write(|write| {
            write.demand_admin("accepting a shorter list of users")?;
            let short = listing::short_of(write.tx, customer)?;
            let of_that: Vec<Product> =
                short.iter().filter(|(_, found)| *found == count).map(|(product, _)| *product).collect();
            if of_that.is_empty() {
                return Err(nothing_to_accept(&short, count));
            }
            for product in &of_that {
                let key = (customer, *product);
                let before = listing::find(write.tx, key)?.listed;
                listing::accept(write.tx, key, count)?;
                rule::answer(write.tx, key)?;
                write.note(
                    customer,
                    &Text::of(format_args!(
                        "accepted a shorter list of users for {}: {} in the place of {}",
                        product.name(),
                        grouped(count),
                        grouped(before)
                    )),
                )?;
            }
            Ok(of_that)
        })
    }
}

/// Keeps the mailboxes that were seen and missed in the place of those before.
fn replace(tx: &Tx<'_>, key: Key, roster: &Roster) -> Result<(), Failure> {
    let missing = roster.missing.iter().map(|missing| (&missing.address, Some(missing.since)));
    roster::replace(tx, key, missing.chain(roster.known.iter().map(|known| (known, None))))
}

/// Why a count can't be accepted: what came short, in numbers.
fn nothing_to_accept(short: &[(Product, u32)], count: u32) -> Failure {
    let found: Vec<String> = short
        .iter()
        .map(|(product, found)| format!("{} users for {}", grouped(*found), product.name()))
        .collect();
    let what = match found.as_slice() {
        [] => Text::from("no list of this customer came short, so there is nothing to accept"),
        found => {
            Text::of(format_args!("the last list had {}, and not {}", found.join(" and "), grouped(count)))
        }
    };
    Failure::new(
        FailureKind::NotFound,
        what,
        "Look at what the last sweep says, and accept the number that it names.",
    )
}
