//! The frame of a panel: borders with the question, the range, counts and the domain in its rules; in a small window one
//! line of words instead. Says what room is left inside.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Margin, Position, Rect},
    style::{Color, Modifier, Style},
    text::Line,
    widgets::{Block, Clear, Scrollbar, ScrollbarOrientation, ScrollbarState, StatefulWidget, Widget},
};

use crate::tui::{
    state::{Focus, Scroll},
    theme::{Role, Theme},
    words::{cut, grouped, width, wrap},
};

use super::flow::{Flow, FlowLine, Pen, Rank, tighten};

/// Least window that has borders, columns and rows.
const BORDERS_FROM: (u16, u16) = (60, 20);

/// Whether panels have borders in a window.
pub(crate) const fn has_borders(window: Rect) -> bool {
    window.width >= BORDERS_FROM.0 && window.height >= BORDERS_FROM.1
}

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
            let foot = foot(&mut lines, height, focus);
            Flow { lines: &lines, focus, theme }.settle(height - foot.len(), scroll);
            (inner, lines, foot)
        };
        let (mut inner, mut lines, mut foot) = fit(&self, scroll);
        // What is said beside the title may take a line from the text, which says what is seen then.
        for _ in 0..2 {
            let range = range(scroll.top, scroll.page, lines.len(), theme);
            if range == self.range {
                break;
            }
            self.range = range;
            (inner, lines, foot) = fit(&self, scroll);
        }
        let below = Constraint::Length(u16::try_from(foot.len()).unwrap_or(0));
        let [above, below] = Layout::vertical([Constraint::Fill(1), below]).areas(inner);
        let (flow, foot) = (Flow { lines: &lines, focus, theme }, Flow { lines: &foot, focus, theme });
        StatefulWidget::render(&flow, above, buf, scroll);
        StatefulWidget::render(&foot, below, buf, &mut Scroll::default());
        self.scrollbar(area, buf, (scroll.top, scroll.page, lines.len()), theme);
        let cursor = flow.cursor(above, scroll).or_else(|| foot.cursor(below, &Scroll::default()));
        cursor.unwrap_or_else(|| Position::new(inner.x, inner.y))
    }

    /// The look of its border. A bold rule costs as much as a thin one and looks like a smear in some fonts.
    fn border(&self, theme: Theme) -> Style {
        let role = if self.is_active { Role::Accent } else { Role::Quiet };
        theme.style(role).remove_modifier(Modifier::BOLD)
    }

    fn bordered(&self, area: Rect, buf: &mut Buffer, theme: Theme) -> Rect {
        let inner = area.width.saturating_sub(2);
        let said = |words: &str| if words.is_empty() { 0 } else { width(words).saturating_add(2) };
        let range = self.right(area.width, theme);
        let room =
            inner.saturating_sub(2).saturating_sub(if range.is_empty() { 0 } else { said(&range) + 1 });
        let title = theme.fit(&self.title).into_owned();
        let is_whole = width(&title) <= room;
        let shown = cut(&title, room, theme.use_unicode());
        // In their own colours: the verdict of an outcome is a title, and is no border.
        let words = |role, words: &str| {
            let own = Style::new().fg(Color::Reset).patch(theme.style(role));
            Line::from(theme.span(role, &format!(" {words} ")).style(own))
        };
        let mut block = Block::bordered().border_set(theme.border()).border_style(self.border(theme));
        block = block.title_top(words(Role::Strong, &shown));
        if !range.is_empty() {
            block = block.title_top(words(Role::Quiet, &range).right_aligned());
        }
        let domain = theme.fit(&self.domain).into_owned();
        // Without room for both the counts win: the domain stands in the bar, too.
        let counts = joined(&self.counts, inner.saturating_sub(2), theme);
        if !counts.is_empty() {
            block = block.title_bottom(words(Role::Plain, &counts));
        }
        if !domain.is_empty() && said(&counts).saturating_add(said(&domain)) <= inner {
            block = block.title_bottom(words(Role::Quiet, &domain).right_aligned());
        }
        // One column of air on either side.
        let within = block.inner(area).inner(Margin::new(1, 0));
        block.render(area, buf);
        if is_whole {
            return within;
        }
        // A title that the rule had no room for stands whole below it.
        let title = wrap(&title, within.width, theme.use_unicode());
        stacked(title.iter().map(|line| theme.span(Role::Strong, line).into()), within, buf)
    }

    fn plain(&self, area: Rect, buf: &mut Buffer, theme: Theme) -> Rect {
        let range = self.right(area.width, theme);
        let room = if range.is_empty() { 0 } else { width(&range).saturating_add(2) };
        let room = area.width.saturating_sub(room);
        let mut title = wrap(&theme.fit(&self.title), room, theme.use_unicode());
        if title.len() > 2 {
            let rest = title.split_off(1).join(" ");
            title.push(cut(&rest, room, theme.use_unicode()).into_owned());
        }
        let below = stacked(title.iter().map(|line| theme.span(Role::Strong, line).into()), area, buf);
        let x = area.right().saturating_sub(width(&range));
        let y = below.y.saturating_sub(1);
        buf.set_line(x, y, &theme.span(Role::Plain, &range).into(), width(&range));
        let counts: Vec<String> = self.counts.iter().chain([&self.domain]).cloned().collect();
        let counts = joined(&counts, area.width, theme);
        let counts = Some(counts).filter(|counts| !counts.is_empty());
        stacked(counts.map(|counts| theme.span(Role::Plain, &counts).into()), below, buf)
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
        // Positions, not lines: at the last page the handle stands at the end.
        let mut state = ScrollbarState::new(len.saturating_sub(shown).saturating_add(1))
            .position(top)
            .viewport_content_length(shown);
        Scrollbar::new(ScrollbarOrientation::VerticalRight)
            .begin_symbol(None)
            .end_symbol(None)
            .track_symbol(Some(theme.border().vertical_right))
            .thumb_symbol(theme.glyphs().thumb)
            .style(self.border(theme))
            .render(area.inner(Margin::new(0, 1)), buf, &mut state);
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

/// Draws lines from the top of an area; says what is left below them.
pub(crate) fn stacked(lines: impl IntoIterator<Item = Line<'static>>, area: Rect, buf: &mut Buffer) -> Rect {
    let mut left = area;
    for line in lines.into_iter().take(usize::from(area.height)) {
        line.render(Rect { height: 1, ..left }, buf);
        (left.y, left.height) = (left.y + 1, left.height - 1);
    }
    left
}

/// Counts side by side, as many as fit; the least important give way.
fn joined(parts: &[String], room: u16, theme: Theme) -> String {
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

/// Takes off the lines that stay in sight below a text that is too long: the answer to a question, from its number or its
/// first button on, for what is asked begins at its first line (look.md section 4). A hint gives way to the text.
fn foot(lines: &mut Vec<FlowLine>, height: usize, focus: Focus) -> Vec<FlowLine> {
    let is_answer = |line: &FlowLine| {
        matches!(
            (line.control, focus),
            (Some((Focus::Number, _)), Focus::Number) | (Some((Focus::Button(_), _)), Focus::Button(_))
        )
    };
    match lines.iter().position(is_answer) {
        Some(at) if lines.len() > height && lines.len() - at <= height / 2 => {
            let mut foot = lines.split_off(at);
            foot.retain(|line| line.rank != Rank::Hint);
            foot
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::options::Options;

    /// The lower rule of a panel that is so wide.
    fn lower_rule(width: u16) -> String {
        let area = Rect::new(0, 0, width, 4);
        let mut buf = Buffer::empty(area);
        let counts = ["ticked 0", "seats 0 → 0", "listed 12,030", "eligible 12,000"];
        let panel = Panel {
            counts: counts.map(str::to_owned).to_vec(),
            domain: "@southerncrosshealth.example".into(),
            has_borders: true,
            ..Panel::default()
        };
        panel.frame(area, &mut buf, Theme::of(Options { use_unicode: true, ..Options::default() }));
        (0..width).filter_map(|x| buf.cell((x, 3))).map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn counts_go_before_the_domain() {
        let counts = "└ ticked 0 · seats 0 → 0 · listed 12,030 · eligible 12,000 ─";
        assert!(lower_rule(80).starts_with(counts), "{}", lower_rule(80));
        assert!(!lower_rule(80).contains('@'), "{}", lower_rule(80));
        assert!(lower_rule(100).ends_with("─ @southerncrosshealth.example ┘"), "{}", lower_rule(100));
        assert!(
            lower_rule(50).starts_with("└ ticked 0 · seats 0 → 0 · listed 12,030 ─"),
            "{}",
            lower_rule(50)
        );
    }
}
