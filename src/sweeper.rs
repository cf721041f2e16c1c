//! One pass of Enable Auto over every customer with the rule: claim, list, decide, write.
//!
//! What is decided is in `domain/sweep.rs`; here is only the carrying out. A pass that died half-way is taken up where
//! it stopped, because users who have a seat already are not candidates any more. Two sweepers on one store do each
//! customer once, because each claims before it lists. A customer whose list can't be read stays due, and rule 17 tells
//! everybody.

mod graph;
mod hosted;
mod watch;

use std::collections::BTreeSet;

use crate::{
    domain::{
        checked::Checked,
        customer::Product,
        failure::{Failure, FailureKind},
        id::{TenantId, UserId},
        protection::{Chosen, Protection, SeatOutcome},
        sweep::{self, Candidate, Decision, Terms},
        sydney,
        text::Text,
        time::{Clock, Moment},
    },
    provider::{
        Provider, blocking,
        store::{Roster, RuleAccess, RuleRow, Store, SweepClaim, SweepSummary},
    },
};

use graph::Position;
pub use watch::watch;

/// Seats written in one transaction.
const SEATS_AT_ONCE: usize = 200;

/// Most users that the next pass reads one by one because this one left them for later. With more, the next pass starts
/// where this one did. A guess: some seconds of requests.
const WAITING_AT_MOST: usize = 100;

/// What a pass did, or would do, for one customer and product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The customer's reference.
    pub reference: Text,
    /// The customer's name.
    pub customer: Text,
    /// The product.
    pub product: Product,
    /// The 20:00 that it worked for.
    pub due: Moment,
    /// Users turned on (preview: that would be).
    pub turned_on: Vec<Chosen>,
    /// Seats marked as left by this pass.
    pub left: u32,
    /// Users left for a later pass.
    pub deferred: u32,
    /// It began late.
    pub is_late: bool,
    /// Why no user was turned on, or what could not be written.
    pub attention: Option<Text>,
    /// The list could not be read: the pass stays due.
    pub failure: Option<Failure>,
    /// Another sweeper has this pass: nothing was done here.
    pub is_elsewhere: bool,
}

impl Report {
    /// Whether an operator must look at it.
    #[must_use]
    pub const fn needs_attention(&self) -> bool {
        self.attention.is_some() || self.failure.is_some()
    }
}

/// The users that one pass looks at.
#[derive(Debug, Default)]
struct Seen {
    candidates: Vec<Candidate>,
    /// Gone from the directory for sure.
    left: Vec<UserId>,
    /// The candidates are everybody there is: whoever has a seat and is not among them is gone.
    is_whole: bool,
    /// What Exchange said the mailboxes of a tenant are, to be kept.
    checks: Option<(TenantId, Vec<Checked>)>,
    /// What to keep for the next pass, once this one has left no user behind.
    next: Option<Next>,
}

/// What the next pass starts from.
#[derive(Debug)]
enum Next {
    /// A Graph delta link, and when the list was last taken whole.
    Delta(Position),
    /// The mailboxes of a hosted customer.
    Roster(Roster),
}

/// Does everything that is due now.
///
/// # Errors
/// `Record`: the store can't be read; nothing was done. What concerns one customer is in its report.
pub async fn pass(provider: &Provider, clock: &Clock) -> Result<Vec<Report>, Failure> {
    let mut reports = Vec::new();
    for row in with(&provider.store, Store::rules).await? {
        let now = clock.now();
        if !sweep::is_due(&row.rule, now) {
            continue;
        }
        let due = sydney::latest_2000(now);
        let (customer, product) = (row.customer.id, row.product);
        match with(&provider.store, move |s| s.claim_sweep(customer, product, due)).await {
            Ok(Some(claim)) => reports.push(one(provider, &row, claim, due, now).await),
            Ok(None) => reports.extend(elsewhere(provider, &row, due, now).await),
            Err(failure) => reports.push(Report { failure: Some(failure), ..empty(&row, due, now) }),
        }
    }
    Ok(reports)
}

