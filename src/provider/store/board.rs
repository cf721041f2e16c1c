//! The first screen: who is how far, open runs on top, and what must be said about the passes.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::{
    Store, customers, history,
    row::{maybe_moment, product},
    rules,
    runs::{self, RunRow},
};
use crate::domain::{
    customer::{Customer, Product, Progress},
    failure::Failure,
    id::{CustomerId, RunId},
    protection::AutoRule,
    run::{Board, BoardRow, OpenRun},
    text::Text,
    time::Moment,
};

/// What is true about one product of one customer.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Active seats.
    pub(super) on: u32,
    /// Users listed.
    pub(super) listed: u32,
    /// Users that could be protected, as last listed.
    pub(super) eligible: u32,
    /// When *Enable* was pressed.
    pub(super) enabled: Option<Moment>,
    /// The standing rule.
    pub(super) rule: Option<AutoRule>,
}

/// By customer and product.
pub(super) type AllFacts = BTreeMap<(CustomerId, Product), Facts>;

impl Store {
    /// Everything that the first screen shows. `last_2000` is the latest 20:00 in Sydney that is half an hour ago.
    ///
    /// Open runs come first, newest on top, one row each; then the customers by name. A customer with an open run is
    /// listed again below only when another of its products could be started.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn board(&self, last_2000: Moment) -> Result<Board, Failure> {
        let now = self.0.options.clock.now();
        let (customers, open, facts, unfinished, waiting) = self.read(|tx| {
            Ok((
                customers::all(tx)?,
                runs::open(tx)?,
                facts(tx)?,
                unfinished(tx)?,
                history::waiting(tx, last_2000, now)?,
            ))
        })?;
        let by_id: BTreeMap<CustomerId, &Customer> = customers.iter().map(|c| (c.id, c)).collect();
        let mut rows = Vec::with_capacity(customers.len() + open.len());
        for run in &open {
            let Some(customer) = by_id.get(&run.customer) else { continue };
            let facts = facts.get(&(run.customer, run.product)).cloned().unwrap_or_default();
            rows.push(BoardRow {
                customer: (*customer).clone(),
                progress: run_progress(run, &facts, unfinished.contains(&run.id)),
                run: Some(OpenRun {
                    id: run.id.clone(),
                    product: run.product,
                    touched: run.touched,
                    is_parked: run.parked.is_some(),
                    is_held: self.is_held_elsewhere(&run.id)?,
                }),
            });
        }
        for customer in &customers {
            let started: Vec<Product> =
                open.iter().filter(|run| run.customer == customer.id).map(|run| run.product).collect();
            if started.is_empty() || customer.products.iter().any(|product| !started.contains(product)) {
                let progress = progress(customer, &facts);
                rows.push(BoardRow { customer: customer.clone(), progress, run: None });
            }
        }
        Ok(Board { rows, sweep_warning: (waiting > 0).then(|| warning(waiting)) })
    }
}

/// What every screen must say when a pass has not run (product.md rule 17).
pub(super) fn warning(waiting: u32) -> Text {
    let rules = if waiting == 1 { "1 rule waits".to_owned() } else { format!("{waiting} rules wait") };
    Text::of(format_args!(
        "Enable Auto did not run at 20:00 in Sydney: {rules}. Run \"backup365 sweep\", then \"backup365 sweep --status\"."
    ))
}

/// Reads what is true about every product of every customer.
pub(super) fn facts(connection: &Connection) -> Result<AllFacts, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT p.customer, p.product, p.seats_on, p.listed, p.eligible, e.at
           FROM customer_product p LEFT JOIN enablement e USING (customer, product)",
    )?;
    let rows = statement.query_map([], |row| {
        let facts = Facts {
            on: row.get(2)?,
            listed: row.get(3)?,
            eligible: row.get(4)?,
            enabled: maybe_moment(row, 5)?,
            rule: None,
        };
        Ok(((CustomerId(row.get(0)?), product(row, 1)?), facts))
    })?;
    let mut facts: AllFacts = rows.collect::<Result<_, _>>()?;
    for (customer, product, rule) in rules::all(connection)? {
        facts.entry((customer, product)).or_default().rule = Some(rule);
    }
    Ok(facts)
}

/// Runs with a confirmed Apply that has not ended.
pub(super) fn unfinished(connection: &Connection) -> Result<BTreeSet<RunId>, Failure> {
    let mut statement = connection.prepare_cached("SELECT run FROM apply WHERE ended IS NULL")?;
    let rows = statement.query_map([], |row| super::row::parsed(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How far an open run is.
pub(super) fn run_progress(run: &RunRow, facts: &Facts, is_unfinished: bool) -> Progress {
    if is_unfinished {
        return Progress::NeedsAttention("turning users on was interrupted".into());
    }
    match (run.enabled, run.proved, run.link_shown) {
        (Some(_), ..) if facts.rule.is_some() || facts.on > 0 => enabled(std::iter::once(facts)),
        (Some(_), ..) => Progress::Open("choose users".into()),
        (None, Some(_), _) => Progress::Open("ready to enable".into()),
        (None, None, Some(since)) if !run.product.is_hosted() => Progress::WaitingForConsent { since },
        (None, None, _) if run.organisation.is_some() => Progress::Open("authorise".into()),
        (None, None, _) => Progress::Open("access".into()),
    }
}

/// How far a customer is, over all its products.
fn progress(customer: &Customer, facts: &AllFacts) -> Progress {
    let products = Product::ALL.iter().filter_map(|product| facts.get(&(customer.id, *product)));
    enabled(products.filter(|facts| facts.enabled.is_some() || facts.rule.is_some() || facts.on > 0))
}

/// How far enabled products are; none: not started.
fn enabled<'a>(products: impl Iterator<Item = &'a Facts>) -> Progress {
    let (mut on, mut of, mut is_automatic, mut any) = (0_u32, 0_u32, false, false);
    for facts in products {
        if let Some(why) = facts.rule.as_ref().and_then(|rule| rule.attention.clone()) {
            return Progress::NeedsAttention(why);
        }
        any = true;
        is_automatic |= facts.rule.is_some();
        on = on.saturating_add(facts.on);
        // Someone may be protected who is not listed any more.
        of = of.saturating_add(facts.eligible.max(facts.on));
    }
    match (any, is_automatic) {
        (false, _) => Progress::NotStarted,
        (true, true) => Progress::Automatic { on },
        (true, false) => Progress::Protected { on, of },
    }
}
