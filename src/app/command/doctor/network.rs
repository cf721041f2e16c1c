//! The way out of this computer, the hosts at its end, the clock by their answers, and what Microsoft says of the
//! application.

use std::{future::Future, time::Duration};

use tokio::{runtime::Runtime, time::timeout};
use uuid::Uuid;

use crate::{
    app::{
        command::checks::{self, CLOCK},
        credential::facts,
        world::Opener,
    },
    commands::{
        check::Check,
        doctor::{
            Sheet,
            registration::{self, Wanted},
        },
    },
    domain::{
        credential::{Asked, KnownEnd, Standing},
        exchange_server::host_of,
        failure::{Failure, FailureKind},
        permission,
        registration::{ReadRegistration, plan::Plan},
        text::Text,
    },
    provider::{
        self,
        exchange::Exchange,
        http::Http,
        reach,
        side_by_side::side_by_side,
        store::{HostedAccess, Store},
    },
    sandbox::Sandbox,
};

use super::credential::{self, Proven};

/// How long Microsoft may take to sign us in and to show the registration, repeats included. A guess that suits a bad line.
const PATIENCE: Duration = Duration::from_mins(1);

/// Hosts that are asked side by side. A guess.
const AT_ONCE: usize = 16;

/// The client of HTTP, and what must live as long as it is used.
pub(super) struct Network {
    http: Http,
    /// Kept while it is used, and the client of Graph in it.
    sandbox: Option<(Sandbox, Proven)>,
}

/// A host to be asked.
enum Host {
    /// An address of Microsoft's.
    Microsoft(&'static str),
    /// The server of a hoster.
    Hoster(Text),
}

impl Host {
    fn name(&self) -> Text {
        let address = match self {
            Self::Microsoft(address) => address,
            Self::Hoster(address) => address.as_str(),
        };
        let named = url::Url::parse(address).ok().and_then(|url| url.host_str().map(Text::clean));
        named
            .or_else(|| host_of(address).map(|host| Text::clean(&host)))
            .unwrap_or_else(|| Text::clean(address))
    }
}

impl Network {
    /// Makes the client; in the sandbox one for a sandbox that keeps nothing.
    ///
    /// # Errors
    /// A check that says why there is none.
    pub(super) async fn open(opener: &Opener) -> Result<Self, Box<Check>> {
        let bad = |name: &'static str| move |failure| Box::new(Check::new(name, Err(failure)));
        if !opener.is_sandbox {
            let http = provider::http_client(opener.real_http()).map_err(bad(WAY))?;
            return Ok(Self { http, sandbox: None });
        }
        let sandbox = opener.unkept_sandbox().await.map_err(bad("Sandbox"))?;
        let app = Opener::app_of(&sandbox).map_err(bad("Sandbox"))?;
        let facts = vec![facts(&app.credential, None)];
        let settings = opener.provider_settings(opener.sandbox_http(&sandbox), app, None);
        let http = provider::http_client(settings.http.clone()).map_err(bad("Sandbox"))?;
        let graph = provider::graph_client(http.clone(), &settings).map_err(bad("Sandbox"))?;
        Ok(Self { http, sandbox: Some((sandbox, Proven { graph, facts })) })
    }

    /// Looks at everything that the client leads to.
    pub(super) fn look(
        self,
        opener: &Opener,
        runtime: &Runtime,
        access: &HostedAccess,
        store: Option<&Store>,
        sheet: &mut Sheet,
    ) {
        sheet.add(self.way(opener));
        let hosts = runtime.block_on(self.hosts(opener, access));
        let are_microsofts_good = hosts.iter().take(reach::MICROSOFT.len()).all(Check::is_good);
        sheet.extend(hosts);
        sheet.extend(self.clock(opener, store));
        let found = if let Some((sandbox, proven)) = self.sandbox {
            Some((proven, Some(sandbox)))
        } else {
            let (found, check) = credential::look(opener, &self.http);
            sheet.extend(check);
            found.map(|proven| (proven, None))
        };
        // What can't be reached is said already; what the credential says of itself is said all the same.
        if let Some((proven, kept)) = found {
            let staff = match &kept {
                Some(sandbox) => sandbox.partner().operators.parse().ok(),
                None => opener.settings.operator.client_id,
            };
            sheet.extend(runtime.block_on(application(opener, &proven, staff, are_microsofts_good)));
        }
    }

