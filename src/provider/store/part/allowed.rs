//! Whether users may be turned on, or promised to be, asked in the very transaction that does it: what was true when a
//! screen was opened or a pass began may not be true any more.

use super::{
    super::table::{
        Key, customer,
        enablement::{self, EnabledFor},
        run::RunRow,
    },
    write::Write,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// Refuses a customer whose account is closed, and a product that is not enabled (any more) or for another organisation than
/// the one on record; answers for what it is enabled.
///
/// # Errors
/// `Refused` for a closed account and for what is not enabled; `Conflict` for another organisation.
pub(crate) fn to_bill(write: &Write<'_>, key: Key) -> Result<EnabledFor, Failure> {
    let customer = customer::one(write.tx, key.0)?;
    if !customer.is_active {
        return Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("the account of {} is closed, so nobody was turned on", customer.name)),
            "Reopen the account first, if the customer stays.",
        ));
    }
    let Some((target, _)) = enablement::find(write.tx, key)? else {
        return Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("{} is not enabled any more, so nobody was turned on", key.1.name())),
            "Open the customer in the wizard, authorise and enable it.",
        ));
    };
    match (&target, customer.tenant) {
        (EnabledFor::Organisation(found), Some(tenant)) if found.tenant != tenant => {
            Err(another(&customer.name))
        }
        _ => Ok(target),
    }
}

/// The same for a run, which must have been enabled for the organisation that it is for.
///
/// # Errors
/// As [`to_bill`].
pub(crate) fn to_bill_in(write: &Write<'_>, row: &RunRow) -> Result<(), Failure> {
    row.demand_enabled()?;
    let target = to_bill(write, row.key())?;
    match (&target, &row.organisation) {
        (EnabledFor::Organisation(found), Some(ours)) if found.tenant != ours.tenant => {
            Err(another(&customer::one(write.tx, row.customer)?.name))
        }
        _ => Ok(()),
    }
}

fn another(name: &Text) -> Failure {
    Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!("the organisation of {name} was changed meanwhile, so nobody was turned on")),
        "Open the customer again and have the access proved for the new one.",
    )
}
