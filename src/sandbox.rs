//! The sandbox: a server on 127.0.0.1 that speaks Microsoft's own protocols for an invented world.
//!
//! [`start`] reads a world, opens one port and answers on it as the identity platform, as Microsoft Graph and as hosted
//! Exchange, told apart by the Host header, or by the path where an address of its own is asked. The same client code that talks to Microsoft talks to it; only addresses
//! differ ([`Sandbox::origins`]). It knows no other module of this program and shares no types with the client, so that
//! a mistake can't cancel itself out. It stops when the [`Sandbox`] is dropped.
//!
//! Worlds are files in `assets/sandbox`; `fault.rs` lists the troubles that can be switched on.

mod answer;
mod application;
mod assertion;
mod cloud;
mod consent;
mod customer;
mod discovery;
mod entry;
pub mod exchange;
mod fault;
mod graph;
mod journal;
mod key;
mod licence;
mod names;
mod partner_center;
mod people;
mod platform;
mod registration;
mod role;
mod server;
mod sign_in;
mod tls;
mod token;
mod world;

use std::{
    fmt, fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use customer::Rehearsal;

use fault::Faults;
use platform::Platform;
use tls::{Door, Tls};
use world::World;

/// Name of the file in the data folder that holds the last port.
const PORT_FILE: &str = "port";

/// Microsoft's own hosts that the sandbox plays: its cloud's, and those that sign in to the other clouds.
fn hosts(home: &cloud::Cloud) -> Vec<&'static str> {
    let mut hosts = vec![home.login, home.graph, "microsoft.com", partner_center::HOST];
    for other in &cloud::CLOUDS {
        if !hosts.contains(&other.login) {
            hosts.push(other.login);
        }
    }
    hosts
}

/// What a sandbox is started with.
#[derive(Clone)]
pub struct Options {
    /// Name of a built-in world (`standard`, `large`) or a path to a world file.
    pub world: String,
    /// Port on 127.0.0.1; `None`: the last port of the data folder if it is free, else any.
    pub port: Option<u16>,
    /// Folder for the signing key, the last port and the journal; `None`: nothing is kept.
    pub data: Option<PathBuf>,
    /// The clock: milliseconds since 1970 UTC.
    pub now: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Troubles switched on for every tenant; `fault.rs` lists them.
    pub faults: Vec<String>,
}

/// Why a sandbox does not start. Trying again helps only with [`StartError::Listen`].
#[derive(Debug, Error)]
pub enum StartError {
    /// The world can't be found or read.
    #[error("{0}")]
    World(String),
    /// A fault is unknown; the words name the nearest.
    #[error("{0}")]
    Fault(String),
    /// The data folder can't be used.
    #[error("the sandbox's data folder {} can't be used", .0.display())]
    Data(PathBuf, #[source] io::Error),
    /// The port can't be opened.
    #[error("port {0} on 127.0.0.1 can't be opened for the sandbox")]
    Listen(u16, #[source] io::Error),
}

/// The partner of a world: what a settings file would hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// The partner's own tenant id.
    pub tenant: String,
    /// Application (client) id.
    pub client_id: String,
    /// Its secret: invented.
    pub secret: String,
    /// Application (client) id of the registration that operators sign in with; it has no secret.
    pub operators: String,
}

/// What a hosted customer tells on the phone about their mail server.
#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// One mailbox of the customer.
    pub mailbox: String,
    /// The account that may open the mailboxes, or should.
    pub account: String,
    /// Its password; invented, and still not shown.
    pub password: String,
    /// Host name of the mail server.
    pub server: String,
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Details").field("account", &self.account).finish_non_exhaustive()
    }
}

/// One customer of a world, as the partner's list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedCustomer {
    /// The partner's reference.
    pub reference: String,
    /// Name.
    pub name: String,
    /// Main domain.
    pub domain: Option<String>,
    /// False: closed.
    pub active: bool,
    /// `office365`, `mpexchange`, `business365`.
    pub products: Vec<String>,
    /// Tenant id on record.
    pub tenant: Option<String>,
    /// Provisioned through Manage Protect.
    pub managed: bool,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// Seats bought; `None`: no limit on record.
    pub seats: Option<u32>,
}

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    /// Where it listens.
    address: SocketAddr,
    /// Everything behind it.
    platform: Arc<Platform>,
    /// A port that is held and that nobody listens on.
    silent: Option<(TcpSocket, SocketAddr)>,
    /// What the port speaks TLS with, where it does.
    tls: Option<Arc<Tls>>,
    /// Ends the server.
    _stop: DropGuard,
}

/// Empties the journal of a data folder: grants, made users, everything that was done in the sandbox.
///
/// # Errors
/// The journal can't be written.
pub fn reset(data: &Path) -> io::Result<()> {
    journal::reset(data)
}

/// Starts a sandbox. Must be called inside a tokio runtime, and runs in it.
///
/// # Errors
/// [`StartError`].
pub async fn start(options: Options) -> Result<Sandbox, StartError> {
    start_in(cloud::global().word, options).await
}

/// The same as one of Microsoft's clouds: `global`, `us-gov-l4`, `us-gov-l5` or `china`. The world's organisations live there,
/// unless its file says otherwise.
///
/// # Errors
/// [`StartError`].
pub async fn start_in(cloud: &str, options: Options) -> Result<Sandbox, StartError> {
    open(cloud, options, false).await
}

