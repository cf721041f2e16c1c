//! One value of a setting: read from words, checked, and shown again without what nobody should read.
//!
//! The same words refuse it wherever it comes from. A refusal quotes no value that may hold a secret.

use std::{fmt, path::PathBuf, time::Duration};

use url::{Host, Url};
use uuid::Uuid;

use crate::domain::{id::TenantId, text::Text};

use super::{
    table::{Kind, Setting},
    values::ExtraPermission,
};

/// A value that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Guid(Uuid),
    Tenant(TenantId),
    Path(PathBuf),
    /// The name of a variable.
    Name(String),
    Command(Vec<String>),
    Page(String),
    Choice(&'static str),
    Number(u64),
    /// Bytes.
    Size(u64),
    Wait(Duration),
    /// An origin and the one that stands for it.
    Address(String, String),
    Permission(ExtraPermission),
}

/// Units of sizes, and the bytes of one.
const SIZES: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// Units of times, and the seconds of one.
const TIMES: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Reads what a variable or a flag says; a list may bring several values. Relative paths are handed to `path`.
///
/// # Errors
/// What is wrong, without a full stop.
pub(super) fn of_words(
    setting: &Setting,
    words: &str,
    path: &dyn Fn(&str) -> PathBuf,
) -> Result<Vec<Value>, String> {
    let name = setting.name;
    match setting.kind {
        Kind::Command => Ok(vec![command(name, split_command(name, words)?)?]),
        Kind::Addresses => words.split_whitespace().map(pair).collect(),
        Kind::Permissions => {
            words.split(';').map(str::trim).filter(|row| !row.is_empty()).map(columns).collect()
        }
        Kind::Number(..) => {
            let number = words.trim().parse().map_err(|_malformed| must_be(setting))?;
            Ok(vec![self::number(setting, number)?])
        }
        _ => Ok(vec![of_text(setting, words, path)?]),
    }
}

/// Reads a value that the file writes as one text.
///
/// # Errors
/// What is wrong, without a full stop.
pub(super) fn of_text(
    setting: &Setting,
    text: &str,
    path: &dyn Fn(&str) -> PathBuf,
) -> Result<Value, String> {
    let trimmed = text.trim();
    let read = match setting.kind {
        Kind::Guid => return guid(setting.name, text),
        Kind::Tenant => trimmed.parse().ok().map(Value::Tenant),
        Kind::File | Kind::Folder if trimmed.is_empty() => None,
        Kind::File | Kind::Folder => Some(Value::Path(path(text))),
        Kind::Variable => is_variable(trimmed).then(|| Value::Name(trimmed.to_owned())),
        Kind::Page => Url::parse(trimmed)
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
            .map(|_page| Value::Page(trimmed.to_owned())),
        Kind::Choice(choices) => choices.iter().find(|choice| **choice == trimmed).map(|c| Value::Choice(c)),
        Kind::Size(least, most) => counted(trimmed, &SIZES, least, most).map(Value::Size),
        Kind::Wait(most) => {
            counted(trimmed, &TIMES, 0, most).map(|seconds| Value::Wait(Duration::from_secs(seconds)))
        }
        // These are no single text; the file is told so before it comes here.
        Kind::Number(..) | Kind::Command | Kind::Addresses | Kind::Permissions => None,
    };
    read.ok_or_else(|| must_be(setting))
}

/// Reads a whole number.
///
/// # Errors
/// It is not in its range.
pub(super) fn number(setting: &Setting, number: u64) -> Result<Value, String> {
    match setting.kind {
        Kind::Number(least, most) if (least..=most).contains(&number) => Ok(Value::Number(number)),
        _ => Err(must_be(setting)),
    }
}

/// Reads a GUID.
///
/// # Errors
/// It is none.
pub(super) fn guid(name: &str, text: &str) -> Result<Value, String> {
    Uuid::try_parse(text.trim())
        .map(Value::Guid)
        .map_err(|_malformed| format!("{name} must be a GUID like b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40"))
}

/// Reads a program and its arguments.
///
/// # Errors
/// No program is named.
pub(super) fn command(name: &str, words: Vec<String>) -> Result<Value, String> {
    match words.first() {
        Some(program) if !program.trim().is_empty() => Ok(Value::Command(words)),
        _ => Err(format!("{name} must name a program")),
    }
}

/// Reads an origin and the one that stands for it: an address on this computer, written as a number, so that no name is
/// looked up.
///
/// # Errors
/// One of them is no origin, or the second does not lead to this computer.
pub(super) fn address(from: &str, to: &str) -> Result<Value, String> {
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
    Ok(Value::Address(from.origin().ascii_serialization(), to.origin().ascii_serialization()))
}

/// Reads a row of the permission table.
///
/// # Errors
/// The role is no GUID.
pub(super) fn permission(value: &str, role: &str, reason: &str) -> Result<Value, String> {
    let Value::Guid(role) = guid("permissions.role", role)? else { return Err(String::new()) };
    Ok(Value::Permission(ExtraPermission { value: Text::clean(value), role, reason: Text::clean(reason) }))
}

