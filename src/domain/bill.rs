//! The table before anything that changes the bill: seats, never money.

use super::{text, user::Kind};

/// Why a listed user stays off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StaysOff {
    /// Of a kind that is not included, or can't be.
    Kind(Kind),
    /// Excluded by the operator.
    Excluded,
    /// Has a problem; the row says which.
    Problem,
    /// Eligible, but not chosen.
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
    /// Of those that will be turned on: protected under another product already.
    pub second: u32,
}

/// What stands beside [`Bill::second`].
pub const SECOND: &str = "of these, protected under another product: a second seat";

/// A count as people read it: "1,204".
#[must_use]
pub fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A length as a count.
#[must_use]
pub fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// A count with its noun: "1 user", "1,204 users".
#[must_use]
pub fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

impl StaysOff {
    /// The reason in a table ("shared mailboxes, not included").
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Kind(Kind::Shared) => "shared mailboxes: this kind is not included",
            Self::Kind(Kind::Room) => "rooms and equipment: this kind is not included",
            Self::Kind(Kind::Disabled) => "users whose sign-in is off: this kind is not included",
            Self::Kind(kind) => kind.plural(),
            Self::Excluded => "excluded",
            Self::Problem => "with a problem: the row says which",
            Self::NotChosen => "eligible, but not chosen",
        }
    }
}

/// A kind among those that are turned on: what is not checked is billed all the same, and the bill says as what.
const fn billed_as(kind: Kind) -> &'static str {
    match kind {
        Kind::NotKnownYet => "not checked yet, billed as user mailboxes",
        kind => kind.plural(),
    }
}

impl Bill {
    /// How many users were chosen that are off: so many seats are needed.
    #[must_use]
    pub fn new_seats(&self) -> u32 {
        self.turn_on.iter().fold(0, |sum, (_, n)| sum.saturating_add(*n))
    }

    /// How many new seats are billed when it is applied now: the number that the operator types from two up. Users for
    /// whom no seat is left stay off.
    #[must_use]
    pub fn billed(&self) -> u32 {
        self.new_seats().saturating_sub(self.seats_missing())
    }

    /// Seats in use afterwards.
    #[must_use]
    pub fn seats_after(&self) -> u32 {
        self.seats_before.saturating_add(self.billed())
    }

    /// What will be turned on, line by line, and how many of them no seat is left for.
    #[must_use]
    pub fn turned_on(&self) -> Vec<(&'static str, u32)> {
        let mut lines: Vec<_> = self.turn_on.iter().map(|(kind, count)| (billed_as(*kind), *count)).collect();
        if self.second > 0 {
            lines.push((SECOND, self.second));
        }
        if self.seats_missing() > 0 {
            lines.push(("of these, no seat is left for", self.seats_missing()));
        }
        lines
    }

    /// How many stay off for this reason.
    #[must_use]
    pub fn staying_off(&self, why: StaysOff) -> u32 {
        self.stay_off.iter().find(|(known, _)| *known == why).map_or(0, |(_, count)| *count)
    }

    /// What stays off and why, line by line.
    #[must_use]
    pub fn left_off(&self) -> Vec<(&'static str, u32)> {
        self.stay_off.iter().map(|(why, count)| (why.words(), *count)).collect()
    }

    /// Seats before, after and bought, as labels and values.
    #[must_use]
    pub fn seats(&self) -> [(&'static str, String); 4] {
        [
            ("Already protected", counted(self.already_on, "user", "users")),
            ("Seats now", grouped(self.seats_before)),
            ("Seats after", grouped(self.seats_after())),
            ("Seats bought", self.limit.map_or_else(|| "no limit on record".into(), grouped)),
        ]
    }

    /// How many seats are missing; zero when they suffice or there is no limit on record.
    #[must_use]
    pub fn seats_missing(&self) -> u32 {
        let free = self.limit.map(|limit| limit.saturating_sub(self.seats_before));
        free.map_or(0, |free| self.new_seats().saturating_sub(free))
    }

    /// Whether every seat that was bought is in use.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.limit.is_some_and(|limit| limit <= self.seats_before)
    }

