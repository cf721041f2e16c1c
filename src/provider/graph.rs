//! Microsoft Graph and tenant discovery: look an organisation up, prove consent, list users, see what changed.
//!
//! Triggered by the runner and by the sweep. Every request that carries a token passes `Graph::send`, which is the one
//! place that compares the address with the host the token is for (rule 15).

pub mod delegated;
mod delta;
mod discovery;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod landed;
mod licence;
mod list;
mod memory;
mod own;
mod own_right;
mod page;
pub mod partner;
mod proof;
mod purpose;
pub mod registering;
mod registration;
mod target;
mod wire;

#[cfg(test)]
mod tests;

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use serde_json::Value;
use url::Url;

pub use self::delta::{Again, Delta, SweptUser};
use self::licence::Licences;
use self::target::{address, check_host, follow, versioned};
pub use self::{
    memory::Memory,
    own_right::{Apps, OwnRight},
};
use super::{
    Settings,
    error::Error,
    http::{Call, Http, Method, Response},
    oauth::Tokens,
    reach,
};
use crate::domain::{
    cloud::Cloud,
    consent::{Look, Sight},
    failure::Failure,
    id::TenantId,
    lock::lock,
    permission::{Permission, PermissionSet, Who},
    text::Text,
    time::{Clock, Moment},
};

/// How long one answer of Graph or of discovery may take; a guess with room for slow pages.
const DEADLINE: Duration = Duration::from_mins(1);

/// Largest page taken, bytes: 999 users with a hundred plans of 150 bytes each are 15 million.
const MAX_PAGE_BYTES: usize = 64 * 1024 * 1024;

/// Largest single object taken, bytes; a guess.
const MAX_OBJECT_BYTES: usize = 4 * 1024 * 1024;

/// Tenants that are proved at once. A guess: each takes four requests side by side, and a second or two.
const PROVED_AT_ONCE: usize = 16;

/// The Graph client; cheap to clone.
#[derive(Clone)]
pub struct Graph {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    clock: Clock,
    tokens: Tokens,
    /// The cloud that all of this is in.
    cloud: Cloud,
    /// Sign-in host.
    authority: Url,
    /// Graph's host.
    root: Url,
    /// The same as the resource of a token: without a slash at the end.
    resource: String,
    client_id: String,
    partner: TenantId,
    browser_origin: Option<Url>,
    done_page: Option<Url>,
    permissions: PermissionSet,
    licences: Arc<Licences>,
    /// Tenants that are proved at once: a thousand customers who are waited for would open thousands of connections.
    proving: tokio::sync::Semaphore,
    /// Requests for mailboxes that may be out at once.
    mailboxes: purpose::Width,
    /// What the rounds of proving saw; memory only.
    seen: std::sync::Mutex<HashMap<TenantId, Seen>>,
}

