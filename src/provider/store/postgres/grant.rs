//! Rights of roles in a record on a server: no more than each needs.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        record_role::{Rights, RoleName},
        text::Text,
    },
    provider::store::tx::{Tx, values},
};

/// The statements that give a role these rights, and take away what else it could do with the record.
pub(in super::super) fn statements(role: &RoleName, rights: Rights) -> String {
    let before = include_str!("../../../../assets/schema/postgres/grant/none.sql");
    let given = match rights {
        Rights::Operator => include_str!("../../../../assets/schema/postgres/grant/operator.sql"),
        Rights::Worker => include_str!("../../../../assets/schema/postgres/grant/worker.sql"),
        Rights::Reader => include_str!("../../../../assets/schema/postgres/grant/reader.sql"),
    };
    [before, given].concat().replace("{role}", &role.quoted())
}

/// Gives a role these rights, and makes it where it is missing; whether it was made.
///
/// # Errors
/// `Conflict`: the own role does not own the record, may make no role, or the other one may do everything anyway.
pub(in super::super) fn grant(tx: &Tx<'_>, role: &RoleName, rights: Rights) -> Result<bool, Failure> {
    demand_owner(tx)?;
    let is_there: bool =
        tx.only("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname::text = ?1)", values![role.as_str()])?;
    if is_there {
        refuse_owner(tx, role)?;
    } else {
        make(tx, role)?;
    }
    tx.batch(&statements(role, rights))?;
    Ok(!is_there)
}

/// Who owns the record's tables may change them, and grant rights to others.
pub(super) fn demand_owner(tx: &Tx<'_>) -> Result<(), Failure> {
    let (is_owner, (own, owner)): (bool, (Text, Text)) = tx.only(
        "SELECT pg_has_role(current_user, nspowner, 'USAGE'), current_user::text, pg_get_userbyid(nspowner)::text
           FROM pg_namespace WHERE nspname = 'backup365'",
        values![],
    )?;
    if is_owner {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!(
            "the record belongs to the role {owner}, and {own} may neither change its tables nor grant rights"
        )),
        Text::of(format_args!("Nothing was changed. Have it done with {owner} as the role in record.url.")),
    ))
}

/// Refuses a role whose rights nobody can narrow.
fn refuse_owner(tx: &Tx<'_>, role: &RoleName) -> Result<(), Failure> {
    let may_everything: bool = tx.only(
        "SELECT pg_has_role(?1::text::name, nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'backup365'",
        values![role.as_str()],
    )?;
    if !may_everything {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!(
            "the role {role} may do everything with this record already: it owns it, or all"
        )),
        "Nothing was changed. Name a role of its own.",
    ))
}

/// Makes a role that may sign in, without a password: none is ever sent.
fn make(tx: &Tx<'_>, role: &RoleName) -> Result<(), Failure> {
    let may_make: bool = tx.only(
        "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname::text = current_user::text",
        values![],
    )?;
    if may_make {
        return tx.batch(&format!("CREATE ROLE {} LOGIN", role.quoted()));
    }
    Err(Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!("the server has no role {role}, and the record's role may make none")),
        Text::of(format_args!(
            "Ask whoever runs the server for it (CREATE ROLE {} LOGIN), then try again.",
            role.quoted()
        )),
    ))
}
