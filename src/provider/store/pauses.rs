//! What the other side asked to wait, kept for the next start and for the timer (product.md rule 21).

use std::time::Duration;

use super::{Store, table::pause};
use crate::domain::{customer::Product, failure::Failure, id::CustomerId, time::Moment};

/// The longest that is believed.
const LONGEST: Duration = Duration::from_hours(24);

impl Store {
    /// Keeps how long the other side asked to wait before the users of a customer and product are listed again; a day at
    /// most.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe.
    pub fn keep_pause(&self, customer: CustomerId, product: Product, wait: Duration) -> Result<(), Failure> {
        let lasts = i64::try_from(wait.min(LONGEST).as_millis()).unwrap_or(i64::MAX);
        self.write(|write| pause::keep(write.tx, (customer, product), write.now, Moment::from_millis(lasts)))
    }

    /// How long is still to be waited; none where nothing was asked for, where it is over, and where it was said in what is
    /// the future now, by a clock that was fast.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn pause(&self, customer: CustomerId, product: Product) -> Result<Option<Duration>, Failure> {
        let now = self.0.options.clock.now();
        let found = self.read(|tx| pause::find(tx, (customer, product)))?;
        Ok(found.and_then(|(said, lasts)| {
            let lasts = Duration::from_millis(u64::try_from(lasts.as_millis()).unwrap_or(0)).min(LONGEST);
            let until = said.plus(lasts);
            (said <= now && now < until).then(|| until.since(now))
        }))
    }
}
