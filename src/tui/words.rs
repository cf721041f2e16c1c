//! Width, cutting and wrapping: the one width function of layout and drawing, and the ASCII stand-ins. And the sentences
//! that name keys: what the wizard calls a way on is a key to press here.
//!
//! Pure. Widths are columns of the terminal; ambiguous ones count as one (remote-terminal.md section 3).

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

pub use crate::domain::codeset::{fit_codeset, grapheme_width, width};
use crate::domain::{
    bill,
    codeset::wrapped,
    phrase::{Phrase, WayOn},
    text::Text,
};

/// As many of the words as fit, up to a boundary between graphemes.
pub(crate) fn fitting(words: &str, room: u16) -> &str {
    let mut left = Some(room);
    let fits = words.graphemes(true).take_while(|grapheme| {
        left = left.and_then(|room| room.checked_sub(grapheme_width(grapheme)));
        left.is_some()
    });
    let bytes = fits.map(str::len).sum();
    words.get(..bytes).unwrap_or(words)
}

/// Words cut to a width on a grapheme boundary, with a mark where something is missing.
pub(crate) fn cut(words: &str, room: u16, use_unicode: bool) -> Cow<'_, str> {
    let words = fit_codeset(words, use_unicode);
    if width(&words) <= room {
        return words;
    }
    let mark = fit_codeset("…", use_unicode);
    let (mark, left) = room.checked_sub(width(&mark)).map_or(("", room), |left| (mark.as_ref(), left));
    Cow::Owned(format!("{}{mark}", fitting(&words, left).trim_end()))
}

/// Words wrapped at spaces; a word that is longer than a line is broken. Never empty: no words give one empty line.
pub(crate) fn wrap(words: &str, room: u16, use_unicode: bool) -> Vec<String> {
    let words = fit_codeset(words, use_unicode);
    let pieces: Vec<&str> = words.split(' ').flat_map(|word| break_up(word, room)).collect();
    wrapped(&pieces.join(" "), room.max(1))
}

/// One long word in pieces of at most a line; a link stays whole that way when its lines are joined.
pub(crate) fn break_up(word: &str, room: u16) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut left = word;
    while pieces.is_empty() || !left.is_empty() {
        let fits = fitting(left, room);
        // A letter that is wider than the line stands alone on it.
        let piece = if fits.is_empty() { left.graphemes(true).next().unwrap_or(left) } else { fits };
        pieces.push(piece);
        left = left.get(piece.len()..).unwrap_or_default();
    }
    pieces
}

/// Whether the keyboard types into a field of text: there a letter is text, and Tab has to leave the field first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keyboard {
    /// Letters are commands.
    #[default]
    Commands,
    /// Letters are text.
    Text,
    /// The same in a search with one hit, which Enter chooses.
    Hit,
}

impl Keyboard {
    /// Whether letters are text.
    pub(crate) const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Hit)
    }
}

/// A phrase with its ways on as keys of this front end.
pub(crate) fn say(phrase: &Phrase, keyboard: Keyboard) -> Text {
    phrase.in_words(|way| way_on(way, keyboard))
}

