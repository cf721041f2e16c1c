//! The record in one SQLite file: one connection that writes; reads have others, of which one is kept until the next write.
//!
//! # Nobody opens the file by hand
//! SQLite locks by POSIX rules, and those lose every lock of a process on a file as soon as *any* handle of that process
//! on it is closed ("How to corrupt an SQLite database file", 2.2). So after SQLite has the file open, this program never
//! opens it by itself: rights and identity are asked for and set by name, and a copy is made by SQLite. SQLite keeps account of its own handles, so that a second [`Database`] on the
//! same file, or a read beside a write, is safe.

mod copy;
mod error;
mod schema;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, config::DbConfig};

use self::error::{Tried, placed};
pub(super) use self::{
    copy::{copy, copy_untouched},
    schema::{NEWEST, shape},
};
use super::{
    files::{close_to_others, make_folder, network, of_file},
    tx::Tx,
};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
    },
    private,
};

/// How long a write waits for another process. A guess: the longest write, one batch of seats, takes milliseconds.
const BUSY: Duration = Duration::from_secs(5);

/// Tries to choose the journal, and the pause between two of them: a second in all. A guess: the change of a new,
/// empty file takes about a millisecond.
const LOG_TRIES: u32 = 50;
const LOG_PAUSE: Duration = Duration::from_millis(20);

/// Statements that the writer keeps ready: about as many as there are in the tables.
const READY_STATEMENTS: usize = 96;

/// Pages that the writer may keep, KiB. Measured: users come in the order of random ids, and with SQLite's own 2 MiB
/// a large Apply reads every page again and again. A reader keeps to those: it passes by, and what it asks for costs less
/// to read again than room for it costs to get.
const CACHE_KIB: i64 = 16 * 1_024;

/// Pages in the log before it is written back; as long as the cache, so that a page of many batches is written once.
const LOG_PAGES: i64 = 4_096;

/// The record's file.
pub(super) struct Database {
    file: PathBuf,
    /// The file that the writer has open.
    identity: Identity,
    writer: Mutex<Connection>,
    readers: Mutex<Readers>,
}

/// Who reads.
#[derive(Default)]
struct Readers {
    /// Writes of this store so far.
    writes: u64,
    /// What read last, with the schema read; none while it reads again, and after a write.
    kept: Option<Box<Connection>>,
}

impl Database {
    /// Opens a record that is there and brings it to this program's version.
    ///
    /// # Errors
    /// `Record`: damaged, read-only, busy, full, made by a newer program. A retry helps only for a busy one.
    pub(super) fn open(file: PathBuf) -> Result<Self, Failure> {
        let is_on_network = network(&file).is_some();
        Self::open_on(file, is_on_network)
    }

    /// The same, told where the file lies.
    fn open_on(file: PathBuf, is_on_network: bool) -> Result<Self, Failure> {
        let opened = open_writer(&file, is_on_network).and_then(|mut writer| {
            schema::migrate(&mut writer)?;
            Ok(writer)
        });
        let writer = opened.map_err(|failure| placed(failure, &file, Tried::Open))?;
        let identity = Identity::of(&file);
        Ok(Self { identity, file, writer: Mutex::new(writer), readers: Mutex::default() })
    }

