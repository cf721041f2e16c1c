//! The proof that impersonation works: named checks, each with its own state (product.md section 3, rule 3).
//!
//! Triggered by the authorise screen, once per round. The first request carries no password at all; the password goes
//! out only after the server offered Basic, and a refused one is tried at most once more.

use std::sync::Arc;

use super::{error::Bad, list::open, session::Session};
use crate::domain::{
    customer::{Impersonation, Listing},
    failure::Failure,
    id::Address,
    tenant::{Check, CheckState, Proof, Verdict},
    text::Text,
    time::Moment,
};

/// Mailboxes of a given list that are tried besides the sample.
const MORE: usize = 4;

/// The checks in the making.
struct Round {
    /// The server answers.
    server: Check,
    /// The account signs in.
    account: Check,
    /// It may open the sample.
    sample: Check,
    /// It may open others of a given list; none where there is no list.
    others: Option<Check>,
}

/// One round. `session` is the bad news when the details can't even be sent.
pub(super) async fn prove(
    session: Result<Arc<Session>, Bad>,
    access: &Impersonation,
    at: impl Fn() -> Moment,
) -> Proof {
    let others = others(access);
    let mut round = Round::new(access, others.len());
    match session {
        Err(bad) if bad.error.is_about_sign_in() => round.account.state = CheckState::Bad(bad.into()),
        Err(bad) => round.server.state = CheckState::Bad(bad.into()),
        Ok(session) => round.run(&session, access, &others).await,
    }
    round.finish(at())
}

impl Round {
    /// Nothing asked yet.
    fn new(access: &Impersonation, others: usize) -> Self {
        let check = |name: Text| Check { name, state: CheckState::Waiting, detail: Text::default() };
        Self {
            server: check(Text::from("The server answers")),
            account: check(Text::from("The account signs in")),
            sample: check(Text::of(format_args!("It may open {}", access.sample))),
            others: (others > 0).then(|| check(Text::from("It may open others of the list"))),
        }
    }

    /// Asks, one thing after the other, and stops at the first that fails.
    async fn run(&mut self, session: &Session, access: &Impersonation, others: &[Address]) {
        if let Err(bad) = session.probe_anonymously().await {
            let check = if bad.error.is_about_sign_in() {
                self.server = good(&self.server, session.host().clone());
                &mut self.account
            } else {
                &mut self.server
            };
            check.state = CheckState::Bad(bad.into());
            return;
        }
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
                self.account = good(&self.account, access.account.clone());
                self.sample = good(&self.sample, Text::default());
                self.try_others(session, others).await;
            }
            Err(bad) if bad.error.is_about_sign_in() => self.account.state = CheckState::Bad(bad.into()),
            // A response code comes only after the sign-in, so that part is proved.
            Err(bad) if bad.error.code().is_some() => {
                self.account = good(&self.account, access.account.clone());
                self.sample.state = CheckState::Bad(bad.into());
            }
            Err(bad) => self.server.state = CheckState::Bad(bad.into()),
        }
    }

    /// Tries others of the list. A missing permission is bad news for the whole; a missing or moving mailbox is news for
    /// its row and blocks nothing here.
    async fn try_others(&mut self, session: &Session, others: &[Address]) {
        let Some(check) = &mut self.others else { return };
        let mut opened = 0;
        let mut remarks = Vec::new();
        for address in others {
            match open(session, address).await {
                Ok(()) => opened += 1,
                Err(bad)
                    if bad.error.code() == Some("ErrorImpersonateUserDenied")
                        || bad.error.is_about_account() =>
                {
                    check.state = CheckState::Bad(bad.into());
                    return;
                }
                Err(bad) => remarks.push(format!("{address}: {}", bad.row_words())),
            }
        }
        check.detail = Text::of(format_args!("{opened} of {} tried", others.len()));
        check.state = if remarks.is_empty() {
            CheckState::Good
        } else {
            CheckState::Unread(Text::clean(&remarks.join("; ")))
        };
    }

    /// The proof: the first bad check decides.
    fn finish(self, at: Moment) -> Proof {
        let checks: Vec<_> =
            [self.server, self.account, self.sample].into_iter().chain(self.others).collect();
        // What was not tried is no proof.
        let is_tried = checks.iter().all(|check| check.state != CheckState::Waiting);
        let otherwise = if is_tried { Verdict::Proved } else { Verdict::NotYet };
        let verdict = checks.iter().find_map(failure).map_or(otherwise, Verdict::Failed);
        Proof { checks, organisation: None, verdict, granted: None, missing: None, at }
    }
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

/// Up to four of the given list, spread over it, without the sample and without other people's domains.
fn others(access: &Impersonation) -> Vec<Address> {
    let Listing::Given(given) = &access.listing else { return Vec::new() };
    let is_ours = |a: &&Address| {
        access.domains.is_empty()
            || access.domains.iter().any(|d| d.as_str().eq_ignore_ascii_case(&a.domain()))
    };
    let sample = access.sample.folded();
    let ours: Vec<_> = given.iter().filter(is_ours).filter(|a| a.folded() != sample).collect();
    let step = ours.len().div_ceil(MORE).max(1);
    ours.into_iter().step_by(step).take(MORE).cloned().collect()
}

#[cfg(test)]
mod tests;
