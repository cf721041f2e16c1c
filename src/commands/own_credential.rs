//! Where the program's own credential and its keys lie: never a password for a customer's server.

use std::path::{Path, PathBuf};

use crate::settings::{PartnerApp, Settings};

/// The files and the variables that hold our own secrets.
#[derive(Debug, Clone, Default)]
pub struct OwnCredential {
    files: Vec<PathBuf>,
    variables: Vec<String>,
}

impl OwnCredential {
    /// As settings name them.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let keys = [false, true].map(|is_sandbox| settings.identity_of(is_sandbox));
        let named = settings.app.iter().flat_map(PartnerApp::files).map(Path::to_path_buf);
        Self {
            files: keys.into_iter().chain(named).collect(),
            variables: settings.app.iter().flat_map(PartnerApp::variables).map(str::to_owned).collect(),
        }
    }

    /// Whether it is one of the files, by whatever name.
    #[must_use]
    pub fn is_file(&self, path: &Path) -> bool {
        self.files.iter().any(|own| own == path || is_same(own, path))
    }

    /// Whether it is one of the variables.
    #[must_use]
    pub fn is_variable(&self, name: &str) -> bool {
        self.variables.iter().any(|own| own == name)
    }
}

/// Whether two paths lead to one file: links of both kinds are followed.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let place = |path: &Path| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        place(one).is_some_and(|found| place(other) == Some(found))
    }
    #[cfg(not(unix))]
    {
        let whole = |path: &Path| std::fs::canonicalize(path).ok();
        whole(one).is_some_and(|found| whole(other) == Some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{CredentialSettings, CredentialSource, Source};

    #[test]
    fn our_own_files_are_known_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("secret.txt"), "x").unwrap();
        std::fs::write(at("other.txt"), "x").unwrap();
        std::fs::hard_link(at("secret.txt"), at("hard.txt")).unwrap();
        let guid = "7a36af4b-c51e-44e1-87f0-d8af3157c2ca";
        let app = |credential| PartnerApp {
            client_id: guid.parse().unwrap(),
            tenant: guid.parse().unwrap(),
            credential: CredentialSettings::of(CredentialSource::Secret(credential)),
            next: None,
            signature: crate::settings::CertificateSignature::default(),
        };
        let settings = Settings {
            app: Some(app(Source::File(at("secret.txt")))),
            config: folder.path().to_owned(),
            ..Settings::default()
        };
        let own = OwnCredential::of(&settings);
        let by_dots = folder.path().join(".").join("secret.txt");
        for path in
            [at("secret.txt"), at("hard.txt"), by_dots, at("identity.txt"), at("sandbox-identity.txt")]
        {
            assert!(own.is_file(&path), "{}", path.display());
        }
        assert!(!own.is_file(&at("other.txt")) && !own.is_file(&at("gone.txt")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("secret.txt"), at("soft.txt")).unwrap();
            assert!(own.is_file(&at("soft.txt")));
        }
        let settings = Settings { app: Some(app(Source::Environment("OURS".into()))), ..settings };
        let own = OwnCredential::of(&settings);
        assert!(own.is_variable("OURS") && !own.is_variable("THEIRS") && !own.is_file(&at("secret.txt")));
    }
}
