//! The console's output, where there are no signals that could come between: writes wait for the console.

use std::{
    fs::File,
    io::{self, Write},
    time::Duration,
};

use super::guard::Sent;

/// How long a restore waits for a frame that is being written.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// Tells a writer that there is something more urgent; nothing here can.
#[derive(Debug)]
pub(super) struct Nudge;

impl Nudge {
    /// Does nothing.
    pub(super) const fn nudge(&self) {}
}

/// The output.
#[derive(Debug)]
pub(super) struct Output(File);

impl Output {
    /// Wraps the output.
    ///
    /// # Errors
    /// None here.
    #[expect(clippy::unnecessary_wraps, reason = "the other system's signature")]
    pub(super) const fn new(shared: File) -> io::Result<(Self, Nudge)> {
        Ok((Self(shared), Nudge))
    }

    /// Writes a frame, or last words.
    ///
    /// # Errors
    /// Nobody is there any more.
    pub(super) fn send(&mut self, bytes: &[u8], _are_last: bool) -> io::Result<Sent> {
        self.0.write_all(bytes).map(|()| Sent::Whole)
    }

    /// Does nothing.
    pub(super) const fn discard(&self) {}

    /// Does nothing.
    pub(super) const fn forget_typed(&self) {}

    /// Always.
    pub(super) const fn is_ours(&self) -> bool {
        true
    }

    /// Always.
    pub(super) const fn is_there(&self) -> bool {
        true
    }

    /// Always.
    pub(super) const fn takes_us(&self) -> bool {
        true
    }

    /// Columns and rows that the console reports; none where it does not know.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        crossterm::terminal::size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0)
    }
}

/// The console's two ends.
///
/// # Errors
/// There is no console.
pub(crate) fn open() -> io::Result<(File, File)> {
    Ok((
        File::options().read(true).write(true).open("CONIN$")?,
        File::options().read(true).write(true).open("CONOUT$")?,
    ))
}