/// `FROM=TO`.
fn pair(words: &str) -> Result<Value, String> {
    let (from, to) = words.split_once('=').ok_or(
        "addresses must be pairs like https://graph.microsoft.com=http://127.0.0.1:8443, with blanks between them",
    )?;
    address(from, to)
}

/// `VALUE=ROLE=REASON`.
fn columns(words: &str) -> Result<Value, String> {
    let mut columns = words.splitn(3, '=').map(str::trim).filter(|column| !column.is_empty());
    match (columns.next(), columns.next(), columns.next()) {
        (Some(value), Some(role), Some(reason)) => permission(value, role, reason),
        _ => Err("permissions must be rows like Tasks.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Back up To Do \
                  lists, with ; between them"
            .into()),
    }
}

/// Splits a command into words at blanks; single or double quotes keep what is between them together. Nothing else has
/// a meaning: no shell reads it, and a backslash is a letter of a path.
///
/// # Errors
/// A quote is not closed; `name` says where.
pub fn split_command(name: &str, line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(format!("{name} has a quote that is not closed"));
    }
    words.extend(word);
    Ok(words)
}

/// What a value must be, in words.
fn must_be(setting: &Setting) -> String {
    let what = match setting.kind {
        Kind::Guid => "a GUID".into(),
        Kind::Tenant => "your own tenant's GUID".into(),
        Kind::File => "the name of a file".into(),
        Kind::Folder => "the name of a folder".into(),
        Kind::Variable => "the name of an environment variable, not the secret itself".into(),
        Kind::Command => "a program and its arguments".into(),
        Kind::Page => "an address like https://www.example.com/done".into(),
        Kind::Choice(choices) => any_of(choices),
        Kind::Number(least, most) => format!("a whole number from {least} to {most}"),
        Kind::Size(least, most) => {
            format!("a size from {} to {}, like \"4 MiB\"", Value::Size(least), Value::Size(most))
        }
        Kind::Wait(most) => {
            let most = Value::Wait(Duration::from_secs(most));
            format!("a time up to {most}, like \"90s\", \"15m\" or \"2h\"")
        }
        Kind::Addresses => "pairs of addresses".into(),
        Kind::Permissions => "rows of the permission table".into(),
    };
    format!("{} must be {what}", setting.name)
}

/// "auto, always or never".
fn any_of(choices: &[&str]) -> String {
    match choices.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => choices.concat(),
    }
}

/// Whether a variable can have this name. A secret that stands here by mistake seldom looks like one.
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Reads "4 MiB" or "15m": a whole number and a unit, together in a range. Nothing needs no unit.
fn counted(text: &str, units: &[(&str, u64)], least: u64, most: u64) -> Option<u64> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text.strip_suffix(digits)?.parse().ok()?;
    let unit = digits.trim();
    let each = match units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) {
        Some((_, each)) => *each,
        None if unit.is_empty() && number == 0 => 1,
        None => return None,
    };
    number.checked_mul(each).filter(|all| (least..=most).contains(all))
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

/// An address without what may be a secret in it: account, password, query and fragment.
fn shown_address(text: &str) -> String {
    let text = text.trim();
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (address, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let mark = rest.chars().next();
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let slashes = if scheme.is_empty() { "" } else { "://" };
    let rest = rest.rsplit_once('@').map_or_else(|| rest.to_owned(), |(_, host)| format!("…@{host}"));
    let hidden = mark.map(|mark| format!("{mark}…")).unwrap_or_default();
    format!("{scheme}{slashes}{rest}{hidden}")
}

/// "4 MiB", "15m": the largest unit that leaves nothing over.
fn in_units(number: u64, units: &[(&str, u64)], gap: &str) -> Option<String> {
    let (unit, each) = units.iter().find(|(_, each)| number > 0 && number.is_multiple_of(*each))?;
    Some(format!("{}{gap}{unit}", number / each))
}

impl fmt::Display for Value {
    /// As `backup365 settings` shows it: of a command the program only, of an address nothing secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guid(guid) => write!(f, "{guid}"),
            Self::Tenant(tenant) => write!(f, "{tenant}"),
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Name(words) => write!(f, "{words}"),
            Self::Command(words) => {
                let more = if words.len() > 1 { " …" } else { "" };
                write!(f, "{}{more}", words.first().map_or("", String::as_str))
            }
            Self::Page(page) => write!(f, "{}", shown_address(page)),
            Self::Choice(word) => write!(f, "{word}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Size(bytes) => match in_units(*bytes, &SIZES, " ") {
                Some(words) => write!(f, "{words}"),
                None => write!(f, "{bytes} bytes"),
            },
            Self::Wait(wait) => match in_units(wait.as_secs(), &TIMES, "") {
                Some(words) => write!(f, "{words}"),
                None => write!(f, "0s"),
            },
            Self::Address(from, to) => write!(f, "{from}={to}"),
            Self::Permission(row) => write!(f, "{}={}={}", row.value, row.role, row.reason),
        }
    }
}

#[cfg(test)]
mod tests;
