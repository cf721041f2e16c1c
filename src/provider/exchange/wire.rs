//! Envelopes in: what Exchange Web Services answered, as plain owned values.
//!
//! Triggered by every answer of status 200 or 500; out comes a [`SoapResponse`] or [`Unreadable`]. Elements are matched by
//! namespace and local name, because prefixes differ by operation; texts meant for people (`faultstring`,
//! `MessageText`) are never read, because they follow the server's language.

mod crowd;

use std::{borrow::Cow, time::Duration};

use roxmltree::{Document, Node, ParsingOptions};

use super::soap::{ERRORS, MESSAGES, SOAP, TYPES};

/// Most nodes that one answer may hold; a full page of 1,000 people with every field asked for has about 30,000.
const MAX_NODES: u32 = 400_000;

/// Digits of a numeric reference that are looked at, an `x` included: more than any character needs.
const MAX_DIGITS: usize = 8;

/// Bytes in which a declaration has ended: version, encoding and standalone take some 60.
const MAX_DECLARATION: usize = 200;

/// The body is no answer that we can read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// Not well-formed, or with a document type definition, which we refuse.
    #[error("the answer is not well-formed XML")]
    NotXml,
    /// XML, but no SOAP envelope with a body that we know.
    #[error("the answer is not from Exchange Web Services")]
    NotSoap,
}

/// One answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SoapResponse {
    /// Major and minor version of the server, where it says (15.2 is 2019, 15.20 is Exchange Online).
    pub(super) version: Option<(u32, u32)>,
    /// What it says.
    pub(super) outcome: Outcome,
}

/// What an answer says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// A fault, a whole-response error or an item's error.
    Trouble(Trouble),
    /// The folder asked for exists and may be opened.
    Folder,
    /// One page of a directory search, may be empty.
    People(Vec<Person>),
    /// What a name resolved to, may be empty.
    Names {
        /// The entries.
        people: Vec<Person>,
        /// Entries in view as the server counts them; 100 is the practical sign of a list that was cut.
        total: Option<u32>,
        /// The server says that the last entry is not among them. That it is proves nothing.
        has_more: bool,
    },
}

/// Bad news with its code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Trouble {
    /// The response code (`ErrorImpersonateUserDenied`); empty when the server gave none.
    pub(super) code: String,
    /// How long the server wants to be left alone.
    pub(super) back_off: Option<Duration>,
    /// Line, position and violation of a request that broke the schema.
    pub(super) violation: Option<String>,
}

/// One entry of the directory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Person {
    /// Display name, raw, may be empty.
    pub(super) name: String,
    /// Address, raw; may be empty or no SMTP address at all.
    pub(super) address: String,
    /// Whether it can be a mailbox: lists, contacts and folders can't, and are told by their type.
    pub(super) may_be_mailbox: bool,
}

/// Reads one answer.
///
/// # Errors
/// When the body is no well-formed envelope with a body that we know; a retry helps only where a proxy answered.
pub(super) fn read(body: &[u8]) -> Result<SoapResponse, Unreadable> {
    with_document(body, |document| {
        let envelope = document.root_element();
        if !envelope.has_tag_name((SOAP, "Envelope")) {
            return Err(Unreadable::NotSoap);
        }
        let content = child(envelope, SOAP, "Body")
            .and_then(|body| body.children().find(Node::is_element))
            .ok_or(Unreadable::NotSoap)?;
        let version = child(envelope, SOAP, "Header").and_then(server_version);
        Ok(SoapResponse { version, outcome: outcome(content).ok_or(Unreadable::NotSoap)? })
    })?
}

