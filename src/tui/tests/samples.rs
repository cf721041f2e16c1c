//! Views made by hand, for the tests of drawing and of keys.

use std::sync::LazyLock;

use ratatui::{Terminal, backend::TestBackend, layout::Position};

use crate::{
    domain::{
        bill::{Bill, StaysOff},
        card::Card,
        customer::Product,
        failure::{Failure, FailureKind},
        id::UserId,
        phrase::{Phrase, WayOn},
        protection::State as Protection,
        tenant::{Check, CheckState},
        text::{Shown, Text},
        time::Moment,
        user::Kind,
    },
    tui::{
        draw::{self, draw},
        options::Options,
        state::State,
    },
    wizard::{
        answer::{Action, FieldId, Revision, RowId},
        ask::{Ask, Focus, NumberAsked, QuestionId, SelectAsked, Shape, Spot},
        view::{
            Bar, BillView, Block, Button, Cell, Cells, CheckGroup, ChoiceView, Column, Count, FieldValue,
            FieldView, Handout, HandoutId, Mark, Notice, Offer, Page, Row, Rows, RowsView, Stops, Tone, View,
        },
    },
};

/// What is said on every one of them.
static CARD: LazyLock<Card> = LazyLock::new(|| Card {
    say: "I can see your users now.".into(),
    sees: "Nothing; they can close the browser.".into(),
    wrong: vec![("An error page".into(), "Close it; we are checking.".into())],
});

/// A list of any length whose rows are made when they are asked for; row `at` has the user `at + first`.
#[derive(Debug)]
pub(crate) struct Many {
    /// How many.
    pub(crate) len: usize,
    /// Rows that went from the front: the others moved up.
    pub(crate) first: usize,
    /// Names, taken in turn; cleaned already.
    pub(crate) names: Vec<Text>,
    /// Ticked besides.
    pub(crate) ticked: Option<usize>,
    /// Counts the changes.
    pub(crate) generation: u64,
    /// How many rows were asked for.
    pub(crate) asked: std::cell::Cell<usize>,
}

impl Many {
    /// So many rows.
    pub(crate) fn of(len: usize) -> Self {
        let names = ["Nora Anderson", "王小明", "José Álvarez", "Room 4 (board)"].map(Text::clean).to_vec();
        Self { len, first: 0, names, ticked: None, generation: 1, asked: std::cell::Cell::default() }
    }
}

/// The user of a row.
pub(crate) fn user(number: usize) -> UserId {
    format!("00000000-0000-4000-8000-{number:012x}").parse().unwrap()
}

impl Rows for Many {
    fn len(&self) -> usize {
        self.len
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        self.asked.set(self.asked.get() + 1);
        let number = at + self.first;
        let mark =
            [Mark::Off, Mark::Ticked, Mark::Off, Mark::On, Mark::Excluded, Mark::Problem, Mark::Closed];
        let state = [
            Protection::Off,
            Protection::Off,
            Protection::Scheduled,
            Protection::Protected,
            Protection::Excluded,
            Protection::Problem,
            Protection::Off,
        ];
        let cells = Cells::default()
            .with(Column::Name, Cell::Words(self.names[number % self.names.len()].shown()))
            .with(Column::Address, Cell::Made(Text::clean(&format!("user{number}@bakery.example"))))
            .with(Column::Kind, Cell::Kind(Kind::User))
            .with(Column::State, Cell::State(state[number % 7], Text::default()));
        (at < self.len).then_some(Row {
            mark: if self.ticked == Some(at) { Mark::Ticked } else { mark[number % 7] },
            cells,
            is_quiet: number % 7 == 6,
            is_news: false,
            is_excluded: number % 7 == 4,
        })
    }

    fn id(&self, at: usize) -> Option<RowId> {
        (at < self.len).then(|| RowId::User(user(at + self.first)))
    }

    fn at(&self, id: &RowId) -> Option<usize> {
        let RowId::User(user) = id else { return None };
        let number = u64::from_be_bytes(user.as_bytes()[8..].try_into().unwrap()) & 0xffff_ffff_ffff;
        usize::try_from(number).unwrap().checked_sub(self.first).filter(|at| *at < self.len)
    }

