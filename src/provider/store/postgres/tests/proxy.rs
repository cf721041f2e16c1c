//! What stands between a store and its server: slow, closed for a while, or cutting connections at the worst moment.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// Where a connection is cut when a COMMIT comes by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// Before the server hears of it; it learns that the connection is gone.
    Before,
    /// The server has half of it.
    Half,
    /// Before the server hears of it; nobody tells it that the connection is gone.
    Swallowed,
    /// The server has it, nobody waits for what it says.
    Sent,
    /// The server has done it, and its answer is lost.
    Answered,
    /// The server has it, and says nothing until it goes on.
    Held,
}

#[derive(Default)]
struct State {
    delay: AtomicU64,
    is_closed: AtomicBool,
    is_held: AtomicBool,
    is_over: AtomicBool,
    cut: Mutex<Option<Cut>>,
    pairs: Mutex<Vec<(TcpStream, TcpStream)>>,
}

/// Gone with the test.
pub(super) struct Proxy {
    pub(super) port: u16,
    state: Arc<State>,
}

impl Proxy {
    /// Before the server on that port.
    pub(super) fn new(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.is_over.load(Ordering::SeqCst) {
                    return;
                }
                if shared.is_closed.load(Ordering::SeqCst) {
                    continue;
                }
                // The server may be down: the client learns it as it would without anybody in between.
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                join(&shared, client, server);
            }
        });
        Self { port, state }
    }

    /// What each way takes from now on.
    pub(super) fn delay(&self, delay: Duration) {
        self.state.delay.store(u64::try_from(delay.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Cuts all connections; the next ones live.
    pub(super) fn cut(&self) {
        for (client, server) in self.state.pairs.lock().unwrap().drain(..) {
            part(&client, &server);
        }
    }

    /// Says nothing on any more to the client, or goes on with all that was held back, until it is told otherwise; everybody's
    /// computer is there all the time.
    pub(super) fn hold_back(&self, is_held: bool) {
        self.state.is_held.store(is_held, Ordering::SeqCst);
    }

    /// Takes connections, and closes them at once, until it is told otherwise.
    pub(super) fn close(&self, is_closed: bool) {
        self.state.is_closed.store(is_closed, Ordering::SeqCst);
    }

    /// Cuts at the next COMMIT.
    pub(super) fn cut_at_commit(&self, cut: Cut) {
        *self.state.cut.lock().unwrap() = Some(cut);
    }

    /// Whether the cut that was asked for was made.
    pub(super) fn has_cut(&self) -> bool {
        self.state.cut.lock().unwrap().is_none()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        self.cut();
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Carries what both say.
fn join(state: &Arc<State>, client: TcpStream, server: TcpStream) {
    for stream in [&client, &server] {
        let _gone_already = stream.set_nodelay(true);
    }
    let copy = |stream: &TcpStream| stream.try_clone().unwrap();
    state.pairs.lock().unwrap().push((copy(&client), copy(&server)));
    let is_mute = Arc::new(AtomicBool::new(false));
    let (shared, muted, from, to) = (Arc::clone(state), Arc::clone(&is_mute), copy(&client), copy(&server));
    thread::spawn(move || up(&shared, &muted, from, to));
    let shared = Arc::clone(state);
    thread::spawn(move || down(&shared, &is_mute, server, client));
}

fn up(state: &State, is_mute: &AtomicBool, mut client: TcpStream, mut server: TcpStream) {
    let mut room = vec![0; 65_536];
    while let Ok(count) = client.read(&mut room)
        && count > 0
    {
        thread::sleep(Duration::from_millis(state.delay.load(Ordering::SeqCst)));
        let said = &room[..count];
        let is_commit = said.windows(7).any(|words| words == b"COMMIT\0");
        let cut = if is_commit { state.cut.lock().unwrap().take() } else { None };
        match cut {
            Some(Cut::Before) => break,
            Some(Cut::Half) => {
                let _gone_already = server.write_all(&said[..count - 4]);
                break;
            }
            Some(Cut::Swallowed) => {
                // The other side is open as long as the test lives.
                let _gone = client.shutdown(Shutdown::Both);
                return;
            }
            Some(Cut::Sent) => {
                let _gone_already = server.write_all(said);
                break;
            }
            Some(Cut::Answered) => is_mute.store(true, Ordering::SeqCst),
            Some(Cut::Held) => state.is_held.store(true, Ordering::SeqCst),
            None => {}
        }
        if server.write_all(said).is_err() {
            break;
        }
    }
    part(&client, &server);
}

fn down(state: &State, is_mute: &AtomicBool, mut server: TcpStream, mut client: TcpStream) {
    let mut room = vec![0; 65_536];
    while let Ok(count) = server.read(&mut room)
        && count > 0
    {
        thread::sleep(Duration::from_millis(state.delay.load(Ordering::SeqCst)));
        while state.is_held.load(Ordering::SeqCst) && !state.is_over.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        if is_mute.load(Ordering::SeqCst) || client.write_all(&room[..count]).is_err() {
            break;
        }
    }
    part(&client, &server);
}

fn part(client: &TcpStream, server: &TcpStream) {
    for stream in [client, server] {
        let _gone_already = stream.shutdown(Shutdown::Both);
    }
}
