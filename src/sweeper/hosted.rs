//! Hosted mailboxes have no change feed: each pass lists again, and a mailbox is *left* only after two passes and a
//! clear answer of the server (exchange-web-services.md section 8.7).

use std::collections::BTreeSet;

use tokio::sync::mpsc;

use crate::{
    domain::{
        believed::{Doubt, LOOKED_FOR_AT_MOST},
        customer::{Impersonation, Listing},
        failure::Failure,
        id::{Address, UserId},
        protection::{Chosen, Missing},
        sweep::Candidate,
        text::Text,
        time::Moment,
        user::{Kind, UserPage},
        verdict::ListNote,
    },
    provider::{
        Provider,
        exchange::Presence,
        listed::Listed,
        store::{Belief, Roster},
    },
};

use super::{Held, Key, Next, Seen, count, with};

/// Lists the mailboxes and compares them with those that the last pass saw. A list that is not believed is asked for once
/// more.
pub(super) async fn look(
    provider: &Provider,
    (customer, product): Key,
    access: &Impersonation,
    held: &Held,
    due: Moment,
) -> Result<Seen, Failure> {
    let before = with(&provider.store, move |s| s.sweep_roster(customer, product)).await?;
    let tour = Tour { provider, access, held, before: &before, due };
    let first = tour.once().await?;
    if first.doubt.is_none() {
        return Ok(first);
    }
    match tour.once().await {
        Ok(second) => Ok(second.and(first)),
        Err(failure) => {
            tracing::warn!(
                what = failure.what.as_str(),
                "a list that is not believed could not be had again"
            );
            // Whoever was listed is turned on all the same, and the pass stays due.
            Ok(Seen { broken: Some(failure), ..first })
        }
    }
}

/// One look at the mailboxes of a hosted customer.
struct Tour<'a> {
    provider: &'a Provider,
    access: &'a Impersonation,
    held: &'a Held,
    /// What the passes before saw.
    before: &'a Roster,
    due: Moment,
}

