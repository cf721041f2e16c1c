//! Words as lines: phrases of the wizard for a person who types words and Enter, wrapped at the window's width. Pure.
//!
//! Ways on become words to type, and signs that a screen reader has no good name for become words. Both are done to what
//! this program says; a name is never searched.

use crate::domain::{
    codeset::{fit_codeset, width, wrapped},
    phrase::{Phrase, Segment, WayOn},
    speech::{capital, pasted, sentence, signs},
};

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A sentence or more, wrapped between words; an empty one sets apart.
    Words(String),
    /// A link or an id: alone on its line, never wrapped.
    Alone(String),
}

impl Line {
    /// An empty line.
    pub(crate) const fn blank() -> Self {
        Self::Words(String::new())
    }
}

/// A phrase of the wizard, for lines.
pub(crate) fn told(phrase: &Phrase) -> String {
    phrase.spoken(WayOn::for_lines, signs).to_string().trim().to_owned()
}

/// The same at the start of a sentence: a capital in front, unless a name stands there.
pub(crate) fn told_first(phrase: &Phrase) -> String {
    let words = told(phrase);
    if matches!(phrase.parts().first(), Some(Segment::Said(_))) { capital(&words) } else { words }
}

/// What is wrong, as a sentence that says so first.
pub(crate) fn wrong(problem: &Phrase) -> String {
    format!("Problem: {}", sentence(&told(problem)))
}

/// Puts lines into a width, in the terminal's codeset. Words are never cut: one that is longer than a line stands alone.
pub(crate) fn lay(lines: &[Line], columns: u16, use_unicode: bool) -> String {
    let mut laid = Vec::new();
    for line in lines {
        let (Line::Words(words) | Line::Alone(words)) = line;
        let words = clean(words, use_unicode);
        // What is copied stays in one piece.
        let cut = pasted(&words).filter(|_| width(&words) > columns);
        match (line, cut) {
            (Line::Alone(_), _) => laid.push(words),
            (Line::Words(_), Some((before, copied))) => {
                laid.extend(wrapped(&format!("{before}:"), columns));
                laid.push(copied.to_owned());
            }
            (Line::Words(_), None) => laid.extend(wrapped(&words, columns)),
        }
    }
    laid.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// In the codeset, and without any control character: nothing with one can come here, and nothing may.
fn clean(words: &str, use_unicode: bool) -> String {
    fit_codeset(words, use_unicode).chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{phrase::phrase, text::Text};

    #[test]
    fn signs_of_the_program_become_words_and_those_of_names_stay() {
        let name = Text::from("Reception · Level 2 → Lift … (leave)");
        let words = phrase!["ticked 3 · seats 0 → 3 of 9 · ", &name];
        assert_eq!(told(&words), "ticked 3, seats 0 to 3 of 9, Reception · Level 2 → Lift … (leave)");
        assert_eq!(signs("stop …"), "stop");
    }

    #[test]
    fn a_sentence_that_begins_with_a_name_begins_as_the_name_does() {
        assert_eq!(told_first(&phrase!["ticked ", 3]), "Ticked 3");
        assert_eq!(told_first(&phrase![Text::from("iiNet"), " is closed"]), "iiNet is closed");
    }

    #[test]
    fn words_are_wrapped_and_links_are_not() {
        let lines = [
            Line::Words("one two three".into()),
            Line::Alone("https://login.microsoftonline.com/abc".into()),
            Line::blank(),
            Line::Words("extraordinarily long".into()),
        ];
        let laid = lay(&lines, 8, true);
        assert_eq!(laid, "one two\nthree\nhttps://login.microsoftonline.com/abc\n\nextraordinarily\nlong\n");
        let copied = Line::Words("Go on with: backup365 --run B365-7KQ4".into());
        assert_eq!(lay(&[copied], 20, true), "Go on with:\nbackup365 --run B365-7KQ4\n");
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
