//! SOAP 1.1 envelopes: reading a request's headers and body, writing answers and faults.

use std::borrow::Cow;

use roxmltree::{Document, Node};

use super::settings::{Style, Version};
use super::xml::{ERRORS, MESSAGES, NONE, Namespace, SOAP, TYPES, Writer};

/// Where a request breaks the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    /// Line in the request, from 1.
    pub(super) line: u32,
    /// Column in the line, from 1.
    pub(super) position: u32,
    /// What is wrong.
    pub(super) text: String,
}

/// What a fault or an error message carries besides code and text.
#[derive(Clone, Debug)]
pub(super) enum Extra {
    /// Nothing.
    Nothing,
    /// `t:Value` elements, by name.
    Values(Vec<(&'static str, String)>),
    /// Line, position and violation.
    Violation(Violation),
}

/// An error as EWS tells it: as a fault with 500, or inside an answer with 200.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    /// Response code.
    pub(super) code: Cow<'static, str>,
    /// English words.
    pub(super) message: Cow<'static, str>,
    /// What comes in `MessageXml`.
    pub(super) extra: Extra,
}

impl Trouble {
    /// An error that says no more than code and words.
    pub(super) fn new(code: &'static str, message: &'static str) -> Self {
        Self { code: code.into(), message: message.into(), extra: Extra::Nothing }
    }

    /// The same with named values.
    pub(super) fn with(mut self, values: Vec<(&'static str, String)>) -> Self {
        self.extra = Extra::Values(values);
        self
    }
}

impl From<Violation> for Trouble {
    fn from(violation: Violation) -> Self {
        let message = format!("The request failed schema validation: {}", violation.text);
        Self {
            code: "ErrorSchemaValidation".into(),
            message: message.into(),
            extra: Extra::Violation(violation),
        }
    }
}

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Request<'a, 'i> {
    /// The value of `RequestServerVersion`.
    pub(super) version: Option<&'a str>,
    /// In whose name the call is made.
    pub(super) access: Access<'a>,
    /// The first element of the body.
    pub(super) call: Option<Node<'a, 'i>>,
}

/// In whose name a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access<'a> {
    /// In the account's own.
    Own,
    /// In that of a mailbox.
    As(Identifier, &'a str),
    /// An impersonation header that names nobody.
    Empty,
    /// More than one way at once.
    Several,
}

/// How a mailbox is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identifier {
    /// By its primary address.
    Primary,
    /// By any address.
    Smtp,
}

/// Whether an element has this name.
pub(super) fn is(node: Node<'_, '_>, namespace: Namespace, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(namespace.uri)
}

/// The first child with this name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, namespace: Namespace, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| is(*child, namespace, name))
}

/// The trimmed text of an element, empty if there is none.
pub(super) fn text<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

/// Takes a request apart.
///
/// # Errors
/// The document is not an envelope with a body.
pub(super) fn read<'a, 'i>(document: &'a Document<'i>) -> Result<Request<'a, 'i>, Violation> {
    let root = document.root_element();
    let wrong = |node: Node<'_, '_>, text: &str| {
        let at = document.text_pos_at(node.range().start);
        Violation { line: at.row, position: at.col, text: text.to_owned() }
    };
    if !is(root, SOAP, "Envelope") {
        return Err(wrong(root, "the document element is not a SOAP 1.1 Envelope"));
    }
    let body = child(root, SOAP, "Body").ok_or_else(|| wrong(root, "the Envelope has no Body"))?;
    let header = child(root, SOAP, "Header");
    let version = header.and_then(|header| child(header, TYPES, "RequestServerVersion"));
    Ok(Request {
        version: version.and_then(|version| version.attribute("Version")),
        access: header.map_or(Access::Own, access),
        call: body.first_element_child(),
    })
}

