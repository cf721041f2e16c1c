//! The frame of a panel: borders with the question, the range, counts and the domain in its rules; in a small window one
//! line of words instead. Says what room is left inside.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::Line,
    widgets::{Block, Clear, Scrollbar, ScrollbarOrientation, ScrollbarState, StatefulWidget, Widget},
};

use crate::tui::{
    state::{Focus, Scroll},
    theme::{Role, Theme},
    words::{cut, grouped, width, wrap},
};

use super::flow::{Flow, FlowLine, Pen, tighten};

/// Least window that has borders, columns and rows.
pub(crate) const BORDERS_FROM: (u16, u16) = (60, 20);

/// A panel.
#[derive(Debug, Default)]
pub(crate) struct Panel {
    /// The question, or what the panel is.
    pub(crate) title: String,
    /// At the right end of the upper rule: which part is seen.
    pub(crate) range: String,
    /// In front of the range, where there is room for both: where we are among the steps.
    pub(crate) step: String,
    /// In the lower rule, most important first.
    pub(crate) counts: Vec<String>,
    /// At the right end of the lower rule.
    pub(crate) domain: String,
    /// It has the keyboard.
    pub(crate) is_active: bool,
    /// It has borders.
    pub(crate) has_borders: bool,
}

impl Panel {
    /// Draws the frame; says what is left for the work.
    pub(crate) fn frame(&self, area: Rect, buf: &mut Buffer, theme: Theme) -> Rect {
        if self.has_borders { self.bordered(area, buf, theme) } else { self.plain(area, buf, theme) }
    }

    /// What stands at the right end of the upper rule. The range must be seen; where we are may be missed.
    fn right(&self, width: u16, theme: Theme) -> String {
        let words = match (self.range.as_str(), self.step.as_str()) {
            (range, step) if !step.is_empty() && range.is_empty() => step.to_owned(),
            (range, step) if !step.is_empty() && usize::from(width) > range.len() + step.len() + 30 => {
                format!("{step}  {range}")
            }
            (range, _) => range.to_owned(),
        };
        theme.fit(&words).into_owned()
    }

    /// Draws the panel with a text in it, which is made for the room that is left; says where the cursor stands.
    pub(crate) fn text(
        mut self,
        area: Rect,
        buf: &mut Buffer,
        (theme, focus): (Theme, Focus),
        scroll: &mut Scroll,
        make: impl Fn(Pen, usize) -> Vec<FlowLine>,
    ) -> Position {
        let mut fit = |panel: &Self, scroll: &mut Scroll| {
            Clear.render(area, buf);
            let inner = panel.frame(area, buf, theme);
            let height = usize::from(inner.height);
            let mut lines = make(Pen { theme, width: inner.width }, height);
            tighten(&mut lines, height, focus);
            Flow { lines: &lines, focus, theme }.settle(height, scroll);
            (inner, lines)
        };
        let (mut inner, mut lines) = fit(&self, scroll);
        // What is said beside the title may take a line from the text, which says what is seen then.
        for _ in 0..2 {
            let range = range(scroll.top, scroll.page, lines.len(), theme);
            if range == self.range {
                break;
            }
            self.range = range;
            (inner, lines) = fit(&self, scroll);
        }
        let flow = Flow { lines: &lines, focus, theme };
        StatefulWidget::render(&flow, inner, buf, scroll);
        self.scrollbar(area, buf, (scroll.top, scroll.page, lines.len()), theme);
        flow.cursor(inner, scroll).unwrap_or_else(|| Position::new(inner.x, inner.y))
    }

    fn bordered(&self, area: Rect, buf: &mut Buffer, theme: Theme) -> Rect {
        let role = if self.is_active { Role::Accent } else { Role::Quiet };
        // A bold rule costs as much as a thin one and looks like a smear in some fonts.
        let style = theme.style(role).remove_modifier(ratatui::style::Modifier::BOLD);
        let style = if self.is_active { style } else { theme.style(role) };
        let inner = area.width.saturating_sub(2);
        let said = |words: &str| if words.is_empty() { 0 } else { width(words).saturating_add(2) };
        let range = self.right(area.width, theme);
        let room =
            inner.saturating_sub(2).saturating_sub(if range.is_empty() { 0 } else { said(&range) + 1 });
        let title = theme.fit(&self.title).into_owned();
        let is_whole = width(&title) <= room;
        let mut block = Block::bordered().border_set(theme.border()).border_style(style);
        let shown = cut(&title, room, theme.use_unicode());
        block = block.title_top(theme.span(Role::Strong, &format!(" {shown} ")));
        if !range.is_empty() {
            block =
                block.title_top(Line::from(theme.span(Role::Plain, &format!(" {range} "))).right_aligned());
        }
        let domain = theme.fit(&self.domain).into_owned();
        let counts = joined(&self.counts, inner.saturating_sub(2).saturating_sub(said(&domain)), theme);
        // Without room for both the counts win: the domain stands in the bar, too.
        if !counts.is_empty() {
            block = block.title_bottom(theme.span(Role::Plain, &format!(" {counts} ")));
        }
        if !domain.is_empty() && said(&counts).saturating_add(said(&domain)) <= inner {
            block = block
                .title_bottom(Line::from(theme.span(Role::Plain, &format!(" {domain} "))).right_aligned());
        }
        let within = block.inner(area);
        block.render(area, buf);
        // One column of air on either side.
        let within = Rect { x: within.x.saturating_add(1), width: within.width.saturating_sub(2), ..within };
        if is_whole { within } else { whole_title(&title, within, buf, theme) }
    }

