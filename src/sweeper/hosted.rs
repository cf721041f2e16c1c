//! Hosted mailboxes have no change feed: each pass lists again, and a mailbox is *left* only after two passes and a
//! clear answer of the server (exchange-web-services.md section 8.7).

use std::collections::BTreeSet;

use tokio::sync::mpsc;

use crate::{
    domain::{
        customer::Impersonation,
        failure::Failure,
        id::{Address, UserId},
        protection::{Chosen, Missing},
        sweep::Candidate,
        time::Moment,
        user::UserPage,
    },
    provider::{
        Provider,
        exchange::Presence,
        listed::Listed,
        store::{Roster, RuleRow},
    },
};

use super::{Next, Seen, with};

/// Lists the mailboxes and compares them with those that the last pass saw.
pub(super) async fn look(
    provider: &Provider,
    row: &RuleRow,
    access: &Impersonation,
    due: Moment,
) -> Result<Seen, Failure> {
    let (sink, mut parts) = mpsc::channel(2);
    let mut seen = Seen::default();
    let taking = async {
        while let Some(part) = parts.recv().await {
            if let Listed::Page(page) = part {
                take(&mut seen, &page);
            }
        }
    };
    let (listed, ()) = tokio::join!(provider.exchange.list_mailboxes(access, sink), taking);
    listed?;
    let (customer, product) = (row.customer.id, row.product);
    let before = with(&provider.store, move |s| {
        let mut roster = s.sweep_roster(customer, product)?;
        // Whoever was turned on by hand may have gone before any pass saw them.
        let seats = s.protection(customer, product)?.seats;
        roster.known.extend(seats.iter().filter_map(|seat| seat.address.as_str().parse().ok()));
        Ok(roster)
    })
    .await?;
    let roster = compare(provider, access, &mut seen, before, due).await?;
    seen.next = Some(Next::Roster(roster));
    Ok(seen)
}

/// Turns the rows of a page into candidates.
fn take(seen: &mut Seen, page: &UserPage) {
    for user in (0..page.len()).filter_map(|at| page.row(at)) {
        seen.candidates.push(Candidate {
            user: Chosen {
                id: user.id,
                address: user.address.to_text(),
                name: user.name.to_text(),
                kind: user.kind,
            },
            made: None,
            has_problem: !user.problem.is_empty(),
        });
    }
}

/// Finds out which users have left: known before, not listed now, and the server says that there is no such mailbox, in
/// two passes running.
async fn compare(
    provider: &Provider,
    access: &Impersonation,
    seen: &mut Seen,
    before: Roster,
    due: Moment,
) -> Result<Roster, Failure> {
    let ready: Vec<Address> = seen
        .candidates
        .iter()
        .filter(|c| !c.has_problem)
        .filter_map(|c| c.user.address.as_str().parse().ok())
        .collect();
    let here: BTreeSet<String> = ready.iter().map(Address::folded).collect();
    let mut asked: Vec<Address> = before.known;
    asked.extend(before.missing.iter().map(|m| m.address.clone()));
    asked.retain(|address| !here.contains(&address.folded()));
    asked.sort();
    asked.dedup();
    let mut roster = Roster { known: ready, missing: Vec::new() };
    if asked.is_empty() {
        return Ok(roster);
    }
    for (address, presence) in provider.exchange.still_there(access, &asked).await? {
        let since = before.missing.iter().find(|m| m.address == address).map(|m| m.since.min(due));
        match (presence, since) {
            (Presence::NonExistent, Some(since)) if since < due => {
                seen.left.push(UserId::from_address(&address));
                roster.missing.push(Missing { address, since });
            }
            (Presence::NonExistent, since) => {
                roster.missing.push(Missing { address, since: since.unwrap_or(due) });
            }
            (Presence::Present | Presence::Unknown(_), _) => roster.known.push(address),
        }
    }
    // A problem row of a user who is gone is news about them, not a user to be looked at again.
    let gone: BTreeSet<UserId> = roster.missing.iter().map(|m| UserId::from_address(&m.address)).collect();
    seen.candidates.retain(|c| !gone.contains(&c.user.id));
    Ok(roster)
}
