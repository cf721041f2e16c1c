//! Words that may be shown: everything from outside passes [`Text::clean`] once, where it enters.

use std::fmt;

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::codeset::is_simple;

#[cfg(test)]
mod tests;

/// What a forbidden character becomes, so that something is visibly wrong (remote-terminal.md section 3).
const STAND_IN: char = '\u{FFFD}';

/// Longest text kept, in bytes; longer ones are cut on a grapheme boundary. A guess: four times the longest
/// display name that Exchange accepts.
pub const MAX_BYTES: usize = 1_024;

/// Combining marks kept per base character (remote-terminal.md section 3: terminals keep 3 to 65).
const MAX_MARKS: usize = 4;

/// Characters of one grapheme cluster above which nobody writes it: endless chains of conjuncts, of leading Hangul
/// letters and of prepended signs are one cluster by the rules, and wider than any column. A guess: twice the longest
/// conjunct of a real word.
const MAX_CLUSTER: usize = 16;

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
    /// and unassigned ones become U+FFFD, and so do marks without a letter to stand on; runs of white space become one
    /// space; the ends are trimmed; at most four combining marks stay on one base; the length is capped. A joiner
    /// between two letters of a script that joins its letters is kept, because real names need it; between others
    /// nobody sees it, and two names with and without it would look the same. Cleaning clean text changes nothing.
    #[must_use]
    pub fn clean(raw: &str) -> Self {
        if is_plain(raw) { Self(raw.into()) } else { Self::clean_by_char(raw) }
    }

    /// Whether cleaning changes nothing.
    #[must_use]
    pub fn is_clean(raw: &str) -> bool {
        is_plain(raw) || Self::clean_by_char(raw).as_str() == raw
    }

    /// [`Text::clean`] for words that need a look at every character.
    fn clean_by_char(raw: &str) -> Self {
        let mut out = String::with_capacity(raw.len().min(MAX_BYTES));
        let mut marks = Marks::default();
        let mut gap = false;
        let mut chars = raw.chars().peekable();
        let mut before: Option<char> = None;
        while let Some(c) = chars.next() {
            if out.len() > MAX_BYTES * 2 {
                break; // far past the cap: a text of megabytes costs no more than a long one
            }
            if c.is_whitespace() && !is_forbidden_space(c) {
                gap = !out.is_empty();
                before = None;
                continue;
            }
            let kept = kept(before, c, chars.peek().copied());
            if !marks.fits(kept) {
                continue;
            }
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(kept);
            before = Some(kept);
        }
        Self(cap(settled(out)).into_boxed_str())
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

/// The same words with a capital letter at the beginning of the sentence.
#[must_use]
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
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

/// Whose something is: "Kauri's", "Supplies'".
#[must_use]
pub fn possessive(name: &Text) -> Text {
    let s = if name.as_str().ends_with('s') { "" } else { "s" };
    Text::of(format_args!("{name}'{s}"))
}

/// The words with a capital in front, as a sentence begins. The name of a server stays as it is written.
#[must_use]
pub fn capital(words: &str) -> String {
    if words.split(' ').next().is_some_and(|first| first.trim_end_matches(['.', ':']).contains('.')) {
        return words.to_owned();
    }
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The words with their first letter small, as within a sentence.
#[must_use]
pub fn small(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Whether cleaning changes nothing for sure: short, of simple characters, single spaces, none at the ends. Nearly every
/// address and most names are, and so are our own words; half a million names are read at once from the store, and
/// every frame has some dozens of sentences.
fn is_plain(raw: &str) -> bool {
    let mut before = ' ';
    let is_printable = raw.chars().all(|c| {
        let fits = is_simple(c) && (c != ' ' || before != ' ');
        before = c;
        fits
    });
    is_printable && before != ' ' && raw.len() <= MAX_BYTES
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
    // A joiner at the cut joins nothing now.
    let is_loose = |c: char| c.is_whitespace() || matches!(c, '\u{200C}' | '\u{200D}');
    let kept = short.trim_end_matches(is_loose).len();
    short.truncate(kept);
    short.push('…');
    short
}

/// What a character becomes between its neighbours.
fn kept(before: Option<char>, c: char, after: Option<char>) -> char {
    let is_kept = match c {
        '\u{200C}' | '\u{200D}' => {
            before.is_some_and(|b| is_joined(b) && (b.is_alphabetic() || is_mark(b)))
                && after.is_some_and(|a| is_joined(a) && a.is_alphabetic())
        }
        _ if is_forbidden(c) => false,
        // On a stand-in a mark would only confuse: a terminal that can't show it hangs the mark onto its neighbour.
        _ => before.is_some_and(|before| before != STAND_IN) || !is_mark(c),
    };
    if is_kept { c } else { STAND_IN }
}

/// Marks on the present base.
#[derive(Default)]
struct Marks {
    /// Those that take no room of their own.
    stacked: usize,
    /// Those that stand beside it, as the vowel signs of Indian scripts do.
    beside: usize,
}

impl Marks {
    /// Counts a character; false for a mark too many.
    fn fits(&mut self, c: char) -> bool {
        let count = match category(c) {
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark => &mut self.stacked,
            GeneralCategory::SpacingMark => &mut self.beside,
            // It stands between two marks of one base.
            _ if matches!(c, '\u{200C}' | '\u{200D}') => return true,
            _ => {
                *self = Self::default();
                return true;
            }
        };
        *count += 1;
        *count <= MAX_MARKS
    }
}

/// Replaces clusters that can't be seen (a Hangul vowel with nothing to stand on) and those that nobody writes.
fn settled(words: String) -> String {
    let is_odd = |cluster: &str| cluster.width() == 0 || cluster.chars().nth(MAX_CLUSTER).is_some();
    if words.is_ascii() || !words.graphemes(true).any(is_odd) {
        return words;
    }
    let mut out = String::with_capacity(words.len());
    for cluster in words.graphemes(true) {
        if is_odd(cluster) {
            // A joiner that led to it joins nothing now.
            let joined = out.strip_suffix(['\u{200C}', '\u{200D}']).map(str::len);
            if let Some(joined) = joined {
                out.truncate(joined);
                out.push(STAND_IN);
            }
            out.push(STAND_IN);
        } else {
            out.push_str(cluster);
        }
    }
    out
}

/// Whether a word mixes letters of alphabets that look like each other: Latin, Greek, Cyrillic, Armenian, Cherokee. A part
/// of UTS #39 (single-script detection), for the alphabets that are used to deceive; by blocks of the Unicode Standard.
#[must_use]
pub fn mixes_alphabets(words: &str) -> bool {
    let alphabet = |c: char| match c {
        'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Some(0),
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Some(1),
        '\u{400}'..='\u{52F}' => Some(2),
        '\u{530}'..='\u{58F}' => Some(3),
        '\u{13A0}'..='\u{13FF}' => Some(4),
        _ => None,
    };
    !words.is_ascii()
        && words.split(|c: char| !c.is_alphabetic()).any(|word| {
            let mut known = word.chars().filter_map(alphabet);
            let first = known.next();
            known.any(|other| Some(other) != first)
        })
}

/// White space that must be seen to be wrong: line and paragraph separators and the C1 next-line.
const fn is_forbidden_space(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{0085}')
}

/// The general category, without the search for what most names are made of.
fn category(c: char) -> GeneralCategory {
    match c {
        ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{2FF}' => GeneralCategory::OtherLetter,
        _ => get_general_category(c),
    }
}

/// Whether a character belongs to the one before it.
fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    matches!(category(c), NonspacingMark | EnclosingMark | SpacingMark)
}

/// Whether a character is of a script whose letters change their shape by joining: Arabic and its kin, Mongolian, the
/// scripts of India and of south-east Asia. By blocks of the Unicode Standard, generously.
const fn is_joined(c: char) -> bool {
    matches!(c,
        '\u{0600}'..='\u{109F}' | '\u{1700}'..='\u{18AF}' | '\u{1900}'..='\u{1C4F}' | '\u{1CD0}'..='\u{1CFF}'
        | '\u{A800}'..='\u{A95F}' | '\u{A980}'..='\u{ABFF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10A00}'..='\u{1123F}' | '\u{11240}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}' | '\u{1EE00}'..='\u{1EEFF}')
}

/// The table of remote-terminal.md section 3; more than the table: the signs that look like a space and are none
/// (Braille's blank, the null note head) and the sign for an object that is not there.
#[must_use]
pub fn is_forbidden(c: char) -> bool {
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
        | '\u{2800}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFC}'
        | '\u{1D159}'
        | '\u{E0000}'..='\u{E0FFF}' => return true,
        _ => {}
    }
    matches!(
        category(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}
