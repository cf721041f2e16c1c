//! The table before anything that changes the bill: seats, never money.

use super::user::Kind;

/// Why a listed user stays off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StaysOff {
    /// Of a kind that is not included, or can't be.
    Kind(Kind),
    /// Excluded by the operator.
    Excluded,
    /// Has a problem; the row says which.
    Problem,
    /// Eligible, but nobody chose them.
    NotChosen,
}

/// What will be turned on and billed, what stays off and why.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bill {
    /// Users that will be turned on, by kind; kinds with none are left out.
    pub turn_on: Vec<(Kind, u32)>,
    /// Already protected.
    pub already_on: u32,
    /// Listed users that stay off, by reason; reasons with none are left out.
    pub stay_off: Vec<(StaysOff, u32)>,
    /// Seats in use before, over all products of the customer.
    pub seats_before: u32,
    /// Seats bought; none: no limit on record.
    pub limit: Option<u32>,
}

impl Bill {
    /// How many new seats this is: the number that the operator types from two up.
    #[must_use]
    pub fn new_seats(&self) -> u32 {
        self.turn_on.iter().fold(0, |sum, (_, n)| sum.saturating_add(*n))
    }

    /// Seats in use afterwards.
    #[must_use]
    pub fn seats_after(&self) -> u32 {
        self.seats_before.saturating_add(self.new_seats())
    }

    /// How many seats are missing; zero when they suffice or there is no limit on record.
    #[must_use]
    pub fn seats_missing(&self) -> u32 {
        self.limit.map_or(0, |limit| self.seats_after().saturating_sub(limit))
    }
}
