//! Moving a record to another place: from a file to a server, and back, and whatever else.
//!
//! # In which order
//! 1. The record is marked: from now on nobody changes it, whoever has it open. What holds it live refuses the move before.
//! 2. The other place is emptied, where there was something, and marked as being filled: nobody opens it.
//! 3. Rows are copied, many in a transaction, and with them how many are there. They come in the same order each time, from
//!    a record that nobody changes: after a kill the copy goes on behind the last one that was kept.
//! 4. What is there is read, and compared table by table with what was read here; the history is followed entry by entry.
//! 5. The record here is marked as moved, then the mark there is taken away. Killed in between, both are marked, and the same
//!    command comes to the end. At no moment can two be worked with.
//!
//! Moving back replaces what was left behind: what is marked as moved takes no changes, and its history must be the beginning
//! of the record's.

mod load;

use std::path::Path;

use super::{
    Store,
    database::{Database, Place},
    part::{
        claim,
        lock::{Hold, LockFolder, Locks},
    },
    postgres::{Scope, Server},
    sqlite,
    table::{
        about::{self, Mark, Trip},
        audit::{self, Note},
        hold, rule, run,
    },
    tx::{TableShape, Tx, values},
};
use crate::domain::{
    failure::{Failure, FailureKind},
    held_by::HeldBy,
    id::RecordId,
    phrase::{Command, phrase},
    text::Text,
};
use load::{Filler, Sum, count, sums};

/// Name of the lock of whoever moves a record, from or to a place.
const LOCK: &str = "moving";

/// What a record holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Load {
    /// Customers.
    pub customers: u32,
    /// Runs, finished ones too.
    pub runs: u32,
    /// Seats, given back ones too.
    pub seats: u32,
    /// Entries of the history.
    pub entries: u32,
    /// Rows of all tables.
    pub rows: u32,
}

/// What a move would do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outlook {
    /// Nothing is there yet, or only what a move of this record left unfinished.
    New,
    /// It goes on with what was begun.
    GoesOn,
    /// What is left there of this record is replaced.
    Replaces,
    /// The record is there already.
    Arrived,
}

/// A record that has arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// Rows that were compared.
    pub rows: u32,
    /// It was there before.
    pub was_there: bool,
}

/// What a place says of itself.
struct Facts {
    id: Option<RecordId>,
    mark: Option<Mark>,
    arrived: Option<Text>,
    /// Number and hash of the last entry of the history.
    last: Option<(i64, [u8; 32])>,
}

impl Facts {
    fn of(tx: &Tx<'_>) -> Result<Self, Failure> {
        Ok(Self {
            id: about::find(tx, "id")?.and_then(|id| id.as_str().parse().ok()),
            mark: about::mark(tx)?,
            arrived: about::arrived(tx)?,
            last: audit::last(tx)?,
        })
    }
}

impl Store {
    /// What the record holds.
    ///
    /// # Errors
    /// `Record`, when it can't be read.
    pub fn load(&self) -> Result<Load, Failure> {
        let tables = sqlite::shape()?;
        self.read(|tx| {
            let of = |name: &str| {
                let named: Vec<TableShape> =
                    tables.iter().filter(|table| table.name == name).cloned().collect();
                count(tx, &named).map(shown)
            };
            Ok(Load {
                customers: of("customer")?,
                runs: of("run")?,
                seats: of("seat")?,
                entries: of("audit")?,
                rows: shown(count(tx, &tables)?),
            })
        })
    }

    /// What moving the record to a place would do; nothing is made or marked.
    ///
    /// # Errors
    /// `Refused`: not an Admin. `Conflict`: somebody works on it, another move has begun, or the place has something else.
    /// `Record`: one of the two can't be opened, or the history is not whole.
    pub fn outlook(&self, to: &Place) -> Result<Outlook, Failure> {
        self.write_if_marked(|write| write.demand_admin("moving the record"))?;
        let there = Database::at(to, false)?;
        let outlook = self.outlook_of(to, there.as_ref())?;
        if outlook != Outlook::Arrived {
            self.demand_idle()?;
            if !self.read(audit::is_whole)? {
                return Err(Failure::new(
                    FailureKind::Record,
                    "the history is not whole: an entry was changed, removed or put in afterwards, so the record was not moved",
                    "Don't rely on it. Keep the record as it is and tell your lead.",
                )
                .alarming());
            }
        }
        Ok(outlook)
    }

