//! Users whom the record names, listed or not (yet): exclusions, seats of other products, exceptions of a draft.
//!
//! Half a million of them may come at once on the drawing thread, and each is asked for as its user is listed. They
//! come sorted from the record, so that taking them in costs next to nothing, and are looked up by halving.

use crate::domain::{bill::size, id::UserId};

use super::{pages::Pages, ticks::Ticks};

/// Users as rows, where they are listed, and as ids ahead of the list.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Those who are listed.
    pub(super) rows: Ticks,
    /// Those who are not (yet).
    pub(super) ahead: Ahead,
}

impl Named {
    /// These users. Cost: a look at each where anybody is listed.
    pub(super) fn of(mut users: Vec<UserId>, pages: &Pages) -> Self {
        let mut rows = Ticks::default();
        if !pages.is_empty() {
            users.retain(|id| pages.find(*id).map(|row| rows.put(row, true)).is_none());
        }
        Self { rows, ahead: Ahead::of(users) }
    }

    /// A user is listed now.
    pub(super) fn enter(&mut self, id: UserId, row: u32) {
        self.rows.put(row, self.ahead.take(id));
    }

    /// Whether there is nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.ahead.is_empty() && self.rows.rows().next().is_none()
    }
}

/// Users who are not listed (yet), each taken out once.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// Ascending, each once.
    ids: Vec<UserId>,
    /// Their places that are taken out.
    taken: Ticks,
    /// How many of them are left.
    left: usize,
}

impl Ahead {
    /// Takes users in. Cost: one look at each; a sort where they are out of order.
    fn of(mut ids: Vec<UserId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        Self { left: ids.len(), ids, ..Self::default() }
    }

    /// Whether nobody is left.
    pub(super) fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// How many are left.
    pub(super) fn len(&self) -> usize {
        self.left
    }

    /// Takes a user out; says whether there was one.
    pub(super) fn take(&mut self, id: UserId) -> bool {
        let place = self.ids.binary_search(&id).ok().map(size).filter(|place| !self.taken.has(*place));
        let Some(place) = place else { return false };
        self.taken.put(place, true);
        self.left -= 1;
        if self.left == 0 {
            // Room for half a million: given back.
            *self = Self::default();
        }
        true
    }

    /// Who is left.
    pub(super) fn iter(&self) -> impl Iterator<Item = UserId> {
        (0..).zip(&self.ids).filter(|(place, _)| !self.taken.has(*place)).map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(
            first in prop::collection::vec(0_u8..40, 0..40),
            steps in prop::collection::vec(0_u8..40, 0..60),
        ) {
            let id = |n: u8| UserId::from_bytes([n; 16]);
            let mut model: BTreeSet<u8> = first.iter().copied().collect();
            let mut ahead = Ahead::of(first.into_iter().map(id).collect());
            for n in steps {
                prop_assert_eq!(ahead.take(id(n)), model.remove(&n));
                prop_assert_eq!((ahead.len(), ahead.is_empty()), (model.len(), model.is_empty()));
            }
            let left: Vec<UserId> = ahead.iter().collect();
            prop_assert_eq!(left, model.into_iter().map(id).collect::<Vec<_>>());
        }
    }
}
