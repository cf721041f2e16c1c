//! The directory search: finds a hosted customer's mailboxes by asking for the beginnings of names, because Exchange
//! has no call that lists them.
//!
//! Triggered by a listing without a given list. Candidates come out one by one while the search runs; at the end
//! [`Summary`] says whether it was complete. It acts as one of the customer's own users, and whatever lies outside the
//! customer's domains is dropped before anybody sees it (exchange-web-services.md sections 8.4 and 8.5).

mod plan;

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{sync::mpsc, task::JoinSet};

use self::plan::Plan;
use super::{
    error::{Bad, Error, RetryClass},
    session::Session,
    soap::Operation,
    wire::{Outcome, Person},
};
use crate::domain::id::Address;

/// Searches that are out at once: name look-ups load the directory (exchange-web-services.md section 11).
const WORKERS: usize = 2;

/// Answers of `ResolveNames` at which the list was cut (exchange-web-services.md section 8.3).
const NAMES_CAP: usize = 100;

/// Pages asked for one beginning, 20,000 people: a guard against a server that never ends.
const MAX_PAGES: u32 = 200;

/// An entry that may be one of the customer's mailboxes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Candidate {
    /// Display name, raw.
    pub(super) name: String,
    /// Address, inside the customer's domains.
    pub(super) address: Address,
}

/// What a search amounts to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Summary {
    /// Whether some beginning had more people than could be seen.
    pub(super) is_incomplete: bool,
    /// Entries outside the customer's domains, which were dropped.
    pub(super) foreign: u32,
    /// Mailboxes without a mail address, which were dropped.
    pub(super) nameless: u32,
}

/// Whose directory is searched.
pub(super) struct Scope {
    /// The customer's user that the search acts as.
    pub(super) user: Address,
    /// The customer's mail domains, lower case, never empty.
    pub(super) domains: HashSet<String>,
    /// Takes mailboxes outside the domains, as many as it has room for.
    pub(super) outside: Option<mpsc::Sender<Address>>,
}

/// Searches the whole directory. Ends early when the receiver of the candidates is gone.
///
/// Cost: two requests per beginning at least, 36 beginnings at least. Safe to drop at any await.
///
/// # Errors
/// What a request reported after its repeats; candidates that were sent stay good.
pub(super) async fn search(
    session: Arc<Session>,
    scope: Scope,
    found: mpsc::Sender<Candidate>,
) -> Result<Summary, Bad> {
    let mut plan = Plan::new(scope.domains.iter().map(String::as_str).chain([scope.user.as_str()]));
    let asker = Arc::new(Asker { session, user: scope.user, is_by_names: AtomicBool::new(false) });
    let mut seen = HashSet::new();
    let (mut foreign, mut nameless) = (HashSet::new(), HashSet::new());
    let mut out = JoinSet::new();
    loop {
        while out.len() < WORKERS
            && let Some(beginning) = plan.next()
        {
            let asker = Arc::clone(&asker);
            out.spawn(async move { asker.look(beginning).await });
        }
        let Some(joined) = out.join_next().await else { break };
        let looked = match joined {
            Ok(looked) => looked?,
            // A task that panicked or was cancelled: its beginning is missing.
            Err(_lost) => {
                plan.lose();
                continue;
            }
        };
        for person in looked.people {
            plan.learn(&person.name);
            if !person.may_be_mailbox {
                continue;
            }
            let Ok(address) = person.address.parse::<Address>() else {
                if !person.address.is_empty() {
                    nameless.insert(person.address);
                }
                continue;
            };
            if !scope.domains.contains(&address.domain()) {
                if foreign.insert(address.folded())
                    && let Some(outside) = &scope.outside
                {
                    // A full channel has enough of them.
                    outside.try_send(address).ok();
                }
            } else if seen.insert(address.folded())
                && found.send(Candidate { name: person.name, address }).await.is_err()
            {
                return Ok(Summary::default());
            }
        }
        if looked.is_cut {
            plan.deepen(looked.beginning);
        }
    }
    let count = |entries: &HashSet<String>| u32::try_from(entries.len()).unwrap_or(u32::MAX);
    Ok(Summary { is_incomplete: plan.is_incomplete(), foreign: count(&foreign), nameless: count(&nameless) })
}

/// What one beginning brought.
struct Looked {
    beginning: String,
    people: Vec<Person>,
    /// Whether there are, or may be, more people than were sent.
    is_cut: bool,
}

/// Asks for one beginning, by whichever operation this server knows.
struct Asker {
    session: Arc<Session>,
    user: Address,
    /// Set once `FindPeople` was refused: from then on `ResolveNames` is asked.
    is_by_names: AtomicBool,
}

impl Asker {
    /// Everybody whose name begins like this.
    async fn look(&self, beginning: String) -> Result<Looked, Bad> {
        if !self.is_by_names.load(Ordering::Relaxed) {
            match self.people(&beginning).await {
                Err(bad) if is_unknown_operation(&bad) => self.is_by_names.store(true, Ordering::Relaxed),
                result => return result.map(|(people, is_cut)| Looked { beginning, people, is_cut }),
            }
        }
        let operation = Operation::ResolveNames { query: beginning.clone() };
        match self.session.ask(&operation, &self.user).await? {
            Outcome::Names { people, total, has_more } => {
                let is_cut = has_more
                    || people.len() >= NAMES_CAP
                    || total.is_some_and(|n| usize::try_from(n).is_ok_and(|n| n >= NAMES_CAP));
                Ok(Looked { beginning, people, is_cut })
            }
            _ => Err(self.session.bad(Error::WrongAnswer, Some(&self.user), None)),
        }
    }

    /// All pages of `FindPeople`: the next offset is what was received so far, the end is a page with nothing new, and
    /// the total that the server names is not trusted (exchange-web-services.md section 8.2).
    async fn people(&self, beginning: &str) -> Result<(Vec<Person>, bool), Bad> {
        let mut all = Vec::new();
        let mut known = HashSet::new();
        let mut received = 0_u32;
        for _page in 0..MAX_PAGES {
            let operation = Operation::FindPeople { query: beginning.to_owned(), offset: received };
            let Outcome::People(page) = self.session.ask(&operation, &self.user).await? else {
                return Err(self.session.bad(Error::WrongAnswer, Some(&self.user), None));
            };
            let before = known.len();
            let count = u32::try_from(page.len()).unwrap_or(u32::MAX);
            for person in page {
                if known.insert((person.address.to_lowercase(), person.name.clone())) {
                    all.push(person);
                }
            }
            if known.len() == before {
                return Ok((all, is_at_a_cap(received)));
            }
            received = received.saturating_add(count);
        }
        Ok((all, true))
    }
}

/// Whether the number received looks like a cap of the server. Sources name 100, 250 and 1,000, and an administrator
/// may set another one: a round number is looked into more closely, which costs some requests and loses no mailbox.
const fn is_at_a_cap(received: u32) -> bool {
    received >= 100 && received.is_multiple_of(50)
}

/// Whether the server refuses the operation and not the account or the mailbox: before 2013 there is no `FindPeople`.
fn is_unknown_operation(bad: &Bad) -> bool {
    let Error::Code(trouble) = &bad.error else { return false };
    match trouble.code.as_str() {
        "ErrorInvalidRequest" | "ErrorSchemaValidation" | "ErrorInternalServerError" => true,
        "ErrorImpersonateUserDenied" | "ErrorNonExistentMailbox" | "ErrorInvalidUserPrincipalName" => false,
        _ => matches!(bad.error.retry_class(), RetryClass::Mailbox | RetryClass::Unknown),
    }
}

#[cfg(test)]
mod tests;
