//! What is on record of users who have not been listed (yet): exclusions, seats of other products, exceptions of a draft.
//!
//! Half a million of them may come at once on the drawing thread, and each is asked for as its user is listed. They
//! come sorted from the record, so that taking them in costs next to nothing, and are looked up by halving.

use crate::domain::id::UserId;

/// Things by user, each taken out once.
#[derive(Debug, Clone)]
pub(super) struct Ahead<T> {
    /// Ascending, each once.
    ids: Vec<UserId>,
    /// One per id; none: taken.
    things: Vec<Option<T>>,
    /// How many of `things` are left.
    left: usize,
}

impl<T> Default for Ahead<T> {
    fn default() -> Self {
        Self { ids: Vec::new(), things: Vec::new(), left: 0 }
    }
}

impl<T> Ahead<T> {
    /// Takes in things with their users. Cost: one look at each; a sort where they are out of order. Of two for one
    /// user the first stays.
    pub(super) fn of(things: Vec<T>, id: impl Fn(&T) -> UserId) -> Self {
        let mut things = things;
        if !things.is_sorted_by(|a, b| id(a) < id(b)) {
            things.sort_by_key(&id);
            things.dedup_by_key(|thing| id(thing));
        }
        let ids: Vec<UserId> = things.iter().map(id).collect();
        Self { left: ids.len(), ids, things: things.into_iter().map(Some).collect() }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// How many are left.
    pub(super) fn len(&self) -> usize {
        self.left
    }

    /// Takes a user's thing out.
    pub(super) fn take(&mut self, id: UserId) -> Option<T> {
        let found = self.ids.binary_search(&id).ok().and_then(|at| self.things.get_mut(at)?.take())?;
        self.left -= 1;
        if self.left == 0 {
            // Room for half a million: given back.
            (self.ids, self.things) = (Vec::new(), Vec::new());
        }
        Some(found)
    }

    /// What is left, with its users.
    pub(super) fn iter(&self) -> impl Iterator<Item = (UserId, &T)> {
        self.ids.iter().zip(&self.things).filter_map(|(id, thing)| Some((*id, thing.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(
            first in prop::collection::vec((0_u8..40, any::<u8>()), 0..40),
            steps in prop::collection::vec(0_u8..40, 0..60),
        ) {
            let id = |n: u8| UserId::from_bytes([n; 16]);
            let mut model = BTreeMap::new();
            for (n, thing) in &first {
                model.entry(*n).or_insert(*thing);
            }
            let mut ahead = Ahead::of(first, |(n, _)| id(*n));
            for n in steps {
                prop_assert_eq!(ahead.take(id(n)).map(|(_, thing)| thing), model.remove(&n));
                prop_assert_eq!((ahead.len(), ahead.is_empty()), (model.len(), model.is_empty()));
            }
            let mut left: Vec<(u8, u8)> = ahead.iter().map(|(_, thing)| *thing).collect();
            left.sort_unstable();
            prop_assert_eq!(left, model.into_iter().collect::<Vec<_>>());
        }
    }
}
