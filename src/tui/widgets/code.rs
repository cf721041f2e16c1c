//! The link as a QR code over the whole window, with one row of words; or the words about the room it needs.

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    widgets::{Block, Padding, Paragraph, Widget},
};

use crate::{
    tui::{
        theme::{Role, Theme},
        words::{width, wrap},
    },
    wizard::view::Bar,
};

use super::bar::never_cut;

/// Light modules around the code: four by the standard, two read as well (remote-terminal.md section 10).
const QUIET_ZONES: [u16; 2] = [4, 2];

/// Draws the code for a link, or says why it can't be shown; says where the cursor stands.
pub(crate) fn draw(link: &str, bar: &Bar<'_>, buf: &mut Buffer, theme: Theme) -> Option<Position> {
    let area = buf.area;
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok();
    let Some((modules, code)) = code.and_then(|code| Some((u16::try_from(code.width()).ok()?, code))) else {
        return words(buf, "The link is too long for a QR code.", false, bar, theme);
    };
    if !theme.use_unicode() {
        let say = "A QR code needs block characters, and this terminal is in ASCII mode.";
        return words(buf, say, false, bar, theme);
    }
    // Two modules are one row; below them stands one for the words.
    let size = |quiet: u16| (modules + 2 * quiet, (modules + 2 * quiet).div_ceil(2) + 1);
    let fits = |quiet: &u16| size(*quiet).0 <= area.width && size(*quiet).1 <= area.height;
    let Some(quiet) = QUIET_ZONES.into_iter().find(fits) else {
        let (columns, rows) = size(2);
        let say =
            format!("The QR code needs {columns}x{rows}, this window is {}x{}.", area.width, area.height);
        return words(buf, &say, true, bar, theme);
    };
    let (width, height) = size(quiet);
    let picture = code.render::<Dense1x2>().quiet_zone(false).module_dimensions(1, 1).build();
    let padding = Padding::symmetric(quiet, quiet / 2);
    Paragraph::new(picture)
        .block(Block::new().padding(padding))
        .style(theme.style(Role::Code))
        .render(Rect { width, height: height - 1, ..area }, buf);
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
    let mut parts = never_cut(bar, theme);
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
