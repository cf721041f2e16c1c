//! Customers on record, and what is true about the users of what they bought.

use super::{
    Store,
    part::{ownership, record},
    table::{customer, seat},
};
use crate::domain::{
    customer::{Customer, Product},
    doubt::{Accepted, DomainElsewhere, Doubt},
    failure::Failure,
    id::{CustomerId, TenantId},
    protection::Protection,
    seats::Seats,
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

    /// What speaks against a tenant for a customer, and what of it was accepted: who else has it, and the customer's mail
    /// domain as far as Microsoft was heard about it.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn doubts(
        &self,
        customer: CustomerId,
        tenant: TenantId,
        elsewhere: Option<DomainElsewhere>,
    ) -> Result<(Vec<Doubt>, Vec<Accepted>), Failure> {
        self.read(|tx| ownership::doubts(tx, customer, tenant, elsewhere))
    }

    /// What is true about the users of a customer and product, read on a new connection. Cost: one row per seat.
    ///
    /// # Errors
    /// `NotFound` for no such customer; `Record`, when the record can't be read.
    pub fn protection(&self, customer: CustomerId, product: Product) -> Result<Protection, Failure> {
        let now = self.0.options.clock.now();
        self.read(|tx| {
            customer::one(tx, customer)?;
            record::protection(tx, (customer, product), now)
        })
    }

    /// The same with the seats packed, for who waits for half a million users.
    ///
    /// # Errors
    /// As [`Store::protection`].
    pub fn protection_packed(
        &self,
        customer: CustomerId,
        product: Product,
    ) -> Result<Protection<Seats>, Failure> {
        let now = self.0.options.clock.now();
        self.read(|tx| {
            customer::one(tx, customer)?;
            record::protection_with(tx, (customer, product), now, seat::all_packed)
        })
    }
}
