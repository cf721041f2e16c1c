//! Opens connections to the record's file: private mode, write-ahead log, busy time-out, foreign keys.
//!
//! Triggered by every read (a connection of its own, so that what is read is what was committed) and once by the
//! store for its writer.

use std::{fs, path::Path, thread, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::of_file;
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// How long a write waits for another process. A guess: the longest write, one batch of seats, takes milliseconds.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Tries to turn the write-ahead log on, and the pause between two of them: a second in all. A guess: the change of a new,
/// empty file takes about a millisecond.
const LOG_TRIES: u32 = 50;
const LOG_PAUSE: Duration = Duration::from_millis(20);

/// Statements kept ready per connection; the busiest write uses four.
const READY_STATEMENTS: usize = 32;

/// Pages that a connection may keep, KiB. Measured: users come in the order of random ids, and with SQLite's own 2 MiB
/// a large Apply reads every page again and again.
const CACHE_KIB: i64 = 16 * 1_024;

/// Pages in the log before it is written back; as long as the cache, so that a page of many batches is written once.
const LOG_PAGES: i64 = 4_096;

/// Opens the writing connection; makes folder (0700) and file (0600) where they are missing, and closes an existing
/// file to everyone else.
///
/// # Errors
/// `Record`, when the file can't be made, opened or closed to others; a retry helps once the cause is gone.
pub(super) fn open_writer(file: &Path) -> Result<Connection, Failure> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    make_private(file)?;
    let connection = Connection::open_with_flags(file, flags(OpenFlags::SQLITE_OPEN_CREATE))?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(READY_STATEMENTS);
    // Full: in the store means on the disk, also after a power cut (the default of WAL is a little less).
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    keep_a_log(&connection)?;
    if connection.is_readonly("main")? {
        return Err(Failure::new(
            FailureKind::Record,
            "the record can't be written: it is read-only",
            "Check that the file and its folder belong to you and that the disk is not write-protected.",
        ));
    }
    Ok(connection)
}

/// Turns the write-ahead log on. SQLite asks nobody to wait while the mode of a new file is changed (the busy time-out
/// does not hold there), so two programs that make a record at the same moment meet: the later one tries again.
fn keep_a_log(connection: &Connection) -> Result<(), Failure> {
    // Answers with the mode that it could get; without shared memory that is not WAL, and just as right.
    let turn_on = || connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()));
    for _ in 1..LOG_TRIES {
        match turn_on() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                thread::sleep(LOG_PAUSE);
            }
            other => return Ok(other?),
        }
    }
    Ok(turn_on()?)
}

/// Opens a connection that reads and never writes.
///
/// # Errors
/// `Record`, as [`open_writer`].
pub(super) fn open_reader(file: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open_with_flags(file, flags(OpenFlags::empty()))?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Which file a path named when the record was opened.
///
/// SQLite goes on writing into a file that was moved or deleted under it; what it saves then, nobody finds again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    /// The file that stands at the path now; the same for every file where the system has no such numbers.
    pub(super) fn of(file: &Path) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Self(fs::metadata(file).ok().map(|found| (found.dev(), found.ino())))
        }
        #[cfg(not(unix))]
        {
            let _same = file;
            Self(None)
        }
    }

    /// Fails where another file, or none, stands at the path.
    ///
    /// # Errors
    /// `Record`; a retry helps once the file is back.
    pub(super) fn still(self, file: &Path) -> Result<(), Failure> {
        if Self::of(file) == self {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Record,
            Text::of(format_args!("the record was moved or deleted: {} is another file now", file.display())),
            "Put the file back where it was and try again, or leave and start again. Nothing was changed.",
        ))
    }
}

/// One thread at a time uses a connection, and names are plain paths, never `file:` addresses.
fn flags(more: OpenFlags) -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more
}

/// Makes a folder that only its owner can look into; one that exists is left as it is.
pub(super) fn make_folder(folder: &Path) -> Result<(), Failure> {
    crate::private::make_folder(folder).map_err(|e| of_file("make the folder", folder, &e))
}

/// Makes the file, empty, if it is missing; mode 0600 either way. SQLite gives its own files the same mode.
fn make_private(file: &Path) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = match options.open(file) {
        Ok(opened) => opened,
        Err(error) => return Err(of_file("open the record", file, &error)),
    };
    close_to_others(&opened).map_err(|e| of_file("close to other people the file", file, &e))
}

/// Takes every right of group and others away.
pub(super) fn close_to_others(file: &fs::File) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    drop(file.metadata()?);
    Ok(())
}
