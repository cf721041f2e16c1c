//! Calls on their way between the wizard and the runner: what is asked, what comes back, and which brings which.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use crate::domain::{
    change::Change,
    consent::{Consents, Landed},
    customer::{Customer, Impersonation, NewCustomer, Obstacle, Product},
    doubt::{Accepts, Doubt, Finding, Guarded},
    draft::Draft,
    exchange_server::FoundServer,
    failure::Failure,
    form_draft::FormDraft,
    groundwork::{Entry, Given, Groundwork, Proven},
    held_by::{RunAnswer, RunRequest},
    id::{Address, CustomerId, RunId, TenantId, UserId},
    operator::Operator,
    partner_list::Imported,
    protection::{AutoRule, Chosen, Protection, SeatResult},
    run::{Board, ExclusionChange, Outcome, RunRecord, Seen, SweeperStatus},
    seats::Seats,
    tenant::{Check, Organisation, Proof},
    tenant_input::TenantInput,
    text::Text,
    time::Moment,
    user::{Kind, Kinds, UserPage},
    verdict::{ListNote, ListSummary},
};

/// Names one call; replies carry it back. Never used twice in one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub u64);

/// A request with the type of what it brings.
pub(crate) struct Call<R> {
    /// The request.
    pub(crate) request: Request,
    reply: PhantomData<fn() -> R>,
}

/// Must be seen through, also on leaving.
const WRITE: bool = true;

/// May be dropped at any moment.
const READ: bool = false;

