//! What a front end may show: data only, borrowed from the wizard.
//!
//! A view is a bar, the steps, a page (heading and blocks), one line of state, the question and what can be done. It knows
//! no key, no cursor and no focus: front ends decide where things stand, how they look and what is pressed, never what
//! they mean. Words are phrases, rows and fields have ids.

mod handout;
mod lookup;
mod rows;

use crate::domain::{
    bill::Bill,
    card::{Card, Party},
    customer::Product,
    doubt::Doubt,
    failure::Failure,
    id::TenantId,
    phrase::Phrase,
    tenant::Check,
    text::{Shown, Text},
    time::Moment,
};

use super::{
    answer::{Action, FieldId},
    ask::{Ask, QuestionId},
};

pub use handout::{Handout, HandoutId};
pub use rows::{Cell, Cells, Column, Mark, Row, Rows, RowsView};

/// Everything that can be seen now.
#[derive(Debug)]
pub struct View<'a> {
    /// How many events the wizard had taken in: with the same number it is the same view, and need not be drawn again.
    pub events: u64,
    /// When the last event came in: for front ends that wait for a while.
    pub now: Moment,
    /// Who is being touched (rule 1): on every screen.
    pub bar: Bar<'a>,
    /// The steps of this run, in order.
    pub steps: Stops,
    /// What is to be seen.
    pub page: Page<'a>,
    /// The page below, where `page` is a panel above it: to be drawn dimmed, if at all.
    pub below: Option<Page<'a>>,
    /// What may be answered.
    pub ask: Ask,
    /// One line of state.
    pub notice: Option<Notice>,
    /// What can be done besides answering, most important first.
    pub actions: Vec<Offer>,
    /// What on the page can be sent elsewhere; the first one is what the ways send.
    pub handouts: Vec<Handout<'a>>,
    /// What to say to the customer now.
    pub card: &'a Card,
    /// The link for the customer's administrator, on every screen of a run whose organisation is known.
    pub link: Option<Text>,
    /// Why the customer must accept again, a sentence without a full stop.
    pub must_accept: Option<Text>,
    /// How far the proof of access is, on the screen that proves it.
    pub standing: Option<Standing>,
    /// What speaks against a tenant, where that is asked about: for front ends that answer without a person.
    pub doubts: Vec<Doubt>,
    /// The next moment at which a wait or a countdown on screen changes; none: idle. Front ends need not care.
    pub next_change: Option<Moment>,
}

impl View<'_> {
    /// What can be done under this name, if it can be done now.
    pub(crate) fn offer(&self, action: Action) -> Option<&Offer> {
        self.actions.iter().find(|offer| offer.action == action)
    }

    /// Why there is nothing to park, where that can't be done now.
    pub(crate) fn nothing_to_park(&self) -> Option<&'static str> {
        match &self.bar.run {
            None => Some("No run is open, so there is nothing to park."),
            Some(_) if self.ask.id == QuestionId::Leave || self.offer(Action::Park).is_some() => None,
            Some(_) => Some("This run is finished, so there is nothing to park."),
        }
    }

    /// Whether something can be done now: an open button, or an offer whose button is not closed.
    pub(crate) fn can_do(&self, action: Action) -> bool {
        match self.page.buttons().find(|button| button.action == action) {
            Some(button) => button.is_open,
            None => self.offer(action).is_some(),
        }
    }
}

/// How far the proof of access is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// No round has been answered yet.
    Unknown,
    /// Nobody has accepted yet.
    NotYet,
    /// Accepted; Microsoft is still spreading it.
    Spreading,
    /// The answers name another tenant.
    WrongTenant,
    /// Refused, or it can't work as it is; the failure stands on the page.
    Failed,
    /// Every check is good; *Enable* can be pressed once the view waits for nothing.
    Proved,
    /// Enabled: on to the users.
    Enabled,
}

/// The bar on every screen: what is never cut is SANDBOX, the run and the last four of the tenant.
#[derive(Debug, Clone, Default)]
pub struct Bar<'a> {
    /// Everything here is invented.
    pub is_sandbox: bool,
    /// The table `[addresses]` of the settings is in use: not everything that answers is Microsoft. Never cut either.
    pub is_mapped: bool,
    /// What is done where no customer is touched at all.
    pub place: Option<&'static str>,
    /// The customer, once picked.
    pub customer: Option<Shown<'a>>,
    /// The product, once picked.
    pub product: Option<Product>,
    /// Who has the mailboxes: Microsoft, where nothing is known yet.
    pub about: Party,
    /// Run number ("B365-7KQ4"), once a run is open.
    pub run: Option<Text>,
    /// Name that Microsoft holds for the tenant (or the hosted server); "not known yet" where unknown.
    pub organisation: Option<Shown<'a>>,
    /// Default domain.
    pub domain: Option<Shown<'a>>,
    /// Last four of the tenant's GUID.
    pub last_four: Option<Text>,
    /// The two words of the invitation, while it counts.
    pub words: Option<Text>,
    /// The tenant, whole: for front ends that compare, not for people.
    pub tenant: Option<TenantId>,
    /// This run is not held here: watch, don't touch.
    pub is_read_only: bool,
    /// Who has it then, and where and since when, a sentence without its full stop; none: nobody.
    pub held_by: Option<Text>,
    /// Rule 17: what every screen must say about the nightly sweep.
    pub warning: Option<Shown<'a>>,
}

