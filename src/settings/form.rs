//! The forms that values of settings have: read from words or from the file, checked, and shown again without secrets.
//!
//! The same words refuse a value wherever it comes from. A refusal quotes no value that may hold a secret.

mod rows;

use std::{path::PathBuf, time::Duration};

use url::Url;
use uuid::Uuid;

use crate::domain::{
    id::TenantId,
    permission::SetName,
    text::Text,
    time::Moment,
    toml_reader::{TomlValue, texts},
};

pub(super) use self::rows::{Addresses, Permissions};
use super::{
    record::RecordUrl,
    setting::{InFile, Resolve},
};

/// A value that was read, or what is wrong with it, without a full stop.
pub(super) type Read<T> = Result<T, String>;

/// Values of the settings file, each with its line.
pub(super) type Lines<T> = Vec<(usize, Read<T>)>;

/// How values of type `T` are written. `name` is the setting's, for refusals.
pub(super) trait Form<T>: Sync {
    /// Reads one value out of one text. Relative paths are handed to `resolve`.
    fn of_text(&self, name: &str, text: &str, resolve: Resolve<'_>) -> Read<T>;

    /// As `backup365 settings` shows it.
    fn show(&self, value: &T) -> String;

    /// The words that a value may be; none: others than words.
    fn choices(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Whether a value is a path.
    fn is_path(&self) -> bool {
        false
    }

    /// What a variable or a flag says, as texts of one value each; only a list has several.
    fn split<'w>(&self, words: &'w str) -> Vec<&'w str> {
        vec![words]
    }

    /// Reads what the file says. What is wrong about the shape of a list is noted in the reader.
    fn of_toml(&self, name: &str, value: &TomlValue<'_>, file: &mut InFile<'_, '_>) -> Lines<T> {
        let text = value.get_ref().as_str().ok_or_else(|| must_be(name, "text in quotes"));
        let read = text.and_then(|text| self.of_text(name, text, file.resolve));
        vec![(file.toml.line(&value.span()), read)]
    }
}

/// Says what a value must be.
fn must_be(name: &str, what: &str) -> String {
    format!("{name} must be {what}")
}

/// A value that is one text.
pub(super) struct Plain<T> {
    /// What it must be.
    what: &'static str,
    read: fn(&str, Resolve<'_>) -> Option<T>,
    show: fn(&T) -> String,
    is_path: bool,
}

impl<T> Form<T> for Plain<T> {
    fn of_text(&self, name: &str, text: &str, resolve: Resolve<'_>) -> Read<T> {
        (self.read)(text, resolve).ok_or_else(|| must_be(name, self.what))
    }

    fn show(&self, value: &T) -> String {
        (self.show)(value)
    }

    fn is_path(&self) -> bool {
        self.is_path
    }
}

/// A GUID.
pub(super) const GUID: Plain<Uuid> = Plain {
    what: "a GUID like b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40",
    read: |text, _| Uuid::try_parse(text.trim()).ok(),
    show: Uuid::to_string,
    is_path: false,
};

/// The partner's own tenant: a GUID, other words for it.
pub(super) const OWN_TENANT: Plain<TenantId> = Plain {
    what: "your own tenant's GUID",
    read: |text, _| text.trim().parse().ok(),
    show: TenantId::to_string,
    is_path: false,
};

/// A file. It names no secret itself, only where one is.
pub(super) const FILE: Plain<PathBuf> = Plain {
    what: "the name of a file",
    read: |text, resolve| (!text.trim().is_empty()).then(|| resolve(text)),
    show: |path| path.display().to_string(),
    is_path: true,
};

/// A folder.
pub(super) const FOLDER: Plain<PathBuf> = Plain { what: "the name of a folder", ..FILE };

/// The name of an environment variable.
pub(super) const VARIABLE: Plain<String> = Plain {
    what: "the name of an environment variable, not the secret itself",
    read: |text, _| is_variable(text.trim()).then(|| text.trim().to_owned()),
    show: String::clone,
    is_path: false,
};

/// A name that people read.
pub(super) const NAME: Plain<Text> = Plain {
    what: "a name",
    read: |text, _| Some(Text::clean(text.trim())).filter(|name| !name.is_empty()),
    show: Text::to_string,
    is_path: false,
};

/// The name of an entry of the system's keyring.
pub(super) const ENTRY: Plain<String> = Plain {
    what: "the name of an entry of the keyring, not the secret itself",
    read: |text, _| {
        let name = text.trim();
        let is_name = !name.is_empty() && name.len() <= 100 && !name.chars().any(char::is_control);
        is_name.then(|| name.to_owned())
    },
    show: String::clone,
    is_path: false,
};

/// The last day of something; it is over when that day begins in UTC, so that nobody is told too late.
pub(super) const DAY_OF_EXPIRY: Plain<Moment> = Plain {
    what: "a day like 2027-03-31",
    read: |text, _| Moment::parse(&format!("{}T00:00:00Z", text.trim())),
    show: |day| day.to_string().split('T').next().unwrap_or_default().to_owned(),
    is_path: false,
};

/// The address of a database, shown without its password.
pub(super) const DATABASE: Plain<RecordUrl> = Plain {
    what: "an address like postgres://backup365@db.example.com/backup365",
    read: |text, _| RecordUrl::of(text),
    show: RecordUrl::to_string,
    is_path: false,
};

/// A page that a browser can be led to.
pub(super) const PAGE: Plain<String> = Plain {
    what: "an address like https://www.example.com/done",
    read: |text, _| {
        let url = Url::parse(text.trim()).ok()?;
        (matches!(url.scheme(), "https" | "http") && url.has_host()).then(|| text.trim().to_owned())
    },
    show: |page| shown_address(page),
    is_path: false,
};

/// A program and its arguments; the program only is shown.
pub(super) struct Program;

impl Program {
    /// Words of which the first names a program.
    fn checked(name: &str, words: Vec<String>) -> Read<Vec<String>> {
        match words.first() {
            Some(program) if !program.trim().is_empty() => Ok(words),
            _ => Err(format!("{name} must name a program")),
        }
    }
}

impl Form<Vec<String>> for Program {
    fn of_text(&self, name: &str, text: &str, _: Resolve<'_>) -> Read<Vec<String>> {
        Self::checked(name, split_command(name, text)?)
    }

