//! Everything on record about one customer, for `customers show`. No password is read, encrypted or not.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store, SweepRecord, history,
    row::{ORGANISATION, maybe_moment, maybe_text, moment, organisation, parsed, product, text, user},
    seats,
};
use crate::domain::{
    customer::Product,
    failure::Failure,
    id::{CustomerId, RunId, UserId},
    tenant::Organisation,
    text::Text,
    time::Moment,
    user::Kinds,
};

/// Everything on record about one customer beside the record itself and its [`status`](crate::domain::status) rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CustomerDetail {
    /// One per product on record, in the order of the product screen.
    pub products: Vec<ProductDetail>,
    /// All runs, newest on top.
    pub runs: Vec<RunLine>,
    /// The newest passes of Enable Auto.
    pub sweeps: Vec<SweepRecord>,
}

/// One product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductDetail {
    /// Which.
    pub product: Product,
    /// What was enabled.
    pub enabled_for: Option<EnabledFor>,
    /// Who pressed *Enable*, and when.
    pub enabled_by: Option<(Text, Moment)>,
    /// Kinds included besides user mailboxes.
    pub kinds: Kinds,
    /// Active seats of users who have left.
    pub left: u32,
    /// Active seats with a first backup.
    pub backed_up: u32,
    /// Never turned on by All or Auto.
    pub excluded: Vec<Excluded>,
}

/// What *Enable* named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EnabledFor {
    /// A Microsoft 365 organisation.
    Organisation(Organisation),
    /// The server of a hosted product.
    Server(Text),
}

/// Somebody who is excluded. Name and address are known where the user was ever chosen or on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excluded {
    /// Who.
    pub id: UserId,
    /// Name.
    pub name: Option<Text>,
    /// Address.
    pub address: Option<Text>,
    /// Since when.
    pub at: Moment,
    /// By whom.
    pub by: Text,
}

/// A run, as one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunLine {
    /// Its number.
    pub id: RunId,
    /// Its product.
    pub product: Product,
    /// When it was opened.
    pub opened: Moment,
    /// By whom.
    pub by: Text,
    /// When something last happened in it.
    pub touched: Moment,
    /// Parked on purpose.
    pub parked: Option<Moment>,
    /// Finished: has a receipt.
    pub finished: Option<Moment>,
}

impl Store {
    /// Everything on record about a customer, with at most `sweeps` passes. Cost: the seats and exclusions of the
    /// customer are looked through once.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn customer_detail(&self, id: CustomerId, sweeps: u32) -> Result<CustomerDetail, Failure> {
        self.read(|tx| {
            let mut products = Vec::new();
            for product in super::customers::one(tx, id)?.products {
                products.push(detail(tx, id, product)?);
            }
            Ok(CustomerDetail { products, runs: runs(tx, id)?, sweeps: history::of(tx, id, sweeps)? })
        })
    }
}

/// One product.
fn detail(connection: &Connection, id: CustomerId, product: Product) -> Result<ProductDetail, Failure> {
    let key = params![id.0, product.word()];
    let enabled = connection
        .prepare_cached(&format!(
            "SELECT {ORGANISATION}, server, operator, at FROM enablement WHERE customer = ?1 AND product = ?2"
        ))?
        .query_row(key, |row| {
            let server = maybe_text(row, 4)?.map(EnabledFor::Server);
            let target = organisation(row, 0)?.map(EnabledFor::Organisation).or(server);
            Ok((target, (text(row, 5)?, moment(row, 6)?)))
        })
        .optional()?;
    let (enabled_for, enabled_by) =
        enabled.map_or((None, None), |(target, by_and_when)| (target, Some(by_and_when)));
    let (left, backed_up) = connection
        .prepare_cached(
            "SELECT count(left_on), count(first_backup) FROM seat
              WHERE customer = ?1 AND product = ?2 AND state = 'on'",
        )?
        .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let kinds = seats::kinds(connection, id, product)?;
    let excluded = excluded(connection, id, product)?;
    Ok(ProductDetail { product, enabled_for, enabled_by, kinds, left, backed_up, excluded })
}

/// Who is excluded, by name where it is known.
fn excluded(connection: &Connection, id: CustomerId, product: Product) -> Result<Vec<Excluded>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT e.user, coalesce(s.name, c.name) AS shown, coalesce(s.address, c.address), e.at, e.operator
           FROM exclusion e
           LEFT JOIN seat s ON s.customer = e.customer AND s.product = e.product AND s.user = e.user
           LEFT JOIN (SELECT c.user, max(c.id), c.name, c.address FROM run r JOIN chosen c ON c.run = r.id
                       WHERE r.customer = ?1 AND r.product = ?2 GROUP BY c.user) c ON c.user = e.user
          WHERE e.customer = ?1 AND e.product = ?2 ORDER BY shown COLLATE NOCASE, e.user",
    )?;
    let rows = statement.query_map(params![id.0, product.word()], |row| {
        Ok(Excluded {
            id: user(row, 0)?,
            name: maybe_text(row, 1)?,
            address: maybe_text(row, 2)?,
            at: moment(row, 3)?,
            by: text(row, 4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All runs of a customer, newest on top.
fn runs(connection: &Connection, id: CustomerId) -> Result<Vec<RunLine>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, product, opened, operator, touched, parked, finished FROM run
          WHERE customer = ?1 ORDER BY touched DESC, opened DESC, id",
    )?;
    let line = |row: &Row<'_>| {
        Ok(RunLine {
            id: parsed(row, 0)?,
            product: product(row, 1)?,
            opened: moment(row, 2)?,
            by: text(row, 3)?,
            touched: moment(row, 4)?,
            parked: maybe_moment(row, 5)?,
            finished: maybe_moment(row, 6)?,
        })
    };
    let rows = statement.query_map([id.0], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
