//! One service account on one server: sends requests, judges what came back, and asks again as far as that helps.
//!
//! Triggered by every operation. Repeats are decided here and not in the HTTP client, because a pause holds for all
//! requests of the account, and because a wrong password must not be repeated. Every operation only reads, so every
//! repeat is safe; safe to drop at any await.

pub(super) mod judge;
#[cfg(feature = "ntlm")]
mod lane;
#[cfg(feature = "ntlm")]
mod ntlm;
mod way;

pub(super) use self::way::Way;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use url::Url;
use zeroize::Zeroizing;

use super::{
    error::{Bad, Error, RetryClass},
    gate::{Fingerprint, Gate},
    server,
    soap::{Operation, Version},
    wire::Outcome,
};
use crate::{
    domain::{
        customer::Impersonation, id::Address, lock::lock, secret::Secret, text::Text, time::Clock,
        verdict::ListNote,
    },
    provider::{
        http::{Call, Http, Method, Response, backoff},
        listed::{self, Listed},
    },
};

/// How long one request may take: Exchange ends a request itself after a minute (exchange-web-services.md section 11).
const DEADLINE: Duration = Duration::from_secs(65);

/// Largest answer taken: a page of 1,000 people is below 2 MiB.
const MAX_BODY_BYTES: usize = 16 << 20;

/// Longest answer, in bytes, that is read on the network's thread: a mailbox that opens takes a tenth of it, and another
/// thread would cost more than the reading. A guess.
const READ_AT_ONCE: usize = 32 << 10;

/// Cookies kept per session; a load balancer sets one or two.
const MAX_COOKIES: usize = 16;

/// Attempts in all where the line breaks, also while a person waits: they are quick. As many as for Microsoft.
const LINE_ATTEMPTS: u32 = 5;

/// Attempts in all after a code that we do not know: most of them pass, and no list of codes is ever whole.
const UNKNOWN_ATTEMPTS: u32 = 3;

/// Part of the usual wait after which a broken line is tried again: no server asked for a rest.
const LINE_SOON: u32 = 4;

/// How long to wait between repeats, and how often to ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// First wait where the server states none; doubles.
    pub(super) first: Duration,
    /// Longest wait where the server states none.
    pub(super) longest: Duration,
    /// Attempts in all.
    pub(super) attempts: u32,
    /// Longest pause, asked for by the server, that is sat through; beyond it the person is told.
    pub(super) longest_pause: Duration,
}

impl Pace {
    /// The numbers of exchange-web-services.md section 11.
    pub(super) const NORMAL: Self = Self {
        first: Duration::from_secs(1),
        longest: Duration::from_mins(1),
        attempts: 5,
        longest_pause: Duration::from_mins(10),
    };

    /// While a person waits for one answer: three attempts and short pauses only. A guess; the round can be repeated.
    pub(super) fn brief(self) -> Self {
        Self {
            attempts: self.attempts.min(3),
            longest_pause: self.longest_pause.min(Duration::from_secs(10)),
            ..self
        }
    }

    /// The wait before repeat number `nth`, from 1; `jitter` as [`backoff`] takes it.
    fn wait(self, nth: u32, jitter: f64) -> Duration {
        backoff(self.first, self.longest, nth.saturating_sub(1), jitter)
    }

    /// How often to ask in all, and how long to wait before repeat number `nth`, after this error.
    fn after(self, error: &Error, nth: u32, attempts: u32) -> (u32, Duration) {
        let wait = self.wait(nth, rand::random());
        if error.is_line() { (attempts.max(LINE_ATTEMPTS), wait / LINE_SOON) } else { (attempts, wait) }
    }
}

/// One service account on one server.
pub(super) struct Session {
    http: Http,
    clock: Clock,
    url: Url,
    host: Text,
    account: Text,
    password: Secret<String>,
    /// Connections that are signed in by NTLM.
    #[cfg(feature = "ntlm")]
    lanes: lane::Lanes,
    fingerprint: Fingerprint,
    gate: Arc<Gate>,
    /// No password is sent.
    is_unsigned: bool,
    pace: Pace,
    /// Set once the account got in: from then on several requests may be out.
    is_in: AtomicBool,
    /// Held by the only request that is out before that, so that a wrong password is not sent eight times.
    alone: tokio::sync::Mutex<()>,
    /// Set once the server did not like the newer version header.
    is_older: AtomicBool,
    /// For a load balancer that keeps one client on one server (need unconfirmed, section 2).
    cookies: Mutex<BTreeMap<String, String>>,
    /// Version that the server last named.
    version: Mutex<Option<(u32, u32)>>,
    /// Where long pauses, and what else goes on, are told.
    notes: Option<mpsc::Sender<Listed>>,
}

