//! What a row of the table is: a setting with the type of its value, and the place that the value goes to.

use std::{fmt, path::PathBuf};

use uuid::Uuid;

use crate::domain::{
    id::TenantId,
    toml_reader::{TomlReader, TomlValue},
};

use super::{
    Settings,
    credential::{CertificateSignature, CredentialDraft},
    form::Form,
};

/// What a relative path is meant from.
pub(super) type Resolve<'a> = &'a dyn Fn(&str) -> PathBuf;

/// The settings file while it is read.
pub struct InFile<'a, 't> {
    /// Knows the lines, and collects what is wrong.
    pub(super) toml: &'a mut TomlReader<'t>,
    /// Relative paths are meant from the file's folder.
    pub(super) resolve: Resolve<'a>,
}

/// What is said of a setting in the file, the environment, the help and the sample.
#[derive(Debug, PartialEq, Eq)]
pub struct Spec {
    /// Its name in the file, with the table that it stands in.
    pub name: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// Its flag, with the dashes.
    pub flag: &'static str,
    /// What its value is called in the help.
    pub value_name: &'static str,
    /// A value that it might have, as an environment variable would say it.
    pub example: &'static str,
    /// What it is for, one plain sentence.
    pub about: &'static str,
}

impl Spec {
    /// The table of the file that it stands in, and its key there.
    #[must_use]
    pub fn place(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or((self.name, ""))
    }
}

/// The merged value while sources are read: the application in parts, everything else as it is handed out.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub(super) client_id: Option<Uuid>,
    pub(super) tenant: Option<TenantId>,
    pub(super) app: CredentialDraft,
    pub(super) next: CredentialDraft,
    pub(super) signature: CertificateSignature,
    pub(super) settings: Settings,
}

/// Where a value of a setting goes.
pub(super) enum Slot<T> {
    /// A field that always has a value: the one of [`Draft::default`] where no source gives one.
    Always(fn(&mut Draft) -> &mut T),
    /// A field that may stay empty.
    Maybe(fn(&mut Draft, T)),
    /// A field of any number of values.
    List(fn(&mut Draft) -> &mut Vec<T>),
}

/// One setting whose values are of type `T`.
pub struct Setting<T: 'static> {
    pub(super) spec: &'static Spec,
    pub(super) form: &'static dyn Form<T>,
    pub(super) slot: Slot<T>,
}

impl<T> fmt::Debug for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.name)
    }
}

impl<T> Setting<T> {
    /// Puts a value where it belongs; how it may be shown.
    fn put(&self, draft: &mut Draft, value: T) -> String {
        let shown = self.form.show(&value);
        match self.slot {
            Slot::Always(field) => *field(draft) = value,
            Slot::Maybe(put) => put(draft, value),
            Slot::List(list) => list(draft).push(value),
        }
        shown
    }
}

/// A value of the settings file: its line, and how it may be shown or what is wrong with it.
pub(super) type Taken = (usize, Result<String, String>);

/// A setting, whatever the type of its value.
pub trait AnySetting: fmt::Debug + Sync {
    /// What is said of it.
    fn spec(&self) -> &'static Spec;
    /// Whether it may be given several times.
    fn is_list(&self) -> bool;
    /// Whether its value is the path of a file or a folder.
    fn is_path(&self) -> bool;
    /// The words that its value may be; none: others than words.
    fn choices(&self) -> Vec<&'static str>;
    /// Its value where no source gives one, as an environment variable would say it.
    fn default(&self) -> Option<String>;
    /// Forgets the values of an earlier source; only a list keeps several.
    fn clear(&self, draft: &mut Draft);
    /// Takes what a variable or a flag says, which may be several values of a list; how each may be shown.
    ///
    /// # Errors
    /// What is wrong, without a full stop.
    fn take_words(&self, words: &str, resolve: Resolve<'_>, draft: &mut Draft)
    -> Result<Vec<String>, String>;
    /// Takes what the file says, each value in the order of the lines. What is wrong about the shape of a list is noted
    /// in the reader.
    fn take_toml(&self, value: &TomlValue<'_>, file: &mut InFile<'_, '_>, draft: &mut Draft) -> Vec<Taken>;
}

impl<T> AnySetting for Setting<T> {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn is_list(&self) -> bool {
        matches!(self.slot, Slot::List(_))
    }

    fn is_path(&self) -> bool {
        self.form.is_path()
    }

    fn choices(&self) -> Vec<&'static str> {
        self.form.choices()
    }

    fn default(&self) -> Option<String> {
        let Slot::Always(field) = self.slot else { return None };
        Some(self.form.show(field(&mut Draft::default())))
    }

    fn clear(&self, draft: &mut Draft) {
        if let Slot::List(list) = self.slot {
            list(draft).clear();
        }
    }

    fn take_words(
        &self,
        words: &str,
        resolve: Resolve<'_>,
        draft: &mut Draft,
    ) -> Result<Vec<String>, String> {
        let read = |text| self.form.of_text(self.spec.name, text, resolve);
        let values: Vec<T> = self.form.split(words).into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(values.into_iter().map(|value| self.put(draft, value)).collect())
    }

    fn take_toml(&self, value: &TomlValue<'_>, file: &mut InFile<'_, '_>, draft: &mut Draft) -> Vec<Taken> {
        let mut read = self.form.of_toml(self.spec.name, value, file);
        read.sort_by_key(|(line, _)| *line);
        read.into_iter().map(|(line, value)| (line, value.map(|value| self.put(draft, value)))).collect()
    }
}