    fn plain(&self, area: Rect, buf: &mut Buffer, theme: Theme) -> Rect {
        let range = self.right(area.width, theme);
        let taken = if range.is_empty() { 0 } else { width(&range).saturating_add(2) };
        let title = theme.fit(&self.title).into_owned();
        let lines = wrap(&title, area.width.saturating_sub(taken), theme.use_unicode());
        let shown = if lines.len() > 2 {
            let rest = lines.get(1..).unwrap_or_default().join(" ");
            let rest = cut(&rest, area.width.saturating_sub(taken), theme.use_unicode()).into_owned();
            lines.first().cloned().into_iter().chain([rest]).collect()
        } else {
            lines
        };
        let mut y = area.y;
        for line in &shown {
            buf.set_line(area.x, y, &theme.span(Role::Strong, line).into(), area.width);
            y = y.saturating_add(1);
        }
        let x = area.right().saturating_sub(width(&range));
        buf.set_line(x, y.saturating_sub(1), &theme.span(Role::Plain, &range).into(), width(&range));
        let counts: Vec<String> = self
            .counts
            .iter()
            .cloned()
            .chain(Some(self.domain.clone()).filter(|words| !words.is_empty()))
            .collect();
        let counts = joined(&counts, area.width, theme);
        if !counts.is_empty() {
            buf.set_line(area.x, y, &theme.span(Role::Plain, &counts).into(), area.width);
            y = y.saturating_add(1);
        }
        below(area, y)
    }

    /// A scrollbar in the right border, where there is more than a page.
    pub(crate) fn scrollbar(
        &self,
        area: Rect,
        buf: &mut Buffer,
        (top, shown, len): (usize, usize, usize),
        theme: Theme,
    ) {
        if !self.has_borders || len <= shown {
            return;
        }
        let border = theme.border();
        let style = theme.style(if self.is_active { Role::Accent } else { Role::Quiet });
        let style = style.remove_modifier(ratatui::style::Modifier::BOLD);
        // Positions, not lines: at the last page the handle stands at the end.
        let mut state = ScrollbarState::new(len.saturating_sub(shown).saturating_add(1))
            .position(top)
            .viewport_content_length(shown);
        Scrollbar::new(ScrollbarOrientation::VerticalRight)
            .begin_symbol(None)
            .end_symbol(None)
            .track_symbol(Some(border.vertical_right))
            .thumb_symbol(theme.glyphs().thumb)
            .style(style)
            .render(
                Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(2), ..area },
                buf,
                &mut state,
            );
    }
}

/// Which part is seen; nothing when all of it is.
pub(crate) fn range(top: usize, shown: usize, len: usize, theme: Theme) -> String {
    if len <= shown {
        return String::new();
    }
    let bottom = top.saturating_add(shown).min(len);
    format!("{}{}{} of {}", grouped(top + 1), theme.glyphs().to, grouped(bottom), grouped(len))
}

/// What is left below a line.
fn below(area: Rect, y: u16) -> Rect {
    Rect { y, height: area.bottom().saturating_sub(y), ..area }
}

/// A title that the rule had no room for stands whole below it.
fn whole_title(title: &str, area: Rect, buf: &mut Buffer, theme: Theme) -> Rect {
    let mut y = area.y;
    for line in wrap(title, area.width, theme.use_unicode()) {
        buf.set_line(area.x, y, &theme.span(Role::Strong, &line).into(), area.width);
        y = y.saturating_add(1);
        if y >= area.bottom() {
            break;
        }
    }
    below(area, y)
}

/// Counts side by side, as many as fit; the least important give way.
pub(crate) fn joined(parts: &[String], room: u16, theme: Theme) -> String {
    let between = format!(" {} ", theme.glyphs().dot);
    let mut out = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let part = theme.fit(part);
        let next = if out.is_empty() { part.into_owned() } else { format!("{out}{between}{part}") };
        if width(&next) > room {
            if out.is_empty() {
                return cut(&next, room, theme.use_unicode()).into_owned();
            }
            break;
        }
        out = next;
    }
    out
}
