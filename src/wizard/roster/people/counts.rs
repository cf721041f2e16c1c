//! Counts of users, kept and not recounted.

/// Counts on the screen; all of listed users unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Users listed; each once.
    pub(crate) listed: u32,
    /// Kind included, not excluded, no problem, not on.
    pub(crate) eligible: u32,
    /// Eligible and ticked: turned on at Apply.
    pub(crate) ticked: u32,
    /// Excluded.
    pub(crate) excluded: u32,
    /// On: an active seat.
    pub(crate) protected: u32,
    /// Active seats of this product, those of users who are not listed included.
    pub(crate) seats: u32,
}

impl Counts {
    /// Both together.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            listed: self.listed + other.listed,
            eligible: self.eligible + other.eligible,
            ticked: self.ticked + other.ticked,
            excluded: self.excluded + other.excluded,
            protected: self.protected + other.protected,
            seats: self.seats + other.seats,
        }
    }
}
