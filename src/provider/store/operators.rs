//! Who may work here: the first operator in a record is Admin, later ones are User until an Admin changes them.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Store, StoreOptions, error::not_found, row::text};
use crate::domain::{
    failure::{Failure, FailureKind},
    run::Operator,
    text::Text,
};

/// Finds or makes the operator who opens the store.
pub(super) fn enter(tx: &Transaction<'_>, options: &StoreOptions) -> Result<Operator, Failure> {
    tx.execute(
        "INSERT INTO operator (name, is_admin, since)
         SELECT ?1, NOT EXISTS (SELECT 1 FROM operator), ?2 WHERE true ON CONFLICT DO NOTHING",
        params![options.operator_name.as_str(), options.clock.now().as_millis()],
    )?;
    let is_admin: bool = tx.query_row(
        "SELECT is_admin FROM operator WHERE name = ?1",
        [options.operator_name.as_str()],
        |row| row.get(0),
    )?;
    Ok(Operator { name: options.operator_name.clone(), is_admin: is_admin && !options.as_user })
}

impl Store {
    /// Everyone who ever opened this record, by name.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn operators(&self) -> Result<Vec<Operator>, Failure> {
        self.read(|tx| {
            let mut statement = tx.prepare("SELECT name, is_admin FROM operator ORDER BY name")?;
            let rows =
                statement.query_map([], |row| Ok(Operator { name: text(row, 0)?, is_admin: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Makes an operator Admin or User. Counts for that operator's next write.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `NotFound` for a name not on record; `Conflict` for the last Admin.
    pub fn set_admin(&self, name: &Text, is_admin: bool) -> Result<(), Failure> {
        self.write(|write| {
            write.demand_admin("changing operators")?;
            let was: bool = write
                .tx
                .query_row("SELECT is_admin FROM operator WHERE name = ?1", [name.as_str()], |row| row.get(0))
                .optional()?
                .ok_or_else(|| not_found(Text::of(format_args!("there is no operator called {name}"))))?;
            if was == is_admin {
                return Ok(());
            }
            let admins: u32 =
                write.tx.query_row("SELECT sum(is_admin) FROM operator", [], |row| row.get(0))?;
            if was && admins <= 1 {
                return Err(Failure::new(
                    FailureKind::Conflict,
                    Text::of(format_args!("{name} is the only Admin")),
                    "Make somebody else an Admin first.",
                ));
            }
            write.tx.execute(
                "UPDATE operator SET is_admin = ?2 WHERE name = ?1",
                params![name.as_str(), is_admin],
            )?;
            let role = if is_admin { "an Admin" } else { "a User" };
            write.note_all(None, None, Text::of(format_args!("made {name} {role}")))
        })
    }
}
