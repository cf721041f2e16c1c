//! Shape of the settings file; unknown keys are refused with the nearest known name.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};
use uuid::Uuid;

use crate::domain::text::Text;

use super::{CredentialSource, ExtraPermission, PartnerApp, ScreenSettings, SettingsError, beside};

/// Every key of the file, by table; the sample in `assets` shows each.
const KEYS: &[(&str, &[&str])] = &[
    ("", &["app", "links", "folders", "screen", "addresses", "permissions"]),
    (
        "app",
        &["client_id", "tenant", "secret_file", "secret_environment", "secret_command", "certificate_file"],
    ),
    ("links", &["done_page"]),
    ("folders", &["data"]),
    ("screen", &["color", "glyphs"]),
    ("permissions", &["value", "role", "reason"]),
];

/// Keys further away than this are no likely slip.
const NEAR: f64 = 0.6;

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) app: Option<PartnerApp>,
    pub(super) addresses: Vec<(String, String)>,
    pub(super) done_page: Option<String>,
    pub(super) data: Option<PathBuf>,
    pub(super) screen: ScreenSettings,
    pub(super) permissions: Vec<ExtraPermission>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shape {
    app: Option<AppShape>,
    links: LinksShape,
    folders: FoldersShape,
    screen: ScreenSettings,
    addresses: std::collections::BTreeMap<String, String>,
    permissions: Vec<PermissionShape>,
}

#[derive(Debug, Deserialize)]
struct AppShape {
    client_id: Uuid,
    tenant: String,
    secret_file: Option<String>,
    secret_environment: Option<String>,
    secret_command: Option<Vec<String>>,
    certificate_file: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LinksShape {
    done_page: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FoldersShape {
    data: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PermissionShape {
    value: String,
    role: Uuid,
    reason: String,
}

/// Reads the text of a settings file.
pub(super) fn parse(path: &Path, text: &str) -> Result<Read, SettingsError> {
    let invalid = |what: &dyn std::fmt::Display| SettingsError::Invalid {
        path: path.into(),
        what: Text::clean(&what.to_string()),
    };
    let table: Table = text.parse().map_err(|error: toml::de::Error| invalid(&error.message()))?;
    known(path, "", &table)?;
    let shape: Shape = toml::from_str(text).map_err(|error| invalid(&error.message()))?;
    let app = shape.app.map(|app| partner(path, app)).transpose()?;
    let mut addresses = Vec::new();
    for (from, to) in shape.addresses {
        addresses.push((origin(path, &from)?, origin(path, &to)?));
    }
    Ok(Read {
        app,
        addresses,
        done_page: shape.links.done_page,
        data: shape.folders.data.map(|data| beside(path, &data)),
        screen: shape.screen,
        permissions: shape
            .permissions
            .into_iter()
            .map(|row| ExtraPermission {
                value: Text::clean(&row.value),
                role: row.role,
                reason: Text::clean(&row.reason),
            })
            .collect(),
    })
}

/// Refuses keys that do not exist, offering the nearest that does.
fn known(path: &Path, name: &str, table: &Table) -> Result<(), SettingsError> {
    let Some((_, keys)) = KEYS.iter().find(|(table, _)| *table == name) else { return Ok(()) };
    for (key, value) in table {
        if !keys.contains(&key.as_str()) {
            let nearest = keys
                .iter()
                .map(|known| (strsim::jaro_winkler(known, key), *known))
                .filter(|(likeness, _)| *likeness >= NEAR)
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .map(|(_, known)| known.to_owned());
            return Err(SettingsError::UnknownKey { path: path.into(), key: Text::clean(key), nearest });
        }
        match value {
            Value::Table(inner) if name.is_empty() => known(path, key, inner)?,
            Value::Array(rows) if name.is_empty() => {
                for inner in rows.iter().filter_map(Value::as_table) {
                    known(path, key, inner)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The application: exactly one source of the credential.
fn partner(path: &Path, app: AppShape) -> Result<PartnerApp, SettingsError> {
    let invalid = |what: &'static str| SettingsError::Invalid { path: path.into(), what: Text::from(what) };
    let mut sources = [
        app.secret_file.map(|file| CredentialSource::SecretFile(beside(path, &file))),
        app.secret_environment.map(CredentialSource::SecretEnvironment),
        app.secret_command.map(CredentialSource::SecretCommand),
        app.certificate_file.map(|file| CredentialSource::CertificateFile(beside(path, &file))),
    ]
    .into_iter()
    .flatten();
    let (Some(credential), None) = (sources.next(), sources.next()) else {
        return Err(invalid(
            "app needs exactly one of secret_file, secret_environment, secret_command and certificate_file",
        ));
    };
    let tenant =
        app.tenant.parse().map_err(|_malformed| invalid("app.tenant must be your own tenant's GUID"))?;
    Ok(PartnerApp { client_id: app.client_id, tenant, credential })
}

/// An origin: scheme, host and perhaps a port, nothing behind it.
fn origin(path: &Path, text: &str) -> Result<String, SettingsError> {
    url::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host() && matches!(url.path(), "" | "/"))
        .map(|url| url.origin().ascii_serialization())
        .ok_or_else(|| SettingsError::Invalid {
            path: path.into(),
            what: Text::of(format_args!(
                "addresses: \"{text}\" is not an origin like https://graph.microsoft.com or http://127.0.0.1:8443"
            )),
        })
}
