//! Calls `answer` with requests written by hand, as any client might send them.

mod calls;
mod discovery;
mod front;
mod people;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};

use super::front::Reply;
use super::xml::{ERRORS, MESSAGES, TYPES};
use super::{Exchange, Server};

/// What most tests run against; two customers in one organisation.
const WORLD: &str = r#"
host = "mail.hoster.example"

[[accounts]]
name = "svc@hoster.example"
also = ['HOSTER\svc']
password = "right:one"
impersonates = ["CUST0042"]

[[customers]]
mark = "CUST0042"
name = "Anderson Dental"
domains = ["anderson.example"]
mailboxes = [
  { name = "Ana Brennan", address = "ana@anderson.example", aliases = ["a.b@anderson.example"] },
  { name = "Ben Okoro", address = "ben@anderson.example", title = "Hygienist" },
  { name = "Benefits & <lists>", address = "benefits@anderson.example", kind = "list" },
  { name = "Bench room", address = "room1@anderson.example", kind = "room" },
  { name = "Bettina Hidden", address = "hidden@anderson.example", hidden = true },
  { name = "Bela Contact", address = "bela@elsewhere.example", kind = "contact" },
  { name = "Élodie Zoë", address = "élodie@anderson.example" },
  { name = "Moving Mary", address = "mary@anderson.example", trouble = "ErrorMailboxMoveInProgress", trouble_until = 60 },
  { name = "No Mark", address = "nomark@anderson.example", unmarked = true },
  { name = "New Nora", address = "nora@anderson.example", appears = 100, leaves = 200 },
]

[[customers]]
mark = "CUST0099"
name = "Baker Law"
domains = ["baker.example"]
mailboxes = [{ name = "Beatrice Baker", address = "bea@baker.example" }]
"#;

/// A server, its clock and who signs in.
struct Rig {
    /// The server.
    exchange: Exchange,
    /// Milliseconds since 1970.
    clock: Arc<AtomicI64>,
    /// User name and password.
    login: &'static str,
}

/// The usual world with something added: keys of the server in front, tables behind.
fn rig(keys: &str, tables: &str) -> Rig {
    rig_of(&format!("{keys}\n{WORLD}\n{tables}"))
}

/// A world of its own.
fn rig_of(world: &str) -> Rig {
    let server: Server = toml::from_str(world).unwrap_or_else(|error| panic!("{error}"));
    let clock = Arc::new(AtomicI64::new(1_000_000));
    let seen = Arc::clone(&clock);
    let exchange = Exchange::new(vec![server], Arc::new(move || seen.load(Ordering::Relaxed)));
    Rig { exchange, clock, login: "svc@hoster.example:right:one" }
}

impl Rig {
    /// Headers as a careful client sends them.
    fn headers(&self) -> HeaderMap {
        let login = format!("Basic {}", STANDARD.encode(self.login));
        [
            ("authorization", login.as_str()),
            ("content-type", "text/xml; charset=utf-8"),
            ("user-agent", "Backup365/1.0"),
        ]
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect()
    }

    /// Sends a SOAP call to the endpoint.
    async fn call(&self, header: &str, body: &str) -> Reply {
        let text = envelope(header, body);
        self.exchange
            .answer("mail.hoster.example", "POST", "/EWS/Exchange.asmx", &self.headers(), text.as_bytes())
            .await
    }

    /// Opens an inbox in somebody's name.
    async fn inbox(&self, address: &str) -> Reply {
        self.call(&impersonating(address), INBOX).await
    }

    /// Lets time pass.
    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

/// The body of the cheapest check.
const INBOX: &str = r#"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>"#;

/// The header that names a mailbox by its primary address.
fn impersonating(address: &str) -> String {
    connecting("PrimarySmtpAddress", address)
}

/// The header that names a mailbox in one of the ways.
fn connecting(by: &str, name: &str) -> String {
    format!(
        "<t:RequestServerVersion Version=\"Exchange2013_SP1\"/><t:ExchangeImpersonation><t:ConnectingSID>\
         <t:{by}>{name}</t:{by}></t:ConnectingSID></t:ExchangeImpersonation>"
    )
}

/// A whole request.
fn envelope(header: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"{}\" xmlns:m=\"{}\"><soap:Header>{header}\
         </soap:Header><soap:Body>\n{body}\n</soap:Body></soap:Envelope>",
        TYPES.uri, MESSAGES.uri
    )
}

/// The body as text.
fn body(reply: &Reply) -> &str {
    std::str::from_utf8(reply.body()).unwrap()
}

/// The text of every element with this name, in order.
fn texts(reply: &Reply, name: &str) -> Vec<String> {
    let document = Document::parse(body(reply)).unwrap_or_else(|error| panic!("{error}: {}", body(reply)));
    let named = document.descendants().filter(|node| node.is_element() && node.tag_name().name() == name);
    named.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

/// Every response code of an answer with 200, or the code of a fault after the status.
fn codes(reply: &Reply) -> String {
    if reply.body().is_empty() {
        return reply.status().as_u16().to_string();
    }
    let document = Document::parse(body(reply)).unwrap_or_else(|error| panic!("{error}: {}", body(reply)));
    let mut out = vec![reply.status().as_u16().to_string()];
    let is_code = |node: &Node<'_, '_>| {
        node.has_tag_name((MESSAGES.uri, "ResponseCode")) || node.has_tag_name((ERRORS.uri, "ResponseCode"))
    };
    out.extend(document.descendants().filter(is_code).filter_map(|node| node.text().map(str::to_owned)));
    out.join(" ")
}

/// A named `t:Value` of the answer.
fn value(reply: &Reply, name: &str) -> Option<String> {
    let document = Document::parse(body(reply)).unwrap();
    let found = document.descendants().find(|node| node.attribute("Name") == Some(name));
    found.and_then(|node| node.text().map(str::to_owned))
}

#[test]
fn the_table_at_the_head_of_the_module_is_a_world() {
    #[derive(serde::Deserialize)]
    struct World {
        exchange: Vec<Server>,
    }
    let source = include_str!("../exchange.rs");
    let lines = source
        .lines()
        .skip_while(|line| *line != "//! ```toml")
        .skip(1)
        .take_while(|line| *line != "//! ```");
    let text = lines.map(|line| line.trim_start_matches("//!")).collect::<Vec<_>>().join("\n");
    let world: World = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(world.exchange[0].customers[0].mailboxes.len(), 2);
    assert_eq!(world.exchange[0].customers[0].computed.as_ref().map(|computed| computed.count), Some(48_000));
}

#[test]
fn unknown_keys_are_refused() {
    assert!(toml::from_str::<Server>("host = \"a.example\"\nhots = 1").is_err());
    assert!(toml::from_str::<Server>("host = \"a.example\"\n[habits]\npeople_cap = 1000").is_ok());
}

#[test]
fn hosts_are_the_endpoint_and_every_domain() {
    assert_eq!(
        rig("", "").exchange.hosts(),
        ["autodiscover.anderson.example", "autodiscover.baker.example", "mail.hoster.example"]
    );
}
