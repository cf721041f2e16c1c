use ratatui::{buffer::Buffer, layout::Rect};

use super::*;
use crate::tui::{draw::tests::key, options::Options};

/// The line of keys in a window of some columns.
fn line(these: &[Key], focus: Focus, more: Option<&str>, width: u16) -> String {
    let mut cells = Buffer::empty(Rect::new(0, 0, width, 1));
    let options = Options { use_color: false, use_unicode: true, fallback_size: None };
    let canvas = Canvas { cells: &mut cells, options };
    let pieces = keys(these, focus, more, &canvas).pieces;
    pieces.into_iter().map(|(_, words)| words).collect()
}

/// The keys of the outcome, the longest line of all.
fn outcome() -> Vec<Key> {
    vec![
        key(Chord::Char('t'), Action::Receipt, "receipt"),
        key(Chord::Char('w'), Action::SaveReceipt, "write file"),
        key(Chord::Char('c'), Action::Copy, "copy"),
        key(Chord::Char('n'), Action::Another, "next customer"),
        key(Chord::Char('s'), Action::Say, "say"),
        key(Chord::Char('e'), Action::Explain, "explain"),
        key(Chord::Char('b'), Action::Back, "back"),
        key(Chord::Char('p'), Action::Park, "park"),
        key(Chord::Char('q'), Action::Leave, "leave"),
        key(Chord::Char('?'), Action::Help, "help"),
    ]
}

#[test]
fn the_ways_out_and_help_are_named_before_what_matters_less() {
    for (width, expected) in [
        (
            120,
            "t receipt  w write file  c copy  n next customer  s say  e explain  b back  p park  q leave  ? help",
        ),
        (80, "t receipt  w write file  c copy  n next customer  b back  q leave  ? help"),
        (60, "t receipt  w write file  c copy  b back  q leave  ? help"),
        (40, "t receipt  c copy  q leave  ? help"),
        (20, "t receipt  ? help"),
        (7, "? help"),
        (3, ""),
    ] {
        assert_eq!(line(&outcome(), Focus::Controls, None, width), expected, "{width}");
    }
}

#[test]
fn a_text_that_goes_on_names_the_key_that_scrolls() {
    let close = [
        key(Chord::Esc, Action::Back, "close"),
        key(Chord::Char('s'), Action::Say, "say"),
        key(Chord::Char('b'), Action::Back, "back"),
    ];
    assert_eq!(line(&close, Focus::Reading, Some("Down"), 80), "Esc close  s say  Down more");
    assert_eq!(line(&close, Focus::Reading, Some("Down"), 21), "Esc close  Down more");
    assert_eq!(line(&close, Focus::Reading, None, 80), "Esc close  s say", "b is Esc's twin");
}

#[test]
fn a_question_names_the_way_back_beside_its_answer() {
    let question = [
        key(Chord::Enter, Action::Submit, "turn on"),
        key(Chord::Esc, Action::Back, "back"),
        key(Chord::Char('s'), Action::Say, "say"),
        key(Chord::Char('q'), Action::Leave, "leave"),
        key(Chord::Char('?'), Action::Help, "help"),
    ];
    assert_eq!(line(&question, Focus::Reading, Some("Down"), 40), "Enter turn on  Esc back  s say  ? help");
    let all = "Enter turn on  Esc back  s say  q leave  Down more  ? help";
    assert_eq!(line(&question, Focus::Reading, Some("Down"), 60), all);
}

#[test]
fn in_a_field_letters_are_no_keys() {
    let keys = [
        key(Chord::Enter, Action::Submit, "leave field"),
        key(Chord::Char('s'), Action::Say, "say"),
        key(Chord::Ctrl('c'), Action::Leave, "leave"),
        key(Chord::Ctrl('g'), Action::Help, "help"),
    ];
    assert_eq!(line(&keys, Focus::Field, None, 80), "Enter leave field  Ctrl-C leave  Ctrl-G help");
}
