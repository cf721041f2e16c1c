//! Words as a terminal can show them: the columns that they take, and stand-ins where its codeset has no such letter.
//!
//! Pure. Widths are columns of the terminal; ambiguous ones count as one (remote-terminal.md section 3).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that a grapheme takes: what terminals and ratatui make of it.
///
/// The half-width marks of katakana take a column of their own; Unicode counts them to the letter before.
#[must_use]
pub fn grapheme_width(grapheme: &str) -> u16 {
    let marks = grapheme.chars().filter(|c| matches!(c, '\u{FF9E}' | '\u{FF9F}')).count();
    u16::try_from(grapheme.width().saturating_add(marks)).unwrap_or(u16::MAX)
}

/// Columns that words take: the sum over their graphemes, so that layout and drawing agree.
#[must_use]
pub fn width(words: &str) -> u16 {
    if words.is_ascii() {
        return u16::try_from(words.len()).unwrap_or(u16::MAX);
    }
    words.graphemes(true).map(grapheme_width).fold(0, u16::saturating_add)
}

/// Words as the terminal's codeset can show them: as they are, or in ASCII with letters kept where they have one.
#[must_use]
pub fn fit_codeset(words: &str, use_unicode: bool) -> Cow<'_, str> {
    if use_unicode || words.is_ascii() {
        return Cow::Borrowed(words);
    }
    let mut out = String::with_capacity(words.len());
    for grapheme in words.graphemes(true) {
        out.push_str(&ascii(grapheme));
    }
    Cow::Owned(out)
}

/// Words in lines of at most so many columns, broken at spaces; a longer word stays whole, alone on its line.
#[must_use]
pub fn wrapped(words: &str, columns: u16) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if width(line).saturating_add(1).saturating_add(width(word)) <= columns => {
                line.extend([" ", word]);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A grapheme in ASCII: our own signs by table, letters without their marks, else `?`.
fn ascii(grapheme: &str) -> Cow<'_, str> {
    if grapheme.is_ascii() {
        return Cow::Borrowed(grapheme);
    }
    Cow::Borrowed(match grapheme {
        "…" => "...",
        "·" | "•" | "–" | "—" | "−" => "-",
        "‘" | "’" => "'",
        "“" | "”" => "\"",
        "→" => "->",
        "←" => "<-",
        "×" => "x",
        "≤" => "<=",
        "≥" => ">=",
        _ => {
            let base: String = grapheme.nfkd().filter(char::is_ascii).collect();
            return if base.is_empty() { Cow::Borrowed("?") } else { Cow::Owned(base) };
        }
    })
}
