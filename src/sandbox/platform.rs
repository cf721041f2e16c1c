//! Everything that the parts of the sandbox share while it runs.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    answer::Cut,
    application::Application,
    cloud::Cloud,
    exchange::Exchange,
    fault::Faults,
    journal::{Event, Grant, Journal, State},
    key::Keys,
    people::Directory,
    sign_in::SignIns,
    world::{Tenant, World},
};

/// Milliseconds since 1970 UTC.
pub(super) type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// World, keys, journal, clock and counters.
pub(super) struct Platform {
    /// The world as it was read.
    pub(super) world: World,
    /// Signing and sealing.
    pub(super) keys: Arc<Keys>,
    /// The clock.
    now: Now,
    /// What happened.
    journal: Mutex<Journal>,
    /// Faults switched on for everybody.
    faults: Faults,
    /// Hosted Exchange.
    pub(super) exchange: Exchange,
    /// People who are signing in.
    pub(super) sign_ins: SignIns,
    /// Troubles that were shown and are not shown again for the same request.
    shown: Mutex<HashSet<String>>,
    /// When objects of Graph were made, by id, milliseconds since 1970 UTC: those of this process are still spreading.
    made: Mutex<HashMap<String, i64>>,
    /// Requests counted for the seeded drops.
    drawn: AtomicU64,
    /// Mailbox requests that are being answered.
    pub(super) mailboxes: AtomicUsize,
}

/// What becomes of a connection that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// It breaks before the request is looked at.
    Request,
    /// What was asked for is done, and the answer is lost from there on.
    Answer(Cut),
}

impl Loss {
    /// Where the answer ends.
    pub(super) const fn cut(self) -> Cut {
        match self {
            Self::Request => Cut::AtOnce,
            Self::Answer(cut) => cut,
        }
    }
}

/// How far a consent has spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// None on record.
    Missing,
    /// On record; tokens have no roles yet.
    Recorded,
    /// Tokens have roles; Graph still refuses them.
    Spreading(Vec<String>),
    /// Everything works.
    Working(Vec<String>),
}

impl Platform {
    /// Puts the parts together.
    ///
    /// # Errors
    /// The data folder can't be used.
    pub(super) fn new(world: World, data: Option<&Path>, now: Now, faults: Faults) -> io::Result<Self> {
        let keys = Keys::load(data)?;
        let journal = Mutex::new(Journal::open(data, now())?);
        let exchange = Exchange::new(world.exchange.clone(), Arc::clone(&now));
        Ok(Self {
            world,
            keys,
            now,
            journal,
            faults,
            exchange,
            sign_ins: SignIns::default(),
            shown: Mutex::default(),
            made: Mutex::default(),
            drawn: AtomicU64::new(0),
            mailboxes: AtomicUsize::new(0),
        })
    }

    /// Milliseconds since 1970 UTC.
    pub(super) fn now(&self) -> i64 {
        (self.now)()
    }

    /// The tenant's faults and those of everybody.
    pub(super) fn faults(&self, tenant: Option<&Tenant>) -> Faults {
        Self::own_faults(tenant).and(&self.faults)
    }

    /// The tenant's faults alone.
    fn own_faults(tenant: Option<&Tenant>) -> Faults {
        // A world's list was checked when it was read.
        tenant.and_then(|it| Faults::parse(&it.faults).ok()).unwrap_or_default()
    }

