//! `ExpandDL`: the members of a distribution list, one level deep. Our client never asks; clients that others wrote do,
//! and the conformance tests hold its form.

use roxmltree::Node;

use super::super::call::Call;
use super::super::directory::Card;
use super::super::settings::Kind;
use super::super::soap::{self, Outcome, Trouble, child, text};
use super::super::xml::{MESSAGES, TYPES};

/// Answers the call.
pub(super) fn run(call: &Call<'_>, node: Node<'_, '_>) -> String {
    let found = call.busy_at(0, 1).map_or_else(|| members(call, node), Err);
    let members = match found {
        Ok(members) => members,
        Err(trouble) => return super::only("ExpandDL", &Outcome::Error(trouble)),
    };
    let mut writer = super::wrapper("ExpandDL");
    writer.open(MESSAGES, "ExpandDLResponseMessage");
    soap::outcome(&mut writer, &Outcome::Success);
    writer.open(MESSAGES, "DLExpansion").attribute("TotalItemsInView", &members.len().to_string());
    writer.attribute("IncludesLastItemInRange", "true");
    for card in &members {
        writer.open(TYPES, "Mailbox");
        super::address(&mut writer, card);
        writer.close();
    }
    writer.finish()
}

/// Finds the members of the list; a hidden list, or one that the caller can't see, is not found.
fn members(call: &Call<'_>, node: Node<'_, '_>) -> Result<Vec<Card>, Trouble> {
    if !call.has_mailbox() {
        let message = "The account that made the request has no mailbox.";
        return Err(Trouble::new("ErrorNameResolutionNoMailbox", message));
    }
    let missing = || Trouble::new("ErrorNameResolutionNoResults", "No results were found.");
    let mailbox = child(node, MESSAGES, "Mailbox");
    let address = mailbox.and_then(|mailbox| child(mailbox, TYPES, "EmailAddress")).map_or("", text);
    let directory = &call.site.directory;
    let list = directory.by_any_address(address, call.now).filter(|card| card.kind == Kind::List);
    let list = list.ok_or_else(missing)?;
    if !call.sees(list.number) {
        return Err(missing());
    }
    let members = directory.members(list.number).iter();
    Ok(members.filter_map(|address| directory.by_any_address(address, call.now)).collect())
}
