//! What a list of users is about, which must still be so when the list is kept.

use super::super::{
    table::{
        Key, customer,
        enablement::{self, EnabledFor},
    },
    tx::Tx,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::TenantId,
};

/// What a list of a product's users is about: it is kept for that only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListTarget {
    pub(in super::super) key: Key,
    pub(in super::super) enabled: EnabledFor,
    /// The organisation on record, which may be another one than was enabled.
    pub(in super::super) tenant: Option<TenantId>,
}

impl ListTarget {
    /// Whose users, of which product, if that is still what is on record.
    ///
    /// # Errors
    /// `Conflict`: what was listed is not what is enabled now.
    pub(in super::super) fn demand(&self, tx: &Tx<'_>) -> Result<Key, Failure> {
        let now = enablement::find(tx, self.key)?.map(|(enabled, _)| enabled);
        if now.as_ref() == Some(&self.enabled) && customer::one(tx, self.key.0)?.tenant == self.tenant {
            return Ok(self.key);
        }
        Err(Failure::new(
            FailureKind::Conflict,
            "what is enabled, or the organisation on record, was changed while its users were listed, so nothing was kept",
            "Refresh again: it works with what is on record now.",
        ))
    }
}
