//! What is to be said of the places that a start works with: rights that let other accounts in, and a network folder.
//!
//! Nothing is refused: a pass that does not run protects nobody, and the rights of the record and of the key file are
//! mended by the program itself. A secret that only a group may read is the way in which services are given one.

use std::path::{Path, PathBuf};

use crate::{
    domain::{flag::quoted, text::Text},
    provider::store::Store,
    settings::{PartnerApp, Settings, Source},
};

/// What is to be said, a sentence each.
pub(super) fn notes(settings: &Settings, is_sandbox: bool) -> Vec<Text> {
    let mut secrets: Vec<PathBuf> =
        settings.app.iter().flat_map(PartnerApp::files).map(Path::to_path_buf).collect();
    let url = settings.record_url(is_sandbox);
    if let (Some(_), Some(Source::File(file))) = (url, &settings.record.password) {
        secrets.push(file.clone());
    }
    let variables = settings.config.join(VARIABLES);
    let data = settings.data_of(is_sandbox);
    let read = secrets.iter().chain([&variables]).filter_map(|path| readable(path));
    let files = settings.file.iter().chain(&secrets).chain([&variables]).filter_map(|path| writable(path));
    let mut folders: Vec<PathBuf> =
        settings.file.iter().chain(&secrets).filter_map(|path| folder(path)).collect();
    folders.extend([settings.config.clone(), settings.data.clone(), data.clone()]);
    folders.sort();
    folders.dedup();
    let folders = folders.iter().filter_map(|path| writable(path));
    let open = url.is_some() && settings.record.shows_password();
    let open = open.then(|| {
        Text::from(
            "the password of the record's server stands in record.url, where others may come to see it: in a file that is copied \
             and shown around, or in the list of processes. Name a file of its own as record.password_file in the settings, \
             or write it into ~/.pgpass.",
        )
    });
    let network = Store::network(&data).filter(|_| url.is_none()).map(|kind| {
        Text::of(format_args!(
            "the record lies in a network folder ({kind}), {}: two computers must not work on it at once, and it is slower. \
             Name a folder on a disk of this computer as folders.data in the settings.",
            data.display()
        ))
    });
    read.chain(files).chain(folders).chain(network).chain(open).collect()
}

/// What is to be said of what the program itself keeps, and closes when it next uses it.
pub(super) fn kept(settings: &Settings, is_sandbox: bool) -> Vec<Text> {
    let kept = [settings.store_of(is_sandbox), settings.identity_of(is_sandbox)];
    let open = kept.iter().filter(|path| rights(path).is_some_and(|rights| rights.others & 0o077 != 0));
    open.map(|path| {
        Text::of(format_args!(
            "other accounts of this computer can look into {}. chmod 600 {} takes that away.",
            path.display(),
            quoted(&path.to_string_lossy())
        ))
    })
    .collect()
}

/// File in the config folder with variables for the timer's passes; it need not exist.
pub(super) const VARIABLES: &str = "sweep.env";

/// The folder that a file lies in.
fn folder(file: &Path) -> Option<PathBuf> {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_path_buf)
}

/// Says that others can read a secret.
fn readable(path: &Path) -> Option<Text> {
    let Rights { mode, others } = rights(path)?;
    (others & 0o004 != 0).then(|| {
        Text::of(format_args!(
            "other accounts of this computer can read the secret in {} (mode {mode:o}). chmod 600 {} takes that away.",
            path.display(),
            quoted(&path.to_string_lossy())
        ))
    })
}

/// Says that others can change a file, or put files into a folder. In one with the sticky bit they can't touch those of
/// another account, and what lies in it is looked at by itself.
fn writable(path: &Path) -> Option<Text> {
    let Rights { mode, others } = rights(path)?;
    (others & 0o022 != 0 && mode & 0o1000 == 0).then(|| {
        Text::of(format_args!(
            "other accounts of this computer can change {} (mode {mode:o}), and with it what this program does. \
             chmod go-w {} takes that away.",
            path.display(),
            quoted(&path.to_string_lossy())
        ))
    })
}

/// The rights on a file or a folder.
struct Rights {
    mode: u32,
    /// Those that concern others: a group of the same number as the owner is the owner's own, as most systems make one for
    /// each account.
    others: u32,
}

/// The rights on a file or a folder, where it is one and the system knows such rights.
fn rights(path: &Path) -> Option<Rights> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let found = std::fs::metadata(path).ok().filter(|found| found.is_file() || found.is_dir())?;
        let mode = found.mode() & 0o7777;
        let has_own_group = found.uid() == found.gid() && found.uid() != 0;
        Some(Rights { mode, others: mode & if has_own_group { 0o007 } else { 0o077 } })
    }
    #[cfg(not(unix))]
    {
        let _by_lists = path;
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;
    use crate::{
        domain::id::TenantId,
        settings::{CertificateSignature, CredentialSettings, CredentialSource, Source},
    };

    #[test]
    fn rights_that_let_others_in_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        fs::create_dir_all(folder.path().join("config")).unwrap();
        fs::create_dir_all(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("config/settings.toml"), "").unwrap();
        fs::write(folder.path().join("secret.txt"), "").unwrap();
        for (secret, file, config, data, expected) in [
            (0o600, 0o644, 0o755, 0o700, &[][..]),
            (0o640, 0o600, 0o1777, 0o700, &[]),
            (0o644, 0o644, 0o755, 0o700, &["can read the secret in"]),
            (
                0o600,
                0o666,
                0o777,
                0o777,
                &["settings.toml (mode 666)", "config (mode 777)", "data (mode 777)"],
            ),
            (0o666, 0o600, 0o700, 0o700, &["can read the secret in", "secret.txt (mode 666)"]),
        ] {
            let settings = Settings {
                app: Some(PartnerApp {
                    client_id: uuid::Uuid::nil(),
                    tenant: "7a36af4b-c51e-44e1-87f0-d8af3157c2ca".parse::<TenantId>().unwrap(),
                    credential: CredentialSettings::of(CredentialSource::Secret(Source::File(place(
                        "secret.txt",
                        secret,
                    )))),
                    next: None,
                    signature: CertificateSignature::default(),
                }),
                file: Some(place("config/settings.toml", file)),
                config: place("config", config),
                data: place("data", data),
                ..Settings::default()
            };
            let said = notes(&settings, false);
            assert_eq!(said.len(), expected.len(), "{said:#?}");
            for words in expected {
                assert!(said.iter().any(|note| note.as_str().contains(words)), "{words}: {said:#?}");
            }
        }
    }
}
