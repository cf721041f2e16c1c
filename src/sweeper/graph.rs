//! Office 365: what Graph says has changed since the last pass, or everything. Called once per customer and pass; a
//! second pass costs as many requests as there are changes, whatever the size of the tenant.

use std::collections::BTreeSet;

use crate::{
    domain::{
        believed::LOOKED_FOR_AT_MOST,
        checked::Checked,
        failure::Failure,
        id::{TenantId, UserId},
        protection::Chosen,
        sweep::{Candidate, RELIST_AFTER},
        tenant::Organisation,
        text::Text,
        time::Moment,
    },
    provider::{
        Provider,
        graph::{Delta, Memory, SweptUser},
        store::Belief,
    },
};

use super::{Held, Key, Next, Seen, count, union, with};

/// Where the next pass starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    /// When the list was last taken whole.
    pub(super) whole: Moment,
    /// The delta link, verbatim.
    pub(super) link: String,
    /// Left to a later pass; the delta may have no more news of them.
    pub(super) waiting: Vec<UserId>,
}

impl Position {
    /// Reads what [`Position::to_text`] wrote; nothing for anything else, so that the list is taken whole.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let whole = Moment::from_millis(words.next()?.parse().ok()?);
        let link = words.next().filter(|link| link.starts_with("https://"))?.into();
        let waiting = words.map(|id| id.parse().ok()).collect::<Option<_>>()?;
        Some(Self { whole, link, waiting })
    }

    /// As the store keeps it: milliseconds, link, ids, with a space between. A link has none.
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{} {}", self.whole.as_millis(), self.link);
        for id in &self.waiting {
            text.push(' ');
            text.push_str(&id.to_string());
        }
        text
    }
}

/// The users that have to be looked at; the whole list when there is no position or it is too old, and when more users
/// are gone by the changes than are looked for by name. A list that is not believed is asked for once more.
pub(super) async fn look(
    provider: &Provider,
    (customer, product): Key,
    organisation: &Organisation,
    held: &Held,
    now: Moment,
) -> Result<Seen, Failure> {
    let position = with(&provider.store, move |s| s.delta_link(customer, product))
        .await?
        .and_then(|text| Position::parse(&text))
        // One that was taken in the future was taken by a clock that was fast.
        .filter(|position| position.whole <= now && now.since(position.whole) < RELIST_AFTER);
    let tenant = organisation.tenant;
    let memory = Memory::of(with(&provider.store, move |s| s.checked(tenant)).await?);
    let tour = Tour { provider, tenant, held, now, memory: &memory };
    let link = position.as_ref().map(|p| p.link.as_str());
    let delta = provider.graph.new_users(tour.tenant, link, &memory).await?;
    match position {
        Some(position) if !delta.is_full => match tour.changes(position, delta).await {
            Some(seen) => Ok(seen),
            None => tour.all(None).await,
        },
        _ => tour.all(Some(delta)).await,
    }
}

/// Everybody, whatever has changed since.
pub(super) async fn everybody(
    provider: &Provider,
    tenant: TenantId,
    held: &Held,
    now: Moment,
) -> Result<Seen, Failure> {
    let memory = Memory::of(with(&provider.store, move |s| s.checked(tenant)).await?);
    Tour { provider, tenant, held, now, memory: &memory }.all(None).await
}

/// One look at the users of a tenant.
#[derive(Clone, Copy)]
struct Tour<'a> {
    provider: &'a Provider,
    tenant: TenantId,
    held: &'a Held,
    now: Moment,
    /// What Exchange said the mailboxes are, until now.
    memory: &'a Memory,
}

/// What became of users who were looked for by name.
#[derive(Default)]
struct Found {
    there: Vec<Candidate>,
    gone: Vec<UserId>,
    /// What kept some from being looked for.
    broken: Option<Failure>,
    /// What could not be seen of them.
    gaps: Vec<Text>,
}

