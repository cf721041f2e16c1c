//! The proof that impersonation works: named checks, each with its own state (product.md section 3, rule 3).
//!
//! Triggered by the authorise screen, once per round. The first request carries no sign-in at all; the account signs in
//! only in a way that the server offered, and a refused password is tried at most once more.

mod outside;

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    error::{Bad, Error},
    list::{open, open_at_most},
    search::{self, Candidate, Scope},
    session::Session,
};
use crate::domain::{
    customer::{Impersonation, Listing},
    failure::Failure,
    id::Address,
    tenant::{Check, CheckState, Proof, Verdict},
    text::Text,
    time::Moment,
};

/// Mailboxes that are tried besides the one that was named, where others are known: with it, 25. A guess: enough to meet a
/// permission that holds for a part of the mailboxes only, and done in some seconds.
const MORE: usize = 24;

/// Mailboxes that are tried at the same time: a person waits, and the account is not to be throttled for it.
const AT_ONCE: usize = 4;

/// The checks in the making.
struct Round {
    /// The server answers.
    server: Check,
    /// The account signs in.
    account: Check,
    /// It may open the sample.
    sample: Check,
    /// It may open others, of the list or of the directory.
    others: Option<Check>,
    /// It may open nobody else's; none where nobody else is known.
    outside: Option<Check>,
}

/// How long the directory is searched for mailboxes to be tried. A guess: a person waits, and a directory that is small or
/// slow is searched to its end when everybody is listed.
const SEARCHED_FOR: Duration = Duration::from_secs(10);

/// Mailboxes to be tried beside the one that was named.
#[derive(Default)]
struct Others {
    tried: Vec<Candidate>,
    /// Mailboxes outside the customer's domains, as the directory shows them.
    outside: Vec<Address>,
    /// What kept more of them from being found.
    broken: Option<Bad>,
}

/// One round. `session` is the bad news when the details can't even be sent.
pub(super) async fn prove(
    session: Result<Arc<Session>, Bad>,
    access: &Impersonation,
    outside: &[Address],
    at: impl Fn() -> Moment,
) -> Proof {
    let mut round = Round::new(access);
    match session {
        Err(bad) if bad.error.is_about_sign_in() => round.account.state = CheckState::Bad(bad.into()),
        Err(bad) => round.server.state = CheckState::Bad(bad.into()),
        Ok(session) => round.run(&session, access, outside).await,
    }
    round.finish(at())
}

impl Round {
    /// Nothing asked yet.
    fn new(access: &Impersonation) -> Self {
        Self {
            server: check(Text::from("The server answers")),
            account: check(Text::from("The account signs in")),
            sample: check(Text::of(format_args!("It may open {}", access.sample))),
            outside: None,
            others: given(access).next().map(|_| check(Text::from("It may open the mailboxes on the list"))),
        }
    }

    /// Asks, one thing after the other, and stops at the first that fails.
    async fn run(&mut self, session: &Arc<Session>, access: &Impersonation, outside: &[Address]) {
        let way = match session.probe_anonymously().await {
            Ok(way) => way,
            Err(bad) => {
                let check = if bad.error.is_about_sign_in() {
                    self.server = good(&self.server, session.host().clone());
                    &mut self.account
                } else {
                    &mut self.server
                };
                check.state = CheckState::Bad(bad.into());
                return;
            }
        };
        let signed_in = Text::of(format_args!("{}, {}", access.account, way.name()));
        self.server = good(&self.server, session.host().clone());
        if session.is_unsigned() {
            return;
        }
        let outcome = open(session, &access.sample).await;
        if let Some(product) = session.product() {
            self.server.detail = Text::of(format_args!("{}, {product}", session.host()));
        }
        match outcome {
            Ok(()) => {
                self.account = good(&self.account, signed_in);
                self.sample = good(&self.sample, Text::default());
                // Nobody is known of a directory before it can be searched.
                if access.listing == Listing::Directory {
                    self.others = Some(check(Text::from("It may open mailboxes of the server's directory")));
                }
                let mut outside = outside.to_vec();
                if self.others.is_some() {
                    let mut others = others(session, access).await;
                    outside.append(&mut others.outside);
                    self.try_others(session, others).await;
                }
                self.outside = outside::check(session, access, &outside).await;
            }
            Err(bad) if bad.error.is_about_sign_in() => self.account.state = CheckState::Bad(bad.into()),
            // A response code comes only after the sign-in, so that part is proved.
            Err(bad) if bad.error.code().is_some() => {
                self.account = good(&self.account, signed_in);
                self.sample.state = CheckState::Bad(bad.into());
            }
            Err(bad) => self.server.state = CheckState::Bad(bad.into()),
        }
    }

