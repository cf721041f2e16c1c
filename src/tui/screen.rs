//! What stands on the terminal, and the bytes that turn it into the next frame.
//!
//! Knows no terminal: the same code writes into a file and into a test's memory.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::wizard::view::View;

use super::{
    draw::{Memory, Scroll, draw},
    options::Options,
    paint::{Hand, Place, clear, differences, scroll},
};

/// The frame that stands there.
#[derive(Debug)]
pub(crate) struct Screen {
    /// Colour and glyphs.
    options: Options,
    /// Its cells.
    shown: Buffer,
    /// The cells of the next one; kept to save the allocation.
    next: Buffer,
    /// The terminal's cursor.
    hand: Hand,
    /// What is there may differ from `shown`: everything is drawn again.
    is_stale: bool,
    /// What is scrolled, and how far.
    pub(crate) memory: Memory,
}

impl Screen {
    /// Nothing is known about what stands there.
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            shown: Buffer::empty(Rect::ZERO),
            next: Buffer::empty(Rect::ZERO),
            hand: Hand::default(),
            is_stale: true,
            memory: Memory::default(),
        }
    }

    /// Someone else wrote to the terminal: everything is drawn again.
    pub(crate) const fn forget(&mut self) {
        self.is_stale = true;
    }

    /// The bytes that turn what stands there into the view, for a window of columns and rows; none when nothing
    /// differs.
    pub(crate) fn frame(&mut self, view: &View<'_>, size: (u16, u16)) -> Vec<u8> {
        let area = Rect { x: 0, y: 0, width: size.0, height: size.1 };
        let mut bytes = Vec::new();
        if self.is_stale || self.shown.area != area {
            self.shown = Buffer::empty(area);
            // Terminals show the cursor at the start, and after coming back.
            self.hand = Hand { place: None, is_visible: true };
            clear(&mut self.hand, &mut bytes);
            self.is_stale = false;
        }
        self.next.resize(area);
        self.next.reset();
        let before = self.memory.rows;
        let cursor = draw(&mut self.next, view, self.options, &mut self.memory);
        let after = self.memory.rows;
        let scrolled = self.scrolled(before, after, cursor);
        let (mut hand, mut painted) = (self.hand, Vec::new());
        differences(&self.shown, &self.next, &mut hand, cursor, &mut painted);
        let shorter = scrolled.filter(|(scrolled, _)| scrolled.len() < painted.len());
        let (frame, hand) = shorter.unwrap_or((painted, hand));
        bytes.extend(frame);
        self.hand = hand;
        std::mem::swap(&mut self.shown, &mut self.next);
        bytes
    }

    /// The bytes of the next frame where the terminal moves the rows by itself, and where its cursor stands then; none
    /// where no row stays in sight on another line.
    ///
    /// What stands beside the rows moves with them and is mended, so that this is not always the shorter way.
    fn scrolled(&self, before: Scroll, after: Scroll, cursor: Option<Place>) -> Option<(Vec<u8>, Hand)> {
        let line_of_first = |rows: Scroll| Some(i64::from(rows.y) - i64::try_from(rows.top).ok()?);
        let by = line_of_first(before)? - line_of_first(after)?;
        let (first, last) = (before.y.min(after.y), (before.y + before.height).max(after.y + after.height));
        if by == 0 || by.unsigned_abs() >= u64::from(before.height.min(after.height)) {
            return None;
        }
        let (mut shown, mut hand, mut bytes) = (self.shown.clone(), self.hand, Vec::new());
        scroll(&mut shown, first, last - first, by, &mut hand, &mut bytes);
        differences(&shown, &self.next, &mut hand, cursor, &mut bytes);
        Some((bytes, hand))
    }
}
