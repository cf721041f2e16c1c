//! Office 365: what Graph says has changed since the last pass, or everything. Called once per customer and pass; a
//! second pass costs as many requests as there are changes, whatever the size of the tenant.

use std::collections::BTreeSet;

use crate::{
    domain::{
        failure::Failure, id::UserId, protection::Chosen, sweep::Candidate, sweep::RELIST_AFTER,
        tenant::Organisation, time::Moment,
    },
    provider::{
        Provider,
        graph::{Memory, SweptUser},
        store::RuleRow,
    },
};

use super::{Next, Seen, with};

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

/// The users that have to be looked at; the whole list when there is no position or it is too old.
pub(super) async fn look(
    provider: &Provider,
    row: &RuleRow,
    organisation: &Organisation,
    now: Moment,
) -> Result<Seen, Failure> {
    let (customer, product) = (row.customer.id, row.product);
    let position = with(&provider.store, move |s| s.delta_link(customer, product))
        .await?
        .and_then(|text| Position::parse(&text))
        .filter(|position| now.since(position.whole) < RELIST_AFTER);
    let (tenant, link) = (organisation.tenant, position.as_ref().map(|p| p.link.as_str()));
    let memory = Memory::of(with(&provider.store, move |s| s.checked(tenant)).await?);
    let mut delta = provider.graph.new_users(tenant, link, &memory).await?;
    let mut whole = now;
    if let Some(position) = position.filter(|_| !delta.is_full) {
        whole = position.whole;
        let news: BTreeSet<UserId> =
            delta.users.iter().map(|user| user.id).chain(delta.removed.iter().copied()).collect();
        let waiting = position.waiting.into_iter().filter(|id| !news.contains(id)).collect();
        for (id, found) in provider.graph.users_again(tenant, waiting, &memory).await? {
            match found {
                Some(user) => delta.users.push(user),
                None => delta.removed.push(id),
            }
        }
    }
    Ok(Seen {
        checks: Some((tenant, memory.take_new())),
        candidates: delta.users.into_iter().map(candidate).collect(),
        left: delta.removed,
        is_whole: delta.is_full,
        next: Some(Next::Delta(Position { whole, link: delta.link, waiting: Vec::new() })),
    })
}

fn candidate(user: SweptUser) -> Candidate {
    Candidate {
        has_problem: !user.problem.is_empty(),
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
