//! Tokens of our own application in a tenant: fetched, kept until shortly before they end, dropped when doubted.
//!
//! Triggered by every Graph call. Tokens are opaque; `Token::claims` reads one for diagnostics only (reference,
//! section 4.4). They live in memory and go nowhere else.

mod assertion;
mod certificate;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
pub mod made;
pub mod operator;
mod proof;
mod wire;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::Arc,
    time::Duration,
};

use oauth2::{AuthType, ClientId, ClientSecret, RequestTokenError, Scope, TokenUrl};
use tokio::sync::Mutex;
use url::Url;

pub use self::{
    assertion::Signature,
    certificate::{Certificate, CertificateTrouble},
    wire::Refusal,
};
use self::{
    proof::{Proof, Proofs, is_of_credential},
    wire::Issued,
};
use super::{
    error::Error,
    http::{Call, Http, HttpError, Method},
};
use crate::domain::{
    id::TenantId,
    lock::lock,
    secret::Secret,
    time::{Clock, Moment},
};

/// How long the token endpoint may take; a guess.
const DEADLINE: Duration = Duration::from_secs(30);

/// Largest answer of the token endpoint, bytes. Tokens with many roles reach some ten thousand.
const MAX_BYTES: usize = 256 * 1024;

/// A token is not used in its last five minutes, as Microsoft's own libraries do (reference, section 4.3).
const MARGIN: Duration = Duration::from_mins(5);

/// Part of its life that a token is not used at the end, where that is less than [`MARGIN`]: a customer's policy can make
/// tokens live so shortly that five minutes are all of it. A guess.
const LAST_PART: u32 = 5;

/// The number for an assertion whose certificate is not registered, or not everywhere yet.
const NOT_YET_ACCEPTED: u64 = 700_027;

/// How often it is asked again then; a wrong certificate must not take long to be called so.
const CERTIFICATE_REPEATS: u32 = 2;

/// Type of a client assertion (RFC 7523 section 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Our application at Microsoft, as settings name it.
#[derive(Clone, Debug)]
pub struct App {
    /// Application (client) id, a GUID.
    pub client_id: uuid::Uuid,
    /// The partner's own tenant, where the application is registered.
    pub partner: TenantId,
    /// What proves that we are the application.
    pub credential: Credential,
    /// What proves it where Microsoft does not take the first, while that is replaced.
    pub next: Option<Credential>,
}

/// What proves that we are the application; never in the store.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A client secret.
    Secret(Secret<String>),
    /// A certificate and its RSA key.
    Certificate {
        /// Both.
        certificate: Certificate,
        /// How statements are signed.
        signature: Signature,
    },
}

/// The token cache; cheap to clone.
#[derive(Clone)]
pub(crate) struct Tokens {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    clock: Clock,
    authority: Url,
    client_id: String,
    proofs: Proofs,
    /// One slot per tenant and resource; whoever finds it empty fetches while the others wait.
    slots: std::sync::Mutex<HashMap<(TenantId, String), Slot>>,
}

/// Where one token is kept.
type Slot = Arc<Mutex<Option<Token>>>;

/// A token for one resource in one tenant.
#[derive(Clone)]
pub(crate) struct Token {
    text: Arc<Secret<String>>,
    until: Moment,
    /// The tenant that it names; none where it can't be read.
    tenant: Option<TenantId>,
}

/// What a token says about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Claims {
    /// The tenant it is for.
    pub(crate) tenant: Option<TenantId>,
    /// Names of the permissions granted when it was issued.
    pub(crate) roles: BTreeSet<String>,
}

impl Token {
    /// The header's value.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.text.expose())
    }

    /// What it says, where it can be read: for diagnostics, never a reason to fail.
    pub(crate) fn claims(&self) -> Option<Claims> {
        wire::claims(self.text.expose())
    }

    /// The tenant that it names, where that is another one than `expected`.
    pub(crate) fn other_tenant(&self, expected: TenantId) -> Option<TenantId> {
        self.tenant.filter(|named| *named != expected)
    }

    /// Whether both are the very same token.
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.text, &other.text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(until {})", self.until)
    }
}

