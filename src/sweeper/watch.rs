//! `--watch`: stays, and does each pass at its time by wall clock. Suspend, clock jumps and a record that can't be read for
//! a while cost a delay, never the watch.

use std::{convert::Infallible, time::Duration};

use crate::{
    domain::{
        failure::Failure,
        sweep, sydney,
        time::{Clock, Moment},
    },
    provider::{Provider, store::Store},
};

use super::{Report, pass, with};

/// How long it sleeps at most before it looks at the clock again: suspend and clock jumps cost no more than this.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// How soon a pass that could not be finished is tried again. A guess.
const TRY_AGAIN: Duration = Duration::from_mins(5);

/// A clock that goes back by more than this was wrong before: what was planned by it holds no longer. A guess; the small
/// steps of a time service stay below.
const BACKWARDS: Duration = Duration::from_mins(1);

/// Stays and does each pass at its time; `told` hears of every round, with the moment of the next. Ends only with the
/// process. Dropped in the middle of a pass, it leaves it to the next one.
pub async fn watch(
    provider: &Provider,
    clock: &Clock,
    told: impl FnMut(Result<&[Report], &Failure>, Moment) + Send,
) -> Infallible {
    looking_every(LOOK_EVERY, provider, clock, told).await
}

/// [`watch`] with its longest sleep between two looks at the clock.
pub(super) async fn looking_every(
    look: Duration,
    provider: &Provider,
    clock: &Clock,
    mut told: impl FnMut(Result<&[Report], &Failure>, Moment) + Send,
) -> Infallible {
    loop {
        // What another sweeper is at is looked at again in the next round.
        let done = pass(provider, clock, &[], |_none| ()).await;
        let is_finished = done.is_ok() && is_nothing_due(provider, clock).await;
        let now = clock.now();
        let next = sydney::next_2000(now);
        let again = if is_finished { next } else { now.plus(TRY_AGAIN).min(next) };
        told(done.as_deref(), again);
        until(clock, again, look).await;
    }
}

/// Whether every pass is finished, by whichever sweeper.
async fn is_nothing_due(provider: &Provider, clock: &Clock) -> bool {
    let now = clock.now();
    with(&provider.store, Store::rules)
        .await
        .is_ok_and(|rows| rows.iter().all(|row| !sweep::is_due(&row.rule, now)))
}

/// Waits for a moment of the wall clock.
async fn until(clock: &Clock, moment: Moment, look: Duration) {
    let mut last = clock.now();
    loop {
        let now = clock.now();
        if now >= moment || now.plus(BACKWARDS) < last {
            return;
        }
        last = now;
        tokio::time::sleep(moment.since(now).min(look)).await;
    }
}
