//! A scripted server on loopback for the tests of this client: answers are written by hand, so that no mistake of the
//! client is shared.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::super::{Exchange, session::Pace};
use crate::{
    domain::{
        customer::{Impersonation, Listing},
        id::Address,
        secret::Secret,
        text::Text,
        time::{Clock, Moment},
    },
    provider::http::{Http, HttpOptions, Network},
};

/// Origins that lead to the stub.
const ORIGINS: [&str; 6] = [
    "https://mail.hoster.example",
    "https://customer.example",
    "https://autodiscover.customer.example",
    "http://autodiscover.customer.example",
    "https://autodiscover.other.example",
    "https://auto.hoster.example",
];

/// One request as the stub saw it.
#[derive(Clone, Debug)]
pub(in crate::provider::exchange) struct Seen {
    pub(in crate::provider::exchange) host: String,
    pub(in crate::provider::exchange) path: String,
    pub(in crate::provider::exchange) headers: HeaderMap,
    pub(in crate::provider::exchange) body: String,
    /// Requests before this one.
    pub(in crate::provider::exchange) nth: usize,
}

impl Seen {
    /// Whether it carries a sign-in.
    pub(in crate::provider::exchange) fn is_signed(&self) -> bool {
        self.headers.contains_key("authorization")
    }

    /// The last part of the path.
    pub(in crate::provider::exchange) fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The text of the first element of this local name.
    pub(in crate::provider::exchange) fn text(&self, name: &str) -> String {
        let document = roxmltree::Document::parse(&self.body).unwrap();
        let mut all = document.descendants();
        all.find(|n| n.tag_name().name() == name).and_then(|n| n.text()).unwrap_or_default().to_owned()
    }

    /// Whom it acts as.
    pub(in crate::provider::exchange) fn mailbox(&self) -> String {
        self.text("PrimarySmtpAddress")
    }
}

/// What the stub answers.
#[derive(Clone, Debug, Default)]
pub(in crate::provider::exchange) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    /// The same with other words in its body.
    pub(in crate::provider::exchange) fn replacing(mut self, words: &str, others: &str) -> Self {
        self.body = self.body.replace(words, others);
        self
    }

    /// An answer of any status.
    pub(in crate::provider::exchange) fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// The body as it goes out.
    pub(in crate::provider::exchange) fn body(&self) -> &str {
        &self.body
    }

    /// The same with one more header.
    pub(in crate::provider::exchange) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A 401 that offers Basic, in a line with others.
pub(in crate::provider::exchange) fn challenge() -> Reply {
    Reply::new(401, "")
        .with("www-authenticate", "Negotiate")
        .with("www-authenticate", "Basic realm=\"mail, hoster\"")
}

/// An envelope around a body.
pub(in crate::provider::exchange) fn envelope(body: &str) -> String {
    format!(
        r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:ServerVersionInfo
        xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types" MajorVersion="15" MinorVersion="2"/></s:Header>
        <s:Body>{body}</s:Body></s:Envelope>"#
    )
}

/// An inbox that may be opened.
pub(in crate::provider::exchange) fn folder() -> Reply {
    Reply::new(
        200,
        envelope(
            r#"<m:GetFolderResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
        xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:ResponseMessages>
        <m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:Folder>
        <t:FolderId Id="AAMk" ChangeKey="AQ"/></t:Folder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages>
        </m:GetFolderResponse>"#,
        ),
    )
}

/// An error inside a 200.
pub(in crate::provider::exchange) fn refusal(code: &str) -> Reply {
    Reply::new(
        200,
        envelope(&format!(
            r#"<m:GetFolderResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><m:ResponseMessages>
        <m:GetFolderResponseMessage ResponseClass="Error"><m:MessageText>Fehler</m:MessageText>
        <m:ResponseCode>{code}</m:ResponseCode></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"#
        )),
    )
}

/// A fault with what stands behind its message.
pub(in crate::provider::exchange) fn fault(code: &str, extra: &str) -> Reply {
    Reply::new(
        500,
        envelope(&format!(
            r#"<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:{code}</faultcode>
        <faultstring xml:lang="de-DE">Der Server sagt nein.</faultstring><detail>
        <e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">{code}</e:ResponseCode>
        <e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">Nein.</e:Message>{extra}
        </detail></s:Fault>"#
        )),
    )
}

/// The extra of a busy fault.
pub(in crate::provider::exchange) fn back_off(millis: u64) -> String {
    format!(
        r#"<t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <t:Value Name="BackOffMilliseconds"> {millis} </t:Value></t:MessageXml>"#
    )
}

