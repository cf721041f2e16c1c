//! A wire between client and sandbox that keeps the first line of every request.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU16, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Ends every first line of a request.
const END: &[u8] = b" HTTP/1.1\r\n";

/// A port that passes everything on.
pub(super) struct Wire {
    port: u16,
    to: Arc<AtomicU16>,
    ear: Arc<Mutex<Ear>>,
}

/// What the wire hears and refuses.
#[derive(Default)]
struct Ear {
    lines: Vec<String>,
    /// A request with this in its first line gets no answer.
    breaks_at: Option<String>,
    /// A request with this in its first line waits.
    holds_at: Option<String>,
}

impl Wire {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (to, ear) = (Arc::new(AtomicU16::new(9)), Arc::<Mutex<Ear>>::default());
        let (leads_to, heard) = (Arc::clone(&to), Arc::clone(&ear));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (to, heard) = (leads_to.load(Ordering::SeqCst), Arc::clone(&heard));
                tokio::spawn(async move {
                    if let Ok(far) = TcpStream::connect(("127.0.0.1", to)).await {
                        pass_on(near, far, &heard).await;
                    }
                });
            }
        });
        Self { port, to, ear }
    }

    pub(super) fn leads_to(&self, port: u16) {
        self.to.store(port, Ordering::SeqCst);
    }

    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Method and path of each request since the last call.
    pub(super) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.ear().lines)
    }

    /// From now on requests with this in their first line get no answer; none: all do.
    pub(super) fn breaks_at(&self, part: Option<String>) {
        self.ear().breaks_at = part;
    }

    /// From now on requests with this in their first line wait; none: all that wait go on.
    pub(super) fn holds_at(&self, part: Option<String>) {
        self.ear().holds_at = part;
    }

    fn ear(&self) -> MutexGuard<'_, Ear> {
        self.ear.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn pass_on(near: TcpStream, far: TcpStream, ear: &Mutex<Ear>) {
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let up = async {
        let (mut chunk, mut text) = (vec![0; 65_536], Vec::new());
        'requests: while let Ok(read @ 1..) = near_in.read(&mut chunk).await {
            text.extend_from_slice(&chunk[..read]);
            while let Some(at) = text.windows(END.len()).position(|window| window == END) {
                let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let line = String::from_utf8_lossy(&text[start..at]).into_owned();
                text.drain(..at + END.len());
                let held = || {
                    let ear = ear.lock().unwrap_or_else(PoisonError::into_inner);
                    ear.holds_at.as_ref().is_some_and(|part| line.contains(part))
                };
                while held() {
                    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                }
                let mut ear = ear.lock().unwrap_or_else(PoisonError::into_inner);
                let is_broken = ear.breaks_at.as_ref().is_some_and(|part| line.contains(part));
                ear.lines.push(line);
                if is_broken {
                    break 'requests;
                }
            }
            if far_out.write_all(&chunk[..read]).await.is_err() {
                break;
            }
        }
        far_out.shutdown().await.ok();
    };
    let down = async {
        tokio::io::copy(&mut far_in, &mut near_out).await.ok();
        near_out.shutdown().await.ok();
    };
    tokio::join!(up, down);
}
