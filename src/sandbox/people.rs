//! The users of one tenant, each worked out from its place when it is asked for.
//!
//! A tenant of 500,000 users costs nothing until somebody reads them: name, address, kind, licence and age follow from the
//! place in the list, and the object id hides that place so that a user is found again from its id alone. Four stretches
//! follow each other: users named in the world's file, the computed crowd, users who joined since the world began, users
//! made by hand.

use std::{collections::HashMap, sync::Arc};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    journal::{Gone, Made, State},
    licence::{self, Sku},
    names,
    world::{Kind, Listed, Tenant},
};

/// Milliseconds in an hour.
const HOUR: i64 = 3_600_000;
/// Milliseconds in a day.
const DAY: i64 = 24 * HOUR;
/// Multipliers that spread kinds and names over a list; primes, so that one of them has no divisor in common with its length.
const SPREAD: [u64; 3] = [7_919, 104_729, 1_299_709];

/// A place in the list: stretch and number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// 0 named, 1 crowd, 2 joined, 3 made by hand.
    stretch: u8,
    /// From 0.
    number: u32,
}

impl Place {
    /// The first place.
    pub(super) const FIRST: Self = Self { stretch: 0, number: 0 };

    /// As one number, for tokens and ids; at most 34 bits.
    pub(super) fn code(self) -> u64 {
        u64::from(self.stretch) << 32 | u64::from(self.number)
    }

    /// Back from [`Place::code`].
    pub(super) fn from_code(code: u64) -> Option<Self> {
        let stretch = u8::try_from(code >> 32).ok().filter(|it| *it < 4)?;
        Some(Self { stretch, number: u32::try_from(code & 0xffff_ffff).ok()? })
    }
}

/// One user.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Object id.
    pub(super) id: Uuid,
    /// Place in the list.
    pub(super) place: Place,
    /// Display name.
    pub(super) name: String,
    /// `userPrincipalName`.
    pub(super) upn: String,
    /// Primary address, if any.
    pub(super) mail: Option<String>,
    /// Kind.
    pub(super) kind: Kind,
    /// Licence, if any.
    pub(super) sku: Option<&'static Sku>,
    /// Department, if any.
    pub(super) department: Option<String>,
    /// When made, milliseconds since 1970 UTC.
    pub(super) created: i64,
}

impl Person {
    /// Whether sign-in is on. One shared mailbox in four has it on: it proves nothing.
    pub(super) fn enabled(&self) -> bool {
        match self.kind {
            Kind::Disabled => false,
            Kind::Shared | Kind::Room | Kind::Equipment => self.place.number % 4 == 3,
            Kind::User | Kind::Guest | Kind::Unlicensed | Kind::OnPremises => true,
        }
    }

    /// `userType`; null on a few old objects.
    pub(super) fn user_type(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Guest => Some("Guest"),
            Kind::User if self.place.stretch == 1 && self.place.number % 23 == 7 => None,
            _ => Some("Member"),
        }
    }

    /// `userPurpose`, if there is a mailbox.
    pub(super) fn purpose(&self) -> Option<&'static str> {
        match self.kind {
            Kind::User | Kind::Disabled => Some("user"),
            Kind::Shared => Some("shared"),
            Kind::Room => Some("room"),
            Kind::Equipment => Some("equipment"),
            Kind::Guest | Kind::Unlicensed | Kind::OnPremises => None,
        }
    }
}

/// The users of one tenant at one moment.
pub(super) struct Directory {
    /// The tenant.
    tenant: Arc<Tenant>,
    /// When the world began.
    began: i64,
    /// Now.
    now: i64,
    /// Journal position.
    pub(super) seq: u64,
    /// Made by hand.
    made: Arc<Vec<Made>>,
    /// Deleted by hand.
    gone: Arc<Gone>,
    /// Hides places in object ids.
    seed: [u8; 32],
}

impl Directory {
    /// The tenant's users at `now`, milliseconds since 1970 UTC.
    pub(super) fn new(tenant: &Arc<Tenant>, state: &State, now: i64) -> Self {
        Self {
            began: state.began.unwrap_or(now),
            now,
            seq: state.seq,
            made: state.made.get(&tenant.id).map(Arc::clone).unwrap_or_default(),
            gone: state.gone.get(&tenant.id).map(Arc::clone).unwrap_or_default(),
            seed: Sha256::digest(tenant.id.as_bytes()).into(),
            tenant: Arc::clone(tenant),
        }
    }

