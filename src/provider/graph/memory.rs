//! What Exchange said of mailboxes in earlier listings: who is known, has not changed and need not be asked again.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock},
};

use super::purpose::Candidate;
use crate::domain::{checked::Checked, id::UserId, lock::lock, time::Moment, user::Kind};

/// Reads what is on record of some users. Of whom there is nothing, or nothing can be read, nothing comes back: Exchange is
/// asked about them.
type Recall = Box<dyn Fn(&[UserId]) -> Vec<Checked> + Send + Sync>;

/// The answers of before, and those of this listing until they are taken to be kept; cheap to clone.
#[derive(Clone, Default)]
pub struct Memory {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// All of before, by user; none until they have been read.
    before: OnceLock<Box<[Checked]>>,
    /// Reads some of them until then.
    recall: Option<Recall>,
    /// What was read that way, and the answers of this listing.
    known: Mutex<HashMap<UserId, Checked>>,
    new: Mutex<Vec<Checked>>,
}

impl Memory {
    /// What is on record of a tenant.
    #[must_use]
    pub fn of(before: Vec<Checked>) -> Self {
        let memory = Self::default();
        memory.fill(before);
        memory
    }

    /// What is on record of a tenant, and is still being read: the first rows of half a million users can't wait for that.
    /// Until [`Memory::fill`] `recall` reads what is on record of the users of one page.
    #[must_use]
    pub fn recalling(recall: impl Fn(&[UserId]) -> Vec<Checked> + Send + Sync + 'static) -> Self {
        Self { inner: Arc::new(Inner { recall: Some(Box::new(recall)), ..Inner::default() }) }
    }

    /// All that is on record of the tenant; only the first time counts.
    pub fn fill(&self, mut before: Vec<Checked>) {
        before.sort_unstable_by_key(|checked| checked.user);
        // Said already: nothing of it has changed but by this listing itself.
        let _is_first = self.inner.before.set(before.into_boxed_slice()).is_ok();
    }

    /// The answers since the last call, to be kept on record.
    #[must_use]
    pub fn take_new(&self) -> Vec<Checked> {
        std::mem::take(&mut *lock(&self.inner.new))
    }

    /// Takes up what is on record of these users, where not all of it is here yet. Blocks while the record is read.
    pub(super) fn prepare(&self, users: impl Iterator<Item = UserId>) {
        let Some(recall) = self.inner.recall.as_ref().filter(|_| self.inner.before.get().is_none()) else {
            return;
        };
        let recalled = recall(&users.collect::<Vec<_>>());
        let mut known = lock(&self.inner.known);
        for checked in recalled {
            // An answer of this listing is newer.
            known.entry(checked.user).or_insert(checked);
        }
    }

    /// What a mailbox is, where that still holds.
    pub(super) fn kind(&self, candidate: &Candidate, now: Moment) -> Option<Kind> {
        let checked = lock(&self.inner.known).get(&candidate.id).copied();
        let checked = checked.or_else(|| {
            let before = self.inner.before.get()?;
            let at = before.binary_search_by_key(&candidate.id, |checked| checked.user).ok()?;
            before.get(at).copied()
        })?;
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
        let before = self.inner.before.get().map_or(0, |before| before.len());
        write!(f, "Memory({before} of before, {} more)", lock(&self.inner.known).len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

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
    fn a_page_is_known_before_all_that_is_on_record_was_read_and_nobody_is_read_twice() {
        let reads = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reads);
        let memory = Memory::recalling(move |users| {
            counted.fetch_add(1, Ordering::Relaxed);
            users
                .iter()
                .filter(|id| **id != user(3))
                .map(|id| Checked { user: *id, ..checked(0, Kind::Shared) })
                .collect()
        });
        memory.keep(checked(1, Kind::User));
        memory.prepare([1, 2, 3].map(user).into_iter());
        assert_eq!(
            [1, 2, 3, 4].map(|number| kind(&memory, number)),
            [Some(Kind::User), Some(Kind::Shared), None, None],
            "the answer of this listing, the record's, nothing on record, not asked for"
        );
        memory.fill(vec![checked(4, Kind::Room), checked(1, Kind::Shared), checked(3, Kind::Room)]);
        memory.prepare([4, 5].map(user).into_iter());
        assert_eq!(
            [1, 3, 4, 5].map(|number| kind(&memory, number)),
            [Some(Kind::User), Some(Kind::Room), Some(Kind::Room), None]
        );
        assert_eq!(reads.load(Ordering::Relaxed), 1, "all of it is here");
        assert_eq!(
            memory.take_new(),
            [checked(1, Kind::User)],
            "what is on record already is not kept again"
        );
    }
}
