//! The screen: a function of the view, the window's size, and how far the rows and the text are scrolled.
//!
//! ```text
//! SANDBOX · customer · product · run        bar, two lines from 20 rows up, one below that
//! organisation · domain · …last4
//! Customer > Product > [Access] > …         trail, from 18 rows up
//! The question that this screen asks        heading
//! body                        | say-it card (from 110 columns up)
//! one line of state                         notice
//! Space tick  a All 1,204  …  ? help        keys
//! ```
//!
//! An overlay stands in the body's place. A window below 40x10 gets one line that says what is needed.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    domain::{failure::Failure, text::Text},
    tui::{
        options::Options,
        paint::Place,
        theme::Role,
        words::{cut, grouped, wrap},
    },
    wizard::view::{Bar, Block, Card, Focus, Panel, RowsView, View},
};

use block::Room;
use canvas::{Canvas, Line};
use checks::Fold;
pub(crate) use rows::Scroll;

mod bar;
mod block;
pub(crate) mod canvas;
mod checks;
mod columns;
mod foot;
mod qr;
mod rows;
#[cfg(test)]
pub(crate) mod tests;

/// Smallest window that is drawn whole, columns and rows (remote-terminal.md section 7).
const LEAST: (u16, u16) = (40, 10);

/// Windows with at least this many rows show the trail of steps; a guess that leaves 60x15 its rows.
const TRAIL_FROM: u16 = 18;

/// Windows with at least this many rows have an empty line around the heading.
const AIR_FROM: u16 = 22;

/// Windows with at least this many rows show hints.
const HINTS_FROM: u16 = 14;

/// Windows with at least this many columns show the say-it card beside the body.
const CARD_FROM: u16 = 110;

/// Columns of the say-it card.
const CARD: u16 = 38;

/// Columns of the short form of which lines are shown ("  10–14/20").
const SLICE: u16 = 9;

/// Rows that a list gets at least; paragraphs around it give way.
const LEAST_ROWS: u16 = 4;

/// What the front end remembers between two frames; nothing that the wizard knows.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// The rows' slice.
    pub rows: Scroll,
    /// Lines of the body that are scrolled away.
    pub scroll: usize,
    /// Most lines that can be scrolled away; set by [`draw`].
    pub most: usize,
    /// Lines of body that fit; set by [`draw`].
    pub page: usize,
    /// The person scrolls: the focus does not pull the body back.
    pub is_held: bool,
    /// What was scrolled: another heading starts at its top.
    heading: Text,
}

/// Draws the view into a blank frame; says where the cursor stands.
pub fn draw(cells: &mut Buffer, view: &View<'_>, options: Options, memory: &mut Memory) -> Option<Place> {
    let area = cells.area;
    let mut canvas = Canvas { cells, options };
    if area.width == 0 || area.height == 0 {
        return None;
    }
    let panel = view.overlay.as_ref().unwrap_or(&view.panel);
    if memory.heading != panel.heading {
        *memory = Memory { heading: panel.heading.clone(), ..Memory::default() };
    }
    if let Some(link) = code(panel) {
        return qr::draw(&mut canvas, link, &view.bar);
    }
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return Some(too_small(&mut canvas, &view.bar, view.overlay.as_ref()));
    }
    let mut y = 0;
    for line in bar::lines(&view.bar, &canvas) {
        canvas.line(area, y, &line);
        y += 1;
    }
    if area.height >= TRAIL_FROM && !view.trail.is_empty() {
        let trail = bar::trail(&view.trail, &canvas);
        canvas.line(area, y, &trail);
        y += 1;
    }
    let air = u16::from(area.height >= AIR_FROM);
    let notice = foot::notice(view.notice.as_ref(), &canvas);
    let notice_height = u16::try_from(notice.len()).unwrap_or(1);
    let end = area.height.saturating_sub(1 + notice_height);
    for (row, line) in (end..).zip(&notice) {
        canvas.line(area, row, line);
    }
    y += air;
    let mut body = Rect { x: 0, y, width: area.width, height: end.saturating_sub(y) };
    if area.width >= CARD_FROM && view.overlay.is_none() && !view.card.say.is_empty() {
        body.width -= CARD + 3;
        card(&mut canvas, Rect { x: area.width - CARD, width: CARD, ..body }, &view.card);
    }
    let cursor = self::panel(&mut canvas, body, panel, view.focus, memory);
    let more = (memory.most > 0).then_some(if view.focus == Focus::Reading { "Down" } else { "PgDn" });
    let keys = foot::keys(&view.keys, view.focus, more, &canvas);
    canvas.line(area, area.height - 1, &keys);
    Some(cursor)
}

