//! Which keys open the password of a customer, and which ones opened it.

use super::super::tx::{Tx, columns, values};
use crate::domain::{failure::Failure, id::CustomerId, keys::PublicKey};

/// A key, and whether it still opens what is on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct OpenerRow {
    pub(crate) customer: CustomerId,
    pub(crate) key: PublicKey,
    /// The password as it lies there is encrypted for it; otherwise it was, before it was encrypted anew.
    pub(crate) is_current: bool,
}

columns! { OpenerRow { customer, key, is_current } }

/// Those of every customer.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<OpenerRow>, Failure> {
    tx.query("SELECT customer, key, is_current FROM opener ORDER BY customer, key", values![])
}

/// Those of one customer.
pub(crate) fn of(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<OpenerRow>, Failure> {
    tx.query(
        "SELECT customer, key, is_current FROM opener WHERE customer = ?1 ORDER BY key",
        values![customer],
    )
}

/// Keeps that a key opens the password.
pub(crate) fn add(tx: &Tx<'_>, customer: CustomerId, key: &PublicKey) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO opener (customer, key, is_current) VALUES (?1, ?2, true)
         ON CONFLICT (customer, key) DO UPDATE SET is_current = true",
        values![customer, key],
    )
}

/// Keeps that these keys, and no others, open the password from now on; the others could read it.
pub(crate) fn keep<'a>(
    tx: &Tx<'_>,
    customer: CustomerId,
    keys: impl Iterator<Item = &'a PublicKey>,
) -> Result<(), Failure> {
    tx.write("UPDATE opener SET is_current = false WHERE customer = ?1", values![customer])?;
    for key in keys {
        add(tx, customer, key)?;
    }
    Ok(())
}

/// Another password: nobody has read it.
pub(crate) fn forget(tx: &Tx<'_>, customer: CustomerId) -> Result<(), Failure> {
    tx.write("DELETE FROM opener WHERE customer = ?1", values![customer])
}