    /// Reads, everything as of one moment. The connection is not the writer's, which may be busy with a long write. After a
    /// write it is a new one, so that what is read back stands in the file (product.md section 9, *Users*); it is kept for
    /// the reads that follow, because half of a short read is opening it and reading the schema.
    ///
    /// # Errors
    /// `Record`, when the record can't be read, and what `work` says.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        self.identity.still(&self.file)?;
        let read = || {
            let (writes, kept) = {
                let mut readers = self.readers();
                (readers.writes, readers.kept.take())
            };
            let mut connection = kept.map_or_else(|| open_reader(&self.file).map(Box::new), Ok)?;
            let found = work(&Tx::on_file(connection.transaction()?))?;
            // Its pages may be megabytes, and the next read is of others.
            connection.release_memory()?;
            let mut readers = self.readers();
            if readers.writes == writes {
                readers.kept = Some(connection);
            }
            Ok(found)
        };
        read().map_err(|failure| placed(failure, &self.file, Tried::Read))
    }

    /// Writes where `work` answers true, down to the disk when this returns; otherwise nothing was changed. One write at
    /// a time, whichever process it comes from.
    ///
    /// # Errors
    /// `Record`, when the record can't be written, and what `work` says: nothing was changed then.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<(T, bool), Failure>,
    ) -> Result<T, Failure> {
        let mut connection = self.writer();
        self.identity.still(&self.file)?;
        let written = || {
            let tx = Tx::on_file(connection.transaction_with_behavior(TransactionBehavior::Immediate)?);
            let (made, is_kept) = work(&tx)?;
            if let Some(tx) = tx.into_file().filter(|_| is_kept) {
                tx.commit()?;
                let mut readers = self.readers();
                readers.writes += 1;
                readers.kept = None;
            }
            Ok(made)
        };
        written().map_err(|failure| placed(failure, &self.file, Tried::Write))
    }

    /// Lets no trigger run in what this writes from now on: rows that are copied are counted already.
    ///
    /// # Errors
    /// `Record`, when SQLite does not do that.
    pub(super) fn without_triggers(&self) -> Result<(), Failure> {
        self.writer().set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        Ok(())
    }

    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writing connection, once nobody in this process writes.
    pub(super) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a record: whole beside its place, then moved there, so that a file of no bytes is never one that is being made.
/// The folder gets the mode 0700, the file 0600. Only one process may be at it.
///
/// # Errors
/// `Record`, when the file can't be made; nothing stands in its place then, and a retry helps once the cause is gone.
pub(super) fn make(file: &Path) -> Result<(), Failure> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let unmade = |error: &io::Error| of_file("make the record", file, error);
    let mut draft = file.as_os_str().to_owned();
    draft.push(".making");
    let draft = PathBuf::from(draft);
    // Left by a process that was killed.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unmade(&error)),
        _ => {}
    }
    private::write_new(&draft, "").map_err(|error| unmade(&error))?;
    fill(&draft).map_err(|failure| placed(failure, file, Tried::Open))?;
    fs::rename(&draft, file).map_err(|error| unmade(&error))
}

/// Makes the tables in a draft. Nobody else knows it, so no lock is waited for; half of one is begun anew, so it needs no
/// journal of its own.
fn fill(draft: &Path) -> Result<(), Failure> {
    let mut connection = Connection::open_with_flags(draft, flags(OpenFlags::empty()))?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    schema::migrate(&mut connection)?;
    connection.close().map_err(|(_, error)| error.into())
}

/// Opens the writing connection, and closes the file to everyone else.
///
/// # Errors
/// `Record`, when the file can't be opened or closed to others; a retry helps once the cause is gone.
fn open_writer(file: &Path, is_on_network: bool) -> Result<Connection, Failure> {
    may_be_opened(file).map_err(|e| of_file("open the record", file, &e))?;
    close_to_others(file).map_err(|e| of_file("close to other people the file", file, &e))?;
    let connection = Connection::open_with_flags(file, flags(OpenFlags::empty()))?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(READY_STATEMENTS);
    // Full: in the store means on the disk, also after a power cut (the default of WAL is a little less).
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    set_journal(&connection, if is_on_network { "DELETE" } else { "WAL" })?;
    if connection.is_readonly("main")? {
        return Err(Failure::new(
            FailureKind::Record,
            "the record can't be written: it is read-only",
            "Check that the file and its folder belong to you and that the disk is not write-protected.",
        ));
    }
    Ok(connection)
}

/// Chooses the journal: the write-ahead log, but for a network folder. The log needs memory that all programs on the record
/// share, and two computers share none: each would write back what it knows, and the record would be damaged
/// ("Write-Ahead Logging", section 1). A journal that is deleted needs nothing but locks, which such folders have or are
/// told not to have; it is slower, and is better than to refuse a home folder on NFS.
///
/// SQLite asks nobody to wait while the mode is changed (the busy time-out does not hold there), so two programs that open a
/// new record at the same moment meet: the later one tries again.
fn set_journal(connection: &Connection, mode: &str) -> Result<(), Failure> {
    // Answers with the mode that it could get; without shared memory that is not WAL, and just as right.
    let choose = || connection.query_row(&format!("PRAGMA journal_mode = {mode}"), [], |_| Ok(()));
    for _ in 1..LOG_TRIES {
        match choose() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                thread::sleep(LOG_PAUSE);
            }
            other => return Ok(other?),
        }
    }
    Ok(choose()?)
}

