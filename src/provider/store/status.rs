//! Who is really protected: every product of every customer, from a fixed number of statements, as of one moment.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Store,
    part::standing,
    table::{Key, apply, chosen, customer, draft, exclusion, product::AllFacts, run::RunRow, seat, sweep},
    tx::Tx,
};
use crate::domain::{
    consent::Consent,
    customer::{Customer, Product},
    failure::Failure,
    id::{CustomerId, RunId},
    status::{LastSweep, ProductStatus, Status, Ticked},
    time::{Moment, TOLERANCE},
    verdict::{ListSummary, Standstill},
};

impl Store {
    /// What is true about every product, by the customers' names; products of closed customers only where somebody is
    /// still protected, or a rule or a run is left. With `only`, of that customer. `last_2000` is the latest 20:00 in Sydney that is half an hour ago.
    ///
    /// Cost: twelve statements, whatever the number of customers, one look at a lock per open run, and three at each user
    /// who is ticked and was not turned on.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn status_of(&self, last_2000: Moment, only: Option<CustomerId>) -> Result<Status, Failure> {
        let now = self.0.options.clock.now();
        let (read, sweeper, waiting) = self.read(|tx| {
            let sweeper = standing::sweeper(tx, last_2000, now)?;
            Ok((Read::of(tx, now, sweeper.standstill())?, sweeper, standing::waiting(tx, last_2000, now)?))
        })?;
        let mut rows = Vec::with_capacity(read.facts.len());
        for customer in &read.customers {
            for product in customer.products.iter().filter(|_| only.is_none_or(|id| id == customer.id)) {
                let row = self.product_status(&read, customer, *product)?;
                if customer.is_active || row.on > 0 || row.rule.is_some() || row.run.is_some() {
                    rows.push(row);
                }
            }
        }
        let clock = self.clock_trouble()?.map(|failure| failure.for_commands());
        let sweep_warning = (waiting > 0).then(|| standing::warning(waiting));
        Ok(Status { rows, sweep_warning, clock, sweeper })
    }

    /// One row, from what was read.
    fn product_status(
        &self,
        read: &Read,
        customer: &Customer,
        product: Product,
    ) -> Result<ProductStatus, Failure> {
        let key = (customer.id, product);
        let facts = read.facts.get(&key).cloned().unwrap_or_default();
        let run = match read.runs.get(&key) {
            None => None,
            Some((run, consent)) => {
                let is_unfinished = read.unfinished.contains(&run.id);
                let progress = standing::run_progress(run, &facts, consent, is_unfinished, read.standstill);
                Some((self.open_run_of(run)?, progress))
            }
        };
        Ok(ProductStatus {
            customer: customer.clone(),
            product,
            on: facts.on,
            list: facts.list,
            wants_all: facts.wants_all,
            free: customer.seats.map(|seats| seats.saturating_sub(read.used(customer))),
            enabled: facts.enabled,
            consent: facts.consent,
            rule: facts.rule,
            run,
            missed: read.missed.get(&key).copied().unwrap_or(0),
            ticked: read.ticked.get(&key).map_or_else(Ticked::default, |ticked| ticked.of(facts.on)),
            left: read.left.get(&key).copied().unwrap_or_default().0,
            left_before: read.left.get(&key).copied().unwrap_or_default().1,
            trouble: facts.trouble,
            last_sweep: read.sweeps.get(&key).cloned(),
        })
    }
}

/// Everything that the rows are made from.
struct Read {
    customers: Vec<Customer>,
    facts: AllFacts,
    runs: BTreeMap<Key, (RunRow, Consent)>,
    unfinished: BTreeSet<RunId>,
    missed: BTreeMap<Key, u32>,
    sweeps: BTreeMap<Key, LastSweep>,
    ticked: BTreeMap<Key, Marked>,
    left: BTreeMap<Key, (u32, u32)>,
    /// Why there will be no pass.
    standstill: Option<Standstill>,
}

impl Read {
    /// Active seats of all products of a customer.
    fn used(&self, customer: &Customer) -> u32 {
        let on = |product: &Product| self.facts.get(&(customer.id, *product)).map_or(0, |facts| facts.on);
        Product::ALL.iter().map(on).fold(0, u32::saturating_add)
    }

    fn of(tx: &Tx<'_>, now: Moment, standstill: Option<Standstill>) -> Result<Self, Failure> {
        Ok(Self {
            customers: customer::all(tx)?,
            facts: standing::facts(tx, None)?,
            runs: standing::open_runs(tx, None)?.into_iter().map(|open| (open.0.key(), open)).collect(),
            unfinished: apply::open(tx)?,
            missed: chosen::missed(tx)?,
            sweeps: sweep::last_of_rules(tx, now.plus(TOLERANCE))?,
            ticked: ticked(tx)?,
            left: seat::count_left(tx)?,
            standstill,
        })
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

/// Users who were ticked in the newest run of each product, and neither turned on, excluded, nor missed by its Apply.
fn ticked(tx: &Tx<'_>) -> Result<BTreeMap<Key, Marked>, Failure> {
    let mut is_left_off = chosen::is_left_off(tx)?;
    let mut all = BTreeMap::new();
    for (key, (run, (draft, (list, left_before)))) in draft::newest(tx)? {
        let (mut is_on, mut is_excluded) = (seat::is_on(tx, key)?, exclusion::is_excluded(tx, key)?);
        let mut marked = 0_u32;
        for user in draft.exceptions.iter() {
            let is_open = is_on(user)? != Some(true) && !is_excluded(user)?;
            marked += u32::from(is_open && (draft.all || !is_left_off(&run, user)?));
        }
        all.insert(key, Marked { users: marked, all: draft.all.then_some((list, left_before)) });
    }
    Ok(all)
}
