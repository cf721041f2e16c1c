//! Which operator an account is: known again by its number on this computer, else by its name, however that is spelt.
//! Somebody who is signed in with Microsoft is known by the number there and by nothing else.

use super::super::{
    table::{audit::Note, operator},
    tx::Tx,
};
use crate::domain::{
    failure::Failure,
    operator::{Account, Operator, is_same_name},
    sign_in::SignedIn,
    text::Text,
    time::Moment,
};

/// The operator of an account; put on record where it is a new one. The first operator ever is Admin, later ones User.
/// What is to be noted is added to `notes`.
pub(crate) fn of(
    tx: &Tx<'_>,
    account: &Account,
    host: &Text,
    now: Moment,
    notes: &mut Vec<Note>,
) -> Result<Operator, Failure> {
    let mut note = |operator: &Text, what: String| {
        let (operator, host) = (operator.clone(), host.clone());
        notes.push(Note { at: now, operator, host, run: None, customer: None, what });
    };
    if let Some(who) = &account.signed_in {
        return signed_in(tx, who, now, note);
    }
    let all = operator::all(tx)?;
    let sign_ins = operator::sign_ins(tx)?;
    let signs_in = |name: &Text| sign_ins.iter().any(|known| known.operator == *name);
    // A name proves nothing: nobody becomes an operator who signs in by being called so.
    let rows: Vec<_> = all.iter().filter(|row| !signs_in(&row.name)).collect();
    let accounts = operator::accounts(tx)?;
    let is_here = |known: &&operator::AccountRow| account.number.is_some() && known.host == *host;
    let own = accounts.iter().filter(is_here).find(|known| Some(known.number) == account.number);
    let shown = Some(account.shown()).filter(|name| !signs_in(name));
    let shown = shown.unwrap_or_else(|| Text::of(format_args!("{} (account)", account.shown())));
    let is_shown = |name: &Text| is_same_name(name, &shown);
    let name = if let Some(own) = own {
        let is_taken = account.name.is_none() || rows.iter().any(|row| is_shown(&row.name));
        if is_taken {
            own.operator.clone()
        } else {
            operator::rename(tx, &own.operator, &shown)?;
            note(&shown, format!("{} is now called {shown}: the account was renamed", own.operator));
            shown
        }
    } else {
        // Another account of this computer may have the name: that one is somebody else.
        let is_elses = |name: &Text| accounts.iter().filter(is_here).any(|known| known.operator == *name);
        // The very spelling before the others.
        let mut alike: Vec<&Text> = rows.iter().map(|row| &row.name).filter(|name| is_shown(name)).collect();
        alike.sort_by_key(|name| **name != shown);
        let name = match (alike.iter().find(|name| !is_elses(name)), account.number) {
            (Some(known), _) => (*known).clone(),
            (None, Some(number)) if !alike.is_empty() => Text::of(format_args!("{shown}-{number}")),
            (None, _) => shown,
        };
        if !rows.iter().any(|row| row.name == name) {
            operator::enter(tx, &name, now)?;
        }
        if let Some(number) = account.number {
            operator::add_account(tx, host, number, &name)?;
        }
        name
    };
    let is_admin = operator::is_admin(tx, &name)?.unwrap_or(false);
    let warning = if all.is_empty() { account.first_warning() } else { None };
    Ok(Operator { name, is_admin, admins: operator::admins(tx)?, is_signed_in: false, warning })
}

/// The operator who is signed in. The name on record follows the one at Microsoft, and the role is that of the sign-in.
fn signed_in(
    tx: &Tx<'_>,
    who: &SignedIn,
    now: Moment,
    mut note: impl FnMut(&Text, String),
) -> Result<Operator, Failure> {
    let rows = operator::all(tx)?;
    let object = Text::of(format_args!("{}", who.object));
    let is_taken = |name: &Text| rows.iter().any(|row| row.name == *name);
    let known =
        operator::sign_ins(tx)?.into_iter().find(|row| (row.tenant, &row.object) == (who.tenant, &object));
    let name = match known {
        Some(known) if known.operator == who.name || is_taken(&who.name) => known.operator,
        Some(known) => {
            operator::rename(tx, &known.operator, &who.name)?;
            let what =
                format!("{} is now called {}: the name at Microsoft was changed", known.operator, who.name);
            note(&who.name, what);
            who.name.clone()
        }
        None => {
            let end = object.as_str().rsplit('-').next().unwrap_or_default();
            let free = Some(who.name.clone()).filter(|name| !is_taken(name));
            let name = free.unwrap_or_else(|| Text::of(format_args!("{} ({end})", who.name)));
            operator::enter(tx, &name, now)?;
            operator::add_sign_in(tx, who.tenant, &object, &name)?;
            name
        }
    };
    if operator::is_admin(tx, &name)? != Some(who.is_admin) {
        operator::set_admin(tx, &name, who.is_admin)?;
        let role = if who.is_admin { "an Admin" } else { "a User" };
        note(&name, format!("is {role} by the role of the sign-in"));
    }
    let admins = operator::admins(tx)?;
    Ok(Operator { name, is_admin: who.is_admin, admins, is_signed_in: true, warning: None })
}
