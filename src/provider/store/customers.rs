//! Customers on record, and what is true about the users of what they bought.

use super::{
    Store,
    error::not_found,
    part::record,
    table::{customer, delta, product},
};
use crate::domain::{
    customer::{Customer, Product},
    failure::Failure,
    id::CustomerId,
    protection::Protection,
    text::Text,
    user::Kinds,
};

impl Store {
    /// All customers, by name, closed ones included.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn customers(&self) -> Result<Vec<Customer>, Failure> {
        self.read(customer::all)
    }

    /// One customer.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be read.
    pub fn customer(&self, id: CustomerId) -> Result<Customer, Failure> {
        self.read(|tx| customer::one(tx, id))
    }

    /// What is true about the users of a customer and product, read on a new connection. Cost: one row per seat.
    ///
    /// # Errors
    /// `NotFound` for no such customer; `Record`, when the record can't be read.
    pub fn protection(&self, customer: CustomerId, product: Product) -> Result<Protection, Failure> {
        self.read(|tx| {
            customer::one(tx, customer)?;
            record::protection(tx, (customer, product))
        })
    }

    /// Keeps which kinds are included besides user mailboxes: one choice per customer and product.
    ///
    /// # Errors
    /// `NotFound`, when the customer does not have the product.
    pub fn save_kinds(&self, customer: CustomerId, product: Product, kinds: Kinds) -> Result<(), Failure> {
        self.write(|write| {
            // Users of a kind that is included from now on were looked at before.
            delta::forget(write.tx, (customer, product))?;
            if !product::keep_kinds(write.tx, (customer, product), kinds)? {
                return Err(not_found(Text::of(format_args!(
                    "this customer does not have {}",
                    product.name()
                ))));
            }
            Ok(())
        })
    }
}
