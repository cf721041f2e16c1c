//! Which operator an account is: known again by its number on this computer, else, where the record is a file, by its name,
//! however that is spelt. On a server the number counts together with the server's role, and a name is nobody's right: there
//! the same name may be somebody else on each computer. Somebody who is signed in with Microsoft is known by the number
//! there and by nothing else.

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

/// Who opens a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    /// The account of the system, or who is signed in there.
    pub(crate) account: &'a Account,
    /// On which computer.
    pub(crate) host: &'a Text,
    /// By which role of a server; none: the record is a file.
    pub(crate) role: Option<&'a Text>,
}

/// The operator of an account; put on record where it is a new one. The first operator ever is Admin, later ones User.
/// What is to be noted is added to `notes`.
pub(crate) fn of(tx: &Tx<'_>, who: Who<'_>, now: Moment, notes: &mut Vec<Note>) -> Result<Operator, Failure> {
    let Who { account, host, role } = who;
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
    let shown = Some(account.shown()).filter(|name| !signs_in(name));
    let shown = shown.unwrap_or_else(|| Text::of(format_args!("{} (account)", account.shown())));
    let is_shown = |name: &Text| is_same_name(name, &shown);
    let name = if let Some(own) = own(&accounts, who) {
        let is_taken = account.name.is_none() || rows.iter().any(|row| is_shown(&row.name));
        let name = if is_taken || with_place(&shown, who).as_ref() == Some(&own.operator) {
            own.operator.clone()
        } else {
            operator::rename(tx, &own.operator, &shown)?;
            note(&shown, format!("{} is now called {shown}: the account was renamed", own.operator));
            shown
        };
        // Of the time before the record came to the server: the same account of the same computer.
        if let (Some(role), None) = (role, &own.role) {
            operator::add_account_on_server(tx, (role, host), own.number, &account.shown(), &name)?;
        }
        name
    } else {
        let names: Vec<&Text> = rows.iter().map(|row| &row.name).collect();
        let name = match with_place(&shown, who) {
            None => in_file(&names, &accounts, who, &shown),
            Some(there) => on_server(&names, who, shown, there),
        };
        if !names.contains(&&name) {
            operator::enter(tx, &name, now)?;
        }
        match (account.number, role) {
            (number, Some(role)) => {
                operator::add_account_on_server(tx, (role, host), number, &account.shown(), &name)?;
            }
            (Some(number), None) => operator::add_account(tx, host, number, &name)?,
            (None, None) => {}
        }
        name
    };
    let is_admin = operator::is_admin(tx, &name)?.unwrap_or(false);
    let warning = if all.is_empty() { account.first_warning() } else { None };
    Ok(Operator { name, is_admin, admins: operator::admins(tx)?, is_signed_in: false, warning })
}

/// The operator on record that an account of the system is; none: it never worked with this record.
pub(crate) fn known(tx: &Tx<'_>, who: Who<'_>) -> Result<Option<Text>, Failure> {
    Ok(own(&operator::accounts(tx)?, who).map(|own| own.operator.clone()))
}

/// The account on record that this one is: of the same role before one of a file. A record that came back from a server
/// asks for no role.
fn own<'r>(accounts: &'r [operator::AccountRow], who: Who<'_>) -> Option<&'r operator::AccountRow> {
    let Who { account, host, role } = who;
    let is_its = |known: &&operator::AccountRow| {
        let fits = role.is_none() || known.role.is_none() || known.role.as_ref() == role;
        let is_named = known.number.is_some() || is_same_name(&known.name, &account.shown());
        fits && known.host == *host && known.number == account.number && is_named
    };
    accounts.iter().filter(is_its).min_by_key(|known| known.role.as_ref() != role)
}

/// "ann (role backup365, desk-1)"; none: the record is a file.
fn with_place(shown: &Text, Who { role, host, .. }: Who<'_>) -> Option<Text> {
    role.map(|role| Text::of(format_args!("{shown} (role {role}, {host})")))
}

/// The name of an account that is not on record, where the record is a file.
fn in_file(names: &[&Text], accounts: &[operator::AccountRow], who: Who<'_>, shown: &Text) -> Text {
    // Another account of this computer may have the name: that one is somebody else.
    let is_elses = |name: &Text| {
        let is_here = |known: &&operator::AccountRow| who.account.number.is_some() && known.host == *who.host;
        accounts.iter().filter(is_here).any(|known| known.operator == *name)
    };
    // The very spelling before the others.
    let mut alike: Vec<&Text> = names.iter().copied().filter(|name| is_same_name(name, shown)).collect();
    alike.sort_by_key(|name| *name != shown);
    match (alike.iter().find(|name| !is_elses(name)), who.account.number) {
        (Some(known), _) => (*known).clone(),
        (None, Some(number)) if !alike.is_empty() => Text::of(format_args!("{shown}-{number}")),
        (None, _) => shown.clone(),
    }
}

/// The same on a server: the name alone while nobody else is called so, else with role and computer, `there`.
fn on_server(names: &[&Text], who: Who<'_>, shown: Text, there: Text) -> Text {
    if !names.iter().any(|name| is_same_name(name, &shown)) {
        return shown;
    }
    match who.account.number {
        Some(number) if names.contains(&&there) => Text::of(format_args!("{there}-{number}")),
        _ => there,
    }
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
