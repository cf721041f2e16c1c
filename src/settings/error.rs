//! Why settings can't be used: what was tried, what happened, what to do.

use std::path::PathBuf;

use crate::domain::text::Text;

/// Why the settings can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// A variable or a flag whose value can't be used.
    #[error("{place} can't be used: {what}. Mend it, then start again.")]
    Given {
        /// "the environment variable …", "the flag --log-level".
        place: String,
        /// What is wrong.
        what: Text,
    },
    /// The application is named in part only, and not by the file.
    #[error(
        "your application at Microsoft is named by {by}, but {what}. Give the rest too, or leave it out."
    )]
    Partly {
        /// What names it.
        by: String,
        /// What is missing.
        what: &'static str,
    },
}

/// The end of the sentence about an unknown key.
fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(|| ". Remove it.".into(), |near| format!(". Did you mean \"{near}\"?"))
}