/// What the next pass would do: lists and decides, writes nothing.
///
/// # Errors
/// As [`pass`].
pub async fn preview(provider: &Provider, clock: &Clock) -> Result<Vec<Report>, Failure> {
    let mut reports = Vec::new();
    for row in with(&provider.store, Store::rules).await? {
        let now = clock.now();
        let due =
            if sweep::is_due(&row.rule, now) { sydney::latest_2000(now) } else { sydney::next_2000(now) };
        let mut report = empty(&row, due, now);
        match foresee(provider, &row, due, now).await {
            Ok(decision) => fill(&mut report, decision),
            Err(failure) => report.failure = Some(failure),
        }
        reports.push(report);
    }
    Ok(reports)
}

/// A pass that can't be had: another sweeper is at it, unless it was finished a moment ago or the rule is gone.
async fn elsewhere(provider: &Provider, row: &RuleRow, due: Moment, now: Moment) -> Option<Report> {
    let (customer, product) = (row.customer.id, row.product);
    match with(&provider.store, move |s| s.protection(customer, product)).await {
        Ok(found) => found
            .rule
            .filter(|rule| sweep::is_due(rule, now))
            .map(|_| Report { is_elsewhere: true, ..empty(row, due, now) }),
        Err(failure) => Some(Report { failure: Some(failure), ..empty(row, due, now) }),
    }
}

/// Lists and decides for one customer.
async fn foresee(provider: &Provider, row: &RuleRow, due: Moment, now: Moment) -> Result<Decision, Failure> {
    let seen = look(provider, row, due, now).await?;
    let (customer, product) = (row.customer.id, row.product);
    let protection = with(&provider.store, move |s| s.protection(customer, product)).await?;
    Ok(decide(row, &protection, due, &seen))
}

/// One customer's pass.
async fn one(provider: &Provider, row: &RuleRow, claim: SweepClaim, due: Moment, now: Moment) -> Report {
    let mut report = empty(row, due, now);
    let done = match look(provider, row, due, now).await {
        Ok(seen) => write(provider, row, claim, due, seen, &mut report).await,
        Err(failure) if failure.kind == FailureKind::Refused => {
            report.attention = Some(failure.for_commands());
            finish(provider, claim, &report).await
        }
        Err(failure) => Err(failure),
    };
    if let Err(failure) = done {
        report.failure = Some(failure);
    }
    report
}

/// Decides and writes.
async fn write(
    provider: &Provider,
    row: &RuleRow,
    claim: SweepClaim,
    due: Moment,
    mut seen: Seen,
    report: &mut Report,
) -> Result<(), Failure> {
    let (customer, product) = (row.customer.id, row.product);
    if let Some((tenant, checks)) = seen.checks.take() {
        with(&provider.store, move |s| s.keep_checked(tenant, &checks)).await?;
    }
    let protection = with(&provider.store, move |s| s.protection(customer, product)).await?;
    let decision = decide(row, &protection, due, &seen);
    report.attention.clone_from(&decision.attention);
    let mut waiting = decision.deferred;
    let mut claim = claim;
    for batch in decision.turn_on.chunks(SEATS_AT_ONCE) {
        let users = batch.to_vec();
        let (back, results) = with(&provider.store, move |s| {
            let results = s.sweep_apply(&claim, &users)?;
            Ok((claim, results))
        })
        .await?;
        claim = back;
        for result in results {
            match result.outcome {
                SeatOutcome::TurnedOn | SeatOutcome::AlreadyOn => report.turned_on.push(result.user),
                SeatOutcome::Excluded => {}
                _ => waiting.push(result.user.id),
            }
        }
    }
    report.deferred = count(waiting.len());
    let here: BTreeSet<UserId> = seen.candidates.iter().map(|c| c.user.id).collect();
    let gone: BTreeSet<UserId> = seen.left.iter().copied().collect();
    let is_gone = |id: &UserId| gone.contains(id) || (seen.is_whole && !here.contains(id));
    let (marked, present): (Vec<_>, Vec<_>) = protection.seats.iter().partition(|seat| seat.left.is_some());
    let left: Vec<_> = present.iter().map(|seat| seat.id).filter(is_gone).map(|id| (id, due)).collect();
    let back: Vec<UserId> = marked.iter().map(|seat| seat.id).filter(|id| here.contains(id)).collect();
    report.left = count(left.len());
    let next = seen.next;
    claim = with(&provider.store, move |s| {
        s.sweep_left(&claim, &left)?;
        s.sweep_returned(&claim, &back)?;
        keep(s, &claim, next, waiting, &protection)?;
        Ok(claim)
    })
    .await?;
    finish(provider, claim, report).await
}

