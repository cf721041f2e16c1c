//! Words as lines: sentences of the wizard told to somebody who types words and Enter, wrapped at the window's width.
//!
//! Pure. Sentences that speak of a key which only the full screen has are told by the table below; signs that a screen
//! reader has no good name for become words.

use super::keys::keyless;
use crate::domain::codeset::{fit_codeset, width};

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A sentence or more, wrapped between words.
    Words(String),
    /// A link or an id: alone on its line, never wrapped.
    Alone(String),
    /// An empty line.
    Gap,
}

/// Parts of the wizard's sentences that only hold on the full screen, and what is true here. A test looks each of them up
/// in the wizard's sources, so that none outlives the sentence it is about.
pub(super) const TOLD: &[(&str, &str)] = &[
    ("Press Enter twice to go on.", "Enter goes on with it."),
    ("Press Tab, then r to try again or q to leave.", "Type r to try again, quit to leave."),
    ("Esc in the field clears it.", "The word filter alone shows everybody again."),
    ("Enter leaves, Esc stays.", ""),
    ("Sandbox: Ctrl-Y fills in", "Sandbox: the word play fills in"),
    ("Send it: c clipboard, g QR code, l print alone, f file, o open it here.", ""),
    ("Send it: c clipboard, g QR code, l print alone, f file. No browser opens here.", ""),
    (" Esc does the same.", ""),
    ("Esc goes back; the list goes on.", "The word back goes back; the list goes on."),
    (
        "paste all addresses here, or type one and press Enter",
        "type or paste the addresses, one or more to a line",
    ),
    ("To the next control; Shift-Tab goes to the one before.", "To the next question."),
    ("Press / first, and type.", "Type the words of the filter first."),
    ("; Enter there turns them on", "; review turns them on"),
    ("Prints the link alone, to be marked with the mouse.", "Prints the link alone once more."),
    ("Press x to lift the exclusion.", "Type include and the number to lift the exclusion."),
    ("o turns it off", "turn off and the number turns it off"),
    ("; p parks.", "; park parks the run."),
    ("Press: ", "Next: "),
    ("Press / first, then paste.", "Type filter and the words."),
    ("Press / first, then type.", "Type filter and the words."),
    ("? shows all keys.", "help lists every command."),
    ("Range: move, then Space, x or o. Esc ends it.", "A range is marked."),
    ("Esc clears it.", "The word clear empties it."),
    ("c or f hands the link over once more.", "The words print and file hand the link over once more."),
];

/// A sentence of the wizard, told for lines.
#[must_use]
pub(crate) fn told(words: &str) -> String {
    let mut words = words.to_owned();
    for (on_screen, here) in TOLD {
        if words.contains(on_screen) {
            words = words.replace(on_screen, here);
        }
    }
    words = keyless(&words);
    for (sign, spoken) in [(" · ", ", "), (" → ", " to "), (" …", "")] {
        if words.contains(sign) {
            words = words.replace(sign, spoken);
        }
    }
    words.trim().to_owned()
}

/// What stays the same while only a clock or a counter goes on: durations are left out, other numbers are all alike.
#[must_use]
pub(crate) fn steady(words: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut words = words.split(' ').peekable();
    while let Some(word) = words.next() {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let unit = words.peek().map(|next| next.trim_end_matches(|c: char| c.is_ascii_punctuation()));
        if is_number && matches!(unit, Some("s" | "min" | "h" | "d")) {
            let _unit = words.next();
        } else {
            kept.push(word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect());
        }
    }
    kept.join(" ")
}

