//! One start of a sweeper among others: what they are at is left to them, and taken over where they stop.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    domain::{
        failure::Failure,
        sweep,
        time::{Clock, Moment},
    },
    provider::{
        Provider,
        store::{RuleRow, Store},
    },
};

use super::{Key, Report, empty, lanes, passed, with};

/// Does everything that is due now. What another sweeper is at is asked for again in the end, after each of these pauses, as
/// long as there is any: whoever stopped in the middle is taken over by whoever is still here. `waiting` is told how many
/// there are before each pause.
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
    let rules = with(&provider.store, Store::rules).await?;
    let mut reports = lanes::each(provider, clock, rules, passed).await;
    for pause in pauses {
        let held: BTreeSet<Key> = elsewhere_of(&reports).collect();
        if held.is_empty() {
            break;
        }
        waiting(held.len());
        tokio::time::sleep(*pause).await;
        take_over(provider, clock, &held, &mut reports).await?;
    }
    if provider.graph.clock_gap().is_some() && provider.graph.demand_clock().is_ok() {
        // The passes are done all the same, and the next one tries again.
        if let Err(failure) = with(&provider.store, Store::clock_is_right).await {
            tracing::warn!(what = %failure.what, "that the clock is right could not be noted");
        }
    }
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

/// The rules that another sweeper is at.
fn elsewhere_of(reports: &[(Key, Report)]) -> impl Iterator<Item = Key> {
    reports.iter().filter(|(_, report)| report.is_elsewhere).map(|(key, _)| *key)
}

/// Asks again for passes that another sweeper had; their reports take the place of those before. One that was finished there
/// has none.
async fn take_over(
    provider: &Provider,
    clock: &Clock,
    held: &BTreeSet<Key>,
    reports: &mut Vec<(Key, Report)>,
) -> Result<(), Failure> {
    let mut rules = with(&provider.store, Store::rules).await?;
    rules.retain(|row| held.contains(&(row.customer.id, row.product)));
    let mut again: BTreeMap<Key, Report> =
        lanes::each(provider, clock, rules, passed).await.into_iter().collect();
    reports.retain_mut(|(key, report)| {
        if !held.contains(key) {
            return true;
        }
        again.remove(key).map(|now| *report = now).is_some()
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
