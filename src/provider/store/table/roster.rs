//! Mailboxes that the passes of a hosted product saw, and the first pass that missed one.

use super::{
    super::tx::{Insert, Tx, row, values},
    Key,
};
use crate::domain::{failure::Failure, id::Address, time::Moment};

/// All mailboxes and since when each is missing, by address.
pub(crate) fn all(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<(Address, Option<Moment>)>, Failure> {
    tx.query(
        "SELECT address, missing FROM roster WHERE customer = ?1 AND product = ?2 ORDER BY address",
        values![customer, product],
    )
}

/// Keeps mailboxes in the place of all that were there; of one that comes twice the later one counts.
pub(crate) fn replace<'a>(
    tx: &Tx<'_>,
    (customer, product): Key,
    mailboxes: impl Iterator<Item = (&'a Address, Option<Moment>)>,
) -> Result<(), Failure> {
    tx.execute("DELETE FROM roster WHERE customer = ?1 AND product = ?2", values![customer, product])?;
    tx.insert_each(&MAILBOX, mailboxes.map(|(address, missing)| row![customer, product, address, missing]))
}

/// A mailbox, by customer, product and address.
const MAILBOX: Insert = Insert {
    into: "roster (customer, product, address, missing)",
    values: "?1, ?2, ?3, ?4",
    or: "ON CONFLICT (customer, product, address) DO UPDATE SET missing = excluded.missing",
    key: 3,
};
