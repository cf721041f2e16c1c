//! The operations that the sandbox carries out, one file each; each returns the child of the answer's body.

mod find_people;
mod get_folder;
mod resolve_names;

use roxmltree::Node;

use super::call::Call;
use super::directory::Card;
use super::settings::{Kind, Style};
use super::soap::{self, Outcome};
use super::xml::{MESSAGES, TYPES, Writer};

/// Carries out a request whose schema has been checked.
pub(super) fn run(call: &Call<'_>, node: Node<'_, '_>) -> String {
    match node.tag_name().name() {
        "GetFolder" => get_folder::run(call, node),
        "FindPeople" => find_people::run(call, node),
        _ => resolve_names::run(call, node),
    }
}

/// Opens an answer that wraps messages, as operations before 2013 answer.
fn wrapper(operation: &str) -> Writer {
    let mut writer = Writer::new(Style::Prefixed);
    writer.open(MESSAGES, &format!("{operation}Response")).declare(TYPES).open(MESSAGES, "ResponseMessages");
    writer
}

/// An answer with a single message that holds nothing but its outcome.
fn only(operation: &str, outcome: &Outcome) -> String {
    let mut writer = wrapper(operation);
    writer.open(MESSAGES, &format!("{operation}ResponseMessage"));
    soap::outcome(&mut writer, outcome);
    writer.finish()
}

/// `MailboxType` of an entry: rooms and shared mailboxes are not told apart from others.
fn mailbox_type(kind: Kind) -> &'static str {
    match kind {
        Kind::User | Kind::Disabled | Kind::Shared | Kind::Room | Kind::Equipment => "Mailbox",
        Kind::Contact | Kind::MailUser => "Contact",
        Kind::List => "PublicDL",
    }
}

/// Adds the children of an `EmailAddressType`.
fn address(writer: &mut Writer, card: &Card) {
    writer.leaf(TYPES, "Name", &card.name).leaf(TYPES, "EmailAddress", &card.address);
    writer.leaf(TYPES, "RoutingType", "SMTP").leaf(TYPES, "MailboxType", mailbox_type(card.kind));
}
