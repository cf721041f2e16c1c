//! Shape of the settings file; unknown keys are refused with the nearest known name, every mistake with its line.

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::domain::{
    text::Text,
    text_file,
    toml_reader::{TomlFault, TomlMistake, TomlReader, TomlValue, get},
};

use super::{
    SettingsError,
    gathered::{Given, Origin},
    setting::{Draft, InFile},
    table::{AnySetting, SETTINGS},
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
    pub(super) unusable: Vec<(&'static str, Origin)>,
}

/// Reads the bytes of a settings file into a draft. A mistake does not keep the rest from being read.
pub(super) fn read(path: &Path, bytes: &[u8], draft: &mut Draft) -> Found {
    let text = match text_file::decode(bytes) {
        Ok(text) => text,
        Err(broken) => {
            let mistake = SettingsError::Unreadable {
                path: path.into(),
                why: Text::of(format_args!("line {} is not UTF-8 text", broken.line)),
                hint: "Save it as UTF-8, then start again.",
            };
            return Found { mistakes: vec![mistake], ..Found::default() };
        }
    };
    let mut reader = Reader { path, toml: TomlReader::new(&text), draft, found: Found::default() };
    match DeTable::parse(&text) {
        Ok(table) => reader.top(table.get_ref()),
        Err(error) => {
            reader.toml.wrong(&error.span().unwrap_or_default(), format_args!("{}", error.message()));
        }
    }
    let Reader { toml, mut found, .. } = reader;
    found.mistakes = toml.mistakes().into_iter().map(|toml| mistake(path, toml)).collect();
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
fn tables() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    SETTINGS.iter().filter_map(move |setting| {
        let (table, _) = setting.spec().place();
        (std::mem::replace(&mut last, table) != table).then_some(table)
    })
}

/// Reads a file, collecting as it goes.
struct Reader<'a> {
    path: &'a Path,
    toml: TomlReader<'a>,
    draft: &'a mut Draft,
    found: Found,
}

impl Reader<'_> {
    /// The whole file. A setting without a table of its own stands at the top.
    fn top(&mut self, top: &DeTable<'_>) {
        self.toml.knows(top, tables());
        for name in tables() {
            let Some(value) = get(top, name) else { continue };
            match SETTINGS.iter().find(|setting| setting.spec().name == name) {
                Some(setting) => self.take(*setting, value),
                None => self.table(name, value),
            }
        }
    }

    /// A table of single values.
    fn table(&mut self, name: &str, value: &TomlValue<'_>) {
        let must_be = format_args!("{name} must be a table, written [{name}]");
        let Some(table) = self.toml.table(value, must_be) else { return };
        if name == "app" {
            self.found.app_line = Some(self.toml.line(&value.span()));
        }
        let settings = || SETTINGS.iter().filter(|setting| setting.spec().place().0 == name);
        self.toml.knows(table, settings().map(|setting| setting.spec().place().1));
        for setting in settings() {
            if let Some(value) = get(table, setting.spec().place().1) {
                self.take(*setting, value);
            }
        }
    }

    /// Takes the values of a setting, or notes what is wrong with them.
    fn take(&mut self, setting: &dyn AnySetting, value: &TomlValue<'_>) {
        let beside = |path: &str| beside(self.path, path);
        let spec = setting.spec();
        let mut file = InFile { toml: &mut self.toml, resolve: &beside };
        for (line, taken) in setting.take_toml(value, &mut file, self.draft) {
            let origin = Origin::File { line };
            match taken {
                Ok(shown) => self.found.givens.push(Given { spec, origin, shown }),
                Err(what) => {
                    self.found.unusable.push((spec.name, origin));
                    self.toml.wrong_line(line, format_args!("{what}"));
                }
            }
        }
    }
}
