//! Who is really protected: every product of every customer, from a fixed number of statements, as of one moment.

use super::{
    Store,
    part::{products::Products, standing},
};
use crate::domain::{failure::Failure, id::CustomerId, status::Status, time::Moment};

impl Store {
    /// What is true about every product, by the customers' names; products of closed customers only where somebody is
    /// still protected, or a rule or a run is left. With `only`, of that customer. `last_2000` is the latest 20:00 in Sydney that is half an hour ago.
    ///
    /// Cost: that of `Products::of`, and one look at a lock per open run.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn status_of(&self, last_2000: Moment, only: Option<CustomerId>) -> Result<Status, Failure> {
        let now = self.0.options.clock.now();
        let read = self.read(|tx| Products::of(tx, only, (last_2000, now), true))?;
        let runs = read.runs();
        let mut rows = Vec::new();
        for customer in read.customers.iter().filter(|customer| only.is_none_or(|id| id == customer.id)) {
            for product in &customer.products {
                let run = match runs.get(&(customer.id, *product)) {
                    Some(open) => Some((self.open_run_of(&open.0, read.holds.get(&open.0.id))?, *open)),
                    None => None,
                };
                let row = read.status(customer, *product, run);
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
