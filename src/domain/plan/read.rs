//! TOML to a plan: all mistakes at once, each with its line; keys that do not exist with the nearest that does.

mod row;

use std::{collections::BTreeMap, fmt, ops::Range, path::Path};

use toml::{Spanned, de::DeTable};

use super::{MAX_ROWS, Mistake, Place, Plan, Row, VERSION};
use crate::domain::{
    customer::Product,
    text::Text,
    toml_reader::{TomlFault, TomlReader, TomlValue, get},
};

/// Keys at the top of the file.
const TOP: &[&str] = &["version", "defaults", "customer"];

/// Keys of a row that may also stand in `[defaults]`.
const SHARED: &[&str] = &[
    "product",
    "users",
    "include_kinds",
    "max_seats",
    "ceiling",
    "without_sweeper",
    "server",
    "account",
    "password_file",
    "password_environment",
    "password_command",
    "directory",
];

/// Keys that belong to one customer.
const OWN: &[&str] = &[
    "customer",
    "tenant",
    "same_organisation_as",
    "domain_belongs_elsewhere",
    "exclude",
    "mailbox",
    "mail_domains",
    "mailboxes",
];

/// The three ways to a password: exactly one.
const PASSWORDS: [&str; 3] = ["password_file", "password_environment", "password_command"];

/// Reads one plan file; `file` is its name in words, `folder` where relative paths in it start.
///
/// # Errors
/// Every mistake of the file, in the order of its lines.
pub fn read(file: &Text, folder: &Path, text: &str) -> Result<Plan, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { file, folder, toml: TomlReader::new(text) };
    for error in &errors {
        reader.wrong(&error.span().unwrap_or_default(), format_args!("{}.", error.message()));
    }
    if !errors.is_empty() {
        return Err(reader.done()); // what was read besides may be half of what stands there
    }
    let plan = reader.plan(table.get_ref());
    let mistakes = reader.done();
    if mistakes.is_empty() { Ok(plan) } else { Err(mistakes) }
}

/// A row's table, with the defaults of the file behind it.
struct Section<'a, 'i> {
    own: &'a DeTable<'i>,
    shared: Option<&'a DeTable<'i>>,
    /// Where the row begins.
    span: Range<usize>,
}

impl<'a, 'i> Section<'a, 'i> {
    /// What stands behind a key, in the row or else in the defaults.
    fn get(&self, key: &str) -> Option<&'a TomlValue<'i>> {
        get(self.own, key).or_else(|| self.shared.and_then(|shared| get(shared, key)))
    }

    /// Whether the row itself has the key.
    fn has(&self, key: &str) -> bool {
        self.own.keys().any(|known| known.get_ref() == key)
    }
}

/// Reads, and keeps what is wrong.
struct Reader<'a> {
    file: &'a Text,
    folder: &'a Path,
    toml: TomlReader<'a>,
}

