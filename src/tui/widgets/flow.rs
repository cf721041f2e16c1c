//! Text that flows: blocks become lines of the terminal, a gauge is one of them, and the slice that fits is drawn.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::{LineGauge, StatefulWidget, Widget},
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
    pub(crate) what: Piece,
    /// The control that begins on it, and the column of the cursor.
    pub(crate) control: Option<(Focus, u16)>,
    /// How much it may be missed.
    pub(crate) rank: Rank,
}

/// What a line is.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// Words.
    Words(Line<'static>),
    /// Work with a known end.
    Gauge {
        /// How much is done, 0 to 1.
        ratio: f64,
        /// The same in words.
        label: String,
    },
}

impl Default for Piece {
    fn default() -> Self {
        Self::Words(Line::default())
    }
}

/// How much a line may be missed where not all of them fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Rank {
    /// It must be read.
    #[default]
    Needed,
    /// A hint below the control above it.
    Hint,
    /// Air.
    Air,
}

/// What the lines are made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pen {
    /// Colours and signs.
    pub(crate) theme: Theme,
    /// Columns.
    pub(crate) width: u16,
}

impl Pen {
    /// The same for a narrower place.
    pub(crate) const fn within(self, indent: u16) -> Self {
        Self { width: self.width.saturating_sub(indent), ..self }
    }

    /// A paragraph.
    pub(crate) fn para(self, role: Role, words: &str) -> Vec<FlowLine> {
        let lines = wrap(words, self.width, self.theme.use_unicode());
        lines.into_iter().map(|line| Span::styled(line, self.theme.style(role)).into()).collect()
    }

    /// A paragraph behind something, its further lines indented below its first; `indent` is the width of what stands in
    /// front.
    pub(crate) fn hanging(
        self,
        first: Vec<Span<'static>>,
        indent: u16,
        role: Role,
        words: &str,
    ) -> Vec<FlowLine> {
        self.hung(first, indent, role, words).into_iter().map(FlowLine::from).collect()
    }

    /// The same as plain lines.
    pub(crate) fn hung(
        self,
        first: Vec<Span<'static>>,
        indent: u16,
        role: Role,
        words: &str,
    ) -> Vec<Line<'static>> {
        let lines = wrap(words, self.width.saturating_sub(indent).max(1), self.theme.use_unicode());
        let mut lines: Vec<Line<'static>> = lines
            .into_iter()
            .map(|line| Line::from(vec![blank(indent), Span::styled(line, self.theme.style(role))]))
            .collect();
        if let Some(line) = lines.first_mut() {
            line.spans.splice(0..1, first);
        }
        lines
    }

    /// Words cut to a width and filled up with spaces.
    pub(crate) fn padded(self, words: &str, to: u16) -> String {
        padded(&cut(words, to, self.theme.use_unicode()), to)
    }

    /// An empty line, where there is room for one.
    pub(crate) fn air() -> FlowLine {
        FlowLine { rank: Rank::Air, ..FlowLine::default() }
    }
}

impl FlowLine {
    /// The same behind something; a gauge keeps its line for itself.
    pub(crate) fn behind(mut self, front: Span<'static>) -> Self {
        if let Piece::Words(words) = &mut self.what {
            words.spans.insert(0, front);
        }
        self
    }
}

impl From<Line<'static>> for FlowLine {
    fn from(line: Line<'static>) -> Self {
        Self { what: Piece::Words(line), ..Self::default() }
    }
}

impl From<Span<'static>> for FlowLine {
    fn from(span: Span<'static>) -> Self {
        Line::from(span).into()
    }
}

/// So many spaces.
pub(crate) fn blank(columns: u16) -> Span<'static> {
    Span::raw(" ".repeat(usize::from(columns)))
}

/// Words filled up with spaces to a width.
pub(crate) fn padded(words: &str, to: u16) -> String {
    let mut out = words.to_owned();
    out.extend(std::iter::repeat_n(' ', usize::from(to.saturating_sub(width(words)))));
    out
}

/// Leaves out what may be missed until the lines fit, or nothing more may be missed: first air, then the hints of all
/// controls but the focused one.
pub(crate) fn tighten(lines: &mut Vec<FlowLine>, height: usize, focus: Focus) {
    while lines.last().is_some_and(|line| line.rank == Rank::Air) {
        lines.pop();
    }
    if lines.len() <= height {
        return;
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

/// Lines in an area, scrolled so that the focused control is seen, or as a person scrolled them.
#[derive(Debug)]
pub(crate) struct Flow<'a> {
    /// The lines.
    pub(crate) lines: &'a [FlowLine],
    /// Where the keyboard is.
    pub(crate) focus: Focus,
    /// Colours and signs.
    pub(crate) theme: Theme,
}

impl Flow<'_> {
    /// Settles which lines are seen in so many of the terminal.
    pub(crate) fn settle(&self, shown: usize, scroll: &mut Scroll) {
        scroll.page = shown;
        scroll.most = self.lines.len().saturating_sub(shown);
        if !scroll.is_held {
            let at = self.lines.iter().position(|line| self.is_focused(line)).unwrap_or(0);
            // The top wins where both fit, so that a form is not scrolled for nothing; its hint stays in sight.
            scroll.top = if at < shown { 0 } else { at.saturating_add(2).saturating_sub(shown).min(at) };
        }
        scroll.top = scroll.top.min(scroll.most);
    }

    fn is_focused(&self, line: &FlowLine) -> bool {
        line.control.is_some_and(|(control, _)| control == self.focus)
    }

    /// Where the hardware cursor stands, once it is drawn: at the focused control, if that is in sight.
    pub(crate) fn cursor(&self, area: Rect, scroll: &Scroll) -> Option<Position> {
        let at = self.lines.iter().position(|line| self.is_focused(line))?;
        let (_, x) = self.lines.get(at)?.control?;
        let row = u16::try_from(at.checked_sub(scroll.top)?).ok()?;
        let x = area.x.saturating_add(x.min(area.width.saturating_sub(1)));
        (row < area.height).then(|| Position::new(x, area.y.saturating_add(row)))
    }
}

impl StatefulWidget for &Flow<'_> {
    type State = Scroll;

    fn render(self, area: Rect, buf: &mut Buffer, scroll: &mut Scroll) {
        self.settle(usize::from(area.height), scroll);
        for (y, line) in (area.y..area.bottom()).zip(self.lines.iter().skip(scroll.top)) {
            let row = Rect { y, height: 1, ..area };
            match &line.what {
                Piece::Words(words) => words.render(row, buf),
                Piece::Gauge { ratio, label } => {
                    let glyphs = self.theme.glyphs();
                    LineGauge::default()
                        .ratio(ratio.clamp(0.0, 1.0))
                        .label(label.clone())
                        .filled_symbol(glyphs.filled)
                        .unfilled_symbol(glyphs.rule)
                        .filled_style(self.theme.style(Role::Waiting))
                        .unfilled_style(self.theme.style(Role::Quiet))
                        .render(row, buf);
                }
            }
        }
    }
}
