//! Calls paired with their answers by type.
//!
//! On their way a call is a [`Request`] and its answer a [`Reply`]. Inside the wizard a [`Call`] says what it brings, and a
//! [`Pending`] holds the one that is out and takes no other answer than its own. What comes back and is of another type is
//! our own fault, and is told as one.

use std::{fmt, marker::PhantomData, mem, sync::Arc, time::Duration};

use crate::domain::{
    customer::{Customer, Impersonation, NewCustomer, Product},
    draft::Draft,
    failure::{Failure, FailureKind},
    form_draft::FormDraft,
    id::{Address, CustomerId, RunId, TenantId, UserId},
    phrase::{WayOn, phrase},
    protection::{AutoRule, Chosen, Protection, SeatResult},
    run::{Board, ExclusionChange, Outcome, RunRecord, SweeperStatus},
    tenant::{Organisation, Proof},
    tenant_input::TenantInput,
    text::Text,
    user::{Kind, Kinds, UserPage},
};

use super::{
    call::{CallId, PageHits, Reply, Request, World},
    outbox::Outbox,
};

/// A request with the type of what it brings.
pub(crate) struct Call<R> {
    request: Request,
    reply: PhantomData<fn() -> R>,
}

impl<R> Call<R> {
    const fn new(request: Request) -> Self {
        Self { request, reply: PhantomData }
    }
}

/// What can come back as the last reply of a call.
pub(crate) trait FromReply: Sized {
    /// The value, where the reply is of this type.
    fn from_reply(reply: Reply) -> Option<Self>;
}

/// A reply on its way to whoever asked.
#[derive(Debug)]
pub(crate) struct Arrival {
    call: CallId,
    reply: Option<Reply>,
}

/// A part of the answer to a call; more follows.
#[derive(Debug)]
pub(crate) enum Part {
    /// More users have arrived.
    Page(Arc<UserPage>),
    /// The kinds of users whose kind was not known.
    Kinds(Vec<(UserId, Kind)>),
    /// Every user has arrived; kinds may still become known.
    Whole,
    /// Something to know about the listing.
    Note(Text),
    /// What a search has found so far.
    Hits(Vec<PageHits>),
    /// Results of one batch of a bulk write.
    Batch(Vec<SeatResult>),
}

impl Arrival {
    /// A reply to a call.
    pub(crate) const fn new(call: CallId, reply: Reply) -> Self {
        Self { call, reply: Some(reply) }
    }

    /// The call that it answers.
    pub(crate) const fn call(&self) -> CallId {
        self.call
    }

    /// Whether nobody has taken it yet.
    pub(crate) const fn is_left(&self) -> bool {
        self.reply.is_some()
    }

    /// The bad news that it brings, whoever asked.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        match &self.reply {
            Some(Reply::Failed(failure)) => Some(failure),
            _ => None,
        }
    }

    /// A part of the answer to this call, if that is what it brings.
    pub(crate) fn part_of(&mut self, call: Option<CallId>) -> Option<Part> {
        if call != Some(self.call) {
            return None;
        }
        match self.reply.take()? {
            Reply::Page(page) => Some(Part::Page(page)),
            Reply::Whole(_) => Some(Part::Whole),
            Reply::Kinds(kinds) => Some(Part::Kinds(kinds)),
            Reply::Note(note) => Some(Part::Note(note)),
            Reply::Hits(hits) => Some(Part::Hits(hits)),
            Reply::Batch(results) => Some(Part::Batch(results)),
            last => {
                self.reply = Some(last);
                None
            }
        }
    }

    /// The end of this call, if that is what it brings.
    pub(crate) fn end_of<R: FromReply>(&mut self, call: Option<CallId>) -> Option<Result<R, Failure>> {
        if call != Some(self.call) {
            return None;
        }
        Some(match self.reply.take()? {
            Reply::Failed(failure) => Err(failure),
            reply => R::from_reply(reply).ok_or_else(misplaced),
        })
    }
}

/// A reply of another type than its call brings.
fn misplaced() -> Failure {
    Failure::new(
        FailureKind::Internal,
        "an answer of this program did not fit its question",
        phrase![WayOn::Again("ask again"), " If it stays, the log file has more."],
    )
}

/// Holds the call that is out, if one is.
pub(crate) struct Pending<R> {
    call: Option<CallId>,
    reply: PhantomData<fn() -> R>,
}

impl<R> Pending<R> {
    /// Starts a call; one that is out is dropped.
    pub(crate) fn start(&mut self, calls: &mut Outbox, call: Call<R>) {
        self.cancel(calls);
        self.call = Some(calls.start(call.request));
    }

