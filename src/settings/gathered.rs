//! All sources put together: every value with where it came from, and every mistake; what goes before what.
//!
//! Defaults, then the file, then the environment, then flags. A list counts as one value, and so does the credential: a
//! later source replaces the earlier one's as a whole.

use std::{
    ffi::OsString,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::{domain::text::Text, outside};

use super::{
    OperatorSettings, PartnerApp, RecordSettings, Settings, SettingsError, SignIn, Sources,
    credential::Mismatch,
    file::{self, Found},
    setting::Draft,
    table::{self, AnySetting, SETTINGS, Spec, first, next, record},
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
    /// Of which setting.
    pub(super) spec: &'static Spec,
    pub(super) origin: Origin,
    /// The value as it may be shown.
    pub(super) shown: String,
}

impl Given {
    /// Whether it names the partner's application, or a part of it.
    fn is_of_app(&self) -> bool {
        matches!(self.spec.place().0, "app" | "next") && self.origin != Origin::Default
    }
}

/// Everything that the sources say.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The merged value so far.
    pub(super) draft: Draft,
    givens: Vec<Given>,
    pub(super) mistakes: Vec<SettingsError>,
    /// Settings with a value that can't be used, and where it came from.
    pub(super) unusable: Vec<(&'static str, Origin)>,
    /// The settings file: the one that was named, or the usual one.
    pub(super) path: PathBuf,
    /// It is there.
    pub(super) has_file: bool,
    /// Where `[app]` begins in it.
    app_line: Option<usize>,
}

/// Largest settings file taken, bytes: a thousand times the sample.
const MAX_BYTES: u64 = 1 << 20;

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
        ErrorKind::FileTooLarge => (
            Text::of(format_args!("{error}, and settings never are")),
            "Name the right file with --settings.",
        ),
        _ => (Text::clean(&error.to_string()), "Name another file with --settings."),
    };
    SettingsError::Unreadable { path: path.into(), why, hint }
}