/// Keeps where the next pass starts, and whom it has to look at again. With too many of these the old position stays,
/// so that they are all seen again.
fn keep(
    store: &Store,
    claim: &SweepClaim,
    next: Option<Next>,
    waiting: Vec<UserId>,
    before: &Protection,
) -> Result<(), Failure> {
    match next {
        Some(Next::Delta(position)) if waiting.len() <= WAITING_AT_MOST => {
            let (customer, product) = (claim.customer(), claim.product());
            let position = Position { waiting, ..position };
            store.save_delta_link(customer, product, Some(&position.to_text()))?;
            // Whoever changes kinds, exclusions or seats makes the store forget the position. A change between the
            // decision and the line above came too early for that, so it is looked for here.
            if is_outdated(before, &store.protection(customer, product)?) {
                store.save_delta_link(customer, product, None)?;
            }
            Ok(())
        }
        Some(Next::Roster(roster)) => store.save_roster(claim, &roster),
        _ => Ok(()),
    }
}

/// Whether a decision would be another one now for users that Graph has no news of.
fn is_outdated(before: &Protection, now: &Protection) -> bool {
    let on: BTreeSet<UserId> = now.seats.iter().map(|seat| seat.id).collect();
    before.kinds != now.kinds
        || before.exclusions.iter().any(|id| !now.exclusions.contains(id))
        || before.seats.iter().any(|seat| !on.contains(&seat.id))
}

/// A count as it is kept and shown.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

async fn finish(provider: &Provider, claim: SweepClaim, report: &Report) -> Result<(), Failure> {
    let summary = SweepSummary {
        turned_on: count(report.turned_on.len()),
        left: report.left,
        is_late: report.is_late,
        attention: report.attention.clone(),
    };
    with(&provider.store, move |s| s.finish_sweep(claim, summary)).await
}

/// Lists what this pass has to look at.
async fn look(provider: &Provider, row: &RuleRow, due: Moment, now: Moment) -> Result<Seen, Failure> {
    match &row.access {
        RuleAccess::Consent(organisation) => graph::look(provider, row, organisation, now).await,
        RuleAccess::Impersonation(access) => hosted::look(provider, row, access, due).await,
        RuleAccess::KeyLost => Err(Failure::new(
            FailureKind::Refused,
            "the key file for the impersonation password is gone",
            "Open the customer in the wizard and enter the password again.",
        )),
        RuleAccess::Missing => Err(Failure::new(
            FailureKind::Refused,
            "the product is not enabled any more",
            "Open the customer in the wizard and enable it again.",
        )),
    }
}

/// Decides by what is on record now.
fn decide(row: &RuleRow, protection: &Protection, due: Moment, seen: &Seen) -> Decision {
    let on: BTreeSet<UserId> = protection.seats.iter().map(|seat| seat.id).collect();
    let exclusions: BTreeSet<UserId> = protection.exclusions.iter().copied().collect();
    let terms = Terms {
        rule: &row.rule,
        kinds: protection.kinds,
        exclusions: &exclusions,
        on: &on,
        used_elsewhere: protection.used_elsewhere,
        limit: protection.limit,
    };
    sweep::decide(&terms, due, &seen.candidates)
}

fn fill(report: &mut Report, decision: Decision) {
    report.turned_on = decision.turn_on;
    report.deferred = count(decision.deferred.len());
    report.attention = decision.attention;
}

fn empty(row: &RuleRow, due: Moment, now: Moment) -> Report {
    Report {
        reference: row.customer.reference.clone(),
        customer: row.customer.name.clone(),
        product: row.product,
        due,
        turned_on: Vec::new(),
        left: 0,
        deferred: 0,
        is_late: sweep::is_late(due, now),
        attention: None,
        failure: None,
        is_elsewhere: false,
    }
}

/// A call of the store, on a blocking thread.
async fn with<T, F>(store: &Store, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&Store) -> Result<T, Failure> + Send + 'static,
{
    let store = store.clone();
    blocking::run("Start the pass again: what it has done is kept.", move || work(&store)).await
}

#[cfg(test)]
mod tests;