    /// Whether a call is out.
    pub(crate) const fn is_out(&self) -> bool {
        self.call.is_some()
    }

    /// The call that is out.
    pub(crate) const fn call(&self) -> Option<CallId> {
        self.call
    }

    /// Drops the call that is out; a write is seen through, and its answer is not waited for any more.
    pub(crate) fn cancel(&mut self, calls: &mut Outbox) {
        if let Some(call) = mem::take(&mut self.call) {
            calls.cancel(call);
        }
    }

    /// Forgets the call without dropping it.
    pub(crate) const fn forget(&mut self) {
        self.call = None;
    }

    /// A part of the answer to the call that is out.
    pub(crate) fn part(&self, arrival: &mut Arrival) -> Option<Part> {
        arrival.part_of(self.call)
    }
}

impl<R: FromReply> Pending<R> {
    /// The answer to the call that is out: then none is out any more.
    pub(crate) fn take(&mut self, arrival: &mut Arrival) -> Option<Result<R, Failure>> {
        let answer = arrival.end_of(self.call)?;
        self.call = None;
        Some(answer)
    }
}

impl<R> Default for Pending<R> {
    fn default() -> Self {
        Self { call: None, reply: PhantomData }
    }
}

impl<R> fmt::Debug for Pending<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pending").field(&self.call).finish()
    }
}

/// A write ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saved;

/// A wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Woken;

/// Every user has been listed: how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listed(pub(crate) u32);

/// A search looked through every page that it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Searched(pub(crate) Vec<PageHits>);

/// Ordinals in the order of the rows' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sorted(pub(crate) Vec<u32>);

/// Who is excluded now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excluded(pub(crate) Vec<UserId>);

/// The rule of Enable Auto, as it is on record now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule(pub(crate) Option<AutoRule>);

/// An EWS server was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server(pub(crate) Text);

/// A file was written: where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written(pub(crate) Text);

/// Something was done, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told(pub(crate) Text);

/// What each type of the wizard stands for among the replies.
macro_rules! replies {
    ($($type:ty: $reply:pat => $value:expr;)*) => {
        $(impl FromReply for $type {
            fn from_reply(reply: Reply) -> Option<Self> {
                match reply {
                    $reply => Some($value),
                    _ => None,
                }
            }
        })*
    };
}

replies! {
    World: Reply::World(world) => world;
    Board: Reply::Board(board) => board;
    Customer: Reply::Added(customer) => customer;
    Box<RunRecord>: Reply::Run(record) => record;
    Organisation: Reply::Found(organisation) => organisation;
    Server: Reply::Server(server) => Server(server);
    Box<Proof>: Reply::Proof(proof) => proof;
    Box<Protection>: Reply::Protection(protection) => protection;
    Listed: Reply::Listed { total } => Listed(total);
    Searched: Reply::Searched(hits) => Searched(hits);
    Sorted: Reply::Sorted(rows) => Sorted(rows);
    Saved: Reply::Saved => Saved;
    Excluded: Reply::Excluded(users) => Excluded(users);
    Rule: Reply::Rule(rule) => Rule(rule);
    SweeperStatus: Reply::Sweeper(sweeper) => sweeper;
    Box<Outcome>: Reply::Outcome(outcome) => outcome;
    Written: Reply::Written(path) => Written(path);
    Told: Reply::Told(words) => Told(words);
    Box<Impersonation>: Reply::Details(details) => details;
    Woken: Reply::Woken => Woken;
}

/// Which request brings which answer: the one place where the two are paired.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $reply:ty = $request:expr;)*) => {
        $($(#[$doc])* pub(crate) fn $name($($arg: $type),*) -> Call<$reply> {
            Call::new($request)
        })*
    };
}

