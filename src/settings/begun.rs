//! Settings as far as they have come, for setup: what the partner's application lacks is no mistake there. Everything else
//! that can't be used is one, as everywhere.

use std::path::PathBuf;

use uuid::Uuid;

use crate::domain::id::TenantId;

use super::{
    CertificateSignature, CredentialSettings, PartnerApp, Settings, SettingsError, Sources,
    gathered::Gathered,
};

/// What the sources say of the partner's application, whole or not, and everything else.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The settings file, there or not.
    pub file: PathBuf,
    /// The partner's own tenant.
    pub tenant: Option<TenantId>,
    /// Application (client) id.
    pub client_id: Option<Uuid>,
    /// What proves that we are the application.
    pub credential: Option<CredentialSettings>,
    /// How statements are signed with the key of a certificate.
    pub signature: CertificateSignature,
    /// The merged value; its application is there once nothing of it is missing.
    pub settings: Settings,
}

impl Begun {
    /// Merges the sources as [`Settings::load`] does.
    ///
    /// # Errors
    /// The first mistake, but for what is missing.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let mut gathered = Gathered::begun(sources);
        if !gathered.mistakes.is_empty() {
            return Err(gathered.mistakes.remove(0));
        }
        let settings = gathered.settings();
        let draft = gathered.draft;
        Ok(Self {
            file: gathered.path,
            tenant: draft.tenant,
            client_id: draft.client_id,
            credential: draft.app.finished(),
            signature: draft.signature,
            settings,
        })
    }

    /// The application with this ID, as far as the rest of it is there.
    #[must_use]
    pub fn app(&self, client_id: Uuid) -> Option<PartnerApp> {
        Some(PartnerApp {
            client_id,
            tenant: self.tenant?,
            credential: self.credential.clone()?,
            next: None,
            signature: self.signature,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_no_mistake_and_what_is_wrong_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let load = |text: &str| {
            std::fs::write(folder.path().join("settings.toml"), text).unwrap();
            Begun::load(&Sources { config: folder.path().into(), ..Sources::default() })
        };
        let tenant = "[app]\ntenant = \"2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684\"\n";
        let begun = load(tenant).unwrap();
        assert!(begun.tenant.is_some() && begun.settings.app.is_none() && begun.app(Uuid::max()).is_none());
        let begun = load(&format!("{tenant}certificate_file = \"certificate.pem\"\n")).unwrap();
        assert!(begun.app(Uuid::max()).is_some() && begun.settings.app.is_none());
        assert!(load("[app]\ntenant = 7\n").is_err());
        assert!(load(&format!("{tenant}clientid = \"x\"\n")).is_err(), "nearly a key");
    }
}
