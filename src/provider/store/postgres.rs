//! The record in a PostgreSQL database: many connections, each transaction on one of the pool.
//!
//! # Who waits for whom
//! Writers work side by side, at READ COMMITTED. A write of one customer takes that customer's lock and a shared one of the
//! record; any other takes the record's alone ([`Scope`]). So nobody sees half of what another does, and no two decide by
//! the same free seat. Entries of the audit stand in a row behind a lock of their own, taken last, so only the commits do.
//!
//! # A server that says nothing
//! Each answer is waited for so long and no longer ([`in_time`](super::waiter::in_time)): the connection is closed then, and
//! the next try has a new one. What was not committed is undone by the server, once it goes on and finds nobody there. There
//! is no `statement_timeout`: it counts all of a long reading, and a server that is stopped does not keep to it.
//!
//! # A connection that is lost, or silent, while it commits
//! Whether the change was kept is not known then, and the server is asked: by the number of its transaction
//! (`pg_xact_status`).

mod address;
mod error;
mod facts;
mod fate;
mod grant;
mod schema;
mod session;
#[cfg(test)]
mod test_database;
#[cfg(test)]
mod tests;
mod trust;

use std::{fmt, pin::Pin, sync::Arc, thread, time::Duration};

use deadpool_postgres::{
    Connect, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, error::SqlState};

#[cfg(test)]
pub(crate) use self::test_database::TestDatabase;
pub use self::{
    address::{Address, Surroundings},
    facts::ServerFacts,
};
use self::{
    error::{is_passing, reading, unreachable, writing},
    fate::Trace,
};
pub(super) use self::{
    grant::{grant, statements as grant_statements},
    session::{Hear, Session, SessionHold},
};
use super::{
    tx::{InWords, Served, Tx},
    waiter::{Unanswered, Waiter},
};
use crate::domain::{
    failure::Failure,
    id::{CustomerId, RunId},
};

/// Connections that a process may have beside the one of its holds: a wizard needs three, a sweep of many customers more.
const CONNECTIONS: usize = 8;

/// How often is tried to get a connection while the server starts or has none to give, and the pause between two tries: with
/// those 5 s in all, as long as a write to SQLite waits.
const TRIES: u32 = 25;
const PAUSE: Duration = Duration::from_millis(200);

/// How long is waited for one of the own connections, where all are at work: as long as a dead one may go unnoticed.
const TURN: Duration = Duration::from_mins(1);

/// How often the fate of a commit is asked for once its connection was lost, with that pause: a server that restarts takes
/// seconds.
const FATE_TRIES: u32 = 100;

/// What every connection begins with. A client whose computer is gone is noticed within 55 s (15 + 4 × 10), and what it had
/// begun is undone; nobody waits longer for another's write than half of what an answer may take, so that this is said by
/// its cause. A statement whose client has given up is ended within 10 s, where the server's system can tell (not Windows).
///
/// It notes since when the server counts: it begins anew when it was not shut down in order ("The Cumulative Statistics
/// System" in its manual), and `fate.rs` asks for that.
fn begin(address: &Address) -> String {
    format!(
        "SET search_path = backup365; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 10; \
         SET tcp_keepalives_count = 4; SET tcp_user_timeout = 60000; SET client_min_messages = warning; \
         DO $$ BEGIN SET client_connection_check_interval = '10s'; EXCEPTION WHEN OTHERS THEN NULL; END $$; \
         SELECT set_config('backup365.since', {}, false)",
        address.limit().as_millis() / 2,
        fate::SINCE
    )
}

/// What a write must have for itself while it lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// One row that nobody else decides by.
    Nothing,
    /// The customer of a run.
    Run(&'a RunId),
    /// One customer.
    Customer(CustomerId),
    /// All of the record: what is decided by several customers, operators or settings.
    Record,
    /// The same, whatever mark the record has: opening and moving it.
    Marked,
}

/// First numbers of the locks that last as long as a transaction; what stands behind is the customer's number, or 0.
const LOCK_RECORD: i32 = 365_001;
const LOCK_CUSTOMER: i32 = 365_002;
const LOCK_SCHEMA: i32 = 365_004;

