//! The first screen: who is how far, open runs on top, and what must be said about the passes.

use std::collections::{BTreeMap, HashMap};

use super::{
    Scope, Store,
    part::{products::Products, standing},
    table::{
        customer,
        form::{self, Owner},
        partnership, seen,
    },
};
use crate::domain::{
    customer::{Customer, Product},
    failure::Failure,
    id::{CustomerId, TenantId},
    partner_list::Partnership,
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
        let (read, listed, new_customer, seen) = self.read(|tx| {
            let only =
                reference.map(|reference| customer::by_reference(tx, reference)).transpose()?.flatten();
            let id = only.map(|only| only.id);
            // Nobody looks at the rows of one customer.
            let looks = (&self.0.operator.name, &self.0.options.host);
            let seen = if id.is_none() { seen::find(tx, looks)? } else { None };
            let new_customer = form::find(tx, Owner::Operator(&self.0.operator.name))?;
            let listed = partnership::all(tx)?.into_iter().map(|listed| (listed.tenant, listed));
            let listed: HashMap<TenantId, Partnership> = listed.collect();
            Ok((Products::of(tx, id, (last_2000, now), false)?, listed, new_customer, seen))
        })?;
        let customers = &read.customers;
        let by_id: BTreeMap<CustomerId, &Customer> = customers.iter().map(|c| (c.id, c)).collect();
        let mut rows = Vec::with_capacity(customers.len() + read.open.len());
        for (open, run) in read.open.iter().zip(self.open_runs(&read.open, &read.holds)?) {
            let Some(customer) = by_id.get(&open.0.customer) else { continue };
            let status = read.status(customer, open.0.product, Some((run.clone(), open)));
            rows.push(BoardRow::of_run((*customer).clone(), status.progress(&read.sweeper), run));
        }
        let runs = read.runs();
        for customer in customers {
            let has_run = |product: &&Product| runs.contains_key(&(customer.id, **product));
            let others: Vec<_> = customer.products.iter().filter(|product| !has_run(product)).collect();
            if others.is_empty() && !customer.products.is_empty() {
                continue;
            }
            let far = |product: &Product| read.status(customer, *product, None).progress(&read.sweeper);
            let products = others.into_iter().map(|product| (*product, far(product))).collect();
            rows.push(BoardRow::of_products(customer.clone(), products));
        }
        for row in &mut rows {
            let tenant = row.customer.tenant.filter(|_| row.customer.is_active);
            let of_row = tenant.and_then(|tenant| listed.get(&tenant));
            row.partnership = of_row.and_then(|listed| listed.warning(now));
        }
        // Both keep Enable Auto from running as it should; the clock first, because it may be the cause.
        let clock = self.clock_trouble()?.map(|failure| failure.for_commands());
        let overdue = (read.waiting > 0).then(|| standing::warning(read.waiting));
        let sweep_warning = clock.or(overdue);
        Ok(Board { rows, seen, sweep_warning, new_customer })
    }

    /// Keeps how the rows stood when this operator looked at them on this computer. Safe to repeat.
    ///
    /// # Errors
    /// `Record`, when the record can't be written: a retry is safe.
    pub fn keep_seen(&self, seen: &Seen) -> Result<(), Failure> {
        self.write_in(Scope::Nothing, |write| seen::keep(write.tx, (write.operator(), write.host()), seen))
    }
}
