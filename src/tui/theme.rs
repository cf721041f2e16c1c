//! Roles to looks: the one table of styles and signs. Drawing code names roles, never a colour.
//!
//! The 16 named colours on the terminal's own background, because people redefine them. No named colour can be read on
//! both black and white in every palette (remote-terminal.md section 13): every role has a sign or a word beside it, so
//! that nothing is lost without colour. Then a style holds the default foreground and background only: a filter further
//! down can't take the attributes away with the colours (remote-terminal.md section 2).

use std::borrow::Cow;

use ratatui::{
    style::{Color, Modifier, Style},
    symbols::border,
    text::Span,
};

use crate::{
    domain::codeset::fit_codeset,
    wizard::view::{Mark, Tone},
};

use super::options::Options;

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Ordinary words.
    #[default]
    Plain,
    /// The question, the number that is to be typed, the run.
    Strong,
    /// The word SANDBOX.
    Sandbox,
    /// The focused control, the step where we are, the border of the active panel, the keys.
    Accent,
    /// The focused button.
    Pressed,
    /// The whole row under the cursor: no cell keeps a colour of its own.
    Selected,
    /// Proved, protected, done.
    Good,
    /// Spreading, listing, scheduled.
    Waiting,
    /// Over the limit, missing seats, overdue sweep, excluded.
    Warn,
    /// Refused, failed, wrong organisation.
    Bad,
    /// Rows that can't be chosen, hints, what lies ahead.
    Quiet,
    /// Modules of a QR code: black on white always, because the terminal's own colours can't be scanned.
    Code,
}

impl Role {
    /// The role of a tone.
    #[must_use]
    pub const fn of(tone: Tone) -> Self {
        match tone {
            Tone::Plain => Self::Plain,
            Tone::Good => Self::Good,
            Tone::Busy => Self::Waiting,
            Tone::Warn => Self::Warn,
            Tone::Bad => Self::Bad,
        }
    }

    /// The role of the mark in front of a row.
    #[must_use]
    pub const fn of_mark(mark: Mark) -> Self {
        match mark {
            Mark::None | Mark::Off | Mark::Closed => Self::Plain,
            Mark::Ticked => Self::Accent,
            Mark::On => Self::Good,
            Mark::Excluded => Self::Warn,
            Mark::Problem => Self::Bad,
        }
    }
}

/// The signs of a codeset. Each takes one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// In front of what is done, proved, good.
    pub good: &'static str,
    /// In front of what is going on.
    pub waiting: &'static str,
    /// In front of a warning and of bad news.
    pub warn: &'static str,
    /// The step where we are.
    pub here: &'static str,
    /// A step that lies ahead, a check that has not been asked.
    pub ahead: &'static str,
    /// A rule.
    pub rule: &'static str,
    /// The left edge of the focused control and of bad news.
    pub edge: &'static str,
    /// What a button begins and ends with.
    pub button: (&'static str, &'static str),
    /// Sorted by this column.
    pub sorted: &'static str,
    /// Between two things that stand side by side.
    pub dot: &'static str,
    /// A letter of a secret.
    pub secret: &'static str,
    /// What is chosen of a few.
    pub chosen: &'static str,
    /// The handle of a scrollbar.
    pub thumb: &'static str,
    /// The filled part of a gauge.
    pub filled: &'static str,
    /// Something was cut here.
    pub cut: &'static str,
    /// A span of numbers.
    pub to: &'static str,
}

/// Signs outside ASCII.
const UNICODE: Glyphs = Glyphs {
    good: "✓",
    waiting: "◌",
    warn: "!",
    here: "●",
    ahead: "○",
    rule: "─",
    edge: "┃",
    button: ("‹", "›"),
    sorted: "▴",
    dot: "·",
    secret: "•",
    chosen: "•",
    thumb: "█",
    filled: "━",
    cut: "…",
    to: "–",
};

/// Signs for a terminal that has nothing else.
const ASCII: Glyphs = Glyphs {
    good: "+",
    waiting: "~",
    warn: "!",
    here: "*",
    ahead: "o",
    rule: "-",
    edge: ">",
    button: ("<", ">"),
    sorted: "^",
    dot: "-",
    secret: "*",
    chosen: "x",
    thumb: "#",
    filled: "#",
    cut: "...",
    to: "-",
};

/// Borders in ASCII.
const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// How everything looks on this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theme {
    /// The 16 named colours may be used.
    use_color: bool,
    /// Glyphs outside ASCII may be used.
    use_unicode: bool,
}

