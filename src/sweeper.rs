//! One pass of Enable Auto over every customer with the rule: claim, list, decide, write.
//!
//! What is decided is in `domain/sweep.rs`, what is believed in `domain/believed.rs`; here is only the carrying out. A pass that died half-way is taken up where
//! it stopped, because users who have a seat already are not candidates any more. Any number of sweepers on one
//! store do each customer once, because each claims before it lists. A customer whose list can't be read stays due, and rule 17 tells
//! everybody.

mod consent;
mod graph;
mod hosted;
mod lanes;
mod refresh;
mod report;
mod team;
mod watch;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    domain::{
        believed::{Doubt, Expected, LOOKED_FOR_AT_MOST},
        checked::Checked,
        customer::{Listing, Product},
        failure::{Failure, FailureKind},
        id::{CustomerId, TenantId, UserId},
        keys::KeyNeeded,
        protection::{Chosen, Protection, Seat, SeatOutcome, SeatResult},
        sweep::{self, Candidate, Decision, Terms},
        sydney,
        text::Text,
        time::{Clock, Moment},
    },
    provider::{
        Provider, blocking,
        store::{Belief, Kept, ListRecord, Roster, RuleAccess, RuleRow, Store, SweepClaim, SweepSummary},
    },
};

use graph::Position;
pub use refresh::refresh;
pub use report::Report;
use report::{empty, fill};
pub use team::pass;
pub use watch::watch;

/// What to do about a fault of our own.
const AGAIN: &str = "Start the sweep again: what it has done is kept.";

/// Seats written in one transaction.
const SEATS_AT_ONCE: usize = 200;

/// Whose users, of which product.
type Key = (CustomerId, Product);

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
    async fn of(provider: &Provider, (customer, product): Key) -> Result<Self, Failure> {
        let shorter_percent = provider.shorter_percent;
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
    /// What the listing could not see.
    gaps: Vec<Text>,
    /// Users whom the last pass left to a later one; filled in once all are listed.
    waited: BTreeSet<UserId>,
    /// What to keep for the next pass, once this one is believed and has left no user behind.
    next: Option<Next>,
}

impl Seen {
    /// The same with the candidates of a list before it: whoever was in one of the two is there, and what either was told
    /// of the mailboxes is kept. What the list can't see is what the later one says.
    fn and(mut self, before: Self) -> Self {
        let here: BTreeSet<UserId> = self.candidates.iter().map(|c| c.user.id).collect();
        self.candidates.extend(before.candidates.into_iter().filter(|c| !here.contains(&c.user.id)));
        if let (Some((_, checks)), Some((_, earlier))) = (&mut self.checks, before.checks) {
            checks.extend(earlier);
        }
        self
    }
}

/// What two askings could not see, each said once.
fn union(mut gaps: Vec<Text>, more: Vec<Text>) -> Vec<Text> {
    let new: Vec<Text> = more.into_iter().filter(|gap| !gaps.contains(gap)).collect();
    gaps.extend(new);
    gaps
}

/// What the next pass starts from.
#[derive(Debug)]
enum Next {
    /// A Graph delta link, and when the list was last taken whole.
    Delta(Position),
    /// The mailboxes of a hosted customer.
    Roster(Roster),
}

/// Does the pass of one rule, if it is due.
async fn passed(provider: Provider, clock: Clock, row: RuleRow) -> Option<Report> {
    let now = clock.now();
    if !sweep::is_due(&row.rule, now) {
        return None;
    }
    let due = sydney::latest_2000(now);
    let (customer, product) = (row.customer.id, row.product);
    let failed = |failure| Some(Report { failure: Some(failure), ..empty(&row, due, now) });
    if let Some(failure) = paused(&provider, customer, product).await {
        return failed(failure);
    }
    match with(&provider.store, move |s| s.claim_sweep(customer, product, due)).await {
        // It has waited for its turn: the access, the list that was given and the rule may be others by now.
        Ok(Some(claim)) => match with(&provider.store, move |s| s.rule(customer, product)).await {
            Ok(row) => Some(one(&provider, &row?, claim, due, now).await),
            Err(failure) => failed(failure),
        },
        Ok(None) => team::elsewhere(&provider, &row, due, now).await,
        Err(failure) => failed(failure),
    }
}

/// The rules of a record that is worked with here: one that was moved turns nobody on.
fn rules_here(store: &Store) -> Result<Vec<RuleRow>, Failure> {
    store.demand_unmoved()?;
    store.rules()
}

