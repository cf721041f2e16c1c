//! What everything is measured on: one sandbox as a process of its own, with one tenant for each size; one home folder
//! with a run for each tenant, enabled; and the same texts as lists for the other programs.
//!
//! The wizard works as it does with Microsoft: settings name its application, and the table of addresses leads to the
//! sandbox. So neither the time nor the memory of the server is counted as ours.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use backup365::{
    domain::{
        checked::Checked,
        cloud::Cloud,
        customer::{NewCustomer, Product},
        doubt::Accepts,
        id::{CustomerId, TenantId},
        permission::PermissionSet,
        run::RunRecord,
        secret::Secret,
        tenant::Organisation,
        text::Text,
        time::Clock,
        user::UserPage,
    },
    provider::{
        self, Provider,
        graph::Memory,
        http::{HttpOptions, Network},
        listed::Listed,
        oauth::{App, Credential},
        store::{Store, StoreOptions},
    },
    runner,
};
use tokio::{runtime::Runtime, sync::mpsc};

use crate::server::{CLIENT, PARTNER, SECRET, Server, tenant, world_text};

/// Sizes of the tenants, users.
pub(crate) const SIZES: [usize; 4] = [100, 10_000, 100_000, 500_000];

/// Origins that the sandbox answers for.
const ORIGINS: [&str; 2] = [Cloud::Global.login(), Cloud::Global.graph()];

/// The texts of one row.
pub(crate) struct Texts {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) department: String,
}

/// All rows of one tenant.
pub(crate) struct List {
    pub(crate) rows: Vec<Texts>,
    /// One folded line for each row.
    folded: Vec<String>,
}

impl List {
    /// How many rows hold these letters.
    pub(crate) fn holding(&self, letters: &str) -> usize {
        self.folded.iter().filter(|line| line.contains(letters)).count()
    }
}

/// Everything that is measured on.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    home: PathBuf,
    /// The sandbox.
    pub(crate) server: Server,
    /// A runtime as the program has it: one thread for calls, others for what blocks.
    pub(crate) runtime: Runtime,
    runs: BTreeMap<usize, RunRecord>,
    lists: RefCell<BTreeMap<usize, Rc<List>>>,
}

impl Stage {
    /// Starts the sandbox and prepares the record.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = folder.path().join("world.toml");
        fs::write(&world, world_text(SIZES.map(|size| (size, 0)).as_slice())).unwrap();
        let home = folder.path().join("home");
        let server_home = folder.path().join("server");
        fs::create_dir_all(&home).unwrap();
        let server = Server::start(&world, &server_home, &[]);
        write_settings(&home, &server.address);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let store = store(&home, runner::clock::system());
        let runs = SIZES.iter().map(|size| (*size, enabled(&store, *size))).collect();
        let lists = RefCell::default();
        Self { folder, home, server, runtime, runs, lists }
    }

    /// The home folder of the programs.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// A place for a file.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The number of the run of this size.
    pub(crate) fn run(&self, size: usize) -> String {
        self.runs[&size].id.to_string()
    }

    /// The provider on the sandbox.
    pub(crate) fn provider(&self) -> Provider {
        self.provider_at(&self.server)
    }

    /// The provider on some sandbox of this world.
    pub(crate) fn provider_at(&self, server: &Server) -> Provider {
        let clock = runner::clock::system();
        provider_on(&server.address, store(self.home(), clock.clone()), clock)
    }

    /// Another sandbox of this world, with troubles.
    pub(crate) fn troubled(&self, troubles: &[&str]) -> Server {
        Server::start(&self.path("world.toml"), &self.path("troubled"), troubles)
    }

    /// What Exchange said of the mailboxes of this size: on record, as from a first listing on. Asking half a million takes
    /// minutes and is measured by `kinds` alone, so the answers are kept between benchmarks; what has changed is asked again.
    pub(crate) fn known(&self, size: usize) -> Vec<Checked> {
        let (provider, tenant) = (self.provider(), tenant(size));
        let known = provider.store.checked(tenant).unwrap();
        if !known.is_empty() {
            return known;
        }
        let kept = store(Path::new(env!("CARGO_TARGET_TMPDIR")), runner::clock::system());
        let memory = Memory::of(kept.checked(tenant).unwrap());
        self.runtime.block_on(listed(&provider, tenant, &memory));
        kept.keep_checked(tenant, &memory.take_new()).unwrap();
        let known = kept.checked(tenant).unwrap();
        provider.store.keep_checked(tenant, &known).unwrap();
        known
    }

    /// The rows of this size, listed by our own client and kept; also written as a list, a line for each.
    pub(crate) fn texts(&self, size: usize) -> Rc<List> {
        if let Some(list) = self.lists.borrow().get(&size) {
            return Rc::clone(list);
        }
        let provider = self.provider();
        let pages = self.runtime.block_on(listed(&provider, tenant(size), &Memory::of(self.known(size))));
        let users = pages.iter().flat_map(|page| (0..page.len()).filter_map(|at| page.row(at)));
        let mut lines = String::new();
        let mut rows = Vec::with_capacity(size);
        for user in users {
            let [name, address, sign_in, department] =
                [user.name, user.address, user.sign_in, user.department].map(|text| text.as_str().to_owned());
            // Ours finds a user by the name for signing in, too: the others are given it where it is another one.
            let other = if sign_in == address { "" } else { &sign_in };
            writeln!(lines, "{name}  {address}  {department}  {other}").unwrap();
            rows.push(Texts { name, address, department });
        }
        assert_eq!(rows.len(), size, "the whole list came");
        fs::write(self.path(&format!("list-{size}")), &lines).unwrap();
        let folded = lines.to_lowercase().lines().map(str::to_owned).collect();
        let list = Rc::new(List { rows, folded });
        self.lists.borrow_mut().insert(size, Rc::clone(&list));
        list
    }
}

