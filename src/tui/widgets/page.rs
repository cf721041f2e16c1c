//! The page: a question and its blocks in a panel. Text flows and scrolls; rows take the room that is left; a receipt has
//! a panel of its own, beside the rest where that is wide enough, else below it.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Margin, Position, Rect},
    text::{Line, Span},
};

use crate::{
    domain::{bill::grouped, failure::Failure, phrase::Phrase, text::Text},
    tui::{
        draw::SMALL,
        keys::table::{self, KEYS},
        state::{self, Focus, List, Scroll, State},
        theme::{Role, Sign},
        words::{Keyboard, break_up, cut, say, width, wrap},
    },
    wizard::{
        answer::Action,
        ask::Shape,
        view::{Block, Fact, HandoutId, Page, RowsView, View},
    },
};

use super::{
    bill, checks,
    checks::Fold,
    control,
    flow::{FlowLine, Pen, Rank, blank, draw, height_of, tighten},
    panel::{Panel, has_borders, range},
    rows::RowsTable,
};

/// Lines that a list gets at least, its heads included; words around it give way.
const LEAST_ROWS: u16 = 5;

/// Work of at least this width has its receipt beside it.
const BESIDE_FROM: u16 = 96;

/// Narrowest flow that a card may leave: a sentence is read well there. A guess.
pub(crate) const FLOW: u16 = 58;

/// Columns in front of what is searched for: the edge, the key and the air around it.
const SEARCH: u16 = 4;

/// A page, where it stands.
#[derive(Debug)]
pub(crate) struct PageView<'v, 'a> {
    /// The view whose page it is.
    pub(crate) view: &'v View<'a>,
    /// The page itself, or the one below it.
    pub(crate) page: &'v Page<'a>,
    /// It has the keyboard.
    pub(crate) is_active: bool,
    /// Said in the upper rule of a small window, where there is no line of steps.
    pub(crate) step: String,
    /// The window.
    pub(crate) window: Rect,
}

