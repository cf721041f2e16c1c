//! Faults of a real server: whatever happens to it or on the way there, nothing is done twice, nothing is lost, the words name
//! the cause, and the store is usable again by itself.
//!
//! They need the server of `BACKUP365_POSTGRES`; those that break one make a cluster of their own with the programs of
//! PostgreSQL on this computer. Without either they say SKIPPED, and fail where CI is set.

#![expect(
    clippy::disallowed_methods,
    reason = "tests that start and stop a server, wait for it, and say aloud where they can't"
)]

mod cluster;
mod connecting;
mod cutting;
mod hanging;
mod holding;
mod lasting;
mod pooling;
mod proxy;
mod walking;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use self::{
    cluster::Cluster,
    proxy::{Cut, Proxy},
};
use super::{
    Address, Server, Surroundings, TestDatabase,
    test_database::{ask, is_gate},
};
use crate::{
    domain::{
        customer::{NewCustomer, Product},
        doubt::Accepts,
        failure::{Failure, FailureKind},
        id::{CustomerId, RunId, UserId},
        protection::Chosen,
        tenant::Organisation,
        text::Text,
        time::{Clock, Moment},
        user::Kind,
    },
    provider::store::{Place, Store, StoreOptions},
};

const OFFICE: Product = Product::Office365;

/// An address without surroundings.
fn address(text: &str) -> Address {
    Address::parse(text, &Surroundings::default()).unwrap()
}

/// As another process would: nothing shared but the record.
fn open_at(
    address: Address,
    operator: &'static str,
    now: &Arc<AtomicI64>,
    keys: &Path,
) -> Result<Store, Failure> {
    let now = Arc::clone(now);
    Store::open(StoreOptions {
        place: Place::Server(Box::new(address)),
        identity: keys.join("identity.txt"),
        clock: Clock::new(move || Moment::from_millis(now.load(Ordering::SeqCst))),
        account: operator.into(),
        as_user: false,
        host: "desk-4".into(),
        is_sandbox: true,
    })
}

/// A store, where the time does not matter.
fn open(address: Address, operator: &'static str) -> Result<Store, Failure> {
    open_at(address, operator, &Arc::new(AtomicI64::new(1_000_000)), Path::new("/nowhere"))
}

/// A customer by their reference, and an enabled run of theirs that the store holds.
fn enabled_run(store: &Store, reference: &'static str) -> (CustomerId, RunId) {
    let customer = NewCustomer {
        reference: reference.into(),
        name: reference.into(),
        domain: "bakery.example".into(),
        is_active: true,
        products: vec![OFFICE],
        ..NewCustomer::default()
    };
    store.seed_customers(&[customer]).unwrap();
    let all = store.customers().unwrap();
    let customer = all.into_iter().find(|customer| customer.reference.as_str() == reference).unwrap().id;
    let run = store.open_run(customer, OFFICE).unwrap().id;
    let tenant = format!("11111111-1111-4111-8111-{:012}", customer.0);
    let organisation = Organisation {
        tenant: tenant.parse().unwrap(),
        name: Some(reference.into()),
        domain: Some("bakery.example".into()),
        region: None,
    };
    store.save_organisation(&run, &organisation, &Accepts::default()).unwrap();
    store.save_proof(&run, Some(&organisation)).unwrap();
    store.enable(&run).unwrap();
    (customer, run)
}

fn users(numbers: impl IntoIterator<Item = u16>) -> Vec<Chosen> {
    let user = |number: u16| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        Chosen {
            id: UserId::from_bytes(id),
            address: Text::clean(&format!("user{number}@bakery.example")),
            name: Text::clean(&format!("User {number}")),
            kind: Kind::User,
        }
    };
    numbers.into_iter().map(user).collect()
}

/// The store's words: what happened, and what to do.
fn words(failure: &Failure) -> String {
    assert!(matches!(failure.kind, FailureKind::Record), "{failure:?}");
    format!("{} | {}", failure.what, failure.hint.for_commands())
}
