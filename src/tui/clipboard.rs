//! The terminal's clipboard: OSC 52, written and never asked for. Nobody answers, so nobody can say "copied".

use base64::Engine;

/// Longest payload, bytes of base64: VTE parses 4,096 characters of any OSC, and longer ones may land on the screen
/// (remote-terminal.md section 10). Up to 500 bytes are safe everywhere.
const LONGEST: usize = 4_000;

/// Longest payload inside screen, bytes of base64: measured with 4.9.0, 748 pass and 1,200 are dropped; screen keeps 768
/// bytes of any string.
const LONGEST_IN_SCREEN: usize = 700;

/// The way to the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clipboard {
    /// As it is. tmux, as it is usually set, drops it; its passthrough is off then, too.
    #[default]
    Plain,
    /// Inside screen, which drops the sequence and passes on what stands in a DCS string.
    Screen,
}

impl Clipboard {
    /// The way that `TERM`, `STY` (screen) and `TMUX` (tmux, maybe inside of screen) suggest. screen says
    /// `screen.xterm-256color` by itself, which ssh takes along; plain `screen` may be tmux, too.
    pub(crate) fn of(term: Option<&str>, is_in_screen: bool, is_in_tmux: bool) -> Self {
        let term = term.unwrap_or_default();
        let says_screen = term.starts_with("screen.") || (is_in_screen && term.starts_with("screen"));
        if says_screen && !is_in_tmux { Self::Screen } else { Self::Plain }
    }

    /// Most bytes of base64 that can be sent.
    pub(crate) const fn longest(self) -> usize {
        match self {
            Self::Plain => LONGEST,
            Self::Screen => LONGEST_IN_SCREEN,
        }
    }

    /// The bytes that send a text; none where it is too long, which the wizard says before it asks.
    pub(super) fn sequence(self, text: &str) -> Option<Vec<u8>> {
        let payload = base64::engine::general_purpose::STANDARD.encode(text);
        if payload.len() > self.longest() {
            return None;
        }
        let plain = format!("\x1b]52;c;{payload}\x07");
        Some(match self {
            Self::Plain => plain.into_bytes(),
            Self::Screen => format!("\x1bP{plain}\x1b\\").into_bytes(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_is_told_from_tmux() {
        for (term, is_in_screen, is_in_tmux, expected) in [
            (Some("xterm-256color"), false, false, Clipboard::Plain),
            (Some("tmux-256color"), false, true, Clipboard::Plain),
            (Some("screen-256color"), false, true, Clipboard::Plain),
            // Over ssh from either of them: tmux, as far as one can tell.
            (Some("screen-256color"), false, false, Clipboard::Plain),
            (Some("screen.xterm-256color"), false, false, Clipboard::Screen),
            (Some("screen"), true, false, Clipboard::Screen),
            (Some("screen"), true, true, Clipboard::Plain),
            (Some("tmux-256color"), true, true, Clipboard::Plain),
            (None, true, false, Clipboard::Plain),
        ] {
            assert_eq!(Clipboard::of(term, is_in_screen, is_in_tmux), expected, "{term:?}");
        }
    }

    #[test]
    fn a_text_is_sent_whole_or_not_at_all() {
        let plain = Clipboard::Plain.sequence("hello").unwrap();
        assert_eq!(plain, b"\x1b]52;c;aGVsbG8=\x07");
        assert_eq!(Clipboard::Screen.sequence("hello").unwrap(), b"\x1bP\x1b]52;c;aGVsbG8=\x07\x1b\\");
        for way in [Clipboard::Plain, Clipboard::Screen] {
            let fits = way.longest() / 4 * 3;
            assert!(way.sequence(&"x".repeat(fits)).is_some(), "{way:?}");
            assert_eq!(way.sequence(&"x".repeat(fits + 1)), None, "{way:?}");
        }
    }
}
