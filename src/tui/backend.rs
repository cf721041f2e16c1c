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

use std::{collections::BTreeSet, io, ops::Range};

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

/// Where the cells of a row are.
fn cells_of(buffer: &Buffer, y: u16) -> Range<usize> {
    let width = usize::from(buffer.area.width);
    let start = usize::from(y) * width;
    start..start + width
}

/// The cells of a row, and nothing outside of the frame.
fn row(buffer: &Buffer, y: u16) -> &[Cell] {
    buffer.content.get(cells_of(buffer, y)).unwrap_or_default()
}

/// Those of these rows that two frames of one size differ in.
fn differing(
    shown: &Buffer,
    next: &Buffer,
    rows: impl IntoIterator<Item = u16>,
) -> impl Iterator<Item = u16> {
    rows.into_iter().filter(move |y| row(shown, *y) != row(next, *y))
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
    /// Rows of it that were written to since the last frame: the others stand there already.
    written: BTreeSet<u16>,
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
        Self {
            bytes: Vec::new(),
            shown,
            next,
            written: BTreeSet::new(),
            cursor,
            wanted: None,
            is_stale: true,
        }
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

    /// Has everything written again, where nobody knows what stands there.
    fn begin_again(&mut self) {
        self.shown = Buffer::empty(self.next.area);
        // Terminals show the cursor at the start, and after coming back.
        self.cursor = TerminalCursor { place: Some(Position::ORIGIN), is_visible: true };
        self.bytes.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
        self.written = (0..self.next.area.height).collect();
        self.is_stale = false;
    }

    /// The bytes that turn what stands there into the next frame, which differs in these rows; none where in no one.
    fn frame(&mut self, rows: &[u16]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let pen = Pen::new(self.next.area.as_size(), self.cursor);
        let frames = (&self.shown, &self.next);
        let painted = differences(frames, rows.iter().copied(), pen.clone(), self.wanted);
        let scrolled = scrolling::find(&self.shown, &self.next, rows).map(|shift| {
            let (mut shown, mut pen) = (self.shown.clone(), pen);
            scrolling::scroll(&mut shown, &shift, &mut pen);
            differences(
                (&shown, &self.next),
                differing(&shown, &self.next, 0..self.next.area.height),
                pen,
                self.wanted,
            )
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
            self.written.insert(y);
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
        if self.is_stale {
            self.begin_again();
        }
        let written = std::mem::take(&mut self.written);
        let rows: Vec<u16> = differing(&self.shown, &self.next, written).collect();
        let bytes = self.frame(&rows);
        self.bytes.extend(bytes);
        for y in rows {
            let cells = cells_of(&self.next, y);
            if let (Some(shown), Some(next)) =
                (self.shown.content.get_mut(cells.clone()), self.next.content.get(cells))
            {
                shown.clone_from_slice(next);
            }
        }
        Ok(())
    }
}
