//! Screen: choose a customer. Comes on at the start and whenever a run is let go; a row leads to its run or its products.
//!
//! At the start it stands while the world is still being opened, and says so; where that fails, `r` tries again.
//!
//! Runs stand on top, closed customers are hidden until they are searched for. While runs wait for consent, Microsoft is
//! asked about them at most every 30 s.

mod following;
mod row;
mod search;

use std::time::Duration;

use crate::{
    domain::{
        bill::grouped,
        card::{Card, CardId, Party},
        change::Change,
        customer::Progress,
        failure::{Failure, FailureKind},
        id::{CustomerId, RunId, TenantId},
        partner_list::{Did, Imported},
        phrase::{Command, Correction, Phrase, WayOn, phrase},
        run::{Board, BoardRow, RunRecord, Seen},
        sydney::clock_in_words,
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, Given, RowId},
        ask::{Focus, QuestionId, Shape, Spot},
        call::World,
        context::{UpdateCx, ViewCx},
        effect::FrontEndTask,
        part::{
            field::Field,
            table::Table,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Pending, Woken},
        screen::{Scene, Screen, add::Add, consents::Consents, kept, product::Product, step::Step},
        session::BoardOrder,
        view::{Block, Column, Rows as _, RowsView, Tone},
    },
};

use following::Following;
use row::{line, row_id};

/// Shortest pause between two questions to Microsoft about waiting runs (product.md section 9, *Flow*).
const PROBE_PAUSE: Duration = Duration::from_secs(30);

/// The columns, most important first.
const COLUMNS: &[Column] = &[Column::Name, Column::Progress, Column::Domain, Column::Reference, Column::More];

/// What can be typed into the search.
const HINT: &str = "name, domain, reference, state:waiting, product:office365";

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Customer {
    board: Option<Board>,
    /// How the rows stood when they were last looked at, as of when this screen came on.
    seen: Option<Seen>,
    /// How many rows stand otherwise now.
    news: usize,
    /// How many customers are shown, and how many there are: one may have several rows.
    customers: (u32, u32),
    /// How they stand now is to be kept, once the operator does something here.
    is_unkept: bool,
    search: Field,
    /// The rows shown.
    table: Table,
    /// Opens the world, once.
    world: Wait<World>,
    loading: Wait<Board>,
    opening: Wait<Box<RunRecord>>,
    /// Brings the customers in that Microsoft lists.
    importing: Wait<Box<Imported>>,
    /// A question to Microsoft about the waiting runs.
    probe: Pending<Board>,
    /// Reads the board again when others have changed something.
    following: Following,
    /// The pause before the next one.
    pause: Pending<Woken>,
    failure: Option<Failure>,
    /// Where the keyboard is to be; in the search until another place is wished for.
    focus: Option<Focus>,
    /// The card of a row that can't be taken; until the next answer.
    refused: Option<CardId>,
}