    /// Tries others, some at once. Those that don't open are named, each is news for its row, and they block nothing here;
    /// where the account may open none of them, it is bad news for the whole.
    async fn try_others(&mut self, session: &Arc<Session>, others: Others) {
        let Some(check) = &mut self.others else { return };
        let all = others.tried.len();
        let mut left = others.tried.into_iter().enumerate();
        let mut trying = JoinSet::new();
        let (mut opened, mut refused) = (0_usize, Vec::new());
        let mut busy = None;
        loop {
            while trying.len() < AT_ONCE
                && busy.is_none()
                && let Some((at, candidate)) = left.next()
            {
                let session = Arc::clone(session);
                trying.spawn(async move {
                    let outcome = open_at_most(1, &session, &candidate.address).await;
                    (at, candidate, outcome)
                });
            }
            let Some(joined) = trying.join_next().await else { break };
            match joined {
                Ok((_, _, Ok(()))) => opened += 1,
                // Nobody else is asked for while the server wants to be left in peace.
                Ok((_, _, Err(bad))) if matches!(bad.error, Error::Busy { .. }) => busy = Some(bad),
                Ok((_, _, Err(bad))) if bad.error.is_about_account() => {
                    check.state = CheckState::Bad(bad.into());
                    return;
                }
                Ok((at, candidate, Err(bad))) => refused.push((at, candidate, bad)),
                Err(_lost) => {}
            }
            session.remark(&Text::of(format_args!(
                "{} of {} mailboxes tried",
                opened + refused.len() + 1,
                all + 1
            )));
        }
        refused.sort_by_key(|(at, ..)| *at);
        // The one that was named is one of them.
        let tried = opened + refused.len() + 1;
        check.detail = Text::of(format_args!("{} of {tried} reachable", opened + 1));
        let is_denied = |bad: &Bad| bad.error.code() == Some("ErrorImpersonateUserDenied");
        let mut remarks = in_words(&refused);
        remarks.extend(busy.map(|bad| format!("{} not tried: {}", all + 1 - tried, bad.row_words())));
        remarks.extend(
            others.broken.map(|bad| format!("the server's directory was not searched: {}", bad.row_words())),
        );
        check.state = match refused.into_iter().find(|(.., bad)| is_denied(bad)) {
            Some((.., bad)) if opened == 0 => CheckState::Bad(bad.into()),
            _ if remarks.is_empty() => CheckState::Good,
            _ => CheckState::Partly(Text::clean(&remarks.join("; "))),
        };
    }

    /// The proof: the first bad check decides.
    fn finish(self, at: Moment) -> Proof {
        let checks: Vec<_> = [self.server, self.account, self.sample]
            .into_iter()
            .chain(self.others)
            .chain(self.outside)
            .collect();
        // What was not tried is no proof.
        let is_tried = checks.iter().all(|check| check.state != CheckState::Waiting);
        let otherwise = if is_tried { Verdict::Proved } else { Verdict::NotYet };
        let verdict = checks.iter().find_map(failure).map_or(otherwise, Verdict::Failed);
        Proof { checks, organisation: None, verdict, granted: None, missing: None, sight: None, at }
    }
}

/// A check that is still to be made.
fn check(name: Text) -> Check {
    Check { name, state: CheckState::Waiting, detail: Text::default() }
}

/// The same check, proved.
fn good(check: &Check, detail: Text) -> Check {
    Check { name: check.name.clone(), state: CheckState::Good, detail }
}

/// The bad news of a check.
fn failure(check: &Check) -> Option<Failure> {
    match &check.state {
        CheckState::Bad(failure) => Some(failure.clone()),
        _ => None,
    }
}

/// Mailboxes that did not open, by name, those of one reason together.
fn in_words(refused: &[(usize, Candidate, Bad)]) -> Vec<String> {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, Candidate { name, address }, bad) in refused {
        let is_named = !name.is_empty() && name != address.as_str();
        let who = if is_named { format!("{name} <{address}>") } else { address.to_string() };
        reasons.entry(bad.row_words().to_string()).or_default().push(who);
    }
    reasons.into_iter().map(|(reason, who)| format!("{}: {reason}", who.join(", "))).collect()
}

/// The mailboxes to be tried beside the one that was named: of the list, spread over it; of the directory, whoever is found
/// first.
async fn others(session: &Arc<Session>, access: &Impersonation) -> Others {
    if let Listing::Given(_) = &access.listing {
        let ours: Vec<_> = given(access).collect();
        let many = ours.len().min(MORE);
        // Spread over the list: whoever is at its end may be another sort of mailbox.
        let tried = (0..many).filter_map(|at| ours.get(at * ours.len() / many).copied());
        let candidate = |address: &Address| Candidate { name: String::new(), address: address.clone() };
        return Others { tried: tried.map(candidate).collect(), ..Others::default() };
    }
    let user = access.sample.clone();
    let mut domains: HashSet<String> =
        access.domains.iter().map(|domain| domain.as_str().to_lowercase()).collect();
    if domains.is_empty() {
        domains.insert(user.domain());
    }
    let sample = user.folded();
    let (give, mut found) = mpsc::channel(MORE);
    let (give_outside, mut outside) = mpsc::channel(outside::MOST);
    let scope = Scope { user, domains, outside: Some(give_outside) };
    let mut searching = std::pin::pin!(search::search(Arc::clone(session), scope, give));
    let mut time_is_up = std::pin::pin!(tokio::time::sleep(SEARCHED_FOR));
    let mut others = Others::default();
    let mut is_searched = false;
    // Dropped with the loop, the search ends where it is.
    while others.tried.len() < MORE {
        tokio::select! {
            candidate = found.recv() => match candidate {
                Some(candidate) if candidate.address.folded() == sample => {}
                Some(candidate) => others.tried.push(candidate),
                None => break,
            },
            searched = &mut searching, if !is_searched => {
                is_searched = true;
                others.broken = searched.err();
            }
            () = &mut time_is_up => break,
        }
    }
    while let Ok(address) = outside.try_recv() {
        others.outside.push(address);
    }
    others
}

/// The given list without the sample and without other people's domains.
fn given(access: &Impersonation) -> impl Iterator<Item = &Address> {
    let given: &[Address] = if let Listing::Given(given) = &access.listing { given.as_slice() } else { &[] };
    let is_ours = |a: &&Address| {
        access.domains.is_empty()
            || access.domains.iter().any(|d| d.as_str().eq_ignore_ascii_case(&a.domain()))
    };
    let sample = access.sample.folded();
    given.iter().filter(is_ours).filter(move |a| a.folded() != sample)
}

#[cfg(test)]
mod tests;
