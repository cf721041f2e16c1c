//! The program's own credential, as settings name it: where it lies, and what is known of it beforehand.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::domain::{id::TenantId, time::Moment};

/// Where something secret lies; the value itself is read when it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In a file.
    File(PathBuf),
    /// In an environment variable of this name.
    Environment(String),
    /// A command prints it: program and arguments.
    Command(Vec<String>),
    /// In the system's keyring, under this name.
    Keyring(String),
}

/// What the credential is, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// A client secret.
    Secret(Source),
    /// A certificate and its RSA key, as PEM or PFX.
    Certificate(Source),
}

impl CredentialSource {
    /// Where it lies.
    #[must_use]
    pub const fn place(&self) -> &Source {
        match self {
            Self::Secret(source) | Self::Certificate(source) => source,
        }
    }
}

/// How statements are signed with a certificate's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CertificateSignature {
    /// PS256, the certificate named by its SHA-256: what Microsoft documents.
    #[default]
    Ps256,
    /// RS256, the certificate named by its SHA-1: the older form.
    Rs256,
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialSettings {
    /// What it is, and where it lies.
    pub source: CredentialSource,
    /// Where the password of the certificate's file lies.
    pub password: Option<Source>,
    /// Until when a secret is good, as settings say.
    pub expires: Option<Moment>,
    /// Microsoft's ID of the secret, by which it is told from others of the same application.
    pub secret_id: Option<Uuid>,
}

impl CredentialSettings {
    /// A credential of which nothing else is known.
    #[must_use]
    pub const fn of(source: CredentialSource) -> Self {
        Self { source, password: None, expires: None, secret_id: None }
    }
}

/// The partner's application at Microsoft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerApp {
    /// Application (client) id.
    pub client_id: Uuid,
    /// The partner's own tenant.
    pub tenant: TenantId,
    /// What proves that we are the application.
    pub credential: CredentialSettings,
    /// What proves it while the first one is replaced.
    pub next: Option<CredentialSettings>,
    /// How statements are signed with the key of either.
    pub signature: CertificateSignature,
}

impl PartnerApp {
    /// Every place that a secret of ours lies in.
    pub fn places(&self) -> impl Iterator<Item = &Source> {
        let credentials = [Some(&self.credential), self.next.as_ref()].into_iter().flatten();
        credentials.flat_map(|credential| {
            [Some(credential.source.place()), credential.password.as_ref()].into_iter().flatten()
        })
    }

    /// The files among them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.places().filter_map(|source| match source {
            Source::File(path) => Some(path.as_path()),
            Source::Environment(_) | Source::Command(_) | Source::Keyring(_) => None,
        })
    }

    /// The names of the variables among them.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.places().filter_map(|source| match source {
            Source::Environment(name) => Some(name.as_str()),
            Source::File(_) | Source::Command(_) | Source::Keyring(_) => None,
        })
    }
}

/// A credential while sources are read.
#[derive(Debug, Clone, Default)]
pub(super) struct CredentialDraft {
    pub(super) source: Option<CredentialSource>,
    pub(super) password: Option<Source>,
    pub(super) expires: Option<Moment>,
    pub(super) secret_id: Option<Uuid>,
}

impl CredentialDraft {
    /// The credential; none where no source names one.
    pub(super) fn finished(self) -> Option<CredentialSettings> {
        let Self { source, password, expires, secret_id } = self;
        Some(CredentialSettings { source: source?, password, expires, secret_id })
    }

    /// What does not fit together: a password is a certificate's, a date and an ID are a secret's.
    pub(super) const fn mismatch(&self) -> Option<Mismatch> {
        match &self.source {
            Some(CredentialSource::Secret(_)) if self.password.is_some() => Some(Mismatch::Password),
            Some(CredentialSource::Certificate(_)) if self.expires.is_some() || self.secret_id.is_some() => {
                Some(Mismatch::Secret)
            }
            _ => None,
        }
    }
}

/// What does not fit a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// A password beside a secret.
    Password,
    /// What is known of a secret, beside a certificate.
    Secret,
}
