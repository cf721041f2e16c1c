//! Customers on record, and what is true about the users of what they bought.

use super::{Store, part::record, table::customer};
use crate::domain::{
    customer::{Customer, Product},
    failure::Failure,
    id::CustomerId,
    protection::Protection,
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
}
