//! A list of addresses as people keep it in a file: one a line, with empty lines and comments (`#`) between them. Pure.

use super::{id::Address, text::Text};

/// Largest file of a list or a plan that is read, in bytes: half a million addresses of 128 bytes.
pub const MAX_BYTES: u64 = 64 << 20;

/// A line of a list that holds no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number in the file, from 1.
    pub number: usize,
    /// What stands there.
    pub line: Text,
}

/// The lines that say something, each with its number from 1. Editors on Windows begin UTF-8 with a mark that nobody
/// sees: it is no part of the first line.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The addresses of a list, as they are written there.
///
/// # Errors
/// Every line that holds no address, in their order.
pub fn read(text: &str) -> Result<Vec<String>, Vec<BadLine>> {
    let (mut addresses, mut bad) = (Vec::new(), Vec::new());
    for (number, line) in lines(text) {
        if line.parse::<Address>().is_ok() {
            addresses.push(line.to_owned());
        } else {
            bad.push(BadLine { number, line: Text::clean(line) });
        }
    }
    if bad.is_empty() { Ok(addresses) } else { Err(bad) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_blanks_and_comments_are_no_addresses() {
        let text = "\u{feff}ann@bakery.example\r\n\r\n  # the shop\n\tben@bakery.example \n";
        assert_eq!(read(text).unwrap(), ["ann@bakery.example", "ben@bakery.example"]);
        assert_eq!(read("\u{feff}# nobody\n\n").unwrap(), [""; 0]);
    }

    #[test]
    fn every_line_without_an_address_is_named_by_its_number() {
        let bad = read("ann@bakery.example\n\nBen Baker\n#\nnobody\n").unwrap_err();
        let told: Vec<(usize, &str)> = bad.iter().map(|bad| (bad.number, bad.line.as_str())).collect();
        assert_eq!(told, [(3, "Ben Baker"), (5, "nobody")]);
    }
}