/// What a session is made with, besides the access.
pub(super) struct SessionParts<'a> {
    /// The client.
    pub(super) http: &'a Http,
    /// Tells the time.
    pub(super) clock: &'a Clock,
    /// Whether loopback addresses may be plain http.
    pub(super) is_sandbox: bool,
    /// Whether no password is sent.
    pub(super) is_unsigned: bool,
    /// Finds the account's gate.
    pub(super) gates: &'a super::gate::Gates,
    /// Waits and attempts.
    pub(super) pace: Pace,
    /// Where long pauses are told.
    pub(super) notes: Option<mpsc::Sender<Listed>>,
}

impl Session {
    /// Checks the address and the account's name. Sends nothing.
    pub(super) fn new(access: &Impersonation, means: SessionParts<'_>) -> Result<Self, Bad> {
        let url = server::check(access.server.as_str(), means.is_sandbox)?;
        let host = Text::clean(url.host_str().unwrap_or_default());
        let account = access.account.as_str();
        // RFC 7617 section 2: the first colon ends the user name.
        if account.is_empty() || account.contains(':') || account.chars().any(char::is_control) {
            return Err(Bad::early(Error::AccountName, host.as_str()));
        }
        let fingerprint = Sha256::digest(pair(account, &access.password).as_bytes()).into();
        Ok(Self {
            http: means.http.clone(),
            clock: means.clock.clone(),
            gate: means.gates.of(url.as_str(), account),
            url,
            host,
            account: access.account.clone(),
            fingerprint,
            password: access.password.clone(),
            #[cfg(feature = "ntlm")]
            lanes: lane::Lanes::default(),
            is_unsigned: means.is_unsigned,
            pace: means.pace,
            is_in: AtomicBool::new(false),
            alone: tokio::sync::Mutex::new(()),
            is_older: AtomicBool::new(false),
            cookies: Mutex::default(),
            version: Mutex::default(),
            notes: means.notes,
        })
    }

    /// Whether no password is sent.
    pub(super) const fn is_unsigned(&self) -> bool {
        self.is_unsigned
    }

    /// The server's host.
    pub(super) const fn host(&self) -> &Text {
        &self.host
    }