impl Graph {
    /// Makes the client. Opens no connection.
    ///
    /// # Errors
    /// Addresses that are none, a certificate that can't be read, a damaged built-in table.
    pub(super) fn new(http: Http, settings: &Settings) -> Result<Self, Error> {
        let authority = address(settings.cloud.login())?;
        let root = address(settings.cloud.graph())?;
        let resource = root.origin().ascii_serialization();
        let clock = settings.http.clock.clone();
        let tokens = Tokens::new(http.clone(), clock.clone(), authority.clone(), &settings.app)?;
        let damaged = |detail: String| Error::Credential { detail };
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                clock,
                tokens,
                cloud: settings.cloud,
                authority,
                root,
                resource,
                client_id: settings.app.client_id.hyphenated().to_string(),
                partner: settings.app.partner,
                browser_origin: settings.browser_origin.as_deref().map(address).transpose()?,
                done_page: settings.done_page.as_deref().map(address).transpose()?,
                permissions: settings.permissions.clone(),
                licences: Arc::new(Licences::built_in().map_err(damaged)?),
                proving: tokio::sync::Semaphore::new(PROVED_AT_ONCE),
                mailboxes: purpose::Width::default(),
                seen: std::sync::Mutex::default(),
            }),
        })
    }

    /// Asks for a token of the partner's own tenant: whether our own credential is good.
    ///
    /// # Errors
    /// `Refused` when Microsoft does not take the credential; `Unreachable` and the like otherwise. Writes nothing.
    pub async fn sign_in(&self) -> Result<(), Failure> {
        let token = self.inner.tokens.get(self.inner.partner, &self.inner.resource).await;
        token.map(drop).map_err(|error| error.failure_of_our_own("signing in to your own organisation"))
    }

    /// What the token that was used last says of the tenant's consent, without a request: what is missing of the wizard's own
    /// permissions, or that everything is there. Nothing where it can't be read.
    pub async fn consent_by_token(&self, tenant: TenantId) -> Option<Look> {
        let inner = &*self.inner;
        let claims = inner.tokens.last(tenant, &inner.resource).await?.claims()?;
        if let Some(other) = claims.tenant.filter(|named| *named != tenant) {
            return Some(Look::Elsewhere(other.last_four()));
        }
        let missing = inner.permissions.rows.iter().filter(|row| !claims.roles.contains(row.value.as_str()));
        let (own, others): (Vec<&Permission>, Vec<_>) = missing.partition(|row| row.who == Who::Wizard);
        let names = |rows: &[&Permission]| {
            Text::clean(&rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>().join(", "))
        };
        Some(match (own.as_slice(), others.as_slice()) {
            ([], []) => Look::Granted,
            ([], others) => Look::OwnOnly(names(others)),
            (own, _) => Look::Missing(names(own)),
        })
    }

    /// Whether the token of the partner's own tenant that was used last holds a permission, by its name. None where it can't
    /// be read: tokens are for Graph, not for us. Asks nobody.
    pub async fn holds_at_home(&self, permission: &str) -> Option<bool> {
        let inner = &*self.inner;
        let token = inner.tokens.last(inner.partner, &inner.resource).await?;
        Some(token.claims()?.roles.contains(permission))
    }

    /// What the token that was used last says is granted, without a request. Nothing where it can't be read.
    pub async fn sight_by_token(&self, tenant: TenantId) -> Option<Sight> {
        let inner = &*self.inner;
        let claims = inner.tokens.last(tenant, &inner.resource).await?.claims()?;
        if claims.tenant.is_some_and(|named| named != tenant) {
            return Some(Sight::Elsewhere);
        }
        let granted = inner.permissions.known().filter(|row| claims.roles.contains(row.value.as_str()));
        Some(Sight::Granted(granted.map(|row| row.value.clone()).collect()))
    }

    /// Asks Graph itself for the least there is: whether it can be reached from here, and takes our token. What our own
    /// organisation lets us read is another matter, so that a refusal of Graph's is an answer.
    ///
    /// # Errors
    /// `Unreachable` and the like; `Refused` when Graph does not take the token. Writes nothing.
    pub async fn reach(&self) -> Result<(), Failure> {
        let url = self.url(&["organization"], "$select=id");
        let answer = self.read(self.inner.partner, &url, MAX_OBJECT_BYTES, TenantCheck::Later).await;
        let is_answer = |answer: &Response| matches!(answer.status, 200 | 403);
        let read =
            answer.and_then(|answer| if is_answer(&answer) { Ok(()) } else { Err(self.refused(&answer)) });
        read.map_err(|error| error.failure("asking Microsoft Graph"))
    }

    /// What customers are asked for.
    #[must_use]
    pub fn permissions(&self) -> &PermissionSet {
        &self.inner.permissions
    }

    /// Whether a tenant is the partner's own.
    #[must_use]
    pub fn is_partner(&self, tenant: TenantId) -> bool {
        self.inner.partner == tenant
    }

    /// Whether this computer's clock is right, by the last answers of Microsoft. None has come: nothing is known, and nothing
    /// is said. Asks nobody.
    ///
    /// # Errors
    /// `Internal`, as an alarm: they differ by more than the clock's tolerance.
    pub fn demand_clock(&self) -> Result<(), Failure> {
        reach::demand_clock(self.clock_gap(), &self.inner.clock)
    }

    /// By how many milliseconds Microsoft's clocks are ahead of this computer's, by the last answers: the smaller one where
    /// two hosts differ. None before an answer.
    #[must_use]
    pub fn clock_gap(&self) -> Option<i64> {
        let inner = &*self.inner;
        reach::gap(&inner.http, [&inner.authority, &inner.root].into_iter())
    }

    /// The link that the customer's administrator opens, for a browser on this computer: the short form with the
    /// tenant's GUID, so that consent can't land in the signer's own tenant (reference, sections 3.2 and 11). In the
    /// sandbox it leads to 127.0.0.1.
    #[must_use]
    pub fn browser_link(&self, tenant: TenantId) -> String {
        let mut url = self.inner.browser_origin.as_ref().unwrap_or(&self.inner.authority).clone();
        url.set_path(&format!("/{tenant}/adminconsent"));
        let mut query = url.query_pairs_mut();
        query.clear().append_pair("client_id", &self.inner.client_id);
        if let Some(page) = &self.inner.done_page {
            query.append_pair("redirect_uri", page.as_str());
        }
        drop(query);
        url.to_string()
    }

    /// An address on Graph, version 1.0; the parts of the path are escaped here, the query is our own words.
    fn url(&self, path: &[&str], query: &str) -> Url {
        versioned(&self.inner.root, path, query)
    }

    /// Reads one address with a token of the tenant. A 401 costs the token: one new one, one more try.
    ///
    /// # Errors
    /// Any; [`Error::WrongHost`] before a token is even fetched, [`Error::WrongTenant`] before anything is asked for with
    /// a token that says it is for another one: what came back would be other people's.
    async fn get(&self, tenant: TenantId, url: &Url, max_body_bytes: usize) -> Result<Response, Error> {
        self.good(self.read(tenant, url, max_body_bytes, TenantCheck::Before).await?)
    }

    /// An answer that is none but a good one.
    ///
    /// # Errors
    /// Graph's refusal.
    fn good(&self, answer: Response) -> Result<Response, Error> {
        if answer.status == 200 { Ok(answer) } else { Err(self.refused(&answer)) }
    }

    /// As [`Graph::get`], but any status is an answer. For a proof, too: that asks on with a token of another tenant, so
    /// that it can name the other organisation.
    ///
    /// # Errors
    /// Whatever kept it from one.
    async fn read(
        &self,
        tenant: TenantId,
        url: &Url,
        max_body_bytes: usize,
        check: TenantCheck,
    ) -> Result<Response, Error> {
        self.send(tenant, reading(url, max_body_bytes), check).await
    }

    /// Sends JSON that only asks: a `$batch` of reads, which is safe to repeat.
    ///
    /// # Errors
    /// As [`Graph::get`].
    async fn post(
        &self,
        tenant: TenantId,
        url: &Url,
        body: Vec<u8>,
        max_body_bytes: usize,
    ) -> Result<Response, Error> {
        let call = Call {
            method: Method::Post,
            url: url.clone(),
            headers: Vec::new(),
            body: Some(("application/json", body)),
            deadline: DEADLINE,
            max_body_bytes,
            is_safe_to_repeat: true,
        };
        self.good(self.send(tenant, call, TenantCheck::Before).await?)
    }

    /// Sends one call with a token of the tenant. A 401 costs the token: one new one, one more try.
    async fn send(&self, tenant: TenantId, call: Call, check: TenantCheck) -> Result<Response, Error> {
        self.send_telling(tenant, call, check, &|_wait| ()).await
    }

    /// As [`Graph::send`]; `tell` hears of each rest that Graph asks for, before it is taken.
    async fn send_telling(
        &self,
        tenant: TenantId,
        call: Call,
        check: TenantCheck,
        tell: &(dyn Fn(Duration) + Send + Sync),
    ) -> Result<Response, Error> {
        self.check_host(&call.url)?;
        let inner = &*self.inner;
        let mut is_second = false;
        loop {
            let token = inner.tokens.get(tenant, &inner.resource).await?;
            if let Some(found) = token.other_tenant(tenant).filter(|_| check == TenantCheck::Before) {
                return Err(Error::WrongTenant { found });
            }
            let mut call = call.clone();
            call.headers =
                vec![("authorization", token.bearer()), ("accept", String::from("application/json"))];
            let answer = inner.http.send_to_api_telling(call, tell).await?;
            if answer.status == 401 && !is_second {
                inner.tokens.refuse(tenant, &inner.resource, &token).await;
                is_second = true;
                continue;
            }
            return Ok(answer);
        }
    }

    /// Reads one JSON object.
    ///
    /// # Errors
    /// Any; a body that is no JSON is [`Error::Malformed`].
    async fn object(&self, tenant: TenantId, url: &Url, what: &'static str) -> Result<Value, Error> {
        let answer = self.get(tenant, url, MAX_OBJECT_BYTES).await?;
        serde_json::from_slice(&answer.body).map_err(|_malformed| Error::Malformed { what })
    }

    /// Reads one JSON object for a proof, which compares the tenants by itself.
    ///
    /// # Errors
    /// As [`Graph::object`], but for the tenant.
    async fn unproved(&self, tenant: TenantId, url: &Url, what: &'static str) -> Result<Value, Error> {
        let answer = self.good(self.read(tenant, url, MAX_OBJECT_BYTES, TenantCheck::Later).await?)?;
        serde_json::from_slice(&answer.body).map_err(|_malformed| Error::Malformed { what })
    }

    /// Whether a token may go to this address: https, Graph's host, Graph's port (rule 15).
    ///
    /// # Errors
    /// [`Error::WrongHost`] names where the address leads.
    fn check_host(&self, url: &Url) -> Result<(), Error> {
        check_host(&self.inner.root, url)
    }

    /// A link from an answer, as an address that a token may go to.
    ///
    /// # Errors
    /// [`Error::WrongHost`] for every other one.
    fn follow(&self, link: &str) -> Result<Url, Error> {
        follow(&self.inner.root, link)
    }

    /// Reads Graph's refusal.
    fn refused(&self, answer: &Response) -> Error {
        refused(&self.inner.clock, answer)
    }

    /// Notes that the application is known in the tenant, and whether everything is granted; says since when, and whether
    /// it was unknown before.
    fn note_known(&self, tenant: TenantId, is_granted: bool) -> Seen {
        let now = self.inner.clock.now();
        let mut seen = lock(&self.inner.seen);
        let seen = seen.entry(tenant).or_default();
        seen.known_since.get_or_insert(now);
        seen.granted_since = is_granted.then(|| seen.granted_since.unwrap_or(now));
        *seen
    }

    /// Notes that the application is not known there (yet, or any more).
    fn note_unknown(&self, tenant: TenantId) {
        let mut seen = lock(&self.inner.seen);
        seen.insert(tenant, Seen { was_unknown: true, ..Seen::default() });
    }
}

