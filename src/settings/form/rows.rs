//! Settings that are several rows: pairs of addresses, and permissions beside those that every customer is asked for.

use url::{Host, Url};
use uuid::Uuid;

use super::{Form, GUID, Lines, Read, must_be, shown_address};
use crate::{
    domain::{
        text::Text,
        toml_reader::{TomlValue, get},
    },
    settings::{
        setting::{InFile, Resolve},
        values::ExtraPermission,
    },
};

/// Origins, each with an address on this computer that stands for it.
pub(in crate::settings) struct Addresses;

impl Form<(String, String)> for Addresses {
    fn of_text(&self, name: &str, text: &str, _: Resolve<'_>) -> Read<(String, String)> {
        let what = "pairs like https://graph.microsoft.com=http://127.0.0.1:8443, with blanks between them";
        let (from, to) = text.split_once('=').ok_or_else(|| must_be(name, what))?;
        address(from, to)
    }

    fn show(&self, (from, to): &(String, String)) -> String {
        format!("{from}={to}")
    }

    fn split<'w>(&self, words: &'w str) -> Vec<&'w str> {
        words.split_whitespace().collect()
    }

    fn of_toml(
        &self,
        name: &str,
        value: &TomlValue<'_>,
        file: &mut InFile<'_, '_>,
    ) -> Lines<(String, String)> {
        let table = file.toml.table(value, format_args!("{name} must be a table, written [{name}]"));
        let pairs = table.into_iter().flatten();
        let pairs = pairs.map(|(from, to)| {
            let to = to.get_ref().as_str().ok_or_else(|| must_be("an address", "text in quotes"));
            (file.toml.line(&from.span()), to.and_then(|to| address(from.get_ref(), to)))
        });
        pairs.collect()
    }
}

/// Rows added to the permission table.
pub(in crate::settings) struct Permissions;

impl Permissions {
    /// Reads the role of a row.
    fn role(name: &str, role: &str, resolve: Resolve<'_>) -> Read<Uuid> {
        GUID.of_text(&format!("{name}.role"), role, resolve)
    }

    /// A row of the file; none where it can't be used, which is noted in the reader.
    fn row(name: &str, row: &TomlValue<'_>, file: &mut InFile<'_, '_>) -> Option<ExtraPermission> {
        let InFile { toml, resolve } = file;
        let table = toml.table(row, format_args!("{name} must be rows, written [[{name}]]"))?;
        // A column with a slip in its name is not missing as well.
        if !toml.knows(table, ["value", "role", "reason"]) {
            return None;
        }
        let mut column = |key| {
            let Some(value) = get(table, key) else {
                toml.wrong(&row.span(), format_args!("{name}.{key} is missing"));
                return None;
            };
            let text = value.get_ref().as_str();
            if text.is_none() {
                toml.wrong(&value.span(), format_args!("{name}.{key} must be text in quotes"));
            }
            text.map(|text| (text, value.span()))
        };
        let ((value, _), (role, at), (reason, _)) = (column("value")?, column("role")?, column("reason")?);
        match Self::role(name, role, *resolve) {
            Ok(role) => {
                Some(ExtraPermission { value: Text::clean(value), role, reason: Text::clean(reason) })
            }
            Err(what) => {
                toml.wrong(&at, format_args!("{what}"));
                None
            }
        }
    }
}

impl Form<ExtraPermission> for Permissions {
    fn of_text(&self, name: &str, text: &str, resolve: Resolve<'_>) -> Read<ExtraPermission> {
        let mut columns = text.splitn(3, '=').map(str::trim).filter(|column| !column.is_empty());
        let (Some(value), Some(role), Some(reason)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(must_be(
                name,
                "rows like Tasks.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Back up To Do lists, with ; between them",
            ));
        };
        let role = Self::role(name, role, resolve)?;
        Ok(ExtraPermission { value: Text::clean(value), role, reason: Text::clean(reason) })
    }

    fn show(&self, row: &ExtraPermission) -> String {
        format!("{}={}={}", row.value, row.role, row.reason)
    }

    fn split<'w>(&self, words: &'w str) -> Vec<&'w str> {
        words.split(';').map(str::trim).filter(|row| !row.is_empty()).collect()
    }

    fn of_toml(
        &self,
        name: &str,
        value: &TomlValue<'_>,
        file: &mut InFile<'_, '_>,
    ) -> Lines<ExtraPermission> {
        let Some(rows) = value.get_ref().as_array() else {
            file.toml.wrong(&value.span(), format_args!("{name} must be rows, written [[{name}]]"));
            return Vec::new();
        };
        let read = rows.iter().filter_map(|row| {
            let read = Self::row(name, row, file)?;
            Some((file.toml.line(&row.span()), Ok(read)))
        });
        read.collect()
    }
}

/// Reads an origin and the one that stands for it: an address on this computer, written as a number, so that no name is
/// looked up.
///
/// # Errors
/// One of them is no origin, or the second does not lead to this computer.
fn address(from: &str, to: &str) -> Result<(String, String), String> {
    let (from, to) = (origin(from)?, origin(to)?);
    let is_here = match to.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    if !is_here {
        return Err(format!(
            "\"{}\" does not lead to this computer; use one like http://127.0.0.1:8443",
            shown_address(to.as_str())
        ));
    }
    Ok((from.origin().ascii_serialization(), to.origin().ascii_serialization()))
}

/// An origin: scheme, host and perhaps a port, nothing behind it.
fn origin(text: &str) -> Result<Url, String> {
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
        format!(
            "\"{}\" is not an origin like https://graph.microsoft.com or http://127.0.0.1:8443",
            shown_address(text)
        )
    })
}
