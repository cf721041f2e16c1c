//! Whether a run is still held under the number under which it was taken here: asked by every write of it.

use super::super::{table::hold, tx::Tx};
use crate::domain::{
    failure::{Failure, FailureKind},
    held_by::HeldBy,
    id::RunId,
    text::Text,
};

/// Refuses a write of a run that is not held by this store under the number that is on record now.
pub(crate) fn demand(tx: &Tx<'_>, run: &RunId, ours: Option<u32>) -> Result<(), Failure> {
    let held_by = hold::find(tx, run)?;
    match (&held_by, ours) {
        (Some(held_by), Some(ours)) if held_by.number == ours => Ok(()),
        (Some(HeldBy { by, host, .. }), _) => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "nothing was changed: run {run} is not held here; {by} had it last, on {host}"
            )),
            "Open the run again: it says who has it now, and can be watched or taken over.",
        )),
        (None, _) => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("nothing was changed: run {run} is not held here")),
            "Open the run again.",
        )),
    }
}
