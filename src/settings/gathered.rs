//! All sources put together: every value with where it came from, and every mistake; what goes before what.
//!
//! Defaults, then the file, then the environment, then flags. A list counts as one value, and so does the credential: a
//! later source replaces the earlier one's as a whole.

use std::{
    ffi::OsString,
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use crate::domain::text::Text;

use super::{
    SettingsError, Sources,
    file::{self, Found},
    table::{CREDENTIAL, Key, SETTINGS, Setting, is_of_app},
    value::{self, Value},
};

/// Where a value came from; a later one goes before an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// No source gives one.
    Default,
    /// The settings file.
    File {
        /// In which line, from 1.
        line: usize,
    },
    /// The environment variable of this name.
    Environment(&'static str),
    /// The flag of this name, with its dashes.
    Flag(&'static str),
}

impl Origin {
    /// Which source, in the order in which they replace each other.
    const fn rank(self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Environment(_) => 2,
            Self::Flag(_) => 3,
        }
    }
}

/// One value from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) setting: &'static Setting,
    pub(super) origin: Origin,
    pub(super) value: Value,
}

/// Everything that the sources say.
#[derive(Debug)]
pub(super) struct Gathered {
    givens: Vec<Given>,
    pub(super) mistakes: Vec<SettingsError>,
    /// Settings with a value that can't be used, and where it came from.
    pub(super) unusable: Vec<(Key, Origin)>,
    /// The settings file: the one that was named, or the usual one.
    pub(super) path: PathBuf,
    /// It is there.
    pub(super) has_file: bool,
    /// Where `[app]` begins in it.
    app_line: Option<usize>,
    /// The platform's config folder for this program.
    pub(super) config: PathBuf,
}

/// Largest settings file taken, bytes: a thousand times the sample.
const MAX_BYTES: usize = 1 << 20;

/// The bytes of the file, at most one more than are taken.
fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why a file can't be read, in words.
fn unreadable(path: &Path, error: &std::io::Error) -> SettingsError {
    let (why, hint) = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => (
            Text::from("there is no such file"),
            "Check the name behind --settings or in BACKUP365_SETTINGS, then start again.",
        ),
        ErrorKind::PermissionDenied => (
            Text::from("your account may not read it"),
            "Change its rights, or name another with --settings.",
        ),
        ErrorKind::IsADirectory => {
            (Text::from("it is a folder"), "Name the file in it, like settings.toml, then start again.")
        }
        _ => (Text::clean(&error.to_string()), "Name another file with --settings."),
    };
    SettingsError::Unreadable { path: path.into(), why, hint }
}

/// What the settings file says; none where there is none and none was named.
fn found_in(path: &Path, is_named: bool) -> Option<Found> {
    let broken = |mistake| Some(Found { mistakes: vec![mistake], ..Found::default() });
    match bytes_of(path) {
        Ok(bytes) if bytes.len() > MAX_BYTES => broken(SettingsError::Unreadable {
            path: path.into(),
            why: Text::from("it is larger than 1 MiB, and settings never are"),
            hint: "Name the right file with --settings.",
        }),
        Ok(bytes) => Some(file::read(path, &bytes)),
        // Below a home that is no folder (/dev/null, for service accounts) there is no file either.
        Err(error) if !is_named && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            None
        }
        Err(error) => broken(unreadable(path, &error)),
    }
}

/// A relative path in a variable or a flag is meant from where the person stands.
fn from_here(path: &str) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_nowhere| path.into())
}

impl Gathered {
    /// Reads every source.
    pub(super) fn of(sources: &Sources) -> Self {
        let path = sources.file.clone().unwrap_or_else(|| sources.config.join("settings.toml"));
        let found = found_in(&path, sources.file.is_some());
        let has_file = found.is_some();
        let mut gathered = Self::of_file(path, found.unwrap_or_default());
        gathered.has_file = has_file;
        gathered.config.clone_from(&sources.config);
        let data = SETTINGS.iter().find(|setting| setting.key == Key::Data);
        gathered.givens.extend(data.map(|setting| Given {
            setting,
            origin: Origin::Default,
            value: Value::Path(sources.data.clone()),
        }));
        gathered.environment(&sources.environment);
        for (key, flag, words) in &sources.flags {
            if let Some(setting) = SETTINGS.iter().find(|setting| setting.key == *key) {
                gathered.take(setting, Origin::Flag(flag), words);
            }
        }
        gathered.complete();
        gathered
    }

