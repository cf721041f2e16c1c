//! What happens to the wizard: a person asked for something, or a call came back. Every event carries its moment.

use std::{fmt, sync::Arc};

use crate::domain::{
    customer::{Customer, Impersonation},
    failure::Failure,
    id::UserId,
    protection::{AutoRule, Protection, SeatResult},
    run::{Board, Operator, Outcome, RunRecord, SweeperStatus},
    tenant::{Organisation, Proof},
    text::Text,
    time::Moment,
    user::{Kind, UserPage},
};

use super::effect::CallId;

/// Something happened.
#[derive(Debug)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Debug)]
pub enum Happening {
    /// The wizard was started: the first event, once.
    Started,
    /// A person asked for something.
    Intent(Intent),
    /// A call came back, in part or whole.
    Reply(CallId, Reply),
}

/// What a person asks for. Debug shows typed text as a length only.
#[derive(Clone, PartialEq, Eq)]
pub enum Intent {
    /// A key that the view offers.
    Act(Action),
    /// One character typed into the focused field.
    Insert(char),
    /// Text pasted into the focused field; outside fields it only says how to get into one.
    Paste(String),
    /// More was pasted at once than is taken: nothing of it came.
    Flood {
        /// How much it was, in bytes.
        bytes: usize,
        /// How much is taken at most.
        most: usize,
    },
    /// A printable key that the view does not offer, outside a field.
    Unknown(char),
    /// Backspace, Delete, Ctrl-U … in the focused field.
    Edit(Edit),
    /// The cursor of the rows, of a choice, or the scroll of a text.
    Move(Move),
    /// Tab: to the next control.
    NextControl,
    /// Shift-Tab: to the control before.
    PreviousControl,
    /// Enter: presses the focused button, leaves a search field, or opens the row.
    Submit,
    /// Esc: clears a filled field, else goes back.
    Back,
    /// Ctrl-C: asks before leaving; the second one leaves.
    Leave,
    /// The process is told to go (TERM, HUP, QUIT, closed terminal): never asks.
    End(Ending),
}

/// Editing a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Erase the character before the cursor.
    Backspace,
    /// Erase the character under the cursor.
    Delete,
    /// Erase the word before the cursor.
    Word,
    /// Erase everything.
    Clear,
    /// One character to the left.
    Left,
    /// One character to the right.
    Right,
    /// To the start.
    Home,
    /// To the end.
    End,
}

/// Moving a cursor; the front end knows its height, so a page is already a number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// By rows, negative: up.
    By(i64),
    /// To the first.
    First,
    /// To the last.
    Last,
}

/// Why the process must go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// SIGTERM: exit code 143.
    Terminate,
    /// SIGHUP, end of file or EIO on the terminal: exit code 129.
    HangUp,
    /// SIGQUIT: exit code 131.
    Quit,
}

/// How the wizard ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With the work done: exit code 0, or 3 when a chosen user is neither protected nor scheduled.
    Finished {
        /// Somebody who was chosen is neither protected nor scheduled.
        is_partly: bool,
    },
    /// Left while the world could not be opened: exit code 1.
    Failed,
    /// Left on purpose in the middle: exit code 130. The run is kept.
    Left,
    /// Told to go. The run is kept.
    Told(Ending),
}

/// What a key or button of a view does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Go on with what stands here: the row, the form's Save, the question's Yes.
    Submit,
    /// Back to the screen before, or close the overlay.
    Back,
    /// Help for this screen.
    Help,
    /// The say-it card.
    Say,
    /// Explain a code or words.
    Explain,
    /// Leave the wizard; asks first.
    Leave,
    /// Park the run and return to the customers.
    Park,
    /// Enter the search field.
    Search,
    /// Ask again now.
    Refresh,
    /// Add a customer.
    Add,
    /// Yes, this is the organisation.
    Confirm,
    /// No, it is not; says what to do.
    Deny,
    /// Save the form.
    Save,
    /// Find the server by Autodiscover.
    Discover,
    /// Read mailbox addresses from the clipboard or a file: opens the list field.
    Import,
    /// Send the link to the terminal's clipboard.
    Copy,
    /// Show the link as a QR code.
    Qr,
    /// Print the link alone outside the full-screen view.
    PrintAlone,
    /// Open the link in a browser here.
    Open,
    /// Write the link into a file of mode 0600.
    WriteFile,
    /// Play the customer (sandbox only).
    Rehearse,
    /// Enable the product for this customer.
    Enable,
    /// Tick or untick the row under the cursor (or the range).
    Tick,
    /// Tick every eligible user, also those that arrive later.
    All,
    /// Tick the eligible users that are shown now.
    These,
    /// Untick all.
    Clear,
    /// Turn every tick round.
    Invert,
    /// Exclude the row (or the range), or lift its exclusion.
    Exclude,
    /// Mark the start of a range.
    Range,
    /// Choose the kinds that are included.
    Kinds,
    /// Enable Auto: shows the bill and the clock first; with the rule on: undo.
    Auto,
    /// Turn protection off (Admin).
    TurnOff,
    /// Say all of the row under the cursor.
    Details,
    /// Sort by name.
    Sort,
    /// Look at the difference and apply.
    Review,
    /// Apply what was reviewed.
    Apply,
    /// Stop after this batch.
    Stop,
    /// Finish: to the outcome.
    Finish,
    /// Show the receipt for the ticket, for the customer, or as JSON: the next of the three.
    Receipt,
    /// Write the receipt into a file.
    SaveReceipt,
    /// To the customers, for the next one.
    Another,
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
        matches!(self, Self::Page(_) | Self::Kinds(_) | Self::Note(_) | Self::Hits(_) | Self::Batch(_))
    }
}

impl fmt::Debug for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act(action) => f.debug_tuple("Act").field(action).finish(),
            Self::Insert(_) => f.write_str("Insert(1 character)"),
            Self::Paste(text) => write!(f, "Paste({} bytes)", text.len()),
            Self::Flood { bytes, .. } => write!(f, "Flood({bytes} bytes)"),
            Self::Unknown(_) => f.write_str("Unknown(1 character)"),
            Self::Edit(edit) => f.debug_tuple("Edit").field(edit).finish(),
            Self::Move(by) => f.debug_tuple("Move").field(by).finish(),
            Self::NextControl => f.write_str("NextControl"),
            Self::PreviousControl => f.write_str("PreviousControl"),
            Self::Submit => f.write_str("Submit"),
            Self::Back => f.write_str("Back"),
            Self::Leave => f.write_str("Leave"),
            Self::End(why) => f.debug_tuple("End").field(why).finish(),
        }
    }
}
