//! The screen: a function of the view and of what the front end knows by itself.
//!
//! ```text
//!  SANDBOX  customer  product                    run   bar: two lines from 20 rows up, one below that
//!           organisation · domain              …last4
//!  ✓ Customer ─ ● Product ─ ○ Access ─ …               steps, from 18 rows up
//! ┌ The question ──────────────────────── 1–15 of 37 ┐ page; from 100 columns the say-it card beside it
//! └ counts ───────────────────────────── @its.domain ┘
//!  ✓ what goes on, or what went wrong                  notice
//!  Enter review   p park   ? keys                      keys
//! ```
//!
//! A window below 40x10 gets a few lines that say what is needed.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Constraint, Layout, Position, Rect},
    style::Style,
    widgets::{Clear, Widget},
};

use crate::{
    domain::codeset::grapheme_width,
    wizard::{
        ask::Shape,
        view::{Block, FieldValue, Notice, Page, Tone, View},
    },
};

use super::{
    state::{self, Drawn, Focus, Panel as Own, Scroll, State},
    theme::Role,
    widgets::{
        bar, card,
        checks::Fold,
        code, columns, explain,
        flow::{FlowLine, Pen, height_of, stacked, tighten},
        help, key_line, notice,
        page::{FLOW, PageView},
        panel::{Panel, has_borders},
        rows::RowsTable,
        steps,
    },
    words::{Keyboard, say},
};

#[cfg(test)]
mod tests;

/// Windows with fewer rows have no room to spare.
pub(crate) const SMALL: u16 = 14;

/// Smallest window that is drawn whole, columns and rows (remote-terminal.md section 7).
const LEAST: (u16, u16) = (40, 10);

/// Windows with at least this many rows have a line of steps (look.md section 4).
const STEPS_FROM: u16 = 18;

/// Windows with at least this many rows have two lines for what goes on.
const NOTICES_FROM: u16 = 20;

/// Least window in which a panel stands above the dimmed page; below it takes the place of the page.
const DIALOG_FROM: (u16, u16) = (80, 20);

/// Columns of a list in front of its rows' words, and those that the gaps between them take in a wide list.
const ROW_FRONT: u16 = 7;

/// Widest panel above the page.
const DIALOG: u16 = 64;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, view: &View<'_>, state: &mut State) {
    if let Some(cursor) = render(frame.buffer_mut(), view, state) {
        frame.set_cursor_position(cursor);
    }
}

/// Draws the view into a blank buffer; says where the hardware cursor stands.
pub fn render(buf: &mut Buffer, view: &View<'_>, state: &mut State) -> Option<Position> {
    let window = buf.area;
    state.sync(view);
    state.has_card = false;
    if window.is_empty() {
        return None;
    }
    let pen = Pen { theme: state.theme, width: window.width, focus: state.focus };
    if let (Some(Own::Code), Some(link)) = (state.panel, view.page.link()) {
        return Some(code::draw(link.as_str(), &view.bar, buf, pen));
    }
    if window.width < LEAST.0 || window.height < LEAST.1 {
        return Some(too_small(buf, view, pen));
    }
    let bar = bar::lines(&view.bar, window.height, pen);
    let has_steps = window.height >= STEPS_FROM;
    let notices = notices(view, state, window, pen);
    let [bar_area, steps_area, body, notice_area, keys_area] = Layout::vertical([
        Constraint::Length(height_of(&bar)),
        Constraint::Length(u16::from(has_steps)),
        Constraint::Fill(1),
        Constraint::Length(height_of(&notices)),
        Constraint::Length(1),
    ])
    .areas(window);
    stacked(bar, bar_area, buf);
    if has_steps {
        steps::line(view.steps, window.width, pen.theme).render(steps_area, buf);
    }
    let step = if has_steps { String::new() } else { steps::short(view.steps) };
    let cursor = work(view, step, body, buf, state);
    stacked(notices.iter().map(|line| &line.words), notice_area, buf);
    // After the page: only then it is known whether it scrolls.
    key_line::line(view, state, window.width).render(keys_area, buf);
    cut_halves(buf);
    Some(cursor)
}

/// Takes wide letters away whose second half something was drawn over: no terminal can show half a letter, and what stands
/// there would not be seen.
pub(crate) fn cut_halves(buf: &mut Buffer) {
    for at in 1..buf.content.len() {
        let [letter, covered] = buf.content.get_mut(at - 1..=at).unwrap_or_default() else { continue };
        if letter.symbol().is_ascii() {
            continue;
        }
        let is_covered = matches!(covered.symbol(), "" | " ");
        if !is_covered && grapheme_width(letter.symbol()) > 1 {
            letter.set_symbol(" ");
        }
    }
}

