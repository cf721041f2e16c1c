//! `backup365 record grant`: what a role of the server may do with the record there.

use serde_json::{Value, json};

use crate::{
    domain::record_role::{Rights, RoleName},
    exit::Exit,
    provider::store::Store,
};

use super::super::{
    Out, quietly,
    record_context::{RecordContext, refused},
};

/// Gives a role its rights.
///
/// # Errors
/// The record can't be used, or does not allow it; stdout can't be written for another reason than a closed pipe.
pub fn grant(cx: &RecordContext, of: (&RoleName, Rights), is_json: bool) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let (role, rights) = of;
    let is_made = cx.store.grant(role, rights).map_err(|failure| refused(&failure))?;
    if is_made {
        cx.out.note(&format!("{role} was made without a password: whoever runs the server gives it one."));
    }
    let printed = if is_json {
        cx.out.json(&object(of, cx.is_sandbox, Some(is_made)))
    } else {
        cx.out.say(&format!("{role} has the rights of {} now, and no others.", rights.of_whom()))
    };
    quietly(printed, Exit::Done)
}

/// Prints the statements that would do it, and changes nothing.
///
/// # Errors
/// Stdout can't be written for another reason than a closed pipe.
pub fn print(out: Out, of: (&RoleName, Rights), is_sandbox: bool, is_json: bool) -> anyhow::Result<Exit> {
    let (role, rights) = of;
    let printed = if is_json {
        out.json(&object(of, is_sandbox, None))
    } else {
        let statements = Store::grant_statements(role, rights);
        let make = format!("-- Where it is missing: CREATE ROLE {} LOGIN;", role.quoted());
        let head = "-- To be run where the record lies, by the role that made it.";
        [head, &make, "BEGIN;", statements.trim_end(), "COMMIT;"].iter().try_for_each(|line| out.say(line))
    };
    quietly(printed, Exit::Done)
}

/// The object of `--json`; `is_made`: whether the role was made, none where nothing was done.
fn object((role, rights): (&RoleName, Rights), is_sandbox: bool, is_made: Option<bool>) -> Value {
    json!({
        "version": 1,
        "kind": "record-grant",
        "sandbox": is_sandbox,
        "role": role.as_str(),
        "rights": rights.word(),
        "granted": is_made.is_some(),
        "made": is_made.unwrap_or(false),
        "statements": Store::grant_statements(role, rights),
    })
}
