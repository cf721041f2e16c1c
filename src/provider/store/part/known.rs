//! Whether a record may be missing: what is known of it outside of its own file.
//!
//! A file that is not there, or has no bytes, looks like a record that was never made. So the config folder keeps a note
//! of each record that was ever open here (its path and its id), and the timer's unit names the id of its record. Absence
//! is believed only where nothing says otherwise, and another record than the known one is no record.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    super::{database::Place, files::of_file},
    lock::LockFolder,
};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::RecordId,
        text::Text,
    },
    private,
};

/// On which terms a record is opened.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Folder of the notes on records, in the config folder; none: nothing is known and nothing is noted, as for the
    /// sandbox and for copies.
    pub notes: Option<PathBuf>,
    /// A record that was never made is made.
    pub may_make: bool,
    /// The record that it must be: the one that the timer was installed for.
    pub id: Option<RecordId>,
}

impl Terms {
    /// Makes what is missing, expects nothing.
    pub const FREE: Self = Self { notes: None, may_make: true, id: None };
}

/// What is known of one record.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    place: &'a Place,
    terms: &'a Terms,
    /// The note on it.
    note: Option<PathBuf>,
    /// The id that the note names.
    noted: Option<RecordId>,
}

impl<'a> Known<'a> {
    /// Reads the note on the record in a place.
    ///
    /// # Errors
    /// `Record`: there is a note and it can't be read. Nothing may be made then; a retry helps once the cause is gone.
    pub(crate) fn of(place: &'a Place, terms: &'a Terms) -> Result<Self, Failure> {
        let note = terms.notes.as_deref().map(|folder| note_of(folder, place));
        let text = match note.as_deref().map(|note| (note, fs::read_to_string(note))) {
            None => None,
            Some((_, Ok(text))) => Some(text),
            Some((_, Err(error))) if error.kind() == io::ErrorKind::NotFound => None,
            Some((note, Err(error))) => return Err(of_file("read the note on the record", note, &error)),
        };
        let noted = text.and_then(|text| text.lines().find_map(|line| line.trim().parse().ok()));
        Ok(Self { place, terms, note, noted })
    }

    /// Whether the record in a file has to be made.
    ///
    /// # Errors
    /// `Record`, as an alarm: it was made once and is gone, or has no bytes. `NotFound`: it was never made, and may not be
    /// made here.
    pub(crate) fn is_to_be_made(&self) -> Result<bool, Failure> {
        let Some(file) = self.place.file() else { return Ok(false) };
        match fs::metadata(file) {
            Ok(found) if found.is_file() && found.len() == 0 && self.is_ever_used() => Err(self.empty()),
            Ok(_) => Ok(false),
            Err(error) if !is_absent(&error) => Err(of_file("open the record", file, &error)),
            Err(_) if self.noted.is_some() || self.terms.id.is_some() || self.has_locks() => Err(self.gone()),
            Err(_) if self.terms.may_make => Ok(true),
            Err(_) => Err(self.never_made()),
        }
    }

    /// Whether a record that is not in its database may be made there.
    ///
    /// # Errors
    /// As [`Known::is_to_be_made`].
    pub(crate) fn may_be_made(&self) -> Result<(), Failure> {
        if self.noted.is_some() || self.terms.id.is_some() {
            return Err(self.gone());
        }
        if self.terms.may_make { Ok(()) } else { Err(self.never_made()) }
    }

    /// Refuses a record with another id than the known one.
    ///
    /// # Errors
    /// `Record`, as an alarm.
    pub(crate) fn is_this(&self, id: RecordId) -> Result<(), Failure> {
        let place = self.place;
        if let Some(wanted) = self.terms.id.filter(|wanted| *wanted != id) {
            return Err(alarm(
                format_args!(
                    "{place} holds the record {id}, and the timer was installed for another one, {wanted}"
                ),
                "Put that one back. If this one is meant, run \"backup365 sweep --install\" again.",
            ));
        }
        if let Some(was) = self.noted.filter(|was| *was != id) {
            let what =
                format_args!("{place} holds the record {id}, and the one that was there before is {was}");
            return Err(alarm(
                what,
                Text::of(format_args!(
                    "Put that one back. If this one is meant, remove {}, then start again.",
                    self.note_in_words()
                )),
            ));
        }
        Ok(())
    }

