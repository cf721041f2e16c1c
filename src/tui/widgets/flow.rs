//! Text that flows: blocks become lines of the terminal, and the slice that fits is drawn.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Widget,
};

use crate::tui::{
    state::{Focus, Scroll},
    theme::{Role, Theme},
    words::{cut, width, wrap},
};

/// One line of the terminal.
#[derive(Debug, Clone, Default)]
pub(crate) struct FlowLine {
    /// What stands there.
    pub(crate) words: Line<'static>,
    /// The control that begins on it, and the column of the cursor.
    pub(crate) control: Option<(Focus, u16)>,
    /// How much it may be missed.
    pub(crate) rank: Rank,
}

/// How much a line may be missed where not all of them fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Rank {
    /// It must be read.
    #[default]
    Needed,
    /// The number that is to be typed.
    Total,
    /// A hint below the control above it.
    Hint,
    /// Air.
    Air,
}

/// Columns in front of words that have no room behind what they belong to.
const INDENT: u16 = 2;

/// What the lines are made with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pen {
    /// Colours and signs.
    pub(crate) theme: Theme,
    /// Columns.
    pub(crate) width: u16,
    /// Where the keyboard is.
    pub(crate) focus: Focus,
}

impl Pen {
    /// The same for a narrower place.
    pub(crate) const fn within(self, indent: u16) -> Self {
        Self { width: self.width.saturating_sub(indent), ..self }
    }

    /// A paragraph.
    pub(crate) fn para(self, role: Role, words: &str) -> Vec<FlowLine> {
        self.hanging(Vec::new(), role, words)
    }

    /// A paragraph behind something, its further lines indented below its first.
    pub(crate) fn hanging(self, first: Vec<Span<'static>>, role: Role, words: &str) -> Vec<FlowLine> {
        let mut indent = wide(&first);
        // No name is broken that would fit on a line of its own: then the words stand below what is in front of them.
        let longest = words.split(' ').map(width).max().unwrap_or(0);
        if longest > self.width.saturating_sub(indent)
            && longest <= self.width.saturating_sub(INDENT)
            && indent > INDENT
        {
            indent = INDENT;
            let below = self.hanging(vec![blank(indent)], role, words);
            return std::iter::once(Line::from(first).into()).chain(below).collect();
        }
        let lines = wrap(words, self.width.saturating_sub(indent), self.theme.use_unicode());
        let fronts = std::iter::once(first).chain(std::iter::repeat_with(|| vec![blank(indent)]));
        let line = |(mut front, words): (Vec<Span<'static>>, String)| {
            front.push(Span::styled(words, self.theme.style(role)));
            Line::from(front).into()
        };
        fronts.zip(lines).map(line).collect()
    }

    /// Pieces side by side behind something, on further lines below the first where one is not enough. A piece may be a
    /// control: then the column of the cursor in it goes with it.
    pub(crate) fn side_by_side(
        self,
        first: Vec<Span<'static>>,
        gap: u16,
        pieces: impl IntoIterator<Item = (Vec<Span<'static>>, Option<(Focus, u16)>)>,
    ) -> Vec<FlowLine> {
        let start = wide(&first);
        let (mut x, mut line) = (start, FlowLine::from(Line::from(first)));
        let mut lines = Vec::new();
        for (piece, control) in pieces {
            let more = wide(&piece);
            if x > start && x.saturating_add(more) > self.width {
                lines.push(std::mem::replace(&mut line, blank(start).into()));
                x = start;
            }
            line.control = control.map(|(control, at)| (control, x.saturating_add(at))).or(line.control);
            line.words.spans.extend(piece);
            line.words.spans.push(blank(gap));
            x = x.saturating_add(more).saturating_add(gap);
        }
        lines.push(line);
        lines
    }

    /// Words cut to a width and filled up with spaces.
    pub(crate) fn padded(self, words: &str, to: u16) -> String {
        let words = cut(words, to, self.theme.use_unicode());
        let gap = usize::from(to.saturating_sub(width(&words)));
        format!("{words}{:gap$}", "")
    }

    /// An empty line, where there is room for one.
    pub(crate) fn air() -> FlowLine {
        FlowLine { rank: Rank::Air, ..FlowLine::default() }
    }
}

impl From<Line<'static>> for FlowLine {
    fn from(words: Line<'static>) -> Self {
        Self { words, ..Self::default() }
    }
}

