//! Defaults, file, environment and flags, merged once into one immutable value.
//!
//! [`table`] names every setting once; everything else follows from it. A settings file that exists but can't be read, is
//! incomplete or invalid is an error, never a reason for the sandbox (product.md section 9, *Worlds*), and so is a
//! variable or a flag that can't be used.

mod begun;
mod credential;
mod error;
mod file;
mod form;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod gathered;
mod record;
mod setting;
pub mod survey;
pub mod table;
mod values;

use std::{ffi::OsString, path::PathBuf};

use crate::domain::{cloud::Cloud, text::Text, time::Moment};

pub use begun::Begun;
pub use credential::{CertificateSignature, CredentialSettings, CredentialSource, PartnerApp, Source};
pub use error::SettingsError;
pub use form::split_command;
pub use gathered::Origin;
pub use record::{RecordSettings, RecordUrl};

pub use values::{
    ApplySettings, Bell, ClockSettings, Color, ConsentSettings, ExtraPermission, Glyphs, Lines, LogSettings,
    OperatorSettings, ProvisionSettings, ScreenSettings, SignIn, SweepSettings,
};

use gathered::Gathered;
use table::AnySetting;

/// What comes from outside, read once in `app`.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--settings`, else `BACKUP365_SETTINGS`.
    pub file: Option<PathBuf>,
    /// The platform's config folder for this program.
    pub config: PathBuf,
    /// The platform's data folder for this program.
    pub data: PathBuf,
    /// Variables of the environment; those that are no settings are passed over.
    pub environment: Vec<(String, OsString)>,
    /// Flags that settings have: which, its name with the dashes, its value as typed.
    pub flags: Vec<(&'static dyn AnySetting, &'static str, String)>,
}

/// Everything that is settled before the program starts. Its default is that of every setting.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The application; none: no source names one, so the bare wizard runs in the sandbox.
    pub app: Option<PartnerApp>,
    /// The cloud that the application is registered in.
    pub cloud: Cloud,
    /// How operators sign in.
    pub operator: OperatorSettings,
    /// Origins and the origins that stand for them.
    pub addresses: Vec<(String, String)>,
    /// The partner's own name, as customers know it.
    pub partner_name: Option<Text>,
    /// A public page that consent may return to.
    pub done_page: Option<String>,
    /// Where the record is, where it is no file.
    pub record: RecordSettings,
    /// How the screen is drawn.
    pub screen: ScreenSettings,
    /// How much is logged.
    pub log: LogSettings,
    /// What `backup365 provision` does where its flags say nothing.
    pub provision: ProvisionSettings,
    /// What Microsoft may take its time for.
    pub consent: ConsentSettings,
    /// What `backup365 apply` does where its flags say nothing.
    pub apply: ApplySettings,
    /// When a list of users is believed.
    pub sweep: SweepSettings,
    /// When a clock is wrong.
    pub clock: ClockSettings,
    /// Rows added to the permission table.
    pub permissions: Vec<ExtraPermission>,
    /// Folder of the settings file and of the key file for impersonation passwords.
    pub config: PathBuf,
    /// Folder of the store, the log and receipts.
    pub data: PathBuf,
    /// Which file was read, if any.
    pub file: Option<PathBuf>,
}

impl Settings {
    /// Merges the sources. A file that was named must exist; the usual one may be missing.
    ///
    /// # Errors
    /// The first mistake, see [`SettingsError`]; starting again helps only after it was mended.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let mut gathered = Gathered::of(sources);
        if gathered.mistakes.is_empty() { Ok(gathered.settings()) } else { Err(gathered.mistakes.remove(0)) }
    }

    /// Folder of one world: the sandbox has its own store, keys and files.
    #[must_use]
    pub fn data_of(&self, is_sandbox: bool) -> PathBuf {
        if is_sandbox { self.data.join("sandbox") } else { self.data.clone() }
    }

    /// The database that holds the record of one world; none: it is a file. What stands in the settings file is about the
    /// real world; a flag or a variable is about whichever world is opened, so that a team can train.
    #[must_use]
    pub fn record_url(&self, is_sandbox: bool) -> Option<&RecordUrl> {
        self.record.url.as_ref().filter(|_| !is_sandbox || !self.record.is_in_file)
    }

    /// Where the record of one world is, without a secret.
    #[must_use]
    pub fn record_in_words(&self, is_sandbox: bool) -> String {
        let url = self.record_url(is_sandbox).map(ToString::to_string);
        url.unwrap_or_else(|| self.store_of(is_sandbox).display().to_string())
    }

    /// The file of the record of one world, where it is a file.
    #[must_use]
    pub fn store_of(&self, is_sandbox: bool) -> PathBuf {
        self.data_of(is_sandbox).join("backup365.sqlite")
    }

    /// Where the operator's sign-in in one world is kept, encrypted.
    #[must_use]
    pub fn sign_in_of(&self, is_sandbox: bool) -> PathBuf {
        self.data_of(is_sandbox).join("sign-in.age")
    }

    /// The key file for impersonation passwords and sign-ins of one world: in the config folder, not beside the store.
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

#[cfg(test)]
mod tests;
