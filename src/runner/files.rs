//! Writes receipts and links into files that only the operator can read.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use crate::domain::{
    failure::{Failure, FailureKind, of_system},
    text::Text,
};

/// Writes text into a file of mode 0600, replacing it, and says where.
///
/// # Errors
/// `Record`: the folder can't be made or written; nothing is lost, the text is still on the screen.
pub(super) fn write(folder: &Path, name: &Text, text: &str) -> Result<Text, Failure> {
    let path = folder.join(safe(name.as_str()));
    put(folder, &path, text).map(|()| Text::clean(&path.display().to_string())).map_err(|error| {
        Failure::new(
            FailureKind::Record,
            Text::of(format_args!("the file {} could not be written: {}", path.display(), of_system(&error))),
            "Free some room or mend the folder's rights, then press the key again.",
        )
    })
}

/// Letters, digits, dot, dash and underscore; everything else becomes a dash, and no name climbs out of the folder.
fn safe(name: &str) -> String {
    let tidy: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .collect();
    let tidy = tidy.trim_start_matches('.');
    if tidy.is_empty() { "file".into() } else { tidy.into() }
}

/// Writes beside the place and moves there whole: a program that dies on the way leaves the old file, or none.
fn put(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = path.with_extension("draft");
    let moved = fill(&draft, text).and_then(|()| fs::rename(&draft, path));
    if moved.is_err() {
        // It may not even have been made.
        fs::remove_file(&draft).ok();
    }
    moved?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Writes a file of mode 0600, down to the disk.
fn fill(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_private_and_stays_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("receipts");
        let path = write(&inner, &Text::from("../B365-7KQ4 ticket.txt"), "hello").unwrap();
        assert!(path.as_str().ends_with("receipts/-B365-7KQ4-ticket.txt"), "{path}");
        assert_eq!(fs::read_to_string(path.as_str()).unwrap(), "hello\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(path.as_str()).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
