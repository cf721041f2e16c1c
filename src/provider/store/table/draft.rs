//! Ticks of a run.

use std::collections::BTreeMap;

use super::{
    super::tx::{Columns, Row, Tx, Value, values},
    Key, LIST, of_one,
};
use crate::domain::{
    draft::Draft,
    failure::Failure,
    id::{CustomerId, RunId, UserId},
    verdict::ListSummary,
};

impl Columns for Draft {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let all = row.read()?;
        let Value::Bytes(ids) = row.value()? else { return Err(row.unreadable()) };
        let (ids, _rest) = ids.as_chunks::<16>();
        let mut exceptions: Vec<UserId> = ids.iter().copied().map(UserId::from_bytes).collect();
        // Sorted here, so that nobody has to sort half a million while a screen waits.
        exceptions.sort_unstable();
        Ok(Self::new(all, exceptions))
    }
}

/// The ticks of a run; none were kept: none.
pub(crate) fn find(tx: &Tx<'_>, run: &RunId) -> Result<Draft, Failure> {
    let found = tx.one("SELECT is_all, exceptions FROM draft WHERE run = ?1", values![run])?;
    Ok(found.unwrap_or_default())
}

/// A draft; what the list of its run came to, and how many active seats are of users who had left by then.
pub(crate) type Ticks = (Draft, (ListSummary, u32));

/// The ticks of the newest run of every customer and product, where there are any; with `only`, of that customer.
pub(crate) fn newest(
    tx: &Tx<'_>,
    only: Option<CustomerId>,
) -> Result<BTreeMap<Key, (RunId, Ticks)>, Failure> {
    let (is_asked, values) = of_one("customer", only);
    tx.query(
        &format!(
            "SELECT n.customer, n.product, n.id, d.is_all, d.exceptions, {LIST},
                (SELECT count(*) FROM seat s WHERE s.customer = n.customer AND s.product = n.product
                    AND s.state = 'on' AND s.left_on IS NOT NULL AND s.left_on <= n.counted)
           FROM (SELECT id, customer, product, {LIST},
                        row_number() OVER (PARTITION BY customer, product ORDER BY opened DESC) AS place
                   FROM run WHERE {is_asked}) n
           JOIN draft d ON d.run = n.id
          WHERE n.place = 1 AND (d.is_all OR length(d.exceptions) > 0)"
        ),
        &values,
    )
}

/// Keeps the ticks in the place of the ones before.
pub(crate) fn keep(tx: &Tx<'_>, run: &RunId, draft: &Draft) -> Result<(), Failure> {
    let exceptions: Vec<u8> = draft.exceptions.iter().flat_map(|id| *id.as_bytes()).collect();
    tx.write(
        "INSERT INTO draft (run, is_all, exceptions) VALUES (?1, ?2, ?3)
         ON CONFLICT (run) DO UPDATE SET is_all = excluded.is_all, exceptions = excluded.exceptions",
        values![run, draft.all, exceptions.as_slice()],
    )
}
