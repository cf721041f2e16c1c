//! Exchange Web Services of the sandbox: a hoster's servers with impersonation and Autodiscover.
//!
//! Triggered by the sandbox's dispatcher, which hands over every request whose Host is one of [`Exchange::hosts`];
//! out comes a complete HTTP answer. What the servers hold comes from the world's file, one table for each:
//!
//! ```toml
//! [[exchange]]
//! host = "mail.hoster.example"               # the only key that must be there
//! challenges = ["negotiate", "ntlm", "basic"] # offered with a 401; negotiate lets nobody in
//! folded_challenges = false                  # true: all of them in one line
//! extended_protection = "allow"              # of NTLM: "require" refuses everybody (here is no TLS), "off" looks at nothing
//! version = { major = 15, minor = 2, build = 1544, revision = 9, name = "V2017_07_11" } # minor 20: Exchange Online
//! known_versions = []                        # of RequestServerVersion; empty: all
//! ews = true                                 # false: 403
//! allowed_agents = ["Backup365"]             # User-Agent prefixes let in, others 403; empty: all
//! blocked_agents = ["curl"]
//! most_at_once = 27                          # more at one time: ErrorExceededConnectionCount
//!
//! [exchange.habits]                          # what the wire reference leaves open; these are the defaults
//! people_cap = 100                           # or 1000
//! people_total = "all"                       # or "page"
//! empty_query = "refuse"                     # or "everything"
//! matching = "words"                         # or "names" (accents count), "substring"
//! people_style = "default"                   # or "prefixed"
//! address_element = "Address"                # or "EmailAddress"
//! policy_follows = "impersonated"            # or "account"
//! impersonation_order = "target_first"       # or "role_first"
//! strict_order = true
//! smtp_address = true
//! connection_stays_in = true                 # false: each call signs in again by NTLM
//!
//! [exchange.autodiscover]
//! forms = ["soap", "pox"]                    # "json" too, where a test wants it
//! bare_domains = false                       # true: https://customer.example/autodiscover/… answers too
//! websites = false                           # true: https://customer.example sends every path to www.customer.example
//! others = true                              # false: an account may ask about its own address only
//! # ews_url = "https://outlook.office365.com/EWS/Exchange.asmx"   # to tell another endpoint
//! # error = "ServerBusy"                     # of every whole SOAP answer
//!
//! [[exchange.autodiscover.redirects]]
//! domain = "old-anderson.example"
//! kind = "address"                           # or "url", "http" (302 to a GET without sign-in), "loop"
//! to = "ana@anderson.example"                # a URL for "url" and "http"
//!
//! [[exchange.accounts]]
//! name = "svc-backup365@hoster.example"
//! also = ["HOSTER\\svc-backup365"]
//! password = "invented-1"
//! impersonates = ["CUST0042"]                # marks; ["*"]: everybody (too wide), []: no role
//! role_from = 0                              # the role works from then on
//! mailbox = "svc-backup365@hoster.example"   # absent: it has none
//! address_book = "CUST0042"                  # absent: it sees the whole organisation
//! state = "active"                           # or "locked", "disabled", "password_expired", "password_change_required"
//!
//! [[exchange.customers]]
//! mark = "CUST0042"
//! name = "Anderson Dental"
//! domains = ["anderson.example"]             # each with its host autodiscover.<domain>
//! address_book_policy = true                 # false: its users see the whole organisation
//! blocked = false
//! ews = true
//!
//! [[exchange.customers.mailboxes]]
//! name = "Ana Brennan"
//! address = "ana@anderson.example"
//! aliases = ["a.brennan@anderson.example"]
//! kind = "user"                              # disabled, shared, room, equipment, contact, mail_user, list
//! title = "Practice manager"
//! hidden = false                             # in no address list
//! unmarked = false                           # true: impersonation is refused for this one
//! trouble = "ErrorMailboxMoveInProgress"     # response code of folder calls; "403": EWS is off for this one
//! trouble_until = 600                        # seconds after the start …
//! appears = "2026-11-23T09:30:00Z"           # … or a date and time with a zone
//! leaves = "2026-12-24T18:00[Australia/Sydney]"
//!
//! [[exchange.customers.mailboxes]]
//! name = "Everybody"
//! address = "all@anderson.example"
//! kind = "list"
//!
//! [exchange.customers.computed]              # made up by number, free until asked for
//! count = 48000
//! seed = 7
//! domain = "anderson.example"                # absent: the customer's first
//! hidden_every = 0
//! unmarked_every = 0
//! growth = { from = "2026-01-01T06:00:00Z", every = 86400, most = 400 } # one more each day
//!
//! [[exchange.faults]]
//! kind = "busy_fault"                        # see FaultKind
//! operation = "GetFolder"                    # absent: all
//! calls = 5                                  # the first five such calls; absent: for ever
//! every = 1                                  # 3: each third call
//! back_off_ms = 300
//! delay_ms = 0                               # of "slow"
//! ```
//!
//! NTLM signs a connection in, Basic a request. Times in seconds count from the start of the sandbox;
//! what has to hold over a restart is given as a date.