impl From<Span<'static>> for FlowLine {
    fn from(words: Span<'static>) -> Self {
        Line::from(words).into()
    }
}

/// So many spaces.
pub(crate) fn blank(columns: u16) -> Span<'static> {
    Span::raw(" ".repeat(usize::from(columns)))
}

/// Columns that spans take.
fn wide(spans: &[Span<'_>]) -> u16 {
    spans.iter().map(|span| width(&span.content)).fold(0, u16::saturating_add)
}

/// How many rows lines take.
pub(crate) fn height_of<T>(lines: &[T]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// Leaves out what may be missed until the lines fit, or nothing more may be missed: first air, then the hints of all
/// controls but the focused one.
pub(crate) fn tighten(lines: &mut Vec<FlowLine>, height: usize, focus: Focus) {
    while lines.last().is_some_and(|line| line.rank == Rank::Air) {
        lines.pop();
    }
    // The lowest first: the answer to the question stands apart as long as anything does.
    while lines.len() > height
        && let Some(at) = lines.iter().rposition(|line| line.rank == Rank::Air)
    {
        lines.remove(at);
    }
    if lines.len() <= height {
        return;
    }
    let mut is_here = false;
    lines.retain(|line| {
        if line.rank != Rank::Hint {
            is_here = line.control.is_some_and(|(control, _)| control == focus);
        }
        line.rank != Rank::Hint || is_here
    });
}

/// The line of the focused control, and the column of the cursor.
fn focused(lines: &[FlowLine], focus: Focus) -> Option<(usize, u16)> {
    let control = |(at, line): (usize, &FlowLine)| Some((at, line.control.filter(|own| own.0 == focus)?.1));
    lines.iter().enumerate().find_map(control)
}

/// Settles which lines are seen in so many of the terminal: those with the focused control, or as a person scrolled them.
pub(crate) fn settle(lines: &[FlowLine], focus: Focus, shown: usize, scroll: &mut Scroll) {
    scroll.page = shown;
    scroll.most = lines.len().saturating_sub(shown);
    if !scroll.is_held {
        let at = focused(lines, focus).map_or(0, |(at, _)| at);
        // The top wins where both fit, so that a form is not scrolled for nothing; its hint stays in sight.
        scroll.top = if at < shown { 0 } else { at.saturating_add(2).saturating_sub(shown).min(at) };
    }
    scroll.top = scroll.top.min(scroll.most);
}

/// Draws the lines that are seen in an area; says where the hardware cursor stands: at the focused control, if that is in
/// sight.
pub(crate) fn draw(
    lines: &[FlowLine],
    focus: Focus,
    area: Rect,
    buf: &mut Buffer,
    scroll: &mut Scroll,
) -> Option<Position> {
    settle(lines, focus, usize::from(area.height), scroll);
    stacked(lines.iter().skip(scroll.top).map(|line| &line.words), area, buf);
    let (at, x) = focused(lines, focus)?;
    let row = u16::try_from(at.checked_sub(scroll.top)?).ok()?;
    let x = area.x.saturating_add(x.min(area.width.saturating_sub(1)));
    (row < area.height).then(|| Position::new(x, area.y.saturating_add(row)))
}

/// Draws lines from the top of an area; says what is left below them.
pub(crate) fn stacked(lines: impl IntoIterator<Item = impl Widget>, area: Rect, buf: &mut Buffer) -> Rect {
    let mut left = area;
    for line in lines.into_iter().take(usize::from(area.height)) {
        line.render(Rect { height: 1, ..left }, buf);
        (left.y, left.height) = (left.y + 1, left.height - 1);
    }
    left
}
