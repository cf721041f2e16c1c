//! Impersonation details: one set per customer, shared by both hosted products, the password sealed.

use super::{
    super::tx::{Row, Tx, values},
    By,
};
use crate::domain::{
    customer::{Impersonation, Listing},
    failure::Failure,
    id::{Address, CustomerId},
    secret::Secret,
    text::Text,
};

/// The details of a customer with an empty password, and the sealed one.
pub(crate) fn find(tx: &Tx<'_>, customer: CustomerId) -> Result<Option<(Impersonation, Vec<u8>)>, Failure> {
    tx.one(
        "SELECT server, account, sample, domains, given, password FROM impersonation WHERE customer = ?1",
        values![customer],
        |row| Ok((details(row)?, row.get(5)?)),
    )
}

/// The details without the password.
fn details(row: &Row<'_>) -> Result<Impersonation, Failure> {
    let domains = list(row, 3)?.unwrap_or_default().iter().map(|domain| Text::clean(domain)).collect();
    // An address that is none any more is left out: the list is typed data, and one bad row must not lose it.
    let listing = match list(row, 4)? {
        Some(given) => {
            Listing::Given(given.iter().filter_map(|address| address.parse::<Address>().ok()).collect())
        }
        None => Listing::Directory,
    };
    let (server, account, sample) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Impersonation { server, account, password: Secret::new(String::new()), sample, domains, listing })
}

/// A JSON list of words.
fn list(row: &Row<'_>, at: usize) -> Result<Option<Vec<String>>, Failure> {
    let json: Option<String> = row.get(at)?;
    json.map(|json| serde_json::from_str(&json)).transpose().map_err(|_no_list| row.unreadable(at))
}

/// The server of a customer's details.
pub(crate) fn server(tx: &Tx<'_>, customer: CustomerId) -> Result<Option<Text>, Failure> {
    tx.one("SELECT server FROM impersonation WHERE customer = ?1", values![customer], |row| row.get(0))
}

/// Keeps the details in the place of the ones before.
pub(crate) fn keep(
    tx: &Tx<'_>,
    customer: CustomerId,
    access: &Impersonation,
    sealed: &[u8],
    (operator, now): By<'_>,
) -> Result<(), Failure> {
    let json = |words: Vec<&str>| serde_json::Value::from(words).to_string();
    let domains = json(access.domains.iter().map(Text::as_str).collect());
    let given = match &access.listing {
        Listing::Given(addresses) => Some(json(addresses.iter().map(Address::as_str).collect())),
        Listing::Directory => None,
    };
    let (server, account, sample) = (&access.server, &access.account, &access.sample);
    tx.write(
        "INSERT INTO impersonation (customer, server, account, password, sample, domains, given, saved, operator)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (customer) DO UPDATE SET server = excluded.server, account = excluded.account,
                password = excluded.password, sample = excluded.sample, domains = excluded.domains,
                given = excluded.given, saved = excluded.saved, operator = excluded.operator",
        values![customer, server, account, sealed, sample, &domains, given.as_ref(), now, operator],
    )
}
