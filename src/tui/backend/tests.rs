use std::num::NonZero;

use proptest::prelude::*;
use ratatui::{
    Terminal,
    buffer::CellWidth,
    style::{Color, Modifier, Style},
};

use super::*;
use crate::{
    domain::{phrase::Phrase, text::Text},
    tui::{
        draw::draw,
        state::State,
        tests::samples::{Many, form, options, users},
    },
    wizard::{
        ask::QuestionId,
        view::{Block, View},
    },
};

const SIZE: (u16, u16) = (80, 24);

/// The front end's screen, which writes into memory.
struct Screen {
    terminal: Terminal<Backend>,
    state: State,
}

impl Screen {
    /// The bytes of the next frame.
    fn frame(&mut self, view: &View<'_>, size: (u16, u16)) -> Vec<u8> {
        self.terminal.backend_mut().resize(size.into());
        let state = &mut self.state;
        self.terminal.draw(|frame| draw(frame, view, state)).unwrap();
        self.terminal.backend_mut().take()
    }

    /// The bytes of the list with the cursor on a row.
    fn list(&mut self, many: &Many, at: usize, size: (u16, u16)) -> Vec<u8> {
        let view = users(many, "");
        self.put(&view, at);
        self.frame(&view, size)
    }

    /// Puts the cursor on a row.
    fn put(&mut self, view: &View<'_>, at: usize) {
        self.state.sync(view);
        let list = self.state.list_mut(QuestionId::Users);
        list.put(view.page.rows().unwrap(), at);
    }

    /// Rows that were in sight.
    fn height(&mut self) -> usize {
        self.state.list_mut(QuestionId::Users).height.into()
    }

    /// What stands there now, drawn on an empty terminal.
    fn fresh(&mut self, view: &View<'_>, size: (u16, u16)) -> (String, (u16, u16)) {
        let mut other = Terminal::new(Backend::new(size.into())).unwrap();
        let state = &mut self.state;
        other.draw(|frame| draw(frame, view, state)).unwrap();
        contents(&mut terminal(size), &other.backend_mut().take())
    }
}

fn screen(use_color: bool) -> Screen {
    Screen {
        terminal: Terminal::new(Backend::new(Size::ZERO)).unwrap(),
        state: State::new(options(use_color, true)),
    }
}

