//! Customers of a pass, several at once: a server that is dead or slow keeps the customers on it waiting, and no other.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    time::Duration,
};

use crate::{
    domain::{id::CustomerId, time::Clock},
    provider::{
        Provider,
        caught::caught,
        side_by_side::side_by_side,
        store::{RuleAccess, RuleRow, ServerPlace, Store},
    },
};

use super::{AGAIN, Key, Report, empty, moment_of, with};

/// Customers on one hoster's server at once, whatever the settings say and however many sweepers there are. A guess: each has
/// an account of its own, and each account up to eight requests.
const OF_SERVER: usize = 4;

/// Between two looks for a place on a hoster's server, where other sweepers have all of them.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often is looked, five minutes in all: a sweeper that was stopped and keeps its places delays nobody for longer.
const LOOKS: u32 = 300;

/// Servers at once, Microsoft's cloud being one of them: more dead ones than anybody has.
const SERVERS: usize = 64;

/// The rules of one customer, and the places of their reports. One after the other: they share the seats of the customer.
type OfCustomer = Vec<(usize, RuleRow)>;

/// Has `go` work on these rules, several customers at once; reports in the order of the rules. A panic is the report of the
/// rule on which it happened.
pub(super) async fn each<F>(
    provider: &Provider,
    clock: &Clock,
    rules: Vec<RuleRow>,
    go: impl Fn(Provider, Clock, RuleRow) -> F + Copy + Send + Sync + 'static,
) -> Vec<(Key, Report)>
where
    F: Future<Output = Option<Report>> + Send + 'static,
{
    let around = || (provider.clone(), clock.clone());
    let most = usize::from(provider.at_once);
    let of_servers = side_by_side(lanes(rules), SERVERS, |(server, customers)| {
        let around = around();
        let at_once = if server.is_some() { OF_SERVER.min(most) } else { most };
        async move {
            let go = |rules| on_place(around.clone(), server.clone(), rules, go);
            side_by_side(customers, at_once, go).await
        }
    });
    let mut reports: Vec<_> = of_servers.await.into_iter().flatten().flatten().collect();
    reports.sort_by_key(|(place, ..)| *place);
    reports.into_iter().map(|(_, key, report)| (key, report)).collect()
}

/// Works on the rules of one customer, with a place on the hoster's server that they are on.
async fn on_place<F>(
    (provider, clock): (Provider, Clock),
    server: Option<String>,
    rules: OfCustomer,
    go: impl Fn(Provider, Clock, RuleRow) -> F + Send,
) -> Vec<(usize, Key, Report)>
where
    F: Future<Output = Option<Report>> + Send + 'static,
{
    let store = provider.store.clone();
    let place = match server {
        Some(server) => place(&store, server).await,
        None => None,
    };
    let reports = one_by_one((provider, clock), rules, go).await;
    // Let go of by the record's server: not on this thread.
    let let_go = move |_: &Store| {
        drop(place);
        Ok(())
    };
    let _free = with(&store, let_go).await;
    reports
}

/// A place on a hoster's server, waited for; none where nobody let go of one for long, or where the record can't be asked: then
/// the work goes on, and says what it meets.
async fn place(store: &Store, server: String) -> Option<ServerPlace> {
    for _ in 0..LOOKS {
        let host = server.clone();
        match with(store, move |s| s.place_on(&host, OF_SERVER)).await {
            Ok(None) => tokio::time::sleep(LOOK_EVERY).await,
            Ok(place) => return place,
            Err(failure) => {
                tracing::warn!(what = %failure.what, server, "the record could not be asked for a place");
                return None;
            }
        }
    }
    tracing::warn!(server, "other sweepers let go of no place on a hoster's server");
    None
}

/// Works on the rules of one customer.
async fn one_by_one<F>(
    (provider, clock): (Provider, Clock),
    rules: OfCustomer,
    go: impl Fn(Provider, Clock, RuleRow) -> F + Send,
) -> Vec<(usize, Key, Report)>
where
    F: Future<Output = Option<Report>> + Send + 'static,
{
    let mut reports = Vec::new();
    for (place, row) in rules {
        let (now, key) = (clock.now(), (row.customer.id, row.product));
        let blank = empty(&row, moment_of(&row, now), now);
        let done = caught(go(provider.clone(), clock.clone(), row)).await;
        let fault = |panicked: crate::provider::caught::Panicked| {
            Some(Report { failure: Some(panicked.failure(AGAIN)), ..blank })
        };
        reports.extend(done.unwrap_or_else(fault).map(|report| (place, key, report)));
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
        RuleAccess::Consent(_) | RuleAccess::KeyLost(_) | RuleAccess::Missing => None,
    }
}
