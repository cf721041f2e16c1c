//! Impersonation details: one set per customer, shared by both hosted products, the password sealed.

use std::collections::HashSet;

use super::{
    super::tx::{Columns, Row, Tx, values},
    By,
};
use crate::domain::{
    customer::{Impersonation, Listing},
    doubt::Holder,
    exchange_server::is_under_any,
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
    )
}

impl Columns for Impersonation {
    /// Reads all but the password.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (server, account, sample) = (row.read()?, row.read()?, row.read()?);
        let domains = list(row)?.unwrap_or_default().iter().map(|domain| Text::clean(domain)).collect();
        // An address that is none any more is left out: the list is typed data, and one bad row must not lose it.
        let listing = match list(row)? {
            Some(given) => Listing::Given(given.iter().filter_map(|address| address.parse().ok()).collect()),
            None => Listing::Directory,
        };
        Ok(Self { server, account, password: Secret::new(String::new()), sample, domains, listing })
    }
}

/// A JSON list of words.
fn list(row: &Row<'_>) -> Result<Option<Vec<String>>, Failure> {
    let json: Option<String> = row.read()?;
    json.map(|json| serde_json::from_str(&json)).transpose().map_err(|_no_list| row.unreadable())
}

/// The server of a customer's details.
pub(crate) fn server(tx: &Tx<'_>, customer: CustomerId) -> Result<Option<Text>, Failure> {
    tx.one("SELECT server FROM impersonation WHERE customer = ?1", values![customer])
}

/// The server of every customer's details, by the customers' numbers.
pub(crate) fn servers(tx: &Tx<'_>) -> Result<Vec<Text>, Failure> {
    tx.query("SELECT server FROM impersonation ORDER BY customer", values![])
}

/// The sealed password of every customer's details, by the customers' numbers.
pub(crate) fn sealed(tx: &Tx<'_>) -> Result<Vec<(CustomerId, Vec<u8>)>, Failure> {
    tx.query("SELECT customer, password FROM impersonation ORDER BY customer", values![])
}

/// Keeps the same password, sealed anew: nothing else of the details was changed.
pub(crate) fn reseal(tx: &Tx<'_>, customer: CustomerId, sealed: &[u8]) -> Result<(), Failure> {
    tx.write("UPDATE impersonation SET password = ?2 WHERE customer = ?1", values![customer, sealed])
}

/// The mail domains of a customer.
struct MailDomains {
    own: Text,
    /// Those of saved details.
    hosted: Vec<Text>,
}

impl Columns for MailDomains {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let own = row.read()?;
        let hosted = list(row)?.unwrap_or_default().iter().map(|domain| Text::clean(domain)).collect();
        Ok(Self { own, hosted })
    }
}

/// Which mail domains of others count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// Their own ones, and those of saved details.
    Any,
    /// Those of saved details.
    Hosted,
}

/// The mail domains of everybody's saved details, in small letters. Cost: all details are looked through.
pub(crate) fn hosted(tx: &Tx<'_>) -> Result<HashSet<String>, Failure> {
    let all: Vec<MailDomains> = tx.query(
        "SELECT domain, domains FROM impersonation JOIN customer ON customer.id = customer",
        values![],
    )?;
    let hosted = all.iter().flat_map(|domains| &domains.hosted);
    Ok(hosted.map(|domain| domain.as_str().to_ascii_lowercase()).collect())
}

/// Who has these mail domains, or whole ones of which these are parts, but for one customer; closed customers too. By
/// name. Cost: all customers and their details are looked through.
pub(crate) fn having(
    tx: &Tx<'_>,
    domains: &[Text],
    but: CustomerId,
    held: Held,
) -> Result<Vec<(Holder, Text)>, Failure> {
    let others: Vec<(Holder, MailDomains)> = tx.query(
        "SELECT customer.id, reference, name, is_active, domain, domains
           FROM customer LEFT JOIN impersonation ON impersonation.customer = customer.id
          WHERE customer.id <> ?1 ORDER BY name COLLATE NOCASE, customer.id",
        values![but],
    )?;
    let mut found: Vec<(Holder, Text)> = Vec::new();
    for (other, MailDomains { own, hosted }) in others {
        let own = (held == Held::Any).then_some(own);
        for domain in own.into_iter().chain(hosted) {
            let is_asked =
                domains.iter().any(|one| is_under_any(one.as_str(), std::slice::from_ref(&domain)));
            let pair = (other.clone(), domain);
            // The own domain may be among those of the details, too.
            if is_asked && !found.contains(&pair) {
                found.push(pair);
            }
        }
    }
    Ok(found)
}

/// Another customer's access, without its password.
pub(crate) struct Elsewhere {
    pub(crate) server: Text,
    pub(crate) account: Text,
    /// The mailbox that was tried.
    pub(crate) sample: Address,
}

impl Columns for Elsewhere {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self { server: row.read()?, account: row.read()?, sample: row.read()? })
    }
}

/// The access of every other customer.
pub(crate) fn elsewhere(tx: &Tx<'_>, but: CustomerId) -> Result<Vec<Elsewhere>, Failure> {
    tx.query(
        "SELECT server, account, sample FROM impersonation WHERE customer <> ?1 ORDER BY customer",
        values![but],
    )
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
