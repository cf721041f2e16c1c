//! Consent with the partner's own right, as the record has it: written before anything is asked of Microsoft, so that what
//! may have been left in an organisation is known whatever happens.

use super::{
    Store,
    table::{own_right, run::RunRow},
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::{RunId, TenantId},
    run::RunRecord,
    text::Text,
};

impl Store {
    /// Keeps that it begins, by which relationship and who agreed; says whether the operators' application may have been
    /// left in the organisation before.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Refused` where the run has no organisation, or another one by now.
    pub fn begin_own_right(
        &self,
        run: &RunId,
        tenant: TenantId,
        (relationship, agreed): (&Text, &Text),
    ) -> Result<bool, Failure> {
        self.write_run(run, |write, row| {
            demand(row, tenant)?;
            let was_open = own_right::find(write.tx, tenant)?.is_some_and(|last| last.cleared.is_none());
            own_right::begin(write.tx, tenant, (relationship, agreed), write.by())?;
            let words = format_args!(
                "began to accept for the customer with the partner's own right, by the relationship “{relationship}”; {agreed} \
                 agreed for the customer"
            );
            write.note_run(row, &Text::of(words))?;
            Ok(was_open)
        })
    }

    /// Keeps that every permission was granted, and read back.
    ///
    /// # Errors
    /// As [`Store::begin_own_right`].
    pub fn note_own_right(&self, run: &RunId, permissions: usize) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            let words = format_args!(
                "accepted Backup365 for the customer with the partner's own right; {permissions} permissions were read back"
            );
            write.note_run(row, &Text::of(words))
        })
    }

    /// Keeps that the operators' application is out of the organisation, and answers the run as it is then. `what` tells it.
    ///
    /// # Errors
    /// As [`Store::begin_own_right`].
    pub fn clear_own_right(
        &self,
        run: &RunId,
        tenant: TenantId,
        what: &'static str,
    ) -> Result<RunRecord, Failure> {
        self.write_run(run, |write, row| {
            own_right::clear(write.tx, tenant, write.now)?;
            write.note_run(row, &Text::from(what))
        })?;
        self.record(run)
    }
}

/// Refuses where the run is for another organisation by now.
fn demand(row: &RunRow, tenant: TenantId) -> Result<(), Failure> {
    if row.organisation.as_ref().map(|known| known.tenant) == Some(tenant) {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("run {} is for another organisation by now", row.id)),
        "Open the run again, and compare the organisation with the customer.",
    ))
}
