//! What commands are given beside flags: lists from files or standard input, and the command line as it was typed.

use std::{
    fs,
    io::{ErrorKind, Read},
    path::Path,
};

use crate::domain::{failure::of_system, id::Address, text::Text};

use super::super::Refusal;

/// How much of a list is read, in bytes: half a million addresses of 128 bytes.
const MOST: u64 = 64 * 1_024 * 1_024;

/// How many lines that can't be used are named.
const NAMED: usize = 5;

/// Whether a path means standard input.
pub(super) fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// The lines of a list, without empty ones and comments (`#`).
///
/// # Errors
/// Says which file of which flag can't be read, and why.
pub(super) fn lines(file: &Path, flag: &str) -> Result<Vec<String>, Refusal> {
    let text = read(file).map_err(|error| {
        let name =
            if is_standard_input(file) { "standard input".to_owned() } else { file.display().to_string() };
        let why = match error.kind() {
            ErrorKind::InvalidData => "it is not UTF-8 text; save it again as UTF-8".into(),
            _ => of_system(&error),
        };
        Refusal::usage(format!("{flag}: {name} can't be read: {why}."))
    })?;
    // Windows begins text files with a mark of its own.
    let lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}

/// The addresses of a list, one a line.
///
/// # Errors
/// Names the lines that hold no address; nothing has been done then.
pub(super) fn addresses(file: &Path, flag: &str) -> Result<Vec<String>, Refusal> {
    let lines = lines(file, flag)?;
    let bad: Vec<&String> = lines.iter().filter(|line| line.parse::<Address>().is_err()).collect();
    if bad.is_empty() {
        return Ok(lines);
    }
    let named: Vec<String> = bad.iter().take(NAMED).map(|line| format!("“{}”", Text::clean(line))).collect();
    let more = bad.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    Err(Refusal::usage(format!(
        "{flag}: no e-mail address: {}{more}. Put one address on each line. Nothing was done.",
        named.join(", ")
    )))
}

fn read(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = if is_standard_input(file) {
        std::io::stdin().lock().take(MOST + 1).read_to_string(&mut text)?
    } else {
        fs::File::open(file)?.take(MOST + 1).read_to_string(&mut text)?
    };
    if u64::try_from(read).unwrap_or(u64::MAX) > MOST {
        return Err(std::io::Error::other("it is longer than 64 MiB"));
    }
    Ok(text)
}

/// The command line as it was typed, quoted for a shell: an example can be added to it and pasted.
pub(super) fn line() -> String {
    let words = std::env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("backup365".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_reads_them() {
        assert_eq!(quoted("C-1001"), "C-1001");
        assert_eq!(quoted("Harbour Street Cafe"), "'Harbour Street Cafe'");
        assert_eq!(quoted("O'Neil"), "'O'\\''Neil'");
        assert_eq!(quoted(""), "''");
    }
}
