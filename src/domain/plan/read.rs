//! TOML to a plan: all mistakes at once, each with its line; keys that do not exist with the nearest that does.

mod row;

use std::{collections::BTreeMap, fmt, ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{MAX_ROWS, Mistake, Place, Plan, Row, VERSION};
use crate::domain::{customer::Product, nearest::nearest, text::Text};

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
const OWN: &[&str] = &["customer", "tenant", "exclude", "mailbox", "mail_domains", "mailboxes"];

/// The three ways to a password: exactly one.
const PASSWORDS: [&str; 3] = ["password_file", "password_environment", "password_command"];

/// A value and where it stands.
type Value<'i> = Spanned<DeValue<'i>>;

/// Reads one plan file; `file` is its name in words, `folder` where relative paths in it start.
///
/// # Errors
/// Every mistake of the file, in the order of its lines.
pub fn read(file: &Text, folder: &Path, text: &str) -> Result<Plan, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { file, folder, text, mistakes: Vec::new() };
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
    fn get(&self, key: &str) -> Option<&'a Value<'i>> {
        let find = |table: &'a DeTable<'i>| {
            table.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| value)
        };
        find(self.own).or_else(|| self.shared.and_then(find))
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
    text: &'a str,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn done(mut self) -> Vec<Mistake> {
        self.mistakes.sort();
        self.mistakes.dedup();
        self.mistakes
    }

    fn place(&self, span: &Range<usize>) -> Place {
        let line = self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
        Place { file: self.file.clone(), line }
    }

    fn wrong(&mut self, span: &Range<usize>, what: fmt::Arguments<'_>) {
        let place = self.place(span);
        self.mistakes.push(Mistake::at(&place, what));
    }

    fn plan(&mut self, top: &DeTable<'_>) -> Plan {
        self.knows(top, &[TOP]);
        let get = |key: &str| top.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| value);
        self.version(get("version"));
        let shared = get("defaults").and_then(|value| self.defaults(value));
        let rows = match get("customer") {
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

    fn version(&mut self, value: Option<&Value<'_>>) {
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

    fn defaults<'t, 'i>(&mut self, value: &'t Value<'i>) -> Option<&'t DeTable<'i>> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(&value.span(), format_args!("defaults must be a table, written [defaults]."));
            return None;
        };
        for key in table.keys().filter(|key| OWN.contains(&key.get_ref().as_ref())) {
            let words =
                format_args!("{} belongs to one customer. Write it into the customer's row.", key.get_ref());
            self.wrong(&key.span(), words);
        }
        self.knows(table, &[SHARED, OWN]);
        Some(table)
    }

    fn rows<'i>(&mut self, value: &Value<'i>, shared: Option<&DeTable<'i>>) -> Vec<Row> {
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
            match row.get_ref().as_table() {
                Some(own) => {
                    self.knows(own, &[OWN, SHARED]);
                    let section = Section { own, shared, span: row.span() };
                    rows.push(self.row(&section));
                }
                None => {
                    self.wrong(
                        &row.span(),
                        format_args!("A customer must be a table, written [[customer]]."),
                    );
                }
            }
        }
        rows
    }

    /// Refuses keys that do not exist, offering the nearest that does.
    fn knows(&mut self, table: &DeTable<'_>, known: &[&[&str]]) {
        for key in table.keys() {
            let word = key.get_ref().as_ref();
            if known.iter().any(|keys| keys.contains(&word)) {
                continue;
            }
            if word == "password" {
                self.wrong(
                    &key.span(),
                    format_args!(
                        "A password never stands in a plan. Name where it comes from with password_file, \
                         password_environment or password_command, and change this password if the plan was shared."
                    ),
                );
                continue;
            }
            let nearest = nearest(word, known.iter().copied().flatten().copied());
            let way = nearest.map_or_else(|| " Remove it.".to_owned(), |near| did_you_mean(Some(near)));
            self.wrong(&key.span(), format_args!("There is no key \"{word}\".{way}"));
        }
    }

    /// Nobody stands in the plan twice with the same product.
    fn are_once(&mut self, rows: &[Row]) {
        let mut seen: BTreeMap<(String, Option<Product>), usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| !row.customer.is_empty()) {
            let first = *seen.entry((row.customer.to_lowercase(), row.product)).or_insert(row.place.line);
            if first != row.place.line {
                self.mistakes.push(Mistake::at(
                    &row.place,
                    format_args!(
                        "{} stands in line {first} already. Keep one of the two rows.",
                        row.customer
                    ),
                ));
            }
        }
    }
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
