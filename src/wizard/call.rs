//! Calls on their way between the wizard and the runner: what is asked, and what comes back.

use std::{fmt, sync::Arc, time::Duration};

use crate::domain::{
    customer::{Customer, Impersonation, NewCustomer, Product},
    draft::Draft,
    failure::Failure,
    form_draft::FormDraft,
    id::{Address, CustomerId, RunId, TenantId, UserId},
    protection::{AutoRule, Chosen, Protection, SeatResult},
    run::{Board, ExclusionChange, Operator, Outcome, RunRecord, SweeperStatus},
    tenant::{Organisation, Proof},
    tenant_input::TenantInput,
    text::Text,
    user::{Kind, Kinds, UserPage},
};

/// Names one call; replies carry it back. Never used twice in one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub u64);

/// What to call for. Speaks domain, never HTTP. Debug shows no secret and no typed text.
#[derive(Clone)]
pub enum Request {
    /// Wait this long; answers `Woken`.
    Wake(Duration),
    /// Open the world: the first call, made again while it fails; answers `World`.
    OpenWorld,
    /// The first screen; answers `Board`.
    LoadBoard,
    /// Ask Microsoft about runs that wait for consent, at most once in 30 s each; answers `Board` when done.
    ProbeBoard(Vec<(RunId, TenantId)>),
    /// Add a customer (Admin); answers `Added`. A write.
    AddCustomer(NewCustomer),
    /// Open the customer's run for a product, or the open one; answers `Run`. A write.
    OpenRun(CustomerId, Product),
    /// Take up a run; answers `Run`. A write (takes the hold).
    LoadRun(RunId),
    /// Park the run; answers `Saved`. A write.
    ParkRun(RunId),
    /// Let go of the run without parking it; answers `Saved`. A write.
    LeaveRun(RunId),
    /// Look a tenant up; answers `Found`.
    LookUp(TenantInput),
    /// Ask what Microsoft holds for the tenant on record; answers `Found`.
    Identify(TenantId),
    /// The tenant was confirmed or saved; answers `Run`. A write.
    SaveOrganisation(RunId, Organisation),
    /// Find the EWS server by Autodiscover; answers `Server`.
    Discover(Address),
    /// The impersonation details were saved; answers `Run`. A write.
    SaveImpersonation(RunId, Box<Impersonation>),
    /// The consent link was shown for the first time; answers `Run`. A write.
    LinkShown(RunId),
    /// One round of checking that access works; answers `Proof`.
    Prove {
        /// What must be named by every answer, for Office 365.
        organisation: Option<Organisation>,
        /// What is tried, for hosted Exchange.
        impersonation: Option<Box<Impersonation>>,
        /// The customer has the link: permissions that are missing may still be on their way.
        is_link_out: bool,
    },
    /// Every check was good; answers `Run`. A write.
    SaveProof(RunId, Option<Organisation>),
    /// Open the link in a browser here; answers `Told`.
    OpenBrowser(TenantId),
    /// Write text into a file of mode 0600 with this name; answers `Written`.
    WriteFile {
        /// File name without folder.
        name: Text,
        /// What to write.
        text: String,
    },
    /// Play the customer's administrator (sandbox only); answers `Told`.
    Rehearse(TenantId),
    /// Ask the played customer for the details of their mail server (sandbox only), by mail domain; answers `Details`.
    AskDetails(Text),
    /// Write the enablement; answers `Run`. A write.
    Enable(RunId),
    /// What is true about the users; answers `Protection`.
    LoadProtection(CustomerId, Product),
    /// List the users; answers `Page`, `Kinds`, `Note` …, then `Listed`.
    ListUsers {
        /// The tenant, for Office 365.
        tenant: Option<TenantId>,
        /// The details, for hosted Exchange.
        impersonation: Option<Box<Impersonation>>,
    },
    /// Which rows match; answers `Hits` for the first rows, few times at most, then `Searched` with the rest.
    Search {
        /// What was typed.
        query: String,
        /// Index of the first page.
        first: u32,
        /// The pages to look through.
        pages: Vec<Arc<UserPage>>,
        /// The rows to look at, page by page as in the answer; none: all.
        within: Option<Box<[Box<[u64]>]>>,
    },
    /// The rows by name: pages with the ordinals of their first rows; answers `Sorted`.
    Sort(Vec<(u32, Arc<UserPage>)>),
    /// What was typed into the access form of a run, or without one into that of a new customer; answers `Saved`. A write.
    KeepForm(Option<RunId>, FormDraft),
    /// The customer's ticks; answers `Saved`. A write.
    SaveDraft(RunId, Draft),
    /// Listed and eligible counts of a complete list; answers `Saved`. A write.
    SaveCounts {
        /// The run.
        run: RunId,
        /// Users listed.
        listed: u32,
        /// Eligible users.
        eligible: u32,
    },
    /// The included kinds; answers `Saved`. A write.
    SaveKinds(RunId, Kinds),
    /// Exclude users or lift exclusions; answers `Excluded`. A write.
    ChangeExclusions(RunId, ExclusionChange),
    /// Turn these on, batch by batch; answers `Batch` …, then `Saved`. A write; `Cancel` stops after the batch.
    Apply(RunId, Arc<Vec<Chosen>>),
    /// Turn these off (Admin); answers `Batch`, then `Saved`. A write.
    TurnOff(RunId, Arc<Vec<Chosen>>),
    /// Switch Enable Auto on; answers `Rule`. A write.
    MakeRule {
        /// The run.
        run: RunId,
        /// The count that was confirmed.
        confirmed: u32,
        /// The ceiling, seats.
        ceiling: u32,
    },
    /// Switch Enable Auto off; answers `Rule`. A write.
    UndoRule(RunId),
    /// Who runs the nightly pass; answers `Sweeper`.
    LoadSweeper,
    /// Close the run and read everything back; answers `Outcome`. A write.
    FinishRun(RunId),
}