    fn show(&self, words: &Vec<String>) -> String {
        let more = if words.len() > 1 { " …" } else { "" };
        format!("{}{more}", words.first().map_or("", String::as_str))
    }

    fn of_toml(&self, name: &str, value: &TomlValue<'_>, file: &mut InFile<'_, '_>) -> Lines<Vec<String>> {
        let words = texts(value.get_ref())
            .ok_or_else(|| must_be(name, "a list of texts like [\"program\", \"argument\"]"));
        vec![(file.toml.line(&value.span()), words.and_then(|words| Self::checked(name, words)))]
    }
}

/// One of a few words, each with the value that it stands for.
pub(super) struct Choice<T: 'static>(pub(super) &'static [(&'static str, T)]);

impl<T: Copy + PartialEq + Sync> Form<T> for Choice<T> {
    fn of_text(&self, name: &str, text: &str, _: Resolve<'_>) -> Read<T> {
        let chosen = self.0.iter().find(|(word, _)| *word == text.trim());
        chosen.map(|(_, value)| *value).ok_or_else(|| must_be(name, &any_of(&self.choices())))
    }

    fn show(&self, value: &T) -> String {
        self.0.iter().filter(|(_, known)| known == value).map(|(word, _)| *word).collect()
    }

    fn choices(&self) -> Vec<&'static str> {
        self.0.iter().map(|(word, _)| *word).collect()
    }
}

/// The name of a set of permissions.
pub(super) struct SetOfPermissions;

impl Form<SetName> for SetOfPermissions {
    fn of_text(&self, name: &str, text: &str, _: Resolve<'_>) -> Read<SetName> {
        SetName::of_word(text.trim()).ok_or_else(|| must_be(name, &any_of(&self.choices())))
    }

    fn show(&self, set: &SetName) -> String {
        set.word().to_owned()
    }

    fn choices(&self) -> Vec<&'static str> {
        SetName::all().map(SetName::word).collect()
    }
}

/// A whole number in this range.
pub(super) struct Whole(pub(super) u8, pub(super) u8);

impl Form<u8> for Whole {
    fn of_text(&self, name: &str, text: &str, _: Resolve<'_>) -> Read<u8> {
        let number = text.trim().parse().ok().filter(|number| (self.0..=self.1).contains(number));
        number.ok_or_else(|| must_be(name, &format!("a whole number from {} to {}", self.0, self.1)))
    }

    fn show(&self, number: &u8) -> String {
        number.to_string()
    }

    fn of_toml(&self, name: &str, value: &TomlValue<'_>, file: &mut InFile<'_, '_>) -> Lines<u8> {
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok());
        let words = number.map(|number| number.to_string()).unwrap_or_default();
        vec![(file.toml.line(&value.span()), self.of_text(name, &words, file.resolve))]
    }
}

/// Units of sizes, and the bytes of one.
const SIZES: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// Units of times, and the seconds of one.
const TIMES: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Bytes in this range, written like "4 MiB".
pub(super) struct Size(pub(super) u64, pub(super) u64);

impl Form<u64> for Size {
    fn of_text(&self, name: &str, text: &str, _: Resolve<'_>) -> Read<u64> {
        let size = counted(text.trim(), &SIZES).filter(|size| (self.0..=self.1).contains(size));
        let (least, most) = (self.show(&self.0), self.show(&self.1));
        size.ok_or_else(|| must_be(name, &format!("a size from {least} to {most}, like \"4 MiB\"")))
    }

    fn show(&self, bytes: &u64) -> String {
        in_units(*bytes, &SIZES, " ").unwrap_or_else(|| format!("{bytes} bytes"))
    }
}

/// A time up to this one, written like "15m".
pub(super) struct Wait(pub(super) Duration);

impl Form<Duration> for Wait {
    fn of_text(&self, name: &str, text: &str, _: Resolve<'_>) -> Read<Duration> {
        let time = counted(text.trim(), &TIMES).map(Duration::from_secs).filter(|time| *time <= self.0);
        let most = self.show(&self.0);
        time.ok_or_else(|| must_be(name, &format!("a time up to {most}, like \"90s\", \"15m\" or \"2h\"")))
    }

    fn show(&self, time: &Duration) -> String {
        in_units(time.as_secs(), &TIMES, "").unwrap_or_else(|| "0s".into())
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

/// Reads "4 MiB" or "15m": a whole number and a unit. Nothing needs no unit.
fn counted(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text.strip_suffix(digits)?.parse().ok()?;
    let unit = digits.trim();
    let each = match units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) {
        Some((_, each)) => *each,
        None if unit.is_empty() && number == 0 => 1,
        None => return None,
    };
    number.checked_mul(each)
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

#[cfg(test)]
mod tests;
