//! What the passes remember of a directory: mailboxes seen and missed, and where the next delta query goes on.

use rusqlite::{OptionalExtension, params};

use super::{
    Store, SweepClaim,
    row::{maybe_moment, parsed},
};
use crate::domain::{
    customer::Product,
    failure::Failure,
    id::{Address, CustomerId},
    protection::Missing,
};

/// The mailboxes that the passes of a hosted product have seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Roster {
    /// Seen by the last pass.
    pub known: Vec<Address>,
    /// Missed since some pass.
    pub missing: Vec<Missing>,
}

impl Store {
    /// The mailboxes that the passes have seen and missed.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn sweep_roster(&self, customer: CustomerId, product: Product) -> Result<Roster, Failure> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT address, missing FROM roster WHERE customer = ?1 AND product = ?2 ORDER BY address",
            )?;
            let mut rows = statement.query(params![customer.0, product.word()])?;
            let mut roster = Roster::default();
            while let Some(row) = rows.next()? {
                let address = parsed(row, 0)?;
                match maybe_moment(row, 1)? {
                    Some(since) => roster.missing.push(Missing { address, since }),
                    None => roster.known.push(address),
                }
            }
            Ok(roster)
        })
    }

    /// Keeps the roster in the place of the one before.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn save_roster(&self, claim: &SweepClaim, roster: &Roster) -> Result<(), Failure> {
        self.write(|write| {
            let (customer, word) = (claim.customer().0, claim.product().word());
            write.tx.execute(
                "DELETE FROM roster WHERE customer = ?1 AND product = ?2",
                params![customer, word],
            )?;
            let mut add = write.tx.prepare_cached(
                "INSERT INTO roster (customer, product, address, missing) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET missing = excluded.missing",
            )?;
            for missing in &roster.missing {
                add.execute(params![customer, word, missing.address.as_str(), missing.since.as_millis()])?;
            }
            for known in &roster.known {
                add.execute(params![customer, word, known.as_str(), None::<i64>])?;
            }
            Ok(())
        })
    }

    /// Where the next Graph delta query of a customer and product goes on; none: from the beginning.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn delta_link(&self, customer: CustomerId, product: Product) -> Result<Option<String>, Failure> {
        self.read(|tx| {
            let found = tx
                .query_row(
                    "SELECT link FROM delta WHERE customer = ?1 AND product = ?2",
                    params![customer.0, product.word()],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(found)
        })
    }

    /// Keeps where the next delta query goes on; none forgets it. Save it after the seats that it led to: a pass cut
    /// short between the two then sees the same changes again, which is safe.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn save_delta_link(
        &self,
        customer: CustomerId,
        product: Product,
        link: Option<&str>,
    ) -> Result<(), Failure> {
        self.write(|write| {
            match link {
                Some(link) => write.tx.execute(
                    "INSERT INTO delta (customer, product, link, saved) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET link = excluded.link, saved = excluded.saved",
                    params![customer.0, product.word(), link, write.now.as_millis()],
                )?,
                None => write.tx.execute(
                    "DELETE FROM delta WHERE customer = ?1 AND product = ?2",
                    params![customer.0, product.word()],
                )?,
            };
            Ok(())
        })
    }
}
