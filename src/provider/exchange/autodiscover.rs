//! Autodiscover: finds the EWS address of a mailbox without anybody's password.
//!
//! Triggered by *find the server* on the access screen. Asks in the order of exchange-web-services.md section 5: the
//! JSON shortcut, SOAP and plain XML at the mail domain and at `autodiscover.` of it, then the unauthenticated
//! redirect. No password is part of any of it, so none can reach a host that a redirect named; the address that is
//! found is shown to the operator before anything is sent there. Most servers want a sign-in for SOAP and plain XML: a
//! host that asks for one is remembered, and if it also guards an EWS address in the usual place, that is the answer.
//!
//! DNS SRV records (step 4 of that section) are not asked: neither the standard library nor our HTTP client reads them.

mod wire;

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use self::wire::{Finding, is_challenge};
use super::{
    error::{Bad, Error},
    server,
    soap::{self, Operation, Version},
};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::Address,
        text::Text,
    },
    provider::http::{Call, Http, HttpError, Method, Response},
};

/// Redirects followed in all (exchange-web-services.md section 5.1).
const MAX_HOPS: u32 = 10;

/// How long one place may take: several are asked, and most customers have only one of them.
const DEADLINE: Duration = Duration::from_secs(10);

/// Largest answer taken; a real one has some tens of KiB.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Attempts in all where the line breaks. Asking changes nothing, so a repeat is safe.
const LINE_ATTEMPTS: u32 = 5;

/// Wait before the first repeat; doubles. A guess: the server did nothing wrong.
const LINE_WAIT: Duration = Duration::from_millis(250);

/// What is encoded of an address in a path: everything but what addresses are mostly made of.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_');

/// The paths, SOAP first.
const SOAP_PATH: &str = "/autodiscover/autodiscover.svc";
/// The older one.
const POX_PATH: &str = "/autodiscover/autodiscover.xml";

/// One discovery in progress.
struct Search<'a> {
    http: &'a Http,
    /// Whose server is looked for; a redirect may name another address.
    mailbox: Address,
    /// Places still to ask.
    places: VecDeque<Place>,
    /// Places that were asked, with the address that was asked for.
    asked: HashSet<(Url, String)>,
    /// Hosts that do not answer: no use asking them for anything else.
    silent: HashSet<String>,
    /// Hosts that want a sign-in first, in the order met.
    guarded: Vec<String>,
    /// A host whose connection broke again and again: what it would have said is not known.
    broken: Option<String>,
    hops: u32,
}

/// One place to ask.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Place {
    /// SOAP at this address.
    Soap(Url),
    /// Plain XML at this address.
    Pox(Url),
    /// A GET that only looks where it is redirected to.
    Redirect(Url),
}

/// Why a discovery ends without an address.
enum End {
    /// The customer is on Exchange Online.
    Online,
    /// Redirects go in circles, or are too many.
    Circles,
}

/// Finds the EWS address of a mailbox.
///
/// # Errors
/// Exchange Online, redirects without end, or nothing found; a retry helps only when the network was down.
pub(super) async fn discover(http: &Http, mailbox: &Address) -> Result<Text, Failure> {
    let domain = mailbox.domain();
    if server::is_online(&domain) {
        return Err(Bad::early(Error::ExchangeOnline, &domain).into());
    }
    let mut search = Search {
        http,
        mailbox: mailbox.clone(),
        places: VecDeque::new(),
        asked: HashSet::new(),
        silent: HashSet::new(),
        guarded: Vec::new(),
        broken: None,
        hops: 0,
    };
    match search.run().await {
        Ok(Some(url)) => Ok(Text::clean(url.as_str())),
        Ok(None) => Err(search.broken.map_or_else(|| nothing(&domain), |host| no_line(&host))),
        Err(End::Online) => Err(Bad::early(Error::ExchangeOnline, &domain).into()),
        Err(End::Circles) => Err(Failure::new(
            FailureKind::Malformed,
            Text::of(format_args!("the servers of {domain} send us round in circles")),
            "Ask the hoster for the server's name and type it.",
        )),
    }
}

/// No server announces itself.
fn nothing(domain: &str) -> Failure {
    Failure::new(
        FailureKind::NotFound,
        Text::of(format_args!("no Exchange server announces itself for {domain}")),
        "Ask the hoster for the server's name and type it.",
    )
}