impl Request {
    /// Whether it must be seen through, also on leaving; readers may be dropped at any moment.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        matches!(
            self,
            Self::AddCustomer(_)
                | Self::OpenRun(..)
                | Self::LoadRun(_)
                | Self::ParkRun(_)
                | Self::LeaveRun(_)
                | Self::SaveOrganisation(..)
                | Self::SaveImpersonation(..)
                | Self::LinkShown(_)
                | Self::SaveProof(..)
                | Self::Enable(_)
                | Self::KeepForm(..)
                | Self::SaveDraft(..)
                | Self::SaveCounts { .. }
                | Self::SaveKinds(..)
                | Self::ChangeExclusions(..)
                | Self::Apply(..)
                | Self::TurnOff(..)
                | Self::MakeRule { .. }
                | Self::UndoRule(_)
                | Self::FinishRun(_)
        )
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wake(wait) => write!(f, "Wake({wait:?})"),
            Self::OpenWorld => f.write_str("OpenWorld"),
            Self::LoadBoard => f.write_str("LoadBoard"),
            Self::ProbeBoard(runs) => write!(f, "ProbeBoard({} runs)", runs.len()),
            Self::AddCustomer(_) => f.write_str("AddCustomer"),
            Self::OpenRun(customer, product) => write!(f, "OpenRun({}, {})", customer.0, product.word()),
            Self::LoadRun(run) => write!(f, "LoadRun({run})"),
            Self::ParkRun(run) => write!(f, "ParkRun({run})"),
            Self::LeaveRun(run) => write!(f, "LeaveRun({run})"),
            Self::LookUp(_) => f.write_str("LookUp"),
            Self::Identify(tenant) => write!(f, "Identify({tenant})"),
            Self::SaveOrganisation(run, organisation) => {
                write!(f, "SaveOrganisation({run}, {})", organisation.tenant)
            }
            Self::Discover(_) => f.write_str("Discover"),
            Self::SaveImpersonation(run, _) => write!(f, "SaveImpersonation({run})"),
            Self::LinkShown(run) => write!(f, "LinkShown({run})"),
            Self::Prove { organisation, .. } => {
                write!(f, "Prove({:?})", organisation.as_ref().map(|o| o.tenant))
            }
            Self::SaveProof(run, _) => write!(f, "SaveProof({run})"),
            Self::OpenBrowser(tenant) => write!(f, "OpenBrowser({tenant})"),
            Self::WriteFile { name, text } => write!(f, "WriteFile({name}, {} bytes)", text.len()),
            Self::Rehearse(tenant) => write!(f, "Rehearse({tenant})"),
            Self::AskDetails(_) => f.write_str("AskDetails"),
            Self::Enable(run) => write!(f, "Enable({run})"),
            Self::LoadProtection(customer, product) => {
                write!(f, "LoadProtection({}, {})", customer.0, product.word())
            }
            Self::ListUsers { tenant, .. } => write!(f, "ListUsers({tenant:?})"),
            Self::Search { query, first, pages, .. } => {
                write!(f, "Search({} bytes, from {first}, {} pages)", query.len(), pages.len())
            }
            Self::Sort(pages) => write!(f, "Sort({} pages)", pages.len()),
            Self::KeepForm(_, draft) => write!(f, "KeepForm({draft:?})"),
            Self::SaveDraft(run, draft) => {
                write!(f, "SaveDraft({run}, {} exceptions)", draft.exceptions.len())
            }
            Self::SaveCounts { run, listed, eligible } => {
                write!(f, "SaveCounts({run}, {listed}, {eligible})")
            }
            Self::SaveKinds(run, _) => write!(f, "SaveKinds({run})"),
            Self::ChangeExclusions(run, change) => {
                write!(f, "ChangeExclusions({run}, {})", change.users.len())
            }
            Self::Apply(run, users) => write!(f, "Apply({run}, {} users)", users.len()),
            Self::TurnOff(run, users) => write!(f, "TurnOff({run}, {} users)", users.len()),
            Self::MakeRule { run, confirmed, ceiling } => {
                write!(f, "MakeRule({run}, {confirmed}, {ceiling})")
            }
            Self::UndoRule(run) => write!(f, "UndoRule({run})"),
            Self::LoadSweeper => f.write_str("LoadSweeper"),
            Self::FinishRun(run) => write!(f, "FinishRun({run})"),
        }
    }
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
}