    /// Moves the record to a place; `tell` is told how far it is, and what it will come to. Safe to repeat, and goes on
    /// where it was broken off.
    ///
    /// # Errors
    /// As [`Store::outlook`]; `Record`: a row is not there as it is here. This record stays the only one that counts then.
    pub fn move_to(&self, to: &Place, tell: &mut dyn FnMut(u64, u64)) -> Result<Arrival, Failure> {
        let _here = mover(&self.0.locks)?;
        self.demand_idle()?;
        let tables = sqlite::shape()?;
        let target = Database::at(to, true)?.ok_or_else(|| occupied(to, "nothing can be made there"))?;
        let _there = mover(&locks(&target, to)?)?;
        let outlook = self.outlook_of(to, Some(&target))?;
        let rows = || self.read(|tx| count(tx, &tables));
        if outlook == Outlook::Arrived {
            return Ok(Arrival { rows: shown(rows()?), was_there: true });
        }
        if let Database::File(file) = &target {
            file.without_triggers()?;
        }
        let trip = self.depart(to)?;
        let rows = rows()?;
        let written = self.begin(&target, &trip, outlook, &tables)?;
        let (here, numbers) = self.read(|tx| {
            let filler = Filler::new(&target, sqlite::NEWEST, written);
            let sums = filler.copy(tx, &tables, &mut |read| tell(read, rows * 2))?;
            Ok((sums, tx.numbers()?))
        })?;
        target.write(Scope::Marked, |tx| {
            tx.set_numbers(&numbers)?;
            tx.set_triggers(&tables, true)?;
            tx.survey(&tables)?;
            Ok(((), true))
        })?;
        let compared = target.read(|tx| {
            let there = sums(tx, &tables, &mut |read| tell(rows + read, rows * 2))?;
            compared(&tables, &here, &there)?;
            if audit::is_whole(tx)? {
                Ok(())
            } else {
                Err(differs("audit", "its entries don't fit each other"))
            }
        });
        if let Err(failure) = compared {
            // What is there is of no use: the next time it is begun anew.
            target.write(Scope::Marked, |tx| Ok((about::fill(tx, 0, 0)?, true)))?;
            return Err(failure);
        }
        self.leave(&trip)?;
        self.arrive(&target, &trip)?;
        Ok(Arrival { rows: shown(rows), was_there: false })
    }

    /// Gives a move up that was begun; false where there was none. What was copied can't be worked with.
    ///
    /// # Errors
    /// `Refused`: not an Admin. `Conflict`: the move goes on just now, or has come to its end.
    pub fn give_up_moving(&self) -> Result<bool, Failure> {
        let _here = mover(&self.0.locks)?;
        self.write_in(Scope::Marked, |write| {
            write.demand_admin("giving up a move of the record")?;
            match about::mark(write.tx)? {
                None => Ok(false),
                Some(Mark::Moving(trip)) => {
                    about::take_mark(write.tx)?;
                    write.note_all(None, None, &format!("gave up moving the record to {}", trip.place))?;
                    Ok(true)
                }
                Some(mark) => Err(Failure { is_alarm: false, ..mark.refusal() }),
            }
        })
    }

    /// Refuses to go on with a record that was moved, or is being moved.
    ///
    /// # Errors
    /// `Record`, as an alarm.
    pub fn demand_unmoved(&self) -> Result<(), Failure> {
        match self.read(about::mark)? {
            Some(mark) => Err(mark.refusal()),
            None => Ok(()),
        }
    }

    /// Where the record is, in words.
    fn place(&self) -> Text {
        Text::of(format_args!("{}", self.0.options.place))
    }