/// The same, with TLS on the port beside plain HTTP. Needs a data folder: the authority's certificate is written there.
///
/// # Errors
/// [`StartError`].
pub async fn start_with_tls(cloud: &str, options: Options) -> Result<Sandbox, StartError> {
    open(cloud, options, true).await
}

/// Starts a sandbox.
async fn open(cloud: &str, options: Options, with_tls: bool) -> Result<Sandbox, StartError> {
    let faults = Faults::parse(&options.faults).map_err(StartError::Fault)?;
    let mut world = World::load(&options.world).map_err(StartError::World)?;
    world.home = cloud::named(cloud).map_err(StartError::World)?;
    let data = options.data.as_deref();
    let trouble = |why| StartError::Data(data.unwrap_or(Path::new("")).to_owned(), why);
    if let Some(folder) = data {
        fs::create_dir_all(folder).map_err(trouble)?;
    }
    let platform = Platform::new(world, data, options.now, faults).map_err(trouble)?;
    let listener = listen(options.port, data).await?;
    let address = listener.local_addr().map_err(|why| StartError::Listen(0, why))?;
    if let Some(folder) = data {
        fs::write(folder.join(PORT_FILE), address.port().to_string()).map_err(trouble)?;
    }
    let hosts = hosts(platform.world.home).into_iter().map(str::to_owned).chain(platform.exchange.hosts());
    let folder = || data.ok_or_else(|| io::Error::other("TLS needs one for its certificate"));
    let tls = if with_tls {
        Some(folder().and_then(|folder| Tls::prepare(folder, hosts)).map_err(trouble)?)
    } else {
        None
    };
    let tls = tls.map(Arc::new);
    let door = Door::open(listener, tls.clone()).map_err(|why| StartError::Listen(address.port(), why))?;
    let platform = Arc::new(platform);
    let stop = CancellationToken::new();
    server::spawn(door, Arc::clone(&platform), stop.clone());
    Ok(Sandbox { address, platform, silent: silent(), tls, _stop: stop.drop_guard() })
}

/// Opens the port that was asked for, or the last one, or any.
async fn listen(port: Option<u16>, data: Option<&Path>) -> Result<TcpListener, StartError> {
    let open = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    if let Some(port) = port {
        return open(port).await.map_err(|why| StartError::Listen(port, why));
    }
    let last = data
        .and_then(|folder| fs::read_to_string(folder.join(PORT_FILE)).ok())
        .and_then(|text| text.trim().parse().ok());
    if let Some(last) = last
        && let Ok(listener) = open(last).await
    {
        return Ok(listener);
    }
    open(0).await.map_err(|why| StartError::Listen(0, why))
}

/// Takes a port without listening on it: connections are refused, and nobody else gets it meanwhile.
fn silent() -> Option<(TcpSocket, SocketAddr)> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).ok()?;
    let address = socket.local_addr().ok()?;
    Some((socket, address))
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Where it listens: always on 127.0.0.1.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate to trust, where the port speaks TLS.
    #[must_use]
    pub fn authority(&self) -> Option<&Path> {
        self.tls.as_ref().map(|tls| tls.certificate.as_path())
    }

    /// Every origin of this world and where it is answered: pairs such as `https://graph.microsoft.com` and
    /// `http://127.0.0.1:PORT`. Dead servers lead to a port that refuses connections.
    #[must_use]
    pub fn origins(&self) -> Vec<(String, String)> {
        let here = format!("http://{}", self.address);
        let mut origins: Vec<(String, String)> = hosts(self.platform.world.home)
            .into_iter()
            .map(str::to_owned)
            .chain(self.platform.exchange.hosts())
            .map(|host| (format!("https://{host}"), here.clone()))
            .collect();
        // Port 9 (discard) where no port could be held: nobody answers there either.
        let nowhere = self.silent.as_ref().map_or((Ipv4Addr::LOCALHOST, 9).into(), |(_, address)| *address);
        origins.extend(
            self.platform
                .world
                .dead
                .iter()
                .map(|host| (format!("https://{host}"), format!("http://{nowhere}"))),
        );
        origins
    }

    /// The partner's application in this world.
    #[must_use]
    pub fn partner(&self) -> Partner {
        let partner = &self.platform.world.partner;
        Partner {
            tenant: partner.tenant.clone(),
            client_id: partner.client_id.clone(),
            secret: partner.secret.clone(),
            operators: partner.operators.clone(),
        }
    }

    /// The partner's customer list in this world.
    #[must_use]
    pub fn customers(&self) -> Vec<SeedCustomer> {
        let row = |it: &world::Customer| SeedCustomer {
            reference: it.reference.clone(),
            name: it.name.clone(),
            domain: it.domain.clone(),
            active: it.active,
            products: it.products.clone(),
            tenant: it.tenant.clone(),
            managed: it.managed,
            time_zone: it.time_zone.clone(),
            seats: it.seats,
        };
        self.platform.world.customers.iter().map(row).collect()
    }

    /// Plays the customer's administrator.
    #[must_use]
    pub fn rehearsal(&self) -> Rehearsal {
        Rehearsal::new(Arc::clone(&self.platform), self.address)
    }
}
