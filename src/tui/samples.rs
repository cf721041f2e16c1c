//! Views made by hand, for the tests of drawing and of keys.

use ratatui::{Terminal, backend::TestBackend, layout::Position};

use crate::{
    domain::{
        bill::{Bill, StaysOff},
        card::Card,
        id::UserId,
        phrase::Phrase,
        protection::State as Protection,
        text::{Shown, Text},
        user::Kind,
    },
    wizard::{
        answer::{Action, FieldId, Revision, RowId},
        ask::{Ask, Focus, NumberAsked, QuestionId, SelectAsked, Shape, Spot},
        view::{
            Bar, BillView, Block, Button, Cell, Cells, Column, FieldValue, FieldView, Mark, Notice, Offer,
            Page, Place, Row, Rows, RowsView, Stop, Tone, View,
        },
    },
};

use super::{draw::draw, options::Options, state::State};

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
            is_excluded: number % 7 == 4,
        })
    }

    fn id(&self, at: usize) -> Option<RowId> {
        (at < self.len).then(|| RowId::User(user(at + self.first)))
    }

    fn at(&self, id: &RowId) -> Option<usize> {
        (0..self.len.min(2_000)).find(|at| self.id(*at).as_ref() == Some(id))
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
    let stop = |name, place| Stop { name, place };
    View {
        bar: Bar {
            is_sandbox: true,
            customer: Some(Shown::literal("Harbour Bakery")),
            product: Some("Office 365"),
            run: Some("B365-7KQ4".into()),
            organisation: Some(Shown::literal("Harbour Bakery Pty Ltd")),
            domain: Some(Shown::literal("harbourbakery.example")),
            last_four: Some("a1b2".into()),
            ..Bar::default()
        },
        steps: vec![
            stop("Customer", Place::Behind),
            stop("Product", Place::Behind),
            stop("Access", Place::Behind),
            stop("Authorise", Place::Behind),
            stop("Users", Place::Here),
            stop("Outcome", Place::Ahead),
        ],
        page: Page { heading: heading.into(), blocks },
        below: None,
        ask: Ask { id, revision: Revision(7), shape, is_waiting: false, focus: Focus::default() },
        notice: None,
        actions: vec![
            Offer::new(Action::Park, "park", "Parks the run."),
            Offer::new(Action::Back, "back", "Back."),
            Offer::new(Action::Leave, "leave", "Leaves."),
        ],
        card: Card {
            say: "I can see your users now.".into(),
            sees: "Nothing; they can close the browser.".into(),
            wrong: vec![("An error page".into(), "Close it; we are checking.".into())],
        },
        standing: None,
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
        takes_lines: false,
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
    let asked =
        SelectAsked { all: Some(34), these: None, may_mark: true, may_turn_off: true, is_arriving: false };
    let blocks = vec![Block::Rows(rows(many, filter))];
    let mut view = page(QuestionId::Users, Shape::Select(asked), "Which users shall be protected?", blocks);
    let offers = [
        Offer::new(Action::Review, "review", "Shows the bill.").with_count(3).by_default(),
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

/// A bill whose number is typed.
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
        confirms: Some(34),
        proposed: None,
        problem: None,
    };
    let view = BillView { bill, without_seat: "They stay off.".into() };
    page(QuestionId::Review, Shape::Number(asked), "Turn 34 users on?", vec![Block::Bill(view)])
}

/// A question with yes and no above a page.
pub(crate) fn leave<'a>(below: View<'a>) -> View<'a> {
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

/// How a terminal is.
pub(crate) fn options(use_color: bool, use_unicode: bool) -> Options {
    Options { use_color, use_unicode, fallback_size: None }
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
        self.state.drawn = super::draw::drawn(view);
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