impl Screen for Customer {
    fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Has the world opened if it is not open yet, then reads the board.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        self.look_anew(cx);
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.world.cancel(cx);
        self.loading.cancel(cx);
        self.opening.cancel(cx);
        self.importing.cancel(cx);
        self.following.cancel(cx);
        self.probe.cancel(cx.calls);
        self.pause.cancel(cx.calls);
        if !cx.setup.is_board_watched {
            // Nobody looks at it, and of a thousand journeys that wait side by side each would keep a thousand rows.
            (self.board, self.table) = (None, Table::default());
        }
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        self.refused = None;
        let is_admin = cx.setup.operator.is_admin;
        match given {
            Given::Fill(FieldId::Search, value) if self.search.fill(&value) => {
                cx.session.parked = None;
                self.keep_seen(cx, None);
                self.build(cx.look());
            }
            Given::Pick(row) => return self.choose(cx, &row),
            Given::Do(Action::Sort) => {
                self.keep_seen(cx, None);
                cx.session.board_order = cx.session.board_order.next();
                self.build(cx.look());
            }
            Given::Do(Action::Refresh) => {
                self.keep_seen(cx, None);
                self.look_anew(cx);
            }
            Given::Do(Action::Add | Action::Import | Action::Consents) if !cx.session.is_open => {}
            Given::Do(Action::Add) if is_admin => {
                return Step::Next(Box::new(Add::new(&cx.session.new_customer)));
            }
            Given::Do(Action::Add) => cx.admin_only("An Admin adds customers."),
            Given::Do(Action::Import) if self.importing.is_out() => {}
            Given::Do(Action::Import) if is_admin => {
                self.importing.start(cx, pending::import_from_microsoft(), wait::IMPORT);
            }
            Given::Do(Action::Import) => cx.admin_only("An Admin brings customers in."),
            Given::Do(Action::Consents) if is_admin => return Step::Next(Box::<Consents>::default()),
            Given::Do(Action::Consents) => cx.admin_only("An Admin looks at everybody's consent."),
            Given::Back => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(record) = cx.brought(Tone::Bad, self.opening.take(arrival)) {
            return Step::Open(record);
        }
        if let Some(imported) = cx.brought(Tone::Bad, self.importing.take(arrival)) {
            let (tone, words) = told(&imported);
            cx.say(tone, words);
            self.load(cx);
            return Step::Stay;
        }
        if let Some(world) = self.world.take(arrival) {
            match world {
                Ok(_) => {
                    if let Some(warning) = cx.setup.operator.warning.clone() {
                        // Notes on files may stand there already.
                        let notes = cx.notice.take().map(|notice| notice.words).unwrap_or_default();
                        cx.say(Tone::Warn, notes.then(warning));
                    }
                    self.look_at(Spot::Field(FieldId::Search));
                    self.load(cx);
                }
                Err(failure) => {
                    self.failure = Some(failure);
                    // The keys must work; an operator who is typing a name already goes on typing.
                    if self.search.is_empty() {
                        self.look_at(Spot::Page);
                    }
                }
            }
        } else if let Some(board) =
            kept(&mut self.failure, self.loading.take(arrival)).or_else(|| self.following.hear(cx, arrival))
        {
            self.take(cx, board);
        } else if let Some(board) = self.probe.take(arrival) {
            match board {
                Ok(board) => self.take(cx, board),
                // The rows stay, and the next question comes after a pause.
                Err(_) => self.ask_or_pause(cx),
            }
        } else if self.pause.take(arrival).is_some() {
            self.ask_or_pause(cx);
        }
        Step::Stay
    }

    fn changed(&mut self, cx: &mut UpdateCx<'_>, change: &Change) {
        self.following.changed(cx, change);
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let mut blocks = Vec::new();
        if let Some(failure) =
            self.failure.as_ref().filter(|_| !self.world.is_out() && !self.loading.is_out())
        {
            blocks.push(Block::Failure(failure.clone()));
        }
        let problem = search::problem(self.search.text()).map(|words| Text::clean(&words).into());
        let order = cx.session.board_order;
        blocks.push(Block::Rows(RowsView {
            counts: self.counts(cx),
            sorted_by: match order {
                BoardOrder::Runs | BoardOrder::News => None,
                BoardOrder::Name => Some(Column::Name),
                BoardOrder::State => Some(Column::Progress),
            },
            search: Some(self.search.view(FieldId::Search, "Search", HINT, problem)),
            start: self.newest().map(row_id).filter(|_| self.search.is_empty()),
            ..RowsView::new(COLUMNS, &self.table, self.empty(cx.session.is_open))
        }));
        let scene = Scene::new(QuestionId::Customer, Shape::Pick, "Which customer?", blocks)
            .offer(Action::Sort)
            .offer(Action::Refresh)
            .offer_if(cx.setup.operator.is_admin, Action::Add)
            .offer_if(cx.setup.operator.is_admin && cx.session.is_open, Action::Import)
            .offer_if(cx.setup.operator.is_admin, Action::Consents);
        let clocks = [self.opening.clock(), self.world.clock(), self.importing.clock(), self.loading.clock()];
        let scene = scene.waiting_for(cx.now, clocks);
        let search = Focus { spot: Spot::Field(FieldId::Search), count: 0 };
        Scene { focus: self.focus.unwrap_or(search), ..scene }
    }