/// A page of people, in the style without prefixes.
pub(in crate::provider::exchange) fn people(people: &[(String, String)]) -> Reply {
    let personas = people
        .iter()
        .map(|(name, address)| {
            format!(
                r#"<Persona xmlns="http://schemas.microsoft.com/exchange/services/2006/types"><PersonaId Id="A"/>
                <DisplayName>{name}</DisplayName><EmailAddress><EmailAddress>{address}</EmailAddress>
                <RoutingType>SMTP</RoutingType><MailboxType>Mailbox</MailboxType></EmailAddress></Persona>"#
            )
        })
        .collect::<Vec<_>>()
        .concat();
    Reply::new(
        200,
        envelope(&format!(
            r#"<FindPeopleResponse ResponseClass="Success" xmlns="http://schemas.microsoft.com/exchange/services/2006/messages">
        <ResponseCode>NoError</ResponseCode><People>{personas}</People></FindPeopleResponse>"#
        )),
    )
}

/// What a name resolved to.
pub(in crate::provider::exchange) fn names(people: &[(String, String)]) -> Reply {
    let resolutions = people
        .iter()
        .map(|(name, address)| {
            format!(
                "<t:Resolution><t:Mailbox><t:Name>{name}</t:Name><t:EmailAddress>{address}</t:EmailAddress>\
                 <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox></t:Resolution>"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let (class, code) = match people.len() {
        0 => ("Error", "ErrorNameResolutionNoResults"),
        1 => ("Success", "NoError"),
        _ => ("Warning", "ErrorNameResolutionMultipleResults"),
    };
    Reply::new(
        200,
        envelope(&format!(
            r#"<m:ResolveNamesResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
        xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:ResponseMessages>
        <m:ResolveNamesResponseMessage ResponseClass="{class}"><m:ResponseCode>{code}</m:ResponseCode>
        <m:ResolutionSet TotalItemsInView="{}" IncludesLastItemInRange="true">{resolutions}</m:ResolutionSet>
        </m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse>"#,
            people.len()
        )),
    )
}

/// The stub and a client that reaches it.
pub(in crate::provider::exchange) struct Stub {
    pub(in crate::provider::exchange) exchange: Exchange,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    /// Starts a server that answers every request with what `script` makes of it.
    pub(in crate::provider::exchange) async fn start(
        script: impl Fn(&Seen) -> Reply + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::start_at(Clock::fixed(Moment::from_millis(1_795_000_000_000)), script).await
    }

    /// The same, and the client has this clock.
    pub(in crate::provider::exchange) async fn start_at(
        clock: Clock,
        script: impl Fn(&Seen) -> Reply + Clone + Send + Sync + 'static,
    ) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            let (script, log) = (script.clone(), Arc::clone(&log));
            async move { answer(request, &script, &log).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        let origins = ORIGINS.iter().map(|from| ((*from).to_owned(), origin.clone())).collect();
        let http = Http::new(HttpOptions {
            origins,
            is_total: true,
            clock: clock.clone(),
            network: Network::default(),
        })
        .unwrap();
        let mut exchange = Exchange::new(http, clock, true);
        exchange.pace =
            Pace { first: Duration::from_millis(1), longest: Duration::from_millis(4), ..Pace::NORMAL };
        // What is counted are the requests themselves; how the way is learnt has tests of its own.
        let access = access(Listing::Directory);
        exchange
            .gates
            .of(access.server.as_str(), access.account.as_str())
            .learn_way(super::super::session::Way::Basic);
        Self { exchange, seen }
    }

    /// Everything that was asked so far.
    pub(in crate::provider::exchange) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// Reads a request, keeps it, answers it.
async fn answer(request: Request, script: &impl Fn(&Seen) -> Reply, log: &Mutex<Vec<Seen>>) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let host = parts.headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned();
    let seen = {
        let mut log = log.lock().unwrap();
        let seen = Seen {
            host,
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
            nth: log.len(),
        };
        log.push(seen.clone());
        seen
    };
    let reply = script(&seen);
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status).unwrap());
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

/// An address.
pub(in crate::provider::exchange) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// The details that the stub is reached with.
pub(in crate::provider::exchange) fn access(listing: Listing) -> Impersonation {
    Impersonation {
        server: Text::from("https://mail.hoster.example/EWS/Exchange.asmx"),
        account: Text::from("svc@hoster.example"),
        password: Secret::new("pass:wörd".to_owned()),
        sample: address("ana@customer.example"),
        domains: vec![Text::from("customer.example")],
        listing,
    }
}