    /// The product that the server said it is; none before the first answer, or when it does not say.
    pub(super) fn product(&self) -> Option<&'static str> {
        // Subscription Edition continues 15.2 (unconfirmed), hence "or later".
        match *lock(&self.version) {
            Some((15, 0)) => Some("Exchange Server 2013"),
            Some((15, 1)) => Some("Exchange Server 2016"),
            Some((15, 2)) => Some("Exchange Server 2019 or later"),
            _ => None,
        }
    }

    /// Bad news of this session.
    pub(super) fn bad(&self, error: Error, mailbox: Option<&Address>, reference: Option<Box<str>>) -> Bad {
        Bad {
            error,
            host: self.host.clone(),
            account: self.account.clone(),
            mailbox: mailbox.cloned(),
            reference,
        }
    }

    /// Asks without any sign-in: what answers, and which ways to sign in it offers. The password is not part of it.
    pub(super) async fn probe_anonymously(&self) -> Result<Way, Bad> {
        let mut nth = 0;
        loop {
            nth += 1;
            // A pause that the server asked for holds for this, too.
            if let Err(error) = self.gate.rest(self.pace.longest_pause).await {
                return Err(self.bad(error, None, None));
            }
            let (error, reference) = match self.send(&Operation::GetInbox, None).await {
                Err(error) => (error, None),
                Ok(answer) => match judge::probe_anonymously(&answer, &self.clock) {
                    Ok(way) => {
                        self.gate.learn_way(way);
                        return Ok(way);
                    }
                    Err(error) => (error, Some(judge::reference(&answer))),
                },
            };
            let wait = match error.retry_class() {
                RetryClass::Everyone => match self.pause(&error, nth, 2) {
                    Ok(()) => continue,
                    Err(busy) => return Err(self.bad(busy, None, reference)),
                },
                RetryClass::Passing | RetryClass::Once => {
                    let (attempts, wait) = self.pace.after(&error, nth, self.pace.attempts.min(2));
                    Some(wait).filter(|_| nth < attempts)
                }
                _ => None,
            };
            let Some(wait) = wait else { return Err(self.bad(error, None, reference)) };
            tokio::time::sleep(wait).await;
        }
    }

    /// Asks as a mailbox, again as far as that helps.
    pub(super) async fn ask(&self, operation: &Operation, mailbox: &Address) -> Result<Outcome, Bad> {
        self.ask_at_most(self.pace.attempts, operation, mailbox).await
    }

    /// The same with another number of attempts.
    pub(super) async fn ask_at_most(
        &self,
        attempts: u32,
        operation: &Operation,
        mailbox: &Address,
    ) -> Result<Outcome, Bad> {
        let mut nth = 0;
        loop {
            nth += 1;
            let was_older = self.is_older.load(Ordering::Relaxed);
            let (error, reference) = match self.attempt(operation, mailbox).await {
                Ok(outcome) => return Ok(outcome),
                Err(bad) => bad,
            };
            match self.next(error, nth, attempts, was_older) {
                Next::Now => nth -= 1,
                Next::After(wait) => tokio::time::sleep(wait).await,
                Next::Never(error) => return Err(self.bad(error, Some(mailbox), reference)),
            }
        }
    }

    /// One attempt within the gate.
    async fn attempt(
        &self,
        operation: &Operation,
        mailbox: &Address,
    ) -> Result<Outcome, (Error, Option<Box<str>>)> {
        let _alone = if self.is_in.load(Ordering::Relaxed) {
            None
        } else {
            Some(self.alone.lock().await).filter(|_| !self.is_in.load(Ordering::Relaxed))
        };
        let place = self.gate.enter(&self.fingerprint, self.pace.longest_pause).await;
        let place = place.map_err(|error| (error, None))?;
        let way = self.way().await?;
        let answer = self.send(operation, Some((mailbox, way))).await.map_err(|error| (error, None))?;
        drop(place);
        if answer.status != 401 {
            self.gate.admit(&self.fingerprint);
            self.is_in.store(true, Ordering::Relaxed);
        }
        let reference = judge::reference(&answer);
        let judged = self.judge(answer).await;
        if judged.version.is_some() {
            *lock(&self.version) = judged.version;
        }
        judged.outcome.map_err(|error| (error, Some(reference)))
    }

    /// How the account signs in here: as the server said last, or by asking it. Never another way afterwards: a password
    /// that one way refused is not tried by the other.
    async fn way(&self) -> Result<Way, (Error, Option<Box<str>>)> {
        if let Some(way) = self.gate.way() {
            return Ok(way);
        }
        if self.is_unsigned {
            return Err((Error::Unsigned, None));
        }
        let answer = self.send(&Operation::GetInbox, None).await.map_err(|error| (error, None))?;
        let way = judge::probe_anonymously(&answer, &self.clock)
            .map_err(|error| (error, Some(judge::reference(&answer))))?;
        self.gate.learn_way(way);
        Ok(way)
    }

    /// Judges an answer; a long one off the network's thread, for which all other calls wait.
    async fn judge(&self, answer: Response) -> judge::Judged {
        if answer.body.len() <= READ_AT_ONCE {
            return judge::judge(&answer, &self.clock);
        }
        let clock = self.clock.clone();
        let judged = tokio::task::spawn_blocking(move || judge::judge(&answer, &clock)).await;
        judged.unwrap_or(judge::Judged { version: None, outcome: Err(Error::Panicked) })
    }

    /// What follows a failed attempt; `was_older` when it already named the older version.
    fn next(&self, error: Error, nth: u32, attempts: u32, was_older: bool) -> Next {
        let reach = error.retry_class();
        if matches!(&error, Error::SignIn) && !self.gate.refuse(&self.fingerprint) {
            return Next::Never(error);
        }
        match reach {
            RetryClass::Mailbox | RetryClass::Account => Next::Never(error),
            RetryClass::Version if was_older => Next::Never(Error::TooOld),
            RetryClass::Version => {
                self.is_older.store(true, Ordering::Relaxed);
                Next::Now
            }
            RetryClass::Unknown if nth >= attempts.min(UNKNOWN_ATTEMPTS) => Next::Never(error),
            RetryClass::Once if nth >= 2 => Next::Never(error),
            RetryClass::Unknown | RetryClass::Once => Next::After(self.pace.wait(nth, rand::random())),
            RetryClass::Passing => {
                if matches!(error.code(), Some("ErrorExceededConnectionCount" | "ErrorTooManyObjectsOpened"))
                {
                    self.gate.narrow();
                }
                let (attempts, wait) = self.pace.after(&error, nth, attempts);
                if nth >= attempts { Next::Never(error) } else { Next::After(wait) }
            }
            // The gate holds this request, too, until the pause is over.
            RetryClass::Everyone => match self.pause(&error, nth, attempts) {
                Ok(()) => Next::After(Duration::ZERO),
                Err(busy) => Next::Never(busy),
            },
        }
    }

    /// Shuts the gate for as long as the server asks.
    ///
    /// # Errors
    /// [`Error::Busy`]: longer than is sat through, or this was the last attempt.
    fn pause(&self, error: &Error, nth: u32, attempts: u32) -> Result<(), Error> {
        let wait = error.asked_wait().unwrap_or_else(|| self.pace.wait(nth, rand::random()));
        self.gate.pause(wait);
        if wait > self.pace.longest_pause || nth >= attempts {
            return Err(Error::Busy { wait });
        }
        self.tell_pause(wait);
        Ok(())
    }

    /// Says that the server asked for a pause, where somebody listens.
    fn tell_pause(&self, wait: Duration) {
        if let Some(notes) = &self.notes {
            listed::tell_pause(notes, &self.host, wait);
        }
    }

    /// Says what is going on just now; false where nobody takes it.
    pub(super) fn remark(&self, words: &Text) -> bool {
        let said = || Listed::Note(ListNote::Passing(words.clone()));
        self.notes.as_ref().is_some_and(|notes| notes.try_send(said()).is_ok())
    }

    /// Sends one request: with the sign-in when a mailbox is named, without any otherwise.
    async fn send(&self, operation: &Operation, whom: Option<(&Address, Way)>) -> Result<Response, Error> {
        if self.is_unsigned && whom.is_some() {
            return Err(Error::Unsigned);
        }
        let mut call = self.call(operation, whom.map(|(mailbox, _)| mailbox));
        let Some((_, way)) = whom else { return Ok(self.http.send(call).await?) };
        let answer = match way {
            Way::Basic => {
                let plain = pair(self.account.as_str(), &self.password);
                call.headers.push(("authorization", format!("Basic {}", STANDARD.encode(plain.as_bytes()))));
                self.http.send(call).await?
            }
            #[cfg(feature = "ntlm")]
            Way::Ntlm => {
                let (account, password, now) = (&self.account, &self.password, self.clock.now());
                self.lanes.send(&self.http, &call, &lane::SignIn { account, password, now }).await?
            }
        };
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// A request before its sign-in.
    fn call(&self, operation: &Operation, mailbox: Option<&Address>) -> Call {
        let version = if self.is_older.load(Ordering::Relaxed) {
            Version::Exchange2013
        } else {
            Version::Exchange2013Sp1
        };
        let mut headers =
            vec![("accept", "text/xml".to_owned()), ("return-client-request-id", "true".to_owned())];
        if let Some(mailbox) = mailbox {
            // Without it calls may take twice as long; a header can't hold an address outside ASCII.
            if mailbox.as_str().is_ascii() {
                headers.push(("x-anchormailbox", mailbox.as_str().to_owned()));
            }
            headers.extend(self.cookie_header().map(|cookies| ("cookie", cookies)));
        }
        Call {
            method: Method::Post,
            url: self.url.clone(),
            headers,
            body: Some(("text/xml; charset=utf-8", operation.envelope(version, mailbox).into_bytes())),
            deadline: DEADLINE,
            max_body_bytes: MAX_BODY_BYTES,
            is_safe_to_repeat: false,
        }
    }

    /// Keeps what a load balancer wants back; lives as long as the session.
    fn keep_cookies(&self, answer: &Response) {
        let mut cookies = lock(&self.cookies);
        for line in answer.headers.get_all("set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=')
                && (cookies.len() < MAX_COOKIES || cookies.contains_key(name.trim()))
            {
                cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    /// All cookies as one header; none when there is none.
    fn cookie_header(&self) -> Option<String> {
        let cookies = lock(&self.cookies);
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// Name and password as Basic joins them (RFC 7617 section 2).
fn pair(account: &str, password: &Secret<String>) -> Zeroizing<String> {
    Zeroizing::new(format!("{account}:{}", password.expose()))
}

/// What follows a failed attempt.
enum Next {
    /// Ask again at once; does not count as an attempt.
    Now,
    /// Ask again after a wait.
    After(Duration),
    /// That was it.
    Never(Error),
}

#[cfg(test)]
mod tests;