    fn generation(&self) -> u64 {
        self.generation
    }

    fn tag(&self, at: usize) -> Option<Text> {
        Some(Text::of(format_args!("#{at}")))
    }

    fn remark(&self, at: usize) -> Option<Notice> {
        (at % 7 == 6).then(|| Notice::new(Tone::Plain, "This kind is not included."))
    }

    fn details(&self, at: usize) -> Option<Phrase> {
        Some(format_args!("All of row {at}.").into())
    }
}

/// A page with a question, in a run.
pub(crate) fn page<'a>(
    id: QuestionId,
    shape: Shape,
    heading: &'static str,
    blocks: Vec<Block<'a>>,
) -> View<'a> {
    View {
        events: 0,
        now: Moment::default(),
        bar: Bar {
            is_sandbox: true,
            place: None,
            customer: Some(Shown::literal("Harbour Bakery")),
            product: Some(Product::Office365),
            run: Some("B365-7KQ4".into()),
            organisation: Some(Shown::literal("Harbour Bakery Pty Ltd")),
            domain: Some(Shown::literal("harbourbakery.example")),
            last_four: Some("a1b2".into()),
            ..Bar::default()
        },
        steps: Stops { names: &["Customer", "Product", "Access", "Authorise", "Users", "Outcome"], here: 4 },
        page: Page { heading: heading.into(), blocks },
        below: None,
        ask: Ask { id, revision: Revision(7), shape, is_waiting: false, focus: Focus::default() },
        notice: None,
        actions: vec![
            Offer::new(Action::Park, "park", "Parks the run."),
            Offer::new(Action::Back, "back", "Back."),
            Offer::new(Action::Leave, "leave", "Leaves."),
        ],
        card: &CARD,
        handouts: Vec::new(),
        link: None,
        must_accept: None,
        standing: None,
        doubts: Vec::new(),
        next_change: None,
    }
}

/// A field with a value.
pub(crate) fn field<'a>(id: FieldId, label: &'static str, value: &'a str) -> FieldView<'a> {
    FieldView {
        id,
        label,
        value: FieldValue::Plain(value),
        hint: "A GUID, a domain, or an address.".into(),
        problem: None,
        entries: None,
    }
}

/// Rows of users with a filter.
pub(crate) fn rows<'a>(rows: &'a Many, filter: &'a str) -> RowsView<'a> {
    RowsView {
        columns: &[Column::Name, Column::Address, Column::Kind, Column::State],
        rows,
        counts: vec!["3 ticked".into(), "seats 2 → 5 of 40".into(), "34 eligible".into()],
        sorted_by: Some(Column::Name),
        search: Some(FieldView {
            hint: "name, address or department".into(),
            ..field(FieldId::Filter, "Filter", filter)
        }),
        is_searching: false,
        domain: Some("bakery.example".into()),
        start: None,
        empty: "Nobody is listed yet.".into(),
    }
}

/// The users screen.
pub(crate) fn users<'a>(many: &'a Many, filter: &'a str) -> View<'a> {
    let asked = SelectAsked { all: Some(34), may_mark: true, may_turn_off: true, ..SelectAsked::default() };
    let blocks = vec![Block::Rows(rows(many, filter))];
    let mut view = page(QuestionId::Users, Shape::Select(asked), "Which users shall be protected?", blocks);
    let offers = [
        Offer::new(Action::Review, "review", "Shows the bill.").by_default(),
        Offer::new(Action::Auto, "Auto", "The standing rule."),
        Offer::new(Action::Sort, "sort", "Sorts."),
        Offer::new(Action::Refresh, "list again", "Lists again."),
    ];
    view.actions.splice(0..0, offers);
    view.notice = Some(Notice::new(Tone::Good, "Listed 37 users in 0.4 s."));
    view
}