/// The stops of the trail, and which of them is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stops {
    /// Their names ("Customer", "Authorise").
    pub names: &'static [&'static str],
    /// Index into `names`: what stands before it lies behind us.
    pub here: usize,
}

impl Stops {
    /// The name of the one that is here.
    pub(crate) fn name(self) -> &'static str {
        self.names.get(self.here).copied().unwrap_or_default()
    }
}

/// A heading and blocks, top to bottom; at most one block of rows, which takes the room that is left.
#[derive(Debug, Default)]
pub struct Page<'a> {
    /// One line: the question that this page asks.
    pub heading: Phrase,
    /// What stands below it.
    pub blocks: Vec<Block<'a>>,
}

impl<'a> Page<'a> {
    /// What some of its blocks hold, top to bottom.
    pub fn all<'p, T: 'p>(
        &'p self,
        of: fn(&'p Block<'a>) -> Option<T>,
    ) -> impl Iterator<Item = T> + use<'p, 'a, T> {
        self.blocks.iter().filter_map(of)
    }

    /// The list on it.
    pub(crate) fn rows(&self) -> Option<&RowsView<'a>> {
        self.all(|block| if let Block::Rows(rows) = block { Some(rows) } else { None }).next()
    }

    /// Every field of a form.
    pub fn fields(&self) -> impl Iterator<Item = &FieldView<'a>> {
        self.all(|block| if let Block::Field(field) = block { Some(field) } else { None })
    }

    /// Every choice of a form.
    pub fn choices(&self) -> impl Iterator<Item = &ChoiceView> {
        self.all(|block| if let Block::Choice(choice) = block { Some(choice) } else { None })
    }

    /// Every button, open or not.
    pub fn buttons(&self) -> impl Iterator<Item = &Button> {
        self.all(|block| if let Block::Buttons(buttons) = block { Some(buttons) } else { None }).flatten()
    }

    /// The document on it: a receipt.
    pub(crate) fn document(&self) -> Option<&'a [Text]> {
        self.all(|block| if let Block::Lines(lines) = block { Some(*lines) } else { None }).next()
    }

    /// How far work with a known end is: done, of how many.
    pub(crate) fn progress(&self) -> Option<(u32, u32)> {
        self.all(
            |block| if let Block::Progress { done, total } = block { Some((*done, *total)) } else { None },
        )
        .next()
    }
}

/// One block of a page.
#[derive(Debug)]
pub enum Block<'a> {
    /// A paragraph.
    Para(Phrase),
    /// A paragraph that must not be missed, with how grave it is.
    Strong(Tone, Phrase),
    /// Labels and values, one per line.
    Facts(Vec<Fact>),
    /// A table of words and counts.
    Counts(Vec<Count>),
    /// What will be turned on and billed.
    Bill(BillView),
    /// One line of text to type into.
    Field(FieldView<'a>),
    /// One of a few.
    Choice(ChoiceView),
    /// Buttons in a row.
    Buttons(Vec<Button>),
    /// Named checks of a proof.
    Checks(CheckGroup),
    /// A link, alone; never cut.
    Link(Text),
    /// Bad news with its way on and ids.
    Failure(Failure),
    /// Work with a known end.
    Progress {
        /// Done so far.
        done: u32,
        /// To do in all.
        total: u32,
    },
    /// Lines of a document of this program (a receipt), each as it is, empty ones included.
    Lines(&'a [Text]),
    /// The rows of a list.
    Rows(RowsView<'a>),
}

/// A label and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is, for front ends that read it without a person.
    pub id: FactId,
    /// Its name.
    pub label: &'static str,
    /// Its value.
    pub value: Phrase,
}

impl Fact {
    /// A label and a value that a front end without a person looks for.
    pub(crate) fn new(id: FactId, label: &'static str, value: impl Into<Phrase>) -> Self {
        Self { id, label, value: value.into() }
    }

    /// A label and a value for people.
    pub(crate) fn other(label: &'static str, value: impl Into<Phrase>) -> Self {
        Self::new(FactId::Other, label, value)
    }
}

/// Which fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactId {
    /// The name that Microsoft holds for the tenant.
    Organisation,
    /// Its default domain.
    Domain,
    /// Its GUID.
    Tenant,
    /// That it is the partner's own.
    Own,
    /// What a person has to know about a server that Autodiscover found, before a password goes there.
    FoundServer,
    /// The ceiling of Enable Auto, seats.
    Ceiling,
    /// When the next sweep is.
    NextSweep,
    /// Where a grant landed that did not come.
    Landed,
    /// Whether the operator may accept for the customer.
    OwnRight,
    /// What may have been left in the organisation by that.
    LeftBehind,
    /// What the played customer did and saw (sandbox only).
    Played,
    /// Any other.
    Other,
}

