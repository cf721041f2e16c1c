//! Text files as editors, spreadsheets and PowerShell write them: UTF-8 with or without a mark, UTF-16 either way round,
//! with or without a mark. Pure.

use std::borrow::Cow;

/// The mark with which some programs begin UTF-8; nobody sees it.
const MARK: char = '\u{feff}';

/// Bytes that are text in none of the encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not UTF-8 text; save it again as UTF-8")]
pub struct NotText {
    /// Number of the first line that can't be read, from 1.
    pub line: usize,
}

/// UTF-16 without a mark has a zero in every plain letter. A quarter of them is a guess: names may be in any script,
/// addresses and separators are plain.
const PLAIN: usize = 4;

/// The text of a file, without the mark at its beginning.
///
/// # Errors
/// Bytes that are neither UTF-8 nor UTF-16. Older encodings are refused: they don't say which of them they are.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes)?,
        _ => match zeros(bytes) {
            (even, odd) if odd > even && odd * PLAIN >= bytes.len() / 2 => utf_16(bytes, u16::from_le_bytes)?,
            (even, odd) if even > odd && even * PLAIN >= bytes.len() / 2 => {
                utf_16(bytes, u16::from_be_bytes)?
            }
            _ => return utf_8(bytes),
        },
    };
    Ok(text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text).into())
}

/// UTF-8, without its mark.
fn utf_8(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    let text = std::str::from_utf8(bytes).map_err(|broken| {
        let good = bytes.get(..broken.valid_up_to()).unwrap_or_default();
        NotText { line: good.split(|byte| *byte == b'\n').count() }
    })?;
    Ok(text.strip_prefix(MARK).unwrap_or(text).into())
}

/// How many bytes at even and at odd places are zero.
fn zeros(bytes: &[u8]) -> (usize, usize) {
    let (mut even, mut odd) = (0, 0);
    for pair in bytes.chunks(2) {
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.get(1) == Some(&0));
    }
    (even, odd)
}

/// Two bytes a unit.
fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotText { line: 1 });
    }
    let letters = char::decode_utf16(pairs.iter().copied().map(unit));
    letters.collect::<Result<_, _>>().map_err(|_broken| NotText { line: 1 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A text in UTF-16.
    fn units(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn the_mark_is_no_part_of_the_text() {
        assert_eq!(decode(b"\xef\xbb\xbfann").unwrap(), "ann");
        assert_eq!(decode(b"ann").unwrap(), "ann");
        assert_eq!(decode(b"").unwrap(), "");
    }

    #[test]
    fn older_encodings_and_half_units_are_refused() {
        assert_eq!(decode(b"name\nB\xe4ckerei").unwrap_err().line, 2);
        for bytes in [&b"\xff\xfea"[..], b"\xff\xfe\x00\xd8", b"\xff\xfea\0\n", b"a\0\n\0b"] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn one_zero_makes_no_utf_16() {
        assert_eq!(decode(b"ann@bakery.example\0\n").unwrap(), "ann@bakery.example\0\n");
    }

    proptest! {
        #[test]
        fn utf_16_is_read_either_way_round(text in "[a-z,;\r\n]{9,12}[ -~äß中一😀\r\n]{0,20}") {
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let marked = units(&format!("\u{feff}{text}"), order);
                prop_assert_eq!(decode(&marked).unwrap(), text.as_str());
                let bare = units(&text, order);
                prop_assert_eq!(decode(&bare).unwrap(), text.as_str());
            }
        }

        #[test]
        fn any_bytes_are_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(decode(&bytes).is_err_and(|why| why.line > bytes.len() + 1).eq(&false));
        }
    }
}