/// The customer screen, over the same rows.
pub(crate) fn customers<'a>(many: &'a Many, search: &'a str) -> View<'a> {
    let list = RowsView { search: Some(field(FieldId::Search, "Search", search)), ..rows(many, "") };
    let mut view = page(QuestionId::Customer, Shape::Pick, "Which customer?", vec![Block::Rows(list)]);
    view.ask.focus.spot = Spot::Field(FieldId::Search);
    view.bar = Bar { is_sandbox: true, ..Bar::default() };
    view.actions.retain(|offer| offer.action != Action::Park);
    view.actions.push(Offer::new(Action::Refresh, "refresh", "Reads again."));
    view
}

/// The form of the tenant.
pub(crate) fn form(value: &str) -> View<'_> {
    let button = |label, action, is_open| Button { label, action, is_open };
    let blocks = vec![
        Block::Field(field(FieldId::Tenant, "Tenant ID or domain", value)),
        Block::Buttons(vec![button("Save", Action::Save, false), button("Back", Action::Back, true)]),
    ];
    let mut view = page(QuestionId::Tenant, Shape::Form, "Which organisation is it?", blocks);
    view.ask.focus.spot = Spot::Field(FieldId::Tenant);
    view
}

/// A bill whose number is typed: 34 new seats, of so many.
pub(crate) fn bill(limit: Option<u32>) -> View<'static> {
    let bill = Bill {
        turn_on: vec![(Kind::User, 31), (Kind::Shared, 3)],
        stay_off: vec![(StaysOff::Kind(Kind::Room), 2), (StaysOff::Excluded, 1)],
        seats_before: 2,
        limit,
        ..Bill::default()
    };
    let asked = NumberAsked {
        label: "New seats",
        hint: "Type the number of new seats from the table, then Enter.".into(),
        confirms: Some(bill.billed()),
        proposed: None,
        problem: None,
    };
    let view = BillView { bill, without_seat: "They stay off.".into() };
    page(QuestionId::Review, Shape::Number(asked), "Turn 34 users on?", vec![Block::Bill(view)])
}

/// A question with yes and no above a page.
pub(crate) fn leave(below: View<'_>) -> View<'_> {
    let words = Block::Para("The run is kept.".into());
    let shape = Shape::Confirm { default: true };
    let mut view = page(QuestionId::Leave, shape, "Leave? The run is kept.", vec![words]);
    view.below = Some(below.page);
    view.actions = vec![
        Offer::new(Action::Yes, "leave", "Leaves.").by_default(),
        Offer::new(Action::No, "stay", "Stays."),
    ];
    view
}

/// A form with a choice and a secret: a hosted server's account.
pub(crate) fn hosted(is_filled: bool, chosen: usize) -> View<'static> {
    let password = FieldView {
        value: FieldValue::Masked { is_filled },
        hint: "kept encrypted".into(),
        ..field(FieldId::Password, "Password", "")
    };
    let listing = ChoiceView {
        id: FieldId::Listing,
        label: "List from".into(),
        options: &["address book", "pasted list"],
        chosen,
        note: "the account must see it".into(),
    };
    let boxes = FieldView { entries: Some(0), ..field(FieldId::Mailboxes, "Mailboxes", "") };
    let buttons = vec![
        Button { label: "Save", action: Action::Save, is_open: true },
        Button { label: "Back", action: Action::Back, is_open: true },
    ];
    let blocks = vec![
        Block::Field(field(FieldId::Server, "Server", "mail.example")),
        Block::Field(password),
        Block::Choice(listing),
        Block::Field(boxes),
        Block::Buttons(buttons),
    ];
    let mut view = page(QuestionId::Impersonation, Shape::Form, "How do we get in?", blocks);
    view.ask.focus.spot = Spot::Field(FieldId::Server);
    view
}

/// The consent link, as long as they are.
pub(crate) const LINK: &str = "https://login.microsoftonline.com/c0ffee1a-b2d4-4e6f-8a0b-1c3d5e7f9a2b/adminconsent?client_id=c0ffee1a-b2d4-4e6f-8a0b-1c3d5e7f9a2b";

