//! Autodiscover: finds the EWS address of a mailbox without anybody's password.
//!
//! Triggered by *find the server* on the access screen. Asks in the order of exchange-web-services.md section 5: the
//! JSON shortcut, SOAP and plain XML at the mail domain and at `autodiscover.` of it, then the unauthenticated
//! redirect. No password is part of any of it, so none can reach a host that a redirect named; the address that is
//! found is told with how it was found (an open redirect can be anybody's), for a person to approve before anything is sent
//! there. Most servers want a sign-in for SOAP and plain XML: a
//! host that asks for one is remembered, and if it also guards an EWS address in the usual place, that is the answer.
//!
//! DNS comes last (step 4 of that section), because its answers can be forged on the way: what it leads to is told as
//! found by it.

mod sending;
mod srv;
mod wire;

use std::collections::{HashMap, HashSet, VecDeque};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

pub(super) use self::srv::NameServers;
use self::wire::{Finding, is_challenge};
use super::{
    error::{Bad, Error},
    server,
    soap::{self, Operation, Version},
};
use crate::{
    domain::{
        card::CardId,
        exchange_server::{FoundBy, FoundServer},
        failure::{Failure, FailureKind},
        id::Address,
        text::Text,
    },
    provider::http::{Http, HttpError, Method, Response},
};

/// Redirects followed from one place on (exchange-web-services.md section 5.1).
const MAX_HOPS: u32 = 10;

/// What is encoded of an address in a path: everything but what addresses are mostly made of.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_');

/// The paths, SOAP first.
const SOAP_PATH: &str = "/autodiscover/autodiscover.svc";
/// The older one.
const POX_PATH: &str = "/autodiscover/autodiscover.xml";

/// One discovery in progress. What one place says ends nothing: a website that redirects everything, or that asks for a
/// sign-in at Microsoft, stands in front of many an Exchange server. What was learnt on the way decides at the end.
struct Search<'a> {
    http: &'a Http,
    /// Places still to ask.
    places: VecDeque<Place>,
    /// Places that were asked, with the address that was asked for.
    asked: HashSet<(Url, String)>,
    /// Hosts that do not answer: no use asking them for anything else.
    silent: HashSet<String>,
    /// Proxies that led nowhere, and what speaks against each: from [`DEAD`] on nothing more is asked through it.
    proxies: HashMap<String, u32>,
    /// Hosts that want a sign-in first, in the order met.
    guarded: Vec<Guarded>,
    /// A host whose connection broke again and again: what it would have said is not known.
    broken: Option<String>,
    /// What stands between us and the places, or a certificate of Autodiscover's own host that does not fit.
    barred: Option<HttpError>,
    /// Some place said that the mailbox is at Exchange Online.
    is_online: bool,
    /// Autodiscover itself, and not only a website, led back to where it was asked.
    is_circular: bool,
    requests: u32,
}

/// A host that wants a sign-in before it answers.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Guarded {
    host: String,
    /// As that of the place.
    by: FoundBy,
}

/// One place to ask.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    way: Way,
    url: Url,
    /// Whose server is asked for; a redirect may name another address.
    mailbox: Address,
    /// Redirects that led here.
    hops: u32,
    /// What led here.
    by: FoundBy,
}

/// How a place is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// SOAP.
    Soap,
    /// Plain XML.
    Pox,
    /// A GET that only looks where it is redirected to.
    Redirect,
}

/// Finds the EWS address of a mailbox.
///
/// # Errors
/// Exchange Online, circles, or nothing found; a retry helps only when the network was down.
pub(super) async fn discover(
    http: &Http,
    name_servers: &NameServers,
    mailbox: &Address,
) -> Result<FoundServer, Failure> {
    let domain = mailbox.domain();
    if server::is_online(&domain) {
        return Err(Bad::early(Error::ExchangeOnline, &domain).into());
    }
    let mut search = Search {
        http,
        places: VecDeque::new(),
        asked: HashSet::new(),
        silent: HashSet::new(),
        proxies: HashMap::new(),
        guarded: Vec::new(),
        broken: None,
        barred: None,
        is_online: false,
        is_circular: false,
        requests: 0,
    };
    let found = search.run(mailbox, name_servers).await;
    found.ok_or_else(|| search.verdict(&domain))
}

/// Words for a search that came to nothing; the way on is always the same.
fn unfound(kind: FailureKind, what: Text) -> Failure {
    Failure::new(
        kind,
        what,
        "Ask the hoster for the server's name and type it. Or check the address: is it spelt right?",
    )
    .with_card(CardId::Impersonation)
}

