//! A customer comes on record, whichever way.

use super::super::{
    part::write::Write,
    table::{customer, product},
};
use crate::domain::{customer::NewCustomer, failure::Failure, id::CustomerId, text::Text};

/// Adds a customer with its products.
pub(crate) fn insert(write: &Write<'_>, new: &NewCustomer) -> Result<CustomerId, Failure> {
    let id = customer::insert(write.tx, new, write.now)?;
    product::add(write.tx, id, &new.products)?;
    write.note(id, &Text::of(format_args!("added customer {} ({})", new.name, new.reference)))?;
    Ok(id)
}
