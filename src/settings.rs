//! Defaults, file, environment and flags, merged once into one immutable value.
//!
//! A settings file that exists but can't be read, is incomplete or invalid is an error, never a reason for the sandbox
//! (product.md section 9, *Worlds*).

mod file;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;

use std::{
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use uuid::Uuid;

use crate::domain::{id::TenantId, text::Text, time::Moment};

/// What comes from outside, read once in `app`.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--settings`, else `BACKUP365_SETTINGS`.
    pub file: Option<PathBuf>,
    /// The platform's config folder for this program.
    pub config: PathBuf,
    /// The platform's data folder for this program.
    pub data: PathBuf,
}

/// Where the program's own credential at Microsoft comes from; the value itself is read when it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// A client secret in a file.
    SecretFile(PathBuf),
    /// A client secret in an environment variable.
    SecretEnvironment(String),
    /// A client secret printed by a command: program and arguments.
    SecretCommand(Vec<String>),
    /// A certificate and its RSA key in one PEM file.
    CertificateFile(PathBuf),
}

/// The partner's application at Microsoft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerApp {
    /// Application (client) id.
    pub client_id: Uuid,
    /// The partner's own tenant.
    pub tenant: TenantId,
    /// Where the credential comes from.
    pub credential: CredentialSource,
}

/// A permission row that settings add to the table; none can be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraPermission {
    /// Its name ("Tasks.Read.All").
    pub value: Text,
    /// The application role's GUID.
    pub role: Uuid,
    /// Why, in plain words.
    pub reason: Text,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// As the environment says.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which characters to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// As the locale says.
    #[default]
    Auto,
    /// ASCII only.
    Ascii,
    /// UTF-8, whatever the locale says.
    Unicode,
}

/// How the screen is drawn. Variables like `NO_COLOR` do not travel with an ssh connection; a settings file stays
/// (remote-terminal.md section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScreenSettings {
    /// When to use colours.
    pub color: Color,
    /// Which characters to use.
    pub glyphs: Glyphs,
}

/// Everything that is settled before the program starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The application; none: no source names one, so the bare wizard runs in the sandbox.
    pub app: Option<PartnerApp>,
    /// Origins and the origins that stand for them.
    pub addresses: Vec<(String, String)>,
    /// A public page that consent may return to.
    pub done_page: Option<String>,
    /// How the screen is drawn.
    pub screen: ScreenSettings,
    /// Rows added to the permission table.
    pub permissions: Vec<ExtraPermission>,
    /// Folder of the settings file and of the key file for impersonation passwords.
    pub config: PathBuf,
    /// Folder of the store, the log and receipts.
    pub data: PathBuf,
    /// Which file was read, if any.
    pub file: Option<PathBuf>,
}

/// Why the settings can't be used: what was tried, what happened, what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file can't be read as text.
    #[error("the settings file {path} can't be read: {why}. {hint}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why, in words.
        why: Text,
        /// What to do, a sentence.
        hint: &'static str,
    },
    /// The file is not TOML, or a value is of the wrong kind, or one is missing.
    #[error("the settings file {path} can't be used: line {line}: {what}. Mend the line, then start again.")]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// In which line, from 1; of something that is missing, where its table begins.
        line: usize,
        /// What is wrong.
        what: Text,
    },
    /// A key that does not exist.
    #[error("the settings file {path} has an unknown key \"{key}\" in line {line}{}", hint(.nearest.as_deref()))]
    UnknownKey {
        /// Which file.
        path: PathBuf,
        /// In which line, from 1.
        line: usize,
        /// The key.
        key: Text,
        /// The nearest one that exists.
        nearest: Option<String>,
    },
}

/// Largest settings file taken, bytes: a thousand times the sample.
const MAX_BYTES: usize = 1 << 20;

/// The bytes of the file, at most one more than are taken.
fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why a file can't be read, in words.
fn unreadable(path: &Path, error: &std::io::Error) -> SettingsError {
    let (why, hint) = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => (
            Text::from("there is no such file"),
            "Check the name behind --settings or in BACKUP365_SETTINGS, then start again.",
        ),
        ErrorKind::PermissionDenied => (
            Text::from("your account may not read it"),
            "Change its rights, or name another with --settings.",
        ),
        ErrorKind::IsADirectory => {
            (Text::from("it is a folder"), "Name the file in it, like settings.toml, then start again.")
        }
        _ => (Text::clean(&error.to_string()), "Name another file with --settings."),
    };
    SettingsError::Unreadable { path: path.into(), why, hint }
}

/// The end of the sentence about an unknown key.
fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(|| ". Remove it.".into(), |near| format!(". Did you mean \"{near}\"?"))
}

impl Settings {
    /// Merges the sources. A file that was named must exist; the usual one may be missing.
    ///
    /// # Errors
    /// See [`SettingsError`]; starting again helps only after the file was mended.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let usual = sources.config.join("settings.toml");
        let (path, is_named) = sources.file.as_ref().map_or((&usual, false), |named| (named, true));
        let read = match bytes_of(path) {
            Ok(bytes) if bytes.len() > MAX_BYTES => {
                return Err(SettingsError::Unreadable {
                    path: path.clone(),
                    why: Text::from("it is larger than 1 MiB, and settings never are"),
                    hint: "Name the right file with --settings.",
                });
            }
            Ok(bytes) => Some(file::read(path, &bytes)?),
            // Below a home that is no folder (/dev/null, for service accounts) there is no file either.
            Err(error)
                if !is_named && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                None
            }
            Err(error) => return Err(unreadable(path, &error)),
        };
        let file = read.as_ref().map(|_| path.clone());
        let read = read.unwrap_or_default();
        Ok(Self {
            app: read.app,
            addresses: read.addresses,
            done_page: read.done_page,
            screen: read.screen,
            permissions: read.permissions,
            config: sources.config.clone(),
            data: read.data.unwrap_or_else(|| sources.data.clone()),
            file,
        })
    }

    /// Folder of one world: the sandbox has its own store, keys and files.
    #[must_use]
    pub fn data_of(&self, is_sandbox: bool) -> PathBuf {
        if is_sandbox { self.data.join("sandbox") } else { self.data.clone() }
    }

    /// The store of one world.
    #[must_use]
    pub fn store_of(&self, is_sandbox: bool) -> PathBuf {
        self.data_of(is_sandbox).join("backup365.sqlite")
    }

    /// The key file for impersonation passwords of one world: in the config folder, not beside the store.
    #[must_use]
    pub fn identity_of(&self, is_sandbox: bool) -> PathBuf {
        self.config.join(if is_sandbox { "sandbox-identity.txt" } else { "identity.txt" })
    }
}

/// Reads a moment as `--clock` takes it: RFC 3339 (`2026-11-23T19:59:00+11:00`).
///
/// # Errors
/// Says what form is expected.
pub fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "expected a time like 2026-11-23T19:59:00+11:00".into())
}

/// The folder that a relative path in a settings file is meant from: the file's own.
fn beside(file: &Path, path: &str) -> PathBuf {
    file.parent().map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
}

#[cfg(test)]
mod tests;