/// Checks in these states, under names of permissions.
pub(crate) fn checks(states: &[CheckState], is_kept: bool) -> CheckGroup {
    let names = ["User.Read.All", "Mail.ReadWrite", "Files.ReadWrite.All"].into_iter().cycle();
    let check = |(name, state): (&'static str, &CheckState)| Check {
        name: name.into(),
        state: state.clone(),
        detail: Text::default(),
    };
    let checks = names.zip(states).map(check).collect();
    CheckGroup { name: "Permissions", title: "What the customer is asked to allow:", checks, is_kept }
}

/// Bad news with its ids.
pub(crate) fn refused() -> Failure {
    let hint = Phrase::from("Nothing has been enabled.").then(WayOn::Again("ask again"));
    Failure::new(FailureKind::Refused, "asking for a token was refused", hint)
        .with_code("90094")
        .with_reference("trace 1")
}

/// The link is out, and the customer is awaited.
pub(crate) fn authorise() -> View<'static> {
    let states = [CheckState::Good, CheckState::Spreading, CheckState::Waiting];
    let blocks = vec![
        Block::Strong(Tone::Busy, "Nobody has accepted yet.".into()),
        Block::Buttons(vec![Button { label: "Authorise", action: Action::Authorise, is_open: true }]),
        Block::Link(Text::clean(LINK)),
        Block::Checks(checks(&states, true)),
    ];
    let mut view = page(QuestionId::Authorise, Shape::Watch, "Has the customer accepted?", blocks);
    let offers = [
        Offer::new(Action::Authorise, "authorise", "Shows the link.").by_default(),
        Offer::new(Action::Copy, "clipboard", "Sends the link to the clipboard."),
        Offer::new(Action::PrintAlone, "print", "Prints the link alone."),
        Offer::new(Action::Open, "open", "Opens the link here."),
        Offer::new(Action::WriteFile, "file", "Writes the link into a file."),
        Offer::new(Action::Rehearse, "play", "Plays the customer."),
        Offer::new(Action::Refresh, "ask now", "Asks again now."),
    ];
    view.actions.splice(0..0, offers);
    view.notice = Some(Notice::new(Tone::Busy, "Waiting for the customer, 12 s so far."));
    view
}

/// The same, refused.
pub(crate) fn failure() -> View<'static> {
    let mut view = authorise();
    let states = [CheckState::Good, CheckState::Bad(refused())];
    view.page.blocks = vec![Block::Failure(refused()), Block::Checks(checks(&states, true))];
    view.notice = Some(Notice::new(Tone::Bad, "The check was refused."));
    view.handouts = vec![handout(HandoutId::Error)];
    view
}

/// A text that can be sent.
fn handout(id: HandoutId) -> Handout<'static> {
    Handout { id, text: "words".into(), file: "words.txt".into() }
}

/// The hoster has to allow what is asked for.
pub(crate) fn denied() -> View<'static> {
    let lines = [
        "New-ManagementScope -Name 'Backup365 redgum.example' \
         -RecipientRestrictionFilter 'CustomAttribute1 -eq ''redgum.example'''",
        "New-ManagementRoleAssignment -Name 'Backup365 redgum.example' -Role ApplicationImpersonation \
         -User 'svc-backup@redgum.example' -CustomRecipientWriteScope 'Backup365 redgum.example'",
    ];
    let hint = Phrase::from("A new permission can take half an hour.");
    let hint = hint.then(WayOn::HaveRun(lines.map(Text::from).to_vec()));
    let mut view = authorise();
    let button = Button { label: "Authorise", action: Action::Authorise, is_open: true };
    let denied = Failure::new(FailureKind::Refused, "the service account has no role", hint);
    view.page.blocks = vec![Block::Failure(denied), Block::Buttons(vec![button])];
    view.actions.retain(|offer| !matches!(offer.action, Action::Open | Action::Rehearse));
    let other = Offer::new(Action::NextText, "the error", "Sends the error instead.");
    view.actions.insert(1, other);
    view.handouts = vec![handout(HandoutId::Hoster), handout(HandoutId::Error)];
    view.notice = None;
    view
}

