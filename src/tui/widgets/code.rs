//! The link as a QR code over the whole window, with one row of words; or the words about the room it needs.

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Position, Rect},
    widgets::{Block, Padding, Paragraph, Widget},
};

use crate::{
    tui::{
        theme::{Role, Sign},
        words::width,
    },
    wizard::view::Bar,
};

use super::{
    bar::never_cut,
    flow::{Pen, stacked},
};

/// Light modules around the code: four by the standard, two read as well (remote-terminal.md section 10).
const QUIET_ZONES: [u16; 2] = [4, 2];

/// Draws the code for a link, or says why it can't be shown; says where the cursor stands.
pub(crate) fn draw(link: &str, bar: &Bar<'_>, buf: &mut Buffer, pen: Pen) -> Position {
    let area = buf.area;
    let [above, foot] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    // The last cell stays free.
    let pen = pen.within(1);
    match picture(link, above, pen) {
        Ok((picture, size)) => picture.render(size, buf),
        Err(words) => {
            let lines = words.iter().flat_map(|words| pen.para(Role::Plain, words));
            stacked(lines.map(|line| line.words), above, buf);
        }
    }
    // In a narrow window without the signs between them.
    let parts: Vec<String> =
        never_cut(bar, pen.theme).into_iter().chain(["any key returns".into()]).collect();
    let wide = parts.join(&format!(" {} ", pen.theme.sign(Sign::DOT)));
    let words = if width(&wide) <= pen.width { wide } else { parts.join(" ") };
    buf.set_line(foot.x, foot.y, &pen.theme.span(Role::Plain, &words).into(), pen.width);
    foot.as_position()
}

/// The code with light modules around it, and the place that it takes; or why there is none, with the other ways to hand
/// the link over.
fn picture(link: &str, area: Rect, pen: Pen) -> Result<(Paragraph<'static>, Rect), [String; 2]> {
    let no = |why: String, or: &str| {
        let ways = "Other ways: print the link alone, send it to the clipboard,";
        Err([why, format!("{ways} {or}.")])
    };
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok();
    let Some((modules, code)) = code.and_then(|code| Some((u16::try_from(code.width()).ok()?, code))) else {
        return no("The link is too long for a QR code.".into(), "or write it to a file");
    };
    if !pen.theme.use_unicode() {
        let why = "A QR code needs block characters, and this terminal is in ASCII mode.";
        return no(why.into(), "or write it to a file");
    }
    // Two modules are one row.
    let size = |quiet: u16| (modules + 2 * quiet, (modules + 2 * quiet).div_ceil(2));
    let fits = |quiet: &u16| size(*quiet).0 <= area.width && size(*quiet).1 <= area.height;
    let Some(quiet) = QUIET_ZONES.into_iter().find(fits) else {
        let ((columns, rows), height) = (size(2), area.height + 1);
        let rows = rows + 1;
        let why = format!("The QR code needs {columns}x{rows}, this window is {}x{height}.", area.width);
        return no(why, "write it to a file, or enlarge the window");
    };
    let picture = code.render::<Dense1x2>().quiet_zone(false).module_dimensions(1, 1).build();
    let padding = Block::new().padding(Padding::symmetric(quiet, quiet / 2));
    let (width, height) = size(quiet);
    let picture = Paragraph::new(picture).block(padding).style(pen.theme.style(Role::Code));
    Ok((picture, Rect { width, height, ..area }))
}
