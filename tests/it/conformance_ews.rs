//! What is sent and answered over EWS, held against Microsoft's own schema.
//!
//! The schema lies in the folder `ews` below the one that `BACKUP365_CONFORMANCE` names; `xmllint` does the checking.
//! Without the variable, or without `xmllint` outside CI, the checks say aloud that they are skipped.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use backup365::sandbox::exchange::{Exchange, Server};
use base64::Engine as _;
use roxmltree::{Document, Node};

use crate::tools::{descriptions, program};

/// Namespace of envelopes.
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Checks one child of a SOAP body, or one EWS header, against the schema; it must declare the prefixes it uses.
///
/// # Panics
/// It is not valid, or the schema or `xmllint` is missing where it must be there.
pub(crate) fn assert_valid_ews(body_child_xml: &str) {
    assert_all_valid(&[body_child_xml.to_owned()]);
}

/// Checks whole envelopes: every EWS header and the child of the body; a fault has no schema and counts as valid.
///
/// # Panics
/// As [`assert_valid_ews`], or one is not an envelope.
pub(crate) fn assert_valid_ews_envelopes(envelopes: &[String]) {
    assert_all_valid(&envelopes.iter().flat_map(|envelope| parts(envelope)).collect::<Vec<_>>());
}

/// Checks many documents in one run, because `xmllint` reads the whole schema each time.
fn assert_all_valid(documents: &[String]) {
    let Some(folder) = schema_folder() else { return };
    let work = tempfile::tempdir().unwrap();
    // `types.xsd` uses xml:lang without saying where it is defined, so a schema around it says so.
    std::fs::write(work.path().join("xml.xsd"), XML_SCHEMA).unwrap();
    let messages = folder.join("messages.xsd");
    let all = ALL_SCHEMA.replace("{messages}", &escaped(&messages.to_string_lossy()));
    std::fs::write(work.path().join("all.xsd"), all).unwrap();
    let Some(xmllint) = program("xmllint") else { return };
    let mut command = Command::new(xmllint);
    command.current_dir(work.path()).args(["--noout", "--nonet", "--schema", "all.xsd"]);
    for (number, document) in documents.iter().enumerate() {
        let name = format!("{number}.xml");
        std::fs::write(work.path().join(&name), document).unwrap();
        command.arg(name);
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let wrong =
        documents.iter().enumerate().find(|(number, _)| told.contains(&format!("{number}.xml fails to")));
    assert!(output.status.success(), "{told}\nthe first one is {wrong:?}");
}

/// The parts of an envelope that the schema describes, each as a document of its own.
fn parts(envelope: &str) -> Vec<String> {
    let document = Document::parse(envelope).unwrap_or_else(|error| panic!("{error}: {envelope}"));
    let root = document.root_element();
    assert!(root.has_tag_name((SOAP, "Envelope")), "not an envelope: {envelope}");
    let parts = root
        .children()
        .filter(|node| node.has_tag_name((SOAP, "Header")) || node.has_tag_name((SOAP, "Body")));
    let parts = parts.flat_map(|part| part.children().filter(Node::is_element));
    parts.filter(|part| part.tag_name().namespace() != Some(SOAP)).map(alone).collect()
}

/// An element as a document of its own, with the namespaces that it stands in.
fn alone(node: Node<'_, '_>) -> String {
    let mut out = String::new();
    write(node, None, &mut out);
    out
}

/// Writes an element with default namespaces.
fn write(node: Node<'_, '_>, outer: Option<&str>, out: &mut String) {
    if let Some(text) = node.text().filter(|_| node.is_text()) {
        out.push_str(&escaped(text));
    }
    if !node.is_element() {
        return;
    }
    let name = node.tag_name();
    out.extend(["<", name.name()]);
    if name.namespace() != outer {
        out.extend([" xmlns=\"", name.namespace().unwrap_or_default(), "\""]);
    }
    for attribute in node.attributes().filter(|attribute| attribute.namespace().is_none()) {
        out.extend([" ", attribute.name(), "=\"", &escaped(attribute.value()), "\""]);
    }
    out.push('>');
    for child in node.children() {
        write(child, name.namespace(), out);
    }
    out.extend(["</", name.name(), ">"]);
}

/// Text as XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The folder with the schema; nothing where no folder is named.
fn schema_folder() -> Option<PathBuf> {
    let folder = descriptions()?.join("ews");
    for file in ["messages.xsd", "types.xsd"] {
        let path = folder.join(file);
        assert!(path.is_file(), "BACKUP365_CONFORMANCE is set, but {} is missing", path.display());
    }
    Some(folder)
}

/// The one attribute that `types.xsd` takes from the XML namespace.
const XML_SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://www.w3.org/XML/1998/namespace"><xs:attribute name="lang" type="xs:language"/></xs:schema>"#;

/// A schema that holds both.
const ALL_SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>
  <xs:import namespace="http://schemas.microsoft.com/exchange/services/2006/messages" schemaLocation="{messages}"/>
</xs:schema>"#;

/// A server with one of everything.
const WORLD: &str = r#"
host = "mail.hoster.example"

[[accounts]]
name = "svc"
password = "p"
impersonates = ["C"]

[[customers]]
mark = "C"
name = "C"
domains = ["c.example"]
mailboxes = [
  { name = "Ana & \"Co\" <x>", address = "ana@c.example", title = "T" },
  { name = "Ben", address = "ben@c.example", trouble = "ErrorMailboxStoreUnavailable" },
  { name = "Everybody", address = "all@c.example", kind = "list" },
]
computed = { count = 150, seed = 1 }
"#;

/// What is asked, with the code that the answer must hold.
const CALLS: [(&str, &str); 9] = [
    (GET_FOLDER, "NoError"),
    (
        "<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds>\
         <t:DistinguishedFolderId Id=\"calendar\"/><t:FolderId Id=\"x\"/></m:FolderIds></m:GetFolder>",
        "ErrorInvalidIdMalformed",
    ),
    (
        "<m:FindPeople><m:IndexedPageItemView Offset=\"0\" BasePoint=\"Beginning\"/><m:ParentFolderId>\
         <t:DistinguishedFolderId Id=\"directory\"/></m:ParentFolderId><m:QueryString>a</m:QueryString></m:FindPeople>",
        "NoError",
    ),
    (
        "<m:FindPeople><m:PersonaShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI \
         FieldURI=\"persona:DisplayName\"/></t:AdditionalProperties></m:PersonaShape><m:IndexedPageItemView \
         MaxEntriesReturned=\"5\" Offset=\"2\" BasePoint=\"End\"/><m:ParentFolderId><t:DistinguishedFolderId \
         Id=\"directory\"/></m:ParentFolderId><m:QueryString>ev</m:QueryString></m:FindPeople>",
        "NoError",
    ),
    (
        "<m:FindPeople><m:IndexedPageItemView Offset=\"0\" BasePoint=\"Beginning\"/><m:ParentFolderId>\
         <t:DistinguishedFolderId Id=\"directory\"/></m:ParentFolderId></m:FindPeople>",
        "ErrorInvalidArgument",
    ),
    ("<m:FindPeople><m:IndexedPageItemView Offset=\"0\" BasePoint=\"Beginning\"/></m:FindPeople>", "NoError"),
    (
        "<m:ResolveNames ReturnFullContactData=\"false\"><m:UnresolvedEntry>a</m:UnresolvedEntry></m:ResolveNames>",
        "ErrorNameResolutionMultipleResults",
    ),
    (
        "<m:ResolveNames ReturnFullContactData=\"1\"><m:UnresolvedEntry>everyb</m:UnresolvedEntry></m:ResolveNames>",
        "NoError",
    ),
    (
        "<m:ResolveNames ReturnFullContactData=\"0\"><m:UnresolvedEntry>zzzz</m:UnresolvedEntry></m:ResolveNames>",
        "ErrorNameResolutionNoResults",
    ),
];

/// The cheapest check.
const GET_FOLDER: &str = "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>\
                          <t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder>";

/// A request of the sandbox's kind.
fn request(who: &str, call: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{SOAP}\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" \
         xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><s:Header><t:RequestServerVersion \
         Version=\"Exchange2013_SP1\"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>{who}\
         </t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body>{call}</s:Body>\
         </s:Envelope>"
    )
}