/// What a person has before their eyes from now on.
pub(crate) fn drawn(view: &View<'_>) -> Drawn {
    let hit = view.page.rows().filter(|_| state::has_only_hit(view)).and_then(|rows| {
        let FieldValue::Plain(words) = rows.search.as_ref()?.value else { return None };
        Some((words.to_owned(), rows.rows.id(0)?))
    });
    Drawn { revision: view.ask.revision, hit }
}

/// The page, the card beside it, and what stands above it; says where the cursor stands.
fn work(view: &View<'_>, step: String, body: Rect, buf: &mut Buffer, state: &mut State) -> Position {
    let window = buf.area;
    let is_dialog = window.width >= DIALOG_FROM.0 && window.height >= DIALOG_FROM.1;
    let page = PageView { view, page: &view.page, is_active: state.panel.is_none(), step, window };
    let own = state.panel.take();
    let below = view.below.as_ref().filter(|_| is_panel(&view.page, &view.ask.shape));
    if is_dialog && (own.is_some() || below.is_some()) {
        let under =
            PageView { page: below.unwrap_or(&view.page), is_active: false, step: String::new(), ..page };
        beside_card(&under, body, buf, state);
        // Everything below a panel is quiet.
        buf.set_style(body, Style::reset().patch(state.theme.style(Role::Quiet)));
    }
    let cursor = match own {
        Some(own) => own_panel(own, view, (body, is_dialog), buf, state),
        None if is_dialog && below.is_some() => {
            let pen = Pen { width: body.width.min(DIALOG), ..page.pen(body, state) };
            let lines = page.flow(pen, state, Fold::Well);
            let heading = page.heading_height(pen.width, state);
            let area = centred(body, height_of(&lines).saturating_add(heading));
            Clear.render(area, buf);
            page.draw(area, buf, state)
        }
        None => beside_card(&page, body, buf, state),
    };
    state.panel = own;
    cursor
}

/// Whether a page is a panel above another one: a short question, no table of its own.
fn is_panel(page: &Page<'_>, shape: &Shape) -> bool {
    let is_long = |block: &Block<'_>| {
        matches!(block, Block::Bill(_) | Block::Rows(_) | Block::Lines(_) | Block::Checks(_))
    };
    matches!(shape, Shape::Confirm { .. } | Shape::Form | Shape::Read) && !page.blocks.iter().any(is_long)
}

/// A page, with the say-it card beside it where the work keeps its width.
fn beside_card(page: &PageView<'_, '_>, body: Rect, buf: &mut Buffer, state: &mut State) -> Position {
    let width = card::WIDEST.min(body.width / 3);
    let has_card = body.width >= card::BESIDE_FROM
        && !page.view.card.say.is_empty()
        && keeps_its_width(page, body, width, state);
    if !has_card {
        return page.draw(body, buf, state);
    }
    let [work, beside] = Layout::horizontal([Constraint::Fill(1), Constraint::Length(width)]).areas(body);
    let cursor = page.draw(work, buf, state);
    let panel = Panel { title: "Say".into(), has_borders: has_borders(buf.area), ..Panel::default() };
    let is_whole = std::cell::Cell::new(false);
    let lines = |pen: Pen, height: usize| {
        let mut lines = card::lines(page.view.card, pen);
        tighten(&mut lines, height, pen.focus);
        is_whole.set(lines.len() <= height);
        if lines.len() > height {
            lines.truncate(height.saturating_sub(1));
            lines.push(pen.theme.span(Role::Quiet, "s shows all of it").into());
        }
        lines
    };
    let pen = Pen { theme: state.theme, ..Pen::default() };
    panel.text(beside, buf, pen, &mut Scroll::default(), lines);
    state.has_card = is_whole.get();
    cursor
}

/// Whether the work needs no more than a card leaves it; once it did, the card stays away, so that nothing jumps.
fn keeps_its_width(page: &PageView<'_, '_>, body: Rect, card: u16, state: &mut State) -> bool {
    let room = body.width.saturating_sub(card).saturating_sub(4);
    let has_receipt = page.page.document().is_some();
    if has_receipt {
        return false;
    }
    let Some(rows) = page.page.rows() else {
        let pen = page.pen(body, state);
        let height = |width| height_of(&page.work_lines(Pen { width, ..pen }, state));
        let is_cut = room < FLOW || height(room) > height(pen.width);
        let list = state.list_mut(page.view.ask.id);
        list.is_card_hidden |= is_cut;
        return !list.is_card_hidden;
    };
    let table = RowsTable {
        view: rows,
        events: page.view.events,
        theme: state.theme,
        is_lit: true,
        is_marked: true,
        empty: String::new(),
    };
    let list = state.listed_mut();
    table.settle(list, body.height.saturating_sub(2));
    table.measure(list);
    list.is_card_hidden |= columns::cuts(rows.columns, room.saturating_sub(ROW_FRONT), &list.needs);
    !list.is_card_hidden
}

