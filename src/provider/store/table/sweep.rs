//! Passes of Enable Auto: one row per rule and 20:00.

use std::collections::BTreeMap;

use super::{
    super::tx::{Tx, columns, values},
    Key,
};
use crate::domain::{
    customer::Product, failure::Failure, id::CustomerId, status::LastSweep, text::Text, time::Moment,
};

/// A pass on record, for the history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SweepRecord {
    /// Whose users.
    pub customer: CustomerId,
    /// The customer's name.
    pub name: Text,
    /// Of which product.
    pub product: Product,
    /// The 20:00 that it worked for.
    pub due: Moment,
    /// When it began.
    pub started: Moment,
    /// When it ended; none: under way, or cut short.
    pub finished: Option<Moment>,
    /// On which computer.
    pub host: Text,
    /// Users turned on.
    pub turned_on: u32,
    /// Users marked as left.
    pub left: u32,
    /// It began later than it should have.
    pub is_late: bool,
    /// Why it turned nobody on.
    pub attention: Option<Text>,
}

/// Reads passes.
const SWEEPS: &str = "
    SELECT s.customer, c.name, s.product, s.due, s.started, s.finished, s.host, s.turned_on, s.gone, s.is_late,
           s.attention
      FROM sweep s JOIN customer c ON c.id = s.customer";

/// Newest first.
const NEWEST: &str = "ORDER BY s.due DESC, s.started DESC, s.id";

columns! {
    SweepRecord { customer, name, product, due, started, finished, host, turned_on, left, is_late, attention }
    LastSweep { due, finished, turned_on, is_late }
}

/// The newest passes, newest first.
pub(crate) fn newest(tx: &Tx<'_>, limit: u32) -> Result<Vec<SweepRecord>, Failure> {
    tx.query(&format!("{SWEEPS} {NEWEST} LIMIT ?1"), values![limit])
}

/// The newest passes of one customer, newest first.
pub(crate) fn newest_of(tx: &Tx<'_>, customer: CustomerId, limit: u32) -> Result<Vec<SweepRecord>, Failure> {
    let sql = format!("{SWEEPS} WHERE s.customer = ?1 {NEWEST} LIMIT ?2");
    tx.query(&sql, values![customer, limit])
}

/// The last pass of each rule up to a moment: one look into the index per rule, however many nights are on record.
pub(crate) fn last_of_rules(tx: &Tx<'_>, now_at_most: Moment) -> Result<BTreeMap<Key, LastSweep>, Failure> {
    tx.query(
        "SELECT r.customer, r.product, s.due, s.finished, s.turned_on, s.is_late
           FROM auto_rule r CROSS JOIN sweep s
          WHERE s.id = (SELECT id FROM sweep WHERE customer = r.customer AND product = r.product AND due <= ?1
                         ORDER BY due DESC LIMIT 1)",
        values![now_at_most],
    )
}

/// Finds or makes the row of a pass, which is worked on this computer from now on; answers its number, and how often the pass
/// was taken.
pub(crate) fn begin(
    tx: &Tx<'_>,
    (customer, product): Key,
    due: Moment,
    (host, now): (&Text, Moment),
) -> Result<(i64, u32), Failure> {
    tx.only(
        "INSERT INTO sweep (customer, product, due, started, host, taken) VALUES (?1, ?2, ?3, ?4, ?5, 1)
         ON CONFLICT (customer, product, due) DO UPDATE SET host = excluded.host, taken = sweep.taken + 1
         RETURNING id, taken",
        values![customer, product, due, now, host],
    )
}

/// How often a pass was taken; none: the pass of a later 20:00 has begun, one in what is the future from `now_at_most` on left
/// aside.
pub(crate) fn taken(tx: &Tx<'_>, pass: i64, now_at_most: Moment) -> Result<Option<u32>, Failure> {
    tx.one(
        "SELECT s.taken FROM sweep s
          WHERE s.id = ?1 AND NOT EXISTS (SELECT 1 FROM sweep later
                 WHERE later.customer = s.customer AND later.product = s.product
                   AND later.due > s.due AND later.due <= ?2)",
        values![pass, now_at_most],
    )
}

/// Counts users whom a pass turned on.
pub(crate) fn add_turned_on(tx: &Tx<'_>, pass: i64, users: u32) -> Result<(), Failure> {
    tx.write("UPDATE sweep SET turned_on = turned_on + ?2 WHERE id = ?1", values![pass, users])
}

/// Counts users whom a pass marked as left.
pub(crate) fn add_left(tx: &Tx<'_>, pass: i64, users: u32) -> Result<(), Failure> {
    tx.write("UPDATE sweep SET gone = gone + ?2 WHERE id = ?1", values![pass, users])
}

/// Ends a pass; answers how many users it turned on, a half that an earlier sweeper did included.
pub(crate) fn end(
    tx: &Tx<'_>,
    pass: i64,
    now: Moment,
    (is_late, attention): (bool, Option<&Text>),
) -> Result<u32, Failure> {
    tx.only(
        "UPDATE sweep SET finished = ?2, is_late = ?3, attention = ?4 WHERE id = ?1 RETURNING turned_on",
        values![pass, now, is_late, attention],
    )
}
