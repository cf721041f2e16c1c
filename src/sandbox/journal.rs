//! What happened in the sandbox since its world began: consent, made users, people who left.
//!
//! Written to `journal.jsonl` in the data folder, one JSON object a line, each line by a single append; read again whenever
//! the file grew, so that two processes on one folder see one world. Without a folder it lives in memory only. Page tokens
//! and delta positions are sealed with the folder's key and carry a journal position, so they outlive a restart as well.

use std::{
    collections::HashMap,
    fs,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::world::Kind;

/// Name of the journal's file in the data folder.
pub(super) const FILE: &str = "journal.jsonl";

/// One line. Times are milliseconds since 1970 UTC.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Event {
    /// The world began; only the first one counts.
    Began {
        /// When.
        at: i64,
    },
    /// An administrator consented.
    Granted {
        /// Tenant id.
        tenant: String,
        /// When.
        at: i64,
        /// Role values.
        roles: Vec<String>,
    },
    /// The grant was taken back.
    Withdrawn {
        /// Tenant id.
        tenant: String,
    },
    /// A user was made by hand.
    Made {
        /// Tenant id.
        tenant: String,
        /// When.
        at: i64,
        /// Display name.
        name: String,
        /// Whole address.
        address: String,
        /// Kind.
        kind: Kind,
    },
    /// A user was deleted.
    Left {
        /// Tenant id.
        tenant: String,
        /// Object id.
        user: String,
        /// When.
        at: i64,
    },
    /// An object of Graph was made or changed.
    Put {
        /// Tenant id and name of the set.
        set: String,
        /// The whole object; its `id` names it.
        object: Value,
    },
    /// An object of Graph was deleted.
    Dropped {
        /// Tenant id and name of the set.
        set: String,
        /// Its `id`.
        id: String,
    },
    /// The sandbox played the administrator once more.
    Played {
        /// Tenant id.
        tenant: String,
    },
}

/// Consent as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// When, milliseconds since 1970 UTC.
    pub(super) at: i64,
    /// Role values.
    pub(super) roles: Vec<String>,
}

/// A user made by hand.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// Journal position.
    pub(super) seq: u64,
    /// When, milliseconds since 1970 UTC.
    pub(super) at: i64,
    /// Display name.
    pub(super) name: String,
    /// Whole address.
    pub(super) address: String,
    /// Kind.
    pub(super) kind: Kind,
}

/// Who left one tenant: journal position by object id.
pub(super) type Gone = HashMap<Uuid, u64>;

/// Everything that the journal says, by tenant id.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Lines taken in.
    pub(super) seq: u64,
    /// When the world began, milliseconds since 1970 UTC.
    pub(super) began: Option<i64>,
    /// Consent.
    pub(super) grants: HashMap<String, Grant>,
    /// Users made by hand, in order.
    pub(super) made: HashMap<String, Arc<Vec<Made>>>,
    /// Users deleted by hand.
    pub(super) gone: HashMap<String, Arc<Gone>>,
    /// How often the administrator was played.
    pub(super) plays: HashMap<String, u32>,
    /// Objects of Graph by tenant id and set, in order.
    pub(super) objects: HashMap<String, Vec<Value>>,
}

impl State {
    /// Takes one line in.
    fn apply(&mut self, event: Event) {
        self.seq += 1;
        match event {
            Event::Began { at } => {
                self.began.get_or_insert(at);
            }
            Event::Granted { tenant, at, roles } => {
                self.grants.insert(tenant, Grant { at, roles });
            }
            Event::Withdrawn { tenant } => {
                self.grants.remove(&tenant);
            }
            Event::Made { tenant, at, name, address, kind } => {
                let made = Made { seq: self.seq, at, name, address, kind };
                Arc::make_mut(self.made.entry(tenant).or_default()).push(made);
            }
            Event::Left { tenant, user, at: _ } => {
                if let Ok(user) = Uuid::parse_str(&user) {
                    Arc::make_mut(self.gone.entry(tenant).or_default()).insert(user, self.seq);
                }
            }
            Event::Put { set, object } => {
                let objects = self.objects.entry(set).or_default();
                match objects.iter_mut().find(|old| old.get("id") == object.get("id")) {
                    Some(old) => *old = object,
                    None => objects.push(object),
                }
            }
            Event::Dropped { set, id } => {
                self.objects
                    .entry(set)
                    .or_default()
                    .retain(|old| old.get("id") != Some(&Value::from(id.as_str())));
            }
            Event::Played { tenant } => *self.plays.entry(tenant).or_default() += 1,
        }
    }
}

/// The journal and what it says.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// Where it is kept, if it is.
    path: Option<PathBuf>,
    /// Bytes of the file that are taken in: always the end of a line.
    read: u64,
    /// What it says.
    state: State,
}

