//! What is true about every product of every customer, read as of one moment: what the first screen and `status` are made
//! of, so that both speak from one verdict.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        table::{
            Key, apply, chosen, customer, draft, exclusion, hold, product::AllFacts, run::RunRow, seat, sweep,
        },
        tx::Tx,
    },
    standing,
};
use crate::domain::{
    consent::Consent,
    customer::{Customer, Product},
    failure::Failure,
    held_by::HeldBy,
    id::{CustomerId, RunId},
    run::{OpenRun, ProductProgress, SweeperStatus},
    status::{LastSweep, ProductStatus, Ticked},
    sweep::OVERDUE_AFTER,
    sydney,
    time::{Moment, TOLERANCE},
    verdict::ListSummary,
};

/// Everything that the rows are made from.
pub(crate) struct Products {
    /// The customers, by name.
    pub(crate) customers: Vec<Customer>,
    /// The runs that are not finished, newest on top, each with the consent that it waits for.
    pub(crate) open: Vec<(RunRow, Consent)>,
    /// What works the passes.
    pub(crate) sweeper: SweeperStatus,
    /// How many rules wait for a pass that is overdue.
    pub(crate) waiting: u32,
    facts: AllFacts,
    /// Who has each of them, or had it last.
    pub(crate) holds: BTreeMap<RunId, HeldBy>,
    unfinished: BTreeSet<RunId>,
    missed: BTreeMap<Key, u32>,
    sweeps: BTreeMap<Key, LastSweep>,
    ticked: BTreeMap<Key, Marked>,
    left: BTreeMap<Key, (u32, u32)>,
    troubles: BTreeMap<Key, u32>,
}

impl Products {
    /// Reads it, of one customer or of all. `last_2000` is the latest 20:00 in Sydney that is half an hour ago; the ticks of
    /// open runs are looked up where `has_open_ticks`: a verdict needs none of users who are still being chosen.
    ///
    /// Cost: fifteen statements, whatever the number of customers; in a file three at each user who is ticked.
    pub(crate) fn of(
        tx: &Tx<'_>,
        only: Option<CustomerId>,
        (last_2000, now): (Moment, Moment),
        has_open_ticks: bool,
    ) -> Result<Self, Failure> {
        let customers = match only {
            Some(customer) => vec![customer::one(tx, customer)?],
            None => customer::all(tx)?,
        };
        let open = standing::open_runs(tx, only)?;
        let keys: BTreeSet<Key> = open.iter().map(|(run, _)| run.key()).collect();
        Ok(Self {
            sweeper: standing::sweeper(tx, last_2000, now)?,
            waiting: standing::waiting(tx, last_2000, now)?,
            facts: standing::facts(tx, only)?,
            holds: hold::of_open(tx)?.into_iter().collect(),
            unfinished: apply::open(tx)?,
            missed: chosen::missed(tx, only)?,
            sweeps: sweep::last_of_rules(tx, now.plus(TOLERANCE))?,
            ticked: ticked(tx, only, |key| has_open_ticks || !keys.contains(key))?,
            left: seat::count_left(tx, only)?,
            troubles: seat::count_troubles(tx, only)?,
            customers,
            open,
        })
    }

    /// How far the other products of a customer are.
    pub(crate) fn others(
        tx: &Tx<'_>,
        customer: &Customer,
        product: Product,
        now: Moment,
    ) -> Result<Vec<ProductProgress>, Failure> {
        if customer.products.len() < 2 {
            return Ok(Vec::new());
        }
        let last_2000 = sydney::latest_2000(now.minus(OVERDUE_AFTER));
        let read = Self::of(tx, Some(customer.id), (last_2000, now), false)?;
        let runs = read.runs();
        let others = customer.products.iter().filter(|other| **other != product);
        let far = |other: &Product| {
            let open = runs.get(&(customer.id, *other)).copied();
            // Who has it open has no part in how far it is.
            let run = open.map(|open| (open.0.as_open(None), open));
            let progress = read.status(customer, *other, run).progress(&read.sweeper);
            ProductProgress { product: *other, run: open.map(|open| open.0.id.clone()), progress }
        };
        Ok(others.map(far).collect())
    }

