//! Shape of the settings file; unknown keys are refused with the nearest known name, every mistake with its line.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use crate::domain::{
    text::Text,
    toml_reader::{TomlFault, TomlMistake, TomlReader, TomlValue, get, line_of, texts},
};

use super::{
    SettingsError,
    gathered::{Given, Origin},
    table::{Key, Kind, PERMISSION, SETTINGS, Setting},
    value::{self, Value},
};

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Values that can be used.
    pub(super) givens: Vec<Given>,
    /// Where `[app]` begins: the file names an application.
    pub(super) app_line: Option<usize>,
    /// What can't be used, in the order of the lines.
    pub(super) mistakes: Vec<SettingsError>,
    /// Settings whose value is among that, and where it stands.
    pub(super) unusable: Vec<(Key, Origin)>,
}

/// Reads the bytes of a settings file. A mistake does not keep the rest from being read.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Found {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(broken) => {
            let line = line_of(bytes, broken.valid_up_to());
            let mistake = SettingsError::Unreadable {
                path: path.into(),
                why: Text::of(format_args!("line {line} is not UTF-8 text")),
                hint: "Save it as UTF-8, then start again.",
            };
            return Found { mistakes: vec![mistake], ..Found::default() };
        }
    };
    let mut reader = Reader { path, toml: TomlReader::new(text), found: Found::default() };
    match DeTable::parse(text) {
        Ok(table) => reader.top(table.get_ref()),
        Err(error) => {
            reader.toml.wrong(&error.span().unwrap_or_default(), format_args!("{}", error.message()));
        }
    }
    let Reader { toml, mut found, .. } = reader;
    found.mistakes = toml.mistakes().into_iter().map(|toml| mistake(path, toml)).collect();
    found.givens.sort_by_key(|given| given.origin);
    found
}

/// A mistake of the file, in the words of settings.
fn mistake(path: &Path, toml: TomlMistake) -> SettingsError {
    let (path, line) = (path.into(), toml.line);
    match toml.fault {
        TomlFault::Unusable(what) => SettingsError::Invalid { path, line, what },
        TomlFault::UnknownKey { key, nearest } => {
            SettingsError::UnknownKey { path, line, key, nearest: nearest.map(str::to_owned) }
        }
    }
}

/// The folder that a relative path in a settings file is meant from: the file's own.
fn beside(file: &Path, path: &str) -> PathBuf {
    file.parent().map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
}

/// Tables of the file, each once, in the order of the sample.
fn tables() -> impl Iterator<Item = &'static str> + Clone {
    let mut last = "";
    SETTINGS.iter().filter_map(move |setting| {
        let (table, _) = setting.place();
        (std::mem::replace(&mut last, table) != table).then_some(table)
    })
}

/// Reads a file, collecting as it goes.
struct Reader<'a> {
    path: &'a Path,
    toml: TomlReader<'a>,
    found: Found,
}

