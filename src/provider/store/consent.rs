//! What Microsoft's answers said of an organisation's consent, kept for the next look, for `status` and for the board.

use super::{Store, table::consent};
use crate::domain::{
    consent::{Consent, Look},
    failure::Failure,
    id::TenantId,
};

impl Store {
    /// What is on record of a tenant's consent; nothing before the first look.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn consent(&self, tenant: TenantId) -> Result<Consent, Failure> {
        Ok(self.read(|tx| consent::find(tx, tenant))?.unwrap_or_default())
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
