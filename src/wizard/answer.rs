//! What a person, or what stands for one, answers: to which question, and what. Ids, never labels or places on a screen.

use std::fmt;

use serde::Deserialize;

use crate::domain::{
    customer::Product,
    groundwork::Part,
    id::{CustomerId, RunId, UserId},
    secret::Secret,
    user::Kind,
};

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question that it was given to. `Leave` and `End` are taken whatever it says.
    pub to: Revision,
    /// What was answered.
    pub what: Given,
}

/// Counts the questions of a wizard: another question, another bill or number, a step that failed. Filling in a field, a
/// mark, or rows that arrive leave it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Revision(pub u64);

/// What was answered. Debug shows typed text as a length only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// This row.
    Pick(RowId),
    /// What stands in a field now, whole; at each change.
    Fill(FieldId, Value),
    /// The field was left: what stands there may be looked up and judged.
    Settle(FieldId),
    /// The form is done.
    Submit,
    /// Yes.
    Yes,
    /// No.
    No,
    /// This number.
    Number(u32),
    /// Users are ticked, excluded, turned off: one answer is one write and one line of the audit.
    Mark(Mark, Which),
    /// One of the actions that the view offers, or one that it does not: the wizard says why not.
    Do(Action),
    /// Back to the screen before, or away from this panel.
    Back,
    /// Asks before leaving; the second one leaves.
    Leave,
    /// The process is told to go: never asks.
    End(Ending),
}

impl Given {
    /// The same answer by its own name: pressing *Yes* says yes.
    pub(crate) fn by_name(self) -> Self {
        match self {
            Self::Do(Action::Yes) => Self::Yes,
            Self::Do(Action::No) => Self::No,
            Self::Do(Action::Save) => Self::Submit,
            Self::Do(Action::Back) => Self::Back,
            given => given,
        }
    }
}

/// What stands in a field.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Typed text.
    Text(String),
    /// A secret.
    Secret(Secret<String>),
    /// Index of what was chosen; of two, 1 is yes.
    Choice(usize),
    /// Lines for a field that takes lists: they are added to what is there.
    Lines(String),
}

/// Names a field or a choice, on whatever screen it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldId {
    /// The search over the customers.
    Search,
    /// The filter of the users.
    Filter,
    /// Tenant ID, domain or address.
    Tenant,
    /// Hosted Exchange: a mailbox to try.
    Sample,
    /// Hosted Exchange: the server.
    Server,
    /// Hosted Exchange: the service account.
    Account,
    /// Hosted Exchange: its password.
    Password,
    /// Hosted Exchange: the customer's mail domains.
    Domains,
    /// Hosted Exchange: where the list of mailboxes comes from.
    Listing,
    /// Hosted Exchange: the mailboxes.
    Mailboxes,
    /// Who at the customer agreed.
    Agreed,
    /// A new customer's reference.
    Reference,
    /// A new customer's name.
    Company,
    /// A new customer's mail domain.
    MailDomain,
    /// Whether a new customer has this product.
    Sells(Product),
    /// A new customer's tenant.
    TenantOnRecord,
    /// Whether a new customer is provisioned through Manage Protect.
    Managed,
    /// A new customer's time zone.
    TimeZone,
    /// The seats that a new customer has bought.
    Seats,
    /// Whether this kind of mailbox is included.
    Included(Kind),
    /// Why a run is taken over.
    Reason,
    /// Setup: the ID of an application.
    ApplicationId,
}

impl FieldId {
    /// The name under which what stands in it is kept.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Sells(product) => format!("sells {}", product.word()),
            Self::Included(kind) => format!("included {}", kind.word()),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}

/// Names a row, whatever its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowId {
    /// A customer without an open run.
    Customer(CustomerId),
    /// An open run.
    Run(RunId),
    /// A product.
    Product(Product),
    /// A user.
    User(UserId),
    /// A part of what a partner needs before the first customer.
    Part(Part),
}

