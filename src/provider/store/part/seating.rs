//! The one place that turns users on and off, whoever asks for it, and reads back what became of it.

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
    id::RunId,
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
    let mut is_on = seat::is_on(write.tx, key)?;
    let mut is_excluded = exclusion::is_excluded(write.tx, key)?;
    let mut turn_on = seat::turn_on(write.tx, key, source, write.by())?;
    let mut outcomes = Vec::with_capacity(users.len());
    for user in users {
        outcomes.push(if is_on(&user.id)? == Some(true) {
            SeatOutcome::AlreadyOn
        } else if is_excluded(&user.id)? {
            SeatOutcome::Excluded
        } else if let Some(why) = never(user.kind, kinds) {
            SeatOutcome::Failed(why.into())
        } else if free == Some(0) {
            SeatOutcome::NoSeat
        } else {
            turn_on(user)?;
            free = free.map(|free| free.saturating_sub(1));
            SeatOutcome::TurnedOn
        });
    }
    Ok(outcomes)
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
    let mut is_on = seat::is_on(write.tx, key)?;
    let mut on = Vec::with_capacity(users.len());
    for user in users {
        if is_on(&user.id)? == Some(true) {
            on.push(user);
        }
    }
    Ok(on)
}

/// Turns users off in a run, one outcome each. A pass never turns anyone off.
pub(crate) fn turn_off(
    write: &Write<'_>,
    key: Key,
    run: &RunId,
    users: &[Chosen],
) -> Result<Vec<SeatOutcome>, Failure> {
    let mut is_on = seat::is_on(write.tx, key)?;
    let mut turn_off = seat::turn_off(write.tx, key, run, write.by())?;
    let mut outcomes = Vec::with_capacity(users.len());
    for user in users {
        outcomes.push(match is_on(&user.id)? {
            None => SeatOutcome::Failed("was never on".into()),
            Some(false) => SeatOutcome::TurnedOff,
            Some(true) => {
                turn_off(&user.id)?;
                SeatOutcome::TurnedOff
            }
        });
    }
    Ok(outcomes)
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
            let mut is_on = seat::is_on(tx, key)?;
            let mut results = Vec::with_capacity(users.len());
            for (user, said) in users.iter().zip(outcomes) {
                let is_on = is_on(&user.id)?.unwrap_or(false);
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
