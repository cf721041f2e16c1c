//! Seats whose users have not been listed (yet): half a million may come at once on the drawing thread, and they are left
//! as they came.

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{
    bill::size,
    id::UserId,
    seats::{SeatRemark, Seats},
    text::Text,
    user::{Kind, NewUser, PAGE_ROWS, UserPage},
};

use super::ticks::Ticks;

/// Seats by user, each taken out once.
#[derive(Debug, Default)]
pub(super) struct SeatsAhead {
    seats: Seats,
    /// Their places that are taken out.
    taken: Ticks,
    /// How many of them are left.
    left: usize,
    /// Address and name of those that came one by one.
    late: BTreeMap<UserId, [Text; 2]>,
}

impl SeatsAhead {
    /// Takes seats in. Cost: none.
    pub(super) fn of(seats: Seats) -> Self {
        Self { left: seats.len(), seats, ..Self::default() }
    }

    /// How many are left.
    pub(super) fn len(&self) -> usize {
        self.left + self.late.len()
    }

    /// Whose the seats are that came at once; who was taken out stays among them until all are.
    pub(super) fn ids(&self) -> &[UserId] {
        self.seats.ids()
    }

    /// Takes a user's seat out; what is said of it.
    pub(super) fn take(&mut self, id: UserId) -> Option<SeatRemark> {
        let Some(place) = self.untaken(id) else {
            return self.late.remove(&id).map(|_words| SeatRemark::default());
        };
        let remark = self.seats.remark(place).cloned().unwrap_or_default();
        self.taken.put(size(place), true);
        self.left -= 1;
        if self.left == 0 {
            // Room for half a million: given back.
            (self.seats, self.taken) = Default::default();
        }
        Some(remark)
    }

    /// Puts one in; one that is there already stays.
    pub(super) fn put(&mut self, id: UserId, words: [Text; 2]) {
        if self.untaken(id).is_none() {
            self.late.entry(id).or_insert(words);
        }
    }

    /// Those that are left, as pages of rows; they stay until they are taken out.
    pub(super) fn pages(&self) -> Vec<Arc<UserPage>> {
        let early = (0..self.seats.len()).filter(|place| !self.taken.has(size(*place)));
        let early = early.filter_map(|place| Some((*self.seats.ids().get(place)?, self.seats.words(place))));
        let late = self.late.iter().map(|(id, words)| (*id, words.each_ref().map(Text::as_str)));
        let mut left = early.chain(late).map(|(id, words)| row(id, words)).peekable();
        let mut pages = Vec::new();
        while left.peek().is_some() {
            let rows: Vec<NewUser<'_>> = left.by_ref().take(PAGE_ROWS).collect();
            pages.push(Arc::new(UserPage::new(&rows, Arc::default())));
        }
        pages
    }

    fn untaken(&self, id: UserId) -> Option<usize> {
        self.seats.find(id).filter(|place| !self.taken.has(size(*place)))
    }
}

/// A seat whose user is not listed, as a row.
fn row(id: UserId, [address, name]: [&str; 2]) -> NewUser<'_> {
    NewUser {
        id,
        name,
        address,
        sign_in: "",
        department: "",
        problem: "",
        kind: Kind::User,
        licences: 0,
        made: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(
            first in prop::collection::btree_map(0_u8..40, any::<bool>(), 0..40),
            steps in prop::collection::vec((0_u8..40, any::<bool>()), 0..60),
        ) {
            let id = |n: u8| UserId::from_bytes([n; 16]);
            let remark = |has: bool| SeatRemark { problem: has.then(|| Text::from("full")), left: None };
            let mut seats = Seats::with_room(first.len());
            for (n, has) in &first {
                prop_assert!(seats.push(id(*n), ["a@x.example", "Early"], remark(*has)));
            }
            let mut model: BTreeMap<u8, (bool, &str)> = first.iter().map(|(n, has)| (*n, (*has, "Early"))).collect();
            let mut ahead = SeatsAhead::of(seats);
            for (n, is_put) in steps {
                if is_put {
                    ahead.put(id(n), [Text::from("b@x.example"), Text::from("Late")]);
                    model.entry(n).or_insert((false, "Late"));
                } else {
                    prop_assert_eq!(ahead.take(id(n)), model.remove(&n).map(|(has, _)| remark(has)));
                }
                prop_assert_eq!(ahead.len(), model.len());
            }
            let pages = ahead.pages();
            let rows = pages.iter().flat_map(|page| (0..page.len()).filter_map(|at| page.row(at)));
            let mut left: Vec<(UserId, String)> = rows.map(|user| (user.id, user.name.as_str().to_owned())).collect();
            left.sort();
            prop_assert_eq!(left, model.iter().map(|(n, (_, name))| (id(*n), (*name).to_owned())).collect::<Vec<_>>());
        }
    }
}
