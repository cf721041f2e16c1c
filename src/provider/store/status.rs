//! Who is really protected: every product of every customer, from a fixed number of statements, as of one moment.

use std::collections::BTreeMap;

use super::{
    Store,
    part::{products::Products, standing},
    table::Key,
};
use crate::domain::{failure::Failure, id::CustomerId, status::Status, time::Moment};

impl Store {
    /// What is true about every product, by the customers' names; products of closed customers only where somebody is
    /// still protected, or a rule or a run is left. With `only`, of that customer. `last_2000` is the latest 20:00 in Sydney that is half an hour ago.
    ///
    /// Cost: that of `Products::of`, and one look at the locks of all open runs; in a file at each of them.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn status_of(&self, last_2000: Moment, only: Option<CustomerId>) -> Result<Status, Failure> {
        let now = self.0.options.clock.now();
        let read = self.read(|tx| Products::of(tx, only, (last_2000, now), true))?;
        let open = self.open_runs(&read.open, &read.holds)?;
        let runs = open.into_iter().zip(&read.open).map(|(run, open)| (open.0.key(), (run, open)));
        let mut runs: BTreeMap<Key, _> = runs.collect();
        let mut rows = Vec::new();
        for customer in read.customers.iter().filter(|customer| only.is_none_or(|id| id == customer.id)) {
            for product in &customer.products {
                let row = read.status(customer, *product, runs.remove(&(customer.id, *product)));
                if customer.is_active || row.on > 0 || row.rule.is_some() || row.run.is_some() {
                    rows.push(row);
                }
            }
        }
        let clock = self.clock_trouble()?.map(|failure| failure.for_commands());
        let sweep_warning = (read.waiting > 0).then(|| standing::warning(read.waiting));
        let listed = self.partnerships()?;
        let mut partnerships = Vec::new();
        for customer in read.customers.iter().filter(|it| it.is_active && only.is_none_or(|id| id == it.id)) {
            let warning = listed.get(&customer.id).and_then(|listed| listed.warning(now));
            partnerships.extend(warning.map(|warning| (customer.clone(), warning)));
        }
        Ok(Status { rows, sweep_warning, clock, sweeper: read.sweeper, partnerships })
    }
}
