//! Ticks as a draft: none or all, with exceptions; saved together, applied only when the operator says so.

use std::sync::Arc;

use super::id::UserId;

/// Which users are ticked, by id: the rest of the list is on the other side. Copies share the exceptions, which may be
/// half a million.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// All is on: users that arrive later are ticked too.
    pub all: bool,
    /// With All off the ticked ones, with All on the unticked ones; each once, in any order.
    pub exceptions: Arc<[UserId]>,
}

impl Draft {
    /// A draft with these exceptions.
    #[must_use]
    pub fn new(all: bool, exceptions: impl IntoIterator<Item = UserId>) -> Self {
        Self { all, exceptions: exceptions.into_iter().collect() }
    }

    /// The exceptions in the order of the ids. Cost: a sort; not for the drawing thread.
    fn sorted(&self) -> Vec<UserId> {
        let mut ids = self.exceptions.to_vec();
        ids.sort_unstable();
        ids
    }
}

impl PartialEq for Draft {
    /// The same ticks, in whatever order they are kept.
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
            && self.exceptions.len() == other.exceptions.len()
            && (self.exceptions == other.exceptions || self.sorted() == other.sorted())
    }
}

impl Eq for Draft {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_exceptions_does_not_count() {
        let ids = [1, 2, 3].map(|n| UserId::from_bytes([n; 16]));
        let [one, two, three] = ids;
        assert_eq!(Draft::new(true, ids), Draft::new(true, [three, one, two]));
        assert_ne!(Draft::new(true, ids), Draft::new(false, ids));
        assert_ne!(Draft::new(true, ids), Draft::new(true, [one, two]));
        assert_ne!(Draft::new(true, [one]), Draft::new(true, [two]));
    }
}