/// Makes of one table all there is of the calls: what can be requested, which of it is a write, what the log shows of it,
/// and for each a function that pairs it by type with what it brings.
///
/// A row says whether it is a write, the function, the request with what it is made of, and what it brings; in brackets
/// what the log shows: no secret and no typed text.
macro_rules! requests {
    ($($(#[$about:meta])* $kind:ident $call:ident = $name:ident
        $(($($arg:ident: $type:ty),+))? $({$($(#[$what:meta])* $field:ident: $of:ty),+})?
        -> $reply:ty $([$($shown:tt)+])?;)*
    ) => {
        /// What to call for. Speaks domain, never HTTP. Debug shows no secret and no typed text.
        #[derive(Clone)]
        pub enum Request {
            $($(#[$about])* $name $(($($type),+))? $({$($(#[$what])* $field: $of),+})?,)*
        }

        impl Request {
            /// Whether it must be seen through, also on leaving; readers may be dropped at any moment.
            pub(crate) const fn is_write(&self) -> bool {
                match self {
                    $(Self::$name { .. } => $kind,)*
                }
            }
        }

        impl fmt::Debug for Request {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name $(($($arg),+))? $({$($field),+})? => {
                        $($(let _ = $arg;)+)? $($(let _ = $field;)+)?
                        f.write_str(stringify!($name))?;
                        $(write!(f, "({})", format_args!($($shown)+))?;)?
                        Ok(())
                    })*
                }
            }
        }

        $($(#[$about])*
        pub(crate) fn $call($($($arg: $type),+)? $($($field: $of),+)?) -> Call<$reply> {
            Call { request: Request::$name $(($($arg),+))? $({$($field),+})?, reply: PhantomData }
        })*
    };
}

requests! {
    /// Wait this long.
    READ wake = Wake(wait: Duration) -> Woken ["{wait:?}"];
    /// Open the world: the first call, made again while it fails.
    READ open_world = OpenWorld -> World;
    /// Read the board, for the first screen.
    READ load_board = LoadBoard -> Board;
    /// Ask Microsoft about runs that wait for consent, at most once in 30 s each; brings the board when done.
    READ probe_board = ProbeBoard(runs: Vec<(RunId, TenantId)>) -> Board ["{} runs", runs.len()];
    /// Read how every customer's consent stands.
    READ load_consents = LoadConsents -> Box<Consents>;
    /// Keep how the rows of the board stood when they were looked at. It may be dropped, and nothing waits for it: what is
    /// not kept is news once more.
    READ keep_seen = KeepSeen(seen: Seen) -> Saved ["{} customers", seen.rows.len()];
    /// Add a customer (Admin).
    WRITE add_customer = AddCustomer(new: NewCustomer, accepts: Accepts) -> Guarded<Customer>;
    /// Bring the customers in that Microsoft lists (Admin). It may be dropped: the record takes all of it at once, or nothing.
    READ import_from_microsoft = ImportFromMicrosoft -> Box<Imported>;
    /// Open the customer's run for a product, or the open one.
    WRITE open_run = OpenRun(customer: CustomerId, product: Product) -> Box<RunRecord>
        ["{}, {}", customer.0, product.word()];
    /// Take up a run. A write: it takes the hold.
    WRITE load_run = LoadRun(run: RunId) -> Box<RunRecord> ["{run}"];
    /// Hear what others change on the record, from now on: `Changed` comes for each, as long as it is out.
    READ follow_changes = FollowChanges -> Woken;
    /// Read a run as it is on record, and who has it. Takes no hold.
    READ look_at_run = LookAtRun(run: RunId) -> Box<RunRecord> ["{run}"];
    /// Ask whoever has a run to hand it over.
    WRITE ask_for_run = AskForRun(run: RunId) -> Box<RunRecord> ["{run}"];
    /// Take back what was asked, where it is not answered yet.
    WRITE withdraw_request = WithdrawRequest(run: RunId) -> Box<RunRecord> ["{run}"];
    /// Answer a request for a run that is held here: yes hands it over.
    WRITE answer_request = AnswerRequest(run: RunId, request: RunRequest, answer: RunAnswer) -> Box<RunRecord>
        ["{run}, {}", answer.word()];
    /// Take a run from whoever has it, for a reason (Admin).
    WRITE seize_run = SeizeRun(run: RunId, reason: Text) -> Box<RunRecord> ["{run}"];
    /// Park the run, with what kept it from getting on.
    WRITE park_run = ParkRun(run: RunId, obstacle: Option<Obstacle>) -> Saved ["{run}"];
    /// Let go of the run without parking it.
    WRITE leave_run = LeaveRun(run: RunId) -> Saved ["{run}"];
    /// Look a tenant up.
    READ look_up = LookUp(customer: CustomerId, input: TenantInput) -> Box<Finding> ["{}", customer.0];
    /// Ask what Microsoft holds for the tenant on record.
    READ identify = Identify(customer: CustomerId, tenant: TenantId) -> Box<Finding> ["{}, {tenant}", customer.0];
    /// The tenant was confirmed or saved.
    WRITE save_organisation = SaveOrganisation(run: RunId, organisation: Organisation, accepts: Accepts, administrator: Option<Address>)
        -> Guarded<Box<RunRecord>>
        ["{run}, {}", organisation.tenant];
    /// Find the EWS server by Autodiscover.
    READ discover = Discover(sample: Address) -> FoundServer;
    /// The impersonation details were saved.
    WRITE save_impersonation = SaveImpersonation(run: RunId, details: Box<Impersonation>, accepts: Accepts)
        -> Guarded<Box<RunRecord>>
        ["{run}"];
    /// The consent link was shown for the first time.
    WRITE link_shown = LinkShown(run: RunId) -> Box<RunRecord> ["{run}"];
    /// One round of checking that access works.
    READ prove = Prove {
        /// Whose access it is: where the other side asked to be left in peace it is not asked.
        of: (CustomerId, Product),
        /// What must be named by every answer, for Office 365.
        organisation: Option<Organisation>,
        /// What is tried, for hosted Exchange.
        impersonation: Option<Box<Impersonation>>,
        /// The customer has the link: permissions that are missing may still be on their way.
        is_link_out: bool
    } -> Box<Proof> ["{:?}", organisation.as_ref().map(|o| o.tenant)];
    /// Look for a grant that landed at another customer of the record.
    READ search_grant = SearchGrant {
        /// The customer whose administrator had the link.
        customer: CustomerId,
        /// The organisation that should have been accepted.
        tenant: TenantId,
        /// When the link was shown: what was accepted before that has nothing to do with it.
        since: Moment
    } -> Landing ["{}, {tenant}", customer.0];
    /// Ask by which relationship the operator may accept for the customer with their own role there.
    READ own_right_held = OwnRightHeld(tenant: TenantId) -> Held ["{tenant}"];
    /// Accept for the customer, who agreed to it; without a name only what was let in before is taken out. `Stages` come as
    /// it goes on.
    WRITE accept_by_own_right = AcceptByOwnRight(run: RunId, tenant: TenantId, agreed: Option<Text>) -> Accepted
        ["{run}, {tenant}"];
    /// Every check was good.
    WRITE save_proof = SaveProof(run: RunId, organisation: Option<Organisation>) -> Box<RunRecord> ["{run}"];
    /// Open the link in a browser here.
    READ open_browser = OpenBrowser(tenant: TenantId) -> Told ["{tenant}"];
    /// Write text into a file of mode 0600 with this name.
    READ write_file = WriteFile {
        /// File name without folder.
        name: Text,
        /// What to write.
        text: String
    } -> Written ["{name}, {} bytes", text.len()];
    /// Play the customer's administrator (sandbox only).
    READ rehearse = Rehearse(tenant: TenantId) -> Told ["{tenant}"];
    /// Ask the played customer for the details of their mail server (sandbox only), by mail domain.
    READ ask_details = AskDetails(domain: Text) -> Box<Impersonation>;
    /// Write the enablement.
    WRITE enable = Enable(run: RunId) -> Box<RunRecord> ["{run}"];
    /// Read what is true about the users.
    READ load_protection = LoadProtection(customer: CustomerId, product: Product) -> Box<Protection<Seats>>
        ["{}, {}", customer.0, product.word()];
    /// List the users; `Page`, `Kinds`, `Note` … come first.
    READ list_users = ListUsers {
        /// Whose, and of which product: what is on record is held against the list.
        of: (CustomerId, Product),
        /// The tenant, for Office 365.
        tenant: Option<TenantId>,
        /// The details, for hosted Exchange.
        impersonation: Option<Box<Impersonation>>
    } -> Listed ["{tenant:?}"];
    /// Which rows match; `Hits` for the first rows come first, few times at most, then the rest.
    READ search = Search {
        /// What was typed.
        query: String,
        /// Index of the first page.
        first: u32,
        /// The pages to look through.
        pages: Vec<Arc<UserPage>>,
        /// The rows to look at, page by page as in the answer; none: all.
        within: Option<Box<[Box<[u64]>]>>
    } -> Searched ["{} bytes, from {first}, {} pages", query.len(), pages.len()];
    /// The rows by name: pages with the ordinals of their first rows.
    READ sort = Sort(pages: Vec<(u32, Arc<UserPage>)>) -> Sorted ["{} pages", pages.len()];
    /// Keep what was typed into the access form of a run, or without one into that of a new customer.
    WRITE keep_form = KeepForm(run: Option<RunId>, draft: FormDraft) -> Saved ["{draft:?}"];
    /// Save the customer's ticks.
    WRITE save_draft = SaveDraft(run: RunId, draft: Draft) -> Saved
        ["{run}, {} exceptions", draft.exceptions.len()];
    /// Save what a complete list came to.
    WRITE save_list = SaveList(run: RunId, list: ListSummary) -> Saved ["{run}, {list:?}"];
    /// Save the included kinds.
    WRITE save_kinds = SaveKinds(run: RunId, kinds: Kinds) -> Saved ["{run}"];
    /// Exclude users or lift exclusions.
    WRITE change_exclusions = ChangeExclusions(run: RunId, change: ExclusionChange) -> Excluded
        ["{run}, {}", change.users.len()];
    /// Turn these on, batch by batch; a `Batch` comes for each. `Cancel` stops after the batch.
    WRITE apply = Apply(run: RunId, users: Arc<Vec<Chosen>>) -> Saved ["{run}, {} users", users.len()];
    /// Turn these off (Admin); a `Batch` comes first.
    WRITE turn_off = TurnOff(run: RunId, users: Arc<Vec<Chosen>>) -> Saved ["{run}, {} users", users.len()];
    /// Switch Enable Auto on.
    WRITE make_rule = MakeRule {
        /// The run.
        run: RunId,
        /// The count that was confirmed.
        confirmed: u32,
        /// The ceiling, seats.
        ceiling: u32,
        /// Whom it will turn on, as the list says: a list that lacks them later does not prove that they are gone.
        owed: Arc<Vec<Chosen>>
    } -> Rule ["{run}, {confirmed}, {ceiling}"];
    /// Take a list of so many users for the truth (Admin).
    WRITE accept_shorter = AcceptShorter(customer: CustomerId, count: u32) -> Saved ["{}, {count}", customer.0];
    /// Switch Enable Auto off.
    WRITE undo_rule = UndoRule(run: RunId) -> Rule ["{run}"];
    /// Ask who runs the nightly pass.
    READ load_sweeper = LoadSweeper -> SweeperStatus;
    /// Close the run and read everything back.
    WRITE finish_run = FinishRun(run: RunId) -> Box<Outcome> ["{run}"];
    /// Setup: look at what is there.
    READ look_at_groundwork = LookAtGroundwork -> Box<Groundwork>;
    /// Setup: prove what was given for a part, as far as can be. Changes nothing.
    READ prove_groundwork = ProveGroundwork(given: Given) -> Box<Proven>;
    /// Setup: make the certificate, and name it in the settings.
    WRITE make_certificate = MakeCertificate -> Box<Groundwork>;
    /// Setup: write these lines into the settings.
    WRITE keep_groundwork = KeepGroundwork(entries: Vec<Entry>) -> Box<Groundwork> ["{} lines", entries.len()];
}

/// What is known once the world (record, application at Microsoft, sandbox) has been opened.
#[derive(Debug, Clone)]
pub struct World {
    /// Who is at the keyboard, as on record.
    pub operator: Operator,
    /// What stands before the tenant in the consent link.
    pub link_prefix: String,
    /// What stands behind the tenant in the consent link.
    pub link_suffix: String,
    /// What is to be said of the files and folders that this program works with, a sentence each.
    pub notes: Vec<Text>,
    /// Others share the record: what they change is told, and runs can be asked for.
    pub is_shared: bool,
}

/// The list is complete.
#[derive(Debug)]
pub struct Listed {
    /// How many users were listed.
    pub total: u32,
}

/// Which rows of a page match a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageHits {
    /// Index of the page in the wizard's order.
    pub page: u32,
    /// One bit per row, lowest first.
    pub bits: Box<[u64]>,
}

/// What can come back as the last reply of a call.
pub(crate) trait FromReply: Sized {
    /// The value, where the reply is of this type.
    fn from_reply(reply: Reply) -> Option<Self>;
}

/// Makes of one table all there is of the replies: what can come back, which of it is a part with more to follow, and by
/// which type the wizard takes what ends a call: by that of its value, or by one of its own name.
macro_rules! replies {
    (
        parts { $($(#[$part_about:meta])* $part:ident($part_of:ty),)* }
        by_value { $($(#[$about:meta])* $name:ident($of:ty),)* }
        by_name { $($(#[$own_about:meta])* $own:ident $(($($arg:ident: $arg_of:ty),+))?,)* }
    ) => {
        /// What a call brings.
        #[derive(Debug)]
        pub enum Reply {
            $($(#[$part_about])* $part($part_of),)*
            $($(#[$about])* $name($of),)*
            $($(#[$own_about])* $own $(($($arg_of),+))?,)*
            /// Nothing was saved: this speaks against the tenant and was not accepted.
            Doubted(Vec<Doubt>),
            /// It failed.
            Failed(Failure),
        }

        impl Reply {
            /// Whether more replies of the same call may follow.
            pub(crate) const fn is_part(&self) -> bool {
                matches!(self, $(Self::$part(_))|*)
            }
        }

        $(impl FromReply for $of {
            fn from_reply(reply: Reply) -> Option<Self> {
                if let Reply::$name(value) = reply { Some(value) } else { None }
            }
        })*

        $($(#[$own_about])*
        #[derive(Debug)]
        pub(crate) struct $own $(($(pub(crate) $arg_of),+))?;

        impl FromReply for $own {
            fn from_reply(reply: Reply) -> Option<Self> {
                if let Reply::$own $(($($arg),+))? = reply { Some(Self $(($($arg),+))?) } else { None }
            }
        })*
    };
}

replies! {
    parts {
        /// How far the steps of accepting with the partner's own right are.
        Stages(Vec<Check>),
        /// More users have arrived.
        Page(Arc<UserPage>),
        /// Every user has arrived, so many; kinds may still become known.
        Whole(u32),
        /// The kinds of users whose kind was not known.
        Kinds(Vec<(UserId, Kind)>),
        /// Something to know about the listing ("found by searching; people hidden … are missing").
        Note(ListNote),
        /// What a search has found so far. Pages without a match are left out.
        Hits(Vec<PageHits>),
        /// Results of one batch of a bulk write.
        Batch(Vec<SeatResult>),
        /// Others have changed something on the record.
        Changed(Change),
    }
    by_value {
        /// The world is open.
        World(World),
        /// The board.
        Board(Board),
        /// How every customer's consent stands.
        Consents(Box<Consents>),
        /// A customer was added.
        Added(Customer),
        /// What came of bringing customers in.
        Imported(Box<Imported>),
        /// A run as it is on record now, after any call that reads or writes it.
        Run(Box<RunRecord>),
        /// A tenant was found.
        Found(Box<Finding>),
        /// An EWS server was found.
        Server(FoundServer),
        /// One round of checking ended.
        Proof(Box<Proof>),
        /// What is true about the users.
        Protection(Box<Protection<Seats>>),
        /// The list is complete.
        Listed(Listed),
        /// Who runs the nightly pass.
        Sweeper(SweeperStatus),
        /// The outcome, read back.
        Outcome(Box<Outcome>),
        /// What a played customer tells about their mail server.
        Details(Box<Impersonation>),
        /// Setup: what is there.
        Groundwork(Box<Groundwork>),
        /// Setup: what came of proving a part.
        Proven(Box<Proven>),
    }
    by_name {
        /// A wait is over.
        Woken,
        /// Where a grant landed that did not come; none where it was not found.
        Landing(found: Option<Box<Landed>>),
        /// The relationship by which the operator may accept for the customer.
        Held(relationship: Text),
        /// The steps of accepting are over: the run as it is on record then, and what went wrong.
        Accepted(record: Box<RunRecord>, failure: Option<Failure>),
        /// The search looked through every page that it was given: what it has found since.
        Searched(hits: Vec<PageHits>),
        /// Ordinals in the order of the rows' names.
        Sorted(rows: Vec<u32>),
        /// A write ended well.
        Saved,
        /// Who is excluded now.
        Excluded(users: Vec<UserId>),
        /// The rule of Enable Auto, as it is on record now.
        Rule(rule: Option<AutoRule>),
        /// A file was written: where.
        Written(path: Text),
        /// Something was done in words ("opened in the browser", what the rehearsed customer did).
        Told(words: Text),
    }
}

/// What a call brings that saves nothing where doubts speak against it.
impl<T: FromReply> FromReply for Guarded<T> {
    fn from_reply(reply: Reply) -> Option<Self> {
        match reply {
            Reply::Doubted(doubts) => Some(Self::Doubted(doubts)),
            kept => T::from_reply(kept).map(Self::Kept),
        }
    }
}
