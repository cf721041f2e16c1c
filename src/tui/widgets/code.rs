//! The link as a QR code over the whole window, with one row of words; or the words about the room it needs.

use qrcode::{Color, EcLevel, QrCode};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use crate::{
    tui::{
        theme::{Role, Theme},
        words::{width, wrap},
    },
    wizard::view::Bar,
};

/// Light modules around the code: four by the standard, two read as well (remote-terminal.md section 10).
const QUIET_ZONES: [u16; 2] = [4, 2];

/// The modules of a code, and the size of its picture.
#[derive(Debug)]
struct Picture {
    /// Modules per side.
    side: u16,
    /// Dark ones, row by row.
    dark: Vec<bool>,
    /// Light modules around.
    quiet: u16,
}

impl Picture {
    /// Encodes the link at error level L; none when it is too long for any code.
    fn of(link: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
        let side = u16::try_from(code.width()).ok()?;
        let dark = code.to_colors().into_iter().map(|c| c == Color::Dark).collect();
        Some(Self { side, dark, quiet: 0 })
    }

    /// Columns that it takes with a quiet zone.
    const fn columns(&self, quiet: u16) -> u16 {
        self.side + 2 * quiet
    }

    /// Rows that it takes with a quiet zone, and one for the words.
    const fn rows(&self, quiet: u16) -> u16 {
        self.columns(quiet).div_ceil(2) + 1
    }

    /// Whether the module at a place of the picture is dark; outside of the code it is light.
    fn is_dark(&self, x: u16, y: u16) -> bool {
        let (Some(x), Some(y)) = (x.checked_sub(self.quiet), y.checked_sub(self.quiet)) else {
            return false;
        };
        let at = usize::from(y) * usize::from(self.side) + usize::from(x);
        x < self.side && y < self.side && self.dark.get(at).copied().unwrap_or(false)
    }
}

/// Draws the code for a link, or says why it can't be shown; says where the cursor stands.
pub(crate) fn draw(link: &str, bar: &Bar<'_>, buf: &mut Buffer, theme: Theme) -> Option<Position> {
    let area = buf.area;
    let Some(mut picture) = Picture::of(link) else {
        return words(buf, "The link is too long for a QR code.", false, bar, theme);
    };
    if !theme.use_unicode() {
        let say = "A QR code needs block characters, and this terminal is in ASCII mode.";
        return words(buf, say, false, bar, theme);
    }
    let fits = |quiet: &u16| picture.columns(*quiet) <= area.width && picture.rows(*quiet) <= area.height;
    let Some(quiet) = QUIET_ZONES.into_iter().find(fits) else {
        let (columns, rows) = (picture.columns(2), picture.rows(2));
        let say =
            format!("The QR code needs {columns}x{rows}, this window is {}x{}.", area.width, area.height);
        return words(buf, &say, true, bar, theme);
    };
    picture.quiet = quiet;
    for row in 0..picture.rows(quiet) - 1 {
        let modules: String = (0..picture.columns(quiet))
            .map(|x| match (picture.is_dark(x, row * 2), picture.is_dark(x, row * 2 + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        buf.set_string(0, row, modules, theme.style(Role::Code));
    }
    let y = area.height - 1;
    put(buf, y, &foot(bar, area.width - 1, theme), theme);
    Some(Position::new(0, y))
}

/// Writes words into a row; the last cell stays free.
fn put(buf: &mut Buffer, y: u16, words: &str, theme: Theme) {
    let row = Rect { y, height: 1, ..buf.area };
    buf.set_line(row.x, y, &theme.span(Role::Plain, words).into(), row.width.saturating_sub(1));
}

/// The row of words below the code; in a narrow window without the signs between them.
fn foot(bar: &Bar<'_>, room: u16, theme: Theme) -> String {
    let mut parts = Vec::new();
    if bar.is_sandbox {
        parts.push("SANDBOX".to_owned());
    }
    if let Some(run) = &bar.run {
        parts.push(run.to_string());
    }
    if let Some(last) = &bar.last_four {
        parts.push(format!("{}{last}", theme.glyphs().cut));
    }
    parts.push("any key returns".to_owned());
    let wide = parts.join(&format!(" {} ", theme.glyphs().dot));
    if width(&wide) <= room { wide } else { parts.join(" ") }
}

/// Words in the place of the code, with the other ways to hand the link over.
fn words(buf: &mut Buffer, why: &str, can_fit: bool, bar: &Bar<'_>, theme: Theme) -> Option<Position> {
    let area = buf.area;
    let ways = if can_fit {
        "Other ways: print the link alone, send it to the clipboard, write it to a file, or enlarge the window."
    } else {
        "Other ways: print the link alone, send it to the clipboard, or write it to a file."
    };
    let mut lines = wrap(why, area.width.saturating_sub(1), theme.use_unicode());
    lines.extend(wrap(ways, area.width.saturating_sub(1), theme.use_unicode()));
    let last = area.height.checked_sub(1)?;
    for (y, line) in (0..last).zip(lines) {
        put(buf, y, &line, theme);
    }
    put(buf, last, &foot(bar, area.width.saturating_sub(1), theme), theme);
    Some(Position::new(0, last))
}