/// The link of a panel that is a QR code.
pub(super) fn code<'a>(panel: &'a Panel<'_>) -> Option<&'a str> {
    panel.blocks.iter().find_map(|block| match block {
        Block::Qr(link) => Some(link.as_str()),
        _ => None,
    })
}

/// Draws heading and blocks; says where the cursor stands: the focused control, else the heading.
fn panel(canvas: &mut Canvas<'_>, area: Rect, panel: &Panel<'_>, focus: Focus, memory: &mut Memory) -> Place {
    let unicode = canvas.options.use_unicode;
    let is_small = canvas.cells.area.height < HINTS_FROM;
    let heading_at = Place { x: area.x, y: area.y };
    let heading_end = heading(canvas, area, panel);
    let y = heading_end.y + 1 + u16::from(canvas.cells.area.height >= AIR_FROM);
    let body = Rect { y, height: area.y.saturating_add(area.height).saturating_sub(y), ..area };
    let (mut before, mut after, mut rows) = lines(panel, body.width, unicode, Fold::Nothing);
    for fold in [Fold::Less, Fold::All] {
        if rows.is_some() || before.len() <= usize::from(body.height) {
            break;
        }
        (before, after, rows) = lines(panel, body.width, unicode, fold);
    }
    if rows.is_none() && before.len() > usize::from(body.height) {
        focused_hints(&mut before);
    }
    if is_small {
        before.retain(|line| !line.is_hint);
        after.retain(|line| !line.is_hint);
    }
    let cursor = match rows {
        Some(rows) => {
            let room = area.width.saturating_sub(heading_end.x);
            // Wide enough for the longest: the words must not come and go while the rows are scrolled.
            let longest = 3 * grouped(rows.rows.len()).len() + "  – of ".len();
            memory.rows.is_told = usize::from(room) >= longest;
            let cursor = list(canvas, body, rows, before, after, memory);
            if memory.rows.is_told
                && let Some(words) = rows::slice_words(rows, memory.rows)
            {
                canvas.put(area.x + heading_end.x, heading_end.y, room, &format!("  {words}"), Role::Plain);
            }
            cursor
        }
        None => text(canvas, body, &before, focus, heading_end, memory),
    };
    cursor.unwrap_or(heading_at)
}

/// Draws the heading in one line or two, a longer one with a mark at its cut; says where it ends.
///
/// Which lines of a longer text are shown is said behind it: it is broken earlier where they would not find room.
fn heading(canvas: &mut Canvas<'_>, area: Rect, panel: &Panel<'_>) -> Place {
    let unicode = canvas.options.use_unicode;
    let mut room = area.width;
    let mut lines = wrap(panel.heading.as_str(), room, unicode);
    if lines.last().is_some_and(|line| canvas.width(line).saturating_add(SLICE) > area.width) {
        room = area.width.saturating_sub(SLICE);
        lines = wrap(panel.heading.as_str(), room, unicode);
    }
    if lines.len() > 2 {
        let rest = lines.split_off(1).join(" ");
        lines.push(cut(&rest, room, unicode).into_owned());
    }
    let mut end = Place { x: area.x, y: area.y };
    for (y, line) in (area.y..).zip(&lines) {
        canvas.put(area.x, y, area.width, line, Role::Strong);
        end = Place { x: area.x + canvas.width(line), y };
    }
    end
}

