//! One suite for the record: what comes back is what was committed, whatever happened in between. It is compiled twice: as
//! `tests` the record lies in a file, as `tests_on_server` in a database of its own on the server that
//! `BACKUP365_POSTGRES` names, as a role that may make databases;
//! stores are opened there as a role with an operator's rights and no more.

mod access;
mod applying;
mod billing;
mod changing_hands;
mod clock;
mod consent;
mod corrections;
mod customers;
mod detail;
mod keys;
mod moving;
mod opening;
mod operators;
mod own_right;
mod owning;
mod partner;
mod random;
mod reading;
mod ruling;
mod running;
mod status;
mod sweeping;
mod team;
mod workers;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Fate, Place, Sharing, Store, StoreOptions, postgres::TestDatabase};
use crate::domain::{
    customer::{Customer, Impersonation, Listing, NewCustomer, Product},
    doubt::Accepts,
    failure::{Failure, FailureKind},
    id::{CustomerId, RunId, UserId},
    protection::{Chosen, SeatOutcome, SeatResult},
    secret::Secret,
    tenant::Organisation,
    text::Text,
    time::{Clock, Moment},
    user::Kind,
    verdict::ListSummary,
};

/// Whether this is the suite on a server.
const IS_ON_SERVER: bool = matches!(module_path!().as_bytes(), [.., b's', b'e', b'r', b'v', b'e', b'r']);

/// A record of its own, and a clock that the test moves.
struct World {
    folder: TempDir,
    now: Arc<AtomicI64>,
    /// On a server; none: in a file.
    database: Option<TestDatabase>,
    /// Whether it is opened there by the role that made the tables; otherwise by one that may only work with them.
    is_by_owner: bool,
}

impl World {
    /// One that is opened by the owner of its tables, as whoever moves a record needs to be.
    fn by_owner() -> Self {
        Self { is_by_owner: true, ..Self::new() }
    }

    fn new() -> Self {
        let database = if IS_ON_SERVER { TestDatabase::prepared() } else { None };
        let now = Arc::new(AtomicI64::new(1_000_000));
        Self { folder: tempfile::tempdir().unwrap(), now, database, is_by_owner: false }
    }

    /// For what only a file has; none in the suite on a server.
    fn on_file() -> Option<Self> {
        (!IS_ON_SERVER).then(Self::new)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("data/store.db")
    }

    fn identity(&self) -> PathBuf {
        self.folder.path().join("config/identity.txt")
    }

    fn place(&self) -> Place {
        match &self.database {
            Some(database) if self.is_by_owner => Place::Server(Box::new(database.at())),
            Some(database) => Place::Server(Box::new(database.at_as_operator())),
            None => self.file().into(),
        }
    }

    fn options(&self, operator: &'static str) -> StoreOptions {
        let now = Arc::clone(&self.now);
        StoreOptions {
            place: self.place(),
            identity: self.identity(),
            clock: Clock::new(move || Moment::from_millis(now.load(Ordering::SeqCst))),
            account: operator.into(),
            as_user: false,
            host: "desk-4".into(),
            is_sandbox: true,
        }
    }

    /// As another process would: nothing shared but the record.
    fn open(&self, operator: &'static str) -> Store {
        Store::open(self.options(operator)).unwrap()
    }

    fn at(&self, millis: i64) {
        self.now.store(millis, Ordering::SeqCst);
    }

    /// A connection behind the store's back, to a file.
    fn raw(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }

    /// Changes the record behind the store's back, by statements without values.
    fn run(&self, sql: &str) {
        match &self.database {
            Some(database) => database.run(sql),
            None => self.raw().execute_batch(sql).unwrap(),
        }
    }

    /// The first column of what a statement finds, as words.
    fn words(&self, sql: &str) -> Vec<String> {
        if let Some(database) = &self.database {
            return database.words(sql);
        }
        let raw = self.raw();
        let mut statement = raw.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            row.get::<_, String>(0).or_else(|_number| row.get::<_, i64>(0).map(|number| number.to_string()))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The first column of the first row, a number.
    fn number(&self, sql: &str) -> i64 {
        self.words(sql)[0].parse().unwrap()
    }
}

const TENANT: &str = "11111111-1111-4111-8111-111111111111";
const OTHER_TENANT: &str = "22222222-2222-4222-8222-222222222222";

fn new_customer(reference: &'static str, name: &'static str, products: &[Product]) -> NewCustomer {
    NewCustomer {
        reference: reference.into(),
        name: name.into(),
        domain: "bakery.example".into(),
        is_active: true,
        products: products.to_vec(),
        ..NewCustomer::default()
    }
}

fn organisation(tenant: &str) -> Organisation {
    Organisation {
        tenant: tenant.parse().unwrap(),
        name: Some("Bakery Ltd".into()),
        domain: Some("bakery.example".into()),
        region: Some("OC".into()),
    }
}

fn impersonation(password: &str) -> Impersonation {
    Impersonation {
        server: "https://mail.hoster.example/EWS/Exchange.asmx".into(),
        account: "svc@hoster.example".into(),
        password: Secret::new(password.to_owned()),
        sample: "ana@bakery.example".parse().unwrap(),
        domains: vec!["bakery.example".into()],
        listing: Listing::Given(vec![
            "ana@bakery.example".parse().unwrap(),
            "ben@bakery.example".parse().unwrap(),
        ]),
    }
}

fn user(number: u8) -> Chosen {
    Chosen {
        id: UserId::from_bytes([number; 16]),
        address: Text::clean(&format!("user{number}@bakery.example")),
        name: Text::clean(&format!("User {number}")),
        kind: Kind::User,
    }
}

fn users(numbers: impl IntoIterator<Item = u8>) -> Vec<Chosen> {
    numbers.into_iter().map(user).collect()
}

fn outcomes(results: &[SeatResult]) -> Vec<SeatOutcome> {
    results.iter().map(|result| result.outcome.clone()).collect()
}

/// The customer on record with that reference.
fn called(store: &Store, reference: &str) -> Customer {
    store.customers().unwrap().into_iter().find(|customer| customer.reference.as_str() == reference).unwrap()
}

/// What became of each customer of a file.
fn imported(store: &Store, file: &[NewCustomer], sharing: &[Sharing], is_dry: bool) -> Vec<Fate> {
    let fates = store.import_customers(sharing, is_dry, |_| Ok::<_, Failure>(file.to_vec()));
    fates.unwrap().unwrap()
}

/// A customer of the store, with all three products.
fn customer(store: &Store) -> Customer {
    store.seed_customers(&[new_customer("C-1", "Bakery", &Product::ALL)]).unwrap();
    called(store, "C-1")
}

/// A run of a fresh customer that is enabled.
fn enabled_run(store: &Store, product: Product) -> (Customer, RunId) {
    let customer = customer(store);
    let run = store.open_run(customer.id, product).unwrap().id;
    if product.is_hosted() {
        store.save_impersonation(&run, &impersonation("hunter2"), &Accepts::default()).unwrap();
        store.save_proof(&run, None).unwrap();
    } else {
        store.save_organisation(&run, &organisation(TENANT), &Accepts::default()).unwrap();
        store.save_proof(&run, Some(&organisation(TENANT))).unwrap();
    }
    store.enable(&run).unwrap();
    (customer, run)
}

fn limit_seats(world: &World, seats: u32) {
    world.run(&format!("UPDATE customer SET seats = {seats}"));
}

fn kind<T: std::fmt::Debug>(result: Result<T, Failure>) -> FailureKind {
    result.unwrap_err().kind
}
