//! Effects to tasks, results to replies; one cancel token per call; ends all tasks.
//!
//! The first call that needs the world has it opened, on a blocking thread; the others wait for that.
//!
//! Readers are dropped at once when they are cancelled. Writes are seen through: a cancelled *apply* stops after its
//! present batch. SQLite, files and searches run on blocking threads. Replies wait in a channel of four parts: when the
//! wizard is slower than the network, the listing waits.

mod board;
pub mod browser;
pub mod clock;
mod consent;
mod files;
mod first_rows;
mod own_right;
mod rehearsal;
mod search;
pub mod setup;
mod team;
mod tools;
mod users;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{OnceCell, mpsc, oneshot},
};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        customer::{Impersonation, Product},
        doubt::{self, Finding, Guarded},
        failure::{Failure, FailureKind},
        id::{CustomerId, RunId},
        lock::lock,
        order,
        phrase::Phrase,
        run::{Board, RunRecord},
        sweep::OVERDUE_AFTER,
        sydney,
        tenant::{Organisation, Verdict},
        tenant_input::TenantInput,
        text::Text,
        time::Moment,
    },
    provider::{Provider, blocking, caught::caught, partner::Wanted, store::Store},
    wizard::call::{CallId, Reply, Request},
};

use board::{Probe, probe_board, with_refusals};
use first_rows::FirstRows;
use rehearsal::{ask_details, rehearse};
use setup::Desk;
use tools::LazyWorld;

pub use tools::{Open, Opened, Play, Rehearse, Tell, Tools};

/// Replies that may wait for the wizard (product.md section 9, *Flow*).
const WAITING_REPLIES: usize = 4;

/// Carries out the wizard's calls on a runtime of their own thread.
pub struct Runner {
    handle: Handle,
    lazy_world: Arc<LazyWorld>,
    replies: mpsc::Receiver<(CallId, Reply)>,
    sender: ReplySender,
    open: Arc<Mutex<BTreeMap<CallId, CancellationToken>>>,
    probed: Arc<Mutex<BTreeMap<RunId, Probe>>>,
    /// Hears the end of the write that was started last: the next one waits for it.
    last_write: Option<oneshot::Receiver<()>>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("opened", &self.lazy_world.opened.get()).finish_non_exhaustive()
    }
}

/// Where replies go, and what is woken by them.
#[derive(Clone)]
struct ReplySender {
    out: mpsc::Sender<(CallId, Reply)>,
    wake: Arc<dyn Fn() + Send + Sync>,
    first_rows: Arc<FirstRows>,
}

impl ReplySender {
    /// Hands a reply over; waits while four are waiting already. False once the wizard is gone.
    async fn send(&self, call: CallId, reply: Reply) -> bool {
        let is_heard = self.out.send((call, reply)).await.is_ok();
        (self.wake)();
        is_heard
    }
}

impl Runner {
    /// Makes a runner on a runtime; nothing is opened before the first call. `wake` is called after each reply.
    #[must_use]
    pub fn new(handle: Handle, open: Open, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self::over(handle, LazyWorld { open, opened: OnceCell::new(), desk: None }, wake)
    }

    /// Makes a runner for setup, which has a desk and no world.
    #[must_use]
    pub fn of_setup(handle: Handle, desk: Arc<dyn Desk>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let open: Open = Arc::new(|| Err(setup::no_world()));
        Self::over(handle, LazyWorld { open, opened: OnceCell::new(), desk: Some(desk) }, wake)
    }

    fn over(handle: Handle, world: LazyWorld, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (out, replies) = mpsc::channel(WAITING_REPLIES);
        Self {
            handle,
            lazy_world: Arc::new(world),
            replies,
            sender: ReplySender { out, wake, first_rows: Arc::default() },
            open: Arc::default(),
            probed: Arc::default(),
            last_write: None,
        }
    }

