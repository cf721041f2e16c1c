//! Who may work here, and by which accounts.

use super::super::tx::{Tx, columns, values};
use crate::domain::{failure::Failure, id::TenantId, text::Text, time::Moment};

/// An operator's own row.
#[derive(Clone, Debug)]
pub(crate) struct OperatorRow {
    pub(crate) name: Text,
    pub(crate) is_admin: bool,
    pub(crate) since: Moment,
}

/// An account of an operator.
#[derive(Clone, Debug)]
pub(crate) struct AccountRow {
    /// The role by which a record on a server is opened; none: the record was a file.
    pub(crate) role: Option<Text>,
    pub(crate) host: Text,
    /// None: its system has no numbers, and the name tells.
    pub(crate) number: Option<u32>,
    pub(crate) name: Text,
    pub(crate) operator: Text,
}

/// An operator who signs in.
#[derive(Clone, Debug)]
pub(crate) struct SignInRow {
    pub(crate) tenant: TenantId,
    pub(crate) object: Text,
    pub(crate) operator: Text,
}

columns! {
    OperatorRow { name, is_admin, since }
    AccountRow { role, host, number, name, operator }
    SignInRow { tenant, object, operator }
}

/// Adds an operator who is not on record; the first one ever is Admin, later ones are User.
pub(crate) fn enter(tx: &Tx<'_>, name: &Text, now: Moment) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO operator (name, is_admin, since) SELECT ?1, NOT EXISTS (SELECT 1 FROM operator), ?2",
        values![name, now],
    )
}

/// Whether an operator is Admin; none: not on record.
pub(crate) fn is_admin(tx: &Tx<'_>, name: &Text) -> Result<Option<bool>, Failure> {
    tx.one("SELECT is_admin FROM operator WHERE name = ?1", values![name])
}

/// All operators, by name.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<OperatorRow>, Failure> {
    tx.query("SELECT name, is_admin, since FROM operator ORDER BY name", values![])
}

/// The names of all Admins.
pub(crate) fn admins(tx: &Tx<'_>) -> Result<Vec<Text>, Failure> {
    tx.query("SELECT name FROM operator WHERE is_admin ORDER BY name", values![])
}

/// Makes an operator Admin or User.
pub(crate) fn set_admin(tx: &Tx<'_>, name: &Text, is_admin: bool) -> Result<(), Failure> {
    tx.write("UPDATE operator SET is_admin = ?2 WHERE name = ?1", values![name, is_admin])
}

/// Gives an operator another name; what was done under the old one keeps it.
pub(crate) fn rename(tx: &Tx<'_>, name: &Text, to: &Text) -> Result<(), Failure> {
    tx.write("UPDATE operator SET name = ?2 WHERE name = ?1", values![name, to])
}

/// All accounts.
pub(crate) fn accounts(tx: &Tx<'_>) -> Result<Vec<AccountRow>, Failure> {
    tx.query(
        "SELECT CAST(NULL AS TEXT) AS role, host, number, '' AS name, operator FROM account
         UNION ALL SELECT role, host, NULLIF(number, -1), name, operator FROM account_on_server
         ORDER BY host, number, name, role",
        values![],
    )
}

/// Keeps an account of an operator.
pub(crate) fn add_account(tx: &Tx<'_>, host: &Text, number: u32, name: &Text) -> Result<(), Failure> {
    tx.write("INSERT INTO account (host, number, operator) VALUES (?1, ?2, ?3)", values![host, number, name])
}

/// Keeps an account of an operator of a record on a server; without a number `name` tells.
pub(crate) fn add_account_on_server(
    tx: &Tx<'_>,
    (role, host): (&Text, &Text),
    number: Option<u32>,
    name: &Text,
    operator: &Text,
) -> Result<(), Failure> {
    let name = if number.is_some() { "" } else { name.as_str() };
    tx.write(
        "INSERT INTO account_on_server (role, host, number, name, operator) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![role, host, number.map_or(-1, i64::from), name, operator],
    )
}

/// All operators who sign in.
pub(crate) fn sign_ins(tx: &Tx<'_>) -> Result<Vec<SignInRow>, Failure> {
    tx.query("SELECT tenant, object, operator FROM sign_in ORDER BY operator", values![])
}

/// Keeps by which account of the partner's organisation an operator signs in.
pub(crate) fn add_sign_in(tx: &Tx<'_>, tenant: TenantId, object: &Text, name: &Text) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO sign_in (tenant, object, operator) VALUES (?1, ?2, ?3)",
        values![tenant, object, name],
    )
}
