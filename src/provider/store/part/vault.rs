//! Encrypts the impersonation passwords (age, X25519) for keys that lie in config folders, not in the record: this
//! computer's own, and those of others that the record knows (`sealing.rs`).
//!
//! The key file is made when the first password is saved. When it is lost, and no other key opens the passwords, they are
//! lost with it and are asked for again; seats and rules do not depend on it.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use age::{secrecy::ExposeSecret, x25519};
use zeroize::Zeroizing;

use super::super::files::{close_to_others, make_folder, of_file};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        keys::PublicKey,
        secret::Secret,
        text::Text,
    },
    outside::file,
};

/// Begins the extension of a key file that is not in its place yet.
const DRAFT: &str = "new-";

/// The key file and what it opens.
#[derive(Debug)]
pub(crate) struct Vault {
    identity: PathBuf,
}

/// A key as it was read, its file left as it is.
pub(crate) struct KeyFile(x25519::Identity);

impl KeyFile {
    /// Reads the key; none when there is no file.
    ///
    /// # Errors
    /// `Record`: the file can't be read, or is no key file.
    pub(crate) fn read(identity: &Path) -> Result<Option<Self>, Failure> {
        let text = match file::secret(identity) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(of_file("read the key file", identity, &error)),
        };
        let key = text.lines().map(str::trim).find_map(|line| line.parse().ok());
        key.map(|key| Some(Self(key))).ok_or_else(|| {
            Failure::new(
                FailureKind::Record,
                Text::of(format_args!("{} is not a key file", identity.display())),
                "Put the right key file back, or move this one away: then a new key is made and passwords are asked for again.",
            )
        })
    }

    /// The public half.
    ///
    /// # Errors
    /// `Internal`: age writes its keys in another way than ours are read.
    pub(crate) fn public(&self) -> Result<PublicKey, Failure> {
        self.0.to_public().to_string().parse().map_err(|_another_form| unsealed())
    }

    /// Decrypts a password; none when it was sealed for other keys.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Secret<String>> {
        let decryptor = age::Decryptor::new(sealed).ok()?;
        let mut plain = decryptor.decrypt(std::iter::once(&self.0 as &dyn age::Identity)).ok()?;
        // As long as the sealed text, so that it never grows and leaves a copy behind.
        let mut password = Zeroizing::new(String::with_capacity(sealed.len()));
        plain.read_to_string(&mut password).ok()?;
        Some(Secret::new(std::mem::take(&mut *password)))
    }
}

impl Vault {
    /// The vault whose key lies, or will lie, in that file.
    pub(crate) const fn new(identity: PathBuf) -> Self {
        Self { identity }
    }

    /// Encrypts for this computer's key alone; makes the key file (mode 0600) the first time.
    ///
    /// # Errors
    /// As [`Vault::key`].
    pub(crate) fn seal(&self, password: &Secret<String>) -> Result<Vec<u8>, Failure> {
        seal_for(password, &[self.key()?.public()?])
    }

    /// This computer's key; makes the key file (mode 0600) the first time.
    ///
    /// # Errors
    /// `Record`, when the key file can't be made, or is there and is not a key: it is never overwritten.
    pub(crate) fn key(&self) -> Result<KeyFile, Failure> {
        let key = match self.read()? {
            Some(key) => key,
            None => self.make()?,
        };
        self.tidy();
        Ok(KeyFile(key))
    }