/// Parses once strictly, and once more with what XML forbids replaced: Exchange passes on control characters of a display
/// name as character references (`&#x1F;`), other servers a bare `&` or `<`, and one name must not cost the whole page.
pub(super) fn with_document<T>(body: &[u8], read: impl FnOnce(&Document<'_>) -> T) -> Result<T, Unreadable> {
    let text = letters(body);
    if crowd::is_crowded(&text) {
        return Err(Unreadable::NotXml);
    }
    match Document::parse_with_options(&text, options()) {
        Ok(document) => Ok(read(&document)),
        Err(roxmltree::Error::DtdDetected | roxmltree::Error::NodesLimitReached) => Err(Unreadable::NotXml),
        Err(_maybe_forbidden_characters) => {
            let Cow::Owned(scrubbed) = scrub(&text) else { return Err(Unreadable::NotXml) };
            match Document::parse_with_options(&scrubbed, options()) {
                Ok(document) => Ok(read(&document)),
                Err(_not_xml) => Err(Unreadable::NotXml),
            }
        }
    }
}

/// The letters of a document: UTF-16 by its mark, ISO-8859-1 by its declaration, else UTF-8 (XML 1.0, section 4.3.3).
fn letters(body: &[u8]) -> Cow<'_, str> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.as_chunks().0.iter().map(|pair| unit(*pair));
        let letters = char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER));
        Cow::Owned(letters.collect())
    };
    match body {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if is_latin_1(body) => Cow::Owned(body.iter().copied().map(char::from).collect()),
        _ => String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)),
    }
}

/// Whether the declaration names ISO-8859-1, in either kind of quotes.
fn is_latin_1(body: &[u8]) -> bool {
    let Some(end) = body.iter().position(|byte| *byte == b'>') else { return false };
    let declaration = body.get(..end.min(MAX_DECLARATION)).unwrap_or_default().to_ascii_lowercase();
    declaration.starts_with(b"<?xml") && declaration.windows(10).any(|name| name == b"iso-8859-1")
}

/// No document type definitions, no entities from elsewhere, a cap on nodes.
fn options<'a>() -> ParsingOptions<'a> {
    ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, entity_resolver: None }
}

/// Puts U+FFFD where XML 1.0 allows no character, written out or as a numeric reference, and writes out a bare `&` or `<`
/// that begins nothing; borrowed when there is none.
fn scrub(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_changed = false;
    while let Some(c) = rest.chars().next() {
        let reference = if c == '&' { forbidden_reference(rest) } else { None };
        let taken = reference.unwrap_or(c.len_utf8());
        let instead = match c {
            _ if reference.is_some() || !is_xml_char(u32::from(c)) => Some("\u{FFFD}"),
            '&' if !is_reference(rest) => Some("&amp;"),
            '<' if !is_markup(rest) => Some("&lt;"),
            _ => None,
        };
        match instead {
            Some(instead) => out.push_str(instead),
            None => out.push(c),
        }
        is_changed |= instead.is_some();
        rest = rest.get(taken..).unwrap_or_default();
    }
    if is_changed { Cow::Owned(out) } else { Cow::Borrowed(text) }
}

/// Whether a text that begins with `&` begins with a reference that needs no document type: one of the five names, or a
/// number.
fn is_reference(text: &str) -> bool {
    let named = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
    let is_numeric = || {
        let Some(behind) = text.strip_prefix("&#") else { return false };
        let end = behind.bytes().take(MAX_DIGITS + 1).position(|byte| byte == b';');
        let digits = end.and_then(|end| behind.get(..end)).unwrap_or_default();
        match digits.strip_prefix('x') {
            Some(hex) => !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
        }
    };
    named.iter().any(|name| text.starts_with(name)) || is_numeric()
}

/// Whether a text that begins with `<` begins with a tag, a comment or an instruction.
fn is_markup(text: &str) -> bool {
    let next = text.chars().nth(1);
    next.is_some_and(|c| c.is_alphabetic() || matches!(c, '/' | '!' | '?' | '_' | ':'))
}

/// Length in bytes of the numeric reference at the start of `text`, if it names a character that XML forbids.
fn forbidden_reference(text: &str) -> Option<usize> {
    let behind = text.strip_prefix("&#")?;
    // No further than the longest one: a text full of beginnings must not be searched to its end for each.
    let end = behind.bytes().take(MAX_DIGITS + 1).position(|byte| byte == b';')?;
    let digits = behind.get(..end)?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    let is_forbidden = number.is_ok_and(|n| !is_xml_char(n));
    is_forbidden.then_some("&#".len() + digits.len() + ";".len())
}

/// The production Char of XML 1.0.
const fn is_xml_char(c: u32) -> bool {
    matches!(c, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..=0x10_FFFF)
}

/// The first child element of that name.
fn child<'a, 'i>(node: Node<'a, 'i>, namespace: &str, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|n| n.has_tag_name((namespace, name)))
}

/// The text of a node without white space around it; empty when there is none.
pub(super) fn text<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

