//! Ticks as a draft: none or all, with exceptions; saved together, applied only when the operator says so.

use std::collections::BTreeSet;

use super::id::UserId;

/// Which users are ticked, by id: the rest of the list is on the other side.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Draft {
    /// All is on: users that arrive later are ticked too.
    pub all: bool,
    /// With All off the ticked ones, with All on the unticked ones.
    pub exceptions: BTreeSet<UserId>,
}

impl Draft {
    /// Whether this user is ticked, as far as the draft knows (eligibility is asked elsewhere).
    #[must_use]
    pub fn ticks(&self, id: UserId) -> bool {
        self.all != self.exceptions.contains(&id)
    }
}
