//! The one place for progress and bad news, always of the same height while its words fit.

use crate::{
    tui::{
        theme::Role,
        words::{Keyboard, say},
    },
    wizard::view::{Notice, Tone},
};

use super::flow::{FlowLine, Pen};

/// Most lines that one notice may take; nothing essential may be cut, and nothing may push the page out.
const MOST: usize = 5;

/// The lines of one notice, behind its sign.
pub(crate) fn lines(notice: &Notice, keyboard: Keyboard, pen: Pen) -> Vec<FlowLine> {
    let (sign, role) = pen.theme.tone(notice.tone);
    // A word where the sign alone could be missed.
    let word = if notice.tone == Tone::Bad { "Failed: " } else { "" };
    let front = if sign.is_empty() { " ".to_owned() } else { format!(" {sign} ") };
    // Words that must be read keep the terminal's own colour; bad news and warnings have a sign beside theirs.
    let said = if matches!(notice.tone, Tone::Warn | Tone::Bad) { role } else { Role::Plain };
    let words = format!("{word}{}", say(&notice.words, keyboard));
    let mut lines = pen.within(1).hanging(vec![pen.theme.span(role, &front)], said, &words);
    lines.truncate(MOST);
    lines
}
