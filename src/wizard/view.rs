//! What a front end may show: data only, borrowed from the wizard.
//!
//! A view is a bar, a trail, a panel (heading and blocks), one line of state and the keys that are open now. An
//! overlay is one more panel above it. Front ends decide where things stand and how they look, never what they mean.

use crate::domain::{
    customer::Product,
    failure::Failure,
    id::TenantId,
    protection::State,
    tenant::Check,
    text::{Shown, Text},
    time::Moment,
    user::Kind,
};

use super::event::Action;

/// Everything that can be seen now.
#[derive(Debug)]
pub struct View<'a> {
    /// Who is being touched (rule 1): on every screen.
    pub bar: Bar<'a>,
    /// The steps of this run, in order.
    pub trail: Vec<Stop>,
    /// The screen.
    pub panel: Panel<'a>,
    /// A panel above the screen (help, say-it card, explain, a question, QR code); keys and focus are its own.
    pub overlay: Option<Panel<'a>>,
    /// One line of state.
    pub notice: Option<Notice>,
    /// What can be pressed now, most important first; help prints all of them.
    pub keys: Vec<Key>,
    /// What the keyboard acts on.
    pub focus: Focus,
    /// Which question stands here, for front ends that answer without looking at words.
    pub ask: Ask,
    /// What was asked for is on its way (the rows, a look-up, a write): an answer given now would come too early.
    pub is_waiting: bool,
    /// What to say to the customer now; opened by `s`, and open beside the body on wide terminals.
    pub card: Card,
    /// The next moment at which a wait or a countdown on screen changes; none: idle. Front ends need not care.
    pub next_change: Option<Moment>,
}

/// Which question stands on the screen, or on the panel above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Which customer?
    Customer,
    /// The form of a new customer.
    NewCustomer,
    /// Which product?
    Product,
    /// The tenant on record: is this the organisation?
    Organisation,
    /// The tenant's ID or domain, to be typed.
    Tenant,
    /// The tenant, which is settled: nothing is asked but to go on.
    Settled,
    /// The impersonation details.
    Impersonation,
    /// Authorise, then Enable; and how far the proof is.
    Authorise(Standing),
    /// The link as a QR code.
    Qr,
    /// Which users?
    Users,
    /// Which kinds are included?
    Kinds,
    /// The bill of what will be turned on: its number confirms it.
    Review,
    /// Users are being turned on or off.
    Applying,
    /// A bulk write was broken off: send the rest again?
    BrokenOff,
    /// One result per user of a bulk write.
    Results,
    /// Enable Auto: nothing runs at 20:00, go on all the same?
    NoSweeper,
    /// Enable Auto: at most how many seats?
    Ceiling,
    /// Enable Auto: the bill of the next sweep, its number confirms the rule.
    Auto,
    /// Enable Auto is on: switch it off?
    UndoAuto,
    /// How many users are to be turned off: the number confirms it.
    TurnOff,
    /// Ticked users have not been turned on: finish all the same?
    Unapplied,
    /// What was done.
    Outcome,
    /// A receipt.
    Receipt,
    /// All keys of this screen.
    Help,
    /// What to say now.
    Say,
    /// What does a code mean?
    Explain,
    /// Leave?
    Leave,
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
    /// Refused, or it can't work as it is; the failure stands on the screen.
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
    /// The customer, once picked.
    pub customer: Option<Shown<'a>>,
    /// The product, once picked.
    pub product: Option<&'static str>,
    /// Run number ("B365-7KQ4"), once a run is open.
    pub run: Option<Text>,
    /// Name that Microsoft holds for the tenant (or the hosted server); "not known yet" where unknown.
    pub organisation: Option<Shown<'a>>,
    /// Default domain.
    pub domain: Option<Shown<'a>>,
    /// Last four of the tenant's GUID.
    pub last_four: Option<Text>,
    /// The tenant, whole: for front ends that compare, not for people.
    pub tenant: Option<TenantId>,
    /// Another process holds this run: look, don't touch.
    pub is_read_only: bool,
    /// Rule 17: what every screen must say about the nightly sweep.
    pub warning: Option<Shown<'a>>,
}

/// One stop of the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Its name ("Customer", "Authorise").
    pub name: &'static str,
    /// Behind us, here, or ahead.
    pub place: Place,
}

/// Where a stop of the trail lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Done.
    Behind,
    /// Now.
    Here,
    /// To come.
    Ahead,
}

/// A heading and blocks, top to bottom; at most one block of rows, which takes the room that is left.
#[derive(Debug)]
pub struct Panel<'a> {
    /// One line: the question that this screen asks.
    pub heading: Text,
    /// What stands below it.
    pub blocks: Vec<Block<'a>>,
}

