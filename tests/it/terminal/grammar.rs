//! Every byte that reached the terminal: text that may be shown, and the few sequences that this program sends. Nothing
//! else, whatever stands in the names that it shows.

use unicode_general_category::{GeneralCategory, get_general_category};

use super::Terminal;

/// SGR codes that the program sends: nothing, bold, underline, reverse, the 16 named colours and their absence.
const LOOKS: [std::ops::RangeInclusive<u16>; 8] =
    [0..=1, 4..=4, 7..=7, 30..=37, 39..=47, 49..=49, 90..=97, 100..=107];

/// Private modes: cursor, alternate screen, pastes in brackets, frames in one piece.
const MODES: [&str; 4] = ["?25", "?1049", "?2004", "?2026"];

impl Terminal {
    /// Checks every byte that was ever written to the terminal; `is_ascii`: none of them may be outside ASCII.
    pub(crate) fn is_clean(&self, is_ascii: bool) {
        check(&self.bytes(), is_ascii).unwrap_or_else(|offence| panic!("{offence}"));
    }

    /// The screen as a person copies it: rows that the terminal itself wrapped are one line.
    pub(crate) fn unwrapped(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// The screen, cell by cell.
    pub(crate) fn grid(&self) -> Vec<Vec<String>> {
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        let (rows, columns) = screen.size();
        let cell = |y, x| screen.cell(y, x).map(|cell| cell.contents().to_owned()).unwrap_or_default();
        (0..rows.get()).map(|y| (0..columns.get()).map(|x| cell(y, x)).collect()).collect()
    }

    /// The line with the cursor's mark in front, without it.
    pub(crate) fn under_cursor(&self) -> String {
        let text = self.text();
        let lit = |line: &str| {
            let row = line.trim_start_matches('│').strip_prefix("> ")?;
            Some(row.trim_end_matches(['│', '█']).trim().to_owned())
        };
        text.lines().find_map(lit).unwrap_or_default()
    }
}

/// What is wrong with a stream, with what stands before it.
fn check(bytes: &[u8], is_ascii: bool) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("broken characters: {error}"))?;
    let mut rest = text;
    let (mut marks, mut is_alternate) = (0, false);
    while let Some(c) = rest.chars().next() {
        let offence = |what: &str| {
            let at = text.len() - rest.len();
            let from = text.floor_char_boundary(at.saturating_sub(80));
            format!("{what}: U+{:04X} at {at} of {}, behind {:?}", u32::from(c), text.len(), &text[from..at])
        };
        if c == '\x1b' {
            let length =
                sequence(rest, &mut is_alternate).ok_or_else(|| offence("a sequence that is not ours"))?;
            rest = &rest[length..];
            marks = 0;
            continue;
        }
        if is_ascii && !c.is_ascii() {
            return Err(offence("not ASCII"));
        }
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks > 4 {
            return Err(offence("more than four marks"));
        }
        // Back and to the start of the line are moves; lines end on the main screen only, after the program.
        let is_move = matches!(c, '\r' | '\x08') || (c == '\n' && !is_alternate);
        if !is_move && !is_shown(c) {
            return Err(offence("a character that may not be shown"));
        }
        rest = &rest[c.len_utf8()..];
    }
    Ok(())
}

/// The length of one of our own sequences at the start of a text.
fn sequence(text: &str, is_alternate: &mut bool) -> Option<usize> {
    let rest = text.strip_prefix("\x1b[")?;
    let end = rest.find(|c: char| !matches!(c, '0'..='9' | ';' | '?'))?;
    let (parameters, last) = (&rest[..end], rest[end..].chars().next()?);
    let numbers: Option<Vec<u16>> =
        parameters.split(';').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    let is_place =
        |most| numbers.as_ref().is_some_and(|n| n.len() <= most && n.iter().all(|n| (1..=1_000).contains(n)));
    let fits = match last {
        'H' | 'r' => is_place(2),
        'A' | 'B' | 'C' | 'D' | 'L' | 'M' => is_place(1),
        'K' => parameters.is_empty(),
        'J' => parameters == "2",
        'm' => numbers.as_ref()?.iter().all(|code| LOOKS.iter().any(|known| known.contains(code))),
        'h' | 'l' => MODES.contains(&parameters),
        _ => false,
    };
    if parameters == "?1049" {
        *is_alternate = last == 'h';
    }
    fits.then_some("\x1b[".len() + end + last.len_utf8())
}

/// Whether a character stacks on the one before it.
fn is_mark(c: char) -> bool {
    matches!(get_general_category(c), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// Whether a character may be shown. Said once more here and not taken from the program: a mistake there must not
/// excuse itself.
fn is_shown(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };
    let is_joiner = matches!(c, '\u{200c}' | '\u{200d}');
    let is_hidden = matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    let category = get_general_category(c);
    is_joiner
        || !(is_hidden
            || matches!(
                category,
                Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
            ))
}

#[test]
fn the_check_finds_what_it_is_there_for() {
    for good in
        ["plain é 王 \u{1b}[2;7H\u{1b}[1;33m\u{1b}[m\r\u{1b}[?25l", "\u{1b}[?1049h\u{1b}[H\u{1b}[2J\u{1b}[K"]
    {
        assert_eq!(check(good.as_bytes(), false), Ok(()), "{good:?}");
    }
    for bad in [
        "\u{1b}]0;title\u{7}",
        "\u{1b}]52;c;aGk=\u{7}",
        "\u{1b}[6n",
        "\u{1b}[?1000h",
        "\u{1b}[38;5;1m",
        "\u{1b}[3J",
        "\u{1b}c",
        "a\u{9b}31m",
        "\u{202e}",
        "\u{200b}",
        "\u{7f}",
        "\u{1b}[?1049h\n",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}",
        "\u{1b}[",
    ] {
        assert!(check(bad.as_bytes(), false).is_err(), "{bad:?}");
    }
    assert!(check("é".as_bytes(), true).is_err());
}
