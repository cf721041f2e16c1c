//! Facts about the record as a whole, by name; one of them marks a record that is being moved or was.

use super::super::tx::{Tx, values};
use crate::domain::{
    failure::{Failure, FailureKind},
    phrase::{Command, Phrase, phrase},
    text::Text,
};

/// Name of the mark of a move; there is none on a record that is worked with as usual.
const MARK: &str = "mark";

/// Number of the move by which the record came to where it is.
const ARRIVED: &str = "arrived";

/// How far a record is filled.
const FILLED: &str = "filled";

/// Which facts are the record's, wherever it is: a move leaves those of the place.
pub(crate) const OF_RECORD: &str = "name NOT IN ('mark', 'arrived', 'filled')";

/// What is in the way of working with a record as usual.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// It is being copied to another place and takes no changes.
    Moving(Trip),
    /// It was moved: this is what is left behind, and takes no changes.
    Moved(Trip),
    /// It is being filled and is not whole.
    Filling(Trip),
}

/// One move.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Trip {
    /// Its number: both places have it, however each of them is called.
    pub(crate) number: Text,
    /// The other place, in words.
    pub(crate) place: Text,
}

impl Mark {
    /// Reads it; none for words that this program does not know.
    pub(crate) fn of(words: &str) -> Option<Self> {
        let mut parts = words.splitn(3, ' ');
        let kind = parts.next()?;
        let trip = Trip { number: Text::clean(parts.next()?), place: Text::clean(parts.next()?) };
        match kind {
            "moving" => Some(Self::Moving(trip)),
            "moved" => Some(Self::Moved(trip)),
            "filling" => Some(Self::Filling(trip)),
            _ => None,
        }
    }

    /// Why nothing can be changed, as an alarm; a retry helps once the move is done, where one is going on.
    pub(crate) fn refusal(&self) -> Failure {
        let (what, hint) = match self {
            Self::Moved(Trip { place, .. }) => (
                format!("the record was moved to {place}, and can only be read here"),
                Phrase::from(
                    "To work with it, name that place in the settings (record.url, or folders.data for a file). Nothing was \
                     changed here.",
                ),
            ),
            Self::Moving(Trip { place, .. }) => (
                format!("the record is being moved to {place}, and takes no changes meanwhile"),
                phrase![
                    "Wait until that is done. Where it was broken off, an Admin runs the same command again, or ",
                    Command::RecordGiveUp,
                    "."
                ],
            ),
            Self::Filling(Trip { place, .. }) => (
                format!("the record here is not whole yet: it is being copied from {place}"),
                Phrase::from(
                    "Wait until that is done. Where it was broken off, run the same command again; it goes on where it \
                     stopped.",
                ),
            ),
        };
        Failure::new(FailureKind::Record, Text::clean(&what), hint).alarming()
    }

    fn words(&self) -> String {
        let (kind, Trip { number, place }) = match self {
            Self::Moving(trip) => ("moving", trip),
            Self::Moved(trip) => ("moved", trip),
            Self::Filling(trip) => ("filling", trip),
        };
        format!("{kind} {number} {place}")
    }
}

/// The facts that are the record's, wherever it is: names and values.
pub(crate) fn of_record(tx: &Tx<'_>) -> Result<Vec<(String, String)>, Failure> {
    tx.query(&format!("SELECT name, value FROM about WHERE {OF_RECORD}"), values![])
}

/// The mark, if there is one.
pub(crate) fn mark(tx: &Tx<'_>) -> Result<Option<Mark>, Failure> {
    Ok(find(tx, MARK)?.and_then(|words| Mark::of(words.as_str())))
}

/// Sets the mark.
pub(crate) fn set_mark(tx: &Tx<'_>, mark: &Mark) -> Result<(), Failure> {
    keep(tx, MARK, &mark.words())
}

/// Takes the mark away.
pub(crate) fn take_mark(tx: &Tx<'_>) -> Result<(), Failure> {
    forget(tx, MARK)
}

/// The move by which the record came here.
pub(crate) fn arrived(tx: &Tx<'_>) -> Result<Option<Text>, Failure> {
    find(tx, ARRIVED)
}

/// Notes that the record came here by a move, and is whole.
pub(crate) fn arrive(tx: &Tx<'_>, number: &Text) -> Result<(), Failure> {
    forget(tx, FILLED)?;
    take_mark(tx)?;
    keep(tx, ARRIVED, number.as_str())
}

/// How far it is filled: the version of the program that does it, and the rows that are there.
pub(crate) fn filled(tx: &Tx<'_>) -> Result<Option<(usize, u64)>, Failure> {
    let words = find(tx, FILLED)?;
    Ok(words.and_then(|words| {
        let (version, rows) = words.as_str().split_once(' ')?;
        Some((version.parse().ok()?, rows.parse().ok()?))
    }))
}

/// Notes how far it is filled.
pub(crate) fn fill(tx: &Tx<'_>, version: usize, rows: u64) -> Result<(), Failure> {
    keep(tx, FILLED, &format!("{version} {rows}"))
}

/// Takes a fact away.
fn forget(tx: &Tx<'_>, name: &str) -> Result<(), Failure> {
    tx.write("DELETE FROM about WHERE name = ?1", values![name])
}

/// The fact of that name; where there was none, `first` is from now on.
pub(crate) fn keep_first(tx: &Tx<'_>, name: &str, first: &str) -> Result<Text, Failure> {
    tx.execute(
        "INSERT INTO about (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        values![name, first],
    )?;
    tx.only("SELECT value FROM about WHERE name = ?1", values![name])
}

/// The fact of that name, if there is one.
pub(crate) fn find(tx: &Tx<'_>, name: &str) -> Result<Option<Text>, Failure> {
    tx.one("SELECT value FROM about WHERE name = ?1", values![name])
}

/// Keeps the fact of that name, whatever it was.
pub(crate) fn keep(tx: &Tx<'_>, name: &str, value: &str) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO about (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        values![name, value],
    )
}
