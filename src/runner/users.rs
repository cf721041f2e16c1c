//! Calls with many replies: listing, applying.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        customer::Impersonation,
        failure::Failure,
        id::{RunId, TenantId},
        protection::{Chosen, SeatOutcome, SeatResult},
    },
    provider::{graph::Memory, listed::Listed, store::Store},
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
    let (sink, parts) = mpsc::channel(PARTS_AHEAD);
    let store = &tools.provider.store;
    let memory = match tenant {
        Some(tenant) => Memory::of(with(store, move |s| s.checked(tenant)).await?),
        None => Memory::default(),
    };
    let listing = async {
        match (tenant, impersonation) {
            (Some(tenant), _) => tools.provider.graph.list_users(tenant, &memory, sink).await,
            (None, Some(access)) => tools.provider.exchange.list_mailboxes(&access, sink).await,
            (None, None) => Err(internal("there is nobody to list yet")),
        }
    };
    // Owns the parts: when the wizard is gone they are dropped, and the listing ends instead of waiting.
    let passing = async {
        let mut parts = parts;
        while let Some(part) = parts.recv().await {
            let reply = match part {
                Listed::Page(page) => Reply::Page(page),
                Listed::Whole(count) => Reply::Whole(count),
                Listed::Kinds(kinds) => {
                    keep(store, tenant, &memory).await;
                    Reply::Kinds(kinds)
                }
                Listed::Note(words) => Reply::Note(words),
            };
            if !replies.send(call, reply).await {
                break;
            }
        }
        keep(store, tenant, &memory).await;
    };
    let (total, ()) = tokio::join!(listing, passing);
    total.map(|total| Reply::Listed { total })
}

/// Keeps what Exchange said since the last time. Where it can't be kept, it is asked again: the list stays as it is.
async fn keep(store: &Store, tenant: Option<TenantId>, memory: &Memory) {
    let (Some(tenant), answers) = (tenant, memory.take_new()) else { return };
    if answers.is_empty() {
        return;
    }
    if let Err(failure) = with(store, move |s| s.keep_checked(tenant, &answers)).await {
        tracing::warn!(?failure, "what mailboxes are is not kept");
    }
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
