//! One pass of Enable Auto over every customer with the rule: claim, list, decide, write.
//!
//! What is decided is in `domain/sweep.rs`; here is only the carrying out. A pass that died half-way is taken up where it
//! stopped, because those who have a seat already are not candidates any more. Two sweepers on one store do each customer
//! once, because each claims before it lists. A customer whose list can't be read stays due, and rule 17 tells everybody.

mod hosted;

use std::{collections::BTreeSet, time::Duration};

use crate::{
    domain::{
        customer::Product,
        failure::{Failure, FailureKind},
        id::UserId,
        protection::{Chosen, Protection, SeatOutcome},
        sweep::{self, Candidate, Decision, RELIST_AFTER, Terms},
        sydney,
        tenant::Organisation,
        text::Text,
        time::{Clock, Moment},
    },
    provider::{
        Provider,
        store::{RuleAccess, RuleRow, Store, SweepClaim, SweepSummary},
    },
};

/// Seats written in one transaction.
const SEATS_AT_ONCE: usize = 200;

/// How long `--watch` sleeps at most before it looks at the clock again: suspend and clock jumps cost no more than this.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// How soon a customer that could not be listed is tried again by `--watch`. A guess.
const TRY_AGAIN: Duration = Duration::from_mins(5);

/// What a pass did, or would do, for one customer and product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
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
    /// Why nobody was turned on, or what could not be written.
    pub attention: Option<Text>,
    /// The list could not be read: the pass stays due.
    pub failure: Option<Failure>,
}

impl Report {
    /// Whether somebody must look at it.
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
    /// What to keep for the next pass, once this one has left nobody behind.
    next: Option<Next>,
}

/// What the next pass starts from.
#[derive(Debug)]
enum Next {
    /// A Graph delta link, and when the list was last taken whole.
    Delta(Position),
    /// The mailboxes of a hosted customer.
    Roster(crate::provider::store::Roster),
}

/// Where a Graph delta goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Position {
    /// When the list was last taken whole.
    whole: Moment,
    /// The delta link, verbatim.
    link: String,
}

impl Position {
    fn parse(text: &str) -> Option<Self> {
        let (whole, link) = text.split_once(' ')?;
        Some(Self { whole: Moment::from_millis(whole.parse().ok()?), link: link.into() })
    }

    fn to_text(&self) -> String {
        format!("{} {}", self.whole.as_millis(), self.link)
    }
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
            Ok(None) => {}
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

/// Lists and decides for one customer.
async fn foresee(provider: &Provider, row: &RuleRow, due: Moment, now: Moment) -> Result<Decision, Failure> {
    let seen = look(provider, row, due, now).await?;
    let (customer, product) = (row.customer.id, row.product);
    let protection = with(&provider.store, move |s| s.protection(customer, product)).await?;
    Ok(decide(row, &protection, due, &seen))
}

/// Stays and does each pass at its time, by wall clock; `told` hears every round. Ends only with the process.
///
/// # Errors
/// As [`pass`].
pub async fn watch(
    provider: &Provider,
    clock: &Clock,
    mut told: impl FnMut(&[Report], Moment) + Send,
) -> Result<std::convert::Infallible, Failure> {
    loop {
        let reports = pass(provider, clock).await?;
        let now = clock.now();
        let next = sydney::next_2000(now);
        told(&reports, next);
        let again =
            if reports.iter().any(|r| r.failure.is_some()) { now.plus(TRY_AGAIN).min(next) } else { next };
        while clock.now() < again {
            tokio::time::sleep(again.since(clock.now()).min(LOOK_EVERY)).await;
        }
    }
}

/// One customer's pass.
async fn one(provider: &Provider, row: &RuleRow, claim: SweepClaim, due: Moment, now: Moment) -> Report {
    let mut report = empty(row, due, now);
    let done = match look(provider, row, due, now).await {
        Ok(seen) => write(provider, row, claim, due, seen, &mut report).await,
        Err(failure) if failure.kind == FailureKind::Refused => {
            report.attention = Some(Text::of(format_args!("{}. {}", failure.what, failure.hint)));
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
    seen: Seen,
    report: &mut Report,
) -> Result<(), Failure> {
    let (customer, product) = (row.customer.id, row.product);
    let protection = with(&provider.store, move |s| s.protection(customer, product)).await?;
    let decision = decide(row, &protection, due, &seen);
    report.deferred = decision.deferred;
    report.attention.clone_from(&decision.attention);
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
                _ => report.deferred += 1,
            }
        }
    }
    let here: BTreeSet<UserId> = seen.candidates.iter().map(|c| c.user.id).collect();
    let missing =
        protection.seats.iter().filter(|seat| seen.is_whole && !here.contains(&seat.id)).map(|seat| seat.id);
    let left: Vec<(UserId, Moment)> = missing.chain(seen.left.iter().copied()).map(|id| (id, due)).collect();
    let back: Vec<UserId> = here.into_iter().collect();
    report.left = u32::try_from(left.len()).unwrap_or(u32::MAX);
    let (deferred, next) = (report.deferred, seen.next);
    claim = with(&provider.store, move |s| {
        s.sweep_left(&claim, &left)?;
        s.sweep_returned(&claim, &back)?;
        keep(s, &claim, next, deferred)?;
        Ok(claim)
    })
    .await?;
    finish(provider, claim, report).await
}

