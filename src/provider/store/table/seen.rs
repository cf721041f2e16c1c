//! How the rows of the first screen stood when an operator last looked at them on a computer.

use std::collections::BTreeMap;

use super::super::tx::{Columns, Row, Tx, Value, values};
use crate::domain::{failure::Failure, id::CustomerId, run::Seen, text::Text};

/// What can't be read was not seen: then nothing is news.
impl Columns for Seen {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let at = row.read()?;
        let Value::Words(rows) = row.value()? else { return Err(row.unreadable()) };
        let read: Vec<(i64, String, String)> = serde_json::from_str(&rows).unwrap_or_default();
        let mut rows: BTreeMap<CustomerId, BTreeMap<String, String>> = BTreeMap::new();
        for (customer, name, standing) in read {
            rows.entry(CustomerId(customer)).or_default().insert(name, standing);
        }
        Ok(Self { at, rows })
    }
}

/// What this operator saw on this computer; none: nothing yet.
pub(crate) fn find(tx: &Tx<'_>, (operator, host): (&Text, &Text)) -> Result<Option<Seen>, Failure> {
    tx.one("SELECT at, rows FROM seen WHERE operator = ?1 AND host = ?2", values![operator, host])
}

/// Keeps what they see now in the place of what they saw before.
pub(crate) fn keep(tx: &Tx<'_>, (operator, host): (&Text, &Text), seen: &Seen) -> Result<(), Failure> {
    let rows = seen.rows.iter().flat_map(|(customer, rows)| {
        rows.iter().map(|(name, standing)| serde_json::json!([customer.0, name, standing]))
    });
    let rows = rows.collect::<serde_json::Value>().to_string();
    tx.write(
        "INSERT INTO seen (operator, host, at, rows) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (operator, host) DO UPDATE SET at = excluded.at, rows = excluded.rows",
        values![operator, host, seen.at, rows.as_str()],
    )
}