/// A line without durations: what else changes in it is news.
#[must_use]
pub(crate) fn timeless(words: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut words = words.split(' ').peekable();
    while let Some(word) = words.next() {
        let unit = words.peek().map(|next| next.trim_end_matches(|c: char| c.is_ascii_punctuation()));
        if word.starts_with(|c: char| c.is_ascii_digit()) && matches!(unit, Some("s" | "min" | "h" | "d")) {
            let _unit = words.next();
        } else {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// A sentence ends in punctuation: readers pause there.
#[must_use]
pub(crate) fn sentence(words: &str) -> String {
    let words = words.trim_end();
    let spoken = words.trim_end_matches(['”', '"']);
    if words.is_empty() || spoken.ends_with(['.', '?', '!', ':', ';']) {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}

/// The first letter large. Host names and addresses stay as they are: they are read aloud and typed.
#[must_use]
pub(crate) fn capital(words: &str) -> String {
    let first =
        words.split([' ', ',']).next().unwrap_or_default().trim_end_matches(['.', ':', ';', '?', '!']);
    if first.contains(['.', '@', '/']) {
        return words.to_owned();
    }
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Puts lines into a width, in the terminal's codeset. Words are never cut: one that is longer than a line stands alone.
#[must_use]
pub(crate) fn lay(lines: &[Line], columns: u16, use_unicode: bool) -> String {
    let mut out = String::new();
    for line in lines {
        match line {
            Line::Gap => out.push('\n'),
            Line::Alone(words) => {
                out.push_str(&clean(words, use_unicode));
                out.push('\n');
            }
            Line::Words(words) => wrap(&clean(words, use_unicode), columns, &mut out),
        }
    }
    out
}

/// In the codeset, and without any control character: nothing with one can come here, and nothing may.
fn clean(words: &str, use_unicode: bool) -> String {
    fit_codeset(words, use_unicode).chars().filter(|c| !c.is_control()).collect()
}

fn wrap(words: &str, columns: u16, out: &mut String) {
    let mut used = 0_u16;
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let wide = width(word);
        if used > 0 && used.saturating_add(1).saturating_add(wide) > columns {
            out.push('\n');
            used = 0;
        }
        if used > 0 {
            out.push(' ');
            used = used.saturating_add(1);
        }
        out.push_str(word);
        used = used.saturating_add(wide);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_sentence_of_the_table_is_still_said() {
        let codes = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/errors.toml");
        let mut sources = std::fs::read_to_string(codes).unwrap();
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/wizard")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        for (on_screen, here) in TOLD {
            assert!(sources.contains(on_screen), "nobody says this any more: {on_screen}");
            assert!(!here.contains("Esc") && !here.contains("Tab"), "{here}");
        }
    }

    #[test]
    fn signs_become_words() {
        assert_eq!(told("ticked 3 · seats 0 → 3 of 9 · listed 37"), "ticked 3, seats 0 to 3 of 9, listed 37");
        assert_eq!(told("stop …"), "stop");
    }

    #[test]
    fn a_sentence_begins_large_and_a_host_stays_as_it_is() {
        assert_eq!(capital("nobody answers. Try again."), "Nobody answers. Try again.");
        assert_eq!(capital("stopped."), "Stopped.");
        for kept in ["mail.hoster.example, Exchange 2019", "svc@hoster.example.", "https://mail.example/EWS"]
        {
            assert_eq!(capital(kept), kept);
        }
    }

    #[test]
    fn a_clock_is_no_news() {
        for (one, other, alike) in [
            ("Trying: 7 s. Usually 5 s.", "Trying: 2 min 40 s. Usually 5 s.", true),
            ("20:00 AEDT, in 3 h 12 min", "20:00 AEDT, in 3 h 11 min", true),
            ("Listing: 999 users so far, 1 s.", "Listing: 999 users so far, 3 s.", true),
            ("seats 0 to 3", "seats 0 to 4", false),
            ("Accepted.", "Refused.", false),
        ] {
            assert_eq!(timeless(one) == timeless(other), alike, "{one} | {other}");
        }
        assert_eq!(steady("Listing: 99 users"), steady("Listing: 17 users"));
    }

    #[test]
    fn words_are_wrapped_and_links_are_not() {
        let lines = [
            Line::Words("one two three".into()),
            Line::Alone("https://login.microsoftonline.com/abc".into()),
            Line::Gap,
            Line::Words("extraordinarily long".into()),
        ];
        let laid = lay(&lines, 8, true);
        assert_eq!(laid, "one two\nthree\nhttps://login.microsoftonline.com/abc\n\nextraordinarily\nlong\n");
        assert_eq!(lay(&[Line::Words("Zoë – “ok”".into())], 80, false), "Zoe - \"ok\"\n");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_none_holds_a_control(words in "\\PC{0,200}|[\\x00-\\x7f]{0,80}", columns in 1_u16..90, use_unicode: bool) {
            let laid = lay(&[Line::Words(words.clone()), Line::Alone(words)], columns, use_unicode);
            prop_assert!(!laid.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert!(use_unicode || laid.is_ascii());
            let (wrapped, _alone) = laid.trim_end_matches('\n').rsplit_once('\n').unwrap_or((&laid, ""));
            for line in wrapped.lines() {
                prop_assert!(width(line) <= columns || !line.contains(' '), "{line:?}");
            }
        }
    }
}