/// Which rows of a page match a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageHits {
    /// Index of the page in the wizard's order.
    pub page: u32,
    /// One bit per row, lowest first.
    pub bits: Box<[u64]>,
}

/// What a call brings.
#[derive(Debug)]
pub enum Reply {
    /// The world is open.
    World(World),
    /// The board.
    Board(Board),
    /// A customer was added.
    Added(Customer),
    /// A run as it is on record now, after any call that reads or writes it.
    Run(Box<RunRecord>),
    /// A tenant was found.
    Found(Organisation),
    /// An EWS server was found.
    Server(Text),
    /// One round of checking ended.
    Proof(Box<Proof>),
    /// What is true about the users.
    Protection(Box<Protection>),
    /// More users have arrived.
    Page(Arc<UserPage>),
    /// Every user has arrived, so many; kinds may still become known.
    Whole(u32),
    /// The kinds of users whose kind was not known.
    Kinds(Vec<(UserId, Kind)>),
    /// Something to know about the listing ("found by searching; people hidden … are missing").
    Note(Text),
    /// The list is complete.
    Listed {
        /// How many users were listed.
        total: u32,
    },
    /// What a search has found so far; more follows. Pages without a match are left out.
    Hits(Vec<PageHits>),
    /// The search looked through every page that it was given: what it has found since.
    Searched(Vec<PageHits>),
    /// Ordinals in the order of the rows' names.
    Sorted(Vec<u32>),
    /// Results of one batch of a bulk write; more may follow.
    Batch(Vec<SeatResult>),
    /// A write ended well.
    Saved,
    /// Who is excluded now.
    Excluded(Vec<UserId>),
    /// The rule, as it is on record now.
    Rule(Option<AutoRule>),
    /// Who runs the nightly pass.
    Sweeper(SweeperStatus),
    /// The outcome, read back.
    Outcome(Box<Outcome>),
    /// A file was written: where.
    Written(Text),
    /// Something was done in words ("opened in the browser", what the rehearsed customer did).
    Told(Text),
    /// What a played customer tells about their mail server.
    Details(Box<Impersonation>),
    /// A wait is over.
    Woken,
    /// It failed.
    Failed(Failure),
}

impl Reply {
    /// Whether more replies of the same call may follow.
    #[must_use]
    pub const fn is_part(&self) -> bool {
        matches!(
            self,
            Self::Page(_) | Self::Whole(_) | Self::Kinds(_) | Self::Note(_) | Self::Hits(_) | Self::Batch(_)
        )
    }
}