/// Version attributes of the reply header; every attribute is optional.
fn server_version(header: Node<'_, '_>) -> Option<(u32, u32)> {
    let info = child(header, TYPES, "ServerVersionInfo")?;
    let number = |name| info.attribute(name)?.trim().parse().ok();
    Some((number("MajorVersion")?, number("MinorVersion")?))
}

/// Reads the body's child; none when it is of no kind that we know.
fn outcome(content: Node<'_, '_>) -> Option<Outcome> {
    if content.has_tag_name((SOAP, "Fault")) {
        return Some(Outcome::Trouble(fault(content)));
    }
    if content.tag_name().namespace() != Some(MESSAGES) {
        return None;
    }
    let name = content.tag_name().name();
    let wrapped = child(content, MESSAGES, "ResponseMessages");
    // Exchange answers FindPeople without the wrapper, class and code on the response element itself; gromox wrapped it
    // until 2026.
    let message = match wrapped {
        None if name == "FindPeopleResponse" => content,
        messages => {
            // One message per item; we ask for one, but an error among several is still the news.
            let mut all = messages?.children().filter(Node::is_element);
            all.clone().find(|m| trouble(*m).is_some()).or_else(|| all.next())?
        }
    };
    match (name, trouble(message)) {
        ("FindPeopleResponse", None) => people(message).map(Outcome::People),
        ("FindPeopleResponse", Some(trouble)) => Some(Outcome::Trouble(trouble)),
        ("GetFolderResponse" | "ResolveNamesResponse", Some(trouble)) => Some(no_names(trouble)),
        ("GetFolderResponse", None) => Some(Outcome::Folder),
        ("ResolveNamesResponse", None) => Some(names(message)),
        _ => None,
    }
}

/// A name that resolves to nothing is an answer, not a trouble.
fn no_names(trouble: Trouble) -> Outcome {
    match trouble.code.as_str() {
        "ErrorNameResolutionNoResults" | "ErrorInvalidNameForNameResolution" => {
            Outcome::Names { people: Vec::new(), total: Some(0), has_more: false }
        }
        _ => Outcome::Trouble(trouble),
    }
}

/// The error of a response message, if it is one. A warning is none: its code is only a remark.
fn trouble(message: Node<'_, '_>) -> Option<Trouble> {
    let code = child(message, MESSAGES, "ResponseCode").map(text).unwrap_or_default();
    let is_error = match message.attribute("ResponseClass") {
        Some(class) => class == "Error",
        None => !matches!(code, "" | "NoError"),
    };
    is_error.then(|| details(code, child(message, MESSAGES, "MessageXml")))
}

/// The error of a fault: its code from the detail, else from `faultcode` behind the colon.
fn fault(fault: Node<'_, '_>) -> Trouble {
    let named = |name: &str| fault.children().find(|n| n.is_element() && n.tag_name().name() == name);
    let detail = named("detail");
    let code = detail
        .and_then(|d| child(d, ERRORS, "ResponseCode"))
        .map(text)
        .filter(|code| !code.is_empty())
        .or_else(|| named("faultcode").map(text).map(|code| code.rsplit(':').next().unwrap_or(code)))
        // SOAP's own words for *one of us two is at fault*, which gromox sends without a detail: no code to ask about.
        .filter(|code| !matches!(*code, "Server" | "Client" | "Receiver" | "Sender"))
        .unwrap_or_default();
    let mut trouble = details(code, detail.and_then(|d| child(d, TYPES, "MessageXml")));
    // Before 2010 the place stood in the detail itself.
    trouble.violation = trouble.violation.or_else(|| {
        let part = |name: &str| detail.and_then(|d| child(d, ERRORS, name)).map(text).unwrap_or_default();
        violation(part("Line"), part("Position"), part("Violation"))
    });
    trouble
}

/// Where a request broke the schema, in words; none where nothing is said of it.
fn violation(line: &str, position: &str, words: &str) -> Option<String> {
    let is_said = !(line.is_empty() && position.is_empty() && words.is_empty());
    is_said.then(|| format!("line {line}, position {position}: {words}"))
}

