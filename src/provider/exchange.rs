//! Exchange Web Services at a hoster: finding the server, proving that a service account may act for the customer's
//! mailboxes, and listing them.
//!
//! Triggered by the runner and by the sweeper. Everything here only reads, so every call may be repeated and may be
//! dropped at any await. Windows sign-in (NTLM) comes before Basic where a server offers both, and what the one refuses
//! is never tried by the other. Exchange Online is refused with the reason.
//!
//! The parts: `server` (which addresses are taken), `autodiscover`, `soap` (envelopes out), `wire` (envelopes in),
//! `gate` (what an account's requests share), `session` (one request with its repeats), `prove`, `search`, `list`, `reach`
//! (whose trouble a refusal is), `probe`, and `error`, the one place that makes a [`Failure`].

mod autodiscover;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod gate;
mod list;
mod probe;
mod prove;
mod reach;
mod search;
mod server;
mod session;
mod soap;
mod wire;

use std::sync::Arc;

use tokio::sync::mpsc;

use self::{
    autodiscover::NameServers,
    error::Bad,
    gate::Gates,
    session::{Pace, Session, SessionParts},
};
use super::{http::Http, listed::Listed};
use crate::domain::{
    customer::Impersonation, exchange_server::FoundServer, failure::Failure, id::Address, tenant::Proof,
    text::Text, time::Clock,
};

/// The client; cheap to clone, and all clones share what a server asked for (pauses, refused passwords).
#[derive(Clone)]
pub struct Exchange {
    http: Http,
    clock: Clock,
    is_sandbox: bool,
    /// No password is sent.
    is_unsigned: bool,
    gates: Gates,
    pace: Pace,
    name_servers: NameServers,
}

/// Whether a mailbox is still there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Presence {
    /// It can be opened.
    Present,
    /// The server says that there is no such mailbox (`ErrorNonExistentMailbox`).
    NonExistent,
    /// Neither; the words say why.
    Unknown(Text),
}

impl Exchange {
    /// Makes the client. In the sandbox a loopback address may be plain http.
    #[must_use]
    pub fn new(http: Http, clock: Clock, is_sandbox: bool) -> Self {
        let name_servers = if is_sandbox { NameServers::Nobody } else { NameServers::System };
        let (gates, pace) = (Gates::default(), Pace::NORMAL);
        Self { http, clock, is_sandbox, is_unsigned: false, gates, pace, name_servers }
    }

    /// The same client, which sends no password: what needs one is not tried.
    #[must_use]
    pub const fn unsigned(mut self) -> Self {
        self.is_unsigned = true;
        self
    }

    /// Finds the EWS address of a mailbox by Autodiscover. No password is part of it.
    ///
    /// Takes up to a minute where hosts do not answer.
    ///
    /// # Errors
    /// `NotFound` when no server announces itself or one only after a sign-in, `Refused` for Exchange Online, `Malformed`
    /// when Autodiscover sends us round in circles.
    pub async fn discover(&self, address: &Address) -> Result<FoundServer, Failure> {
        autodiscover::discover(&self.http, &self.name_servers, address).await
    }

    /// One round of named checks: the server answers, the account signs in, it may open the sample and up to 24 others, of
    /// a given list or of the directory.
    ///
    /// A failure with `retry_after` may be asked again after that long; one without needs a person first, because a
    /// refused password that is sent again and again locks the account.
    pub async fn prove(&self, access: &Impersonation) -> Proof {
        self.prove_telling(access, &[], None).await
    }

    /// The same. `outside`: mailboxes of others at this server, that the account should not open; one is tried, and its
    /// root folder only. `notes` is told how many mailboxes have been tried, and what the server asks to wait.
    pub async fn prove_telling(
        &self,
        access: &Impersonation,
        outside: &[Address],
        notes: Option<mpsc::Sender<Listed>>,
    ) -> Proof {
        let session = self.session(access, self.pace.brief(), notes).map(Arc::new);
        prove::prove(session, access, outside, || self.clock.now()).await
    }

    /// Lists the customer's mailboxes: pages of at most 100 rows as they come, and notes. Answers the number of rows.
    ///
    /// Cost: one request per mailbox of a given list; a directory search adds two or more per beginning of a name. Ends
    /// early, and well, when the receiver is dropped.
    ///
    /// # Errors
    /// What would fail for every mailbox: server, sign-in, account, a server that stays busy (`Throttled`, with
    /// `retry_after`). Pages that were sent stay good.
    pub async fn list_mailboxes(
        &self,
        access: &Impersonation,
        sink: mpsc::Sender<Listed>,
    ) -> Result<u32, Failure> {
        let session = Arc::new(self.session(access, self.pace, Some(sink.clone()))?);
        Ok(list::list(session, access, sink).await?)
    }

    /// Whether these mailboxes are still there, in the order asked: for the sweep, which needs two passes before it
    /// calls somebody gone. `has_opened`: another mailbox opened a moment ago, so a refusal is about its own.
    ///
    /// # Errors
    /// What would fail for every mailbox.
    pub async fn still_there(
        &self,
        access: &Impersonation,
        addresses: &[Address],
        has_opened: bool,
    ) -> Result<Vec<(Address, Presence)>, Failure> {
        let session = Arc::new(self.session(access, self.pace, None)?);
        Ok(list::still_there(session, addresses, has_opened).await?)
    }

    /// Opens nothing; checks the details and finds the account's gate.
    fn session(
        &self,
        access: &Impersonation,
        pace: Pace,
        notes: Option<mpsc::Sender<Listed>>,
    ) -> Result<Session, Bad> {
        let means = SessionParts {
            http: &self.http,
            clock: &self.clock,
            is_sandbox: self.is_sandbox,
            is_unsigned: self.is_unsigned,
            gates: &self.gates,
            pace,
            notes,
        };
        Session::new(access, means)
    }
}

#[cfg(test)]
use tests::stub;

#[cfg(test)]
mod tests;
