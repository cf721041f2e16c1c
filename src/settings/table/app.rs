//! Rows of `[app]` and `[next]`: the partner's application, its credential, and the one that takes over.
//!
//! Both credentials have the same rows, made by one macro.

use std::path::PathBuf;

use uuid::Uuid;

use super::super::{
    credential::{CertificateSignature, CredentialSource, Source},
    form::{Choice, DAY_OF_EXPIRY, ENTRY, FILE, GUID, OWN_TENANT, Program, VARIABLE},
    setting::{
        AnySetting, Setting,
        Slot::{Always, Maybe},
        Spec,
    },
};
use crate::domain::{id::TenantId, time::Moment};

/// The application's number.
static CLIENT_ID: Setting<Uuid> = Setting {
    spec: &Spec {
        name: "app.client_id",
        variable: "BACKUP365_APP_CLIENT_ID",
        flag: "--app-client-id",
        value_name: "GUID",
        example: "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40",
        about: "Application (client) ID of your application at Microsoft",
    },
    form: &GUID,
    slot: Maybe(|draft, id| draft.client_id = Some(id)),
};

/// The partner's own tenant.
static TENANT: Setting<TenantId> = Setting {
    spec: &Spec {
        name: "app.tenant",
        variable: "BACKUP365_APP_TENANT",
        flag: "--app-tenant",
        value_name: "GUID",
        example: "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684",
        about: "Tenant ID of your own organisation, in which the application is registered",
    },
    form: &OWN_TENANT,
    slot: Maybe(|draft, tenant| draft.tenant = Some(tenant)),
};

/// The signature of either certificate.
static SIGNATURE: Setting<CertificateSignature> = Setting {
    spec: &Spec {
        name: "app.certificate_signature",
        variable: "BACKUP365_APP_CERTIFICATE_SIGNATURE",
        flag: "--app-certificate-signature",
        value_name: "WHICH",
        example: "rs256",
        about: "How to sign with a certificate's key: ps256 as Microsoft documents it, or rs256, the older form",
    },
    form: &Choice(&[("ps256", CertificateSignature::Ps256), ("rs256", CertificateSignature::Rs256)]),
    slot: Always(|draft| &mut draft.signature),
};

