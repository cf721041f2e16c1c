//! What ratatui draws on: a [`Backend`] for a terminal at the far end of a slow line.
//!
//! `Terminal::draw` hands over the cells that changed and where the cursor is to stand; its `flush` turns that into
//! the fewest bytes, in one write, or in none where nothing differs. It remembers what stands on the terminal, so that it
//! can do what a stream of changed cells can't: rows that moved are moved by the terminal itself (`scrolling.rs`), a blank
//! tail is erased instead of painted, a gap of a few cells is written again where that is shorter than a move, and the
//! place is set anew after text whose width terminals disagree about (`difference.rs`; remote-terminal.md sections 2, 3
//! and 5).
//!
//! Nothing here asks the terminal anything: a question costs a round trip, some terminals never answer, and a late
//! answer would have to be kept out of the fields. So the size is told ([`Backend::resize`]), and the cursor's place is the
//! one that was wanted last.
//!
//! # Why not the stock one
//!
//! What ratatui's `CrosstermBackend` needs for the same frames, with a whole selected row reversed (`cargo bench --bench
//! numbers -- inside` prints it for the machine at hand; 80x24, 10,000 users):
//!
//! | bytes | stock | here |
//! |---|---|---|
//! | a cursor key | 244 | 186 |
//! | a cursor key that scrolls | 967 | 185 |
//! | a tick | 79 | 39 |
//! | a page of new rows | 1,010 | 769 |
//! | the first frame | 3,147 | 2,649 |
//!
//! And three things that no number shows: under `NO_COLOR` crossterm 0.29 turns every colour command into one that resets
//! all attributes, and the reversed row disappears; it writes the 16 named colours as `38;5;n`, of which old terminals
//! read the 5 as blinking; and it counts on every terminal's idea of a letter's width. Colours are written here if cells
//! have any: whether they do is the theme's matter.

use std::io;

use ratatui::{
    backend::{ClearType, WindowSize},
    buffer::{Buffer, Cell},
    layout::{Position, Rect, Size},
};

use super::words::grapheme_width;
use difference::differences;
use pen::{CellStyle, Pen, TerminalCursor};

mod difference;
mod pen;
mod scrolling;
#[cfg(test)]
mod tests;

/// Frames above this many bytes are wrapped in synchronized output (remote-terminal.md section 5: about 1 KB).
const SYNCHRONIZE_ABOVE: usize = 1_024;

/// The cells of a row, and nothing outside of the frame.
fn row(buffer: &Buffer, y: u16) -> &[Cell] {
    let width = usize::from(buffer.area.width);
    let start = usize::from(y) * width;
    buffer.content.get(start..start + width).unwrap_or_default()
}

/// Whether a cell is what erasing leaves behind.
fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && CellStyle::of(cell) == CellStyle::PLAIN
}

/// What stands on the terminal, and what is to stand there.
#[derive(Debug)]
pub struct Backend {
    /// The bytes of what was drawn, until somebody takes them.
    bytes: Vec<u8>,
    /// What stands there.
    shown: Buffer,
    /// What is to stand there.
    next: Buffer,
    /// The terminal's cursor.
    cursor: TerminalCursor,
    /// Where it is to stand; none: it is hidden.
    wanted: Option<Position>,
    /// What stands there may differ from `shown`: everything is written again.
    is_stale: bool,
}

impl Backend {
    /// A backend that knows nothing about what stands on the terminal.
    #[must_use]
    pub fn new(size: Size) -> Self {
        let (shown, next) = (Buffer::default(), Buffer::empty(Rect::from(size)));
        let cursor = TerminalCursor::default();
        Self { bytes: Vec::new(), shown, next, cursor, wanted: None, is_stale: true }
    }

    /// The bytes of what was drawn since they were taken last, to be written at once; none where nothing differs.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// The window has this size from now on; `Terminal::draw` finds out by itself.
    pub fn resize(&mut self, size: Size) {
        if self.next.area.as_size() != size {
            self.next = Buffer::empty(Rect::from(size));
            self.is_stale = true;
        }
    }

    /// Somebody else wrote to the terminal: the next frame writes everything again.
    pub const fn forget(&mut self) {
        self.is_stale = true;
    }

    /// The bytes that turn what stands there into the next frame; none where nothing differs.
    fn frame(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.is_stale {
            self.shown = Buffer::empty(self.next.area);
            // Terminals show the cursor at the start, and after coming back.
            self.cursor = TerminalCursor { place: Some(Position::ORIGIN), is_visible: true };
            bytes.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
            self.is_stale = false;
        }
        let pen = Pen::new(self.next.area.as_size(), self.cursor);
        let painted = differences(&self.shown, &self.next, pen.clone(), self.wanted);
        let scrolled = scrolling::find(&self.shown, &self.next).map(|shift| {
            let (mut shown, mut pen) = (self.shown.clone(), pen);
            scrolling::scroll(&mut shown, &shift, &mut pen);
            differences(&shown, &self.next, pen, self.wanted)
        });
        // What stands beside the rows moves with them and is mended: that is not always the shorter way.
        let shorter = scrolled.filter(|scrolled| scrolled.out.len() < painted.out.len()).unwrap_or(painted);
        self.cursor = shorter.cursor;
        if shorter.out.len() > SYNCHRONIZE_ABOVE {
            return [&bytes, b"\x1b[?2026h".as_slice(), &shorter.out, b"\x1b[?2026l"].concat();
        }
        bytes.extend(shorter.out);
        bytes
    }
}

impl ratatui::backend::Backend for Backend {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            let Some(there) = self.next.cell_mut((x, y)) else { continue };
            there.clone_from(cell);
            // A blank in the accent is a blank: it needs no bytes of its own.
            if matches!(cell.symbol(), "" | " ") && CellStyle::of(cell).is_plain_in_blanks() {
                there.reset();
            }
            // What a wide letter covers is gone.
            for covered in (x..x.saturating_add(grapheme_width(cell.symbol()))).skip(1) {
                self.next.cell_mut((covered, y)).into_iter().for_each(Cell::reset);
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        // Whoever shows it says where, too.
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.wanted.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        // Asked for where nobody knows what stands there.
        self.is_stale = true;
        self.next.reset();
        Ok(())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        match clear_type {
            ClearType::All => self.clear(),
            // For viewports that are less than the whole terminal.
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.next.area.as_size())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.next.area.as_size(), pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = self.frame();
        self.bytes.extend(bytes);
        // Cell by cell: `Buffer` has no way of its own to keep the memory that it has.
        self.shown.area = self.next.area;
        self.shown.content.clone_from(&self.next.content);
        Ok(())
    }
}