    /// Notes the record, the first time. Without a note its loss is not noticed, but it can be worked with: what keeps the
    /// note from being written goes to the log.
    pub(crate) fn keep(&self, id: RecordId) {
        let (Some(note), None) = (&self.note, self.noted) else { return };
        let words = format!(
            "# The record that backup365 keeps in the place below. While this note is here, its loss is noticed.\n{id}\n{}\n",
            self.place
        );
        let folder = note.parent().unwrap_or_else(|| Path::new(""));
        let kept = private::make_folder(folder).and_then(|()| private::replace(note, &words));
        if let Err(error) = kept {
            tracing::warn!(%error, note = %note.display(), "the record could not be noted");
        }
    }

    /// Whether a file without a byte is damage. In the sandbox it may also be one that another program begins just now.
    fn is_ever_used(&self) -> bool {
        self.terms.notes.is_some() || self.place.file().is_some_and(LockFolder::is_used)
    }

    /// Whether locks of runs and passes lie beside the record: they are made in one that is there.
    fn has_locks(&self) -> bool {
        // Without notes nothing is known on purpose, and a trainee may remove what was invented.
        self.terms.notes.is_some() && self.place.file().is_some_and(LockFolder::is_used)
    }

    fn gone(&self) -> Failure {
        let look = match self.place {
            Place::File(_) => "Look for its disk or folder, or put the last good copy back.",
            Place::Server(_) => "Check record.url in the settings, or have the last good copy put back.",
        };
        alarm(
            format_args!("the record is gone: {} was there once", self.place),
            Text::of(format_args!("{look} {}", self.begin_anew(None))),
        )
    }

    fn empty(&self) -> Failure {
        alarm(
            format_args!("the record is empty: {} has 0 bytes", self.place),
            Text::of(format_args!(
                "Put the last good copy in its place. {}",
                self.begin_anew(Some("the empty file"))
            )),
        )
    }

    fn never_made(&self) -> Failure {
        Failure::new(
            FailureKind::NotFound,
            Text::of(format_args!("there is no record yet: {} has not been made", self.place)),
            "Begin one: start the wizard (backup365), or add customers with “backup365 customers add” or “backup365 customers \
             import”.",
        )
    }

    /// How a new record is begun although there was one: what knows of the old one goes first.
    fn begin_anew(&self, more: Option<&str>) -> String {
        if self.terms.id.is_some() {
            return String::from(
                "The timer was installed for that record: \"backup365 sweep --install\" names another one.",
            );
        }
        let note = self.noted.map(|_| self.note_in_words());
        let locks = self.place.file().filter(|_| self.has_locks());
        let locks = locks.map(|file| LockFolder::folder_of(file).display().to_string());
        let names: Vec<String> = [note, locks, more.map(str::to_owned)].into_iter().flatten().collect();
        format!("To begin a new one on purpose, remove {}, then start the wizard.", names.join(" and "))
    }

    fn note_in_words(&self) -> String {
        self.note.as_deref().unwrap_or_else(|| Path::new("the note")).display().to_string()
    }
}

/// Whether nothing is there, because nothing can be: a file may stand where a folder should.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Bad news that a person must look at.
fn alarm(what: fmt::Arguments<'_>, hint: impl Into<crate::domain::phrase::Phrase>) -> Failure {
    Failure::new(FailureKind::Record, Text::of(what), hint).alarming()
}

/// The note on the record in a place: one file each, so that two programs never write into one.
fn note_of(folder: &Path, place: &Place) -> PathBuf {
    let digest = match place {
        Place::File(file) => {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            Sha256::digest(file.as_os_str().as_encoded_bytes())
        }
        // Whoever enters it: the role is not part of what it is.
        Place::Server(address) => Sha256::digest(format!("postgres://{}", address.without_role())),
    };
    let [a, b, c, d, ..]: [u8; 32] = digest.into();
    folder.join(format!("record-{a:02x}{b:02x}{c:02x}{d:02x}.txt"))
}