impl Reader<'_> {
    /// Notes a value, or what is wrong with it.
    fn take(&mut self, setting: &'static Setting, span: &Range<usize>, read: Result<Value, String>) {
        let origin = Origin::File { line: self.toml.line(span) };
        match read {
            Ok(value) => self.found.givens.push(Given { setting, origin, value }),
            Err(what) => {
                self.found.unusable.push((setting.key, origin));
                self.toml.wrong(span, format_args!("{what}"));
            }
        }
    }

    /// The whole file.
    fn top(&mut self, top: &DeTable<'_>) {
        self.toml.knows(top, tables());
        for name in tables() {
            let Some(value) = get(top, name) else { continue };
            let list = SETTINGS.iter().find(|setting| setting.name == name);
            match list {
                Some(setting) if setting.kind == Kind::Permissions => self.rows(setting, value),
                Some(setting) => self.addresses(setting, value),
                None => self.table(name, value),
            }
        }
    }

    /// A table, or the words that it must be one.
    fn as_table<'t, 'i>(&mut self, name: &str, value: &'t TomlValue<'i>) -> Option<&'t DeTable<'i>> {
        self.toml.table(value, format_args!("{name} must be a table, written [{name}]"))
    }

    /// A table of single values.
    fn table(&mut self, name: &str, value: &TomlValue<'_>) {
        let Some(table) = self.as_table(name, value) else { return };
        if name == "app" {
            self.found.app_line = Some(self.toml.line(&value.span()));
        }
        let settings: Vec<_> = SETTINGS.iter().filter(|setting| setting.place().0 == name).collect();
        self.toml.knows(table, settings.iter().map(|setting| setting.place().1));
        for setting in settings {
            if let Some(value) = get(table, setting.place().1) {
                let read = self.single(setting, value.get_ref());
                self.take(setting, &value.span(), read);
            }
        }
    }

    /// One value, of the kind that it must have.
    fn single(&self, setting: &Setting, value: &DeValue<'_>) -> Result<Value, String> {
        let must_be = |what: &str| format!("{} must be {what}", setting.name);
        match setting.kind {
            Kind::Command => {
                let words = texts(value)
                    .ok_or_else(|| must_be("a list of texts like [\"program\", \"argument\"]"))?;
                value::command(setting.name, words)
            }
            Kind::Number(least, most) => {
                let number = value.as_integer().and_then(|number| {
                    u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
                });
                let out_of_range = || must_be(&format!("a whole number from {least} to {most}"));
                value::number(setting, number.ok_or_else(out_of_range)?)
            }
            _ => {
                let text = value.as_str().ok_or_else(|| must_be("text in quotes"))?;
                value::of_text(setting, text, &|path| beside(self.path, path))
            }
        }
    }

    /// Addresses and what stands for them.
    fn addresses(&mut self, setting: &'static Setting, value: &TomlValue<'_>) {
        let Some(table) = self.as_table(setting.name, value) else { return };
        for (from, to) in table {
            let read = match to.get_ref().as_str() {
                Some(to) => value::address(from.get_ref(), to),
                None => Err("an address must be text in quotes".into()),
            };
            self.take(setting, &from.span(), read);
        }
    }

    /// Rows of a table.
    fn rows(&mut self, setting: &'static Setting, value: &TomlValue<'_>) {
        let name = setting.name;
        let Some(rows) = value.get_ref().as_array() else {
            self.toml.wrong(&value.span(), format_args!("{name} must be rows, written [[{name}]]"));
            return;
        };
        for row in rows {
            let must_be = format_args!("{name} must be rows, written [[{name}]]");
            let Some(table) = self.toml.table(row, must_be) else { continue };
            // A column with a slip in its name is not missing as well.
            if self.toml.knows(table, PERMISSION.into_iter())
                && let Some([value, (role, at), reason]) = self.columns(name, table, &row.span())
            {
                match value::guid("permissions.role", role) {
                    Ok(_role) => self.take(setting, &row.span(), value::permission(value.0, role, reason.0)),
                    Err(what) => self.toml.wrong(&at, format_args!("{what}")),
                }
            }
        }
    }

    /// The columns of a row, each a text and where it stands; none after the first that is missing or something else.
    fn columns<'t>(
        &mut self,
        name: &str,
        table: &'t DeTable<'_>,
        row: &Range<usize>,
    ) -> Option<[(&'t str, Range<usize>); 3]> {
        let mut columns = PERMISSION.map(|_| ("", 0..0));
        for (column, key) in columns.iter_mut().zip(PERMISSION) {
            let Some(value) = get(table, key) else {
                self.toml.wrong(row, format_args!("{name}.{key} is missing"));
                return None;
            };
            let Some(text) = value.get_ref().as_str() else {
                self.toml.wrong(&value.span(), format_args!("{name}.{key} must be text in quotes"));
                return None;
            };
            *column = (text, value.span());
        }
        Some(columns)
    }
}
