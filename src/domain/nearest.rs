//! The word that was likely meant where one does not exist. Pure.

/// Words less alike than this are no likely slip: a guess, tried on the slips that people make with keys of settings.
const ALIKE: f64 = 0.6;

/// The nearest of the words that exist, where there is one that a slip explains.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::jaro_winkler(known, word), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_explained_and_another_word_is_not() {
        let known = ["users", "exclude", "max_seats"];
        assert_eq!(nearest("max_seat", known.into_iter()), Some("max_seats"));
        assert_eq!(nearest("xqz", known.into_iter()), None);
    }
}
