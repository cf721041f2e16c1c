//! What stands in front of the service: status codes, headers, sign-in challenges and the pages of proxies.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::settings::{Account, AccountState, Challenge, FaultKind, Server};

/// An answer.
pub(super) type Reply = Response<Vec<u8>>;

/// The media type of SOAP 1.1 and of Autodiscover.
const XML: &str = "text/xml; charset=utf-8";

/// An answer with a body of a media type.
pub(super) fn reply(status: StatusCode, media: &'static str, body: impl Into<Vec<u8>>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    reply
}

/// An answer in XML.
pub(super) fn xml(status: StatusCode, body: Vec<u8>) -> Reply {
    reply(status, XML, body)
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Vec::new());
    *reply.status_mut() = status;
    reply
}

/// A redirect; an address that no header can carry leaves it without one.
pub(super) fn moved(to: &str) -> Reply {
    let mut reply = empty(StatusCode::FOUND);
    if let Ok(to) = HeaderValue::from_str(to) {
        reply.headers_mut().insert(header::LOCATION, to);
    }
    reply
}

/// A page as browsers get it.
fn page(status: StatusCode, title: &str, text: &str) -> Reply {
    let body =
        format!("<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>");
    reply(status, "text/html; charset=utf-8", body)
}

/// The one page of a customer's website.
pub(super) fn website(domain: &str) -> Reply {
    page(StatusCode::OK, domain, "Welcome.")
}

/// 401 with its challenges; `basic` adds Basic where the server's list lacks it.
pub(super) fn challenge(server: &Server, basic: bool) -> Reply {
    let mut lines: Vec<String> = server.challenges.iter().map(|kind| scheme(*kind, &server.host)).collect();
    if basic && !server.challenges.contains(&Challenge::Basic) {
        lines.push(scheme(Challenge::Basic, &server.host));
    }
    if server.folded_challenges {
        lines = vec![lines.join(", ")];
    }
    let mut reply = empty(StatusCode::UNAUTHORIZED);
    for line in lines {
        if let Ok(line) = HeaderValue::from_str(&line) {
            reply.headers_mut().append(header::WWW_AUTHENTICATE, line);
        }
    }
    reply
}

/// One challenge as it stands in the header.
fn scheme(kind: Challenge, host: &str) -> String {
    match kind {
        Challenge::Negotiate => "Negotiate".to_owned(),
        Challenge::Ntlm => "NTLM".to_owned(),
        Challenge::Basic => format!("Basic realm=\"{host}\""),
    }
}

/// 401 with a page about a locked account.
pub(super) fn locked(server: &Server) -> Reply {
    let mut reply = challenge(server, false);
    let told = page(StatusCode::UNAUTHORIZED, "401", "The referenced account is currently locked out.");
    reply.headers_mut().extend(told.headers().clone());
    *reply.body_mut() = told.into_body();
    reply
}

/// 403, EWS switched off or the program kept out; the real body is not known.
pub(super) fn forbidden() -> Reply {
    empty(StatusCode::FORBIDDEN)
}

/// The answer of a fault that is not SOAP, if the fault is such a one.
pub(super) fn broken(kind: FaultKind, server: &Server) -> Option<Reply> {
    Some(match kind {
        FaultKind::Unauthorised => challenge(server, false),
        FaultKind::Forbidden => forbidden(),
        FaultKind::WebMail => {
            let status = StatusCode::from_u16(440).unwrap_or(StatusCode::UNAUTHORIZED);
            page(status, "Login Timeout", "Your session has expired.")
        }
        FaultKind::LogOn => moved(&format!(
            "https://{host}/owa/auth/logon.aspx?url=https%3a%2f%2f{host}%2fews%2fexchange.asmx&reason=0",
            host = server.host
        )),
        FaultKind::ErrorPage => moved("/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx"),
        FaultKind::FrontEnd => {
            let mut reply = page(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Server Error in '/EWS' Application.",
                "Runtime Error",
            );
            let code = HeaderName::from_static("x-caserrorcode");
            reply.headers_mut().insert(code, HeaderValue::from_static("ServerNotFound"));
            reply
        }
        FaultKind::Unavailable => {
            page(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", "HTTP Error 503.")
        }
        FaultKind::Html => page(StatusCode::OK, "Sign in", "Enter your user name and password."),
        FaultKind::BusyFault
        | FaultKind::BusyMessage
        | FaultKind::BusyItem
        | FaultKind::Connections
        | FaultKind::Slow => return None,
    })
}

/// The account that a request signs in as, with the state that lets it in or not.
///
/// By Basic. `basic` lets it in where the server's list lacks it, as Autodiscover does.
pub(super) fn account<'a>(server: &'a Server, headers: &HeaderMap, basic: bool) -> Option<&'a Account> {
    if !basic && !server.challenges.contains(&Challenge::Basic) {
        return None;
    }
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (kind, encoded) = given.split_once(' ')?;
    if !kind.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = plain.split_once(':')?;
    server.accounts.iter().find(|account| {
        let names = std::iter::once(&account.name).chain(&account.also);
        account.password == password && names.into_iter().any(|known| same(known, name))
    })
}

/// Whether an account is kept out before any check of the service.
pub(super) fn is_locked(account: &Account) -> bool {
    account.state == AccountState::Locked
}

/// Whether the program may come in, by the beginning of its name.
pub(super) fn agent_allowed(server: &Server, headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let begins = |prefix: &String| agent.starts_with(prefix.as_str());
    let allowed = server.allowed_agents.is_empty() || server.allowed_agents.iter().any(begins);
    allowed && !server.blocked_agents.iter().any(begins)
}

/// Whether two texts are the same but for letter case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Whether the body is said to be SOAP 1.1.
pub(super) fn is_xml(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("text/xml"))
}