/// What stands on a terminal; whether a blank was written or erased is all the same.
fn text(terminal: &vt100::Parser) -> String {
    let contents = terminal.screen().contents();
    let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Feeds a terminal and says what stands there.
fn contents(terminal: &mut vt100::Parser, bytes: &[u8]) -> (String, (u16, u16)) {
    terminal.process(bytes);
    (text(terminal), terminal.screen().cursor_position())
}

/// A terminal of columns and rows.
fn terminal((columns, rows): (u16, u16)) -> vt100::Parser {
    vt100::Parser::new(NonZero::new(rows).unwrap(), NonZero::new(columns).unwrap(), 0)
}

/// Every view, drawn over the one before, stands on a terminal as if it were drawn on an empty one.
fn assert_same_as_fresh(views: &[(View<'_>, usize)], size: (u16, u16)) {
    let mut screen = screen(true);
    let mut used = terminal(size);
    for (number, (view, at)) in views.iter().enumerate() {
        if view.page.rows().is_some() {
            screen.put(view, *at);
        }
        let there = contents(&mut used, &screen.frame(view, size));
        assert_eq!(there, screen.fresh(view, size), "view {number} at {size:?}");
    }
}

#[test]
fn the_first_frame_fits_three_segments() {
    let rows = Many::of(10_000);
    let bytes = screen(true).list(&rows, 0, SIZE);
    assert!(bytes.len() <= 4_200, "{}", bytes.len());
    assert!(bytes.windows(8).any(|w| w == b"\x1b[?2026h") && bytes.ends_with(b"H") | bytes.ends_with(b"l"));
}

#[test]
fn a_page_of_new_rows_fits_one_segment() {
    let rows = Many::of(10_000);
    let mut screen = screen(true);
    screen.list(&rows, 13, SIZE);
    let page = screen.list(&rows, 27, SIZE);
    assert!(page.len() <= 1_400, "{}", page.len());
}

/// At the edge a row comes into sight that the terminal never had: its text must be sent, and beside it the scrolling, the
/// row that was lit and the one that is, and which rows are shown.
#[test]
fn a_cursor_key_at_the_edge_costs_three_rows() {
    let rows =
        Many { names: ["Nora Anderson", "Liam Nguyen"].map(Text::clean).to_vec(), ..Many::of(500_000) };
    for (size, most) in [((60, 15), 500), (SIZE, 500), ((100, 50), 600), ((200, 50), 1_200)] {
        let mut screen = screen(true);
        let mut used = terminal(size);
        used.process(&screen.list(&rows, 1_000, size));
        let top = 1_004 - screen.height();
        for cursor in [1_001, 1_002, 1_003, top - 1, top - 2, top - 3] {
            if cursor == top - 1 {
                used.process(&screen.list(&rows, top, size));
            }
            let bytes = screen.list(&rows, cursor, size);
            let text = String::from_utf8_lossy(&bytes);
            assert!(bytes.len() <= most, "to {cursor} in {size:?}: {} bytes: {text:?}", bytes.len());
            let there = contents(&mut used, &bytes);
            assert_eq!(there, screen.fresh(&users(&rows, ""), size), "{cursor} in {size:?}");
        }
    }
}

#[test]
fn at_the_ends_of_the_list_a_cursor_key_costs_nothing() {
    let rows = Many::of(500);
    let mut screen = screen(true);
    for end in [0, 499] {
        screen.list(&rows, end, SIZE);
        assert_eq!(screen.list(&rows, end, SIZE), Vec::<u8>::new());
    }
}

#[test]
fn a_line_more_above_the_rows_moves_them() {
    let rows = Many { names: vec![Text::clean("Nora Anderson")], ..Many::of(500) };
    for size in [SIZE, (100, 50), (200, 50)] {
        let (mut screen, mut used) = (screen(true), terminal(size));
        let with = |filter| users(&rows, filter);
        screen.put(&with(""), 5);
        used.process(&screen.frame(&with(""), size));
        for filter in ["nora", "", "nora"] {
            let view = with(filter);
            let bytes = screen.frame(&view, size);
            assert!(bytes.len() <= 2_000, "{size:?}: {}", bytes.len());
            assert_eq!(contents(&mut used, &bytes), screen.fresh(&view, size), "{size:?}");
        }
    }
}

#[test]
fn the_last_cell_of_the_last_row_is_never_written() {
    for symbol in ["x", "王"] {
        let area = Rect::new(0, 0, 6, 2);
        let (blank, mut full) = (Buffer::empty(area), Buffer::empty(area));
        let wide = grapheme_width(symbol);
        for (x, y) in (0..2).flat_map(|y| (0..6).step_by(usize::from(wide)).map(move |x| (x, y))) {
            full.cell_mut((x, y)).unwrap().set_symbol(symbol);
            if wide == 2 {
                full.cell_mut((x + 1, y)).unwrap().set_symbol("");
            }
        }
        let (mut used, mut cursor) = (terminal((6, 2)), TerminalCursor { place: None, is_visible: true });
        for (old, new) in [(&blank, &full), (&full, &blank), (&blank, &full)] {
            let bytes = differ(old, new, &mut cursor, Position { x: 0, y: 0 });
            used.process(&bytes);
            let last = used.screen().cell(1, 5).unwrap().contents().to_owned();
            assert!(last.trim().is_empty(), "{last:?} in {:?}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn text_behind_letters_of_unsure_width_is_placed_anew() {
    let line = |words: &str| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 2));
        buffer.set_string(0, 0, words, Style::new());
        let mut cursor = TerminalCursor { place: Some(Position { x: 0, y: 0 }), is_visible: true };
        let bytes = differ(&Buffer::empty(buffer.area), &buffer, &mut cursor, Position { x: 0, y: 1 });
        String::from_utf8(bytes).unwrap()
    };
    // A name is written as it stands; the column behind it does not depend on how wide it came out.
    assert_eq!(line("José Álvarez   off"), "José Álvarez\x1b[1;16Hoff\x1b[2H");
    assert_eq!(line("Nora Anderson  off"), "Nora Anderson  off\x1b[2H");
    // Where widths are anybody's guess, each letter is placed.
    assert_eq!(line("a·b"), "a·\x1b[1;3Hb\x1b[2H");
    // A rule that came out twice as long ends before the edge, and what it covered is written behind it.
    assert_eq!(line("┌ a ──── b"), "┌\x1b[1;3Ha ──\x1b[1;7H─\x1b[1;8H─\x1b[1;10Hb\x1b[2H");
}

#[test]
fn no_frame_asks_the_terminal_anything_or_turns_on_what_must_be_turned_off() {
    let rows = Many::of(500);
    let mut screen = screen(true);
    let mut bytes = Vec::new();
    for (cursor, size) in [(0, SIZE), (20, SIZE), (499, (60, 15)), (3, (20, 5)), (3, (200, 50))] {
        bytes.extend(screen.list(&rows, cursor, size));
    }
    let text = String::from_utf8(bytes).unwrap();
    let finals: std::collections::BTreeSet<char> = text
        .split("\x1b[")
        .skip(1)
        .filter_map(|rest| rest.chars().find(|c| ('@'..='~').contains(c)))
        .collect();
    // Moves, erasing, lines in and out, colours, the scroll region; modes only those of the next line.
    assert!(finals.iter().all(|last| "ABCDHJKLMmrhl".contains(*last)), "{finals:?}");
    let modes = text.split("\x1b[?").skip(1).filter_map(|rest| rest.split(['h', 'l']).next());
    assert!(modes.clone().all(|mode| ["2026", "25"].contains(&mode)), "{:?}", modes.collect::<Vec<_>>());
    assert!(!text.contains("\x1b]") && !text.contains("\x1bP"), "no titles, no queries");
}

#[test]
fn the_same_view_again_costs_nothing() {
    let rows = Many::of(50);
    let mut screen = screen(true);
    for size in [SIZE, (40, 10), (20, 5), (1, 1), (0, 0), (200, 50)] {
        screen.list(&rows, 7, size);
        assert_eq!(screen.list(&rows, 7, size), Vec::<u8>::new(), "{size:?}");
    }
}

#[test]
fn without_colour_no_colour_code_leaves_and_the_focus_still_shows() {
    let rows = Many::of(50);
    for view in [users(&rows, ""), form("")] {
        let bytes = screen(false).frame(&view, SIZE);
        let text = String::from_utf8(bytes).unwrap();
        for sgr in text.split("\x1b[").filter_map(|s| s.split_once('m').map(|(codes, _)| codes)) {
            if sgr.bytes().all(|b| b.is_ascii_digit() || b == b';') {
                assert!(sgr.split(';').all(|code| ["", "0", "1", "4", "7"].contains(&code)), "{sgr}");
            }
        }
    }
    let mut screen = screen(false);
    screen.frame(&form(""), SIZE);
    screen.state.focus = crate::tui::state::Focus::Button(crate::wizard::answer::Action::Back);
    let text = String::from_utf8(screen.frame(&form(""), SIZE)).unwrap();
    assert!(text.contains("\x1b[1;7m‹"), "{text:?}");
}

#[test]
fn colours_are_the_sixteen_names() {
    let rows = Many::of(50);
    let text = String::from_utf8(screen(true).list(&rows, 3, SIZE)).unwrap();
    assert!(!text.contains("38;5") && !text.contains("48;5") && !text.contains("38;2"));
}

#[test]
fn a_terminal_shows_what_was_drawn() {
    let (few, many) = (Many::of(3), Many::of(300));
    let hostile =
        ["王小明小明小明小明小明", "e\u{301}e\u{301}", "Ünïcödé", "👍🏽 thumbs"].map(Text::clean).to_vec();
    let odd = Many { names: hostile, ..Many::of(300) };
    let mut short = form("");
    short.page.blocks = vec![Block::Para(Phrase::from("Short."))];
    let views = [
        (users(&many, ""), 0),
        (users(&many, ""), 1),
        (users(&odd, ""), 1),
        (users(&odd, ""), 40),
        (users(&few, ""), 2),
        (short, 0),
        (users(&many, ""), 299),
    ];
    for size in [SIZE, (60, 15), (120, 40), (40, 10)] {
        assert_same_as_fresh(&views, size);
    }
}

#[test]
fn synchronized_output_is_always_closed() {
    let rows = Many::of(50);
    let bytes = screen(true).list(&rows, 3, SIZE);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches("\x1b[?2026h").count(), 1);
    assert!(text.ends_with("\x1b[?2026l"));
}

/// A small frame of letters that are narrow, wide, stacked, or in another look.
fn frame() -> impl Strategy<Value = Buffer> {
    let piece = prop_oneof![
        3 => Just((" ", Style::new())),
        3 => Just(("a", Style::new())),
        2 => Just(("b", Style::new().add_modifier(Modifier::BOLD))),
        1 => Just(("c", Style::new().fg(Color::Yellow).add_modifier(Modifier::REVERSED))),
        1 => Just(("王", Style::new())),
        1 => Just(("e\u{301}", Style::new())),
    ];
    prop::collection::vec(piece, 36).prop_map(|pieces| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 3));
        let (mut x, mut y) = (0_u16, 0_u16);
        for (symbol, style) in pieces {
            let wide = grapheme_width(symbol);
            if x + wide > 12 {
                (x, y) = (0, y + 1);
            }
            if y == 3 || (y == 2 && x + wide > 11) {
                break;
            }
            buffer.cell_mut((x, y)).unwrap().set_symbol(symbol).set_style(style);
            for more in 1..wide {
                buffer.cell_mut((x + more, y)).unwrap().set_symbol("").set_style(style);
            }
            x += wide;
        }
        buffer
    })
}

