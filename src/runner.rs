//! Effects to tasks, results to replies; one cancel token per call; ends all tasks.
//!
//! The first call that needs the world has it opened, on a blocking thread; the others wait for that.
//!
//! Readers are dropped at once when they are cancelled. Writes are seen through: a cancelled *apply* stops after its
//! present batch. SQLite, files and searches run on blocking threads. Replies wait in a channel of four parts: when the
//! wizard is slower than the network, the listing waits.

pub mod browser;
pub mod clock;
mod files;
mod search;
mod users;

use std::{
    any::Any,
    collections::BTreeMap,
    future::Future,
    path::PathBuf,
    pin::Pin,
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
        customer::{Impersonation, Product, Progress},
        doubt::{self, Finding, Guarded},
        failure::{Failure, FailureKind},
        id::{CustomerId, RunId, TenantId},
        lock::lock,
        order,
        phrase::Phrase,
        run::Board,
        sweep::OVERDUE_AFTER,
        sydney,
        tenant::{Organisation, Verdict},
        tenant_input::TenantInput,
        text::Text,
        time::{Clock, Moment},
    },
    provider::{Provider, blocking, caught::caught, side_by_side::side_by_side, store::Store},
    wizard::call::{CallId, Reply, Request, World},
};

/// Replies that may wait for the wizard (product.md section 9, *Flow*).
const WAITING_REPLIES: usize = 4;

/// How often one waiting run is asked about while the board is shown, at most.
const PROBE_EVERY: Duration = Duration::from_secs(30);

/// Waiting runs that are asked about at once, so that a slow tenant hides nobody else's consent. A guess: a tenant is
/// asked five things, four of them side by side.
const PROBED_AT_ONCE: usize = 8;

/// How long the board waits for them. Whoever is not asked by then, or has not answered, comes first the next time.
const PROBED_WITHIN: Duration = Duration::from_secs(15);

/// Plays the customer's administrator with a link; says in words what they did or saw.
pub type Play =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Result<String, String>> + Send>> + Send + Sync>;

/// What the customer with a mail domain tells about their mail server, where they have something to tell.
pub type Tell = Arc<dyn Fn(&str) -> Option<Impersonation> + Send + Sync>;

/// The sandbox's played customer.
#[derive(Clone)]
pub struct Rehearse {
    /// Opens the link.
    pub play: Play,
    /// Tells the details.
    pub tell: Tell,
}

/// What calls are carried out with.
#[derive(Clone)]
pub struct Tools {
    /// Graph, Exchange and the store.
    pub provider: Provider,
    /// The time.
    pub clock: Clock,
    /// Plays the customer, in the sandbox.
    pub rehearse: Option<Rehearse>,
    /// Folder for receipts and link files.
    pub files: PathBuf,
    /// Whom a program comes for, by reference: the board needs no other customer. None: a person looks at it.
    pub only: Option<Text>,
    /// What opens a link here, if anything.
    pub launcher: Option<browser::Launcher>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tools").field("files", &self.files).finish_non_exhaustive()
    }
}

/// An opened world.
pub struct Opened {
    /// What calls are carried out with.
    pub tools: Tools,
    /// What the wizard is told about it.
    pub world: World,
    /// What must last as long as calls are carried out, and ends with them.
    pub kept: Option<Box<dyn Any + Send + Sync>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("tools", &self.tools).finish_non_exhaustive()
    }
}

/// Opens the world: the record, the application at Microsoft or the sandbox. Called on a blocking thread, again only
/// after it failed.
pub type Open = Arc<dyn Fn() -> Result<Opened, Failure> + Send + Sync>;

/// The world, opened by the first call that needs it; the others wait for that one.
struct LazyWorld {
    open: Open,
    opened: OnceCell<Opened>,
}

impl LazyWorld {
    /// The opened world.
    ///
    /// # Errors
    /// What kept it from being opened; the next call tries again.
    async fn opened(&self) -> Result<&Opened, Failure> {
        let open = || {
            let open = Arc::clone(&self.open);
            blocking(move || open())
        };
        self.opened.get_or_try_init(open).await
    }
}

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

/// The last time that Microsoft was asked about a waiting run.
#[derive(Debug, Clone)]
struct Probe {
    /// When.
    at: Moment,
    /// Why Microsoft refused; none: it did not, or its answer is still to come. What else it said is on record.
    refused: Option<Text>,
}