/// A way on as a sentence with its key. A test holds the keys against the table of keys.
pub(crate) fn way_on(way: &WayOn, keyboard: Keyboard) -> Cow<'static, str> {
    let is_text = keyboard.is_text();
    let press = |letter| format!("Press {}{letter}", if is_text { "Tab, then " } else { "" });
    let to = |key: String, does: &str| Cow::Owned(format!("{key} to {}.", does.trim_end()));
    match way {
        WayOn::Again(purpose) => to(press("r"), purpose),
        WayOn::Back(purpose) => to("Press Esc".into(), &format!("go back {purpose}")),
        WayOn::Park(purpose) => to(press("p"), &format!("park the run {purpose}")),
        // In a field the first Enter only leaves it, unless it chooses.
        WayOn::Continue(purpose) => {
            to(format!("Press Enter{}", if keyboard == Keyboard::Text { " twice" } else { "" }), purpose)
        }
        WayOn::TakeOver(purpose) => to(press("h"), purpose),
        WayOn::Leave => to(press("q"), "leave"),
        WayOn::ShowLink => "Press Enter for the link.".into(),
        WayOn::OwnRight(purpose) => to(press("a"), purpose),
        WayOn::HandOver => to(press("c"), "send the link to your clipboard, or f to write it into a file"),
        WayOn::PrintAlone(what) => to(press("l"), &format!("print {what} alone")),
        WayOn::HaveRun(_) => to(press("l"), "print the lines that the hoster is to run"),
        WayOn::WriteFile => to(press("f"), "write it into a file"),
        WayOn::Explain => to(press("e"), "look the code up"),
        WayOn::Lift => to(press("x"), "lift the exclusion"),
        WayOn::IncludeKinds => to(press("m"), "include them"),
        WayOn::Exclude => to(press("x"), "exclude the user"),
        WayOn::Filter => "Press / and type.".into(),
        WayOn::ClearFilter => "Press Esc to clear the words.".into(),
        WayOn::Narrow => "Tab takes it.".into(),
        WayOn::RestoreTicks => to(press("c"), "bring the ticks back"),
        WayOn::Review => "Press Enter to see the bill.".into(),
        WayOn::TurnOff if is_text => "An Admin turns users off with O, outside the field.".into(),
        WayOn::TurnOff => "An Admin turns users off with O.".into(),
        WayOn::AddCustomer => to(press("n"), "add one (Admin)"),
        WayOn::FillIn => "Press Ctrl-Y to fill them in.".into(),
        WayOn::RestoreList => to(press("x"), "bring them back"),
        WayOn::Mend(detail) => to("Press Esc".into(), &format!("mend {}", detail.words())),
        // Words without a key, and commands, are the same as in lines.
        WayOn::AddDomain | WayOn::OurSide | WayOn::Run(..) => way.for_lines(),
    }
}

/// A number of rows as people read it: `500,000`.
pub(crate) fn grouped(number: usize) -> String {
    bill::grouped(bill::size(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_cut_between_graphemes_with_a_mark() {
        for (words, room, unicode, ascii) in [
            ("Nora", 4, "Nora", "Nora"),
            ("Nora Anderson", 8, "Nora An…", "Nora..."),
            ("王小明", 5, "王小…", "..."),
            ("José", 4, "José", "Jose"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…", "ee"),
            ("abc", 0, "", ""),
        ] {
            assert_eq!(cut(words, room, true), unicode, "{words}");
            if ascii != "..." && ascii != "ee" {
                assert_eq!(cut(words, room, false), ascii, "{words}");
            }
        }
    }

    #[test]
    fn wrapping_breaks_at_spaces_and_only_then_inside_words() {
        assert_eq!(wrap("one two three", 7, true), ["one two", "three"]);
        assert_eq!(wrap("a abcdefgh b", 3, true), ["a", "abc", "def", "gh", "b"]);
        assert_eq!(wrap("", 10, true), [""]);
        assert_eq!(
            wrap("\u{1e023}𮯰", 1, true),
            ["\u{1e023}", "𮯰"],
            "a stray mark in front takes no column"
        );
    }

    #[test]
    fn a_key_that_only_leaves_the_field_is_said_with_the_one_behind_it() {
        let on = WayOn::Continue("go on with it");
        assert_eq!(way_on(&on, Keyboard::Commands), "Press Enter to go on with it.");
        assert_eq!(way_on(&on, Keyboard::Text), "Press Enter twice to go on with it.");
        assert_eq!(
            way_on(&on, Keyboard::Hit),
            "Press Enter to go on with it.",
            "the only row is chosen at once"
        );
        for keyboard in [Keyboard::Text, Keyboard::Hit] {
            assert_eq!(way_on(&WayOn::Leave, keyboard), "Press Tab, then q to leave.");
        }
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, shown) in [(0, "0"), (999, "999"), (1_204, "1,204"), (500_000, "500,000")] {
            assert_eq!(grouped(number), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_its_room(words in "\\PC{0,60}", room in 0_u16..30, use_unicode: bool) {
            prop_assert!(width(&cut(&words, room, use_unicode)) <= room);
            for line in wrap(&words, room, use_unicode) {
                // A letter that is wider than the line stands alone on it.
                let is_alone = line.graphemes(true).count() == 1;
                prop_assert!(width(&line) <= room.max(1) || is_alone, "{line:?}");
            }
        }

        #[test]
        fn ascii_is_ascii(words in "\\PC{0,60}") {
            prop_assert!(fit_codeset(&words, false).is_ascii());
        }
    }
}
