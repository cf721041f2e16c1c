//! Passes against the sandbox, over a store on disk and a clock that all of them share.

mod believed;
mod changes;
mod hosted;
mod limits;
mod many;
mod passes;
mod refreshing;
mod shared;
mod team;
mod trouble;
mod watching;
mod wire;

use std::{
    fmt::Write as _,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    domain::{
        cloud::Cloud,
        customer::{Customer, Impersonation, NewCustomer},
        doubt::Accepts,
        id::{CustomerId, RunId, TenantId},
        permission::{Permission, PermissionSet, SetName},
        protection::Chosen,
        secret::Secret,
        tenant::Organisation,
        user::Kind,
    },
    provider::{
        self,
        http::{HttpOptions, Network},
        oauth::{App, Credential},
        store::{self, StoreOptions, TestDatabase},
    },
    sandbox::{self, Sandbox},
};
use wire::Wire;

const OFFICE: Product = Product::Office365;

/// Monday 23 November 2026, 14:00 in Sydney; the pass is six hours away.
const START: &str = "2026-11-23T14:00:00+11:00";

/// That evening's pass, the next and the one after it.
const NIGHTS: [&str; 3] =
    ["2026-11-23T20:00:00+11:00", "2026-11-24T20:00:00+11:00", "2026-11-25T20:00:00+11:00"];

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// A tenant of a world.
#[derive(Clone, Copy)]
struct Place {
    /// 1 to 9: makes id, domain and reference.
    number: u8,
    /// The crowd's table, without braces.
    crowd: &'static str,
    /// Troubles, as in a list.
    faults: &'static str,
    /// Seats bought.
    seats: Option<u32>,
}

impl Place {
    const fn new(number: u8, crowd: &'static str) -> Self {
        Self { number, crowd, faults: "", seats: None }
    }

    fn tenant(self) -> TenantId {
        format!("{0}{0}{0}{0}{0}{0}{0}{0}-1111-4111-8111-111111111111", self.number).parse().unwrap()
    }

    fn reference(self) -> String {
        format!("C-{}", self.number)
    }
}

/// A world's file with these tenants, and what else stands in it.
fn world(places: &[Place], rest: &str) -> String {
    let mut text = String::from(
        r#"
[partner]
tenant = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684"
name = "Coastline Partners"
domain = "coastline-partners.example"
client_id = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40"
secret = "sandbox~invented~secret"
app_name = "Backup365"
redirects = ["http://localhost/consent"]
permissions = ["Organization.Read.All", "User.Read.All", "Application.Read.All", "MailboxSettings.Read", "Mail.ReadWrite", "Calendars.ReadWrite", "Contacts.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All"]
own_permissions = []
"#,
    );
    for place in places {
        let (number, tenant) = (place.number, place.tenant());
        let (crowd, faults) = (place.crowd, place.faults);
        write!(
            text,
            r#"
[[tenant]]
id = "{tenant}"
name = "Tenant {number}"
domain = "tenant{number}.example"
initial = "tenant{number}.onmicrosoft.com"
faults = [{faults}]
crowd = {{ {crowd} }}
account = [{{ address = "admin@tenant{number}.example", name = "Admin", role = "global" }}]
"#
        )
        .unwrap();
    }
    text + rest
}

/// Everything that a night needs.
struct Stage {
    folder: TempDir,
    millis: Arc<AtomicI64>,
    /// How often one of its clocks was looked at.
    looks: Arc<AtomicI64>,
    sandbox: Option<Sandbox>,
    wire: Wire,
    /// The record lies there, and in a file otherwise.
    database: Option<TestDatabase>,
}

impl Stage {
    /// A world of these tenants, all of which have accepted; rules for all, with wide ceilings.
    async fn ruled(places: &[Place]) -> Self {
        let stage = Self::new(places, "").await;
        for place in places {
            stage.rule(*place, 10_000).await;
        }
        stage
    }

