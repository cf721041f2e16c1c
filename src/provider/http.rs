//! The one HTTP client: deadlines, size caps, repeats of what is safe, no redirects.
//!
//! Triggered by every provider call. It is the only place that maps origins: a table from settings says which origin is
//! reached at which loopback address, before a socket is opened, and the original host stays in the `Host` header. In
//! the sandbox that table is total, so nothing there can reach the real world (product.md section 9, *Worlds*).
//! Out comes a [`Response`] of any status, or an [`HttpError`] when there was none.

mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod gap;
mod ids;
mod message;
mod network;
mod origins;
mod own;
mod tls;
mod wait;
mod words;

#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

pub use self::ids::Sent;
pub(in crate::provider) use self::wait::backoff;
pub use self::wait::retry_after;
pub use self::{
    error::{HttpError, ProxyTrouble, Stranger},
    message::{Call, Headers, Method, Response},
    network::{Network, ProxyName, VARIABLES},
    own::Connection,
    tls::TlsTrouble,
    words::{BAD_PROXY, NO_ROOTS},
};
use self::{
    error::{cut_off, in_between, no_answer},
    gap::Gaps,
    network::Proxies,
    origins::Origins,
};
use crate::domain::time::Clock;

/// How long a connection may take to open: a guess that suits a bad line.
const CONNECT: Duration = Duration::from_secs(10);

/// How this program names itself to every server.
pub const USER_AGENT: &str = concat!("Backup365/", env!("CARGO_PKG_VERSION"));

/// What the client is made from.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Origins and the loopback origins that stand for them (`https://graph.microsoft.com`, `http://127.0.0.1:4711`).
    pub origins: Vec<(String, String)>,
    /// The sandbox: an origin that is not in the table is refused, and no DNS is asked.
    pub is_total: bool,
    /// Tells the time, for waits that a server states as a date.
    pub clock: Clock,
    /// The way out, as this computer's environment names it; mapped origins never go through a proxy.
    pub network: Network,
}

/// The client; cheap to clone, one pool of connections behind all clones.
#[derive(Clone)]
pub struct Http {
    inner: Arc<Inner>,
}

/// What all clones share.
#[derive(Clone)]
struct Inner {
    origins: Origins,
    clock: Clock,
    way: Way,
    /// Reaches mapped origins: never through a proxy.
    direct: reqwest::Client,
    /// Reaches everything else; none in the sandbox.
    open: Option<reqwest::Client>,
    /// The same two without a pool, made when a server first answers 503.
    fresh_direct: OnceLock<reqwest::Client>,
    fresh_open: OnceLock<reqwest::Client>,
    /// First wait where the server states none.
    first_wait: Duration,
    /// What the `Date` of each host's last answer says about this computer's clock.
    gaps: Gaps,
}

impl Http {
    /// Makes the client. Opens no connection.
    ///
    /// # Errors
    /// A table that leads away from this computer; where the world can be reached, a proxy's address that is none, and a
    /// computer that trusts nobody.
    pub fn new(options: HttpOptions) -> Result<Self, HttpError> {
        let origins = Origins::new(&options.origins, options.is_total)?;
        // In the sandbox the way out of this computer decides nothing.
        let network = if options.is_total { Network::default() } else { options.network };
        let proxies = Proxies::read(&network)?;
        // Whom to trust costs milliseconds to read, and plain loopback has no use for it.
        let needs_tls = !options.is_total || origins.needs_tls();
        let tls = if needs_tls { Some(tls::config(&network)?) } else { None };
        let way = Way { proxies, tls };
        let direct = way.client(TargetKind::Mapped, Pool::Kept)?;
        let open = if options.is_total { None } else { Some(way.client(TargetKind::Open, Pool::Kept)?) };
        Ok(Self {
            inner: Arc::new(Inner {
                origins,
                clock: options.clock,
                way,
                direct,
                open,
                fresh_direct: OnceLock::new(),
                fresh_open: OnceLock::new(),
                first_wait: wait::FIRST,
                gaps: Gaps::default(),
            }),
        })
    }

    /// The same client with another first wait before a repeat, so that tests need not sit through 3 s.
    #[cfg(test)]
    pub(in crate::provider) fn waiting_first(self, first_wait: Duration) -> Self {
        Self { inner: Arc::new(Inner { first_wait, ..(*self.inner).clone() }) }
    }

    /// The first wait before a repeat.
    #[must_use]
    pub fn first_wait(&self) -> Duration {
        self.inner.first_wait
    }

    /// Sends one request and repeats it as far as that is safe (reference, section 10.4). Redirects are answers.
    ///
    /// May wait up to three minutes between repeats, a few seconds where the line breaks; safe to drop at any await.
    ///
    /// # Errors
    /// Whatever kept the last attempt from an answer. An answer of any status is not an error: after the last repeat
    /// a 429 or 503 comes back as it is, and `Response::retry_after` says when to come back.
    pub async fn send(&self, call: Call) -> Result<Response, HttpError> {
        self.send_telling(call, &|_wait| ()).await
    }