/// Reads in whose name a call is made, by an address: our client sends no principal name and no security identifier.
fn access<'a>(header: Node<'a, '_>) -> Access<'a> {
    let modes =
        ["ExchangeImpersonation", "SerializedSecurityContext", "ProxySecurityContext", "ManagementRole"];
    let given = header.children().filter(|node| modes.iter().any(|mode| is(*node, TYPES, mode))).count();
    let Some(impersonation) = child(header, TYPES, "ExchangeImpersonation") else { return Access::Own };
    if given > 1 {
        return Access::Several;
    }
    let Some(connecting) = child(impersonation, TYPES, "ConnectingSID") else { return Access::Empty };
    let mut names = connecting.children().filter(Node::is_element);
    let (Some(name), None) = (names.next(), names.next()) else { return Access::Empty };
    let by = if is(name, TYPES, "PrimarySmtpAddress") {
        Identifier::Primary
    } else if is(name, TYPES, "SmtpAddress") {
        Identifier::Smtp
    } else {
        return Access::Empty;
    };
    if text(name).is_empty() { Access::Empty } else { Access::As(by, text(name)) }
}

/// Wraps the child of a body into an answer.
pub(super) fn envelope(version: &Version, body: &str) -> Vec<u8> {
    const INFO: Namespace = Namespace { uri: TYPES.uri, prefix: "h" };
    let mut writer = Writer::new(Style::Prefixed);
    writer.open(SOAP, "Envelope").open(SOAP, "Header").open(INFO, "ServerVersionInfo");
    writer.attribute("MajorVersion", &version.major.to_string());
    writer.attribute("MinorVersion", &version.minor.to_string());
    writer.attribute("MajorBuildNumber", &version.build.to_string());
    writer.attribute("MinorBuildNumber", &version.revision.to_string());
    writer.attribute("Version", &version.name).close().close();
    writer.open(SOAP, "Body").tree(body);
    document(&writer.finish())
}

/// A tree with the declaration in front.
pub(super) fn document(tree: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{tree}").into_bytes()
}

/// Writes a fault, the child of a body.
pub(super) fn fault(trouble: &Trouble) -> String {
    const CODE: Namespace = Namespace { uri: TYPES.uri, prefix: "a" };
    let mut writer = Writer::new(Style::Prefixed);
    writer.open(SOAP, "Fault");
    writer.open(NONE, "faultcode").declare(CODE).text(&format!("a:{}", trouble.code)).close();
    writer.open(NONE, "faultstring").attribute("xml:lang", "en-US").text(&trouble.message).close();
    writer.open(NONE, "detail");
    writer.leaf(ERRORS, "ResponseCode", &trouble.code).leaf(ERRORS, "Message", &trouble.message);
    message_xml(&mut writer, TYPES, &trouble.extra);
    writer.finish()
}

/// Adds `MessageXml`; its namespace differs between faults (types) and answers (messages).
pub(super) fn message_xml(writer: &mut Writer, namespace: Namespace, extra: &Extra) {
    match extra {
        Extra::Nothing => {}
        Extra::Values(values) => {
            writer.open(namespace, "MessageXml");
            for (name, value) in values {
                writer.open(TYPES, "Value").attribute("Name", name).text(value).close();
            }
            writer.close();
        }
        Extra::Violation(violation) => {
            writer.open(namespace, "MessageXml");
            writer.leaf(TYPES, "LineNumber", &violation.line.to_string());
            writer.leaf(TYPES, "LinePosition", &violation.position.to_string());
            writer.leaf(TYPES, "Violation", &violation.text).close();
        }
    }
}

/// How an answer went.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// `NoError`.
    Success,
    /// It worked, with a reservation.
    Warning(Trouble),
    /// It did not.
    Error(Trouble),
}

/// Adds class, code and what belongs to them to the element just opened.
pub(super) fn outcome(writer: &mut Writer, outcome: &Outcome) {
    let (class, trouble) = match outcome {
        Outcome::Success => ("Success", None),
        Outcome::Warning(trouble) => ("Warning", Some(trouble)),
        Outcome::Error(trouble) => ("Error", Some(trouble)),
    };
    writer.attribute("ResponseClass", class);
    let Some(trouble) = trouble else {
        writer.leaf(MESSAGES, "ResponseCode", "NoError");
        return;
    };
    writer.leaf(MESSAGES, "MessageText", &trouble.message);
    writer.leaf(MESSAGES, "ResponseCode", &trouble.code).leaf(MESSAGES, "DescriptiveLinkKey", "0");
    message_xml(writer, MESSAGES, &trouble.extra);
}
