//! The one place for progress and bad news, always of the same height while its words fit.

use ratatui::text::Line;

use crate::{
    tui::{
        theme::{Role, Theme, tone_word},
        words::{Keyboard, say},
    },
    wizard::view::{Notice, Tone},
};

use super::flow::Pen;

/// Most lines that one notice may take; nothing essential may be cut, and nothing may push the page out.
const MOST: usize = 4;

/// The lines of one notice, behind its sign.
pub(crate) fn lines(notice: &Notice, keyboard: Keyboard, room: u16, theme: Theme) -> Vec<Line<'static>> {
    let sign = theme.sign(notice.tone);
    let role = Role::of(notice.tone);
    let words = format!("{}{}", tone_word(notice.tone), say(&notice.words, keyboard));
    let front = if sign.is_empty() { " ".to_owned() } else { format!(" {sign} ") };
    let indent = if sign.is_empty() { 1 } else { 3 };
    // Words that must be read keep the terminal's own colour; bad news and warnings have a sign beside theirs.
    let said = match notice.tone {
        Tone::Warn | Tone::Bad => role,
        Tone::Plain | Tone::Good | Tone::Busy => Role::Plain,
    };
    let pen = Pen { theme, width: room.saturating_sub(1) };
    let mut lines = pen.hung(vec![theme.span(role, &front)], indent, said, &words);
    lines.truncate(MOST);
    lines
}
