//! Who may work here: the first operator in a record is Admin, later ones are User until an Admin changes them.

use super::{Store, error::not_found, table::operator};
use crate::domain::{
    failure::{Failure, FailureKind},
    run::Operator,
    text::Text,
};

impl Store {
    /// Everyone who ever opened this record, by name.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn operators(&self) -> Result<Vec<Operator>, Failure> {
        self.read(operator::all)
    }

    /// Makes an operator Admin or User. Counts for that operator's next write.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `NotFound` for a name not on record; `Conflict` for the last Admin.
    pub fn set_admin(&self, name: &Text, is_admin: bool) -> Result<(), Failure> {
        self.write(|write| {
            write.demand_admin("changing operators")?;
            let was = operator::is_admin(write.tx, name)?
                .ok_or_else(|| not_found(Text::of(format_args!("there is no operator called {name}"))))?;
            if was == is_admin {
                return Ok(());
            }
            if was && operator::admins(write.tx)? <= 1 {
                return Err(Failure::new(
                    FailureKind::Conflict,
                    Text::of(format_args!("{name} is the only Admin")),
                    "Make somebody else an Admin first.",
                ));
            }
            operator::set_admin(write.tx, name, is_admin)?;
            let role = if is_admin { "an Admin" } else { "a User" };
            write.note_all(None, None, &format!("made {name} {role}"))
        })
    }
}