    /// How many places a stretch has.
    fn length(&self, stretch: u8) -> u32 {
        let length = match stretch {
            0 => self.tenant.people.len(),
            1 => return self.tenant.crowd.size(),
            2 => return self.joined(),
            _ => self.made.len(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// How many joined since the world began.
    fn joined(&self) -> u32 {
        let per_day = i64::from(self.tenant.crowd.new_per_day);
        u32::try_from((self.now - self.began).max(0) * per_day / DAY).unwrap_or(u32::MAX)
    }

    /// The first real place from `place` on.
    pub(super) fn at_or_after(&self, mut place: Place) -> Option<Place> {
        while place.stretch < 4 {
            if place.number < self.length(place.stretch) {
                return Some(place);
            }
            place = Place { stretch: place.stretch + 1, number: 0 };
        }
        None
    }

    /// The place behind one.
    pub(super) fn next(place: Place) -> Place {
        Place { stretch: place.stretch, number: place.number.saturating_add(1) }
    }

    /// Everybody from a place on, with the place behind each.
    pub(super) fn from(&self, start: Place) -> impl Iterator<Item = Person> + '_ {
        let mut next = start;
        std::iter::from_fn(move || {
            loop {
                let place = self.at_or_after(next)?;
                next = Self::next(place);
                if let Some(person) = self.person(place) {
                    return Some(person);
                }
            }
        })
    }

    /// The user at a place, unless not yet made or gone.
    pub(super) fn person(&self, place: Place) -> Option<Person> {
        let person = self.anyone(place)?;
        let leaves = self.leaves(place).is_some_and(|at| at <= self.now);
        let there = person.created <= self.now && !leaves && !self.gone.contains_key(&person.id);
        there.then_some(person)
    }

    /// The user at a place, whether there at this moment or not.
    fn anyone(&self, place: Place) -> Option<Person> {
        match place.stretch {
            0 => Some(self.named(place, self.tenant.people.get(usize::try_from(place.number).ok()?)?)),
            1 if place.number < self.tenant.crowd.size() => Some(self.computed(place)),
            2 if place.number < self.joined() => Some(self.newcomer(place)),
            3 => Some(self.by_hand(place, self.made.get(usize::try_from(place.number).ok()?)?)),
            _ => None,
        }
    }

    /// When a named user leaves.
    fn leaves(&self, place: Place) -> Option<i64> {
        if place.stretch != 0 {
            return None;
        }
        let listed = self.tenant.people.get(usize::try_from(place.number).ok()?)?;
        listed.leaves_hours.map(|hours| self.began.saturating_add(hours.saturating_mul(HOUR)))
    }

    /// A user of the world's file.
    fn named(&self, place: Place, listed: &Listed) -> Person {
        let part = listed.sku.as_deref().or(self.tenant.skus.first().map(String::as_str));
        let created = self.began.saturating_add(listed.created_hours.saturating_mul(HOUR));
        let (upn, mail) = self.addresses(&listed.address, listed.kind);
        Person {
            id: self.id(place),
            place,
            name: listed.name.clone(),
            upn,
            mail,
            kind: listed.kind,
            sku: sku_of(listed.kind, part, listed.sku.is_some()),
            department: listed.department.clone(),
            created,
        }
    }

    /// A user of the crowd.
    fn computed(&self, place: Place) -> Person {
        let (kind, number) = self.kind(place.number);
        let (name, local) = names::of(kind, number);
        let (upn, mail) = self.addresses(&local, kind);
        let age = i64::from(place.number.wrapping_mul(2_654_435_761) % 2_200) + 1;
        Person {
            id: self.id(place),
            place,
            name,
            upn,
            mail,
            kind,
            sku: self.crowd_sku(place.number),
            department: names::department(kind, number).map(str::to_owned),
            created: self.began - age * DAY - i64::from(place.number % 86_400) * 1_000,
        }
    }

    /// Licence of a place of the crowd.
    fn crowd_sku(&self, place: u32) -> Option<&'static Sku> {
        let (kind, number) = self.kind(place);
        let skus = &self.tenant.skus;
        let part = skus.get(usize::try_from(place).unwrap_or_default() % skus.len().max(1));
        sku_of(kind, part.map(String::as_str), number < self.tenant.crowd.licensed)
    }

    /// A user who joined after the world began: evenly over the day, always a user mailbox.
    fn newcomer(&self, place: Place) -> Person {
        let per_day = i64::from(self.tenant.crowd.new_per_day.max(1));
        let number = self.tenant.crowd.size().saturating_add(place.number);
        let (name, local) = names::of(Kind::User, number);
        let (upn, mail) = self.addresses(&local, Kind::User);
        Person {
            id: self.id(place),
            place,
            name,
            upn,
            mail,
            kind: Kind::User,
            sku: sku_of(Kind::User, self.tenant.skus.first().map(String::as_str), false),
            department: names::department(Kind::User, number).map(str::to_owned),
            created: self.began + (i64::from(place.number) + 1) * DAY / per_day,
        }
    }

    /// A user made by hand.
    fn by_hand(&self, place: Place, made: &Made) -> Person {
        let (upn, mail) = if made.kind == Kind::Guest {
            self.addresses(&made.address, made.kind)
        } else {
            (made.address.clone(), (made.kind != Kind::Unlicensed).then(|| made.address.clone()))
        };
        Person {
            id: self.id(place),
            place,
            name: made.name.clone(),
            upn,
            mail,
            kind: made.kind,
            sku: sku_of(made.kind, self.tenant.skus.first().map(String::as_str), false),
            department: None,
            created: made.at,
        }
    }

    /// `userPrincipalName` and `mail`.
    fn addresses(&self, local: &str, kind: Kind) -> (String, Option<String>) {
        match kind {
            Kind::Guest => {
                (format!("{}#EXT#@{}", local.replace('@', "_"), self.tenant.initial), Some(local.to_owned()))
            }
            Kind::Unlicensed => (format!("{local}@{}", self.tenant.domain), None),
            _ => {
                let address = format!("{local}@{}", self.tenant.domain);
                (address.clone(), Some(address))
            }
        }
    }

    /// Kind of a place of the crowd, and its number among that kind.
    fn kind(&self, number: u32) -> (Kind, u32) {
        let crowd = &self.tenant.crowd;
        let size = u64::from(crowd.size().max(1));
        let factor = SPREAD.into_iter().find(|prime| size % prime != 0).unwrap_or(1);
        let mut rest = u32::try_from((u64::from(number) * factor + size / 2) % size).unwrap_or_default();
        for (kind, count) in [
            (Kind::Shared, crowd.shared),
            (Kind::Room, crowd.rooms),
            (Kind::Equipment, crowd.equipment),
            (Kind::Guest, crowd.guests),
            (Kind::Disabled, crowd.disabled),
            (Kind::Unlicensed, crowd.unlicensed),
        ] {
            if rest < count {
                // People share one sequence of names, whatever their kind, so that no address is there twice.
                let person = matches!(kind, Kind::Disabled | Kind::Unlicensed);
                return (kind, if person { number } else { rest });
            }
            rest -= count;
        }
        (Kind::User, number)
    }

    /// Object id of a place: 62 bits of hash, then the place hidden by a hash of those.
    fn id(&self, place: Place) -> Uuid {
        let high = self.hash(b"high", place.code()) & 0xffff_ffff_ffff_0fff | 0x4000;
        let low = (self.hash(b"low", high) ^ place.code()) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
        Uuid::from_u64_pair(high, low)
    }

    /// Place of an object id, if this tenant has one there.
    fn place(&self, id: Uuid) -> Option<Place> {
        let (high, low) = id.as_u64_pair();
        let place = Place::from_code((low ^ self.hash(b"low", high)) & 0x3fff_ffff_ffff_ffff)?;
        (self.id(place) == id).then_some(place)
    }

    /// 64 bits of a keyed hash.
    fn hash(&self, label: &[u8], number: u64) -> u64 {
        let mut mixed = number ^ u64::from(label.first().copied().unwrap_or_default()) << 56;
        for part in self.seed.chunks_exact(8) {
            mixed ^= part.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            // Finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the input reaches every bit of the output.
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
        }
        mixed
    }

    /// A user by object id or user principal name. By name it reads the list: cost grows with the tenant.
    pub(super) fn find(&self, key: &str) -> Option<Person> {
        if let Ok(id) = Uuid::parse_str(key) {
            return self.person(self.place(id)?);
        }
        self.from(Place::FIRST).find(|person| person.upn.eq_ignore_ascii_case(key))
    }

    /// The user who was made by hand last.
    pub(super) fn newest(&self) -> Option<Person> {
        self.person(Place { stretch: 3, number: self.length(3).checked_sub(1)? })
    }

    /// How many users there are. Cost: the named ones and those made by hand.
    pub(super) fn count(&self) -> u64 {
        let few = [0, 3].into_iter().map(|stretch| {
            let places = (0..self.length(stretch)).map(|number| Place { stretch, number });
            u64::try_from(places.filter(|place| self.person(*place).is_some()).count()).unwrap_or_default()
        });
        let many = u64::from(self.length(1)) + u64::from(self.length(2));
        let gone = self
            .gone
            .keys()
            .filter(|id| self.place(**id).is_some_and(|place| matches!(place.stretch, 1 | 2)));
        few.sum::<u64>() + many - u64::try_from(gone.count()).unwrap_or_default()
    }

    /// Users made after a moment and a journal position, and ids of those who left: the rows of a delta round.
    pub(super) fn since(&self, moment: i64, seq: u64) -> (Vec<Person>, Vec<Uuid>) {
        let per_day = i64::from(self.tenant.crowd.new_per_day);
        let first_new = u32::try_from((moment - self.began).max(0) * per_day / DAY).unwrap_or(u32::MAX);
        let joined = (first_new..self.joined()).map(|number| Place { stretch: 2, number });
        let named: Vec<Place> = (0..self.length(0)).map(|number| Place { stretch: 0, number }).collect();
        let by_hand = (0..self.length(3)).zip(self.made.iter()).filter(|(_, made)| made.seq > seq);
        let fresh =
            named.iter().copied().filter(|place| self.anyone(*place).is_some_and(|it| it.created > moment));
        let places = fresh.chain(joined).chain(by_hand.map(|(number, _)| Place { stretch: 3, number }));
        let people = places.filter_map(|place| self.person(place)).collect();
        let expired =
            named.iter().filter(|place| self.leaves(**place).is_some_and(|at| at > moment && at <= self.now));
        let left = self.gone.iter().filter(|(_, at)| **at > seq).map(|(id, _)| *id);
        (people, expired.map(|place| self.id(*place)).chain(left).collect())
    }

    /// Users of each licence: part number to count. Cost: grows with the tenant, but nobody of the crowd is made for it: a
    /// list of users waits for this answer.
    pub(super) fn licences(&self) -> HashMap<&'static str, u64> {
        let places = |stretch| (0..self.length(stretch)).map(move |number| Place { stretch, number });
        let is_gone = |place: Place| !self.gone.is_empty() && self.gone.contains_key(&self.id(place));
        let crowd =
            places(1).filter(|place| !is_gone(*place)).filter_map(|place| self.crowd_sku(place.number));
        let others = [0, 2, 3].into_iter().flat_map(places).filter_map(|place| self.person(place)?.sku);
        let mut counts = HashMap::new();
        for sku in crowd.chain(others) {
            *counts.entry(sku.part).or_default() += 1;
        }
        counts
    }
}

/// Licence of a kind; mailboxes that need none have one where `is_licensed`.
fn sku_of(kind: Kind, part: Option<&str>, is_licensed: bool) -> Option<&'static Sku> {
    match kind {
        Kind::User | Kind::Disabled | Kind::OnPremises => licence::sku(part?),
        Kind::Shared | Kind::Room | Kind::Equipment if is_licensed => licence::sku(part?),
        Kind::Unlicensed => licence::sku(licence::WITHOUT_MAILBOX),
        Kind::Shared | Kind::Room | Kind::Equipment | Kind::Guest => None,
    }
}

#[cfg(test)]
mod tests;
