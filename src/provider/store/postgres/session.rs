//! The one connection of a store that lasts: it holds runs and passes, by locks that are gone with it, and hears what others
//! have changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
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
    Address, PAUSE, TRIES, begin,
    error::{connecting, is_passing, reading, silent},
};
use crate::domain::failure::Failure;

/// Between two tries to connect again, growing to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Between two looks whether locks of others are gone, as long as there are some that somebody cares about. A server tells
/// nobody that a session has ended, and waiting for a lock itself takes a connection for each. One look is one statement,
/// and takes the server less than 0.1 ms; a guess: soon enough for a person who waits.
const LOOKS: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(3) };

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
    /// Locks of others, and what is to be told once they are gone.
    others: BTreeMap<i64, String>,
    /// Somebody looks whether they are gone.
    is_watched: bool,
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
        self.ask(|line| {
            // Asked and noted as one: two threads must not both be given what the session has once.
            let mut names = lock(&line.held);
            if names.contains(&key) || !line.is_true("SELECT pg_try_advisory_lock($1)", key)? {
                return Ok(None);
            }
            names.insert(key);
            drop(names);
            Ok(Some(SessionHold { key, line: line.clone() }))
        })
    }

    /// Whether somebody holds the lock of that name right now.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked.
    pub(crate) fn is_held(&self, name: &str) -> Result<bool, Failure> {
        self.ask(|line| line.is_true(HELD, key(name)))
    }

    /// Whether somebody holds each of these locks right now, in their order.
    ///
    /// # Errors
    /// `Record`, when the server can't be asked.
    pub(crate) fn are_held(&self, names: &[String]) -> Result<Vec<bool>, Failure> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.ask(|line| line.answer(line.client.query(ALL_HELD, &[])))?;
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
        self.look_after();
        self.ask(|line| line.answer(line.client.batch_execute(LISTEN)))
    }

    /// Has this told once the lock of that name, which another session holds, is gone; nothing where nobody hears.
    pub(crate) fn watch(&self, name: &str, news: String) {
        lock(&self.0.state).others.insert(key(name), news);
        self.look_after();
    }

    /// Looks after the locks of others, where somebody hears what becomes of them.
    fn look_after(&self) {
        let mut state = lock(&self.0.state);
        if state.hear.is_some() && !state.others.is_empty() && !state.is_watched {
            state.is_watched = true;
            drop(state);
            self.0.waiter.spawn(look(Arc::downgrade(&self.0)));
        }
    }

    /// Asks on the connection, which is made where there is none. While the server starts, and where the connection was lost
    /// meanwhile, it is tried again for a while, as for any other connection: what was asked on a lost one holds nothing.
    fn ask<T>(&self, ask: impl Fn(&Line) -> Result<T, Unanswered>) -> Result<T, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let may_try = |error: &Error| is_passing(error) && tries < TRIES;
            match self.0.waiter.wait(line(&self.0)) {
                Ok(line) => match ask(&line) {
                    Ok(answer) => return Ok(answer),
                    Err(Unanswered::Told(error)) if may_try(&error) => {}
                    Err(unanswered) => return Err(reading(&unanswered)),
                },
                Err(Some(error)) if may_try(&error) => {}
                Err(Some(error)) => return Err(connecting(&self.0.address, &error)),
                Err(None) => return Err(silent(&self.0.address)),
            }
            thread::sleep(PAUSE);
        }
    }
}

/// The connection, made where there is none; one at a time makes it.
///
/// # Errors
/// What kept it from being made; none: nothing was said in time.
async fn line(shared: &Arc<Shared>) -> Result<Line, Option<Error>> {
    let _making = shared.making.lock().await;
    let (there, listens) = {
        let state = lock(&shared.state);
        (state.line.clone().filter(|line| !line.is_lost()), state.hear.is_some())
    };
    if let Some(line) = there {
        return Ok(line);
    }
    let made = match timeout(shared.address.patience(), connect(shared, listens)).await {
        Ok(made) => made.map_err(Some)?,
        Err(_late) => return Err(None),
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
        self.waits.0.wait(self.answered(coming))
    }

    /// The same, where waiting is done otherwise.
    async fn answered<T>(&self, coming: impl Future<Output = Result<T, Error>>) -> Result<T, Unanswered> {
        let said = in_time(self.waits.1, coming).await;
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

/// All locks of this database that any session has.
const ALL_HELD: &str = "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Has changes told on this connection.
const LISTEN: &str = "LISTEN backup365";

/// Makes a connection and lets it be driven beside everything else.
async fn connect(shared: &Arc<Shared>, listens: bool) -> Result<Line, Error> {
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

/// Looks every [`LOOKS`] which locks of others are gone, and tells of them, until none is left or the store is gone.
async fn look(shared: Weak<Shared>) {
    loop {
        sleep(LOOKS).await;
        let Some(shared) = shared.upgrade() else { return };
        // Without a connection nothing is known; once it is there again, everything is read anew.
        let Ok(line) = line(&shared).await else { continue };
        let Ok(rows) = line.answered(line.client.query(ALL_HELD, &[])).await else { continue };
        let held: BTreeSet<i64> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
        let mut gone = Vec::new();
        let (hear, is_over) = {
            let mut state = lock(&shared.state);
            state.others.retain(|key, news| {
                let is_held = held.contains(key);
                if !is_held {
                    gone.push(std::mem::take(news));
                }
                is_held
            });
            state.is_watched = !state.others.is_empty();
            (state.hear.clone(), !state.is_watched)
        };
        if let Some(hear) = hear {
            for news in &gone {
                hear(Some(news));
            }
        }
        if is_over {
            return;
        }
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
