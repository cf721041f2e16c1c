//! What is kept: customers, access, runs, seats, rules, passes and the audit, in one SQLite file.
//!
//! Triggered by the runner (on blocking threads), the sweeper and the commands. Every write is committed, down to the
//! disk, before its method returns, and is safe to repeat unless its own comment says why not. Reads use a connection
//! of their own, so that what they show is what was committed. A run's writes need its hold (`part/lock.rs`).
//!
//! Arrows run down only, and `tests/it/layers.rs` holds them to it:
//!
//! | where | what |
//! |---|---|
//! | `store/*.rs` | use cases: what a screen, a pass or a command asks for; none names another |
//! | `part/` | what use cases share: the write, the hold, the vault, turning users on |
//! | `table/` | one file a table: statements, and rows as values; none names another |
//! | `tx.rs`, `dialect.rs` | a transaction; what statements keep to |
//! | `sqlite/` | the database itself: opening, the schema, the copy, its bad news |

mod access;
mod apply;
mod board;
mod change;
mod checks;
mod closing;
mod consent;
mod corrections;
mod credential;
mod customers;
mod detail;
mod dialect;
mod error;
mod examination;
mod files;
mod forms;
mod history;
mod invitations;
mod operators;
mod outcome;
mod own_right;
mod part;
mod partner;
mod pauses;
mod renewals;
mod roster;
mod rules;
mod runs;
mod sqlite;
mod status;
mod sweeps;
mod table;
mod takeover;
#[cfg(test)]
mod tests;
mod tx;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

pub(crate) use self::part::vault::Vault;
pub use self::{
    change::Changes,
    closing::StillKept,
    corrections::{Fate, Sharing},
    detail::{CustomerDetail, ProductDetail},
    examination::HostedAccess,
    invitations::InvitationChange,
    operators::KnownOperator,
    part::{claim::SweepClaim, known::Terms, list_target::ListTarget},
    partner::Taking,
    roster::{Belief, Kept, Roster},
    rules::{Listable, RuleAccess, RuleRow},
    sweeps::SweepSummary,
    table::{enablement::EnabledFor, listing::ListRecord, run::RunLine, sweep::SweepRecord},
};
use self::{
    part::{hold::Held, identity, known::Known, lock::Locks},
    sqlite::Database,
    table::about,
    tx::Tx,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::{RecordId, RunId},
    operator::{Account, Operator},
    text::Text,
    time::Clock,
};

/// Where the record lies and who works with it.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The SQLite file; made, with its folder, when it is missing.
    pub file: PathBuf,
    /// The key file for impersonation passwords, in the config folder: a copy of the record alone opens nothing.
    pub identity: PathBuf,
    /// Tells the time.
    pub clock: Clock,
    /// The operator's account on this computer.
    pub account: Account,
    /// Sandbox only (`--as user`): act as a User, whatever the record says.
    pub as_user: bool,
    /// This computer's name, for the audit and the passes.
    pub host: Text,
    /// A record of the sandbox; it and a real one refuse each other's settings.
    pub is_sandbox: bool,
}

/// The record. Clones share one writing connection and the holds on runs.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

/// What the clones share.
struct Inner {
    options: StoreOptions,
    id: RecordId,
    operator: Operator,
    database: Database,
    /// Runs that this store holds; dropping an entry lets go.
    holds: Mutex<BTreeMap<RunId, Held>>,
    locks: Locks,
    hub: change::Hub,
    vault: Vault,
}

impl Store {
    /// Opens the record, makes it when it is missing and brings it to this program's version. The first operator ever
    /// becomes Admin, later ones User.
    ///
    /// # Errors
    /// `Record`, with what to do: damaged, read-only, busy, full, made by a newer program, of the other world. A retry
    /// helps only for a busy one.
    pub fn open(options: StoreOptions) -> Result<Self, Failure> {
        Self::open_on(&Terms::FREE, options)
    }

