//! What is kept: customers, access, runs, seats, rules, passes and the audit, in one SQLite file.
//!
//! Triggered by the runner (on blocking threads), the sweeper and the commands. Every write is committed, down to the
//! disk, before its method returns, and is safe to repeat unless its own comment says why not. Reads use a connection
//! of their own, so that what they show is what was committed. A run's writes need its hold (`lock.rs`).

mod access;
mod apply;
mod audit;
mod board;
mod copy;
mod corrections;
mod customers;
mod detail;
mod error;
mod history;
mod lock;
mod operators;
mod outcome;
mod roster;
mod row;
mod rules;
mod runs;
mod schema;
mod seats;
mod sqlite;
mod status;
mod sweeps;
#[cfg(test)]
mod tests;
mod vault;
mod write;

use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use self::{
    corrections::Fate,
    detail::{CustomerDetail, EnabledFor, Excluded, ProductDetail, RunLine},
    history::SweepRecord,
    roster::Roster,
    rules::{RuleAccess, RuleRow},
    sweeps::{SweepClaim, SweepSummary},
};
use self::{
    lock::{Hold, Locks},
    vault::Vault,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::RunId,
    run::Operator,
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
    /// The operator's name, from the system account.
    pub operator_name: Text,
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
    operator: Operator,
    writer: Mutex<Connection>,
    /// The file that the writer has open.
    identity: sqlite::Identity,
    /// Runs that this store holds; dropping an entry lets go.
    holds: Mutex<BTreeMap<RunId, Hold>>,
    locks: Locks,
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
        let mut writer = sqlite::open_writer(&options.file)?;
        schema::migrate(&mut writer)?;
        let operator = {
            let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            same_world(&tx, options.is_sandbox)?;
            let operator = operators::enter(&tx, &options)?;
            tx.commit()?;
            operator
        };
        let identity = sqlite::Identity::of(&options.file);
        let locks = Locks::of(&options.file)?;
        let vault = Vault::new(options.identity.clone());
        let (writer, holds) = (Mutex::new(writer), Mutex::default());
        Ok(Self(Arc::new(Inner { options, operator, writer, identity, holds, locks, vault })))
    }

    /// The operator at the keyboard, as on record when the store was opened.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.0.operator.clone()
    }

    /// Looks through the whole file for damage. Cost: reads every page, seconds for a large record; for `doctor`.
    ///
    /// # Errors
    /// `Record`, when something is damaged or can't be read.
    pub fn check(&self) -> Result<(), Failure> {
        let found =
            self.read(|tx| Ok(tx.query_row("PRAGMA integrity_check(1)", [], |row| row::text(row, 0))?))?;
        if found.as_str() == "ok" {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Record,
            Text::of(format_args!("the record is damaged: {found}")),
            "Leave the file as it is, put the last good copy in its place and start again.",
        ))
    }

    /// Reads on a new connection, everything as of one moment.
    fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut connection = sqlite::open_reader(&self.0.options.file)?;
        let tx = connection.transaction()?;
        work(&tx)
    }

    /// The runs that this store holds.
    fn holds(&self) -> MutexGuard<'_, BTreeMap<RunId, Hold>> {
        self.0.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.0.options.file.display())
    }
}

/// Marks a new record as the sandbox's or a real one, and refuses one of the other world (product.md rule 16).
fn same_world(tx: &Transaction<'_>, is_sandbox: bool) -> Result<(), Failure> {
    let ours = if is_sandbox { "sandbox" } else { "live" };
    tx.execute("INSERT INTO about (name, value) VALUES ('world', ?1) ON CONFLICT DO NOTHING", [ours])?;
    let found = tx.query_row("SELECT value FROM about WHERE name = 'world'", [], |row| row::text(row, 0))?;
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
