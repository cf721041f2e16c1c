//! Who may work here: the first operator in a record is Admin, later ones are User until an Admin changes them.

use super::{
    Place, Store,
    part::{identity, write::Write},
    postgres::Server,
    sqlite,
    table::operator,
    tx::Tx,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    operator::{Account, is_same_name},
    phrase::{Command, phrase},
    text::Text,
    time::Moment,
};

/// An operator, as on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownOperator {
    /// The name.
    pub name: Text,
    /// Admin, else User.
    pub is_admin: bool,
    /// First work with this record.
    pub since: Moment,
    /// The accounts by which the operator is known again.
    pub accounts: Vec<KnownAccount>,
    /// Signs in with Microsoft, which says what the role is.
    pub signs_in: bool,
}

/// An account of an operator, as on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownAccount {
    /// The role by which a record on a server is opened; none: the record was a file.
    pub role: Option<Text>,
    /// The computer.
    pub host: Text,
    /// The number there (uid); none: its system has no numbers, and the name tells.
    pub number: Option<u32>,
}

impl Store {
    /// Whether an account of this computer is an Admin by the record in a place; none where it never worked with it. Changes
    /// nothing.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn is_admin_in(place: &Place, account: &Account, host: &Text) -> Result<Option<bool>, Failure> {
        let role = place.role();
        let find = |tx: &Tx<'_>| {
            let who = identity::Who { account, host, role: role.as_ref() };
            let name = identity::known(tx, who)?;
            name.map_or(Ok(None), |name| operator::is_admin(tx, &name))
        };
        match place {
            Place::File(file) if !file.exists() => Ok(None),
            Place::File(file) => sqlite::read(file, find),
            Place::Server(address) => {
                let server = Server::connect(address)?;
                if server.is_made()? { server.read(find) } else { Ok(None) }
            }
        }
    }

    /// Everyone who ever opened this record, by name.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn operators(&self) -> Result<Vec<KnownOperator>, Failure> {
        self.read(|tx| {
            let accounts = operator::accounts(tx)?;
            let sign_ins = operator::sign_ins(tx)?;
            let known = |row: operator::OperatorRow| {
                let own = accounts.iter().filter(|account| account.operator == row.name);
                let known = |account: &operator::AccountRow| KnownAccount {
                    role: account.role.clone(),
                    host: account.host.clone(),
                    number: account.number,
                };
                let accounts = own.map(known).collect();
                let signs_in = sign_ins.iter().any(|known| known.operator == row.name);
                let operator::OperatorRow { name, is_admin, since } = row;
                KnownOperator { name, is_admin, since, accounts, signs_in }
            };
            Ok(operator::all(tx)?.into_iter().map(known).collect())
        })
    }

    /// Makes an operator, by the name in any spelling, Admin or User; whether that is a change. Counts for that operator's
    /// next write.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `NotFound` for a name not on record, or of several; `Conflict` for the last Admin,
    /// and for an operator whose role comes from the sign-in.
    pub fn set_admin(&self, name: &Text, is_admin: bool) -> Result<bool, Failure> {
        self.write(|write| {
            write.demand_admin("changing operators")?;
            let row = named(write, name)?;
            if row.is_admin && !is_admin && operator::admins(write.tx)?.len() <= 1 {
                return Err(Failure::new(
                    FailureKind::Conflict,
                    Text::of(format_args!("{} is the only Admin, so nothing was changed", row.name)),
                    "Make another operator an Admin first.",
                ));
            }
            let role = if is_admin { "an Admin" } else { "a User" };
            change(write, &row, is_admin, &format!("made {} {role}", row.name))
        })
    }

    /// Makes the operator at the keyboard an Admin without asking one, on purpose: local roles guard against mistakes, not
    /// against whoever may write the record itself. Whether that is a change; one is in the audit.
    ///
    /// # Errors
    /// `Record`, when the record can't be written: a retry is safe. `Conflict`, where the role comes from the sign-in.
    pub fn recover_admin(&self) -> Result<bool, Failure> {
        self.write(|write| {
            let row = named(write, write.operator())?;
            change(write, &row, true, "made themselves an Admin (recovery)")
        })
    }
}

/// Changes a role, unless it is that already.
fn change(
    write: &Write<'_>,
    row: &operator::OperatorRow,
    is_admin: bool,
    what: &str,
) -> Result<bool, Failure> {
    if operator::sign_ins(write.tx)?.iter().any(|known| known.operator == row.name) {
        return Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("{} signs in with Microsoft, and the role comes from there", row.name)),
            phrase![
                "Your organisation's administrator assigns Admin or User in the operators' application; it counts from the next ",
                Command::Login,
                " on."
            ],
        ));
    }
    if row.is_admin == is_admin {
        return Ok(false);
    }
    operator::set_admin(write.tx, &row.name, is_admin)?;
    write.note_all(None, None, what)?;
    Ok(true)
}

/// The operator of that name: exactly, else in another spelling where only one has it.
fn named(write: &Write<'_>, name: &Text) -> Result<operator::OperatorRow, Failure> {
    let rows = operator::all(write.tx)?;
    let alike: Vec<_> = rows.iter().filter(|row| is_same_name(&row.name, name)).collect();
    if let Some(row) = rows.iter().find(|row| row.name == *name) {
        return Ok(row.clone());
    }
    if let [row] = alike.as_slice() {
        return Ok((*row).clone());
    }
    let names = rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", ");
    Err(Failure::new(
        FailureKind::NotFound,
        Text::of(format_args!("there is no operator called {name}")),
        phrase![
            format_args!("On record: {names}."),
            " An account is put there by its first start of backup365. See: ",
            Command::OperatorsList
        ],
    ))
}
