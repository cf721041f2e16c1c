//! What is kept: customers, access, runs, seats, rules, passes and the audit, in one SQLite file, or in a PostgreSQL database
//! that a team shares.
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
//! | `database.rs` | which of the two databases it is, and what both can do |
//! | `sqlite/`, `postgres/` | the database itself: opening, the schema, its bad news |

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
mod database;
mod detail;
mod dialect;
mod error;
mod examination;
mod files;
mod forms;
mod grants;
mod history;
mod inspection;
mod invitations;
mod keys;
mod moving;
mod operators;
mod outcome;
mod own_right;
mod part;
mod partner;
mod pauses;
mod postgres;
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
#[path = "store/tests/suite.rs"]
mod tests;
/// The same suite, with the record on a server.
#[cfg(test)]
#[path = "store/tests/suite.rs"]
mod tests_on_server;
mod tx;
mod waiter;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

pub(crate) use self::part::vault::Vault;
#[cfg(test)]
pub(crate) use self::postgres::TestDatabase;
pub use self::{
    change::Changes,
    closing::StillKept,
    corrections::{Fate, Sharing},
    database::Place,
    detail::{CustomerDetail, ProductDetail},
    examination::HostedAccess,
    inspection::{Inspection, Tables},
    invitations::InvitationChange,
    keys::KeySource,
    moving::{Arrival, Load, Outlook},
    operators::{KnownAccount, KnownOperator},
    part::{
        claim::SweepClaim,
        key_ring::{KeyRing, KeyedPassword, KnownKey},
        known::Terms,
        list_target::ListTarget,
    },
    partner::Taking,
    postgres::{Address, ServerFacts, Surroundings},
    roster::{Belief, HeldAgainst, Kept, Roster},
    rules::{Listable, RuleAccess, RuleRow},
    sweeps::{ServerPlace, SweepSummary},
    table::{enablement::EnabledFor, listing::ListRecord, run::RunLine, sweep::SweepRecord},
};
use self::{
    database::Database,
    part::{
        hold::Held,
        identity,
        known::Known,
        lock::{LockFolder, Locks},
    },
    postgres::{Scope, Server},
    table::{
        about::{self, Mark},
        audit,
    },
    tx::Tx,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::{RecordId, RunId},
    operator::{Account, Operator},
    text::{Text, capitalised},
    time::Clock,
};

/// Where the record lies and who works with it.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The file or the database.
    pub place: Place,
    /// This computer's key file for impersonation passwords, in the config folder: a copy of the record alone opens nothing.
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
        let place = options.place.clone();
        let known = Known::of(&place, terms)?;
        let opened = match &place {
            Place::File(file) => open_file(&known, file)?,
            Place::Server(address) => open_server(&known, address)?,
        };
        Self::with(&known, options, opened, true)
    }

    /// A store over an opened database. Where it only looks (`keeps` is false), nobody is put on record as an operator.
    fn with(
        known: &Known<'_>,
        options: StoreOptions,
        (database, locks): (Database, Locks),
        keeps: bool,
    ) -> Result<Self, Failure> {
        let role = options.place.role();
        let (operator, id) = database.write(Scope::Marked, |tx| {
            let mark = about::mark(tx)?;
            if let Some(mark @ Mark::Filling(_)) = &mark {
                return Err(mark.refusal());
            }
            let id = id_of(tx)?;
            known.is_this(id)?;
            same_world(tx, options.is_sandbox)?;
            let mut notes = Vec::new();
            let who = identity::Who { account: &options.account, host: &options.host, role: role.as_ref() };
            let mut operator = identity::of(tx, who, options.clock.now(), &mut notes)?;
            operator.is_admin &= !options.as_user;
            // A trainee's roles are a play.
            operator.warning = operator.warning.filter(|_| !options.is_sandbox);
            audit::add(tx, &notes)?;
            // What was moved is only read from now on: not even who looks is entered.
            let is_kept = keeps && mark.is_none();
            let of_mark = |mark: Mark| {
                let refusal = mark.refusal();
                Failure { what: Text::clean(&capitalised(refusal.what.as_str())), ..refusal }.in_words()
            };
            operator.warning = mark.map(of_mark).or(operator.warning);
            Ok(((operator, id), is_kept))
        })?;
        if keeps {
            known.keep(id);
        }
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
    /// As [`Store::open_on`], as far as the place tells.
    pub fn is_there(place: &Place, terms: &Terms) -> Result<bool, Failure> {
        let known = Known::of(place, terms)?;
        match place {
            Place::File(_) => Ok(!known.is_to_be_made()?),
            Place::Server(address) => {
                let is_made = Server::connect(address)?.is_made()?;
                if !is_made {
                    known.may_be_made()?;
                }
                Ok(is_made)
            }
        }
    }

    /// Which record is in a place; none for one that an older program made and no newer one has opened, and where none was
    /// made. Changes nothing.
    ///
    /// # Errors
    /// `Record`, when it can't be read.
    pub fn id_in(place: &Place) -> Result<Option<RecordId>, Failure> {
        let find = |tx: &Tx<'_>| about::find(tx, "id");
        let id = match place {
            Place::File(file) if !file.exists() => None,
            Place::File(file) => sqlite::read(file, find)?,
            Place::Server(address) => {
                let server = Server::connect(address)?;
                if server.is_made()? { server.read(find)? } else { None }
            }
        };
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

    /// Copies a record into a file, which must not be there yet. A record that has not been made yet is no error: there is no
    /// copy then. Cost: reads and writes the whole record once.
    ///
    /// # Errors
    /// `Record`, when the record can't be read or the copy not be written; a retry helps for a busy one.
    pub fn copy(from: &Place, to: &Path) -> Result<(), Failure> {
        match from {
            Place::File(from) => sqlite::copy(from, to),
            Place::Server(address) => moving::copied(&Server::connect(address)?, to),
        }
    }

    /// Has what others change told from now on; nothing (`None`) said: anything may have been missed, read all of it again. A
    /// record in a file tells nothing.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked.
    pub fn hear(&self, hear: impl Fn(Option<&str>) + Send + Sync + 'static) -> Result<(), Failure> {
        match &self.0.locks {
            Locks::Files(_) => Ok(()),
            Locks::Sessions(session) => session.hear(Arc::new(hear)),
        }
    }

    /// The operator at the keyboard, as on record when the store was opened.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.0.operator.clone()
    }

    /// Whether others on other computers share the record: then what they change is told, and runs can be asked for.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0.options.place, Place::Server(_))
    }

    /// Reads on a new connection, everything as of one moment.
    fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        self.0.database.read(work)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.0.options.place)
    }
}

/// Opens the file, and makes it first where it is missing.
fn open_file(known: &Known<'_>, file: &Path) -> Result<(Database, Locks), Failure> {
    let locks = LockFolder::of(file);
    let locks = if known.is_to_be_made()? {
        let locks = locks?;
        let _making = locks.hold_making()?;
        // Another process may have made it while this one waited.
        if known.is_to_be_made()? {
            sqlite::make(file)?;
        }
        locks
    } else {
        locks?
    };
    Ok((Database::File(sqlite::Database::open(file.to_owned())?), Locks::Files(locks)))
}

/// Connects, and makes the tables first where they are missing.
fn open_server(known: &Known<'_>, address: &Address) -> Result<(Database, Locks), Failure> {
    let server = Server::connect(address)?;
    if !server.is_made()? {
        known.may_be_made()?;
    }
    server.migrate()?;
    let locks = Locks::Sessions(server.session().clone());
    Ok((Database::Server(server), locks))
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
