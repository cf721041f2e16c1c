//! Autodiscover in its three forms: SOAP (`autodiscover.svc`), XML (`autodiscover.xml`) and JSON.
//!
//! Triggered by a request below `/autodiscover/` on the server's own host or on `autodiscover.<domain>`; tells where
//! the endpoint of the domain's mailboxes is, or where to ask instead.

mod plain;
mod soap;

use axum::http::{HeaderMap, Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::Site;
use super::directory::{Card, Now};
use super::front::{self, Reply};
use super::settings::{Account, Form, Redirect, RedirectKind};

/// A question to Autodiscover.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// The server.
    pub(super) site: &'a Site,
    /// The host that was asked, without port.
    pub(super) host: &'a str,
    /// The path in small letters.
    pub(super) path: &'a str,
    /// When.
    pub(super) now: Now,
}

/// What Autodiscover knows about an address.
#[derive(Debug)]
enum Found {
    /// The endpoint.
    Settings(Card),
    /// Ask again with this address.
    Address(String),
    /// Ask again at this URL.
    Url(String),
    /// No such user here.
    Nobody,
}

/// Answers a request below `/autodiscover/`; `query` is what followed the question mark.
pub(super) fn answer(
    question: &Question<'_>,
    method: &Method,
    query: &str,
    headers: &HeaderMap,
    body: &str,
) -> Reply {
    let rules = &question.site.server.autodiscover;
    if let Some(address) = question.path.strip_prefix("/autodiscover/autodiscover.json/v1.0/") {
        return if rules.forms.contains(&Form::Json) && method == Method::GET {
            json(question, address, query)
        } else {
            not_found()
        };
    }
    let soap = match question.path {
        "/autodiscover/autodiscover.svc" if rules.forms.contains(&Form::Soap) => true,
        "/autodiscover/autodiscover.xml" if rules.forms.contains(&Form::Pox) => false,
        _ => return not_found(),
    };
    if let Some(to) = question.http_redirect() {
        let asked = method == Method::GET && !soap;
        return if asked { front::moved(to) } else { not_found() };
    }
    let server = &question.site.server;
    match front::account(server, headers, true) {
        None => front::challenge(server, true),
        Some(account) if front::is_locked(account) => front::locked(server),
        Some(_) if method != Method::POST => front::empty(StatusCode::METHOD_NOT_ALLOWED),
        Some(account) if soap => soap::answer(question, account, body),
        Some(account) => plain::answer(question, account, body),
    }
}

/// The answer of a path that is not there.
fn not_found() -> Reply {
    front::empty(StatusCode::NOT_FOUND)
}

/// Answers the JSON form, which asks for no sign-in.
fn json(question: &Question<'_>, address: &str, query: &str) -> Reply {
    let address = percent_decode_str(address).decode_utf8_lossy();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let protocol =
        pairs.find(|(name, _)| name.eq_ignore_ascii_case("protocol")).map_or("", |(_, value)| value);
    if !protocol.eq_ignore_ascii_case("ews") {
        let body = serde_json::json!({"ErrorCode": "MandatoryParameterMissing", "ErrorMessage": "Protocol"});
        return front::reply(StatusCode::BAD_REQUEST, JSON, body.to_string());
    }
    let url = match question.find(&address) {
        Found::Settings(_) => question.endpoint(),
        Found::Url(url) => return front::moved(&url),
        Found::Address(_) | Found::Nobody => {
            let body =
                serde_json::json!({"ErrorCode": "UserNotFound", "ErrorMessage": "The user was not found."});
            return front::reply(StatusCode::NOT_FOUND, JSON, body.to_string());
        }
    };
    front::reply(StatusCode::OK, JSON, serde_json::json!({"Protocol": "EWS", "Url": url}).to_string())
}

/// The media type of the JSON form.
const JSON: &str = "application/json; charset=utf-8";

impl Question<'_> {
    /// The endpoint that is told.
    fn endpoint(&self) -> String {
        let server = &self.site.server;
        let told = server.autodiscover.ews_url.clone();
        told.unwrap_or_else(|| format!("https://{}/EWS/Exchange.asmx", server.host))
    }

    /// The rule that sends a mail domain elsewhere.
    fn redirect(&self, domain: &str) -> Option<&Redirect> {
        let redirects = &self.site.server.autodiscover.redirects;
        redirects.iter().find(|redirect| redirect.domain.eq_ignore_ascii_case(domain))
    }

    /// Where the whole host sends its visitors, if that is all it does.
    fn http_redirect(&self) -> Option<&str> {
        let domain = self.host.strip_prefix("autodiscover.").unwrap_or(self.host);
        self.redirect(domain)
            .filter(|redirect| redirect.kind == RedirectKind::Http)
            .map(|rule| rule.to.as_str())
    }

    /// Looks an address up.
    fn find(&self, address: &str) -> Found {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        match self.redirect(domain) {
            Some(Redirect { kind: RedirectKind::Address, to, .. }) => return Found::Address(to.clone()),
            Some(Redirect { kind: RedirectKind::Url, to, .. }) => return Found::Url(to.clone()),
            Some(Redirect { kind: RedirectKind::Loop, .. }) => {
                return Found::Url(format!("https://{}{}", self.host, self.path));
            }
            Some(Redirect { kind: RedirectKind::Http, .. }) | None => {}
        }
        let card = self.site.directory.by_any_address(address, self.now);
        card.filter(|card| card.kind.has_mailbox()).map_or(Found::Nobody, Found::Settings)
    }

    /// Looks an address up for an account, which may not ask about others where the server says so.
    fn find_for(&self, account: &Account, address: &str) -> Found {
        let own = account.mailbox.as_deref().is_some_and(|own| front::same(own, address));
        if own || self.site.server.autodiscover.others { self.find(address) } else { Found::Nobody }
    }
}
