//! Words that may be shown: everything from outside passes [`Text::clean`] once, where it enters.

use std::fmt;

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_segmentation::UnicodeSegmentation;

/// What a forbidden character becomes, so that something is visibly wrong (remote-terminal.md section 3).
const STAND_IN: char = '\u{FFFD}';

/// Longest text kept, in bytes; longer ones are cut on a grapheme boundary. A guess: four times the longest
/// display name that Exchange accepts.
pub const MAX_BYTES: usize = 1_024;

/// Combining marks kept per base character (remote-terminal.md section 3: terminals keep 3 to 65).
const MAX_MARKS: usize = 4;

/// The one owned string type that may be shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(Box<str>);

/// A borrowed piece of text that may be shown: comes from a [`Text`], a literal, or a page of users.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Shown<'a>(&'a str);

impl Text {
    /// Makes words from outside safe to show.
    ///
    /// Control characters, bidirectional controls, line separators, zero-width and invisible characters, private use
    /// and unassigned ones become U+FFFD; runs of white space become one space; the ends are trimmed; at most four
    /// combining marks stay on one base; the length is capped. A joiner between two letters is kept, because real
    /// names need it. Cleaning clean text changes nothing.
    #[must_use]
    pub fn clean(raw: &str) -> Self {
        if is_plain(raw) { Self(raw.into()) } else { Self::clean_by_char(raw) }
    }

    /// [`Text::clean`] for words that need a look at every character.
    fn clean_by_char(raw: &str) -> Self {
        let mut out = String::with_capacity(raw.len().min(MAX_BYTES));
        let mut marks = 0_usize;
        let mut gap = false;
        let mut chars = raw.chars().peekable();
        let mut before: Option<char> = None;
        while let Some(c) = chars.next() {
            if c.is_whitespace() && !is_forbidden_space(c) {
                gap = !out.is_empty();
                before = None;
                continue;
            }
            let kept = match c {
                '\u{200C}' | '\u{200D}' => {
                    // A mark behind it may be one too many and left out: then it would join nothing.
                    let joins = before.is_some_and(|b| b.is_alphabetic() || is_mark(b))
                        && chars.peek().is_some_and(|next| next.is_alphabetic() && !is_mark(*next));
                    if joins { c } else { STAND_IN }
                }
                _ if is_forbidden(c) => STAND_IN,
                _ => c,
            };
            if is_mark(kept) {
                marks += 1;
                if marks > MAX_MARKS {
                    continue;
                }
            } else if !matches!(kept, '\u{200C}' | '\u{200D}') {
                // A joiner is no base of its own.
                marks = 0;
            }
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(kept);
            before = Some(kept);
        }
        Self(cap(out).into_boxed_str())
    }

    /// Makes a line that is still being typed safe to show: as [`Text::clean`], but every space stays where it was
    /// typed, so that the cursor stands where the person expects it.
    #[must_use]
    pub fn typed(raw: &str) -> Self {
        let mut out = String::with_capacity(raw.len().min(MAX_BYTES));
        for (at, word) in raw.split(|c: char| c.is_whitespace() && !is_forbidden_space(c)).enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(&Self::clean(word).0);
            if out.len() > MAX_BYTES {
                break;
            }
        }
        Self(cap(out).into_boxed_str())
    }

    /// Cleans what a format string makes: `Text::of(format_args!("{} of {}", a, b))`.
    #[must_use]
    pub fn of(words: fmt::Arguments<'_>) -> Self {
        match words.as_str() {
            Some(plain) => Self::clean(plain),
            None => Self::clean(&words.to_string()),
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The words, borrowed for a view.
    #[must_use]
    pub fn shown(&self) -> Shown<'_> {
        Shown(&self.0)
    }

    /// Whether nothing is left to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Shown<'a> {
    /// Words that this program wrote itself.
    #[must_use]
    pub const fn literal(words: &'static str) -> Shown<'static> {
        Shown(words)
    }

    /// A slice of a block whose every part went through [`Text::clean`]; only pages of users call this.
    #[must_use]
    pub(in crate::domain) const fn already_clean(words: &'a str) -> Self {
        Shown(words)
    }

    /// The words.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether nothing is left to show.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The host of an address like `https://host/path`; words without a scheme stay as they are.
    #[must_use]
    pub fn host(self) -> Self {
        let rest =
            self.0.split_once("://").map(|(_, rest)| rest.split_once('/').map_or(rest, |(host, _)| host));
        rest.map_or(self, Self)
    }

    /// An owned copy.
    #[must_use]
    pub fn to_text(self) -> Text {
        Text(self.0.into())
    }
}

impl From<&'static str> for Text {
    /// Takes a literal of this program; anything from outside goes through [`Text::clean`].
    fn from(words: &'static str) -> Self {
        Self(words.into())
    }
}

