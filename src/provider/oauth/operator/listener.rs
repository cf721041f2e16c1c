//! Waits on this computer for the browser to come back from Microsoft's sign-in page (RFC 8252 section 7.3).
//!
//! It listens on loopback only, on a port that the system picks, takes one answer that carries the state of this sign-in,
//! and is gone. Whatever else knocks (another page, a port scanner, a request for an icon) is sent away and changes nothing.

use std::{io, net::Ipv4Addr, net::Ipv6Addr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::timeout,
};
use url::Url;

use crate::domain::secret::Secret;

/// Largest head of a request that is read, bytes: a code has some two thousand.
const MAX_HEAD: usize = 16 * 1024;

/// How long one connection may take: browsers open some ahead that they never use.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the browser brought back.
#[derive(Debug)]
pub(super) enum Returned {
    /// The code that the tokens are fetched for.
    Code(Secret<String>),
    /// What Microsoft says instead: its `error` word and its description.
    Error {
        /// Of letters and underscores, else empty.
        word: String,
        /// May hold the number.
        description: String,
    },
}

/// An ear on this computer.
#[derive(Debug)]
pub(super) struct Listener {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Listener {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system gives no port.
    pub(super) async fn bind() -> io::Result<Self> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = first.local_addr()?.port();
        // Browsers may take localhost for ::1 first; where that port is not to be had, they come to the other.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        Ok(Self { listeners: std::iter::once(first).chain(second).collect(), port })
    }

    /// The port.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the answer with this state; safe to drop at any await, and nobody listens then.
    pub(super) async fn returned(self, state: &str) -> Option<Returned> {
        let (found, mut answer) = mpsc::channel(1);
        let mut ears = JoinSet::new();
        for listener in self.listeners {
            let (state, found) = (state.to_owned(), found.clone());
            ears.spawn(async move {
                let mut talks = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let (state, found) = (state.clone(), found.clone());
                    talks.spawn(async move {
                        let _too_slow = timeout(PATIENCE, talk(stream, &state, &found)).await;
                    });
                    while talks.try_join_next().is_some() {}
                }
            });
        }
        drop(found);
        answer.recv().await
    }
}

/// Hears one request and answers it.
async fn talk(mut stream: TcpStream, state: &str, found: &mpsc::Sender<Returned>) -> io::Result<()> {
    let head = head(&mut stream).await?;
    let returned = head.as_deref().and_then(|head| returned(head, state));
    let page = if returned.is_some() { page("200 OK", DONE) } else { page("404 Not Found", NOTHING) };
    stream.write_all(page.as_bytes()).await?;
    stream.shutdown().await?;
    if let Some(returned) = returned {
        // The first one counts.
        let _late = found.try_send(returned);
    }
    Ok(())
}

/// The head of a request; none where it is too long or no text.
async fn head(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut more = [0; 2_048];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut more).await?;
        bytes.extend_from_slice(more.get(..read).unwrap_or_default());
        if read == 0 || bytes.len() > MAX_HEAD {
            return Ok(None);
        }
    }
    Ok(String::from_utf8(bytes).ok())
}

/// The answer in a request, where it has the state of this sign-in.
fn returned(head: &str, state: &str) -> Option<Returned> {
    let target = head.lines().next()?.strip_prefix("GET ")?.split(' ').next()?;
    let url = Url::parse("http://localhost").ok()?.join(target).ok()?;
    let value = |name: &str| {
        let mut all = url.query_pairs().filter(|(key, _)| key == name);
        all.next().map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    if url.path() != "/" || value("state").as_deref() != Some(state) {
        return None;
    }
    if let Some(code) = value("code") {
        return Some(Returned::Code(Secret::new(code)));
    }
    let is_word = |word: &String| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let word = value("error").filter(is_word).unwrap_or_default();
    Some(Returned::Error { word, description: value("error_description").unwrap_or_default() })
}

/// Said to the browser that brought the answer: whether it is good is not known yet.
const DONE: &str =
    "You may close this window. Backup365 goes on in your terminal, and says there who is signed in.";

/// Said to everybody else.
const NOTHING: &str = "There is nothing here.";

/// A whole answer: it is kept nowhere, loads nothing and hands its address on to nobody.
fn page(status: &str, words: &str) -> String {
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Backup365</title></head>\
         <body><h1>Backup365</h1><p>{words}</p></body></html>"
    );
    let headers = "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
                   Content-Security-Policy: default-src 'none'\r\nConnection: close";
    format!("HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(head: &str) -> Option<String> {
        match returned(head, "s-1")? {
            Returned::Code(code) => Some(code.expose().clone()),
            Returned::Error { word, description } => Some(format!("{word}: {description}")),
        }
    }

    #[test]
    fn only_the_answer_to_this_sign_in_is_taken() {
        for (line, expected) in [
            ("GET /?code=0.AX&state=s-1&session_state=x HTTP/1.1", Some("0.AX")),
            (
                "GET /?state=s-1&error=access_denied&error_description=AADSTS65004%3A+no HTTP/1.1",
                Some("access_denied: AADSTS65004: no"),
            ),
            ("GET /?state=s-1&error=%3Cb%3E HTTP/1.1", Some(": ")),
            ("GET /?code=0.AX&state=s-2 HTTP/1.1", None),
            ("GET /?code=0.AX HTTP/1.1", None),
            ("GET /?code=&state= HTTP/1.1", None),
            ("GET /favicon.ico?code=0.AX&state=s-1 HTTP/1.1", None),
            ("GET http://evil.example/x?code=0.AX&state=s-1 HTTP/1.1", None),
            ("POST /?code=0.AX&state=s-1 HTTP/1.1", None),
            ("", None),
        ] {
            assert_eq!(code(&format!("{line}\r\nHost: localhost\r\n\r\n")).as_deref(), expected, "{line}");
        }
    }

    /// What a browser that sends this gets.
    async fn sent(port: u16, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn it_listens_here_alone_until_the_answer_has_come() {
        let listener = Listener::bind().await.unwrap();
        let port = listener.port();
        assert!(listener.listeners.iter().all(|one| one.local_addr().unwrap().ip().is_loopback()));
        let waits = tokio::spawn(async move { listener.returned("s-1").await });
        // Opened ahead and never used, and an endless head.
        let _idle = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let stranger = sent(port, b"GET /?code=x&state=guessed HTTP/1.1\r\n\r\n").await;
        assert!(stranger.starts_with("HTTP/1.1 404 "), "{stranger}");
        let answer = sent(port, b"GET /?code=right&state=s-1 HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.contains("You may close this window"),
            "{answer}"
        );
        assert!(answer.contains("no-store") && !answer.contains("right"), "{answer}");
        assert!(matches!(waits.await.unwrap(), Some(Returned::Code(code)) if code.expose() == "right"));
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err(), "nobody listens any more");
    }
}
