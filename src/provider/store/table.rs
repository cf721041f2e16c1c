//! The tables: one file each, functions over a [`Tx`](super::tx::Tx) that know no other table's file and no use case.
//!
//! A statement that joins tables stands with the table that it counts or lists. What all statements keep to, so that
//! another database can take them, is in `dialect.rs`.

pub(super) mod about;
pub(super) mod accepted;
pub(super) mod apply;
pub(super) mod audit;
pub(super) mod checked;
pub(super) mod chosen;
pub(super) mod consent;
pub(super) mod customer;
pub(super) mod delta;
pub(super) mod draft;
pub(super) mod enablement;
pub(super) mod exclusion;
pub(super) mod form;
pub(super) mod hold;
pub(super) mod impersonation;
pub(super) mod invitation;
pub(super) mod listing;
pub(super) mod opener;
pub(super) mod operator;
pub(super) mod own_right;
pub(super) mod partnership;
pub(super) mod pause;
pub(super) mod product;
pub(super) mod recipient;
pub(super) mod renewal;
pub(super) mod roster;
pub(super) mod rule;
pub(super) mod run;
pub(super) mod scheduled;
pub(super) mod seat;
pub(super) mod seen;
pub(super) mod sweep;
pub(super) mod sweeper;
pub(super) mod takeover;

use super::tx::{Columns, Row, Value, columns};
use crate::domain::{
    customer::Product, failure::Failure, id::CustomerId, protection::Chosen, tenant::Organisation,
    text::Text, time::Moment, verdict::ListSummary,
};

/// Whose, and of which product: most tables are keyed by that.
pub(super) type Key = (CustomerId, Product);

/// By which operator, and when.
pub(super) type By<'a> = (&'a Text, Moment);

/// The condition that `column` is of that customer, with its `?1`; of all, where none is asked for. Two statements, because
/// one that answers either way keeps PostgreSQL from telling how many rows there will be, and so from a good plan.
fn of_one(column: &str, only: Option<CustomerId>) -> (String, Vec<Value<'static>>) {
    match only {
        Some(customer) => (format!("{column} = ?1"), vec![customer.into()]),
        None => ("true".to_owned(), Vec::new()),
    }
}

/// The columns of an organisation.
const ORGANISATION: &str = "tenant, tenant_name, tenant_domain, tenant_region";

impl Columns for Option<Organisation> {
    /// Reads [`ORGANISATION`]; none without a tenant.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (tenant, (name, (domain, region))) = row.read::<(Option<_>, _)>()?;
        Ok(tenant.map(|tenant| Organisation { tenant, name, domain, region }))
    }
}

/// The columns of a [`ListSummary`], in its order.
const LIST: &str = "listed, eligible, unchecked, problems, gaps, counted";

impl Columns for ListSummary {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (listed, eligible, unchecked, problems) = (row.read()?, row.read()?, row.read()?, row.read()?);
        let gaps: String = row.read()?;
        let gaps: Vec<String> = serde_json::from_str(&gaps).map_err(|_no_list| row.unreadable())?;
        let gaps = gaps.iter().map(|gap| Text::clean(gap)).collect();
        Ok(Self { listed, eligible, unchecked, problems, gaps, counted: row.read()? })
    }
}

/// The gaps of a list, as a JSON list.
fn gaps(gaps: &[Text]) -> String {
    serde_json::Value::from(gaps.iter().map(Text::as_str).collect::<Vec<_>>()).to_string()
}

columns! { Chosen { id, address, name, kind } }
