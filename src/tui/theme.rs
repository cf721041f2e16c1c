//! Roles to looks. No named colour can be read on both a black and a white ground in every palette (remote-terminal.md
//! section 13): words that must be read have the default foreground, and colour is for signs that stand beside their
//! state in words, and for words that may be missed. Without colour a look holds the default foreground and background only, so that no filter further
//! down can take the attributes that carry the focus away with the colours (remote-terminal.md section 2).

use ratatui::style::{Color, Modifier, Style};

use crate::wizard::view::Tone;

/// What a piece of text is; what must be read is never told by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Ordinary words.
    Plain,
    /// Headings, totals, words that must not be missed.
    Strong,
    /// The focused control.
    Focus,
    /// Words that may be missed.
    Quiet,
    /// The sign in front of good news.
    Good,
    /// The sign in front of a warning.
    Warn,
    /// The sign in front of bad news.
    Bad,
    /// Modules of a QR code: black on white always, because the terminal's own colours can't be scanned.
    Code,
}

impl Role {
    /// The look of the role.
    #[must_use]
    pub const fn style(self, use_color: bool) -> Style {
        let plain = Style::new();
        let (style, color) = match self {
            Self::Plain => (plain, None),
            Self::Strong => (plain.add_modifier(Modifier::BOLD), None),
            Self::Focus => (plain.add_modifier(Modifier::BOLD).add_modifier(Modifier::REVERSED), None),
            Self::Quiet => (plain, Some(Color::DarkGray)),
            Self::Good => (plain.add_modifier(Modifier::BOLD), Some(Color::Green)),
            Self::Warn => (plain.add_modifier(Modifier::BOLD), Some(Color::Yellow)),
            Self::Bad => (plain.add_modifier(Modifier::BOLD), Some(Color::Magenta)),
            Self::Code => return plain.fg(Color::Black).bg(Color::White),
        };
        match color {
            Some(color) if use_color => style.fg(color),
            _ => style,
        }
    }
}

/// The word in front of a notice.
#[must_use]
pub const fn tone_word(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Busy => "",
        Tone::Good => "OK: ",
        Tone::Warn => "Look: ",
        Tone::Bad => "Failed: ",
    }
}