    /// Starts a call. Writes are carried out one after the other, in the order in which they were started: a draft is
    /// not overtaken by an older one, and letting go of a run waits for what is still to be written in it.
    pub fn start(&mut self, call: CallId, request: Request) {
        tracing::debug!(call = call.0, ?request, "call");
        let stop = CancellationToken::new();
        lock(&self.open).insert(call, stop.clone());
        let (lazy_world, replies, open, probed) = (
            Arc::clone(&self.lazy_world),
            self.sender.clone(),
            Arc::clone(&self.open),
            Arc::clone(&self.probed),
        );
        let turn = request.is_write().then(|| {
            let (done, hears) = oneshot::channel::<()>();
            (self.last_write.replace(hears), done)
        });
        self.handle.spawn(async move {
            let work = async {
                let answered = caught(answer(&lazy_world, &replies, &probed, call, request, stop.clone()));
                // Without an answer a reader waits for ever, and a write keeps Back and Park shut.
                answered.await.unwrap_or_else(|panicked| Err(panicked.failure(AGAIN)))
            };
            if let Some((before, done)) = turn {
                if let Some(before) = before {
                    // Dropped is as good as sent: the write before has ended.
                    let _ended = before.await;
                }
                finish(&replies, call, work.await).await;
                drop(done);
            } else {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => {}
                    reply = work => finish(&replies, call, reply).await,
                }
            }
            lock(&open).remove(&call);
        });
    }

    /// Drops a reader, or asks a write to stop after its present batch.
    pub fn cancel(&mut self, call: CallId) {
        if let Some(stop) = lock(&self.open).get(&call) {
            stop.cancel();
        }
    }

    /// The next reply that waits, if any.
    pub fn reply(&mut self) -> Option<(CallId, Reply)> {
        self.replies.try_recv().ok()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        for stop in lock(&self.open).values() {
            stop.cancel();
        }
    }
}

/// Sends the last reply of a call.
async fn finish(replies: &ReplySender, call: CallId, reply: Result<Reply, Failure>) {
    let reply = reply.unwrap_or_else(|failure| {
        tracing::warn!(call = call.0, kind = ?failure.kind, what = %failure.what, "call failed");
        Reply::Failed(failure)
    });
    replies.send(call, reply).await;
}

/// Brings the customers in from Microsoft.
async fn imported(tools: &Tools) -> Result<Reply, Failure> {
    let imported = tools.provider.import_from_microsoft(Wanted::default(), &|_words| ()).await?;
    Ok(Reply::Imported(Box::new(imported)))
}

/// The customers with their runs, and what the last proofs said.
async fn load_board(
    tools: &Tools,
    probed: &Arc<Mutex<BTreeMap<RunId, Probe>>>,
    last_2000: Moment,
) -> Result<Board, Failure> {
    let only = tools.only.clone();
    let board = with(&tools.provider.store, move |s| s.board_of(last_2000, only.as_ref())).await?;
    Ok(with_refusals(board, probed))
}

/// Carries out one call up to its last reply.
async fn answer(
    lazy_world: &LazyWorld,
    replies: &ReplySender,
    probed: &Arc<Mutex<BTreeMap<RunId, Probe>>>,
    call: CallId,
    request: Request,
    stop: CancellationToken,
) -> Result<Reply, Failure> {
    // The clock on the screen runs while the world is being opened.
    if let Request::Wake(wait) = request {
        return woken(wait).await;
    }
    if let Some(desk) = &lazy_world.desk {
        return setup::answer(desk, request).await;
    }
    answer_in(lazy_world.opened().await?, replies, probed, call, request, stop).await
}

