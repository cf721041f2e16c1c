//! Lists a hosted customer's mailboxes: finds candidates, tries each by opening its inbox, and sends pages of rows.
//!
//! Triggered by the users screen and by the nightly sweep. A candidate that can't be opened is a row with a problem,
//! never a failed list; only what would fail for every mailbox ends it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Presence,
    error::{Bad, Error},
    gate::IN_FLIGHT,
    reach::Reach,
    search::{self, Candidate, Scope, Summary},
    session::Session,
    soap::Operation,
    wire::Outcome,
};
use crate::{
    domain::{
        believed::Doubt,
        bill::counted,
        customer::{Impersonation, Listing},
        id::{Address, UserId},
        text::Text,
        user::{Kind, NewUser, UserPage},
        verdict::{HIDDEN, ListNote, PASTE_A_LIST},
    },
    provider::{
        caught::{Panicked, caught},
        listed::Listed,
    },
};

/// Rows of one page while mailboxes are tried.
const ROWS: usize = 100;

/// How long a row may wait for its page to fill. A guess: people notice a list that stands still.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

/// One row in the making.
struct Row {
    candidate: Candidate,
    kind: Kind,
    problem: Text,
}

/// A listing in progress.
struct Progress {
    session: Arc<Session>,
    sink: mpsc::Sender<Listed>,
    rows: Vec<Row>,
    listed: u32,
    /// The mailbox that a search acts as, until the search has found it.
    awaited: Option<Address>,
    /// Whose trouble a refusal is.
    reach: Reach<Candidate>,
}

/// Lists everything. Answers the number of rows sent; stops early when the receiver of the pages is gone. A directory
/// that does not show the mailbox that it was searched as ends with [`Listed::Doubt`].
///
/// # Errors
/// What would fail for every mailbox: sign-in, server, account, a server that stays busy. Pages that were sent stay
/// good.
pub(super) async fn list(
    session: Arc<Session>,
    access: &Impersonation,
    sink: mpsc::Sender<Listed>,
) -> Result<u32, Bad> {
    let domains: HashSet<String> = access.domains.iter().map(|d| d.as_str().to_lowercase()).collect();
    let rows = Vec::with_capacity(ROWS);
    let mut progress = Progress { session, sink, rows, listed: 0, awaited: None, reach: Reach::new() };
    let outcome = match &access.listing {
        Listing::Given(addresses) => progress.try_given(addresses, &domains).await,
        Listing::Directory => progress.try_found(access, domains).await,
    };
    // Without a receiver the list ended early, and nothing is said of anybody.
    let outcome =
        outcome.and_then(|()| if progress.sink.is_closed() { Ok(()) } else { progress.reach.end() });
    progress.flush().await;
    outcome?;
    if let Some(sample) = progress.awaited.take() {
        // It was opened a moment ago: a directory that does not show it does not show everybody.
        let is_empty = progress.listed == 0;
        progress
            .tell(Listed::Doubt(if is_empty { Doubt::Empty } else { Doubt::WithoutSample(sample) }))
            .await;
    }
    Ok(progress.listed)
}

impl Progress {
    /// Tries a given list. Addresses outside the customer's domains are not even tried: they may be another customer's.
    async fn try_given(&mut self, addresses: &[Address], domains: &HashSet<String>) -> Result<(), Bad> {
        let (give, candidates) = mpsc::channel(addresses.len().max(1));
        let mut seen = HashSet::new();
        for address in addresses {
            if !seen.insert(address.folded()) {
                continue;
            }
            let candidate = Candidate { name: address.to_string(), address: address.clone() };
            if !domains.is_empty() && !domains.contains(&address.domain()) {
                let problem = Text::from("outside the customer's mail domains");
                self.rows.push(Row { candidate, kind: Kind::NotKnownYet, problem });
                self.flush_if_full().await;
            } else if give.try_send(candidate).is_err() {
                // Can't be: the channel has a place for every address.
                break;
            }
        }
        drop(give);
        self.try_all(candidates).await
    }

