//! The sandbox's HTTP server: one port, told apart by the Host header, and by the path where an address of its own is asked.
//!
//! Each connection carries a pair of scissors, so that a fault can end it before or in the middle of an answer.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State, connect_info::Connected},
    http::{HeaderValue, Response},
    serve::{IncomingStream, Listener},
};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;

use super::{
    answer::{Answer, Ask, Cut, Links},
    cloud::CLOUDS,
    consent, discovery, graph,
    journal::Event,
    partner_center,
    people::Person,
    platform::{Loss, Platform},
    sign_in,
    tls::{Door, Line},
    token,
    world::Kind,
};

/// Largest body that is read, bytes.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// What stands between the head of an answer and its body.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Serves until `stop`; connections end with what they are at.
pub(super) fn spawn(door: Door, platform: Arc<Platform>, stop: CancellationToken) {
    let service =
        Router::new().fallback(serve).with_state(platform).into_make_service_with_connect_info::<Scissors>();
    tokio::spawn(async move {
        let gate = Gate { door, taken: 0 };
        let server = axum::serve(gate, service).with_graceful_shutdown(stop.cancelled_owned());
        // The accept loop never fails; there is nobody to tell.
        server.await.ok();
    });
}

/// Takes connections, and numbers them from 1.
struct Gate {
    door: Door,
    taken: u64,
}

impl Listener for Gate {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = self.door.next().await;
        self.taken += 1;
        let blades = Arc::new(Blades { connection: self.taken, ..Blades::default() });
        let scissors = Scissors { blades, is_secure: stream.is_secure() };
        (Wire { stream, scissors }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.door.address()
    }
}

/// How many more bytes a connection may send; shared by the connection and whoever answers on it.
#[derive(Clone, Debug)]
struct Scissors {
    /// Shared.
    blades: Arc<Blades>,
    /// Whether the connection is under TLS.
    is_secure: bool,
}

/// The counts are [`usize::MAX`] while nothing is to be cut.
#[derive(Debug)]
struct Blades {
    /// Number of the connection.
    connection: u64,
    /// Bytes that may still be sent.
    left: AtomicUsize,
    /// Bytes of the next answer's body that may be sent; its head goes out whole.
    of_body: AtomicUsize,
}

impl Default for Blades {
    fn default() -> Self {
        Self { connection: 0, left: AtomicUsize::new(usize::MAX), of_body: AtomicUsize::new(usize::MAX) }
    }
}

impl Scissors {
    /// Cuts the next answer, which has so many bytes of body.
    fn cut(&self, cut: Option<Cut>, body: usize) {
        match cut {
            Some(Cut::AtOnce) => self.blades.left.store(0, Ordering::Release),
            // Of an empty body there is no half: its head is cut.
            Some(Cut::Halfway) if body == 0 => self.blades.left.store(20, Ordering::Release),
            Some(Cut::Halfway) => self.blades.of_body.store(body / 2, Ordering::Release),
            None => {}
        }
    }

    /// How many of these bytes may be sent.
    fn allows(&self, bytes: &[u8]) -> usize {
        let of_body = self.blades.of_body.load(Ordering::Acquire);
        if of_body != usize::MAX
            && let Some(head) = bytes.windows(END_OF_HEAD.len()).position(|it| it == END_OF_HEAD)
        {
            self.blades.of_body.store(usize::MAX, Ordering::Release);
            self.blades.left.store(head + END_OF_HEAD.len() + of_body, Ordering::Release);
        }
        self.blades.left.load(Ordering::Acquire).min(bytes.len())
    }

    /// So many were sent.
    fn sent(&self, count: usize) {
        if self.blades.left.load(Ordering::Acquire) != usize::MAX {
            self.blades.left.fetch_sub(count, Ordering::AcqRel);
        }
    }
}

impl Connected<IncomingStream<'_, Gate>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Self {
        stream.io().scissors.clone()
    }
}