/// One block of a panel.
#[derive(Debug)]
pub enum Block<'a> {
    /// A paragraph, wrapped.
    Para(Text),
    /// A paragraph that must not be missed, wrapped.
    Strong(Text),
    /// Labels and values, one per line.
    Facts(Vec<(&'static str, Text)>),
    /// A numbered table: words and counts, the last one a total when `total` is set.
    Counts(Vec<Count>),
    /// One line of text to type into.
    Field(FieldView<'a>),
    /// One of a few, side by side or one below the other.
    Choice(ChoiceView),
    /// Buttons in a row.
    Buttons(Vec<Button>),
    /// Named checks of a proof.
    Checks(Vec<Check>),
    /// Checks of one kind under a name, which may be folded where the window is small.
    Group(CheckGroup),
    /// A link, alone; never cut, wrapped by the window's edge.
    Link(Text),
    /// The link as a QR code on the whole window, if it fits; else the words about the room it needs.
    Qr(Text),
    /// Bad news with its hint and ids.
    Failure(Failure),
    /// Work with a known end.
    Progress {
        /// Done so far.
        done: u32,
        /// To do in all.
        total: u32,
    },
    /// The rows of a list.
    Rows(RowsView<'a>),
    /// An empty line.
    Gap,
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
    pub label: Text,
    /// How many.
    pub count: u32,
    /// Stands out, and is the number to type where one is asked for.
    pub is_total: bool,
}

/// One line of text to type into.
#[derive(Debug)]
pub struct FieldView<'a> {
    /// Its name.
    pub label: &'static str,
    /// What has been typed.
    pub value: FieldValue<'a>,
    /// Where the cursor stands, in grapheme clusters from the start of the value.
    pub cursor: usize,
    /// Said below it while nothing is wrong; may be empty.
    pub hint: Text,
    /// What is wrong with it, as a sentence.
    pub problem: Option<Text>,
    /// The keyboard types into it.
    pub is_focused: bool,
    /// It takes lists: a paste of many lines is many entries, and the field stays where it is.
    pub takes_lines: bool,
}

/// Names of the fields of the form for hosted Exchange, for front ends that fill them in without a person.
pub mod field {
    /// A mailbox to try.
    pub const SAMPLE: &str = "A mailbox to try";
    /// The server.
    pub const SERVER: &str = "Server";
    /// The service account.
    pub const ACCOUNT: &str = "Account";
    /// Its password.
    pub const PASSWORD: &str = "Password";
    /// The mail domains.
    pub const DOMAINS: &str = "Mail domains";
    /// The list of mailboxes.
    pub const LIST: &str = "Mailboxes";
}

/// Labels of facts that front ends read by name.
pub mod fact {
    /// The name that Microsoft holds for the tenant.
    pub const ORGANISATION: &str = "Organisation";
    /// Its default domain.
    pub const DOMAIN: &str = "Domain";
    /// Its GUID.
    pub const TENANT: &str = "Tenant ID";
    /// The ceiling of Enable Auto.
    pub const CEILING: &str = "At most, seats";
}

/// Labels of keys that say how something stands, for front ends that answer without a person.
pub mod label {
    /// The key of Enable Auto while the rule is on.
    pub const UNDO_AUTO: &str = "undo Auto";
}

/// What a field holds.
#[derive(Debug)]
pub enum FieldValue<'a> {
    /// Typed text.
    Plain(Shown<'a>),
    /// A secret: whether it is filled; shown as eight dots always.
    Masked {
        /// Something has been typed.
        is_filled: bool,
    },
}

/// One of a few.
#[derive(Debug)]
pub struct ChoiceView {
    /// Its name.
    pub label: &'static str,
    /// What can be chosen.
    pub options: Vec<&'static str>,
    /// Index into `options`.
    pub chosen: usize,
    /// The keyboard acts on it: Left, Right or Space change it.
    pub is_focused: bool,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says ("Save", "Enable").
    pub label: Text,
    /// What pressing it does.
    pub action: Action,
    /// Can be pressed now.
    pub is_open: bool,
    /// Enter presses it.
    pub is_focused: bool,
}

/// The rows of a list. `view()` never copies them: the front end asks for those that it shows.
#[derive(Debug)]
pub struct RowsView<'a> {
    /// What kind of list.
    pub layout: Layout,
    /// The rows, in their order.
    pub rows: &'a dyn Rows,
    /// Index of the row under the cursor; none when there is no row.
    pub cursor: Option<usize>,
    /// The other end of a range that is being marked with `v`.
    pub anchor: Option<usize>,
    /// Counts above the rows ("listed 1,204 · eligible 1,180 …"), most important first.
    pub counts: Text,
    /// The search field above the rows, where the list has one.
    pub search: Option<FieldView<'a>>,
    /// The search is not over: what the rows show may not be all of it.
    pub is_searching: bool,
    /// Said in the place of the rows when there are none.
    pub empty: Text,
    /// The keyboard acts on the rows.
    pub is_focused: bool,
}

/// Which columns a list has, in order of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Tick, name, address, kind, state, department.
    Users,
    /// Name, domain, reference, progress.
    Customers,
    /// Name, path, state, next.
    Products,
    /// Name, meaning: explain's hits, results per user, kinds to include.
    Pairs,
}

