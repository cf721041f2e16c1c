use std::num::NonZero;

use proptest::prelude::*;
use ratatui::{layout::Rect, style::Style};

use super::*;
use crate::{
    domain::text::Text,
    tui::{
        draw::tests::{Many, form, users},
        options::Options,
        screen::Screen,
    },
    wizard::view::{Block, Focus, View},
};

const SIZE: (u16, u16) = (80, 24);

fn screen(use_color: bool) -> Screen {
    Screen::new(Options { use_color, use_unicode: true, fallback_size: None })
}

/// What stands on a terminal; whether a blank was written or erased is all the same.
fn text(terminal: &vt100::Parser) -> String {
    let contents = terminal.screen().contents();
    let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
    lines
        .join(
            "
",
        )
        .trim_end()
        .to_owned()
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
fn assert_same_as_fresh(views: &[View<'_>], size: (u16, u16)) {
    let mut screen_ = screen(true);
    let mut used = terminal(size);
    for (at, view) in views.iter().enumerate() {
        let mut other = screen(true);
        other.memory = screen_.memory.clone();
        let there = contents(&mut used, &screen_.frame(view, size));
        let wanted = contents(&mut terminal(size), &other.frame(view, size));
        assert_eq!(there, wanted, "view {at} at {size:?}");
    }
}

#[test]
fn the_first_frame_fits_two_segments() {
    let rows = Many::of(10_000);
    let bytes = screen(true).frame(&users(&rows, 0), SIZE);
    println!("first frame: {} bytes", bytes.len());
    assert!(bytes.len() <= 2_500, "{}", bytes.len());
    assert!(bytes.windows(8).any(|w| w == b"\x1b[?2026h") && bytes.ends_with(b"H") | bytes.ends_with(b"l"));
}

#[test]
fn a_cursor_key_costs_at_most_24_bytes_and_a_tick_32() {
    let mut rows = Many::of(10_000);
    let mut screen = screen(true);
    screen.frame(&users(&rows, 3), SIZE);
    let down = screen.frame(&users(&rows, 4), SIZE);
    let up = screen.frame(&users(&rows, 3), SIZE);
    rows.ticked = Some(3);
    let tick = screen.frame(&users(&rows, 3), SIZE);
    println!("down {} up {} tick {}", down.len(), up.len(), tick.len());
    println!("{:?}", String::from_utf8_lossy(&tick));
    assert!(down.len() <= 24, "{:?}", String::from_utf8_lossy(&down));
    assert!(up.len() <= 24, "{:?}", String::from_utf8_lossy(&up));
    assert!(tick.len() <= 32, "{:?}", String::from_utf8_lossy(&tick));
}

#[test]
fn a_page_of_new_rows_fits_one_segment() {
    let rows = Many::of(10_000);
    let mut screen = screen(true);
    screen.frame(&users(&rows, 13), SIZE);
    let page = screen.frame(&users(&rows, 27), SIZE);
    println!("page {}", page.len());
    assert!(page.len() <= 1_400, "{}", page.len());
}

#[test]
fn a_cursor_key_at_the_edge_costs_one_row() {
    let rows = Many::of(10_000);
    let mut screen = screen(true);
    let size = SIZE;
    let mut used = terminal(size);
    used.process(&screen.frame(&users(&rows, 13), size));
    for cursor in [14, 15, 18, 5, 4, 3, 9_999, 9_990, 9_980] {
        let bytes = screen.frame(&users(&rows, cursor), size);
        println!("to {cursor}: {}", bytes.len());
        assert!(
            bytes.len() <= 200 || cursor > 100 || cursor == 18 || cursor == 5,
            "{cursor}: {}",
            bytes.len()
        );
        let mut other = self::screen(true);
        other.memory = screen.memory.clone();
        let there = contents(&mut used, &bytes);
        assert_eq!(
            there,
            contents(&mut terminal(size), &other.frame(&users(&rows, cursor), size)),
            "{cursor}"
        );
    }
}

#[test]
fn the_same_view_again_costs_nothing() {
    let rows = Many::of(50);
    let mut screen = screen(true);
    for size in [SIZE, (40, 10), (20, 5), (1, 1), (0, 0), (200, 50)] {
        screen.frame(&users(&rows, 7), size);
        assert_eq!(screen.frame(&users(&rows, 7), size), Vec::<u8>::new(), "{size:?}");
    }
}

#[test]
fn without_colour_no_colour_code_leaves_and_the_focus_still_shows() {
    let button = crate::wizard::view::Button {
        label: "Save".into(),
        action: crate::wizard::event::Action::Save,
        is_open: true,
        is_focused: true,
    };
    let rows = Many::of(50);
    for view in [users(&rows, 3), form(vec![Block::Buttons(vec![button.clone()])], Focus::Controls)] {
        let bytes = screen(false).frame(&view, SIZE);
        let text = String::from_utf8(bytes).unwrap();
        for sgr in text.split("\x1b[").filter_map(|s| s.split_once('m').map(|(codes, _)| codes)) {
            if sgr.bytes().all(|b| b.is_ascii_digit() || b == b';') {
                assert!(sgr.split(';').all(|code| ["", "0", "1", "4", "7"].contains(&code)), "{sgr}");
            }
        }
    }
    let view = form(vec![Block::Buttons(vec![button])], Focus::Controls);
    let text = String::from_utf8(screen(false).frame(&view, SIZE)).unwrap();
    assert!(text.contains("\x1b[1;7m[ Save ]"), "{text:?}");
}

#[test]
fn colours_are_the_sixteen_names() {
    let rows = Many::of(50);
    let text = String::from_utf8(screen(true).frame(&users(&rows, 3), SIZE)).unwrap();
    assert!(!text.contains("38;5") && !text.contains("48;5") && !text.contains("38;2"));
}

#[test]
fn a_terminal_shows_what_was_drawn() {
    let (few, many) = (Many::of(3), Many::of(300));
    let hostile =
        ["王小明小明小明小明小明", "e\u{301}e\u{301}", "Ünïcödé", "👍🏽 thumbs"].map(Text::clean).to_vec();
    let odd = Many { names: hostile, ..Many::of(300) };
    let views = [
        users(&many, 0),
        users(&many, 1),
        users(&odd, 1),
        users(&odd, 40),
        users(&few, 2),
        form(vec![Block::Para("Short.".into())], Focus::Reading),
        users(&many, 299),
    ];
    for size in [SIZE, (60, 15), (120, 40), (40, 10)] {
        assert_same_as_fresh(&views, size);
    }
}

#[test]
fn synchronized_output_is_always_closed() {
    let rows = Many::of(50);
    let bytes = screen(true).frame(&users(&rows, 3), SIZE);
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

proptest! {
    #[test]
    fn any_frame_over_any_other_stands_as_if_drawn_alone(frames in prop::collection::vec(frame(), 1..5)) {
        let mut used = terminal((12, 3));
        let mut old = Buffer::empty(Rect::new(0, 0, 12, 3));
        let mut hand = Hand { place: None, is_visible: true };
        for new in frames {
            let mut bytes = Vec::new();
            differences(&old, &new, &mut hand, Some(Place { x: 1, y: 1 }), &mut bytes);
            used.process(&bytes);
            let mut fresh = terminal((12, 3));
            let mut alone = Vec::new();
            let blank = Buffer::empty(Rect::new(0, 0, 12, 3));
            let mut other = Hand { place: None, is_visible: true };
            differences(&blank, &new, &mut other, Some(Place { x: 1, y: 1 }), &mut alone);
            fresh.process(&alone);
            prop_assert_eq!(text(&used), text(&fresh));
            prop_assert_eq!(used.screen().cursor_position(), (1, 1));
            old = new;
        }
    }
}
