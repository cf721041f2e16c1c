//! What Exchange said of mailboxes in earlier listings: who is known, has not changed and need not be asked again.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use super::purpose::Candidate;
use crate::domain::{checked::Checked, failure::Failure, id::UserId, lock::lock, time::Moment, user::Kind};

/// Reads what is on record of some users, or of all. Blocks.
type Record = Box<dyn Fn(Option<&[UserId]>) -> Result<Vec<Checked>, Failure> + Send + Sync>;

/// The answers of before, and those of this listing until they are taken to be kept; cheap to clone.
#[derive(Clone, Default)]
pub struct Memory {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// All of before, by user; none until they have been read.
    before: OnceLock<Before>,
    /// Reads them; none where there is no more than is here.
    record: Option<Record>,
    /// Those of one page have been read.
    is_begun: AtomicBool,
    /// Those of one page, and the answers of this listing.
    known: Mutex<HashMap<UserId, Checked>>,
    new: Mutex<Vec<Checked>>,
}

/// Answers by user. Ids are evenly spread, so their first bits say where a user stands, but for a few rows: of half a
/// million users a search through all would wait for the computer's memory at each of its twenty steps, which was a quarter
/// of what their listing costs.
struct Before {
    /// In the order of the ids.
    rows: Box<[Checked]>,
    /// How many of the first bits of an id are looked at: about eight users have the same.
    bits: u32,
    /// The first row of each of their values, and the end.
    starts: Box<[usize]>,
}

impl Before {
    fn new(mut rows: Vec<Checked>) -> Self {
        rows.sort_unstable_by_key(|checked| checked.user);
        let bits = rows.len().max(8).ilog2() - 3;
        let start = |value| rows.partition_point(|checked| first_bits(checked.user, bits) < value);
        let starts = (0..=1 << bits).map(start).collect();
        Self { rows: rows.into_boxed_slice(), bits, starts }
    }

    fn place(&self, user: UserId) -> Option<usize> {
        let value = first_bits(user, self.bits);
        let start = *self.starts.get(value)?;
        let rows = self.rows.get(start..*self.starts.get(value + 1)?)?;
        let at = rows.binary_search_by_key(&user, |checked| checked.user).ok()?;
        Some(start + at)
    }
}

/// The first bits of an id as a number; 0 to 32 bits.
fn first_bits(user: UserId, bits: u32) -> usize {
    let [a, b, c, d, ..] = *user.as_bytes();
    usize::try_from(u64::from(u32::from_be_bytes([a, b, c, d])) >> (32 - bits)).unwrap_or(usize::MAX)
}

impl Memory {
    /// What is on record of a tenant.
    #[must_use]
    pub fn of(before: Vec<Checked>) -> Self {
        let memory = Self::default();
        memory.fill(before);
        memory
    }

    /// What is on record of a tenant, and is not read yet. For a first page of users only what is on record of them is read:
    /// the first rows of half a million users can't wait for all of it.
    #[must_use]
    pub fn unread(
        record: impl Fn(Option<&[UserId]>) -> Result<Vec<Checked>, Failure> + Send + Sync + 'static,
    ) -> Self {
        Self { inner: Arc::new(Inner { record: Some(Box::new(record)), ..Inner::default() }) }
    }

    fn fill(&self, before: Vec<Checked>) {
        self.inner.before.get_or_init(|| Before::new(before));
    }

    /// The place of a user among those of before, from 0 on; none for others, and for all until they have been read.
    pub(super) fn place(&self, user: UserId) -> Option<usize> {
        self.inner.before.get()?.place(user)
    }

    /// The answers since the last call, to be kept on record.
    #[must_use]
    pub fn take_new(&self) -> Vec<Checked> {
        std::mem::take(&mut *lock(&self.inner.new))
    }

    /// Reads what is on record before a page of these users is decoded. Blocks.
    ///
    /// # Errors
    /// The record can't be read.
    pub(super) fn prepare(&self, users: impl Iterator<Item = UserId>) -> Result<(), Failure> {
        let inner = &*self.inner;
        let Some(record) = inner.record.as_ref().filter(|_| inner.before.get().is_none()) else {
            return Ok(());
        };
        if inner.is_begun.swap(true, Ordering::Relaxed) {
            self.fill(record(None)?);
            return Ok(());
        }
        let read = record(Some(&users.collect::<Vec<_>>()))?;
        lock(&inner.known).extend(read.into_iter().map(|checked| (checked.user, checked)));
        Ok(())
    }