impl Reader<'_> {
    fn done(self) -> Vec<Mistake> {
        let file = self.file;
        let mistake = |line, what| Mistake { place: Place { file: file.clone(), line }, what };
        let mut mistakes: Vec<_> = self
            .toml
            .mistakes()
            .into_iter()
            .map(|toml| match toml.fault {
                TomlFault::Unusable(what) => mistake(toml.line, what),
                TomlFault::UnknownKey { key, nearest } => mistake(toml.line, unknown(&key, nearest)),
            })
            .collect();
        mistakes.sort();
        mistakes.dedup();
        mistakes
    }

    fn place(&self, span: &Range<usize>) -> Place {
        Place { file: self.file.clone(), line: self.toml.line(span) }
    }

    fn wrong(&mut self, span: &Range<usize>, what: fmt::Arguments<'_>) {
        self.toml.wrong(span, what);
    }

    fn plan(&mut self, top: &DeTable<'_>) -> Plan {
        self.toml.knows(top, TOP.iter().copied());
        self.version(get(top, "version"));
        let shared = get(top, "defaults").and_then(|value| self.defaults(value));
        let rows = match get(top, "customer") {
            None => {
                self.wrong(
                    &(0..0),
                    format_args!("There is no customer. Add rows, each begun by [[customer]]."),
                );
                Vec::new()
            }
            Some(value) => self.rows(value, shared),
        };
        self.are_once(&rows);
        Plan { rows }
    }

    fn version(&mut self, value: Option<&TomlValue<'_>>) {
        let number =
            value.and_then(|value| value.get_ref().as_integer()).and_then(|n| n.as_str().parse::<i64>().ok());
        let span = value.map(Spanned::span).unwrap_or_default();
        match (value, number) {
            (_, Some(VERSION)) => {}
            (None, _) => self.wrong(
                &span,
                format_args!("The version is missing. Write version = {VERSION} in the first line."),
            ),
            (Some(_), Some(other)) => self.wrong(
                &span,
                format_args!(
                    "This program reads plans of version {VERSION}, not {other}. Update it, or mend the line."
                ),
            ),
            (Some(_), None) => self.wrong(&span, format_args!("version must be the number {VERSION}.")),
        }
    }

    fn defaults<'t, 'i>(&mut self, value: &'t TomlValue<'i>) -> Option<&'t DeTable<'i>> {
        let table = self.toml.table(value, format_args!("defaults must be a table, written [defaults]."))?;
        for key in table.keys().filter(|key| OWN.contains(&key.get_ref().as_ref())) {
            let words =
                format_args!("{} belongs to one customer. Write it into the customer's row.", key.get_ref());
            self.wrong(&key.span(), words);
        }
        self.toml.knows(table, SHARED.iter().chain(OWN).copied());
        Some(table)
    }

    fn rows<'i>(&mut self, value: &TomlValue<'i>, shared: Option<&DeTable<'i>>) -> Vec<Row> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(&value.span(), format_args!("customer must be rows, each begun by [[customer]]."));
            return Vec::new();
        };
        if list.len() > MAX_ROWS {
            self.wrong(
                &value.span(),
                format_args!("A plan has at most {MAX_ROWS} customers. Make several plans of it."),
            );
            return Vec::new();
        }
        let mut rows = Vec::with_capacity(list.len());
        for row in list {
            let must_be = format_args!("A customer must be a table, written [[customer]].");
            if let Some(own) = self.toml.table(row, must_be) {
                self.toml.knows(own, OWN.iter().chain(SHARED).copied());
                let section = Section { own, shared, span: row.span() };
                rows.push(self.row(&section));
            }
        }
        rows
    }

    /// No customer stands in the plan twice with the same product.
    fn are_once(&mut self, rows: &[Row]) {
        let mut seen: BTreeMap<(String, Option<Product>), usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| !row.customer.is_empty()) {
            let first = *seen.entry((row.customer.to_lowercase(), row.product)).or_insert(row.place.line);
            if first != row.place.line {
                let words = format_args!(
                    "{} stands in line {first} already. Keep one of the two rows.",
                    row.customer
                );
                self.toml.wrong_line(row.place.line, words);
            }
        }
    }
}

/// What is said about a key that does not exist.
fn unknown(key: &Text, nearest: Option<&str>) -> Text {
    if key.as_str() == "password" {
        return Text::from(
            "A password never stands in a plan. Name where it comes from with password_file, password_environment or \
             password_command, and change this password if the plan was shared.",
        );
    }
    let way = if nearest.is_some() { did_you_mean(nearest) } else { " Remove it.".to_owned() };
    Text::of(format_args!("There is no key \"{key}\".{way}"))
}

/// The end of a sentence about a word that does not exist.
fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |near| format!(" Did you mean \"{near}\"?"))
}

/// Every key of a row.
#[cfg(test)]
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    OWN.iter().chain(SHARED).copied()
}
