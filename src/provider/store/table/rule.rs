//! The standing rules of Enable Auto: one per customer and product.

use super::{
    super::tx::{Tx, columns, values},
    By, Key,
};
use crate::domain::{
    failure::Failure, id::CustomerId, id::RunId, protection::AutoRule, text::Text, time::Moment,
};

/// The columns of an [`AutoRule`].
const COLUMNS: &str = "made, operator, confirmed, ceiling, last_pass, attention";

columns! { AutoRule { made, by, confirmed, ceiling, last_pass, attention } }

/// The rule of a customer and product, if it is on.
pub(crate) fn find(tx: &Tx<'_>, (customer, product): Key) -> Result<Option<AutoRule>, Failure> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM auto_rule WHERE customer = ?1 AND product = ?2"),
        values![customer, product],
    )
}

/// All rules, or those of one customer, of closed customers too.
pub(crate) fn all(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<Vec<(Key, AutoRule)>, Failure> {
    tx.query(
        &format!(
            "SELECT customer, product, {COLUMNS} FROM auto_rule WHERE customer = coalesce(?1, customer)
              ORDER BY customer, product"
        ),
        values![only],
    )
}

/// Switches a rule on. One that is on keeps its age and its passes and takes the new numbers; what needed attention is
/// answered by that. False: nothing is different.
pub(crate) fn keep(
    tx: &Tx<'_>,
    (customer, product): Key,
    (confirmed, ceiling): (u32, u32),
    run: &RunId,
    (operator, now): By<'_>,
) -> Result<bool, Failure> {
    let changed = tx.execute(
        "INSERT INTO auto_rule (customer, product, made, operator, run, confirmed, ceiling)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (customer, product) DO UPDATE SET confirmed = excluded.confirmed, ceiling = excluded.ceiling,
                attention = NULL
          WHERE auto_rule.confirmed <> excluded.confirmed OR auto_rule.ceiling <> excluded.ceiling
             OR auto_rule.attention IS NOT NULL",
        values![customer, product, now, operator, run, confirmed, ceiling],
    )?;
    Ok(changed > 0)
}

/// Switches a rule off.
pub(crate) fn forget(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write("DELETE FROM auto_rule WHERE customer = ?1 AND product = ?2", values![customer, product])
}

/// Notes how the pass of a 20:00 ended. A rule that was switched off and on again meanwhile is another rule, and had no
/// pass yet.
pub(crate) fn end_pass(tx: &Tx<'_>, key: Key, due: Moment, attention: Option<&Text>) -> Result<(), Failure> {
    tx.write(
        "UPDATE auto_rule SET last_pass = ?3, attention = ?4 WHERE customer = ?1 AND product = ?2 AND made < ?3",
        values![key.0, key.1, due, attention],
    )
}

/// What needed attention is answered.
pub(crate) fn answer(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write(
        "UPDATE auto_rule SET attention = NULL WHERE customer = ?1 AND product = ?2",
        values![customer, product],
    )
}

/// Whether a run switched a rule on that still is.
pub(crate) fn is_of(tx: &Tx<'_>, run: &RunId) -> Result<bool, Failure> {
    tx.only("SELECT EXISTS (SELECT 1 FROM auto_rule WHERE run = ?1)", values![run])
}

/// How many rules of open customers had no pass for a 20:00 that came after they were made. What was done in what is the
/// future from `now_at_most` on was done by a clock that was fast, and does not count.
pub(crate) fn count_waiting(tx: &Tx<'_>, due: Moment, now_at_most: Moment) -> Result<u32, Failure> {
    tx.only(
        "SELECT count(*) FROM auto_rule r JOIN customer c ON c.id = r.customer
          WHERE c.is_active AND (r.made < ?1 OR r.made > ?2)
            AND coalesce(r.last_pass < ?1 OR r.last_pass > ?2, true)",
        values![due, now_at_most],
    )
}

/// Sets right when a rule was made.
pub(crate) fn set_made(tx: &Tx<'_>, (customer, product): Key, made: Moment) -> Result<(), Failure> {
    tx.write(
        "UPDATE auto_rule SET made = ?3 WHERE customer = ?1 AND product = ?2",
        values![customer, product, made],
    )
}

/// The latest moment at which a rule was made or had its pass.
pub(crate) fn latest(tx: &Tx<'_>) -> Result<Option<Moment>, Failure> {
    let latest: (Option<Moment>, Option<Moment>) =
        tx.only("SELECT max(made), max(last_pass) FROM auto_rule", values![])?;
    Ok(latest.0.max(latest.1))
}
