//! From what is on record to the trail of screens: kill it anywhere, start it again, same step, no question twice. Pure.

use crate::domain::run::RunRecord;

use super::screen::{
    Screen, authorise::Authorise, impersonation::Impersonation, outcome::Outcome, product::Product,
    tenant::Tenant, users::Users,
};

/// How far a run is, by its record alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// How to get in is not known, or the key to what is known is lost.
    Access,
    /// Access is known, the product is not enabled; or something is to be taken out of the organisation again.
    Authorise,
    /// Enabled.
    Users,
    /// Finished.
    Outcome,
}

/// How far a run is.
pub(crate) fn stage(record: &RunRecord) -> Stage {
    let is_hosted = record.product.is_hosted();
    let has_access = if is_hosted { record.impersonation.is_some() } else { record.organisation.is_some() };
    if record.finished.is_some() {
        Stage::Outcome
    } else if !has_access || (is_hosted && record.is_key_lost) {
        Stage::Access
    } else if record.enabled.is_none() || record.has_left_behind() {
        Stage::Authorise
    } else {
        Stage::Users
    }
}

/// The screens of a run from the product on, oldest first; the last one is to be shown.
pub(crate) fn trail(record: &RunRecord) -> Vec<Box<dyn Screen>> {
    let access: Box<dyn Screen> = if record.product.is_hosted() {
        Box::new(Impersonation::new(record))
    } else {
        Box::new(Tenant::new(record))
    };
    let steps: [(Stage, Box<dyn Screen>); 3] = [
        (Stage::Authorise, Box::<Authorise>::default()),
        (Stage::Users, Box::<Users>::default()),
        (Stage::Outcome, Box::<Outcome>::default()),
    ];
    let reached = stage(record);
    let mut trail: Vec<Box<dyn Screen>> = vec![Box::new(Product::resumed(record)), access];
    trail.extend(steps.into_iter().filter(|(stage, _)| *stage <= reached).map(|(_, screen)| screen));
    trail
}
