//! Folding of names for comparison, as a directory does it.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Small letters without accents.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect()
}

/// The text from the beginning of each of its words on.
pub(super) fn from_each_word(text: &str) -> impl Iterator<Item = &str> {
    let mut before = None;
    text.char_indices().filter_map(move |(at, letter)| {
        let starts = letter.is_alphanumeric() && !before.is_some_and(char::is_alphanumeric);
        before = Some(letter);
        if starts { text.get(at..) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(fold("Émile O'Neill"), "emile o'neill");
        assert_eq!(fold("Анна"), "анна");
    }

    #[test]
    fn words_begin_after_spaces_and_signs() {
        let words: Vec<&str> = from_each_word("ana d'arcy-lee").collect();
        assert_eq!(words, ["ana d'arcy-lee", "d'arcy-lee", "arcy-lee", "lee"]);
    }
}
