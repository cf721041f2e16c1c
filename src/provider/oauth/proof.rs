//! What proves that we are the application: one credential, or two while one is replaced.
//!
//! The other one is tried only where Microsoft refuses the first for what it is; once it was taken, it is the first to be
//! tried from then on.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{App, Credential, assertion::Signer};
use crate::{domain::secret::Secret, provider::error::Error};

/// Numbers with which Microsoft refuses a credential for what it is: a wrong secret, one that has run out, a certificate
/// that is not registered, one that is not allowed (reference, section 5.2).
const OF_CREDENTIAL: [u64; 5] = [7_000_215, 7_000_222, 700_027, 700_030, 50_012];

/// Whether a refusal is about the credential, and about nothing else.
pub(super) fn is_of_credential(error: &Error) -> bool {
    error.aadsts().is_some_and(|number| OF_CREDENTIAL.contains(&number))
}

/// A credential, ready to use.
pub(super) enum Proof {
    Secret(Secret<String>),
    Certificate(Box<Signer>),
}

impl Proof {
    fn new(credential: &Credential) -> Result<Self, Error> {
        Ok(match credential {
            Credential::Secret(secret) => Self::Secret(secret.clone()),
            Credential::Certificate { certificate, signature } => {
                Self::Certificate(Box::new(Signer::new(certificate, *signature)?))
            }
        })
    }
}

/// One credential or two.
pub(super) struct Proofs {
    first: Proof,
    next: Option<Proof>,
    /// The number with which the first one was refused before the next was taken; 0 while the first is in use.
    refused: AtomicU64,
}

impl Proofs {
    /// Makes them ready.
    ///
    /// # Errors
    /// A key that can't be used.
    pub(super) fn new(app: &App) -> Result<Self, Error> {
        Ok(Self {
            first: Proof::new(&app.credential)?,
            next: app.next.as_ref().map(Proof::new).transpose()?,
            refused: AtomicU64::new(0),
        })
    }

    /// The one to try, and the one to try where that is refused.
    pub(super) fn in_turn(&self) -> (&Proof, Option<&Proof>) {
        match &self.next {
            Some(next) if self.replaced().is_some() => (next, Some(&self.first)),
            next => (&self.first, next.as_ref()),
        }
    }

    /// Notes which one was taken after a refusal of the other.
    pub(super) fn took(&self, taken: &Proof, refusal: &Error) {
        let is_first = std::ptr::eq(taken, &raw const self.first);
        self.refused.store(if is_first { 0 } else { refusal.aadsts().unwrap_or(0) }, Ordering::Relaxed);
        tracing::warn!(error = %refusal, "one credential was refused and the other one taken");
    }

    /// With which number the first one was refused, where the next one is in use.
    pub(super) fn replaced(&self) -> Option<u64> {
        Some(self.refused.load(Ordering::Relaxed)).filter(|number| *number != 0)
    }
}
