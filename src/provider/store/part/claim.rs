//! The right to work one pass of Enable Auto.

use super::{
    super::table::{Key, enablement::EnabledFor},
    lock::Hold,
};
use crate::domain::{
    customer::Product,
    id::{CustomerId, TenantId},
    time::Moment,
};

/// The right to work one pass: nobody else has it while this lives. Gone with the process.
#[derive(Debug)]
pub struct SweepClaim {
    /// Of which rule.
    pub(crate) key: Key,
    pub(crate) due: Moment,
    /// The pass's row.
    pub(crate) id: i64,
    /// How often the pass had been taken when it was taken for this claim: whoever takes it over has a higher number.
    pub(crate) taken: u32,
    /// What the product was enabled for when the claim was taken; none: nothing was.
    pub(crate) target: Option<EnabledFor>,
    /// The rule was made ahead of now, by a clock that was fast or before one that is slow: this is when it counts as made.
    pub(crate) made: Option<Moment>,
    /// Held until the claim is dropped.
    #[cfg_attr(not(test), expect(dead_code, reason = "kept: dropping it lets go of the pass"))]
    pub(crate) hold: Hold,
}

impl SweepClaim {
    /// Whose users.
    #[must_use]
    pub const fn customer(&self) -> CustomerId {
        self.key.0
    }

    /// Of which product.
    #[must_use]
    pub const fn product(&self) -> Product {
        self.key.1
    }

    /// The organisation whose users it may turn on; none for a hosted product, and where nothing is enabled.
    #[must_use]
    pub const fn tenant(&self) -> Option<TenantId> {
        match &self.target {
            Some(EnabledFor::Organisation(found)) => Some(found.tenant),
            _ => None,
        }
    }

    /// Whether the rule was made ahead of now: [`Store::set_right`](super::super::Store::set_right) comes before the first seat.
    #[must_use]
    pub const fn is_ahead_of_clock(&self) -> bool {
        self.made.is_some()
    }

    /// The 20:00 that it works for.
    #[must_use]
    pub const fn due(&self) -> Moment {
        self.due
    }
}
