//! Colour, glyphs and fallback size, decided once before the first byte is written.
//!
//! Pure: `app` reads the flags and the environment; the rules are those of remote-terminal.md sections 1 to 3.

/// How the screen is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The 16 named colours may be used.
    pub use_color: bool,
    /// Glyphs outside ASCII may be used.
    pub use_unicode: bool,
    /// The bell may ring.
    pub use_bell: bool,
    /// Columns and rows where the terminal does not know its size (`COLUMNS` and `LINES`); none: 80x24.
    pub fallback_size: Option<(u16, u16)>,
}

/// Largest number of columns or lines that is believed: a guess, and a bound on the memory that a frame takes.
const LARGEST: u16 = 1_000;

/// Flags and variables that matter, each as it stands in the environment; none where it is not set.
#[derive(Debug, Clone, Default)]
pub struct Environment<'a> {
    /// Colour or none, as `--color` says, else the setting; none: the environment decides.
    pub color: Option<bool>,
    /// Glyphs outside ASCII or none, as `--unicode` and `--ascii` say, else the setting; none: the locale decides.
    pub glyphs: Option<bool>,
    /// To ring or never to, as `--no-bell` says, else the setting; none: the environment decides.
    pub bell: Option<bool>,
    /// `NO_BELL`; empty counts as not set.
    pub no_bell: Option<&'a str>,
    /// `NO_COLOR`; empty counts as not set.
    pub no_color: Option<&'a str>,
    /// `CLICOLOR_FORCE`.
    pub clicolor_force: Option<&'a str>,
    /// `CLICOLOR`.
    pub clicolor: Option<&'a str>,
    /// `TERM`.
    pub term: Option<&'a str>,
    /// `LC_ALL`.
    pub lc_all: Option<&'a str>,
    /// `LC_CTYPE`.
    pub lc_ctype: Option<&'a str>,
    /// `LANG`.
    pub lang: Option<&'a str>,
    /// `COLUMNS`.
    pub columns: Option<&'a str>,
    /// `LINES`.
    pub lines: Option<&'a str>,
}

/// Decides how the screen is drawn.
pub(crate) fn decide(env: &Environment<'_>) -> Options {
    Options {
        use_color: color(env),
        use_unicode: unicode(env),
        use_bell: env.bell.unwrap_or(!is_set(env.no_bell)),
        fallback_size: size(env),
    }
}

/// Whether a variable stands there and says something.
fn is_set(variable: Option<&str>) -> bool {
    variable.is_some_and(|value| !value.is_empty())
}

/// First match wins (remote-terminal.md section 2).
fn color(env: &Environment<'_>) -> bool {
    match env.color {
        Some(color) => color,
        None if is_set(env.no_color) => false,
        None if is_set(env.clicolor_force) && env.clicolor_force != Some("0") => true,
        None => env.clicolor != Some("0") && env.term != Some("dumb"),
    }
}

/// UTF-8 if the first non-empty locale variable says so (remote-terminal.md section 3).
fn unicode(env: &Environment<'_>) -> bool {
    let locale = [env.lc_all, env.lc_ctype, env.lang].into_iter().flatten().find(|v| !v.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    env.glyphs.unwrap_or(locale.contains("utf-8") || locale.contains("utf8"))
}

/// The size that the variables give, if both are usable.
fn size(env: &Environment<'_>) -> Option<(u16, u16)> {
    let number =
        |v: Option<&str>| v.and_then(|v| v.trim().parse::<u16>().ok()).filter(|n| (1..=LARGEST).contains(n));
    Some((number(env.columns)?, number(env.lines)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_match_decides_about_colour() {
        let env = Environment::default();
        let auto = None;
        for (choice, no_color, force, clicolor, term, expected) in [
            (auto, None, None, None, Some("xterm"), true),
            (auto, Some("1"), None, None, Some("xterm"), false),
            (auto, Some(""), None, None, Some("xterm"), true),
            (auto, Some("1"), Some("1"), None, Some("xterm"), false),
            (auto, Some("0"), None, None, Some("xterm"), false),
            (auto, None, Some(""), Some("0"), Some("xterm"), false),
            (auto, None, None, Some(""), Some("xterm"), true),
            (auto, None, None, None, Some("unknown-thing"), true),
            (Some(true), None, None, Some("0"), Some("xterm"), true),
            (auto, None, Some("1"), Some("0"), Some("dumb"), true),
            (auto, None, Some("0"), Some("0"), Some("xterm"), false),
            (auto, None, None, Some("1"), Some("xterm"), true),
            (auto, None, None, None, Some("dumb"), false),
            (Some(true), Some("1"), None, None, Some("dumb"), true),
            (Some(false), None, Some("1"), None, Some("xterm"), false),
        ] {
            let env =
                Environment { color: choice, no_color, clicolor_force: force, clicolor, term, ..env.clone() };
            assert_eq!(decide(&env).use_color, expected, "{env:?}");
        }
    }

    #[test]
    fn the_bell_rings_unless_the_setting_or_the_environment_says_never() {
        for (bell, no_bell, expected) in [
            (None, None, true),
            (None, Some(""), true),
            (None, Some("1"), false),
            (Some(false), None, false),
            (Some(true), Some("1"), true),
        ] {
            let env = Environment { bell, no_bell, ..Environment::default() };
            assert_eq!(decide(&env).use_bell, expected, "{env:?}");
        }
    }

    #[test]
    fn the_first_locale_that_says_something_decides_about_glyphs() {
        for (lc_all, lc_ctype, lang, expected) in [
            (None, None, None, false),
            (None, None, Some("C"), false),
            (None, None, Some("POSIX"), false),
            (None, None, Some("en_AU.UTF-8"), true),
            (None, None, Some("C.utf8"), true),
            (Some("C"), None, Some("en_AU.UTF-8"), false),
            (Some(""), Some("en_AU.Utf-8"), Some("C"), true),
        ] {
            let env = Environment { lc_all, lc_ctype, lang, ..Environment::default() };
            assert_eq!(decide(&env).use_unicode, expected, "{env:?}");
        }
        let utf8 = Environment { lang: Some("C.UTF-8"), glyphs: Some(false), ..Environment::default() };
        assert!(!decide(&utf8).use_unicode);
        let plain = Environment { glyphs: Some(true), ..Environment::default() };
        assert!(decide(&plain).use_unicode);
    }

    #[test]
    fn a_size_needs_both_numbers() {
        for (columns, lines, expected) in [
            (Some("100"), Some("30"), Some((100, 30))),
            (Some("100"), None, None),
            (Some("0"), Some("30"), None),
            (Some("65535"), Some("65535"), None),
            (Some("x"), Some("30"), None),
        ] {
            let env = Environment { columns, lines, ..Environment::default() };
            assert_eq!(decide(&env).fallback_size, expected);
        }
    }
}