    /// Searches the directory and tries whoever is found.
    async fn try_found(&mut self, access: &Impersonation, mut domains: HashSet<String>) -> Result<(), Bad> {
        let user = access.sample.clone();
        if domains.is_empty() {
            domains.insert(user.domain());
        }
        // Acting as a mailbox that the account can't open, the search could show another customer's people.
        self.session.ask(&Operation::GetInbox, &user).await?;
        self.awaited = Some(user.clone());
        self.reach.open();
        let (give, candidates) = mpsc::channel(ROWS);
        let mut searching = JoinSet::new();
        searching.spawn(search::search(
            Arc::clone(&self.session),
            Scope { user, domains, outside: None },
            give,
        ));
        self.try_all(candidates).await?;
        if self.sink.is_closed() {
            return Ok(());
        }
        let summary = match searching.join_next().await {
            Some(Ok(summary)) => summary?,
            _ => Summary { is_incomplete: true, ..Summary::default() },
        };
        self.say_how_sure(summary).await;
        Ok(())
    }

    /// Tries candidates as they come, some at once.
    async fn try_all(&mut self, mut candidates: mpsc::Receiver<Candidate>) -> Result<(), Bad> {
        let mut trying = JoinSet::new();
        let mut is_all = false;
        let mut tick = tokio::time::interval(FLUSH_EVERY);
        while !(self.sink.is_closed() || is_all && trying.is_empty()) {
            tokio::select! {
                candidate = candidates.recv(), if !is_all && trying.len() < IN_FLIGHT => match candidate {
                    Some(candidate) => {
                        let session = Arc::clone(&self.session);
                        trying.spawn(async move {
                            let outcome = tried(&session, &candidate.address).await;
                            (candidate, outcome)
                        });
                    }
                    None => is_all = true,
                },
                Some(joined) = trying.join_next() => {
                    if let Ok((candidate, outcome)) = joined {
                        self.take(candidate, outcome)?;
                        self.flush_if_full().await;
                    }
                }
                _ = tick.tick(), if !self.rows.is_empty() => self.flush().await,
            }
        }
        Ok(())
    }

    /// Makes a row of what became of one candidate.
    ///
    /// # Errors
    /// When the news concerns every mailbox.
    fn take(&mut self, candidate: Candidate, outcome: Result<(), Bad>) -> Result<(), Bad> {
        if self.awaited.as_ref().is_some_and(|sample| sample.folded() == candidate.address.folded()) {
            self.awaited = None;
        }
        match outcome {
            Ok(()) => {
                let held = self.reach.open();
                self.rows.extend(held.into_iter().map(Row::refused));
                self.rows.push(Row { candidate, kind: Kind::Mailbox, problem: Text::default() });
            }
            Err(bad) => self.rows.extend(self.reach.refuse(candidate, bad)?.map(Row::refused)),
        }
        Ok(())
    }

    /// Sends the rows if they fill a page.
    async fn flush_if_full(&mut self) {
        if self.rows.len() >= ROWS {
            self.flush().await;
        }
    }

    /// Sends the rows; nothing when there is none.
    async fn flush(&mut self) {
        if self.rows.is_empty() {
            return;
        }
        let rows = std::mem::take(&mut self.rows);
        let users: Vec<_> = rows.iter().map(Row::as_user).collect();
        let page = UserPage::new(&users, Arc::from(Vec::new()));
        self.listed = self.listed.saturating_add(u32::try_from(page.len()).unwrap_or(u32::MAX));
        self.tell(Listed::Page(Arc::new(page))).await;
    }

    /// Says what a search can and can't find.
    async fn say_how_sure(&self, summary: Summary) {
        let mut notes = vec![Text::of(format_args!("{HIDDEN} {PASTE_A_LIST}"))];
        if summary.is_incomplete {
            notes.push(Text::of(format_args!(
                "The search is incomplete: more people have alike names than the server shows. {PASTE_A_LIST}"
            )));
        }
        if summary.foreign > 0 {
            notes.push(Text::of(format_args!(
                "The address book also shows {} entries outside this customer's mail domains; they are left out. Ask the \
                 hoster for an address book policy, or paste a list at Access.",
                summary.foreign
            )));
        }
        if summary.nameless > 0 {
            let mailboxes = counted(summary.nameless, "mailbox", "mailboxes");
            notes.push(Text::of(format_args!(
                "The address book names {mailboxes} without a mail address, left out here. {PASTE_A_LIST}"
            )));
        }
        for note in notes {
            self.tell(Listed::Note(ListNote::Gap(note))).await;
        }
    }