    /// Decrypts a password; none when the key is gone, unreadable or another one.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Secret<String>> {
        KeyFile(self.read().ok().flatten()?).open(sealed)
    }

    /// Reads the key; none when there is no file.
    fn read(&self) -> Result<Option<x25519::Identity>, Failure> {
        let Some(KeyFile(key)) = KeyFile::read(&self.identity)? else { return Ok(None) };
        close_to_others(&self.identity).map_err(|e| of_file("close to other people", &self.identity, &e))?;
        Ok(Some(key))
    }

    /// Makes a key. Written beside its place and linked into it whole, down to the disk: of two processes that do this
    /// at once one wins, and the other takes the winner's key. One that dies leaves its draft behind, nothing else.
    fn make(&self) -> Result<x25519::Identity, Failure> {
        let folder = self.identity.parent().unwrap_or_else(|| Path::new(""));
        if !folder.as_os_str().is_empty() {
            make_folder(folder)?;
        }
        let key = x25519::Identity::generate();
        let draft = self.identity.with_extension(format!("{DRAFT}{}", uuid::Uuid::new_v4().simple()));
        let placed = write_key(&draft, &key)
            .and_then(|()| file::place(&draft, &self.identity))
            .and_then(|()| sync_folder(folder));
        match placed {
            Ok(()) => Ok(key),
            // Somebody else's key is there, or came and took this draft for a leftover.
            Err(error) => self.read()?.ok_or_else(|| unmade(&self.identity, &error)),
        }
    }

    /// Removes drafts, once there is a key: each holds a key that opens nothing, or the one that is in its place. What
    /// can't be removed does no harm and is tried again with the next password.
    fn tidy(&self) {
        let Some(stem) = self.identity.file_stem().and_then(|stem| stem.to_str()) else { return };
        let folder = self.identity.parent().filter(|folder| !folder.as_os_str().is_empty());
        let Ok(entries) = fs::read_dir(folder.unwrap_or_else(|| Path::new("."))) else { return };
        let prefix = format!("{stem}.{DRAFT}");
        for entry in entries.flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix))
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::info!(%error, "a leftover draft of the key file stays");
            }
        }
    }
}

/// Encrypts a password for these keys, as one age file: each of them opens it.
///
/// # Errors
/// `Malformed`: one of them is no key of age. `Internal` without any.
pub(crate) fn seal_for(password: &Secret<String>, keys: &[PublicKey]) -> Result<Vec<u8>, Failure> {
    let recipients = keys.iter().map(recipient).collect::<Result<Vec<_>, _>>()?;
    let all = recipients.iter().map(|key| key as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(all).map_err(|_no_detail_worth_showing| unsealed())?;
    let mut sealed = Vec::new();
    let written = encryptor.wrap_output(&mut sealed).and_then(|mut into| {
        into.write_all(password.expose().as_bytes())?;
        into.finish()
    });
    written.map_err(|_no_detail_worth_showing| unsealed())?;
    Ok(sealed)
}

/// A key as age knows it.
///
/// # Errors
/// `Malformed`: its check sum is wrong.
pub(crate) fn recipient(key: &PublicKey) -> Result<x25519::Recipient, Failure> {
    key.as_str().parse().map_err(|_no_detail_worth_showing| {
        Failure::new(
            FailureKind::Malformed,
            Text::of(format_args!("{key} is not a key of age: a letter of it is wrong")),
            "Copy it again from the computer that it belongs to. Nothing was encrypted for it.",
        )
    })
}

/// age did not encrypt.
fn unsealed() -> Failure {
    Failure::new(
        FailureKind::Internal,
        "the password could not be encrypted",
        "Report this with the log file.",
    )
}

/// No key could be made.
fn unmade(identity: &Path, error: &std::io::Error) -> Failure {
    let failure = of_file("make the key file", identity, error);
    // EPERM is what Linux says of a folder without hard links; the rights were good enough for the draft.
    if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) {
        let hint = "Its folder may take no hard links. Keep the settings on a disk of this computer (XDG_CONFIG_HOME).";
        return Failure { hint: hint.into(), ..failure };
    }
    failure
}

/// Makes a folder's entries last through a power cut, where the system knows how.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::File::open(folder)?.sync_all()
    }
    #[cfg(not(unix))]
    {
        let _no_way_there = folder;
        Ok(())
    }
}

/// Writes a key in the form of `age-keygen`, mode 0600, down to the disk.
fn write_key(path: &Path, key: &x25519::Identity) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "# Opens the passwords in the record of Backup365. Keep a copy, not beside the record.")?;
    writeln!(file, "# public key: {}", key.to_public())?;
    writeln!(file, "{}", key.to_string().expose_secret())?;
    file.sync_all()
}
