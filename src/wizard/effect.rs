//! What the wizard wishes: calls to start or cancel, and things that only a front end can do.

use std::{fmt, sync::Arc, time::Duration};

use crate::domain::{
    customer::{Impersonation, NewCustomer, Product},
    draft::Draft,
    id::{Address, CustomerId, RunId, TenantId},
    protection::Chosen,
    run::ExclusionChange,
    tenant::Organisation,
    tenant_input::TenantInput,
    text::Text,
    user::{Kinds, UserPage},
};

/// Names one call; replies carry it back. Never used twice in one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub u64);

/// A wish of the wizard.
#[derive(Debug)]
pub enum Effect {
    /// Start a call.
    Start(CallId, Request),
    /// Drop a call: its later replies are not wanted. A write is seen through all the same.
    Cancel(CallId),
    /// Something that only the front end can do.
    Perform(Deed),
}

/// What a front end does outside the view.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// Send text to the terminal's clipboard. There is no acknowledgement: never say "copied".
    Copy(Text),
    /// The same for text of several lines that this program wrote (a receipt).
    CopyText(String),
    /// Leave the full-screen view, print this alone and unwrapped, and come back on Enter.
    PrintAlone(Text),
}

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
        /// The page, by its place in `pages`, whose hits come with the first ones: its row under the cursor stays.
        kept: Option<usize>,
        /// The rows to look at, page by page as in the answer; none: all.
        within: Option<Box<[Box<[u64]>]>>,
    },
    /// The rows by name: pages with the ordinals of their first rows; answers `Sorted`.
    Sort(Vec<(u32, Arc<UserPage>)>),
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
    SaveKinds(CustomerId, Product, Kinds),
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
            Self::SaveDraft(run, draft) => {
                write!(f, "SaveDraft({run}, {} exceptions)", draft.exceptions.len())
            }
            Self::SaveCounts { run, listed, eligible } => {
                write!(f, "SaveCounts({run}, {listed}, {eligible})")
            }
            Self::SaveKinds(customer, product, _) => {
                write!(f, "SaveKinds({}, {})", customer.0, product.word())
            }
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
