//! The system's keyring, by the Secret Service of the desktop (freedesktop.org, draft 0.2), on Linux only.
//!
//! It is asked for entries with the attributes `application` = `backup365` and `name`, as `secret-tool` writes them. Nothing
//! is unlocked: a window that asks for a password would stand beside the wizard's, or on a screen that nobody sees.

use std::time::Duration;

use zeroize::Zeroizing;

/// How long the keyring may take: it answers in a moment, or never. A guess.
pub const WITHIN: Duration = Duration::from_secs(10);

/// Why an entry can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringTrouble {
    /// Nobody answers on the session bus, not in our words, or not in time.
    #[error("the keyring did not answer. Start it, or name another source, such as a file or a command")]
    Silent,
    /// It is shut.
    #[error("the keyring is locked. Unlock it, then start again")]
    Locked,
    /// It has nothing of this name.
    #[error("the keyring has no entry {0}. The README says how it is written, under \"The credential\"")]
    Missing(String),
    /// It has several of this name.
    #[error("the keyring has {1} entries {0}. Leave one of them")]
    Several(String, usize),
    /// There is none here.
    #[cfg(not(target_os = "linux"))]
    #[error("this program asks a keyring on Linux only. Name another source, such as a file or a command")]
    NoLinux,
}

/// Reads the one entry of this name. Asks the session bus; the caller has looked whether there is one, and ends the wait.
///
/// # Errors
/// Why it can't be read, and what to do.
#[cfg(target_os = "linux")]
pub async fn read(name: &str) -> Result<Zeroizing<Vec<u8>>, KeyringTrouble> {
    use std::collections::HashMap;

    use secret_service::{EncryptionType, SecretService};

    let silent = |error: secret_service::Error| {
        tracing::info!(%error, "the keyring did not answer");
        KeyringTrouble::Silent
    };
    let service = SecretService::connect(EncryptionType::Dh).await.map_err(silent)?;
    let wanted = HashMap::from([("application", "backup365"), ("name", name)]);
    let found = service.search_items(wanted).await.map_err(silent)?;
    match (found.unlocked.as_slice(), found.locked.len()) {
        ([entry], 0) => entry.get_secret().await.map(Zeroizing::new).map_err(silent),
        ([], 0) => Err(KeyringTrouble::Missing(name.to_owned())),
        ([], 1) => Err(KeyringTrouble::Locked),
        (unlocked, locked) => {
            Err(KeyringTrouble::Several(name.to_owned(), unlocked.len().saturating_add(locked)))
        }
    }
}

/// Says that there is none.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "it is awaited where there is a keyring")]
pub async fn read(_name: &str) -> Result<Zeroizing<Vec<u8>>, KeyringTrouble> {
    Err(KeyringTrouble::NoLinux)
}