impl PageView<'_, '_> {
    /// Draws it; says where the hardware cursor stands.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        let Some(lines) = self.page.document() else { return self.work(area, buf, state) };
        if self.page.blocks.len() < 2 {
            return self.receipt(lines, area, buf, state);
        }
        let [work, receipt] = if area.width >= BESIDE_FROM {
            Layout::horizontal([Constraint::Percentage(46), Constraint::Fill(1)]).areas(area)
        } else {
            let borders = 2 + u16::from(!self.has_borders() && !self.step.is_empty());
            let words = height_of(&self.flow(self.pen(area, state), state, Fold::Well));
            if self.is_short() {
                // The verdict, and how many are off: never more than two lines and one.
                let [work, receipt] =
                    Layout::vertical([Constraint::Length(3), Constraint::Fill(1)]).areas(area);
                self.work(work, buf, state);
                return self.receipt(lines, receipt, buf, state);
            }
            let rows = self.page.rows().map_or(0, |rows| rows.rows.len().min(4).saturating_add(2));
            let need = words.saturating_add(u16::try_from(rows).unwrap_or(0)).saturating_add(borders);
            // The receipt is there to be read, and scrolled: half of the room is its own.
            let most = area.height.saturating_sub((area.height / 2).max(4));
            Layout::vertical([Constraint::Length(need.min(most)), Constraint::Fill(1)]).areas(area)
        };
        let cursor = self.work(work, buf, state);
        let read = self.receipt(lines, receipt, buf, state);
        if state.focus == Focus::Text { read } else { cursor }
    }

    /// What the receipt is: the block directly above it says so.
    fn receipt_title(&self) -> Option<&Phrase> {
        self.page.blocks.windows(2).find_map(|pair| match pair {
            [Block::Para(words) | Block::Strong(_, words), Block::Lines(_)] => Some(words),
            _ => None,
        })
    }

    fn has_borders(&self) -> bool {
        has_borders(self.window)
    }

    /// What the lines inside a panel are made with.
    pub(crate) fn pen(&self, area: Rect, state: &State) -> Pen {
        let frame = if self.has_borders() { 4 } else { 0 };
        let focus = if self.is_active { state.focus } else { Focus::Text };
        Pen { theme: state.theme, width: area.width.saturating_sub(frame), focus }
    }

    /// Lines that the heading takes of a panel that is so wide inside: none where its upper rule has room for it.
    pub(crate) fn heading_height(&self, room: u16, state: &State) -> u16 {
        let heading = say(&self.page.heading, state.keyboard());
        let lines = wrap(heading.as_str(), room, state.theme.use_unicode()).len();
        if lines < 2 { 0 } else { u16::try_from(lines).unwrap_or(u16::MAX) }
    }

    fn panel(&self, state: &State) -> Panel {
        Panel {
            title: say(&self.page.heading, state.keyboard()).to_string(),
            is_active: self.is_active && !(self.is_read() && state.focus == Focus::Text),
            has_borders: self.has_borders(),
            step: self.step.clone(),
            ..Panel::default()
        }
    }

    /// Whether a receipt has the keyboard where the text would have it.
    fn is_read(&self) -> bool {
        self.page.rows().is_some() || self.page.document().is_some()
    }

    /// Whether a list beside a receipt has no room at all.
    fn is_short(&self) -> bool {
        self.window.height < SMALL && self.page.rows().is_some() && self.page.document().is_some()
    }

    fn counts(rows: &RowsView<'_>, state: &State) -> Vec<String> {
        rows.counts.iter().map(|count| say(count, state.keyboard()).to_string()).collect()
    }

    /// Everything but the receipt.
    fn work(&self, area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        match self.page.rows() {
            // The receipt has the names.
            Some(rows) if self.is_short() => {
                let counts = Self::counts(rows, state);
                let panel = Panel { counts, step: String::new(), ..self.panel(state) };
                panel.frame(area, buf, state.theme).as_position()
            }
            Some(rows) => self.list(rows, area, buf, state),
            None => self.text(area, buf, state),
        }
    }

    /// A page of text and controls.
    fn text(&self, area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        let lines = |pen: Pen, height: usize| {
            let needed = |lines: &[FlowLine]| {
                lines.iter().filter(|line| matches!(line.rank, Rank::Needed | Rank::Total)).count()
            };
            let mut folded = [Fold::Well, Fold::Less].into_iter().map(|fold| self.flow(pen, state, fold));
            let fits = folded.find(|lines| needed(lines) <= height);
            fits.unwrap_or_else(|| self.flow(pen, state, Fold::All))
        };
        // The keys that scroll are for the receipt, where there is one.
        let is_scrolled = self.is_active && !self.is_read();
        let mut scroll = if is_scrolled { state.scroll } else { Scroll::default() };
        let cursor = self.panel(state).text(area, buf, self.pen(area, state), &mut scroll, lines);
        if is_scrolled {
            state.scroll = scroll;
        }
        cursor
    }

    /// The receipt, as it is, in a panel of its own.
    fn receipt(&self, lines: &[Text], area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        let title = self.receipt_title().map(|title| say(title, Keyboard::Commands).to_string());
        let panel = Panel {
            title: title.unwrap_or_else(|| "Receipt".into()),
            is_active: self.is_active && state.focus == Focus::Text,
            has_borders: self.has_borders(),
            ..Panel::default()
        };
        // Its columns stay; what does not fit goes on below it.
        let line = |line: &Text, pen: Pen| match width(line.as_str()) {
            wide if wide <= pen.width => vec![pen.theme.span(Role::Plain, line.as_str()).into()],
            // Below its first column: what is indented stays so.
            _ => {
                let words = line.as_str().trim_start();
                let indent = width(line.as_str()).saturating_sub(width(words)).min(pen.width / 2);
                pen.hanging(vec![blank(indent)], Role::Plain, words)
            }
        };
        let lines = |pen: Pen, _| lines.iter().flat_map(|words| line(words, pen)).collect();
        let pen = Pen { focus: Focus::Text, ..self.pen(area, state) };
        panel.text(area, buf, pen, &mut state.scroll, lines)
    }

    /// A page with rows: they take what is left; words above them give way.
    fn list(&self, rows: &RowsView<'_>, area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        let (theme, keyboard) = (state.theme, state.keyboard());
        let pen = self.pen(area, state);
        let mut lines = self.search(rows, pen, state);
        let mut words = self.flow(pen, state, Fold::All);
        let has_counts = !rows.counts.is_empty() || rows.domain.is_some();
        let frame = if self.has_borders() { 2 } else { 1 + u16::from(has_counts) };
        // Words in the place of rows give way to what went wrong.
        let least = if rows.rows.is_empty() { 1 } else { LEAST_ROWS };
        let taken = height_of(&lines).saturating_add(frame).saturating_add(least);
        give_way(&mut words, usize::from(area.height.saturating_sub(taken)), pen.focus);
        lines.append(&mut words);
        let table = RowsTable {
            view: rows,
            events: self.view.events,
            theme,
            // With the only hit in sight, Enter in the field above chooses it.
            is_lit: self.is_active && (state.focus == Focus::Rows || state::has_only_hit(self.view)),
            // An interrupted run is named and led to, wherever the keyboard is.
            is_marked: state.focus == Focus::Rows || rows.start.is_some(),
            empty: say(&rows.empty, keyboard).to_string(),
        };
        let mut panel = Panel {
            counts: Self::counts(rows, state),
            domain: rows.domain.as_ref().map(|domain| format!("@{domain}")).unwrap_or_default(),
            ..self.panel(state)
        };
        let list = state.listed_mut();
        let above = height_of(&lines);
        let settle = |list: &mut List, height: u16| {
            table.settle(list, height.saturating_sub(above));
            (list.top, usize::from(list.height), rows.rows.len())
        };
        // Which rows are seen where the question takes one line; where it takes more, the panel asks again.
        panel.range = range(settle(list, area.height.saturating_sub(frame)), theme);
        let inner = panel.fitted(area, buf, theme, |inner| settle(list, inner.height));
        let [words, below] =
            Layout::vertical([Constraint::Length(above.min(inner.height)), Constraint::Fill(1)]).areas(inner);
        let cursor = draw(&lines, pen.focus, words, buf, &mut Scroll::default());
        // The lit row is one look from border to border; its air is the gutter.
        let within = if panel.has_borders { below.outer(Margin::new(1, 0)) } else { below };
        cursor.or(table.draw(within, buf, list)).unwrap_or(below.as_position())
    }

    /// The field above the rows: while it is typed into or acts; where a row is picked, always.
    fn search(&self, rows: &RowsView<'_>, pen: Pen, state: &State) -> Vec<FlowLine> {
        let Some(search) = &rows.search else { return Vec::new() };
        let own = Focus::Field(search.id);
        let (is_focused, is_filled) = (pen.focus == own, state::is_filled(search));
        if !is_focused && !is_filled && self.view.ask.shape != Shape::Pick {
            return Vec::new();
        }
        let theme = pen.theme;
        let edge = if is_focused { theme.sign(Sign::EDGE) } else { " " };
        let role = if is_focused || is_filled { Role::Accent } else { Role::Quiet };
        let room = pen.width.saturating_sub(SEARCH);
        let (shown, caret) = control::in_sight(state.field(search.id), search, room.max(2), theme);
        let room = room.saturating_sub(width(&shown)).saturating_sub(3);
        let mut spans = vec![theme.span(role, &format!("{edge} / ")), Span::raw(shown)];
        let mut more = Vec::new();
        if let Some(problem) = &search.problem {
            let problem = say(problem, Keyboard::Text);
            let sign = theme.span(Role::Warn, &format!("{} ", theme.sign(Sign::WARN)));
            if width(problem.as_str()).saturating_add(2) <= room {
                spans.extend([blank(3), sign, theme.span(Role::Warn, problem.as_str())]);
            } else {
                more = pen.hanging(vec![blank(SEARCH), sign], Role::Warn, problem.as_str());
            }
        } else if !is_filled && !search.hint.is_empty() && room > 8 {
            let hint = say(&search.hint, Keyboard::Text);
            let hint = cut(hint.as_str(), room, theme.use_unicode());
            spans.extend([blank(3), theme.span(Role::Quiet, &hint)]);
        }
        let line =
            FlowLine { control: Some((own, SEARCH.saturating_add(caret))), ..Line::from(spans).into() };
        std::iter::once(line).chain(more).collect()
    }

    /// The blocks as lines, rows and receipt left out.
    pub(crate) fn flow(&self, pen: Pen, state: &State, fold: Fold) -> Vec<FlowLine> {
        let labels = self.page.all(|block| match block {
            Block::Field(field) => Some(field.label),
            Block::Choice(choice) if !choice.is_box() => Some(choice.label.as_str()),
            _ => None,
        });
        let labels = control::label_width(labels, pen.width);
        let failure = |block: &Block<'_>| {
            if let Block::Failure(failure) = block { Some(failure.clone()) } else { None }
        };
        let mut said: Vec<Failure> = self.page.blocks.iter().filter_map(failure).collect();
        let mut lines: Vec<FlowLine> = Vec::new();
        for block in &self.page.blocks {
            let mut more = self.block(block, (labels, fold), &mut said, pen, state);
            let is_control = matches!(block, Block::Field(_) | Block::Choice(_));
            let follows = lines.last().is_some_and(|line| line.rank != Rank::Air);
            // Controls stand together: the line below each is air enough.
            let is_between = lines.iter().rev().take(3).any(|line| line.control.is_some());
            if !more.is_empty() && follows && !(is_control && is_between) {
                lines.push(Pen::air());
            }
            lines.append(&mut more);
        }
        if self.is_active {
            if let Shape::Number(asked) = &self.view.ask.shape {
                lines.push(Pen::air());
                lines.extend(control::number(asked, &state.number, &state.answered, pen));
            }
            let buttons = state::own_buttons(self.view);
            if !buttons.is_empty() {
                lines.push(Pen::air());
                lines.extend(control::buttons(&buttons, pen));
            }
        }
        lines
    }

    /// The lines of what is no sentence: a sentence may wrap where it must, a name, a link or a check not.
    pub(crate) fn work_lines(&self, pen: Pen, state: &State) -> Vec<FlowLine> {
        let is_work = |block: &&Block<'_>| !matches!(block, Block::Para(_) | Block::Strong(..));
        let of = |block: &Block<'_>| self.block(block, (0, Fold::Well), &mut Vec::new(), pen, state);
        self.page.blocks.iter().filter(is_work).flat_map(of).collect()
    }

    fn block(
        &self,
        block: &Block<'_>,
        (labels, fold): (u16, Fold),
        said: &mut Vec<Failure>,
        pen: Pen,
        state: &State,
    ) -> Vec<FlowLine> {
        let keyboard = if self.is_active { state.keyboard() } else { Keyboard::Commands };
        let say = |words: &Phrase| say(words, keyboard);
        match block {
            // That is the title of the receipt.
            Block::Para(words) | Block::Strong(_, words)
                if self.receipt_title().is_some_and(|title| std::ptr::eq(title, words)) =>
            {
                Vec::new()
            }
            Block::Para(words) => pen.para(Role::Plain, say(words).as_str()),
            Block::Strong(tone, words) => {
                let (sign, role) = pen.theme.tone(*tone);
                let first = (!sign.is_empty()).then(|| pen.theme.span(role, &format!("{sign} ")));
                pen.hanging(first.into_iter().collect(), Role::Strong, say(words).as_str())
            }
            Block::Facts(facts) => {
                // Ours, and few: cut only where they would leave no room for what they say.
                let label = facts.iter().map(|fact| width(fact.label)).max().unwrap_or(0).min(pen.width / 2);
                let line = |fact: &Fact| {
                    let first = vec![pen.theme.span(Role::Quiet, &pen.padded(fact.label, label)), blank(2)];
                    pen.hanging(first, Role::Plain, say(&fact.value).as_str())
                };
                facts.iter().flat_map(line).collect()
            }
            Block::Counts(counts) => bill::counts(counts, pen),
            Block::Bill(view) => bill::bill(view, fold, pen),
            Block::Field(field) => control::field(field, state.field(field.id), labels, pen),
            Block::Choice(choice) => control::choice(choice, labels, pen),
            Block::Buttons(buttons) => control::buttons(buttons, pen),
            Block::Checks(group) => checks::group(group, fold, said, pen),
            Block::Link(link) => self.link(link, pen),
            Block::Failure(failure) => {
                let mut lines = checks::failure(failure, 0, pen);
                let is_sent = self.view.handouts.first().is_some_and(|text| text.id == HandoutId::Error);
                // In a field these keys are text.
                if is_sent && self.page.link().is_none() && keyboard == Keyboard::Commands {
                    lines
                        .extend(self.ways(pen).into_iter().map(|line| FlowLine { rank: Rank::Hint, ..line }));
                }
                lines
            }
            Block::Progress { done, total } => vec![progress(*done, *total, pen)],
            Block::Lines(_) | Block::Rows(_) => Vec::new(),
        }
    }

    /// The link, alone and whole, and the ways to hand it over.
    fn link(&self, link: &Text, pen: Pen) -> Vec<FlowLine> {
        let theme = pen.theme;
        let pieces = break_up(link.as_str(), pen.width);
        let mut lines: Vec<FlowLine> =
            pieces.into_iter().map(|line| theme.span(Role::Plain, line).into()).collect();
        lines.extend(self.ways(pen));
        if self.view.offer(Action::Open).is_none() {
            // Whoever looks for the key that opens it reads why there is none.
            let words = theme.span(Role::Quiet, "No browser opens here.");
            lines.push(FlowLine { rank: Rank::Hint, ..words.into() });
        }
        lines
    }

    /// The ways to send what is sent first.
    fn ways(&self, pen: Pen) -> Vec<FlowLine> {
        let theme = pen.theme;
        let sends = KEYS.iter().filter(|key| table::is_sending(key.deed) && table::is_open(key, self.view));
        // The words in front are no line of their own.
        let lead = match self.view.handouts.first().map(|text| text.id) {
            None | Some(HandoutId::Link) => "Send it:  ".to_owned(),
            Some(other) => format!("Send {}:  ", other.title()),
        };
        let mut lead = Some(theme.span(Role::Plain, &lead));
        let ways: Vec<_> = sends
            .map(|key| {
                let label = format!(" {}", table::label(key, self.view));
                let key = [theme.span(Role::Accent, &table::name(key.key)), theme.span(Role::Plain, &label)];
                (lead.take().into_iter().chain(key).collect(), None)
            })
            .collect();
        if ways.is_empty() { Vec::new() } else { pen.side_by_side(Vec::new(), 3, ways) }
    }
}

/// Leaves so many lines above a list; those with a control stay, for a form beside its list must be usable.
fn give_way(lines: &mut Vec<FlowLine>, spare: usize, focus: Focus) {
    tighten(lines, spare, focus);
    while lines.len() > spare
        && let Some(at) = lines.iter().rposition(|line| line.control.is_none())
    {
        lines.remove(at);
    }
}

/// Work with a known end: how much of it is done, in words and as a bar to the right edge.
fn progress(done: u32, total: u32, pen: Pen) -> FlowLine {
    let of =
        |whole: u64| u64::from(done).saturating_mul(whole).checked_div(u64::from(total)).unwrap_or(whole);
    let label = format!("{} of {} ({} %) ", grouped(done), grouped(total), of(100).min(100));
    let room = pen.width.saturating_sub(width(&label));
    let filled = u16::try_from(of(u64::from(room))).unwrap_or(room).min(room);
    let bar = |role, sign, len| pen.theme.span(role, &pen.theme.sign(sign).repeat(usize::from(len)));
    let spans = [
        Span::raw(label),
        bar(Role::Waiting, Sign::FILLED, filled),
        bar(Role::Quiet, Sign::RULE, room - filled),
    ];
    Line::from_iter(spans).into()
}
