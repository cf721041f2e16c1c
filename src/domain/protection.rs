//! What is true about the users of one customer and product: seats, exclusions, the Enable Auto rule.

use super::{
    id::{Address, UserId},
    run::SweeperStatus,
    text::Text,
    time::Moment,
    user::{Kind, Kinds},
};

/// The state words, the same everywhere (product.md section 9, *Users*).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Not protected and not about to be.
    Off,
    /// Off by its kind: one that is not included, or can't be.
    NotIncluded,
    /// Enable Auto turns this user on at the next 20:00 in Sydney.
    Scheduled,
    /// Enable Auto wants this user, and no pass will turn anybody on as things stand.
    Stalled,
    /// Being turned on right now.
    TurningOn,
    /// An active seat row, read back after commit.
    Protected,
    /// Can't be turned on; the row says why.
    Problem,
    /// Never turned on by All or Auto.
    Excluded,
}

impl State {
    /// The word in the state column and behind `state:` in the filter.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::NotIncluded => "not included",
            Self::Scheduled => "scheduled",
            Self::Stalled => "waits for a sweep",
            Self::TurningOn => "turning on",
            Self::Protected => "protected",
            Self::Problem => "problem",
            Self::Excluded => "excluded",
        }
    }
}

/// A user picked to be turned on, excluded or turned off, as the store needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// The id.
    pub id: UserId,
    /// Address, as shown.
    pub address: Text,
    /// Name, as shown.
    pub name: Text,
    /// What it is.
    pub kind: Kind,
}

impl Chosen {
    /// By name and address: `Mila Chen <mila@bakery.example>`.
    #[must_use]
    pub fn named(&self) -> String {
        named(&self.name, &self.address)
    }
}

/// A user by name and address, as far as there are both.
#[must_use]
pub fn named(name: &Text, address: &Text) -> String {
    match (name.is_empty(), address.is_empty()) {
        (_, true) => name.to_string(),
        (true, false) => format!("<{address}>"),
        (false, false) => format!("{name} <{address}>"),
    }
}

/// Somebody who is excluded. Name and address are those of the list in which the user was excluded; records from before
/// they were kept may lack them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excluded {
    /// Who.
    pub id: UserId,
    /// Name.
    pub name: Option<Text>,
    /// Address.
    pub address: Option<Text>,
    /// Since when.
    pub at: Moment,
    /// By whom.
    pub by: Text,
}

impl Excluded {
    /// By name and address; by the id where the record knows neither.
    #[must_use]
    pub fn named(&self) -> String {
        let or_none = |text: &Option<Text>| text.clone().unwrap_or_default();
        match (&self.name, &self.address) {
            (None, None) => format!("user {}", self.id),
            (name, address) => named(&or_none(name), &or_none(address)),
        }
    }
}

/// An active seat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seat {
    /// Whose.
    pub id: UserId,
    /// Address when it was turned on.
    pub address: Text,
    /// Name when it was turned on.
    pub name: Text,
    /// Since when.
    pub since: Moment,
    /// Gone from the directory since; the seat stays until an Admin turns it off.
    pub left: Option<Moment>,
    /// First backup, where a worker wrote it.
    pub first_backup: Option<Moment>,
    /// What a worker says is wrong with the backup now; none: nothing is.
    pub problem: Option<Text>,
}

/// A worker's problem with the backup of a protected user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// Whose backup.
    pub user: UserId,
    /// Address when it was turned on.
    pub address: Text,
    /// Name when it was turned on.
    pub name: Text,
    /// What is wrong.
    pub words: Text,
    /// Said when.
    pub at: Moment,
    /// Said by which worker.
    pub by: Text,
}

/// The standing rule of Enable Auto for one customer and product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AutoRule {
    /// When it was confirmed: passes for a 20:00 before that do not count.
    pub made: Moment,
    /// By whom.
    pub by: Text,
    /// The count that the operator confirmed.
    pub confirmed: u32,
    /// A pass that would take the customer above this many seats turns on no user.
    pub ceiling: u32,
    /// The 20:00 of its last finished pass; none: an operator may still undo it.
    pub last_pass: Option<Moment>,
    /// Why the last pass stopped before it turned anyone on.
    pub attention: Option<Text>,
}

impl AutoRule {
    /// The ceiling that is proposed: count plus 10 %, at least plus 10 (product.md section 9).
    #[must_use]
    pub const fn default_ceiling(count: u32) -> u32 {
        let tenth = count.div_ceil(10);
        count.saturating_add(if tenth > 10 { tenth } else { 10 })
    }
}

/// Everything on record about the users of one customer and product; the seats one by one, or packed where half a million of
/// them are to wait for their users.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Protection<S = Vec<Seat>> {
    /// Active seats.
    pub seats: S,
    /// Never turned on by All or Auto, whatever the mode.
    pub exclusions: Vec<UserId>,
    /// The standing rule, if it is on.
    pub rule: Option<AutoRule>,
    /// Kinds included besides user mailboxes.
    pub kinds: Kinds,
    /// Seats bought by the customer; none: no limit on record.
    pub limit: Option<u32>,
    /// Seats used by the customer's other products.
    pub used_elsewhere: u32,
    /// Users who hold those.
    pub seated_elsewhere: Vec<UserId>,
    /// What runs the next pass.
    pub sweeper: SweeperStatus,
}

impl<S> Protection<S> {
    /// The same with seats of another form.
    pub fn with_seats<T>(self, of: impl FnOnce(S) -> T) -> Protection<T> {
        let Self { seats, exclusions, rule, kinds, limit, used_elsewhere, seated_elsewhere, sweeper } = self;
        let seats = of(seats);
        Protection { seats, exclusions, rule, kinds, limit, used_elsewhere, seated_elsewhere, sweeper }
    }
}

impl Protection {
    /// Seats that are bought and not used; none: no limit on record.
    #[must_use]
    pub fn free(&self) -> Option<u32> {
        let used = self.used_elsewhere.saturating_add(u32::try_from(self.seats.len()).unwrap_or(u32::MAX));
        self.limit.map(|limit| limit.saturating_sub(used))
    }
}

/// What became of one user in a bulk write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeatResult {
    /// Which user.
    pub user: Chosen,
    /// What became of it.
    pub outcome: SeatOutcome,
}

/// What became of one seat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SeatOutcome {
    /// Turned on now, read back after commit.
    TurnedOn,
    /// Was on already.
    AlreadyOn,
    /// Turned off now.
    TurnedOff,
    /// Left alone because it is excluded.
    Excluded,
    /// Left alone because the customer's seats are used up.
    NoSeat,
    /// Could not be written; the words say why.
    Failed(Text),
    /// Not tried: the operator stopped before.
    Stopped,
}

impl SeatOutcome {
    /// Whether the user is protected after this.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        matches!(self, Self::TurnedOn | Self::AlreadyOn)
    }
}

/// An address of a hosted customer that answered as no mailbox in one pass; two passes make it *left*.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The address.
    pub address: Address,
    /// First pass that missed it.
    pub since: Moment,
}