/// Makes the rows of one credential: the field of the draft, its table in the file, the beginning of its variables,
/// and what is said behind each.
macro_rules! credential {
    ($(#[$about:meta])* $module:ident, $table:literal, $variable:literal, $whose:literal) => {
        $(#[$about])*
        pub mod $module {
            use super::*;

            macro_rules! row {
                ($id:ident: $T:ty = $form:expr, $key:literal, $upper:literal, $dashed:literal,
                 $value:literal, $example:literal, $words:literal => $put:expr) => {
                    #[doc = $words]
                    pub static $id: Setting<$T> = Setting {
                        spec: &Spec {
                            name: concat!($table, ".", $key),
                            variable: concat!($variable, $upper),
                            flag: concat!("-", "-", $table, "-", $dashed),
                            value_name: $value,
                            example: $example,
                            about: concat!($words, $whose),
                        },
                        form: &$form,
                        slot: Maybe($put),
                    };
                };
            }

            row!(SECRET_FILE: PathBuf = FILE, "secret_file", "SECRET_FILE", "secret-file", "FILE", "client-secret.txt",
                "File that holds the client secret"
                => |draft, file| draft.$module.source = Some(CredentialSource::Secret(Source::File(file))));
            row!(SECRET_ENVIRONMENT: String = VARIABLE, "secret_environment", "SECRET_ENVIRONMENT", "secret-environment",
                "NAME", "PARTNER_SECRET", "Name of the environment variable that holds the client secret"
                => |draft, name| draft.$module.source = Some(CredentialSource::Secret(Source::Environment(name))));
            row!(SECRET_COMMAND: Vec<String> = Program, "secret_command", "SECRET_COMMAND", "secret-command", "COMMAND",
                "pass show backup365",
                "Command that prints the client secret; no shell reads it, quotes keep words together"
                => |draft, words| draft.$module.source = Some(CredentialSource::Secret(Source::Command(words))));
            row!(SECRET_KEYRING: String = ENTRY, "secret_keyring", "SECRET_KEYRING", "secret-keyring", "NAME",
                "backup365", "Name under which the system's keyring holds the client secret"
                => |draft, name| draft.$module.source = Some(CredentialSource::Secret(Source::Keyring(name))));
            row!(CERTIFICATE_FILE: PathBuf = FILE, "certificate_file", "CERTIFICATE_FILE", "certificate-file", "FILE",
                "certificate.pem", "File that holds the certificate and its RSA key, as PEM or PFX"
                => |draft, file| draft.$module.source = Some(CredentialSource::Certificate(Source::File(file))));
            row!(CERTIFICATE_ENVIRONMENT: String = VARIABLE, "certificate_environment", "CERTIFICATE_ENVIRONMENT",
                "certificate-environment", "NAME", "PARTNER_CERTIFICATE",
                "Name of the environment variable that holds the certificate and its key; a PFX in base64"
                => |draft, name| {
                    draft.$module.source = Some(CredentialSource::Certificate(Source::Environment(name)));
                });
            row!(CERTIFICATE_COMMAND: Vec<String> = Program, "certificate_command", "CERTIFICATE_COMMAND",
                "certificate-command", "COMMAND", "pass show backup365-certificate",
                "Command that prints the certificate and its key"
                => |draft, words| draft.$module.source = Some(CredentialSource::Certificate(Source::Command(words))));
            row!(CERTIFICATE_KEYRING: String = ENTRY, "certificate_keyring", "CERTIFICATE_KEYRING", "certificate-keyring",
                "NAME", "backup365-certificate",
                "Name under which the system's keyring holds the certificate and its key; a PFX in base64"
                => |draft, name| draft.$module.source = Some(CredentialSource::Certificate(Source::Keyring(name))));
            row!(PASSWORD_FILE: PathBuf = FILE, "password_file", "PASSWORD_FILE", "password-file", "FILE",
                "certificate-password.txt", "File that holds the password of the certificate"
                => |draft, file| draft.$module.password = Some(Source::File(file)));
            row!(PASSWORD_ENVIRONMENT: String = VARIABLE, "password_environment", "PASSWORD_ENVIRONMENT",
                "password-environment", "NAME", "PARTNER_PASSWORD",
                "Name of the environment variable that holds the password of the certificate"
                => |draft, name| draft.$module.password = Some(Source::Environment(name)));
            row!(PASSWORD_COMMAND: Vec<String> = Program, "password_command", "PASSWORD_COMMAND", "password-command",
                "COMMAND", "pass show backup365-password", "Command that prints the password of the certificate"
                => |draft, words| draft.$module.password = Some(Source::Command(words)));
            row!(PASSWORD_KEYRING: String = ENTRY, "password_keyring", "PASSWORD_KEYRING", "password-keyring", "NAME",
                "backup365-password", "Name under which the system's keyring holds the password of the certificate"
                => |draft, name| draft.$module.password = Some(Source::Keyring(name)));
            row!(SECRET_EXPIRES: Moment = DAY_OF_EXPIRY, "secret_expires", "SECRET_EXPIRES", "secret-expires", "DAY",
                "2027-03-31", "Last day of the client secret, where Microsoft does not let it be read"
                => |draft, day| draft.$module.expires = Some(day));
            row!(SECRET_ID: Uuid = GUID, "secret_id", "SECRET_ID", "secret-id", "GUID",
                "6c1f7a52-90de-4b3c-8f41-2ab7d5e6c390",
                "ID that Microsoft shows beside the client secret, to tell it from others that begin alike"
                => |draft, id| draft.$module.secret_id = Some(id));

            /// All of them, in the order of the sample.
            pub(in super::super) static ROWS: [&dyn AnySetting; 14] = [
                &SECRET_FILE, &SECRET_ENVIRONMENT, &SECRET_COMMAND, &SECRET_KEYRING, &CERTIFICATE_FILE,
                &CERTIFICATE_ENVIRONMENT, &CERTIFICATE_COMMAND, &CERTIFICATE_KEYRING, &PASSWORD_FILE,
                &PASSWORD_ENVIRONMENT, &PASSWORD_COMMAND, &PASSWORD_KEYRING, &SECRET_EXPIRES, &SECRET_ID,
            ];

            /// Names of those that say where the credential is; exactly one of them counts.
            pub const SOURCES: [&str; 8] = [
                concat!($table, ".secret_file"), concat!($table, ".secret_environment"),
                concat!($table, ".secret_command"), concat!($table, ".secret_keyring"),
                concat!($table, ".certificate_file"), concat!($table, ".certificate_environment"),
                concat!($table, ".certificate_command"), concat!($table, ".certificate_keyring"),
            ];

            /// Names of those that say where the password of its certificate is; at most one of them counts.
            pub const PASSWORDS: [&str; 4] = [
                concat!($table, ".password_file"), concat!($table, ".password_environment"),
                concat!($table, ".password_command"), concat!($table, ".password_keyring"),
            ];
        }
    };
}

credential!(
    /// The credential.
    app, "app", "BACKUP365_APP_", ""
);
credential!(
    /// The one that takes over while the first is replaced.
    next, "next", "BACKUP365_NEXT_", ", of the credential that takes over"
);

/// What stands before the rows of the credential, and between those of the two.
pub(super) static FIRST: [&dyn AnySetting; 2] = [&CLIENT_ID, &TENANT];

/// What stands behind the rows of the first credential.
pub(super) static BEHIND: [&dyn AnySetting; 1] = [&SIGNATURE];
