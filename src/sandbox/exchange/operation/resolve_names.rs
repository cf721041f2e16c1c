//! `ResolveNames`: at most 100 entries that a piece of a name may mean, without pages.

use roxmltree::Node;

use super::super::call::Call;
use super::super::directory::Card;
use super::super::soap::{self, Outcome, Trouble, child};
use super::super::xml::{MESSAGES, TYPES};

/// More than these are never returned.
const MOST: usize = 100;

/// Answers the call.
pub(super) fn run(call: &Call<'_>, node: Node<'_, '_>) -> String {
    let found = call.busy_at(0, 1).map_or_else(|| find(call, node), Err);
    let cards = match found {
        Ok(found) => found,
        Err(trouble) => return super::only("ResolveNames", &Outcome::Error(trouble)),
    };
    let outcome = match cards.len() {
        0 => {
            let nothing = Trouble::new("ErrorNameResolutionNoResults", "No results were found.");
            return super::only("ResolveNames", &Outcome::Error(nothing));
        }
        1 => Outcome::Success,
        _ => Outcome::Warning(Trouble::new(
            "ErrorNameResolutionMultipleResults",
            "Multiple results were found.",
        )),
    };
    let mut writer = super::wrapper("ResolveNames");
    writer.open(MESSAGES, "ResolveNamesResponseMessage");
    soap::outcome(&mut writer, &outcome);
    writer.open(MESSAGES, "ResolutionSet").attribute("TotalItemsInView", &cards.len().to_string());
    // Not a proof of completeness by the wire reference, so it must not become one here.
    writer.attribute("IncludesLastItemInRange", "true");
    for card in &cards {
        writer.open(TYPES, "Resolution").open(TYPES, "Mailbox");
        super::address(&mut writer, card);
        writer.close().close();
    }
    writer.finish()
}

/// Finds the entries.
fn find(call: &Call<'_>, node: Node<'_, '_>) -> Result<Vec<Card>, Trouble> {
    let raw = child(node, MESSAGES, "UnresolvedEntry").and_then(|entry| entry.text()).unwrap_or_default();
    let entry = raw.trim();
    if matches!(entry, "" | "," | "-") {
        let message = "The name that is to be resolved is not valid.";
        return Err(Trouble::new("ErrorInvalidNameForNameResolution", message));
    }
    if !call.has_mailbox() {
        let message = "The account that made the request has no mailbox.";
        return Err(Trouble::new("ErrorNameResolutionNoMailbox", message));
    }
    if node.attribute("SearchScope") == Some("Contacts") {
        return Ok(Vec::new());
    }
    let entry =
        entry.get(..5).filter(|stem| stem.eq_ignore_ascii_case("smtp:")).and(entry.get(5..)).unwrap_or(entry);
    let found = call.search(entry);
    Ok(found.iter().filter_map(|number| call.site.directory.card(*number, call.now)).take(MOST).collect())
}
