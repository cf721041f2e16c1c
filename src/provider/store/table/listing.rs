//! What the next list of users is held against: one row per customer and product.

use super::{
    super::tx::{Tx, columns, values},
    Key,
};
use crate::domain::{customer::Product, failure::Failure, id::CustomerId};

/// The lists of a customer and product, as far as they are on record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ListRecord {
    /// Users of the last list that was believed; 0: there was none.
    pub listed: u32,
    /// Users of the last list that was not, where an Admin may accept it.
    pub short: Option<u32>,
    /// So many users an Admin accepts, once.
    pub accepted: Option<u32>,
}

columns! { ListRecord { listed, short, accepted } }

/// The row of a customer and product.
pub(crate) fn find(tx: &Tx<'_>, (customer, product): Key) -> Result<ListRecord, Failure> {
    let found = tx.one(
        "SELECT listed, short, accepted FROM listing WHERE customer = ?1 AND product = ?2",
        values![customer, product],
    )?;
    Ok(found.unwrap_or_default())
}

/// The products of a customer of which a list came short.
pub(crate) fn short_of(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<(Product, u32)>, Failure> {
    tx.query(
        "SELECT product, short FROM listing WHERE customer = ?1 AND short IS NOT NULL ORDER BY product",
        values![customer],
    )
}

/// A list was believed: whatever was said about one before it is answered.
pub(crate) fn believe(tx: &Tx<'_>, (customer, product): Key, listed: u32) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO listing (customer, product, listed) VALUES (?1, ?2, ?3)
         ON CONFLICT (customer, product) DO UPDATE SET listed = excluded.listed, short = NULL, accepted = NULL",
        values![customer, product, listed],
    )
}

/// An operator's list was believed. What an Admin accepts is still to be made use of where a pass will run.
pub(crate) fn count(tx: &Tx<'_>, (customer, product): Key, listed: u32) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO listing (customer, product, listed) VALUES (?1, ?2, ?3)
         ON CONFLICT (customer, product) DO UPDATE SET listed = excluded.listed, short = NULL,
                accepted = CASE WHEN EXISTS (SELECT 1 FROM auto_rule r WHERE r.customer = ?1 AND r.product = ?2)
                                THEN listing.accepted END",
        values![customer, product, listed],
    )
}

/// So many users left by Graph's own word.
pub(crate) fn shrink(tx: &Tx<'_>, (customer, product): Key, gone: u32) -> Result<(), Failure> {
    tx.write(
        "UPDATE listing SET listed = CASE WHEN listed > ?3 THEN listed - ?3 ELSE 0 END
          WHERE customer = ?1 AND product = ?2",
        values![customer, product, gone],
    )
}

/// A list was not believed; `short` is how many users it had, where an Admin may accept it.
pub(crate) fn doubt(tx: &Tx<'_>, (customer, product): Key, short: Option<u32>) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO listing (customer, product, short) VALUES (?1, ?2, ?3)
         ON CONFLICT (customer, product) DO UPDATE SET short = coalesce(excluded.short, listing.short)",
        values![customer, product, short],
    )
}

/// An Admin accepts a list of so many users.
pub(crate) fn accept(tx: &Tx<'_>, (customer, product): Key, count: u32) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO listing (customer, product, accepted) VALUES (?1, ?2, ?3)
         ON CONFLICT (customer, product) DO UPDATE SET accepted = excluded.accepted, short = NULL",
        values![customer, product, count],
    )
}

/// Another organisation is to be listed from now on.
pub(crate) fn forget(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write("DELETE FROM listing WHERE customer = ?1 AND product = ?2", values![customer, product])
}
