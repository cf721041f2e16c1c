//! The first screen: who is how far, open runs on top, and what must be said about the passes.

use std::collections::BTreeMap;

use super::{
    Store,
    part::standing,
    table::{
        apply, customer,
        form::{self, Owner},
        seen,
    },
};
use crate::domain::{
    customer::{Customer, Product},
    failure::Failure,
    id::CustomerId,
    run::{Board, BoardRow, Seen},
    text::Text,
    time::Moment,
};

impl Store {
    /// Everything that the first screen shows. `last_2000` is the latest 20:00 in Sydney that is half an hour ago.
    ///
    /// Open runs come first, newest on top, one row each; then the customers by name. A customer with an open run is
    /// listed again below only when another of its products could be started.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn board(&self, last_2000: Moment) -> Result<Board, Failure> {
        self.board_of(last_2000, None)
    }

    /// The same with the rows of one customer only, where that is a reference on record; everybody's where it is not. A
    /// thousand journeys for one customer each must not read a thousand boards of a thousand.
    ///
    /// # Errors
    /// As [`Store::board`].
    pub fn board_of(&self, last_2000: Moment, reference: Option<&Text>) -> Result<Board, Failure> {
        let now = self.0.options.clock.now();
        let (customers, open, facts, unfinished, waiting, sweeper, new_customer, seen) = self.read(|tx| {
            let only =
                reference.map(|reference| customer::by_reference(tx, reference)).transpose()?.flatten();
            let id = only.as_ref().map(|only| only.id);
            Ok((
                only.map_or_else(|| customer::all(tx), |only| Ok(vec![only]))?,
                standing::open_runs(tx, id)?,
                standing::facts(tx, id)?,
                apply::open(tx)?,
                standing::waiting(tx, last_2000, now)?,
                standing::sweeper(tx, last_2000, now)?,
                form::find(tx, Owner::Operator(&self.0.operator.name))?,
                // Nobody looks at the rows of one customer.
                if id.is_none() {
                    seen::find(tx, (&self.0.operator.name, &self.0.options.host))?
                } else {
                    None
                },
            ))
        })?;
        let by_id: BTreeMap<CustomerId, &Customer> = customers.iter().map(|c| (c.id, c)).collect();
        let mut rows = Vec::with_capacity(customers.len() + open.len());
        for (run, consent) in &open {
            let Some(customer) = by_id.get(&run.customer) else { continue };
            let facts = facts.get(&(run.customer, run.product)).cloned().unwrap_or_default();
            rows.push(BoardRow {
                customer: (*customer).clone(),
                progress: standing::run_progress(
                    run,
                    &facts,
                    consent,
                    unfinished.contains(&run.id),
                    sweeper.standstill(),
                ),
                run: Some(self.open_run_of(run)?),
            });
        }
        for customer in &customers {
            let started: Vec<Product> = open
                .iter()
                .filter(|(run, _)| run.customer == customer.id)
                .map(|(run, _)| run.product)
                .collect();
            if started.is_empty() || customer.products.iter().any(|product| !started.contains(product)) {
                let progress = standing::progress(customer, &facts, sweeper.standstill());
                rows.push(BoardRow { customer: customer.clone(), progress, run: None });
            }
        }
        // Both keep Enable Auto from running as it should; the clock first, because it may be the cause.
        let clock = self.clock_trouble()?.map(|failure| failure.for_commands());
        let overdue = (waiting > 0).then(|| standing::warning(waiting));
        let sweep_warning = clock.or(overdue);
        Ok(Board { rows, seen, sweep_warning, new_customer })
    }

    /// Keeps how the rows stood when this operator looked at them on this computer. Safe to repeat.
    ///
    /// # Errors
    /// `Record`, when the record can't be written: a retry is safe.
    pub fn keep_seen(&self, seen: &Seen) -> Result<(), Failure> {
        self.write(|write| seen::keep(write.tx, (write.operator(), write.host()), seen))
    }
}