impl Scope<'_> {
    /// The statement that begins such a write, and answers with the number of its transaction, since when the server counts,
    /// and the record's mark where it has one.
    fn begin(self) -> String {
        let shared = format!("pg_advisory_xact_lock_shared({LOCK_RECORD}, 0)");
        let locks = match self {
            Self::Nothing => format!("SELECT {shared};"),
            Self::Record | Self::Marked => format!("SELECT pg_advisory_xact_lock({LOCK_RECORD}, 0);"),
            Self::Customer(CustomerId(number)) => {
                format!(
                    "SELECT {shared}, pg_advisory_xact_lock({LOCK_CUSTOMER}, {});",
                    number % i64::from(i32::MAX)
                )
            }
            // Letters and digits only: an id is made by parsing.
            Self::Run(run) => format!(
                "SELECT {shared}, pg_advisory_xact_lock({LOCK_CUSTOMER}, (customer % {})::int) FROM run WHERE id = '{}';",
                i32::MAX,
                run.letters()
            ),
        };
        // Asked behind the lock: whoever marks the record has all of it for itself.
        let mark = match self {
            Self::Marked => "",
            _ => " || coalesce((SELECT ' ' || value FROM about WHERE name = 'mark'), '')",
        };
        format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; {locks} \
             SELECT pg_current_xact_id() || ' ' || current_setting('backup365.since'){mark}"
        )
    }
}

/// A record on a server. Clones share the connections.
#[derive(Clone)]
pub(super) struct Server {
    address: Arc<Address>,
    pool: Pool,
    waiter: Waiter,
    session: Session,
}

impl Server {
    /// Connects, and looks whether what answers can be worked with.
    ///
    /// # Errors
    /// `Record`, by its cause: no such host, refused, a certificate, a password, no such database, a pooler in between that
    /// shares sessions. A retry helps where the words say so.
    pub(super) fn connect(address: &Address) -> Result<Self, Failure> {
        let server = Self::reach(address)?;
        server.demand_sessions()?;
        Ok(server)
    }

    /// Gets ready to connect; whether what answers can be worked with is not looked at.
    fn reach(address: &Address) -> Result<Self, Failure> {
        let waiter = Waiter::new().map_err(|error| unreachable(address, &error))?;
        let address = Arc::new(address.clone());
        let manager = Manager::from_connect(
            address.config().clone(),
            Connector(Arc::clone(&address)),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let builder = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .create_timeout(Some(address.patience()))
            .wait_timeout(Some(TURN));
        let pool = waiter.wait(async { builder.build() });
        let pool = pool.map_err(|error| unreachable(&address, &error))?;
        let session = Session::new(Arc::clone(&address), waiter.clone());
        Ok(Self { address, pool, waiter, session })
    }

    /// Whether a record was made there.
    ///
    /// # Errors
    /// `Record`, when the server does not say.
    pub(super) fn is_made(&self) -> Result<bool, Failure> {
        self.read(|tx| tx.only("SELECT to_regnamespace('backup365') IS NOT NULL", &[]))
    }

    /// Makes the tables where they are missing, and brings them to this program's version; others wait meanwhile.
    ///
    /// # Errors
    /// `Record`: made by a newer program, no right to make tables. Nothing was changed then.
    pub(super) fn migrate(&self) -> Result<(), Failure> {
        schema::migrate(self)
    }

    /// The connection that holds runs and hears of changes.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Reads, everything as of one moment.
    ///
    /// # Errors
    /// `Record`, when the record can't be read, and what `work` says.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let (served, _) = self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", reading)?;
        let tx = Tx::on_server(served);
        let made = work(&tx)?;
        // Nothing can be lost any more.
        if let Some(served) = tx.into_server() {
            let _read_only = served.commit();
        }
        Ok(made)
    }

    /// Writes where `work` answers true, and is kept by the server when this returns; otherwise nothing was changed. `work` is
    /// told the record's mark, in the record's words.
    ///
    /// # Errors
    /// `Record`, when the record can't be written, and what `work` says: nothing was changed then, unless the words say
    /// that this is not known.
    pub(super) fn write<T>(
        &self,
        scope: Scope<'_>,
        work: impl FnOnce(&Tx<'_>, Option<&str>) -> Result<(T, bool), Failure>,
    ) -> Result<T, Failure> {
        let (served, said) = self.begin(&scope.begin(), writing)?;
        let said = said.unwrap_or_default();
        let mut parts = said.splitn(3, ' ');
        let (number, since) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let tx = Tx::on_server(served);
        let (made, is_kept) = work(&tx, parts.next())?;
        let Some(served) = tx.into_server().filter(|_| is_kept) else { return Ok(made) };
        if served.has_failed() {
            return Err(error::undone());
        }
        let entry = served.entry();
        match served.commit() {
            Ok(()) => Ok(made),
            Err(lost) if is_open(&lost) => self.fate(&Trace { number, entry, since }, &lost).map(|()| made),
            Err(error) => Err(writing(&error)),
        }
    }

    /// Where it is.
    fn address(&self) -> &Address {
        &self.address
    }

    /// Begins a transaction on a connection that answers; waits for a while where the server starts or is out of
    /// connections.
    fn begin(&self, sql: &str, in_words: InWords) -> Result<(Served, Option<String>), Failure> {
        let mut tries = 0;
        loop {
            let stumble = match self.begin_once(sql, in_words) {
                Ok(begun) => return Ok(begun),
                Err(stumble) => stumble,
            };
            tries += 1;
            if !stumble.is_passing() || tries >= TRIES {
                return Err(stumble.failure(&self.address, in_words));
            }
            // One from the pool that is gone since it was put there makes room for the next.
            thread::sleep(if matches!(stumble, Unbegun::Refused(_)) { Duration::ZERO } else { PAUSE });
        }
    }

    /// Begins a transaction, or says what came between.
    fn begin_once(&self, sql: &str, in_words: InWords) -> Result<(Served, Option<String>), Unbegun> {
        let client = self.waiter.wait(self.pool.get()).map_err(|error| match error {
            PoolError::Backend(error) => Unbegun::Unconnected(error),
            PoolError::Timeout(TimeoutType::Wait) => Unbegun::Crowded,
            PoolError::Timeout(_) => Unbegun::Silent,
            other => Unbegun::Other(other),
        })?;
        let waits = (self.waiter.clone(), self.address.limit());
        Served::begin(client, waits, sql, in_words).map_err(|unanswered| {
            let is_of_no_use = match &unanswered {
                // Another server may be the primary by now, and is found by connecting anew.
                Unanswered::Told(error) => error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION),
                // The others are likely to be as silent, and each would be waited for.
                Unanswered::Silence(_) => true,
            };
            if is_of_no_use {
                let _closed = self.pool.retain(|_, _| false);
            }
            Unbegun::Refused(unanswered)
        })
    }