    /// The cloud that a tenant lives in; the partner's own is always the one that is played.
    pub(super) fn cloud_of(&self, tenant: &Tenant) -> &'static Cloud {
        let switched = self.faults(Some(tenant)).cloud.filter(|_| !self.world.is_own(tenant));
        switched.unwrap_or_else(|| self.world.cloud_of(tenant))
    }

    /// A tenant by any of its names, where it does not live in the cloud that is played.
    pub(super) fn abroad(&self, word: &str) -> Option<&'static Cloud> {
        let cloud = self.cloud_of(self.world.tenant(word)?);
        (cloud != self.world.home).then_some(cloud)
    }

    /// Reads the journal.
    ///
    /// # Errors
    /// The file can't be read.
    pub(super) fn with_state<T>(&self, read: impl FnOnce(&State) -> T) -> io::Result<T> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.state().map(read)
    }

    /// Writes to the journal.
    ///
    /// # Errors
    /// The file can't be written.
    pub(super) fn record(&self, event: Event) -> io::Result<()> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).append(event)
    }

    /// The users of a tenant, now.
    ///
    /// # Errors
    /// The journal can't be read.
    pub(super) fn directory(&self, tenant: &Arc<Tenant>) -> io::Result<Directory> {
        let now = self.now();
        self.with_state(|state| Directory::new(tenant, state, now))
    }

    /// The consent of a tenant, spread or not. A world's own consent is as old as the year 1970.
    ///
    /// # Errors
    /// The journal can't be read.
    pub(super) fn grant(&self, tenant: &Tenant) -> io::Result<Option<Grant>> {
        let before = || Grant { at: 0, roles: self.world.partner.permissions.clone() };
        self.with_state(|state| state.grants.get(&tenant.id).cloned().or_else(|| tenant.granted.then(before)))
    }

    /// How far the consent of a tenant to the world's own application has spread.
    ///
    /// # Errors
    /// The journal can't be read.
    pub(super) fn consent(&self, tenant: &Tenant) -> io::Result<Consent> {
        Ok(self.spread(tenant, self.grant(tenant)?))
    }

    /// How far the consent of a tenant to an application has spread.
    ///
    /// # Errors
    /// The journal can't be read.
    pub(super) fn consent_to(&self, tenant: &Tenant, application: &Application) -> io::Result<Consent> {
        Ok(self.spread(tenant, application.grant(self, tenant)?))
    }

    /// Notes that an object of Graph was made now.
    pub(super) fn made(&self, id: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(id.to_owned(), self.now());
    }

    /// Whether an object of Graph is known everywhere.
    pub(super) fn has_spread(&self, tenant: &Tenant, id: &str) -> bool {
        let Some(takes) = self.faults(Some(tenant)).replicating else { return true };
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied();
        let takes = i64::try_from(takes.as_millis()).unwrap_or(i64::MAX);
        made.is_none_or(|made| self.now().saturating_sub(made) >= takes)
    }

    /// How far a grant has spread.
    fn spread(&self, tenant: &Tenant, grant: Option<Grant>) -> Consent {
        let Some(Grant { at, mut roles }) = grant else { return Consent::Missing };
        let faults = self.faults(Some(tenant));
        roles.retain(|role| !faults.without.contains(role));
        let spreading = faults.spreading.map_or(0, |it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
        // One that lies ahead was given while the clock was fast: nobody waits for it.
        let age = if at > self.now() { i64::MAX } else { self.now().saturating_sub(at) };
        if age < spreading.saturating_mul(3) / 5 {
            Consent::Recorded
        } else if age < spreading {
            Consent::Spreading(roles)
        } else {
            Consent::Working(roles)
        }
    }

    /// Whether a trouble is due: yes the first time, no the second time for the same key, then yes again.
    pub(super) fn due(&self, key: String) -> bool {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.remove(&key) {
            return false;
        }
        shown.insert(key);
        true
    }

    /// Waits as long as every answer waits, and says what becomes of this connection, whichever host it is for.
    pub(super) async fn line(&self) -> Option<Loss> {
        self.line_of(&self.faults).await
    }

    /// The same, for what is wrong with one tenant alone.
    pub(super) async fn line_to(&self, tenant: Option<&Tenant>) -> Option<Loss> {
        self.line_of(&Self::own_faults(tenant)).await
    }

    /// The same, by these switches.
    async fn line_of(&self, faults: &Faults) -> Option<Loss> {
        if let Some(wait) = faults.slow {
            tokio::time::sleep(wait).await;
        }
        self.loss(faults)
    }

    /// What the seeded dice say about this connection.
    fn loss(&self, faults: &Faults) -> Option<Loss> {
        let share = faults.drop?;
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let seed = faults.seed.unwrap_or_default();
        let hash =
            Sha256::new().chain_update(seed.to_le_bytes()).chain_update(drawn.to_le_bytes()).finalize();
        let [dice, kind, ..] = *hash.as_slice() else { return None };
        (u64::from(dice) * 100 / 256 < share).then_some(match kind % 3 {
            0 => Loss::Request,
            1 => Loss::Answer(Cut::AtOnce),
            _ => Loss::Answer(Cut::Halfway),
        })
    }
}

/// Object id of something that each tenant has one of: always the same for the same words.
pub(super) fn object_id(tenant: &str, what: &str) -> String {
    let hash = Sha256::new().chain_update(tenant).chain_update([0]).chain_update(what).finalize();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = from;
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Whether text is a GUID in one of the spellings that the platform takes.
pub(super) fn is_guid(text: &str) -> bool {
    Uuid::parse_str(text).is_ok()
}