    /// Sends one item. A closed receiver is seen in `try_all`, so the answer does not matter here.
    async fn tell(&self, item: Listed) {
        if self.sink.send(item).await.is_err() {
            tracing::debug!("nobody takes the listing any more");
        }
    }
}

impl Row {
    /// The row of a mailbox that does not open.
    fn refused((candidate, bad): (Candidate, Bad)) -> Self {
        let is_none = bad.error.code() == Some("ErrorNonExistentMailbox");
        let kind = if is_none { Kind::WithoutMailbox } else { Kind::NotKnownYet };
        Self { candidate, kind, problem: bad.row_words() }
    }

    /// The row as the page takes it.
    fn as_user(&self) -> NewUser<'_> {
        let address = self.candidate.address.as_str();
        let name = self.candidate.name.as_str();
        NewUser {
            id: UserId::from_address(&self.candidate.address),
            name: if name.trim().is_empty() { address } else { name },
            address,
            sign_in: "",
            department: "",
            problem: self.problem.as_str(),
            kind: self.kind,
            licences: 0,
            made: None,
        }
    }
}

/// Opens the inbox of one mailbox.
pub(super) async fn open(session: &Session, mailbox: &Address) -> Result<(), Bad> {
    opened(session, mailbox, &session.ask(&Operation::GetInbox, mailbox).await?)
}

/// The same with another number of attempts.
pub(super) async fn open_at_most(attempts: u32, session: &Session, mailbox: &Address) -> Result<(), Bad> {
    opened(session, mailbox, &session.ask_at_most(attempts, &Operation::GetInbox, mailbox).await?)
}

/// Opens the root of a mailbox, once.
pub(super) async fn open_root(session: &Session, mailbox: &Address) -> Result<(), Bad> {
    opened(session, mailbox, &session.ask_at_most(1, &Operation::GetRoot, mailbox).await?)
}

fn opened(session: &Session, mailbox: &Address, outcome: &Outcome) -> Result<(), Bad> {
    match outcome {
        Outcome::Folder => Ok(()),
        _ => Err(session.bad(Error::WrongAnswer, Some(mailbox), None)),
    }
}

/// Opens the inbox of one of many; a panic on the way concerns this mailbox, so that its row says so and none is lost.
async fn tried(session: &Session, mailbox: &Address) -> Result<(), Bad> {
    caught(open(session, mailbox))
        .await
        .unwrap_or_else(|Panicked| Err(session.bad(Error::Panicked, Some(mailbox), None)))
}

/// Whether these mailboxes are still there, in the order asked. `has_opened`: another one opened a moment ago, so a refusal
/// is about the mailbox that is refused.
///
/// # Errors
/// What would fail for every mailbox.
pub(super) async fn still_there(
    session: Arc<Session>,
    addresses: &[Address],
    has_opened: bool,
) -> Result<Vec<(Address, Presence)>, Bad> {
    let mut found: Vec<(usize, Address, Presence)> = Vec::with_capacity(addresses.len());
    let mut left = addresses.iter().cloned().enumerate();
    let mut trying = JoinSet::new();
    let mut reach = Reach::new();
    if has_opened {
        reach.open();
    }
    loop {
        while trying.len() < IN_FLIGHT
            && let Some((at, address)) = left.next()
        {
            let session = Arc::clone(&session);
            trying.spawn(async move {
                let outcome = tried(&session, &address).await;
                (at, address, outcome)
            });
        }
        let Some(joined) = trying.join_next().await else { break };
        let Ok((at, address, outcome)) = joined else { continue };
        match outcome {
            Ok(()) => {
                let held = reach.open();
                found.extend(held.into_iter().map(|((at, address), bad)| (at, address, absent(&bad))));
                found.push((at, address, Presence::Present));
            }
            Err(bad) => {
                let refused = reach.refuse((at, address), bad)?;
                found.extend(refused.map(|((at, address), bad)| (at, address, absent(&bad))));
            }
        }
    }
    reach.end()?;
    found.sort_by_key(|(at, ..)| *at);
    Ok(found.into_iter().map(|(_, address, presence)| (address, presence)).collect())
}

/// What a mailbox that does not open says of being there: one code alone means that it is gone.
fn absent(bad: &Bad) -> Presence {
    if bad.error.code() == Some("ErrorNonExistentMailbox") {
        Presence::NonExistent
    } else {
        Presence::Unknown(bad.row_words())
    }
}

#[cfg(test)]
mod tests;