/// Users are being turned on.
pub(crate) fn wait() -> View<'static> {
    let blocks =
        vec![Block::Progress { done: 12, total: 300 }, Block::Para("Each user is committed alone.".into())];
    let mut view = page(QuestionId::Applying, Shape::Watch, "Turning 300 users on", blocks);
    view.actions = vec![Offer::new(Action::Stop, "stop", "Stops after this batch.").by_default()];
    view.notice = Some(Notice::new(Tone::Busy, "Batch 2 of 15, 4 s so far, usually 40 s."));
    view.ask.is_waiting = true;
    view
}

/// What was done, and its receipt.
pub(crate) fn outcome(receipt: &[Text]) -> View<'_> {
    let blocks = vec![
        Block::Strong(Tone::Good, "Done: 34 users are protected.".into()),
        Block::Counts(vec![
            Count::new("turned on", 34, Tone::Good),
            Count::new("not turned on", 0, Tone::Warn),
            Count::new("protected now", 36, Tone::Plain),
            Count::new("excluded", 1, Tone::Warn),
        ]),
        Block::Para("Receipt for the ticket".into()),
        Block::Lines(receipt),
    ];
    let mut view = page(QuestionId::Outcome, Shape::Read, "Done", blocks);
    let offers = [
        Offer::new(Action::Another, "next customer", "To the customers.").by_default(),
        Offer::new(Action::NextReceipt, "next receipt", "The next form."),
        Offer::new(Action::Copy, "clipboard", "Sends it to the clipboard."),
        Offer::new(Action::PrintAlone, "print", "Prints it alone."),
        Offer::new(Action::WriteFile, "file", "Writes it into a file."),
    ];
    view.actions.splice(0..0, offers);
    view.handouts = vec![handout(HandoutId::Receipt)];
    view.notice = Some(Notice::new(Tone::Good, "Read back from the record."));
    view
}

/// The lines of a receipt.
pub(crate) fn receipt(lines: usize) -> Vec<Text> {
    (1..=lines).map(|line| Text::of(format_args!("line {line}  user{line}@bakery.example"))).collect()
}

/// How a terminal is.
pub(crate) fn options(use_color: bool, use_unicode: bool) -> Options {
    Options { use_color, use_unicode, use_bell: true, fallback_size: None }
}

/// A view in a window of ratatui's own test backend.
pub(crate) struct Screen {
    /// The terminal.
    pub(crate) terminal: Terminal<TestBackend>,
    /// What the front end knows.
    pub(crate) state: State,
}

impl Screen {
    /// An empty window.
    pub(crate) fn of(size: (u16, u16), options: Options) -> Self {
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        Self { terminal, state: State::new(options) }
    }

    /// Draws a view; its lines without the spaces behind them.
    pub(crate) fn draw(&mut self, view: &View<'_>) -> Vec<String> {
        let state = &mut self.state;
        self.terminal.draw(|frame| draw(frame, view, state)).unwrap();
        self.state.drawn = draw::drawn(view);
        let buffer = self.terminal.backend().buffer();
        buffer.content().chunks(usize::from(buffer.area.width.max(1))).map(row).collect()
    }

    /// Where the cursor stands.
    pub(crate) fn cursor(&mut self) -> Position {
        self.terminal.get_cursor_position().unwrap()
    }
}

/// The letters of a row; what a wide letter covers is left out.
fn row(cells: &[ratatui::buffer::Cell]) -> String {
    let mut covered = 0;
    let mut out = String::new();
    for cell in cells {
        if covered > 0 {
            covered -= 1;
            continue;
        }
        covered = crate::domain::codeset::grapheme_width(cell.symbol()).saturating_sub(1);
        out.push_str(cell.symbol());
    }
    out.trim_end().to_owned()
}

/// The lines of a view in a window with colours and all glyphs.
pub(crate) fn shown(view: &View<'_>, size: (u16, u16)) -> Vec<String> {
    Screen::of(size, options(true, true)).draw(view)
}

/// The words of lines, without frames and as if nothing were wrapped.
pub(crate) fn words(lines: &[String]) -> String {
    let frames = |c: char| c.is_whitespace() || "│┃█┌┐└┘─|".contains(c);
    lines
        .iter()
        .flat_map(|line| line.split(frames))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
