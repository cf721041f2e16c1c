//! Customers on record, and what they bought.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store,
    error::not_found,
    row::{maybe_parsed, maybe_text, text},
    sweeps,
    write::Write,
};
use crate::domain::{
    customer::{Customer, NewCustomer, Product},
    failure::{Failure, FailureKind},
    id::{CustomerId, TenantId},
    text::Text,
    time::Moment,
    user::Kinds,
};

/// Reads customers; the words of the products come as one list.
const SELECT: &str = "
    SELECT id, reference, name, domain, is_active, tenant, is_managed, time_zone, seats,
           (SELECT group_concat(product, ';') FROM customer_product WHERE customer = id)
      FROM customer";

/// One row of [`SELECT`].
fn customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    let words: Option<String> = row.get(9)?;
    let words = words.unwrap_or_default();
    let bought = |product: &Product| words.split(';').any(|word| word == product.word());
    Ok(Customer {
        id: CustomerId(row.get(0)?),
        reference: text(row, 1)?,
        name: text(row, 2)?,
        domain: text(row, 3)?,
        is_active: row.get(4)?,
        products: Product::ALL.into_iter().filter(bought).collect(),
        tenant: maybe_parsed(row, 5)?,
        is_managed: row.get(6)?,
        time_zone: maybe_text(row, 7)?,
        seats: row.get(8)?,
    })
}

/// All customers, by name.
pub(super) fn all(connection: &Connection) -> Result<Vec<Customer>, Failure> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} ORDER BY name COLLATE NOCASE, id"))?;
    let rows = statement.query_map([], customer)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One customer.
pub(super) fn one(connection: &Connection, id: CustomerId) -> Result<Customer, Failure> {
    connection
        .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
        .query_row([id.0], customer)
        .optional()?
        .ok_or_else(|| not_found(Text::of(format_args!("there is no customer number {}", id.0))))
}

/// The customer with that reference, whatever the case of its letters.
pub(super) fn by_reference(connection: &Connection, reference: &str) -> Result<Option<Customer>, Failure> {
    let reference = Text::clean(reference);
    let found = connection
        .prepare_cached(&format!("{SELECT} WHERE reference = ?1"))?
        .query_row([reference.as_str()], customer)
        .optional()?;
    Ok(found)
}

/// Adds a customer with its products.
pub(super) fn insert(write: &Write<'_>, new: &NewCustomer) -> Result<CustomerId, Failure> {
    write
        .tx
        .prepare_cached(
            "INSERT INTO customer (reference, name, domain, is_active, tenant, is_managed, time_zone, seats, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            new.reference.as_str(),
            new.name.as_str(),
            new.domain.as_str(),
            new.is_active,
            new.tenant.map(|t| t.to_string()),
            new.is_managed,
            new.time_zone.as_ref().map(Text::as_str),
            new.seats,
            write.now.as_millis()
        ])?;
    let id = CustomerId(write.tx.last_insert_rowid());
    let mut add = write.tx.prepare_cached(
        "INSERT INTO customer_product (customer, product) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for product in &new.products {
        add.execute(params![id.0, product.word()])?;
    }
    write.note(id, Text::of(format_args!("added customer {} ({})", new.name, new.reference)))?;
    Ok(id)
}

