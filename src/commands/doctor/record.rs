//! The record's place, its room, its locks, the record itself, and the keys.

use std::{io, path::Path};

use super::super::{check::Check, keys};
use crate::{
    domain::{
        failure::{Failure, FailureKind, of_system},
        held_by::HeldRun,
        sydney,
        text::Text,
        time::Moment,
    },
    outside::disk,
    provider::store::{HostedAccess, KeyRing, Store},
};

/// Bytes below which the next listing may find the disk full. A guess: what a large listing and its log take.
const LEAST: u64 = 64 << 20;

/// Bytes below which a person should look in time: eight such listings. A guess.
const LITTLE: u64 = 512 << 20;

/// The folder of the record, and of the log alone where the record is on a server: whether files can be made in it, and how
/// much room is left on its disk.
#[must_use]
pub fn folder(folder: &Path, is_on_server: bool) -> [Check; 2] {
    let place = folder.display();
    let what = if is_on_server { "log" } else { "record" };
    let writable = match disk::may_make_files(folder) {
        Ok(()) => Ok(Text::of(format_args!("takes new files, {place}"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Text::of(format_args!("not there yet, and made with the {what}: {place}")))
        }
        Err(error) => Err(Failure::new(
            FailureKind::Record,
            Text::of(format_args!("no file can be made in {place}: {}", of_system(&error))),
            "Check that it is a folder, that it belongs to you, and that its disk is not write-protected; or name another \
             one as folders.data in the settings.",
        )),
    };
    [Check::new("Folder", writable), room(disk::free_bytes(folder), what)]
}

/// The room on the disk.
fn room(free: Option<u64>, what: &str) -> Check {
    let Some(free) = free else {
        return Check::new("Disk", Ok("this system does not tell how full it is".into()));
    };
    let words = Text::of(format_args!("{} free where the {what} lies", size(free)));
    let hint = "Free some space, or name a folder on another disk as folders.data in the settings.";
    match free {
        ..LEAST => Check::new("Disk", Err(Failure::new(FailureKind::Record, words, hint))),
        LEAST..LITTLE => Check::warning("Disk", words, hint),
        _ => Check::new("Disk", Ok(words)),
    }
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    match bytes >> 20 {
        mebibytes @ 10_240.. => format!("{} GiB", mebibytes >> 10),
        mebibytes => format!("{mebibytes} MiB"),
    }
}

/// Whether the place takes locks.
#[must_use]
pub fn locks(file: &Path) -> Check {
    Check::new("Locks", Store::takes_locks(file).map(|()| "can be taken beside the record".into()))
}

/// What came of looking into the record; none: it was never made.
#[must_use]
pub fn record(found: &Result<Option<Store>, Failure>, place: &str) -> Check {
    let words = |store: &Option<Store>| match store {
        Some(_) => Text::of(format_args!("opens, {place}")),
        None => Text::from("none yet; the wizard and the first customer that is added make it"),
    };
    Check::new("Record", found.as_ref().map(words).map_err(Clone::clone))
}

/// Which runs somebody has open.
#[must_use]
pub fn held(found: &Result<Vec<HeldRun>, Failure>, now: Moment) -> Check {
    let words = |held: &Vec<HeldRun>| {
        let one = |HeldRun { run, customer, held_by }: &HeldRun| {
            format!("{run} of {customer} is {}", held_by.open_with(now, sydney::ZONE))
        };
        match held.as_slice() {
            [] => Text::from("nobody has one open"),
            held => Text::clean(&held.iter().map(one).collect::<Vec<_>>().join("; ")),
        }
    };
    Check::new("Runs", found.as_ref().map(words).map_err(Clone::clone))
}

/// Whether the history is whole; an alarm where it is not.
#[must_use]
pub fn history(store: &Store) -> Check {
    let found = store.has_whole_history().and_then(|is_whole| {
        if is_whole {
            return Ok("whole: every entry fits the one before, and none is missing at its end".into());
        }
        Err(Failure::new(
            FailureKind::Record,
            "the history is not whole: an entry was changed, removed or put in afterwards",
            "Don't rely on it. Keep the record as it is and tell your lead.",
        )
        .alarming())
    });
    Check::new("History", found)
}

/// The key file, whether it opens the passwords on record, and what should be done about keys.
#[must_use]
pub fn keys(file: &Path, access: &HostedAccess) -> Check {
    const NAME: &str = "Keys";
    let found = Store::has_key_file(file).and_then(|has_file| opened(&access.ring, file, has_file));
    match (found, keys::advice(&access.ring).into_iter().next()) {
        (Ok(words), Some(advice)) => Check::warning(NAME, words, advice),
        (found, _) => Check::new(NAME, found),
    }
}

/// Which passwords the key file opens.
fn opened(ring: &KeyRing, file: &Path, has_file: bool) -> Result<Text, Failure> {
    let (place, total) = (file.display(), ring.passwords.len());
    let closed: Vec<_> = ring.passwords.iter().filter(|password| !password.is_open_here).collect();
    if closed.is_empty() {
        return Ok(match (has_file, total) {
            (false, _) => "no key file yet; the first mailbox password makes it".into(),
            (true, _) => Text::of(format_args!(
                "the key file opens every mailbox password on record ({total}), {place}"
            )),
        });
    }
    let advice = ring.needed(closed.iter().copied()).advice();
    let what = match (has_file, closed.len()) {
        (false, _) if advice.is_empty() => {
            format!("the key file {place} is gone, and mailbox passwords on record need it: {total}")
        }
        (false, _) => format!("this computer has no key for the mailbox passwords on record: {total}"),
        (true, closed) if closed == total && !advice.is_empty() => {
            format!("the key file {place} opens none of the mailbox passwords on record: {total}")
        }
        (true, closed) => format!(
            "the key file {place} does not open all mailbox passwords on record: {closed} of {total} stay closed"
        ),
    };
    let again = "Put the right one back; or have the passwords asked for again, as the wizard does for each customer. Seats \
                 and rules stay.";
    let hint = if advice.is_empty() { again.into() } else { advice };
    Err(Failure::new(FailureKind::Record, Text::clean(&what), hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_a_warning_and_hardly_any_a_failure() {
        for (free, line) in [
            (Some(400 << 30), "Disk: 400 GiB free where the record lies."),
            (Some(LITTLE), "Disk: 512 MiB free where the record lies."),
            (Some(LITTLE - 1), "Disk: WARNING: 511 MiB free where the record lies. Free some space"),
            (Some(LEAST), "Disk: WARNING: 64 MiB free"),
            (Some(LEAST - 1), "Disk: FAILED: 63 MiB free where the record lies. Free some space"),
            (Some(0), "Disk: FAILED: 0 MiB free"),
            (None, "Disk: this system does not tell"),
        ] {
            let said = room(free, "record").line();
            assert!(said.starts_with(line), "{said}");
        }
    }
}
