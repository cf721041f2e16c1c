//! Whether a list of users is believed (product.md rule 20): held against what is on record, never taken on its own
//! word. Pure.
//!
//! A list that contradicts the record proves no absence: the users that it names are real, those that it lacks may be
//! real too. What it contradicts by itself (no end, the same page again, rows without ids) its reader notices; what it
//! contradicts on record is judged here.

use super::{bill::grouped, id::Address, text::Text};

/// Below this many users on record a list can't be *much shorter*: in a small organisation three who leave are a tenth,
/// and each one that a list lacks is looked for by name all the same.
pub const FEW: u32 = 20;

/// Users that one pass looks for by name, for one customer. A guess: half a minute of requests. With more the list has
/// lost a part of itself.
pub const LOOKED_FOR_AT_MOST: usize = 100;

/// By how many percent a list may be shorter than the last one, where settings say nothing. The list is taken whole every
/// six days. Organisations lose two or three in a hundred users a month, so a tenth in a week is a clean-up or a mistake, and a
/// clean-up costs an Admin one line. One page that is lost is a tenth of 10,000 users; where it is less, the protected users who
/// were on it are missed by name.
pub const SHORTER_PERCENT: u8 = 10;

/// Why a list is not believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// It holds no user, though somebody of that organisation let us in.
    Empty,
    /// A page came again that had come before.
    Repeated,
    /// It goes on and on without a new user, or beyond the last page that is read.
    Endless,
    /// Its rows have no ids.
    WithoutIds,
    /// It lacks the mailbox that was opened a moment ago.
    WithoutSample(Address),
    /// It is much shorter than the last one that was believed.
    Shorter {
        /// Users in it.
        listed: u32,
        /// Users in the last one.
        before: u32,
    },
    /// It lacks so many users who are protected or scheduled that they are not looked for by name.
    Lacks {
        /// Users in it.
        listed: u32,
        /// Users who are protected or scheduled, and not in it.
        missing: u32,
    },
    /// It lacks users who are there: each was found by name.
    Hides(u32),
}

impl Doubt {
    /// Lower case start, no full stop.
    #[must_use]
    pub fn in_words(&self) -> Text {
        match self {
            Self::Empty => "the list of users came empty".into(),
            Self::Repeated => "the list of users came short: the same page came again".into(),
            Self::Endless => "the list of users does not end".into(),
            Self::WithoutIds => "the list of users came without the users' ids".into(),
            Self::WithoutSample(sample) => {
                Text::of(format_args!("the list lacks {sample}, whose mailbox was opened a moment ago"))
            }
            Self::Shorter { listed, before } => Text::of(format_args!(
                "the list came short: {} of {} users",
                grouped(*listed),
                grouped(*before)
            )),
            Self::Lacks { missing, .. } => Text::of(format_args!(
                "the list came short: {} users who are protected or scheduled are not in it",
                grouped(*missing)
            )),
            Self::Hides(1) => {
                "the list came short: a user is not in it who is there when asked for by name".into()
            }
            Self::Hides(found) => Text::of(format_args!(
                "the list came short: {} users are not in it who are there when asked for by name",
                grouped(*found)
            )),
        }
    }

    /// So many users an Admin can accept, where it may be that the customer really shrank.
    #[must_use]
    pub const fn acceptable(&self) -> Option<u32> {
        match self {
            Self::Shorter { listed, .. } | Self::Lacks { listed, .. } if *listed > 0 => Some(*listed),
            _ => None,
        }
    }
}

/// What a list is held against.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Expected {
    /// Users of the last list that was believed, no fewer than are protected and have not left; 0: there was none.
    pub before: u32,
    /// So many users an Admin accepts, once.
    pub accepted: Option<u32>,
    /// By how many percent a list may be shorter.
    pub percent: u8,
}

impl Expected {
    /// Whether an Admin has accepted a list of this length.
    #[must_use]
    pub fn is_accepted(&self, listed: u32) -> bool {
        self.accepted.is_some_and(|accepted| {
            listed > 0
                && !is_shorter(listed, accepted, self.percent)
                && !is_shorter(accepted, listed, self.percent)
        })
    }

    /// Whether the length of a whole list contradicts the record.
    #[must_use]
    pub fn length(&self, listed: u32) -> Option<Doubt> {
        if self.is_accepted(listed) {
            None
        } else if listed == 0 {
            Some(Doubt::Empty)
        } else if self.before >= FEW && is_shorter(listed, self.before, self.percent) {
            Some(Doubt::Shorter { listed, before: self.before })
        } else {
            None
        }
    }

