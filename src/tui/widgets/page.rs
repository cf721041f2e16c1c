//! The page: a question and its blocks in a panel. Text flows and scrolls; rows take the room that is left; a receipt has
//! a panel of its own, beside the rest where that is wide enough, else below it.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Position, Rect},
    text::{Line, Span},
    widgets::{Clear, StatefulWidget, Widget},
};

use crate::{
    domain::{failure::Failure, phrase::Phrase, text::Text},
    tui::{
        keys::table::{self, Binding, KEYS},
        state::{self, Focus, List, Scroll, State},
        theme::Role,
        words::{Keyboard, break_up, cut, say, width},
    },
    wizard::{
        answer::Action,
        ask::Shape,
        view::{Block, Page, RowsView, View},
    },
};

use super::{
    bill, checks,
    checks::Fold,
    control,
    flow::{Flow, FlowLine, Pen, blank, tighten},
    panel::{Panel, has_borders, range},
    rows::RowsTable,
};

/// Lines that a list gets at least, its heads included; words around it give way.
const LEAST_ROWS: u16 = 5;

/// Work of at least this width has its receipt beside it.
const BESIDE_FROM: u16 = 96;

/// Narrowest flow that a card may leave: a sentence is read well there. A guess.
pub(crate) const FLOW: u16 = 58;

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
        let Some(lines) = self.lines() else { return self.work(area, buf, state) };
        let has_more = self.page.blocks.len() > 1;
        if !has_more {
            return self.receipt(lines, area, buf, state);
        }
        let areas: [Rect; 2] = if area.width >= BESIDE_FROM {
            Layout::horizontal([Constraint::Percentage(46), Constraint::Fill(1)]).areas(area)
        } else {
            let borders = if self.has_borders() { 2 } else { 2 + u16::from(!self.step.is_empty()) };
            let pen = Pen { theme: state.theme, width: self.inner(area) };
            let need = self.flow(pen, state, Fold::Well).len();
            let rows = state::rows(self.page).map_or(0, |rows| rows.rows.len().min(4).saturating_add(2));
            let need = u16::try_from(need.saturating_add(rows)).unwrap_or(u16::MAX).saturating_add(borders);
            // The receipt is there to be read, and scrolled: a third of the room is its own.
            let most = area.height.saturating_sub((area.height / 3).max(4));
            Layout::vertical([Constraint::Length(need.min(most)), Constraint::Fill(1)]).areas(area)
        };
        let [work, receipt] = areas;
        let cursor = self.work(work, buf, state);
        let read = self.receipt(lines, receipt, buf, state);
        if state.focus == Focus::Text { read } else { cursor }
    }

    /// The lines of a receipt.
    fn lines(&self) -> Option<&[Text]> {
        self.page
            .blocks
            .iter()
            .find_map(|block| if let Block::Lines(lines) = block { Some(*lines) } else { None })
    }

    /// What the receipt is: the block directly above it says so.
    fn receipt_title(&self) -> Option<&Phrase> {
        let title =
            |pair: &[Block<'_>]| matches!(pair, [Block::Para(_) | Block::Strong(..), Block::Lines(_)]);
        let at = self.page.blocks.windows(2).position(title)?;
        match self.page.blocks.get(at)? {
            Block::Para(words) | Block::Strong(_, words) => Some(words),
            _ => None,
        }
    }

    fn has_borders(&self) -> bool {
        has_borders(self.window)
    }

    fn inner(&self, area: Rect) -> u16 {
        if self.has_borders() { area.width.saturating_sub(4) } else { area.width }
    }

    fn panel(&self, keyboard: Keyboard) -> Panel {
        Panel {
            title: say(&self.page.heading, keyboard).to_string(),
            is_active: self.is_active,
            has_borders: self.has_borders(),
            step: self.step.clone(),
            ..Panel::default()
        }
    }

    /// Everything but the receipt.
    fn work(&self, area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        match state::rows(self.page) {
            Some(rows) => self.list(rows, area, buf, state),
            None => self.text(area, buf, state),
        }
    }

    /// The focus, where this page has the keyboard.
    fn focus(&self, state: &State) -> Option<Focus> {
        self.is_active.then_some(state.focus)
    }

    /// A page of text and controls.
    fn text(&self, area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        let mut panel = self.panel(state.keyboard());
        let is_read = self.page.blocks.iter().any(|block| matches!(block, Block::Lines(_)));
        panel.is_active &= !is_read || state.focus != Focus::Text;
        let lines = |pen: Pen, height: usize| {
            let mut lines = self.flow(pen, state, Fold::Well);
            for fold in [Fold::Less, Fold::All] {
                if needed(&lines) <= height {
                    break;
                }
                lines = self.flow(pen, state, fold);
            }
            lines
        };
        let mut scroll = if self.is_active && !is_read { state.scroll } else { Scroll::default() };
        let focus = self.focus(state).unwrap_or_default();
        let cursor = panel.text(area, buf, (state.theme, focus), &mut scroll, lines);
        if self.is_active && !is_read {
            state.scroll = scroll;
        }
        cursor
    }

    /// The receipt, as it is, in a panel of its own.
    fn receipt(&self, lines: &[Text], area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        let panel = Panel {
            title: self
                .receipt_title()
                .map_or_else(|| "Receipt".into(), |title| say(title, Keyboard::Commands).to_string()),
            is_active: self.is_active && state.focus == Focus::Text,
            has_borders: self.has_borders(),
            ..Panel::default()
        };
        // Its columns stay; what does not fit goes on below it.
        let line = |line: &Text, pen: Pen| match width(line.as_str()) {
            wide if wide <= pen.width => vec![pen.theme.span(Role::Plain, line.as_str()).into()],
            _ => pen.para(Role::Plain, line.as_str()),
        };
        let lines = |pen: Pen, _| lines.iter().flat_map(|words| line(words, pen)).collect();
        panel.text(area, buf, (state.theme, Focus::Text), &mut state.scroll, lines)
    }

    /// A page with rows: they take what is left; words above them give way.
    fn list(&self, rows: &RowsView<'_>, area: Rect, buf: &mut Buffer, state: &mut State) -> Position {
        let question = if self.is_active { self.view.ask.id } else { state.listed };
        let mut list = std::mem::take(state.list_mut(question));
        let cursor = self.list_of(rows, &mut list, area, buf, state);
        *state.list_mut(question) = list;
        cursor
    }

    fn list_of(
        &self,
        rows: &RowsView<'_>,
        list: &mut List,
        area: Rect,
        buf: &mut Buffer,
        state: &mut State,
    ) -> Position {
        let theme = state.theme;
        let keyboard = state.keyboard();
        let focus = self.focus(state);
        let inner_width = self.inner(area);
        let pen = Pen { theme: state.theme, width: inner_width };
        let search = self.search(rows, pen, state);
        let mut lines = self.flow(pen, state, Fold::All);
        let has_counts = !rows.counts.is_empty() || rows.domain.is_some();
        let frame = if self.has_borders() { 2 } else { 1 + u16::from(has_counts) };
        // Words in the place of rows give way to what went wrong.
        let least = if rows.rows.is_empty() { 1 } else { LEAST_ROWS };
        let taken =
            frame.saturating_add(u16::try_from(search.len()).unwrap_or(u16::MAX)).saturating_add(least);
        let spare = usize::from(area.height.saturating_sub(taken));
        give_way(&mut lines, spare, focus.unwrap_or_default());
        let table = RowsTable {
            view: rows,
            theme,
            is_lit: self.is_lit(state),
            empty: say(&rows.empty, keyboard).to_string(),
        };
        let above = u16::try_from(search.len().saturating_add(lines.len())).unwrap_or(u16::MAX);
        let room = area.height.saturating_sub(frame).saturating_sub(above);
        table.settle(list, room);
        let mut panel = self.panel(keyboard);
        panel.range = range(list.top, usize::from(list.height), rows.rows.len(), theme);
        panel.counts = rows.counts.iter().map(|count| say(count, keyboard).to_string()).collect();
        panel.domain = rows.domain.as_ref().map(|domain| format!("@{domain}")).unwrap_or_default();
        panel.is_active &= state.focus != Focus::Text;
        let mut inner = panel.frame(area, buf, theme);
        let left = inner.height.saturating_sub(above);
        // A question of two lines leaves less: which rows are seen is known only then.
        if left != room {
            table.settle(list, left);
            panel.range = range(list.top, usize::from(list.height), rows.rows.len(), theme);
            Clear.render(area, buf);
            inner = panel.frame(area, buf, theme);
        }
        let lines: Vec<FlowLine> = search.into_iter().chain(lines).collect();
        let flow = Flow { lines: &lines, focus: focus.unwrap_or_default(), theme };
        let words = Rect { height: above.min(inner.height), ..inner };
        StatefulWidget::render(&flow, words, buf, &mut Scroll::default());
        let cursor = flow.cursor(words, &Scroll::default());
        (inner.y, inner.height) = (inner.y + words.height, inner.height - words.height);
        // The lit row is one look from border to border; its air is the gutter.
        let within = if panel.has_borders {
            Rect { x: inner.x.saturating_sub(1), width: inner.width.saturating_add(2), ..inner }
        } else {
            inner
        };
        let at_row = table.draw(within, buf, list);
        panel.scrollbar(area, buf, (list.top, usize::from(list.height), rows.rows.len()), theme);
        cursor.or(at_row).unwrap_or_else(|| Position::new(inner.x, inner.y))
    }

    /// Whether the whole lit row is reversed: the rows have the keyboard, or Enter in the field would choose it.
    fn is_lit(&self, state: &State) -> bool {
        self.is_active && (state.focus == Focus::Rows || state::has_only_hit(self.view))
    }

    /// The field above the rows: while it is typed into or acts; where a row is picked, always.
    fn search(&self, rows: &RowsView<'_>, pen: Pen, state: &State) -> Vec<FlowLine> {
        let Some(search) = &rows.search else { return Vec::new() };
        let own = Focus::Field(search.id);
        let is_focused = self.focus(state) == Some(own);
        let field = state.field(search.id);
        let is_filled = state::is_filled(search);
        if !is_focused && !is_filled && self.view.ask.shape != Shape::Pick {
            return Vec::new();
        }
        let theme = pen.theme;
        let front = if is_focused { format!("{} / ", theme.glyphs().edge) } else { "  / ".to_owned() };
        let start = width(&front);
        let role = if is_focused || is_filled { Role::Accent } else { Role::Quiet };
        let (shown, caret) = control::in_sight(field, search, pen.width.saturating_sub(start).max(2), theme);
        let problem = search.problem.as_ref().map(|problem| say(problem, Keyboard::Text));
        let room = pen.width.saturating_sub(start).saturating_sub(width(&shown)).saturating_sub(3);
        let mut spans = vec![theme.span(role, &front), Span::raw(shown)];
        let mut more = Vec::new();
        match problem {
            Some(problem) if width(problem.as_str()).saturating_add(2) <= room => {
                spans.extend([
                    blank(3),
                    theme.span(Role::Warn, &format!("{} {problem}", theme.glyphs().warn)),
                ]);
            }
            Some(problem) => {
                let sign = vec![blank(4), theme.span(Role::Warn, &format!("{} ", theme.glyphs().warn))];
                more = pen.hanging(sign, 6, Role::Warn, problem.as_str());
            }
            None if !search.hint.is_empty() => {
                let hint = say(&search.hint, Keyboard::Text);
                let hint = cut(hint.as_str(), room, theme.use_unicode());
                if room > 8 {
                    spans.extend([blank(3), theme.span(Role::Quiet, &hint)]);
                }
            }
            None => {}
        }
        let line = FlowLine { control: Some((own, start.saturating_add(caret))), ..Line::from(spans).into() };
        std::iter::once(line).chain(more).collect()
    }

    /// The blocks as lines, rows and receipt left out.
    pub(crate) fn flow(&self, pen: Pen, state: &State, fold: Fold) -> Vec<FlowLine> {
        let focus = self.focus(state).unwrap_or_default();
        let keyboard = if self.is_active { state.keyboard() } else { Keyboard::Commands };
        let labels = self.page.blocks.iter().filter_map(|block| match block {
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
        let title = self.receipt_title();
        for block in &self.page.blocks {
            if let (Block::Para(words) | Block::Strong(_, words), Some(title)) = (block, title)
                && std::ptr::eq(words, title)
            {
                continue;
            }
            let mut more = self.block(block, (labels, focus, fold), &mut said, (pen, keyboard), state);
            if more.is_empty() {
                continue;
            }
            let is_control = matches!(block, Block::Field(_) | Block::Choice(_));
            let follows = lines.last().is_some_and(|line| line.rank != super::flow::Rank::Air);
            // Controls stand together: the line below each is air enough.
            let is_between = lines.iter().rev().take(3).any(|line| line.control.is_some());
            if follows && !(is_control && is_between) {
                lines.push(Pen::air());
            }
            lines.append(&mut more);
        }
        if self.is_active {
            if let Shape::Number(asked) = &self.view.ask.shape {
                lines.push(Pen::air());
                lines.extend(control::number(asked, &state.number, focus, pen));
            }
            let buttons = state::own_buttons(self.view);
            if !buttons.is_empty() {
                lines.push(Pen::air());
                lines.extend(control::buttons(&buttons, focus, pen));
            }
        }
        lines
    }

    fn block(
        &self,
        block: &Block<'_>,
        (labels, focus, fold): (u16, Focus, Fold),
        said: &mut Vec<Failure>,
        (pen, keyboard): (Pen, Keyboard),
        state: &State,
    ) -> Vec<FlowLine> {
        let theme = pen.theme;
        match block {
            Block::Para(words) => pen.para(Role::Plain, say(words, keyboard).as_str()),
            Block::Strong(tone, words) => {
                let sign = theme.sign(*tone);
                let (front, indent) =
                    if sign.is_empty() { (String::new(), 0) } else { (format!("{sign} "), 2) };
                let first = vec![theme.span(Role::of(*tone), &front)];
                pen.hanging(first, indent, Role::Strong, say(words, keyboard).as_str())
            }
            Block::Facts(facts) => {
                // Ours, and few: cut only where they would leave no room for what they say.
                let label = facts.iter().map(|fact| width(fact.label)).max().unwrap_or(0).min(pen.width / 2);
                let line = |fact: &crate::wizard::view::Fact| {
                    let first = vec![theme.span(Role::Quiet, &pen.padded(fact.label, label)), blank(2)];
                    pen.hanging(
                        first,
                        label.saturating_add(2),
                        Role::Plain,
                        say(&fact.value, keyboard).as_str(),
                    )
                };
                facts.iter().flat_map(line).collect()
            }
            Block::Counts(counts) => bill::counts(counts, pen),
            Block::Bill(view) => bill::bill(view, pen),
            Block::Field(field) => control::field(field, state.field(field.id), labels, focus, pen),
            Block::Choice(choice) => control::choice(choice, labels, focus, pen),
            Block::Buttons(buttons) => control::buttons(buttons, focus, pen),
            Block::Checks(group) => checks::group(group, fold, said, pen),
            Block::Link(link) => self.link(link, pen),
            Block::Failure(failure) => checks::failure(failure, pen),
            Block::Progress { done, total } => vec![progress(*done, *total)],
            Block::Lines(_) | Block::Rows(_) => Vec::new(),
        }
    }

    /// The link, alone and whole, and the ways to hand it over.
    fn link(&self, link: &Text, pen: Pen) -> Vec<FlowLine> {
        let theme = pen.theme;
        let mut lines: Vec<FlowLine> = break_up(link.as_str(), pen.width)
            .iter()
            .map(|line| theme.span(Role::Plain, line).into())
            .collect();
        let sends = |binding: &&Binding| {
            super::key_line::is_sending(binding.deed) && table::is_open(binding, self.view)
        };
        let lead = "Send it:  ";
        let mut spans: Vec<Span<'static>> = vec![theme.span(Role::Plain, lead)];
        let mut used = width(lead);
        for binding in KEYS.iter().filter(sends) {
            let (key, label) = (table::name(binding.key), super::key_line::label(binding, self.view));
            let wide = width(&key).saturating_add(width(&label)).saturating_add(4);
            // The gap behind the last one may hang over.
            if used.saturating_add(wide).saturating_sub(3) > pen.width {
                lines.push(Line::from(std::mem::take(&mut spans)).into());
                used = 0;
            }
            spans.extend([theme.span(Role::Accent, &key), theme.span(Role::Plain, &format!(" {label}   "))]);
            used = used.saturating_add(wide);
        }
        // The words in front are no line of their own.
        if spans.len() > 1 {
            lines.push(Line::from(spans).into());
        }
        if self.view.offer(Action::Open).is_none() {
            // Whoever looks for the key that opens it reads why there is none.
            let words = theme.span(Role::Quiet, "No browser opens here.");
            lines.push(FlowLine { rank: super::flow::Rank::Hint, ..words.into() });
        }
        lines
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

/// How many lines must be read.
fn needed(lines: &[FlowLine]) -> usize {
    lines.iter().filter(|line| line.rank == super::flow::Rank::Needed).count()
}

/// Work with a known end.
fn progress(done: u32, total: u32) -> FlowLine {
    let percent = u64::from(done).saturating_mul(100).checked_div(u64::from(total)).unwrap_or(100).min(100);
    let label = format!(
        "{} of {} ({percent} %)",
        crate::domain::bill::grouped(done),
        crate::domain::bill::grouped(total)
    );
    let ratio = if total == 0 { 1.0 } else { f64::from(done) / f64::from(total) };
    FlowLine { what: super::flow::Piece::Gauge { ratio, label }, ..FlowLine::default() }
}