impl From<&'static str> for Shown<'static> {
    fn from(words: &'static str) -> Self {
        Shown(words)
    }
}

impl<'a> From<&'a Text> for Shown<'a> {
    fn from(text: &'a Text) -> Self {
        text.shown()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

/// Whether cleaning changes nothing for sure: short printable ASCII, single spaces, none at the ends. Nearly every
/// address and most names are; half a million of each are read at once from the store.
fn is_plain(raw: &str) -> bool {
    let mut before = b' ';
    let is_printable = raw.bytes().all(|byte| {
        let fits = matches!(byte, b'!'..=b'~') || (byte == b' ' && before != b' ');
        before = byte;
        fits
    });
    is_printable && before != b' ' && raw.len() <= MAX_BYTES
}

/// Cuts on a grapheme boundary at [`MAX_BYTES`] and marks the cut.
fn cap(words: String) -> String {
    if words.len() <= MAX_BYTES {
        return words;
    }
    let mut short = String::with_capacity(MAX_BYTES);
    for grapheme in words.graphemes(true) {
        if short.len() + grapheme.len() > MAX_BYTES - '…'.len_utf8() {
            break;
        }
        short.push_str(grapheme);
    }
    // A joiner at the cut would join nothing.
    let kept =
        short.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200C}' | '\u{200D}')).len();
    short.truncate(kept);
    short.push('…');
    short
}

/// White space that must be seen to be wrong: line and paragraph separators and the C1 next-line.
const fn is_forbidden_space(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{0085}')
}

/// Whether a character stacks on the one before it.
fn is_mark(c: char) -> bool {
    matches!(get_general_category(c), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// The table of remote-terminal.md section 3.
fn is_forbidden(c: char) -> bool {
    match c {
        ' '..='~' => return false,
        '\u{00AD}'
        | '\u{034F}'
        | '\u{061C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}' => return true,
        _ => {}
    }
    matches!(
        get_general_category(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_lose_their_power_and_stay_visible() {
        for (raw, clean) in [
            ("Nora\u{1b}[31m", "Nora\u{FFFD}[31m"),
            ("a\u{9b}2Jb", "a\u{FFFD}2Jb"),
            ("x\u{202e}txt", "x\u{FFFD}txt"),
            ("a\u{200b}b", "a\u{FFFD}b"),
            ("  two\t\n words  ", "two words"),
            ("क\u{094d}\u{200d}ष", "क\u{094d}\u{200d}ष"),
            ("\u{200d}x", "\u{FFFD}x"),
            ("a\u{2028}b", "a\u{FFFD}b"),
        ] {
            assert_eq!(Text::clean(raw).as_str(), clean, "{raw:?}");
        }
        let stacked = format!("e{}", "\u{301}".repeat(40));
        assert_eq!(Text::clean(&stacked).as_str().chars().count(), 1 + MAX_MARKS);
    }

    #[test]
    fn joiners_are_no_base_that_marks_could_pile_up_on_again() {
        // U+0345 is a mark and alphabetic at once, so joiners stay between two of them.
        let stacked_again = format!("a{}", "\u{345}\u{345}\u{345}\u{345}\u{200d}".repeat(50));
        let shown = Text::clean(&stacked_again);
        let bases = shown.as_str().replace(['\u{200c}', '\u{200d}'], "");
        let piles = bases.split(|c| !is_mark(c)).map(|pile| pile.chars().count());
        assert!(piles.max() <= Some(MAX_MARKS), "{shown:?}");
        assert_eq!(Text::clean(shown.as_str()), shown);
    }

    #[test]
    fn a_cut_leaves_no_joiner_behind() {
        for pad in 0..6 {
            let long = format!("{}{}", "x".repeat(pad), "a\u{200d}".repeat(MAX_BYTES / 3));
            let shown = Text::clean(&format!("{long}a"));
            assert!(shown.as_str().ends_with("a…"), "{shown:?}");
            assert_eq!(Text::clean(shown.as_str()), shown);
        }
    }

    #[test]
    fn a_line_keeps_the_spaces_that_are_typed() {
        for (raw, shown) in [("a ", "a "), (" a  b", " a  b"), ("a\tb\u{200b}", "a b\u{FFFD}"), ("", "")] {
            assert_eq!(Text::typed(raw).as_str(), shown, "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn the_short_cut_changes_nothing(raw in "[ -~é]{0,12}") {
            prop_assert_eq!(Text::clean(&raw), Text::clean_by_char(&raw));
        }

        #[test]
        fn cleaning_is_safe_and_stable(raw in "\\PC*|.*|[\u{0}-\u{2fff}]{0,80}") {
            let once = Text::clean(&raw);
            prop_assert!(once.as_str().chars().all(|c| !c.is_control() && !is_forbidden_space(c)));
            prop_assert!(once.as_str().len() <= MAX_BYTES);
            prop_assert_eq!(Text::clean(once.as_str()), once);
        }
    }
}