    async fn new(places: &[Place], rest: &str) -> Self {
        let millis = Arc::new(AtomicI64::new(moment(START).as_millis()));
        let mut stage = Self {
            folder: tempfile::tempdir().unwrap(),
            millis,
            looks: Arc::default(),
            sandbox: None,
            wire: Wire::start().await,
            database: None,
        };
        stage.restart(places, rest).await;
        stage
    }

    /// The same world goes on with other tenants or troubles.
    async fn restart(&mut self, places: &[Place], rest: &str) {
        self.sandbox = None;
        let file = self.folder.path().join("world.toml");
        std::fs::write(&file, world(places, rest)).unwrap();
        let told = Arc::clone(&self.millis);
        let sandbox = sandbox::start(sandbox::Options {
            world: file.to_str().unwrap().to_owned(),
            port: Some(0),
            data: Some(self.folder.path().join("sandbox")),
            now: Arc::new(move || told.load(Ordering::SeqCst)),
            faults: Vec::new(),
        })
        .await
        .unwrap();
        self.wire.leads_to(sandbox.address().port());
        self.sandbox = Some(sandbox);
    }

    fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("record/store.sqlite")
    }

    /// Changes the record behind the program's back; answers how many rows.
    fn alter(&self, statement: &str) -> usize {
        rusqlite::Connection::open(self.file()).unwrap().execute(statement, []).unwrap()
    }

    fn clock(&self) -> Clock {
        let (told, looks) = (Arc::clone(&self.millis), Arc::clone(&self.looks));
        Clock::new(move || {
            looks.fetch_add(1, Ordering::SeqCst);
            Moment::from_millis(told.load(Ordering::SeqCst))
        })
    }

    fn at(&self, time: &str) {
        self.millis.store(moment(time).as_millis(), Ordering::SeqCst);
    }

    fn pass_time(&self, time: Duration) {
        self.millis.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    fn place(&self) -> store::Place {
        let on_server = |database: &TestDatabase| store::Place::Server(Box::new(database.at()));
        self.database.as_ref().map_or_else(|| self.file().into(), on_server)
    }

    /// The store as another process would open it.
    fn store(&self) -> Store {
        Store::open(StoreOptions {
            place: self.place(),
            identity: self.folder.path().join("config/identity.txt"),
            clock: self.clock(),
            account: "ann".into(),
            as_user: false,
            host: "night-1".into(),
            is_sandbox: true,
        })
        .unwrap()
    }

    /// A provider of its own, as each start of the program has one.
    fn provider(&self) -> Provider {
        self.provider_asking(&[])
    }

    /// The same, where settings ask customers for more.
    fn provider_asking(&self, extra: &[Permission]) -> Provider {
        let partner = self.sandbox().partner();
        let origins =
            self.sandbox().origins().into_iter().map(|(from, _)| (from, self.wire.origin())).collect();
        let settings = provider::Settings {
            http: HttpOptions { origins, is_total: true, clock: self.clock(), network: Network::default() },
            app: App {
                client_id: partner.client_id.parse().unwrap(),
                partner: partner.tenant.parse().unwrap(),
                credential: Credential::Secret(Secret::new(partner.secret)),
                next: None,
            },
            cloud: Cloud::Global,
            browser_origin: None,
            done_page: None,
            permissions: PermissionSet::new(SetName::default(), extra).unwrap(),
        };
        Provider::new(&settings, self.store()).unwrap()
    }

    /// One start of `sweep`.
    async fn sweep(&self) -> Vec<Report> {
        pass(&self.provider(), &self.clock(), &[], |_none| ()).await.unwrap()
    }

    /// One start of `sweep` where there is one rule.
    async fn sweep_one(&self) -> Report {
        let mut reports = self.sweep().await;
        assert_eq!(reports.len(), 1, "{reports:?}");
        reports.remove(0)
    }

    async fn accept(&self, place: Place) {
        let link = format!(
            "https://login.microsoftonline.com/{}/adminconsent?client_id={}",
            place.tenant(),
            self.sandbox().partner().client_id
        );
        self.sandbox().rehearsal().play(&link).await.unwrap();
    }

    /// The customer accepts, the product is enabled, the rule is made.
    async fn rule(&self, place: Place, ceiling: u32) -> (CustomerId, RunId) {
        self.accept(place).await;
        let store = self.store();
        let (customer, run) = open(&store, place, OFFICE);
        let found = Organisation { tenant: place.tenant(), name: None, domain: None, region: None };
        store.save_organisation(&run, &found, &Accepts::default()).unwrap();
        store.save_proof(&run, Some(&found)).unwrap();
        store.enable(&run).unwrap();
        store.make_rule(&run, 3, ceiling).unwrap();
        (customer, run)
    }

    /// Enables hosted Exchange and makes the rule.
    fn hosted_rule(&self, place: Place, access: &Impersonation) -> CustomerId {
        let store = self.store();
        let (customer, run) = open(&store, place, Product::MpExchange);
        store.save_impersonation(&run, access, &Accepts::default()).unwrap();
        store.save_proof(&run, None).unwrap();
        store.enable(&run).unwrap();
        store.make_rule(&run, 3, 1_000).unwrap();
        customer
    }

    fn protection(&self, place: Place, product: Product) -> Protection {
        let store = self.store();
        let customer = called(&store, place);
        store.protection(customer.id, product).unwrap()
    }

    /// Names of those who are on, in order.
    fn on(&self, place: Place) -> Vec<String> {
        let mut names: Vec<_> =
            self.protection(place, OFFICE).seats.iter().map(|seat| seat.name.to_string()).collect();
        names.sort();
        names
    }

    /// Opens the customer's run in a store of its own.
    fn take(&self, place: Place) -> (Store, RunId) {
        let store = self.store();
        let customer = called(&store, place);
        let run = store.open_run(customer.id, OFFICE).unwrap().id;
        (store, run)
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("http://{}/sandbox/{path}", self.sandbox().address());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
        answer.json().await.unwrap()
    }

    /// Somebody joins; answers the object id.
    async fn joins(&self, place: Place, name: &str, kind: &str) -> UserId {
        let body = json!({"tenant": place.tenant().to_string(), "displayName": name, "kind": kind});
        self.post("users", body).await["id"].as_str().unwrap().parse().unwrap()
    }

    async fn leaves(&self, place: Place, user: UserId) {
        let body = json!({"tenant": place.tenant().to_string(), "user": user.to_string()});
        self.post("users/remove", body).await;
    }
}

/// The customer on record who has that place in the sandbox.
fn called(store: &Store, place: Place) -> Customer {
    let reference = place.reference();
    store.customers().unwrap().into_iter().find(|one| one.reference.as_str() == reference).unwrap()
}

fn open(store: &Store, place: Place, product: Product) -> (CustomerId, RunId) {
    let customer = NewCustomer {
        reference: Text::clean(&place.reference()),
        name: Text::of(format_args!("Customer {}", place.number)),
        domain: Text::of(format_args!("tenant{}.example", place.number)),
        is_active: true,
        products: Product::ALL.to_vec(),
        seats: place.seats,
        ..NewCustomer::default()
    };
    store.seed_customers(&[customer]).unwrap();
    let customer = called(store, place).id;
    (customer, store.open_run(customer, product).unwrap().id)
}

/// Names of those who were turned on, in order.
fn names(report: &Report) -> Vec<&str> {
    let mut names: Vec<_> = report.turned_on.iter().map(|user| user.name.as_str()).collect();
    names.sort_unstable();
    names
}

/// Waits until something is true.
async fn wait_for(what: &str, mut is_true: impl FnMut() -> bool) {
    let waiting = async {
        while !is_true() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}
