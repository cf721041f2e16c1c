//! What another role may do with a record on a server: operators, Backup365's workers, whoever reads.

use super::{Place, Store, postgres};
use crate::domain::{
    failure::{Failure, FailureKind},
    record_role::{Rights, RoleName},
    text::Text,
};

impl Store {
    /// Gives a role these rights and no others, and makes it where it is missing; whether it was made. Safe to repeat.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Malformed` for a record in a file; `Conflict`, where the record's own role may not
    /// do that, or the other one can't be narrowed. Nothing was changed then.
    pub fn grant(&self, role: &RoleName, rights: Rights) -> Result<bool, Failure> {
        if matches!(self.0.options.place, Place::File(_)) {
            return Err(Failure::new(
                FailureKind::Malformed,
                "the record lies in a file, and a file has no roles",
                "Whoever may write the file may do everything. Roles belong to a record on a server.",
            ));
        }
        self.write(|write| {
            write.demand_admin("granting rights")?;
            let is_made = postgres::grant(write.tx, role, rights)?;
            let what = Text::of(format_args!("gave the role {role} the rights of {}", rights.of_whom()));
            write.note_all(None, None, what.as_str())?;
            Ok(is_made)
        })
    }

    /// The statements that [`Store::grant`] runs, for whoever runs the server.
    #[must_use]
    pub fn grant_statements(role: &RoleName, rights: Rights) -> String {
        postgres::grant_statements(role, rights)
    }
}
