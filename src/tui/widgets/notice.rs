//! The one place for progress and bad news, always of the same height while its words fit.

use ratatui::text::Line;

use crate::{
    tui::{
        theme::{Role, Theme, tone_word},
        words::{Keyboard, say, wrap},
    },
    wizard::view::{Notice, Tone},
};

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
    let lines = wrap(&words, room.saturating_sub(indent + 1), theme.use_unicode());
    let front = |at: usize| if at == 0 { theme.span(role, &front) } else { super::flow::blank(indent) };
    lines
        .iter()
        .take(MOST)
        .enumerate()
        .map(|(at, line)| Line::from(vec![front(at), theme.span(said, line)]))
        .collect()
}
