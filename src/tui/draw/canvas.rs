//! Where draw functions write: cells of one frame, and lines that have not found their row yet.

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::{
    options::Options,
    theme::Role,
    words::{cut, grapheme_width, width},
};

/// One frame under the brush.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    /// The cells.
    pub(crate) cells: &'a mut Buffer,
    /// Colour and glyphs.
    pub(crate) options: Options,
}

impl Canvas<'_> {
    /// Writes words into at most `room` columns of a row, cut with a mark; says how many columns they took.
    pub(crate) fn put(&mut self, x: u16, y: u16, room: u16, words: &str, role: Role) -> u16 {
        let area = self.cells.area;
        if y >= area.height || x >= area.width {
            return 0;
        }
        let room = room.min(area.width - x);
        let style = role.style(self.options.use_color);
        let mut used = 0_u16;
        for grapheme in cut(words, room, self.options.use_unicode).graphemes(true) {
            let wide = grapheme_width(grapheme);
            if wide == 0 || grapheme.chars().any(char::is_control) {
                continue;
            }
            let at = x.saturating_add(used);
            if let Some(cell) = self.cells.cell_mut((at, y)) {
                cell.set_symbol(grapheme).set_style(style);
            }
            for more in 1..wide {
                if let Some(cell) = self.cells.cell_mut((at.saturating_add(more), y)) {
                    cell.set_symbol("").set_style(style);
                }
            }
            used = used.saturating_add(wide);
        }
        used
    }

    /// Writes a line into a row of an area.
    pub(crate) fn line(&mut self, area: Rect, row: u16, line: &Line) {
        let mut x = 0_u16;
        for (role, words) in &line.pieces {
            let room = area.width.saturating_sub(x);
            if room == 0 {
                return;
            }
            x += self.put(area.x.saturating_add(x), area.y.saturating_add(row), room, words, *role);
        }
    }

    /// Width of words as this canvas would write them.
    pub(crate) fn width(&self, words: &str) -> u16 {
        width(&crate::tui::words::fit_codeset(words, self.options.use_unicode))
    }
}

/// One line of a body: pieces side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// The pieces, left to right.
    pub(crate) pieces: Vec<(Role, String)>,
    /// Column of the cursor, on the line that has the focus.
    pub(crate) cursor: Option<u16>,
    /// May be dropped in a small window.
    pub(crate) is_hint: bool,
}

impl Line {
    /// A line of one piece.
    pub(crate) fn of(role: Role, words: impl Into<String>) -> Self {
        Self { pieces: vec![(role, words.into())], ..Self::default() }
    }

    /// The same line with one more piece.
    pub(crate) fn and(mut self, role: Role, words: impl Into<String>) -> Self {
        self.pieces.push((role, words.into()));
        self
    }
}