/// A connection that can be cut.
struct Wire {
    /// The connection.
    stream: Line,
    /// What may still be sent.
    scissors: Scissors,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let some = bytes.get(..self.scissors.allows(bytes)).unwrap_or_default();
        if some.is_empty() && !bytes.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, some);
        if let Poll::Ready(Ok(count)) = &written {
            self.scissors.sent(*count);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Answers one request, on a line that may not hold.
async fn serve(
    State(platform): State<Arc<Platform>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let named = head.headers.get("host").and_then(|it| it.to_str().ok()).or(head.uri.host());
    let named = named.unwrap_or_default().to_ascii_lowercase();
    let host = named.rsplit_once(':').map_or(named.as_str(), |(host, _)| host).to_owned();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return send(Answer::new(413, "text/plain", b"too large".to_vec()), &scissors);
    };
    let home = platform.world.home;
    let is_elsewhere = host != home.login && CLOUDS.iter().any(|cloud| cloud.login == host);
    // Which connections are dropped must not depend on whether other clouds are asked.
    let loss = if is_elsewhere { None } else { platform.line().await };
    if loss == Some(Loss::Request) {
        scissors.cut(Some(Cut::AtOnce), 0);
        return Response::new(Body::empty());
    }
    let path = head.uri.path().to_owned();
    let is_own = matches!(host.as_str(), "127.0.0.1" | "localhost");
    let mail = if is_own { platform.exchange.by_path(&path, &head.headers) } else { Some(host.clone()) };
    if let Some(host) = mail.filter(|host| platform.exchange.hosts().contains(host)) {
        // The query goes along: Autodiscover's JSON form asks by query.
        let path = head.uri.path_and_query().map_or(path.as_str(), |it| it.as_str());
        let (connection, method) = (scissors.blades.connection, head.method.as_str());
        let answer = platform.exchange.answer_on(connection, &host, method, path, &head.headers, &body).await;
        scissors.cut(loss.map(Loss::cut), answer.body().len());
        return answer.map(Body::from);
    }
    let mut ask = Ask {
        method: head.method.as_str().to_owned(),
        path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.to_vec(),
        links: Links::of(home),
    };
    // Whatever speaks TLS before it says so.
    let is_secure = scissors.is_secure || ask.header("x-forwarded-proto").eq_ignore_ascii_case("https");
    if is_own {
        ask.links = Links::own(&format!("{}://{named}", if is_secure { "https" } else { "http" }));
    }
    let answer = match host.as_str() {
        host if host == home.graph => graph::answer(&platform, &ask).await,
        host if host == home.login => identity(&platform, &ask).await,
        host if is_elsewhere => discovery::elsewhere(&platform, &ask, host),
        partner_center::HOST => partner_center::answer(&platform, &ask),
        // Where Microsoft's short address for device codes leads.
        "microsoft.com" if ask.path == "/devicelogin" => {
            Answer::redirect(&format!("https://{}/common/oauth2/deviceauth", home.login))
        }
        _ if is_own => by_path(&platform, &ask).await,
        _ => Answer::new(421, "text/plain; charset=utf-8", b"This host is not part of the sandbox.".to_vec()),
    };
    send(dated(answer.lost(loss), &platform), &scissors)
}

/// Answers what was asked by an address of the sandbox's own: the first word of the path says which host is meant.
async fn by_path(platform: &Platform, ask: &Ask) -> Answer {
    match ask.path.trim_start_matches('/').split_once('/') {
        Some(("sandbox", rest)) => own(platform, ask, rest),
        Some(("v1", _)) => partner_center::answer(platform, ask),
        Some(("v1.0" | "oidc", _)) => graph::answer(platform, ask).await,
        _ => identity(platform, ask).await,
    }
}

/// With the date by the sandbox's own clock, as every answer of Microsoft has one.
fn dated(answer: Answer, platform: &Platform) -> Answer {
    match jiff::Timestamp::from_millisecond(platform.now()) {
        Ok(now) => answer.with("date", now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        Err(_) => answer,
    }
}

/// An answer as HTTP, the connection cut where the answer says so.
fn send(answer: Answer, scissors: &Scissors) -> Response<Body> {
    scissors.cut(answer.cut, answer.body.len());
    let mut response = Response::new(Body::from(answer.body));
    if let Ok(status) = axum::http::StatusCode::from_u16(answer.status) {
        *response.status_mut() = status;
    }
    for (name, value) in answer.headers {
        // A value that is no header text came from the request: it is left out.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The identity platform's table of paths.
async fn identity(platform: &Platform, ask: &Ask) -> Answer {
    let segments = ask.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), parts.as_slice()) {
        ("GET", ["common", "discovery", "instance"]) => discovery::instance(platform, ask),
        ("GET", [word, "v2.0", ".well-known", "openid-configuration"]) => {
            discovery::document(platform, ask, platform.world.home.login, word)
        }
        ("GET", [word, "discovery", "v2.0", "keys"] | [word, "discovery", "keys"]) => {
            discovery::keys(platform, ask, word)
        }
        ("GET", [word, "adminconsent"]) => consent::begin(platform, ask, word, 1),
        ("GET", [word, "v2.0", "adminconsent"]) => consent::begin(platform, ask, word, 2),
        ("POST", [_, "login"]) => consent::step(platform, ask),
        ("GET", [word, "oauth2", "v2.0", "authorize"]) => sign_in::authorize(platform, ask, word),
        ("GET", ["devicelogin"] | [_, "oauth2", "deviceauth"]) => sign_in::enter_code(ask),
        ("POST", [_, "signin"]) => sign_in::step(platform, ask),
        (_, [_, "oauth2", "v2.0", "logout"]) => consent::signed_out(),
        ("POST", [word, "oauth2", "v2.0", "devicecode"]) => sign_in::device_code(platform, ask, word),
        (_, [word, "oauth2", "v2.0", "token"]) => tokens(platform, ask, word).await,
        _ => Answer::new(
            404,
            "text/html; charset=utf-8",
            b"<!DOCTYPE html><html lang=\"en\"><title>404</title><p>Not found.".to_vec(),
        ),
    }
}

/// The token endpoint with its faults.
async fn tokens(platform: &Platform, ask: &Ask, word: &str) -> Answer {
    let loss = platform.line_to(platform.world.tenant(word).map(AsRef::as_ref)).await;
    token::answer(platform, ask, word).lost(loss)
}

/// A user to be made by hand.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewUser {
    /// Tenant id or domain.
    tenant: String,
    /// Display name.
    display_name: String,
    /// Whole address; made from the name where it is missing.
    #[serde(default)]
    user_principal_name: Option<String>,
    /// Kind.
    #[serde(default)]
    kind: Kind,
}

