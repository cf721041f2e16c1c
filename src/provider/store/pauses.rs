//! What the other side asked to wait, kept for the next start and for the timer (product.md rule 21).

use std::time::Duration;

use super::{Scope, Store, table::pause};
use crate::domain::{
    customer::Product,
    failure::{Failure, FailureKind},
    id::CustomerId,
    phrase::Phrase,
    text::Text,
    time::{Moment, in_words},
};

/// The longest that is believed.
const LONGEST: Duration = Duration::from_hours(24);

/// The longest that is not kept: shorter waits are sat through, and a minute is what we name ourselves where the other side
/// has trouble and says nothing of how long.
const SHORT: Duration = Duration::from_mins(1);

impl Store {
    /// Whether the other side may be asked about a customer and product now. Whoever wants to ask (an operator, a flag, the
    /// timer) comes by here first: a question within the pause makes it longer.
    ///
    /// # Errors
    /// `Throttled`: it asked to be left in peace, and so much of that is left. `Record`, when the record can't be read.
    pub fn demand_no_pause(&self, customer: CustomerId, product: Product) -> Result<(), Failure> {
        let Some(left) = self.pause(customer, product)? else { return Ok(()) };
        let who = if product.is_hosted() { "the mail server" } else { "Microsoft" };
        Err(Failure::new(
            FailureKind::Throttled,
            Text::of(format_args!("{who} asked to be left in peace for another {}", in_words(left))),
            Phrase::template(
                "It was not asked: asking sooner makes it longer. {again: try again after that}",
            ),
        )
        .retry_in(left))
    }

    /// Keeps how long the other side asked to wait, where a failure says that it asked for long.
    ///
    /// # Errors
    /// As [`Store::keep_pause`].
    pub fn keep_pause_of(
        &self,
        customer: CustomerId,
        product: Product,
        failure: &Failure,
    ) -> Result<(), Failure> {
        match (failure.kind, failure.retry_after) {
            (FailureKind::Throttled | FailureKind::Unreachable, Some(wait)) if wait > SHORT => {
                self.keep_pause(customer, product, wait)
            }
            _ => Ok(()),
        }
    }

    /// Keeps how long the other side asked to wait before the users of a customer and product are listed again; a day at
    /// most.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe.
    pub fn keep_pause(&self, customer: CustomerId, product: Product, wait: Duration) -> Result<(), Failure> {
        let lasts = i64::try_from(wait.min(LONGEST).as_millis()).unwrap_or(i64::MAX);
        self.write_in(Scope::Customer(customer), |write| {
            pause::keep(write.tx, (customer, product), write.now, Moment::from_millis(lasts))
        })
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
