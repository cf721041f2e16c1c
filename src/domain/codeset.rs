//! Words as a terminal can show them: the columns that they take, and stand-ins where its codeset has no such letter.
//!
//! Pure. Widths are columns of the terminal; ambiguous ones count as one (remote-terminal.md section 3).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Whether a character is a grapheme of its own whatever stands beside it, in one column: printable ASCII, Latin letters,
/// and the signs of our own words. Nearly everything that is shown is made of these, and needs no look at Unicode's tables.
#[must_use]
pub(in crate::domain) const fn is_simple(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{24F}' | '‐'..='‧' | '‹' | '›' | '←'..='↓' | '─'..='▟')
}

/// Columns that a grapheme takes: what terminals and ratatui make of it.
///
/// The half-width marks of katakana take a column of their own; Unicode counts them to the letter before.
#[must_use]
pub fn grapheme_width(grapheme: &str) -> u16 {
    let mut chars = grapheme.chars();
    if chars.next().is_some_and(is_simple) && chars.as_str().is_empty() {
        return 1;
    }
    let marks = grapheme.chars().filter(|c| matches!(c, '\u{FF9E}' | '\u{FF9F}')).count();
    u16::try_from(grapheme.width().saturating_add(marks)).unwrap_or(u16::MAX)
}

/// Columns that words take: the sum over their graphemes, so that layout and drawing agree.
#[must_use]
pub fn width(words: &str) -> u16 {
    if words.is_ascii() {
        return u16::try_from(words.len()).unwrap_or(u16::MAX);
    }
    if words.chars().all(is_simple) {
        return u16::try_from(words.chars().count()).unwrap_or(u16::MAX);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_characters_are_what_the_tables_say_of_them() {
        let simple: Vec<char> = ('\0'..=char::MAX).filter(|c| is_simple(*c)).collect();
        assert!(simple.len() > 700, "{}", simple.len());
        for c in &simple {
            assert_eq!(c.to_string().width(), 1, "{c:?}");
        }
        // None joins what stands beside it.
        for first in &simple {
            let words: String = simple.iter().flat_map(|second| [*first, *second]).collect();
            assert_eq!(words.graphemes(true).count(), words.chars().count(), "{first:?}");
        }
    }
}