impl Tour<'_> {
    /// Takes the whole list, which may have come already. One that is not believed is asked for once more.
    async fn all(self, delta: Option<Delta>) -> Result<Seen, Failure> {
        let delta = match delta {
            Some(delta) => delta,
            None => self.provider.graph.new_users(self.tenant, None, self.memory).await?,
        };
        let first = self.whole(delta).await;
        if first.doubt.is_none() {
            return Ok(first);
        }
        match self.provider.graph.new_users(self.tenant, None, self.memory).await {
            Ok(delta) => Ok(self.whole(delta).await.and(first)),
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

    /// Takes a round of changes: whoever waits or is owed is looked for by name, and so is whoever is gone by it and
    /// stands on record. None when these are too many: then the round is no more than a reason to list everybody.
    async fn changes(self, position: Position, delta: Delta) -> Option<Seen> {
        let news: BTreeSet<UserId> =
            delta.users.iter().map(|user| user.id).chain(delta.removed.iter().copied()).collect();
        let awaited = self.held.awaited();
        let waiting: BTreeSet<UserId> =
            position.waiting.iter().copied().filter(|id| !news.contains(id)).collect();
        let owed = self.held.scheduled.iter().map(|(id, _)| *id).filter(|id| !news.contains(id));
        let removed = delta.removed.iter().copied().filter(|id| awaited.contains(id));
        let missing: BTreeSet<UserId> = owed.chain(removed).filter(|id| !waiting.contains(id)).collect();
        if missing.len() > LOOKED_FOR_AT_MOST {
            return None;
        }
        let found = self.by_name(waiting.union(&missing).copied().collect()).await;
        let gone = found.gone.iter().filter(|id| awaited.contains(id)).count();
        Some(Seen {
            candidates: delta.users.into_iter().map(candidate).chain(found.there).collect(),
            left: found.gone,
            belief: Belief::Changes { gone: count(gone) },
            doubt: None,
            checks: Some(self.checks()),
            broken: found.broken,
            gaps: union(delta.gaps, found.gaps),
            waited: BTreeSet::new(),
            next: Some(Next::Delta(Position { link: delta.link, ..position })),
        })
    }

    /// Takes a whole list: whoever is on record and not in it is looked for by name, unless these are too many or an
    /// Admin has said that so few are left.
    async fn whole(self, delta: Delta) -> Seen {
        let here: BTreeSet<UserId> =
            delta.users.iter().map(|user| user.id).filter(|id| !id.is_of_place()).collect();
        let (listed, expected) = (count(here.len()), self.held.expected());
        let missing: Vec<UserId> = self.held.awaited().into_iter().filter(|id| !here.contains(id)).collect();
        let doubt = delta
            .doubt
            .or_else(|| expected.length(listed))
            .or_else(|| expected.lacking(listed, missing.len()));
        let found = match missing.len() {
            ..=LOOKED_FOR_AT_MOST => self.by_name(missing).await,
            _ if doubt.is_none() => Found { gone: missing, ..Found::default() },
            _ => Found::default(),
        };
        let doubt = doubt.or_else(|| expected.hiding(listed, found.there.len(), false));
        let belief = match &doubt {
            None => Belief::Whole(listed),
            Some(doubt) => Belief::Doubted { acceptable: doubt.acceptable() },
        };
        let position = Position { whole: self.now, link: delta.link, waiting: Vec::new() };
        Seen {
            candidates: delta.users.into_iter().map(candidate).chain(found.there).collect(),
            left: found.gone,
            belief,
            doubt,
            checks: Some(self.checks()),
            broken: found.broken,
            gaps: union(delta.gaps, found.gaps),
            waited: BTreeSet::new(),
            next: Some(Next::Delta(position)),
        }
    }

    /// What Exchange has said meanwhile.
    fn checks(self) -> (TenantId, Vec<Checked>) {
        (self.tenant, self.memory.take_new())
    }

    /// Asks for each user by name.
    async fn by_name(self, users: Vec<UserId>) -> Found {
        let mut found = Found::default();
        match self.provider.graph.users_again(self.tenant, users, self.memory).await {
            Ok((all, gaps)) => {
                found.gaps = gaps;
                for (id, user) in all {
                    match user {
                        Some(user) => found.there.push(candidate(user)),
                        None => found.gone.push(id),
                    }
                }
            }
            Err(failure) => found.broken = Some(failure),
        }
        found
    }
}

fn candidate(user: SweptUser) -> Candidate {
    Candidate {
        problem: user.problem,
        made: user.made,
        user: Chosen { id: user.id, address: user.address, name: user.name, kind: user.kind },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_in_the_place_of_the_link_is_no_position() {
        assert_eq!(Position::parse("0 not-an-id"), None);
        let waiting = vec![UserId::from_bytes([7; 16])];
        let nowhere = Position { whole: Moment::from_millis(0), link: String::new(), waiting };
        assert_eq!(Position::parse(&nowhere.to_text()), None, "everybody is listed the next time");
    }

    proptest! {
        #[test]
        fn a_position_comes_back_as_it_was_kept(
            whole in any::<i64>(),
            link in "https://graph\\.example/users/delta\\?[!-~]{0,40}",
            waiting in prop::collection::vec(any::<[u8; 16]>(), 0..4),
        ) {
            let waiting = waiting.into_iter().map(UserId::from_bytes).collect();
            let position = Position { whole: Moment::from_millis(whole), link, waiting };
            prop_assert_eq!(Position::parse(&position.to_text()), Some(position));
        }

        #[test]
        fn what_is_no_position_is_none(text in "[^ ]*( [^ ]*){0,2} not-an-id") {
            prop_assert_eq!(Position::parse(&text), None);
        }
    }
}