    /// As [`Http::send`]; `tell` hears of each rest that the server asks for, before it is taken.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn send_telling(
        &self,
        call: Call,
        tell: &(dyn Fn(Duration) + Send + Sync),
    ) -> Result<Response, HttpError> {
        let mut waits = wait::Waits::new(self.inner.first_wait);
        let mut needs_fresh = false;
        loop {
            let outcome = self.attempt(&call, &waits, needs_fresh).await.map(|(answer, _)| answer);
            if !call.is_safe_to_repeat {
                return outcome;
            }
            let Some(wait) = waits.next(&outcome, &self.inner.clock) else { return outcome };
            needs_fresh = !matches!(&outcome, Ok(answer) if answer.status == 429);
            tracing::info!(call = ?call, wait_ms = wait.as_millis(), "asking again");
            if outcome.is_ok_and(|answer| answer.retry_after(&self.inner.clock).is_some()) {
                tell(wait);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// As [`Http::send`], for servers that answer programs only: what shows that another answered in their place, a page for
    /// people or a redirect, is no answer.
    ///
    /// # Errors
    /// As [`Http::send`]; [`HttpError::Stranger`].
    pub async fn send_to_api(&self, call: Call) -> Result<Response, HttpError> {
        self.send_to_api_telling(call, &|_wait| ()).await
    }

    /// As [`Http::send_to_api`]; `tell` as for [`Http::send_telling`].
    ///
    /// # Errors
    /// As [`Http::send_to_api`].
    pub async fn send_to_api_telling(
        &self,
        call: Call,
        tell: &(dyn Fn(Duration) + Send + Sync),
    ) -> Result<Response, HttpError> {
        let host = host(&call);
        let answer = self.send_telling(call, tell).await?;
        match error::stranger(&answer) {
            Some(stranger) => Err(HttpError::Stranger { host, stranger: Box::new(stranger) }),
            None => Ok(answer),
        }
    }

    /// One attempt within the call's deadline.
    async fn attempt(
        &self,
        call: &Call,
        waits: &wait::Waits,
        needs_fresh: bool,
    ) -> Result<(Response, Connection), HttpError> {
        tokio::time::timeout(call.deadline, self.exchange(call, waits, needs_fresh))
            .await
            .map_err(|_elapsed| late(call, call.deadline))?
    }

    /// Request out, answer in, without a deadline of its own but for silence.
    async fn exchange(
        &self,
        call: &Call,
        waits: &wait::Waits,
        needs_fresh: bool,
    ) -> Result<(Response, Connection), HttpError> {
        let target = self.inner.origins.map(&call.url)?;
        let is_mapped = target.host.is_some();
        let client = self.client(is_mapped, needs_fresh)?;
        let proxy = if is_mapped { None } else { self.inner.way.proxies.on_the_way(&call.url) };
        let request_id = uuid::Uuid::new_v4().to_string();
        let method = match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
        };
        let mut request = client.request(method, target.url).headers(headers(
            call,
            target.host,
            waits.taken(),
            &request_id,
        )?);
        if let Some((content_type, body)) = &call.body {
            request = request.header(reqwest::header::CONTENT_TYPE, *content_type).body(body.clone());
        }
        let patience = waits.patience(call);
        let sent = tokio::time::timeout(patience, request.send()).await;
        let mut response = sent
            .map_err(|_elapsed| late(call, patience))?
            .map_err(|error| no_answer(call, error, proxy.clone()))?;
        if is_mapped && !response.remote_addr().is_some_and(|peer| peer.ip().is_loopback()) {
            return Err(HttpError::NotLoopback { origin: call.url.origin().ascii_serialization() });
        }
        let status = response.status().as_u16();
        if let Some(error) = in_between(call, status, proxy) {
            return Err(error);
        }
        let headers = taken(response.headers());
        let connection = Connection::of(&response);
        let body = body(call, &mut response, patience).await?;
        let answer = Response { status, headers, body, request_id, sent: Sent::of(call) };
        // The clock of what answers in a server's place is nobody's.
        if error::stranger(&answer).is_none() {
            self.note_date(call, &answer.headers);
        }
        Ok((answer, connection))
    }

    /// Notes by how much the answer's `Date` differs from this computer's clock.
    fn note_date(&self, call: &Call, headers: &Headers) {
        let Some(date) = headers.get("date").and_then(wait::http_date) else { return };
        self.inner.gaps.note(host(call), date, self.inner.clock.now());
    }

    /// The proxy on the way to an address, by host and port.
    #[must_use]
    pub fn proxy_to(&self, url: &url::Url) -> Option<String> {
        let is_mapped = self.inner.origins.map(url).is_ok_and(|target| target.host.is_some());
        let proxy = if is_mapped { None } else { self.inner.way.proxies.on_the_way(url) };
        proxy.map(|proxy| proxy.place)
    }

    /// By how many milliseconds the clock of a host is ahead of this computer's, by its last answer; none before one,
    /// where it tells no date, and once this computer's was set. A `Date` is of whole seconds, and as old as its answer was on its way.
    #[must_use]
    pub fn gap(&self, host: &str) -> Option<i64> {
        self.inner.gaps.of(host, self.inner.clock.now())
    }

    /// The client that may reach this target; on a new connection if asked.
    fn client(&self, is_mapped: bool, needs_fresh: bool) -> Result<&reqwest::Client, HttpError> {
        let inner = &*self.inner;
        let (reach, kept, fresh) = if is_mapped {
            (TargetKind::Mapped, Some(&inner.direct), &inner.fresh_direct)
        } else {
            (TargetKind::Open, inner.open.as_ref(), &inner.fresh_open)
        };
        // `Origins::map` has refused before: without a table entry the sandbox has no client at all.
        let kept = kept.ok_or_else(|| HttpError::NotInSandbox { origin: String::from("this address") })?;
        if !needs_fresh {
            return Ok(kept);
        }
        if let Some(client) = fresh.get() {
            return Ok(client);
        }
        let made = inner.way.client(reach, Pool::None)?;
        Ok(fresh.get_or_init(|| made))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("origins", &self.inner.origins).finish_non_exhaustive()
    }
}

/// Which targets a client is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TargetKind {
    /// Loopback addresses that stand for others.
    Mapped,
    /// The world, through the system's proxy if it names one.
    Open,
}