    /// Defaults, and what a file says.
    pub(super) fn of_file(path: PathBuf, found: Found) -> Self {
        let mut gathered = Self {
            givens: Vec::new(),
            mistakes: found.mistakes,
            unusable: found.unusable,
            path,
            has_file: true,
            app_line: found.app_line,
            config: PathBuf::new(),
        };
        for setting in SETTINGS {
            if let Some(words) = setting.default {
                gathered.take(setting, Origin::Default, words);
            }
        }
        gathered.givens.extend(found.givens);
        gathered
    }

    /// Reads the variables of settings; an empty one counts as unset.
    fn environment(&mut self, variables: &[(String, OsString)]) {
        for setting in SETTINGS {
            let set = variables.iter().find(|(name, value)| name == setting.variable && !value.is_empty());
            let Some((_, value)) = set else { continue };
            let origin = Origin::Environment(setting.variable);
            match value.to_str() {
                Some(words) => self.take(setting, origin, words),
                None => {
                    self.wrong(
                        setting.key,
                        origin,
                        Text::of(format_args!("{} is not UTF-8 text", setting.name)),
                    );
                }
            }
        }
    }

    /// Notes a value, or what is wrong with it.
    fn take(&mut self, setting: &'static Setting, origin: Origin, words: &str) {
        match value::of_words(setting, words, &from_here) {
            Ok(values) => {
                self.givens.extend(values.into_iter().map(|value| Given { setting, origin, value }));
            }
            Err(what) => self.wrong(setting.key, origin, Text::clean(&what)),
        }
    }

    /// Notes a mistake in a variable or a flag.
    fn wrong(&mut self, key: Key, origin: Origin, what: Text) {
        self.unusable.push((key, origin));
        let place = match origin {
            Origin::Environment(name) => format!("the environment variable {name}"),
            Origin::Flag(name) => format!("the flag {name}"),
            Origin::Default | Origin::File { .. } => "a default of this program".into(),
        };
        self.mistakes.push(SettingsError::Given { place, what });
    }

    /// Notes what an application lacks that is named; not before every value that is there can be used.
    pub(super) fn complete(&mut self) {
        if !self.mistakes.is_empty() || !self.names_an_app() {
            return;
        }
        let doubled = (1..=3).any(|rank| {
            let given = self.givens.iter().filter(|g| CREDENTIAL.contains(&g.setting.key));
            given.filter(|given| given.origin.rank() == rank).count() > 1
        });
        let missing = |key| self.chosen(key).next().is_none();
        let what = if missing(Key::ClientId) {
            "app.client_id is missing"
        } else if missing(Key::Tenant) {
            "app.tenant is missing"
        } else if doubled || CREDENTIAL.into_iter().all(missing) {
            "app needs exactly one of secret_file, secret_environment, secret_command and certificate_file"
        } else {
            return;
        };
        self.mistakes.push(self.lacking(what));
    }

    /// What an application lacks, told where it is named.
    fn lacking(&self, what: &'static str) -> SettingsError {
        if let Some(line) = self.app_line {
            return SettingsError::Invalid { path: self.path.clone(), line, what: Text::from(what) };
        }
        let mut by: Vec<_> = self
            .givens
            .iter()
            .filter(|given| is_of_app(given.setting.key))
            .filter_map(|given| match given.origin {
                Origin::Environment(name) | Origin::Flag(name) => Some(name),
                Origin::Default | Origin::File { .. } => None,
            })
            .collect();
        by.dedup();
        SettingsError::Partly { by: by.join(", "), what }
    }

    /// Whether a source names an application, whole or in part.
    fn names_an_app(&self) -> bool {
        self.app_line.is_some() || self.givens.iter().any(|given| is_of_app(given.setting.key))
    }

    /// The values of a setting that count: those of the last source that gives any. Of the credential the last source
    /// that gives any of its four.
    pub(super) fn chosen(&self, key: Key) -> impl Iterator<Item = &Given> {
        let rivals: &[Key] = if CREDENTIAL.contains(&key) { &CREDENTIAL } else { &[] };
        let rank = self
            .givens
            .iter()
            .filter(|given| given.setting.key == key || rivals.contains(&given.setting.key))
            .map(|given| given.origin.rank())
            .max();
        self.givens.iter().filter(move |given| given.setting.key == key && Some(given.origin.rank()) == rank)
    }
}