/// What is done to users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Tick.
    Tick,
    /// Untick.
    Untick,
    /// Tick; where every one that can be ticked is ticked already, untick. Only the wizard knows who can be ticked.
    Toggle,
    /// Turn each tick round.
    Invert,
    /// Exclude.
    Exclude,
    /// Lift the exclusion.
    Lift,
    /// Exclude; where the first of them is excluded already, lift.
    ToggleExclusion,
    /// Turn off (Admin): asks first.
    Off,
}

/// Whom it is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Everybody, also who still arrives.
    All,
    /// Whom the filter showed in this generation of the rows.
    Shown(u64),
    /// From this user to that one, both included, as they stood in this generation of the rows.
    Range(UserId, UserId, u64),
    /// These.
    Users(Vec<UserId>),
}

/// What can be done on a page, besides answering its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Go on with what stands here.
    Continue,
    /// Yes, this is so.
    Yes,
    /// No, it is not; says what to do.
    No,
    /// Save the form.
    Save,
    /// Back.
    Back,
    /// Leave the wizard; where nothing is interrupted by it, at once.
    Leave,
    /// Park the run and return to the customers.
    Park,
    /// Ask, list or read again now.
    Refresh,
    /// Add a customer.
    Add,
    /// Bring the customers in that Microsoft lists (Admin).
    Import,
    /// How every customer's consent stands.
    Consents,
    /// Find the server by Autodiscover.
    Discover,
    /// Empty the list of mailboxes.
    EmptyList,
    /// Show the link, and note when it was first shown.
    Authorise,
    /// Accept for the customer by the operator's own role there: asks who agreed.
    OwnRight,
    /// Enable the product for this customer.
    Enable,
    /// Send the text that goes elsewhere to the terminal's clipboard.
    Copy,
    /// Print it alone.
    PrintAlone,
    /// Send another text of this page from now on.
    NextText,
    /// Open the link in a browser here.
    Open,
    /// Write the text that goes elsewhere into a file that only the operator can read.
    WriteFile,
    /// Play the customer (sandbox only).
    Rehearse,
    /// Untick what is shown; with nothing ticked, bring the ticks back.
    Clear,
    /// Choose the kinds that are included.
    Kinds,
    /// Enable Auto; with the rule on: undo it.
    Auto,
    /// Type another number of seats that Enable Auto may use at most.
    Ceiling,
    /// Sort by name, or back to the order of arrival.
    Sort,
    /// Take a word of the filter for the kind or the state that it is also the word of.
    Narrow,
    /// Look at the bill of the ticked users.
    Review,
    /// Stop after this batch.
    Stop,
    /// Take the list that came short for the truth (Admin): asks for its number.
    AcceptShorter,
    /// To the outcome.
    Finish,
    /// Take over the run that somebody else has: at once where nobody has it any more, else by asking; for a reason (Admin)
    /// without an answer.
    TakeOver,
    /// Ask whoever has the run to hand it over.
    Ask,
    /// The next form of the receipt: for the ticket, for the customer, as JSON.
    NextReceipt,
    /// To the customers, for the next one.
    Another,
}

impl Action {
    /// Whether it changes nothing of a run, and does what it says in one that somebody else has.
    pub(crate) const fn only_looks(self) -> bool {
        use Action::{Another, Back, Leave, Narrow, NextReceipt, Open, Sort};
        self.is_sending() || matches!(self, Another | NextReceipt | Open | Sort | Narrow | Back | Leave)
    }

    /// Whether it sends a text elsewhere, or chooses which.
    pub(crate) const fn is_sending(self) -> bool {
        matches!(self, Self::Copy | Self::PrintAlone | Self::WriteFile | Self::NextText)
    }
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

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Lines(text) => write!(f, "{} bytes", text.len()),
            Self::Secret(_) => f.write_str("a secret"),
            Self::Choice(at) => write!(f, "choice {at}"),
        }
    }
}