    /// What a mailbox is, where that still holds.
    pub(super) fn kind(&self, candidate: &Candidate, now: Moment) -> Option<Kind> {
        let checked = lock(&self.inner.known).get(&candidate.id).copied();
        let of_before = || {
            let before = self.inner.before.get()?;
            before.rows.get(before.place(candidate.id)?).copied()
        };
        let checked = checked.or_else(of_before)?;
        checked.holds(candidate.facts, now).then_some(checked.kind)
    }

    /// Takes an answer in.
    pub(super) fn keep(&self, checked: Checked) {
        lock(&self.inner.known).insert(checked.user, checked);
        lock(&self.inner.new).push(checked);
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.inner.before.get().map_or(0, |before| before.rows.len());
        write!(f, "Memory({before} of before, {} more)", lock(&self.inner.known).len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::FailureKind;

    fn user(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    fn checked(number: u8, kind: Kind) -> Checked {
        Checked { user: user(number), kind, facts: 7, at: Moment::from_millis(0) }
    }

    fn kind(memory: &Memory, number: u8) -> Option<Kind> {
        let candidate = Candidate {
            id: user(number),
            is_enabled: true,
            has_plan: true,
            has_mail: true,
            is_synced: false,
            made: None,
            facts: 7,
        };
        memory.kind(&candidate, Moment::from_millis(0))
    }

    #[test]
    fn only_what_is_on_record_of_its_users_is_read_for_a_first_page_and_all_of_it_once_for_the_others() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let record = move |users: Option<&[UserId]>| {
            lock(&noted).push(users.map(<[UserId]>::to_vec));
            let all = [4, 2, 1].map(|number| checked(number, Kind::Shared));
            Ok(all.into_iter().filter(|row| users.is_none_or(|users| users.contains(&row.user))).collect())
        };
        let memory = Memory::unread(record);
        let prepare = |users: &[u8]| memory.prepare(users.iter().copied().map(user)).unwrap();
        prepare(&[2, 3]);
        let kinds = |users: [u8; 4]| users.map(|number| kind(&memory, number));
        assert_eq!(kinds([1, 2, 3, 4]), [None, Some(Kind::Shared), None, None]);
        memory.keep(checked(1, Kind::User));
        prepare(&[4]);
        prepare(&[5]);
        let shared = Some(Kind::Shared);
        assert_eq!(
            kinds([1, 2, 3, 4]),
            [Some(Kind::User), shared, None, shared],
            "this listing's answer counts"
        );
        assert_eq!(*lock(&asked), [Some(vec![user(2), user(3)]), None]);
        assert_eq!(
            memory.take_new(),
            [checked(1, Kind::User)],
            "what is on record already is not kept again"
        );
    }

    #[test]
    fn everybody_of_before_is_found_however_their_ids_lie_and_nobody_else() {
        let spread = |number: u32| {
            UserId::from_bytes(*uuid::Uuid::from_u128(u128::from(number) * (u128::MAX / 999)).as_bytes())
        };
        let alike = |number: u32| UserId::from_bytes(*uuid::Uuid::from_u128(u128::from(number)).as_bytes());
        for (count, id) in
            [(0, &spread as &dyn Fn(u32) -> UserId), (1, &spread), (999, &spread), (999, &alike)]
        {
            let row = |number| Checked {
                user: id(number),
                kind: Kind::Room,
                facts: i64::from(number),
                at: Moment::from_millis(0),
            };
            let before = Before::new((0..count).rev().map(row).collect());
            let find = |user| before.place(user).map(|place| before.rows[place]);
            assert!((0..count).all(|number| find(id(number)) == Some(row(number))));
            assert_eq!(find(UserId::from_bytes([0xfe; 16])), None);
        }
    }

    #[test]
    fn a_record_that_can_not_be_read_is_no_record_of_nobody() {
        let damaged = || Failure::new(FailureKind::Record, "the record is damaged", "Mend it.");
        let memory = Memory::unread(move |_| Err(damaged()));
        for _ in 0..2 {
            assert_eq!(memory.prepare([user(1)].into_iter()), Err(damaged()));
        }
    }
}
