//! Numbers and ranges of rows as people type them: "3-9, 14". Pure.

use std::ops::RangeInclusive;

/// Rows as numbered on the lines, from 1.
pub type Range = RangeInclusive<usize>;

/// Most ranges of one line; a guess far above what anybody types.
const MOST: usize = 1_000;

/// Reads "3-9, 14", "3 to 9 and 14", "3 9"; none where anything else stands there, where nothing does, and where a range
/// goes backwards or begins at zero.
#[must_use]
pub fn ranges(words: &str) -> Option<Vec<Range>> {
    let spaced = words.replace([',', ';', '&'], " ").replace('–', "-");
    let mut parts: Vec<String> = Vec::new();
    for word in spaced.split_whitespace().filter(|word| !word.eq_ignore_ascii_case("and")) {
        // "3 to 9", "3 - 9", "3- 9" are one range: what is open on either side joins its neighbour.
        let word = if word.eq_ignore_ascii_case("to") { "-" } else { word };
        match parts.last_mut() {
            Some(last) if word.starts_with('-') || last.ends_with('-') => last.push_str(word),
            _ => parts.push(word.to_owned()),
        }
        if parts.len() > MOST {
            return None;
        }
    }
    let ranges: Option<Vec<Range>> = parts.iter().map(|part| range(part)).collect();
    ranges.filter(|ranges| !ranges.is_empty()).map(merged)
}

/// The indices of the rows that are meant, from 0.
pub fn indices(ranges: &[Range]) -> impl Iterator<Item = usize> {
    ranges.iter().flat_map(|range| range.start().saturating_sub(1)..*range.end())
}

/// In order, and nobody twice: a row that is named twice must not be turned round twice.
fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_by_key(|range| *range.start());
    let mut merged: Vec<Range> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if *range.start() <= *last.end() => {
                *last = *last.start()..=*last.end().max(range.end());
            }
            _ => merged.push(range),
        }
    }
    merged
}

fn range(part: &str) -> Option<Range> {
    let (from, to) = part.split_once('-').unwrap_or((part, part));
    let (from, to) = (number(from)?, number(to)?);
    (from >= 1 && from <= to).then_some(from..=to)
}

/// A number without signs; as large as it likes.
#[must_use]
pub fn number(digits: &str) -> Option<usize> {
    (!digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
        .then(|| digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_as_people_type_them() {
        for (words, read) in [
            ("3-9, 14", Some(vec![3..=9, 14..=14])),
            ("3", Some(vec![3..=3])),
            ("3 9", Some(vec![3..=3, 9..=9])),
            ("3 to 9 and 14", Some(vec![3..=9, 14..=14])),
            ("3 - 9;14", Some(vec![3..=9, 14..=14])),
            ("3–9", Some(vec![3..=9])),
            ("14, 3-9, 5", Some(vec![3..=9, 14..=14])),
            ("9-3", None),
            ("0", None),
            ("", None),
            ("and", None),
            ("3x", None),
            ("3-", None),
            ("-3", None),
            ("3-4-5", None),
            ("nora", None),
        ] {
            assert_eq!(ranges(words), read, "{words}");
        }
        assert_eq!(ranges("99999999999999999999999999"), Some(vec![usize::MAX..=usize::MAX]));
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_a_panic(words in "\\PC{0,60}") {
            for range in ranges(&words).unwrap_or_default() {
                prop_assert!(*range.start() >= 1 && range.start() <= range.end());
            }
        }
    }
}
