//! `FindPeople`: pages of the address book that a query finds. Class and code sit on the answer itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use super::super::call::Call;
use super::super::directory::Card;
use super::super::settings::{AddressElement, EmptyQuery, Kind, PeopleTotal};
use super::super::soap::{self, Outcome, Trouble, child, text};
use super::super::xml::{MESSAGES, TYPES, Writer};

/// The part of the answer that a page shows.
struct Page {
    /// Entries of this page.
    cards: Vec<Card>,
    /// Index of the first one in all that were found.
    first: usize,
    /// How many were found.
    found: usize,
}

/// Answers the call.
pub(super) fn run(call: &Call<'_>, node: Node<'_, '_>) -> String {
    let habits = &call.site.server.habits;
    let mut writer = Writer::new(habits.people_style);
    writer.open(MESSAGES, "FindPeopleResponse");
    let page = call.busy_at(0, 1).map_or_else(|| page(call, node), Err);
    let page = match page {
        Ok(page) => page,
        Err(trouble) => {
            soap::outcome(&mut writer, &Outcome::Error(trouble));
            return writer.finish();
        }
    };
    soap::outcome(&mut writer, &Outcome::Success);
    writer.open(MESSAGES, "People");
    let wanted = Wanted::read(node);
    for card in &page.cards {
        persona(&mut writer, card, &wanted, habits.address_element);
    }
    writer.close();
    let total = match habits.people_total {
        PeopleTotal::All => page.found,
        PeopleTotal::Page => page.cards.len(),
    };
    writer.leaf(MESSAGES, "TotalNumberOfPeopleInView", &total.to_string());
    writer.leaf(MESSAGES, "FirstMatchingRowIndex", "0");
    writer.leaf(MESSAGES, "FirstLoadedRowIndex", &page.first.to_string());
    writer.leaf(MESSAGES, "TransactionId", "00000000-0000-0000-0000-000000000000");
    writer.finish()
}

/// Finds what belongs on the page that is asked for.
fn page(call: &Call<'_>, node: Node<'_, '_>) -> Result<Page, Trouble> {
    let habits = &call.site.server.habits;
    let view = child(node, MESSAGES, "IndexedPageItemView");
    let number = |name: &str| {
        view.and_then(|view| view.attribute(name)).and_then(|text| text.trim().parse::<i64>().ok())
    };
    let most = number("MaxEntriesReturned").unwrap_or(i64::MAX);
    let offset = number("Offset").unwrap_or(0);
    let (Ok(offset), Ok(most), true) = (usize::try_from(offset), usize::try_from(most), most > 0) else {
        let message = "Paging offset must not be negative, and the number of rows must be 1 or more.";
        return Err(Trouble::new("ErrorInvalidIndexedPagingParameters", message));
    };
    if !call.has_mailbox() {
        let message = "The account has no mailbox, so it has no directory view of its own.";
        return Err(Trouble::new("ErrorMissingEmailAddress", message));
    }
    let found = search(call, node)?;
    let count = most.min(habits.people_cap);
    let from_end = view.and_then(|view| view.attribute("BasePoint")) == Some("End");
    let first = if from_end { found.len().saturating_sub(offset.saturating_add(count)) } else { offset };
    let count = if from_end { found.len().saturating_sub(offset).min(count) } else { count };
    let numbers = found.iter().skip(first).take(count);
    let cards = numbers.filter_map(|number| call.site.directory.card(*number, call.now)).collect();
    Ok(Page { cards, first, found: found.len() })
}

/// Finds everybody whom the query names, in the folder that is asked for.
fn search(call: &Call<'_>, node: Node<'_, '_>) -> Result<Vec<u32>, Trouble> {
    let folder = child(node, MESSAGES, "ParentFolderId").and_then(|parent| parent.first_element_child());
    if folder.and_then(|folder| folder.attribute("Id")) != Some("directory") {
        // A person's own contacts: empty in every mailbox of the sandbox.
        return Ok(Vec::new());
    }
    let query = child(node, MESSAGES, "QueryString").map_or("", text);
    if query.is_empty() && call.site.server.habits.empty_query == EmptyQuery::Refuse {
        return Err(Trouble::new(
            "ErrorInvalidArgument",
            "A query string is needed to search the directory.",
        ));
    }
    Ok(call.search(query))
}

/// The properties that are asked for.
struct Wanted<'a> {
    /// A shape beyond the identifier.
    all: bool,
    /// Property names, without `persona:`.
    names: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Reads the shape of a request.
    fn read(node: Node<'a, '_>) -> Self {
        let Some(shape) = child(node, MESSAGES, "PersonaShape") else {
            return Self { all: true, names: Vec::new() };
        };
        let all = child(shape, TYPES, "BaseShape").is_none_or(|base| text(base) != "IdOnly");
        let more = child(shape, TYPES, "AdditionalProperties");
        let names =
            more.iter().flat_map(|more| more.children().filter_map(|field| field.attribute("FieldURI")));
        Self { all, names: names.filter_map(|name| name.strip_prefix("persona:")).collect() }
    }

    /// Whether a property is asked for.
    fn has(&self, name: &str) -> bool {
        self.all || self.names.contains(&name)
    }
}

/// Adds one entry, its children in the order of the schema.
fn persona(writer: &mut Writer, card: &Card, wanted: &Wanted<'_>, element: AddressElement) {
    writer.open(TYPES, "Persona");
    let id = format!("AAUQ{}", STANDARD.encode(card.number.to_be_bytes()));
    writer.open(TYPES, "PersonaId").attribute("Id", &id).close();
    if wanted.has("PersonaType") {
        writer.leaf(
            TYPES,
            "PersonaType",
            if card.kind == Kind::List { "DistributionList" } else { "Person" },
        );
    }
    if wanted.has("DisplayName") {
        writer.leaf(TYPES, "DisplayName", &card.name);
    }
    if let (true, Some(title)) = (wanted.has("Title"), &card.title) {
        writer.leaf(TYPES, "Title", title);
    }
    if wanted.has("EmailAddress") {
        writer.open(TYPES, "EmailAddress");
        super::address(writer, card);
        writer.close();
    }
    if wanted.has("EmailAddresses") {
        let name = match element {
            AddressElement::Address => "Address",
            AddressElement::EmailAddress => "EmailAddress",
        };
        writer.open(TYPES, "EmailAddresses").open(TYPES, name);
        super::address(writer, card);
        writer.close().close();
    }
    if wanted.has("RelevanceScore") {
        writer.leaf(TYPES, "RelevanceScore", &i32::MAX.to_string());
    }
    writer.close();
}