/// No host answered, so it is not known whether a server announces itself.
fn no_line(host: &str) -> Failure {
    Failure::new(
        FailureKind::Unreachable,
        Text::of(format_args!("the connection to {host} broke again and again, so the server was not found")),
        "Try again, or ask the hoster for the server's name and type it.",
    )
}

impl Search<'_> {
    /// Asks place after place.
    async fn run(&mut self) -> Result<Option<Url>, End> {
        self.plan();
        if let Some(url) = self.ask_shortcut().await? {
            return Ok(Some(url));
        }
        while let Some(place) = self.places.pop_front() {
            match self.ask(&place).await {
                Finding::Server(url) => return accept(&url).map(Some),
                Finding::Elsewhere(url) => self.follow(&place, &url)?,
                Finding::Address(address) => {
                    self.hop()?;
                    if self.mailbox == address {
                        return Err(End::Circles);
                    }
                    if server::is_online(&address.domain()) {
                        return Err(End::Online);
                    }
                    self.mailbox = address;
                    self.plan();
                }
                Finding::Nothing => {}
            }
        }
        self.knock_at_guarded().await
    }

    /// The places for the present address, in order. What was asked before is left out when its turn comes.
    fn plan(&mut self) {
        let domain = self.mailbox.domain();
        self.places.clear();
        for host in [domain.clone(), format!("autodiscover.{domain}")] {
            let at = |path: &str| Url::parse(&format!("https://{host}{path}")).ok();
            self.places.extend(at(SOAP_PATH).map(Place::Soap));
            self.places.extend(at(POX_PATH).map(Place::Pox));
        }
        let redirect = Url::parse(&format!("http://autodiscover.{domain}{POX_PATH}")).ok();
        self.places.extend(redirect.map(Place::Redirect));
    }

    /// The JSON shortcut. Which servers know it is unconfirmed, so every failure of it is ignored; a redirect of it is
    /// one, except when it leads to Exchange Online.
    async fn ask_shortcut(&mut self) -> Result<Option<Url>, End> {
        let domain = self.mailbox.domain();
        let address = utf8_percent_encode(self.mailbox.as_str(), IN_PATH).to_string();
        for host in [format!("autodiscover.{domain}"), domain] {
            let text = format!("https://{host}/autodiscover/autodiscover.json/v1.0/{address}?Protocol=EWS");
            let Ok(url) = Url::parse(&text) else { continue };
            let Some(answer) = self.send(Method::Get, &url, None).await else { continue };
            if answer.status == 200
                && let Some(url) = wire::shortcut(&answer.body)
            {
                return accept(&url).map(Some);
            }
            if location(&url, &answer).is_some_and(|to| is_online(&to)) {
                return Err(End::Online);
            }
        }
        Ok(None)
    }

    /// Asks one place.
    async fn ask(&mut self, place: &Place) -> Finding {
        let (method, url, body) = match place {
            Place::Soap(url) => (Method::Post, url, Some(soap::user_settings(&self.mailbox, url.as_str()))),
            Place::Pox(url) => (Method::Post, url, Some(soap::outlook_settings(&self.mailbox))),
            Place::Redirect(url) => (Method::Get, url, None),
        };
        if !self.asked.insert((url.clone(), self.mailbox.folded())) {
            return Finding::Nothing;
        }
        let Some(answer) = self.send(method, url, body).await else { return Finding::Nothing };
        if let Some(to) = location(url, &answer) {
            return Finding::Elsewhere(to);
        }
        if is_challenge(&answer) {
            self.remember_guarded(url);
        }
        match place {
            _ if !matches!(answer.status, 200 | 500) => Finding::Nothing,
            Place::Soap(_) => wire::user_settings(&answer.body),
            Place::Pox(_) => wire::outlook_settings(&answer.body),
            Place::Redirect(_) => Finding::Nothing,
        }
    }

    /// Goes where a place sent us: there, it is the next to be asked.
    fn follow(&mut self, from: &Place, to: &Url) -> Result<(), End> {
        self.hop()?;
        if is_online(to) {
            return Err(End::Online);
        }
        if to.scheme() != "https" {
            return Ok(());
        }
        let is_soap = match from {
            Place::Soap(_) => !to.path().to_ascii_lowercase().ends_with(".xml"),
            _ => to.path().to_ascii_lowercase().ends_with(".svc"),
        };
        if self.asked.contains(&(to.clone(), self.mailbox.folded())) {
            return Err(End::Circles);
        }
        self.places.push_front(if is_soap { Place::Soap(to.clone()) } else { Place::Pox(to.clone()) });
        Ok(())
    }

    /// Counts a redirect.
    const fn hop(&mut self) -> Result<(), End> {
        self.hops += 1;
        if self.hops > MAX_HOPS { Err(End::Circles) } else { Ok(()) }
    }

    /// Keeps a host that wants a sign-in before it answers.
    fn remember_guarded(&mut self, url: &Url) {
        let host = url.host_str().unwrap_or_default();
        if url.scheme() == "https" && !self.guarded.iter().any(|known| known == host) {
            self.guarded.push(host.to_owned());
        }
    }

    /// Looks whether a host that guards Autodiscover guards EWS in the usual place, too. Sends no password. The last
    /// one met comes first: it is where redirects led to.
    async fn knock_at_guarded(&mut self) -> Result<Option<Url>, End> {
        for host in self.guarded.clone().into_iter().rev() {
            let Some(url) = server::on_host(&host) else { continue };
            let body = Operation::GetInbox.envelope(Version::Exchange2013Sp1, None);
            if self.send(Method::Post, &url, Some(body)).await.is_some_and(|answer| is_challenge(&answer)) {
                return accept(&url).map(Some);
            }
        }
        Ok(None)
    }

    /// Sends one request without any sign-in; none when there was no answer.
    async fn send(&mut self, method: Method, url: &Url, body: Option<String>) -> Option<Response> {
        let origin = url.origin().ascii_serialization();
        if self.silent.contains(&origin) {
            return None;
        }
        let call = Call {
            method,
            url: url.clone(),
            headers: vec![("accept", "text/xml, application/json".to_owned())],
            body: body.map(|body| ("text/xml; charset=utf-8", body.into_bytes())),
            deadline: DEADLINE,
            max_body_bytes: MAX_BODY_BYTES,
            is_safe_to_repeat: false,
        };
        match self.send_through(call).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::debug!(host = url.host_str(), %error, "autodiscover: no answer");
                match error {
                    HttpError::TooLarge { .. } => {}
                    HttpError::CutOff { host, .. } => self.broken = Some(host),
                    _ => {
                        self.silent.insert(origin);
                    }
                }
                None
            }
        }
    }

    /// Sends it again as long as only the line breaks, some times.
    async fn send_through(&self, call: Call) -> Result<Response, HttpError> {
        let mut wait = LINE_WAIT;
        for _ in 1..LINE_ATTEMPTS {
            match self.http.send(call.clone()).await {
                Err(HttpError::CutOff { .. }) => tokio::time::sleep(wait).await,
                other => return other,
            }
            wait = wait.saturating_mul(2);
        }
        self.http.send(call).await
    }
}

/// Where an answer redirects to; none when it does not.
fn location(from: &Url, answer: &Response) -> Option<Url> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    from.join(answer.headers.get("location")?).ok()
}

/// Whether an address is Exchange Online's.
fn is_online(url: &Url) -> bool {
    url.host_str().is_some_and(server::is_online)
}

/// Takes a found address: https, and not Exchange Online.
fn accept(url: &Url) -> Result<Url, End> {
    if is_online(url) { Err(End::Online) } else { Ok(url.clone()) }
}

/// Every address that any of the three forms finds in these bytes, for fuzzing and its kept inputs.
#[cfg(any(test, fuzzing))]
pub(super) fn any(body: &[u8]) -> Vec<Url> {
    let found = [wire::user_settings(body), wire::outlook_settings(body)].into_iter().filter_map(|finding| {
        match finding {
            Finding::Server(url) | Finding::Elsewhere(url) => Some(url),
            Finding::Address(_) | Finding::Nothing => None,
        }
    });
    found.chain(wire::shortcut(body)).collect()
}

#[cfg(test)]
mod tests;
