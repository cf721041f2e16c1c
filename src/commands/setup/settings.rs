//! Writes lines into the settings file: comments, order and everything else that stands there stay as they are.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use toml_edit::{DocumentMut, Item, TableLike, value};

use crate::{
    domain::{
        failure::{Failure, FailureKind, of_system},
        groundwork::Entry,
        text::Text,
        text_file,
    },
    private,
};

/// The first line of a file that is made here.
const FIRST: &str =
    "# Settings of Backup365. \"backup365 settings --sample\" prints every setting there is.\n\n";

/// Writes these lines; a file that is not there is made, for its owner alone. A link is followed, and the file keeps its
/// rights.
///
/// # Errors
/// `Malformed` for a file that is no TOML; else what the system says. The file is as it was then.
pub fn write(file: &Path, entries: &[Entry]) -> Result<(), Failure> {
    let place = fs::canonicalize(file).unwrap_or_else(|_not_there| file.to_path_buf());
    let before = match fs::read(&place) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(unwritten(&place, &of_system(&error))),
    };
    let text = match &before {
        Some(bytes) => text_file::decode(bytes).map_err(|_odd| odd(&place, "it is not UTF-8 text"))?,
        None => "".into(),
    };
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| odd(&place, error.message()))?;
    for entry in entries {
        let table = document.entry(entry.table).or_insert_with(toml_edit::table);
        let table = table.as_table_like_mut();
        put(table.ok_or_else(|| odd(&place, &format!("{} is no table", entry.table)))?, entry);
    }
    // A comment alone would be put behind what follows.
    let first = if before.is_none() { FIRST } else { "" };
    let rights = before.and_then(|_| fs::metadata(&place).ok()).map(|known| known.permissions());
    let written = made_folder(&place).and_then(|()| private::replace(&place, &format!("{first}{document}")));
    let written = written.and_then(|()| rights.map_or(Ok(()), |rights| fs::set_permissions(&place, rights)));
    written.map_err(|error| unwritten(&place, &of_system(&error)))
}

/// Puts one line; a comment behind the value that stood there stays.
fn put(table: &mut dyn TableLike, entry: &Entry) {
    let mut item = value(entry.value.as_str());
    if let (Some(Item::Value(old)), Item::Value(new)) = (table.get(entry.key), &mut item) {
        *new.decor_mut() = old.decor().clone();
    }
    if let Some(known) = table.get_mut(entry.key) {
        *known = item;
    } else {
        table.insert(entry.key, item);
    }
}

fn made_folder(file: &Path) -> std::io::Result<()> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_path_buf) {
        Some(folder) => private::make_folder(&folder),
        None => Ok(()),
    }
}

/// The folder of the settings file, in which what it names lies, too.
#[must_use]
pub fn folder(file: &Path) -> PathBuf {
    file.parent().map(Path::to_path_buf).unwrap_or_default()
}

fn odd(file: &Path, why: &str) -> Failure {
    let words =
        Text::of(format_args!("the settings file {} can't be changed: {}", file.display(), Text::clean(why)));
    Failure::new(FailureKind::Malformed, words, "Mend it, then save again. Nothing was written.")
}

fn unwritten(file: &Path, why: &Text) -> Failure {
    let words = Text::of(format_args!("the settings file {} could not be written: {why}", file.display()));
    let hint = "Check that the file and its folder belong to you, then save again. Nothing was written.";
    Failure::new(FailureKind::Record, words, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_there_stays_and_what_is_written_twice_stands_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/settings.toml");
        let entries = [Entry::new("app", "tenant", "one"), Entry::new("operator", "client_id", "two")];
        write(&file, &entries).unwrap();
        let first = fs::read_to_string(&file).unwrap();
        assert!(first.starts_with("# Settings of Backup365."), "{first}");
        write(&file, &entries).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), first);
        let theirs = "# mine\n[app] # of ours\ntenant = \"old\" # why\n\n[screen]\ncolor = \"never\"\n";
        fs::write(&file, theirs).unwrap();
        write(&file, &[Entry::new("app", "tenant", "new"), Entry::new("app", "client_id", "id")]).unwrap();
        let now = fs::read_to_string(&file).unwrap();
        assert_eq!(
            now,
            "# mine\n[app] # of ours\ntenant = \"new\" # why\nclient_id = \"id\"\n\n[screen]\ncolor = \"never\"\n"
        );
        for text in ["app = 3\n", "[app\n"] {
            fs::write(&file, text).unwrap();
            assert_eq!(write(&file, &entries).unwrap_err().kind, FailureKind::Malformed);
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_the_rights_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("settings.toml"));
        fs::write(&real, "").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        write(&link, &[Entry::new("app", "tenant", "one")]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        let new = folder.path().join("new.toml");
        write(&new, &[Entry::new("app", "tenant", "one")]).unwrap();
        assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
