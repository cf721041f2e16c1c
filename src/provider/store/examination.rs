//! Looks at a record without changing a byte of it: the look is at a copy.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use super::{
    Place, Store, StoreOptions, Terms,
    files::{of_file, unlocked},
    part::{known::Known, lock::LockFolder, vault::KeyFile},
    sqlite,
    table::impersonation,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// The hosted customers of a record, as far as keys and servers go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HostedAccess {
    /// Addresses of the servers, each once, in their order.
    pub servers: Vec<Text>,
    /// Passwords on record.
    pub passwords: u32,
    /// Those that the key file does not open.
    pub locked: u32,
}

impl Store {
    /// Opens a copy of the record in `options.place` that is made at `copy`; none where no record was made yet. Neither the
    /// record nor anything beside it is changed. Cost: reads the whole record once.
    ///
    /// # Errors
    /// As [`Store::open_on`] on these terms; also when the copy can't be made.
    pub fn examine(options: StoreOptions, terms: &Terms, copy: &Path) -> Result<Option<Self>, Failure> {
        let known = Known::of(&options.place, terms)?;
        let Some(file) = options.place.file() else {
            // Nobody changes a database by looking at it; who looks is entered as an operator, as at any other work.
            let may_not_make = Terms { may_make: false, ..terms.clone() };
            return match Self::open_on(&may_not_make, options) {
                Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
                opened => opened.map(Some),
            };
        };
        if known.is_to_be_made()? {
            return Ok(None);
        }
        sqlite::copy_untouched(file, copy)?;
        let copied = Place::File(copy.to_owned());
        if let Ok(Some(id)) = Self::id_in(&copied) {
            known.is_this(id)?;
        }
        let (was, is) = (options.place.to_string(), copied.to_string());
        let opened = Self::open(StoreOptions { place: copied, ..options });
        // What is wrong with the copy is wrong with the record.
        let named = |failure: Failure| Failure {
            what: Text::clean(&failure.what.as_str().replace(&is, &was)),
            ..failure
        };
        opened.map(Some).map_err(named)
    }

    /// Whether the place of a record takes locks; asked of what is there already.
    ///
    /// # Errors
    /// `Record`: it does not, or what is there can't be opened.
    pub fn takes_locks(file: &Path) -> Result<(), Failure> {
        let folder = LockFolder::folder_of(file);
        let entries = match fs::read_dir(&folder) {
            // None was ever taken.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(of_file("look into the folder of the locks", &folder, &error)),
            Ok(entries) => entries,
        };
        crate::outside::disk::may_make_files(&folder)
            .map_err(|error| of_file("make a lock in", &folder, &error))?;
        for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
            // To be written: where a network folder plays such locks by others, a handle that only reads gets none.
            let lock = File::options().read(true).append(true).open(&path);
            let lock = lock.map_err(|error| of_file("open the lock", &path, &error))?;
            match lock.try_lock_shared() {
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(unlocked(&path, &error)),
            }
        }
        Ok(())
    }

    /// Servers and passwords of the hosted customers; the key file is read and left as it is.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn hosted_access(&self) -> Result<HostedAccess, Failure> {
        let rows = self.read(impersonation::all)?;
        let key = KeyFile::read(&self.0.options.identity).ok().flatten();
        let mut access = HostedAccess::default();
        for (server, sealed) in rows {
            access.passwords += 1;
            let is_open = key.as_ref().is_some_and(|key| key.open(&sealed).is_some());
            access.locked += u32::from(!is_open);
            if !access.servers.contains(&server) {
                access.servers.push(server);
            }
        }
        Ok(access)
    }

    /// Reads a key file, and leaves it as it is: whether there is one.
    ///
    /// # Errors
    /// `Record`: it can't be read, or is no key file.
    pub fn has_key_file(file: &Path) -> Result<bool, Failure> {
        KeyFile::read(file).map(|key| key.is_some())
    }
}