    /// Refuses a pooler that gives each transaction another session: locks and news would be lost in it. What one
    /// connection says of its session must not be seen by another, and must be seen by itself while that one is busy.
    fn demand_sessions(&self) -> Result<(), Failure> {
        let said = uuid::Uuid::new_v4().simple().to_string();
        let sql = format!("SELECT set_config('backup365.session', '{said}', false)");
        let (one, _) = self.begin(&sql, reading)?;
        let ask = "BEGIN READ ONLY; SELECT coalesce(current_setting('backup365.session', true), '')";
        let (_other, heard) = self.begin(ask, reading)?;
        let mut shares = heard.as_deref() == Some(&said);
        // Twice: a pooler that takes its sessions in turn may come round to the first one.
        for _ in 0..2 {
            let own = "SELECT coalesce(current_setting('backup365.session', true), '')";
            shares = shares || one.ask(own).map_err(|error| reading(&error))?.as_deref() != Some(&said);
        }
        if shares {
            return Err(error::shares_sessions());
        }
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.address)
    }
}

/// Whether a COMMIT that ended so may have been done all the same.
fn is_open(lost: &Unanswered) -> bool {
    match lost {
        Unanswered::Told(error) => error.is_closed() || error.code().is_none() || is_passing(error),
        Unanswered::Silence(_) => true,
    }
}

/// What keeps a transaction from being begun.
enum Unbegun {
    /// No connection could be made.
    Unconnected(tokio_postgres::Error),
    /// On a connection of the pool.
    Refused(Unanswered),
    /// None was made in time.
    Silent,
    /// None of the own connections came free in time.
    Crowded,
    Other(PoolError),
}

impl Unbegun {
    /// Whether waiting for a moment helps by itself.
    fn is_passing(&self) -> bool {
        match self {
            Self::Unconnected(error) | Self::Refused(Unanswered::Told(error)) => {
                error.is_closed() || is_passing(error)
            }
            Self::Refused(Unanswered::Silence(_)) | Self::Silent | Self::Crowded | Self::Other(_) => false,
        }
    }

    /// In words.
    fn failure(&self, address: &Address, in_words: InWords) -> Failure {
        match self {
            Self::Refused(Unanswered::Told(error)) if error::is_of_pooler(error) => error::shares_sessions(),
            Self::Refused(unanswered @ Unanswered::Silence(_)) => in_words(unanswered),
            Self::Refused(unanswered) if !self.is_passing() => in_words(unanswered),
            Self::Unconnected(error) | Self::Refused(Unanswered::Told(error)) => {
                error::connecting(address, error)
            }
            Self::Silent => error::silent(address),
            Self::Crowded => error::crowded(address),
            Self::Other(error) => unreachable(address, error),
        }
    }
}

/// Connects as the address says, and begins each connection alike.
struct Connector(Arc<Address>);

type Coming<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Connect for Connector {
    fn connect(&self, _: &Config) -> Coming<'_, Result<(Client, JoinHandle<()>), tokio_postgres::Error>> {
        Box::pin(async {
            let (client, connection) = self.0.connect().await?;
            let driven = tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::info!(%error, "a connection to the record is gone");
                }
            });
            client.batch_execute(&begin(&self.0)).await?;
            Ok((client, driven))
        })
    }
}
