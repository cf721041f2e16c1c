//! Screen: choose a customer. Comes on at the start and whenever a run is let go; a row leads to its run or its products.
//!
//! At the start it stands while the world is still being opened, and says so; where that fails, `r` tries again.
//!
//! Runs stand on top, closed customers are hidden until they are searched for. While runs wait for consent, Microsoft is
//! asked about them at most every 30 s.

mod search;

use std::time::Duration;

use crate::{
    domain::{
        customer::Progress,
        failure::Failure,
        id::{CustomerId, RunId, TenantId},
        run::{Board, BoardRow, OpenRun},
        text::Text,
        time::Moment,
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::{
            field::{Field, Taken},
            list::Cursor,
            table::{Line, Table},
            wait::{self, Wait},
        },
        screen::{Scene, Screen, add::Add, product},
        step::Step,
        view::{Block, Card, Chord, Focus, Key, Layout, Notice, Panel, RowsView, Tone},
        words,
    },
};

/// Shortest pause between two questions to Microsoft about waiting runs (product.md section 9, *Flow*).
const PROBE_PAUSE: Duration = Duration::from_secs(30);

/// What names a row of the board, whatever its place.
type Name = (CustomerId, Option<RunId>);

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Customer {
    board: Option<Board>,
    search: Field,
    in_field: bool,
    /// Indices into the board's rows, in the order shown.
    shown: Vec<usize>,
    /// The rows shown.
    table: Table,
    cursor: Cursor,
    loading: Option<Wait>,
    opening: Option<Wait>,
    /// A question to Microsoft about the waiting runs, or the pause before the next one.
    probe: Option<CallId>,
    failure: Option<Failure>,
    /// The world could not be opened, and the focus went from the empty field to where `r` and `q` are keys.
    was_in_field: bool,
}

impl Default for Customer {
    fn default() -> Self {
        Self {
            board: None,
            search: Field::default(),
            in_field: true,
            shown: Vec::new(),
            table: Table::default(),
            cursor: Cursor::default(),
            loading: None,
            opening: None,
            probe: None,
            failure: None,
            was_in_field: false,
        }
    }
}

impl Customer {
    /// Why the customers can't be shown.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Comes on: has the world opened if it is not open yet, then reads the board.
    pub(crate) fn enter(&mut self, cx: &mut Cx<'_>) {
        self.load(cx);
    }

    /// Goes off.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        Wait::cancel(&mut self.loading, cx);
        Wait::cancel(&mut self.opening, cx);
        cx.calls.cancel_taken(&mut self.probe);
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Step {
        if self.in_field {
            return self.in_search(cx, intent);
        }
        match intent {
            Intent::Move(by) => self.cursor.step(*by, self.shown.len()),
            Intent::Submit | Intent::Act(Action::Submit) => return self.choose(cx),
            Intent::Act(Action::Search) | Intent::NextControl | Intent::PreviousControl => {
                self.in_field = true;
            }
            Intent::Act(Action::Refresh) => self.load(cx),
            Intent::Act(Action::Add) if !cx.session.is_open => {}
            Intent::Act(Action::Add) if cx.setup.operator.is_admin => {
                return Step::Next(Box::new(Screen::Add(Add::default())));
            }
            Intent::Act(Action::Add) => cx.say(Tone::Warn, "An Admin adds customers. Ask an Admin."),
            Intent::Back | Intent::Act(Action::Back) => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if Wait::ends(&mut self.opening, call) {
            match reply {
                Reply::Run(record) => return Step::Open(record),
                Reply::Failed(failure) => cx.say(Tone::Bad, words::failure(&failure)),
                _ => {}
            }
        } else if Wait::ends(&mut self.loading, call) {
            match reply {
                Reply::World(_) => {
                    self.in_field |= std::mem::take(&mut self.was_in_field);
                    self.load(cx);
                }
                Reply::Board(board) => self.take(cx, board),
                Reply::Failed(failure) => self.fail(cx, failure),
                _ => {}
            }
        } else if self.probe == Some(call) {
            self.probe = None;
            match reply {
                Reply::Board(board) => self.take(cx, board),
                // The pause is over, or the question failed: the rows stay, and the next one comes after a pause.
                _ => self.ask_or_pause(cx),
            }
        } else {
            // The write that let go of a run: what was read beside it may be older.
            if let Reply::Failed(failure) = reply {
                cx.say(Tone::Bad, words::failure(&failure));
            }
            self.load(cx);
        }
        Step::Stay
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        let wait = self.opening.as_ref().or(self.loading.as_ref());
        let mut blocks = Vec::new();
        if let Some(failure) = self.failure.as_ref().filter(|_| self.loading.is_none()) {
            blocks.push(Block::Failure(failure.clone()));
        }
        blocks.push(Block::Rows(RowsView {
            layout: Layout::Customers,
            rows: &self.table,
            cursor: self.cursor.get(self.shown.len()),
            anchor: None,
            is_searching: false,
            counts: self.counts(),
            search: Some(self.search.view("Search", "name, domain or reference", None, self.in_field)),
            empty: self.empty(look.session.is_open),
            is_focused: !self.in_field,
        }));
        Scene {
            panel: Panel { heading: Text::from("Which customer?"), blocks },
            overlay: None,
            notice: wait.map(|wait| wait.notice(look.now)).or_else(|| self.under_cursor()),
            keys: self.keys(look.setup.operator.is_admin),
            focus: if self.in_field { Focus::Field } else { Focus::Rows },
            next_change: wait.map(|wait| wait.next_change(look.now)),
        }
    }

    /// Whether what was asked for is on its way.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.loading.is_some() || self.opening.is_some()
    }