/// Somebody or something to be taken away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gone {
    /// Tenant id or domain.
    tenant: String,
    /// Object id or user principal name; without one the consent is taken back.
    #[serde(default)]
    user: Option<String>,
}

/// What Microsoft does not have: `POST /sandbox/users` makes a user, `POST /sandbox/users/remove` deletes one,
/// `POST /sandbox/consent/remove` takes a consent back, `GET /sandbox/done` is the partner's page behind the redirect.
fn own(platform: &Platform, ask: &Ask, rest: &str) -> Answer {
    let done = match (ask.method.as_str(), rest) {
        ("GET", "done") => return consent::done(platform, ask),
        ("POST", _) if !ask.header("content-type").starts_with("application/json") => {
            // No page of another site can send this type without asking first.
            Err((415, "application/json is needed".to_owned()))
        }
        ("POST", "users") => make(platform, &ask.body),
        ("POST", "users/remove" | "consent/remove") => remove(platform, &ask.body, rest.starts_with("users")),
        _ => Err((404, "there is no such address in the sandbox".to_owned())),
    };
    match done {
        Ok((status, value)) => Answer::json(status, &value),
        Err((status, why)) => Answer::json(status, &json!({"error": why})),
    }
}

/// Status and JSON, or status and reason.
type Done = Result<(u16, serde_json::Value), (u16, String)>;

/// The sandbox can't write.
fn broken(why: &io::Error) -> (u16, String) {
    (500, why.to_string())
}

/// Makes a user.
fn make(platform: &Platform, body: &[u8]) -> Done {
    let new: NewUser = serde_json::from_slice(body).map_err(|why| (400, why.to_string()))?;
    let tenant = platform
        .world
        .tenant(&new.tenant)
        .ok_or_else(|| (404, format!("there is no tenant {}", new.tenant)))?;
    let address = new.user_principal_name.unwrap_or_else(|| {
        let local: String = new.display_name.split_whitespace().collect::<Vec<_>>().join(".");
        let local: String = local.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '.').collect();
        format!("{}@{}", local.to_lowercase(), tenant.domain)
    });
    if platform.directory(tenant).map_err(|why| broken(&why))?.find(&address).is_some() {
        return Err((409, format!("{address} is there already")));
    }
    let event = Event::Made {
        tenant: tenant.id.clone(),
        at: platform.now(),
        name: new.display_name,
        address: address.clone(),
        kind: new.kind,
    };
    platform.record(event).map_err(|why| broken(&why))?;
    let directory = platform.directory(tenant).map_err(|why| broken(&why))?;
    let made: Option<Person> = directory.newest();
    let made = made.ok_or_else(|| (500, "the user was not made".to_owned()))?;
    Ok((
        201,
        json!({"id": made.id.to_string(), "displayName": made.name, "userPrincipalName": made.upn, "mail": made.mail}),
    ))
}

/// Deletes a user or takes a consent back.
fn remove(platform: &Platform, body: &[u8], user: bool) -> Done {
    let gone: Gone = serde_json::from_slice(body).map_err(|why| (400, why.to_string()))?;
    let tenant = platform
        .world
        .tenant(&gone.tenant)
        .ok_or_else(|| (404, format!("there is no tenant {}", gone.tenant)))?;
    let event = if user {
        let key = gone.user.ok_or_else(|| (400, "user is needed".to_owned()))?;
        let person = platform
            .directory(tenant)
            .map_err(|why| broken(&why))?
            .find(&key)
            .ok_or_else(|| (404, format!("there is no user {key}")))?;
        Event::Left { tenant: tenant.id.clone(), user: person.id.to_string(), at: platform.now() }
    } else {
        Event::Withdrawn { tenant: tenant.id.clone() }
    };
    platform.record(event).map_err(|why| broken(&why))?;
    Ok((200, json!({})))
}
