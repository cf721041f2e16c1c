//! Roles to looks: the one table of styles and signs. Drawing code names roles, never a colour.
//!
//! The 16 named colours on the terminal's own background, because people redefine them. No named colour can be read on
//! both black and white in every palette (remote-terminal.md section 13): every role has a sign or a word beside it, so
//! that nothing is lost without colour. Then a style holds the default foreground and background only: a filter further
//! down can't take the attributes away with the colours (remote-terminal.md section 2).

use std::borrow::Cow;

use ratatui::{style::Style, symbols::border, text::Span};

use crate::{domain::codeset::fit_codeset, wizard::view::Tone};

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

/// A sign: outside ASCII, and for a terminal that has nothing else. Each takes one column, but for [`Sign::CUT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign(&'static str, &'static str);

impl Sign {
    /// In front of what is done, proved, good.
    pub const GOOD: Self = Self("✓", "+");
    /// In front of what is going on.
    pub const WAITING: Self = Self("◌", "~");
    /// In front of a warning and of bad news.
    pub const WARN: Self = Self("!", "!");
    /// The step where we are.
    pub const HERE: Self = Self("●", "*");
    /// A step that lies ahead, a check that has not been asked.
    pub const AHEAD: Self = Self("○", "o");
    /// A rule, and the part of a gauge that is not filled.
    pub const RULE: Self = Self("─", "-");
    /// The left edge of the focused control.
    pub const EDGE: Self = Self("┃", ">");
    /// The left edge of bad news, below its sign.
    pub const BAD_EDGE: Self = Self("┃", "!");
    /// What a button begins with.
    pub const OPEN: Self = Self("‹", "<");
    /// What a button ends with.
    pub const CLOSE: Self = Self("›", ">");
    /// Sorted by this column.
    pub const SORTED: Self = Self("▴", "^");
    /// Between two things that stand side by side.
    pub const DOT: Self = Self("·", "-");
    /// A letter of a secret.
    pub const SECRET: Self = Self("•", "*");
    /// What is chosen of a few.
    pub const CHOSEN: Self = Self("•", "x");
    /// The handle of a scrollbar.
    pub const THUMB: Self = Self("█", "#");
    /// The filled part of a gauge.
    pub const FILLED: Self = Self("━", "#");
    /// Something was cut here.
    pub const CUT: Self = Self("…", "...");
    /// A span of numbers.
    pub const TO: Self = Self("–", "-");
}

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
    pub(crate) const fn of(options: Options) -> Self {
        Self { use_color: options.use_color, use_unicode: options.use_unicode }
    }

    /// Glyphs outside ASCII may be used.
    pub(crate) const fn use_unicode(self) -> bool {
        self.use_unicode
    }

    /// The look of a role.
    pub(crate) const fn style(self, role: Role) -> Style {
        let style = Style::new();
        let look = match role {
            Role::Code => return style.black().on_white(),
            Role::Sandbox if self.use_color => return style.black().on_yellow(),
            Role::Sandbox | Role::Selected => style.reversed(),
            Role::Plain => style,
            Role::Strong => style.bold(),
            Role::Accent => style.bold().cyan(),
            Role::Pressed => style.bold().reversed().cyan(),
            Role::Good => style.green(),
            Role::Waiting => style.light_blue(),
            Role::Warn => style.yellow(),
            Role::Bad => style.bold().red(),
            Role::Quiet => style.dark_gray(),
        };
        if self.use_color { look } else { Style { fg: None, ..look } }
    }

    /// A sign in the terminal's codeset.
    pub(crate) const fn sign(self, sign: Sign) -> &'static str {
        if self.use_unicode { sign.0 } else { sign.1 }
    }

    /// The border of a panel.
    pub(crate) const fn border(self) -> border::Set<'static> {
        if self.use_unicode { border::PLAIN } else { ASCII_BORDER }
    }

    /// The sign in front of a tone, none where there is nothing to tell, and its role.
    pub(crate) const fn tone(self, tone: Tone) -> (&'static str, Role) {
        match tone {
            Tone::Plain => ("", Role::Plain),
            Tone::Good => (self.sign(Sign::GOOD), Role::Good),
            Tone::Busy => (self.sign(Sign::WAITING), Role::Waiting),
            Tone::Warn => (self.sign(Sign::WARN), Role::Warn),
            Tone::Bad => (self.sign(Sign::WARN), Role::Bad),
        }
    }

    /// Words in the terminal's codeset.
    pub(crate) fn fit(self, words: &str) -> Cow<'_, str> {
        fit_codeset(words, self.use_unicode)
    }

    /// Words in their role.
    pub(crate) fn span(self, role: Role, words: &str) -> Span<'static> {
        Span::styled(self.fit(words).into_owned(), self.style(role))
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

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
        let marks =
            [Sign::GOOD, Sign::WAITING, Sign::WARN, Sign::HERE, Sign::AHEAD, Sign::RULE, Sign::SORTED];
        for Sign(_, sign) in marks.into_iter().chain([Sign::EDGE, Sign::BAD_EDGE, Sign::OPEN, Sign::CLOSE]) {
            assert!(sign.is_ascii() && sign.len() == 1, "{sign}");
        }
    }
}