    /// What to say.
    pub(crate) fn card() -> Card {
        Card {
            say: Text::from(
                "May I have your company's name, please? I'll read it back to you before we change anything.",
            ),
            sees: Text::from("Nothing yet. The customer does not need a computer for this step."),
            wrong: Vec::new(),
        }
    }

    fn in_search(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Step {
        match self.search.intent(intent) {
            Taken::Changed => {
                self.search_changed(cx);
                return Step::Stay;
            }
            Taken::Kept => return Step::Stay,
            Taken::NotMine => {}
        }
        match intent {
            Intent::Submit
            | Intent::Act(Action::Submit)
            | Intent::NextControl
            | Intent::PreviousControl
            | Intent::Move(_) => self.in_field = false,
            Intent::Back if self.search.is_empty() => return Step::Back,
            Intent::Back => {
                self.search.clear();
                self.search_changed(cx);
            }
            _ => {}
        }
        Step::Stay
    }

    fn keys(&self, is_admin: bool) -> Vec<Key> {
        if self.in_field {
            return words::search_keys();
        }
        let mut keys = vec![
            words::key(
                Chord::Enter,
                Action::Submit,
                "choose",
                "Takes up the run or the customer under the cursor.",
            ),
            words::key(
                Chord::Char('/'),
                Action::Search,
                "search",
                "Type to search: name, domain or reference.",
            ),
            words::key(Chord::Char('r'), Action::Refresh, "refresh", "Reads the customers again."),
        ];
        if is_admin {
            keys.push(words::key(Chord::Char('n'), Action::Add, "new", "Adds a customer."));
        }
        keys
    }

    /// How far the row under the cursor is, whole: in the row it may be cut.
    fn under_cursor(&self) -> Option<Notice> {
        let at = self.cursor.get(self.shown.len()).filter(|_| !self.in_field)?;
        let line = self.table.0.get(at)?;
        let has_run = self.chosen().is_some_and(|row| row.run.is_some());
        let [name, .., far] = line.cells.as_slice() else { return None };
        let words = Text::of(format_args!("{name}: {far}."));
        (has_run || line.is_quiet).then_some(Notice { tone: Tone::Plain, words })
    }

    fn counts(&self) -> Text {
        let all = self.board.as_ref().map_or(0, |board| board.rows.len());
        match (self.board.is_some(), self.search.is_empty()) {
            (false, _) => Text::default(),
            (true, true) => Text::of(format_args!("{} listed", self.shown.len())),
            (true, false) => Text::of(format_args!("{} of {all} found", self.shown.len())),
        }
    }

    fn empty(&self, is_open: bool) -> Text {
        match (&self.board, self.search.is_empty()) {
            (None, _) if !is_open && self.loading.is_some() => Text::from("Opening the record."),
            (None, _) if !is_open && self.in_field => Text::from(
                "The record could not be opened. Press Tab, then r to try again or q to leave. Nothing is lost.",
            ),
            (None, _) if !is_open => Text::from(
                "The record could not be opened. Press r to try again, q to leave. Nothing is lost.",
            ),
            (None, _) if self.failure.is_some() => {
                Text::from("The customers could not be read. Press r to try again.")
            }
            (None, _) => Text::from("Reading the customers."),
            (Some(_), true) => Text::from("There is no customer yet. An Admin adds one with n."),
            (Some(_), false) => {
                Text::from("No customer is found by these words. Esc in the field clears it.")
            }
        }
    }

    fn load(&mut self, cx: &mut Cx<'_>) {
        if !cx.session.is_open && self.loading.is_some() {
            return; // a second r would only start the waiting over
        }
        Wait::cancel(&mut self.loading, cx);
        self.loading = Some(if cx.session.is_open {
            self.failure = None;
            Wait::start(cx, Request::LoadBoard, wait::BOARD)
        } else {
            // What went wrong before is not shown meanwhile, and stays known: who leaves now leaves a failure.
            Wait::start(cx, Request::OpenWorld, wait::WORLD)
        });
    }

    /// Nothing can be shown. At the start the keys must work; who is typing a name already goes on typing.
    fn fail(&mut self, cx: &Cx<'_>, failure: Failure) {
        self.failure = Some(failure);
        if !cx.session.is_open && self.in_field && self.search.is_empty() {
            self.in_field = false;
            self.was_in_field = true;
        }
    }

    /// Takes a board in; the cursor stays on its row, at first it goes to the newest interrupted run.
    fn take(&mut self, cx: &mut Cx<'_>, mut board: Board) {
        let under = self.chosen().map(name);
        board.rows.sort_by_key(|row| row.run.is_none());
        let is_first = self.board.is_none();
        self.failure = None;
        cx.session.sweep_warning.clone_from(&board.sweep_warning);
        self.board = Some(board);
        self.build(cx);
        if is_first {
            self.cursor.put(self.newest_interrupted());
            if cx.notice.is_none() {
                self.tell_interrupted(cx);
            }
        } else if let Some(at) = under.and_then(|under| self.find(&under)) {
            self.cursor.put(at);
        }
        self.ask_or_pause(cx);
    }

    /// Names the interrupted run under the cursor in full: its row may be cut.
    fn tell_interrupted(&self, cx: &mut Cx<'_>) {
        let Some((row, run)) = self.chosen().and_then(|row| Some((row, row.run.as_ref()?))) else { return };
        if !run.is_parked && !run.is_held && row.customer.is_active {
            let (name, product) = (&row.customer.name, run.product.name());
            let words =
                format_args!("{}, {product} of {name}, was interrupted. Press Enter twice to go on.", run.id);
            cx.say(Tone::Plain, Text::of(words));
        }
    }

    fn search_changed(&mut self, cx: &Cx<'_>) {
        self.build(cx);
        let at = if self.search.is_empty() { self.newest_interrupted() } else { 0 };
        self.cursor.put(at);
    }

    fn build(&mut self, cx: &Cx<'_>) {
        let rows = self.rows();
        let shown = search::search(rows, self.search.text());
        let lines: Vec<Line> = shown
            .iter()
            .filter_map(|at| rows.get(*at))
            .map(|row| line(row, cx.now, cx.setup.here.as_str()))
            .collect();
        self.shown = shown;
        self.table = Table(lines);
    }

    fn rows(&self) -> &[BoardRow] {
        self.board.as_ref().map_or(&[], |board| &board.rows)
    }

    fn chosen(&self) -> Option<&BoardRow> {
        let at = self.cursor.get(self.shown.len())?;
        self.rows().get(*self.shown.get(at)?)
    }

    fn find(&self, under: &Name) -> Option<usize> {
        let rows = self.rows();
        self.shown.iter().position(|at| rows.get(*at).map(name).as_ref() == Some(under))
    }

    fn newest_interrupted(&self) -> usize {
        let touched = |at: &usize| {
            let run = self.rows().get(*at)?.run.as_ref()?;
            (!run.is_parked && !run.is_held).then_some(run.touched)
        };
        let newest =
            self.shown.iter().enumerate().filter_map(|(place, at)| Some((touched(at)?, place))).max_by_key(
                // The upper one of two that were touched at the same time.
                |(touched, place)| (*touched, std::cmp::Reverse(*place)),
            );
        newest.map_or(0, |(_, place)| place)
    }

    fn choose(&mut self, cx: &mut Cx<'_>) -> Step {
        if self.opening.is_some() {
            return Step::Stay;
        }
        let Some(row) = self.chosen() else { return Step::Stay };
        if !row.customer.is_active {
            let name = &row.customer.name;
            cx.say(Tone::Warn, Text::of(format_args!("{name} is closed: nothing can be set up for a closed account. If that is wrong, an Admin opens it again in the customer's record.")));
        } else if let Some(run) = &row.run {
            let load = Request::LoadRun(run.id.clone());
            self.opening = Some(Wait::start(cx, load, wait::RUN));
        } else if row.customer.products.is_empty() {
            let name = &row.customer.name;
            cx.say(Tone::Warn, Text::of(format_args!("{name} has none of Office 365, Business365 or MPexchange, so there is nothing to back up. Sell one of them first; then an Admin adds it to the customer's record.")));
        } else {
            let runs = self.rows().iter().filter(|other| other.customer.id == row.customer.id);
            let runs: Vec<(OpenRun, Text)> = runs
                .filter_map(|other| {
                    let words = words::progress(&other.progress, cx.now, cx.setup.here.as_str());
                    Some((other.run.clone()?, words))
                })
                .collect();
            return Step::Next(Box::new(Screen::Product(product::Product::new(row.customer.clone(), &runs))));
        }
        Step::Stay
    }

    /// Asks Microsoft about waiting runs when the last time was long enough ago, else pauses; nothing without such runs.
    fn ask_or_pause(&mut self, cx: &mut Cx<'_>) {
        let waiting = self.waiting();
        if waiting.is_empty() || self.probe.is_some() || !cx.setup.is_board_watched {
            return;
        }
        let ready = cx.session.probed.map_or(cx.now, |last| last.plus(PROBE_PAUSE));
        let request = if ready <= cx.now {
            cx.session.probed = Some(cx.now);
            Request::ProbeBoard(waiting)
        } else {
            Request::Wake(ready.since(cx.now))
        };
        self.probe = Some(cx.calls.start(request));
    }

    fn waiting(&self) -> Vec<(RunId, TenantId)> {
        let waits = |row: &BoardRow| {
            let run = row.run.as_ref().filter(|run| !run.is_held)?;
            let is_waiting = matches!(row.progress, Progress::WaitingForConsent { .. });
            is_waiting.then_some((run.id.clone(), row.customer.tenant?))
        };
        self.rows().iter().filter_map(waits).collect()
    }
}

fn name(row: &BoardRow) -> Name {
    (row.customer.id, row.run.as_ref().map(|run| run.id.clone()))
}

/// One row in words.
fn line(row: &BoardRow, now: Moment, here: &str) -> Line {
    let customer = &row.customer;
    let far = row.in_words(now, here);
    Line {
        cells: vec![customer.name.clone(), customer.domain.clone(), customer.reference.clone(), far],
        is_quiet: !customer.is_active || (row.run.is_none() && customer.products.is_empty()),
        product: row.run.as_ref().map(|run| run.product),
    }
}

#[cfg(test)]
mod tests;
