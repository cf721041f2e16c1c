//! What may be answered now: one question, one of a few shapes, and the revision that an answer must name.

use serde::Deserialize;

use crate::domain::phrase::Phrase;

use super::answer::{Action, FieldId, Revision};

/// The question that stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which question.
    pub id: QuestionId,
    /// What an answer must name; an answer to an older one is dropped and said.
    pub revision: Revision,
    /// How it is answered.
    pub shape: Shape,
    /// What was asked for is on its way (rows, a look-up, a write): an answer given now would come too early.
    pub is_waiting: bool,
    /// Where the keyboard is to be, and how often the wizard has wished for that.
    pub focus: Focus,
}

/// Where the keyboard is to be. The front end follows when the question, the spot or the count is another one than
/// before, and leaves it to the person otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Focus {
    /// The control.
    pub spot: Spot,
    /// How often this was wished for: *Save* jumps to the field that is wrong each time it is pressed.
    pub count: u32,
}

/// A place for the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Spot {
    /// The page itself: rows where there are some, else what Enter answers.
    #[default]
    Page,
    /// A field or a choice.
    Field(FieldId),
    /// A button.
    Button(Action),
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Shape {
    /// With `Pick`: one row of the page's rows.
    Pick,
    /// With `Fill`, `Settle` and `Submit`: fields, choices and buttons.
    Form,
    /// With `Yes` or `No`.
    Confirm {
        /// What Enter answers.
        default: bool,
    },
    /// With `Number`.
    Number(NumberAsked),
    /// With `Mark`: users; `Do` goes on.
    Select(SelectAsked),
    /// Something goes on by itself; `Do` is what can be done meanwhile.
    Watch,
    /// To be read; `Do` goes on.
    #[default]
    Read,
}

/// Users to be marked: what can be done to them here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SelectAsked {
    /// How many users *All* ticks; none: it can't be, the list did not come whole.
    pub all: Option<u32>,
    /// Users still arrive: *All* means all so far, and those who arrive.
    pub is_arriving: bool,
    /// Exchange is still asked what so many mailboxes are; none once that has ended.
    pub checking: Option<u32>,
    /// How many users *These* ticks; none where no filter acts.
    pub these: Option<u32>,
    /// Users may be ticked and excluded here; not where another process holds the run.
    pub may_mark: bool,
    /// Users may be turned off by this operator.
    pub may_turn_off: bool,
}

/// A number that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberAsked {
    /// What it counts ("New seats").
    pub label: &'static str,
    /// What to do, while nothing is wrong.
    pub hint: Phrase,
    /// The number that the page shows and that alone confirms; none where any number is an answer.
    pub confirms: Option<u32>,
    /// What stands there already and is replaced by the first digit.
    pub proposed: Option<u32>,
    /// What was wrong with the last answer.
    pub problem: Option<Phrase>,
}

/// Which question it is, for front ends that answer without looking at words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionId {
    /// Which customer?
    #[default]
    Customer,
    /// The form of a new customer.
    NewCustomer,
    /// How every customer's consent stands: whose?
    Consents,
    /// One customer's consent, to be read.
    ConsentOf,
    /// Something speaks against the tenant of a new customer: add them all the same?
    NewCustomerDoubted,
    /// Which product?
    Product,
    /// The tenant on record: is this the organisation?
    Organisation,
    /// It is not: what to do now.
    OrganisationDenied,
    /// The tenant's ID or domain, to be typed.
    Tenant,
    /// Something speaks against the tenant: take it all the same?
    Doubted,
    /// The tenant, which is settled: nothing is asked but to go on.
    Settled,
    /// The impersonation details.
    Impersonation,
    /// Authorise, then Enable.
    Authorise,
    /// Accept for the customer by the operator's own role there: who agreed?
    OwnRight,
    /// Which users?
    Users,
    /// Which kinds are included?
    Kinds,
    /// The bill of what will be turned on: its number confirms it.
    Review,
    /// Mailboxes are still being checked: the bill without them?
    Unchecked,
    /// Users are being turned on or off.
    Applying,
    /// Stop after this batch?
    StopApplying,
    /// A bulk write was broken off: send the rest again?
    BrokenOff,
    /// One result per user of a bulk write.
    Results,
    /// Enable Auto: seats are missing, so no sweep would turn anybody on; nothing is asked.
    NoSeats,
    /// Enable Auto: nothing runs at 20:00, go on all the same?
    NoSweeper,
    /// Enable Auto: at most how many seats?
    Ceiling,
    /// A ceiling of more than twice the count: keep it?
    HighCeiling,
    /// Enable Auto: the bill of the next sweep, its number confirms the rule.
    Auto,
    /// Enable Auto is on: switch it off?
    UndoAuto,
    /// How many users are to be turned off: the number confirms it.
    TurnOff,
    /// A list came short: has the customer so few users now? The number confirms it.
    Shorter,
    /// Ticked users have not been turned on: finish all the same?
    Unapplied,
    /// What was done, and the receipt.
    Outcome,
    /// A run that somebody else has: ask for it, or take it over?
    TakeOver,
    /// Somebody asks for the run: hand it over?
    HandOver,
    /// Leave?
    Leave,
    /// Setup: what is there and what is missing; a part is chosen.
    Parts,
    /// Setup: the partner's own organisation, to be typed.
    OwnOrganisation,
    /// Setup: the certificate is to be made, or is there.
    Certificate,
    /// Setup: how the application that customers accept is registered, to be read.
    RegisterCustomers,
    /// Setup: its ID, to be typed.
    CustomersApplication,
    /// Setup: how the application by which staff sign in is registered, to be read.
    RegisterStaff,
    /// Setup: its ID, to be typed.
    StaffApplication,
}