/// Where the cells of a row stand that front ends read by name, in the order of [`Layout`].
pub mod column {
    /// The name, in every layout.
    pub const NAME: usize = 0;
    /// A customer's domain.
    pub const DOMAIN: usize = 1;
    /// A user's address.
    pub const ADDRESS: usize = 1;
    /// A customer's reference.
    pub const REFERENCE: usize = 2;
    /// A user's kind.
    pub const KIND: usize = 2;
    /// A user's state.
    pub const STATE: usize = 3;
}

/// Random access to rows; cheap, and the same at ten rows and at half a million.
pub trait Rows: std::fmt::Debug {
    /// How many there are.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The row at an index; none past the end.
    fn row(&self, at: usize) -> Option<Row<'_>>;
    /// What tells a row from every other one, short: shown where two rows would look the same.
    fn tag(&self, _at: usize) -> Option<Text> {
        None
    }
    /// The product that a row is about: that of the run in a row of the customers, that of a row of the products.
    fn product(&self, _at: usize) -> Option<Product> {
        None
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The mark in front.
    pub mark: Mark,
    /// Cells in the order of the layout; absent ones are empty.
    pub cells: [Cell<'a>; 6],
    /// Can't be chosen; mark and words say so, and its words need not be shown in full.
    pub is_quiet: bool,
}

/// One cell.
#[derive(Debug, Clone, Default)]
pub enum Cell<'a> {
    /// Nothing.
    #[default]
    Empty,
    /// Words.
    Words(Shown<'a>),
    /// Words made for this row.
    Made(Text),
    /// A user's kind.
    Kind(Kind),
    /// A user's state, with an addition ("left", "on"), may be empty.
    State(State, &'static str),
}

/// The mark in front of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// This list has no marks.
    None,
    /// `[ ]`
    Off,
    /// `[x]` ticked: will be turned on at Apply.
    Ticked,
    /// `[=]` on already; can't be ticked or unticked.
    On,
    /// `[-]` excluded; can't be ticked until the exclusion is lifted.
    Excluded,
    /// `[!]` has a problem; can't be ticked.
    Problem,
    /// Not eligible: can't be ticked as the kinds stand.
    Closed,
}

/// One line of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How grave it is; a word stands beside any colour.
    pub tone: Tone,
    /// The words.
    pub words: Text,
}

/// How grave a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information.
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

/// A key that is open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// What is pressed.
    pub chord: Chord,
    /// What it does.
    pub action: Action,
    /// Its label on the key line, one or two words ("All 1,204" carries its count in `count`).
    pub label: &'static str,
    /// A count behind the label (rule 11).
    pub count: Option<u32>,
    /// What help says about it, one sentence.
    pub help: &'static str,
}

/// What is pressed. Letters act only outside text fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chord {
    /// A printable character.
    Char(char),
    /// Enter.
    Enter,
    /// The space bar.
    Space,
    /// Esc.
    Esc,
    /// Tab.
    Tab,
    /// Ctrl and a letter: acts in text fields too.
    Ctrl(char),
}

impl std::fmt::Display for Chord {
    /// What is pressed, as people call it ("Enter", "a", "Ctrl-G").
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Char(c) => write!(f, "{c}"),
            Self::Enter => f.write_str("Enter"),
            Self::Space => f.write_str("Space"),
            Self::Esc => f.write_str("Esc"),
            Self::Tab => f.write_str("Tab"),
            Self::Ctrl(c) => write!(f, "Ctrl-{}", c.to_ascii_uppercase()),
        }
    }
}

/// What the keyboard acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// A text field: every printable character is text.
    Field,
    /// Rows: arrows and pages move the cursor, letters are commands.
    Rows,
    /// Buttons or a choice: arrows and Tab move, letters are commands.
    Controls,
    /// Something to read: arrows scroll, letters are commands.
    Reading,
}

/// What to say to the customer now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// One or two sentences to say.
    pub say: Text,
    /// What the customer should be seeing.
    pub sees: Text,
    /// The usual wrong screens, each with what to say to it.
    pub wrong: Vec<(Text, Text)>,
}