/// Whether connections are kept for the next request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pool {
    Kept,
    /// One connection, which tells about itself.
    One,
    None,
}

/// What all clients are made from.
#[derive(Clone)]
struct Way {
    proxies: Proxies,
    /// How TLS is spoken; none where all that can be reached is plain.
    tls: Option<rustls::ClientConfig>,
}

impl Way {
    /// Makes one reqwest client.
    fn client(&self, reach: TargetKind, pool: Pool) -> Result<reqwest::Client, HttpError> {
        let unmade = |error: reqwest::Error| HttpError::Request { detail: words::unmade(&error) };
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            // Repeats are decided here, with the waits that the servers ask for.
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .tcp_nodelay(true);
        builder = match reach {
            TargetKind::Mapped => builder.no_proxy(),
            TargetKind::Open => self.proxies.set(builder).map_err(unmade)?,
        };
        builder = match &self.tls {
            Some(tls) => builder.tls_backend_preconfigured(tls.clone()),
            None => builder.tls_certs_only([]),
        };
        builder = match pool {
            Pool::Kept => builder,
            Pool::One => builder.pool_max_idle_per_host(1).tls_info(true),
            Pool::None => builder.pool_max_idle_per_host(0),
        };
        builder.build().map_err(unmade)
    }
}

/// All headers of one attempt.
fn headers(
    call: &Call,
    host: Option<String>,
    repeats: u32,
    request_id: &str,
) -> Result<HeaderMap, HttpError> {
    let mut map = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| -> Result<(), HttpError> {
        let bad = |what: &str| HttpError::Request { detail: format!("{what} of the header {name}") };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_invalid| bad("the name"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_invalid| bad("the value"))?;
        value.set_sensitive(key == reqwest::header::AUTHORIZATION);
        map.insert(key, value);
        Ok(())
    };
    put("client-request-id", request_id)?;
    put("accept", "*/*")?;
    for (name, value) in &call.headers {
        put(name, value)?;
    }
    if let Some(host) = host {
        put("host", &host)?;
    }
    if repeats > 0 {
        put("retry-attempt", &repeats.to_string())?;
    }
    Ok(map)
}

/// Headers that came back; values that are not text are dropped.
fn taken(map: &HeaderMap) -> Headers {
    Headers(
        map.iter()
            .filter_map(|(name, value)| {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (!text.contains('\u{FFFD}')).then(|| (name.as_str().to_owned(), text))
            })
            .collect(),
    )
}

/// Reads the body while it streams and stops at the cap, or when nothing came for as long as `patience`.
async fn body(
    call: &Call,
    response: &mut reqwest::Response,
    patience: Duration,
) -> Result<Vec<u8>, HttpError> {
    let too_large = || HttpError::TooLarge { host: host(call), limit: call.max_body_bytes };
    let said = response.content_length().map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX));
    if said > call.max_body_bytes {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(said);
    loop {
        let read = tokio::time::timeout(patience, response.chunk()).await;
        let chunk = read.map_err(|_elapsed| late(call, patience))?.map_err(|error| cut_off(call, &error))?;
        let Some(chunk) = chunk else { break };
        if body.len().saturating_add(chunk.len()) > call.max_body_bytes {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    // Gateways put it there; it says nothing, and no reader of ours expects it.
    if body.starts_with(b"\xEF\xBB\xBF") {
        body.drain(..3);
    }
    Ok(body)
}

/// No whole answer in this time.
fn late(call: &Call, after: Duration) -> HttpError {
    HttpError::TimedOut { host: host(call), after, is_connect: false }
}

/// The host as the protocol knows it.
fn host(call: &Call) -> String {
    call.url.host_str().unwrap_or_default().to_owned()
}