/// The same in the opened world.
async fn answer_in(
    opened: &Opened,
    replies: &ReplySender,
    probed: &Arc<Mutex<BTreeMap<RunId, Probe>>>,
    call: CallId,
    request: Request,
    stop: CancellationToken,
) -> Result<Reply, Failure> {
    let Opened { tools, world, .. } = opened;
    let Provider { exchange, store, .. } = &tools.provider;
    let last_2000 = sydney::latest_2000(tools.clock.now().minus(OVERDUE_AFTER));
    match request {
        Request::Wake(wait) => woken(wait).await,
        Request::OpenWorld => Ok(Reply::World(world.clone())),
        Request::LoadBoard => load_board(tools, probed, last_2000).await.map(Reply::Board),
        Request::ProbeBoard(runs) => probe_board(tools, probed, runs, last_2000).await.map(Reply::Board),
        Request::LoadConsents => consent::all(&tools.provider).await,
        Request::KeepSeen(seen) => saved(store, move |s| s.keep_seen(&seen)).await,
        Request::AddCustomer(new, accepts) => {
            guarded(store, move |s| s.add_customer(&new, &accepts), Reply::Added).await
        }
        Request::ImportFromMicrosoft => imported(tools).await,
        Request::OpenRun(customer, product) => run(store, move |s| s.open_run(customer, product)).await,
        Request::LoadRun(id) => run(store, move |s| s.load_run(&id)).await,
        Request::FollowChanges => team::follow(store, replies, call).await,
        asked @ (Request::LookAtRun(_)
        | Request::AskForRun(_)
        | Request::WithdrawRequest(_)
        | Request::AnswerRequest(..)
        | Request::SeizeRun(..)) => team::answer(store, asked).await,
        Request::ParkRun(id, obstacle) => saved(store, move |s| s.park_run(&id, obstacle.as_ref())).await,
        Request::LeaveRun(id) => saved(store, move |s| s.leave_run(&id)).await,
        Request::LookUp(customer, input) => find(tools, customer, input).await,
        Request::Identify(customer, tenant) => find(tools, customer, TenantInput::Guid(tenant)).await,
        Request::SaveOrganisation(id, organisation, accepts, administrator) => {
            guarded(store, consent::saving(id, organisation, accepts, administrator), Reply::Run).await
        }
        Request::Discover(address) => exchange.discover(&address).await.map(Reply::Server),
        Request::SaveImpersonation(id, access, accepts) => {
            guarded(store, move |s| s.save_impersonation(&id, &access, &accepts), Reply::Run).await
        }
        Request::LinkShown(id) => run(store, move |s| s.link_shown(&id)).await,
        Request::Prove { of, organisation, impersonation, is_link_out } => {
            prove(tools, (replies, call), of, organisation, impersonation, is_link_out).await
        }
        Request::SearchGrant { customer, tenant, since } => {
            consent::search(&tools.provider, (customer, tenant), since).await.map(Reply::Landing)
        }
        asked @ (Request::OwnRightHeld(_) | Request::AcceptByOwnRight(..)) => {
            own_right::answer(tools, (replies, call), asked).await
        }
        Request::SaveProof(id, organisation) => {
            run(store, move |s| s.save_proof(&id, organisation.as_ref())).await
        }
        Request::OpenBrowser(tenant) => {
            let (address, launcher) = (consent::link(&tools.provider, tenant).await?, tools.launcher.clone());
            blocking(move || browser::open(launcher.as_ref(), &address)).await.map(Reply::Told)
        }
        Request::WriteFile { name, text } => {
            let folder = tools.files.clone();
            blocking(move || files::write(&folder, &name, &text)).await.map(Reply::Written)
        }
        Request::Rehearse(tenant) => rehearse(tools, consent::link(&tools.provider, tenant).await?).await,
        Request::AskDetails(domain) => ask_details(tools, &domain),
        Request::Enable(id) => run(store, move |s| s.enable(&id)).await,
        Request::LoadProtection(customer, product) => {
            replies.first_rows.shown().await;
            let protection = with(store, move |s| s.protection_packed(customer, product)).await?;
            Ok(Reply::Protection(Box::new(protection)))
        }
        Request::ListUsers { of, tenant, impersonation } => {
            users::list(tools, replies, call, of, (tenant, impersonation)).await
        }
        Request::Search { query, first, pages, within } => {
            search::Job::new(&query, first, pages, within, stop).run(replies, call).await
        }
        Request::Sort(pages) => blocking(move || Ok(Reply::Sorted(order::by_name(&pages)))).await,
        Request::KeepForm(run, draft) => saved(store, move |s| s.keep_form(run.as_ref(), &draft)).await,
        Request::SaveDraft(id, draft) => saved(store, move |s| s.save_draft(&id, &draft)).await,
        Request::SaveList(run, list) => saved(store, move |s| s.save_list(&run, &list)).await,
        Request::SaveKinds(id, kinds) => saved(store, move |s| s.save_kinds(&id, kinds)).await,
        Request::ChangeExclusions(id, change) => {
            with(store, move |s| s.change_exclusions(&id, &change)).await.map(Reply::Excluded)
        }
        Request::Apply(id, chosen) => users::apply(store, replies, call, id, chosen, stop).await,
        Request::TurnOff(id, chosen) => users::turn_off(store, replies, call, id, chosen).await,
        Request::MakeRule { run, confirmed, ceiling, owed } => {
            // When it was made decides from which night on it counts.
            tools.provider.graph.demand_clock()?;
            let rule = with(store, move |s| s.make_rule_for(&run, confirmed, ceiling, &owed)).await?;
            Ok(Reply::Rule(Some(rule)))
        }
        Request::AcceptShorter(customer, count) => {
            with(store, move |s| s.accept_shorter(customer, count)).await.map(|_of| Reply::Saved)
        }
        Request::UndoRule(id) => with(store, move |s| s.undo_rule(&id)).await.map(|()| Reply::Rule(None)),
        Request::LoadSweeper => with(store, move |s| s.sweeper_status(last_2000)).await.map(Reply::Sweeper),
        Request::FinishRun(id) => {
            with(store, move |s| s.finish_run(&id)).await.map(|outcome| Reply::Outcome(Box::new(outcome)))
        }
        Request::LookAtGroundwork
        | Request::ProveGroundwork(_)
        | Request::MakeCertificate
        | Request::KeepGroundwork(_) => Err(setup::no_world()),
    }
}

