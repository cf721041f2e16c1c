//! The one connection of a store that lasts: it holds runs and passes, by locks that are gone with it, and hears what others
//! have changed.

use std::{
    collections::BTreeSet,
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_postgres::{AsyncMessage, Client, Connection, Error, Socket, tls::TlsStream};

use super::{
    super::waiter::{Unanswered, Waiter, in_time},
    Address, begin,
    error::{connecting, reading, silent},
};
use crate::domain::failure::Failure;

/// Between two tries to connect again, growing to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Takes what others say of their changes; none: whatever was said may have been missed.
pub(crate) type Hear = Arc<dyn Fn(Option<&str>) + Send + Sync>;

/// Clones share the connection.
#[derive(Clone)]
pub(crate) struct Session(Arc<Shared>);

struct Shared {
    address: Arc<Address>,
    waiter: Waiter,
    /// Never locked while something is waited for: the thread that drives the connections locks it, too.
    state: Mutex<State>,
    /// Held by whoever makes the connection.
    making: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    line: Option<Line>,
    hear: Option<Hear>,
    /// Somebody is at it to connect again.
    is_mended: bool,
}

/// A connection, and what it holds: PostgreSQL gives a session a lock that it has once more.
#[derive(Clone)]
struct Line {
    client: Arc<Client>,
    is_alive: Arc<AtomicBool>,
    /// Ends it, and what it holds.
    end: Arc<Notify>,
    held: Arc<Mutex<BTreeSet<i64>>>,
    waits: (Waiter, Duration),
}

/// A lock that this process holds; dropping it lets go.
pub(crate) struct SessionHold {
    key: i64,
    line: Line,
}

impl Session {
    /// One that is not connected yet.
    pub(super) fn new(address: Arc<Address>, waiter: Waiter) -> Self {
        Self(Arc::new(Shared {
            address,
            waiter,
            state: Mutex::default(),
            making: tokio::sync::Mutex::default(),
        }))
    }

    /// Takes the lock of that name; none when another session, or another hold of this one, has it.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked.
    pub(crate) fn try_hold(&self, name: &str) -> Result<Option<SessionHold>, Failure> {
        let key = key(name);
        let line = self.line()?;
        // Asked and noted as one: two threads must not both be given what the session has once.
        let mut names = lock(&line.held);
        if names.contains(&key) {
            return Ok(None);
        }
        if !line.is_true("SELECT pg_try_advisory_lock($1)", key).map_err(|why| reading(&why))? {
            return Ok(None);
        }
        names.insert(key);
        drop(names);
        Ok(Some(SessionHold { key, line }))
    }

    /// Whether somebody holds the lock of that name right now.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked.
    pub(crate) fn is_held(&self, name: &str) -> Result<bool, Failure> {
        self.line()?.is_true(HELD, key(name)).map_err(|why| reading(&why))
    }

    /// Whether somebody holds each of these locks right now, in their order.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked.
    pub(crate) fn are_held(&self, names: &[String]) -> Result<Vec<bool>, Failure> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let line = self.line()?;
        let rows = line.answer(line.client.query(ALL_HELD, &[])).map_err(|why| reading(&why))?;
        let held: Result<BTreeSet<i64>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        let held = held.map_err(|error| reading(&Unanswered::Told(error)))?;
        Ok(names.iter().map(|name| held.contains(&key(name))).collect())
    }

    /// Has others' changes told from now on; nothing is told of this store's own connection being fine. After each time that
    /// the connection was lost and is there again, it is told that anything may have been missed.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked; it is not tried again by itself then.
    pub(crate) fn hear(&self, hear: Hear) -> Result<(), Failure> {
        lock(&self.0.state).hear = Some(hear);
        let line = self.line()?;
        line.answer(line.client.batch_execute(LISTEN)).map_err(|why| reading(&why))
    }

    /// The connection, made where there is none.
    fn line(&self) -> Result<Line, Failure> {
        self.0.waiter.wait(line(&self.0))
    }
}

/// The connection, made where there is none; one at a time makes it.
async fn line(shared: &Arc<Shared>) -> Result<Line, Failure> {
    let _making = shared.making.lock().await;
    let (there, listens) = {
        let state = lock(&shared.state);
        (state.line.clone().filter(|line| !line.is_lost()), state.hear.is_some())
    };
    if let Some(line) = there {
        return Ok(line);
    }
    let made = match timeout(shared.address.patience(), connect(shared, listens)).await {
        Ok(made) => made.map_err(|error| connecting(&shared.address, &error))?,
        Err(_late) => return Err(silent(&shared.address)),
    };
    lock(&shared.state).line = Some(made.clone());
    Ok(made)
}