impl Tour<'_> {
    /// Whether a directory is searched, which can fall short; a list that was given is what an operator says.
    const fn is_searched(&self) -> bool {
        matches!(self.access.listing, Listing::Directory)
    }

    /// Lists once, and looks for those who are missing by their addresses.
    async fn once(&self) -> Result<Seen, Failure> {
        let (mut candidates, doubt, gaps) = self.list().await?;
        let listed = count(candidates.len());
        let expected = self.held.expected();
        let doubt = doubt.or_else(|| expected.length(listed).filter(|_| self.is_searched()));
        let (missing, settled) = self.missing(&candidates);
        let lacking = || expected.lacking(listed, missing.len()).filter(|_| self.is_searched());
        let doubt = doubt.or_else(lacking);
        if doubt.is_some() && missing.len() > LOOKED_FOR_AT_MOST {
            return Ok(Seen { gaps, ..seen(candidates, Vec::new(), Roster::default(), doubt, listed) });
        }
        let asked: Vec<Address> = missing.into_iter().chain(settled).collect();
        let presences = if asked.is_empty() {
            Vec::new()
        } else {
            self.provider
                .exchange
                .still_there(self.access, &asked, ready(&candidates).next().is_some())
                .await?
        };
        let mut roster = Roster { known: ready(&candidates).collect(), missing: Vec::new() };
        let mut left = Vec::new();
        let mut hidden = 0;
        for (address, presence) in presences {
            let since = self.before.missing.iter().find(|m| m.address == address);
            // A moment that a fast clock wrote counts as now.
            let since = since.map(|m| m.since.min(self.due));
            match (presence, since) {
                (Presence::NonExistent, Some(since)) if since < self.due => {
                    left.push(UserId::from_address(&address));
                    roster.missing.push(Missing { address, since });
                }
                (Presence::NonExistent, since) => {
                    roster.missing.push(Missing { address, since: since.unwrap_or(self.due) });
                }
                (presence @ (Presence::Present | Presence::Unknown(_)), _) => {
                    if self.is_searched() && presence == Presence::Present {
                        hidden += 1;
                        candidates.push(self.by_name(&address));
                    }
                    roster.known.push(address);
                }
            }
        }
        let doubt = doubt.or_else(|| expected.hiding(listed, hidden, true));
        // A problem row of a user who is gone is news about them, not a user to be looked at again.
        let gone: BTreeSet<UserId> =
            roster.missing.iter().map(|m| UserId::from_address(&m.address)).collect();
        candidates.retain(|c| !gone.contains(&c.user.id));
        Ok(Seen { gaps, ..seen(candidates, left, roster, doubt, listed) })
    }

    /// Every row, why they are not everybody, and what the list can't see.
    async fn list(&self) -> Result<(Vec<Candidate>, Option<Doubt>, Vec<Text>), Failure> {
        let (sink, mut parts) = mpsc::channel(2);
        let taking = async {
            let (mut candidates, mut doubt, mut gaps) = (Vec::new(), None, Vec::new());
            while let Some(part) = parts.recv().await {
                match part {
                    Listed::Page(page) => take(&mut candidates, &page),
                    Listed::Doubt(why) => doubt = Some(why),
                    Listed::Note(ListNote::Gap(words)) => gaps.push(words),
                    Listed::Whole(_) | Listed::Kinds(_) | Listed::Note(ListNote::Passing(_)) => {}
                }
            }
            (candidates, doubt, gaps)
        };
        let (listed, taken) = tokio::join!(self.provider.exchange.list_mailboxes(self.access, sink), taking);
        listed.map(|_| taken)
    }

    /// Mailboxes that stand on record and were not listed in order: those that a list should show, and those who are
    /// known to have left.
    fn missing(&self, candidates: &[Candidate]) -> (Vec<Address>, Vec<Address>) {
        let here: BTreeSet<String> = ready(candidates).map(|address| address.folded()).collect();
        // Whoever was turned on by hand, or is owed, may have gone before any pass saw them.
        let seats = self.held.protection.seats.iter();
        let owed = self.held.scheduled.iter().map(|(_, address)| address).filter(|_| self.is_searched());
        let on_record = seats.clone().map(|seat| &seat.address).chain(owed);
        let mut asked: Vec<Address> = self.before.known.clone();
        asked.extend(on_record.filter_map(|address| address.as_str().parse().ok()));
        asked.extend(self.before.missing.iter().map(|m| m.address.clone()));
        asked.retain(|address| !here.contains(&address.folded()));
        asked.sort();
        asked.dedup();
        let left: BTreeSet<UserId> = seats.filter(|seat| seat.left.is_some()).map(|seat| seat.id).collect();
        let is_settled = |address: &Address| {
            left.contains(&UserId::from_address(address))
                || self.before.missing.iter().any(|m| m.address == *address && m.since < self.due)
        };
        asked.into_iter().partition(|address| !is_settled(address))
    }

    /// A mailbox that was not listed and can be opened.
    fn by_name(&self, address: &Address) -> Candidate {
        let id = UserId::from_address(address);
        let known = self.held.protection.seats.iter().find(|seat| seat.id == id);
        let name = known.map_or_else(|| Text::clean(address.as_str()), |seat| seat.name.clone());
        Candidate {
            user: Chosen { id, address: Text::clean(address.as_str()), name, kind: Kind::Mailbox },
            made: None,
            problem: Text::default(),
        }
    }
}

/// What a list and the questions behind it come to.
fn seen(
    candidates: Vec<Candidate>,
    left: Vec<UserId>,
    roster: Roster,
    doubt: Option<Doubt>,
    listed: u32,
) -> Seen {
    let belief = match &doubt {
        None => Belief::Whole(listed),
        Some(doubt) => Belief::Doubted { acceptable: doubt.acceptable() },
    };
    Seen {
        candidates,
        left,
        belief,
        doubt,
        broken: None,
        checks: None,
        gaps: Vec::new(),
        waited: BTreeSet::new(),
        next: Some(Next::Roster(roster)),
    }
}

/// The mailboxes that can be opened.
fn ready(candidates: &[Candidate]) -> impl Iterator<Item = Address> {
    candidates.iter().filter(|c| !c.has_problem()).filter_map(|c| c.user.address.as_str().parse().ok())
}

/// Turns the rows of a page into candidates.
fn take(candidates: &mut Vec<Candidate>, page: &UserPage) {
    for user in (0..page.len()).filter_map(|at| page.row(at)) {
        candidates.push(Candidate {
            user: Chosen {
                id: user.id,
                address: user.address.to_text(),
                name: user.name.to_text(),
                kind: user.kind,
            },
            made: None,
            problem: user.problem.to_text(),
        });
    }
}
