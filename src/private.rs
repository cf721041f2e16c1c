//! Files and folders that only their owner can look into: what stands in them is about customers.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// Has files that are made this way belong to their owner alone (mode 0600); one that is there keeps its mode.
pub fn only_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes a folder of mode 0700, with those above it; one that is there is left as it is.
///
/// # Errors
/// What the system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that is not there yet, down to the disk; half of it is taken away again.
///
/// # Errors
/// `AlreadyExists`, also for a link that leads nowhere; else what the system says.
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = only_owner(OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).inspect_err(|_| {
        // The reason is told; half a file is none.
        let _gone = fs::remove_file(path);
    })
}

/// Puts a file in the place of another, whole or not at all, down to the disk. A link is replaced, not followed.
///
/// # Errors
/// What the system says; what was there before is there still.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = beside(path);
    let written = write_new(&beside, text).or_else(|error| match error.kind() {
        // Left by a process of the same number that was killed.
        ErrorKind::AlreadyExists => fs::remove_file(&beside).and_then(|()| write_new(&beside, text)),
        _ => Err(error),
    });
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        // It may not even have been made.
        let _gone = fs::remove_file(&beside);
    })?;
    // The new name is on the disk once its folder is; where folders can't be opened, the system sees to that.
    match path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder }) {
        Some(folder) => File::open(folder).map_or(Ok(()), |folder| folder.sync_all()),
        None => Ok(()),
    }
}

/// A name beside a file that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_new_one_takes_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receipt.txt");
        write_new(&path, "one").unwrap();
        assert_eq!(write_new(&path, "two").unwrap_err().kind(), ErrorKind::AlreadyExists);
        fs::write(beside(&path), "left by one that was killed").unwrap();
        replace(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert!(replace(&folder.path().join("missing/receipt.txt"), "three").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look_in_and_a_link_is_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("one/two");
        make_folder(&inner).unwrap();
        make_folder(&inner).unwrap();
        let (theirs, path) = (folder.path().join("theirs.txt"), inner.join("file.txt"));
        fs::write(&theirs, "theirs").unwrap();
        symlink(&theirs, &path).unwrap();
        assert_eq!(write_new(&path, "ours").unwrap_err().kind(), ErrorKind::AlreadyExists);
        replace(&path, "ours").unwrap();
        assert_eq!(
            (fs::read_to_string(&theirs).unwrap(), fs::read_to_string(&path).unwrap()),
            ("theirs".to_owned(), "ours".to_owned())
        );
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&path)), (0o700, 0o600));
    }
}