impl Line {
    /// Whether the connection is gone.
    fn is_lost(&self) -> bool {
        !self.is_alive.load(Ordering::SeqCst) || self.client.is_closed()
    }

    /// Waits for an answer; where none comes in time, the connection is ended: what it holds is not known any more.
    fn answer<T>(&self, coming: impl Future<Output = Result<T, Error>>) -> Result<T, Unanswered> {
        let (waiter, limit) = &self.waits;
        let said = waiter.wait(in_time(*limit, coming));
        if matches!(said, Err(Unanswered::Silence(_))) {
            self.is_alive.store(false, Ordering::SeqCst);
            self.end.notify_one();
        }
        said
    }

    /// What the server says of a lock.
    fn is_true(&self, sql: &str, key: i64) -> Result<bool, Unanswered> {
        let row = self.answer(self.client.query_one(sql, &[&key]))?;
        row.try_get(0).map_err(Unanswered::Told)
    }
}

/// Whether any session of this database has a lock.
const HELD: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid = (($1::bigint >> 32) & 4294967295)::oid AND objid = ($1::bigint & 4294967295)::oid)";

/// All that [`HELD`] asks for one by one.
const ALL_HELD: &str = "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Has changes told on this connection.
const LISTEN: &str = "LISTEN backup365";

/// Makes a connection and lets it be driven beside everything else.
async fn connect(shared: &Arc<Shared>, listens: bool) -> Result<Line, tokio_postgres::Error> {
    let (client, connection) = shared.address.connect().await?;
    let (is_alive, end) = (Arc::new(AtomicBool::new(true)), Arc::new(Notify::new()));
    let drives = drive(Arc::downgrade(shared), connection, (Arc::clone(&is_alive), Arc::clone(&end)));
    drop(tokio::spawn(drives));
    client.batch_execute(&begin(&shared.address)).await?;
    if listens {
        client.batch_execute(LISTEN).await?;
    }
    let waits = (shared.waiter.clone(), shared.address.limit());
    Ok(Line { client: Arc::new(client), is_alive, end, held: Arc::default(), waits })
}

/// Drives a connection to its end; tells what it hears. Where somebody listens, another one is made after it.
async fn drive<T>(
    shared: Weak<Shared>,
    mut connection: Connection<Socket, T>,
    (is_alive, end): (Arc<AtomicBool>, Arc<Notify>),
) where
    T: TlsStream + tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    loop {
        let said = tokio::select! {
            said = poll_fn(|cx| connection.poll_message(cx)) => said,
            () = end.notified() => break,
        };
        match said {
            Some(Ok(AsyncMessage::Notification(news))) => {
                let hear = shared.upgrade().and_then(|shared| lock(&shared.state).hear.clone());
                if let Some(hear) = hear {
                    hear(Some(news.payload()));
                }
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::info!(%error, "the connection that holds runs is gone");
                break;
            }
            None => break,
        }
    }
    is_alive.store(false, Ordering::SeqCst);
    drop(connection);
    let Some(shared) = shared.upgrade() else { return };
    let mut state = lock(&shared.state);
    if state.hear.is_some() && !state.is_mended {
        state.is_mended = true;
        drop(state);
        shared.waiter.clone().spawn(again(Arc::downgrade(&shared)));
    }
}

/// Connects again, as long as the store lives, and tells that anything may have been missed. In a box, because it may come to
/// itself again.
fn again(shared: Weak<Shared>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(connect_again(shared))
}

async fn connect_again(shared: Weak<Shared>) {
    let mut pause = FIRST_PAUSE;
    loop {
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let Some(shared) = shared.upgrade() else { return };
        let Ok(line) = line(&shared).await else { continue };
        let hear = {
            let mut state = lock(&shared.state);
            // Lost again: as long as this is at it, nobody else begins.
            if line.is_lost() {
                continue;
            }
            state.is_mended = false;
            state.hear.clone()
        };
        if let Some(hear) = hear {
            hear(None);
        }
        return;
    }
}

impl SessionHold {
    /// Whether it is still held: not, once its connection is lost.
    pub(crate) fn is_live(&self) -> bool {
        !self.line.is_lost()
    }
}

impl Drop for SessionHold {
    fn drop(&mut self) {
        if self.is_live() {
            // Waited for: whoever takes it next must find it free.
            let _gone_with_the_connection = self.line.is_true("SELECT pg_advisory_unlock($1)", self.key);
        }
        lock(&self.line.held).remove(&self.key);
    }
}

impl fmt::Debug for SessionHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionHold({})", self.key)
    }
}

/// The number of a lock by its name.
fn key(name: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
