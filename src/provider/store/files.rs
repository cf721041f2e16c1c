//! Folders and files that are for their owner alone, and the file system's bad news as words.

use std::{fs, io, path::Path};

use crate::domain::{
    failure::{Failure, FailureKind, of_system},
    text::Text,
};

/// Makes a folder that only its owner can look into; one that exists is left as it is.
pub(super) fn make_folder(folder: &Path) -> Result<(), Failure> {
    crate::private::make_folder(folder).map_err(|e| of_file("make the folder", folder, &e))
}

/// Takes every right of group and others on a file away, by its name: opening and closing it would take SQLite's locks.
pub(super) fn close_to_others(file: &Path) -> io::Result<()> {
    let found = fs::metadata(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if found.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    drop(found);
    Ok(())
}

/// Bad news of the file system about a file or folder of the record.
///
/// A retry helps once the cause in the words is gone.
pub(super) fn of_file(doing: &str, path: &Path, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Free some space and try again.",
        io::ErrorKind::ReadOnlyFilesystem => {
            "The disk is write-protected: choose another folder in the settings."
        }
        _ => "Check that the folder exists and belongs to you.",
    };
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("could not {doing} {}: {}", path.display(), of_system(error))),
        hint,
    )
}