impl Tokens {
    /// Makes the cache, and the credentials ready.
    ///
    /// # Errors
    /// A key that can't be used.
    pub(crate) fn new(http: Http, clock: Clock, authority: Url, app: &App) -> Result<Self, Error> {
        let proofs = Proofs::new(app)?;
        let client_id = app.client_id.hyphenated().to_string();
        let slots = std::sync::Mutex::new(HashMap::new());
        Ok(Self { inner: Arc::new(Inner { http, clock, authority, client_id, proofs, slots }) })
    }

    /// A token for `resource` (`https://graph.microsoft.com`) in a tenant, from the cache while it is good.
    ///
    /// # Errors
    /// Whatever the identity platform says; before consent that is its refusal 700016.
    pub(crate) async fn get(&self, tenant: TenantId, resource: &str) -> Result<Token, Error> {
        let slot = self.slot(tenant, resource);
        let mut kept = slot.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| self.inner.clock.now() < token.until) {
            return Ok(token.clone());
        }
        let token = self.fetch_patiently(tenant, resource).await?;
        *kept = Some(token.clone());
        Ok(token)
    }

    /// The token that was got last, as it is: for what it says of itself, not for a request.
    pub(crate) async fn last(&self, tenant: TenantId, resource: &str) -> Option<Token> {
        self.slot(tenant, resource).lock().await.clone()
    }

    /// Forgets the tenant's tokens: what they say was true before the consent.
    pub(crate) fn drop_tenant(&self, tenant: TenantId) {
        lock(&self.inner.slots).retain(|(kept, _), _| *kept != tenant);
    }

    /// Forgets this very token after a 401; a newer one stays.
    pub(crate) async fn refuse(&self, tenant: TenantId, resource: &str, token: &Token) {
        let slot = self.slot(tenant, resource);
        let mut kept = slot.lock().await;
        if kept.as_ref().is_some_and(|other| other.is(token)) {
            *kept = None;
        }
    }

    fn slot(&self, tenant: TenantId, resource: &str) -> Slot {
        Arc::clone(lock(&self.inner.slots).entry((tenant, resource.to_owned())).or_default())
    }

    /// The number with which Microsoft refused the first credential, where the next one is in use.
    pub(crate) fn replaced(&self) -> Option<u64> {
        self.inner.proofs.replaced()
    }

    /// Asks again while a certificate that was just uploaded is not accepted everywhere (reference, section 4.2).
    async fn fetch_patiently(&self, tenant: TenantId, resource: &str) -> Result<Token, Error> {
        let mut repeats = 0;
        loop {
            match self.fetch_by_either(tenant, resource).await {
                Err(error) if error.aadsts() == Some(NOT_YET_ACCEPTED) && repeats < CERTIFICATE_REPEATS => {
                    repeats += 1;
                    tokio::time::sleep(self.inner.http.first_wait()).await;
                }
                other => return other,
            }
        }
    }

    /// Asks with one credential, and where Microsoft refuses that for what it is with the other one, once. Where both are
    /// refused the first refusal counts.
    async fn fetch_by_either(&self, tenant: TenantId, resource: &str) -> Result<Token, Error> {
        let proofs = &self.inner.proofs;
        let (proof, other) = proofs.in_turn();
        let answer = self.fetch(tenant, resource, proof).await;
        let (Err(refusal), Some(other)) = (&answer, other) else { return answer };
        if !is_of_credential(refusal) {
            return answer;
        }
        match self.fetch(tenant, resource, other).await {
            Ok(token) => {
                proofs.took(other, refusal);
                Ok(token)
            }
            Err(second) if is_of_credential(&second) => answer,
            Err(second) => Err(second),
        }
    }

    /// Asks the identity platform (reference, sections 4.1 and 4.2).
    async fn fetch(&self, tenant: TenantId, resource: &str, proof: &Proof) -> Result<Token, Error> {
        let inner = &*self.inner;
        let mut url = inner.authority.clone();
        url.set_path(&format!("/{tenant}/oauth2/v2.0/token"));
        let endpoint = url.to_string();
        let mut client = oauth2::Client::<Refusal, Issued, Unused, Unused2, Refusal>::new(ClientId::new(
            inner.client_id.clone(),
        ))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(url));
        if let Proof::Secret(secret) = proof {
            client = client.set_client_secret(ClientSecret::new(secret.expose().clone()));
        }
        let mut request =
            client.exchange_client_credentials().add_scope(Scope::new(format!("{resource}/.default")));
        if let Proof::Certificate(signer) = proof {
            request = request.add_extra_param("client_assertion_type", ASSERTION_TYPE).add_extra_param(
                "client_assertion",
                signer.assertion(&endpoint, &inner.client_id, inner.clock.now())?,
            );
        }
        // Asking for the same token again does no harm.
        let send = |request| post(inner.http.clone(), inner.clock.clone(), request, true);
        let issued = request.request_async(&send).await.map_err(refused)?;
        let life = issued.life();
        let used_for = life.saturating_sub(MARGIN.min(life / LAST_PART));
        let text = Arc::new(issued.into_secret());
        let tenant = wire::claims(text.expose()).and_then(|claims| claims.tenant);
        Ok(Token { text, until: inner.clock.now().plus(used_for), tenant })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// The crate asks for types of calls that this program never makes.
