//! Copies a record, for a trial: the copy is whole and of one moment, and the original is only read.

use std::{fs, path::Path};

use rusqlite::{Connection, OpenFlags};

use super::{BUSY, Tried, may_be_opened, of_file, placed};
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// Copies the record in a file into another file, which must not be there yet; what stands in the write-ahead log is
/// copied too. A record that has not been made yet is no error: there is no copy then. Cost: reads and writes the
/// whole record once.
///
/// # Errors
/// `Record`, when the record can't be read or the copy not be written; a retry helps for a busy one.
pub(in super::super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    if !from.exists() {
        return Ok(());
    }
    may_be_opened(from).map_err(|error| of_file("open the record", from, &error))?;
    copied(from, to).map_err(|failure| placed(failure, from, Tried::Read))
}

/// The same, and nothing is left beside the record, as a database leaves that reads in a folder: for a record that this
/// process has not opened. Beside one that a program has open, or was killed with, a log or a journal lies already.
///
/// # Errors
/// As [`copy`]; `Record` also where there is no record.
pub(in super::super) fn copy_untouched(from: &Path, to: &Path) -> Result<(), Failure> {
    may_be_opened(from).map_err(|error| of_file("open the record", from, &error))?;
    let is_in_use = ["-wal", "-journal"].iter().any(|ending| {
        let mut name = from.as_os_str().to_owned();
        name.push(ending);
        Path::new(&name).exists()
    });
    if is_in_use {
        return copied(from, to).map_err(|failure| placed(failure, from, Tried::Read));
    }
    fs::copy(from, to).map(drop).map_err(|error| of_file("copy the record to", to, &error))
}

/// The copying itself.
fn copied(from: &Path, to: &Path) -> Result<(), Failure> {
    // Read-only: not even the log is written back into the original when this connection closes.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags)?;
    connection.busy_timeout(BUSY)?;
    let name = to.to_str().ok_or_else(|| {
        Failure::new(
            FailureKind::Record,
            Text::of(format_args!("the copy can't be named: {}", to.display())),
            "Give the data folder a name that is text.",
        )
    })?;
    connection.execute("VACUUM INTO ?1", [name])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::domain::{
        customer::{NewCustomer, Product},
        time::{Clock, Moment},
    };

    use super::super::super::{Store, StoreOptions};

    fn options(file: &std::path::Path) -> StoreOptions {
        StoreOptions {
            place: file.to_owned().into(),
            identity: file.with_extension("identity"),
            clock: Clock::fixed(Moment::parse("2026-11-23T05:48:00Z").unwrap()),
            account: "ann".into(),
            as_user: false,
            host: "desk-1".into(),
            is_sandbox: true,
        }
    }

    #[test]
    fn a_copy_holds_what_the_log_holds_and_the_original_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("record.sqlite"), folder.path().join("copy.sqlite"));
        assert!(
            Store::copy(&from.clone().into(), &to).is_ok() && !to.exists(),
            "nothing to copy is no error"
        );
        let store = Store::open(options(&from)).unwrap();
        let bakery = NewCustomer {
            reference: "C-1".into(),
            name: "Bakery".into(),
            is_active: true,
            products: vec![Product::Office365],
            ..NewCustomer::default()
        };
        store.seed_customers(&[bakery]).unwrap();
        let log = from.with_extension("sqlite-wal");
        let before = (fs::read(&from).unwrap(), fs::read(&log).unwrap());
        assert!(!before.1.is_empty(), "the customer stands in the log only");

        Store::copy(&from.clone().into(), &to).unwrap();
        assert_eq!((fs::read(&from).unwrap(), fs::read(&log).unwrap()), before);
        let copy = Store::open(options(&to)).unwrap();
        let customer = &copy.customers().unwrap()[0];
        let run = copy.open_run(customer.id, Product::Office365).unwrap();
        assert!(store.load_run(&run.id).is_err(), "what is written into the copy stays there");
        assert!(Store::copy(&from.into(), &to).is_err(), "a file that is there is not written over");
    }
}
