//! Users whom the record names, listed or not (yet): exclusions, seats of other products, exceptions of a draft.
//!
//! Half a million of them may come at once on the drawing thread, and each is asked for as its user is listed. They
//! come sorted from the record, so that taking them in costs next to nothing, and are looked up by halving.

use crate::domain::{bill::size, id::UserId};

use super::{pages::Pages, ticks::Ticks};

/// Users as rows, where they are listed, and as ids, where they are not (yet).
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Those who are listed.
    pub(super) rows: Ticks,
    /// Who was not listed when they came: ascending, each once.
    ids: Vec<UserId>,
    /// Places in `ids` of those who are taken out.
    taken: Ticks,
    /// How many of `ids` are left.
    left: usize,
}

impl From<Ticks> for Named {
    /// Users who are all listed.
    fn from(rows: Ticks) -> Self {
        Self { rows, ..Self::default() }
    }
}

impl Named {
    /// These users. Cost: a look at each where anybody is listed; a sort where they are out of order.
    pub(super) fn of(mut ids: Vec<UserId>, pages: &Pages) -> Self {
        let mut rows = Ticks::default();
        if !pages.is_empty() {
            ids.retain(|id| pages.find(*id).map(|row| rows.put(row, true)).is_none());
        }
        ids.sort_unstable();
        ids.dedup();
        Self { rows, left: ids.len(), ids, ..Self::default() }
    }

    /// A user is listed now.
    pub(super) fn enter(&mut self, id: UserId, row: u32) {
        let is_one = self.take(id);
        self.rows.put(row, is_one);
    }

    /// Takes a user out who is not listed (yet); says whether there was one.
    pub(super) fn take(&mut self, id: UserId) -> bool {
        let place = self.ids.binary_search(&id).ok().map(size).filter(|place| !self.taken.has(*place));
        let Some(place) = place else { return false };
        self.taken.put(place, true);
        self.left -= 1;
        if self.left == 0 {
            // Room for half a million: given back.
            (self.ids, self.taken) = Default::default();
        }
        true
    }

    /// How many are not listed (yet).
    pub(super) const fn ahead(&self) -> usize {
        self.left
    }

    /// Who is not listed (yet).
    pub(super) fn ids_ahead(&self) -> impl Iterator<Item = UserId> {
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
            let mut named = Named::of(first.into_iter().map(id).collect(), &Pages::default());
            for n in steps {
                prop_assert_eq!(named.take(id(n)), model.remove(&n));
                prop_assert_eq!(named.ahead(), model.len());
            }
            let left: Vec<UserId> = named.ids_ahead().collect();
            prop_assert_eq!(left, model.into_iter().map(id).collect::<Vec<_>>());
        }
    }
}