/// Sends a request to a server of the sandbox; returns the answer's envelope.
async fn answer(world: &str, text: &str) -> String {
    let server: Server = toml::from_str(world).unwrap();
    let exchange = Exchange::new(vec![server], Arc::new(|| 0));
    let login = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode("svc:p"));
    let headers: HeaderMap = [("authorization", login.as_str()), ("content-type", "text/xml")]
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    let reply =
        exchange.answer("mail.hoster.example", "POST", "/EWS/Exchange.asmx", &headers, text.as_bytes()).await;
    String::from_utf8(reply.into_body()).unwrap()
}

#[tokio::test]
async fn the_sandbox_answers_by_the_schema() {
    let prefixed = format!("{WORLD}\n[habits]\npeople_style = \"prefixed\"\nempty_query = \"everything\"");
    let mut envelopes = Vec::new();
    for (call, code) in CALLS {
        let text = request("ana@c.example", call);
        let reply = answer(WORLD, &text).await;
        assert!(reply.contains(&format!("ResponseCode>{code}<")), "{reply}");
        envelopes.extend([reply, answer(&prefixed, &text).await, text]);
    }
    assert_valid_ews_envelopes(&envelopes);
}

#[tokio::test]
async fn trouble_inside_an_answer_keeps_to_the_schema() {
    let reply = answer(WORLD, &request("ben@c.example", GET_FOLDER)).await;
    assert!(reply.contains("ErrorMailboxStoreUnavailable"), "{reply}");
    let mut envelopes = vec![reply];
    for kind in ["busy_message", "busy_item"] {
        let world = format!("{WORLD}\n[[faults]]\nkind = \"{kind}\"\nback_off_ms = 5");
        for (call, _) in CALLS {
            let reply = answer(&world, &request("ana@c.example", call)).await;
            assert!(reply.contains("BackOffMilliseconds"), "{reply}");
            envelopes.push(reply);
        }
    }
    assert_valid_ews_envelopes(&envelopes);
}

#[test]
fn the_check_can_fail() {
    let wrong = "<GetFolder xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\"/>";
    let checked = schema_folder().is_some() && Command::new("xmllint").arg("--version").output().is_ok();
    if checked {
        assert!(
            std::panic::catch_unwind(|| assert_valid_ews(wrong)).is_err(),
            "an invalid request must not pass"
        );
    }
}
