//! Stand-in.

use ratatui::buffer::Buffer;

use crate::{
    tui::{options::Options, paint::Place},
    wizard::view::View,
};

/// Which rows of a list are in sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scroll {
    /// Index of the first row in sight.
    pub(crate) top: usize,
    /// Rows in sight.
    pub(crate) height: u16,
    /// Line of the first one.
    pub(crate) y: u16,
}

/// What the front end remembers between two frames; nothing that the wizard knows.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// The rows' slice.
    pub(crate) rows: Scroll,
}

/// Draws the view into a blank frame; says where the cursor stands.
pub fn draw(_cells: &mut Buffer, _view: &View<'_>, _options: Options, _memory: &mut Memory) -> Option<Place> {
    None
}
