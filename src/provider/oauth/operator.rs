//! The operator's own sign-in in the partner's organisation (reference, section 6): in the browser with PKCE, or by a
//! device code; refreshed without asking anybody while Microsoft allows it.
//!
//! A registration of its own, a public client: it has no secret, and nothing that a customer has consented to. What comes
//! out is a [`Session`]: who it is, by a validated ID token, and the refresh token. What is asked in the operator's own
//! name goes through a [`Person`], who fetches an access token for that when it is needed; none is kept on the disk.

mod id_token;
mod kept;
mod listener;
mod person;
mod purpose;
mod words;

#[cfg(test)]
mod tests;

use std::time::Duration;

use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, CsrfToken, DeviceAuthorizationUrl, EndpointNotSet,
    EndpointSet, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope,
    StandardDeviceAuthorizationResponse, TokenUrl,
};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

pub(in crate::provider) use self::words::not_asked;
use self::{
    id_token::{Expected, Untrusted},
    listener::{Listener, Returned},
};
pub use self::{
    kept::SessionFile,
    person::{NotHeard, Person},
    purpose::{COMMAND_LINE_TOOLS, Purpose},
};
use super::{DEADLINE, MAX_BYTES, Refusal, Transport, Unused, Unused2, post, refused, wire::UserTokens};
use crate::{
    domain::{
        failure::Failure,
        id::TenantId,
        secret::Secret,
        sign_in::{Issued, Poll, Refused, SignedIn},
        text::Text,
        time::{Clock, Moment},
    },
    provider::{
        error::Error,
        http::{Call, Http, Method},
    },
};

/// The kind of grant (RFC 8628 section 3.4).
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How long a device code lives where the answer does not say (reference, section 6.2).
const USUAL_LIFE: Duration = Duration::from_mins(15);

/// The operators' registration at Microsoft.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its application (client) id.
    pub client_id: Uuid,
    /// The partner's own tenant.
    pub tenant: TenantId,
    /// Sign-in address.
    pub authority: String,
    /// What replaces the sign-in address for a browser on this computer; the sandbox's own address.
    pub browser_origin: Option<String>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub who: SignedIn,
    /// Until when the ID token says so.
    pub until: Moment,
    /// By which registration.
    client_id: Uuid,
    refresh: Option<Secret<String>>,
    /// What opens Graph, of a set-up alone.
    access: Option<Secret<String>>,
}

impl Session {
    /// What opens Graph for a few minutes in the person's name; none but after a sign-in for a set-up. Never kept.
    #[must_use]
    pub fn into_access(self) -> Option<Secret<String>> {
        self.access
    }

    /// Whether both are of one sign-in, with the very same secret.
    fn is_same_as(&self, other: &Self) -> bool {
        let secret = |session: &Self| session.refresh.as_ref().map(|token| token.expose().clone());
        self.who.object == other.who.object && secret(self) == secret(other)
    }
}

/// Why a session could not be refreshed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotRefreshed {
    /// Microsoft says no: only a new sign-in helps.
    Ended(Failure),
    /// It could not be asked now.
    Unknown(Failure),
}

/// Signs operators in; cheap to clone.
#[derive(Clone, Debug)]
pub struct Operators {
    http: Http,
    clock: Clock,
    authority: Url,
    registration: Registration,
    purpose: Purpose,
    /// Graph, as scopes name it; of a set-up alone.
    graph: String,
}

/// A code that was issued, with the secret half of it.
#[derive(Debug)]
pub struct DeviceCode {
    /// What people see.
    pub issued: Issued,
    secret: Secret<String>,
}

/// A page of Microsoft's that was not opened yet, and the ear for what it brings back.
#[derive(Debug)]
pub struct Page {
    /// The address for the browser. There is no secret in it that would sign anybody in.
    pub link: String,
    /// The port of this computer that it comes back to.
    pub port: u16,
    listener: Listener,
    redirect: RedirectUrl,
    state: CsrfToken,
    nonce: String,
    verifier: PkceCodeVerifier,
}

