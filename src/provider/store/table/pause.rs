//! How long the other side asked to be left in peace: one row per customer and product, the last word counts.

use super::{
    super::tx::{Tx, values},
    Key,
};
use crate::domain::{failure::Failure, time::Moment};

/// When it was said, and for how many milliseconds.
pub(crate) fn find(tx: &Tx<'_>, (customer, product): Key) -> Result<Option<(Moment, Moment)>, Failure> {
    tx.one("SELECT said, lasts FROM pause WHERE customer = ?1 AND product = ?2", values![customer, product])
}

/// Keeps it.
pub(crate) fn keep(
    tx: &Tx<'_>,
    (customer, product): Key,
    said: Moment,
    lasts_millis: Moment,
) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO pause (customer, product, said, lasts) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (customer, product) DO UPDATE SET said = excluded.said, lasts = excluded.lasts",
        values![customer, product, said, lasts_millis],
    )
}