/// Where replies go, and what is woken by them.
#[derive(Clone)]
struct ReplySender {
    out: mpsc::Sender<(CallId, Reply)>,
    wake: Arc<dyn Fn() + Send + Sync>,
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
        let (out, replies) = mpsc::channel(WAITING_REPLIES);
        Self {
            handle,
            lazy_world: Arc::new(LazyWorld { open, opened: OnceCell::new() }),
            replies,
            sender: ReplySender { out, wake },
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
    let Opened { tools, world, .. } = lazy_world.opened().await?;
    let Provider { graph, exchange, store, .. } = &tools.provider;
    let last_2000 = sydney::latest_2000(tools.clock.now().minus(OVERDUE_AFTER));
    match request {
        Request::Wake(wait) => woken(wait).await,
        Request::OpenWorld => Ok(Reply::World(world.clone())),
        Request::LoadBoard => {
            let only = tools.only.clone();
            let board = with(store, move |s| s.board_of(last_2000, only.as_ref())).await?;
            Ok(Reply::Board(with_refusals(board, probed)))
        }
        Request::ProbeBoard(runs) => probe_board(tools, probed, runs, last_2000).await.map(Reply::Board),
        Request::KeepSeen(seen) => saved(store, move |s| s.keep_seen(&seen)).await,
        Request::AddCustomer(new, accepts) => {
            guarded(store, move |s| s.add_customer(&new, &accepts), Reply::Added).await
        }
        Request::OpenRun(customer, product) => run(store, move |s| s.open_run(customer, product)).await,
        Request::LoadRun(id) => run(store, move |s| s.load_run(&id)).await,
        Request::ParkRun(id, obstacle) => saved(store, move |s| s.park_run(&id, obstacle.as_ref())).await,
        Request::LeaveRun(id) => saved(store, move |s| s.leave_run(&id)).await,
        Request::LookUp(customer, input) => find(tools, customer, input).await,
        Request::Identify(customer, tenant) => find(tools, customer, TenantInput::Guid(tenant)).await,
        Request::SaveOrganisation(id, organisation, accepts) => {
            guarded(store, move |s| s.save_organisation(&id, &organisation, &accepts), Reply::Run).await
        }
        Request::Discover(address) => exchange.discover(&address).await.map(Reply::Server),
        Request::SaveImpersonation(id, access, accepts) => {
            guarded(store, move |s| s.save_impersonation(&id, &access, &accepts), Reply::Run).await
        }
        Request::LinkShown(id) => run(store, move |s| s.link_shown(&id)).await,
        Request::Prove { of, organisation, impersonation, is_link_out } => {
            prove(tools, (replies, call), of, organisation, impersonation, is_link_out).await
        }
        Request::SaveProof(id, organisation) => {
            run(store, move |s| s.save_proof(&id, organisation.as_ref())).await
        }
        Request::OpenBrowser(tenant) => {
            let address = graph.browser_link(tenant);
            let launcher = tools.launcher.clone();
            blocking(move || browser::open(launcher.as_ref(), &address)).await.map(Reply::Told)
        }
        Request::WriteFile { name, text } => {
            let folder = tools.files.clone();
            blocking(move || files::write(&folder, &name, &text)).await.map(Reply::Written)
        }
        Request::Rehearse(tenant) => rehearse(tools, graph.browser_link(tenant)).await,
        Request::AskDetails(domain) => ask_details(tools, &domain),
        Request::Enable(id) => run(store, move |s| s.enable(&id)).await,
        Request::LoadProtection(customer, product) => with(store, move |s| s.protection(customer, product))
            .await
            .map(|p| Reply::Protection(Box::new(p))),
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
        Request::TurnOff(id, chosen) => {
            let results = with(store, move |s| s.turn_off(&id, &chosen)).await?;
            replies.send(call, Reply::Batch(results)).await;
            Ok(Reply::Saved)
        }
        Request::MakeRule { run, confirmed, ceiling, owed } => {
            // When it was made decides from which night on it counts.
            tools.provider.graph.demand_clock()?;
            with(store, move |s| s.make_rule_for(&run, confirmed, ceiling, &owed))
                .await
                .map(|rule| Reply::Rule(Some(rule)))
        }
        Request::AcceptShorter(customer, count) => {
            with(store, move |s| s.accept_shorter(customer, count)).await.map(|_of| Reply::Saved)
        }
        Request::UndoRule(id) => with(store, move |s| s.undo_rule(&id)).await.map(|()| Reply::Rule(None)),
        Request::LoadSweeper => with(store, move |s| s.sweeper_status(last_2000)).await.map(Reply::Sweeper),
        Request::FinishRun(id) => {
            with(store, move |s| s.finish_run(&id)).await.map(|outcome| Reply::Outcome(Box::new(outcome)))
        }
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
        (None, Some(access)) => users::prove(exchange, replies, call, &access).await,
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

/// Asks Microsoft about runs that wait for consent, some side by side and each at most every 30 s, and reads the board, which
/// says who has accepted.
async fn probe_board(
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
fn with_refusals(mut board: Board, probed: &Mutex<BTreeMap<RunId, Probe>>) -> Board {
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
async fn refusal(provider: &Provider, run: &RunId, tenant: TenantId, before: Option<Text>) -> Option<Text> {
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

/// Plays the customer, where that can be played.
async fn rehearse(tools: &Tools, link: String) -> Result<Reply, Failure> {
    let Some(play) = &tools.rehearse else {
        return Err(internal("the customer can be played in the sandbox only"));
    };
    match (play.play)(link).await {
        Ok(words) => Ok(Reply::Told(Text::clean(&words))),
        Err(words) => Err(Failure::new(
            FailureKind::Unreachable,
            Text::of(format_args!("the sandbox's customer could not be played: {}", Text::clean(&words))),
            "Open the link in a browser instead.",
        )),
    }
}

/// What the played customer tells about their mail server.
fn ask_details(tools: &Tools, domain: &Text) -> Result<Reply, Failure> {
    let told = tools.rehearse.as_ref().and_then(|played| (played.tell)(domain.as_str()));
    told.map(|details| Reply::Details(Box::new(details))).ok_or_else(|| {
        Failure::new(
            FailureKind::NotFound,
            "this customer has nothing to tell about a mail server",
            "Type the details yourself, or take another customer.",
        )
    })
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
    F: FnOnce(&Store) -> Result<crate::domain::run::RunRecord, Failure> + Send + 'static,
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
