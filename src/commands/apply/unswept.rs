//! Whether a row makes a rule of Enable Auto that nothing would work: asked of the record before anything is begun, because
//! the wizard asks only once the customer has accepted.

use std::collections::BTreeSet;

use crate::{
    commands::{Context, error_of},
    domain::{customer::Product, id::CustomerId, plan::Users, sydney},
};

use super::Job;

/// The rules on record, where nothing runs at 20:00.
#[derive(Debug)]
pub(super) struct Unswept(Option<BTreeSet<(CustomerId, Product)>>);

impl Unswept {
    /// Asks the record, where a row has Enable Auto at all.
    ///
    /// # Errors
    /// The record can't be read.
    pub(super) fn of(context: &Context, jobs: &[&mut Job]) -> anyhow::Result<Self> {
        if !jobs.iter().any(|job| job.row.users == Users::Auto) {
            return Ok(Self(None));
        }
        let store = &context.provider.store;
        let last_2000 = sydney::latest_2000(context.clock.now());
        let sweeper = store.sweeper_status(last_2000).map_err(|failure| error_of(&failure))?;
        if sweeper.host().is_some() {
            return Ok(Self(None));
        }
        let rules = store.all_rules().map_err(|failure| error_of(&failure))?;
        Ok(Self(Some(rules.into_iter().map(|row| (row.customer.id, row.product)).collect())))
    }

    /// Whether a row would make a rule; one that is on record already is left as it is.
    pub(super) fn has(&self, job: &Job) -> bool {
        let Some(rules) = self.0.as_ref().filter(|_| job.row.users == Users::Auto) else { return false };
        !job.product.is_some_and(|product| rules.contains(&(job.customer.id, product)))
    }
}
