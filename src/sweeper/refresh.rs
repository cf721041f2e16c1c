//! A product's users looked at again outside a pass, for `status --refresh`: consent or impersonation is proved first, then
//! everybody is listed as a pass lists them. Nobody is ever turned on by it; whoever has left is marked, as by a pass.
//!
//! What comes out is kept with its moment, and so is why nothing came: that needs attention until a list comes.

use std::{future::Future, time::Duration};

use crate::{
    domain::{
        believed::Doubt,
        failure::{Failure, FailureKind},
        id::UserId,
        phrase::{Command, Phrase},
        protection::{Chosen, Protection},
        sweep::Candidate,
        sydney,
        tenant::{Proof, Verdict},
        text::Text,
        time::{Clock, Moment, in_words},
        user::Kind,
        verdict::ListSummary,
    },
    provider::{
        Provider,
        caught::caught,
        store::{Listable, RuleAccess},
    },
};

use super::{Held, graph, hosted, keep_pause, kept, key_lost, lists_given, not_enabled, with};

/// Proves and lists again, for at most `limit`; answers what the list came to, which is on record then, as is why there is
/// none.
///
/// # Errors
/// Why there is none: access (`Refused`), the line, a list that is not believed (`Malformed`), or the record.
pub async fn refresh(
    provider: &Provider,
    clock: &Clock,
    row: &Listable,
    limit: Duration,
) -> Result<ListSummary, Failure> {
    let (customer, product) = (row.customer.id, row.product);
    with(&provider.store, move |s| s.demand_no_pause(customer, product)).await?;
    let looked = within(limit, look(provider, clock, row)).await;
    if let Err(failure) = &looked {
        keep_pause(provider, (customer, product), failure).await;
        note(provider, row, failure).await;
    }
    looked
}

/// Looks for at most `limit`. A panic is an answer like any other failure: it ends this look and no other.
async fn within<T>(limit: Duration, look: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let looked =
        tokio::time::timeout(limit, caught(look)).await.unwrap_or_else(|_late| Ok(Err(too_late(limit))));
    looked.unwrap_or_else(|panicked| Err(panicked.failure("Refresh again. The log file has more.")))
}

/// There was no list within the time.
fn too_late(limit: Duration) -> Failure {
    Failure::new(
        FailureKind::Unreachable,
        Text::of(format_args!("there was no whole list within {}", in_words(limit))),
        "Refresh again, with a longer --wait.",
    )
}

/// Keeps why a product could not be looked at. Where it can't be kept, it is said all the same.
async fn note(provider: &Provider, row: &Listable, failure: &Failure) {
    let (why, of) = (failure.in_full(), row.target.clone());
    if let Err(failure) = with(&provider.store, move |s| s.keep_trouble(&of, &why)).await {
        tracing::warn!(what = %failure.what, "why there is no list could not be kept");
    }
}

async fn look(provider: &Provider, clock: &Clock, row: &Listable) -> Result<ListSummary, Failure> {
    let key = (row.customer.id, row.product);
    let now = clock.now();
    let held = Held::of(provider, key).await?;
    let mut unproved = None;
    let seen = match &row.access {
        RuleAccess::Consent(organisation) => {
            match demand(provider.prove_consent(organisation, false).await) {
                // A permission that only the backup workers need keeps nobody from being listed.
                Err(failure) if failure.kind == FailureKind::Refused => unproved = Some(failure),
                proved => proved?,
            }
            match graph::everybody(provider, organisation.tenant, &held, now).await {
                Ok(seen) => seen,
                Err(failure) => return Err(unproved.unwrap_or(failure)),
            }
        }
        RuleAccess::Impersonation(access) => {
            demand(provider.exchange.prove(access).await)?;
            hosted::look(provider, key, access, &held, sydney::latest_2000(now)).await?
        }
        RuleAccess::KeyLost(needed) => return Err(key_lost(needed)),
        RuleAccess::Missing => return Err(not_enabled()),
    };
    // When it was listed is told by this clock.
    provider.graph.demand_clock()?;
    if let Some(broken) = seen.broken {
        // Nothing is believed, so nothing is kept.
        return Err(broken);
    }
    let trouble = unproved.or_else(|| seen.doubt.as_ref().map(|doubt| unbelieved(row, doubt)));
    let users = seen.candidates.iter().map(|Candidate { user, .. }| user.clone()).collect::<Vec<_>>();
    let checks = seen.checks.clone();
    let protection = held.protection;
    let kept = kept(seen, Vec::new(), &protection, now, lists_given(&row.access));
    let gone = gone(&protection, &kept.left);
    let list = ListSummary { counted: Some(now), ..kept.list.clone() };
    let of = row.target.clone();
    with(&provider.store, move |s| {
        if let Some((tenant, checks)) = checks {
            s.keep_checked(tenant, &checks)?;
        }
        s.keep_listing(&of, &kept, (&users, &gone))
    })
    .await?;
    trouble.map_or(Ok(list), Err)
}

/// Whoever has left, by name.
fn gone(protection: &Protection, left: &[(UserId, Moment)]) -> Vec<Chosen> {
    let is_gone = |id| left.iter().any(|(gone, _)| *gone == id);
    let seats = protection.seats.iter().filter(|seat| is_gone(seat.id));
    seats
        .map(|seat| Chosen {
            id: seat.id,
            address: seat.address.clone(),
            name: seat.name.clone(),
            kind: Kind::Mailbox,
        })
        .collect()
}

/// Why access is not proved any more.
fn demand(proof: Proof) -> Result<(), Failure> {
    match proof.verdict {
        Verdict::Proved => Ok(()),
        Verdict::NotYet => Err(Failure::new(
            FailureKind::Refused,
            "the customer's administrator has to accept again: Microsoft does not let Backup365 in any more",
            "Open the customer in the wizard and send them the link.",
        )),
        Verdict::Spreading => Err(Failure::new(
            FailureKind::Throttled,
            "the customer's consent is there, and Microsoft is still spreading it",
            "Nothing needs to be done: refresh again in some minutes.",
        )),
        Verdict::WrongTenant { found } => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "the answers name another organisation, with the tenant ID {}",
                found.tenant
            )),
            "Open the customer in the wizard and look at the organisation.",
        )),
        Verdict::Failed(failure) => Err(failure),
    }
}

/// What is said of a list that is not believed.
fn unbelieved(row: &Listable, doubt: &Doubt) -> Failure {
    let what = Text::of(format_args!("listing the users: {}", doubt.in_words()));
    let hint = doubt.acceptable().map_or_else(
        || Phrase::from("Refresh again. If it stays, open the customer in the wizard and list again."),
        |count| {
            let accept = Command::SweepAcceptShorter(row.customer.reference.clone(), count);
            format_args!("If so few users are left, an Admin says so: {accept}").into()
        },
    );
    Failure::new(FailureKind::Malformed, what, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_look_that_panics_is_a_failure_of_its_own() {
        let looked = within::<()>(Duration::from_mins(1), async { panic!("on purpose") }).await;
        assert_eq!(looked.unwrap_err().kind, FailureKind::Internal);
        let looked = within(Duration::ZERO, std::future::pending::<Result<(), Failure>>()).await;
        assert_eq!(looked.unwrap_err().kind, FailureKind::Unreachable);
    }
}