    /// The table as it is read out, top to bottom. `without_seat`: what becomes of users for whom no seat is left; empty
    /// where that is said beside it.
    #[must_use]
    pub fn table(&self, without_seat: &str) -> Vec<String> {
        let number = |label: &str, count: u32| format!("{}: {}", text::capital(label), grouped(count));
        let missing = self.seats_missing();
        let mut table = vec!["Will be turned on and billed:".to_owned()];
        table.extend(self.turned_on().into_iter().map(|(label, count)| number(label, count)));
        table.extend([
            number("new seats", self.billed()),
            format!("Already protected: {}", counted(self.already_on, "user", "users")),
            number("seats now", self.seats_before),
            number("seats after", self.seats_after()),
            format!("Seats bought: {}", self.limit.map_or_else(|| "no limit on record".to_owned(), grouped)),
        ]);
        if missing > 0 && !without_seat.is_empty() {
            table.push(format!("{} missing. {without_seat}", counted(missing, "seat is", "seats are")));
        }
        if !self.stay_off.is_empty() {
            table.push("Stays off:".to_owned());
            table.extend(self.stay_off.iter().map(|(why, count)| number(why.words(), *count)));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_as_people_read_them() {
        for (count, words) in [(0, "0"), (999, "999"), (1_204, "1,204"), (1_000_000, "1,000,000")] {
            assert_eq!(grouped(count), words);
        }
        assert_eq!(counted(1, "seat", "seats"), "1 seat");
        assert_eq!(counted(37, "seat", "seats"), "37 seats");
    }

    #[test]
    fn a_bill_says_as_what_unchecked_mailboxes_are_billed() {
        let bill = Bill {
            turn_on: vec![(Kind::User, 5), (Kind::NotKnownYet, 2)],
            stay_off: vec![(StaysOff::Kind(Kind::OnPremises), 3)],
            ..Bill::default()
        };
        let line = ("not checked yet, billed as user mailboxes", 2);
        assert!(bill.turned_on().contains(&line));
        let table = bill.table("");
        assert!(table.contains(&"Not checked yet, billed as user mailboxes: 2".to_owned()), "{table:?}");
        assert!(table.contains(&"Mailboxes on the customer's own server: 3".to_owned()), "{table:?}");
        let off = Bill { stay_off: vec![(StaysOff::Kind(Kind::NotKnownYet), 4)], ..Bill::default() };
        assert_eq!(off.left_off(), [("mailboxes not checked yet", 4)]);
    }

    #[test]
    fn a_second_seat_of_the_same_mailbox_is_said() {
        let bill = Bill { turn_on: vec![(Kind::Mailbox, 2)], second: 2, ..Bill::default() };
        assert_eq!(bill.turned_on(), [("mailboxes, of people or shared", 2), (SECOND, 2)]);
        let says = "Of these, protected under another product: a second seat: 2".to_owned();
        assert!(bill.table("").contains(&says), "{:?}", bill.table(""));
        let none = Bill { second: 0, ..bill };
        assert_eq!(none.turned_on().len(), 1);
    }

    #[test]
    fn missing_seats_are_named_only_where_there_is_a_limit() {
        let mut bill =
            Bill { turn_on: vec![(Kind::User, 5), (Kind::Shared, 2)], seats_before: 10, ..Bill::default() };
        assert_eq!((bill.new_seats(), bill.seats_after(), bill.seats_missing()), (7, 17, 0));
        bill.limit = Some(15);
        assert_eq!((bill.seats_missing(), bill.billed(), bill.seats_after()), (2, 5, 15));
        // More seats in use than bought: none is left, and none is taken back.
        bill.limit = Some(8);
        assert_eq!((bill.seats_missing(), bill.billed(), bill.seats_after()), (7, 0, 10));
    }
}