/// Leaves only the hints of the focused control, where all of them would push others out of sight.
fn focused_hints(lines: &mut Vec<Line>) {
    let mut is_here = false;
    lines.retain(|line| {
        if !line.is_hint {
            is_here = line.cursor.is_some();
        }
        !line.is_hint || is_here
    });
}

/// A panel's lines before and behind its rows, and the rows.
fn lines<'a>(
    panel: &'a Panel<'a>,
    width: u16,
    use_unicode: bool,
    fold: Fold,
) -> (Vec<Line>, Vec<Line>, Option<&'a RowsView<'a>>) {
    let said: Vec<&Failure> = panel
        .blocks
        .iter()
        .filter_map(|block| if let Block::Failure(failure) = block { Some(failure) } else { None })
        .collect();
    let room = Room { fold, said: &said, ..Room::of(width, use_unicode) };
    let (mut before, mut after, mut rows) = (Vec::new(), Vec::new(), None);
    for block in &panel.blocks {
        match block {
            Block::Rows(view) if rows.is_none() => rows = Some(view),
            block if rows.is_none() => before.extend(block::lines(block, room)),
            block => after.extend(block::lines(block, room)),
        }
    }
    (before, after, rows)
}

/// A body with rows: they take what is left, and at least [`LEAST_ROWS`]; words around them give way.
fn list(
    canvas: &mut Canvas<'_>,
    area: Rect,
    rows: &RowsView<'_>,
    mut before: Vec<Line>,
    mut after: Vec<Line>,
    memory: &mut Memory,
) -> Option<Place> {
    let head = rows::head_height(rows, canvas, area.width, memory.rows);
    let need = head + LEAST_ROWS;
    let mut spare = usize::from(area.height.saturating_sub(need));
    for lines in [&mut after, &mut before] {
        // Lines with the cursor stay: a form below its list must be usable.
        while lines.len() > spare && lines.iter().any(|line| line.cursor.is_none()) {
            let at = lines.iter().position(|line| line.is_hint);
            let at = at.or_else(|| lines.iter().rposition(|line| line.cursor.is_none()));
            let Some(at) = at else { break };
            lines.remove(at);
        }
        spare = spare.saturating_sub(lines.len());
    }
    let (above, below) = (height_of(&before), height_of(&after));
    let mut cursor = lines_at(canvas, area, &before);
    let most = area.height.saturating_sub(above.saturating_add(below));
    // What stands below the rows follows them where they all fit.
    let fitting = u16::try_from(rows.rows.len()).unwrap_or(u16::MAX).saturating_add(head);
    let height = if after.is_empty() || rows.rows.is_empty() { most } else { most.min(fitting) };
    let middle = Rect { y: area.y.saturating_add(above), height, ..area };
    cursor = rows::draw(canvas, middle, rows, &mut memory.rows).or(cursor);
    memory.most = 0;
    memory.page = usize::from(memory.rows.height);
    let low = Rect { y: middle.y.saturating_add(middle.height), height: below, ..area };
    cursor.or(lines_at(canvas, low, &after))
}

