//! What Microsoft's answers said of an organisation's consent, kept for the next look, for `status` and for the board.

use super::{Store, table::consent};
use crate::domain::{
    consent::{Consent, Look},
    doubt::Holder,
    failure::Failure,
    id::{Address, CustomerId, TenantId},
};

impl Store {
    /// What is on record of a tenant's consent; nothing before the first look.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn consent(&self, tenant: TenantId) -> Result<Consent, Failure> {
        Ok(self.read(|tx| consent::find(tx, tenant))?.unwrap_or_default())
    }

    /// The administrator who is to open the link of a tenant, where an operator named one.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn administrator(&self, tenant: TenantId) -> Result<Option<Address>, Failure> {
        self.read(|tx| consent::administrator(tx, tenant))
    }

    /// Keeps who that is; the last one counts.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe.
    pub fn keep_administrator(&self, tenant: TenantId, administrator: &Address) -> Result<(), Failure> {
        self.write(|write| consent::keep_administrator(write.tx, tenant, administrator))
    }

    /// Where a grant may have landed that was meant for this tenant of this customer: organisations of other customers
    /// that wait for no consent and have proved none, `most` at most, those that were worked on last in front.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn not_awaited(
        &self,
        of: (CustomerId, TenantId),
        most: u32,
    ) -> Result<Vec<(Holder, TenantId)>, Failure> {
        self.read(|tx| consent::not_awaited(tx, of, most))
    }

    /// Keeps what another look told, and answers what is known then. Writes only where that is something new, so that a
    /// wait with a look every few seconds writes once.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe.
    pub fn keep_look(&self, tenant: TenantId, look: &Look) -> Result<Consent, Failure> {
        let now = self.0.options.clock.now();
        let known = self.consent(tenant)?;
        let next = known.after(look, now);
        if next == known {
            return Ok(known);
        }
        self.write(|write| {
            let next = consent::find(write.tx, tenant)?.unwrap_or_default().after(look, write.now);
            consent::keep(write.tx, tenant, &next)?;
            Ok(next)
        })
    }
}