/// Keeps where the next pass starts. While somebody was left behind the old position stays, so that they are seen again.
fn keep(store: &Store, claim: &SweepClaim, next: Option<Next>, deferred: u32) -> Result<(), Failure> {
    match next {
        Some(Next::Delta(position)) if deferred == 0 => {
            store.save_delta_link(claim.customer(), claim.product(), Some(&position.to_text()))
        }
        Some(Next::Roster(roster)) => store.save_roster(claim, &roster),
        _ => Ok(()),
    }
}

async fn finish(provider: &Provider, claim: SweepClaim, report: &Report) -> Result<(), Failure> {
    let summary = SweepSummary {
        turned_on: u32::try_from(report.turned_on.len()).unwrap_or(u32::MAX),
        left: report.left,
        is_late: report.is_late,
        attention: report.attention.clone(),
    };
    with(&provider.store, move |s| s.finish_sweep(claim, summary)).await
}

/// Lists what this pass has to look at.
async fn look(provider: &Provider, row: &RuleRow, due: Moment, now: Moment) -> Result<Seen, Failure> {
    match &row.access {
        RuleAccess::Consent(organisation) => look_at_graph(provider, row, organisation, now).await,
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

/// What Graph says has changed since the last pass; everything, when there is no position or it is too old.
async fn look_at_graph(
    provider: &Provider,
    row: &RuleRow,
    organisation: &Organisation,
    now: Moment,
) -> Result<Seen, Failure> {
    let (customer, product) = (row.customer.id, row.product);
    let position = with(&provider.store, move |s| s.delta_link(customer, product))
        .await?
        .and_then(|text| Position::parse(&text))
        .filter(|position| now.since(position.whole) < RELIST_AFTER);
    let delta =
        provider.graph.new_users(organisation.tenant, position.as_ref().map(|p| p.link.as_str())).await?;
    let whole = match position {
        Some(position) if !delta.is_full => position.whole,
        _ => now,
    };
    let candidates = delta.users.into_iter().map(|user| Candidate {
        has_problem: !user.problem.is_empty(),
        made: user.made,
        user: Chosen { id: user.id, address: user.address, name: user.name, kind: user.kind },
    });
    Ok(Seen {
        candidates: candidates.collect(),
        left: delta.removed,
        is_whole: delta.is_full,
        next: Some(Next::Delta(Position { whole, link: delta.link })),
    })
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
    report.deferred = decision.deferred;
    report.attention = decision.attention;
}

fn empty(row: &RuleRow, due: Moment, now: Moment) -> Report {
    Report {
        customer: row.customer.name.clone(),
        product: row.product,
        due,
        turned_on: Vec::new(),
        left: 0,
        deferred: 0,
        is_late: sweep::is_late(due, now),
        attention: None,
        failure: None,
    }
}

/// A call of the store, on a blocking thread.
async fn with<T, F>(store: &Store, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&Store) -> Result<T, Failure> + Send + 'static,
{
    let store = store.clone();
    match tokio::task::spawn_blocking(move || work(&store)).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a blocking task ended early");
            Err(Failure::new(
                FailureKind::Internal,
                "a task of this program ended early",
                "Start the pass again: what it has done is kept.",
            ))
        }
    }
}