    fn card(&self, cx: ViewCx<'_>) -> Card {
        if let Some(failure) = &self.failure {
            return Card::of_failure(failure, Party::Microsoft, &[]);
        }
        let id = self.refused.or(cx.session.parked).or_else(|| self.only_refusal());
        Card::of(id.unwrap_or(CardId::Customers), &[])
    }
}

impl Customer {
    /// The card of the only row that was found, where it can't be taken.
    fn only_refusal(&self) -> Option<CardId> {
        let only = self.table.id(0).filter(|_| self.table.len() == 1 && !self.search.is_empty())?;
        search::refusal(self.row(&only)?)
    }

    fn look_at(&mut self, spot: Spot) {
        let count = self.focus.map_or(0, |focus| focus.count);
        self.focus = Some(Focus { spot, count: count.saturating_add(1) });
    }

    /// How many rows are shown of all, what has changed, and the order, where one was asked for.
    fn counts(&self, cx: ViewCx<'_>) -> Vec<Phrase> {
        if self.board.is_none() {
            return Vec::new();
        }
        let (listed, all) = self.customers;
        let (shown, closed) = (grouped(listed), all.saturating_sub(listed));
        let mut counts: Vec<Phrase> = vec![match (self.search.is_empty(), closed) {
            (true, 0) => format_args!("{shown} listed").into(),
            (true, closed) => format_args!("{shown} listed ({} closed hidden)", grouped(closed)).into(),
            (false, _) => format_args!("{shown} of {} found", grouped(all)).into(),
        }];
        if let Some(seen) = &self.seen {
            let (news, since) = (self.news, clock_in_words(seen.at, cx.now, cx.setup.here.as_str()));
            // With the mark of their rows.
            counts.extend(
                (news > 0).then(|| phrase!["* ", Text::of(format_args!("{news} changed since {since}"))]),
            );
        }
        counts.extend(cx.session.board_order.words().map(Phrase::from));
        counts
    }

    /// Reads anew: what is shown from now on is held against what is on record as seen by then.
    fn look_anew(&mut self, cx: &mut UpdateCx<'_>) {
        (self.seen, self.is_unkept) = (None, true);
        self.load(cx);
    }

    /// Keeps that the rows have been looked at, once each time the screen comes on; a person who leaves without doing
    /// anything here may not have looked. Those of a customer whom the operator goes on with are left out: what they do
    /// there is no news to them.
    fn keep_seen(&mut self, cx: &mut UpdateCx<'_>, except: Option<CustomerId>) {
        if let Some(board) = &self.board
            && cx.setup.is_board_watched
            && (self.is_unkept || except.is_some())
        {
            self.is_unkept = false;
            keep(cx, Seen::of(&board.rows, cx.now, except));
        }
    }

    fn empty(&self, is_open: bool) -> Phrase {
        match (&self.board, self.search.is_empty()) {
            (None, _) if !is_open && self.world.is_out() => "Opening the record.".into(),
            (None, _) if !is_open => phrase![
                // The record is opened first; then the credential is read, and the way to Microsoft made ready.
                match self.failure.as_ref().map(|failure| failure.kind) {
                    Some(FailureKind::Unreachable | FailureKind::Refused | FailureKind::Internal) => {
                        "The program could not get ready to work. "
                    }
                    _ => "The record could not be opened. ",
                },
                // One that is gone may well be lost.
                match &self.failure {
                    Some(failure) if failure.is_alarm => "Nothing was changed. ",
                    _ => "Nothing is lost. ",
                },
                WayOn::Again("try again"),
                " ",
                WayOn::Leave
            ],
            (None, _) if self.failure.is_some() => {
                phrase!["The customers could not be read. ", WayOn::Again("try again")]
            }
            (None, _) => "Reading the customers.".into(),
            (Some(_), true) => phrase!["There is no customer yet. ", WayOn::AddCustomer],
            (Some(_), false) => {
                phrase!["No customer is found by these words. ", WayOn::ClearFilter]
            }
        }
    }

