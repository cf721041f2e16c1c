//! How far a plan is: which run belongs to which row. Kept in the plan's own folder beside the record.
//!
//! The record is the truth; this only says which run to ask it about. A run is noted before it can bill anything or be
//! finished, so that a kill at any moment neither repeats a finished customer nor loses one. A run that was opened and
//! not noted yet is found by the next journey anyway: a customer has one open run per product.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde_json::{Map, Value, json};

use crate::{
    domain::{
        failure::{Failure, FailureKind, of_system},
        id::RunId,
        lock::lock,
        text::Text,
    },
    private::{make_folder, only_owner, replace},
};

/// The file in the plan's folder.
const FILE: &str = "progress.json";

/// The version of its format.
const VERSION: u64 = 1;

/// The progress of one plan, held by this process.
#[derive(Debug)]
pub(super) struct Progress {
    folder: PathBuf,
    runs: Mutex<BTreeMap<String, RunId>>,
    /// Held open: closing it lets another process apply the plan. None where the plan is only checked.
    _lock: Option<File>,
}

/// Why the progress can't be had.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Another process applies the plan.
    Held,
    /// The folder can't be used.
    Failed(Failure),
}

impl Progress {
    /// Takes the plan up, for this process alone; `again` forgets which runs were made before.
    pub(super) fn take(folder: &Path, again: bool) -> Result<Self, Trouble> {
        let failed = |error: io::Error| Trouble::Failed(unusable(folder, &error));
        make_folder(folder).map_err(failed)?;
        let lock = only_owner(OpenOptions::new().append(true).create(true))
            .open(folder.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Trouble::Held),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let runs = if again { BTreeMap::new() } else { read(folder).map_err(failed)? };
        Ok(Self { folder: folder.to_owned(), runs: Mutex::new(runs), _lock: Some(lock) })
    }

    /// Looks at the progress and changes nothing.
    pub(super) fn look(folder: &Path, again: bool) -> Result<Self, Trouble> {
        let runs = if again { Ok(BTreeMap::new()) } else { read(folder) };
        let runs = runs.map_err(|error| Trouble::Failed(unusable(folder, &error)))?;
        Ok(Self { folder: folder.to_owned(), runs: Mutex::new(runs), _lock: None })
    }

    /// The run that was made for a row.
    pub(super) fn run(&self, key: &str) -> Option<RunId> {
        lock(&self.runs).get(key).cloned()
    }

    /// Notes the run of a row; on the disk when this returns. Noting it again costs nothing.
    pub(super) fn note(&self, key: &str, run: &RunId) -> io::Result<()> {
        let mut runs = lock(&self.runs);
        if runs.get(key) == Some(run) {
            return Ok(());
        }
        runs.insert(key.to_owned(), run.clone());
        let rows: Map<String, Value> =
            runs.iter().map(|(key, run)| (key.clone(), Value::from(run.to_string()))).collect();
        let text = format!("{:#}\n", json!({ "version": VERSION, "rows": rows }));
        replace(&self.folder.join(FILE), &text)
    }

    /// The plan's folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// What was noted; nothing where nothing was. A file that makes no sense is as good as none: the record is the truth, and
/// a customer that is done again gets nothing twice.
fn read(folder: &Path) -> io::Result<BTreeMap<String, RunId>> {
    let text = match fs::read_to_string(folder.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let found: Value = serde_json::from_str(&text).unwrap_or_default();
    let rows = found.get("rows").and_then(Value::as_object);
    let run = |(key, run): (&String, &Value)| Some((key.clone(), run.as_str()?.parse().ok()?));
    Ok(rows.map(|rows| rows.iter().filter_map(run).collect()).unwrap_or_default())
}

/// A folder that can't be used, in words.
fn unusable(folder: &Path, error: &io::Error) -> Failure {
    let folder = Text::clean(&folder.display().to_string());
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("the plan's folder {folder} can't be used: {}", of_system(error))),
        "Check that it belongs to you and that the disk has room, then start again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_found_again_and_only_one_process_applies_a_plan() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("plans/plan-1");
        let run: RunId = "B365-7KQ4".parse().unwrap();
        let progress = Progress::take(&folder, false).unwrap();
        progress.note("row", &run).unwrap();
        assert!(matches!(Progress::take(&folder, false), Err(Trouble::Held)));
        assert_eq!(Progress::look(&folder, false).unwrap().run("row"), Some(run.clone()));
        drop(progress);
        assert_eq!(Progress::take(&folder, false).unwrap().run("row"), Some(run));
        assert_eq!(Progress::take(&folder, true).unwrap().run("row"), None);
        fs::write(folder.join(FILE), "{\"rows\": 3").unwrap();
        assert_eq!(Progress::take(&folder, false).unwrap().run("row"), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("plan");
        Progress::take(&folder, false).unwrap().note("row", &"7KQ4".parse().unwrap()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join(FILE))), (0o700, 0o600));
    }
}
