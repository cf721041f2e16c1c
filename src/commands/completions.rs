//! `backup365 completions` and `backup365 man`: what the shell and its manual take from the arguments. The words are made
//! where the arguments are known; here they are printed and written.

use std::{fs, path::Path};

use anyhow::Context;

use crate::{domain::text::Text, exit::Exit};

use super::{Out, quietly};

/// Prints a script or a page as it is.
///
/// # Errors
/// stdout can't be written for another reason than a closed pipe.
pub fn print(words: &str, out: Out) -> anyhow::Result<Exit> {
    quietly(out.say(words.trim_end_matches('\n')), Exit::Done)
}

/// Writes files (name, content) into a folder, which is made where it is missing; what is there is replaced.
///
/// # Errors
/// The folder or a file can't be written. Trying again is safe.
pub fn write(folder: &Path, files: &[(String, String)], out: Out) -> anyhow::Result<Exit> {
    let place = Text::clean(&folder.display().to_string());
    fs::create_dir_all(folder).with_context(|| format!("the folder {place} could not be made"))?;
    for (name, words) in files {
        fs::write(folder.join(name), words)
            .with_context(|| format!("{name} could not be written into {place}"))?;
    }
    out.note(&format!("{} pages are here: {place}", files.len()));
    Ok(Exit::Done)
}