/// Opens a connection that reads and never writes.
///
/// # Errors
/// `Record`, as [`open_writer`].
fn open_reader(file: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open_with_flags(file, flags(OpenFlags::empty()))?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Reads in a record's file, everything as of one moment.
///
/// # Errors
/// `Record`, when it can't be read, and what `work` says.
pub(super) fn read<T>(file: &Path, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
    let read = || {
        let mut connection = open_reader(file)?;
        work(&Tx::on_file(connection.transaction()?))
    };
    read().map_err(|failure| placed(failure, file, Tried::Read))
}

/// Which file a path named when the record was opened.
///
/// SQLite goes on writing into a file that was moved or deleted under it; what it saves then, nobody finds again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(Option<(u64, u64)>);

impl Identity {
    /// The file that stands at the path now; the same for every file where the system has no such numbers.
    fn of(file: &Path) -> Self {
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
    /// `Record`, as an alarm; a retry helps once the file is back.
    fn still(self, file: &Path) -> Result<(), Failure> {
        if Self::of(file) == self {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Record,
            Text::of(format_args!("the record was moved or deleted: {} is another file now", file.display())),
            "Put the file back where it was and try again, or leave and start again. Nothing was changed.",
        )
        .alarming())
    }
}

/// One thread at a time uses a connection, and names are plain paths, never `file:` addresses.
fn flags(more: OpenFlags) -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more
}

/// Whether SQLite could open a file for writing: said here, because SQLite says less about what keeps it from that.
fn may_be_opened(file: &Path) -> io::Result<()> {
    let found = fs::metadata(file)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        return Err(io::Error::other("it is a device or a pipe, not a file"));
    }
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(file, Access::READ_OK | Access::WRITE_OK)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_in_a_network_folder_has_no_write_ahead_log() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.sqlite");
        make(&file).unwrap();
        let log = folder.path().join("record.sqlite-wal");
        let mode = |database: &Database| -> String {
            database.writer().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap()
        };
        for (is_on_network, expected) in [(false, "wal"), (true, "delete"), (false, "wal"), (true, "delete")]
        {
            let database = Database::open_on(file.clone(), is_on_network).unwrap();
            assert_eq!(mode(&database), expected);
            assert_eq!(log.exists(), !is_on_network);
        }
        // Another program that has the log open would go on with it: it is told, and not worked beside.
        let open = Database::open_on(file.clone(), false).unwrap();
        let failure = Database::open_on(file, true).err().unwrap();
        assert!(failure.what.as_str().contains("busy"), "{failure:?}");
        drop(open);
    }

    #[test]
    fn a_reading_connection_is_kept_until_the_next_write_and_sees_what_others_wrote() {
        use super::super::table::about;

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.sqlite");
        make(&file).unwrap();
        let [ours, theirs] = [(); 2].map(|()| Database::open(file.clone()).unwrap());
        let found = || ours.read(|tx| about::find(tx, "probe")).unwrap().map(|value| value.to_string());
        let has_kept = || ours.readers().kept.is_some();
        let write = |database: &Database, is_kept| {
            database.write(|tx| Ok((about::keep_first(tx, "probe", "written").map(drop)?, is_kept))).unwrap();
        };
        assert_eq!((has_kept(), found(), has_kept()), (false, None, true));
        write(&ours, false);
        assert!(has_kept(), "nothing was written");
        write(&theirs, true);
        assert_eq!((found().as_deref(), has_kept()), (Some("written"), true));
        write(&ours, true);
        assert!(!has_kept(), "what is read back is read on a new one");
        // A read that began before a write does not leave its connection to those behind it.
        let within = ours.read(|tx| {
            write(&ours, true);
            about::find(tx, "probe")
        });
        assert!(within.is_ok() && !has_kept());
        let failed = ours.read(|tx| about::find(tx, "probe").and_then(|_| Err::<(), _>(unreadable())));
        assert!(failed.is_err() && !has_kept(), "and neither does one that failed");
    }

    fn unreadable() -> Failure {
        Failure::new(FailureKind::Record, "unreadable", "Mend it.")
    }
}
