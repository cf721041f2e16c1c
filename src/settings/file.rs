//! Shape of the settings file; unknown keys are refused with the nearest known name, every mistake with its line.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use url::{Host, Url};
use uuid::Uuid;

use crate::domain::{id::TenantId, text::Text};

use super::{
    Color, CredentialSource, ExtraPermission, Glyphs, PartnerApp, ScreenSettings, SettingsError, beside,
};

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

/// Reads the bytes of a settings file.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Read, SettingsError> {
    let text = std::str::from_utf8(bytes).map_err(|broken| {
        let line = line(bytes, broken.valid_up_to());
        SettingsError::Unreadable {
            path: path.into(),
            why: Text::of(format_args!("line {line} is not UTF-8 text")),
            hint: "Save it as UTF-8, then start again.",
        }
    })?;
    let file = File { path, text };
    let table = DeTable::parse(text).map_err(|error| {
        file.wrong(&error.span().unwrap_or_default(), format_args!("{}", error.message()))
    })?;
    let top = Section { file, name: "", table: table.get_ref(), span: table.span() };
    top.knows_its_keys()?;
    let (links, folders) = (top.table("links")?, top.table("folders")?);
    let done_page = links.map(|links| links.text("done_page")).transpose()?.flatten();
    let data = folders.map(|folders| folders.text("data")).transpose()?.flatten();
    Ok(Read {
        app: top.table("app")?.map(|app| partner(&app)).transpose()?,
        addresses: top.table("addresses")?.map(|table| addresses(&table)).transpose()?.unwrap_or_default(),
        done_page: done_page.map(|(page, span)| address(file, page, &span)).transpose()?,
        data: data.map(|(data, _)| beside(path, data)),
        screen: top.table("screen")?.map(|table| screen(&table)).transpose()?.unwrap_or_default(),
        permissions: top.rows("permissions")?.iter().map(permission).collect::<Result<_, _>>()?,
    })
}

/// Which line, from 1, a byte stands in.
fn line(bytes: &[u8], at: usize) -> usize {
    bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// The file, for words about it.
#[derive(Clone, Copy)]
struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    /// A mistake and where it stands.
    fn wrong(self, span: &Range<usize>, what: fmt::Arguments<'_>) -> SettingsError {
        SettingsError::Invalid {
            path: self.path.into(),
            line: line(self.text.as_bytes(), span.start),
            what: Text::of(what),
        }
    }
}

/// One table of the file.
struct Section<'a, 'i> {
    file: File<'a>,
    /// As in [`KEYS`].
    name: &'static str,
    table: &'a DeTable<'i>,
    /// Where it begins.
    span: Range<usize>,
}

impl<'a, 'i> Section<'a, 'i> {
    /// Refuses keys that do not exist, offering the nearest that does.
    fn knows_its_keys(&self) -> Result<(), SettingsError> {
        let Some((_, keys)) = KEYS.iter().find(|(table, _)| *table == self.name) else { return Ok(()) };
        // The first in the file, not in the alphabet.
        let unknown = self
            .table
            .keys()
            .filter(|key| !keys.contains(&key.get_ref().as_ref()))
            .min_by_key(|key| key.span().start);
        let Some(key) = unknown else { return Ok(()) };
        let nearest = keys
            .iter()
            .map(|known| (strsim::jaro_winkler(known, key.get_ref()), *known))
            .filter(|(likeness, _)| *likeness >= NEAR)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, known)| known.to_owned());
        Err(SettingsError::UnknownKey {
            path: self.file.path.into(),
            line: line(self.file.text.as_bytes(), key.span().start),
            key: Text::clean(key.get_ref()),
            nearest,
        })
    }

    /// What a person calls a key of this table.
    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// A value of the wrong kind.
    fn must_be(&self, key: &str, span: &Range<usize>, what: &str) -> SettingsError {
        self.file.wrong(span, format_args!("{} must be {what}", self.full(key)))
    }

    /// What stands behind a key.
    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.table.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| value)
    }

    /// A text.
    fn text(&self, key: &str) -> Result<Option<(&'a str, Range<usize>)>, SettingsError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some((text.as_ref(), value.span()))),
            _ => Err(self.must_be(key, &value.span(), "text in quotes")),
        }
    }

    /// A text that may not be missing.
    fn needed(&self, key: &str) -> Result<(&'a str, Range<usize>), SettingsError> {
        self.text(key)?
            .ok_or_else(|| self.file.wrong(&self.span, format_args!("{} is missing", self.full(key))))
    }

    /// A GUID that may not be missing.
    fn guid(&self, key: &str) -> Result<Uuid, SettingsError> {
        let (text, span) = self.needed(key)?;
        Uuid::try_parse(text.trim()).map_err(|_malformed| {
            self.must_be(key, &span, "a GUID like b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40")
        })
    }

    /// A program and its arguments.
    fn command(&self, key: &str) -> Result<Option<Vec<String>>, SettingsError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let words: Option<Vec<String>> = value
            .get_ref()
            .as_array()
            .and_then(|list| list.iter().map(|word| word.get_ref().as_str().map(str::to_owned)).collect());
        match words {
            Some(words) if words.first().is_some_and(|program| !program.trim().is_empty()) => Ok(Some(words)),
            Some(_) => {
                Err(self.file.wrong(&value.span(), format_args!("{} must name a program", self.full(key))))
            }
            None => Err(self.must_be(key, &value.span(), "a list of texts like [\"program\", \"argument\"]")),
        }
    }

    /// A table inside this one, with keys that all exist.
    fn table(&self, key: &'static str) -> Result<Option<Section<'a, 'i>>, SettingsError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.must_be(key, &value.span(), &format!("a table, written [{key}]")));
        };
        let section = Section { file: self.file, name: key, table, span: value.span() };
        section.knows_its_keys()?;
        Ok(Some(section))
    }

    /// Rows inside this table, with keys that all exist.
    fn rows(&self, key: &'static str) -> Result<Vec<Section<'a, 'i>>, SettingsError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = |span: &Range<usize>| self.must_be(key, span, &format!("rows, written [[{key}]]"));
        let rows = value.get_ref().as_array().ok_or_else(|| wrong(&value.span()))?;
        rows.iter()
            .map(|row| {
                let table = row.get_ref().as_table().ok_or_else(|| wrong(&row.span()))?;
                let section = Section { file: self.file, name: key, table, span: row.span() };
                section.knows_its_keys()?;
                Ok(section)
            })
            .collect()
    }
}

