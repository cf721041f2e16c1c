//! Customers of a pass, several at once: a server that is dead or slow keeps the customers on it waiting, and no other.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use crate::{
    domain::{failure::Failure, id::CustomerId, time::Clock},
    provider::{
        Provider,
        caught::caught,
        side_by_side::side_by_side,
        store::{RuleAccess, RuleRow},
    },
};

use super::{AGAIN, Report, empty, moment_of, with};

/// Customers on Microsoft's cloud at once. A guess: 2,000 of them at three answers of 300 ms each take two minutes, and so
/// many whole lists, taken every six days, fit into memory.
const OF_MICROSOFT: usize = 16;

/// Customers on one hoster's server at once. A guess: each has an account of its own, and each account up to eight requests.
const OF_SERVER: usize = 4;

/// Servers at once, Microsoft's cloud being one of them: more dead ones than anybody has.
const SERVERS: usize = 64;

/// The rules of one customer, and the places of their reports. One after the other: they share the seats of the customer.
type OfCustomer = Vec<(usize, RuleRow)>;

/// Has `go` work on every rule that there is, several customers at once; reports in the order of the rules. A panic is the
/// report of the rule on which it happened.
pub(super) async fn each<F>(
    provider: &Provider,
    clock: &Clock,
    go: impl Fn(Provider, Clock, RuleRow) -> F + Copy + Send + Sync + 'static,
) -> Result<Vec<Report>, Failure>
where
    F: Future<Output = Option<Report>> + Send + 'static,
{
    let around = || (provider.clone(), clock.clone());
    // A record that was moved turns nobody on: the passes are made where it is now.
    let lanes =
        lanes(with(&provider.store, |store| store.demand_unmoved().and_then(|()| store.rules())).await?);
    let of_servers = side_by_side(lanes, SERVERS, |(server, customers)| {
        let around = around();
        let at_once = if server.is_some() { OF_SERVER } else { OF_MICROSOFT };
        async move { side_by_side(customers, at_once, |rules| one_by_one(around.clone(), rules, go)).await }
    });
    let mut reports: Vec<_> = of_servers.await.into_iter().flatten().flatten().collect();
    reports.sort_by_key(|(place, _)| *place);
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

/// Works on the rules of one customer.
async fn one_by_one<F>(
    (provider, clock): (Provider, Clock),
    rules: OfCustomer,
    go: impl Fn(Provider, Clock, RuleRow) -> F + Send,
) -> Vec<(usize, Report)>
where
    F: Future<Output = Option<Report>> + Send + 'static,
{
    let mut reports = Vec::new();
    for (place, row) in rules {
        let now = clock.now();
        let blank = empty(&row, moment_of(&row, now), now);
        let done = caught(go(provider.clone(), clock.clone(), row)).await;
        let fault = |panicked: crate::provider::caught::Panicked| {
            Some(Report { failure: Some(panicked.failure(AGAIN)), ..blank })
        };
        reports.extend(done.unwrap_or_else(fault).map(|report| (place, report)));
    }
    reports
}

/// The customers by the server that they are on, none being Microsoft's cloud, which comes first. A customer on both is
/// on the hoster's.
fn lanes(rows: Vec<RuleRow>) -> BTreeMap<Option<String>, Vec<OfCustomer>> {
    let mut customers: BTreeMap<CustomerId, OfCustomer> = BTreeMap::new();
    for (place, row) in rows.into_iter().enumerate() {
        customers.entry(row.customer.id).or_default().push((place, row));
    }
    let mut lanes: BTreeMap<Option<String>, Vec<OfCustomer>> = BTreeMap::new();
    for rules in customers.into_values() {
        let servers: BTreeSet<String> = rules.iter().filter_map(|(_, row)| server(row)).collect();
        lanes.entry(servers.into_iter().next()).or_default().push(rules);
    }
    lanes
}

/// The hoster's server that a rule is worked on with.
fn server(row: &RuleRow) -> Option<String> {
    match &row.access {
        RuleAccess::Impersonation(access) => {
            Some(access.server.shown().host().to_text().as_str().to_lowercase())
        }
        RuleAccess::Consent(_) | RuleAccess::KeyLost | RuleAccess::Missing => None,
    }
}