/// How many rows lines take.
fn height_of(lines: &[Line]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// Draws lines from the top of an area; says where the cursor stands if one of them has it.
fn lines_at(canvas: &mut Canvas<'_>, area: Rect, lines: &[Line]) -> Option<Place> {
    let mut cursor = None;
    for (row, line) in (0..area.height).zip(lines) {
        canvas.line(area, row, line);
        if let Some(x) = line.cursor {
            cursor = Some(Place {
                x: area.x.saturating_add(x.min(area.width.saturating_sub(1))),
                y: area.y.saturating_add(row),
            });
        }
    }
    cursor
}

/// A body of lines: scrolled so that the focused control is seen, or as the person scrolled it.
fn text(
    canvas: &mut Canvas<'_>,
    area: Rect,
    lines: &[Line],
    focus: Focus,
    heading_end: Place,
    memory: &mut Memory,
) -> Option<Place> {
    let shown = usize::from(area.height);
    memory.page = shown;
    memory.most = lines.len().saturating_sub(shown);
    if focus != Focus::Reading && !memory.is_held {
        let at = lines.iter().position(|line| line.cursor.is_some()).unwrap_or(0);
        // The top wins where both fit, so that a form is not scrolled for nothing.
        memory.scroll = if at < shown { 0 } else { at.saturating_add(2).saturating_sub(shown).min(at) };
    }
    memory.scroll = memory.scroll.min(memory.most);
    let slice: Vec<Line> = lines.iter().skip(memory.scroll).take(shown).cloned().collect();
    if memory.most > 0 {
        let last = memory.scroll.saturating_add(shown).min(lines.len());
        let (first, all) = (memory.scroll + 1, lines.len());
        let long = format!("  lines {first}–{last} of {all}");
        // Beside a long heading the short form stands at the window's edge, over its last letters if need be.
        let is_long = heading_end.x.saturating_add(canvas.width(&long)) <= area.width;
        let words = if is_long { long } else { format!("  {first}–{last}/{all}") };
        let edge = area.width.saturating_sub(canvas.width(&words));
        let x = area.x + heading_end.x.min(edge);
        canvas.put(x, heading_end.y, area.width, &words, Role::Plain);
    }
    lines_at(canvas, area, &slice)
}

/// The say-it card beside the body.
fn card(canvas: &mut Canvas<'_>, area: Rect, card: &Card) {
    let unicode = canvas.options.use_unicode;
    let mut lines = vec![Line::of(Role::Strong, "Say")];
    let mut add = |role, words: &str| {
        lines.extend(wrap(words, area.width, unicode).into_iter().map(|l| Line::of(role, l)));
    };
    add(Role::Plain, card.say.as_str());
    if !card.sees.is_empty() {
        add(Role::Plain, "");
        add(Role::Strong, "They should be seeing");
        add(Role::Plain, card.sees.as_str());
    }
    for (screen, say) in &card.wrong {
        add(Role::Plain, "");
        let lead = if screen.as_str().starts_with('“') { "If they ask" } else { "If instead" };
        add(Role::Strong, &format!("{lead}: {screen}"));
        add(Role::Plain, say.as_str());
    }
    if lines.len() > usize::from(area.height) {
        lines.truncate(usize::from(area.height.saturating_sub(1)));
        lines.push(Line::of(Role::Plain, "s shows all of it"));
    }
    lines_at(canvas, area, &lines);
}

/// One line about the room that is needed, then what is never cut, and the question that Enter would answer: keys work
/// in a small window too.
fn too_small(canvas: &mut Canvas<'_>, bar: &Bar<'_>, overlay: Option<&Panel<'_>>) -> Place {
    let area = canvas.cells.area;
    let need = format!("Needs {}x{}, this is {}x{}.", LEAST.0, LEAST.1, area.width, area.height);
    let mut name = Vec::new();
    if bar.is_sandbox {
        name.push("SANDBOX".to_owned());
    }
    name.extend(bar.run.as_ref().map(Text::to_string));
    name.extend(bar.last_four.as_ref().map(|last| format!("…{last}")));
    let mut lines = wrap(&need, area.width, canvas.options.use_unicode);
    lines.extend(wrap(&name.join(" "), area.width, canvas.options.use_unicode));
    if let Some(panel) = overlay {
        lines.extend(wrap(panel.heading.as_str(), area.width, canvas.options.use_unicode));
    }
    for (y, line) in (0..area.height).zip(lines) {
        // The last cell of the last row is never written.
        canvas.put(0, y, area.width, &line, Role::Plain);
    }
    Place { x: 0, y: 0 }
}