    /// The same on terms: whether it may be made, and which one it must be.
    ///
    /// # Errors
    /// As [`Store::open`]. `Record`, as an alarm: it was made once and is gone, has no bytes, or is another one. `NotFound`:
    /// it was never made, and may not be made here.
    pub fn open_on(terms: &Terms, options: StoreOptions) -> Result<Self, Failure> {
        let known = Known::of(&options.file, terms)?;
        let locks = if known.is_to_be_made()? {
            let locks = Locks::of(&options.file)?;
            let _making = locks.hold_making()?;
            // Another process may have made it while this one waited.
            if known.is_to_be_made()? {
                sqlite::make(&options.file)?;
            }
            locks
        } else {
            Locks::of(&options.file)?
        };
        let database = Database::open(options.file.clone())?;
        let (operator, id) = database.write(|tx| {
            let id = id_of(tx)?;
            known.is_this(id)?;
            same_world(tx, options.is_sandbox)?;
            let mut operator = identity::of(tx, &options.account, &options.host, options.clock.now())?;
            operator.is_admin &= !options.as_user;
            // A trainee's roles are a play.
            operator.warning = operator.warning.filter(|_| !options.is_sandbox);
            Ok(((operator, id), true))
        })?;
        known.keep(id);
        let vault = Vault::new(options.identity.clone());
        Ok(Self(Arc::new(Inner {
            options,
            id,
            operator,
            database,
            holds: Mutex::default(),
            locks,
            hub: change::Hub::default(),
            vault,
        })))
    }

    /// Whether there is a record on these terms: false where it was never made and may be made.
    ///
    /// # Errors
    /// As [`Store::open_on`], as far as the file's place tells.
    pub fn is_there(file: &Path, terms: &Terms) -> Result<bool, Failure> {
        Ok(!Known::of(file, terms)?.is_to_be_made()?)
    }

    /// Which record lies in a file; none for one that an older program made and no newer one has opened. Changes nothing.
    ///
    /// # Errors
    /// `Record`, when it can't be read.
    pub fn id_in(file: &Path) -> Result<Option<RecordId>, Failure> {
        let id = sqlite::read(file, |tx| about::find(tx, "id"))?;
        id.map(|id| id.as_str().parse().map_err(error::unreadable)).transpose()
    }

    /// Which kind of network folder a record would lie in; none for a disk of this computer.
    #[must_use]
    pub fn network(folder: &Path) -> Option<&'static str> {
        files::network(folder)
    }

    /// Which record it is.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.0.id
    }

    /// Copies the record in a file into another file, which must not be there yet. A record that has not been made yet is
    /// no error: there is no copy then. Cost: reads and writes the whole record once.
    ///
    /// # Errors
    /// `Record`, when the record can't be read or the copy not be written; a retry helps for a busy one.
    pub fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
        sqlite::copy(from, to)
    }

    /// The operator at the keyboard, as on record when the store was opened.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.0.operator.clone()
    }

    /// Whether others on other computers share the record: then what they change is told, and runs can be asked for.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        false
    }

    /// Reads on a new connection, everything as of one moment.
    fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        self.0.database.read(work)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.0.options.file.display())
    }
}

/// Which record it is: a new one is given its id, and so is one that an older program made.
fn id_of(tx: &Tx<'_>) -> Result<RecordId, Failure> {
    let id = about::keep_first(tx, "id", &RecordId::fresh().to_string())?;
    id.as_str().parse().map_err(error::unreadable)
}

/// Marks a new record as the sandbox's or a real one, and refuses one of the other world (product.md rule 16).
fn same_world(tx: &Tx<'_>, is_sandbox: bool) -> Result<(), Failure> {
    let ours = if is_sandbox { "sandbox" } else { "live" };
    let found = about::keep_first(tx, "world", ours)?;
    if found.as_str() == ours {
        return Ok(());
    }
    let what = if is_sandbox {
        "this record holds real customers; the sandbox must not touch it"
    } else {
        "this record belongs to the sandbox; real work must not go into it"
    };
    Err(Failure::new(FailureKind::Record, what, "Check the path of the record in the settings."))
}
