//! Homes that can be copied and windows that can be killed at any moment: what the tests of a sudden end need.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use rustix::process::Signal;

use super::{DEADLINE, Home, Record, Terminal};

impl Home {
    /// A copy of everything in it. Nothing may be running in it, or the copy is no state that ever was.
    pub(crate) fn copied(&self) -> Self {
        let copy = Self::new();
        copy_folder(self.path(), copy.path());
        copy
    }

    /// Keeps the folder when the test ends, for looking at what went wrong; says where it is.
    pub(crate) fn kept(self) -> PathBuf {
        self.0.keep()
    }

    /// The folder of the sandbox: the store, the journal, the signing key.
    pub(crate) fn sandbox(&self) -> PathBuf {
        self.path().join(".local/share/backup365/sandbox")
    }

    /// The journal of the sandbox; empty before its world began.
    pub(crate) fn journal(&self) -> String {
        std::fs::read_to_string(self.sandbox().join("journal.jsonl")).unwrap_or_default()
    }

    /// The key file for passwords, which may not be there.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.path().join(".config/backup365/sandbox-identity.txt")
    }
}

/// Copies a folder with everything below it.
fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

impl Record {
    /// A count, while the record may not be there or not be whole yet: none then.
    pub(crate) fn glance(home: &Home, sql: &str) -> Option<i64> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(home.store(), flags).ok()?;
        connection.busy_timeout(DEADLINE).ok()?;
        connection.query_row(&format!("SELECT count(*) FROM {sql}"), [], |row| row.get(0)).ok()
    }
}

impl Terminal {
    /// Kills the program where it is, and keeps the window for reading what it showed last. It may have ended by itself
    /// before: then there is nothing to kill.
    pub(crate) fn strike(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::KILL);
            self.child.wait().unwrap();
        }
    }
}
