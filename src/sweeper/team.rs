//! One start of a sweeper among others: what they are at is left to them, and taken over where they stop. What another one
//! or the record's server came between is tried again by the same start.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::CustomerId,
        sweep,
        time::{Clock, Moment},
    },
    provider::{
        Provider,
        store::{RuleRow, Store},
    },
};

use super::{Key, Report, empty, lanes, passed, rules_here, with};

/// Does everything that is due now. What is not settled (another sweeper is at it, somebody changed what it works with, the
/// record's server went away) is asked for again in the end, after each of these pauses, as long as there is any: whoever
/// stopped in the middle is taken over by whoever is still here. `waiting` is told before each pause of how many customers.
///
/// # Errors
/// `Record`: the store can't be read; nothing was done. What concerns one customer is in its report.
pub async fn pass(
    provider: &Provider,
    clock: &Clock,
    pauses: &[Duration],
    waiting: impl Fn(usize) + Send,
) -> Result<Vec<Report>, Failure> {
    if let Err(failure) = with(&provider.store, Store::note_sweeper_heard).await {
        // The passes tell whether the record takes anything at all.
        tracing::warn!(what = %failure.what, "that the sweeper is at work could not be noted");
    }
    let rules = with(&provider.store, rules_here).await?;
    let mut reports = lanes::each(provider, clock, rules, passed).await;
    for pause in pauses {
        let open: BTreeSet<Key> = unsettled(&reports, &provider.store).collect();
        if open.is_empty() {
            break;
        }
        let customers: BTreeSet<CustomerId> = open.iter().map(|(customer, _)| *customer).collect();
        waiting(customers.len());
        tokio::time::sleep(*pause).await;
        match go_on(provider, clock, &open, &mut reports).await {
            // What was told before still holds, and there is another pause.
            Err(failure) if is_passing(&failure, &provider.store) => {
                tracing::warn!(what = %failure.what, "what is not settled could not be asked for");
            }
            done => done?,
        }
    }
    if provider.graph.clock_gap().is_some() && provider.graph.demand_clock().is_ok() {
        // The passes are done all the same, and the next one tries again.
        if let Err(failure) = with(&provider.store, Store::clock_is_right).await {
            tracing::warn!(what = %failure.what, "that the clock is right could not be noted");
        }
    }
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

/// The rules that another sweeper is at, or that something came between which passes by itself.
fn unsettled(reports: &[(Key, Report)], store: &Store) -> impl Iterator<Item = Key> {
    let is_open = |report: &Report| {
        report.is_elsewhere || report.failure.as_ref().is_some_and(|failure| is_passing(failure, store))
    };
    reports.iter().filter(move |(_, report)| is_open(report)).map(|(key, _)| *key)
}

/// Whether asking again may help at once: what is on record is another now, or the record is on a server, which may have gone
/// away for a moment.
fn is_passing(failure: &Failure, store: &Store) -> bool {
    match failure.kind {
        FailureKind::Conflict => true,
        FailureKind::Record => store.is_shared() && !failure.is_alarm,
        _ => false,
    }
}

/// Asks again for passes that were not settled; their reports take the place of those before, and name whom those have turned
/// on. One that was finished elsewhere has none.
async fn go_on(
    provider: &Provider,
    clock: &Clock,
    open: &BTreeSet<Key>,
    reports: &mut Vec<(Key, Report)>,
) -> Result<(), Failure> {
    let mut rules = with(&provider.store, rules_here).await?;
    rules.retain(|row| open.contains(&(row.customer.id, row.product)));
    let mut again: BTreeMap<Key, Report> =
        lanes::each(provider, clock, rules, passed).await.into_iter().collect();
    reports.retain_mut(|(key, report)| {
        if !open.contains(key) {
            return true;
        }
        let turned_on = std::mem::take(&mut report.turned_on);
        match again.remove(key) {
            Some(now) => *report = now,
            None if turned_on.is_empty() => return false,
            None => report.failure = None,
        }
        report.turned_on.splice(0..0, turned_on);
        true
    });
    Ok(())
}

/// A pass that can't be had: another sweeper is at it, unless it was finished a moment ago or the rule is gone.
pub(super) async fn elsewhere(
    provider: &Provider,
    row: &RuleRow,
    due: Moment,
    now: Moment,
) -> Option<Report> {
    let (customer, product) = (row.customer.id, row.product);
    match with(&provider.store, move |s| s.protection(customer, product)).await {
        Ok(found) => found
            .rule
            .filter(|rule| sweep::is_due(rule, now))
            .map(|_| Report { is_elsewhere: true, ..empty(row, due, now) }),
        Err(failure) => Some(Report { failure: Some(failure), ..empty(row, due, now) }),
    }
}