    /// Proxies, and whom to trust.
    fn way(&self, opener: &Opener) -> Check {
        if opener.is_sandbox {
            return Check::new(WAY, Ok("not used: the sandbox is on this computer".into()));
        }
        let network = &opener.environment.network;
        let missing = network.missing_certificates();
        if !missing.is_empty() {
            let names = missing.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
            return Check::warning(
                WAY,
                Text::of(format_args!("SSL_CERT_FILE or SSL_CERT_DIR names what is not there: {names}")),
                "Correct the variable: whoever is trusted by those certificates is not trusted now.",
            );
        }
        let proxies = reach::MICROSOFT.iter().filter_map(|address| url::Url::parse(address).ok());
        let mut proxies: Vec<String> = proxies.filter_map(|url| self.http.proxy_to(&url)).collect();
        proxies.dedup();
        let proxy = if proxies.is_empty() {
            "no proxy".to_owned()
        } else {
            format!("the proxy {}", proxies.join(", "))
        };
        let named = network.certificates_in_words();
        let trusted = if named.is_empty() { "the system's certificates".to_owned() } else { named };
        Check::new(WAY, Ok(Text::of(format_args!("{proxy}, and {trusted}"))))
    }

    /// Every host that is used, side by side, each by its own line.
    async fn hosts(&self, opener: &Opener, access: &HostedAccess) -> Vec<Check> {
        let exchange = Exchange::new(self.http.clone(), opener.clock.clone(), opener.is_sandbox);
        let microsoft = reach::MICROSOFT.into_iter().map(Host::Microsoft);
        let hosts: Vec<Host> = microsoft.chain(access.servers.iter().cloned().map(Host::Hoster)).collect();
        let asked = side_by_side(hosts.into_iter().enumerate(), AT_ONCE, |(at, host)| {
            let (http, exchange) = (self.http.clone(), exchange.clone());
            async move {
                let found = match &host {
                    Host::Microsoft(address) => reach::microsoft(&http, address).await,
                    Host::Hoster(address) => exchange.probe(address.as_str()).await,
                };
                (at, Check::new(host.name(), found))
            }
        });
        let mut checks = asked.await;
        checks.sort_by_key(|(at, _)| *at);
        checks.into_iter().map(|(_, check)| check).collect()
    }

    /// The clock, by the dates of those answers and by the record; nothing where neither tells.
    fn clock(&self, opener: &Opener, store: Option<&Store>) -> Option<Check> {
        let gap = reach::microsofts_gap(&self.http);
        let found = reach::demand_clock(gap, &opener.clock);
        let on_record = store.map_or(Ok(()), Store::demand_clock);
        if gap.is_none() && on_record.is_ok() {
            return None;
        }
        Some(Check::new(CLOCK, found.and(on_record).map(|()| checks::agrees(gap))))
    }
}

/// Name of the check of the way out.
const WAY: &str = "Proxy and CA";

/// Signs in to the partner's own organisation, and holds both registrations there against their tables; then until when the
/// credential is good.
async fn application(
    opener: &Opener,
    proven: &Proven,
    staff: Option<Uuid>,
    can_be_asked: bool,
) -> Vec<Check> {
    const NAME: &str = "Microsoft";
    let (graph, mut checks, mut listed) = (&proven.graph, Vec::new(), None);
    let mut is_told = false;
    if can_be_asked {
        let signed_in = within(graph.sign_in()).await;
        let is_in = signed_in.is_ok();
        checks.push(Check::new(
            NAME,
            signed_in.map(|()| "takes the credential, in your own organisation".into()),
        ));
        if is_in {
            let read = within(graph.registration()).await;
            let table = permission::with_extra(&opener.extra_permissions).unwrap_or_default();
            let done_page = opener.settings.done_page.as_deref().filter(|_| !opener.is_sandbox);
            checks.extend(registration::registration(&read, Wanted { table: &table, done_page }));
            // What does not let the first one be read does not let the second one be read either.
            if let Some(id) = staff.filter(|_| !matches!(read, Ok(ReadRegistration::NotAllowed))) {
                let read = within(graph.staff_registration(id)).await;
                let is_there = matches!(read, Ok(ReadRegistration::Read(_)));
                let instated = if is_there { Some(within(graph.is_instated(id)).await) } else { None };
                checks.extend(registration::staff_at_home(&read, instated.as_ref(), &Plan::operators(false)));
            }
            listed = within(graph.own_secrets()).await.ok();
            // That a secret's end is not known follows from that line.
            is_told = matches!(read, Ok(ReadRegistration::NotAllowed));
        } else {
            is_told = true;
        }
    }
    let now = opener.clock.now();
    let answer = listed.as_deref().map_or(Asked::Not, Asked::Listed);
    let known: Vec<KnownEnd> =
        proven.facts.iter().map(|facts| KnownEnd::of(facts, None, answer, now)).collect();
    let is_known = known.iter().all(|known| known.ends.is_some());
    let standing = Standing { known, refused: graph.replaced() };
    checks.extend(checks::expiry(&standing, now).filter(|_| is_known || can_be_asked && !is_told));
    checks
}

/// What comes within [`PATIENCE`].
///
/// # Errors
/// `Unreachable` where it does not; what the work says.
async fn within<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_late| {
        let words = Text::of(format_args!("it has not answered within {} s", PATIENCE.as_secs()));
        Err(Failure::new(FailureKind::Unreachable, words, "Check this computer's network, then look again."))
    })
}