    /// Decides by what both places say.
    fn outlook_of(&self, to: &Place, there: Option<&Database>) -> Result<Outlook, Failure> {
        let here = self.read(Facts::of)?;
        let there = there.map(|there| there.read(Facts::of)).transpose()?;
        let is = |number: Option<&Text>, trip: &Trip| number == Some(&trip.number);
        let filling = there.as_ref().and_then(|there| match &there.mark {
            Some(Mark::Filling(trip)) => Some(&trip.number),
            _ => None,
        });
        match &here.mark {
            Some(Mark::Moved(trip)) if is(there.as_ref().and_then(|there| there.arrived.as_ref()), trip) => {
                return Ok(Outlook::Arrived);
            }
            Some(Mark::Moving(trip) | Mark::Moved(trip)) if is(filling, trip) => return Ok(Outlook::GoesOn),
            Some(mark @ Mark::Moved(_)) => return Err(mark.refusal()),
            Some(mark @ Mark::Moving(trip)) if trip.place.as_str() != to.to_string() => {
                return Err(mark.refusal());
            }
            _ => {}
        }
        let Some(there) = there else { return Ok(Outlook::New) };
        match (there.id, &there.mark) {
            (Some(id), _) if id != self.id() => Err(occupied(to, &format!("another record is there, {id}"))),
            (None, _) | (_, Some(Mark::Filling(_))) => Ok(Outlook::New),
            (_, Some(Mark::Moved(_))) if self.knows(there.last)? => Ok(Outlook::Replaces),
            _ => Err(occupied(to, "this record is there, and work may have gone on with it")),
        }
    }

    /// Whether an entry of another history is in this one, too.
    fn knows(&self, entry: Option<(i64, [u8; 32])>) -> Result<bool, Failure> {
        let Some((id, hash)) = entry else { return Ok(true) };
        let own: Option<[u8; 32]> =
            self.read(|tx| tx.one("SELECT hash FROM audit WHERE id = ?1", values![id]))?;
        Ok(own == Some(hash))
    }

    /// Refuses to move a record on which somebody works, and says what on.
    fn demand_idle(&self) -> Result<(), Failure> {
        let (runs, rules) = self.read(|tx| Ok((run::open(tx, None)?, rule::all(tx, None)?)))?;
        let mut held = Vec::new();
        for run in runs {
            let last = self.read(|tx| hold::find(tx, &run.id))?;
            if let Some(HeldBy { by, host, .. }) = self.live(&run.id, last, run.touched)? {
                held.push(format!("{by} has run {} on {host}", run.id));
            }
        }
        for (key, _) in rules {
            if self.0.locks.is_held(&claim::lock_name(key))? {
                held.push(format!("the sweep of {} for customer {}", key.1.name(), key.0.0));
            }
        }
        if held.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("somebody works on the record: {}", held.join(", "))),
            "Close the windows that have these runs open, and wait for the sweep. Then run the same command again.",
        ))
    }

    /// Marks the record as being moved, unless it is; answers the move.
    fn depart(&self, to: &Place) -> Result<Trip, Failure> {
        self.write_in(Scope::Marked, |write| {
            write.demand_admin("moving the record")?;
            if let Some(Mark::Moving(trip) | Mark::Moved(trip)) = about::mark(write.tx)? {
                return Ok(trip);
            }
            let number = Text::of(format_args!("{}", uuid::Uuid::new_v4().simple()));
            let trip = Trip { number, place: Text::of(format_args!("{to}")) };
            about::set_mark(write.tx, &Mark::Moving(trip.clone()))?;
            write.note_all(None, None, &format!("began to move the record from {} to {to}", self.place()))?;
            Ok(trip)
        })
    }

    /// Marks the other place as being filled, and empties it unless the same move had filled a part of it; answers how many
    /// rows are there.
    fn begin(
        &self,
        target: &Database,
        trip: &Trip,
        outlook: Outlook,
        tables: &[TableShape],
    ) -> Result<u64, Failure> {
        let facts = self.read(about::of_record)?;
        let mark = Mark::Filling(Trip { place: self.place(), ..trip.clone() });
        target.write(Scope::Marked, |tx| {
            if outlook == Outlook::GoesOn
                && let Some((sqlite::NEWEST, rows)) = about::filled(tx)?
            {
                return Ok((rows, true));
            }
            tx.set_triggers(tables, false)?;
            tx.empty(tables)?;
            for (name, value) in &facts {
                about::keep(tx, name, value)?;
            }
            about::set_mark(tx, &mark)?;
            about::fill(tx, sqlite::NEWEST, 0)?;
            Ok((0, true))
        })
    }

    /// Marks the record as moved: from here on it is the other one that counts.
    fn leave(&self, trip: &Trip) -> Result<(), Failure> {
        self.0
            .database
            .write(Scope::Marked, |tx| Ok((about::set_mark(tx, &Mark::Moved(trip.clone()))?, true)))
    }

    /// Opens the other place for work.
    fn arrive(&self, target: &Database, trip: &Trip) -> Result<(), Failure> {
        let note = Note {
            at: self.0.options.clock.now(),
            operator: self.0.operator.name.clone(),
            host: self.0.options.host.clone(),
            run: None,
            customer: None,
            what: format!("moved the record here from {}", self.place()),
        };
        target.write(Scope::Marked, |tx| {
            about::arrive(tx, &trip.number)?;
            audit::add(tx, &[note])?;
            Ok(((), true))
        })
    }
}