#[test]
fn a_whole_selected_row_moves_in_300_bytes() {
    let mut rows = Many::of(500_000);
    let mut screen = screen(true);
    let mut used = terminal(SIZE);
    let first = screen.list(&rows, 3, SIZE);
    used.process(&first);
    let height = screen.height();
    for (what, cursor, is_ticked, most) in [
        ("down", 4, false, 300),
        ("up", 3, false, 300),
        ("tick", 3, true, 300),
        ("untick", 3, false, 300),
        ("the last row", height - 1, false, 300),
        ("one more", height, false, 450),
        ("and one more", height + 1, false, 450),
        ("a page", 2 * height, false, 2_000),
    ] {
        rows.ticked = is_ticked.then_some(cursor);
        let bytes = screen.list(&rows, cursor, SIZE);
        let text = String::from_utf8_lossy(&bytes);
        assert!(bytes.len() <= most, "{what}: {} bytes: {text:?}", bytes.len());
        assert_eq!(contents(&mut used, &bytes), screen.fresh(&users(&rows, ""), SIZE), "{what}");
    }
    assert!(first.len() <= 4_000, "{}", first.len());
}

/// What turns one frame into another and puts the cursor at a place; brings the terminal's cursor up to date.
fn differ(old: &Buffer, new: &Buffer, cursor: &mut TerminalCursor, at: Position) -> Vec<u8> {
    let rows = differing(old, new, 0..new.area.height);
    let pen = differences((old, new), rows, Pen::new(new.area.as_size(), *cursor), Some(at));
    *cursor = pen.cursor;
    pen.out
}