    fn load(&mut self, cx: &mut UpdateCx<'_>) {
        if cx.session.is_open {
            self.failure = None;
            self.loading.start(cx, pending::load_board(), wait::BOARD);
        } else if !self.world.is_out() {
            // What went wrong before is not shown meanwhile, and stays known: who leaves now leaves a failure. A second
            // attempt beside the first would only start the waiting over.
            self.world.start(cx, pending::open_world(), wait::WORLD);
        }
    }

    /// Takes a board in.
    fn take(&mut self, cx: &mut UpdateCx<'_>, mut board: Board) {
        board.rows.sort_by_key(|row| row.run.is_none());
        let is_first = self.board.is_none();
        self.failure = None;
        if self.seen.is_none() && cx.setup.is_board_watched {
            // The run that the operator comes from stands as they left it: what becomes of it from now on is news.
            let mut seen = board.seen.take().unwrap_or_else(|| Seen { at: cx.now, ..Seen::default() });
            if seen.learn(&board.rows) {
                keep(cx, seen.clone());
            }
            self.seen = Some(seen);
        }
        let over = self.waits_that_ended(&board, cx);
        cx.session.sweep_warning.clone_from(&board.sweep_warning);
        cx.session.new_customer.clone_from(&board.new_customer);
        self.board = Some(board);
        self.build(cx.look());
        if is_first && cx.notice.is_none() {
            self.tell_interrupted(cx);
        }
        if let Some(words) = over {
            cx.calls.perform(FrontEndTask::Bell);
            cx.say(Tone::Good, words);
        }
        self.ask_or_pause(cx);
    }

    /// The waits of the rows that have ended since they were read last, in words: what is said rings the bell, once, because
    /// a row that has been told stands in the board from then on.
    fn waits_that_ended(&self, board: &Board, cx: &UpdateCx<'_>) -> Option<Phrase> {
        let now = |before: &BoardRow| {
            let of_run = |row: &&BoardRow| row.run.is_some() && row_id(row) == row_id(before);
            let row = board.rows.iter().find(of_run)?;
            let is_other = std::mem::discriminant(&before.progress) != std::mem::discriminant(&row.progress);
            (is_other && !matches!(row.progress, Progress::WaitingForConsent { .. })).then_some(row)
        };
        let awaited = self.rows().iter().filter(|row| row.run.is_some() && row.progress.is_awaited());
        let ended: Vec<&BoardRow> = awaited.filter_map(now).collect();
        let (first, others) = ended.split_first()?;
        let far = first.progress.in_words(cx.now, cx.setup.here.as_str());
        let more = match others.len() {
            0 => String::new(),
            others => format!(" Changed too: {others}."),
        };
        Some(format_args!("{}: {far}. {}{more}", first.customer.name, first.progress.call_back()).into())
    }

    /// Names the interrupted run under the cursor in full: its row may be cut.
    fn tell_interrupted(&self, cx: &mut UpdateCx<'_>) {
        let Some((row, run)) = self.newest().and_then(|row| Some((row, row.run.as_ref()?))) else { return };
        if row.customer.is_active {
            let words =
                format_args!("{}, {} of {}, was interrupted.", run.id, run.product.name(), row.customer.name);
            cx.say(Tone::Plain, phrase![words, " ", WayOn::Continue("go on with it")]);
        }
    }

    fn build(&mut self, cx: ViewCx<'_>) {
        let seen = self.seen.as_ref();
        let shown = search::search(self.rows(), self.search.text(), seen, cx.session.board_order);
        let is_news = |row: &BoardRow| seen.is_some_and(|seen| seen.is_news(row));
        let asked = search::products(self.search.text());
        let lines = shown.iter().map(|row| {
            let about = asked.as_ref().and_then(|products| row.about(products));
            line(about.as_deref().unwrap_or(row), is_news(row), cx)
        });
        let lines = lines.collect();
        self.customers = (BoardRow::customers(shown.into_iter()), BoardRow::customers(self.rows().iter()));
        self.news = self.rows().iter().filter(|row| is_news(row)).count();
        self.table.set(lines);
    }

