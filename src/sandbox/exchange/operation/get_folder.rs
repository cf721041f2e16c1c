//! `GetFolder`: one message for each folder asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use super::super::call::{Call, no_mailbox};
use super::super::directory::Card;
use super::super::soap::{self, Outcome, Trouble, child, is, text};
use super::super::xml::{MESSAGES, TYPES, Writer};

/// A folder of a mailbox.
struct Folder {
    /// The mailbox.
    owner: Card,
    /// Its well-known name.
    name: String,
}

/// Answers the call.
pub(super) fn run(call: &Call<'_>, node: Node<'_, '_>) -> String {
    let ids = child(node, MESSAGES, "FolderIds");
    let ids: Vec<Node<'_, '_>> = ids.iter().flat_map(|ids| ids.children().filter(Node::is_element)).collect();
    let shape = child(node, MESSAGES, "FolderShape");
    let more =
        shape.and_then(|shape| child(shape, TYPES, "BaseShape")).is_some_and(|base| text(base) != "IdOnly");
    let named = shape.and_then(|shape| child(shape, TYPES, "AdditionalProperties"));
    let named = named.iter().flat_map(|named| named.children().filter_map(|uri| uri.attribute("FieldURI")));
    let named: Vec<&str> = named.filter_map(|uri| uri.strip_prefix("folder:")).collect();
    let is_wanted = |name: &str| more && name != "UnreadCount" || named.contains(&name);
    let mut writer = super::wrapper("GetFolder");
    for (index, id) in ids.iter().enumerate() {
        writer.open(MESSAGES, "GetFolderResponseMessage");
        let found = call.busy_at(index, ids.len()).map_or_else(|| folder(call, *id), Err);
        match found {
            Ok(folder) => {
                soap::outcome(&mut writer, &Outcome::Success);
                writer.open(MESSAGES, "Folders");
                write(&mut writer, &folder, is_wanted);
                writer.close();
            }
            Err(trouble) => {
                soap::outcome(&mut writer, &Outcome::Error(trouble));
                // As Microsoft's own samples show it: an empty list beside the error.
                writer.open(MESSAGES, "Folders").close();
            }
        }
        writer.close();
    }
    writer.finish()
}

/// Finds the folder that an identifier names.
fn folder(call: &Call<'_>, id: Node<'_, '_>) -> Result<Folder, Trouble> {
    let own = call.mailbox();
    let (owner, name) = if is(id, TYPES, "FolderId") {
        let (number, name) = read_id(id.attribute("Id").unwrap_or_default())
            .ok_or_else(|| Trouble::new("ErrorInvalidIdMalformed", "Id is malformed."))?;
        let owner = call.site.directory.card(number, call.now);
        let lost =
            || Trouble::new("ErrorFolderNotFound", "The specified folder could not be found in the store.");
        (owner.ok_or_else(lost)?, name)
    } else {
        let named =
            child(id, TYPES, "Mailbox").and_then(|mailbox| child(mailbox, TYPES, "EmailAddress")).map(text);
        let owner = match named {
            Some(address) => {
                let found = call.site.directory.by_any_address(address, call.now);
                found.filter(|card| card.kind.has_mailbox()).ok_or_else(|| no_mailbox(address))?
            }
            None => own.clone().ok_or_else(|| missing_address(call))?,
        };
        (owner, id.attribute("Id").unwrap_or_default().to_owned())
    };
    if own.is_none_or(|own| own.number != owner.number) {
        return Err(Trouble::new("ErrorAccessDenied", "Access is denied. Check credentials and try again."));
    }
    match owner.trouble.clone() {
        Some(code) => {
            Err(Trouble { code: code.into(), ..Trouble::new("", "The mailbox is not available now.") })
        }
        None => Ok(Folder { owner, name }),
    }
}

/// Nobody's mailbox is meant, or one that does not exist.
fn missing_address(call: &Call<'_>) -> Trouble {
    match &call.account.mailbox {
        Some(address) => no_mailbox(address),
        None => Trouble::new(
            "ErrorMissingEmailAddress",
            "When making a request as an account that does not have a mailbox, you must specify the mailbox.",
        ),
    }
}

/// Adds a folder: its identifier, and what of the rest is wanted, in the order of the schema.
fn write(writer: &mut Writer, folder: &Folder, is_wanted: impl Fn(&str) -> bool) {
    let (element, class) = match folder.name.as_str() {
        "calendar" => ("CalendarFolder", "IPF.Appointment"),
        "contacts" => ("ContactsFolder", "IPF.Contact"),
        "tasks" => ("TasksFolder", "IPF.Task"),
        _ => ("Folder", "IPF.Note"),
    };
    writer.open(TYPES, element).open(TYPES, "FolderId");
    writer
        .attribute("Id", &make_id(folder.owner.number, &folder.name))
        .attribute("ChangeKey", "AQAAABYAAAA=")
        .close();
    let properties = [
        ("FolderClass", class),
        ("DisplayName", folder.name.as_str()),
        ("TotalCount", "0"),
        ("ChildFolderCount", "0"),
        ("UnreadCount", "0"),
    ];
    // Calendars and contacts count nothing that is unread.
    let has = |name: &str| name != "UnreadCount" || matches!(element, "Folder" | "TasksFolder");
    for (name, value) in properties.into_iter().filter(|(name, _)| is_wanted(name) && has(name)) {
        writer.leaf(TYPES, name, value);
    }
    writer.close();
}

/// Identifiers begin with this, as real ones do.
const STEM: &str = "AAMk";

/// The identifier of a folder.
fn make_id(number: u32, name: &str) -> String {
    format!("{STEM}{}", STANDARD.encode(format!("{number}/{name}")))
}

/// Reads an identifier that [`make_id`] made.
fn read_id(id: &str) -> Option<(u32, String)> {
    let plain = String::from_utf8(STANDARD.decode(id.strip_prefix(STEM)?).ok()?).ok()?;
    let (number, name) = plain.split_once('/')?;
    Some((number.parse().ok()?, name.to_owned()))
}
