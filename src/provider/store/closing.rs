//! What goes on although an account was closed: closing turns nobody off.

use super::{Store, part::standing, table::customer};
use crate::domain::{
    customer::{Customer, Product},
    failure::Failure,
};

/// What goes on for one product of a closed customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StillKept {
    /// Whose.
    pub customer: Customer,
    /// Of which product.
    pub product: Product,
    /// Active seats.
    pub seats: u32,
    /// Enable Auto is on record. It turns nobody on while the account is closed.
    pub has_rule: bool,
}

impl Store {
    /// Every product of a closed customer with active seats or a rule, by the customers' names.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn still_kept(&self) -> Result<Vec<StillKept>, Failure> {
        self.read(|tx| {
            let facts = standing::facts(tx, None)?;
            let mut kept = Vec::new();
            for customer in customer::all(tx)?.into_iter().filter(|customer| !customer.is_active) {
                for product in &customer.products {
                    let Some(facts) = facts.get(&(customer.id, *product)) else { continue };
                    if facts.on > 0 || facts.rule.is_some() {
                        kept.push(StillKept {
                            customer: customer.clone(),
                            product: *product,
                            seats: facts.on,
                            has_rule: facts.rule.is_some(),
                        });
                    }
                }
            }
            Ok(kept)
        })
    }
}
