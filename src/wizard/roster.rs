//! The users of the run: pages as they arrive, ticks and states by ordinal, counts kept and not recounted.

use super::{Cx, effect::CallId, event::Reply, session::Routed};

/// The users of the run.
#[derive(Debug, Default)]
pub(crate) struct Roster {}

impl Roster {
    /// Saves the draft if it changed, and ends the listing.
    pub(crate) fn leave(_cx: &mut Cx<'_>) {}

    /// Takes a reply if it belongs to the roster's own calls.
    pub(crate) fn reply(_cx: &mut Cx<'_>, _call: CallId, reply: Reply) -> Routed {
        Routed::NotMine(Box::new(reply))
    }
}
