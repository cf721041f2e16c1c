//! What commands are given beside flags: lists from files or standard input, and the command line as it was typed.

use std::{
    fs,
    io::{ErrorKind, Read},
    path::Path,
};

use crate::domain::{
    address_list::{self, MAX_BYTES},
    failure::of_system,
    flag::quoted,
};

use super::super::Refusal;

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
    let text = text(file, flag)?;
    Ok(address_list::lines(&text).map(|(_, line)| line.to_owned()).collect())
}

/// The addresses of a list, one a line.
///
/// # Errors
/// Names the lines that hold no address; nothing has been done then.
pub(super) fn addresses(file: &Path, flag: &str) -> Result<Vec<String>, Refusal> {
    address_list::read(&text(file, flag)?).map_err(|bad| {
        let named: Vec<String> = bad.iter().take(NAMED).map(|bad| format!("“{}”", bad.line)).collect();
        let more = bad.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        Refusal::usage(format!(
            "{flag}: no e-mail address: {}{more}. Put one address on each line. Nothing was done.",
            named.join(", ")
        ))
    })
}

/// A file, or standard input, as text.
fn text(file: &Path, flag: &str) -> Result<String, Refusal> {
    read(file).map_err(|error| {
        let name =
            if is_standard_input(file) { "standard input".to_owned() } else { file.display().to_string() };
        let why = match error.kind() {
            ErrorKind::InvalidData => "it is not UTF-8 text; save it again as UTF-8".into(),
            _ => of_system(&error),
        };
        Refusal::usage(format!("{flag}: {name} can't be read: {why}."))
    })
}

fn read(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = if is_standard_input(file) {
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_string(&mut text)?
    } else {
        fs::File::open(file)?.take(MAX_BYTES + 1).read_to_string(&mut text)?
    };
    if u64::try_from(read).unwrap_or(u64::MAX) > MAX_BYTES {
        return Err(std::io::Error::other(format!("it is larger than {} MiB", MAX_BYTES >> 20)));
    }
    Ok(text)
}

/// The command line as it was typed, quoted for a shell: an example can be added to it and pasted.
pub(super) fn line() -> String {
    let words = std::env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("backup365".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
