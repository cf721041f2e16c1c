//! Writes receipts and links into files that only the operator can read.

use std::{io, path::Path};

use crate::{
    domain::{
        failure::{Failure, FailureKind, of_system},
        text::Text,
    },
    private,
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
            "Free some room or mend the folder's rights, then write it again.",
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

/// Replaces the file whole; its last line gets an end.
fn put(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    private::make_folder(folder)?;
    let end = if text.ends_with('\n') { "" } else { "\n" };
    private::replace(path, &format!("{text}{end}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

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