impl Search<'_> {
    /// Asks place after place.
    async fn run(&mut self, mailbox: &Address, name_servers: &NameServers) -> Option<FoundServer> {
        if let Some(url) = self.ask_shortcut(mailbox).await {
            return Some(found(&url, FoundBy::Autodiscover));
        }
        self.plan(mailbox, 0, FoundBy::Autodiscover);
        if let Some(server) = self.ask_places().await {
            return Some(server);
        }
        if !self.is_online && self.guarded.is_empty() {
            self.plan_by_dns(mailbox, name_servers).await;
            if let Some(server) = self.ask_places().await {
                return Some(server);
            }
        }
        self.knock_at_guarded().await
    }

    /// Asks every place that is planned, and where it leads to.
    async fn ask_places(&mut self) -> Option<FoundServer> {
        while let Some(place) = self.places.pop_front() {
            match self.ask(&place).await {
                Finding::Server(url) => {
                    if let Some(url) = self.accept(url) {
                        return Some(found(&url, place.by));
                    }
                }
                Finding::Elsewhere(url) => self.follow(&place, url),
                Finding::Moved(url) => self.follow_website(&place, url),
                Finding::Address(address) => self.follow_address(&place, &address),
                Finding::Nothing => {}
            }
        }
        None
    }

    /// Plans the places that the domain's SRV record names.
    async fn plan_by_dns(&mut self, mailbox: &Address, name_servers: &NameServers) {
        for host in name_servers.autodiscover_hosts(&mailbox.domain()).await {
            if server::is_online(&host) {
                self.is_online |= server::is_mail_of_online(&host);
                continue;
            }
            for (way, path) in [(Way::Soap, SOAP_PATH), (Way::Pox, POX_PATH)] {
                let Ok(url) = Url::parse(&format!("https://{host}{path}")) else { continue };
                self.places.push_back(Place {
                    way,
                    url,
                    mailbox: mailbox.clone(),
                    hops: 0,
                    by: FoundBy::Dns,
                });
            }
        }
    }

    /// What a search that found no server amounts to: what Autodiscover itself said comes first, then what is not known.
    fn verdict(&self, domain: &str) -> Failure {
        use FailureKind::{Malformed, NotFound, Unreachable};
        if self.is_online {
            return Bad::early(Error::ExchangeOnline, domain).into();
        }
        if let Some(Guarded { host, .. }) = self.guarded.last() {
            return unfound(
                NotFound,
                Text::of(format_args!("{host} answers, but tells the server's name only after a sign-in")),
            );
        }
        if let Some(error) = &self.barred {
            return Bad::early(error.clone().into(), domain).into();
        }
        if let Some(host) = &self.broken {
            return Failure::new(
                Unreachable,
                Text::of(format_args!(
                    "the connection to {host} broke again and again, so the server was not found"
                )),
                "Try again, or ask the hoster for the server's name and type it.",
            );
        }
        if self.is_circular {
            return unfound(
                Malformed,
                Text::of(format_args!("the servers of {domain} send us round in circles")),
            );
        }
        unfound(NotFound, Text::of(format_args!("no Exchange server announces itself for {domain}")))
    }

    /// Puts the places for an address in front, in order. What was asked before is left out when its turn comes.
    fn plan(&mut self, mailbox: &Address, hops: u32, by: FoundBy) {
        let domain = mailbox.domain();
        let mut places = Vec::new();
        for host in [domain.clone(), format!("autodiscover.{domain}")] {
            places.push((Way::Soap, format!("https://{host}{SOAP_PATH}")));
            places.push((Way::Pox, format!("https://{host}{POX_PATH}")));
        }
        places.push((Way::Redirect, format!("http://autodiscover.{domain}{POX_PATH}")));
        for (way, url) in places.into_iter().rev() {
            let Ok(url) = Url::parse(&url) else { continue };
            self.places.push_front(Place { way, url, mailbox: mailbox.clone(), hops, by });
        }
    }

    /// The JSON shortcut. Which servers know it is unconfirmed, so every failure of it is ignored; a redirect of it is
    /// one, but that it may lead to Exchange Online.
    async fn ask_shortcut(&mut self, mailbox: &Address) -> Option<Url> {
        let domain = mailbox.domain();
        let address = utf8_percent_encode(mailbox.as_str(), IN_PATH).to_string();
        for host in [format!("autodiscover.{domain}"), domain] {
            let text = format!("https://{host}/autodiscover/autodiscover.json/v1.0/{address}?Protocol=EWS");
            let Ok(url) = Url::parse(&text) else { continue };
            let Some(answer) = self.send(Method::Get, &url, None).await else { continue };
            if answer.status == 200
                && let Some(url) = wire::shortcut(&answer.body)
                && let Some(url) = self.accept(url)
            {
                return Some(url);
            }
            self.is_online |= location(&url, &answer).is_some_and(|to| leads_online(&to));
        }
        None
    }

    /// Asks one place.
    async fn ask(&mut self, place: &Place) -> Finding {
        let Place { way, url, mailbox, .. } = place;
        let (method, body) = match way {
            Way::Soap => (Method::Post, Some(soap::user_settings(mailbox, url.as_str()))),
            Way::Pox => (Method::Post, Some(soap::outlook_settings(mailbox))),
            Way::Redirect => (Method::Get, None),
        };
        if !self.asked.insert((url.clone(), mailbox.folded())) {
            return Finding::Nothing;
        }
        let Some(answer) = self.send(method, url, body).await else { return Finding::Nothing };
        if let Some(to) = location(url, &answer) {
            return Finding::Moved(to);
        }
        if is_challenge(&answer) {
            self.remember_guarded(place);
        }
        match way {
            _ if !matches!(answer.status, 200 | 500) => Finding::Nothing,
            Way::Soap => wire::user_settings(&answer.body),
            Way::Pox => wire::outlook_settings(&answer.body),
            Way::Redirect => Finding::Nothing,
        }
    }

    /// Goes where a web server's redirect leads. It is no word of Autodiscover: one that leads nowhere new is a dead end.
    fn follow_website(&mut self, from: &Place, to: Url) {
        if leads_online(&to) {
            self.is_online = true;
        } else {
            self.go(from, to);
        }
    }

    /// Goes where Autodiscover sent us.
    fn follow(&mut self, from: &Place, to: Url) {
        if is_online(&to) {
            self.is_online |= is_mail_of_online(&to);
        } else if to.scheme() == "https" && !self.go(from, to) {
            self.is_circular = true;
        }
    }

    /// Asks there next; answers whether that is a place not asked before, and not too many redirects away.
    fn go(&mut self, from: &Place, to: Url) -> bool {
        let is_soap = match from.way {
            Way::Soap => !to.path().to_ascii_lowercase().ends_with(".xml"),
            _ => to.path().to_ascii_lowercase().ends_with(".svc"),
        };
        let is_new = !self.asked.contains(&(to.clone(), from.mailbox.folded()));
        // Nothing is asked of Exchange Online, and nothing over an open line.
        let is_askable = to.scheme() == "https" && !is_online(&to) && from.hops < MAX_HOPS;
        if is_new && is_askable {
            let way = if is_soap { Way::Soap } else { Way::Pox };
            let (mailbox, hops) = (from.mailbox.clone(), from.hops + 1);
            let is_open = from.by == FoundBy::Autodiscover && from.url.scheme() != "https";
            let by = if is_open { FoundBy::OpenRedirect } else { from.by };
            self.places.push_front(Place { way, url: to, mailbox, hops, by });
        }
        is_new && is_askable
    }

    /// Goes on with the address that Autodiscover named. The same one again makes the answer void, and the next place is
    /// asked, as Microsoft's own page has it (handling Autodiscover error messages).
    fn follow_address(&mut self, from: &Place, address: &Address) {
        if server::is_online(&address.domain()) {
            self.is_online = true;
        } else if from.hops >= MAX_HOPS || address.folded() == from.mailbox.folded() {
            self.is_circular = true;
        } else {
            self.plan(address, from.hops + 1, from.by);
        }
    }

    /// Takes a found address: https, and not Exchange Online.
    fn accept(&mut self, url: Url) -> Option<Url> {
        self.is_online |= is_mail_of_online(&url);
        (!is_online(&url)).then_some(url)
    }

    /// Keeps a host that wants a sign-in before it answers.
    fn remember_guarded(&mut self, place: &Place) {
        let host = place.url.host_str().unwrap_or_default();
        if place.url.scheme() == "https" && !self.guarded.iter().any(|known| known.host == host) {
            self.guarded.push(Guarded { host: host.to_owned(), by: place.by });
        }
    }

    /// Looks whether a host that guards Autodiscover guards EWS in the usual place, too. Sends no password. The last
    /// one met comes first: it is where redirects led to.
    async fn knock_at_guarded(&mut self) -> Option<FoundServer> {
        for Guarded { host, by } in self.guarded.clone().into_iter().rev() {
            let Some(url) = server::on_host(&host) else { continue };
            let body = Operation::GetInbox.envelope(Version::Exchange2013Sp1, None);
            if self.send(Method::Post, &url, Some(body)).await.is_some_and(|answer| is_challenge(&answer))
                && let Some(url) = self.accept(url)
            {
                return Some(found(&url, by));
            }
        }
        None
    }
}