/// What the next pass would do: lists and decides, writes nothing.
///
/// # Errors
/// As [`pass`].
pub async fn preview(provider: &Provider, clock: &Clock) -> Result<Vec<Report>, Failure> {
    let rules = with(&provider.store, rules_here).await?;
    let reports = lanes::each(provider, clock, rules, foreseen).await;
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

/// What the next pass of one rule would do.
async fn foreseen(provider: Provider, clock: Clock, row: RuleRow) -> Option<Report> {
    let now = clock.now();
    let due = moment_of(&row, now);
    let mut report = empty(&row, due, now);
    let key = (row.customer.id, row.product);
    if let Some(failure) = paused(&provider, key.0, key.1).await {
        return Some(Report { failure: Some(failure), ..report });
    }
    match foresee(&provider, &row, due, now).await {
        Ok((decision, seen)) => fill(&mut report, decision, &seen),
        Err(failure) => {
            keep_pause(&provider, key, &failure).await;
            report.failure = Some(failure);
        }
    }
    if let Some((tenant, look)) = consent::told(&provider, &row, report.failure.as_ref()).await {
        let known = with(&provider.store, move |s| s.consent(tenant)).await.unwrap_or_default();
        consent::accept_again(&provider, &mut report, tenant, known.after(&look, now).trouble);
    }
    Some(report)
}

/// The 20:00 that the next pass of a rule works for.
fn moment_of(row: &RuleRow, now: Moment) -> Moment {
    if sweep::is_due(&row.rule, now) { sydney::latest_2000(now) } else { sydney::next_2000(now) }
}

/// Why a customer is left in peace for now: the other side asked for it, at an earlier start maybe.
async fn paused(provider: &Provider, customer: CustomerId, product: Product) -> Option<Failure> {
    let failure = with(&provider.store, move |s| s.demand_no_pause(customer, product)).await.err()?;
    if failure.kind != FailureKind::Throttled {
        return Some(failure);
    }
    Some(Failure { hint: "Nothing needs to be done: the sweep is tried again after that.".into(), ..failure })
}

/// Keeps what the other side asked to wait, where it asked.
async fn keep_pause(provider: &Provider, (customer, product): Key, failure: &Failure) {
    let failure = failure.clone();
    let keep = move |s: &Store| s.keep_pause_of(customer, product, &failure);
    if let Err(failure) = with(&provider.store, keep).await {
        tracing::warn!(what = %failure.what, "how long to wait could not be kept");
    }
}

/// Lists and decides for one customer.
async fn foresee(
    provider: &Provider,
    row: &RuleRow,
    due: Moment,
    now: Moment,
) -> Result<(Decision, Seen), Failure> {
    let mut seen = look(provider, row, due, now).await?;
    let (customer, product) = (row.customer.id, row.product);
    let mut protection = with(&provider.store, move |s| s.protection(customer, product)).await?;
    if let Some(rule) = &mut protection.rule {
        rule.made = sweep::made_before(rule, due, now);
    }
    let decision = decide(row, &protection, due, &seen);
    seen.broken.take().map_or(Ok((decision, seen)), Err)
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
            "Start the sweep again: it works with what is on record now.",
        ));
        return report;
    }
    let looked = look(provider, row, due, now).await;
    if claim.is_ahead_of_clock() && provider.graph.clock_gap().is_none() {
        // A hoster's server tells nothing about this clock, and a rule is set right only by one that is right.
        let _told_or_not = provider.graph.sign_in().await;
    }
    // Microsoft's answers tell a wrong clock before anything is written.
    if let Err(failure) = provider.graph.demand_clock() {
        report.failure = Some(failure);
        return report;
    }
    let consent = consent::told(provider, row, looked.as_ref().err()).await;
    if let Some((tenant, sight)) = consent::seen(provider, row, looked.as_ref().err()).await {
        provider.keep_sight(tenant, sight).await;
    }
    let done = match looked {
        Ok(seen) => write(provider, row, claim, due, seen, &mut report).await,
        Err(failure) if failure.kind == FailureKind::Refused => {
            // The code goes with it: the words may send somebody to ask what it means.
            (report.attention, report.is_stopped) = (Some(failure.in_full()), true);
            finish(provider, claim, &report).await
        }
        Err(failure) => Err(failure),
    };
    if let Err(failure) = done {
        keep_pause(provider, (row.customer.id, row.product), &failure).await;
        report.failure = Some(failure);
    }
    if let Some((tenant, look)) = consent {
        let known = provider.keep_look(tenant, look).await;
        consent::accept_again(provider, &mut report, tenant, known.and_then(|consent| consent.trouble));
    }
    report
}

