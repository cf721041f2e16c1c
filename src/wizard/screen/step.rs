//! All that a screen can answer.

use crate::domain::run::RunRecord;

use super::Screen;

/// A screen's answer to an answer or a reply.
#[derive(Debug)]
pub(crate) enum Step {
    /// Stay here.
    Stay,
    /// Go on to this screen; the present one lies behind Back as it is now.
    Next(Box<dyn Screen>),
    /// Back to the screen before; waits for an open write.
    Back,
    /// Take up this run: the trail is derived from its record.
    Open(Box<RunRecord>),
    /// Let go of the run and return to the customers.
    Customers,
}
