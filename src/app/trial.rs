//! A folder for a trial: the copy of a record lies in it, and it is gone with the trial.
//!
//! A trial that was killed leaves its folder behind; the next one removes it. A process that is still at work is known
//! by a lock that goes with the process, however it ended.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::{
    domain::{
        failure::{Failure, FailureKind, of_system},
        text::Text,
    },
    private::make_folder,
};

/// Begins the names of the folders and of their locks.
const NAME: &str = "trial-";

/// Ends the names of the locks.
const LOCK: &str = "lock";

/// A folder of its own, mode 0700, removed on drop.
#[derive(Debug)]
pub(super) struct Trial {
    folder: PathBuf,
    /// Held as long as the trial lasts.
    lock: Option<File>,
}

impl Trial {
    /// Makes the folder in the data folder, after removing those whose processes are gone.
    ///
    /// # Errors
    /// `Record`, when the folder can't be made.
    pub(super) fn new(data: &Path) -> Result<Self, Failure> {
        let unmade = |error: &io::Error| {
            Failure::new(
                FailureKind::Record,
                Text::of(format_args!(
                    "the folder for the trial can't be made in {}: {}",
                    data.display(),
                    of_system(error)
                )),
                "Check that the folder belongs to you and that the disk has room.",
            )
        };
        make_folder(data).map_err(|error| unmade(&error))?;
        tidy(data);
        let folder = data.join(format!("{NAME}{}", uuid::Uuid::new_v4().simple()));
        // The lock first: a folder without one that is held would be a leftover to others.
        let made = locked(&folder).and_then(|lock| make_folder(&folder).map(|()| lock));
        let lock = made.map_err(|error| unmade(&error))?;
        Ok(Self { folder, lock: Some(lock) })
    }

    /// Where the copy of the record belongs.
    pub(super) fn record(&self) -> PathBuf {
        self.folder.join("backup365.sqlite")
    }

    /// Where a key belongs that is made in the trial.
    pub(super) fn identity(&self) -> PathBuf {
        self.folder.join("identity.txt")
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        remove(&self.folder);
        drop(self.lock.take());
    }
}

/// Removes the folders of trials whose processes are gone.
fn tidy(data: &Path) {
    let Ok(entries) = fs::read_dir(data) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_lock = path.extension().is_some_and(|end| end == LOCK)
            && entry.file_name().to_str().is_some_and(|name| name.starts_with(NAME));
        if !is_lock {
            continue;
        }
        // To be written: where a network folder plays such locks by others, a handle that only reads gets none.
        let Ok(lock) = File::options().read(true).append(true).open(&path) else { continue };
        match lock.try_lock() {
            Ok(()) => remove(&path.with_extension("")),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

/// Removes a folder, then its lock. What can't be removed is tried again by the next trial.
fn remove(folder: &Path) {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the folder of a trial stays");
        }
        _ => {
            if let Err(error) = fs::remove_file(lock_of(folder)) {
                tracing::warn!(%error, "the lock of a trial stays");
            }
        }
    }
}

/// Makes the lock of a folder and holds it. It gets its name once it is held: a trial that begins at the same moment
/// would take one that is not for a leftover and remove it, and the folder would stay when its process is killed.
fn locked(folder: &Path) -> io::Result<File> {
    let unnamed = folder.with_extension("new");
    let lock = File::create(&unnamed)?;
    lock.lock()?;
    fs::rename(&unnamed, lock_of(folder))?;
    Ok(lock)
}

fn lock_of(folder: &Path) -> PathBuf {
    folder.with_extension(LOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(data: &Path) -> Vec<String> {
        let entries = fs::read_dir(data).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_trial_leaves_nothing_behind_and_removes_what_killed_ones_left() {
        let data = tempfile::tempdir().unwrap();
        let one = Trial::new(data.path()).unwrap();
        fs::write(one.record(), "copy").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&one.folder).unwrap().permissions().mode() & 0o777, 0o700);
        }
        // As a killed process leaves it: the folder and the file of the lock, held by nobody.
        let left = data.path().join("trial-left");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("backup365.sqlite"), "copy").unwrap();
        fs::write(lock_of(&left), "").unwrap();
        fs::write(data.path().join("trial-notes.txt"), "not ours").unwrap();

        let two = Trial::new(data.path()).unwrap();
        assert!(!left.exists() && one.record().exists(), "{:?}", names(data.path()));
        drop((one, two));
        assert_eq!(names(data.path()), ["trial-notes.txt"]);
    }

    #[test]
    fn trials_that_begin_together_keep_their_locks() {
        let data = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _trial in 0..8 {
                scope.spawn(|| {
                    for _time in 0..50 {
                        let trial = Trial::new(data.path()).unwrap();
                        assert!(trial.folder.exists() && lock_of(&trial.folder).exists());
                    }
                });
            }
        });
        assert!(names(data.path()).is_empty(), "{:?}", names(data.path()));
    }
}
