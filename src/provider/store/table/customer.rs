//! Customers, read together with what they bought.

use super::super::{
    error::not_found,
    tx::{Column, Tx, Value, columns, values},
};
use crate::domain::{
    customer::{Customer, NewCustomer, Product},
    doubt::Holder,
    failure::Failure,
    id::{CustomerId, TenantId},
    phrase::{Command, phrase},
    text::Text,
    time::Moment,
};

/// Reads customers. The products come as the sum of a bit each, in the order of [`Product::ALL`].
const SELECT: &str = "
    SELECT id, reference, name, domain, is_active, tenant, is_managed, time_zone, seats,
           (SELECT sum(CASE product WHEN 'office365' THEN 1 WHEN 'mpexchange' THEN 2 WHEN 'business365' THEN 4 END)
              FROM customer_product WHERE customer = id)
      FROM customer";

impl Column for Vec<Product> {
    fn of(value: Value<'_>) -> Option<Self> {
        let bits = Option::<u32>::of(value)?.unwrap_or(0);
        let bought = Product::ALL.into_iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
        Some(bought.map(|(_, product)| product).collect())
    }
}

columns! {
    Customer { id, reference, name, domain, is_active, tenant, is_managed, time_zone, seats, products }
}

/// All customers, by name.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<Customer>, Failure> {
    tx.query(&format!("{SELECT} ORDER BY name COLLATE NOCASE, id"), values![])
}

/// One customer.
///
/// # Errors
/// `NotFound`.
pub(crate) fn one(tx: &Tx<'_>, id: CustomerId) -> Result<Customer, Failure> {
    tx.one(&format!("{SELECT} WHERE id = ?1"), values![id])?.ok_or_else(|| {
        not_found(
            Text::of(format_args!("there is no customer number {}", id.0)),
            phrase!["Choose one of the list: ", Command::CustomersList],
        )
    })
}

/// The customer with that reference, whatever the case of its letters.
pub(crate) fn by_reference(tx: &Tx<'_>, reference: &Text) -> Result<Option<Customer>, Failure> {
    tx.one(&format!("{SELECT} WHERE reference = ?1"), values![reference])
}

/// Who has a tenant, but for one customer: on record, enabled, or chosen in an open run; closed customers too. By name.
pub(crate) fn having(tx: &Tx<'_>, tenant: TenantId, but: Option<CustomerId>) -> Result<Vec<Holder>, Failure> {
    tx.query(
        "SELECT id, reference, name, is_active FROM customer
          WHERE id <> coalesce(?2, 0)
            AND id IN (SELECT id FROM customer WHERE tenant = ?1
                       UNION SELECT customer FROM enablement WHERE tenant = ?1
                       UNION SELECT customer FROM run WHERE tenant = ?1 AND finished IS NULL)
          ORDER BY name COLLATE NOCASE, id",
        values![tenant, but],
    )
}

/// Adds a customer, without its products.
pub(crate) fn insert(tx: &Tx<'_>, new: &NewCustomer, now: Moment) -> Result<CustomerId, Failure> {
    let [reference, name, domain, is_active, tenant, is_managed, time_zone, seats] = columns(new);
    tx.only(
        "INSERT INTO customer (reference, name, domain, is_active, tenant, is_managed, time_zone, seats, added)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id",
        &[reference, name, domain, is_active, tenant, is_managed, time_zone, seats, now.into()]
    )
}

/// Makes a customer what it should be, without its products.
pub(crate) fn change(tx: &Tx<'_>, id: CustomerId, new: &NewCustomer) -> Result<(), Failure> {
    let [reference, name, domain, is_active, tenant, is_managed, time_zone, seats] = columns(new);
    tx.write(
        "UPDATE customer SET reference = ?1, name = ?2, domain = ?3, is_active = ?4, tenant = ?5, is_managed = ?6,
                time_zone = ?7, seats = ?8 WHERE id = ?9",
        &[reference, name, domain, is_active, tenant, is_managed, time_zone, seats, id.into()],
    )
}

/// The columns that an operator may set.
fn columns(new: &NewCustomer) -> [Value<'_>; 8] {
    [
        (&new.reference).into(),
        (&new.name).into(),
        (&new.domain).into(),
        new.is_active.into(),
        new.tenant.into(),
        new.is_managed.into(),
        new.time_zone.as_ref().into(),
        new.seats.into(),
    ]
}

/// Keeps a tenant for a customer that has none on record.
pub(crate) fn keep_tenant(tx: &Tx<'_>, id: CustomerId, tenant: TenantId) -> Result<(), Failure> {
    tx.write("UPDATE customer SET tenant = ?2 WHERE id = ?1 AND tenant IS NULL", values![id, tenant])
}

/// Puts a tenant on record, whatever stood there.
pub(crate) fn set_tenant(tx: &Tx<'_>, id: CustomerId, tenant: TenantId) -> Result<(), Failure> {
    tx.write("UPDATE customer SET tenant = ?2 WHERE id = ?1", values![id, tenant])
}
