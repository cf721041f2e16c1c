//! What mailboxes are, as Exchange said when it was asked: kept, so that a later listing asks about few.

use super::{Scope, Store, table::checked};
use crate::domain::{
    checked::Checked,
    failure::Failure,
    id::{TenantId, UserId},
};

impl Store {
    /// What Exchange said of the mailboxes of a tenant.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn checked(&self, tenant: TenantId) -> Result<Vec<Checked>, Failure> {
        self.read(|tx| checked::all(tx, tenant))
    }

    /// The same of some of its users.
    ///
    /// # Errors
    /// As [`Store::checked`].
    pub fn checked_of(&self, tenant: TenantId, users: &[UserId]) -> Result<Vec<Checked>, Failure> {
        self.read(|tx| checked::some(tx, tenant, users))
    }

    /// Keeps answers, each in the place of the one before. Safe to repeat.
    ///
    /// # Errors
    /// `Record`: a retry is safe.
    pub fn keep_checked(&self, tenant: TenantId, answers: &[Checked]) -> Result<(), Failure> {
        self.write_in(Scope::Nothing, |write| checked::keep(write.tx, tenant, answers))
    }
}