impl Journal {
    /// Opens the folder's journal, or one in memory, and begins the world if it has not begun.
    ///
    /// # Errors
    /// The file can't be read or written.
    pub(super) fn open(data: Option<&Path>, now: i64) -> io::Result<Self> {
        let mut journal = Self { path: data.map(|folder| folder.join(FILE)), ..Self::default() };
        if journal.state()?.began.is_none() {
            journal.append(Event::Began { at: now })?;
        }
        Ok(journal)
    }

    /// What it says now, other processes' lines included.
    ///
    /// # Errors
    /// The file is there and can't be read.
    pub(super) fn state(&mut self) -> io::Result<&State> {
        let Some(path) = &self.path else { return Ok(&self.state) };
        let length = match fs::metadata(path) {
            Ok(found) => found.len(),
            Err(why) if why.kind() == io::ErrorKind::NotFound => 0,
            Err(why) => return Err(why),
        };
        if length < self.read {
            // Emptied under way: the world goes on from its old beginning with nothing done in it.
            self.state = State { began: self.state.began, ..State::default() };
            self.read = 0;
        }
        if length > self.read {
            let mut file = fs::File::open(path)?;
            file.seek(SeekFrom::Start(self.read))?;
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
                self.read += u64::try_from(line.len()).unwrap_or_default();
                // A line that can't be read was written by another version: it says nothing to this one.
                if let Ok(event) = serde_json::from_slice(line) {
                    self.state.apply(event);
                }
            }
        }
        Ok(&self.state)
    }

    /// Adds one line.
    ///
    /// # Errors
    /// The file can't be written.
    pub(super) fn append(&mut self, event: Event) -> io::Result<()> {
        let Some(path) = &self.path else {
            self.state.apply(event);
            return Ok(());
        };
        let mut file = fs::OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let mut line = Vec::new();
        if !ends_whole(&mut file)? {
            // Half a line of a process that is gone: it ends here, or this one would be lost with it.
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, &event)?;
        line.push(b'\n');
        file.write_all(&line)
    }
}

/// Whether a file is empty or ends with a line's end.
fn ends_whole(file: &mut fs::File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Empties a folder's journal. A folder without one is empty already.
///
/// # Errors
/// The file can't be written.
pub(super) fn reset(data: &Path) -> io::Result<()> {
    match fs::OpenOptions::new().write(true).truncate(true).open(data.join(FILE)) {
        Ok(_emptied) => Ok(()),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Consent in tenant `t`.
    fn consent() -> Event {
        Event::Granted { tenant: "t".to_owned(), at: 5, roles: vec!["User.Read.All".to_owned()] }
    }

    #[test]
    fn two_processes_on_one_folder_see_one_world() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = Journal::open(Some(folder.path()), 1).unwrap();
        let mut two = Journal::open(Some(folder.path()), 2).unwrap();
        assert_eq!(two.state().unwrap().began, Some(1));
        one.append(consent()).unwrap();
        assert!(two.state().unwrap().grants.contains_key("t"));
        assert!(one.state().unwrap().grants.contains_key("t"));
        reset(folder.path()).unwrap();
        assert!(!two.state().unwrap().grants.contains_key("t"));
        assert_eq!(two.state().unwrap().began, Some(1));
    }

    #[test]
    fn half_a_line_waits_for_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(Some(folder.path()), 1).unwrap();
        let text = serde_json::to_string(&consent()).unwrap();
        let mut file = fs::OpenOptions::new().append(true).open(folder.path().join(FILE)).unwrap();
        file.write_all(&text.as_bytes()[..10]).unwrap();
        assert!(journal.state().unwrap().grants.is_empty());
        file.write_all(&text.as_bytes()[10..]).unwrap();
        file.write_all(b"\nnot json\n").unwrap();
        assert_eq!(journal.state().unwrap().grants.len(), 1);
    }

    #[test]
    fn half_a_line_of_a_process_that_died_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        Journal::open(Some(folder.path()), 1).unwrap();
        let mut file = fs::OpenOptions::new().append(true).open(folder.path().join(FILE)).unwrap();
        file.write_all(b"{\"event\":\"granted\",\"ten").unwrap();
        let mut journal = Journal::open(Some(folder.path()), 2).unwrap();
        journal.append(consent()).unwrap();
        assert!(journal.state().unwrap().grants.contains_key("t"));
        let mut again = Journal::open(Some(folder.path()), 3).unwrap();
        assert_eq!((again.state().unwrap().began, again.state().unwrap().grants.len()), (Some(1), 1));
    }

    #[test]
    fn without_a_folder_it_lives_in_memory() {
        let mut journal = Journal::open(None, 1).unwrap();
        journal.append(consent()).unwrap();
        assert_eq!(journal.state().unwrap().grants.len(), 1);
        reset(Path::new("/nonexistent/folder")).unwrap();
    }
}
