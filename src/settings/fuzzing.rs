//! Any settings file: taken whole, or refused in one sentence with file and line.

use std::path::Path;

use super::{SettingsError, file, gathered::Gathered, setting::Draft};
use crate::domain::text::Text;

/// The bytes of a file.
pub(crate) fn settings(data: &[u8]) {
    let path = Path::new("/etc/backup365/settings.toml");
    let mut draft = Draft::default();
    let found = file::read(path, data, &mut draft);
    let mut gathered = Gathered::of_file(path.into(), found, draft);
    gathered.complete();
    if gathered.mistakes.is_empty() {
        for (from, to) in &gathered.settings().addresses {
            assert!(from.contains("://") && to.contains("://"), "{from} {to}");
        }
    }
    for error in &gathered.mistakes {
        let words = error.to_string();
        assert!(words.starts_with("the settings file /etc/backup365/settings.toml "), "{words}");
        assert!(words.ends_with(['.', '?']) && !words.contains(char::is_control), "{words}");
        assert!(words.contains("line ") || matches!(error, SettingsError::Unreadable { .. }), "{words}");
        assert!(words.len() < 1_300 && !Text::clean(&words).is_empty(), "{words}");
    }
}
