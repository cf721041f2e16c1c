//! What Exchange said of mailboxes in earlier listings: who is known, has not changed and need not be asked again.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use super::purpose::Candidate;
use crate::domain::{checked::Checked, id::UserId, lock::lock, time::Moment, user::Kind};

/// The answers of before, and those of this listing until they are taken to be kept; cheap to clone.
#[derive(Clone, Default)]
pub struct Memory {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Of before and of this listing.
    known: Mutex<HashMap<UserId, Checked>>,
    new: Mutex<Vec<Checked>>,
}

impl Memory {
    /// What is on record of a tenant.
    #[must_use]
    pub fn of(before: Vec<Checked>) -> Self {
        let before = before.into_iter().map(|checked| (checked.user, checked)).collect();
        Self { inner: Arc::new(Inner { known: Mutex::new(before), new: Mutex::default() }) }
    }

    /// The answers since the last call, to be kept on record.
    #[must_use]
    pub fn take_new(&self) -> Vec<Checked> {
        std::mem::take(&mut *lock(&self.inner.new))
    }

    /// What a mailbox is, where that still holds.
    pub(super) fn kind(&self, candidate: &Candidate, now: Moment) -> Option<Kind> {
        let known = lock(&self.inner.known);
        let checked = known.get(&candidate.id)?;
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
        write!(f, "Memory({} known)", lock(&self.inner.known).len())
    }
}
