//! Customers' records set right, one by one or from a file: all of it or nothing, one audit entry per customer.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::{Store, customers, write::Write};
use crate::domain::{
    customer::{Customer, NewCustomer, Product},
    customer_record::{self, Change},
    failure::{Failure, FailureKind},
    id::CustomerId,
    text::Text,
};

/// What became, or would become, of one customer of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// The reference is new.
    Added,
    /// The customer on record is different now.
    Changed(Vec<Change>),
    /// On record as it is in the file.
    Unchanged,
    /// Can't be taken as it is; nothing of the whole file was.
    Refused(Failure),
}

impl Store {
    /// Takes customers as they are in a file: new references are added, others corrected. A tenant that the file does
    /// not name stays on record: the wizard may have found it. Where one customer is refused, or with `is_dry`,
    /// nothing at all is written and the answer says what would have been; one fate per customer, in their order.
    /// Repeating it changes nothing.
    ///
    /// Cost: a row read per customer on record, a row and an audit entry written per changed one.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Record`, when the record can't be used.
    pub fn import_customers(&self, customers: &[NewCustomer], is_dry: bool) -> Result<Vec<Fate>, Failure> {
        self.write_if(|write| {
            write.demand_admin("importing customers")?;
            let on_record: BTreeMap<String, Customer> =
                customers::all(&write.tx)?.into_iter().map(|c| (key(&c.reference), c)).collect();
            let mut fates = Vec::with_capacity(customers.len());
            for new in customers {
                fates.push(match on_record.get(&key(&new.reference)) {
                    None => customers::insert(write, new).map(|_id| Fate::Added)?,
                    Some(old) => taken(write, old, new)?,
                });
            }
            let is_kept = !is_dry && !fates.iter().any(|fate| matches!(fate, Fate::Refused(_)));
            Ok((fates, is_kept))
        })
    }

    /// Corrects one customer: `correct` gets the record as it is and answers how it should be. Repeating it changes
    /// nothing.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `NotFound`; `Conflict` for a reference that belongs to another customer, for
    /// a product with work on record that would be taken off, and for another tenant while users of the present one are
    /// protected or Enable Auto is on; and what `correct` says.
    pub fn correct_customer(
        &self,
        id: CustomerId,
        correct: impl FnOnce(&Customer) -> Result<NewCustomer, Failure>,
    ) -> Result<(Customer, Vec<Change>), Failure> {
        self.write(|write| {
            write.demand_admin("changing a customer's record")?;
            let old = customers::one(&write.tx, id)?;
            let changes = change(write, &old, &correct(&old)?)?;
            Ok((customers::one(&write.tx, id)?, changes))
        })
    }
}

/// References are the same whatever the case of their letters, as the table has it.
fn key(reference: &Text) -> String {
    reference.as_str().to_ascii_lowercase()
}

/// Takes a customer of a file whose reference is on record.
fn taken(write: &Write<'_>, old: &Customer, new: &NewCustomer) -> Result<Fate, Failure> {
    let new =
        NewCustomer { reference: old.reference.clone(), tenant: new.tenant.or(old.tenant), ..new.clone() };
    match change(write, old, &new) {
        Ok(changes) if changes.is_empty() => Ok(Fate::Unchanged),
        Ok(changes) => Ok(Fate::Changed(changes)),
        Err(failure) if failure.kind == FailureKind::Conflict => Ok(Fate::Refused(failure)),
        Err(failure) => Err(failure),
    }
}

/// Makes the record of a customer what it should be; answers what is different.
fn change(write: &Write<'_>, old: &Customer, new: &NewCustomer) -> Result<Vec<Change>, Failure> {
    let changes = customer_record::changes(&NewCustomer::from(old), new);
    if changes.is_empty() {
        return Ok(changes);
    }
    if key(&old.reference) != key(&new.reference)
        && let Some(other) = customers::by_reference(&write.tx, new.reference.as_str())?
    {
        return Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("the reference {} belongs to {}", other.reference, other.name)),
            "Choose another one.",
        ));
    }
    if old.tenant != new.tenant {
        customers::forget_tenant(write, old.id, new.tenant)?;
    }
    for product in old.products.iter().filter(|product| !new.products.contains(product)) {
        take_off(write, old, *product)?;
    }
    let mut add = write.tx.prepare_cached(
        "INSERT INTO customer_product (customer, product) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for product in &new.products {
        add.execute(params![old.id.0, product.word()])?;
    }
    write
        .tx
        .prepare_cached(
            "UPDATE customer SET reference = ?2, name = ?3, domain = ?4, is_active = ?5, tenant = ?6,
                    is_managed = ?7, time_zone = ?8, seats = ?9 WHERE id = ?1",
        )?
        .execute(params![
            old.id.0,
            new.reference.as_str(),
            new.name.as_str(),
            new.domain.as_str(),
            new.is_active,
            new.tenant.map(|t| t.to_string()),
            new.is_managed,
            new.time_zone.as_ref().map(Text::as_str),
            new.seats
        ])?;
    let words: Vec<String> = changes.iter().map(ToString::to_string).collect();
    write.note(old.id, Text::of(format_args!("changed customer {}: {}", old.reference, words.join("; "))))?;
    Ok(changes)
}

/// Takes a product off a customer. One that was ever begun stays: its runs, seats and passes hang on it.
fn take_off(write: &Write<'_>, customer: &Customer, product: Product) -> Result<(), Failure> {
    let run: Option<String> = write
        .tx
        .prepare_cached("SELECT id FROM run WHERE customer = ?1 AND product = ?2 ORDER BY touched DESC")?
        .query_row(params![customer.id.0, product.word()], |row| row.get(0))
        .optional()?;
    if let Some(run) = run {
        return Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "{} has a run for {} on record (B365-{run}), so the product can't be taken off",
                customer.name,
                product.name()
            )),
            "Leave the product in the record. To end the protection, turn its users off in the wizard.",
        ));
    }
    write
        .tx
        .prepare_cached("DELETE FROM customer_product WHERE customer = ?1 AND product = ?2")?
        .execute(params![customer.id.0, product.word()])?;
    Ok(())
}