/// A terminal of ratatui's on this backend.
fn drawn_on((columns, rows): (u16, u16)) -> Terminal<Backend> {
    Terminal::new(Backend::new(Size { width: columns, height: rows })).unwrap()
}

/// Draws words from a column on, as ratatui's own widgets do, and gives the bytes.
fn words(terminal: &mut Terminal<Backend>, lines: &[(u16, &str)]) -> Vec<u8> {
    terminal
        .draw(|frame| {
            for (y, (x, words)) in (0..).zip(lines) {
                frame.buffer_mut().set_string(*x, y, *words, Style::new());
            }
        })
        .unwrap();
    terminal.backend_mut().take()
}

#[test]
fn wide_letters_of_ratatuis_own_widgets_leave_nothing_behind() {
    let mut used = terminal((12, 3));
    let mut drawn = drawn_on((12, 3));
    for lines in [
        [(0, "王王王王"), (0, "a")],
        [(1, "王王王"), (0, "a")],
        [(0, "abcdefgh"), (0, "王")],
        [(0, "a"), (1, "王")],
        [(0, "王bcd"), (2, "x")],
        [(0, ""), (0, "👨\u{200d}👩\u{200d}👧 z")],
        [(0, "❤\u{fe0f}z"), (0, "")],
        [(0, "zzz"), (0, "王z")],
    ] {
        used.process(&words(&mut drawn, &lines));
        let mut fresh = terminal((12, 3));
        fresh.process(&words(&mut drawn_on((12, 3)), &lines));
        assert_eq!(text(&used), text(&fresh), "{lines:?}");
    }
}