/// The crate's client with the endpoints of this registration.
type Client = oauth2::Client<
    Refusal,
    UserTokens,
    Unused,
    Unused2,
    Refusal,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Operators {
    /// Opens no connection.
    ///
    /// # Errors
    /// The address of the sign-in is none.
    pub fn new(http: Http, clock: Clock, registration: Registration) -> Result<Self, Failure> {
        let authority = Url::parse(&registration.authority).map_err(|_malformed| {
            words::of(&Error::Malformed { what: "the address of the sign-in" }, Purpose::Working)
        })?;
        Ok(Self { http, clock, authority, registration, purpose: Purpose::Working, graph: String::new() })
    }

    /// The same for a set-up, by which Graph at this address (`https://graph.microsoft.com`) is used.
    #[must_use]
    pub fn setting_up(self, graph: &str) -> Self {
        Self { purpose: Purpose::SettingUp, graph: graph.to_owned(), ..self }
    }

    /// What people sign in for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What is asked for.
    fn scopes(&self) -> Vec<Scope> {
        self.purpose.scopes(&self.graph).into_iter().map(Scope::new).collect()
    }

    /// Asks for a device code.
    ///
    /// # Errors
    /// With words; whether a rule forbids this way.
    pub async fn ask_for_code(&self) -> Result<DeviceCode, Refused> {
        let client = self.client();
        let request = client.exchange_device_code().add_scopes(self.scopes());
        let send = |request| post(self.http.clone(), self.clock.clone(), request, false);
        let asked = request.request_async(&send).await;
        let answer: StandardDeviceAuthorizationResponse =
            asked.map_err(refused).map_err(|error| words::refused(&error, self.purpose))?;
        let issued = Issued {
            code: Text::clean(answer.user_code().secret()),
            address: Text::clean(&self.for_browser(answer.verification_uri().url())),
            lives: Some(answer.expires_in()).filter(|life| !life.is_zero()).unwrap_or(USUAL_LIFE),
            interval: answer.interval(),
        };
        Ok(DeviceCode { issued, secret: Secret::new(answer.device_code().secret().clone()) })
    }

    /// Asks once whether a code was entered.
    ///
    /// # Errors
    /// Every answer but a session, [`Poll::Pending`] the first of them.
    pub async fn poll(&self, code: &DeviceCode) -> Result<Session, Poll> {
        let form = [
            ("grant_type", DEVICE_GRANT),
            ("client_id", &self.client_id()),
            ("device_code", code.secret.expose()),
        ];
        let answer = self
            .tokens_by(self.registration.tenant, &form)
            .await
            .map_err(|error| words::poll(&error, self.purpose))?;
        self.session(answer, None).await.map_err(Poll::Refused)
    }

    /// Makes the page for the browser, and listens for what it brings back.
    ///
    /// # Errors
    /// This computer gives no port to listen on.
    pub async fn page(&self) -> Result<Page, Refused> {
        let listener = Listener::bind().await.map_err(|error| words::deaf(&error, self.purpose))?;
        let port = listener.port();
        let redirect = RedirectUrl::new(format!("http://localhost:{port}")).map_err(|_malformed| {
            words::refused(&Error::Malformed { what: "our own address" }, self.purpose)
        })?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random().secret().clone();
        let client = self.client();
        let (link, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(self.scopes())
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge)
            .add_extra_param("response_mode", "query")
            .add_extra_param("prompt", "select_account")
            .add_extra_param("nonce", nonce.as_str())
            .url();
        let link = self.for_browser(&link);
        Ok(Page { link, port, listener, redirect, state, nonce, verifier })
    }

    /// Waits until the browser comes back, and signs in by what it brings. Safe to drop at any await; nobody listens
    /// then, and nobody is signed in.
    ///
    /// # Errors
    /// With words; whether a rule forbids this way.
    pub async fn returned(&self, page: Page) -> Result<Session, Refused> {
        let Page { listener, redirect, state, nonce, verifier, .. } = page;
        let code = match listener.returned(state.secret()).await {
            Some(Returned::Code(code)) => code,
            Some(Returned::Error { word, description }) => {
                let said = serde_json::json!({ "error": word, "error_description": description });
                return Err(words::refused(&Error::Platform(Refusal::from(said)), self.purpose));
            }
            None => return Err(words::deaf(&std::io::ErrorKind::BrokenPipe.into(), self.purpose)),
        };
        let client = self.client();
        let request = client
            .exchange_code(AuthorizationCode::new(code.expose().clone()))
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
            .set_pkce_verifier(verifier);
        // A code is good once: asked again, it would be refused.
        let send = |request| post(self.http.clone(), self.clock.clone(), request, false);
        let tokens = request
            .request_async(&send)
            .await
            .map_err(refused)
            .map_err(|error| words::refused(&error, self.purpose))?;
        self.session(tokens, Some(&nonce)).await
    }

    /// Asks Microsoft whether the person is still signed in, and as what.
    ///
    /// # Errors
    /// [`NotRefreshed`].
    pub async fn refresh(&self, session: &Session) -> Result<Session, NotRefreshed> {
        let ended = |refused: Refused| NotRefreshed::Ended(refused.failure);
        let Some(token) = &session.refresh else { return Err(NotRefreshed::Ended(words::ended(None))) };
        let token = RefreshToken::new(token.expose().clone());
        let client = self.client();
        let request = client.exchange_refresh_token(&token).add_scopes(self.scopes());
        let send = |request| post(self.http.clone(), self.clock.clone(), request, true);
        let tokens = match request.request_async(&send).await.map_err(refused) {
            Ok(tokens) => tokens,
            Err(Error::Platform(refusal)) if words::is_passing(&refusal) => {
                return Err(NotRefreshed::Unknown(words::of(&Error::Platform(refusal), self.purpose)));
            }
            Err(Error::Platform(refusal)) => return Err(NotRefreshed::Ended(words::ended(Some(&refusal)))),
            Err(error) => return Err(NotRefreshed::Unknown(words::of(&error, self.purpose))),
        };
        let fresh = match self.read(tokens, None).await {
            Ok(fresh) => fresh,
            Err(NotRead::Unasked(error)) => {
                return Err(NotRefreshed::Unknown(words::of(&error, self.purpose)));
            }
            Err(NotRead::Untrusted(why)) => {
                return Err(ended(words::untrusted(&why, &self.registration, self.purpose)));
            }
        };
        if (fresh.who.tenant, fresh.who.object) != (session.who.tenant, session.who.object) {
            return Err(NotRefreshed::Ended(words::ended(None)));
        }
        // The old one stays good where no new one came.
        let refresh = fresh.refresh.or_else(|| session.refresh.clone());
        Ok(Session { refresh, ..fresh })
    }

    /// Whether a session came of this registration.
    #[must_use]
    pub fn is_of(&self, session: &Session) -> bool {
        (session.client_id, session.who.tenant) == (self.registration.client_id, self.registration.tenant)
    }

    async fn session(&self, tokens: UserTokens, nonce: Option<&str>) -> Result<Session, Refused> {
        self.read(tokens, nonce).await.map_err(|why| match why {
            NotRead::Unasked(error) => words::refused(&error, self.purpose),
            NotRead::Untrusted(why) => words::untrusted(&why, &self.registration, self.purpose),
        })
    }

    /// Reads the ID token of an answer by the keys that are served now.
    async fn read(&self, tokens: UserTokens, nonce: Option<&str>) -> Result<Session, NotRead> {
        let token = tokens.id_token().ok_or(NotRead::Untrusted(Untrusted::Shape))?;
        let keys = self.keys().await.map_err(NotRead::Unasked)?;
        let issuer = self.at("v2.0").to_string();
        let Registration { client_id, tenant, .. } = self.registration;
        let expected = Expected {
            issuer: &issuer,
            client_id,
            tenant,
            nonce,
            needs_role: self.purpose == Purpose::Working,
            now: self.clock.now(),
        };
        let (who, until) = id_token::read(token.expose(), &keys, &expected).map_err(NotRead::Untrusted)?;
        if self.purpose == Purpose::Working {
            return Ok(Session { who, until, client_id, refresh: tokens.into_refresh(), access: None });
        }
        let access = tokens.into_access().map(|(access, ..)| access);
        Ok(Session { who, until, client_id, refresh: None, access })
    }

    /// The keys by which ID tokens are signed now.
    async fn keys(&self) -> Result<Value, Error> {
        let call = Call {
            method: Method::Get,
            url: self.at("discovery/v2.0/keys"),
            headers: vec![("accept", String::from("application/json"))],
            body: None,
            deadline: DEADLINE,
            max_body_bytes: MAX_BYTES,
            is_safe_to_repeat: true,
        };
        let answer = self.http.send_to_api(call).await?;
        let keys = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200);
        keys.ok_or(Error::Malformed { what: "the list of Microsoft's keys" })
    }

    /// Sends a form to the token endpoint of a tenant, once.
    async fn tokens_by(&self, tenant: TenantId, form: &[(&str, &str)]) -> Result<UserTokens, Error> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = oauth2::http::Request::builder().uri(self.of(tenant, "oauth2/v2.0/token").as_str());
        let unsent = |_invalid| Error::Malformed { what: "our own request" };
        let request = request.body(body.into_bytes()).map_err(unsent)?;
        let sent = post(self.http.clone(), self.clock.clone(), request, false).await;
        let answer = sent.map_err(|Transport(error)| error)?;
        if answer.status() == 200 {
            let tokens = serde_json::from_slice(answer.body());
            return tokens
                .map_err(|_malformed| Error::Malformed { what: "the answer of the token endpoint" });
        }
        let refusal = serde_json::from_slice(answer.body()).unwrap_or_default();
        Err(Error::Platform(refusal))
    }

    fn client(&self) -> Client {
        oauth2::Client::new(ClientId::new(self.client_id()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(self.at("oauth2/v2.0/authorize")))
            .set_token_uri(TokenUrl::from_url(self.at("oauth2/v2.0/token")))
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(self.at("oauth2/v2.0/devicecode")))
    }

    fn client_id(&self) -> String {
        self.registration.client_id.hyphenated().to_string()
    }

    /// An address of the partner's tenant at the sign-in.
    fn at(&self, path: &str) -> Url {
        self.of(self.registration.tenant, path)
    }

    /// An address of any tenant at the sign-in.
    fn of(&self, tenant: TenantId, path: &str) -> Url {
        let mut url = self.authority.clone();
        url.set_path(&format!("/{tenant}/{path}"));
        url
    }

    /// The same page for a browser on this computer.
    fn for_browser(&self, page: &Url) -> String {
        match &self.registration.browser_origin {
            Some(here) => {
                let query = page.query().map(|query| format!("?{query}")).unwrap_or_default();
                format!("{here}{}{query}", page.path())
            }
            None => page.to_string(),
        }
    }
}

/// Why an answer with tokens makes no session.
enum NotRead {
    /// The keys could not be had.
    Unasked(Error),
    /// The ID token is none for us.
    Untrusted(Untrusted),
}