/// What the settings file says; none where there is none and none was named.
fn found_in(path: &Path, is_named: bool, draft: &mut Draft) -> Option<Found> {
    let broken = |mistake| Some(Found { mistakes: vec![mistake], ..Found::default() });
    match outside::file::bytes(path, MAX_BYTES) {
        Ok(bytes) => Some(file::read(path, &bytes, draft)),
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
    /// Reads every source, and notes what is missing.
    pub(super) fn of(sources: &Sources) -> Self {
        let mut gathered = Self::begun(sources);
        gathered.complete();
        gathered
    }

    /// Reads every source; what is missing is no mistake.
    pub(super) fn begun(sources: &Sources) -> Self {
        let path = sources.file.clone().unwrap_or_else(|| sources.config.join("settings.toml"));
        let mut draft = Draft::default();
        draft.settings.config.clone_from(&sources.config);
        draft.settings.data.clone_from(&sources.data);
        let found = found_in(&path, sources.file.is_some(), &mut draft);
        let has_file = found.is_some();
        let mut gathered = Self { has_file, ..Self::of_file(path, found.unwrap_or_default(), draft) };
        let data = sources.data.display().to_string();
        gathered.givens.push(Given { spec: table::DATA.spec, origin: Origin::Default, shown: data });
        gathered.environment(&sources.environment);
        for (setting, flag, words) in &sources.flags {
            gathered.take(*setting, Origin::Flag(flag), words);
        }
        gathered
    }

    /// Defaults, and what a file says.
    pub(super) fn of_file(path: PathBuf, found: Found, draft: Draft) -> Self {
        let default = |setting: &&dyn AnySetting| {
            Some(Given { spec: setting.spec(), origin: Origin::Default, shown: setting.default()? })
        };
        Self {
            draft,
            givens: SETTINGS.iter().filter_map(default).chain(found.givens).collect(),
            mistakes: found.mistakes,
            unusable: found.unusable,
            path,
            has_file: true,
            app_line: found.app_line,
        }
    }

    /// Reads the variables of settings; an empty one counts as unset.
    fn environment(&mut self, variables: &[(String, OsString)]) {
        for setting in SETTINGS.iter() {
            let Spec { name, variable, .. } = setting.spec();
            let set = variables.iter().find(|(name, value)| name == variable && !value.is_empty());
            let Some((_, value)) = set else { continue };
            let origin = Origin::Environment(variable);
            match value.to_str() {
                Some(words) => self.take(*setting, origin, words),
                None => self.wrong(name, origin, Text::of(format_args!("{name} is not UTF-8 text"))),
            }
        }
    }

    /// Takes what a variable or a flag says, or notes what is wrong with it. A list of an earlier source is forgotten.
    fn take(&mut self, setting: &dyn AnySetting, origin: Origin, words: &str) {
        let spec = setting.spec();
        let is_same = |given: &Given| given.spec == spec && given.origin.rank() == origin.rank();
        if !self.givens.iter().any(is_same) {
            setting.clear(&mut self.draft);
        }
        match setting.take_words(words, &from_here, &mut self.draft) {
            Ok(shown) => self.givens.extend(shown.into_iter().map(|shown| Given { spec, origin, shown })),
            Err(what) => self.wrong(spec.name, origin, Text::clean(&what)),
        }
    }

    /// Notes a mistake in a variable or a flag.
    fn wrong(&mut self, name: &'static str, origin: Origin, what: Text) {
        self.unusable.push((name, origin));
        let place = match origin {
            Origin::Environment(name) => format!("the environment variable {name}"),
            Origin::Flag(name) => format!("the flag {name}"),
            Origin::Default | Origin::File { .. } => "a default of this program".into(),
        };
        self.mistakes.push(SettingsError::Given { place, what });
    }

    /// Notes what an application lacks that is named; not before every value that is there can be used.
    pub(super) fn complete(&mut self) {
        self.complete_operator();
        self.complete_record();
        if !self.mistakes.is_empty() || !self.names_an_app() {
            return;
        }
        let Draft { client_id, tenant, app, next, .. } = &self.draft;
        let what = if client_id.is_none() {
            "app.client_id is missing"
        } else if tenant.is_none() {
            "app.tenant is missing"
        } else if self.is_doubled(&first::SOURCES) || app.source.is_none() {
            "app needs exactly one of secret_file, secret_environment, secret_command, secret_keyring, certificate_file, \
             certificate_environment, certificate_command and certificate_keyring"
        } else if self.is_doubled(&next::SOURCES) || (next.source.is_none() && self.names("next")) {
            "next needs exactly one of secret_file, secret_environment, secret_command, secret_keyring, certificate_file, \
             certificate_environment, certificate_command and certificate_keyring"
        } else if self.is_doubled(&first::PASSWORDS) || self.is_doubled(&next::PASSWORDS) {
            "a certificate has one password: name one of password_file, password_environment, password_command and \
             password_keyring"
        } else {
            match app.mismatch().or(next.mismatch()) {
                None => return,
                Some(Mismatch::Password) => "a secret has no password: leave the settings that name one out",
                Some(Mismatch::Secret) => {
                    "secret_expires and secret_id are about a secret, and a certificate is named: leave them out"
                }
            }
        };
        self.mistakes.push(self.lacking(what));
    }

    /// Whether one source names more than one of these.
    fn is_doubled(&self, names: &[&str]) -> bool {
        (1..=3).any(|rank| {
            let given = self.givens.iter().filter(|given| names.contains(&given.spec.name));
            given.filter(|given| given.origin.rank() == rank).count() > 1
        })
    }

    /// Whether a source names anything of a table.
    fn names(&self, table: &str) -> bool {
        self.givens.iter().any(|given| given.spec.place().0 == table && given.origin != Origin::Default)
    }

    /// Notes a sign-in that is demanded and that nobody could do.
    fn complete_operator(&mut self) {
        let OperatorSettings { client_id, sign_in } = self.draft.settings.operator;
        if !self.mistakes.is_empty() || client_id.is_some() || sign_in == SignIn::Optional {
            return;
        }
        let what = "operator.sign_in demands a sign-in, and operator.client_id is missing";
        self.unfitting("operator.sign_in", what);
    }

    /// Notes a record with two passwords.
    fn complete_record(&mut self) {
        let doubled = record::PASSWORDS.into_iter().rfind(|name| self.chosen(name).next().is_some());
        let Some(name) = doubled.filter(|_| self.mistakes.is_empty() && self.is_doubled(&record::PASSWORDS))
        else {
            return;
        };
        self.unfitting(
            name,
            "the record has one password: name one of password_file, password_environment, password_command and \
             password_keyring",
        );
    }

    /// Notes that a value, which is good for itself, does not fit the others; told where it stands.
    fn unfitting(&mut self, name: &'static str, what: &'static str) {
        let origin = self.chosen(name).last().map_or(Origin::Default, |given| given.origin);
        match origin {
            Origin::File { line } => self.mistakes.push(SettingsError::Invalid {
                path: self.path.clone(),
                line,
                what: Text::from(what),
            }),
            other => self.wrong(name, other, Text::from(what)),
        }
    }

    /// What an application lacks, told where it is named.
    fn lacking(&self, what: &'static str) -> SettingsError {
        let in_file =
            self.givens.iter().filter(|given| given.is_of_app()).find_map(|given| match given.origin {
                Origin::File { line } => Some(line),
                Origin::Default | Origin::Environment(_) | Origin::Flag(_) => None,
            });
        if let Some(line) = self.app_line.or(in_file) {
            return SettingsError::Invalid { path: self.path.clone(), line, what: Text::from(what) };
        }
        let of_app = self.givens.iter().filter(|given| given.is_of_app());
        let mut by: Vec<_> = of_app
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
        self.app_line.is_some() || self.givens.iter().any(Given::is_of_app)
    }

    /// The values of a setting that count: those of the last source that gives any. Of the credential the last source
    /// that gives any of its ways, and so of a password.
    pub(super) fn chosen(&self, name: &'static str) -> impl Iterator<Item = &Given> {
        let groups: [&[&str]; 5] =
            [&first::SOURCES, &next::SOURCES, &first::PASSWORDS, &next::PASSWORDS, &record::PASSWORDS];
        let rivals = groups.into_iter().find(|group| group.contains(&name)).unwrap_or_default();
        let is_rival = |given: &&Given| given.spec.name == name || rivals.contains(&given.spec.name);
        let rank = self.givens.iter().filter(is_rival).map(|given| given.origin.rank()).max();
        self.givens.iter().filter(move |given| given.spec.name == name && Some(given.origin.rank()) == rank)
    }

    /// The merged value; only of use without mistakes.
    pub(super) fn settings(&self) -> Settings {
        let Draft { client_id, tenant, app, next, signature, settings } = self.draft.clone();
        let app = client_id.zip(tenant).zip(app.finished());
        let of_record = self.chosen(record::URL.spec.name).last().map(|given| given.origin);
        Settings {
            app: app.map(|((client_id, tenant), credential)| PartnerApp {
                client_id,
                tenant,
                credential,
                next: next.finished(),
                signature,
            }),
            file: self.has_file.then(|| self.path.clone()),
            record: RecordSettings {
                is_in_file: matches!(of_record, Some(Origin::File { .. })),
                is_in_variable: matches!(of_record, Some(Origin::Environment(_))),
                ..settings.record
            },
            ..settings
        }
    }
}