    fn rows(&self) -> &[BoardRow] {
        self.board.as_ref().map_or(&[], |board| &board.rows)
    }

    fn row(&self, id: &RowId) -> Option<&BoardRow> {
        self.rows().iter().find(|row| row_id(row) == *id)
    }

    /// The run that was interrupted last; the upper one of two that were touched at the same time.
    fn newest(&self) -> Option<&BoardRow> {
        let touched = |row: &&BoardRow| {
            row.run.as_ref().filter(|run| !run.is_parked && !run.is_held()).map(|run| run.touched)
        };
        self.rows().iter().rev().filter(|row| touched(row).is_some()).max_by_key(touched)
    }

    fn choose(&mut self, cx: &mut UpdateCx<'_>, id: &RowId) -> Step {
        let row = self.row(id).filter(|_| !self.opening.is_out());
        let refused = row.and_then(search::refusal);
        let Some(BoardRow { customer, run, .. }) = row.cloned() else { return Step::Stay };
        self.refused = refused;
        self.keep_seen(cx, Some(customer.id));
        let (why, correction) = match (self.refused, run) {
            (Some(CardId::CustomerClosed), _) => {
                ("is closed: nothing can be set up for it. To open it again,", Correction::Open)
            }
            (Some(_), _) => {
                ("has no Office 365, Business365 or MPexchange. Once one is sold,", Correction::Products)
            }
            (None, Some(run)) => {
                self.opening.start(cx, pending::load_run(run.id), wait::RUN);
                return Step::Stay;
            }
            (None, None) => {
                let rows = self.rows().iter().filter(|other| other.customer.id == customer.id);
                let products = rows.flat_map(BoardRow::products).collect();
                return Step::Next(Box::new(Product::new(customer, products)));
            }
        };
        let way = cx.setup.operator.corrects(&customer.reference, correction);
        cx.say(Tone::Warn, phrase![format_args!("{} {why}", customer.name), " "].with(way));
        Step::Stay
    }

    /// Asks Microsoft about waiting runs when the last time was long enough ago, else pauses; nothing without such runs.
    fn ask_or_pause(&mut self, cx: &mut UpdateCx<'_>) {
        let waiting = self.waiting();
        if waiting.is_empty() || self.probe.is_out() || self.pause.is_out() || !cx.setup.is_board_watched {
            return;
        }
        let ready = cx.session.probed.map_or(cx.now, |last| last.plus(PROBE_PAUSE));
        if ready <= cx.now {
            cx.session.probed = Some(cx.now);
            self.probe.start(cx.calls, pending::probe_board(waiting));
        } else {
            self.pause.start(cx.calls, pending::wake(ready.since(cx.now)));
        }
    }

    fn waiting(&self) -> Vec<(RunId, TenantId)> {
        let waits = |row: &BoardRow| {
            let run = row.run.as_ref().filter(|run| !run.is_held())?;
            row.progress.is_awaited().then_some((run.id.clone(), row.customer.tenant?))
        };
        self.rows().iter().filter_map(waits).collect()
    }
}

/// Keeps how rows stand. Nothing waits for it: what could not be kept is news once more the next time.
fn keep(cx: &mut UpdateCx<'_>, seen: Seen) {
    cx.calls.start(pending::keep_seen(seen).request);
}

/// What came of bringing customers in, in the line of state.
fn told(imported: &Imported) -> (Tone, Phrase) {
    let sums = phrase!["From Microsoft: ", imported.sums(), "."];
    let is_left = imported.taken.iter().any(|taken| matches!(taken.did, Did::Left(_)));
    match &imported.missing {
        Some(missing) => {
            let what = Text::of(format_args!(" One of its lists is missing: {}. ", missing.what));
            (Tone::Warn, sums.then(what).then(missing.hint.clone()))
        }
        None if is_left => (
            Tone::Good,
            sums.then(phrase![" Who was left out, and why: ", Command::CustomersFromMicrosoft, " --dry-run"]),
        ),
        None => (Tone::Good, sums),
    }
}
