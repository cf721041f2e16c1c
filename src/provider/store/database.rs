//! The record's database, one of two: what is common to both.

use std::path::{Path, PathBuf};

use super::{
    postgres::{Address, Scope, Server},
    sqlite,
    tx::Tx,
};
use crate::domain::{failure::Failure, text::Text};

/// Where a record is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In an SQLite file; made, with its folder, when it is missing.
    File(PathBuf),
    /// In a PostgreSQL database; its tables are made when they are missing.
    Server(Box<Address>),
}

impl Place {
    /// The file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        if let Self::File(file) = self { Some(file) } else { None }
    }
}

impl Place {
    /// The role by which a record on a server is opened.
    pub(super) fn role(&self) -> Option<Text> {
        if let Self::Server(address) = self { Some(Text::clean(address.role())) } else { None }
    }
}

impl From<PathBuf> for Place {
    fn from(file: PathBuf) -> Self {
        Self::File(file)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Server(address) => write!(f, "{address}"),
        }
    }
}

/// An opened database.
pub(super) enum Database {
    File(sqlite::Database),
    Server(Server),
}

impl Database {
    /// The file, for tests that look behind it.
    #[cfg(test)]
    pub(super) fn file(&self) -> &sqlite::Database {
        match self {
            Self::File(file) => file,
            Self::Server(_) => unreachable!("a record in a file"),
        }
    }

    /// Reads, everything as of one moment.
    ///
    /// # Errors
    /// `Record`, when the record can't be read, and what `work` says.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        match self {
            Self::File(file) => file.read(work),
            Self::Server(server) => server.read(work),
        }
    }

    /// Writes where `work` answers true, and is on the disk when this returns; otherwise nothing was changed. On SQLite one
    /// write goes on at a time; on PostgreSQL one in each scope.
    ///
    /// # Errors
    /// `Record`, when the record can't be written, and what `work` says: nothing was changed then.
    pub(super) fn write<T>(
        &self,
        scope: Scope<'_>,
        work: impl FnOnce(&Tx<'_>) -> Result<(T, bool), Failure>,
    ) -> Result<T, Failure> {
        match self {
            Self::File(file) => file.write(work),
            Self::Server(server) => server.write(scope, work),
        }
    }
}