    /// The open runs by customer and product.
    pub(crate) fn runs(&self) -> BTreeMap<Key, &(RunRow, Consent)> {
        self.open.iter().map(|open| (open.0.key(), open)).collect()
    }

    /// What is true about one product of one customer; `run`: the one that is open, if there is one.
    pub(crate) fn status(
        &self,
        customer: &Customer,
        product: Product,
        run: Option<(OpenRun, &(RunRow, Consent))>,
    ) -> ProductStatus {
        let key = (customer.id, product);
        let facts = self.facts.get(&key).cloned().unwrap_or_default();
        let run = run.map(|(open, (row, consent))| {
            let is_unfinished = self.unfinished.contains(&row.id);
            (open, standing::run_progress(row, &facts, consent, is_unfinished))
        });
        let (left, left_before) = self.left.get(&key).copied().unwrap_or_default();
        ProductStatus {
            customer: customer.clone(),
            product,
            on: facts.on,
            list: facts.list,
            wants_all: facts.wants_all,
            free: customer.seats.map(|seats| seats.saturating_sub(self.used(customer))),
            enabled: facts.enabled,
            consent: facts.consent,
            has_left_behind: facts.has_left_behind,
            rule: facts.rule,
            run,
            missed: self.missed.get(&key).copied().unwrap_or(0),
            ticked: self.ticked.get(&key).map_or_else(Ticked::default, |ticked| ticked.of(facts.on)),
            left,
            left_before,
            backup_troubles: self.troubles.get(&key).copied().unwrap_or(0),
            trouble: facts.trouble,
            last_sweep: self.sweeps.get(&key).cloned(),
        }
    }

    /// Active seats of all products of a customer.
    fn used(&self, customer: &Customer) -> u32 {
        let on = |product: &Product| self.facts.get(&(customer.id, *product)).map_or(0, |facts| facts.on);
        Product::ALL.iter().map(on).fold(0, u32::saturating_add)
    }
}

/// The ticks of a run that nothing came of.
struct Marked {
    /// With All the unticked ones.
    users: u32,
    /// With All what the run's list came to, and how many of the seats now are of users who had left by then.
    all: Option<(ListSummary, u32)>,
}

impl Marked {
    /// What they come to with so many active seats.
    fn of(&self, on: u32) -> Ticked {
        match &self.all {
            Some((list, left_before)) => {
                Ticked::AllBut { off: list.off(on, *left_before), unticked: self.users }
            }
            None => Ticked::Some(self.users),
        }
    }
}

/// Users who were ticked in the newest run of each of these products, and neither turned on, excluded, nor missed by its
/// Apply. Cost: four statements on a server; in a file three at each user who is ticked.
fn ticked(
    tx: &Tx<'_>,
    only: Option<CustomerId>,
    is_asked: impl Fn(&Key) -> bool,
) -> Result<BTreeMap<Key, Marked>, Failure> {
    let newest: Vec<_> = draft::newest(tx, only)?.into_iter().filter(|of| is_asked(&of.0)).collect();
    let users =
        || newest.iter().flat_map(|(key, (_, (draft, _)))| draft.exceptions.iter().map(|user| (*key, user)));
    let are_on = seat::are_on_each(tx, users())?;
    let are_excluded = exclusion::are_excluded_each(tx, users())?;
    // With everybody chosen, the exceptions are those who were left out by hand.
    let by_name = newest.iter().filter(|(_, (_, (draft, _)))| !draft.all);
    let by_name =
        by_name.flat_map(|(_, (run, (draft, _)))| draft.exceptions.iter().map(move |user| (run, user)));
    let mut are_left_off = chosen::are_left_off(tx, by_name)?.into_iter();
    let mut known = are_on.into_iter().zip(are_excluded);
    let mut all = BTreeMap::new();
    for (key, (_, (draft, (list, left_before)))) in &newest {
        let mut users = 0_u32;
        for (is_on, is_excluded) in known.by_ref().take(draft.exceptions.len()) {
            let is_left_off = !draft.all && are_left_off.next().unwrap_or(false);
            users = users.saturating_add(u32::from(is_on != Some(true) && !is_excluded && !is_left_off));
        }
        all.insert(*key, Marked { users, all: draft.all.then(|| (list.clone(), *left_before)) });
    }
    Ok(all)
}