/// A letter that ratatui takes for wider than we do would hide the one behind it.
#[test]
fn every_letter_is_as_wide_here_as_for_ratatui() {
    let letters = [
        "a",
        "é",
        "王",
        "ｶﾞ",
        "ﾊﾟ",
        "e\u{301}",
        "❤\u{fe0f}",
        "👨\u{200d}👩\u{200d}👧",
        "🇦🇺",
        "\u{301}",
        "ำ",
        "ﷺ",
        "क्ष",
    ];
    for letter in letters {
        assert_eq!(grapheme_width(letter), letter.cell_width(), "{letter:?}");
    }
    let mut drawn = drawn_on((12, 3));
    let shown = String::from_utf8(words(&mut drawn, &[(0, "ｶﾞス x")])).unwrap();
    assert!(shown.contains("ｶﾞ") && shown.contains('ス') && shown.contains('x'), "{shown:?}");
}

#[test]
fn a_blank_that_shows_no_style_costs_none() {
    let mut terminal = drawn_on((12, 2));
    let accent = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);
    terminal
        .draw(|frame| {
            frame.buffer_mut().set_string(0, 0, " ", accent);
            frame.buffer_mut().set_string(2, 0, "a b", accent);
            frame.buffer_mut().set_string(6, 0, " ", accent.add_modifier(Modifier::REVERSED));
        })
        .unwrap();
    let bytes = String::from_utf8(terminal.backend_mut().take()).unwrap();
    let (_, line) = bytes.split_once("\x1b[2J").unwrap();
    assert_eq!(line, "  \x1b[1;36ma b \x1b[7m \x1b[m\x1b[?25l");
}