/// Checks of one kind. Where not all lines fit, one line stands for those that are in the same state, and the others
/// are named with theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckGroup {
    /// What they are, for the one line ("Permissions").
    pub name: &'static str,
    /// Said above them where they stand one by one; may be empty.
    pub title: &'static str,
    /// The checks.
    pub checks: Vec<Check>,
    /// Other groups are folded before this one.
    pub is_kept: bool,
}

/// One line of a counts table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What is counted.
    pub label: &'static str,
    /// How many.
    pub count: u32,
    /// How grave it is that there are some.
    pub tone: Tone,
}

impl Count {
    /// So many of them.
    pub(crate) const fn new(label: &'static str, count: u32, tone: Tone) -> Self {
        Self { label, count, tone }
    }
}

/// A bill: what will be turned on and billed, seats before and after, what stays off and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillView {
    /// The numbers.
    pub bill: Bill,
    /// What becomes of users for whom no seat is left; said where seats are missing.
    pub without_seat: Phrase,
}

/// One line of text to type into.
#[derive(Debug)]
pub struct FieldView<'a> {
    /// Which field.
    pub id: FieldId,
    /// Its name.
    pub label: &'static str,
    /// What stands in it.
    pub value: FieldValue<'a>,
    /// Said below it while nothing is wrong; may be empty.
    pub hint: Phrase,
    /// What is wrong with it, as a sentence.
    pub problem: Option<Phrase>,
    /// It takes a list, which holds so many entries: a paste of many lines is many of them. None: it takes none.
    pub entries: Option<usize>,
}

/// What a field holds.
#[derive(Debug)]
pub enum FieldValue<'a> {
    /// Typed text, as it was typed; front ends clean what they show.
    Plain(&'a str),
    /// A secret: whether it is filled; shown as eight dots always.
    Masked {
        /// Something has been typed.
        is_filled: bool,
    },
}

/// One of a few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceView {
    /// Which choice.
    pub id: FieldId,
    /// Its name.
    pub label: Text,
    /// What can be chosen; of two that say no and yes, the front end may show a box.
    pub options: &'static [&'static str],
    /// Index into `options`.
    pub chosen: usize,
    /// Said behind it; may be empty.
    pub note: Phrase,
}

impl ChoiceView {
    /// Whether it says no and yes.
    pub(crate) fn is_box(&self) -> bool {
        self.options == ["no", "yes"]
    }

    /// The words of what is chosen.
    pub(crate) fn answer(&self) -> &'static str {
        self.options.get(self.chosen).copied().unwrap_or_default()
    }
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says ("Save", "Enable").
    pub label: &'static str,
    /// What pressing it does.
    pub action: Action,
    /// Can be pressed now.
    pub is_open: bool,
}

/// What can be done on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// What it does.
    pub action: Action,
    /// One or two words.
    pub label: &'static str,
    /// What help says about it, one sentence.
    pub help: &'static str,
    /// Enter does it, where no field, button or row takes Enter.
    pub is_default: bool,
}

impl Offer {
    /// Something that can be done.
    pub(crate) const fn new(action: Action, label: &'static str, help: &'static str) -> Self {
        Self { action, label, help, is_default: false }
    }

    /// The same, and Enter does it.
    #[must_use]
    pub const fn by_default(self) -> Self {
        Self { is_default: true, ..self }
    }
}

/// One line of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How grave it is; a word or a mark stands beside any colour.
    pub tone: Tone,
    /// The words.
    pub words: Phrase,
    /// The bad news that they tell.
    pub failure: Option<Box<Failure>>,
    /// It stands until the next answer, also in front of a clock: a path takes time to be typed elsewhere.
    pub stays: bool,
}

impl Notice {
    /// Words with their tone.
    pub(crate) fn new(tone: Tone, words: impl Into<Phrase>) -> Self {
        Self { tone, words: words.into(), failure: None, stays: false }
    }

    /// Bad news in one sentence.
    pub(crate) fn of(tone: Tone, failure: Failure) -> Self {
        let words = failure.in_words();
        Self { failure: Some(Box::new(failure)), ..Self::new(tone, words) }
    }

    /// The same, until the next answer.
    #[must_use]
    pub fn staying(self) -> Self {
        Self { stays: true, ..self }
    }
}

/// How grave something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// For information.
    #[default]
    Plain,
    /// Something went well.
    Good,
    /// Work is going on.
    Busy,
    /// Look at this.
    Warn,
    /// Something failed.
    Bad,
}
