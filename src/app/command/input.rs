//! What commands are given beside flags: lists from files or standard input, and the command line as it was typed.

use std::{borrow::Cow, fmt::Display, path::Path};

use crate::{
    domain::{
        address_list::{self, AddressList, MAX_BYTES},
        failure::of_system,
        flag::quoted,
        text_file,
    },
    outside,
};

use super::super::Refusal;

/// How many lines that can't be used are named.
const NAMED: usize = 5;

/// Whether a path means standard input.
pub(super) fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// The addresses of a list; what is to be said of them is added to `notes`.
///
/// # Errors
/// Names the lines with something that is no address; nothing has been done then.
pub(super) fn addresses(file: &Path, flag: &str, notes: &mut Vec<String>) -> Result<Vec<String>, Refusal> {
    let list = address_list::read(&text(file, flag)?);
    notes.extend(AddressList::left_out(list.others.len()).map(|words| format!("{flag}: {words}.")));
    list.whole().map_err(|bad| {
        Refusal::usage(format!(
            "{flag}: {}. Correct the list; one address on each line is surest. Nothing was done.",
            address_list::told(&bad, NAMED)
        ))
    })
}

/// A file, or standard input, as text.
fn text(file: &Path, flag: &str) -> Result<String, Refusal> {
    let refused = |why: &dyn Display| {
        let name =
            if is_standard_input(file) { "standard input".to_owned() } else { file.display().to_string() };
        Refusal::usage(format!("{flag}: {name} can't be read: {why}."))
    };
    let bytes = read(file).map_err(|error| refused(&of_system(&error)))?;
    text_file::decode(&bytes).map(Cow::into_owned).map_err(|why| refused(&why))
}

/// Standard input has no limit of time: whoever hands it over is at the other end, and may be at work.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if is_standard_input(file) {
        outside::file::up_to(std::io::stdin().lock(), MAX_BYTES)
    } else {
        outside::file::bytes(file, MAX_BYTES)
    }
}

/// The command line as it was typed, quoted for a shell: an example can be added to it and pasted.
pub(super) fn line() -> String {
    let words = std::env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("backup365".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