calls! {
    /// Wait this long.
    wake(wait: Duration) -> Woken = Request::Wake(wait);
    /// Open the world.
    open_world() -> World = Request::OpenWorld;
    /// Read the board.
    load_board() -> Board = Request::LoadBoard;
    /// Ask Microsoft about the runs that wait, and read the board.
    probe_board(runs: Vec<(RunId, TenantId)>) -> Board = Request::ProbeBoard(runs);
    /// Add a customer.
    add_customer(new: NewCustomer) -> Customer = Request::AddCustomer(new);
    /// Open the customer's run for a product.
    open_run(customer: CustomerId, product: Product) -> Box<RunRecord> = Request::OpenRun(customer, product);
    /// Take up a run.
    load_run(run: RunId) -> Box<RunRecord> = Request::LoadRun(run);
    /// Park the run.
    park_run(run: RunId) -> Saved = Request::ParkRun(run);
    /// Let go of the run.
    leave_run(run: RunId) -> Saved = Request::LeaveRun(run);
    /// Look a tenant up.
    look_up(input: TenantInput) -> Organisation = Request::LookUp(input);
    /// Ask what Microsoft holds for the tenant on record.
    identify(tenant: TenantId) -> Organisation = Request::Identify(tenant);
    /// Save the confirmed tenant.
    save_organisation(run: RunId, organisation: Organisation) -> Box<RunRecord> =
        Request::SaveOrganisation(run, organisation);
    /// Find the EWS server.
    discover(sample: Address) -> Server = Request::Discover(sample);
    /// Save the impersonation details.
    save_impersonation(run: RunId, details: Impersonation) -> Box<RunRecord> =
        Request::SaveImpersonation(run, Box::new(details));
    /// Note that the link was shown.
    link_shown(run: RunId) -> Box<RunRecord> = Request::LinkShown(run);
    /// One round of checking that access works.
    prove(
        organisation: Option<Organisation>,
        impersonation: Option<Box<Impersonation>>,
        is_link_out: bool
    ) -> Box<Proof> = Request::Prove { organisation, impersonation, is_link_out };
    /// Save that every check was good.
    save_proof(run: RunId, organisation: Option<Organisation>) -> Box<RunRecord> =
        Request::SaveProof(run, organisation);
    /// Open the link in a browser here.
    open_browser(tenant: TenantId) -> Told = Request::OpenBrowser(tenant);
    /// Write a file.
    write_file(name: Text, text: String) -> Written = Request::WriteFile { name, text };
    /// Play the customer's administrator.
    rehearse(tenant: TenantId) -> Told = Request::Rehearse(tenant);
    /// Ask the played customer for the details of their mail server.
    ask_details(domain: Text) -> Box<Impersonation> = Request::AskDetails(domain);
    /// Write the enablement.
    enable(run: RunId) -> Box<RunRecord> = Request::Enable(run);
    /// Read what is true about the users.
    load_protection(customer: CustomerId, product: Product) -> Box<Protection> =
        Request::LoadProtection(customer, product);
    /// List the users; parts come first.
    list_users(tenant: Option<TenantId>, impersonation: Option<Box<Impersonation>>) -> Listed =
        Request::ListUsers { tenant, impersonation };
    /// Search the pages; parts come first.
    search(
        query: String,
        first: u32,
        pages: Vec<Arc<UserPage>>,
        within: Option<Box<[Box<[u64]>]>>
    ) -> Searched = Request::Search { query, first, pages, within };
    /// Sort the rows by name.
    sort(pages: Vec<(u32, Arc<UserPage>)>) -> Sorted = Request::Sort(pages);
    /// Keep what was typed into a form.
    keep_form(run: Option<RunId>, draft: FormDraft) -> Saved = Request::KeepForm(run, draft);
    /// Save the ticks.
    save_draft(run: RunId, draft: Draft) -> Saved = Request::SaveDraft(run, draft);
    /// Save the counts of a complete list.
    save_counts(run: RunId, listed: u32, eligible: u32) -> Saved = Request::SaveCounts { run, listed, eligible };
    /// Save the included kinds.
    save_kinds(run: RunId, kinds: Kinds) -> Saved = Request::SaveKinds(run, kinds);
    /// Exclude users or lift exclusions.
    change_exclusions(run: RunId, change: ExclusionChange) -> Excluded = Request::ChangeExclusions(run, change);
    /// Turn users on; parts come first.
    apply(run: RunId, users: Arc<Vec<Chosen>>) -> Saved = Request::Apply(run, users);
    /// Turn users off; parts come first.
    turn_off(run: RunId, users: Arc<Vec<Chosen>>) -> Saved = Request::TurnOff(run, users);
    /// Switch Enable Auto on.
    make_rule(run: RunId, confirmed: u32, ceiling: u32) -> Rule = Request::MakeRule { run, confirmed, ceiling };
    /// Switch Enable Auto off.
    undo_rule(run: RunId) -> Rule = Request::UndoRule(run);
    /// Ask who runs the nightly pass.
    load_sweeper() -> SweeperStatus = Request::LoadSweeper;
    /// Close the run and read everything back.
    finish_run(run: RunId) -> Box<Outcome> = Request::FinishRun(run);
}