type Unused = oauth2::basic::BasicTokenIntrospectionResponse;
type Unused2 = oauth2::StandardRevocableToken;

/// Carries the crate's request over our client, again where that does no harm.
async fn post(
    http: Http,
    clock: Clock,
    request: oauth2::HttpRequest,
    is_safe_to_repeat: bool,
) -> Result<oauth2::HttpResponse, Transport> {
    let bad = || HttpError::Request { detail: String::from("a token request that can't be sent") };
    let url = Url::parse(&request.uri().to_string()).map_err(|_malformed| bad())?;
    let call = Call {
        method: Method::Post,
        url,
        headers: vec![("accept", String::from("application/json"))],
        body: Some(("application/x-www-form-urlencoded", request.into_body())),
        deadline: DEADLINE,
        max_body_bytes: MAX_BYTES,
        is_safe_to_repeat,
    };
    let answer = http.send_to_api(call).await?;
    let retry_after = answer.retry_after(&clock);
    let said = if answer.status == 200 { None } else { serde_json::from_slice(&answer.body).ok() };
    // With a status of trouble, JSON of another form (a gateway's) is no refusal.
    let is_trouble = answer.status == 429 || answer.status >= 500;
    let said = said.map(|said| Refusal::of(&answer, said));
    let said = said.filter(|refusal| !is_trouble || !refusal.is_empty());
    // The crate drops headers, and how long to wait is all that matters of an answer that says so.
    if answer.is_rest(&clock) || answer.status != 200 && said.is_none() {
        // A body that is no JSON (a page, a line break where none may be) may name the number all the same.
        if answer.status != 429
            && let Some(refusal) = Refusal::in_text(&String::from_utf8_lossy(&answer.body))
        {
            return Err(Transport(Error::Platform(refusal)));
        }
        return Err(Transport(Error::Status {
            status: answer.status,
            retry_after,
            reference: answer.request_id,
        }));
    }
    let body = match said {
        Some(refusal) => refusal.body(),
        None => answer.body,
    };
    oauth2::http::Response::builder().status(answer.status).body(body).map_err(|_invalid| bad().into())
}

/// Trouble below the crate, on its way through it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Transport(Error);

impl From<HttpError> for Transport {
    fn from(error: HttpError) -> Self {
        Self(Error::Http(error))
    }
}

/// Sorts what the crate reports.
fn refused(error: RequestTokenError<Transport, Refusal>) -> Error {
    match error {
        RequestTokenError::ServerResponse(refusal) => Error::Platform(refusal),
        RequestTokenError::Request(Transport(error)) => error,
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Error::Malformed { what: "the answer of the token endpoint" }
        }
    }
}