mod autodiscover;
mod call;
mod computed;
mod directory;
mod front;
mod ntlm;
mod operation;
mod schema;
mod settings;
mod soap;
mod text;
mod xml;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};

use call::Refusal;
use directory::{Directory, Now};
use front::Reply;

pub use settings::{
    Account, AccountState, AddressElement, Autodiscover, Challenge, Computed, Customer, EmptyQuery,
    ExtendedProtection, Fault, FaultKind, Form, Growth, Habits, ImpersonationOrder, Kind, Mailbox, Matching,
    PeopleTotal, PolicyFollows, Redirect, RedirectKind, Server, Style, Version, When,
};

/// The connection of requests that come without one.
const NO_CONNECTION: u64 = 0;

/// Every Exchange server of a world.
pub struct Exchange {
    /// One for each table.
    sites: Vec<Site>,
    /// Milliseconds since 1970 UTC.
    now: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// When it was made, likewise.
    started: i64,
    /// Number of the next request, for `request-id`.
    serial: AtomicU64,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Exchange").field("hosts", &self.hosts()).finish_non_exhaustive()
    }
}

/// One server and what happens on it.
#[derive(Debug)]
struct Site {
    /// What the file says.
    server: Server,
    /// Hosts that are answered here, in small letters: the endpoint first.
    hosts: Vec<String>,
    /// Its address book.
    directory: Directory,
    /// For each fault, how many calls it has seen.
    seen: Vec<AtomicU64>,
    /// Calls that are being answered.
    in_flight: AtomicUsize,
    /// Connections that are signed in.
    lines: ntlm::Lines,
}

impl Exchange {
    /// Takes over the servers of a world; `now` tells milliseconds since 1970 UTC.
    #[must_use]
    pub fn new(servers: Vec<Server>, now: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        let started = now();
        Self { sites: servers.into_iter().map(Site::new).collect(), now, started, serial: AtomicU64::new(1) }
    }

    /// Hosts that are answered here, in small letters, each once: endpoints and Autodiscover hosts.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = self.sites.iter().flat_map(|site| site.hosts.iter().cloned()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    /// The host that is meant by a path alone, with the account that signs in; none: the path is none of Exchange's. An
    /// account that nobody knows, and a first request without one, are for the first server.
    pub(super) fn by_path(&self, path: &str, headers: &HeaderMap) -> Option<String> {
        let path = path.to_lowercase();
        let is_discovery = path.starts_with("/autodiscover/");
        (is_discovery || path.starts_with("/ews/")).then_some(())?;
        let knows = |site: &&Site| front::account(&site.server, headers, false).is_some();
        let site = self.sites.iter().find(knows).or(self.sites.first())?;
        site.hosts.get(usize::from(is_discovery)).cloned()
    }

