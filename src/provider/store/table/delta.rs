//! Where the next Graph delta query goes on.

use super::{
    super::tx::{Tx, values},
    Key,
};
use crate::domain::{failure::Failure, time::Moment};

/// The link of a customer and product; none: from the beginning.
pub(crate) fn find(tx: &Tx<'_>, (customer, product): Key) -> Result<Option<String>, Failure> {
    tx.one("SELECT link FROM delta WHERE customer = ?1 AND product = ?2", values![customer, product])
}

/// Keeps the link in the place of the one before.
pub(crate) fn keep(tx: &Tx<'_>, key: Key, (link, now): (&str, Moment)) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO delta (customer, product, link, saved) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (customer, product) DO UPDATE SET link = excluded.link, saved = excluded.saved",
        values![key.0, key.1, link, now],
    )
}

/// Forgets it: what was decided about users that it has no news of holds no longer, so the next pass looks at everybody.
pub(crate) fn forget(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write("DELETE FROM delta WHERE customer = ?1 AND product = ?2", values![customer, product])
}
