//! What a disk has room for, and whether this account may write there.

use std::{io, path::Path};

/// Bytes that this account may still write in the file system of a folder, or of the nearest folder above that is there;
/// none where the system does not tell.
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let found = folder.ancestors().find_map(|folder| rustix::fs::statvfs(folder).ok())?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _untold = folder;
        None
    }
}

/// Whether this account may make files in a folder; asks the system, and makes none.
///
/// # Errors
/// What the system says: rights, a disk that is write-protected, no such folder.
pub fn may_make_files(folder: &Path) -> io::Result<()> {
    if !std::fs::metadata(folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(folder, Access::WRITE_OK | Access::EXEC_OK)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(free_bytes(&folder.path().join("not/there")).is_some(), cfg!(unix));
        assert!(may_make_files(folder.path()).is_ok());
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(may_make_files(&file).unwrap_err().kind(), io::ErrorKind::NotADirectory);
        assert_eq!(may_make_files(&folder.path().join("not")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