    /// Whether users on record whom a whole list lacks are too many to be looked for by name.
    #[must_use]
    pub fn lacking(&self, listed: u32, missing: usize) -> Option<Doubt> {
        let is_many = missing > LOOKED_FOR_AT_MOST && !self.is_accepted(listed);
        is_many.then(|| Doubt::Lacks { listed, missing: u32::try_from(missing).unwrap_or(u32::MAX) })
    }

    /// Whether users whom a whole list lacks and who were found by name contradict it. `may_hide`: the directory does not
    /// show everybody, as an address book does; only many of them count then.
    #[must_use]
    pub fn hiding(&self, listed: u32, found: usize, may_hide: bool) -> Option<Doubt> {
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        if found == 0 || self.before < FEW || self.is_accepted(listed) {
            return None;
        }
        let is_little = may_hide && !is_shorter(self.before.saturating_sub(found), self.before, self.percent);
        (!is_little).then_some(Doubt::Hides(found))
    }
}

/// Whether a count is more than so many percent below another.
fn is_shorter(count: u32, before: u32, percent: u8) -> bool {
    u64::from(count) * 100 < u64::from(before) * u64::from(100_u8.saturating_sub(percent))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expected(before: u32) -> Expected {
        Expected { before, accepted: None, percent: SHORTER_PERCENT }
    }

    #[test]
    fn a_tenth_fewer_is_believed_and_more_is_not() {
        for (before, listed, is_believed) in [
            (0, 1, true),
            (0, 0, false),
            (5, 0, false),
            (19, 1, true),
            (20, 18, true),
            (20, 17, false),
            (3_590, 3_231, true),
            (3_590, 3_230, false),
            (3_590, 2_591, false),
            (3_590, 0, false),
            (3_590, 9_000, true),
            (u32::MAX, u32::MAX, true),
        ] {
            let doubt = expected(before).length(listed);
            assert_eq!(doubt.is_none(), is_believed, "{listed} of {before}: {doubt:?}");
        }
    }

    #[test]
    fn what_an_admin_accepted_is_believed_and_another_length_is_not() {
        let accepted = Expected { accepted: Some(980), ..expected(3_590) };
        assert_eq!((accepted.length(980), accepted.length(975)), (None, None));
        assert_eq!(accepted.lacking(980, 2_600), None);
        assert_eq!(accepted.hiding(980, 3, false), None);
        assert_eq!(accepted.length(500), Some(Doubt::Shorter { listed: 500, before: 3_590 }));
        assert!(accepted.length(2_591).is_some(), "that is another list than the one accepted");
        assert_eq!(Expected { accepted: Some(0), ..expected(30) }.length(0), Some(Doubt::Empty));
    }

    #[test]
    fn users_whom_a_list_lacks_count_from_twenty_on() {
        assert_eq!(expected(19).hiding(18, 1, false), None);
        assert_eq!(expected(20).hiding(19, 1, false), Some(Doubt::Hides(1)));
        assert_eq!(expected(200).hiding(199, 1, true), None, "an address book may hide her");
        assert_eq!(expected(200).hiding(179, 21, true), Some(Doubt::Hides(21)));
        assert_eq!(expected(200).lacking(100, 100), None);
        assert_eq!(expected(200).lacking(99, 101), Some(Doubt::Lacks { listed: 99, missing: 101 }));
    }

    #[test]
    fn only_what_may_be_true_can_be_accepted() {
        assert_eq!(Doubt::Shorter { listed: 980, before: 3_590 }.acceptable(), Some(980));
        assert_eq!(Doubt::Lacks { listed: 400, missing: 120 }.acceptable(), Some(400));
        for doubt in [Doubt::Empty, Doubt::Repeated, Doubt::Endless, Doubt::WithoutIds, Doubt::Hides(3)] {
            assert_eq!(doubt.acceptable(), None, "{doubt:?}");
        }
    }

    proptest! {
        #[test]
        fn a_longer_list_is_never_doubted_where_a_shorter_one_is_believed(
            before in any::<u32>(), percent in 0_u8..=100, one in 1_u32.., more in any::<u32>(),
        ) {
            let expected = Expected { before, accepted: None, percent };
            if expected.length(one).is_none() {
                prop_assert_eq!(expected.length(one.saturating_add(more)), None);
            }
        }
    }
}