impl Store {
    /// All customers, by name, closed ones included.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn customers(&self) -> Result<Vec<Customer>, Failure> {
        self.read(|tx| all(tx))
    }

    /// One customer.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be read.
    pub fn customer(&self, id: CustomerId) -> Result<Customer, Failure> {
        self.read(|tx| one(tx, id))
    }

    /// The customer with the partner's own reference, whatever the case of its letters.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be read.
    pub fn customer_by_reference(&self, reference: &str) -> Result<Customer, Failure> {
        self.read(|tx| by_reference(tx, reference))?.ok_or_else(|| {
            not_found(Text::of(format_args!(
                "there is no customer with the reference {}",
                Text::clean(reference)
            )))
        })
    }

    /// Adds a customer. Repeating it is refused, because the reference is taken then: nothing is added twice.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin, and for an empty reference or name; `Conflict` for a reference on record.
    pub fn add_customer(&self, new: &NewCustomer) -> Result<Customer, Failure> {
        self.write(|write| {
            write.demand_admin("adding a customer")?;
            if new.reference.is_empty() || new.name.is_empty() {
                return Err(Failure::new(
                    FailureKind::Refused,
                    "a customer needs a reference and a name",
                    "Fill in both.",
                ));
            }
            if let Some(other) = by_reference(&write.tx, new.reference.as_str())? {
                return Err(Failure::new(
                    FailureKind::Conflict,
                    Text::of(format_args!("the reference {} belongs to {}", other.reference, other.name)),
                    "Choose that customer from the list, or type another reference.",
                ));
            }
            let id = insert(write, new)?;
            one(&write.tx, id)
        })
    }

    /// Puts the sandbox's customers on record: those whose reference is missing, whoever asks. Answers how many.
    ///
    /// # Errors
    /// `Record`, when the record can't be written; nothing was added then, and a retry is safe.
    pub fn seed_customers(&self, customers: &[NewCustomer]) -> Result<u32, Failure> {
        self.write(|write| {
            let mut added = 0;
            for new in customers {
                if by_reference(&write.tx, new.reference.as_str())?.is_none() {
                    insert(write, new)?;
                    added += 1;
                }
            }
            Ok(added)
        })
    }

    /// Corrects the tenant on record. What was proved for another tenant counts no more: open runs prove again, and
    /// Office 365 has to be enabled again.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `Conflict` while users of the other tenant are protected or Enable Auto is
    /// on: those would be counted for the wrong organisation.
    pub fn set_tenant(&self, id: CustomerId, tenant: TenantId) -> Result<Customer, Failure> {
        self.write(|write| {
            write.demand_admin("changing the organisation of a customer")?;
            let customer = one(&write.tx, id)?;
            if customer.tenant != Some(tenant) {
                forget_tenant(write, id, Some(tenant))?;
                write.tx.execute(
                    "UPDATE customer SET tenant = ?2 WHERE id = ?1",
                    params![id.0, tenant.to_string()],
                )?;
                write.note(id, Text::of(format_args!("set the organisation to {tenant}")))?;
            }
            one(&write.tx, id)
        })
    }

    /// Keeps which kinds are included besides user mailboxes: one choice per customer and product.
    ///
    /// # Errors
    /// `NotFound`, when the customer does not have the product.
    pub fn save_kinds(&self, customer: CustomerId, product: Product, kinds: Kinds) -> Result<(), Failure> {
        self.write(|write| {
            let changed = write.tx.execute(
                "UPDATE customer_product SET kinds = ?3 WHERE customer = ?1 AND product = ?2",
                params![customer.0, product.word(), kinds.bits()],
            )?;
            // Users of a kind that is included from now on were looked at before.
            sweeps::forget_position(write, customer, product)?;
            if changed == 0 {
                return Err(not_found(Text::of(format_args!(
                    "this customer does not have {}",
                    product.name()
                ))));
            }
            Ok(())
        })
    }
}

/// Takes back everything that was proved for a tenant other than `tenant`; none: for any.
pub(super) fn forget_tenant(
    write: &Write<'_>,
    id: CustomerId,
    tenant: Option<TenantId>,
) -> Result<(), Failure> {
    let (word, other) = (Product::Office365.word(), tenant.map(|tenant| tenant.to_string()));
    let enabled: Option<Moment> = write
        .tx
        .query_row(
            "SELECT at FROM enablement WHERE customer = ?1 AND product = ?2 AND tenant IS NOT ?3",
            params![id.0, word, other],
            |row| super::row::moment(row, 0),
        )
        .optional()?;
    if enabled.is_some() {
        let in_use: bool = write.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM customer_product WHERE customer = ?1 AND product = ?2 AND seats_on > 0)
                 OR EXISTS (SELECT 1 FROM auto_rule WHERE customer = ?1 AND product = ?2)",
            params![id.0, word],
            |row| row.get(0),
        )?;
        if in_use {
            return Err(Failure::new(
                FailureKind::Conflict,
                "users of the organisation on record are protected, or Enable Auto is on for it",
                "Turn Enable Auto and these users off first, then change the organisation.",
            ));
        }
        for sql in [
            "DELETE FROM enablement WHERE customer = ?1 AND product = ?2",
            "DELETE FROM delta WHERE customer = ?1 AND product = ?2",
        ] {
            write.tx.execute(sql, params![id.0, word])?;
        }
    }
    write.tx.execute(
        "UPDATE run SET tenant = NULL, tenant_name = NULL, tenant_domain = NULL, tenant_region = NULL,
                link_shown = NULL, proved = NULL, enabled = NULL
          WHERE customer = ?1 AND product = ?2 AND finished IS NULL AND tenant IS NOT ?3",
        params![id.0, word, other],
    )?;
    Ok(())
}
