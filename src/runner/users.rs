//! Calls with many replies: listing, applying.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        believed::Doubt,
        customer::Impersonation,
        failure::{Failure, FailureKind},
        id::{RunId, TenantId},
        phrase::Phrase,
        protection::{Chosen, SeatOutcome, SeatResult},
        text::Text,
    },
    provider::{listed::Listed, store::Store},
    wizard::call::{CallId, Reply},
};

use super::{ReplySender, Tools, internal, with};

/// Parts of a listing between the provider and the replies: the provider decodes one page while another waits.
const PARTS_AHEAD: usize = 2;

/// Fewest seats written in one transaction: small enough that *stop after this batch* stops soon. A guess.
const FEWEST_AT_ONCE: usize = 100;

/// Most seats written in one transaction. Each batch is committed to the disk and read back on a new connection,
/// whatever it holds: by the hundred, 470,000 users took 54 s, 11 ms a batch. A guess that stopping still feels
/// immediate.
const MOST_AT_ONCE: usize = 1_000;

/// Batches in which an Apply goes while neither bound is met: one for each tenth of a percent.
const BATCHES: usize = 1_000;

/// Lists the users of a tenant or of a hosted customer; pages go out as they come.
pub(super) async fn list(
    tools: &Tools,
    replies: &ReplySender,
    call: CallId,
    tenant: Option<TenantId>,
    impersonation: Option<Box<Impersonation>>,
) -> Result<Reply, Failure> {
    let (sink, mut parts) = mpsc::channel(PARTS_AHEAD);
    let listing = async {
        match (tenant, impersonation) {
            (Some(tenant), _) => tools.provider.graph.list_users(tenant, sink).await,
            (None, Some(access)) => tools.provider.exchange.list_mailboxes(&access, sink).await,
            (None, None) => Err(internal("there is nobody to list yet")),
        }
    };
    // Owns the parts: when the wizard is gone they are dropped, and the listing ends instead of waiting.
    let passing = async move {
        let mut doubt = None;
        while let Some(part) = parts.recv().await {
            let reply = match part {
                Listed::Page(page) => Reply::Page(page),
                Listed::Kinds(kinds) => Reply::Kinds(kinds),
                Listed::Note(words) => Reply::Note(words),
                Listed::Doubt(why) => {
                    doubt = Some(why);
                    continue;
                }
            };
            if !replies.send(call, reply).await {
                break;
            }
        }
        doubt
    };
    let (total, doubt) = tokio::join!(listing, passing);
    match (total?, doubt) {
        (_, Some(doubt)) => Err(unbelieved(&doubt)),
        (total, None) => Ok(Reply::Listed { total }),
    }
}

/// A list that is not believed (product.md rule 20): its users can be chosen one by one, and it is not all of them.
fn unbelieved(doubt: &Doubt) -> Failure {
    let what = Text::of(format_args!("listing the users: {}", doubt.in_words()));
    Failure::new(FailureKind::Malformed, what, Phrase::template("{again: list again}"))
}

/// Turns users on, batch by batch. The row that makes it resumable is written before the first seat.
pub(super) async fn apply(
    store: &Store,
    replies: &ReplySender,
    call: CallId,
    run: RunId,
    all: Arc<Vec<Chosen>>,
    stop: CancellationToken,
) -> Result<Reply, Failure> {
    let (id, users) = (run.clone(), Arc::clone(&all));
    with(store, move |s| s.begin_apply(&id, &users)).await?;
    let at_once = (all.len() / BATCHES).clamp(FEWEST_AT_ONCE, MOST_AT_ONCE);
    let mut done = 0;
    while let Some(batch) = all.get(done..all.len().min(done + at_once)).filter(|b| !b.is_empty()) {
        if stop.is_cancelled() {
            break;
        }
        done += batch.len();
        let (id, batch) = (run.clone(), batch.to_vec());
        let results = with(store, move |s| s.apply_batch(&id, &batch)).await?;
        replies.send(call, Reply::Batch(results)).await;
    }
    let left = all.get(done..).unwrap_or_default();
    if !left.is_empty() {
        let stopped =
            left.iter().map(|user| SeatResult { user: user.clone(), outcome: SeatOutcome::Stopped });
        replies.send(call, Reply::Batch(stopped.collect())).await;
    }
    let is_stopped = !left.is_empty();
    with(store, move |s| s.end_apply(&run, is_stopped)).await?;
    Ok(Reply::Saved)
}