/// A write of which only that it ended well is told.
async fn saved<F>(store: &Store, write: F) -> Result<Reply, Failure>
where
    F: FnOnce(&Store) -> Result<(), Failure> + Send + 'static,
{
    with(store, write).await.map(|()| Reply::Saved)
}

/// A write that compares with the record first.
async fn guarded<T: Send + 'static, F>(
    store: &Store,
    write: F,
    reply: fn(T) -> Reply,
) -> Result<Reply, Failure>
where
    F: FnOnce(&Store) -> Result<Guarded<T>, Failure> + Send + 'static,
{
    Ok(match with(store, write).await? {
        Guarded::Kept(kept) => reply(kept),
        Guarded::Doubted(doubts) => Reply::Doubted(doubts),
    })
}

/// Looks an organisation up for a customer, and beside it whose the customer's own mail domain is; the record says who
/// else has the tenant (product.md rule 18).
async fn find(tools: &Tools, id: CustomerId, input: TenantInput) -> Result<Reply, Failure> {
    let Provider { graph, store, .. } = &tools.provider;
    let customer = with(store, move |s| s.customer(id)).await?;
    let domain = TenantInput::parse(customer.domain.as_str()).ok();
    let owner = async {
        match &domain {
            Some(TenantInput::Domain(name)) if domain.as_ref() != Some(&input) => {
                Some(graph.owner_of(name).await)
            }
            _ => None,
        }
    };
    let (organisation, owner) = tokio::join!(graph.look_up(&input), owner);
    let organisation = organisation?;
    let tenant = organisation.tenant;
    let (elsewhere, not_compared) = match owner {
        Some(Ok(owner)) => (doubt::elsewhere(tenant, &customer.domain, &owner), None),
        // Asked again, it may be told: nothing is saved without it.
        Some(Err(failure)) if matches!(failure.kind, FailureKind::Unreachable | FailureKind::Throttled) => {
            return Err(failure);
        }
        Some(Err(failure)) => (None, Some(failure.what)),
        None if matches!(domain, Some(TenantInput::Domain(_))) => (None, None),
        None => (None, Some(Text::from("no mail domain is on record"))),
    };
    let (doubts, accepted) = with(store, move |s| s.doubts(id, tenant, elsewhere)).await?;
    let is_partner = graph.is_partner(tenant);
    let finding = Finding { organisation, is_partner, doubts, accepted, not_compared };
    Ok(Reply::Found(Box::new(finding)))
}