impl Theme {
    /// The looks of a terminal with these options.
    #[must_use]
    pub const fn of(options: Options) -> Self {
        Self { use_color: options.use_color, use_unicode: options.use_unicode }
    }

    /// Glyphs outside ASCII may be used.
    #[must_use]
    pub const fn use_unicode(self) -> bool {
        self.use_unicode
    }

    /// The look of a role.
    #[must_use]
    pub const fn style(self, role: Role) -> Style {
        let (look, color) = match role {
            Role::Sandbox if self.use_color => return Style::new().fg(Color::Black).bg(Color::Yellow),
            Role::Code => return Style::new().fg(Color::Black).bg(Color::White),
            Role::Plain => (Modifier::empty(), None),
            Role::Strong => (Modifier::BOLD, None),
            Role::Sandbox | Role::Selected => (Modifier::REVERSED, None),
            Role::Accent => (Modifier::BOLD, Some(Color::Cyan)),
            Role::Pressed => (Modifier::BOLD.union(Modifier::REVERSED), Some(Color::Cyan)),
            Role::Good => (Modifier::empty(), Some(Color::Green)),
            Role::Waiting => (Modifier::empty(), Some(Color::LightBlue)),
            Role::Warn => (Modifier::empty(), Some(Color::Yellow)),
            Role::Bad => (Modifier::BOLD, Some(Color::Red)),
            Role::Quiet => (Modifier::empty(), Some(Color::DarkGray)),
        };
        let style = Style::new().add_modifier(look);
        match color {
            Some(color) if self.use_color => style.fg(color),
            _ => style,
        }
    }

    /// The signs.
    #[must_use]
    pub const fn glyphs(self) -> &'static Glyphs {
        if self.use_unicode { &UNICODE } else { &ASCII }
    }

    /// The border of a panel.
    #[must_use]
    pub const fn border(self) -> border::Set<'static> {
        if self.use_unicode { border::PLAIN } else { ASCII_BORDER }
    }

    /// The sign in front of a tone; none where there is nothing to tell.
    #[must_use]
    pub const fn sign(self, tone: Tone) -> &'static str {
        match tone {
            Tone::Plain => "",
            Tone::Good => self.glyphs().good,
            Tone::Busy => self.glyphs().waiting,
            Tone::Warn | Tone::Bad => self.glyphs().warn,
        }
    }

    /// Words in the terminal's codeset.
    #[must_use]
    pub fn fit(self, words: &str) -> Cow<'_, str> {
        fit_codeset(words, self.use_unicode)
    }

    /// Words in their role.
    #[must_use]
    pub fn span(self, role: Role, words: &str) -> Span<'static> {
        Span::styled(self.fit(words).into_owned(), self.style(role))
    }
}

/// The word in front of a notice, where its sign alone could be missed.
#[must_use]
pub const fn tone_word(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Busy | Tone::Good | Tone::Warn => "",
        Tone::Bad => "Failed: ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 12] = [
        Role::Plain,
        Role::Strong,
        Role::Sandbox,
        Role::Accent,
        Role::Pressed,
        Role::Selected,
        Role::Good,
        Role::Waiting,
        Role::Warn,
        Role::Bad,
        Role::Quiet,
        Role::Code,
    ];

    #[test]
    fn without_colour_there_is_none_and_the_selection_stays() {
        let theme = Theme { use_color: false, use_unicode: true };
        for role in ROLES.into_iter().filter(|role| *role != Role::Code) {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
        for role in [Role::Selected, Role::Pressed, Role::Sandbox] {
            assert!(theme.style(role).add_modifier.contains(Modifier::REVERSED), "{role:?}");
        }
        assert!(theme.style(Role::Accent).add_modifier.contains(Modifier::BOLD));
    }

    #[test]
    fn only_the_sixteen_named_colours_are_used() {
        let theme = Theme { use_color: true, use_unicode: true };
        for role in ROLES {
            let style = theme.style(role);
            for color in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(color, Color::Rgb(..) | Color::Indexed(_)), "{role:?}");
            }
        }
        assert_eq!(theme.style(Role::Selected), Style::new().add_modifier(Modifier::REVERSED));
    }

    #[test]
    fn signs_of_ascii_are_ascii() {
        let Glyphs { good, waiting, warn, here, ahead, rule, edge, button, sorted, .. } = ASCII;
        for sign in [good, waiting, warn, here, ahead, rule, edge, button.0, button.1, sorted] {
            assert!(sign.is_ascii() && sign.len() == 1, "{sign}");
        }
    }
}