/// Settings that name the application and lead to the sandbox.
pub(crate) fn write_settings(home: &Path, address: &str) {
    let config = home.join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    let secret = config.join("secret");
    fs::write(&secret, SECRET).unwrap();
    // Rights that are too wide would be told in the place of what is measured.
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let mut text = format!(
        "[app]\nclient_id = \"{CLIENT}\"\ntenant = \"{PARTNER}\"\nsecret_file = \"secret\"\n\n[addresses]\n"
    );
    for origin in ORIGINS {
        writeln!(text, "\"{origin}\" = \"{address}\"").unwrap();
    }
    fs::write(config.join("settings.toml"), text).unwrap();
}

/// The record in a home folder.
pub(crate) fn store(home: &Path, clock: Clock) -> Store {
    Store::open(StoreOptions {
        place: (home.join(".local/share/backup365/backup365.sqlite")).into(),
        identity: home.join(".config/backup365/identity.txt"),
        clock,
        account: "measured".into(),
        as_user: false,
        host: Text::from("here"),
        is_sandbox: false,
    })
    .unwrap()
}

/// The provider that reaches the sandbox at this address.
pub(crate) fn provider_on(address: &str, store: Store, clock: Clock) -> Provider {
    let settings = provider::Settings {
        http: HttpOptions {
            origins: ORIGINS.map(|origin| (origin.to_owned(), address.to_owned())).to_vec(),
            is_total: true,
            clock,
            network: Network::default(),
        },
        app: App {
            client_id: CLIENT.parse().unwrap(),
            partner: PARTNER.parse().unwrap(),
            credential: Credential::Secret(Secret::new(SECRET.to_owned())),
            next: None,
        },
        cloud: Cloud::Global,
        browser_origin: None,
        done_page: None,
        permissions: PermissionSet::usual().unwrap(),
    };
    Provider::new(&settings, store).unwrap()
}

/// Puts a customer of this size on record, with a run that is enabled and that nobody holds.
pub(crate) fn enabled(store: &Store, size: usize) -> RunRecord {
    let customer = store
        .add_customer(
            &NewCustomer {
                reference: Text::of(format_args!("M-{size}")),
                name: Text::of(format_args!("Measured {size}")),
                domain: Text::of(format_args!("measured{size}.example")),
                is_active: true,
                products: vec![Product::Office365],
                tenant: Some(tenant(size)),
                is_managed: true,
                ..NewCustomer::default()
            },
            &Accepts::default(),
        )
        .unwrap()
        .kept()
        .unwrap();
    enabled_again(store, customer.id, size)
}

/// A run of the customer of this size, brought up to the users.
pub(crate) fn enabled_again(store: &Store, customer: CustomerId, size: usize) -> RunRecord {
    let run = store.open_run(customer, Product::Office365).unwrap().id;
    let organisation = Organisation {
        tenant: tenant(size),
        name: Some(Text::of(format_args!("Measured {size}"))),
        domain: Some(Text::of(format_args!("measured{size}.example"))),
        region: None,
    };
    store.save_organisation(&run, &organisation, &Accepts::default()).unwrap();
    store.link_shown(&run).unwrap();
    store.save_proof(&run, Some(&organisation)).unwrap();
    store.enable(&run).unwrap()
}

/// Lists a tenant by our own client; its pages. Mailboxes that `memory` knows are not asked about.
pub(crate) async fn listed(provider: &Provider, tenant: TenantId, memory: &Memory) -> Vec<Arc<UserPage>> {
    let (sink, mut parts) = mpsc::channel(2);
    let (graph, memory) = (provider.graph.clone(), memory.clone());
    let listing = tokio::spawn(async move { graph.list_users(tenant, &memory, sink).await });
    let mut pages = Vec::new();
    while let Some(part) = parts.recv().await {
        if let Listed::Page(page) = part {
            pages.push(page);
        }
    }
    listing.await.unwrap().unwrap();
    pages
}
