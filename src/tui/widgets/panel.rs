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
    theme::{Role, Sign, Theme},
    words::{cut, grouped, width, wrap},
};

use super::flow::{FlowLine, Pen, Rank, draw, height_of, settle, stacked, tighten};

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
    fn right(&self, room: u16, theme: Theme) -> String {
        let (range, step) = (&self.range, &self.step);
        let words = match (range.is_empty(), step.is_empty()) {
            (true, _) => step.clone(),
            (_, false) if usize::from(room) > range.len() + step.len() + 30 => format!("{step}  {range}"),
            _ => range.clone(),
        };
        theme.fit(&words).into_owned()
    }

    /// Draws the frame into a blank area, with what of its content is seen in it; says what is left for that. `settle` is told what is left,
    /// and says which part is seen: the first line, how many, of how many.
    pub(crate) fn fitted(
        &mut self,
        area: Rect,
        buf: &mut Buffer,
        theme: Theme,
        mut settle: impl FnMut(Rect) -> (usize, usize, usize),
    ) -> Rect {
        let (mut inner, mut seen) = (area, (0, 0, 0));
        // What is said beside the title may take a line from the content, which says what is seen then.
        for times in 0..3 {
            if times > 0 {
                Clear.render(area, buf);
            }
            inner = self.frame(area, buf, theme);
            seen = settle(inner);
            let drawn = std::mem::replace(&mut self.range, range(seen, theme));
            if drawn == self.range {
                break;
            }
        }
        self.scrollbar(area, buf, seen, theme);
        inner
    }

    /// Draws the panel with a text in it, which is made for the room that is left; says where the cursor stands.
    pub(crate) fn text(
        mut self,
        area: Rect,
        buf: &mut Buffer,
        pen: Pen,
        scroll: &mut Scroll,
        make: impl Fn(Pen, usize) -> Vec<FlowLine>,
    ) -> Position {
        let (mut lines, mut foot, focus) = (Vec::new(), Vec::new(), pen.focus);
        let inner = self.fitted(area, buf, pen.theme, |inner| {
            let height = usize::from(inner.height);
            lines = make(Pen { width: inner.width, ..pen }, height);
            tighten(&mut lines, height, focus);
            foot = self::foot(&mut lines, height, focus);
            settle(&lines, focus, height - foot.len(), scroll);
            (scroll.top, scroll.page, lines.len())
        });
        let below = Constraint::Length(height_of(&foot));
        let [above, below] = Layout::vertical([Constraint::Fill(1), below]).areas(inner);
        let cursor = draw(&lines, focus, above, buf, scroll);
        let answer = draw(&foot, focus, below, buf, &mut Scroll::default());
        cursor.or(answer).unwrap_or(inner.as_position())
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
        let room = inner.saturating_sub(2).saturating_sub(said(&range) + u16::from(!range.is_empty()));
        let title = theme.fit(&self.title);
        // In their own colours: the verdict of an outcome is a title, and is no border.
        let own = Style::new().fg(Color::Reset);
        let words = |role, words: &str| match words {
            "" => Line::default(),
            words => Line::from(theme.span(role, &format!(" {words} ")).style(own.patch(theme.style(role)))),
        };
        // Without room for both the counts win: the domain stands in the bar, too.
        let counts = joined(&self.counts, inner.saturating_sub(2), theme);
        let domain = Some(theme.fit(&self.domain)).filter(|domain| said(&counts) + said(domain) <= inner);
        let block = Block::bordered()
            .border_set(theme.border())
            .border_style(self.border(theme))
            .title_top(words(Role::Strong, &cut(&title, room, theme.use_unicode())))
            .title_top(words(Role::Quiet, &range).right_aligned())
            .title_bottom(words(Role::Plain, &counts))
            .title_bottom(words(Role::Quiet, &domain.unwrap_or_default()).right_aligned());
        // One column of air on either side.
        let within = block.inner(area).inner(Margin::new(1, 0));
        block.render(area, buf);
        if width(&title) <= room {
            return within;
        }
        // A title that the rule had no room for stands whole below it.
        let title = wrap(&title, within.width, theme.use_unicode());
        stacked(title.iter().map(|line| theme.span(Role::Strong, line)), within, buf)
    }

    fn plain(&self, area: Rect, buf: &mut Buffer, theme: Theme) -> Rect {
        let range = self.right(area.width, theme);
        let wide = width(&range);
        let room = area.width.saturating_sub(if wide == 0 { 0 } else { wide.saturating_add(2) });
        let mut title = wrap(&self.title, room, theme.use_unicode());
        if title.len() > 2 {
            let rest = title.split_off(1).join(" ");
            title.push(cut(&rest, room, theme.use_unicode()).into_owned());
        }
        let below = stacked(title.iter().map(|line| theme.span(Role::Strong, line)), area, buf);
        let x = area.right().saturating_sub(wide);
        buf.set_line(x, below.y.saturating_sub(1), &theme.span(Role::Plain, &range).into(), wide);
        let counts = joined(self.counts.iter().chain([&self.domain]), area.width, theme);
        let counts = Some(counts).filter(|counts| !counts.is_empty());
        stacked(counts.map(|counts| theme.span(Role::Plain, &counts)), below, buf)
    }

    /// A scrollbar in the right border, where there is more than a page.
    fn scrollbar(
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
            .thumb_symbol(theme.sign(Sign::THUMB))
            .style(self.border(theme))
            .render(area.inner(Margin::new(0, 1)), buf, &mut state);
    }
}

/// Which part is seen; nothing when all of it is.
pub(crate) fn range((top, shown, len): (usize, usize, usize), theme: Theme) -> String {
    if len <= shown || shown == 0 {
        return String::new();
    }
    let bottom = top.saturating_add(shown).min(len);
    format!("{}{}{} of {}", grouped(top + 1), theme.sign(Sign::TO), grouped(bottom), grouped(len))
}

/// Counts side by side, as many as fit; the least important give way.
fn joined<'p>(parts: impl IntoIterator<Item = &'p String>, room: u16, theme: Theme) -> String {
    let between = format!(" {} ", theme.sign(Sign::DOT));
    let mut out = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
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
    let Some(at) = lines.iter().position(is_answer).filter(|_| lines.len() > height) else {
        return Vec::new();
    };
    let is_total = |line: &FlowLine| line.rank == Rank::Total;
    let kept = lines.iter().skip(at).filter(|line| line.rank != Rank::Hint).count();
    if kept + lines.iter().filter(|line| is_total(line)).count() > (height / 2).max(2) {
        return Vec::new();
    }
    let mut foot = lines.split_off(at);
    foot.retain(|line| line.rank != Rank::Hint);
    // What is to be typed stands right above where it is typed.
    let total = lines.iter().position(is_total).map(|at| lines.remove(at));
    total.into_iter().chain(foot).collect()
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
