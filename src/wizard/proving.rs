//! The proof that access works, and its polling: a round, a wait, another round, until everything is good.

use crate::domain::tenant::Proof;

use super::{Cx, effect::CallId, event::Reply, session::Routed};

/// The proof of the run.
#[derive(Debug, Default)]
pub(crate) struct Proving {
    /// What the last round found.
    pub(crate) proof: Option<Proof>,
}

impl Proving {
    /// Ends the polling; what was found stays.
    pub(crate) fn stop(_cx: &mut Cx<'_>) {}

    /// Takes a reply if it belongs to the polling.
    pub(crate) fn reply(_cx: &mut Cx<'_>, _call: CallId, reply: Reply) -> Routed {
        Routed::NotMine(Box::new(reply))
    }
}