#[test]
fn the_cursor_is_told_never_asked_for() {
    let mut drawn = drawn_on((12, 3));
    drawn.draw(|frame| frame.set_cursor_position((4, 1))).unwrap();
    assert_eq!(drawn.get_cursor_position().unwrap(), Position { x: 4, y: 1 });
    let bytes = drawn.backend_mut().take();
    assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[m\x1b[H\x1b[2J\x1b[2;5H");
    drawn.draw(|_| {}).unwrap();
    assert_eq!(drawn.backend_mut().take(), b"\x1b[?25l");
    drawn.clear().unwrap();
    drawn.draw(|_| {}).unwrap();
    let bytes = drawn.backend_mut().take();
    assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[m\x1b[H\x1b[2J\x1b[?25l", "everything again");
}

#[test]
fn attributes_that_some_terminals_lack_are_left_out() {
    let mut drawn = drawn_on((12, 3));
    drawn
        .draw(|frame| {
            let style = Style::new().add_modifier(Modifier::ITALIC | Modifier::DIM | Modifier::BOLD);
            frame.buffer_mut().set_string(0, 0, "ab", style.fg(Color::Rgb(1, 2, 3)));
            frame.buffer_mut().set_string(2, 0, "cd", Style::new().add_modifier(Modifier::BOLD));
        })
        .unwrap();
    let text = String::from_utf8(drawn.backend_mut().take()).unwrap();
    assert!(text.contains("\x1b[1mabcd"), "{text:?}");
}

#[test]
fn a_frame_that_was_not_taken_is_written_again_whole() {
    let mut drawn = drawn_on((12, 3));
    words(&mut drawn, &[(0, ""), (0, "first")]);
    words(&mut drawn, &[(0, ""), (0, "second")]);
    // The second one was given up somewhere in it.
    drawn.backend_mut().forget();
    let written = String::from_utf8(words(&mut drawn, &[(0, ""), (0, "second")])).unwrap();
    assert!(written.starts_with("\x1b[m\x1b[H\x1b[2J") && written.contains("second"), "{written:?}");
    assert!(!written.contains("first"), "{written:?}");
}

proptest! {
    #[test]
    fn any_frame_over_any_other_stands_as_if_drawn_alone(frames in prop::collection::vec(frame(), 1..5)) {
        let mut used = terminal((12, 3));
        let mut old = Buffer::empty(Rect::new(0, 0, 12, 3));
        let mut cursor = TerminalCursor { place: None, is_visible: true };
        for new in frames {
            let bytes = differ(&old, &new, &mut cursor, Position { x: 1, y: 1 });
            used.process(&bytes);
            let mut fresh = terminal((12, 3));
            let blank = Buffer::empty(Rect::new(0, 0, 12, 3));
            let mut other = TerminalCursor { place: None, is_visible: true };
            let alone = differ(&blank, &new, &mut other, Position { x: 1, y: 1 });
            fresh.process(&alone);
            prop_assert_eq!(text(&used), text(&fresh));
            prop_assert_eq!(used.screen().cursor_position(), (1, 1));
            old = new;
        }
    }

    #[test]
    fn a_rule_that_comes_out_twice_as_long_covers_nothing(frames in prop::collection::vec("[ab ]{0,4}─{0,12}[ab ]{0,4}─{0,9}[ab ]{0,3}", 1..5)) {
        let mut used = terminal((40, 2));
        let mut old = Buffer::empty(Rect::new(0, 0, 40, 2));
        let mut cursor = TerminalCursor { place: None, is_visible: true };
        for (at, words) in (0..).zip(&frames) {
            let mut new = Buffer::empty(old.area);
            let start = 40 - u16::try_from(words.chars().count()).unwrap();
            let (start, words) = if at % 2 == 0 { (start.saturating_sub(2), words.as_str()) } else { (0, words.as_str()) };
            new.set_string(start, 0, words, Style::new());
            let bytes = differ(&old, &new, &mut cursor, Position { x: 0, y: 1 });
            used.process(String::from_utf8(bytes).unwrap().replace('─', "王").as_bytes());
            for x in 0..40 {
                let letter = new.cell((x, 0)).unwrap().symbol();
                if matches!(letter, "a" | "b") {
                    prop_assert_eq!(used.screen().cell(0, x).unwrap().contents(), letter, "{} of {:?}", x, words);
                }
            }
            let below = used.screen().rows(0, 40).nth(1).unwrap();
            prop_assert_eq!(below.trim(), "", "{:?}", words);
            old = new;
        }
    }

    #[test]
    fn any_frames_drawn_by_ratatui_stand_as_if_drawn_alone(
        frames in prop::collection::vec(prop::collection::vec((0_u16..11, 0_u16..4, "[ab王é]{0,6}", any::<bool>()), 0..6), 1..6),
    ) {
        let (mut used, mut ours) = (terminal((12, 4)), drawn_on((12, 4)));
        for pieces in frames {
            let write = |buffer: &mut Buffer| {
                for (x, y, words, is_reversed) in &pieces {
                    let style = if *is_reversed { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
                    // The last cell of the last row is never written.
                    let room = usize::from(if *y == 3 { 11 - x } else { 12 - x });
                    buffer.set_stringn(*x, *y, words, room, style);
                }
                crate::tui::draw::cut_halves(buffer);
            };
            ours.draw(|frame| write(frame.buffer_mut())).unwrap();
            used.process(&ours.backend_mut().take());
            let mut alone = drawn_on((12, 4));
            alone.draw(|frame| write(frame.buffer_mut())).unwrap();
            let mut fresh = terminal((12, 4));
            fresh.process(&alone.backend_mut().take());
            prop_assert_eq!(text(&used), text(&fresh));
            let looks = |terminal: &vt100::Parser| -> Vec<bool> {
                let cells = (0..4).flat_map(|y| (0..12).map(move |x| (y, x)));
                cells.map(|(y, x)| terminal.screen().cell(y, x).is_some_and(vt100::Cell::inverse)).collect()
            };
            prop_assert_eq!(looks(&used), looks(&fresh));
        }
    }

    #[test]
    fn any_letter_is_as_wide_here_as_for_ratatui(words in "\\PC{0,20}") {
        for letter in unicode_segmentation::UnicodeSegmentation::graphemes(words.as_str(), true) {
            prop_assert_eq!(grapheme_width(letter), letter.cell_width(), "{:?}", letter);
        }
    }
}
