//! Which operator an account is: known again by its number on this computer, else by its name, however that is spelt.

use super::super::{
    table::{audit, operator},
    tx::Tx,
};
use crate::domain::{
    failure::Failure,
    operator::{Account, Operator, is_same_name},
    text::Text,
    time::Moment,
};

/// The operator of an account; put on record where it is a new one. The first operator ever is Admin, later ones User.
pub(crate) fn of(tx: &Tx<'_>, account: &Account, host: &Text, now: Moment) -> Result<Operator, Failure> {
    let rows = operator::all(tx)?;
    let accounts = operator::accounts(tx)?;
    let is_here = |known: &&operator::AccountRow| account.number.is_some() && known.host == *host;
    let own = accounts.iter().filter(is_here).find(|known| Some(known.number) == account.number);
    let shown = account.shown();
    let is_shown = |name: &Text| is_same_name(name, &shown);
    let name = if let Some(own) = own {
        let is_taken = account.name.is_none() || rows.iter().any(|row| is_shown(&row.name));
        if is_taken {
            own.operator.clone()
        } else {
            operator::rename(tx, &own.operator, &shown)?;
            let what = format!("{} is now called {shown}: the account was renamed", own.operator);
            let (operator, run, customer) = (&shown, None, None);
            audit::add(tx, &audit::Note { at: now, operator, host, run, customer, what: &what })?;
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
    let warning = if rows.is_empty() { account.first_warning() } else { None };
    Ok(Operator { name, is_admin, admins: operator::admins(tx)?, warning })
}
