//! One pass of Enable Auto over every customer with the rule: claim, list, decide, write.
//!
//! What is decided is in `domain/sweep.rs`, what is believed in `domain/believed.rs`; here is only the carrying out. A pass that died half-way is taken up where
//! it stopped, because users who have a seat already are not candidates any more. Two sweepers on one store do each
//! customer once, because each claims before it lists. A customer whose list can't be read stays due, and rule 17 tells
//! everybody.

mod graph;
mod hosted;
mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::{
    domain::{
        believed::{Doubt, Expected, LOOKED_FOR_AT_MOST},
        checked::Checked,
        customer::Product,
        failure::{Failure, FailureKind},
        id::{TenantId, UserId},
        phrase::Command,
        protection::{Chosen, Protection, Seat, SeatOutcome},
        sweep::{self, Candidate, Decision, Terms},
        sydney,
        text::{Text, capital},
        time::{Clock, Moment},
    },
    provider::{
        Provider, blocking,
        store::{Belief, Kept, ListRecord, Roster, RuleAccess, RuleRow, Store, SweepClaim, SweepSummary},
    },
};

use graph::Position;
pub use watch::watch;

/// Seats written in one transaction.
const SEATS_AT_ONCE: usize = 200;

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
    /// What an operator must look at: why no user is turned on, or why what was listed is not believed.
    pub attention: Option<Text>,
    /// What was listed is not believed: nobody was marked as gone, and the next pass lists everybody again.
    pub is_doubted: bool,
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

/// What is on record of a customer's users, before a pass lists them.
#[derive(Debug)]
struct Held {
    protection: Protection,
    /// Whom Enable Auto still owes, with their addresses.
    scheduled: Vec<(UserId, Text)>,
    list: ListRecord,
    /// By how many percent a list may be shorter than the last one.
    shorter_percent: u8,
}

impl Held {
    async fn of(provider: &Provider, row: &RuleRow) -> Result<Self, Failure> {
        let (customer, product, shorter_percent) = (row.customer.id, row.product, provider.shorter_percent);
        with(&provider.store, move |s| {
            Ok(Self {
                protection: s.protection(customer, product)?,
                scheduled: s.scheduled(customer, product)?,
                list: s.list_record(customer, product)?,
                shorter_percent,
            })
        })
        .await
    }

    /// Users who are protected and have not left.
    fn present(&self) -> impl Iterator<Item = &Seat> {
        self.protection.seats.iter().filter(|seat| seat.left.is_none())
    }

    /// Whom a whole list has to show: users who are protected or scheduled.
    fn awaited(&self) -> BTreeSet<UserId> {
        self.present().map(|seat| seat.id).chain(self.scheduled.iter().map(|(id, _)| *id)).collect()
    }

    /// What a whole list is held against.
    fn expected(&self) -> Expected {
        Expected {
            before: self.list.listed.max(count(self.present().count())),
            accepted: self.list.accepted,
            percent: self.shorter_percent,
        }
    }
}

/// The users that one pass looks at.
#[derive(Debug)]
struct Seen {
    candidates: Vec<Candidate>,
    /// Gone from the directory: by what was listed, and by their own names.
    left: Vec<UserId>,
    /// Whether what was listed is believed.
    belief: Belief,
    /// Why not, where it is not.
    doubt: Option<Doubt>,
    /// What kept users from being looked for by name.
    broken: Option<Failure>,
    /// What Exchange said the mailboxes of a tenant are, to be kept.
    checks: Option<(TenantId, Vec<Checked>)>,
    /// What to keep for the next pass, once this one is believed and has left no user behind.
    next: Option<Next>,
}