/// Reads what comes beside a code: `t:Value` elements, or where a request broke the schema.
fn details(code: &str, extra: Option<Node<'_, '_>>) -> Trouble {
    let value = |name: &str| {
        let mut values = extra?.children().filter(|n| n.has_tag_name((TYPES, "Value")));
        values.find(|n| n.attribute("Name") == Some(name)).map(text)
    };
    let part = |name: &str| extra.and_then(|e| child(e, TYPES, name)).map(text).unwrap_or_default();
    let back_off = value("BackOffMilliseconds").and_then(|ms| ms.parse().ok()).map(Duration::from_millis);
    let violation = violation(part("LineNumber"), part("LinePosition"), part("Violation"));
    Trouble { code: code.to_owned(), back_off, violation }
}

/// The entries of one page; none when it tells neither of people nor of how many there are: that is not *nobody*.
fn people(response: Node<'_, '_>) -> Option<Vec<Person>> {
    let list = child(response, MESSAGES, "People");
    if list.is_none() && child(response, MESSAGES, "TotalNumberOfPeopleInView").is_none() {
        return None;
    }
    let personas = list.into_iter().flat_map(|l| l.children());
    Some(personas.filter(|n| n.has_tag_name((TYPES, "Persona"))).map(persona).collect())
}

/// One entry; every part may be missing.
fn persona(node: Node<'_, '_>) -> Person {
    let addresses = child(node, TYPES, "EmailAddresses");
    // `Address` by the schema and in captured traffic, `EmailAddress` in the documentation's sample.
    let first = child(node, TYPES, "EmailAddress").or_else(|| addresses?.children().find(is_address));
    let mut person = first.map(mailbox).unwrap_or_default();
    if let Some(name) = child(node, TYPES, "DisplayName").map(text).filter(|name| !name.is_empty()) {
        name.clone_into(&mut person.name);
    }
    let is_list = child(node, TYPES, "PersonaType").map(text) == Some("DistributionList");
    person.may_be_mailbox &= !is_list;
    person
}

/// Whether a child of `EmailAddresses` is an address.
fn is_address(node: &Node<'_, '_>) -> bool {
    node.has_tag_name((TYPES, "Address")) || node.has_tag_name((TYPES, "EmailAddress"))
}

/// What a name resolved to.
fn names(message: Node<'_, '_>) -> Outcome {
    let set = child(message, MESSAGES, "ResolutionSet");
    let total = set.and_then(|s| s.attribute("TotalItemsInView")).and_then(|n| n.trim().parse().ok());
    let has_last = set.and_then(|s| s.attribute("IncludesLastItemInRange")).map(str::trim);
    let has_more = matches!(has_last, Some("false" | "0"));
    let people = set.into_iter().flat_map(|s| s.children()).filter_map(resolution).collect();
    Outcome::Names { people, total, has_more }
}

/// One entry that a name resolved to. Where its address is Exchange's own name for it, the mail address stands with the
/// contact: `SMTP:` before the primary one, `smtp:` before others.
fn resolution(node: Node<'_, '_>) -> Option<Person> {
    let named = child(node, TYPES, "Mailbox")?;
    let mut person = mailbox(named);
    if child(named, TYPES, "RoutingType").map(text).is_some_and(|kind| kind.eq_ignore_ascii_case("EX")) {
        let entries =
            child(node, TYPES, "Contact").and_then(|contact| child(contact, TYPES, "EmailAddresses"));
        let entry = |scheme: &str| entries?.children().find_map(|entry| text(entry).strip_prefix(scheme));
        if let Some(address) = entry("SMTP:").or_else(|| entry("smtp:")) {
            address.clone_into(&mut person.address);
        }
    }
    Some(person)
}

/// An `EmailAddressType`: name, address, routing, kind of mailbox. A bare text is taken as the address.
fn mailbox(node: Node<'_, '_>) -> Person {
    let part = |name: &str| child(node, TYPES, name).map(text).unwrap_or_default();
    let address = if node.children().any(|n| n.is_element()) { part("EmailAddress") } else { text(node) };
    // `EX` is a mailbox whose address is Exchange's own name for it.
    let may_route = matches!(part("RoutingType"), "" | "SMTP" | "smtp" | "EX" | "ex");
    Person {
        name: part("Name").to_owned(),
        address: address.to_owned(),
        may_be_mailbox: may_route && matches!(part("MailboxType"), "" | "Mailbox"),
    }
}

#[cfg(test)]
mod tests;
