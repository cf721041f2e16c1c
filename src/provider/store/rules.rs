//! The standing rules of Enable Auto, and all that a pass needs to know about each.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store, access,
    apply::demand_enabled,
    customers,
    error::admin_only,
    row::{maybe_moment, maybe_text, moment, product, text},
    seats, sweeps,
};
use crate::domain::{
    customer::{Customer, Impersonation, Product},
    failure::{Failure, FailureKind},
    id::{CustomerId, RunId, UserId},
    protection::AutoRule,
    tenant::Organisation,
    text::Text,
    user::Kinds,
};

/// A rule with everything that its next pass needs.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Whose users.
    pub customer: Customer,
    /// Of which product.
    pub product: Product,
    /// The rule.
    pub rule: AutoRule,
    /// Kinds included besides user mailboxes.
    pub kinds: Kinds,
    /// How to get in.
    pub access: RuleAccess,
    /// Never turned on.
    pub exclusions: Vec<UserId>,
    /// Active seats of this product.
    pub seats: u32,
    /// Seats bought by the customer; none: no limit on record.
    pub limit: Option<u32>,
    /// Active seats of the customer's other products.
    pub used_elsewhere: u32,
}

/// How a pass gets in.
#[derive(Clone, Debug)]
pub enum RuleAccess {
    /// Office 365: the organisation that was proved and enabled.
    Consent(Organisation),
    /// A hosted product: the details with their password.
    Impersonation(Impersonation),
    /// A hosted product whose password can't be decrypted: the key file is gone, it must be entered again.
    KeyLost,
    /// Nothing is enabled any more: the run has to be done again.
    Missing,
}

/// The columns of an [`AutoRule`].
const COLUMNS: &str = "made, operator, confirmed, ceiling, last_pass, attention";

/// Reads an [`AutoRule`] from [`COLUMNS`].
fn auto_rule(row: &Row<'_>) -> rusqlite::Result<AutoRule> {
    Ok(AutoRule {
        made: moment(row, 0)?,
        by: text(row, 1)?,
        confirmed: row.get(2)?,
        ceiling: row.get(3)?,
        last_pass: maybe_moment(row, 4)?,
        attention: maybe_text(row, 5)?,
    })
}

/// The rule of a customer and product, if it is on.
pub(super) fn rule(
    connection: &Connection,
    customer: CustomerId,
    product: Product,
) -> Result<Option<AutoRule>, Failure> {
    let found = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM auto_rule WHERE customer = ?1 AND product = ?2"))?
        .query_row(params![customer.0, product.word()], auto_rule)
        .optional()?;
    Ok(found)
}

/// All rules, of closed customers too.
pub(super) fn all(connection: &Connection) -> Result<Vec<(CustomerId, Product, AutoRule)>, Failure> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, customer, product FROM auto_rule ORDER BY customer, product"
    ))?;
    let rows =
        statement.query_map([], |row| Ok((CustomerId(row.get(6)?), product(row, 7)?, auto_rule(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// Every rule of an open customer, with what its pass needs. Closed customers are left out: nobody is turned on
    /// for them.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn rules(&self) -> Result<Vec<RuleRow>, Failure> {
        self.read(|tx| {
            let mut rows = Vec::new();
            for (id, product, rule) in all(tx)? {
                let customer = customers::one(tx, id)?;
                if !customer.is_active {
                    continue;
                }
                let used = seats::used(tx, id, product)?;
                rows.push(RuleRow {
                    customer,
                    product,
                    rule,
                    kinds: seats::kinds(tx, id, product)?,
                    access: self.rule_access(tx, id, product)?,
                    exclusions: seats::exclusions(tx, id, product)?,
                    seats: used.here,
                    limit: used.limit,
                    used_elsewhere: used.elsewhere,
                });
            }
            Ok(rows)
        })
    }

    /// How the pass of a rule gets in.
    fn rule_access(
        &self,
        connection: &Connection,
        customer: CustomerId,
        product: Product,
    ) -> Result<RuleAccess, Failure> {
        if !product.is_hosted() {
            let found = access::enabled_organisation(connection, customer, product)?;
            return Ok(found.map_or(RuleAccess::Missing, RuleAccess::Consent));
        }
        Ok(match access::impersonation(connection, &self.0.vault, customer)? {
            (Some(_), true) => RuleAccess::KeyLost,
            (Some(found), false) => RuleAccess::Impersonation(found),
            (None, _) => RuleAccess::Missing,
        })
    }

    /// Switches Enable Auto on. A rule that is on keeps its age and its passes and takes the new numbers; what needed
    /// attention is answered by that.
    ///
    /// # Errors
    /// `Refused` before *Enable*; `Conflict` without the run's hold; `Record`: a retry is safe.
    pub fn make_rule(&self, run: &RunId, confirmed: u32, ceiling: u32) -> Result<AutoRule, Failure> {
        let (customer, product) = self.write_run(run, |write, row| {
            demand_enabled(row)?;
            let changed = write.tx.execute(
                "INSERT INTO auto_rule (customer, product, made, operator, run, confirmed, ceiling)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO UPDATE SET confirmed = excluded.confirmed, ceiling = excluded.ceiling, attention = NULL
                  WHERE confirmed <> excluded.confirmed OR ceiling <> excluded.ceiling OR attention IS NOT NULL",
                params![
                    row.customer.0,
                    row.product.word(),
                    write.now.as_millis(),
                    write.operator().as_str(),
                    run.letters(),
                    confirmed,
                    ceiling
                ],
            )?;
            if changed > 0 {
                let words = format_args!("switched Enable Auto on: {confirmed} confirmed, at most {ceiling} seats");
                write.note_run(row, Text::of(words))?;
            }
            Ok((row.customer, row.product))
        })?;
        self.read(|tx| rule(tx, customer, product))?.ok_or_else(|| {
            Failure::new(
                FailureKind::Conflict,
                "Enable Auto was switched off again at the same moment",
                "Look at the list and switch it on again if it should be on.",
            )
        })
    }

    /// Switches Enable Auto off; whoever is on stays on. With no rule it changes nothing.
    ///
    /// # Errors
    /// `Refused` for a User once the rule had its first pass; `Conflict` without the run's hold.
    pub fn undo_rule(&self, run: &RunId) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            let Some(found) = rule(&write.tx, row.customer, row.product)? else { return Ok(()) };
            if found.last_pass.is_some() && !write.is_admin()? {
                return Err(admin_only("switching Enable Auto off after its first pass"));
            }
            write.tx.execute(
                "DELETE FROM auto_rule WHERE customer = ?1 AND product = ?2",
                params![row.customer.0, row.product.word()],
            )?;
            // A later rule begins with everybody who is listed then.
            sweeps::forget_position(write, row.customer, row.product)?;
            write.note_run(row, "switched Enable Auto off".into())
        })
    }
}