impl Seen {
    /// The same with the candidates of a list before it: whoever was in one of the two is there, and what either was told
    /// of the mailboxes is kept.
    fn and(mut self, before: Self) -> Self {
        let here: BTreeSet<UserId> = self.candidates.iter().map(|c| c.user.id).collect();
        self.candidates.extend(before.candidates.into_iter().filter(|c| !here.contains(&c.user.id)));
        if let (Some((_, checks)), Some((_, earlier))) = (&mut self.checks, before.checks) {
            checks.extend(earlier);
        }
        self
    }
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
        if let Err(failure) = with(&provider.store, move |s| s.demand_no_pause(customer, product)).await {
            let failure = match failure.kind {
                FailureKind::Throttled => Failure {
                    hint: "Nothing needs to be done: the pass is tried again after that.".into(),
                    ..failure
                },
                _ => failure,
            };
            reports.push(Report { failure: Some(failure), ..empty(&row, due, now) });
            continue;
        }
        match with(&provider.store, move |s| s.claim_sweep(customer, product, due)).await {
            Ok(Some(claim)) => reports.push(one(provider, &row, claim, due, now).await),
            Ok(None) => reports.extend(elsewhere(provider, &row, due, now).await),
            Err(failure) => reports.push(Report { failure: Some(failure), ..empty(&row, due, now) }),
        }
    }
    if provider.graph.clock_gap().is_some() && provider.graph.demand_clock().is_ok() {
        // The passes are done all the same, and the next one tries again.
        if let Err(failure) = with(&provider.store, Store::clock_is_right).await {
            tracing::warn!(what = %failure.what, "that the clock is right could not be noted");
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
            Ok((decision, doubt)) => fill(&mut report, decision, doubt.as_ref()),
            Err(failure) => report.failure = Some(failure),
        }
        reports.push(report);
    }
    Ok(reports)
}