    /// Answers one request on a connection of its own.
    ///
    /// As [`Exchange::answer_on`].
    pub async fn answer(
        &self,
        host: &str,
        method: &str,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Response<Vec<u8>> {
        self.answer_on(NO_CONNECTION, host, method, path, headers, body).await
    }

    /// Answers one request on a connection.
    ///
    /// `connection` is its number, from 1, none twice; `host` is the Host header, with or without port; `path` is path and query. Safe to drop at any await; a call
    /// that is dropped while it is being slow has counted as one.
    pub async fn answer_on(
        &self,
        connection: u64,
        host: &str,
        method: &str,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Response<Vec<u8>> {
        let host = host.split_once(':').map_or(host, |(name, _)| name).to_lowercase();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = path.to_lowercase();
        let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET);
        let Some(site) = self.sites.iter().find(|site| site.hosts.contains(&host)) else {
            return front::empty(StatusCode::NOT_FOUND);
        };
        // What is not UTF-8 can't be XML either: the replacement characters break it where it breaks.
        let body = String::from_utf8_lossy(body);
        let body = body.trim_start_matches('\u{feff}');
        let mut reply = if let Some(page) = site.website(&host) {
            page
        } else if path.starts_with("/autodiscover/") {
            let question = autodiscover::Question { site, host: &host, path: &path, now: self.moment() };
            autodiscover::answer(&question, &method, query, headers, body)
        } else if path == "/ews/exchange.asmx" && site.hosts.first() == Some(&host) {
            self.ews(site, connection, &method, headers, body).await
        } else {
            front::empty(StatusCode::NOT_FOUND)
        };
        self.stamp(headers, &mut reply);
        reply
    }

    /// Answers one request to the endpoint.
    async fn ews(
        &self,
        site: &Site,
        connection: u64,
        method: &Method,
        headers: &HeaderMap,
        body: &str,
    ) -> Reply {
        if let Some(reply) = ntlm::challenge(site, connection, headers, self.moment()) {
            return reply;
        }
        let presence = Presence::enter(&site.in_flight);
        let crowded = site.server.most_at_once.is_some_and(|most| presence.count > most);
        let operation = call::operation_of(body);
        if let Some(slow) = site.strike(&operation, |kind| kind == FaultKind::Slow) {
            tokio::time::sleep(Duration::from_millis(slow.delay_ms)).await;
        }
        let server = &site.server;
        let before = site.strike(&operation, |kind| kind != FaultKind::Forbidden && is_broken(kind));
        if let Some(reply) = before.and_then(|fault| front::broken(fault.kind, server)) {
            return reply;
        }
        let account = front::account(server, headers, false);
        let Some(account) = account.or_else(|| ntlm::account(site, connection, headers)) else {
            return front::challenge(server, false);
        };
        if front::is_locked(account) {
            return front::locked(server);
        }
        let kept_out = site.strike(&operation, |kind| kind == FaultKind::Forbidden).is_some();
        if kept_out || !server.ews || !front::agent_allowed(server, headers) {
            return front::forbidden();
        }
        if method != Method::POST {
            return front::empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        if !front::is_xml(headers) {
            return front::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let (status, body) = match call::answer(site, account, self.moment(), body, crowded) {
            Ok(body) => (StatusCode::OK, body),
            Err(Refusal::Fault(trouble)) => (StatusCode::INTERNAL_SERVER_ERROR, soap::fault(&trouble)),
            Err(Refusal::Forbidden) => return front::forbidden(),
        };
        front::xml(status, soap::envelope(&server.version, &body))
    }

    /// The present moment.
    fn moment(&self) -> Now {
        Now { at: (self.now)(), started: self.started }
    }

    /// Adds the headers by which a hoster finds a request again.
    fn stamp(&self, headers: &HeaderMap, reply: &mut Reply) {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let number = format!("00000000-0000-4000-8000-{serial:012x}");
        if let Ok(number) = HeaderValue::from_str(&number) {
            reply.headers_mut().insert(HeaderName::from_static("request-id"), number);
        }
        let wanted = headers.get("return-client-request-id").is_some_and(|value| value == "true");
        if let (true, Some(id)) = (wanted, headers.get("client-request-id")) {
            reply.headers_mut().insert(HeaderName::from_static("client-request-id"), id.clone());
        }
    }
}

/// Whether a fault takes the place of any SOAP answer.
fn is_broken(kind: FaultKind) -> bool {
    use FaultKind::{ErrorPage, Forbidden, FrontEnd, Html, LogOn, Unauthorised, Unavailable, WebMail};
    matches!(kind, Unauthorised | Forbidden | WebMail | LogOn | ErrorPage | FrontEnd | Unavailable | Html)
}

impl Site {
    /// Takes over one table.
    fn new(server: Server) -> Self {
        let directory = Directory::new(&server.customers, server.habits.matching);
        let seen = server.faults.iter().map(|_| AtomicU64::new(0)).collect();
        let hosts = hosts_of(&server);
        let lines = ntlm::Lines::default();
        Self { server, hosts, directory, seen, in_flight: AtomicUsize::new(0), lines }
    }

    /// The first fault of a kind that strikes this call; each one asked counts the call.
    fn strike(&self, operation: &str, kind: impl Fn(FaultKind) -> bool) -> Option<&Fault> {
        self.server.faults.iter().zip(&self.seen).find_map(|(fault, seen)| {
            let meant = fault.operation.as_ref().is_none_or(|only| only == operation);
            if !meant || !kind(fault.kind) {
                return None;
            }
            let call = seen.fetch_add(1, Ordering::Relaxed).saturating_add(1);
            let every = fault.every.max(1);
            let due = call.is_multiple_of(every) && fault.calls.is_none_or(|calls| call / every <= calls);
            due.then_some(fault)
        })
    }
}

impl Site {
    /// What a customer's website answers, whatever is asked there; none: the host is no website.
    fn website(&self, host: &str) -> Option<Reply> {
        let bare = host.strip_prefix("www.").unwrap_or(host);
        let is_theirs = |domain: &String| domain.eq_ignore_ascii_case(bare);
        let mut domains = self.server.customers.iter().flat_map(|customer| &customer.domains);
        if !self.server.autodiscover.websites || !domains.any(is_theirs) {
            return None;
        }
        Some(if bare == host { front::moved(&format!("https://www.{bare}/")) } else { front::website(bare) })
    }
}

/// Hosts of a server, in small letters: the endpoint, then Autodiscover for each domain.
fn hosts_of(server: &Server) -> Vec<String> {
    let rules = &server.autodiscover;
    let redirected = rules.redirects.iter().map(|redirect| &redirect.domain);
    let domains = server.customers.iter().flat_map(|customer| &customer.domains).chain(redirected);
    let found = domains.flat_map(|domain| {
        let domain = domain.to_lowercase();
        let host = format!("autodiscover.{domain}");
        let website = rules.websites.then(|| [domain.clone(), format!("www.{domain}")]);
        std::iter::once(host).chain(rules.bare_domains.then_some(domain)).chain(website.into_iter().flatten())
    });
    std::iter::once(server.host.to_lowercase()).chain(found).collect()
}

/// Counts a call as being answered, until dropped.
struct Presence<'a> {
    /// The counter.
    counter: &'a AtomicUsize,
    /// How many there are, this one included.
    count: usize,
}

impl<'a> Presence<'a> {
    /// Counts the call in.
    fn enter(counter: &'a AtomicUsize) -> Self {
        Self { counter, count: counter.fetch_add(1, Ordering::Relaxed).saturating_add(1) }
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::Relaxed);
    }
}