/// When the tenant that a token names is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum TenantCheck {
    /// Before it is used.
    Before,
    /// By the caller.
    Later,
}

/// What this process saw of our application in one tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Seen {
    /// When it first got a token: the start of the time in which a consent spreads.
    known_since: Option<Moment>,
    /// When everything was first granted, at every look since.
    granted_since: Option<Moment>,
    /// It was refused as unknown before that: the customer accepted while we watched.
    was_unknown: bool,
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph({})", self.inner.resource)
    }
}

/// A call that reads one address.
fn reading(url: &Url, max_body_bytes: usize) -> Call {
    Call {
        method: Method::Get,
        url: url.clone(),
        headers: Vec::new(),
        body: None,
        deadline: DEADLINE,
        max_body_bytes,
        is_safe_to_repeat: true,
    }
}

/// Reads Graph's refusal.
fn refused(clock: &Clock, answer: &Response) -> Error {
    let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let (code, inner_id) = wire::refusal(&body);
    let code = answer.id(&code).unwrap_or_default().to_owned();
    let mut ids = Vec::new();
    let said = answer.headers.get("request-id").or(inner_id.as_deref());
    if let Some(id) = said.and_then(|id| answer.id(id)) {
        ids.push(format!("request {id}"));
    }
    ids.push(format!("client request {}", answer.request_id));
    ids.extend(answer.date().map(str::to_owned));
    Error::Graph {
        status: answer.status,
        code,
        retry_after: answer.retry_after(clock),
        reference: ids.join(", "),
    }
}
