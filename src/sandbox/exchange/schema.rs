//! The part of the EWS schema that requests are checked against: names, order and number of children, attributes.
//!
//! The tables follow `messages.xsd` and `types.xsd` as published (2017 generation).

use roxmltree::Node;

use super::soap::{Violation, is, text};
use super::xml::{MESSAGES, Namespace, TYPES};

/// A request element that the sandbox understands.
#[derive(Debug)]
pub(super) struct Element {
    /// Its namespace.
    namespace: Namespace,
    /// Its local name.
    name: &'static str,
    /// Attributes that are checked; others are ignored.
    attributes: &'static [Attribute],
    /// What may stand inside.
    content: Content,
}

/// What may stand inside an element.
#[derive(Debug)]
enum Content {
    /// Not looked at.
    Anything,
    /// Text of a kind.
    Text(Value),
    /// These, in this order, each once at most; the flag says whether it must be there.
    Sequence(&'static [(Element, bool)]),
    /// Any of these: at least one, at most so many.
    Choice(&'static [Element], usize),
}

/// An attribute.
#[derive(Debug)]
struct Attribute {
    /// Its name.
    name: &'static str,
    /// It must be there.
    required: bool,
    /// What it holds.
    value: Value,
}

/// A kind of text.
#[derive(Debug)]
enum Value {
    /// Any text.
    Text,
    /// `true`, `false`, `1` or `0`.
    Boolean,
    /// A whole number of 32 bits.
    Number,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// An element in the types namespace.
const fn types(name: &'static str, attributes: &'static [Attribute], content: Content) -> Element {
    Element { namespace: TYPES, name, attributes, content }
}

/// An element in the messages namespace.
const fn messages(name: &'static str, attributes: &'static [Attribute], content: Content) -> Element {
    Element { namespace: MESSAGES, name, attributes, content }
}

/// An attribute that must be there.
const fn required(name: &'static str, value: Value) -> Attribute {
    Attribute { name, required: true, value }
}

/// An attribute that may be missing.
const fn optional(name: &'static str, value: Value) -> Attribute {
    Attribute { name, required: false, value }
}

/// Simple type `DefaultShapeNamesType`.
const SHAPES: Value = Value::OneOf(&["IdOnly", "Default", "AllProperties", "PcxPeopleSearch"]);

/// Complex types `FolderResponseShapeType` and `PersonaResponseShapeType`.
const SHAPE: Content = Content::Sequence(&[
    (types("BaseShape", &[], Content::Text(SHAPES)), true),
    (
        types(
            "AdditionalProperties",
            &[],
            Content::Choice(
                &[
                    types("FieldURI", &[required("FieldURI", Value::Text)], Content::Anything),
                    types("IndexedFieldURI", &[], Content::Anything),
                    types("ExtendedFieldURI", &[], Content::Anything),
                ],
                usize::MAX,
            ),
        ),
        false,
    ),
]);

/// Complex type `EmailAddressType`.
const ADDRESS: Content = Content::Sequence(&[
    (types("Name", &[], Content::Text(Value::Text)), false),
    (types("EmailAddress", &[], Content::Text(Value::Text)), false),
    (types("RoutingType", &[], Content::Text(Value::Text)), false),
    (types("MailboxType", &[], Content::Text(Value::Text)), false),
    (types("ItemId", &[required("Id", Value::Text)], Content::Anything), false),
    (types("OriginalDisplayName", &[], Content::Text(Value::Text)), false),
]);

/// A folder by its identifier.
const FOLDER: Element = types("FolderId", &[required("Id", Value::Text)], Content::Anything);

/// Simple type `DistinguishedFolderIdNameType`, the names that Exchange Server 2013 to 2019 know.
const WELL_KNOWN: Element = types(
    "DistinguishedFolderId",
    &[required(
        "Id",
        Value::OneOf(&[
            "calendar",
            "contacts",
            "deleteditems",
            "drafts",
            "inbox",
            "journal",
            "notes",
            "outbox",
            "sentitems",
            "tasks",
            "msgfolderroot",
            "publicfoldersroot",
            "root",
            "junkemail",
            "searchfolders",
            "voicemail",
            "recoverableitemsroot",
            "recoverableitemsdeletions",
            "recoverableitemsversions",
            "recoverableitemspurges",
            "archiveroot",
            "archivemsgfolderroot",
            "archivedeleteditems",
            "archiveinbox",
            "archiverecoverableitemsroot",
            "archiverecoverableitemsdeletions",
            "archiverecoverableitemsversions",
            "archiverecoverableitemspurges",
            "syncissues",
            "conflicts",
            "localfailures",
            "serverfailures",
            "recipientcache",
            "quickcontacts",
            "conversationhistory",
            "adminauditlogs",
            "todosearch",
            "mycontacts",
            "directory",
            "imcontactlist",
            "peopleconnect",
            "favorites",
        ]),
    )],
    Content::Sequence(&[(types("Mailbox", &[], ADDRESS), false)]),
);

/// Requests that the sandbox answers.
static REQUESTS: [Element; 3] = [
    messages(
        "GetFolder",
        &[],
        Content::Sequence(&[
            (messages("FolderShape", &[], SHAPE), true),
            (messages("FolderIds", &[], Content::Choice(&[FOLDER, WELL_KNOWN], usize::MAX)), true),
        ]),
    ),
    messages(
        "FindPeople",
        &[],
        Content::Sequence(&[
            (messages("PersonaShape", &[], SHAPE), false),
            (
                messages(
                    "IndexedPageItemView",
                    &[
                        optional("MaxEntriesReturned", Value::Number),
                        required("Offset", Value::Number),
                        required("BasePoint", Value::OneOf(&["Beginning", "End"])),
                    ],
                    Content::Sequence(&[]),
                ),
                true,
            ),
            (messages("Restriction", &[], Content::Anything), false),
            (messages("AggregationRestriction", &[], Content::Anything), false),
            (messages("SortOrder", &[], Content::Anything), false),
            (
                messages(
                    "ParentFolderId",
                    &[],
                    Content::Choice(
                        &[
                            FOLDER,
                            WELL_KNOWN,
                            types("AddressListId", &[required("Id", Value::Text)], Content::Anything),
                        ],
                        1,
                    ),
                ),
                false,
            ),
            (messages("QueryString", &[], Content::Text(Value::Text)), false),
            (messages("SearchPeopleSuggestionIndex", &[], Content::Text(Value::Boolean)), false),
            (messages("TopicQueryString", &[], Content::Text(Value::Text)), false),
            (messages("Context", &[], Content::Anything), false),
            (messages("QuerySources", &[], Content::Anything), false),
        ]),
    ),
    messages(
        "ResolveNames",
        &[
            required("ReturnFullContactData", Value::Boolean),
            optional(
                "SearchScope",
                Value::OneOf(&[
                    "ActiveDirectory",
                    "ActiveDirectoryContacts",
                    "Contacts",
                    "ContactsActiveDirectory",
                ]),
            ),
            optional("ContactDataShape", SHAPES),
        ],
        Content::Sequence(&[
            (messages("ParentFolderIds", &[], Content::Choice(&[FOLDER, WELL_KNOWN], usize::MAX)), false),
            (messages("UnresolvedEntry", &[], Content::Text(Value::Text)), true),
        ]),
    ),
];

/// The schema of a request, by its element.
pub(super) fn request(node: Node<'_, '_>) -> Option<&'static Element> {
    REQUESTS.iter().find(|element| is(node, element.namespace, element.name))
}

/// Checks an element against its schema.
///
/// Without `strict`, children may stand in any order.
///
/// # Errors
/// The first violation, with its place in the request.
pub(super) fn check(node: Node<'_, '_>, element: &Element, strict: bool) -> Result<(), Violation> {
    for attribute in element.attributes {
        check_attribute(node, attribute)?;
    }
    match &element.content {
        Content::Anything => Ok(()),
        Content::Text(value) => match node.first_element_child() {
            Some(child) => Err(unexpected(node, child, &[])),
            None if value.takes(text(node)) => Ok(()),
            None => {
                Err(violation(node, format!("the value '{}' of '{}' is not valid", text(node), name(node))))
            }
        },
        Content::Sequence(parts) => check_sequence(node, parts, strict),
        Content::Choice(choices, most) => check_choice(node, choices, *most, strict),
    }
}

/// Checks one attribute.
fn check_attribute(node: Node<'_, '_>, attribute: &Attribute) -> Result<(), Violation> {
    match node.attribute(attribute.name) {
        None if attribute.required => {
            Err(violation(node, format!("the required attribute '{}' is missing", attribute.name)))
        }
        Some(value) if !attribute.value.takes(value.trim()) => Err(violation(
            node,
            format!("the '{}' attribute is invalid: the value '{value}'", attribute.name),
        )),
        _ => Ok(()),
    }
}

/// Checks children that have an order.
fn check_sequence(node: Node<'_, '_>, parts: &[(Element, bool)], strict: bool) -> Result<(), Violation> {
    let mut left: Vec<&(Element, bool)> = parts.iter().collect();
    for child in node.children().filter(Node::is_element) {
        let place = left.iter().position(|(element, _)| is(child, element.namespace, element.name));
        let skips = |place: usize| strict && left.iter().take(place).any(|(_, must)| *must);
        let Some(place) = place.filter(|place| !skips(*place)) else {
            return Err(unexpected(node, child, &expected(&left)));
        };
        if let Some((element, _)) = left.get(place) {
            check(child, element, strict)?;
        }
        if strict {
            left.drain(..=place);
        } else {
            left.remove(place);
        }
    }
    match left.iter().find(|(_, must)| *must) {
        None => Ok(()),
        Some((element, _)) => Err(violation(
            node,
            format!("the element '{}' has incomplete content, expected: '{}'", name(node), element.name),
        )),
    }
}

/// Checks children of which any may come.
fn check_choice(node: Node<'_, '_>, choices: &[Element], most: usize, strict: bool) -> Result<(), Violation> {
    let mut seen = 0;
    for child in node.children().filter(Node::is_element) {
        let chosen = choices.iter().find(|element| is(child, element.namespace, element.name));
        let Some(element) = chosen.filter(|_| seen < most) else {
            let names: Vec<&str> = choices.iter().map(|element| element.name).collect();
            return Err(unexpected(node, child, &names));
        };
        check(child, element, strict)?;
        seen += 1;
    }
    if seen == 0 {
        return Err(violation(node, format!("the element '{}' has incomplete content", name(node))));
    }
    Ok(())
}

impl Value {
    /// Whether a text is of this kind.
    fn takes(&self, text: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Boolean => matches!(text, "true" | "false" | "1" | "0"),
            Self::Number => text.parse::<i32>().is_ok(),
            Self::OneOf(texts) => texts.contains(&text),
        }
    }
}

/// The local name of an element.
fn name<'a>(node: Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

/// What may come next: everything up to the first element that must.
fn expected(left: &[&(Element, bool)]) -> Vec<&'static str> {
    let must = left.iter().position(|(_, must)| *must).unwrap_or(left.len());
    left.iter().take(must.saturating_add(1)).map(|(element, _)| element.name).collect()
}

/// A child that has no business there.
fn unexpected(parent: Node<'_, '_>, child: Node<'_, '_>, wanted: &[&str]) -> Violation {
    let wanted =
        if wanted.is_empty() { String::new() } else { format!(", expected: '{}'", wanted.join(", ")) };
    let inside = child.tag_name().namespace().unwrap_or_default();
    let text = format!(
        "the element '{}' has invalid child element '{}' in namespace '{inside}'{wanted}",
        name(parent),
        name(child)
    );
    violation(child, text)
}

/// A violation at the beginning of an element.
fn violation(node: Node<'_, '_>, text: String) -> Violation {
    let at = node.document().text_pos_at(node.range().start);
    Violation { line: at.row, position: at.col, text }
}