/// Checks once that access works, unless the other side asked to be left in peace.
async fn prove(
    tools: &Tools,
    (replies, call): (&ReplySender, CallId),
    of: (CustomerId, Product),
    organisation: Option<Organisation>,
    impersonation: Option<Box<Impersonation>>,
    is_link_out: bool,
) -> Result<Reply, Failure> {
    let Provider { exchange, store, .. } = &tools.provider;
    in_peace(store, of).await?;
    let found = match (organisation, impersonation) {
        (Some(organisation), _) => tools.provider.prove_consent(&organisation, is_link_out).await,
        (None, Some(access)) => {
            let (customer, details) = (of.0, access.clone());
            let outside = with(store, move |s| s.mailboxes_outside(customer, &details)).await?;
            users::prove(exchange, (replies, call), &access, &outside).await
        }
        (None, None) => return Err(internal("there is nothing to prove yet")),
    };
    if let Verdict::Failed(failure) = &found.verdict {
        keep_pause(store, of, failure).await;
    }
    Ok(Reply::Proof(Box::new(found)))
}

/// Waits.
async fn woken(wait: Duration) -> Result<Reply, Failure> {
    tokio::time::sleep(wait).await;
    Ok(Reply::Woken)
}

/// Whether the other side may be asked about a customer's product. A press of a key is no exception: Microsoft counts what
/// is asked within a pause, so that it only grows, and the answer would be the same.
async fn in_peace(store: &Store, (customer, product): (CustomerId, Product)) -> Result<(), Failure> {
    with(store, move |s| s.demand_no_pause(customer, product)).await
}

/// Keeps how long the other side asked to wait, for the next start and for the timer.
async fn keep_pause(store: &Store, (customer, product): (CustomerId, Product), failure: &Failure) {
    let failure = failure.clone();
    if let Err(failure) = with(store, move |s| s.keep_pause_of(customer, product, &failure)).await {
        tracing::warn!(what = %failure.what, "how long to wait could not be kept");
    }
}

/// A call of the store that answers with the run.
async fn run<F>(store: &Store, work: F) -> Result<Reply, Failure>
where
    F: FnOnce(&Store) -> Result<RunRecord, Failure> + Send + 'static,
{
    with(store, work).await.map(|record| Reply::Run(Box::new(record)))
}

/// A call of the store, on a blocking thread.
async fn with<T, F>(store: &Store, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&Store) -> Result<T, Failure> + Send + 'static,
{
    let store = store.clone();
    blocking(move || work(&store)).await
}

/// Anything that blocks, on a blocking thread.
async fn blocking<T, F>(work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Failure> + Send + 'static,
{
    blocking::run(AGAIN, work).await
}

/// What to do about a fault of our own.
const AGAIN: &str = "{again: try again} If it stays, the log file has more.";

/// Our own fault, in words.
fn internal(what: &'static str) -> Failure {
    Failure::new(FailureKind::Internal, what, Phrase::template(AGAIN))
}

#[cfg(test)]
mod tests;