/// Copies a record on a server into a file that is not there yet, for a trial; none where no record was made.
///
/// # Errors
/// `Record`: one of the two can't be used; the record was moved.
pub(super) fn copied(server: &Server, to: &Path) -> Result<(), Failure> {
    if !server.is_made()? {
        return Ok(());
    }
    server.migrate()?;
    let tables = sqlite::shape()?;
    sqlite::make(to)?;
    let file = sqlite::Database::open(to.to_owned())?;
    file.without_triggers()?;
    let target = Database::File(file);
    server.read(|from| {
        if let Some(mark) = about::mark(from)? {
            return Err(mark.refusal());
        }
        let facts = about::of_record(from)?;
        target.write(Scope::Marked, |tx| {
            tx.empty(&tables)?;
            facts.iter().try_for_each(|(name, value)| about::keep(tx, name, value))?;
            Ok(((), true))
        })?;
        let numbers = from.numbers()?;
        Filler::new(&target, sqlite::NEWEST, 0).copy(from, &tables, &mut |_| {})?;
        target.write(Scope::Marked, |tx| Ok((tx.set_numbers(&numbers)?, true)))
    })
}

/// A count as it is shown.
fn shown(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The right to move from or to a place, gone with the process.
fn mover(locks: &Locks) -> Result<Hold, Failure> {
    locks.try_hold(LOCK)?.ok_or_else(|| {
        Failure::new(
            FailureKind::Conflict,
            "another program moves this record just now",
            phrase![
                "Wait until it has come to its end. Where the record is then, says: ",
                Command::RecordCheck,
                "."
            ],
        )
    })
}

/// The locks of a place.
fn locks(database: &Database, place: &Place) -> Result<Locks, Failure> {
    Ok(match (database, place) {
        (Database::Server(server), _) => Locks::Sessions(server.session().clone()),
        (Database::File(_), Place::File(file)) => Locks::Files(LockFolder::of(file)?),
        (Database::File(_), Place::Server(_)) => return Err(occupied(place, "it is no file")),
    })
}

/// Refuses a difference between what is here and what is there.
fn compared(tables: &[TableShape], here: &[Sum], there: &[Sum]) -> Result<(), Failure> {
    let pairs = tables.iter().zip(here.iter().zip(there));
    match pairs.into_iter().find(|(_, (here, there))| here != there) {
        Some((table, (here, there))) => {
            let why = if here.rows == there.rows {
                String::from("its rows are not the same")
            } else {
                format!("{} rows here, {} there", here.rows, there.rows)
            };
            Err(differs(&table.name, &why))
        }
        None => Ok(()),
    }
}

/// The copy is not what it should be.
fn differs(table: &str, why: &str) -> Failure {
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("the copy is not the same as the record, in the table {table}: {why}")),
        phrase![
            "The record stays where it was. Run the same command again: it begins anew. To go on working here, run: ",
            Command::RecordGiveUp,
            "."
        ],
    )
    .alarming()
}

/// A place that has something else.
fn occupied(to: &Place, why: &str) -> Failure {
    Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!("the record can't be moved to {to}: {why}")),
        "Nothing was changed. Name a place where no record is.",
    )
}
