//! The partner's application as it is registered at Microsoft: what its customers are asked for, and whose accounts it
//! takes. Pure.

pub mod plan;
pub mod step;

use uuid::Uuid;

use super::text::Text;

/// An application's registration, as its own directory tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Registration {
    /// Its name.
    pub name: Text,
    /// Whose accounts may be used: Microsoft's word (`AzureADMultipleOrgs`).
    pub audience: Text,
    /// Application permissions of Microsoft Graph that a customer's administrator is asked for.
    pub roles: Vec<Uuid>,
    /// Pages that consent may return to.
    pub redirects: Vec<Text>,
    /// People sign in with it without a secret.
    pub is_public: bool,
    /// Addresses that a sign-in without a secret may come back to.
    pub public_redirects: Vec<Text>,
    /// Delegated permissions that it asks for, whosever they are.
    pub scopes: Vec<Uuid>,
    /// Its own roles, by their values.
    pub own_roles: Vec<Text>,
    /// It has a secret or a certificate.
    pub has_credential: bool,
}

/// What came of reading it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadRegistration {
    /// It was read.
    Read(Box<Registration>),
    /// Our own directory does not let the application read it.
    NotAllowed,
    /// Our own directory has no such application.
    Missing,
}