/// A server and how it was found.
fn found(url: &Url, by: FoundBy) -> FoundServer {
    FoundServer { address: Text::clean(url.as_str()), by }
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

/// Whether an address serves the mail of Exchange Online.
fn is_mail_of_online(url: &Url) -> bool {
    url.host_str().is_some_and(server::is_mail_of_online)
}

/// Whether a web server's redirect says that the mailbox is at Exchange Online: it leads to Autodiscover there. A
/// website's redirect to a page or a sign-in of Microsoft's says nothing about mail.
fn leads_online(url: &Url) -> bool {
    is_mail_of_online(url) && url.path().to_ascii_lowercase().starts_with("/autodiscover")
}

/// Every address that any of the three forms finds in these bytes, for fuzzing and its kept inputs.
#[cfg(any(test, fuzzing))]
pub(super) fn any(body: &[u8]) -> Vec<Url> {
    let found = [wire::user_settings(body), wire::outlook_settings(body)].into_iter().filter_map(|finding| {
        match finding {
            Finding::Server(url) | Finding::Elsewhere(url) | Finding::Moved(url) => Some(url),
            Finding::Address(_) | Finding::Nothing => None,
        }
    });
    found.chain(wire::shortcut(body)).collect()
}

#[cfg(test)]
mod tests;
