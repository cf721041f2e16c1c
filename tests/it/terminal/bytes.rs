//! What a key costs on the wire, and what a terminal with a mind of its own sends.

use std::time::Duration;

use super::Terminal;

/// Silence after which a frame is taken to be whole: it is one write, which arrives in pieces of microseconds.
const WHOLE: Duration = Duration::from_millis(200);

/// Answers of terminals to questions that this program never asks: device attributes (two kinds), background colour,
/// cursor position, the state of a mode, keyboard protocol, version, size, focus.
pub(crate) const LATE_REPLIES: &[&str] = &[
    "\x1b[?62;1;6;22c",
    "\x1b[>41;390;0c",
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    "\x1b]11;rgb:ffff/ffff/ffff\x07",
    "\x1b[24;80R",
    "\x1b[?2026;2$y",
    "\x1b[?1u",
    "\x1bP>|tmux 3.3a\x1b\\",
    "\x1b[8;24;80t",
    "\x1b[I",
    "\x1b[O",
];

impl Terminal {
    /// Where the cursor stands: row and column from 0.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        self.screen.lock().unwrap().screen().cursor_position()
    }

    /// Presses keys, waits until the screen is as it should be, and says what was written until it fell silent.
    pub(crate) fn costs(&mut self, keys: &str, what: &str, is_so: impl Fn(&Self) -> bool) -> Vec<u8> {
        let before = self.quiet(WHOLE);
        self.keys(keys);
        let until = std::time::Instant::now() + super::DEADLINE;
        while !is_so(self) {
            assert!(std::time::Instant::now() < until, "never {what}; the screen shows:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
        let after = self.quiet(WHOLE);
        self.bytes()[before..after].to_vec()
    }

    /// The last row of the window.
    pub(crate) fn last_row(&self) -> String {
        self.text().trim_end().lines().last().unwrap_or_default().to_owned()
    }
}
