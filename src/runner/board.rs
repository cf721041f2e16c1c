//! Microsoft's word on the runs of the board that wait for consent.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    domain::{
        customer::Progress,
        failure::{Failure, FailureKind},
        id::{RunId, TenantId},
        lock::lock,
        run::Board,
        tenant::{Organisation, Verdict},
        text::Text,
        time::Moment,
    },
    provider::{Provider, caught::caught, side_by_side::side_by_side},
};

use super::{Tools, in_peace, keep_pause, with};

/// How often one waiting run is asked about while the board is shown, at most.
pub(super) const PROBE_EVERY: Duration = Duration::from_secs(30);

/// Waiting runs that are asked about at once, so that a slow tenant hides nobody else's consent. A guess: a tenant is
/// asked five things, four of them side by side.
pub(super) const PROBED_AT_ONCE: usize = 8;

/// How long the board waits for them. Whoever is not asked by then, or has not answered, comes first the next time.
pub(super) const PROBED_WITHIN: Duration = Duration::from_secs(15);

/// The last time that Microsoft was asked about a waiting run.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    /// When.
    pub(super) at: Moment,
    /// Why Microsoft refused; none: it did not, or its answer is still to come. What else it said is on record.
    pub(super) refused: Option<Text>,
}

/// Asks Microsoft about runs that wait for consent, some side by side and each at most every 30 s, and reads the board, which
/// says who has accepted.
pub(super) async fn probe_board(
    tools: &Tools,
    probed: &Arc<Mutex<BTreeMap<RunId, Probe>>>,
    runs: Vec<(RunId, TenantId)>,
    last_2000: Moment,
) -> Result<Board, Failure> {
    let now = tools.clock.now();
    let known = lock(probed).clone();
    let last = |run: &RunId| known.get(run).map(|last| last.at);
    let mut due: Vec<_> = runs
        .iter()
        .filter(|(run, _)| last(run).is_none_or(|at| now.since(at) >= PROBE_EVERY))
        .cloned()
        .collect();
    due.sort_by_key(|(run, _)| last(run));
    let asking = side_by_side(due, PROBED_AT_ONCE, |(run, tenant)| {
        let (provider, probed) = (tools.provider.clone(), Arc::clone(probed));
        async move {
            // What was known stays until there is an answer: a pause or a time-out is none.
            let before = lock(&probed).get(&run).and_then(|last| last.refused.clone());
            lock(&probed).insert(run.clone(), Probe { at: now, refused: before.clone() });
            let refused = caught(refusal(&provider, &run, tenant, before)).await.unwrap_or(None);
            lock(&probed).insert(run, Probe { at: now, refused });
        }
    });
    if tokio::time::timeout(PROBED_WITHIN, asking).await.is_err() {
        tracing::info!(runs = runs.len(), "not every waiting run has been asked about in time");
    }
    let board = with(&tools.provider.store, move |s| s.board(last_2000)).await?;
    Ok(with_refusals(board, probed))
}

/// The board with what Microsoft refused and the record does not hold, because the run itself is to ask again.
pub(super) fn with_refusals(mut board: Board, probed: &Mutex<BTreeMap<RunId, Probe>>) -> Board {
    let probed = lock(probed);
    for row in board.rows.iter_mut().filter(|row| matches!(row.progress, Progress::WaitingForConsent { .. }))
    {
        let known = row.run.as_ref().and_then(|run| probed.get(&run.id)?.refused.clone());
        row.progress = known.map_or_else(|| row.progress.clone(), Progress::Refused);
    }
    drop(probed);
    board
}

/// Looks at Microsoft's answers for a waiting run, which keeps what they say of its consent; why it is refused, where it is.
/// Within a pause that Microsoft asked for it is not asked: the board comes by again.
pub(super) async fn refusal(
    provider: &Provider,
    run: &RunId,
    tenant: TenantId,
    before: Option<Text>,
) -> Option<Text> {
    let (store, id) = (&provider.store, run.clone());
    let Ok(of) = with(store, move |s| s.run_of(&id)).await else { return before };
    if in_peace(store, of).await.is_err() {
        return before;
    }
    let expected = Organisation { tenant, name: None, domain: None, region: None };
    let Verdict::Failed(failure) = provider.prove_consent(&expected, true).await.verdict else { return None };
    keep_pause(store, of, &failure).await;
    (failure.kind == FailureKind::Refused).then_some(failure.what)
}