/// A panel of the front end's own, above the page or in its place.
fn own_panel(
    own: Own,
    view: &View<'_>,
    (body, is_dialog): (Rect, bool),
    buf: &mut Buffer,
    state: &mut State,
) -> Position {
    let (title, focus) = match own {
        Own::Help => ("Keys", Focus::Text),
        Own::Say => ("Say", Focus::Text),
        Own::Explain if state.explain.in_field => ("What does it mean?", explain::FIELD),
        Own::Explain => ("What does it mean?", Focus::Text),
        Own::Code => ("QR code", Focus::Text),
    };
    let State { theme, explain, panel_scroll, .. } = state;
    let lines = |pen: Pen, _| match own {
        Own::Help => help::lines(view, pen),
        Own::Say => card::lines(view.card, pen),
        Own::Explain => explain::lines(explain, pen),
        Own::Code => Vec::new(),
    };
    let pen = Pen { theme: *theme, width: body.width.min(DIALOG), focus };
    let area = match (own, is_dialog) {
        (_, false) => body,
        // Explain keeps its place while it is typed into.
        (Own::Explain, true) => Rect { height: body.height, y: body.y, ..centred(body, 0) },
        (_, true) => centred(body, height_of(&lines(pen, 0))),
    };
    Clear.render(area, buf);
    let has_borders = has_borders(buf.area);
    let panel = Panel { title: title.into(), is_active: true, has_borders, ..Panel::default() };
    panel.text(area, buf, pen, panel_scroll, lines)
}

/// A place for a panel with so many lines in the middle of another one, no higher than that.
fn centred(within: Rect, lines: u16) -> Rect {
    let height = lines.saturating_add(2).min(within.height);
    let width = within.width.min(DIALOG + 4);
    // Not `Rect::centered`, which rounds up: what is odd goes below and to the right.
    let (x, y) = ((within.width - width) / 2, (within.height - height) / 2);
    Rect { x: within.x.saturating_add(x), y: within.y.saturating_add(y), width, height }
}

/// The lines below the page: what this front end says, what the wizard says, what is to be known about the lit row. Their
/// number stays the same while the words fit, so that nothing jumps.
fn notices(view: &View<'_>, state: &State, window: Rect, pen: Pen) -> Vec<FlowLine> {
    let room = usize::from(window.height >= NOTICES_FROM) + 1;
    let (said, remark) = (state.said.as_ref(), remark(view, state));
    // A clock that runs gives way to what the row says, where there is one line only.
    let is_clock = |notice: &&Notice| room == 1 && notice.tone == Tone::Busy && remark.is_some();
    let first = said.or(view.notice.as_ref().filter(|notice| !is_clock(notice))).or(remark.as_ref());
    let line = |notice: &Notice| notice::lines(notice, state.keyboard(), pen);
    let mut lines = first.map(line).unwrap_or_default();
    let more = remark.as_ref().filter(|remark| first != Some(*remark)).map(line).unwrap_or_default();
    if lines.len() + more.len() <= room {
        lines.extend(more);
    }
    // What a key asked for is told whole, for the next key takes it back; a clock gives way to the page.
    let is_clock = first.is_some_and(|notice| matches!(notice.tone, Tone::Busy | Tone::Plain));
    if window.height < SMALL && said.is_none() && is_clock {
        lines.truncate(2);
    }
    lines.resize(lines.len().max(room), FlowLine::default());
    lines
}

/// What is to be known about the row under the cursor.
fn remark(view: &View<'_>, state: &State) -> Option<Notice> {
    let is_here = state.focus == Focus::Rows && state.panel.is_none();
    let (rows, at) = state.lit(view).filter(|_| is_here)?;
    rows.rows.remark(at)
}

/// One line about the room that is needed, then what is never cut, and the question that Enter would answer: keys work
/// in a small window too.
fn too_small(buf: &mut Buffer, view: &View<'_>, pen: Pen) -> Position {
    let area = buf.area;
    let need = format!("Needs {}x{}, this is {}x{}.", LEAST.0, LEAST.1, area.width, area.height);
    let heading = view.below.as_ref().map(|_| say(&view.page.heading, Keyboard::Commands).to_string());
    let words = [need, bar::never_cut(&view.bar, pen.theme).join(" ")].into_iter().chain(heading);
    let lines = words.flat_map(|words| pen.para(Role::Plain, &words));
    // The last cell of the last row is never written.
    let last = area.height.saturating_sub(1);
    for (y, line) in (0..area.height).zip(lines) {
        let room = if y == last { area.width.saturating_sub(1) } else { area.width };
        buf.set_line(0, y, &line.words, room);
    }
    Position::ORIGIN
}