/// The application: exactly one source of the credential.
fn partner(app: &Section<'_, '_>) -> Result<PartnerApp, SettingsError> {
    let path = app.file.path;
    let client_id = app.guid("client_id")?;
    let (tenant, span) = app.needed("tenant")?;
    let tenant: TenantId =
        tenant.parse().map_err(|_malformed| app.must_be("tenant", &span, "your own tenant's GUID"))?;
    let mut sources = [
        app.text("secret_file")?.map(|(file, _)| CredentialSource::SecretFile(beside(path, file))),
        app.text("secret_environment")?.map(|(name, _)| CredentialSource::SecretEnvironment(name.to_owned())),
        app.command("secret_command")?.map(CredentialSource::SecretCommand),
        app.text("certificate_file")?.map(|(file, _)| CredentialSource::CertificateFile(beside(path, file))),
    ]
    .into_iter()
    .flatten();
    let (Some(credential), None) = (sources.next(), sources.next()) else {
        return Err(app.file.wrong(
            &app.span,
            format_args!(
                "app needs exactly one of secret_file, secret_environment, secret_command and certificate_file"
            ),
        ));
    };
    Ok(PartnerApp { client_id, tenant, credential })
}

/// How the screen is drawn.
fn screen(table: &Section<'_, '_>) -> Result<ScreenSettings, SettingsError> {
    let mut screen = ScreenSettings::default();
    if let Some((word, span)) = table.text("color")? {
        screen.color = match word {
            "auto" => Color::Auto,
            "always" => Color::Always,
            "never" => Color::Never,
            _ => return Err(table.must_be("color", &span, "auto, always or never")),
        };
    }
    if let Some((word, span)) = table.text("glyphs")? {
        screen.glyphs = match word {
            "auto" => Glyphs::Auto,
            "ascii" => Glyphs::Ascii,
            "unicode" => Glyphs::Unicode,
            _ => return Err(table.must_be("glyphs", &span, "auto, ascii or unicode")),
        };
    }
    Ok(screen)
}

/// A row that settings add to the permission table.
fn permission(row: &Section<'_, '_>) -> Result<ExtraPermission, SettingsError> {
    Ok(ExtraPermission {
        value: Text::clean(row.needed("value")?.0),
        role: row.guid("role")?,
        reason: Text::clean(row.needed("reason")?.0),
    })
}

/// Origins and what stands for them: an address on this computer, written as a number, so that no name is looked up.
fn addresses(table: &Section<'_, '_>) -> Result<Vec<(String, String)>, SettingsError> {
    let mut addresses = Vec::new();
    for (from, to) in table.table {
        let span = from.span();
        let from = origin(table.file, from.get_ref(), &span)?;
        let Some(text) = to.get_ref().as_str() else {
            return Err(table.file.wrong(&span, format_args!("an address must be text in quotes")));
        };
        let to = origin(table.file, text, &span)?;
        let is_here = match to.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(_)) | None => false,
        };
        if !is_here {
            return Err(table.file.wrong(
                &span,
                format_args!("\"{text}\" does not lead to this computer; use one like http://127.0.0.1:8443"),
            ));
        }
        addresses.push((from.origin().ascii_serialization(), to.origin().ascii_serialization()));
    }
    Ok(addresses)
}

/// An origin: scheme, host and perhaps a port, nothing behind it.
fn origin(file: File<'_>, text: &str, span: &Range<usize>) -> Result<Url, SettingsError> {
    let is_origin = |url: &Url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    Url::parse(text).ok().filter(is_origin).ok_or_else(|| {
        file.wrong(
            span,
            format_args!(
                "\"{text}\" is not an origin like https://graph.microsoft.com or http://127.0.0.1:8443"
            ),
        )
    })
}

/// A page that a browser can be led to.
fn address(file: File<'_>, text: &str, span: &Range<usize>) -> Result<String, SettingsError> {
    let is_page = |url: &Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    match Url::parse(text).ok().filter(is_page) {
        Some(_) => Ok(text.to_owned()),
        None => Err(file.wrong(
            span,
            format_args!("links.done_page must be an address like https://www.example.com/done"),
        )),
    }
}
