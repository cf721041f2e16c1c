//! Everything on record about one customer, for `customers show`. No password is read, encrypted or not.

use super::{
    Store,
    part::ownership,
    table::{
        Key, accepted, audit, customer,
        enablement::{self, EnabledFor},
        exclusion,
        impersonation::{self, Held},
        partnership, product,
        run::{self, RunLine},
        seat,
        sweep::{self, SweepRecord},
    },
    tx::Tx,
};
use crate::domain::{
    customer::Product,
    doubt::{Accepted, Doubt},
    failure::Failure,
    id::CustomerId,
    partner_list::Partnership,
    protection::{Excluded, Seat, Trouble},
    run::CustomerHistory,
    text::Text,
    time::Moment,
    user::Kinds,
};

/// Everything on record about one customer beside the record itself and its [`status`](crate::domain::status) rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CustomerDetail {
    /// One per product on record, in the order of the product screen.
    pub products: Vec<ProductDetail>,
    /// All runs, newest on top.
    pub runs: Vec<RunLine>,
    /// The newest passes of Enable Auto.
    pub sweeps: Vec<SweepRecord>,
    /// What speaks against the tenant or the mail domains on record and was never accepted.
    pub doubts: Vec<Doubt>,
    /// What was accepted about it.
    pub accepted: Vec<Accepted>,
    /// How Microsoft lists it for the partner.
    pub partnership: Option<Partnership>,
}

/// One product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductDetail {
    /// Which.
    pub product: Product,
    /// What was enabled.
    pub enabled_for: Option<EnabledFor>,
    /// Who pressed *Enable*, and when.
    pub enabled_by: Option<(Text, Moment)>,
    /// Kinds included besides user mailboxes.
    pub kinds: Kinds,
    /// Active seats of users who have left, by name.
    pub left: Vec<Seat>,
    /// Active seats with a first backup.
    pub backed_up: u32,
    /// Active seats with whose backup a worker has a problem, by name.
    pub troubles: Vec<Trouble>,
    /// Never turned on by All or Auto.
    pub excluded: Vec<Excluded>,
}

impl Store {
    /// Everything on record about a customer, with at most `sweeps` passes. Cost: the seats and exclusions of the
    /// customer are looked through once.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn customer_detail(&self, id: CustomerId, sweeps: u32) -> Result<CustomerDetail, Failure> {
        self.read(|tx| {
            let mut products = Vec::new();
            let customer = customer::one(tx, id)?;
            for product in customer.products {
                products.push(detail(tx, (id, product))?);
            }
            let (mut doubts, mut accepted) = match customer.tenant {
                Some(tenant) => {
                    let (doubts, mut known) = ownership::doubts(tx, id, tenant, None)?;
                    known.extend(accepted::domain_of(tx, id, tenant)?);
                    (doubts, known)
                }
                None => (Vec::new(), Vec::new()),
            };
            let details = impersonation::find(tx, id)?.map(|(access, _sealed)| access.domains);
            let listed = customer.tenant.map(|tenant| partnership::find(tx, tenant)).transpose()?;
            let has_details = details.is_some();
            let domains = details.unwrap_or_else(|| vec![customer.domain]);
            let (open, known) = ownership::mail_doubts(tx, id, &domains, Held::Any)?;
            // Without saved details nothing speaks against a domain yet; what was accepted at the other one's is told.
            doubts.extend(open.into_iter().filter(|_| has_details));
            accepted.extend(known);
            Ok(CustomerDetail {
                doubts,
                accepted,
                partnership: listed.flatten(),
                products,
                runs: run::lines(tx, id)?,
                sweeps: sweep::newest_of(tx, id, sweeps)?,
            })
        })
    }

    /// Everything that was written down about a customer, in all runs and outside them. Cost: one hash per row on record.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn customer_history(&self, id: CustomerId) -> Result<CustomerHistory, Failure> {
        self.read(|tx| {
            Ok(CustomerHistory { entries: audit::of_customer(tx, id)?, is_whole: audit::is_whole(tx)? })
        })
    }
}

/// One product.
fn detail(tx: &Tx<'_>, key: Key) -> Result<ProductDetail, Failure> {
    let (enabled_for, enabled_by) = enablement::find(tx, key)?.unzip();
    let (left, backed_up) = (seat::left(tx, key)?, seat::count_backed_up(tx, key)?);
    let (kinds, troubles) = (product::kinds(tx, key)?, seat::troubles(tx, key)?);
    let excluded = exclusion::by_name(tx, key)?;
    Ok(ProductDetail { product: key.1, enabled_for, enabled_by, kinds, left, backed_up, troubles, excluded })
}
