//! Looks at a record without changing a byte of it: the look is at a copy.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use super::{
    Place, Store, StoreOptions, Terms,
    database::Database,
    files::{of_file, unlocked},
    part::{
        key_ring::{self, KeyRing},
        known::Known,
        lock::{LockFolder, Locks},
        vault::KeyFile,
    },
    postgres::{Address, Server, ServerFacts},
    sqlite,
    table::{audit, impersonation},
};
use crate::domain::{failure::Failure, text::Text, time::Clock};

/// The hosted customers of a record, as far as keys and servers go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HostedAccess {
    /// Addresses of the servers, each once, in their order.
    pub servers: Vec<Text>,
    /// Passwords on record, and the keys that open them.
    pub ring: KeyRing,
}

impl Store {
    /// Opens a copy of the record in `options.place` that is made at `copy`, and a record on a server where it is, of this
    /// program's version; none where no record was made yet. Neither the record nor anything beside it is changed. Cost: reads the whole record once.
    ///
    /// # Errors
    /// As [`Store::open_on`] on these terms; also when the copy can't be made.
    pub fn examine(options: StoreOptions, terms: &Terms, copy: &Path) -> Result<Option<Self>, Failure> {
        let place = options.place.clone();
        let known = Known::of(&place, terms)?;
        let file = match &place {
            Place::File(file) => file,
            Place::Server(address) => {
                let server = Server::connect(address)?;
                if !server.is_made()? {
                    return known.may_be_made().map(|()| None);
                }
                let locks = Locks::Sessions(server.session().clone());
                return Self::with(&known, options, (Database::Server(server), locks), false).map(Some);
            }
        };
        if known.is_to_be_made()? {
            return Ok(None);
        }
        sqlite::copy_untouched(file, copy)?;
        let copied = Place::File(copy.to_owned());
        if let Ok(Some(id)) = Self::id_in(&copied) {
            known.is_this(id)?;
        }
        let (was, is) = (place.to_string(), copied.to_string());
        let opened = Self::open(StoreOptions { place: copied, ..options });
        // What is wrong with the copy is wrong with the record.
        let named = |failure: Failure| Failure {
            what: Text::clean(&failure.what.as_str().replace(&is, &was)),
            ..failure
        };
        opened.map(Some).map_err(named)
    }

    /// What a server is like on which a record is, or may be made. Changes nothing.
    ///
    /// # Errors
    /// `Record`: there is no connection, by its cause.
    pub fn server_facts(address: &Address, clock: &Clock) -> Result<ServerFacts, Failure> {
        ServerFacts::of(address, clock)
    }

    /// Whether the history is whole: every entry fits the one before, and none is missing at its end. Cost: one hash for each
    /// entry.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn has_whole_history(&self) -> Result<bool, Failure> {
        self.read(audit::is_whole)
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
        let own = self.0.own_key();
        self.read(|tx| {
            let mut servers = Vec::new();
            for server in impersonation::servers(tx)? {
                if !servers.contains(&server) {
                    servers.push(server);
                }
            }
            Ok(HostedAccess { servers, ring: key_ring::of(tx, self.0.here(own.as_ref()))? })
        })
    }

    /// Reads a key file, and leaves it as it is: whether there is one.
    ///
    /// # Errors
    /// `Record`: it can't be read, or is no key file.
    pub fn has_key_file(file: &Path) -> Result<bool, Failure> {
        KeyFile::read(file).map(|key| key.is_some())
    }
}
