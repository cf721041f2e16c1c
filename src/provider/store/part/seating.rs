//! The one place that turns users on and off, whoever asks for it, and reads back what became of it.

use std::collections::BTreeSet;

use super::{
    super::{
        Store,
        table::{
            Key, exclusion, product,
            seat::{self, Source},
        },
    },
    write::Write,
};
use crate::domain::{
    failure::Failure,
    id::{RunId, UserId},
    protection::{Chosen, SeatOutcome, SeatResult},
    user::{Kind, Kinds},
};

/// Turns users on, one outcome each, in their order. Someone who is on stays as they are; excluded ones, kinds that
/// can't be protected and users beyond the seats stay off.
pub(crate) fn turn_on(
    write: &Write<'_>,
    key: Key,
    source: Source<'_>,
    users: &[Chosen],
) -> Result<Vec<SeatOutcome>, Failure> {
    let used = product::used(write.tx, key)?;
    let kinds = product::kinds(write.tx, key)?;
    let mut free = used.limit.map(|limit| limit.saturating_sub(used.here.saturating_add(used.elsewhere)));
    let are_on = seat::are_on(write.tx, key, ids(users))?;
    let are_excluded = exclusion::are_excluded(write.tx, key, ids(users))?;
    let mut outcomes = Vec::with_capacity(users.len());
    // Of one who comes twice the second is on by the first.
    let (mut new, mut seen) = (Vec::new(), BTreeSet::new());
    for ((user, is_on), is_excluded) in users.iter().zip(are_on).zip(are_excluded) {
        outcomes.push(if is_on == Some(true) || seen.contains(&user.id) {
            SeatOutcome::AlreadyOn
        } else if is_excluded {
            SeatOutcome::Excluded
        } else if let Some(why) = never(user.kind, kinds) {
            SeatOutcome::Failed(why.into())
        } else if free == Some(0) {
            SeatOutcome::NoSeat
        } else {
            new.push(user);
            seen.insert(user.id);
            free = free.map(|free| free.saturating_sub(1));
            SeatOutcome::TurnedOn
        });
    }
    seat::turn_on(write.tx, key, source, &new, write.by())?;
    Ok(outcomes)
}

/// Their ids.
fn ids(users: &[Chosen]) -> impl Iterator<Item = &UserId> {
    users.iter().map(|user| &user.id)
}

/// Why a kind is never protected, whatever is included; the listing should not offer such users. Mailboxes that are not
/// checked yet are protected only where an operator has included them as that.
fn never(kind: Kind, kinds: Kinds) -> Option<&'static str> {
    match kind {
        Kind::Guest => Some("guests can't be protected"),
        Kind::WithoutMailbox => Some("there is no mailbox to protect"),
        Kind::OnPremises => Some("the mailbox is on the customer's own server"),
        Kind::NotKnownYet if !kinds.allows(kind) => {
            Some("nobody has checked yet what kind of mailbox this is")
        }
        Kind::User | Kind::Mailbox | Kind::Shared | Kind::Room | Kind::Disabled | Kind::NotKnownYet => None,
    }
}

/// Those of the users who are on.
pub(crate) fn on<'u>(write: &Write<'_>, key: Key, users: &'u [Chosen]) -> Result<Vec<&'u Chosen>, Failure> {
    let are_on = seat::are_on(write.tx, key, ids(users))?;
    Ok(users.iter().zip(are_on).filter(|(_, is_on)| *is_on == Some(true)).map(|(user, _)| user).collect())
}

/// Turns users off in a run, one outcome each. A pass never turns anyone off.
pub(crate) fn turn_off(
    write: &Write<'_>,
    key: Key,
    run: &RunId,
    users: &[Chosen],
) -> Result<Vec<SeatOutcome>, Failure> {
    let are_on = seat::are_on(write.tx, key, ids(users))?;
    let on = users.iter().zip(&are_on).filter(|(_, is_on)| **is_on == Some(true));
    let on: Vec<&Chosen> = on.map(|(user, _)| user).collect();
    seat::turn_off(write.tx, key, run, &on, write.by())?;
    let outcome = |was_on: Option<bool>| match was_on {
        None => SeatOutcome::Failed("was never on".into()),
        Some(_) => SeatOutcome::TurnedOff,
    };
    Ok(are_on.into_iter().map(outcome).collect())
}

impl Store {
    /// Compares what a committed write says of each user with the seat rows, read on a new connection: only what is
    /// read back counts.
    pub(crate) fn read_back(
        &self,
        key: Key,
        users: &[Chosen],
        outcomes: Vec<SeatOutcome>,
    ) -> Result<Vec<SeatResult>, Failure> {
        self.read(|tx| {
            let are_on = seat::are_on(tx, key, ids(users))?;
            let mut results = Vec::with_capacity(users.len());
            for ((user, said), is_on) in users.iter().zip(outcomes).zip(are_on) {
                let is_on = is_on.unwrap_or(false);
                let outcome = match said {
                    said if said.is_on() && !is_on => {
                        SeatOutcome::Failed("was written, but could not be read back".into())
                    }
                    SeatOutcome::TurnedOff if is_on => {
                        SeatOutcome::Failed("was turned off, but is on again".into())
                    }
                    said => said,
                };
                results.push(SeatResult { user: user.clone(), outcome });
            }
            Ok(results)
        })
    }
}
