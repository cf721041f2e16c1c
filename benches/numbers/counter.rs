//! A door before the sandbox that counts what goes through: requests, and bytes of answers.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use memchr::memmem;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What ends the first line of every request.
const MARK: &[u8] = b" HTTP/1.1\r\n";

/// What went through so far.
#[derive(Clone, Default)]
pub(crate) struct Counter {
    requests: Arc<AtomicUsize>,
    answered: Arc<AtomicUsize>,
    /// When the last request went through whose answer has not begun.
    asked: Arc<Mutex<Option<Instant>>>,
    waited: Arc<Mutex<Duration>>,
}

/// What went through in a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed {
    pub(crate) requests: usize,
    /// Bytes of answers.
    pub(crate) bytes: usize,
    /// Time that the server took until its answers began.
    pub(crate) server: Duration,
}

impl Counter {
    /// Opens the door; where it is.
    pub(crate) async fn open(&self, server: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counter = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(server).await else { continue };
                counter.pass(client, server);
            }
        });
        address
    }

    /// What went through since the last time.
    pub(crate) fn take(&self) -> Passed {
        Passed {
            requests: self.requests.swap(0, Ordering::SeqCst),
            bytes: self.answered.swap(0, Ordering::SeqCst),
            server: std::mem::take(&mut *self.waited.lock().unwrap()),
        }
    }

    /// Both directions of one connection.
    fn pass(&self, client: TcpStream, server: TcpStream) {
        let _unhurried = (client.set_nodelay(true), server.set_nodelay(true));
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let counter = self.clone();
        tokio::spawn(async move {
            let mut tail = Vec::new();
            forward(from_client, to_server, |bytes| {
                *counter.asked.lock().unwrap() = Some(Instant::now());
                // A mark may be cut by two reads: its beginning is kept.
                tail.extend_from_slice(bytes);
                counter.requests.fetch_add(memmem::find_iter(&tail, MARK).count(), Ordering::SeqCst);
                let end = memmem::rfind(&tail, MARK).map_or(0, |at| at + MARK.len());
                tail.drain(..end.max(tail.len().saturating_sub(MARK.len() - 1)));
            })
            .await;
        });
        let counter = self.clone();
        tokio::spawn(async move {
            forward(from_server, to_client, |bytes| {
                counter.answered.fetch_add(bytes.len(), Ordering::SeqCst);
                if let Some(asked) = counter.asked.lock().unwrap().take() {
                    *counter.waited.lock().unwrap() += asked.elapsed();
                }
            })
            .await;
        });
    }
}

/// Hands on what comes until one side ends.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut each: impl FnMut(&[u8])) {
    let mut buffer = vec![0_u8; 65_536];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        each(&buffer[..read]);
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