/// Turns users on, in the order in which the record keeps them: it takes half the time of any other order. What
/// became of those who were reached stands in `results`, also where it is broken off.
async fn turn_on_each(
    provider: &Provider,
    mut claim: SweepClaim,
    users: &[Chosen],
    results: &mut Vec<SeatResult>,
) -> Result<SweepClaim, Failure> {
    let mut in_order: Vec<&Chosen> = users.iter().collect();
    in_order.sort_unstable_by_key(|user| user.id);
    for batch in in_order.chunks(SEATS_AT_ONCE) {
        let batch: Vec<Chosen> = batch.iter().map(|user| (*user).clone()).collect();
        let (back, done) = with(&provider.store, move |s| {
            let done = s.sweep_apply(&claim, &batch)?;
            Ok((claim, done))
        })
        .await?;
        claim = back;
        results.extend(done);
    }
    Ok(claim)
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
    let claim = if claim.is_ahead_of_clock() {
        with(&provider.store, move |s| s.set_right(&claim).map(|()| claim)).await?
    } else {
        claim
    };
    if let Some((tenant, checks)) = seen.checks.take() {
        with(&provider.store, move |s| s.keep_checked(tenant, &checks)).await?;
    }
    let protection = with(&provider.store, move |s| s.protection(customer, product)).await?;
    let mut decision = decide(row, &protection, due, &seen);
    let (turn_on, mut waiting) =
        (std::mem::take(&mut decision.turn_on), std::mem::take(&mut decision.deferred));
    fill(report, decision, &seen);
    let mut results = Vec::with_capacity(turn_on.len());
    let claimed = turn_on_each(provider, claim, &turn_on, &mut results).await;
    let mut on = HashSet::with_capacity(turn_on.len());
    for SeatResult { user, outcome } in results {
        match outcome {
            SeatOutcome::TurnedOn | SeatOutcome::AlreadyOn => _ = on.insert(user.id),
            SeatOutcome::Excluded => {}
            _ => waiting.push(user.id),
        }
    }
    report.turned_on.extend(turn_on.into_iter().filter(|user| on.contains(&user.id)));
    let mut claim = claimed?;
    report.deferred = count(waiting.len());
    if let Some(failure) = seen.broken {
        // Nothing was believed and nothing is kept, and the pass stays due.
        return Err(failure);
    }
    let kept = kept(seen, waiting, &protection, due, lists_given(&row.access));
    report.left = count(kept.left.len());
    // A rule that was confirmed again since the pass began owes users of whom the pass knows nothing.
    let before = Protection { rule: Some(row.rule.clone()), ..protection };
    claim = with(&provider.store, move |s| {
        s.keep_pass(&claim, &before, &kept)?;
        Ok(claim)
    })
    .await?;
    finish(provider, claim, report).await
}

/// What this pass leaves to the next one. With too many users waiting the old position stays, so that they are all seen
/// again; where nothing is believed it stays, too, and nobody is marked as gone.
fn kept(seen: Seen, waiting: Vec<UserId>, protection: &Protection, due: Moment, is_given: bool) -> Kept {
    let list = sweep::summary(&seen.candidates, protection, is_given, seen.gaps);
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
    Kept { belief: seen.belief, list, position, roster, waiting, left, back }
}

/// Whether the mailboxes are those of a list that an operator gave.
fn lists_given(access: &RuleAccess) -> bool {
    matches!(access, RuleAccess::Impersonation(access) if matches!(access.listing, Listing::Given(_)))
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
    let held = Held::of(provider, (row.customer.id, row.product)).await?;
    let seen = looked(provider, row, &held, due, now).await?;
    // Before the first pass the record holds whom the rule was made for, and no pass has left them off.
    let has_passed = row.rule.last_pass.is_some_and(|last| last < due);
    let waited = held.scheduled.into_iter().filter(|_| has_passed).map(|(id, _)| id).collect();
    Ok(Seen { waited, ..seen })
}

/// Lists by the way in that there is.
async fn looked(
    provider: &Provider,
    row: &RuleRow,
    held: &Held,
    due: Moment,
    now: Moment,
) -> Result<Seen, Failure> {
    let key = (row.customer.id, row.product);
    match &row.access {
        RuleAccess::Consent(organisation) => graph::look(provider, key, organisation, held, now).await,
        RuleAccess::Impersonation(access) => hosted::look(provider, key, access, held, due).await,
        RuleAccess::KeyLost(needed) => Err(key_lost(needed)),
        RuleAccess::Missing => Err(not_enabled()),
    }
}

/// The password that opens the mailboxes can't be read.
fn key_lost(needed: &KeyNeeded) -> Failure {
    const AGAIN: &str = "Open the customer in the wizard and enter the password again.";
    let advice = needed.advice();
    if advice.is_empty() {
        let what = "the key file for the impersonation password is gone";
        return Failure::new(FailureKind::Refused, what, AGAIN);
    }
    let what = "the mailbox password is not encrypted for this computer's key";
    Failure::new(FailureKind::Refused, what, advice)
}

/// There is nothing to list any more.
fn not_enabled() -> Failure {
    Failure::new(
        FailureKind::Refused,
        "the product is not enabled any more",
        "Open the customer in the wizard and enable it again.",
    )
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
        waited: &seen.waited,
        used_elsewhere: protection.used_elsewhere,
        limit: protection.limit,
    };
    sweep::decide(&terms, due, &seen.candidates)
}

/// A call of the store, on a blocking thread.
async fn with<T, F>(store: &Store, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&Store) -> Result<T, Failure> + Send + 'static,
{
    let store = store.clone();
    blocking::run(AGAIN, move || work(&store)).await
}

#[cfg(test)]
mod tests;
