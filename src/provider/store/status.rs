//! Who is really protected: every product of every customer, from a fixed number of statements, as of one moment.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::{
    Store,
    board::{self, AllFacts},
    customers, history,
    row::{maybe_moment, moment, product},
    runs::{self, RunRow},
};
use crate::domain::{
    customer::{Customer, Product},
    failure::Failure,
    id::CustomerId,
    run::OpenRun,
    status::{LastSweep, ProductStatus, Status},
    time::Moment,
};

/// A product of a customer.
type Key = (CustomerId, Product);

impl Store {
    /// What is true about every product, by the customers' names; products of closed customers only where somebody is
    /// still protected, or a rule or a run is left. With `only`, of that customer. `last_2000` is the latest 20:00 in Sydney that is half an hour ago.
    ///
    /// Cost: nine statements, whatever the number of customers, and one look at a lock per open run.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn status_of(&self, last_2000: Moment, only: Option<CustomerId>) -> Result<Status, Failure> {
        let now = self.0.options.clock.now();
        let (read, sweeper, waiting) = self.read(|tx| {
            Ok((Read::of(tx)?, history::status(tx, last_2000, now)?, history::waiting(tx, last_2000, now)?))
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
        Ok(Status { rows, sweep_warning: (waiting > 0).then(|| board::warning(waiting)), sweeper })
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
            Some(run) => {
                let progress = board::run_progress(run, &facts, read.unfinished.contains(&run.id));
                let open = OpenRun {
                    id: run.id.clone(),
                    product,
                    touched: run.touched,
                    is_parked: run.parked.is_some(),
                    is_held: self.is_held_elsewhere(&run.id)?,
                };
                Some((open, progress))
            }
        };
        Ok(ProductStatus {
            customer: customer.clone(),
            product,
            on: facts.on,
            listed: facts.listed,
            eligible: facts.eligible,
            enabled: facts.enabled,
            rule: facts.rule,
            run,
            missed: read.missed.get(&key).copied().unwrap_or(0),
            last_sweep: read.sweeps.get(&key).cloned(),
        })
    }
}

/// Everything that the rows are made from.
struct Read {
    customers: Vec<Customer>,
    facts: AllFacts,
    runs: BTreeMap<Key, RunRow>,
    unfinished: std::collections::BTreeSet<crate::domain::id::RunId>,
    missed: BTreeMap<Key, u32>,
    sweeps: BTreeMap<Key, LastSweep>,
}

impl Read {
    fn of(connection: &Connection) -> Result<Self, Failure> {
        Ok(Self {
            customers: customers::all(connection)?,
            facts: board::facts(connection)?,
            runs: runs::open(connection)?.into_iter().map(|run| ((run.customer, run.product), run)).collect(),
            unfinished: board::unfinished(connection)?,
            missed: missed(connection)?,
            sweeps: last_sweeps(connection)?,
        })
    }
}

/// The customer and product in the first two columns.
fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    Ok((CustomerId(row.get(0)?), product(row, 1)?))
}

/// Users whom the newest run with an Apply chose and who are neither protected nor scheduled, by the rule of the
/// receipt: an excluded user stays off whatever Enable Auto does; what is still to be completed counts elsewhere. Where a
/// rule is on, only the excluded are looked up: everybody else is scheduled.
fn missed(connection: &Connection) -> Result<BTreeMap<Key, u32>, Failure> {
    let mut statement = connection.prepare_cached(
        "WITH newest AS MATERIALIZED (
           SELECT r.id, r.customer, r.product, max(r.opened) FROM run r
            WHERE EXISTS (SELECT 1 FROM chosen WHERE run = r.id) GROUP BY r.customer, r.product),
         off AS (
           SELECT n.customer, n.product, c.user FROM newest n
            CROSS JOIN chosen c ON c.run = n.id
            WHERE c.outcome IN ('excluded', 'no_seat', 'failed', 'stopped')
              AND NOT EXISTS (SELECT 1 FROM auto_rule a WHERE a.customer = n.customer AND a.product = n.product)
           UNION ALL
           SELECT n.customer, n.product, c.user FROM newest n
             JOIN auto_rule a ON a.customer = n.customer AND a.product = n.product
            CROSS JOIN exclusion e ON e.customer = n.customer AND e.product = n.product
            CROSS JOIN chosen c ON c.run = n.id AND c.user = e.user
            WHERE c.outcome IN ('excluded', 'no_seat', 'failed', 'stopped'))
         SELECT o.customer, o.product, count(*) FROM off o
           LEFT JOIN seat s ON s.customer = o.customer AND s.product = o.product AND s.user = o.user
          WHERE s.state IS NOT 'on' GROUP BY o.customer, o.product",
    )?;
    let rows = statement.query_map([], |row| Ok((key(row)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The last pass of each rule: one look into the index per rule, however many nights are on record.
fn last_sweeps(connection: &Connection) -> Result<BTreeMap<Key, LastSweep>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT r.customer, r.product, s.due, s.finished, s.turned_on, s.is_late
           FROM auto_rule r CROSS JOIN sweep s ON s.id =
                (SELECT id FROM sweep WHERE customer = r.customer AND product = r.product ORDER BY due DESC LIMIT 1)",
    )?;
    let rows = statement.query_map([], |row| {
        let last = LastSweep {
            due: moment(row, 2)?,
            finished: maybe_moment(row, 3)?,
            turned_on: row.get(4)?,
            is_late: row.get(5)?,
        };
        Ok((key(row)?, last))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
