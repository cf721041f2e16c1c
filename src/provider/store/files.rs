//! Folders and files that are for their owner alone, where they lie, and the file system's bad news as words.

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
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "Free some space and try again. folders.data in the settings names another folder for the record."
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "The disk is write-protected: choose another folder in the settings (folders.data)."
        }
        io::ErrorKind::FileTooLarge => "Raise the limit of this session (ulimit -f), then try again.",
        _ => "Check that the folder exists and belongs to you.",
    };
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("could not {doing} {}: {}", path.display(), of_system(error))),
        hint,
    )
}

/// A lock that the system does not give, for another reason than that another process has it.
pub(super) fn unlocked(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!(
            "could not lock {}: {}; some network folders take no locks",
            path.display(),
            of_system(error)
        )),
        "Name a folder on a disk of this computer as folders.data in the settings.",
    )
}

/// Numbers of the file systems whose files lie on another computer, as Linux tells them (`statfs(2)`,
/// `include/uapi/linux/magic.h`), with the name that people know.
#[cfg(target_os = "linux")]
const NETWORKS: [(u32, &str); 15] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xfe53_4d42, "SMB"),
    (0xff53_4d42, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x7461_636f, "OCFS2"),
    (0x0116_1970, "GFS2"),
    (0x786f_4256, "a shared folder of VirtualBox"),
];

/// Which kind of network folder a path lies in; none for a disk of this computer, and where the system does not tell. FUSE
/// counts: sshfs and its like can't be told from a disk by the number.
pub(super) fn network(folder: &Path) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    {
        // The folder may not have been made yet.
        let found = folder.ancestors().find_map(|folder| rustix::fs::statfs(folder).ok())?;
        network_of(u32::try_from(found.f_type & 0xffff_ffff).ok()?)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _untold = folder;
        None
    }
}

#[cfg(target_os = "linux")]
fn network_of(number: u32) -> Option<&'static str> {
    NETWORKS.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_network_folder_is_known_by_its_number() {
        for (number, name) in
            [(0x6969, Some("NFS")), (0xff53_4d42, Some("SMB")), (0x6573_5546, Some("FUSE")), (0xef53, None)]
        {
            assert_eq!(network_of(number), name, "{number:x}");
        }
        assert_eq!(network(Path::new("/proc/not/there")), None);
    }

    #[test]
    fn a_folder_without_locks_is_told_as_that() {
        // ENOLCK
        let failure = unlocked(Path::new("/home/ann/locks/run.lock"), &io::Error::from_raw_os_error(37));
        let words = failure.for_commands();
        assert!(
            words.as_str().contains("take no locks") && words.as_str().contains("folders.data"),
            "{words}"
        );
    }
}
