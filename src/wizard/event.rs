//! What happens to the wizard: somebody answered, or a call came back. Every event carries its moment.

use crate::domain::time::Moment;

use super::{
    answer::{Answer, Ending},
    call::{CallId, Reply},
};

/// Something happened.
#[derive(Debug)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// What.
    pub what: EventKind,
}

/// What happened.
#[derive(Debug)]
pub enum EventKind {
    /// The wizard was started: the first event, once.
    Started,
    /// Somebody answered.
    Answer(Answer),
    /// A call came back, in part or whole.
    Reply(CallId, Reply),
}

/// How the wizard ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With the work done: exit code 0, or 3 when a chosen user is neither protected nor scheduled.
    Finished {
        /// Somebody who was chosen is neither protected nor scheduled.
        is_partly: bool,
    },
    /// Left while the world could not be opened: exit code 1.
    Failed,
    /// Left on purpose in the middle: exit code 130. The run is kept.
    Left,
    /// Told to go. The run is kept.
    Told(Ending),
}
