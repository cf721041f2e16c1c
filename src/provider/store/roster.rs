//! What the passes remember of a directory: mailboxes seen and missed, and where the next delta query goes on.

use super::{
    Store,
    part::claim::SweepClaim,
    table::{delta, roster},
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
            let mut roster = Roster::default();
            for (address, missing) in roster::all(tx, (customer, product))? {
                match missing {
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
            let missing = roster.missing.iter().map(|missing| (&missing.address, Some(missing.since)));
            let all = missing.chain(roster.known.iter().map(|known| (known, None)));
            roster::replace(write.tx, claim.key, all)
        })
    }

    /// Where the next Graph delta query of a customer and product goes on; none: from the beginning.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn delta_link(&self, customer: CustomerId, product: Product) -> Result<Option<String>, Failure> {
        self.read(|tx| delta::find(tx, (customer, product)))
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
        self.write(|write| match link {
            Some(link) => delta::keep(write.tx, (customer, product), (link, write.now)),
            None => delta::forget(write.tx, (customer, product)),
        })
    }
}