/// Keeps what the other side asked to wait, where it asked.
async fn keep_pause(provider: &Provider, row: &RuleRow, failure: &Failure) {
    let (customer, product, failure) = (row.customer.id, row.product, failure.clone());
    let keep = move |s: &Store| s.keep_pause_of(customer, product, &failure);
    if let Err(failure) = with(&provider.store, keep).await {
        tracing::warn!(what = %failure.what, "how long to wait could not be kept");
    }
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
async fn foresee(
    provider: &Provider,
    row: &RuleRow,
    due: Moment,
    now: Moment,
) -> Result<(Decision, Option<Doubt>), Failure> {
    let seen = look(provider, row, due, now).await?;
    let (customer, product) = (row.customer.id, row.product);
    let mut protection = with(&provider.store, move |s| s.protection(customer, product)).await?;
    if let Some(rule) = &mut protection.rule {
        rule.made = sweep::made_before(rule, due, now);
    }
    let decision = decide(row, &protection, due, &seen);
    seen.broken.map_or(Ok((decision, seen.doubt)), Err)
}

/// One customer's pass.
async fn one(provider: &Provider, row: &RuleRow, claim: SweepClaim, due: Moment, now: Moment) -> Report {
    let mut report = empty(row, due, now);
    if let RuleAccess::Consent(listed) = &row.access
        && claim.tenant() != Some(listed.tenant)
    {
        report.failure = Some(Failure::new(
            FailureKind::Conflict,
            "the organisation on record was changed a moment ago",
            "Start the pass again: it works with what is on record now.",
        ));
        return report;
    }
    let looked = look(provider, row, due, now).await;
    // Microsoft's answers tell a wrong clock before anything is written.
    if let Err(failure) = provider.graph.demand_clock() {
        report.failure = Some(failure);
        return report;
    }
    let done = match looked {
        Ok(seen) => write(provider, row, claim, due, seen, &mut report).await,
        Err(failure) if failure.kind == FailureKind::Refused => {
            // The code goes with it: the words may send somebody to ask what it means.
            report.attention = Some(failure.in_full());
            finish(provider, claim, &report).await
        }
        Err(failure) => Err(failure),
    };
    if let Err(failure) = done {
        keep_pause(provider, row, &failure).await;
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
    report.is_doubted = seen.doubt.is_some();
    report.attention = attention(report, seen.doubt.as_ref(), decision.attention);
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
    if let Some(failure) = seen.broken {
        // Nothing was believed and nothing is kept, and the pass stays due.
        return Err(failure);
    }
    let kept = kept(seen, waiting, &protection, due);
    report.left = count(kept.left.len());
    claim = with(&provider.store, move |s| {
        s.keep_pass(&claim, &protection, &kept)?;
        Ok(claim)
    })
    .await?;
    finish(provider, claim, report).await
}

/// What this pass leaves to the next one. With too many users waiting the old position stays, so that they are all seen
/// again; where nothing is believed it stays, too, and nobody is marked as gone.
fn kept(seen: Seen, waiting: Vec<UserId>, protection: &Protection, due: Moment) -> Kept {
    let here: BTreeMap<UserId, &Text> =
        seen.candidates.iter().map(|c| (c.user.id, &c.user.address)).collect();
    // Rows without an id can't be asked about: a change of theirs, or the next whole list, brings them again.
    let waiting: Vec<(UserId, Text)> = waiting
        .into_iter()
        .filter(|id| !id.is_of_place())
        .map(|id| (id, here.get(&id).map_or_else(Text::default, |address| (*address).clone())))
        .collect();
    let (marked, present): (Vec<_>, Vec<_>) = protection.seats.iter().partition(|seat| seat.left.is_some());
    let gone: BTreeSet<UserId> =
        if seen.doubt.is_none() { seen.left.iter().copied().collect() } else { BTreeSet::new() };
    let left = present.iter().filter(|seat| gone.contains(&seat.id)).map(|seat| (seat.id, due)).collect();
    let back = marked.iter().map(|seat| seat.id).filter(|id| here.contains_key(id)).collect();
    let (position, roster) = match seen.next.filter(|_| seen.doubt.is_none()) {
        Some(Next::Delta(position)) if waiting.len() <= LOOKED_FOR_AT_MOST => {
            let waiting = waiting.iter().map(|(id, _)| *id).collect();
            (Some(Position { waiting, ..position }.to_text()), None)
        }
        Some(Next::Roster(roster)) => (None, Some(roster)),
        Some(Next::Delta(_)) | None => (None, None),
    };
    Kept { belief: seen.belief, position, roster, waiting, left, back }
}

/// What an operator must look at: why what was listed is not believed, and why nobody is turned on.
fn attention(report: &Report, doubt: Option<&Doubt>, limit: Option<Text>) -> Option<Text> {
    let Some(doubt) = doubt else { return limit };
    let mut words = format!(
        "{}, and so it was when asked again. Nobody was marked as gone, and the next pass lists everybody.",
        capital(doubt.in_words().as_str())
    );
    if let Some(count) = doubt.acceptable() {
        let command = Command::SweepAcceptShorter(report.reference.clone(), count);
        let _infallible = write!(words, " If so few users are left, an Admin says so: {command}");
    }
    if let Some(limit) = limit {
        let _infallible = write!(words, " {limit}");
    }
    Some(Text::clean(&words))
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
    let held = Held::of(provider, row).await?;
    match &row.access {
        RuleAccess::Consent(organisation) => graph::look(provider, row, organisation, &held, now).await,
        RuleAccess::Impersonation(access) => hosted::look(provider, row, access, &held, due).await,
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
        // As it is now: the claim set right what a clock that was fast had written.
        rule: protection.rule.as_ref().unwrap_or(&row.rule),
        kinds: protection.kinds,
        exclusions: &exclusions,
        on: &on,
        used_elsewhere: protection.used_elsewhere,
        limit: protection.limit,
    };
    sweep::decide(&terms, due, &seen.candidates)
}

fn fill(report: &mut Report, decision: Decision, doubt: Option<&Doubt>) {
    report.turned_on = decision.turn_on;
    report.deferred = count(decision.deferred.len());
    report.is_doubted = doubt.is_some();
    report.attention = attention(report, doubt, decision.attention);
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
        is_doubted: false,
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
