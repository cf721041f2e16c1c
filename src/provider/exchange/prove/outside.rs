//! Whether the account opens a mailbox that is not the customer's: then its permission is wider than it has to be.
//!
//! Triggered once the account has opened the customer's own. Tried is what is known to be at the server: other customers'
//! mailboxes on record there, and what the directory shows outside the mail domains. The root folder's id is all that is
//! asked for. It is a warning and never blocks: a permission for everybody works, and is the hoster's to narrow.

use super::{super::list::open_root, CheckState, Session, good};
use crate::domain::{customer::Impersonation, hoster_lines, id::Address, tenant::Check, text::Text};

/// Addresses that are tried at most, until one tells. A guess: most are answered at once.
pub(super) const MOST: usize = 3;

/// The check; none where no address is known, or none of them tells.
pub(super) async fn check(session: &Session, access: &Impersonation, known: &[Address]) -> Option<Check> {
    let check = super::check(Text::from(hoster_lines::OUTSIDE));
    let is_outside = |address: &&Address| {
        let is_theirs = |domain: &Text| domain.as_str().eq_ignore_ascii_case(&address.domain());
        !access.domains.iter().any(is_theirs) && address.domain() != access.sample.domain()
    };
    for address in known.iter().filter(is_outside).take(MOST) {
        match open_root(session, address).await {
            Ok(()) => {
                let lines = hoster_lines::narrowing(access.account.as_str(), &access.sample.domain());
                let words = Text::of(format_args!(
                    "It is outside the mail domains, and nothing in it was read. Is it this customer's? Then add its \
                     domain. If not, the permission is too wide: the hoster narrows it by {} once the customer's scope \
                     is there",
                    lines.last().map_or("", Text::as_str)
                ));
                let detail = Text::of(format_args!("{address} opens, too"));
                return Some(Check { state: CheckState::Partly(words), detail, ..check });
            }
            Err(bad) if bad.error.code() == Some("ErrorImpersonateUserDenied") => {
                return Some(good(&check, Text::of(format_args!("{address} stays closed"))));
            }
            // Whether it would open is not known: it may be gone, or be moved.
            Err(_other) => {}
        }
    }
    None
}
