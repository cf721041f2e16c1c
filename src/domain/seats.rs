//! Active seats as half a million of them come at once: ids, one block of words, and the little that is said of few.
//!
//! Who waits for the users of a large organisation needs the id of nearly every seat and nothing else. Words apart for each
//! cost more memory and time than all the rest of them.

use std::{collections::BTreeMap, fmt};

use super::{
    id::UserId,
    protection::{Protection, Seat},
    text::Text,
    time::Moment,
};

/// Active seats, by ascending id.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Seats {
    ids: Vec<UserId>,
    /// Ends in `words`, bytes: of the address and of the name of each.
    ends: Vec<[u32; 2]>,
    words: String,
    /// Of those that have one, by place.
    remarks: BTreeMap<usize, SeatRemark>,
}

/// What is said of few seats.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SeatRemark {
    /// Gone from the directory since; the seat stays until an Admin turns it off.
    pub left: Option<Moment>,
    /// What a worker says is wrong with the backup now.
    pub problem: Option<Text>,
}

impl Seats {
    /// Room for so many.
    #[must_use]
    pub fn with_room(count: usize) -> Self {
        Self { ids: Vec::with_capacity(count), ends: Vec::with_capacity(count), ..Self::default() }
    }

    /// Adds the next one; false where its id does not ascend, or where there are more words than any record has: it was left
    /// out then. The words may be raw: nobody sees them but through a page of users, which cleans them.
    #[must_use]
    pub fn push(&mut self, id: UserId, [address, name]: [&str; 2], remark: SeatRemark) -> bool {
        let end = self.words.len().saturating_add(address.len());
        let (Ok(of_address), Ok(of_name)) =
            (u32::try_from(end), u32::try_from(end.saturating_add(name.len())))
        else {
            return false;
        };
        if self.ids.last().is_some_and(|last| *last >= id) {
            return false;
        }
        if remark != SeatRemark::default() {
            self.remarks.insert(self.ids.len(), remark);
        }
        self.words.push_str(address);
        self.words.push_str(name);
        self.ids.push(id);
        self.ends.push([of_address, of_name]);
        true
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whose they are.
    #[must_use]
    pub fn ids(&self) -> &[UserId] {
        &self.ids
    }

    /// The place of a user's seat. Cost: some twenty looks among half a million.
    #[must_use]
    pub fn find(&self, id: UserId) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    /// Address and name when it was turned on, raw; empty past the end.
    #[must_use]
    pub fn words(&self, place: usize) -> [&str; 2] {
        let before = place.checked_sub(1).and_then(|before| self.ends.get(before));
        let (start, [of_address, of_name]) =
            (before.map_or(0, |[_, end]| *end), self.ends.get(place).copied().unwrap_or_default());
        let at = |end: u32| usize::try_from(end).unwrap_or(usize::MAX);
        [(start, of_address), (of_address, of_name)]
            .map(|(from, to)| self.words.get(at(from)..at(to)).unwrap_or_default())
    }

    /// What else is said of one.
    #[must_use]
    pub fn remark(&self, place: usize) -> Option<&SeatRemark> {
        self.remarks.get(&place)
    }
}

impl fmt::Debug for Seats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seats({}, {} bytes of words)", self.len(), self.words.len())
    }
}

impl From<Vec<Seat>> for Seats {
    /// Of two for one user the first stays.
    fn from(mut seats: Vec<Seat>) -> Self {
        seats.sort_by_key(|seat| seat.id);
        let mut packed = Self::with_room(seats.len());
        for Seat { id, address, name, left, problem, .. } in seats {
            let remark = SeatRemark { left, problem };
            let _is_another_user = packed.push(id, [address.as_str(), name.as_str()], remark);
        }
        packed
    }
}

impl From<Protection> for Protection<Seats> {
    fn from(apart: Protection) -> Self {
        apart.with_seats(Seats::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_remarks_come_back_and_ids_ascend() {
        let id = |n: u8| UserId::from_bytes([n; 16]);
        let left = SeatRemark { left: Some(Moment::from_millis(7)), problem: None };
        let mut seats = Seats::with_room(3);
        for (n, words, remark) in [
            (1, ["ann@bakery.example", "Ann"], SeatRemark::default()),
            (2, ["", ""], left.clone()),
            (4, ["zoë@bakery.example", "Zoë"], SeatRemark::default()),
        ] {
            assert!(seats.push(id(n), words, remark));
        }
        for n in [0, 3, 4] {
            assert!(!seats.push(id(n), ["late@bakery.example", "Late"], SeatRemark::default()), "{n}");
        }
        assert_eq!((seats.len(), seats.find(id(4)), seats.find(id(3))), (3, Some(2), None));
        assert_eq!(seats.words(0), ["ann@bakery.example", "Ann"]);
        assert_eq!((seats.words(1), seats.words(2)), (["", ""], ["zoë@bakery.example", "Zoë"]));
        assert_eq!((seats.words(3), seats.remark(0), seats.remark(1)), (["", ""], None, Some(&left)));
    }
}
